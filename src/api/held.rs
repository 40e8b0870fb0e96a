//! What every resolver of async-graphql's own execution shares: the object it holds, the error it
//! gives, and the names of types.

use std::sync::Arc;

use async_graphql::{
    Error, ErrorExtensions, QueryPathSegment, Value,
    dynamic::{FieldValue, ResolverContext, TypeRef},
};

use crate::query::{Arena, Item, QueryError, View, World};

/// An object on its way through async-graphql's execution.
pub(super) struct Held {
    pub(super) world: Arc<World>,
    pub(super) item: Item,
    pub(super) view: Arc<View>,
    pub(super) arena: Arc<Arena>,
}

impl Held {
    /// An object of a world as a whole.
    pub(super) fn new(world: Arc<World>, item: Item) -> Self {
        Self { world, item, view: Arc::default(), arena: Arc::default() }
    }

    /// The object as async-graphql hands it on: behind an interface, with its type.
    pub(super) fn into_node<'a>(self) -> FieldValue<'a> {
        let ty = self.item.type_id(&self.world);
        let name = self.world.catalog.get(ty).name.clone();
        FieldValue::owned_any(self).with_type(name)
    }
}

/// The error with its code and its path. async-graphql gives a resolver's error no path; it goes
/// with the extensions as far as [`super::errors::from_server`].
pub(super) fn to_error(context: &ResolverContext<'_>, error: QueryError) -> Error {
    let code = error.code.name();
    let path = context.path_node.map_or(Value::Null, |node| {
        let mut segments: Vec<Value> =
            node.parents().map(|parent| segment(&parent.segment)).collect();
        segments.reverse();
        segments.push(segment(&node.segment));
        Value::List(segments)
    });
    Error::new(error.message).extend_with(|_, extensions| {
        extensions.set("code", code);
        extensions.set("path", path);
        for (name, value) in error.details {
            extensions.set(name, value);
        }
    })
}

fn segment(segment: &QueryPathSegment<'_>) -> Value {
    match segment {
        QueryPathSegment::Index(index) => Value::from(*index),
        QueryPathSegment::Name(name) => Value::from(*name),
    }
}

/// A type as GraphQL writes it.
pub(super) fn type_ref(text: &str) -> TypeRef {
    if let Some(inner) = text.strip_suffix('!') {
        return TypeRef::NonNull(Box::new(type_ref(inner)));
    }
    match text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) => TypeRef::List(Box::new(type_ref(inner))),
        None => TypeRef::named(text),
    }
}
