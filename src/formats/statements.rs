//! The table of statements.

use std::sync::Arc;

use super::{Folder, Load, table};
use crate::{
    graph::{EntityId, NewStatement},
    model::{Confidence, PartialDate, Rank, nearest},
    ontology::{Diagnostic, PredicateIndex},
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

pub(super) fn read(load: &mut Load, folder: &Folder, path: &str) {
    table::read(load, folder, path, table::names(COLUMNS), 5, |load, row, file| {
        let before = load.problems.len();
        let key = row.key(load);
        let subject = entity(load, row, 1);
        let predicate = predicate(load, row);
        let object = entity(load, row, 3);
        if let (Some(subject), Some(predicate), Some(object)) = (subject, predicate, object) {
            check_kinds(load, row, subject, predicate, object);
        }
        let references = load.references(row, row.cell(4), row.cell(5));
        let valid_from: Option<Option<PartialDate>> = row.date(load, 6);
        let valid_until: Option<Option<PartialDate>> = row.date(load, 7);
        if let (Some(Some(from)), Some(Some(until))) = (valid_from, valid_until)
            && until.last_day() < from.first_day()
        {
            let problem = format!("valid_until {until} lies before valid_from {from}");
            load.problems
                .push(Diagnostic::new(row.at(), problem).expected("an end after the start"));
        }
        let confidence = row.closed(load, 8, Confidence::Medium);
        let rank = row.closed(load, 9, Rank::Normal);
        let Some(key) = key else { return };
        if let Some(first) = load.editor.statement_with_key(key) {
            let first = load.places.describe(load.places.statements.get(first.index()));
            let problem = format!("statement \"{key}\" stands in the tables twice{first}");
            load.problems.push(Diagnostic::new(row.at(), problem).expected("a key of its own"));
        }
        if load.problems.len() > before {
            return;
        }
        if let (
            Some(subject),
            Some(predicate),
            Some(object),
            Some(valid_from),
            Some(valid_until),
            Some(confidence),
            Some(rank),
        ) = (subject, predicate, object, valid_from, valid_until, confidence, rank)
        {
            load.editor.statement(&NewStatement {
                key,
                subject,
                predicate,
                object,
                valid_from,
                valid_until,
                confidence,
                rank,
                note: row.cell(10),
                references,
            });
            load.places.statements.push((file, row.line()));
        }
    });
}

fn entity(load: &mut Load, row: &table::Row<'_>, column: usize) -> Option<EntityId> {
    let key = row.cell(column);
    let found = load.editor.entity_with_key(key);
    if found.is_none() {
        load.unknown_entity(row, row.name(column), key);
    }
    found
}

fn predicate(load: &mut Load, row: &table::Row<'_>) -> Option<PredicateIndex> {
    let wanted = row.cell(2);
    let found = load.ontology.predicate(wanted);
    if found.is_none() {
        let names: Vec<String> =
            load.ontology.predicates.iter().map(|known| known.name.to_lowercase()).collect();
        load.problems.push(
            Diagnostic::new(row.at(), format!("predicate \"{wanted}\" is not in the ontology"))
                .expected("a value of enum Predicate")
                .nearest(nearest(wanted, names.iter().map(String::as_str))),
        );
    }
    found
}

fn check_kinds(
    load: &mut Load,
    row: &table::Row<'_>,
    subject: EntityId,
    predicate: PredicateIndex,
    object: EntityId,
) {
    let ontology = Arc::clone(&load.ontology);
    let stated = &ontology.predicates[usize::from(predicate)];
    for (role, entity, column, allowed) in
        [("subject", subject, 1, &stated.subjects), ("object", object, 3, &stated.objects)]
    {
        let kind = usize::from(load.editor.kind(entity));
        if !allowed.contains(kind) {
            let problem = format!(
                "{role} \"{}\" is a {}, which {} does not take",
                row.cell(column),
                ontology.kinds[kind].name,
                row.cell(2),
            );
            load.problems
                .push(Diagnostic::new(row.at(), problem).expected(ontology.names_of(allowed)));
        }
    }
}
