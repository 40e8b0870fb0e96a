//! The store: one writer, any number of readers.
//!
//! Commits wait in a queue. The writer takes what is there, checks each commit against the graph as
//! the ones before it leave it, appends all that are right as one batch, and only when the disk has
//! them swaps in the new graph and answers. So one flush serves many commits, nothing is seen before
//! it lasts, and readers, who take the current graph by one atomic load, never wait.

use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    check::{Mode, Problem, apply},
    checkpoint,
    record::{Change, Commit, all},
};
use crate::{
    graph::{Dataset, Editor, EntityId, Snapshot, TooLarge},
    log::{Entry, Log, LogError},
    ontology::{Diagnostics, Ontology},
    search::NameIndex,
};

/// How many commits may wait for the writer; more wait for a place.
const QUEUE: usize = 1024;
/// How many commits one flush serves at most.
const BATCH: usize = 256;
/// How many changes of a seed stand in one entry.
const SEED_CHANGES: usize = 20_000;
/// How many bytes of the log are read at once.
const READ_BYTES: usize = 8 << 20;

/// A revision of the graph and what belongs to it.
#[derive(Debug, Clone)]
pub struct Published {
    /// The graph.
    pub snapshot: Snapshot,
    /// The names in it.
    pub names: NameIndex,
}

impl Published {
    /// Makes the indexes that belong to a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        Self { names: NameIndex::build(&snapshot), snapshot }
    }
}

/// What a log begins with: which graph it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Beginning {
    /// The form of what follows; this program knows 1.
    form: u32,
    dataset: Dataset,
    ontology: String,
}

const FORM: u32 = 1;

/// What became of a commit.
#[derive(Debug, Clone)]
pub struct Committed {
    /// The revision it is.
    pub revision: u32,
    /// Whether it was there before, under the id that the client chose.
    pub was_there: bool,
    /// The graph with it, and perhaps with later commits.
    pub published: Arc<Published>,
}

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

/// A commit on its way to the writer.
struct Waiting {
    bytes: Vec<u8>,
    id: Option<String>,
    expected: Option<u32>,
    answer: oneshot::Sender<Result<Committed, CommitError>>,
}

/// A graph and the way to change it. Clones are of one store; the writer ends when all are gone.
#[derive(Debug, Clone)]
pub struct Store {
    current: Arc<ArcSwap<Published>>,
    revisions: watch::Receiver<u32>,
    changes: Result<mpsc::Sender<Waiting>, String>,
    log: Option<Arc<dyn Log>>,
}

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Waiting").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Store {
    /// A graph that cannot be changed; `why` is what who tries is told.
    pub fn fixed(published: Published, why: impl Into<String>) -> Self {
        let (_, revisions) = watch::channel(published.snapshot.revision());
        Self {
            current: Arc::new(ArcSwap::from_pointee(published)),
            revisions,
            changes: Err(why.into()),
            log: None,
        }
    }

    /// Opens the graph that a log holds. A log that is new begins with `seed`. Starts the writer.
    ///
    /// Cost: reading the log and carrying it out once.
    ///
    /// # Errors
    /// If the log cannot be used, is damaged before its end, or does not fit its ontology.
    pub async fn open(
        log: Arc<dyn Log>,
        seed: impl FnOnce() -> Result<Snapshot, Diagnostics>,
    ) -> Result<Self, OpenError> {
        if log.beginning().await?.is_none() {
            let seed = seed().map_err(OpenError::Ontology)?;
            begin(log.as_ref(), &seed).await?;
        }
        let (snapshot, damage) = replay(log.as_ref(), None).await?;
        let published = Arc::new(Published::new(snapshot));
        let current = Arc::new(ArcSwap::new(Arc::clone(&published)));
        let (announce, revisions) = watch::channel(published.snapshot.revision());
        let changes = match damage {
            // What is whole is served; nothing is written behind what is damaged.
            Some(damage) => Err(damage.to_string()),
            None => {
                let (send, receive) = mpsc::channel(QUEUE);
                let writer = Writer {
                    log: Arc::clone(&log),
                    latest: published,
                    current: Arc::clone(&current),
                    announce,
                };
                let runtime = tokio::runtime::Handle::current();
                let spawned = std::thread::Builder::new()
                    .name("writer".to_owned())
                    .spawn(move || runtime.block_on(writer.run(receive)));
                spawned.map_err(|error| LogError::Backend(error.to_string()))?;
                Ok(send)
            }
        };
        Ok(Self { current, revisions, changes, log: Some(log) })
    }

    /// Opens the graph that a log holds, to read it; `why` is what who tries to change it is told.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_to_read(
        log: Arc<dyn Log>,
        why: impl Into<String>,
    ) -> Result<Self, OpenError> {
        let (snapshot, damage) = replay(log.as_ref(), None).await?;
        let why = damage.map_or_else(|| why.into(), |damage| damage.to_string());
        Ok(Self { log: Some(log), ..Self::fixed(Published::new(snapshot), why) })
    }

    /// The graph as it is now.
    pub fn current(&self) -> Arc<Published> {
        self.current.load_full()
    }

    /// The log behind the graph, if it has one.
    pub fn log(&self) -> Option<&Arc<dyn Log>> {
        self.log.as_ref()
    }

    /// Why the graph cannot be changed; `None` if it can.
    pub fn why_fixed(&self) -> Option<&str> {
        self.changes.as_ref().err().map(String::as_str)
    }

    /// Tells the revision of the current graph, and each new one.
    pub fn revisions(&self) -> watch::Receiver<u32> {
        self.revisions.clone()
    }

    /// Commits changes, all or none; `expected` refuses them if the graph is at another revision.
    /// When it returns, they are on the disk and in the graph. A caller who goes away does not stop
    /// a commit that the writer has.
    ///
    /// # Errors
    /// Everything that is wrong with the changes, or why they could not be written.
    pub async fn commit(
        &self,
        commit: &Commit<'_>,
        expected: Option<u32>,
    ) -> Result<Committed, CommitError> {
        let changes = self.changes.as_ref().map_err(|why| CommitError::ReadOnly(why.clone()))?;
        if commit.changes.is_empty() {
            return Err(CommitError::Empty);
        }
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            bytes: encode(commit)?,
            id: commit.id.map(ToOwned::to_owned),
            expected,
            answer,
        };
        changes.send(waiting).await.map_err(|_| CommitError::Stopped)?;
        answered.await.unwrap_or(Err(CommitError::Stopped))
    }

    /// The graph as it was at a revision. Cost: reading the log up to it and carrying it out.
    ///
    /// # Errors
    /// If the log cannot be read that far.
    pub async fn at(&self, revision: u32) -> Result<Snapshot, OpenError> {
        let current = self.current();
        match &self.log {
            Some(log) if revision < current.snapshot.revision() => {
                Ok(replay(log.as_ref(), Some(revision)).await?.0)
            }
            _ => Ok(current.snapshot.clone()),
        }
    }
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, LogError> {
    postcard::to_stdvec(value).map_err(|error| LogError::Backend(error.to_string()))
}

/// Begins a log with every row of a graph.
async fn begin(log: &dyn Log, seed: &Snapshot) -> Result<(), OpenError> {
    let dataset = Dataset::clone(seed.dataset());
    let message = format!("{} {}", dataset.name, dataset.version);
    let ontology = seed.ontology().sdl.clone();
    let beginning = encode(&Beginning { form: FORM, dataset, ontology })?;
    let changes: Vec<Change<'_>> = all(seed).collect();
    let entries: Result<Vec<Entry>, LogError> = (1u32..)
        .zip(changes.chunks(SEED_CHANGES))
        .map(|(revision, changes)| {
            let commit = Commit {
                author: "westlake",
                message: &message,
                id: None,
                changes: changes.to_vec(),
            };
            let recorded_at = to_microseconds(seed.recorded_at());
            Ok(Entry { revision, recorded_at, id: None, bytes: encode(&commit)? })
        })
        .collect();
    Ok(log.begin(beginning, entries?).await?)
}

/// Moments are kept in microseconds.
fn to_microseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

/// What a log begins with, and an editor of an empty graph that follows it.
async fn empty(log: &dyn Log) -> Result<Editor, OpenError> {
    let beginning = log.beginning().await?;
    let beginning = beginning.ok_or_else(|| damaged(0, "it has no beginning"))?;
    let beginning: Beginning =
        postcard::from_bytes(&beginning).map_err(|error| damaged(0, error.to_string()))?;
    if beginning.form != FORM {
        let problem = format!("its form is {}, and this program knows {FORM}", beginning.form);
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
        apply(editor, change, REPLAY).map_err(|problems| {
            let first = problems.first().map_or("", |problem| problem.message.as_str());
            format!("change {place} does not fit the graph: {first}")
        })?;
    }
    Ok(())
}

/// How changes that were right once are checked.
pub(super) const REPLAY: Mode<'static> = Mode { finds_nearest: false, ..Mode::COMMIT };

/// The one who changes the graph.
struct Writer {
    log: Arc<dyn Log>,
    latest: Arc<Published>,
    current: Arc<ArcSwap<Published>>,
    announce: watch::Sender<u32>,
}

type Answer = oneshot::Sender<Result<Committed, CommitError>>;

impl Writer {
    async fn run(mut self, mut queue: mpsc::Receiver<Waiting>) {
        let mut batch = Vec::with_capacity(BATCH);
        while queue.recv_many(&mut batch, BATCH).await > 0 {
            self.write(std::mem::take(&mut batch)).await;
        }
    }

    /// Checks, appends, applies and answers a batch.
    async fn write(&mut self, batch: Vec<Waiting>) {
        let head = self.latest.snapshot.revision();
        let mut next = self.latest.snapshot.clone();
        let mut touched: Option<Vec<EntityId>> = Some(Vec::new());
        let mut entries: Vec<Entry> = Vec::new();
        let mut accepted: Vec<(Answer, u32)> = Vec::new();
        let mut repeated: Vec<(Answer, u32)> = Vec::new();
        for waiting in batch {
            if let Some(id) = &waiting.id {
                let known = entries.iter().find(|entry| entry.id.as_ref() == Some(id));
                let found = match known {
                    Some(entry) => Ok(Some(entry.revision)),
                    None => self.log.find(id).await,
                };
                match found {
                    Ok(None) => {}
                    Ok(Some(revision)) => {
                        repeated.push((waiting.answer, revision));
                        continue;
                    }
                    Err(error) => {
                        say(waiting.answer, Err(error.into()));
                        continue;
                    }
                }
            }
            if let Some(expected) = waiting.expected
                && expected != next.revision()
            {
                let head = next.revision();
                say(waiting.answer, Err(CommitError::Conflict { head, expected }));
                continue;
            }
            let recorded_at = to_microseconds(Timestamp::now().max(next.recorded_at()));
            match check(&next, &waiting.bytes, recorded_at) {
                Ok((snapshot, of_this)) => {
                    next = snapshot;
                    touched = touched.zip(of_this).map(|(mut all, of_this)| {
                        all.extend(of_this);
                        all
                    });
                    let revision = next.revision();
                    let Waiting { id, bytes, answer, .. } = waiting;
                    entries.push(Entry { revision, recorded_at, id, bytes });
                    accepted.push((answer, revision));
                }
                Err(error) => say(waiting.answer, Err(error)),
            }
        }
        if !entries.is_empty()
            && let Err(error) = self.log.append(head, entries).await
        {
            tracing::error!(%error, "a batch of commits could not be written");
            let error = Arc::new(error);
            for (answer, _) in accepted.into_iter().chain(repeated) {
                say(answer, Err(CommitError::Log(repeat(&error))));
            }
            return;
        }
        if !accepted.is_empty() {
            let names = match touched {
                Some(touched) => self.latest.names.next(&self.latest.snapshot, &next, &touched),
                None => NameIndex::build(&next),
            };
            self.latest = Arc::new(Published { snapshot: next, names });
            self.current.store(Arc::clone(&self.latest));
            self.announce.send_replace(self.latest.snapshot.revision());
        }
        for (answers, was_there) in [(accepted, false), (repeated, true)] {
            for (answer, revision) in answers {
                let published = Arc::clone(&self.latest);
                say(answer, Ok(Committed { revision, was_there, published }));
            }
        }
    }
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

/// The graph with a commit, and the entities it touches (`None`: all).
#[allow(clippy::type_complexity, reason = "the pair is taken apart at once")]
fn check(
    snapshot: &Snapshot,
    bytes: &[u8],
    recorded_at: Timestamp,
) -> Result<(Snapshot, Option<Vec<EntityId>>), CommitError> {
    // The bytes were encoded by this program a moment ago.
    let commit: Commit<'_> = postcard::from_bytes(bytes)
        .map_err(|error| CommitError::Log(LogError::Backend(error.to_string())))?;
    let mut editor = Editor::on(snapshot);
    let mut problems = Vec::new();
    for (place, change) in commit.changes.iter().enumerate() {
        let found = apply(&mut editor, change, Mode::COMMIT).err().unwrap_or_default();
        problems.extend(found.into_iter().map(|problem| (place, problem)));
    }
    if !problems.is_empty() {
        return Err(CommitError::Invalid(problems));
    }
    editor.record(recorded_at);
    let touched = editor.touched_entities();
    Ok((editor.finish()?, touched))
}
