//! The bound arguments of fields: what filters, orders and pages come to for one request.

mod figures;
mod groups;
mod patterns;
mod rows;
mod searches;

pub(super) use figures::{ConflictArgs, Conversion, SeriesArgs};
pub(super) use groups::{AggregateArgs, By, Measured};
pub(super) use patterns::{Edge, MatchArgs, Variable};
pub(super) use rows::{DEFAULT_PAGE, GREATEST_PAGE};
pub(super) use rows::{NeighborhoodArgs, Order, OrderBy, PageArgs, RowArgs, SearchArgs};
pub(super) use searches::{ConnectionsArgs, CostBy, PathArgs, RankArgs, SimilarArgs};

use super::View;
use crate::ontology::{LanguageIndex, MetricIndex};

/// The bound arguments of a field.
#[derive(Debug, Clone)]
pub enum Args {
    /// None.
    None,
    /// A key or id.
    Key(String),
    /// Several ids.
    Ids(Vec<String>),
    /// A language, if one was asked for.
    Language(Option<LanguageIndex>),
    /// A page of rows.
    Rows(Box<RowArgs>),
    /// A search.
    Search(Box<SearchArgs>),
    /// A neighborhood.
    Neighborhood(Box<NeighborhoodArgs>),
    /// Paths.
    Paths(Box<PathArgs>),
    /// Entities to tie together.
    Connections(Box<ConnectionsArgs>),
    /// Series of figures.
    Series(Box<SeriesArgs>),
    /// Conflicts.
    Conflicts(Box<ConflictArgs>),
    /// A metric.
    Metric(MetricIndex),
    /// Groups.
    Aggregate(Box<AggregateArgs>),
    /// A pattern.
    Match(Box<MatchArgs>),
    /// Entities that are like one.
    Similar(Box<SimilarArgs>),
    /// To whom others matter.
    Rank(Box<RankArgs>),
    /// A view, to be met beside the one it is asked in.
    View(Box<View>),
}
