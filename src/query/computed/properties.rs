//! The properties of an entity by name, for who does not know its kind.

use super::super::{
    Arena, Resolved, World,
    catalog::{Draft, DraftField, Read, field},
    cell::{Cell, RecordType},
};
use crate::{commit::record::property_text, graph::EntityId};

const PROPERTY: RecordType = RecordType {
    name: "Property",
    description: "A property of an entity that has a value, for clients that work with any kind. The fields of the kind have it in its own type.",
    fields: &[
        ("name", "String!", "The field's name."),
        ("description", "String", "What it says."),
        ("value", "String!", "The value, as tables have it."),
    ],
};

pub(super) fn add(draft: &mut Draft) {
    PROPERTY.add(draft, Vec::new());
}

/// The field of every entity.
pub(crate) fn of_entity() -> DraftField {
    field(
        "properties",
        "[Property!]!",
        Read::Properties,
        "Its properties that have a value, in the ontology's order.",
    )
}

/// The properties of an entity that have a value.
pub(crate) fn properties<'w>(
    world: &'w World,
    arena: &mut Arena,
    entity: EntityId,
) -> Resolved<'w> {
    let snapshot = &world.snapshot;
    let kind = &snapshot.ontology().kinds[usize::from(snapshot.kind(entity))];
    let mut records = Vec::new();
    for (place, property) in kind.properties.iter().enumerate() {
        let Some(value) = snapshot.property(entity, place) else { continue };
        let value = Cell::text(property_text(snapshot, property.ty, value));
        let description =
            Cell::some(Some(&property.description).filter(|text| !text.is_empty()), Cell::text);
        records.push(PROPERTY.record(arena, [Cell::text(&property.name), description, value]));
    }
    arena.list(records).resolved(world)
}
