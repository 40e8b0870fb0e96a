//! The graph in memory: an immutable [`Snapshot`] of dense ids, interned strings and adjacency
//! grouped by predicate, with indexes by key, kind and time. Everything in it stands in pages or
//! blocks that a later revision shares, so that a commit copies only what it touches. To everyone
//! who uses it the snapshot is a petgraph graph ([`petgraph::visit`]'s traits stand in [`visit`]).
//! Knows the ontology and the model; nothing of queries.
//!
//! Start reading at [`Snapshot`]; [`Editor`] makes the next one.

mod adjacency;
mod editor;
mod idlist;
mod keys;
mod net;
mod new;
mod pages;
mod properties;
mod rows;
mod snapshot;
pub(crate) mod sorted;
mod strings;
mod time;
pub mod visit;

pub use adjacency::{Adjacency, Links};
pub use editor::{Editor, TooLarge};
pub use idlist::IdList;
pub use new::{NewEntity, NewObservation, NewSource, NewStatement};
pub use pages::Pages;
pub use properties::{Column, PropertyValue};
pub use snapshot::{
    Dataset, EntityId, Example, Observation, ObservationId, Reference, ReferenceRange, Snapshot,
    Source, SourceId, Statement, StatementId, Table,
};
pub use strings::{StringId, Strings};
pub use time::TimeIndex;
