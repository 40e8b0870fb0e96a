//! The durable log: what was committed, in order, and nothing else. Everything the server knows can
//! be made from it again. Knows bytes and revisions; nothing of graphs.
//!
//! Backends stand behind [`Log`], whose contract is small enough for a table in any database: append
//! at an expected revision with a name that makes it idempotent, read on from a revision, and learn
//! of new ones. Start reading there; [`SqliteLog`] is the backend that ships.

mod sqlite;

use std::{io, path::PathBuf};

use async_graphql::async_trait::async_trait;
use jiff::Timestamp;

pub use sqlite::{FILE, SqliteLog};

/// How many bytes of a log are read at once by who reads all of it.
pub const READ_BYTES: usize = 8 << 20;

/// One entry: a revision's commit as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place: 1 and up, without gaps.
    pub revision: u32,
    /// When it was recorded; never earlier than the entry before.
    pub recorded_at: Timestamp,
    /// A name the client chose for it, distinct in the log.
    pub id: Option<String>,
    /// What it says.
    pub bytes: Vec<u8>,
}

/// The state at a revision, in parts: what stands in place of the entries up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The revision.
    pub revision: u32,
    /// Its parts, in order.
    pub parts: Vec<Vec<u8>>,
}

/// What goes wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Another entry stands where this one was to be appended.
    #[error("the log is at revision {head}, not at {expected}")]
    Conflict {
        /// The log's last revision.
        head: u32,
        /// The revision that was expected.
        expected: u32,
    },
    /// There is no room on the disk.
    #[error("the disk is full: nothing was written, make room and send it again")]
    Full,
    /// The folder can be read and not be written.
    #[error("{0} cannot be written: it is read-only")]
    ReadOnly(PathBuf),
    /// Another process has the folder.
    #[error("{folder} is in use by {holder}; stop it, or choose another folder")]
    Locked {
        /// The folder.
        folder: PathBuf,
        /// Who has it.
        holder: String,
    },
    /// The entry was given up for a checkpoint.
    #[error("revision {revision} was compacted away: the log keeps revisions from {first} on")]
    Gone {
        /// The revision that was asked for.
        revision: u32,
        /// The first that is kept.
        first: u32,
    },
    /// An entry is not what was written.
    #[error(
        "revision {revision} of the log is damaged: {problem}; `westlake verify` says more, `westlake restore` brings a backup back"
    )]
    Damaged {
        /// The first entry that is damaged; those before it are whole.
        revision: u32,
        /// What is wrong with it.
        problem: String,
    },
    /// The backend cannot do its work.
    #[error("the log cannot be used: {0}")]
    Backend(String),
    /// The system refuses a file.
    #[error("{path}: {error}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

/// A log that lasts. Calls may be given up at any await; an append that was given up has happened as
/// a whole or not at all.
#[async_trait]
pub trait Log: std::fmt::Debug + Send + Sync + 'static {
    /// What the log begins with: which graph it is of. `None` for a new log.
    async fn beginning(&self) -> Result<Option<Vec<u8>>, LogError>;

    /// Begins a new log, with its first entries. On the disk when it returns, or nothing is.
    async fn begin(&self, beginning: Vec<u8>, entries: Vec<Entry>) -> Result<(), LogError>;

    /// The last revision; 0 for a log without entries.
    async fn head(&self) -> Result<u32, LogError>;

    /// The first revision whose entry is kept: 1, unless the log was truncated; one more than the last
    /// if none is.
    async fn first(&self) -> Result<u32, LogError>;

    /// Appends entries whose revisions go on from `expected`. All of them are on the disk when it
    /// returns, or none is.
    ///
    /// # Errors
    /// [`LogError::Conflict`] if the last revision is another one, [`LogError::Full`] if there is no
    /// room.
    async fn append(&self, expected: u32, entries: Vec<Entry>) -> Result<(), LogError>;

    /// Reads entries from a revision on, until they pass `bytes` or the log ends; at least one, if
    /// there is one.
    ///
    /// # Errors
    /// [`LogError::Gone`] if the log was truncated there; [`LogError::Damaged`] if the first of them is
    /// not what was written; entries before a damaged one are given without error.
    async fn read(&self, from: u32, bytes: usize) -> Result<Vec<Entry>, LogError>;

    /// The revision of the entry with an id.
    async fn find(&self, id: &str) -> Result<Option<u32>, LogError>;

    /// Returns once the last revision is greater than `after`.
    async fn wait_for_new(&self, after: u32) -> Result<(), LogError>;

    /// The checkpoint, if there is one.
    async fn checkpoint(&self) -> Result<Option<Checkpoint>, LogError>;

    /// Puts a checkpoint in place of the one before; with `truncates`, also in place of the entries
    /// up to its revision. On the disk when it returns.
    async fn put_checkpoint(&self, checkpoint: Checkpoint, truncates: bool)
    -> Result<(), LogError>;
}
