//! What is found by its texts.

use super::super::{
    Arena, Item, Resolved, View, World,
    args::SearchArgs,
    catalog::Draft,
    cell::{Cell, RecordType},
};
use crate::{
    graph::Table,
    search::{Field, Found, Wanted, matched},
};

const FULL_TEXT: RecordType = RecordType {
    name: "FullText",
    description: "What has the words of a text in one of its own.",
    fields: &[
        ("totalCount", "Int!", "How many there are."),
        ("hits", "[TextHit!]!", "The best of them, the best first."),
        (
            "kinds",
            "[KindCount!]!",
            "Of which kinds the entities are that they are, or speak of: the most first.",
        ),
    ],
};

const HIT: RecordType = RecordType {
    name: "TextHit",
    description: "Something that was found, and why.",
    fields: &[
        (
            "node",
            "Node!",
            "What was found: an entity, a statement or an observation by its note, a source by its title.",
        ),
        ("entity", "Entity", "The entity that it is, or speaks of; null for sources."),
        (
            "score",
            "Float!",
            "How well it matches, from 0 to 1: as for names in `search`; titles, descriptions and notes count half.",
        ),
        ("field", "SearchField!", "What sort of text matched."),
        ("text", "String!", "The text that matched."),
        ("parts", "[TextPart!]!", "The text in parts: those that matched, and those between."),
    ],
};

const PART: RecordType = RecordType {
    name: "TextPart",
    description: "A part of a text.",
    fields: &[("text", "String!", "The part."), ("isMatch", "Boolean!", "Whether it matched.")],
};

const KIND_COUNT: RecordType = RecordType {
    name: "KindCount",
    description: "How many are of a kind.",
    fields: &[("kind", "Kind!", "The kind."), ("count", "Int!", "How many.")],
};

pub(super) fn add(draft: &mut Draft) {
    FULL_TEXT.add(draft, Vec::new());
    HIT.add(draft, Vec::new());
    PART.add(draft, Vec::new());
    KIND_COUNT.add(draft, Vec::new());
}

/// The name of a field in enum `SearchField`.
pub(crate) fn field_name(field: Field) -> &'static str {
    match field {
        Field::Label(_) => "LABEL",
        Field::Alias => "ALIAS",
        Field::Description(_) => "DESCRIPTION",
        Field::Note => "NOTE",
        Field::Title => "TITLE",
    }
}

/// What a search finds in a view, by texts that the view has.
pub(crate) fn find(world: &World, view: &View, args: &SearchArgs) -> Found {
    if view.is_before_the_graph {
        return Found::default();
    }
    let admits = |table: Table, id: u32| view.has(world, Item::of_row(table, id));
    let wanted = Wanted {
        text: &args.text,
        scope: args.scope,
        kinds: args.kinds.as_ref(),
        language: args.language,
        admits: (!view.is_whole()).then_some(&admits),
        first: args.first,
    };
    world.names.search(&world.snapshot, &wanted)
}

/// Everything that has the words of a text, with what matched, and of which kinds it is.
pub(crate) fn full_text<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &SearchArgs,
) -> Resolved<'w> {
    let found = find(world, view, args);
    let mut hits = Vec::with_capacity(found.hits.len());
    for hit in found.hits {
        let text = world.snapshot.text(hit.text);
        let mut ranges = matched(text, &args.text);
        if ranges.is_empty() {
            // It was found by its spelling, or by a word that is near.
            ranges.push(0..text.len());
        }
        let mut parts = Vec::new();
        let mut from = 0;
        for range in ranges {
            for (part, is_match) in [(from..range.start, false), (range.clone(), true)] {
                if !part.is_empty() {
                    let cells = [Cell::text(&text[part]), Cell::Boolean(is_match)];
                    parts.push(PART.record(arena, cells));
                }
            }
            from = range.end;
        }
        if from < text.len() {
            let cells = [Cell::text(&text[from..]), Cell::Boolean(false)];
            parts.push(PART.record(arena, cells));
        }
        let parts = arena.list(parts);
        let cells = [
            Cell::Item(Item::of_row(hit.table, hit.id)),
            Cell::some(hit.entity, |entity| Cell::Item(Item::Entity(entity))),
            Cell::Float(hit.score),
            Cell::Name(field_name(hit.field)),
            Cell::Interned(hit.text),
            parts,
        ];
        hits.push(HIT.record(arena, cells));
    }
    let mut kinds = Vec::with_capacity(found.kinds.len());
    for (kind, count) in found.kinds {
        kinds.push(KIND_COUNT.record(arena, [Cell::Kind(kind), Cell::Int(count as i64)]));
    }
    let cells = [Cell::Int(found.total as i64), arena.list(hits), arena.list(kinds)];
    FULL_TEXT.record(arena, cells).resolved(world)
}
