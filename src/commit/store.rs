//! The store: one writer, any number of readers.
//!
//! Commits wait in a queue. The writer takes what is there, checks each commit against the graph as
//! the ones before it leave it, appends all that are right as one batch, and only when the disk has
//! them swaps in the new graph and answers. So one flush serves many commits, nothing is seen before
//! it lasts, and readers, who take the current graph by one atomic load, never wait.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    errors::{CommitError, OpenError},
    published::{Committed, Published},
    record::{Commit, encode},
    replay::{begin, replay},
    writer::{Waiting, Writer},
};
use crate::{
    graph::Snapshot,
    log::{Log, LogError},
    ontology::Diagnostics,
};

/// How many commits may wait for the writer; more wait for a place.
const QUEUE: usize = 1024;
/// A graph and the way to change it. Clones are of one store; the writer ends when all are gone.
#[derive(Debug, Clone)]
pub struct Store {
    current: Arc<ArcSwap<Published>>,
    revisions: watch::Receiver<u32>,
    changes: Result<mpsc::Sender<Waiting>, String>,
    log: Option<Arc<dyn Log>>,
}

impl Store {
    /// A graph that cannot be changed; `why` is what who tries is told.
    pub fn fixed(published: Published, why: impl Into<String>) -> Self {
        let (_, revisions) = watch::channel(published.snapshot.revision());
        Self {
            current: Arc::new(ArcSwap::from_pointee(published)),
            revisions,
            changes: Err(why.into()),
            log: None,
        }
    }

    /// Opens the graph that a log holds. A log that is new begins with `seed`. Starts the writer.
    ///
    /// Cost: reading the log and carrying it out once.
    ///
    /// # Errors
    /// If the log cannot be used, is damaged before its end, or does not fit its ontology.
    pub async fn open(
        log: Arc<dyn Log>,
        seed: impl FnOnce() -> Result<Snapshot, Diagnostics>,
    ) -> Result<Self, OpenError> {
        let (snapshot, damage) = match log.beginning().await? {
            Some(_) => replay(log.as_ref(), None).await?,
            None => {
                let seed = seed().map_err(OpenError::Ontology)?;
                begin(log.as_ref(), &seed).await?;
                (seed, None)
            }
        };
        let published = Arc::new(Published::new(snapshot));
        let current = Arc::new(ArcSwap::new(Arc::clone(&published)));
        let (announce, revisions) = watch::channel(published.snapshot.revision());
        let changes = match damage {
            // What is whole is served; nothing is written behind what is damaged.
            Some(damage) => Err(damage.to_string()),
            None => {
                let (send, receive) = mpsc::channel(QUEUE);
                let writer = Writer {
                    log: Arc::clone(&log),
                    latest: published,
                    current: Arc::clone(&current),
                    announce,
                };
                let runtime = tokio::runtime::Handle::current();
                let spawned = std::thread::Builder::new()
                    .name("writer".to_owned())
                    .spawn(move || runtime.block_on(writer.run(receive)));
                spawned.map_err(|error| LogError::Backend(error.to_string()))?;
                Ok(send)
            }
        };
        Ok(Self { current, revisions, changes, log: Some(log) })
    }

    /// Opens the graph that a log holds, to read it; `why` is what who tries to change it is told.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_to_read(
        log: Arc<dyn Log>,
        why: impl Into<String>,
    ) -> Result<Self, OpenError> {
        let (snapshot, damage) = replay(log.as_ref(), None).await?;
        let why = damage.map_or_else(|| why.into(), |damage| damage.to_string());
        Ok(Self { log: Some(log), ..Self::fixed(Published::new(snapshot), why) })
    }

    /// The graph as it is now.
    pub fn current(&self) -> Arc<Published> {
        self.current.load_full()
    }

    /// The log behind the graph, if it has one.
    pub fn log(&self) -> Option<&Arc<dyn Log>> {
        self.log.as_ref()
    }

    /// Why the graph cannot be changed; `None` if it can.
    pub fn why_fixed(&self) -> Option<&str> {
        self.changes.as_ref().err().map(String::as_str)
    }

    /// Tells the revision of the current graph, and each new one.
    pub fn revisions(&self) -> watch::Receiver<u32> {
        self.revisions.clone()
    }

    /// Commits changes, all or none; `expected` refuses them if the graph is at another revision.
    /// When it returns, they are on the disk and in the graph. A caller who goes away does not stop
    /// a commit that the writer has.
    ///
    /// # Errors
    /// Everything that is wrong with the changes, or why they could not be written.
    pub async fn commit(
        &self,
        commit: &Commit<'_>,
        expected: Option<u32>,
    ) -> Result<Committed, CommitError> {
        let changes = self.changes.as_ref().map_err(|why| CommitError::ReadOnly(why.clone()))?;
        if commit.changes.is_empty() {
            return Err(CommitError::Empty);
        }
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            bytes: encode(commit)?,
            id: commit.id.map(ToOwned::to_owned),
            expected,
            answer,
        };
        changes.send(waiting).await.map_err(|_| CommitError::Stopped)?;
        answered.await.unwrap_or(Err(CommitError::Stopped))
    }

    /// The graph as it was at a revision. Cost: reading the log up to it and carrying it out.
    ///
    /// # Errors
    /// If the log cannot be read that far.
    pub async fn at(&self, revision: u32) -> Result<Snapshot, OpenError> {
        let current = self.current();
        match &self.log {
            Some(log) if revision < current.snapshot.revision() => {
                Ok(replay(log.as_ref(), Some(revision)).await?.0)
            }
            _ => Ok(current.snapshot.clone()),
        }
    }
}
