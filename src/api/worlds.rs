//! The worlds that requests are answered from: the current one, and past ones made anew from the log.

use std::sync::Arc;

use arc_swap::ArcSwap;
use quick_cache::sync::Cache;

use crate::{
    commit::{Published, Store},
    query::{Catalog, Code, MeasuresByView, QueryError, World},
};

/// How many past revisions are kept for the next request that asks for them.
const PAST: usize = 8;

/// Every revision of a graph, the current one at hand.
#[derive(Debug)]
pub(crate) struct Worlds {
    store: Store,
    catalog: Arc<Catalog>,
    latest: ArcSwap<World>,
    past: Cache<u32, Arc<World>>,
}

impl Worlds {
    pub(crate) fn new(store: Store, catalog: Arc<Catalog>) -> Self {
        let latest = Arc::new(world(&store.current(), &catalog));
        Self { store, catalog, latest: ArcSwap::new(latest), past: Cache::new(PAST) }
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The current world. Cost: two atomic loads; after a commit, some hundred counters once.
    pub(crate) fn current(&self) -> Arc<World> {
        let published = self.store.current();
        let latest = self.latest.load();
        if latest.snapshot.revision() == published.snapshot.revision() {
            return Arc::clone(&latest);
        }
        let latest = self.of(&published);
        self.latest.store(Arc::clone(&latest));
        latest
    }

    /// The world of a published revision.
    pub(crate) fn of(&self, published: &Published) -> Arc<World> {
        Arc::new(world(published, &self.catalog))
    }

    /// The world as it was at a revision.
    pub(crate) async fn at(&self, revision: u32) -> Result<Arc<World>, QueryError> {
        self.past
            .get_or_insert_async(&revision, async {
                let snapshot = self.store.at(revision).await.map_err(|error| {
                    let message =
                        format!("the graph at revision {revision} cannot be read: {error}");
                    QueryError::new(Code::Unavailable, message)
                })?;
                Ok(Arc::new(world(&Published::new(snapshot), &self.catalog)))
            })
            .await
    }
}

fn world(published: &Published, catalog: &Arc<Catalog>) -> World {
    World {
        snapshot: published.snapshot.clone(),
        names: published.names.clone(),
        catalog: Arc::clone(catalog),
        measures: MeasuresByView::default(),
    }
}
