//! Why a commit is refused, and why a store cannot be opened.

use super::check::Problem;
use crate::{graph::TooLarge, log::LogError, ontology::Diagnostics};

/// Why a commit was refused; then nothing of it is in the graph or in the log.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Changes are wrong: each with its place in the commit.
    #[error("{} of the changes are wrong", .0.len())]
    Invalid(Vec<(usize, Problem)>),
    /// The graph is at another revision than the client expected.
    #[error(
        "the graph is at revision {head}, not at {expected}: read what changed, and send the commit again"
    )]
    Conflict {
        /// The revision it is at.
        head: u32,
        /// The revision that was expected.
        expected: u32,
    },
    /// The commit changes nothing.
    #[error("the commit has no changes")]
    Empty,
    /// The graph cannot be changed.
    #[error("this graph cannot be changed: {0}")]
    ReadOnly(String),
    /// The log cannot take it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The graph passes what it can hold.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// The server is stopping.
    #[error("the server is stopping: send the commit again later")]
    Stopped,
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The log cannot be used.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The ontology in the log is not right for this program.
    #[error("the log's ontology is not right:\n{0}")]
    Ontology(Diagnostics),
    /// The graph passes what it can hold.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}
