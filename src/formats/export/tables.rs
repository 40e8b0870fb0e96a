//! A folder of tables, as [`crate::formats::load`] reads it.

use std::{
    fs,
    io::{self, BufWriter},
    path::Path,
};

use super::{Part, Selection};
use crate::{
    commit::record::{Change, columns},
    formats::MANIFEST,
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

/// Writes a part of a graph as a folder: manifest, ontology, examples and tables.
///
/// # Errors
/// If the folder is there already, or a file cannot be written.
pub fn write_folder(snapshot: &Snapshot, selection: &Selection, folder: &Path) -> io::Result<()> {
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
        for (prefix, line) in [("", &example.description), ("variables: ", &example.variables)] {
            if !line.is_empty() {
                file.push_str(&format!("# {prefix}{line}\n"));
            }
        }
        fs::write(folder.join(&name), file + &example.query)?;
        examples.push(name);
    }
    manifest.insert("examples".to_owned(), examples.into());
    fs::write(folder.join(MANIFEST), manifest.to_string())?;
    fs::write(folder.join("ontology.graphql"), &snapshot.ontology().sdl)?;
    let mut writers = Vec::new();
    for (table, name) in TABLES {
        let file = BufWriter::new(fs::File::create_new(folder.join(format!("{name}.csv")))?);
        let mut writer = csv::Writer::from_writer(file);
        let names = names(snapshot.ontology(), table);
        writer.write_record(std::iter::once("key").chain(names.iter().map(String::as_str)))?;
        writers.push((table, names, writer));
    }
    for change in part.changes() {
        let (table, key) = change.row();
        let given = columns(&change);
        for (_, names, writer) in writers.iter_mut().filter(|(known, ..)| *known == table) {
            let cell = |name: &String| {
                given
                    .iter()
                    .find(|(known, _)| known == name)
                    .map_or("", |(_, value)| value.as_str())
            };
            writer.write_record(std::iter::once(key).chain(names.iter().map(cell)))?;
        }
        debug_assert!(!matches!(change, Change::Retract { .. }), "a part has rows alone");
    }
    for (_, _, mut writer) in writers {
        writer.flush()?;
    }
    Ok(())
}
