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
    record::Commit,
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
        let (snapshot, damage) = match log.beginning().await? {
            Some(_) => replay(log.as_ref(), None).await?,
            None => {
                let seed = seed().map_err(OpenError::Ontology)?;
                begin(log.as_ref(), &seed).await?;
                (seed, None)
            }
        };
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

/// Begins a log with every row of a graph, each in the revision that recorded it.
async fn begin(log: &dyn Log, seed: &Snapshot) -> Result<(), OpenError> {
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
            let touched = editor.touched_entities();
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
    next: Option<(Snapshot, Option<Vec<EntityId>>)>,
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
