//! What is linked to an entity: entities along a relation, and the sources of what is said of it.

use super::{View, World, catalog::RelationRead, row::INCOMING};
use crate::{
    graph::{EntityId, ObservationId, SourceId, StatementId},
    ontology::Direction,
};

/// Calls `each` with every source that a statement or observation about `entity` refers to.
pub(super) fn for_each_reference(
    world: &World,
    view: &View,
    entity: EntityId,
    mut each: impl FnMut(SourceId),
) {
    let snapshot = &world.snapshot;
    for adjacency in [snapshot.outgoing(), snapshot.incoming()] {
        for statement in adjacency.links(entity.0).statements.iter().map(|id| StatementId(*id)) {
            if view.has_statement(world, statement) {
                let references = snapshot.references_of_statement(statement);
                references.for_each(|reference| each(snapshot.reference(reference).source));
            }
        }
    }
    for observation in snapshot.observations_of(entity).iter().map(|id| ObservationId(*id)) {
        if view.has_observation(world, observation) {
            let references = snapshot.references_of_observation(observation);
            references.for_each(|reference| each(snapshot.reference(reference).source));
        }
    }
}

/// Calls `each` with the edges of `entity` along `relation` that the view has, until it returns
/// false. Edges to one neighbor come one after the other.
pub(super) fn for_each_related(
    world: &World,
    view: &View,
    relation: &RelationRead,
    entity: EntityId,
    mut each: impl FnMut(u32, EntityId, StatementId) -> bool,
) {
    let snapshot = &world.snapshot;
    for (adjacency, mark, follow) in [
        (snapshot.outgoing(), 0, relation.direction != Direction::In),
        (snapshot.incoming(), INCOMING, relation.direction != Direction::Out),
    ] {
        if !follow {
            continue;
        }
        for (neighbor, statement) in adjacency.links_of(entity.0, relation.predicate).iter() {
            let (neighbor, id) = (EntityId(neighbor), StatementId(statement));
            let is_kind = relation
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.contains(snapshot.kind(neighbor).into()));
            if is_kind && view.has_statement(world, id) && !each(statement | mark, neighbor, id) {
                return;
            }
        }
    }
}
