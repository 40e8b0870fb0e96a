//! The table of entities.

use std::sync::Arc;

use super::{Folder, Load, split, table};
use crate::{
    commit::record::{Change, EntityRecord},
    ontology::Ontology,
};

/// key, kind, aliases, then label_* and description_* for each language, then every property.
fn columns(ontology: &Ontology) -> Vec<String> {
    let mut names = table::names(&["key", "kind", "aliases"]);
    for prefix in ["label", "description"] {
        names
            .extend(ontology.languages.iter().map(|language| format!("{prefix}_{}", language.tag)));
    }
    for property in ontology.kinds.iter().flat_map(|kind| &kind.properties) {
        if !names.contains(&property.name) {
            names.push(property.name.clone());
        }
    }
    names
}

pub(super) fn read(load: &mut Load<'_>, folder: &Folder, path: &str) {
    let ontology = Arc::clone(&load.ontology);
    let names = columns(&ontology);
    let languages = ontology.languages.len();
    let first_property = 3 + 2 * languages;
    let properties = names[first_property..].to_vec();
    table::read(load, folder, path, names, 2, |load, row| {
        let tags = ontology.languages.iter().map(|language| language.tag.as_str());
        let texts = |from: usize| -> Vec<(&str, &str)> {
            let cells = tags.clone().zip(from..).map(|(tag, column)| (tag, row.cell(column)));
            cells.filter(|(_, text)| !text.is_empty()).collect()
        };
        let values = properties.iter().map(String::as_str).zip(first_property..);
        load.put(
            row,
            &Change::PutEntity(EntityRecord {
                key: row.cell(0),
                kind: row.cell(1),
                labels: texts(3),
                descriptions: texts(3 + languages),
                aliases: split(row.cell(2)).collect(),
                properties: values
                    .map(|(name, column)| (name, row.cell(column).into()))
                    .filter(|(_, value): &(_, std::borrow::Cow<'_, str>)| !value.is_empty())
                    .collect(),
            }),
        );
    });
}
