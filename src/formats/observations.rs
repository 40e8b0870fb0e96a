//! The table of observations.

use super::{Folder, Load, table};
use crate::{
    commit::record::{Change, ObservationRecord},
    model::{Approximation, Confidence, Decimal, Period, Rank, Status},
    ontology::Diagnostic,
};

const COLUMNS: &[&str] = &[
    "key",
    "subject",
    "metric",
    "value",
    "unit",
    "period",
    "source",
    "locator",
    "approximation",
    "status",
    "confidence",
    "rank",
    "note",
];

pub(super) fn read(load: &mut Load<'_>, folder: &Folder, path: &str) {
    table::read(load, folder, path, table::names(COLUMNS), 7, |load, row| {
        let value: Option<Decimal> = row.cell(3).parse().ok();
        if value.is_none() {
            let problem = format!("value \"{}\" is not a number", row.cell(3));
            load.problems.push(
                Diagnostic::new(row.at(), problem)
                    .expected("a decimal number in full, such as 1873700000000 or 28.8"),
            );
        }
        if row.cell(5).is_empty() {
            let problem = Diagnostic::new(row.at(), "period is empty");
            load.problems.push(problem.expected("the time the figure is for, such as 2024"));
        }
        let period: Option<Period> = row.date(load, 5);
        let references = load.references(row, row.cell(6), row.cell(7));
        let approximation = row.closed(load, 8, Approximation::Exact);
        let status = row.closed(load, 9, Status::Result);
        let confidence = row.closed(load, 10, Confidence::Medium);
        let rank = row.closed(load, 11, Rank::Normal);
        load.put(
            row,
            &Change::PutObservation(ObservationRecord {
                key: row.cell(0),
                subject: row.cell(1),
                metric: row.cell(2),
                value: value.unwrap_or_default(),
                unit: row.cell(4),
                period: period.unwrap_or(Period::ANY),
                approximation,
                status,
                confidence,
                rank,
                note: row.cell(12),
                references,
            }),
        );
    });
}
