//! The table of statements.

use super::{Folder, Load, table};
use crate::{
    commit::record::{Change, StatementRecord},
    model::{Confidence, Rank},
};

const COLUMNS: &[&str] = &[
    "key",
    "subject",
    "predicate",
    "object",
    "source",
    "locator",
    "valid_from",
    "valid_until",
    "confidence",
    "rank",
    "note",
];

pub(super) fn read(load: &mut Load<'_>, folder: &Folder, path: &str) {
    table::read(load, folder, path, table::names(COLUMNS), 5, |load, row| {
        let references = load.references(row, row.cell(4), row.cell(5));
        let valid_from = row.date(load, 6);
        let valid_until = row.date(load, 7);
        let confidence = row.closed(load, 8, Confidence::Medium);
        let rank = row.closed(load, 9, Rank::Normal);
        load.put(
            row,
            &Change::PutStatement(StatementRecord {
                key: row.cell(0),
                subject: row.cell(1),
                predicate: row.cell(2),
                object: row.cell(3),
                valid_from,
                valid_until,
                confidence,
                rank,
                note: row.cell(10),
                references,
            }),
        );
    });
}
