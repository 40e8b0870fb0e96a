//! How many neighbors a predicate gives an entity at one time, for predicates that set a limit.

use crate::{
    graph::{Editor, EntityId, StatementId},
    model::Rank,
    ontology::{Direction, PredicateIndex},
};

/// An entity at the other end, and the days of the statement that says so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) neighbor: EntityId,
    pub(super) days: (i32, i32),
}

impl Claim {
    pub(super) fn shares_a_day(&self, days: (i32, i32)) -> bool {
        self.days.0 <= days.1 && days.0 <= self.days.1
    }
}

/// The claims of a predicate at one end of which one of `entities` stands; those of rank DEPRECATED, and
/// the statement `except`, left out.
pub(super) fn claims_at(
    editor: &mut Editor,
    entities: &[EntityId],
    predicate: PredicateIndex,
    end: Direction,
    except: Option<StatementId>,
) -> Vec<Claim> {
    let mut ids = Vec::new();
    for entity in entities {
        ids.extend(editor.claims_of(*entity, predicate, end));
    }
    let snapshot = editor.so_far();
    ids.into_iter()
        .filter(|id| Some(*id) != except)
        .map(|id| snapshot.statement(id))
        .filter(|statement| statement.rank != Rank::Deprecated)
        .map(|statement| Claim {
            neighbor: if end == Direction::Out { statement.object } else { statement.subject },
            days: statement.days(),
        })
        .collect()
}

/// The greatest number of distinct neighbors that claims give on one day. It is reached on a day on
/// which one of the claims begins. Cost: the square of their number.
pub(super) fn most_at_once(claims: &[Claim]) -> usize {
    let on = |day: i32| {
        let mut neighbors: Vec<EntityId> = claims
            .iter()
            .filter(|claim| claim.shares_a_day((day, day)))
            .map(|claim| claim.neighbor)
            .collect();
        neighbors.sort_unstable();
        neighbors.dedup();
        neighbors.len()
    };
    claims.iter().map(|claim| on(claim.days.0)).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_on_one_day_counts_together() {
        let claim = |neighbor, days| Claim { neighbor: EntityId(neighbor), days };
        let claims = [claim(1, (0, 9)), claim(2, (10, 19)), claim(3, (9, 9)), claim(3, (5, 12))];
        assert_eq!(most_at_once(&claims), 2);
        assert_eq!(most_at_once(&[claim(1, (0, 5)), claim(2, (6, i32::MAX))]), 1);
        assert_eq!(most_at_once(&[claim(1, (0, 5)), claim(2, (5, 6)), claim(3, (5, 5))]), 3);
    }
}
