//! What every entity has, whatever its kind.

use super::{
    add_connection,
    generic::{direction_arg, id_field, recording},
    page_args, where_and_order,
};
use crate::query::catalog::{Draft, DraftBody, DraftField, Read, field, input};

/// The fields of interface `Entity`, and so of every kind.
pub(super) fn entity_fields() -> Vec<DraftField> {
    let lang = |description| input("lang", "Language", description);
    let mut fields = vec![
        id_field(),
        field("key", "String!", Read::Key, "The entity's stable, readable name."),
        field("kind", "Kind!", Read::Kind, "Its kind."),
        field("label", "String!", Read::Label, "What it is called: in the language asked for, else in the first language that has a label, else its key.")
            .with([lang("The language to prefer.")]),
        field("labels", "[Text!]!", Read::Labels, "What it is called, in every language that has a label."),
        field("aliases", "[String!]!", Read::Aliases, "Other names, in any language."),
        field("description", "String", Read::Description, "What it is; null if nobody described it in the language asked for.")
            .with([lang("The language; without one, the first that has a description.")]),
        field("relations", "RelationConnection!", Read::Relations, "The statements that link it to other entities, those in which it is the subject first.")
            .with([
                direction_arg(),
                input("predicates", "[Predicate!]", "Only these predicates."),
                input("kinds", "[Kind!]", "Only with entities of these kinds at the other end."),
                input("where", "StatementFilter", "Only statements that meet every condition given."),
            ])
            .with(page_args()),
        field("observations", "ObservationConnection!", Read::ObservationsOf, "The figures about it.")
            .with([
                input("metrics", "[Metric!]", "Only these metrics."),
                input("period", "PeriodFilter", "Only figures for such a time."),
            ])
            .with(where_and_order("Observation"))
            .with(page_args()),
        field("sources", "SourceConnection!", Read::SourcesOf, "The sources that a statement or an observation about it refers to.")
            .with(where_and_order("Source"))
            .with(page_args()),
    ];
    fields.push(crate::query::computed::properties::of_entity());
    fields.extend(crate::query::computed::measures::of_entity());
    fields.extend(recording());
    fields
}

pub(super) fn add(draft: &mut Draft) {
    draft.add(
        "Entity",
        "Something the graph knows. Every kind in the ontology implements it.",
        DraftBody::Interface(vec!["Node".to_owned()], entity_fields()),
    );
    draft.add(
        "Text",
        "A text and its language.",
        DraftBody::Object(
            Vec::new(),
            vec![
                field("lang", "Language!", Read::TextLanguage, "The language."),
                field("text", "String!", Read::TextText, "The text."),
            ],
        ),
    );
    add_connection(draft, "Entity", "Entity", "entities", Vec::new());
    add_connection(
        draft,
        "Relation",
        "Entity",
        "statements that link an entity to others",
        vec![field(
            "statement",
            "Statement!",
            Read::EdgeStatement,
            "The statement that links the two.",
        )],
    );
}
