//! Which part of the graph an algorithm sees, and how much work it may do.

use std::time::Instant;

use fixedbitset::FixedBitSet;

use crate::{
    graph::{Adjacency, EntityId, Links, Snapshot, StatementId},
    model::Closed,
    ontology::{Direction, PredicateIndex},
};

/// Which predicates are followed.
#[derive(Debug, Clone)]
pub enum Predicates {
    /// All.
    All,
    /// One, whose statements stand by themselves in every row.
    One(PredicateIndex),
    /// Some.
    Some(FixedBitSet),
}

impl From<Option<FixedBitSet>> for Predicates {
    fn from(set: Option<FixedBitSet>) -> Self {
        let Some(set) = set else { return Self::All };
        let mut ones = set.ones();
        match (ones.next(), ones.next()) {
            (Some(one), None) => Self::One(one as PredicateIndex),
            _ => Self::Some(set),
        }
    }
}

/// A part of the graph: which statements are followed, and which way.
pub struct Lens<'a> {
    /// The graph.
    pub snapshot: &'a Snapshot,
    /// Which way statements are followed.
    pub direction: Direction,
    /// Which predicates are followed.
    pub predicates: Predicates,
    /// Only entities of these kinds are passed; `None` for all.
    pub kinds: Option<FixedBitSet>,
    /// Only statements that it admits; `None` for all.
    pub admits: Option<&'a (dyn Fn(StatementId) -> bool + Sync)>,
}

impl std::fmt::Debug for Lens<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lens").field("direction", &self.direction).finish_non_exhaustive()
    }
}

impl<'a> Lens<'a> {
    /// All of a graph, with statements followed either way.
    pub fn whole(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            direction: Direction::Both,
            predicates: Predicates::All,
            kinds: None,
            admits: None,
        }
    }

    /// The adjacencies to follow from an entity, or backwards to it.
    fn sides(&self, is_backwards: bool) -> [Option<&'a Adjacency>; 2] {
        let (out, incoming) = (self.snapshot.outgoing(), self.snapshot.incoming());
        match (self.direction, is_backwards) {
            (Direction::Both, _) => [Some(out), Some(incoming)],
            (Direction::Out, false) | (Direction::In, true) => [Some(out), None],
            (Direction::In, false) | (Direction::Out, true) => [None, Some(incoming)],
        }
    }

    /// The statements to look at from an entity on one side.
    #[inline]
    fn links(&self, adjacency: &'a Adjacency, entity: u32) -> Links<'a> {
        match self.predicates {
            Predicates::One(only) => adjacency.links_of(entity, only),
            _ => adjacency.links(entity),
        }
    }

    /// Calls `each` with every entity one step on (or one step back) and the statement of the step;
    /// returns how many steps there were to look at.
    pub fn for_each_step(
        &self,
        entity: u32,
        is_backwards: bool,
        mut each: impl FnMut(u32, u32),
    ) -> usize {
        let mut looked_at = 0;
        let all = self.admits.is_none() && !matches!(self.predicates, Predicates::Some(_));
        for adjacency in self.sides(is_backwards).into_iter().flatten() {
            let links = self.links(adjacency, entity);
            looked_at += links.len();
            if all {
                links.iter().for_each(|(neighbor, statement)| each(neighbor, statement));
            } else {
                let seen = links.iter().filter(|(_, statement)| self.sees(*statement));
                seen.for_each(|(neighbor, statement)| each(neighbor, statement));
            }
        }
        looked_at
    }

    /// How many statements there are to look at from an entity, one step on or back.
    pub fn steps(&self, entity: u32, is_backwards: bool) -> usize {
        let sides = self.sides(is_backwards).into_iter().flatten();
        sides.map(|adjacency| self.links(adjacency, entity).len()).sum()
    }

    /// Whether a statement leads from one entity to another in one step. Cost: the fewer of the
    /// statements at either end.
    pub fn has_step(&self, from: u32, to: u32) -> bool {
        let is_backwards = self.steps(to, true) < self.steps(from, false);
        let (start, end) = if is_backwards { (to, from) } else { (from, to) };
        self.sides(is_backwards).into_iter().flatten().any(|adjacency| {
            let links = self.links(adjacency, start);
            let mut found = links.iter().filter(|(neighbor, _)| *neighbor == end);
            found.any(|(_, statement)| self.sees(statement))
        })
    }

    fn is_admitted(&self, statement: u32) -> bool {
        self.admits.is_none_or(|admits| admits(StatementId(statement)))
    }

    /// Whether a statement that stands where statements are looked at is followed.
    fn sees(&self, statement: u32) -> bool {
        let is_such = match &self.predicates {
            Predicates::Some(set) => {
                let predicate = self.snapshot.statement(StatementId(statement)).predicate;
                set.contains(predicate.into())
            }
            _ => true,
        };
        is_such && self.is_admitted(statement)
    }

    /// Whether an entity may be passed.
    pub fn may_pass(&self, entity: u32) -> bool {
        self.kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(self.snapshot.kind(EntityId(entity)).into()))
    }

    /// The statements that lead from one entity to another in one step, the best first: by rank, then
    /// confidence, then the order of the tables.
    pub fn statements_between(&self, from: EntityId, to: EntityId) -> Vec<StatementId> {
        let mut found = Vec::new();
        self.for_each_step(from.0, false, |neighbor, statement| {
            if neighbor == to.0 {
                found.push(StatementId(statement));
            }
        });
        found.sort_by_key(|id| {
            let statement = self.snapshot.statement(*id);
            let (rank, confidence) = (statement.rank.index(), statement.confidence.index());
            (std::cmp::Reverse((rank, confidence)), *id)
        });
        found.dedup();
        found
    }
}

/// Why an algorithm stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// It looked at as many statements as it may.
    Work,
    /// The time of the request is over.
    Time,
    /// It gave as many results as were asked for.
    Limit,
}

impl Cut {
    /// The reason, for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Work => "the search looked at as many statements as one search may",
            Self::Time => "the time for the answer was over",
            Self::Limit => "there are more than the limit lets through",
        }
    }
}

/// How much an algorithm may do.
#[derive(Debug, Clone)]
pub struct Budget {
    left: u64,
    until_clock: u64,
    deadline: Option<Instant>,
    cut: Option<Cut>,
}

/// How many statements are looked at between two looks at the clock.
const CLOCK_EVERY: u64 = 1 << 14;

impl Budget {
    /// So many statements, and so much time.
    pub fn new(statements: u64, deadline: Option<Instant>) -> Self {
        Self { left: statements, until_clock: CLOCK_EVERY, deadline, cut: None }
    }

    /// Takes note of statements that were looked at; returns whether to go on.
    pub fn spend(&mut self, statements: usize) -> bool {
        let statements = statements as u64 + 1;
        if self.left < statements {
            self.left = 0;
            self.cut = self.cut.or(Some(Cut::Work));
            return false;
        }
        self.left -= statements;
        if self.until_clock > statements {
            self.until_clock -= statements;
        } else {
            self.until_clock = CLOCK_EVERY;
            if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                self.left = 0;
                self.cut = self.cut.or(Some(Cut::Time));
                return false;
            }
        }
        true
    }

    /// Why the work was cut off, if it was.
    pub fn cut(&self) -> Option<Cut> {
        self.cut
    }
}
