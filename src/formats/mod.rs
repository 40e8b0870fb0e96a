//! From folders of tables to a snapshot. A folder has a manifest, an ontology, and CSV tables; all
//! of it is checked before any of it is served. Knows the graph and the ontology; nothing of queries.
//!
//! Start reading at [`load`].

pub mod citation;
mod entities;
mod examples;
pub mod export;
mod folder;
mod manifest;
mod observations;
mod parquet;
pub mod rdf;
mod sources;
mod statements;
mod table;

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;

pub use folder::Folder;
pub use manifest::{MANIFEST, Manifest};

use crate::{
    commit::{
        check::{Mode, apply},
        record::{Change, ReferenceRecord},
    },
    graph::{Dataset, Editor, Snapshot, Table, TooLarge},
    ontology::{Diagnostic, Diagnostics, Ontology, Position},
};

/// Reads and checks a whole folder.
///
/// Cost: linear in its size; WordNet's 117,659 entities and 364,552 statements take under two
/// seconds on one core.
///
/// # Errors
/// Every mistake in manifest, ontology and tables, in one run; nothing is half loaded. Mistakes in
/// an earlier step (manifest, ontology) keep the later ones from being looked for.
pub fn load(folder: &Folder, recorded_at: Timestamp) -> Result<Snapshot, Diagnostics> {
    let manifest = Manifest::read(folder)?;
    let ontology = Arc::new(read_ontology(folder, &manifest)?);
    let recorded_at = manifest.released.unwrap_or(recorded_at);
    let mut graph = Graph::new(&ontology, recorded_at);
    let mut load = Load::new(ontology, Target::Graph(&mut graph));
    read_tables(&mut load, folder, &manifest);
    let mut examples = Vec::new();
    for path in &manifest.examples {
        match examples::read(folder, path) {
            Ok(example) => examples.push(example),
            Err(problem) => load.problems.push(problem),
        }
    }
    let mut problems = load.problems;
    if !problems.is_empty() {
        problems.sort();
        return Err(Diagnostics(problems));
    }
    graph.finish(manifest.dataset(examples)).map_err(|error| {
        let at = Position { file: folder.display(MANIFEST), line: 0, column: 0 };
        Diagnostics(vec![Diagnostic::new(at, error.to_string())])
    })
}

/// A row of a folder's tables, or what is wrong with it.
pub type ReadRow<'a> = Result<(String, &'a Change<'a>), String>;

/// Reads the tables of a folder row by row, for a graph that follows `ontology`; what a row refers to
/// is not looked at. `each` gets every row with its file and line, and says whether to go on. Memory
/// does not grow with the tables.
///
/// # Errors
/// What is wrong with the manifest, or with a table as a whole.
pub fn read_rows(
    folder: &Folder,
    ontology: &Arc<Ontology>,
    each: &mut dyn FnMut(ReadRow<'_>) -> bool,
) -> Result<(), Diagnostics> {
    let manifest = Manifest::read(folder)?;
    let mut load = Load::new(Arc::clone(ontology), Target::Rows(each));
    read_tables(&mut load, folder, &manifest);
    if load.problems.is_empty() { Ok(()) } else { Err(Diagnostics(load.problems)) }
}

fn read_tables(load: &mut Load<'_>, folder: &Folder, manifest: &Manifest) {
    let tables = &manifest.tables;
    for (paths, read) in [
        (&tables.sources, sources::read as fn(&mut Load<'_>, &Folder, &str)),
        (&tables.entities, entities::read),
        (&tables.statements, statements::read),
        (&tables.observations, observations::read),
    ] {
        for path in paths {
            read(load, folder, path);
        }
    }
}

/// Reads the ontology that a manifest names.
///
/// # Errors
/// Every mistake in it.
pub fn read_ontology(folder: &Folder, manifest: &Manifest) -> Result<Ontology, Diagnostics> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in &manifest.ontology {
        match folder.text(path) {
            Ok(text) => files.push((folder.display(path), text)),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ontology::parse(&files) } else { Err(Diagnostics(problems)) }
}

/// Tables that are being read, and what was wrong with them.
struct Load<'t> {
    ontology: Arc<Ontology>,
    problems: Vec<Diagnostic>,
    /// How many problems there were before the row that is read.
    row_problems: usize,
    target: Target<'t>,
    is_stopped: bool,
}

/// Where rows go.
enum Target<'t> {
    /// Into a graph of their own.
    Graph(&'t mut Graph),
    /// To who asks for them, one by one.
    Rows(&'t mut dyn FnMut(ReadRow<'_>) -> bool),
}

/// A graph that rows make.
struct Graph {
    editor: Editor,
    /// How many rows were put since the last revision.
    rows: usize,
    recorded_at: Timestamp,
    places: Places,
    /// The keys of entities and sources whose rows have mistakes of their own.
    broken: HashSet<String>,
}

/// Where each record stands, by table and id, to name the first of two with one key.
#[derive(Default)]
struct Places {
    files: Vec<String>,
    rows: [Vec<(u16, u32)>; 4],
}

impl Places {
    /// The file and the line that a row begins on.
    fn place(&mut self, row: &table::Row<'_>) -> (u16, u32) {
        let (file, line) = row.place();
        if self.files.last().is_none_or(|last| last != file) {
            self.files.push(file.to_owned());
        }
        let file = u16::try_from(self.files.len() - 1).unwrap_or(u16::MAX);
        (file, u32::try_from(line).unwrap_or(u32::MAX))
    }

    fn describe(&self, table: Table, id: u32) -> String {
        self.rows[table as usize].get(id as usize).map_or_else(String::new, |(file, line)| {
            let file = self.files.get(usize::from(*file)).map_or("", String::as_str);
            format!(", first at {file}:{line}")
        })
    }
}

/// How many rows make a revision: a large folder is a sequence of commits, each of which a log can
/// take as one entry.
const REVISION_ROWS: usize = 20_000;

/// How many mistakes get the nearest right name; finding it means looking at every key.
const NEAREST_FOR: usize = 200;

impl Graph {
    fn new(ontology: &Arc<Ontology>, recorded_at: Timestamp) -> Self {
        Self {
            editor: Editor::new(Arc::clone(ontology)),
            rows: 0,
            recorded_at,
            places: Places::default(),
            broken: HashSet::new(),
        }
    }

    /// Checks the record of a row, and puts it if there is nothing wrong with the row, which has
    /// problems of its own from `row_problems` on.
    fn put(
        &mut self,
        problems: &mut Vec<Diagnostic>,
        row_problems: usize,
        row: &table::Row<'_>,
        change: &Change<'_>,
    ) {
        let (table, key) = change.row();
        let snapshot = self.editor.so_far();
        let first = match table {
            Table::Entities => snapshot.entity(key).map(|id| id.0),
            Table::Statements => snapshot.statement_with_key(key).map(|id| id.0),
            Table::Observations => snapshot.observation_with_key(key).map(|id| id.0),
            Table::Sources => snapshot.source_with_key(key).map(|id| id.0),
        };
        if let Some(first) = first {
            let first = self.places.describe(table, first);
            let problem =
                format!("{} \"{key}\" stands in the tables twice{first}", table.singular());
            problems.push(Diagnostic::new(row.at(), problem).expected("a key of its own"));
        }
        let mode = Mode {
            broken: Some(&self.broken),
            finds_nearest: problems.len() < NEAREST_FOR,
            applies: problems.len() == row_problems,
        };
        for problem in apply(&mut self.editor, change, mode).err().unwrap_or_default() {
            let mut diagnostic = Diagnostic::new(row.at(), problem.message);
            diagnostic.expected = problem.expected;
            diagnostic.nearest = problem.nearest;
            problems.push(diagnostic);
        }
        if problems.len() == row_problems {
            self.rows += 1;
            if self.rows == REVISION_ROWS {
                self.editor.record(self.recorded_at);
                self.rows = 0;
            }
            let place = self.places.place(row);
            self.places.rows[table as usize].push(place);
        } else if matches!(table, Table::Entities | Table::Sources) {
            self.broken.insert(key.to_owned());
        }
    }

    fn finish(mut self, dataset: Dataset) -> Result<Snapshot, TooLarge> {
        self.editor.describe(dataset);
        if self.editor.so_far().revision() == 0 || self.rows > 0 {
            self.editor.record(self.recorded_at);
        }
        self.editor.finish()
    }
}

impl<'t> Load<'t> {
    fn new(ontology: Arc<Ontology>, target: Target<'t>) -> Self {
        Self { ontology, problems: Vec::new(), row_problems: 0, target, is_stopped: false }
    }

    /// Gives a row to where rows go.
    fn put(&mut self, row: &table::Row<'_>, change: &Change<'_>) {
        match &mut self.target {
            Target::Graph(graph) => {
                graph.put(&mut self.problems, self.row_problems, row, change);
            }
            Target::Rows(each) => {
                let wrong: Vec<String> = self
                    .problems
                    .drain(self.row_problems..)
                    .map(|problem| problem.to_string())
                    .collect();
                let row = if wrong.is_empty() {
                    Ok((row.at().to_string(), change))
                } else {
                    Err(wrong.join("\n"))
                };
                self.is_stopped |= !each(row);
            }
        }
    }

    /// The references that the columns source and locator give: keys with `;` between, and as many
    /// locators, or one locator for a single source.
    fn references<'r>(
        &mut self,
        row: &table::Row<'r>,
        source: &'r str,
        locator: &'r str,
    ) -> Vec<ReferenceRecord<'r>> {
        let keys: Vec<&str> = split(source).collect();
        let locators: Vec<&str> = if keys.len() < 2 {
            vec![locator]
        } else {
            locator.split(';').map(str::trim).collect()
        };
        if keys.len() > 1 && locators.len() != keys.len() && !locator.is_empty() {
            let problem = format!("locator \"{locator}\" names {} places", locators.len());
            self.problems.push(
                Diagnostic::new(row.at(), problem).expected(format!(
                    "one for each of the {} sources, with ; between",
                    keys.len()
                )),
            );
        }
        let locator = |place: usize| locators.get(place).copied().unwrap_or_default();
        keys.into_iter()
            .enumerate()
            .map(|(place, source)| ReferenceRecord { source, locator: locator(place) })
            .collect()
    }
}

/// The parts of a cell that holds several values with `;` between.
fn split(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|part| !part.is_empty())
}
