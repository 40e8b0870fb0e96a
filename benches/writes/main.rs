//! Benchmarks of writing, each against a limit of the same run: commits per second against bare
//! appends and flushes with the same batching on the same disk; importing WordNet; opening a log of a
//! million facts; and, on a graph of ten million statements, how long a commit takes and what readers
//! lose to writers. `make bench` runs them all; name some to run them alone, as in
//! `cargo bench --bench writes -- commits`.

#![allow(missing_docs, reason = "a program, not a library")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use westlake::{
    commit::{
        Store,
        record::{Change, Commit, ReferenceRecord, StatementRecord},
    },
    formats::{Folder, load},
    graph::{Editor, EntityId, NewEntity, NewSource, NewStatement, Snapshot},
    log::{Log, SqliteLog},
    model::{Confidence, Rank},
    ontology::Ontology,
};

const ONTOLOGY: &str = "enum Language { EN @language(tag: \"en\") } enum Predicate { KNOWS @predicate } type Person @kind(plural: \"people\")";
const ROUND: Duration = Duration::from_secs(3);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench-writes");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).expect("a folder");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads");
    if is_wanted("commits") {
        runtime.block_on(commits(&home));
    }
    if is_wanted("import") {
        runtime.block_on(import(&home));
    }
    if is_wanted("open") {
        runtime.block_on(open_million(&home));
    }
    if is_wanted("large") {
        runtime.block_on(large(&home));
    }
    let _ = fs::remove_dir_all(&home);
}

/// A graph of so many people, each of whom knows so many others.
fn people(count: u32, degree: u32) -> Snapshot {
    let ontology = Ontology::parse(&[("ontology".to_owned(), ONTOLOGY.to_owned())]);
    let mut editor = Editor::new(Arc::new(ontology.expect("an ontology")));
    let source = editor.source(&NewSource { key: "s", title: "A source", ..NewSource::default() });
    for person in 0..count {
        let key = format!("p{person}");
        let labels = vec![key.as_str()];
        editor.entity(&NewEntity { key: &key, kind: 0, labels, ..NewEntity::default() });
    }
    let mut random = 1u64;
    for person in 0..count {
        for other in 0..degree {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            editor.statement(&NewStatement {
                key: &format!("k{person}-{other}"),
                subject: EntityId(person),
                predicate: 0,
                object: EntityId((random >> 33) as u32 % count),
                valid_from: None,
                valid_until: None,
                confidence: Confidence::High,
                rank: Rank::Normal,
                note: "",
                references: vec![(source, "")],
            });
        }
    }
    editor.record(Timestamp::now());
    editor.finish().expect("room")
}

async fn store_of(folder: PathBuf, graph: Snapshot) -> Store {
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&folder).expect("a log"));
    Store::open(log, || Ok(graph)).await.expect("a store")
}

/// Commits a statement about two people.
async fn commit(store: &Store, key: &str, subject: &str, object: &str) {
    let change = Change::PutStatement(StatementRecord {
        key,
        subject,
        predicate: "KNOWS",
        object,
        valid_from: None,
        valid_until: None,
        confidence: Confidence::High,
        rank: Rank::Normal,
        note: "",
        references: vec![ReferenceRecord { source: "s", locator: "" }],
    });
    let commit = Commit { author: "bench", message: "one fact", id: None, changes: vec![change] };
    store.commit(&commit, None).await.expect("committed");
}

/// Commits per second, for some writers at once.
async fn committed(store: &Store, writers: usize) -> f64 {
    let is_over = Arc::new(AtomicBool::new(false));
    let start = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let (store, is_over) = (store.clone(), Arc::clone(&is_over));
            tokio::spawn(async move {
                let mut count = 0u64;
                while !is_over.load(Ordering::Relaxed) {
                    let key = format!("b{writers}-{writer}-{count}");
                    commit(&store, &key, &format!("p{writer}"), &format!("p{}", count % 1000))
                        .await;
                    count += 1;
                }
                count
            })
        })
        .collect();
    tokio::time::sleep(ROUND).await;
    is_over.store(true, Ordering::Relaxed);
    let mut total = 0;
    for task in tasks {
        total += task.await.expect("a writer");
    }
    total as f64 / start.elapsed().as_secs_f64()
}

/// Entries per second that a bare file takes, appended and flushed in batches.
fn bare(home: &Path, batch: usize, bytes: usize) -> f64 {
    let path = home.join("bare");
    let mut file = fs::File::options().append(true).create(true).open(&path).expect("a file");
    let block = vec![7u8; batch * bytes];
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < ROUND {
        file.write_all(&block).expect("written");
        file.sync_data().expect("flushed");
        count += batch;
    }
    let _ = fs::remove_file(path);
    count as f64 / start.elapsed().as_secs_f64()
}

async fn commits(home: &Path) {
    let store = store_of(home.join("commits"), people(10_000, 10)).await;
    println!(
        "commits     of one fact, flushed before the answer; as a share of bare appends and flushes with the same batching"
    );
    for writers in [1, 16, 256] {
        let limit = bare(home, writers, 120);
        let rate = committed(&store, writers).await;
        println!(
            "  {writers:>4} writers  {rate:>8.0} a second  ({:.2} of {limit:.0})",
            rate / limit
        );
    }
}

async fn import(home: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/wordnet");
    if !folder.join("data/statements.csv").exists() {
        println!(
            "import      benches/wordnet/data is missing: run make bench, or benches/wordnet/convert.py"
        );
        return;
    }
    let start = Instant::now();
    let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&home.join("import")).expect("a log"));
    let seed = || load(&Folder::Directory(folder), Timestamp::now());
    let store = Store::open(log, seed).await.expect("a store");
    let elapsed = start.elapsed();
    let snapshot = &store.current().snapshot;
    let facts = snapshot.entity_count() + snapshot.statement_count() + snapshot.source_count();
    println!(
        "import      {:>8.0} facts a second from CSV into a new log that is served ({facts} in {:.2} s)",
        facts as f64 / elapsed.as_secs_f64(),
        elapsed.as_secs_f64(),
    );
}

async fn open_million(home: &Path) {
    let folder = home.join("million");
    let store = store_of(folder.clone(), people(100_000, 9)).await;
    for count in 0..1000 {
        commit(&store, &format!("later{count}"), "p1", "p2").await;
    }
    drop(store);
    let log = loop {
        match SqliteLog::open(&folder) {
            Ok(log) => break log,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    let start = Instant::now();
    let store = Store::open(Arc::new(log), || unreachable!("the log has begun")).await;
    let elapsed = start.elapsed();
    let revision = store.expect("a store").current().snapshot.revision();
    println!(
        "open        {:>8.2} s for a log of a million facts in {revision} revisions",
        elapsed.as_secs_f64()
    );
}

/// Reads per second on one thread: an entity by key, and the labels of its neighbors.
fn reads(store: &Store, is_over: &AtomicBool, count: &AtomicU64) {
    let mut random = 7u64;
    let mut sum = 0usize;
    while !is_over.load(Ordering::Relaxed) {
        let published = store.current();
        let snapshot = &published.snapshot;
        for _ in 0..64 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let key = format!("p{}", (random >> 33) % 1_000_000);
            if let Some(entity) = snapshot.entity(&key) {
                for neighbor in snapshot.outgoing().links(entity.0).neighbors {
                    sum += snapshot.text(snapshot.label(EntityId(*neighbor), None)).len();
                }
            }
        }
        count.fetch_add(64, Ordering::Relaxed);
    }
    std::hint::black_box(sum);
}

async fn large(home: &Path) {
    let start = Instant::now();
    let graph = people(1_000_000, 10);
    println!(
        "large       10,000,000 statements of 1,000,000 entities made in {:.1} s",
        start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    let store = store_of(home.join("large"), graph).await;
    println!("  log begun and opened in {:.1} s", start.elapsed().as_secs_f64());
    let mut times = Vec::new();
    for count in 0..300 {
        let (subject, object) =
            (format!("p{}", count * 3001 % 1_000_000), format!("p{}", count * 7));
        let start = Instant::now();
        commit(&store, &format!("l{count}"), &subject, &object).await;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let flush = 1.0 / bare(home, 1, 120);
    println!(
        "  a commit of one fact: median {:.2} ms, 99% {:.2} ms; a bare flush takes {:.2} ms",
        times[150].as_secs_f64() * 1e3,
        times[297].as_secs_f64() * 1e3,
        flush * 1e3,
    );
    // Readers alone, and beside 500 commits a second, in turns.
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..6 {
        let with_writer = round % 2 == 1;
        let (is_over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let reader = {
            let (store, is_over, count) = (store.clone(), Arc::clone(&is_over), Arc::clone(&count));
            std::thread::spawn(move || reads(&store, &is_over, &count))
        };
        let start = Instant::now();
        let mut written = 0;
        while start.elapsed() < ROUND {
            if with_writer {
                let batch = (0..10).map(|place| {
                    let store = store.clone();
                    tokio::spawn(async move {
                        let key = format!("r{round}-{written}-{place}");
                        commit(&store, &key, &format!("p{}", written * 101 % 1_000_000), "p9")
                            .await;
                    })
                });
                for task in batch.collect::<Vec<_>>() {
                    task.await.expect("a writer");
                }
                written += 10;
                let due = Duration::from_secs_f64(f64::from(written) / 500.0);
                tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
            } else {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        let elapsed = start.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        reader.join().expect("a reader");
        rates[usize::from(with_writer)].push(count.load(Ordering::Relaxed) as f64 / elapsed);
        if with_writer {
            println!("  {:.0} commits a second beside a reader", f64::from(written) / elapsed);
        }
    }
    let median = |rates: &mut Vec<f64>| {
        rates.sort_unstable_by(f64::total_cmp);
        rates[rates.len() / 2]
    };
    let (alone, beside) = (median(&mut rates[0]), median(&mut rates[1]));
    println!(
        "  a reader on one thread: {alone:.0} a second alone, {beside:.0} beside the writer: {:.1}% less",
        100.0 * (1.0 - beside / alone)
    );
}
