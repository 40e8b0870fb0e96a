//! What changed: `history` of one row, and subscriptions that follow every commit. Both read the log.
//!
//! A subscription keeps nothing of its own but its place: it reads on from there as fast as its
//! client takes what it gives, so that a slow one costs no memory and misses nothing.

use std::{collections::VecDeque, sync::Arc};

use async_graphql::{
    Error, ErrorExtensions, Value,
    dynamic::{
        Enum, EnumItem, Field, FieldFuture, FieldValue, InputValue, Object, ResolverContext,
        Subscription, SubscriptionField, SubscriptionFieldFuture, Type, TypeRef,
    },
    futures_util::stream::{self, Stream},
};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    extension::Budget,
    schema::{Held, to_error},
    worlds::Worlds,
    write::{item_of, type_ref},
};
use crate::{
    commit::record::{self, Change, Commit, columns},
    graph::{EntityId, ObservationId, SourceId, StatementId, Table},
    log::{Entry, Log},
    query::{Code, Item, QueryError, World},
};

/// The type whose fields go on.
pub(super) const SUBSCRIPTION: &str = "Subscription";

/// How many bytes of the log are read at once for a subscription, and for a history.
const FOLLOW_BYTES: usize = 1 << 20;
const HISTORY_BYTES: usize = 8 << 20;

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
struct Told {
    revision: u32,
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

fn unavailable(message: impl Into<String>) -> QueryError {
    QueryError::new(Code::Unavailable, message)
}

fn log_of(worlds: &Worlds) -> Result<&Arc<dyn Log>, QueryError> {
    worlds.store().log().ok_or_else(|| {
        unavailable("this graph has no log: start the server with --data to keep what changes")
    })
}

fn decode(entry: &Entry) -> Result<Commit<'_>, QueryError> {
    postcard::from_bytes(&entry.bytes).map_err(|error| {
        unavailable(format!("revision {} of the log cannot be read: {error}", entry.revision))
    })
}

fn told(entry: &Entry, commit: &Commit<'_>, change: &Change<'_>) -> Told {
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
        let entries = log.read(next, HISTORY_BYTES).await;
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

/// Which changes a subscription wants; all that are given must be met.
#[derive(Debug, Clone, Default)]
struct Wanted {
    kinds: Option<Vec<String>>,
    keys: Option<Vec<String>>,
    predicates: Option<Vec<String>>,
}

impl Wanted {
    fn meets(&self, world: &World, change: &Change<'_>) -> bool {
        // Of what was retracted the graph keeps the record.
        let last;
        let change = match change {
            Change::Retract { table, key } => match last_record(world, *table, key) {
                Some(record) => {
                    last = record;
                    &last
                }
                None => change,
            },
            change => change,
        };
        let (_, own) = change.row();
        let (predicate, entities): (Option<&str>, Vec<&str>) = match change {
            Change::PutEntity(record) => (None, vec![record.key]),
            Change::PutStatement(record) => {
                (Some(record.predicate), vec![record.subject, record.object])
            }
            Change::PutObservation(record) => (None, vec![record.subject]),
            Change::Merge { from, into } => (None, vec![from, into]),
            Change::PutSource(_) | Change::Retract { .. } => (None, Vec::new()),
        };
        let has = |list: &Option<Vec<String>>, wanted: &str| {
            list.as_ref()
                .is_none_or(|list| list.iter().any(|known| known.eq_ignore_ascii_case(wanted)))
        };
        let is_kind = |key: &&str| {
            let snapshot = &world.snapshot;
            snapshot.last_with_key(Table::Entities, key).is_some_and(|id| {
                let kind = usize::from(snapshot.kind(EntityId(id)));
                has(&self.kinds, &snapshot.ontology().kinds[kind].constant)
            })
        };
        (self.keys.is_none()
            || has(&self.keys, own)
            || entities.iter().any(|key| has(&self.keys, key)))
            && (self.kinds.is_none() || entities.iter().any(is_kind))
            && (self.predicates.is_none()
                || predicate.is_some_and(|name| has(&self.predicates, name)))
    }
}

/// The record of a row that was retracted, as a change that puts it.
fn last_record<'w>(world: &'w World, table: Table, key: &str) -> Option<Change<'w>> {
    let snapshot = &world.snapshot;
    let id = snapshot.last_with_key(table, key)?;
    Some(match table {
        Table::Entities => Change::PutEntity(record::entity(snapshot, EntityId(id))),
        Table::Statements => Change::PutStatement(record::statement(snapshot, StatementId(id))),
        Table::Observations => {
            Change::PutObservation(record::observation(snapshot, ObservationId(id)))
        }
        Table::Sources => Change::PutSource(record::source(snapshot, SourceId(id))),
    })
}

/// A place in the log, and what was read from there and not given yet.
struct Follow {
    worlds: Arc<Worlds>,
    revisions: watch::Receiver<u32>,
    next: u32,
    wanted: Wanted,
    read: VecDeque<Told>,
}

impl Follow {
    fn new(worlds: &Arc<Worlds>, since: Option<u32>, wanted: Wanted) -> Result<Self, QueryError> {
        log_of(worlds)?;
        let head = worlds.current().snapshot.revision();
        let since = since.unwrap_or(head);
        if since > head {
            let message = format!("`since` is {since}, and the graph is at revision {head}");
            return Err(QueryError::input(message));
        }
        Ok(Self {
            worlds: Arc::clone(worlds),
            revisions: worlds.store().revisions(),
            next: since + 1,
            wanted,
            read: VecDeque::new(),
        })
    }

    /// The next change that is wanted; waits for it. `None` when the server stops.
    async fn next(&mut self) -> Result<Option<Told>, QueryError> {
        loop {
            if let Some(told) = self.read.pop_front() {
                return Ok(Some(told));
            }
            let head = *self.revisions.borrow_and_update();
            if self.next > head {
                if self.revisions.changed().await.is_err() {
                    return Ok(None);
                }
                continue;
            }
            let entries = log_of(&self.worlds)?.read(self.next, FOLLOW_BYTES).await;
            let entries = entries.map_err(|error| unavailable(error.to_string()))?;
            let world = self.worlds.current();
            for entry in entries.iter().take_while(|entry| entry.revision <= head) {
                let commit = decode(entry)?;
                let wanted =
                    commit.changes.iter().filter(|change| self.wanted.meets(&world, change));
                self.read.extend(wanted.map(|change| told(entry, &commit, change)));
                self.next = entry.revision + 1;
            }
        }
    }
}

fn list(context: &ResolverContext<'_>, name: &str) -> Option<Vec<String>> {
    let value = context.args.get(name).filter(|value| !value.is_null())?;
    let text = |value: async_graphql::dynamic::ValueAccessor<'_>| match value.as_value() {
        Value::String(text) => Some(text.clone()),
        Value::Enum(name) => Some(name.to_string()),
        _ => None,
    };
    match value.list() {
        Ok(items) => Some(items.iter().filter_map(text).collect()),
        Err(_) => Some(text(value).into_iter().collect()),
    }
}

fn plain_error(error: QueryError) -> Error {
    let code = error.code.name();
    Error::new(error.message).extend_with(|_, extensions| extensions.set("code", code))
}

type Given<'a> = async_graphql::Result<FieldValue<'a>>;

/// Every change that is wanted, from a revision on.
fn changes<'a>(
    context: &ResolverContext<'a>,
) -> async_graphql::Result<impl Stream<Item = Given<'a>> + use<'a>> {
    let wanted = Wanted {
        kinds: list(context, "kinds"),
        keys: list(context, "keys"),
        predicates: list(context, "predicates"),
    };
    let since = match context.args.get("since").filter(|value| !value.is_null()) {
        Some(value) => Some(u32::try_from(value.i64()?).map_err(|_| {
            plain_error(QueryError::input("`since` is below 0, expected a revision"))
        })?),
        None => None,
    };
    let follow = Follow::new(context.data::<Arc<Worlds>>()?, since, wanted).map_err(plain_error)?;
    let budget = context.data_opt::<Arc<Budget>>().cloned();
    Ok(stream::try_unfold((follow, budget), |(mut follow, budget)| async {
        let next = follow.next().await.map_err(plain_error)?;
        budget.iter().for_each(|budget| budget.renew());
        Ok(next.map(|told| (FieldValue::owned_any(told), (follow, budget))))
    }))
}

/// An entity as it is now, and again after each commit that says something of it, until it is gone.
fn entity<'a>(
    context: &ResolverContext<'a>,
) -> async_graphql::Result<impl Stream<Item = Given<'a>> + use<'a>> {
    let key = context.args.try_get("key")?.string()?.to_owned();
    let wanted = Wanted { keys: Some(vec![key.clone()]), ..Wanted::default() };
    let follow = Follow::new(context.data::<Arc<Worlds>>()?, None, wanted).map_err(plain_error)?;
    let is_there = follow.worlds.current().snapshot.entity(&key).is_some();
    let budget = context.data_opt::<Arc<Budget>>().cloned();
    let state = (follow, (key, budget), is_there, is_there);
    Ok(stream::try_unfold(
        state,
        |(mut follow, (key, budget), mut was_there, mut is_news)| async move {
            loop {
                if !is_news {
                    let Some(told) = follow.next().await.map_err(plain_error)? else {
                        return Ok(None);
                    };
                    // Several changes of one commit are one piece of news.
                    follow.read.retain(|other| other.revision != told.revision);
                }
                is_news = false;
                let world = follow.worlds.current();
                match world.snapshot.entity(&key) {
                    Some(id) => {
                        budget.iter().for_each(|budget| budget.renew());
                        let value = Held::new(world, Item::Entity(id)).into_node();
                        return Ok(Some((value, (follow, (key, budget), true, false))));
                    }
                    None if was_there => return Ok(None),
                    None => was_there = false,
                }
            }
        },
    ))
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
                    Ok(found.map(|id| Held::new(world, item_of(told.table, id)).into_node()))
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

/// The types of histories and subscriptions.
pub(super) fn types() -> Vec<Type> {
    let argument = |name: &str, ty: &str, description: &str| {
        InputValue::new(name, type_ref(ty)).description(description)
    };
    let subscription = Subscription::new(SUBSCRIPTION)
        .description("What goes on: over WebSocket (graphql-transport-ws) or server-sent events (GraphQL over SSE).")
        .field(
            SubscriptionField::new("changes", type_ref("Change!"), |context| {
                SubscriptionFieldFuture::new(async move { changes(&context) })
            })
            .description("Every change, once and in order. All conditions that are given must be met.")
            .argument(argument("kinds", "[Kind!]", "Only entities of these kinds, and what is said of them."))
            .argument(argument("keys", "[String!]", "Only rows with these keys, and what is said of entities with them."))
            .argument(argument("predicates", "[Predicate!]", "Only statements with these predicates."))
            .argument(argument("since", "Int", "Go on after this revision, as after a lost connection; without it, from now on.")),
        )
        .field(
            SubscriptionField::new("entity", type_ref("Entity!"), |context| {
                SubscriptionFieldFuture::new(async move { entity(&context) })
            })
            .description("An entity as it is now, and again after each commit that says something of it. While there is none with the key, it waits; it ends when the entity is retracted.")
            .argument(argument("key", "String!", "The key of the entity.")),
        );
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
        subscription.into(),
        change_type().into(),
        column.into(),
        enum_type("ChangeOperation", "What a change does to a row.", &OPERATIONS),
        enum_type("Table", "The tables of a graph.", &TABLES),
    ]
}
