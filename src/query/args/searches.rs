//! Which paths, connections and neighbors.

use fixedbitset::FixedBitSet;

use crate::{
    analytics::{measures::Similarity, paths::Mode},
    graph::EntityId,
    ontology::Direction,
};

/// Which paths.
#[derive(Debug, Clone)]
pub struct PathArgs {
    /// Where they begin.
    pub from: EntityId,
    /// Where they end.
    pub to: EntityId,
    /// Which sort of paths.
    pub mode: Mode,
    /// What steps cost.
    pub cost: CostBy,
    /// Which way statements are followed.
    pub direction: Direction,
    /// Only these predicates.
    pub predicates: Option<FixedBitSet>,
    /// Only these kinds are passed.
    pub kinds: Option<FixedBitSet>,
    /// Every path passes these.
    pub via: Vec<EntityId>,
    /// The most steps.
    pub max_length: usize,
    /// At most so many paths.
    pub first: usize,
    /// Only paths after so many.
    pub after: usize,
}

/// What a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CostBy {
    /// 1.
    Hops,
    /// The less the surer its statement is.
    Confidence,
    /// The less the newer its statement is.
    Recency,
    /// A numeric property of the entity that is entered: an index into the catalog's properties.
    Property(u16),
}

/// Which entities to tie together.
#[derive(Debug, Clone)]
pub struct ConnectionsArgs {
    /// The entities.
    pub keys: Vec<EntityId>,
    /// The most steps between two of them.
    pub max_length: usize,
    /// Only these predicates.
    pub predicates: Option<FixedBitSet>,
    /// Only entities of these kinds between them.
    pub kinds: Option<FixedBitSet>,
}

/// Which entities that are like one.
#[derive(Debug, Clone)]
pub struct SimilarArgs {
    /// How likeness is measured.
    pub by: Similarity,
    /// Only these kinds.
    pub kinds: Option<FixedBitSet>,
    /// Only such as are linked, or as are not.
    pub linked: Option<bool>,
    /// At most so many.
    pub first: usize,
}

/// To whom others matter.
#[derive(Debug, Clone)]
pub struct RankArgs {
    /// Where one begins.
    pub seeds: Vec<EntityId>,
    /// Only these kinds.
    pub kinds: Option<FixedBitSet>,
    /// At most so many.
    pub first: usize,
}
