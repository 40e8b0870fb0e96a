//! The writer: takes the commits that wait, checks each against the graph as the ones before it leave
//! it, appends what is right as one batch, and then swaps in the new graph and answers.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    check::{Mode, apply},
    errors::CommitError,
    published::{Committed, Published},
    record::Commit,
    replay::to_microseconds,
};
use crate::{
    graph::{Editor, Snapshot},
    log::{Entry, Log, LogError},
    search::NameIndex,
};

/// How many commits one flush serves at most.
const BATCH: usize = 256;
/// A commit on its way to the writer.
pub(super) struct Waiting {
    pub(super) bytes: Vec<u8>,
    pub(super) id: Option<String>,
    pub(super) expected: Option<u32>,
    pub(super) answer: oneshot::Sender<Result<Committed, CommitError>>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

/// The one who changes the graph.
pub(super) struct Writer {
    pub(super) log: Arc<dyn Log>,
    pub(super) latest: Arc<Published>,
    pub(super) current: Arc<ArcSwap<Published>>,
    pub(super) announce: watch::Sender<u32>,
}

type Answer = oneshot::Sender<Result<Committed, CommitError>>;

impl Writer {
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Waiting>) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    /// Checks, appends, applies and answers a batch.
    async fn write(&mut self, batch: Vec<Waiting>) {
        let mut answers = Answers::default();
        let mut batch = self.without_repeated(batch, &mut answers).await;
        let mut built = self.build(&mut batch, &mut answers);
        let head = self.latest.snapshot.revision();
        let entries = std::mem::take(&mut built.entries);
        if !entries.is_empty()
            && let Err(error) = self.log.append(head, entries).await
        {
            tracing::error!(%error, "a batch of commits could not be written");
            for (answer, _) in answers.accepted.into_iter().chain(answers.repeated) {
                say(answer, Err(CommitError::Log(repeat(&error))));
            }
            return;
        }
        if let Some((snapshot, touched)) = built.next {
            let names = match touched {
                Some(touched) => self.latest.names.next(&self.latest.snapshot, &snapshot, &touched),
                None => NameIndex::build(&snapshot),
            };
            self.latest = Arc::new(Published { snapshot, names });
            self.current.store(Arc::clone(&self.latest));
            self.announce.send_replace(self.latest.snapshot.revision());
        }
        for (answers, was_there) in [(answers.accepted, false), (answers.repeated, true)] {
            for (answer, revision) in answers {
                let published = Arc::clone(&self.latest);
                say(answer, Ok(Committed { revision, was_there, published }));
            }
        }
    }

    /// The batch without the commits that are in the log already.
    async fn without_repeated(&self, batch: Vec<Waiting>, answers: &mut Answers) -> Vec<Waiting> {
        let mut rest = Vec::with_capacity(batch.len());
        for waiting in batch {
            let found = match &waiting.id {
                Some(id) => self.log.find(id).await,
                None => Ok(None),
            };
            match found {
                Ok(None) => rest.push(waiting),
                Ok(Some(revision)) => answers.repeated.push((waiting.answer, revision)),
                Err(error) => say(waiting.answer, Err(error.into())),
            }
        }
        rest
    }

    /// Carries a batch out in one edit, so that what it touches is copied once.
    ///
    /// A commit that is wrong after its first change leaves the edit with a part of it: then the edit
    /// is given up, the commit refused, and the rest carried out anew.
    fn build(&self, batch: &mut Vec<Waiting>, answers: &mut Answers) -> Built {
        'again: loop {
            let mut editor = Editor::on(&self.latest.snapshot);
            let mut entries: Vec<Entry> = Vec::with_capacity(batch.len());
            let mut refused: Vec<(usize, CommitError)> = Vec::new();
            let mut repeated: Vec<(usize, u32)> = Vec::new();
            for (place, waiting) in batch.iter().enumerate() {
                let same = |entry: &&Entry| waiting.id.is_some() && entry.id == waiting.id;
                if let Some(entry) = entries.iter().find(same) {
                    repeated.push((place, entry.revision));
                    continue;
                }
                let head = editor.so_far().revision();
                if let Some(expected) = waiting.expected
                    && expected != head
                {
                    refused.push((place, CommitError::Conflict { head, expected }));
                    continue;
                }
                match check(&mut editor, &waiting.bytes) {
                    Ok(()) => {}
                    Err(Refusal { error, is_clean: true }) => {
                        refused.push((place, error));
                        continue;
                    }
                    Err(Refusal { error, is_clean: false }) => {
                        say(batch.remove(place).answer, Err(error));
                        continue 'again;
                    }
                }
                let now = Timestamp::now().max(editor.so_far().recorded_at());
                let recorded_at = to_microseconds(now);
                editor.record(recorded_at);
                let (id, bytes) = (waiting.id.clone(), waiting.bytes.clone());
                entries.push(Entry { revision: head + 1, recorded_at, id, bytes });
            }
            let touched = editor.touched();
            let next = match (entries.is_empty(), editor.finish()) {
                (true, _) => None,
                (false, Ok(snapshot)) => Some((snapshot, touched)),
                (false, Err(error)) => {
                    for waiting in batch.drain(..) {
                        say(waiting.answer, Err(CommitError::TooLarge(error)));
                    }
                    return Built::default();
                }
            };
            let mut revisions = entries.iter().map(|entry| entry.revision);
            let (mut refused, mut repeated) =
                (refused.into_iter().peekable(), repeated.into_iter().peekable());
            for (place, waiting) in batch.drain(..).enumerate() {
                if let Some((_, error)) = refused.next_if(|(of, _)| *of == place) {
                    say(waiting.answer, Err(error));
                } else if let Some((_, revision)) = repeated.next_if(|(of, _)| *of == place) {
                    answers.repeated.push((waiting.answer, revision));
                } else if let Some(revision) = revisions.next() {
                    answers.accepted.push((waiting.answer, revision));
                }
            }
            drop(revisions);
            return Built { entries, next };
        }
    }
}

/// Who is to be told which revision, once the log has it.
#[derive(Default)]
struct Answers {
    accepted: Vec<(Answer, u32)>,
    repeated: Vec<(Answer, u32)>,
}

/// A batch that was carried out: what to append, and the graph with it.
#[derive(Default)]
struct Built {
    entries: Vec<Entry>,
    next: Option<(Snapshot, Option<[Vec<u32>; 4]>)>,
}

/// Who asked may have gone away.
fn say(answer: Answer, result: Result<Committed, CommitError>) {
    let _ = answer.send(result);
}

/// The same error for another commit of the batch.
fn repeat(error: &LogError) -> LogError {
    match error {
        LogError::Full => LogError::Full,
        LogError::ReadOnly(folder) => LogError::ReadOnly(folder.clone()),
        LogError::Conflict { head, expected } => {
            LogError::Conflict { head: *head, expected: *expected }
        }
        other => LogError::Backend(other.to_string()),
    }
}

/// Why a commit is refused, and whether the editor is as it was before it.
struct Refusal {
    error: CommitError,
    is_clean: bool,
}

/// Checks a commit and carries it out.
fn check(editor: &mut Editor, bytes: &[u8]) -> Result<(), Refusal> {
    // The bytes were encoded by this program a moment ago.
    let commit: Commit<'_> = postcard::from_bytes(bytes).map_err(|error| Refusal {
        error: CommitError::Log(LogError::Backend(error.to_string())),
        is_clean: true,
    })?;
    let mut problems = Vec::new();
    let mut is_clean = true;
    for (place, change) in commit.changes.iter().enumerate() {
        match apply(editor, change, Mode::COMMIT) {
            Ok(()) => is_clean = false,
            Err(found) => problems.extend(found.into_iter().map(|problem| (place, problem))),
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(Refusal { error: CommitError::Invalid(problems), is_clean })
}
