//! Which figures, and which disagreements.

use fixedbitset::FixedBitSet;
use rust_decimal::Decimal;

use crate::{graph::EntityId, ontology::MetricIndex};

/// Which series.
#[derive(Debug, Clone)]
pub struct SeriesArgs {
    /// The metric.
    pub metric: MetricIndex,
    /// The entities.
    pub of: Vec<EntityId>,
    /// Only periods that do not end before this day.
    pub from: i32,
    /// Only periods that do not begin after this day.
    pub to: i32,
    /// Only claims of these sorts.
    pub statuses: FixedBitSet,
    /// From which unit to which, at which rate.
    pub convert: Vec<Conversion>,
}

/// A rate to convert figures at.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// The unit of figures.
    pub from: String,
    /// The unit they are wanted in.
    pub to: String,
    /// What one of the former is in the latter.
    pub rate: Decimal,
}

/// Which conflicts.
#[derive(Debug, Clone)]
pub struct ConflictArgs {
    /// Only these metrics.
    pub metrics: Option<FixedBitSet>,
    /// Only these predicates.
    pub predicates: Option<FixedBitSet>,
    /// Only about these entities.
    pub of: Option<Vec<EntityId>>,
}
