//! The typed part of the API: a type for each kind and group of the ontology.

use super::{add_connection, entities::entity_fields, page_args, where_and_order};
use crate::{
    ontology::{Ontology, Property, PropertyType, Relation},
    query::catalog::{Draft, DraftBody, DraftField, PropertyRead, Read, RelationRead, field},
};

/// Gives every property of the ontology a place in [`Draft::properties`]; kinds that share a name
/// and a type share it.
pub(super) fn add_properties(draft: &mut Draft, ontology: &Ontology) {
    for (kind_index, kind) in ontology.kinds.iter().enumerate() {
        for (index, property) in (0u16..).zip(&kind.properties) {
            let slot = property_slot(draft, property).unwrap_or_else(|| {
                draft.properties.push(PropertyRead {
                    name: property.name.clone(),
                    ty: property.ty,
                    of_kind: vec![None; ontology.kinds.len()],
                });
                draft.properties.len() - 1
            });
            draft.properties[slot].of_kind[kind_index] = Some(index);
        }
    }
}

fn property_slot(draft: &Draft, property: &Property) -> Option<usize> {
    draft.properties.iter().position(|p| p.name == property.name && p.ty == property.ty)
}

/// The slot of a property that [`add_properties`] entered.
pub(super) fn slot_of(draft: &Draft, property: &Property) -> u16 {
    property_slot(draft, property).and_then(|slot| u16::try_from(slot).ok()).unwrap_or_default()
}

/// The place of a relation in [`Draft::relations`]; equal relations share it.
pub(super) fn relation_slot(draft: &mut Draft, relation: &Relation) -> u16 {
    let read = RelationRead {
        predicate: relation.predicate,
        direction: relation.direction,
        kinds: (!relation.takes_all).then(|| relation.kinds.clone()),
    };
    let same = |known: &RelationRead| {
        known.predicate == read.predicate
            && known.direction == read.direction
            && known.kinds == read.kinds
    };
    let slot = draft.relations.iter().position(same).unwrap_or_else(|| {
        draft.relations.push(read);
        draft.relations.len() - 1
    });
    u16::try_from(slot).unwrap_or_default()
}

/// The GraphQL type of a property, without its non-null mark.
pub(super) fn property_type(ontology: &Ontology, ty: PropertyType) -> String {
    match ty {
        PropertyType::String => "String".to_owned(),
        PropertyType::Int => "Int".to_owned(),
        PropertyType::Float => "Float".to_owned(),
        PropertyType::Boolean => "Boolean".to_owned(),
        PropertyType::Decimal => "Decimal".to_owned(),
        PropertyType::Date => "PartialDate".to_owned(),
        PropertyType::Enum(index) => ontology.enums[index].name.clone(),
    }
}

/// `platforms` of `City` becomes `CityPlatforms`.
fn relation_type(relation: &Relation) -> String {
    let mut chars = relation.name.chars();
    let capital: String =
        chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    format!("{}{capital}", relation.declared_by)
}

fn own_fields(
    draft: &mut Draft,
    ontology: &Ontology,
    properties: &[Property],
    relations: &[Relation],
) -> Vec<DraftField> {
    let mut fields = Vec::new();
    for property in properties {
        let ty = property_type(ontology, property.ty);
        let ty = if property.required { ty + "!" } else { ty };
        let read = Read::Property(slot_of(draft, property));
        fields.push(field(&property.name, &ty, read, &property.description));
        if property.is_period {
            fields.push(
                field(
                    "statementsDuring",
                    "StatementConnection!",
                    Read::StatementsDuring,
                    "The statements with a stated time that shares a day with this period.",
                )
                .with(where_and_order("Statement"))
                .with(page_args()),
            );
            fields.push(
                field(
                    "observationsDuring",
                    "ObservationConnection!",
                    Read::ObservationsDuring,
                    "The observations for a time that shares a day with this period.",
                )
                .with(where_and_order("Observation"))
                .with(page_args()),
            );
        }
    }
    for relation in relations {
        let read = Read::Related(relation_slot(draft, relation));
        let ty = format!("{}Connection!", relation_type(relation));
        fields.push(
            field(&relation.name, &ty, read, &relation.description)
                .with(where_and_order(&relation.target))
                .with(page_args()),
        );
    }
    fields
}

fn add_relation_types(draft: &mut Draft, owner: &str, relations: &[Relation]) {
    for relation in relations.iter().filter(|relation| relation.declared_by == owner) {
        let of = format!("`{}` of {owner}, each entity once", relation.name);
        add_connection(
            draft,
            &relation_type(relation),
            &relation.target,
            &of,
            vec![
                field(
                    "statement",
                    "Statement!",
                    Read::EdgeStatement,
                    "The statement that links the two; the first one, if several say so.",
                ),
                field(
                    "statements",
                    "[Statement!]!",
                    Read::EdgeStatements,
                    "Every statement that links the two in this way.",
                ),
            ],
        );
    }
}

pub(super) fn add(draft: &mut Draft, ontology: &Ontology) {
    for group in &ontology.groups {
        let mut fields = entity_fields();
        fields.extend(own_fields(draft, ontology, &group.properties, &group.relations));
        let interfaces = vec!["Entity".to_owned(), "Node".to_owned()];
        draft.add(&group.name, &group.description, DraftBody::Interface(interfaces, fields));
        add_connection(
            draft,
            &group.name,
            &group.name,
            &format!("entities of interface {}", group.name),
            Vec::new(),
        );
        add_relation_types(draft, &group.name, &group.relations);
    }
    for kind in &ontology.kinds {
        let mut fields = entity_fields();
        fields.extend(own_fields(draft, ontology, &kind.properties, &kind.relations));
        let mut interfaces = vec!["Entity".to_owned(), "Node".to_owned()];
        interfaces.extend(kind.groups.iter().map(|group| ontology.groups[*group].name.clone()));
        draft.add(&kind.name, &kind.description, DraftBody::Object(interfaces, fields));
        add_connection(
            draft,
            &kind.name,
            &kind.name,
            &format!("entities of kind {}", kind.name),
            Vec::new(),
        );
        add_relation_types(draft, &kind.name, &kind.relations);
    }
}
