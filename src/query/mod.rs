//! What the API's fields mean, and the path from a selection to the bytes of its answer. Each field
//! is stated once, in [`definitions`]; the schema of the room above and the plan of this one are
//! both made from that statement. Knows the graph and names; nothing of HTTP or async-graphql's
//! execution.
//!
//! A validated document becomes a [`Plan`]; with the variables' values it becomes a [`Bound`] plan;
//! walked over a [`World`] it becomes bytes. Start reading at [`Plan::compile`].

mod args;
mod arguments;
pub mod catalog;
mod cell;
mod computed;
pub mod definitions;
mod error;
mod execute;
mod filter;
mod input;
mod item;
mod json;
mod meaning;
mod measured;
mod observe;
mod page;
mod plan;
mod related;
mod resolve;
mod row;
mod rows;
mod subgraph;
mod view;

pub use args::Args;
pub use arguments::bind;
pub use catalog::Catalog;
pub use error::{Code, PathSegment, QueryError};
pub use execute::{Answer, Bound, Limits, Past};
pub use input::{Coerced, coerce_arguments, coerce_variables, is_valid_scalar};
pub use item::{Arena, Item, Items, Resolved};
pub use json::write_string;
pub use observe::Wants;
pub use page::global_id;
pub use plan::{Operation, Plan};
pub use resolve::resolve;
pub use view::View;

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    analytics::{Lens, Measures, Projection},
    graph::Snapshot,
    search::NameIndex,
};

/// Everything a read walks: one revision of the graph, its names, and what the fields mean.
#[derive(Debug)]
pub struct World {
    /// The graph.
    pub snapshot: Snapshot,
    /// The names in it.
    pub names: NameIndex,
    /// The fields: the same for every revision.
    pub catalog: Arc<Catalog>,
    /// What was measured of it.
    pub measures: MeasuresByView,
}

/// The measures of the views of one revision that were asked for last.
#[derive(Debug, Default)]
pub struct MeasuresByView(Mutex<Vec<(View, Arc<Measures>)>>);

/// Of how many views measures are kept.
const KEPT_VIEWS: usize = 8;

impl World {
    /// Makes the indexes and the fields that belong to a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self {
            names: NameIndex::build(&snapshot),
            measures: MeasuresByView::default(),
            catalog: Arc::new(definitions::catalog(snapshot.ontology())),
            snapshot,
        }
    }

    /// The measures of a view, made as they are asked for. Cost: when the view is first asked for,
    /// that of its statements; then a look at a short list.
    pub fn measures(&self, view: &View) -> Arc<Measures> {
        let kept = || self.measures.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, measures)) = kept().iter().find(|(known, _)| known == view) {
            return Arc::clone(measures);
        }
        let admits = |id| view.has_statement(self, id);
        let lens = Lens {
            admits: (!view.is_whole()).then_some(&admits as _),
            ..Lens::whole(&self.snapshot)
        };
        let measures = Arc::new(Measures::new(Projection::new(&lens)));
        let mut kept = kept();
        if let Some((_, known)) = kept.iter().find(|(known, _)| known == view) {
            return Arc::clone(known);
        }
        // The whole graph's stay; of the others, the oldest go.
        if kept.len() == KEPT_VIEWS {
            let oldest = kept.iter().position(|(view, _)| !view.is_whole()).unwrap_or_default();
            kept.remove(oldest);
        }
        kept.push((view.clone(), Arc::clone(&measures)));
        measures
    }
}
