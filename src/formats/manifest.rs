//! The manifest: what the data set is called, and which files it is made of.

use jiff::Timestamp;
use serde::Deserialize;

use super::Folder;
use crate::{
    graph::{Dataset, Example},
    ontology::{Diagnostic, Diagnostics, Position},
};

/// The manifest's file name.
pub const MANIFEST: &str = "westlake.toml";

/// A data set's manifest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// A short word: lower-case letters, digits and hyphens.
    pub name: String,
    /// The title, for people.
    #[serde(default)]
    pub title: String,
    /// The data set's version.
    pub version: String,
    /// The licence, by its SPDX identifier where it has one.
    pub licence: String,
    /// What the data set is about.
    #[serde(default)]
    pub description: String,
    /// The ontology's SDL files, relative to the folder.
    pub ontology: Vec<String>,
    /// The tables, relative to the folder.
    #[serde(default)]
    pub tables: Tables,
    /// Files with example queries, relative to the folder.
    #[serde(default)]
    pub examples: Vec<String>,
    /// When this version was released, as RFC 3339 writes it: the moment from which on the graph
    /// counts as known. Without it, the moment it is loaded.
    pub released: Option<Timestamp>,
}

/// The files of each table. Several files of a table are read one after the other.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tables {
    /// Files of sources.
    pub sources: Vec<String>,
    /// Files of entities.
    pub entities: Vec<String>,
    /// Files of statements.
    pub statements: Vec<String>,
    /// Files of observations.
    pub observations: Vec<String>,
}

impl Default for Tables {
    fn default() -> Self {
        let one = |name: &str| vec![format!("{name}.csv")];
        Self {
            sources: one("sources"),
            entities: one("entities"),
            statements: one("statements"),
            observations: one("observations"),
        }
    }
}

impl Manifest {
    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// What is wrong with it, with its line and column.
    pub fn read(folder: &Folder) -> Result<Self, Diagnostics> {
        let text =
            folder.text(MANIFEST).map_err(|problem| {
                Diagnostics(vec![problem.expected(format!(
                    "a folder with a {MANIFEST}, as docs/tutorial.md describes it"
                ))])
            })?;
        let file = folder.display(MANIFEST);
        let manifest: Self = toml::from_str(&text).map_err(|error| {
            let before = &text[..error.span().map_or(0, |span| span.start).min(text.len())];
            let at = Position {
                file: file.clone(),
                line: 1 + before.matches('\n').count() as u64,
                column: 1 + before.rsplit('\n').next().map_or(0, |line| line.chars().count())
                    as u64,
            };
            Diagnostics(vec![Diagnostic::new(at, error.message().to_owned())])
        })?;
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if manifest.name.is_empty() || !manifest.name.chars().all(is_word) {
            let at = Position { file, line: 0, column: 0 };
            let problem = format!("name \"{}\" is not a short word", manifest.name);
            return Err(Diagnostics(vec![
                Diagnostic::new(at, problem).expected("lower-case letters, digits and hyphens"),
            ]));
        }
        Ok(manifest)
    }

    /// What the snapshot says of its data set.
    pub fn dataset(&self, examples: Vec<Example>) -> Dataset {
        Dataset {
            name: self.name.clone(),
            title: if self.title.is_empty() { self.name.clone() } else { self.title.clone() },
            version: self.version.clone(),
            licence: self.licence.clone(),
            description: self.description.trim().to_owned(),
            examples,
        }
    }
}
