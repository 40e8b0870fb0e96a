//! The log as a table of SQLite, in a folder.
//!
//! An append is one transaction in write-ahead mode with `synchronous = FULL`: its pages go to the
//! end of the write-ahead log, and the file is flushed before the call returns. After a crash SQLite
//! drops frames whose checksums are wrong, so that a torn last write is as if it had not been made.
//! SQLite does not check pages that were moved into the main file, so each entry carries a checksum
//! of its own.

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, params};
use tokio::sync::watch;

use super::{Checkpoint, Entry, Log, LogError};

/// The file of the log in its folder.
pub const FILE: &str = "log.sqlite";
const LOCK: &str = "lock";

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS beginning (one INTEGER PRIMARY KEY CHECK (one = 1), bytes BLOB NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
    revision INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL, -- microseconds since 1970
    id TEXT UNIQUE,
    bytes BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS checkpoint (part INTEGER PRIMARY KEY, revision INTEGER NOT NULL, bytes BLOB NOT NULL, checksum INTEGER NOT NULL);
";

/// A log in a folder.
#[derive(Debug, Clone)]
pub struct SqliteLog {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
    head: watch::Sender<u32>,
    /// Held as long as the log is open; `None` where nothing can be written anyway.
    _lock: Option<File>,
}

impl SqliteLog {
    /// Opens the log of a folder, and makes both if they are not there.
    ///
    /// # Errors
    /// [`LogError::Locked`] if another process has it, [`LogError::File`] if the folder cannot be
    /// made, [`LogError::Backend`] if the file is not a log.
    pub fn open(folder: &Path) -> Result<Self, LogError> {
        let file_error = |error| LogError::File { path: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(|error| match error.kind() {
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                LogError::ReadOnly(folder.to_owned())
            }
            _ => file_error(error),
        })?;
        let lock = lock(folder)?;
        let path = folder.join(FILE);
        let open = || Connection::open(&path).map_err(|error| of_sqlite(folder, error));
        let writer = open()?;
        let set_up = |connection: &Connection| -> rusqlite::Result<()> {
            connection.busy_timeout(Duration::from_secs(5))?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", "FULL")?;
            // Some four megabytes of log before they are moved into the main file.
            connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
            connection.execute_batch(SCHEMA)
        };
        set_up(&writer).map_err(|error| of_sqlite(folder, error))?;
        // The folder's entry for a new file must last as well.
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(file_error)?;
        Self::with(folder, writer, open()?, lock)
    }

    /// Opens the log of a folder to read it, beside a server that may have it.
    ///
    /// # Errors
    /// [`LogError::File`] if there is no log.
    pub fn open_to_read(folder: &Path) -> Result<Self, LogError> {
        let path = folder.join(FILE);
        if !path.exists() {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(LogError::File { path, error });
        }
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
            // Without leave to write beside it, the file is read as it is.
            Connection::open_with_flags(&path, flags)
                .and_then(|connection| {
                    connection.query_row("SELECT count(*) FROM beginning", (), |_| Ok(()))?;
                    Ok(connection)
                })
                .or_else(|_| {
                    let uri = format!("file:{}?immutable=1", path.display());
                    Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
                })
                .map_err(|error| of_sqlite(folder, error))
        };
        Self::with(folder, open()?, open()?, None)
    }

    fn with(
        folder: &Path,
        writer: Connection,
        reader: Connection,
        lock: Option<File>,
    ) -> Result<Self, LogError> {
        let head = head(&reader).map_err(|error| of_sqlite(folder, error))?;
        let inner = Inner {
            folder: folder.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            head: watch::Sender::new(head),
            _lock: lock,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Copies the log as it is now into a new file, while it goes on.
    ///
    /// # Errors
    /// If the file is there already, or cannot be written.
    pub fn back_up(&self, file: &Path) -> Result<(), LogError> {
        if file.exists() {
            let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(LogError::File { path: file.to_owned(), error });
        }
        let connection = self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = || -> rusqlite::Result<()> {
            let mut target = Connection::open(file)?;
            rusqlite::backup::Backup::new(&connection, &mut target)?.run_to_completion(
                4096,
                Duration::ZERO,
                None,
            )?;
            target.pragma_update(None, "journal_mode", "DELETE")
        };
        copy().map_err(|error| of_sqlite(&self.inner.folder, error))?;
        let sync = File::open(file).and_then(|file| file.sync_all());
        sync.map_err(|error| LogError::File { path: file.to_owned(), error })
    }

    /// Whether the backend's own structures are whole.
    ///
    /// # Errors
    /// What SQLite finds wrong.
    pub fn check_structure(&self) -> Result<(), LogError> {
        let connection = self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let found: rusqlite::Result<String> =
            connection.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0));
        match found {
            Ok(found) if found == "ok" => Ok(()),
            Ok(found) => Err(LogError::Backend(found)),
            Err(error) => Err(of_sqlite(&self.inner.folder, error)),
        }
    }

    /// Gives room that entries left back to the disk.
    ///
    /// # Errors
    /// If there is no room to do it in.
    pub fn vacuum(&self) -> Result<(), LogError> {
        let connection = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
        connection.execute_batch("VACUUM").map_err(|error| of_sqlite(&self.inner.folder, error))
    }

    /// Runs work on a connection, on a thread that may wait.
    async fn on<T: Send + 'static>(
        &self,
        writes: bool,
        work: impl FnOnce(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, LogError> {
        let inner = Arc::clone(&self.inner);
        let task = tokio::task::spawn_blocking(move || {
            let connection = if writes { &inner.writer } else { &inner.reader };
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut connection).map_err(|failure| match failure {
                Failure::Log(error) => error,
                Failure::Sqlite(error) => of_sqlite(&inner.folder, error),
            })
        });
        task.await.unwrap_or_else(|error| Err(LogError::Backend(error.to_string())))
    }
}

/// What goes wrong in work on a connection.
enum Failure {
    Log(LogError),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Takes the folder for this process.
fn lock(folder: &Path) -> Result<Option<File>, LogError> {
    let path = folder.join(LOCK);
    let mut file =
        match File::options().read(true).write(true).create(true).truncate(false).open(&path) {
            Ok(file) => file,
            Err(error) => {
                return Err(match error.kind() {
                    std::io::ErrorKind::ReadOnlyFilesystem
                    | std::io::ErrorKind::PermissionDenied => LogError::ReadOnly(folder.to_owned()),
                    _ => LogError::File { path, error },
                });
            }
        };
    match file.try_lock() {
        Ok(()) => {
            // Who holds it, for people; the lock itself goes with the process.
            let written = file
                .set_len(0)
                .and_then(|()| file.rewind())
                .and_then(|()| writeln!(file, "process {}", std::process::id()));
            written.map_err(|error| LogError::File { path, error })?;
            Ok(Some(file))
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = holder.trim();
            let holder = if holder.is_empty() { "another process" } else { holder }.to_owned();
            Err(LogError::Locked { folder: folder.to_owned(), holder })
        }
        Err(TryLockError::Error(error)) => Err(LogError::File { path, error }),
    }
}

fn of_sqlite(folder: &Path, error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => LogError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            LogError::ReadOnly(folder.to_owned())
        }
        _ => LogError::Backend(format!("{}: {error}", folder.join(FILE).display())),
    }
}

fn head(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row(
        "SELECT max(coalesce((SELECT max(revision) FROM entry), 0), coalesce((SELECT max(revision) FROM checkpoint), 0))",
        (),
        |row| row.get(0),
    )
}

/// Only a checkpoint may stand in place of the first entries; else they are missing.
fn first(connection: &Connection) -> rusqlite::Result<u32> {
    let first: Option<u32> =
        connection.query_row("SELECT min(revision) FROM entry", (), |row| row.get(0))?;
    let checkpoint: Option<u32> =
        connection.query_row("SELECT max(revision) FROM checkpoint", (), |row| row.get(0))?;
    Ok(match (first, checkpoint) {
        (Some(first), Some(checkpoint)) => first.min(checkpoint + 1),
        (None, Some(checkpoint)) => checkpoint + 1,
        (_, None) => 1,
    })
}

fn checksum(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// An entry's checksum covers all that it says.
fn checksum_of(entry: &Entry) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&entry.revision.to_le_bytes());
    hasher.update(&entry.recorded_at.as_microsecond().to_le_bytes());
    hasher.update(entry.id.as_deref().unwrap_or_default().as_bytes());
    hasher.update(&entry.bytes);
    hasher.finalize()
}

fn insert_all(write: &Transaction<'_>, entries: &[Entry]) -> rusqlite::Result<()> {
    let mut insert = write.prepare_cached("INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for entry in entries {
        let moment = entry.recorded_at.as_microsecond();
        insert.execute(params![
            entry.revision,
            moment,
            entry.id,
            entry.bytes,
            checksum_of(entry)
        ])?;
    }
    Ok(())
}

#[async_trait]
impl Log for SqliteLog {
    async fn beginning(&self) -> Result<Option<Vec<u8>>, LogError> {
        self.on(false, |connection| {
            let found: Option<(Vec<u8>, u32)> = connection
                .query_row("SELECT bytes, checksum FROM beginning", (), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            match found {
                Some((bytes, sum)) if sum != checksum(&bytes) => {
                    let problem = "what the log begins with has another checksum".to_owned();
                    Err(Failure::Log(LogError::Damaged { revision: 0, problem }))
                }
                found => Ok(found.map(|(bytes, _)| bytes)),
            }
        })
        .await
    }

    async fn begin(&self, beginning: Vec<u8>, entries: Vec<Entry>) -> Result<(), LogError> {
        let inner = Arc::clone(&self.inner);
        self.on(true, move |connection| {
            let sum = checksum(&beginning);
            let write = connection.transaction()?;
            write.execute("INSERT INTO beginning VALUES (1, ?1, ?2)", params![beginning, sum])?;
            insert_all(&write, &entries)?;
            write.commit()?;
            inner.head.send_replace(entries.last().map_or(0, |entry| entry.revision));
            Ok(())
        })
        .await
    }

    async fn head(&self) -> Result<u32, LogError> {
        self.on(false, |connection| Ok(head(connection)?)).await
    }

    async fn first(&self) -> Result<u32, LogError> {
        self.on(false, |connection| Ok(first(connection)?)).await
    }

    async fn append(&self, expected: u32, entries: Vec<Entry>) -> Result<(), LogError> {
        let Some(last) = entries.last().map(|entry| entry.revision) else { return Ok(()) };
        let inner = Arc::clone(&self.inner);
        self.on(true, move |connection| {
            let write =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let head = head(&write)?;
            if head != expected {
                return Err(Failure::Log(LogError::Conflict { head, expected }));
            }
            insert_all(&write, &entries)?;
            write.commit()?;
            // Said here, so that it is said even if nobody waits for the answer any more.
            inner.head.send_replace(last);
            Ok(())
        })
        .await
    }

    async fn read(&self, from: u32, bytes: usize) -> Result<Vec<Entry>, LogError> {
        self.on(false, move |connection| {
            let first = first(connection)?;
            if from < first {
                return Err(Failure::Log(LogError::Gone { revision: from, first }));
            }
            let mut select = connection.prepare_cached(
                "SELECT revision, recorded_at, id, bytes, checksum FROM entry WHERE revision >= ?1 ORDER BY revision",
            )?;
            let mut rows = select.query([from])?;
            let mut entries: Vec<Entry> = Vec::new();
            let mut size = 0;
            while size <= bytes {
                let row = match rows.next() {
                    Ok(Some(row)) => row,
                    Ok(None) => break,
                    Err(_) if !entries.is_empty() => break,
                    Err(error) => {
                        let problem = error.to_string();
                        return Err(Failure::Log(LogError::Damaged { revision: from, problem }));
                    }
                };
                let expected = from + entries.len() as u32;
                let damaged = |problem: &str| {
                    Failure::Log(LogError::Damaged { revision: expected, problem: problem.to_owned() })
                };
                let read = || -> rusqlite::Result<(Entry, u32)> {
                    let moment = Timestamp::from_microsecond(row.get(1)?).unwrap_or_default();
                    let (revision, id, bytes) = (row.get(0)?, row.get(2)?, row.get(3)?);
                    Ok((Entry { revision, recorded_at: moment, id, bytes }, row.get(4)?))
                };
                let problem = match read() {
                    Ok((entry, sum)) if entry.revision == expected && sum == checksum_of(&entry) => {
                        size += entry.bytes.len();
                        entries.push(entry);
                        continue;
                    }
                    Ok((entry, _)) if entry.revision != expected => damaged("it is missing"),
                    Ok(_) => damaged("its checksum is another"),
                    Err(error) => damaged(&error.to_string()),
                };
                if entries.is_empty() {
                    return Err(problem);
                }
                break;
            }
            Ok(entries)
        })
        .await
    }

    async fn find(&self, id: &str) -> Result<Option<u32>, LogError> {
        let id = id.to_owned();
        self.on(false, move |connection| {
            let mut select =
                connection.prepare_cached("SELECT revision FROM entry WHERE id = ?1")?;
            Ok(select.query_row([id], |row| row.get(0)).optional()?)
        })
        .await
    }

    async fn wait_for_new(&self, after: u32) -> Result<(), LogError> {
        let mut head = self.inner.head.subscribe();
        match head.wait_for(|head| *head > after).await {
            Ok(_) => Ok(()),
            Err(_) => Err(LogError::Backend("the log was closed".to_owned())),
        }
    }

    async fn checkpoint(&self) -> Result<Option<Checkpoint>, LogError> {
        self.on(false, |connection| {
            let mut select = connection
                .prepare("SELECT revision, bytes, checksum FROM checkpoint ORDER BY part")?;
            let mut rows = select.query(())?;
            let mut found: Option<Checkpoint> = None;
            while let Some(row) = rows.next()? {
                let (revision, bytes): (u32, Vec<u8>) = (row.get(0)?, row.get(1)?);
                if row.get::<_, u32>(2)? != checksum(&bytes) {
                    let problem = "a part of the checkpoint has another checksum".to_owned();
                    return Err(Failure::Log(LogError::Damaged { revision, problem }));
                }
                found.get_or_insert(Checkpoint { revision, parts: Vec::new() }).parts.push(bytes);
            }
            Ok(found)
        })
        .await
    }

    async fn put_checkpoint(
        &self,
        checkpoint: Checkpoint,
        truncates: bool,
    ) -> Result<(), LogError> {
        self.on(true, move |connection| {
            let write = connection.transaction()?;
            write.execute("DELETE FROM checkpoint", ())?;
            {
                let mut insert = write.prepare("INSERT INTO checkpoint VALUES (?1, ?2, ?3, ?4)")?;
                for (part, bytes) in checkpoint.parts.iter().enumerate() {
                    let sum = checksum(bytes);
                    insert.execute(params![part as i64, checkpoint.revision, bytes, sum])?;
                }
            }
            if truncates {
                write.execute("DELETE FROM entry WHERE revision <= ?1", [checkpoint.revision])?;
            }
            write.commit()?;
            Ok(())
        })
        .await
    }
}
