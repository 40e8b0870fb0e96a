//! Measures of entities, as orders, groups and fields read them.

use std::sync::Arc;

use super::{Arena, Code, QueryError, View, World};
use crate::analytics::{Measure, NotYet};

fn not_yet(error: NotYet) -> QueryError {
    QueryError::new(Code::Timeout, error.to_string())
}

/// A measure of every entity, by id.
///
/// # Errors
/// If it is not made in the time for the answer.
pub(super) fn values(
    world: &World,
    view: &View,
    arena: &Arena,
    measure: Measure,
) -> Result<Arc<[f64]>, QueryError> {
    world.measures(view).get(measure, arena.deadline).map_err(not_yet)
}
