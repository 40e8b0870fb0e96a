//! From folders of tables to a snapshot. A folder has a manifest, an ontology, and CSV tables; all
//! of it is checked before any of it is served. Knows the graph and the ontology; nothing of queries.
//!
//! Start reading at [`load`].

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
    graph::{Editor, Snapshot, Table},
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
    let mut load = Load {
        editor: Editor::new(Arc::clone(&ontology)),
        ontology,
        problems: Vec::new(),
        row_problems: 0,
        rows: 0,
        recorded_at: manifest.released.unwrap_or(recorded_at),
        places: Places::default(),
        broken: HashSet::new(),
    };
    for path in &manifest.tables.sources {
        sources::read(&mut load, folder, path);
    }
    for path in &manifest.tables.entities {
        entities::read(&mut load, folder, path);
    }
    for path in &manifest.tables.statements {
        statements::read(&mut load, folder, path);
    }
    for path in &manifest.tables.observations {
        observations::read(&mut load, folder, path);
    }
    let mut examples = Vec::new();
    for path in &manifest.examples {
        match examples::read(folder, path) {
            Ok(example) => examples.push(example),
            Err(problem) => load.problems.push(problem),
        }
    }
    if !load.problems.is_empty() {
        load.problems.sort();
        return Err(Diagnostics(load.problems));
    }
    load.editor.describe(manifest.dataset(examples));
    if load.editor.so_far().revision() == 0 || load.rows > 0 {
        load.editor.record(load.recorded_at);
    }
    load.editor.finish().map_err(|error| {
        let at = Position { file: folder.display(MANIFEST), line: 0, column: 0 };
        Diagnostics(vec![Diagnostic::new(at, error.to_string())])
    })
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

/// A load under way: what was read so far and what was wrong with it.
struct Load {
    ontology: Arc<Ontology>,
    editor: Editor,
    problems: Vec<Diagnostic>,
    /// How many problems there were before the row that is read.
    row_problems: usize,
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
    fn file(&mut self, name: &str) -> u16 {
        self.files.push(name.to_owned());
        u16::try_from(self.files.len() - 1).unwrap_or(u16::MAX)
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

impl Load {
    /// Checks the record of a row, and puts it if there is nothing wrong with the row.
    fn put(&mut self, row: &table::Row<'_>, change: &Change<'_>) {
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
            let problem = Diagnostic::new(row.at(), problem).expected("a key of its own");
            self.problems.push(problem);
        }
        let mode = Mode {
            broken: Some(&self.broken),
            finds_nearest: self.problems.len() < NEAREST_FOR,
            applies: self.problems.len() == self.row_problems,
        };
        for problem in apply(&mut self.editor, change, mode).err().unwrap_or_default() {
            let mut diagnostic = Diagnostic::new(row.at(), problem.message);
            diagnostic.expected = problem.expected;
            diagnostic.nearest = problem.nearest;
            self.problems.push(diagnostic);
        }
        if self.problems.len() == self.row_problems {
            self.rows += 1;
            if self.rows == REVISION_ROWS {
                self.editor.record(self.recorded_at);
                self.rows = 0;
            }
            self.places.rows[table as usize].push(row.place());
        } else if matches!(table, Table::Entities | Table::Sources) {
            self.broken.insert(key.to_owned());
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
