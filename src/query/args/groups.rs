//! How rows are grouped and measured.

use super::RowArgs;
use crate::ontology::{Direction, PredicateIndex};

/// What rows are grouped by.
#[derive(Debug, Clone)]
pub struct By {
    /// The place in `GROUP_FIELDS`.
    pub field: usize,
    /// The property's name.
    pub property: String,
    /// The relation to follow.
    pub related: Option<(PredicateIndex, Direction)>,
}

/// What is measured.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The place in `MEASURE_FIELDS`.
    pub field: usize,
    /// The property's name.
    pub property: String,
}

/// How rows are grouped and measured.
#[derive(Debug, Clone)]
pub struct AggregateArgs {
    /// What rows are grouped by.
    pub by: Vec<By>,
    /// What is measured.
    pub measures: Vec<Measured>,
    /// At most so many groups.
    pub first: usize,
    /// Which entities, where the field is not of a connection.
    pub rows: Option<Box<RowArgs>>,
}
