//! The catalog as an async-graphql dynamic schema. Its resolvers read through
//! [`crate::query::resolve`], as the plan does; they serve what the plan does not take, and show
//! in tests that the plan answers as plain execution does.

use std::sync::Arc;

use async_graphql::{
    Name, Value,
    dynamic::{
        Enum, EnumItem, Field, FieldFuture, FieldValue, InputObject, InputValue, Interface,
        InterfaceField, Object, ResolverContext, Scalar, Schema, SchemaBuilder, SchemaError,
        TypeRef,
    },
};
use async_graphql_value::Value as AstValue;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    changes,
    extension::Budget,
    follow,
    held::{Held, to_error},
    worlds::Worlds,
    write,
};
use crate::query::{
    Arena, Catalog, Coerced, Item, Resolved, View, World, bind,
    catalog::{self, Body, InputField, Ty, TypeId},
    coerce_arguments, global_id, is_valid_scalar, resolve,
};

/// Builds the schema of a catalog, ready to be finished.
pub fn build(catalog: &Catalog) -> SchemaBuilder {
    let query = &catalog.get(catalog.others.query).name;
    let mut builder = Schema::build(query, Some(write::MUTATION), Some(follow::SUBSCRIPTION));
    builder = builder.register(follow::subscription());
    for ty in write::types().into_iter().chain(changes::types()) {
        builder = builder.register(ty);
    }
    for (id, ty) in (0..).zip(&catalog.types) {
        builder = match &ty.body {
            Body::Scalar { specified_by: None, .. } => builder, // GraphQL's own
            Body::Scalar { scalar, specified_by: Some(url) } => {
                let scalar = *scalar;
                builder.register(
                    Scalar::new(&ty.name)
                        .description(&ty.description)
                        .specified_by_url(*url)
                        .validator(move |value| is_valid_scalar(scalar, value)),
                )
            }
            Body::Enum(values) => {
                let mut definition = Enum::new(&ty.name);
                if !ty.description.is_empty() {
                    definition = definition.description(&ty.description);
                }
                for (name, description) in values {
                    let item = EnumItem::new(name);
                    let has_none = description.is_empty();
                    definition = definition.item(if has_none {
                        item
                    } else {
                        item.description(description)
                    });
                }
                builder.register(definition)
            }
            Body::Input(fields) => {
                let mut definition = InputObject::new(&ty.name).description(&ty.description);
                for field in fields {
                    definition = definition.field(input_value(catalog, field));
                }
                builder.register(definition)
            }
            Body::Interface { interfaces, fields, .. } => {
                let mut definition = Interface::new(&ty.name).description(&ty.description);
                for interface in interfaces {
                    definition = definition.implement(&catalog.get(*interface).name);
                }
                for field in fields {
                    let mut item = InterfaceField::new(&field.name, type_ref(catalog, &field.ty))
                        .description(&field.description);
                    for argument in &field.args {
                        item = item.argument(input_value(catalog, argument));
                    }
                    definition = definition.field(item);
                }
                builder.register(definition)
            }
            Body::Object { interfaces, fields } => {
                let mut definition = Object::new(&ty.name).description(&ty.description);
                for interface in interfaces {
                    definition = definition.implement(&catalog.get(*interface).name);
                }
                for (index, field) in fields.iter().enumerate() {
                    definition = definition.field(object_field(catalog, id, index, field));
                }
                if id == catalog.others.query {
                    definition = definition.field(changes::history());
                }
                builder.register(definition)
            }
        };
    }
    builder
}

/// The SDL of the API over a catalog.
///
/// # Errors
/// If the ontology asks for a schema that GraphQL does not allow.
pub fn sdl(catalog: &Catalog) -> Result<String, SchemaError> {
    let schema = build(catalog).finish()?;
    let options = async_graphql::SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions();
    let mut sdl = schema.sdl_with_options(options).trim_end().to_owned();
    sdl.push('\n');
    Ok(sdl)
}

fn type_ref(catalog: &Catalog, ty: &Ty) -> TypeRef {
    match ty {
        Ty::Named(id) => TypeRef::named(&catalog.get(*id).name),
        Ty::List(item) => TypeRef::List(Box::new(type_ref(catalog, item))),
        Ty::NonNull(inner) => TypeRef::NonNull(Box::new(type_ref(catalog, inner))),
    }
}

fn input_value(catalog: &Catalog, input: &InputField) -> InputValue {
    let value = InputValue::new(&input.name, type_ref(catalog, &input.ty));
    let value = value.description(&input.description);
    match &input.default {
        Some(default) => value.default_value(default.clone()),
        None => value,
    }
}

fn object_field(catalog: &Catalog, parent: TypeId, index: usize, field: &catalog::Field) -> Field {
    let ty = type_ref(catalog, &field.ty);
    let mut definition = Field::new(&field.name, ty, move |context| {
        FieldFuture::new(async move { read(&context, parent, index).await })
    })
    .description(&field.description);
    for argument in &field.args {
        definition = definition.argument(input_value(catalog, argument));
    }
    definition
}

async fn read(
    context: &ResolverContext<'_>,
    parent: TypeId,
    index: usize,
) -> async_graphql::Result<Option<FieldValue<'static>>> {
    let root;
    let held = match context.parent_value.downcast_ref::<Held>() {
        Some(held) => held,
        None => {
            root = Held::new(Arc::clone(context.data::<Arc<World>>()?), Item::Query);
            &root
        }
    };
    let world = &held.world;
    let field = &world.catalog.fields(parent)[index];
    let args = if field.args.is_empty() {
        crate::query::Args::None
    } else {
        let given: Vec<(&Name, AstValue)> = context
            .args
            .iter()
            .map(|(name, value)| (name, value.as_value().clone().into_value()))
            .collect();
        let value = |name: &str| {
            given.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value)
        };
        let values = coerce_arguments(&world.catalog, &field.args, value, &Coerced::new());
        values.and_then(|values| bind(world, field, &values)).map_err(|e| to_error(context, e))?
    };
    let mut arena = Arena::clone(&held.arena);
    let resolved = resolve(world, &held.view, &mut arena, held.item, field.read, &args);
    let resolved = resolved.map_err(|error| to_error(context, error))?;
    if let Resolved::Narrowed(view) = &resolved
        && let Some(revision) = view.past_revision(world)
    {
        let past = context.data::<Arc<Worlds>>()?.at(revision).await;
        let world = past.map_err(|error| to_error(context, error))?;
        let view = Arc::new(View::clone(view));
        let held = Held { world, item: Item::Query, view, arena: Arc::default() };
        return Ok(Some(FieldValue::owned_any(held)));
    }
    if let Resolved::Items(items) = &resolved
        && let Ok(budget) = context.data::<Arc<Budget>>()
    {
        budget.take(items.len(world)).map_err(|error| to_error(context, error))?;
    }
    let mut giving = Giving {
        world,
        is_abstract: !world.catalog.possible(field.ty.named()).is_empty(),
        view: &held.view,
        arena: Arc::new(arena),
    };
    Ok(giving.value(resolved))
}

/// Turns what was read into async-graphql's values.
struct Giving<'a> {
    world: &'a Arc<World>,
    is_abstract: bool,
    view: &'a Arc<View>,
    arena: Arc<Arena>,
}

impl Giving<'_> {
    fn value(&mut self, resolved: Resolved<'_>) -> Option<FieldValue<'static>> {
        let strings = self.world.snapshot.strings();
        let value = match resolved {
            Resolved::Null => return None,
            Resolved::Boolean(value) => Value::from(value),
            Resolved::Int(number) => Value::from(number),
            Resolved::Float(number) => Value::from(number),
            Resolved::Str(text) => Value::from(text),
            Resolved::Shared(text) => Value::from(&*text),
            Resolved::Text(id) => Value::from(strings.get(id)),
            Resolved::Name(name) => Value::Enum(Name::new(name)),
            Resolved::Id(item) => {
                let (prefix, key) = global_id(self.world, item);
                Value::from(URL_SAFE_NO_PAD.encode(format!("{prefix}{key}")))
            }
            Resolved::Cursor(row) => {
                let (_, key) = global_id(self.world, row.identity());
                Value::from(URL_SAFE_NO_PAD.encode(key))
            }
            Resolved::Date(period) => Value::from(period.to_string()),
            Resolved::DateTime(moment) => Value::from(moment.to_string()),
            Resolved::Decimal(number) => Value::from(number.to_string()),
            Resolved::Item(item) => return Some(self.object(item, None)),
            Resolved::Narrowed(view) => {
                return Some(self.object(Item::Query, Some(Arc::new(*view))));
            }
            Resolved::Items(items) => {
                let list: Vec<FieldValue<'static>> = (0..items.len(self.world))
                    .map(|index| {
                        let arena = Arc::clone(&self.arena);
                        let item = items.get(self.world, &arena, index);
                        self.value(item).unwrap_or(FieldValue::NULL)
                    })
                    .collect();
                return Some(FieldValue::list(list));
            }
        };
        Some(FieldValue::value(value))
    }

    fn object(&self, item: Item, view: Option<Arc<View>>) -> FieldValue<'static> {
        // What stands in the arena is looked up through these alone; others need none of it.
        let needs_arena = matches!(
            item,
            Item::Page(_) | Item::PageInfo(_) | Item::Hit(_) | Item::Subgraph(_) | Item::Record(_)
        );
        let held = Held {
            world: Arc::clone(self.world),
            item,
            view: view.unwrap_or_else(|| Arc::clone(self.view)),
            arena: if needs_arena { Arc::clone(&self.arena) } else { Arc::default() },
        };
        let value = FieldValue::owned_any(held);
        if self.is_abstract {
            let ty = item.type_id(self.world);
            value.with_type(self.world.catalog.get(ty).name.clone())
        } else {
            value
        }
    }
}
