//! What changed: a change as clients see it, and `history` of one row, which reads the log.

use std::sync::Arc;

use async_graphql::{
    Value,
    dynamic::{Enum, EnumItem, Field, FieldFuture, FieldValue, InputValue, Object, Type, TypeRef},
};
use jiff::Timestamp;

use super::{
    held::{Held, to_error, type_ref},
    worlds::Worlds,
};
use crate::{
    commit::record::{Change, Commit, columns},
    graph::Table,
    log::{Entry, Log, READ_BYTES},
    query::{Code, Item, QueryError},
};

/// The columns of a row by name, each with its value.
type Columns = Vec<(String, String)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Put,
    Retract,
    Merge,
}

/// One change of a commit, as it is given to clients.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) revision: u32,
    recorded_at: Timestamp,
    author: Arc<str>,
    message: Arc<str>,
    operation: Operation,
    table: Table,
    key: String,
    into: Option<String>,
    /// Before and after, if that was found out already.
    columns: Option<(Columns, Columns)>,
}

pub(super) fn unavailable(message: impl Into<String>) -> QueryError {
    QueryError::new(Code::Unavailable, message)
}

pub(super) fn log_of(worlds: &Worlds) -> Result<&Arc<dyn Log>, QueryError> {
    worlds.store().log().ok_or_else(|| {
        unavailable("this graph has no log: start the server with --data to keep what changes")
    })
}

pub(super) fn decode(entry: &Entry) -> Result<Commit<'_>, QueryError> {
    postcard::from_bytes(&entry.bytes).map_err(|error| {
        unavailable(format!("revision {} of the log cannot be read: {error}", entry.revision))
    })
}

pub(super) fn told(entry: &Entry, commit: &Commit<'_>, change: &Change<'_>) -> Told {
    let (table, key) = change.row();
    let (operation, into) = match change {
        Change::Retract { .. } => (Operation::Retract, None),
        Change::Merge { into, .. } => (Operation::Merge, Some((*into).to_owned())),
        _ => (Operation::Put, None),
    };
    Told {
        revision: entry.revision,
        recorded_at: entry.recorded_at,
        author: commit.author.into(),
        message: commit.message.into(),
        operation,
        table,
        key: key.to_owned(),
        into,
        columns: None,
    }
}

/// What was done to a row, up to a revision. Cost: reading the log once.
async fn versions(
    worlds: &Worlds,
    table: Table,
    key: &str,
    until: u32,
) -> Result<Vec<Told>, QueryError> {
    let log = log_of(worlds)?;
    let mut found = Vec::new();
    let mut now: Columns = Vec::new();
    let mut next = log.first().await.map_err(|error| unavailable(error.to_string()))?;
    while next <= until {
        let entries = log.read(next, READ_BYTES).await;
        let entries = entries.map_err(|error| unavailable(error.to_string()))?;
        if entries.is_empty() {
            break;
        }
        for entry in entries.iter().filter(|entry| entry.revision <= until) {
            let commit = decode(entry)?;
            for change in &commit.changes {
                let is_own = change.row() == (table, key);
                let after = match change {
                    Change::Merge { from, into } => {
                        let renamed = renamed(&now, table, from, into);
                        if is_own {
                            Some(Vec::new())
                        } else if table == Table::Entities && *into == key {
                            Some(now.clone())
                        } else {
                            renamed
                        }
                    }
                    change if is_own => Some(columns(change)),
                    _ => None,
                };
                if let Some(after) = after {
                    let before = std::mem::replace(&mut now, after.clone());
                    let mut told = told(entry, &commit, change);
                    (told.table, told.key) = (table, key.to_owned());
                    told.columns = Some((before, after));
                    found.push(told);
                }
            }
            next = entry.revision + 1;
        }
    }
    Ok(found)
}

/// A claim's columns after a merge, if it named the entity that went.
fn renamed(columns: &Columns, table: Table, from: &str, into: &str) -> Option<Columns> {
    let names = |(name, value): &(String, String)| {
        matches!(name.as_str(), "subject" | "object") && value == from
    };
    let is_claim = matches!(table, Table::Statements | Table::Observations);
    (is_claim && columns.iter().any(names)).then(|| {
        let rename = |column: &(String, String)| {
            let value = if names(column) { into.to_owned() } else { column.1.clone() };
            (column.0.clone(), value)
        };
        columns.iter().map(rename).collect()
    })
}

/// `history` of the query.
pub(super) fn history() -> Field {
    Field::new("history", type_ref("[Change!]!"), |context| {
        FieldFuture::new(async move {
            let worlds = context.data::<Arc<Worlds>>()?;
            let key = context.args.try_get("key")?.string()?;
            let table = match context.args.get("table").and_then(|t| t.enum_name().ok().map(table_named)) {
                Some(Some(table)) => table,
                _ => Table::Entities,
            };
            let until = worlds.current().snapshot.revision();
            let found = versions(worlds, table, key, until).await;
            let found = found.map_err(|error| to_error(&context, error))?;
            let list: Vec<FieldValue<'_>> = found.into_iter().map(FieldValue::owned_any).collect();
            Ok(Some(FieldValue::list(list)))
        })
    })
    .description("What was done to a row of the graph, from its first commit on: by whom, why, and from which values to which. Cost: reading the log.")
    .argument(InputValue::new("key", type_ref("String!")).description("The key of the row, also if it was retracted or merged away."))
    .argument(
        InputValue::new("table", type_ref("Table"))
            .description("The table it is in.")
            .default_value(Value::Enum(async_graphql::Name::new("ENTITIES"))),
    )
}

const TABLES: [(Table, &str, &str); 4] = [
    (Table::Entities, "ENTITIES", "The entities."),
    (Table::Statements, "STATEMENTS", "The statements."),
    (Table::Observations, "OBSERVATIONS", "The observations."),
    (Table::Sources, "SOURCES", "The sources."),
];

fn table_named(name: &str) -> Option<Table> {
    TABLES.iter().find(|(_, known, _)| *known == name).map(|(table, _, _)| *table)
}

const OPERATIONS: [(Operation, &str, &str); 3] = [
    (Operation::Put, "PUT", "It was added, or given new values."),
    (Operation::Retract, "RETRACT", "It was taken out of the graph."),
    (Operation::Merge, "MERGE", "It was merged into another entity, or changed by such a merge."),
];

/// One column of a row that changed.
struct ColumnChange {
    column: String,
    before: Option<String>,
    after: Option<String>,
}

/// The columns whose values differ, in the order of the tables.
fn differences(before: &Columns, after: &Columns) -> Vec<ColumnChange> {
    let value = |columns: &Columns, name: &str| {
        columns.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    };
    let gone = before.iter().filter(|(name, _)| value(after, name).is_none());
    after
        .iter()
        .chain(gone)
        .map(|(name, _)| ColumnChange {
            column: name.clone(),
            before: value(before, name),
            after: value(after, name),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn told_field(name: &str, ty: &str, description: &str, read: fn(&Told) -> Option<Value>) -> Field {
    Field::new(name, type_ref(ty), move |context| {
        FieldFuture::new(async move {
            Ok(read(context.parent_value.try_downcast_ref::<Told>()?).map(FieldValue::value))
        })
    })
    .description(description)
}

fn enum_type<T>(name: &str, description: &str, values: &[(T, &str, &str)]) -> Type {
    let ty = Enum::new(name).description(description);
    let item = |(_, name, text): &(T, &str, &str)| EnumItem::new(*name).description(*text);
    values.iter().map(item).fold(ty, Enum::item).into()
}

fn name_of<T: PartialEq + Copy>(values: &[(T, &'static str, &str)], wanted: T) -> Option<Value> {
    let found = values.iter().find(|(value, _, _)| *value == wanted);
    found.map(|(_, name, _)| Value::Enum(async_graphql::Name::new(name)))
}

fn change_type() -> Object {
    Object::new("Change")
        .description("One change of a commit.")
        .field(told_field("revision", "Int!", "The revision that the commit is: give the last one you have seen to `since` to go on after it.", |told| {
            Some(told.revision.into())
        }))
        .field(told_field("recordedAt", "DateTime!", "When the commit was recorded.", |told| {
            Some(told.recorded_at.to_string().into())
        }))
        .field(told_field("author", "String!", "Who made it.", |told| Some(told.author.as_ref().into())))
        .field(told_field("message", "String!", "Why.", |told| Some(told.message.as_ref().into())))
        .field(told_field("operation", "ChangeOperation!", "What was done.", |told| {
            name_of(&OPERATIONS, told.operation)
        }))
        .field(told_field("table", "Table!", "The table of the row that changed.", |told| {
            name_of(&TABLES, told.table)
        }))
        .field(told_field("key", "String!", "The key of the row that changed.", |told| {
            Some(told.key.as_str().into())
        }))
        .field(told_field("into", "String", "The key of the entity that it was merged into.", |told| {
            told.into.as_deref().map(Value::from)
        }))
        .field(
            Field::new("object", TypeRef::named("Node"), |context| {
                FieldFuture::new(async move {
                    let told = context.parent_value.try_downcast_ref::<Told>()?;
                    let world = context.data::<Arc<Worlds>>()?.current();
                    let found = match told.table {
                        Table::Entities => world.snapshot.entity(&told.key).map(|id| id.0),
                        table => world
                            .snapshot
                            .last_with_key(table, &told.key)
                            .filter(|id| world.snapshot.has(table, *id)),
                    };
                    Ok(found.map(|id| Held::new(world, Item::of_row(told.table, id)).into_node()))
                })
            })
            .description("The object as it is now; null if it is not in the graph any more. Of an entity that was merged, the other one."),
        )
        .field(
            Field::new("columns", type_ref("[ColumnChange!]!"), |context| {
                FieldFuture::new(async move {
                    let told = context.parent_value.try_downcast_ref::<Told>()?;
                    let known = match &told.columns {
                        Some(columns) => Some(columns.clone()),
                        None => {
                            let worlds = context.data::<Arc<Worlds>>()?;
                            let found = versions(worlds, told.table, &told.key, told.revision).await;
                            let found = found.map_err(|error| to_error(&context, error))?;
                            found.into_iter().next_back().and_then(|told| told.columns)
                        }
                    };
                    let (before, after) = known.unwrap_or_default();
                    let list: Vec<FieldValue<'_>> =
                        differences(&before, &after).into_iter().map(FieldValue::owned_any).collect();
                    Ok(Some(FieldValue::list(list)))
                })
            })
            .description("What changed of it, column by column. In a subscription, finding it out means reading the log."),
        )
        .field(
            Field::new("head", type_ref("Int!"), |context| {
                FieldFuture::new(async move {
                    let head = context.data::<Arc<Worlds>>()?.current().snapshot.revision();
                    Ok(Some(FieldValue::value(head)))
                })
            })
            .description("The revision that the graph is at: how far behind you are."),
        )
}

fn column_field(
    name: &str,
    ty: &str,
    description: &str,
    read: fn(&ColumnChange) -> Option<&str>,
) -> Field {
    Field::new(name, type_ref(ty), move |context| {
        FieldFuture::new(async move {
            let change = context.parent_value.try_downcast_ref::<ColumnChange>()?;
            Ok(read(change).map(FieldValue::value))
        })
    })
    .description(description)
}

/// The types of changes.
pub(super) fn types() -> Vec<Type> {
    let column = Object::new("ColumnChange")
        .description("A column of a row that changed, with both values as the tables write them.")
        .field(column_field("column", "String!", "The column's name in the tables.", |c| {
            Some(&c.column)
        }))
        .field(column_field("before", "String", "The value before; null if there was none.", |c| {
            c.before.as_deref()
        }))
        .field(column_field("after", "String", "The value after; null if there is none.", |c| {
            c.after.as_deref()
        }));
    vec![
        change_type().into(),
        column.into(),
        enum_type("ChangeOperation", "What a change does to a row.", &OPERATIONS),
        enum_type("Table", "The tables of a graph.", &TABLES),
    ]
}
