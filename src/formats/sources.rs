//! The table of sources.

use super::{Folder, Load, table};
use crate::commit::record::{Change, SourceRecord};

const COLUMNS: &[&str] = &["key", "title", "publisher", "url", "published", "language", "genre"];

pub(super) fn read(load: &mut Load<'_>, folder: &Folder, path: &str) {
    table::read(load, folder, path, table::names(COLUMNS), 2, |load, row| {
        let published = row.date(load, 4);
        load.put(
            row,
            &Change::PutSource(SourceRecord {
                key: row.cell(0),
                title: row.cell(1),
                publisher: row.cell(2),
                url: row.cell(3),
                published,
                language: row.cell(5),
                genre: row.cell(6),
            }),
        );
    });
}
