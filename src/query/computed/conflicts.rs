//! Claims that cannot both be right.

use super::{
    super::{
        Arena, Item, Resolved, View, World,
        args::ConflictArgs,
        catalog::Draft,
        cell::{Cell, RecordType},
    },
    figures::{best_first, can_agree},
};
use crate::{
    graph::{EntityId, ObservationId, ReferenceRange, SourceId, StatementId, Table},
    model::Rank,
    ontology::Direction,
};

const CONFLICT: RecordType = RecordType {
    name: "Conflict",
    description: "Claims that cannot all be right. Claims of rank DEPRECATED take no part; a claim of rank PREFERRED settles a conflict, which stays to be seen.",
    fields: &[
        ("reason", "ConflictReason!", "Why they cannot."),
        ("subject", "Entity!", "The entity they are about; for SUBJECTS, the object they share."),
        ("metric", "Metric", "The metric, for VALUES."),
        ("period", "PartialDate", "The time, for VALUES."),
        ("unit", "String", "The unit, for VALUES."),
        ("predicate", "Predicate", "The predicate, for OBJECTS and SUBJECTS."),
        ("observations", "[Observation!]!", "The figures, the preferred one first."),
        ("statements", "[Statement!]!", "The statements, the preferred one first."),
        ("sources", "[Source!]!", "Who says so, each once, in the order of the claims."),
        (
            "isSettled",
            "Boolean!",
            "Whether claims of rank PREFERRED are left that can all be right.",
        ),
    ],
};

pub(super) fn add(draft: &mut Draft) {
    CONFLICT.add(draft, Vec::new());
}

/// The conflicts, entity by entity in the order of the tables: of figures, then of objects, then of
/// subjects. If only metrics or only predicates are named, conflicts of the other sort are left out.
///
/// Cost: the claims about the entities that are asked for.
pub(crate) fn conflicts<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &ConflictArgs,
) -> Resolved<'w> {
    let snapshot = &world.snapshot;
    let mut records = Vec::new();
    let wants_figures = args.metrics.is_some() || args.predicates.is_none();
    let wants_statements = args.predicates.is_some() || args.metrics.is_none();
    let entities: Vec<EntityId> = match &args.of {
        Some(of) => of.clone(),
        None => snapshot.ids(Table::Entities).map(EntityId).collect(),
    };
    for entity in entities {
        if wants_figures {
            figures(world, view, arena, args, entity, &mut records);
        }
        if wants_statements {
            statements(world, view, arena, args, entity, &mut records);
        }
    }
    arena.list(records).resolved(world)
}

/// The members of `claims` that disagree with another one.
fn in_conflict<T: Copy>(claims: &[T], disagree: impl Fn(T, T) -> bool) -> Vec<T> {
    let with_another = |one: &T| claims.iter().any(|other| disagree(*one, *other));
    claims.iter().copied().filter(with_another).collect()
}

fn sources(world: &World, arena: &mut Arena, claims: Vec<ReferenceRange>) -> Cell {
    let mut sources: Vec<SourceId> = Vec::new();
    for reference in claims.into_iter().flatten() {
        let source = world.snapshot.reference(reference).source;
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    arena.list(sources.into_iter().map(|source| Cell::Item(Item::Source(source))))
}

fn figures(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &ConflictArgs,
    entity: EntityId,
    records: &mut Vec<Cell>,
) {
    let snapshot = &world.snapshot;
    let mut claims: Vec<ObservationId> = snapshot
        .observations_of(entity)
        .iter()
        .map(|id| ObservationId(*id))
        .filter(|id| {
            let claim = snapshot.observation(*id);
            claim.rank != Rank::Deprecated
                && args.metrics.as_ref().is_none_or(|set| set.contains(claim.metric.into()))
                && view.has_observation(world, *id)
        })
        .collect();
    let group = |id: &ObservationId| {
        let claim = snapshot.observation(*id);
        (claim.metric, claim.period.days(), claim.status, claim.unit)
    };
    claims.sort_by_key(|id| (group(id), *id));
    for claims in claims.chunk_by(|a, b| group(a) == group(b)) {
        let disagree = |a, b| !can_agree(snapshot.observation(a), snapshot.observation(b));
        let mut claims = in_conflict(claims, disagree);
        if claims.is_empty() {
            continue;
        }
        best_first(world, &mut claims);
        let preferred: Vec<ObservationId> = claims
            .iter()
            .copied()
            .filter(|id| snapshot.observation(*id).rank == Rank::Preferred)
            .collect();
        let is_settled = !preferred.is_empty() && in_conflict(&preferred, disagree).is_empty();
        let first = *snapshot.observation(claims[0]);
        let references = claims.iter().map(|id| snapshot.references_of_observation(*id)).collect();
        let sources = sources(world, arena, references);
        let observations = arena.list(claims.iter().map(|id| Cell::Item(Item::Observation(*id))));
        let none = arena.list([]);
        let cells = [
            Cell::Name("VALUES"),
            Cell::Item(Item::Entity(entity)),
            Cell::Metric(first.metric),
            Cell::Date(first.period),
            Cell::Interned(first.unit),
            Cell::Null,
            observations,
            none,
            sources,
            Cell::Boolean(is_settled),
        ];
        records.push(CONFLICT.record(arena, cells));
    }
}

fn statements(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &ConflictArgs,
    entity: EntityId,
    records: &mut Vec<Cell>,
) {
    let snapshot = &world.snapshot;
    for (index, predicate) in (0u16..).zip(&snapshot.ontology().predicates) {
        if args.predicates.as_ref().is_some_and(|set| !set.contains(index.into())) {
            continue;
        }
        for (end, reason, is_such) in [
            (Direction::Out, "OBJECTS", predicate.functional),
            (Direction::In, "SUBJECTS", predicate.inverse_functional),
        ] {
            if !is_such {
                continue;
            }
            let adjacency =
                if end == Direction::Out { snapshot.outgoing() } else { snapshot.incoming() };
            let claims: Vec<(EntityId, StatementId)> = adjacency
                .links_of(entity.0, index)
                .iter()
                .map(|(neighbor, id)| (EntityId(neighbor), StatementId(id)))
                .filter(|(_, id)| {
                    snapshot.statement(*id).rank != Rank::Deprecated
                        && view.has_statement(world, *id)
                })
                .collect();
            let disagree = |a: (EntityId, StatementId), b: (EntityId, StatementId)| {
                let (one, other) = (snapshot.statement(a.1).days(), snapshot.statement(b.1).days());
                a.0 != b.0 && one.0 <= other.1 && other.0 <= one.1
            };
            let mut claims = in_conflict(&claims, disagree);
            if claims.is_empty() {
                continue;
            }
            claims.sort_by_key(|(_, id)| {
                let claim = snapshot.statement(*id);
                (std::cmp::Reverse((claim.rank, claim.confidence)), *id)
            });
            let preferred: Vec<(EntityId, StatementId)> = claims
                .iter()
                .copied()
                .filter(|(_, id)| snapshot.statement(*id).rank == Rank::Preferred)
                .collect();
            let is_settled = !preferred.is_empty() && in_conflict(&preferred, disagree).is_empty();
            let references =
                claims.iter().map(|(_, id)| snapshot.references_of_statement(*id)).collect();
            let sources = sources(world, arena, references);
            let list = arena.list(claims.iter().map(|(_, id)| Cell::Item(Item::Statement(*id))));
            let none = arena.list([]);
            let cells = [
                Cell::Name(reason),
                Cell::Item(Item::Entity(entity)),
                Cell::Null,
                Cell::Null,
                Cell::Null,
                Cell::Predicate(index),
                none,
                list,
                sources,
                Cell::Boolean(is_settled),
            ];
            records.push(CONFLICT.record(arena, cells));
        }
    }
}
