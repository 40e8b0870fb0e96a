//! The table of entities.

use std::sync::Arc;

use super::{Folder, Load, split, table};
use crate::{
    graph::{NewEntity, PropertyValue},
    model::{Decimal, Period, nearest},
    ontology::{Diagnostic, Ontology, Property, PropertyType},
};

/// key, kind, aliases, then label_* and description_* for each language, then every property.
fn columns(ontology: &Ontology) -> (Vec<String>, Vec<String>) {
    let mut names = table::names(&["key", "kind", "aliases"]);
    for prefix in ["label", "description"] {
        names
            .extend(ontology.languages.iter().map(|language| format!("{prefix}_{}", language.tag)));
    }
    let mut properties: Vec<String> = Vec::new();
    for property in ontology.kinds.iter().flat_map(|kind| &kind.properties) {
        if !properties.contains(&property.name) {
            properties.push(property.name.clone());
        }
    }
    names.extend(properties.iter().cloned());
    (names, properties)
}

pub(super) fn read(load: &mut Load, folder: &Folder, path: &str) {
    let ontology = Arc::clone(&load.ontology);
    let (names, properties) = columns(&ontology);
    let languages = ontology.languages.len();
    let first_property = 3 + 2 * languages;
    // For each kind, the column of each of its properties.
    let property_columns: Vec<Vec<usize>> = ontology
        .kinds
        .iter()
        .map(|kind| {
            let column = |p: &Property| properties.iter().position(|name| *name == p.name);
            kind.properties.iter().filter_map(column).map(|c| first_property + c).collect()
        })
        .collect();
    table::read(load, folder, path, names, 2, |load, row, file| {
        let before = load.problems.len();
        let key = row.key(load);
        let wanted = row.cell(1);
        let Some(kind) = ontology.kind(wanted) else {
            let known = ontology.kinds.iter().map(|kind| kind.name.as_str());
            load.problems.push(
                Diagnostic::new(row.at(), format!("kind \"{wanted}\" is not in the ontology"))
                    .expected("a type with @kind")
                    .nearest(nearest(wanted, known)),
            );
            load.broken.extend(key.map(ToOwned::to_owned));
            return;
        };
        let kind_columns = &property_columns[usize::from(kind)];
        let stated = &ontology.kinds[usize::from(kind)];
        for column in (first_property..first_property + properties.len())
            .filter(|column| !kind_columns.contains(column) && !row.cell(*column).is_empty())
        {
            let problem = format!("a {} has no property \"{}\"", stated.name, row.name(column));
            load.problems.push(Diagnostic::new(row.at(), problem).expected("an empty cell"));
        }
        let values = kind_columns
            .iter()
            .zip(&stated.properties)
            .map(|(column, property)| value(load, row, &ontology, *column, property))
            .collect();
        let Some(key) = key else { return };
        if let Some(first) = load.editor.entity_with_key(key) {
            let first = load.places.describe(load.places.entities.get(first.index()));
            let problem = format!("entity \"{key}\" stands in the tables twice{first}");
            load.problems.push(Diagnostic::new(row.at(), problem).expected("a key of its own"));
        }
        if load.problems.len() > before {
            load.broken.insert(key.to_owned());
            return;
        }
        load.editor.entity(&NewEntity {
            key,
            kind,
            labels: (3..3 + languages).map(|column| row.cell(column)).collect(),
            descriptions: (3 + languages..first_property).map(|column| row.cell(column)).collect(),
            aliases: split(row.cell(2)).collect(),
            properties: values,
        });
        load.places.entities.push((file, row.line()));
    });
}

/// The value of a property; reports what is missing or of the wrong form.
fn value(
    load: &mut Load,
    row: &table::Row<'_>,
    ontology: &Ontology,
    column: usize,
    property: &Property,
) -> Option<PropertyValue> {
    let cell = row.cell(column);
    if cell.is_empty() {
        if property.required {
            let problem = format!("property \"{}\" is empty", property.name);
            load.problems.push(Diagnostic::new(row.at(), problem).expected("a value"));
        }
        return None;
    }
    let (value, expected) = match property.ty {
        PropertyType::String => (Some(PropertyValue::String(load.editor.intern(cell))), ""),
        PropertyType::Int => {
            (cell.parse().ok().map(PropertyValue::Int), "a whole number of 32 bits, such as 42")
        }
        PropertyType::Float => (
            cell.parse().ok().filter(|number: &f64| number.is_finite()).map(PropertyValue::Float),
            "a number such as 4.2",
        ),
        PropertyType::Boolean => (cell.parse().ok().map(PropertyValue::Boolean), "true or false"),
        PropertyType::Decimal => {
            (cell.parse::<Decimal>().ok().map(PropertyValue::Decimal), "a decimal number")
        }
        PropertyType::Date => (
            cell.parse::<Period>().ok().map(PropertyValue::Date),
            "a date such as 2024, 2021-H1, 2017-Q1, 2024-07, 2024-07-15 or 2021-01/2021-08",
        ),
        PropertyType::Enum(index) => {
            let values = &ontology.enums[index].values;
            let found = values.iter().position(|(name, _)| name.eq_ignore_ascii_case(cell));
            let names = values.iter().map(|(name, _)| name.as_str());
            if found.is_none() {
                let problem = format!("property \"{}\" is \"{cell}\"", property.name);
                load.problems.push(
                    Diagnostic::new(row.at(), problem)
                        .expected(names.clone().collect::<Vec<_>>().join(", "))
                        .nearest(nearest(cell, names)),
                );
                return None;
            }
            (found.and_then(|index| u16::try_from(index).ok()).map(PropertyValue::Enum), "")
        }
    };
    if value.is_none() {
        let problem = format!("property \"{}\" is \"{cell}\"", property.name);
        load.problems.push(Diagnostic::new(row.at(), problem).expected(expected));
    }
    value
}
