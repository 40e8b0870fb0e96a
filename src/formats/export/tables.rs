//! A folder of tables, as [`crate::formats::load`] reads it.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::Path,
};

use super::{Part, Selection};
use crate::{
    commit::record::{Change, columns},
    formats::{MANIFEST, parquet::TableWriter},
    graph::{Snapshot, Table},
    ontology::Ontology,
};

const TABLES: [(Table, &str); 4] = [
    (Table::Sources, "sources"),
    (Table::Entities, "entities"),
    (Table::Statements, "statements"),
    (Table::Observations, "observations"),
];

/// The columns of a table.
fn names(ontology: &Ontology, table: Table) -> Vec<String> {
    let fixed: &[&str] = match table {
        Table::Sources => &["title", "publisher", "url", "published", "language", "genre"],
        Table::Entities => &["kind"],
        Table::Statements => &[
            "subject",
            "predicate",
            "object",
            "valid_from",
            "valid_until",
            "confidence",
            "rank",
            "source",
            "locator",
            "note",
        ],
        Table::Observations => &[
            "subject",
            "metric",
            "value",
            "unit",
            "period",
            "approximation",
            "status",
            "confidence",
            "rank",
            "source",
            "locator",
            "note",
        ],
    };
    let mut names: Vec<String> = fixed.iter().map(|name| (*name).to_owned()).collect();
    if table == Table::Entities {
        for prefix in ["label", "description"] {
            names.extend(
                ontology.languages.iter().map(|language| format!("{prefix}_{}", language.tag)),
            );
        }
        names.push("aliases".to_owned());
        for property in ontology.kinds.iter().flat_map(|kind| &kind.properties) {
            if !names.contains(&property.name) {
                names.push(property.name.clone());
            }
        }
    }
    names
}

/// What the tables of a folder are written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Comma-separated values.
    Csv,
    /// Apache Parquet.
    Parquet,
}

impl TableFormat {
    /// The format with a name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Csv, Self::Parquet].into_iter().find(|format| format.name() == name)
    }

    /// Its name, and the ending of its files.
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Writes one table, in either format.
enum Writer {
    Csv(Box<csv::Writer<BufWriter<fs::File>>>),
    Parquet(Box<TableWriter<BufWriter<fs::File>>>),
}

impl Writer {
    fn new(format: TableFormat, file: fs::File, table: &str, names: &[&str]) -> io::Result<Self> {
        let file = BufWriter::new(file);
        match format {
            TableFormat::Csv => {
                let mut writer = csv::Writer::from_writer(file);
                writer.write_record(names)?;
                Ok(Self::Csv(Box::new(writer)))
            }
            TableFormat::Parquet => {
                TableWriter::new(file, table, names).map(Box::new).map(Self::Parquet)
            }
        }
    }

    fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
        match self {
            Self::Csv(writer) => Ok(writer.write_record(cells)?),
            Self::Parquet(writer) => writer.row(cells),
        }
    }

    fn finish(self) -> io::Result<()> {
        let file = match self {
            Self::Csv(writer) => {
                writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?
            }
            Self::Parquet(writer) => writer.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

/// Writes a part of a graph as a folder: manifest, ontology, examples and tables.
///
/// # Errors
/// If the folder is there already, or a file cannot be written.
pub fn write_folder(
    snapshot: &Snapshot,
    selection: &Selection,
    format: TableFormat,
    folder: &Path,
) -> io::Result<()> {
    fs::create_dir(folder)?;
    let part = Part::new(snapshot, selection);
    let dataset = snapshot.dataset();
    let mut manifest = toml::Table::new();
    let mut text = |name: &str, text: &str| {
        if !text.is_empty() {
            manifest.insert(name.to_owned(), text.into());
        }
    };
    text("name", &dataset.name);
    text("title", &dataset.title);
    text("version", &dataset.version);
    text("licence", &dataset.licence);
    text("description", &dataset.description);
    text("released", &snapshot.recorded_at().to_string());
    manifest.insert("ontology".to_owned(), vec!["ontology.graphql"].into());
    let mut examples = Vec::new();
    for (number, example) in (1..).zip(&dataset.examples) {
        let name = format!("example-{number:02}.graphql");
        let mut file = format!("# {}\n", example.title);
        for (prefix, line) in [
            ("topic: ", &example.topic),
            ("", &example.description),
            ("variables: ", &example.variables),
        ] {
            if !line.is_empty() {
                file.push_str(&format!("# {prefix}{line}\n"));
            }
        }
        fs::write(folder.join(&name), file + &example.query)?;
        examples.push(name);
    }
    manifest.insert("examples".to_owned(), examples.into());
    let file = |name: &str| format!("{name}.{}", format.name());
    let tables = TABLES.iter().map(|(_, name)| ((*name).to_owned(), vec![file(name)].into()));
    manifest.insert("tables".to_owned(), toml::Value::Table(tables.collect()));
    fs::write(folder.join(MANIFEST), manifest.to_string())?;
    fs::write(folder.join("ontology.graphql"), &snapshot.ontology().sdl)?;
    let mut writers = Vec::new();
    for (table, name) in TABLES {
        let names = names(snapshot.ontology(), table);
        let all: Vec<&str> =
            std::iter::once("key").chain(names.iter().map(String::as_str)).collect();
        let writer =
            Writer::new(format, fs::File::create_new(folder.join(file(name)))?, name, &all)?;
        writers.push((table, names, writer));
    }
    for change in part.changes() {
        let table = change.row().0;
        for (_, names, writer) in writers.iter_mut().filter(|(known, ..)| *known == table) {
            let row = cells(&change, names);
            writer.row(row.iter().map(String::as_str))?;
        }
    }
    writers.into_iter().try_for_each(|(_, _, writer)| writer.finish())
}

/// The cells of a row, its key first.
fn cells(change: &Change<'_>, names: &[String]) -> Vec<String> {
    let mut given = columns(change);
    let mut cell = |name: &String| {
        let place = given.iter().position(|(known, _)| known == name);
        place.map(|place| given.swap_remove(place).1).unwrap_or_default()
    };
    let key = change.row().1.to_owned();
    std::iter::once(key).chain(names.iter().map(&mut cell)).collect()
}

/// Writes one table of a part as CSV.
///
/// # Errors
/// What `out` refuses.
pub(super) fn write_table(part: &Part<'_>, table: Table, out: &mut dyn Write) -> io::Result<()> {
    let names = names(part.snapshot.ontology(), table);
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(std::iter::once("key").chain(names.iter().map(String::as_str)))?;
    for change in part.changes().filter(|change| change.row().0 == table) {
        writer.write_record(cells(&change, &names))?;
    }
    writer.flush()
}
