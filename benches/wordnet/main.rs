//! Benchmarks on WordNet (117,659 entities, 364,552 statements), each against a limit measured in
//! the same run: `make bench` converts the files and runs them all; name one to run it alone, as in
//! `cargo bench --bench wordnet -- load`.

#![allow(missing_docs, reason = "a program, not a library")]

mod containers;
mod load;
mod measure;
mod requests;
mod research;

use std::{path::Path, process::ExitCode};

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/wordnet");
    if !folder.join("data/statements.csv").exists() {
        eprintln!("benches/wordnet/data is missing: run make bench, or benches/wordnet/convert.py");
        return ExitCode::FAILURE;
    }
    // cargo passes --bench; what else is given names the benchmarks to run.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let world = load::run(&folder);
    if is_wanted("containers") {
        containers::run(&world);
    }
    if is_wanted("research") {
        research::run(&world);
    }
    if is_wanted("requests") {
        requests::run(world);
    }
    ExitCode::SUCCESS
}
