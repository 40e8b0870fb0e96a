//! The commands: what they take, print and exit with. Wiring and nothing else.
//!
//! Exit codes: 0 it worked; 1 the folder has mistakes, or the server could not run; 2 the command
//! line is not understood.

mod data;
mod exchange;
mod serve;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use jiff::Timestamp;

use crate::{
    api::sdl,
    formats::{Folder, load},
    graph::Snapshot,
    ontology::Diagnostics,
    query::definitions,
};

/// A GraphQL server for cited knowledge graphs.
#[derive(Debug, Parser)]
#[command(name = "westlake", version, about, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  westlake serve                  serve the bundled graph
  westlake check my-graph         find every mistake in a folder
  westlake serve my-graph         serve it
  westlake schema my-graph        print the API it gets, as SDL
  westlake serve my-graph --data kept
                                  serve it, take commits, and keep them in kept/

A folder is described in docs/tutorial.md; docs/formats.md says what each file may hold.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a graph over GraphQL, with a playground
    Serve(serve::Arguments),
    /// Find every mistake in a folder; exit with 1 if there is one
    Check {
        /// The folder with westlake.toml; without it, the bundled graph
        folder: Option<PathBuf>,
    },
    /// Print the API that a folder gets, as GraphQL SDL
    Schema {
        /// The folder with westlake.toml; without it, the bundled graph
        folder: Option<PathBuf>,
    },
    /// Write a graph, or a part of it, in the format of another tool
    Export(exchange::ExportArguments),
    /// Commit the rows of a folder of tables or of a file into a data folder
    Import(exchange::ImportArguments),
    /// List the commits in a data folder
    Log(data::LogArguments),
    /// Check a data folder: every checksum, and that its log gives one graph
    Verify(data::Data),
    /// Copy a data folder's log into a file, also beside a running server
    Backup(data::BackupArguments),
    /// Make a data folder from a backup
    Restore(data::RestoreArguments),
    /// Replace a data folder's log by the state it leads to; earlier revisions can then not be asked for
    Compact(data::CompactArguments),
}

/// The folder that a command was given, or the bundled graph.
fn folder(path: Option<PathBuf>) -> Folder {
    path.map_or(Folder::Bundled, Folder::Directory)
}

fn load_now(folder: &Folder) -> Result<Snapshot, Diagnostics> {
    load(folder, Timestamp::now())
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Check { folder: path } => check(&folder(path)),
        Command::Schema { folder: path } => schema(&folder(path)),
        Command::Export(arguments) => exchange::export(&arguments),
        Command::Import(arguments) => exchange::import(&arguments),
        Command::Log(arguments) => data::log(&arguments),
        Command::Verify(arguments) => data::verify(&arguments),
        Command::Backup(arguments) => data::backup(&arguments),
        Command::Restore(arguments) => data::restore(&arguments),
        Command::Compact(arguments) => data::compact(&arguments),
    }
}

fn check(folder: &Folder) -> ExitCode {
    match load_now(folder) {
        Ok(snapshot) => {
            let languages = snapshot.ontology().languages.iter().map(|l| l.tag.as_str());
            print(&format!(
                "{} {}: {} entities, {} statements, {} observations, {} sources, in {}: no mistakes\n",
                snapshot.dataset().name,
                snapshot.dataset().version,
                snapshot.entity_count(),
                snapshot.statement_count(),
                snapshot.observation_count(),
                snapshot.source_count(),
                languages.collect::<Vec<_>>().join(", "),
            ))
        }
        Err(problems) => report(&problems),
    }
}

fn schema(folder: &Folder) -> ExitCode {
    // The data says nothing of the API, so a folder whose tables have mistakes has one all the same.
    let ontology = crate::formats::Manifest::read(folder)
        .and_then(|manifest| crate::formats::read_ontology(folder, &manifest));
    match ontology {
        Ok(ontology) => match sdl(&definitions::catalog(&ontology)) {
            Ok(sdl) => print(&sdl),
            Err(error) => {
                eprintln!(
                    "error: the ontology makes a schema that GraphQL does not allow: {error}"
                );
                ExitCode::FAILURE
            }
        },
        Err(problems) => report(&problems),
    }
}

/// Prints every mistake, then how many there are.
fn report(problems: &Diagnostics) -> ExitCode {
    let count = problems.0.len();
    let mut stderr = io::stderr().lock();
    // Nothing can be said any more if standard error is closed.
    let _ = writeln!(stderr, "{problems}");
    let _ = writeln!(
        stderr,
        "{count} mistake{}; nothing was loaded",
        if count == 1 { "" } else { "s" }
    );
    ExitCode::FAILURE
}

/// Prints to standard output; a reader that went away, as `head` does, is no error.
fn print(text: &str) -> ExitCode {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot write: {error}");
            ExitCode::FAILURE
        }
    }
}
