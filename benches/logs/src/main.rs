//! Measures what could hold the log, on the log's own work: appending batches of records of 200
//! bytes under consecutive revisions, flushed to the disk before each batch is acknowledged, and
//! reading a million records back after opening. Each is held against a bare file that is appended
//! to and flushed. Run it on the disk that matters: `cargo run --release -- FOLDER`.

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

const RECORD: [u8; 200] = [7; 200];
const ROUND: Duration = Duration::from_millis(1500);
const MILLION: u64 = 1_000_000;

type Error = Box<dyn std::error::Error>;

/// What could hold the log.
trait Candidate: Sized {
    const NAME: &'static str;
    fn open(folder: &Path) -> Result<Self, Error>;
    /// Appends records from a revision on; they are on the disk when it returns.
    fn append(&mut self, revision: u64, count: u64) -> Result<(), Error>;
    /// Reads every record; returns how many bytes they have.
    fn read(&mut self) -> Result<usize, Error>;
}

struct Bare(PathBuf, File);

impl Candidate for Bare {
    const NAME: &'static str = "bare file";
    fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("log");
        let file = File::options().append(true).create(true).open(&path)?;
        Ok(Self(path, file))
    }
    fn append(&mut self, _: u64, count: u64) -> Result<(), Error> {
        self.1.write_all(&RECORD.repeat(count as usize))?;
        Ok(self.1.sync_data()?)
    }
    fn read(&mut self) -> Result<usize, Error> {
        let mut bytes = Vec::new();
        File::open(&self.0)?.read_to_end(&mut bytes)?;
        Ok(bytes.len())
    }
}

struct Redb(redb::Database);

const TABLE: redb::TableDefinition<u64, &[u8]> = redb::TableDefinition::new("log");

impl Candidate for Redb {
    const NAME: &'static str = "redb";
    fn open(folder: &Path) -> Result<Self, Error> {
        Ok(Self(redb::Database::create(folder.join("log.redb"))?))
    }
    fn append(&mut self, revision: u64, count: u64) -> Result<(), Error> {
        let write = self.0.begin_write()?;
        {
            let mut table = write.open_table(TABLE)?;
            for revision in revision..revision + count {
                table.insert(revision, RECORD.as_slice())?;
            }
        }
        Ok(write.commit()?)
    }
    fn read(&mut self) -> Result<usize, Error> {
        use redb::{ReadableDatabase, ReadableTable};
        let table = self.0.begin_read()?.open_table(TABLE)?;
        let mut bytes = 0;
        for entry in table.iter()? {
            bytes += entry?.1.value().len();
        }
        Ok(bytes)
    }
}

struct Fjall(fjall::Database, fjall::Keyspace);

impl Candidate for Fjall {
    const NAME: &'static str = "fjall";
    fn open(folder: &Path) -> Result<Self, Error> {
        let database = fjall::Database::builder(folder).open()?;
        let keyspace = database.keyspace("log", fjall::KeyspaceCreateOptions::default)?;
        Ok(Self(database, keyspace))
    }
    fn append(&mut self, revision: u64, count: u64) -> Result<(), Error> {
        let mut batch = self.0.batch();
        for revision in revision..revision + count {
            batch.insert(&self.1, revision.to_be_bytes(), RECORD);
        }
        batch.commit()?;
        Ok(self.0.persist(fjall::PersistMode::SyncData)?)
    }
    fn read(&mut self) -> Result<usize, Error> {
        let mut bytes = 0;
        for entry in self.1.iter() {
            bytes += entry.value()?.len();
        }
        Ok(bytes)
    }
}

struct Sqlite(rusqlite::Connection);

impl Candidate for Sqlite {
    const NAME: &'static str = "rusqlite (WAL)";
    fn open(folder: &Path) -> Result<Self, Error> {
        let connection = rusqlite::Connection::open(folder.join("log.sqlite"))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute("CREATE TABLE IF NOT EXISTS log (revision INTEGER PRIMARY KEY, record BLOB)", ())?;
        Ok(Self(connection))
    }
    fn append(&mut self, revision: u64, count: u64) -> Result<(), Error> {
        let write = self.0.transaction()?;
        {
            let mut insert = write.prepare_cached("INSERT INTO log VALUES (?1, ?2)")?;
            for revision in revision..revision + count {
                insert.execute((revision as i64, RECORD.as_slice()))?;
            }
        }
        Ok(write.commit()?)
    }
    fn read(&mut self) -> Result<usize, Error> {
        let mut select = self.0.prepare("SELECT record FROM log ORDER BY revision")?;
        let mut rows = select.query(())?;
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            bytes += row.get_ref(0)?.as_blob()?.len();
        }
        Ok(bytes)
    }
}

fn folder_size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .map(|file| match file.metadata() {
            Ok(data) if data.is_dir() => folder_size(&file.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Records per second with batches of 1, 16 and 256; then the time to open and read a million.
fn measure<C: Candidate>(folder: &Path) -> Result<[f64; 5], Error> {
    let mut rates = [0.0; 5];
    for (place, batch) in [1, 16, 256].into_iter().enumerate() {
        let folder = folder.join(format!("{}-{batch}", C::NAME));
        fs::create_dir_all(&folder)?;
        let mut log = C::open(&folder)?;
        let mut revision = 1;
        let start = Instant::now();
        while start.elapsed() < ROUND {
            log.append(revision, batch)?;
            revision += batch;
        }
        rates[place] = (revision - 1) as f64 / start.elapsed().as_secs_f64();
    }
    let folder = folder.join(format!("{}-million", C::NAME));
    fs::create_dir_all(&folder)?;
    let mut log = C::open(&folder)?;
    for batch in 0..MILLION / 10_000 {
        log.append(1 + batch * 10_000, 10_000)?;
    }
    drop(log);
    let start = Instant::now();
    let bytes = C::open(&folder)?.read()?;
    assert_eq!(bytes as u64, MILLION * 200);
    rates[3] = start.elapsed().as_secs_f64();
    rates[4] = folder_size(&folder) as f64 / (MILLION * 200) as f64;
    Ok(rates)
}

fn main() -> Result<(), Error> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target/logs".to_owned()));
    let _ = fs::remove_dir_all(&folder);
    println!("records a second, flushed in batches of 1, 16, 256 (share of the bare file); a million: read back, size");
    let bare = measure::<Bare>(&folder)?;
    let rows = [
        (Bare::NAME, bare),
        (Redb::NAME, measure::<Redb>(&folder)?),
        (Fjall::NAME, measure::<Fjall>(&folder)?),
        (Sqlite::NAME, measure::<Sqlite>(&folder)?),
    ];
    for (name, rates) in rows {
        print!("{name:<16}");
        for place in 0..3 {
            print!(" {:>9.0} ({:.2})", rates[place], rates[place] / bare[place]);
        }
        println!("   {:.2} s, {:.2} times the records", rates[3], rates[4]);
    }
    fs::remove_dir_all(&folder)?;
    Ok(())
}
