//! Algorithms over the graph as a whole or between entities: paths, the subgraph that ties entities
//! together, measures. Knows the graph; nothing of queries. A [`Lens`] says which part of the graph an
//! algorithm sees, a [`Budget`] how much it may do.
//!
//! Start reading at [`paths::Search::run`].

pub mod connections;
mod kept;
mod lens;
mod marks;
pub mod measures;
pub mod paths;
mod projection;

pub use kept::{Measures, NotYet};
pub use lens::{Budget, Cut, Lens, Predicates};
pub(crate) use marks::{Sums, with_sums};
pub use measures::Measure;
pub use projection::Projection;
