//! Subscriptions: what follows every commit. They read the log.
//!
//! A subscription keeps nothing of its own but its place: it reads on from there as fast as its
//! client takes what it gives, so that a slow one costs no memory and misses nothing.

use std::{collections::VecDeque, sync::Arc};

use async_graphql::{
    Error, ErrorExtensions, Value,
    dynamic::{
        FieldValue, InputValue, ResolverContext, Subscription, SubscriptionField,
        SubscriptionFieldFuture,
    },
    futures_util::stream::{self, Stream},
};
use tokio::sync::watch;

use super::{
    changes::{Told, decode, log_of, told, unavailable},
    extension::Budget,
    held::{Held, type_ref},
    worlds::Worlds,
};
use crate::{
    commit::record::{self, Change},
    graph::{EntityId, Table},
    query::{Item, QueryError, World},
};

/// The type whose fields go on.
pub(super) const SUBSCRIPTION: &str = "Subscription";

/// How many bytes of the log are read at once.
const FOLLOW_BYTES: usize = 1 << 20;

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
    Some(record::row(snapshot, table, id))
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

/// The type of subscriptions.
pub(super) fn subscription() -> Subscription {
    let argument = |name: &str, ty: &str, description: &str| {
        InputValue::new(name, type_ref(ty)).description(description)
    };
    Subscription::new(SUBSCRIPTION)
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
        )
}
