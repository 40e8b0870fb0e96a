//! Which pattern.

use fixedbitset::FixedBitSet;

use super::super::filter::Test;
use crate::{graph::EntityId, ontology::Direction};

/// A variable.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Only these kinds.
    pub kinds: Option<FixedBitSet>,
    /// Only these entities.
    pub entities: Option<Vec<EntityId>>,
    /// What they meet.
    pub filter: Option<Test>,
}

/// An edge between variables, which are given by their places.
#[derive(Debug, Clone)]
pub struct Edge {
    /// The variable it leaves.
    pub from: usize,
    /// The variable it enters.
    pub to: usize,
    /// Only these predicates.
    pub predicates: Option<FixedBitSet>,
    /// Which way.
    pub direction: Direction,
    /// What statements meet.
    pub filter: Option<Test>,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it must be missing.
    pub negated: bool,
    /// From how many statements to how many.
    pub length: (u32, u32),
}

/// Which pattern, and which page of its matches.
#[derive(Debug, Clone)]
pub struct MatchArgs {
    /// The variables.
    pub variables: Vec<Variable>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Whether variables stand for different entities.
    pub distinct: bool,
    /// At most so many matches.
    pub first: usize,
    /// Only matches after so many.
    pub after: usize,
}
