//! The only way anything changes: a commit is checked against the ontology and the graph, appended to
//! the log, carried out on the next snapshot, and told to who waits for it. Knows the graph, its
//! names and the log; nothing of queries.
//!
//! Start reading at [`Store::commit`]; what a right record is says [`check`].

pub mod check;
pub mod checkpoint;
mod errors;
pub mod import;
pub mod input;
mod limits;
mod published;
pub mod record;
mod replay;
mod store;
mod writer;

pub use errors::{CommitError, OpenError};
pub use published::{Committed, Published};
pub use replay::{replay, replay_one_by_one};
pub use store::Store;
