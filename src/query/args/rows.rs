//! Which rows, in which order, and which page of them.

use fixedbitset::FixedBitSet;

use super::super::filter::{DateTest, Test};
use crate::{
    analytics::Measure,
    graph::EntityId,
    ontology::{Direction, LanguageIndex},
    search::Scope,
};

/// Which rows, in which order, and which page of them.
#[derive(Debug, Clone)]
pub struct RowArgs {
    /// The page.
    pub page: PageArgs,
    /// What rows must meet.
    pub filter: Option<Test>,
    /// What rows are ordered by.
    pub order: Vec<Order>,
    /// Which way statements are followed.
    pub direction: Direction,
    /// Only these predicates.
    pub predicates: Option<FixedBitSet>,
    /// Only these kinds at the other end.
    pub kinds: Option<FixedBitSet>,
    /// Only these metrics.
    pub metrics: Option<FixedBitSet>,
    /// Only such times.
    pub period: Option<DateTest>,
}

impl RowArgs {
    /// Whether all rows are wanted, in the tables' order.
    pub(in crate::query) fn is_plain(&self) -> bool {
        self.filter.is_none() && self.order.is_empty()
    }
}

/// One order of rows.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// What to order by.
    pub by: OrderBy,
    /// Whether the greatest comes first.
    pub is_descending: bool,
    /// The language of labels.
    pub language: Option<LanguageIndex>,
}

/// What rows can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    /// The key.
    Key,
    /// The kind, predicate or metric.
    Kind,
    /// The label or title.
    Label,
    /// The number of statements.
    Degree,
    /// A measure of the entity's place in the graph.
    Measure(Measure),
    /// The time.
    Time,
    /// The confidence.
    Confidence,
    /// The figure.
    Value,
    /// A property: an index into the catalog's properties.
    Property(u16),
}

/// What is searched for.
#[derive(Debug, Clone)]
pub struct SearchArgs {
    /// The text.
    pub text: String,
    /// Only these kinds.
    pub kinds: Option<FixedBitSet>,
    /// Which texts are looked at.
    pub scope: Scope,
    /// Only labels in this language.
    pub language: Option<LanguageIndex>,
    /// At most so many.
    pub first: usize,
}

/// Which neighborhood.
#[derive(Debug, Clone)]
pub struct NeighborhoodArgs {
    /// The entities to start from.
    pub of: Vec<EntityId>,
    /// How many steps to go.
    pub depth: usize,
    /// Which way to go.
    pub direction: Direction,
    /// Only these predicates.
    pub predicates: Option<FixedBitSet>,
    /// Only to these kinds.
    pub kinds: Option<FixedBitSet>,
    /// At most so many entities.
    pub limit: usize,
}

/// How many rows a page has if nothing else is asked for.
pub(in crate::query) const DEFAULT_PAGE: u32 = 100;
/// How many rows a page may have.
pub(in crate::query) const GREATEST_PAGE: u32 = 10_000;

/// The part of the rows that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageArgs {
    /// At most so many from the start.
    pub first: Option<u32>,
    /// At most so many from the end.
    pub last: Option<u32>,
    /// Only rows after the one with this key.
    pub after: Option<String>,
    /// Only rows before the one with this key.
    pub before: Option<String>,
}

impl PageArgs {
    /// The most rows the page can have.
    pub fn limit(&self) -> u32 {
        match (self.first, self.last) {
            (Some(first), Some(last)) => first.min(last),
            (Some(limit), None) | (None, Some(limit)) => limit,
            (None, None) => DEFAULT_PAGE,
        }
    }
}
