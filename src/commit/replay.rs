//! From a log to a graph: what a log begins with, and how its commits are carried out again.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    check, checkpoint,
    errors::OpenError,
    record::{Commit, encode},
};
use crate::{
    graph::{Dataset, Editor, Snapshot, TooLarge},
    log::{Entry, Log, LogError, READ_BYTES},
    ontology::Ontology,
};

/// What a log begins with: which graph it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Beginning {
    /// The form of what follows; this program knows [`FORM`].
    form: u32,
    dataset: Dataset,
    ontology: String,
}

const FORM: u32 = 3;

/// Begins a log with every row of a graph, each in the revision that recorded it.
pub(super) async fn begin(log: &dyn Log, seed: &Snapshot) -> Result<(), OpenError> {
    let dataset = Dataset::clone(seed.dataset());
    let message = format!("{} {}", dataset.name, dataset.version);
    let ontology = seed.ontology().sdl.clone();
    let beginning = encode(&Beginning { form: FORM, dataset, ontology })?;
    let mut entries = Vec::new();
    let mut rows = checkpoint::rows(seed).peekable();
    for revision in 1..=seed.revision() {
        let own = std::iter::from_fn(|| rows.next_if(|(of, _)| *of == revision));
        let changes = own.map(|(_, change)| change).collect();
        let commit = Commit { author: "westlake", message: &message, id: None, changes };
        let recorded_at = to_microseconds(seed.recorded_in(revision));
        entries.push(Entry { revision, recorded_at, id: None, bytes: encode(&commit)? });
    }
    Ok(log.begin(beginning, entries).await?)
}

/// Moments are kept in microseconds.
pub(super) fn to_microseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

/// What a log begins with, and an editor of an empty graph that follows it.
async fn empty(log: &dyn Log) -> Result<Editor, OpenError> {
    let beginning = log.beginning().await?;
    let beginning = beginning.ok_or_else(|| damaged(0, "it has no beginning"))?;
    let beginning: Beginning =
        postcard::from_bytes(&beginning).map_err(|error| damaged(0, error.to_string()))?;
    if beginning.form != FORM {
        let problem = format!(
            "its form is {}, and this program knows {FORM}: export it by the version that wrote it, and import that",
            beginning.form
        );
        return Err(damaged(0, problem).into());
    }
    let files = [("(log) ontology".to_owned(), beginning.ontology)];
    let ontology = Arc::new(Ontology::parse(&files).map_err(OpenError::Ontology)?);
    let mut editor = Editor::new(ontology);
    editor.describe(beginning.dataset);
    Ok(editor)
}

fn damaged(revision: u32, problem: impl Into<String>) -> LogError {
    LogError::Damaged { revision, problem: problem.into() }
}

/// Carries out the log, up to a revision. An entry that is damaged ends it: what is before it is the
/// graph, and the error is given beside.
///
/// # Errors
/// If there is nothing before the damage, the revision lies before the log's checkpoint, or the log
/// cannot be used at all.
pub async fn replay(
    log: &dyn Log,
    until: Option<u32>,
) -> Result<(Snapshot, Option<LogError>), OpenError> {
    let mut editor = empty(log).await?;
    if let Some(checkpoint) = log.checkpoint().await?
        && until.is_none_or(|until| until >= checkpoint.revision)
    {
        checkpoint::load(&mut editor, &checkpoint)
            .map_err(|problem| damaged(checkpoint.revision, problem))?;
    }
    let damage = go_on(log, until, &mut editor, |_| Ok(())).await?;
    Ok((editor.finish()?, damage))
}

/// Carries out the log as [`replay`] does, but each commit in an edit of its own, as the writer did.
///
/// # Errors
/// As [`replay`].
pub async fn replay_one_by_one(log: &dyn Log) -> Result<(Snapshot, Option<LogError>), OpenError> {
    let mut editor = empty(log).await?;
    if let Some(checkpoint) = log.checkpoint().await? {
        checkpoint::load(&mut editor, &checkpoint)
            .map_err(|problem| damaged(checkpoint.revision, problem))?;
    }
    let next = |editor: &mut Editor| -> Result<(), TooLarge> {
        let done = std::mem::replace(editor, Editor::on(editor.so_far()));
        *editor = Editor::on(&done.finish()?);
        Ok(())
    };
    let damage = go_on(log, None, &mut editor, next).await?;
    Ok((editor.finish()?, damage))
}

/// Carries out the entries from the editor's revision on; `each` is called after each of them.
async fn go_on(
    log: &dyn Log,
    until: Option<u32>,
    editor: &mut Editor,
    each: impl Fn(&mut Editor) -> Result<(), TooLarge>,
) -> Result<Option<LogError>, OpenError> {
    loop {
        let from = editor.revision();
        if until.is_some_and(|until| from > until) {
            return Ok(None);
        }
        let entries = match log.read(from, READ_BYTES).await {
            Ok(entries) if entries.is_empty() => return Ok(None),
            Ok(entries) => entries,
            Err(error @ LogError::Damaged { .. }) => return Ok(Some(error)),
            Err(error) => return Err(error.into()),
        };
        for entry in entries {
            if until.is_some_and(|until| entry.revision > until) {
                return Ok(None);
            }
            if let Err(problem) = carry_out(editor, &entry.bytes) {
                return Ok(Some(damaged(entry.revision, problem)));
            }
            editor.record(entry.recorded_at);
            each(editor)?;
        }
    }
}

/// Carries out the commit of an entry.
fn carry_out(editor: &mut Editor, bytes: &[u8]) -> Result<(), String> {
    let commit: Commit<'_> = postcard::from_bytes(bytes).map_err(|error| error.to_string())?;
    for (place, change) in commit.changes.iter().enumerate() {
        check::replay(editor, change)
            .map_err(|problem| format!("change {place} does not fit the graph: {problem}"))?;
    }
    Ok(())
}
