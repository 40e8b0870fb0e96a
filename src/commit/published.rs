//! What readers get: a revision of the graph, and what became of a commit.

use std::sync::Arc;

use crate::{graph::Snapshot, search::NameIndex};

/// A revision of the graph and what belongs to it.
#[derive(Debug, Clone)]
pub struct Published {
    /// The graph.
    pub snapshot: Snapshot,
    /// The names in it.
    pub names: NameIndex,
}

impl Published {
    /// Makes the indexes that belong to a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self { names: NameIndex::build(&snapshot), snapshot }
    }
}

/// What became of a commit.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The revision it is.
    pub revision: u32,
    /// Whether it was there before, under the id that the client chose.
    pub was_there: bool,
    /// The graph with it, and perhaps with later commits.
    pub published: Arc<Published>,
}
