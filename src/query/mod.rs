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

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    analytics::{Lens, Measures, Projection},
    graph::Snapshot,
    ontology::LanguageIndex,
    search::{Found, NameIndex, Scope, Wanted},
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
    /// What short beginnings of names find.
    pub suggestions: Suggestions,
}

/// What the beginnings of names of one or two characters find: they are the first that everybody types,
/// and the ones with the most to look through.
#[derive(Debug, Default)]
pub struct Suggestions(Mutex<HashMap<Beginning, Arc<Found>>>);

/// What was typed, and the language that labels are wanted in.
type Beginning = (String, Option<LanguageIndex>);

/// How many suggestions are kept for each beginning.
const SUGGESTED: usize = 50;

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
            suggestions: Suggestions::default(),
            catalog: Arc::new(definitions::catalog(snapshot.ontology())),
            snapshot,
        }
    }

    /// What a text finds, as [`NameIndex::search`] does; what short beginnings of names find is kept.
    pub fn find(&self, wanted: &Wanted<'_>) -> Found {
        let is_short = wanted.scope == Scope::Names
            && wanted.kinds.is_none()
            && wanted.first <= SUGGESTED
            && wanted.text.chars().count() <= 2;
        if !is_short {
            return self.names.search(&self.snapshot, wanted);
        }
        let key = (wanted.text.to_owned(), wanted.language);
        let kept = || self.suggestions.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(&key).cloned();
        let found = known.unwrap_or_else(|| {
            let wanted = Wanted { first: SUGGESTED, ..wanted.clone() };
            let found = Arc::new(self.names.search(&self.snapshot, &wanted));
            let mut kept = kept();
            // There are not many that people type; a client that asks for all there are is not kept.
            if kept.len() < 4096 {
                kept.insert(key, Arc::clone(&found));
            }
            found
        });
        let hits = found.hits.iter().take(wanted.first).copied().collect();
        Found { hits, ..Found::clone(&found) }
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
