//! Imports: rows one after the other, a commit for each ten thousand of them, so that memory stays
//! bounded. Rows that the graph has as they are given are passed over: an import that was cut off and is
//! begun anew goes on where it stopped, and one that is done again changes only what differs.

use std::collections::HashSet;

use super::{
    CommitError, Store,
    input::ChangeInput,
    record::{Change, Commit, stands},
};
use crate::graph::Snapshot;

/// How many rows make a commit.
const ROWS: usize = 10_000;
/// How many rows that were passed over are named in a report.
const NAMED: usize = 100;

/// What happens to a row that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// The import ends there; commits before it stay.
    Stop,
    /// The row is passed over and named in the report.
    Skip,
}

/// What an import did.
#[derive(Debug, Clone, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Rows that were committed.
    pub rows: u64,
    /// Rows that the graph had already, as they are given.
    pub were_there: u64,
    /// Rows that were passed over.
    pub skipped: u64,
    /// The first rows that were passed over: where they stand, and why.
    pub problems: Vec<String>,
    /// The revision of the last commit; 0 if there was none.
    pub revision: u32,
}

/// Why an import ended.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Rows are wrong: where each stands, and why.
    #[error("{}", .0.join("\n"))]
    Rows(Vec<String>),
    /// The store refuses commits.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Takes rows and commits them.
#[derive(Debug)]
pub struct Import {
    store: Store,
    author: String,
    message: String,
    on_error: OnError,
    rows: Vec<(String, ChangeInput)>,
    report: Report,
}

impl Import {
    /// An import into a store.
    pub fn new(store: Store, author: String, message: String, on_error: OnError) -> Self {
        let (rows, report) = (Vec::new(), Report::default());
        Self { store, author, message, on_error, rows, report }
    }

    /// Takes a row; `place` says where it stands, for people.
    ///
    /// # Errors
    /// If it fills a commit that is refused.
    pub async fn row(&mut self, place: String, row: ChangeInput) -> Result<(), ImportError> {
        self.rows.push((place, row));
        if self.rows.len() == ROWS { self.flush().await } else { Ok(()) }
    }

    /// Takes note of a row that cannot be read.
    ///
    /// # Errors
    /// If that ends the import; what was taken before is committed.
    pub async fn unreadable(&mut self, problem: String) -> Result<(), ImportError> {
        if self.on_error == OnError::Stop {
            self.flush().await?;
            return Err(ImportError::Rows(vec![problem]));
        }
        self.skip(problem);
        Ok(())
    }

    /// What was done so far.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Commits what is left.
    ///
    /// # Errors
    /// If the last commit is refused.
    pub async fn finish(mut self) -> Result<Report, ImportError> {
        self.flush().await?;
        Ok(self.report)
    }

    fn skip(&mut self, problem: String) {
        self.report.skipped += 1;
        if self.report.problems.len() < NAMED {
            self.report.problems.push(problem);
        }
    }

    async fn flush(&mut self) -> Result<(), ImportError> {
        let mut rows = std::mem::take(&mut self.rows);
        while !rows.is_empty() {
            let wrong = match self.commit(&rows).await? {
                Ok(()) => return Ok(()),
                Err(wrong) => wrong,
            };
            if self.on_error == OnError::Stop {
                return Err(ImportError::Rows(
                    wrong.into_iter().map(|(_, problem)| problem).collect(),
                ));
            }
            let mut places: Vec<usize> = wrong.iter().map(|(place, _)| *place).collect();
            places.dedup();
            for place in places.iter().rev() {
                rows.remove(*place);
            }
            let mut last = None;
            for (place, problem) in wrong {
                if last.replace(place) != Some(place) {
                    self.skip(problem);
                }
            }
        }
        Ok(())
    }

    /// Commits rows; which of them are wrong, and why, if some are.
    async fn commit(
        &mut self,
        rows: &[(String, ChangeInput)],
    ) -> Result<Result<(), Vec<(usize, String)>>, ImportError> {
        let published = self.store.current();
        let ontology = published.snapshot.ontology();
        let mut changes = Vec::with_capacity(rows.len());
        let mut wrong = Vec::new();
        for (index, (place, row)) in rows.iter().enumerate() {
            match row.change(ontology) {
                Ok(change) => changes.push(change),
                Err((_, problem)) => wrong.push((index, format!("{place}: {problem}"))),
            }
        }
        if !wrong.is_empty() {
            return Ok(Err(wrong));
        }
        let (changes, places) = news(&published.snapshot, changes);
        let were_there = (rows.len() - changes.len()) as u64;
        let count = changes.len() as u64;
        if changes.is_empty() {
            self.report.were_there += were_there;
            return Ok(Ok(()));
        }
        let commit = Commit { author: &self.author, message: &self.message, id: None, changes };
        match self.store.commit(&commit, None).await {
            Ok(committed) => {
                self.report.rows += count;
                self.report.were_there += were_there;
                self.report.revision = committed.revision;
                Ok(Ok(()))
            }
            Err(CommitError::Invalid(problems)) => {
                let told = problems.into_iter().map(|(change, problem)| {
                    let index = places[change];
                    (index, format!("{}: {problem}", rows[index].0))
                });
                Ok(Err(told.collect()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// The changes after which the graph is another, each with its place. What follows a change of the same
/// row is one of them, as the graph does not show yet whether it is needed.
fn news<'c>(snapshot: &Snapshot, changes: Vec<Change<'c>>) -> (Vec<Change<'c>>, Vec<usize>) {
    let mut changed: HashSet<(u8, String)> = HashSet::new();
    let mut is_merged = false;
    let mut places = Vec::new();
    let mut news = Vec::new();
    for (place, change) in changes.into_iter().enumerate() {
        let (table, key) = change.row();
        // A merge changes rows that it does not name.
        if !is_merged
            && !changed.contains(&(table as u8, key.to_owned()))
            && stands(snapshot, &change)
        {
            continue;
        }
        is_merged |= matches!(change, Change::Merge { .. });
        changed.insert((table as u8, key.to_owned()));
        places.push(place);
        news.push(change);
    }
    (news, places)
}
