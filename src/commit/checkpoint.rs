//! The state of a revision as bytes: what a log may keep in place of the entries up to it.
//!
//! The first part holds the times of all commits and the keys that lead elsewhere since a merge; each
//! further part some rows, each with the revision that recorded it. What was retracted before, and
//! the values that rows had, are not in it: a log that is truncated forgets them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    check,
    record::{Change, all},
};
use crate::{
    graph::{Editor, EntityId, ObservationId, Snapshot, SourceId, StatementId, Table},
    log::Checkpoint,
};

/// How many rows a part holds.
const ROWS: usize = 20_000;

#[derive(Serialize, Deserialize)]
struct Head {
    /// Microseconds since 1970.
    times: Vec<i64>,
    redirects: Vec<(String, String)>,
}

/// The checkpoint of a graph.
///
/// # Errors
/// If a row cannot be written as bytes.
pub fn make(snapshot: &Snapshot) -> Result<Checkpoint, String> {
    let to_bytes = |error: postcard::Error| error.to_string();
    let revision = snapshot.revision();
    let head = Head {
        times: (1..=revision).map(|r| snapshot.recorded_in(r).as_microsecond()).collect(),
        redirects: snapshot
            .redirects()
            .map(|(key, entity)| (key.to_owned(), snapshot.text(snapshot.key(entity)).to_owned()))
            .collect(),
    };
    let mut parts = vec![postcard::to_stdvec(&head).map_err(to_bytes)?];
    let mut rows = rows(snapshot).peekable();
    while rows.peek().is_some() {
        let part: Vec<(u32, Change<'_>)> = rows.by_ref().take(ROWS).collect();
        parts.push(postcard::to_stdvec(&part).map_err(to_bytes)?);
    }
    Ok(Checkpoint { revision, parts })
}

/// Every row of a graph, as a change that puts it, with the revision that recorded it.
pub(super) fn rows(snapshot: &Snapshot) -> impl Iterator<Item = (u32, Change<'_>)> {
    let revisions = snapshot
        .ids(Table::Sources)
        .map(|id| snapshot.source(SourceId(id)).revision)
        .chain(snapshot.ids(Table::Entities).map(|id| snapshot.entity_revision(EntityId(id))))
        .chain(
            snapshot.ids(Table::Statements).map(|id| snapshot.statement(StatementId(id)).revision),
        )
        .chain(
            snapshot
                .ids(Table::Observations)
                .map(|id| snapshot.observation(ObservationId(id)).revision),
        );
    revisions.zip(all(snapshot))
}

/// Puts what a checkpoint holds into an editor of an empty graph.
///
/// # Errors
/// What does not fit.
pub(super) fn load(editor: &mut Editor, checkpoint: &Checkpoint) -> Result<(), String> {
    let (head, parts) = checkpoint.parts.split_first().ok_or("the checkpoint has no parts")?;
    let head: Head = postcard::from_bytes(head).map_err(|error| error.to_string())?;
    editor.resume(
        head.times
            .iter()
            .map(|time| Timestamp::from_microsecond(*time).unwrap_or(Timestamp::UNIX_EPOCH)),
    );
    for part in parts {
        let rows: Vec<(u32, Change<'_>)> =
            postcard::from_bytes(part).map_err(|error| error.to_string())?;
        for (revision, change) in &rows {
            editor.back_date(Some(*revision));
            check::replay(editor, change)
                .map_err(|problem| format!("a row of the checkpoint does not fit: {problem}"))?;
        }
    }
    editor.back_date(None);
    for (from, into) in &head.redirects {
        let entity =
            editor.entity_with_key(into).ok_or_else(|| format!("\"{into}\" is missing"))?;
        editor.redirect(from, entity);
    }
    Ok(())
}
