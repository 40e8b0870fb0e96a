//! A narrower graph: which statements, observations and sources count.

use fixedbitset::FixedBitSet;

use super::{Item, World};
use crate::{
    graph::{EntityId, ObservationId, SourceId, StatementId},
    model::Confidence,
};

/// Conditions that every statement, observation and source of an answer meets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Each of these stretches of days shares a day with what is said.
    pub(super) on: Vec<(i32, i32)>,
    /// Nothing was recorded by the time asked for.
    pub(super) is_before_the_graph: bool,
    /// As the graph stood at this revision; whoever follows the view goes to that revision's world,
    /// so the rest of the view is asked there.
    pub(super) revision: Option<u32>,
    /// The least confidence of statements and observations.
    pub(super) min_confidence: Option<Confidence>,
    /// The sources one of which must be referred to, by id.
    pub(super) sources: Option<FixedBitSet>,
}

impl View {
    /// The whole graph.
    pub const WHOLE: Self = Self {
        on: Vec::new(),
        is_before_the_graph: false,
        revision: None,
        min_confidence: None,
        sources: None,
    };

    /// Whether nothing is left out.
    pub fn is_whole(&self) -> bool {
        self.on.is_empty()
            && !self.is_before_the_graph
            && self.min_confidence.is_none()
            && self.sources.is_none()
    }

    /// The view that meets the conditions of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let sources = match (&self.sources, &other.sources) {
            (Some(a), Some(b)) => {
                let mut both = a.clone();
                both.intersect_with(b);
                Some(both)
            }
            (a, b) => a.as_ref().or(b.as_ref()).cloned(),
        };
        Self {
            on: self.on.iter().chain(&other.on).copied().collect(),
            is_before_the_graph: self.is_before_the_graph || other.is_before_the_graph,
            revision: self.revision.into_iter().chain(other.revision).min(),
            min_confidence: self.min_confidence.max(other.min_confidence),
            sources,
        }
    }

    /// The past revision that the view asks for, seen from a world.
    pub fn past_revision(&self, world: &World) -> Option<u32> {
        self.revision.filter(|revision| *revision < world.snapshot.revision())
    }

    /// Those of the entities that are asked about which the view has: all, or none if the graph knew
    /// none yet.
    pub fn known<'e>(&self, asked: &'e [EntityId]) -> &'e [EntityId] {
        if self.is_before_the_graph { &[] } else { asked }
    }

    fn has_days(&self, days: (i32, i32)) -> bool {
        self.on.iter().all(|on| days.0 <= on.1 && on.0 <= days.1)
    }

    /// Whether the view has a statement.
    pub fn has_statement(&self, world: &World, id: StatementId) -> bool {
        if self.is_whole() {
            return true;
        }
        let statement = world.snapshot.statement(id);
        !self.is_before_the_graph
            && self.min_confidence.is_none_or(|least| statement.confidence >= least)
            && self.has_days(statement.days())
            && self.sources.as_ref().is_none_or(|sources| {
                let mut references = world.snapshot.references_of_statement(id);
                references.any(|r| sources.contains(world.snapshot.reference(r).source.index()))
            })
    }

    /// Whether the view has an observation.
    pub fn has_observation(&self, world: &World, id: ObservationId) -> bool {
        if self.is_whole() {
            return true;
        }
        let observation = world.snapshot.observation(id);
        !self.is_before_the_graph
            && self.min_confidence.is_none_or(|least| observation.confidence >= least)
            && self.has_days(observation.period.days())
            && self.sources.as_ref().is_none_or(|sources| {
                let mut references = world.snapshot.references_of_observation(id);
                references.any(|r| sources.contains(world.snapshot.reference(r).source.index()))
            })
    }

    /// Whether the view has a source.
    pub fn has_source(&self, id: SourceId) -> bool {
        !self.is_before_the_graph
            && self.sources.as_ref().is_none_or(|sources| sources.contains(id.index()))
    }

    /// Whether the view has an item. Entities stay in every view, but for one from before the
    /// graph knew any.
    pub fn has(&self, world: &World, item: Item) -> bool {
        match item {
            Item::Statement(id) => self.has_statement(world, id),
            Item::Observation(id) => self.has_observation(world, id),
            Item::Source(id) => self.has_source(id),
            _ => !self.is_before_the_graph,
        }
    }
}
