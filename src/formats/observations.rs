//! The table of observations.

use std::sync::Arc;

use super::{Folder, Load, table};
use crate::{
    graph::NewObservation,
    model::{Approximation, Decimal, Period, Status, nearest},
    ontology::{Diagnostic, MetricIndex},
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
    "note",
];

pub(super) fn read(load: &mut Load, folder: &Folder, path: &str) {
    table::read(load, folder, path, table::names(COLUMNS), 7, |load, row, file| {
        let before = load.problems.len();
        let key = row.key(load);
        let subject = load.editor.entity_with_key(row.cell(1));
        if subject.is_none() {
            load.unknown_entity(row, "subject", row.cell(1));
        }
        let metric = metric(load, row);
        let value: Option<Decimal> = row.cell(3).parse().ok();
        if value.is_none() {
            let problem = format!("value \"{}\" is not a number", row.cell(3));
            load.problems.push(
                Diagnostic::new(row.at(), problem)
                    .expected("a decimal number in full, such as 1873700000000 or 28.8"),
            );
        }
        if let Some(metric) = metric {
            check_unit(load, row, metric);
        }
        let period: Option<Option<Period>> = row.date(load, 5);
        if period == Some(None) {
            let problem = Diagnostic::new(row.at(), "period is empty");
            load.problems.push(problem.expected("the time the figure is for, such as 2024"));
        }
        let references = load.references(row, row.cell(6), row.cell(7));
        let approximation = row.closed(load, 8, Approximation::Exact);
        let status = row.closed(load, 9, Status::Result);
        let Some(key) = key else { return };
        if let Some(first) = load.editor.observation_with_key(key) {
            let first = load.places.describe(load.places.observations.get(first.index()));
            let problem = format!("observation \"{key}\" stands in the tables twice{first}");
            load.problems.push(Diagnostic::new(row.at(), problem).expected("a key of its own"));
        }
        if load.problems.len() > before {
            return;
        }
        if let (
            Some(subject),
            Some(metric),
            Some(value),
            Some(Some(period)),
            Some(approximation),
            Some(status),
        ) = (subject, metric, value, period, approximation, status)
        {
            load.editor.observation(&NewObservation {
                key,
                subject,
                metric,
                value,
                unit: row.cell(4),
                period,
                approximation,
                status,
                note: row.cell(10),
                references,
            });
            load.places.observations.push((file, row.line()));
        }
    });
}

fn metric(load: &mut Load, row: &table::Row<'_>) -> Option<MetricIndex> {
    let wanted = row.cell(2);
    let found = load.ontology.metric(wanted);
    if found.is_none() {
        let names: Vec<String> =
            load.ontology.metrics.iter().map(|known| known.name.to_lowercase()).collect();
        load.problems.push(
            Diagnostic::new(row.at(), format!("metric \"{wanted}\" is not in the ontology"))
                .expected("a value of enum Metric")
                .nearest(nearest(wanted, names.iter().map(String::as_str))),
        );
    }
    found
}

fn check_unit(load: &mut Load, row: &table::Row<'_>, metric: MetricIndex) {
    let ontology = Arc::clone(&load.ontology);
    let units = &ontology.metrics[usize::from(metric)].units;
    let unit = row.cell(4);
    if !units.iter().any(|known| known == unit) {
        let problem = format!("unit \"{unit}\" is not one that {} is given in", row.cell(2));
        load.problems.push(
            Diagnostic::new(row.at(), problem)
                .expected(units.join(" or "))
                .nearest(nearest(unit, units.iter().map(String::as_str))),
        );
    }
}
