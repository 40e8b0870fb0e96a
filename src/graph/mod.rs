//! The graph in memory: an immutable [`Snapshot`] of dense ids, interned strings and adjacency
//! grouped by predicate, with indexes by key, kind and time. To everyone who uses it the snapshot
//! is a petgraph graph ([`petgraph::visit`]'s traits stand in [`visit`]). Knows the ontology and
//! the model; nothing of queries.
//!
//! Start reading at [`Snapshot`]; [`Builder`] makes one.

mod adjacency;
mod builder;
mod properties;
mod snapshot;
mod strings;
mod time;
pub mod visit;

pub use adjacency::{Adjacency, Edges};
pub use builder::{Builder, NewEntity, NewObservation, NewSource, NewStatement, TooLarge};
pub use properties::{Column, PropertyValue};
pub use snapshot::{
    Dataset, EntityId, Example, Observation, ObservationId, Reference, ReferenceRange, Snapshot,
    Source, SourceId, Statement, StatementId,
};
pub use strings::{StringId, Strings};
pub use time::TimeIndex;
