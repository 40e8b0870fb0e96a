//! Commands for the folder that keeps what is committed: `log`, `verify`, `backup`, `restore`, `compact`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Args;

use super::print;
use crate::{
    commit::{
        OpenError, checkpoint,
        record::{Change, Commit, all},
        replay, replay_one_by_one,
    },
    graph::Snapshot,
    log::{Entry, Log, LogError, READ_BYTES, SqliteLog},
};

/// What the commands take.
#[derive(Debug, Args)]
pub(super) struct Data {
    /// The folder that `westlake serve --data` keeps
    data: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct LogArguments {
    #[command(flatten)]
    data: Data,
    /// Only the last so many commits
    #[arg(long, short = 'n', value_name = "COUNT")]
    last: Option<u32>,
}

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    #[command(flatten)]
    data: Data,
    /// The file to make; it must not be there
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArguments {
    /// The file that `westlake backup` made
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Args)]
pub(super) struct CompactArguments {
    #[command(flatten)]
    data: Data,
    /// Keep every commit, and only make starting faster
    #[arg(long)]
    keep_history: bool,
}

/// Why a command failed, for people.
pub(super) struct Failure(pub(super) String);

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        Self(error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self(error.to_string())
    }
}

pub(super) fn of_file(path: &Path) -> impl Fn(std::io::Error) -> Failure {
    move |error| Failure(format!("{}: {error}", path.display()))
}

/// Runs work to its end and prints what it says.
pub(super) fn run(work: impl Future<Output = Result<String, Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => Err(Failure(format!("the threads cannot be started: {error}"))),
    };
    match result {
        Ok(text) => print(&text),
        Err(Failure(message)) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// `westlake log`: a line for each commit, the oldest first.
pub(super) fn log(arguments: &LogArguments) -> ExitCode {
    run(async {
        let log = SqliteLog::open_to_read(&arguments.data.data)?;
        let head = log.head().await?;
        let first = log.first().await?;
        let mut next =
            arguments.last.map_or(first, |last| (head + 1).saturating_sub(last).max(first));
        let mut text = String::new();
        while next <= head {
            for entry in log.read(next, READ_BYTES).await? {
                text.push_str(&line(&entry)?);
                next = entry.revision + 1;
            }
        }
        Ok(text)
    })
}

fn line(entry: &Entry) -> Result<String, Failure> {
    let commit: Commit<'_> = postcard::from_bytes(&entry.bytes)
        .map_err(|error| Failure(format!("revision {}: {error}", entry.revision)))?;
    let mut counts = [0; 3];
    for change in &commit.changes {
        counts[match change {
            Change::Retract { .. } => 1,
            Change::Merge { .. } => 2,
            _ => 0,
        }] += 1;
    }
    let parts: Vec<String> = [(counts[0], "put"), (counts[1], "retracted"), (counts[2], "merged")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    Ok(format!(
        "{:>8}  {:.0}  {}  {}  ({})\n",
        entry.revision,
        entry.recorded_at,
        commit.author,
        commit.message.lines().next().unwrap_or_default(),
        parts.join(", "),
    ))
}

pub(super) fn counts(snapshot: &Snapshot) -> String {
    format!(
        "revision {}: {} entities, {} statements, {} observations, {} sources",
        snapshot.revision(),
        snapshot.entity_count(),
        snapshot.statement_count(),
        snapshot.observation_count(),
        snapshot.source_count(),
    )
}

/// Reads the log in two ways and compares what comes out.
async fn verified(log: &SqliteLog) -> Result<Snapshot, Failure> {
    log.check_structure()?;
    let (one, damage) = replay(log, None).await?;
    if let Some(damage) = damage {
        return Err(Failure(format!("{damage}\nwhole up to {}", counts(&one))));
    }
    let (other, _) = replay_one_by_one(log).await?;
    let is_same = one.revision() == other.revision()
        && all(&one).eq(all(&other))
        && one.outgoing().bytes() == other.outgoing().bytes();
    if !is_same {
        return Err(Failure("carrying the log out twice gives two graphs".to_owned()));
    }
    Ok(one)
}

/// `westlake verify`.
pub(super) fn verify(arguments: &Data) -> ExitCode {
    run(async {
        let log = SqliteLog::open_to_read(&arguments.data)?;
        let snapshot = verified(&log).await?;
        Ok(format!("{}: no damage\n", counts(&snapshot)))
    })
}

/// `westlake backup`: may run beside a server.
pub(super) fn backup(arguments: &BackupArguments) -> ExitCode {
    run(async {
        let log = SqliteLog::open_to_read(&arguments.data.data)?;
        log.back_up(&arguments.file)?;
        Ok(format!("{}: revision {}\n", arguments.file.display(), log.head().await?))
    })
}

/// `westlake restore`.
pub(super) fn restore(arguments: &RestoreArguments) -> ExitCode {
    let (file, folder) = (&arguments.file, &arguments.data.data);
    run(async {
        let place = folder.join(crate::log::FILE);
        if place.exists() {
            let message = "there is a log already: move it away, or restore into another folder";
            return Err(Failure(format!("{}: {message}", place.display())));
        }
        fs::create_dir_all(folder).map_err(of_file(folder))?;
        // Under another name until it is whole.
        let partial = folder.join("restoring");
        fs::copy(file, &partial).map_err(of_file(file))?;
        let copy = fs::File::open(&partial).and_then(|copy| copy.sync_all());
        copy.map_err(of_file(&partial))?;
        fs::rename(&partial, &place).map_err(of_file(&place))?;
        let result = match SqliteLog::open(folder) {
            Ok(log) => verified(&log).await,
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(snapshot) => Ok(format!("{}: {}\n", folder.display(), counts(&snapshot))),
            Err(failure) => {
                // What is damaged must not be taken for a log.
                fs::remove_file(&place).map_err(of_file(&place))?;
                Err(failure)
            }
        }
    })
}

/// `westlake compact`.
pub(super) fn compact(arguments: &CompactArguments) -> ExitCode {
    run(async {
        let folder = &arguments.data.data;
        let before = size(folder);
        let log = SqliteLog::open(folder)?;
        let snapshot = verified(&log).await?;
        let made = checkpoint::make(&snapshot).map_err(Failure)?;
        log.put_checkpoint(made, !arguments.keep_history).await?;
        if !arguments.keep_history {
            log.vacuum()?;
        }
        drop(log);
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        Ok(format!(
            "{}: {:.1} MiB, before {:.1} MiB\n",
            counts(&snapshot),
            mib(size(folder)),
            mib(before)
        ))
    })
}

/// How many bytes the files of a folder have.
fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|data| data.len()).sum()
}
