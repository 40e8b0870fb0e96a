//! `westlake import` and `westlake export`.

use std::{
    fs,
    io::{self, BufRead, BufReader, BufWriter, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use oxrdfio::{JsonLdProfileSet, RdfFormat};
use tokio::sync::mpsc;

use super::{
    data::{Failure, of_file},
    folder, load_now,
};
use crate::{
    commit::{
        Store,
        import::{Import, ImportError, OnError},
        input::ChangeInput,
        record::Change,
        replay,
    },
    formats::{
        Folder,
        export::{Format, Selection, TableFormat, write, write_folder},
        rdf::Rows,
        read_rows,
    },
    graph::Snapshot,
    log::{Log, SqliteLog},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum WrongRows {
    /// End the import; commits before stay
    Stop,
    /// Pass the row over, and name it in the end
    Skip,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The folder that `westlake serve --data` keeps; made if it is not there
    data: PathBuf,
    /// What to import: a folder of tables, or a file ending in .jsonl, .ttl, .nt or .jsonld
    input: PathBuf,
    /// What happens when a row is wrong
    #[arg(long, default_value = "stop", value_name = "WHAT")]
    on_error: WrongRows,
    /// Who imports, for the history
    #[arg(long, default_value = "import", value_name = "NAME")]
    author: String,
    /// Why, for the history; without it, the input's name
    #[arg(long, value_name = "TEXT")]
    message: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// The folder of tables to export; without it and without --data, the bundled graph
    folder: Option<PathBuf>,
    /// Export what this folder of `westlake serve --data` holds
    #[arg(long, value_name = "FOLDER", conflicts_with = "folder")]
    data: Option<PathBuf>,
    /// The graph as it was at a revision
    #[arg(long, requires = "data", value_name = "NUMBER")]
    revision: Option<u32>,
    /// csv or parquet (a folder of tables), entities.csv and so on (one table), jsonl, turtle, ntriples, jsonld, graphml, gexf, dot, cytoscape, csljson, bibtex or ris
    #[arg(long, default_value = "jsonl")]
    format: String,
    /// The file to write, or for tables the folder to make; without it, standard output
    #[arg(long, short, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Measures to tell of entities in graphml, gexf, dot and cytoscape, such as pageRank,community
    #[arg(long, value_delimiter = ',', value_name = "MEASURES")]
    measures: Vec<String>,
    #[command(flatten)]
    part: PartArguments,
}

#[derive(Debug, Args)]
struct PartArguments {
    /// Only entities of these kinds, such as CITY,POLICY
    #[arg(long, value_delimiter = ',', value_name = "KINDS")]
    kinds: Vec<String>,
    /// Only statements with these predicates
    #[arg(long, value_delimiter = ',', value_name = "PREDICATES")]
    predicates: Vec<String>,
    /// Only entities around these, given by key
    #[arg(long, value_delimiter = ',', value_name = "KEYS")]
    around: Vec<String>,
    /// How many steps around them
    #[arg(long, default_value_t = 1, requires = "around", value_name = "STEPS")]
    depth: u32,
    /// Only what is said to hold on a date, such as 2020 or 2024-07
    #[arg(long, default_value = "", hide_default_value = true, value_name = "DATE")]
    on: String,
    /// Only what is said with at least this confidence: LOW, MEDIUM or HIGH
    #[arg(long, default_value = "", hide_default_value = true, value_name = "CONFIDENCE")]
    min_confidence: String,
}

/// `westlake export`.
pub(super) fn export(arguments: &ExportArguments) -> ExitCode {
    super::data::run(async {
        let snapshot = graph(arguments).await?;
        let part = &arguments.part;
        let selection =
            Selection::named(&snapshot, &part.kinds, &part.predicates, &part.around, part.depth);
        let selection = selection
            .and_then(|part| part.with_measures(&arguments.measures))
            .and_then(|selection| selection.narrowed(&part.on, &part.min_confidence));
        let selection = selection.map_err(Failure)?;
        if let Some(format) = TableFormat::named(&arguments.format) {
            let Some(folder) = &arguments.out else {
                let message =
                    format!("{} is a folder of tables: name it with --out", arguments.format);
                return Err(Failure(message));
            };
            write_folder(&snapshot, &selection, format, folder).map_err(of_file(folder))?;
            return Ok(String::new());
        }
        let format = Format::named(&arguments.format)
            .map_err(|problem| Failure(problem.replace("one of ", "one of csv, parquet, ")))?;
        match &arguments.out {
            Some(path) => {
                let mut file = BufWriter::new(fs::File::create(path).map_err(of_file(path))?);
                write(&snapshot, &selection, format, &mut file).map_err(of_file(path))?;
                let file = file.into_inner().map_err(|error| of_file(path)(error.into_error()))?;
                file.sync_all().map_err(of_file(path))?;
            }
            None => {
                let mut out = BufWriter::new(io::stdout().lock());
                match write(&snapshot, &selection, format, &mut out)
                    .and_then(|()| io::Write::flush(&mut out))
                {
                    Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                        return Err(Failure(format!("cannot write: {error}")));
                    }
                    _ => {}
                }
            }
        }
        Ok(String::new())
    })
}

async fn graph(arguments: &ExportArguments) -> Result<Snapshot, Failure> {
    match &arguments.data {
        None => load_now(&folder(arguments.folder.clone()))
            .map_err(|problems| Failure(problems.to_string())),
        Some(data) => {
            let log = SqliteLog::open_to_read(data)?;
            let (snapshot, damage) = replay(&log, arguments.revision).await?;
            match (damage, arguments.revision) {
                (Some(damage), _) => Err(damage.into()),
                (None, Some(wanted)) if wanted != snapshot.revision() => Err(Failure(format!(
                    "revision {wanted} is not there yet: the log is at {}",
                    snapshot.revision()
                ))),
                _ => Ok(snapshot),
            }
        }
    }
}

/// A bar on a terminal; nothing elsewhere.
fn progress(length: u64, template: &str) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(length).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// `westlake import`.
pub(super) fn import(arguments: &ImportArguments) -> ExitCode {
    super::data::run(async {
        let input = &arguments.input;
        let is_folder = input.is_dir();
        let source = if is_folder { Folder::Directory(input.clone()) } else { Folder::Bundled };
        let log: Arc<dyn Log> = Arc::new(SqliteLog::open(&arguments.data)?);
        let is_new = log.beginning().await?.is_none();
        if is_new && !is_folder {
            return Err(Failure(format!(
                "{} is new: begin it with a folder of tables, which has the ontology",
                arguments.data.display()
            )));
        }
        if is_new {
            let bar = progress(0, "{spinner} {elapsed} reading {msg}")
                .with_message(input.display().to_string());
            let store = Store::open(log, || load_now(&source)).await?;
            bar.finish_and_clear();
            return Ok(format!("{}\n", super::data::counts(&store.current().snapshot)));
        }
        let store = Store::open(log, || load_now(&source)).await?;
        if let Some(why) = store.why_fixed() {
            return Err(Failure(why.to_owned()));
        }
        let message =
            arguments.message.clone().unwrap_or_else(|| format!("import of {}", input.display()));
        let on_error = match arguments.on_error {
            WrongRows::Stop => OnError::Stop,
            WrongRows::Skip => OnError::Skip,
        };
        let mut import = Import::new(store.clone(), arguments.author.clone(), message, on_error);
        let done = take(&mut import, &store, &source, input).await;
        if let Err(failure) = done {
            let report = import.report();
            let there = report.rows + report.were_there;
            return Err(Failure(format!("{}\n{there} rows before are in the graph", failure.0)));
        }
        let report = import.finish().await.map_err(of_import)?;
        for problem in &report.problems {
            eprintln!("skipped {problem}");
        }
        Ok(format!(
            "{} rows imported, {} were there, {} skipped; {}\n",
            report.rows,
            report.were_there,
            report.skipped,
            super::data::counts(&store.current().snapshot),
        ))
    })
}

fn of_import(error: ImportError) -> Failure {
    Failure(error.to_string())
}

/// Gives every row of the input to the import.
async fn take(
    import: &mut Import,
    store: &Store,
    source: &Folder,
    input: &Path,
) -> Result<(), Failure> {
    let place = |number: u64| format!("{}:{number}", input.display());
    let ending = input.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if let Folder::Directory(_) = source {
        return take_tables(import, store, source).await;
    }
    let file = fs::File::open(input).map_err(of_file(input))?;
    let length = file.metadata().map_or(0, |data| data.len());
    let bar = progress(length, "{wide_bar} {bytes} of {total_bytes}, {eta} left");
    let reader = BufReader::new(bar.wrap_read(file));
    match ending {
        "jsonl" => {
            for (number, line) in (1..).zip(reader.lines()) {
                let line = line.map_err(|error| Failure(format!("{}: {error}", place(number))))?;
                if line.trim().is_empty() {
                    continue;
                }
                match serde_json::from_str(&line) {
                    Ok(row) => import.row(place(number), row).await.map_err(of_import)?,
                    Err(error) => {
                        let problem = format!("{}: {error}", place(number));
                        import.unreadable(problem).await.map_err(of_import)?;
                    }
                }
            }
        }
        "ttl" | "nt" | "jsonld" => {
            let format = match ending {
                "ttl" => RdfFormat::Turtle,
                "nt" => RdfFormat::NTriples,
                _ => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
            };
            let published = store.current();
            let ontology = published.snapshot.ontology();
            let of_input = |error: String| Failure(format!("{}: {error}", input.display()));
            let mut rows =
                Rows::read(&published.snapshot.dataset().name, format, reader).map_err(of_input)?;
            let read = |change: &Change<'_>| {
                let (table, key) = change.row();
                let name = format!("{}: {} \"{key}\"", input.display(), table.singular());
                (name, ChangeInput::of(change, ontology))
            };
            while let Some(row) = rows.next(ontology, read) {
                match row {
                    Ok((name, row)) => import.row(name, row).await.map_err(of_import)?,
                    Err(problem) => {
                        import.unreadable(of_input(problem).0).await.map_err(of_import)?;
                    }
                }
            }
        }
        _ => {
            return Err(Failure(format!(
                "{}: the ending \"{ending}\" is not known, expected .jsonl, .ttl, .nt, .jsonld or a folder",
                input.display()
            )));
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// How many rows of tables wait for the import.
const WAITING: usize = 1024;

/// Gives every row of a folder's tables to the import, as it is read.
async fn take_tables(import: &mut Import, store: &Store, source: &Folder) -> Result<(), Failure> {
    let bar = progress(0, "{spinner} {elapsed} {human_pos} rows, {per_sec}");
    let ontology = Arc::clone(store.current().snapshot.ontology());
    let (send, mut receive) = mpsc::channel(WAITING);
    let source = source.clone();
    let reading = tokio::task::spawn_blocking(move || {
        read_rows(&source, &ontology, &mut |row| {
            let row = row.map(|(place, change)| (place, ChangeInput::of(change, &ontology)));
            send.blocking_send(row).is_ok()
        })
    });
    while let Some(row) = receive.recv().await {
        match row {
            Ok((place, row)) => import.row(place, row).await.map_err(of_import)?,
            Err(problem) => import.unreadable(problem).await.map_err(of_import)?,
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    match reading.await {
        Ok(read) => read.map_err(|problems| Failure(problems.to_string())),
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
