//! Fields whose objects are computed for one answer: each file states a family of types beside the code
//! that fills them.

pub(super) mod aggregate;
pub(super) mod conflicts;
pub(super) mod figures;
mod matching;
pub(super) mod measures;
pub(super) mod paths;
pub(super) mod patterns;
pub(super) mod properties;
mod sentence;
pub(super) mod texts;

pub(super) use sentence::sentence;

use super::{View, World, catalog::Draft};
use crate::graph::StatementId;

/// The types of computed objects.
pub(super) fn add(draft: &mut Draft) {
    paths::add(draft);
    texts::add(draft);
    measures::add(draft);
    properties::add(draft);
    patterns::add(draft);
    aggregate::add(draft);
    figures::add(draft);
    conflicts::add(draft);
}

/// How many statements one search may look at.
const WORK: u64 = 20_000_000;

/// What a view admits, as a test of statements; `None` if it is all.
fn admitted<'a>(world: &'a World, view: &'a View) -> impl Fn(StatementId) -> bool + Sync + 'a {
    move |id| view.has_statement(world, id)
}
