//! The table of sources.

use super::{Folder, Load, table};
use crate::{graph::NewSource, ontology::Diagnostic};

const COLUMNS: &[&str] = &["key", "title", "publisher", "url", "published", "language", "genre"];

pub(super) fn read(load: &mut Load, folder: &Folder, path: &str) {
    table::read(load, folder, path, table::names(COLUMNS), 2, |load, row, file| {
        let before = load.problems.len();
        let key = row.key(load);
        let title = row.cell(1);
        if title.is_empty() {
            load.problems.push(Diagnostic::new(row.at(), "title is empty").expected("a title"));
        }
        let published = row.date(load, 4);
        let Some(key) = key else { return };
        if let Some(first) = load.editor.source_with_key(key) {
            let first = load.places.describe(load.places.sources.get(first.index()));
            let problem = format!("source \"{key}\" stands in the tables twice{first}");
            load.problems.push(Diagnostic::new(row.at(), problem).expected("a key of its own"));
        }
        let (Some(published), true) = (published, load.problems.len() == before) else {
            load.broken.insert(key.to_owned());
            return;
        };
        load.editor.source(&NewSource {
            key,
            title,
            publisher: row.cell(2),
            url: row.cell(3),
            published,
            language: row.cell(5),
            genre: row.cell(6),
        });
        load.places.sources.push((file, row.line()));
    });
}
