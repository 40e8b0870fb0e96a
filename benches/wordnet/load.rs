//! Loading the folder: the time against a bare pass of the CSV reader over the same bytes, and the
//! memory that stays.

use std::{path::Path, sync::Arc, time::Instant};

use jiff::Timestamp;
use westlake::{
    formats::{Folder, load},
    query::World,
};

use super::{
    MEMORY,
    measure::{median, mib, resident},
};

pub(crate) fn run(folder: &Path) -> Arc<World> {
    let source = Folder::Directory(folder.to_owned());
    let mut times = Vec::new();
    let mut bare = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let snapshot = load(&source, Timestamp::now());
        let world = World::new(snapshot.expect("WordNet has no mistakes"));
        times.push(start.elapsed());
        drop(world);
        let start = Instant::now();
        assert!(read_tables(folder) > 400_000, "the tables are whole");
        bare.push(start.elapsed());
    }
    let before = MEMORY.current_usage();
    let snapshot = load(&source, Timestamp::now()).expect("WordNet has no mistakes");
    let graph = MEMORY.current_usage() - before;
    let world = World::new(snapshot);
    let whole = MEMORY.current_usage() - before;
    let statements = world.snapshot.statement_count();
    let (time, bare) = (median(times), median(bare));
    println!(
        "load        {:>8.0} ms for {} entities and {statements} statements, indexes included: {:.1} times a bare pass over the tables ({:.0} ms)",
        time.as_secs_f64() * 1e3,
        world.snapshot.entity_count(),
        time.as_secs_f64() / bare.as_secs_f64(),
        bare.as_secs_f64() * 1e3,
    );
    println!(
        "memory      {:>8.1} MiB of graph, {:.1} MiB with names and fields; the process has {:.1} MiB resident after six loads",
        mib(graph as u64),
        mib(whole as u64),
        mib(resident().0),
    );
    Arc::new(world)
}

/// How many rows the tables have: the least work that a load can do.
fn read_tables(folder: &Path) -> usize {
    ["entities", "statements"]
        .iter()
        .map(|name| {
            let bytes = std::fs::read(folder.join(format!("data/{name}.csv"))).expect("a table");
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let mut record = csv::ByteRecord::new();
            let mut rows = 0;
            while reader.read_byte_record(&mut record).expect("CSV") {
                rows += 1;
            }
            rows
        })
        .sum()
}
