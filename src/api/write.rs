//! `mutation commit`: from its input to a commit of the store, and from what becomes of it to a payload.

use std::sync::Arc;

use async_graphql::{
    Error, Name, ServerError, Value,
    dynamic::{
        Field, FieldFuture, FieldValue, InputObject, InputValue, Object, ResolverContext, Type,
        TypeRef,
    },
};
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    held::{Held, to_error, type_ref},
    worlds::Worlds,
};
use crate::{
    commit::{
        CommitError, Committed,
        check::Problem,
        input::ChangeInput,
        record::{Change, Commit},
    },
    graph::Table,
    query::{Code, Item, QueryError},
};

/// The type whose fields change something.
pub(super) const MUTATION: &str = "Mutation";

/// The input as clients send it; async-graphql has checked it against the types below.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommitInput {
    changes: Vec<ChangeInput>,
    author: String,
    message: String,
    expected_revision: Option<u32>,
    id: Option<String>,
}

/// The place in the input that a column is given at.
fn input_name(column: &str) -> String {
    match column {
        "source" => return "references".to_owned(),
        "aliases" => return column.to_owned(),
        _ if column.starts_with("label_") => return "labels".to_owned(),
        _ if column.starts_with("description_") => return "descriptions".to_owned(),
        _ => {}
    }
    let mut words = column.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters));
    }
    name
}

/// A mistake in a change, with its place in the input.
fn invalid(input: &CommitInput, place: usize, problem: &Problem) -> QueryError {
    let field = input.changes.get(place).map_or("", ChangeInput::field);
    let column = input_name(&problem.column);
    let message = format!("changes[{place}].{field}: {problem}");
    let mut path = vec![Value::from("changes"), Value::from(place), Value::from(field)];
    if !column.is_empty() && !field.starts_with("retract") {
        path.push(Value::from(column));
    }
    let mut error = QueryError::new(Code::InvalidChange, message);
    error.details.push(("mistake", Value::from(problem.mistake.name())));
    error.details.push(("input", Value::List(path)));
    if let Some(nearest) = &problem.nearest {
        error.details.push(("nearest", Value::from(nearest.as_str())));
    }
    error
}

/// Every error that a refused commit is answered with; at least one.
fn errors(input: &CommitInput, error: CommitError) -> Vec<QueryError> {
    match error {
        CommitError::Invalid(problems) => {
            problems.iter().map(|(place, problem)| invalid(input, *place, problem)).collect()
        }
        CommitError::Conflict { head, .. } => {
            let mut conflict = QueryError::new(Code::RevisionConflict, error.to_string());
            conflict.details.push(("revision", Value::from(head)));
            vec![conflict]
        }
        CommitError::Empty => vec![QueryError::input(error.to_string())],
        CommitError::ReadOnly(_) => vec![QueryError::new(Code::ReadOnly, error.to_string())],
        CommitError::Log(_) | CommitError::TooLarge(_) | CommitError::Stopped => {
            vec![QueryError::new(Code::Unavailable, error.to_string())]
        }
    }
}

async fn commit(
    context: &ResolverContext<'_>,
) -> async_graphql::Result<Option<FieldValue<'static>>> {
    let worlds = context.data::<Arc<Worlds>>()?;
    let input: CommitInput = context.args.try_get("input")?.deserialize()?;
    let world = worlds.current();
    let mut changes = Vec::with_capacity(input.changes.len());
    let mut refused = Vec::new();
    for (place, change) in input.changes.iter().enumerate() {
        match change.change(world.snapshot.ontology()) {
            Ok(change) => changes.push(change),
            Err((column, message)) => {
                let mistake = crate::commit::check::Mistake::BadValue;
                let column = column.to_owned();
                let problem = Problem { mistake, column, message, expected: None, nearest: None };
                refused.push(invalid(&input, place, &problem));
            }
        }
    }
    if refused.is_empty() {
        let id = input.id.as_deref();
        let commit = Commit { author: &input.author, message: &input.message, id, changes };
        match worlds.store().commit(&commit, input.expected_revision).await {
            Ok(committed) => return Ok(Some(payload(worlds, &commit, &committed))),
            Err(error) => refused = errors(&input, error),
        }
    }
    Err(report(context, refused))
}

/// Adds all errors but the last to the response; the last one is to be returned.
fn report(context: &ResolverContext<'_>, errors: Vec<QueryError>) -> Error {
    let mut errors: Vec<Error> = errors.into_iter().map(|error| to_error(context, error)).collect();
    let last = errors.pop().unwrap_or_else(|| Error::new("the commit was refused"));
    for error in errors {
        context.ctx.add_error(ServerError {
            extensions: error.extensions,
            ..ServerError::new(error.message, Some(context.ctx.item.pos))
        });
    }
    last
}

/// What a commit that is in the graph is answered with.
struct Payload {
    revision: u32,
    recorded_at: Timestamp,
    was_there: bool,
    /// The objects that were put, in the graph as it is now.
    changed: Vec<(Arc<crate::query::World>, Item)>,
}

fn payload(worlds: &Worlds, commit: &Commit<'_>, committed: &Committed) -> FieldValue<'static> {
    let world = worlds.of(&committed.published);
    let snapshot = &world.snapshot;
    let mut rows: Vec<(Table, &str)> = commit
        .changes
        .iter()
        .map(|change| match change {
            Change::Merge { into, .. } => (Table::Entities, *into),
            change => change.row(),
        })
        .collect();
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(*row));
    let item = |(table, key): &(Table, &str)| match table {
        Table::Entities => snapshot.entity(key).map(Item::Entity),
        Table::Statements => snapshot.statement_with_key(key).map(Item::Statement),
        Table::Observations => snapshot.observation_with_key(key).map(Item::Observation),
        Table::Sources => snapshot.source_with_key(key).map(Item::Source),
    };
    FieldValue::owned_any(Payload {
        revision: committed.revision,
        recorded_at: snapshot.recorded_in(committed.revision),
        was_there: committed.was_there,
        changed: rows.iter().filter_map(item).map(|item| (Arc::clone(&world), item)).collect(),
    })
}

fn payload_field(
    name: &str,
    ty: TypeRef,
    description: &str,
    read: fn(&Payload) -> FieldValue<'static>,
) -> Field {
    Field::new(name, ty, move |context| {
        FieldFuture::new(async move {
            let payload = context.parent_value.try_downcast_ref::<Payload>()?;
            Ok(Some(read(payload)))
        })
    })
    .description(description)
}

/// The types of the mutation.
pub(super) fn types() -> Vec<Type> {
    let input = |name: &str, ty: &str, description: &str| {
        InputValue::new(name, type_ref(ty)).description(description)
    };
    let with_default = |name: &str, ty: &str, default: &str, description: &str| {
        input(name, ty, description).default_value(Value::Enum(Name::new(default)))
    };
    let object = |name: &str, description: &str, fields: Vec<InputValue>| {
        let object = InputObject::new(name).description(description);
        fields.into_iter().fold(object, InputObject::field)
    };
    let key = |what: &str| {
        input(
            "key",
            "String!",
            &format!(
                "The {what}'s stable name: a new one adds a {what}, a known one gives it new values."
            ),
        )
    };
    let note = || input("note", "String", "What is remarkable about the claim.");
    let references = || {
        input("references", "[ReferenceInput!]!", "Who says so, and where; at least one source.")
    };
    let mutation = Object::new(MUTATION)
        .description("What changes the graph.")
        .field(
            Field::new("commit", type_ref("CommitPayload!"), |context| {
                FieldFuture::new(async move { commit(&context).await })
            })
            .description("Commits changes, all of them or none. When it answers without an error, the changes are on the disk.")
            .argument(input("input", "CommitInput!", "What changes, who changes it, and why.")),
        );
    let payload = Object::new("CommitPayload")
        .description("A commit that is in the graph.")
        .field(payload_field("revision", type_ref("Int!"), "The revision that the commit is.", |payload| {
            FieldValue::value(payload.revision)
        }))
        .field(payload_field("recordedAt", type_ref("DateTime!"), "When it was recorded.", |payload| {
            FieldValue::value(payload.recorded_at.to_string())
        }))
        .field(payload_field(
            "wasThere",
            type_ref("Boolean!"),
            "Whether a commit with this `id` was there before: then nothing was done again, and `revision` is that commit's.",
            |payload| FieldValue::value(payload.was_there),
        ))
        .field(payload_field(
            "changed",
            type_ref("[Node!]!"),
            "The objects that were put or merged into, in the order of the changes, as they are now; what was retracted is not among them.",
            |payload| {
                let held = |(world, item): &(Arc<crate::query::World>, Item)| {
                    Held::new(Arc::clone(world), *item).into_node()
                };
                FieldValue::list(payload.changed.iter().map(held).collect::<Vec<_>>())
            },
        ));
    let change = object("ChangeInput", "One change: exactly one of these.", vec![
        input("putEntity", "EntityInput", "Adds an entity, or gives the one with its key new values; values that are not given are taken away."),
        input("putStatement", "StatementInput", "Adds a statement, or gives the one with its key new values."),
        input("putObservation", "ObservationInput", "Adds an observation, or gives the one with its key new values."),
        input("putSource", "SourceInput", "Adds a source, or gives the one with its key new values."),
        input("retractEntity", "String", "Takes the entity with this key out of the graph; nothing may be said of it any more."),
        input("retractStatement", "String", "Takes the statement with this key out of the graph."),
        input("retractObservation", "String", "Takes the observation with this key out of the graph."),
        input("retractSource", "String", "Takes the source with this key out of the graph; nothing may refer to it any more."),
        input("mergeEntities", "MergeInput", "Makes two entities one."),
    ])
    .oneof();
    vec![
        mutation.into(),
        payload.into(),
        change.into(),
        object("CommitInput", "Changes that take effect together or not at all.", vec![
            input("changes", "[ChangeInput!]!", "What changes, in order: a change may name what one before it adds."),
            input("author", "String!", "Who makes the changes."),
            input("message", "String!", "Why."),
            input("expectedRevision", "Int", "The revision that the changes were thought out for: at another one they are refused with REVISION_CONFLICT."),
            input("id", "String", "A name of your choice for the commit. Sent again with the same id, it does nothing again, so it can be sent again when the answer was lost."),
        ])
        .into(),
        object("EntityInput", "An entity.", vec![
            key("entity"),
            input("kind", "Kind!", "Its kind."),
            input("labels", "[TextInput!]", "What it is called, at most once in each language."),
            input("descriptions", "[TextInput!]", "What it is, at most once in each language."),
            input("aliases", "[String!]", "Other names."),
            input("properties", "[PropertyInput!]", "The values of its kind's properties."),
        ])
        .into(),
        object("TextInput", "A text in a language.", vec![
            input("lang", "Language!", "The language."),
            input("text", "String!", "The text."),
        ])
        .into(),
        object("PropertyInput", "The value of a property.", vec![
            input("name", "String!", "The property's name."),
            input("value", "String!", "The value as the tables write it: `42`, `true`, `2024-07`, `SMALL`."),
        ])
        .into(),
        object("ReferenceInput", "A source, and the place in it.", vec![
            input("source", "String!", "The key of the source."),
            input("locator", "String", "The place in it: a paragraph, a page, a section."),
        ])
        .into(),
        object("StatementInput", "A statement.", vec![
            key("statement"),
            input("subject", "String!", "The key of the entity it is about."),
            input("predicate", "Predicate!", "The kind of relation."),
            input("object", "String!", "The key of the entity it leads to."),
            input("validFrom", "PartialDate", "When it began to hold: one date, not a period of two."),
            input("validUntil", "PartialDate", "When it ceased to hold: one date, not a period of two."),
            with_default("confidence", "Confidence", "MEDIUM", "How sure you are."),
            with_default("rank", "Rank", "NORMAL", "Which of several claims is preferred."),
            note(),
            references(),
        ])
        .into(),
        object("ObservationInput", "An observation.", vec![
            key("observation"),
            input("subject", "String!", "The key of the entity it is about."),
            input("metric", "Metric!", "The kind of figure."),
            input("value", "Decimal!", "The figure in full."),
            input("unit", "String!", "Its unit, one of the metric's."),
            input("period", "PartialDate!", "The time it is for."),
            with_default("approximation", "Approximation", "EXACT", "How the source words it."),
            with_default("status", "Status", "RESULT", "A result, a target or a forecast."),
            with_default("confidence", "Confidence", "MEDIUM", "How sure you are."),
            with_default("rank", "Rank", "NORMAL", "Which of several claims is preferred."),
            note(),
            references(),
        ])
        .into(),
        object("SourceInput", "A source.", vec![
            key("source"),
            input("title", "String!", "Its title."),
            input("publisher", "String", "Who published it."),
            input("url", "String", "Where it was seen."),
            input("published", "PartialDate", "When it was published."),
            input("language", "String", "The language it is written in, a BCP 47 tag."),
            input("genre", "String", "What it is: article, report, press release, and so on."),
        ])
        .into(),
        object("MergeInput", "Two entities of one kind that are one.", vec![
            input("from", "String!", "The key of the entity that goes; it leads to the other one from then on."),
            input("into", "String!", "The key of the entity that stays: what was said of the other is said of it, and the other's names become its aliases."),
        ])
        .into(),
    ]
}
