//! Measures of entities, who is like them, and who matters to some of them.

use super::super::{
    Arena, Item, QueryError, Resolved, View, World,
    args::{RankArgs, SimilarArgs},
    catalog::{Draft, DraftBody, DraftField, Read, field, input},
    cell::{Cell, RecordType},
    measured::values,
};
use crate::{
    analytics::{
        Measure,
        measures::{page_rank, similar as find_similar},
    },
    graph::EntityId,
};

const SIMILAR: RecordType = RecordType {
    name: "SimilarEntity",
    description: "An entity that is linked to the same others.",
    fields: &[
        ("entity", "Entity!", "The entity."),
        ("score", "Float!", "How alike the two are."),
        ("shared", "Int!", "How many neighbors they share."),
        ("linked", "Boolean!", "Whether the two are linked to each other."),
    ],
};

const RANKED: RecordType = RecordType {
    name: "RankedEntity",
    description: "An entity and how much it matters to others.",
    fields: &[
        ("entity", "Entity!", "The entity."),
        ("score", "Float!", "Its share; all add up to 1."),
    ],
};

pub(super) fn add(draft: &mut Draft) {
    let fields = (0..).zip(Measure::ALL).map(|(index, (_, _, name, is_whole, description))| {
        let ty = if is_whole { "Int!" } else { "Float!" };
        field(name, ty, Read::Measure(index), description)
    });
    draft.add(
        "Measures",
        "What an entity's place in the graph as a whole is, entities taken as linked if a statement links them, whichever way. Made when first asked for, and kept for the revision and the view.",
        DraftBody::Object(Vec::new(), fields.collect()),
    );
    SIMILAR.add(draft, Vec::new());
    RANKED.add(draft, Vec::new());
    let values = [
        ("JACCARD", "The neighbors they share, over all that either has; from 0 to 1."),
        (
            "ADAMIC_ADAR",
            "The neighbors they share, each the more the fewer neighbors it has: the sum of one over the logarithm of their number.",
        ),
    ];
    draft.add("Similarity", "How likeness is measured.", DraftBody::values(&values));
}

/// The fields of every entity.
pub(crate) fn of_entity() -> Vec<DraftField> {
    let enum_value = |name| async_graphql::Value::Enum(async_graphql::Name::new(name));
    vec![
        field("measures", "Measures!", Read::Measures, "What its place in the graph as a whole is."),
        field("similar", "[SimilarEntity!]!", Read::Similar, "Entities that are linked to the same others, the most alike first. With `linked: false` it tells which links are likely and not stated.")
            .with([
                input("by", "Similarity", "How likeness is measured.").default(enum_value("JACCARD")),
                input("kinds", "[Kind!]", "Only entities of these kinds."),
                input("linked", "Boolean", "Only entities that are linked to it (true), or that are not (false)."),
                input("first", "Int", "At most so many; at most 1,000.").default(10),
            ]),
    ]
}

/// A measure of an entity.
///
/// # Errors
/// As [`values`].
pub(crate) fn measure(
    world: &World,
    view: &View,
    arena: &Arena,
    entity: EntityId,
    index: u8,
) -> Result<Resolved<'static>, QueryError> {
    let measure = Measure::ALL[usize::from(index)].0;
    let values = values(world, view, arena, measure)?;
    let value = values.get(entity.index()).copied().unwrap_or_default();
    Ok(if measure.is_whole() { Resolved::Int(value as i64) } else { Resolved::Float(value) })
}

/// Entities that are linked to the same others as one.
pub(crate) fn similar<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    entity: EntityId,
    args: &SimilarArgs,
) -> Resolved<'w> {
    let measures = world.measures(view);
    let graph = measures.projection();
    let is_linked = |other: u32| graph.neighbors(entity.0).binary_search(&other).is_ok();
    let is_wanted = |other: u32| {
        let kind = usize::from(world.snapshot.kind(EntityId(other)));
        args.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
            && args.linked.is_none_or(|linked| linked == is_linked(other))
    };
    let found: Vec<(u32, f64, usize)> = find_similar(graph, entity.0, args.by)
        .into_iter()
        .filter(|(other, _, _)| is_wanted(*other))
        .take(args.first)
        .collect();
    let mut records = Vec::with_capacity(found.len());
    for (other, score, shared) in found {
        let cells = [
            Cell::Item(Item::Entity(EntityId(other))),
            Cell::Float(score),
            Cell::Int(shared as i64),
            Cell::Boolean(is_linked(other)),
        ];
        records.push(SIMILAR.record(arena, cells));
    }
    arena.list(records).resolved(world)
}

/// Who matters to some entities: PageRank that begins anew with them.
pub(crate) fn ranked<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &RankArgs,
) -> Resolved<'w> {
    let measures = world.measures(view);
    let graph = measures.projection();
    let seeds: Vec<u32> = args.seeds.iter().map(|entity| entity.0).collect();
    let never = std::sync::atomic::AtomicBool::new(false);
    let ranks =
        if seeds.is_empty() { None } else { page_rank(graph, Some(&seeds), 100, 1e-10, &never) };
    let ranks = ranks.unwrap_or_default();
    let mut found: Vec<u32> = graph
        .entities()
        .iter()
        .copied()
        .filter(|entity| {
            let kind = usize::from(world.snapshot.kind(EntityId(*entity)));
            ranks.get(*entity as usize).is_some_and(|rank| *rank > 0.0)
                && args.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
        })
        .collect();
    found.sort_unstable_by(|a, b| ranks[*b as usize].total_cmp(&ranks[*a as usize]).then(a.cmp(b)));
    found.truncate(args.first);
    let mut records = Vec::with_capacity(found.len());
    for entity in found {
        let score = Cell::Float(ranks[entity as usize]);
        records.push(RANKED.record(arena, [Cell::Item(Item::Entity(EntityId(entity))), score]));
    }
    arena.list(records).resolved(world)
}
