//! The search for a pattern: in which order its variables are bound, and how.

use std::fmt::Write as _;

use serde_json::json;

use super::super::{
    Item, View, World,
    args::{Edge, MatchArgs},
};
use crate::{
    analytics::{Budget, Lens},
    graph::{EntityId, StatementId, Table},
    ontology::Direction,
};

/// How a variable is bound.
struct Step {
    variable: usize,
    /// The edges to variables that are bound before: candidates come from one, and meet the others.
    links: Vec<Link>,
    /// Without such edges: the rarest edge that names the variable, whose statements are fewer than the
    /// entities that the variable can stand for; candidates are their ends.
    rarest: Option<usize>,
    /// Edges from the variable to itself.
    loops: Vec<usize>,
    is_optional: bool,
    /// How many candidates are expected each time.
    estimate: f64,
    /// How often it was tried, and how many candidates were taken.
    tried: u64,
    bound: u64,
}

/// An edge to a variable that is bound before.
#[derive(Clone, Copy)]
struct Link {
    edge: usize,
    other: usize,
    /// Whether the variable is the end that the edge leaves.
    is_backwards: bool,
}

pub(super) struct Matching<'a> {
    pub(super) world: &'a World,
    view: &'a View,
    pub(super) args: &'a MatchArgs,
    pub(super) lenses: Vec<Lens<'a>>,
    steps: Vec<Step>,
    /// Negated edges, each with the step after which both ends are bound, or one, if the other is named
    /// by negated edges alone.
    negated: Vec<(usize, usize)>,
    bound: Vec<Option<EntityId>>,
    /// Room for the candidates of each step.
    buffers: Vec<Vec<u32>>,
    pub(super) budget: Budget,
}

impl<'a> Matching<'a> {
    /// A search, planned; `lenses` are what each edge of the pattern sees.
    pub(super) fn new(
        world: &'a World,
        view: &'a View,
        args: &'a MatchArgs,
        lenses: Vec<Lens<'a>>,
        budget: Budget,
    ) -> Self {
        let mut matching = Self {
            world,
            view,
            args,
            lenses,
            steps: Vec::new(),
            negated: Vec::new(),
            bound: vec![None; args.variables.len()],
            buffers: vec![Vec::new(); args.variables.len()],
            budget,
        };
        matching.plan();
        matching
    }
}

impl Matching<'_> {
    /// Whether a variable is bound: not if it is named by negated edges alone, for these ask that there
    /// be no such entity. Of two variables that only such edges name, the first is bound.
    pub(super) fn is_output(&self, variable: usize) -> bool {
        let edges = || self.args.edges.iter();
        let names = |edge: &Edge, variable| edge.from == variable || edge.to == variable;
        let is_excluded = |variable: usize| {
            let mut own = edges().filter(|edge| names(edge, variable)).peekable();
            own.peek().is_some() && own.all(|edge| edge.negated)
        };
        !is_excluded(variable)
            || edges().filter(|edge| names(edge, variable)).any(|edge| {
                let other = if edge.from == variable { edge.to } else { edge.from };
                other >= variable && is_excluded(other)
            })
    }

    /// How many entities a variable can stand for.
    fn candidates(&self, variable: usize) -> f64 {
        let variable = &self.args.variables[variable];
        if let Some(entities) = &variable.entities {
            return entities.len() as f64;
        }
        let snapshot = &self.world.snapshot;
        let of_kinds = match &variable.kinds {
            None => snapshot.entity_count(),
            Some(kinds) => kinds.ones().map(|kind| snapshot.of_kind(kind as u16).len()).sum(),
        };
        // A filter is taken to leave a fifth.
        of_kinds as f64 / if variable.filter.is_some() { 5.0 } else { 1.0 }
    }

    /// How many statements an edge can stand for.
    fn statements(&self, edge: &Edge) -> usize {
        let snapshot = &self.world.snapshot;
        match &edge.predicates {
            None => snapshot.statement_count(),
            Some(set) => set.ones().map(|p| snapshot.predicate_count(p as u16) as usize).sum(),
        }
    }

    /// The rarest edge whose statements give fewer candidates than the variable's own conditions.
    fn rarest(&self, variable: usize) -> Option<usize> {
        let edges = self.args.edges.iter().enumerate();
        let rarest = edges
            .filter(|(_, edge)| edge.from == variable || edge.to == variable)
            .filter(|(_, edge)| !edge.negated && !edge.optional && edge.length == (1, 1))
            .map(|(index, edge)| (self.statements(edge), index))
            .min()?;
        ((rarest.0 as f64) < self.candidates(variable)).then_some(rarest.1)
    }

    /// How many statements of an edge lead from one entity, on the average.
    fn fan_out(&self, edge: &Edge, from: usize) -> f64 {
        let snapshot = &self.world.snapshot;
        let statements = self.statements(edge);
        let both = if edge.direction == Direction::Both { 2.0 } else { 1.0 };
        let variable = &self.args.variables[from];
        let entities = match &variable.kinds {
            None => snapshot.entity_count(),
            Some(kinds) => kinds.ones().map(|kind| snapshot.of_kind(kind as u16).len()).sum(),
        };
        let each = both * statements as f64 / (entities.max(1) as f64);
        each.max(0.01).powi(edge.length.1 as i32)
    }

    /// Puts the variables in order.
    fn plan(&mut self) {
        let count = self.args.variables.len();
        let outputs: Vec<usize> = (0..count).filter(|v| self.is_output(*v)).collect();
        let mut is_bound = vec![false; count];
        while let Some(step) = self.next_step(&outputs, &is_bound) {
            is_bound[step.variable] = true;
            self.steps.push(step);
        }
        for (index, edge) in self.args.edges.iter().enumerate().filter(|(_, edge)| edge.negated) {
            let after = |variable: usize| {
                self.steps.iter().position(|step| step.variable == variable).map_or(0, |p| p + 1)
            };
            self.negated.push((index, after(edge.from).max(after(edge.to))));
        }
    }

    fn next_step(&self, outputs: &[usize], is_bound: &[bool]) -> Option<Step> {
        let mut best: Option<(bool, bool, f64, Step)> = None;
        for variable in outputs.iter().copied().filter(|variable| !is_bound[*variable]) {
            let links = |optional: bool| -> Vec<usize> {
                let edges = self.args.edges.iter().enumerate();
                edges
                    .filter(|(_, edge)| !edge.negated && edge.optional == optional)
                    .filter(|(_, edge)| {
                        (edge.from == variable && (is_bound[edge.to] || edge.to == variable))
                            || (edge.to == variable && is_bound[edge.from])
                    })
                    .map(|(index, _)| index)
                    .collect()
            };
            let required = links(false);
            let is_named = |edge: &&Edge| edge.from == variable || edge.to == variable;
            let has_required =
                self.args.edges.iter().filter(is_named).any(|e| !e.optional && !e.negated);
            let is_optional = !has_required
                && self.args.edges.iter().any(|edge| is_named(&edge) && edge.optional);
            let mut edges = required;
            if is_optional {
                edges = links(true);
                // It is bound last, once something that it hangs on is.
                if edges.is_empty() {
                    continue;
                }
            }
            let all = self.candidates(variable);
            let entities = self.world.snapshot.entity_count().max(1) as f64;
            let estimate = edges
                .iter()
                .map(|index| {
                    let edge = &self.args.edges[*index];
                    let from = if edge.from == variable { edge.to } else { edge.from };
                    self.fan_out(edge, from) * (all / entities).min(1.0)
                })
                .fold(all, f64::min);
            let is_apart = edges.is_empty() && !self.steps.is_empty();
            let rarest = if edges.is_empty() { self.rarest(variable) } else { None };
            let estimate = rarest.map_or(estimate, |edge| {
                estimate.min(self.statements(&self.args.edges[edge]) as f64)
            });
            let (loops, edges): (Vec<usize>, Vec<usize>) = edges
                .into_iter()
                .partition(|index| self.args.edges[*index].from == self.args.edges[*index].to);
            let links = edges.into_iter().map(|index| {
                let edge = &self.args.edges[index];
                let is_backwards = edge.from == variable;
                let other = if is_backwards { edge.to } else { edge.from };
                Link { edge: index, other, is_backwards }
            });
            let links = links.collect();
            let (tried, bound) = (0, 0);
            let step = Step { variable, links, rarest, loops, is_optional, estimate, tried, bound };
            let order = (is_optional, is_apart, estimate);
            let is_better = best.as_ref().is_none_or(|(o, a, e, _)| {
                (order.0, order.1) < (*o, *a) || ((order.0, order.1) == (*o, *a) && order.2 < *e)
            });
            if is_better {
                best = Some((order.0, order.1, order.2, step));
            }
        }
        // What hangs on an optional variable that hangs on nothing bound is taken as it is.
        best.map(|(_, _, _, step)| step)
    }

    fn fits(&self, variable: usize, entity: EntityId) -> bool {
        let wanted = &self.args.variables[variable];
        wanted
            .kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(self.world.snapshot.kind(entity).into()))
            && wanted.entities.as_ref().is_none_or(|entities| entities.contains(&entity))
            && !(self.args.distinct && self.bound.contains(&Some(entity)))
            && wanted
                .filter
                .as_ref()
                .is_none_or(|filter| filter.holds(self.world, self.view, Item::Entity(entity)))
    }

    /// The entities that an edge leads to from one of its ends, sorted.
    fn reached(&mut self, index: usize, from: EntityId, is_backwards: bool, out: &mut Vec<u32>) {
        let (least, most) = self.args.edges[index].length;
        let lens = &self.lenses[index];
        out.clear();
        if most == 1 {
            let looked_at = lens.for_each_step(from.0, is_backwards, |n, _| out.push(n));
            self.budget.spend(looked_at);
            if !out.is_sorted_by(|a, b| a < b) {
                out.sort_unstable();
                out.dedup();
            }
            return;
        }
        let mut layer = vec![from.0];
        for depth in 1..=most {
            let mut next = Vec::new();
            for entity in &layer {
                let looked_at = lens.for_each_step(*entity, is_backwards, |n, _| next.push(n));
                if !self.budget.spend(looked_at) {
                    return;
                }
            }
            next.sort_unstable();
            next.dedup();
            if depth >= least {
                // A way that comes back is no way to another entity.
                out.extend(next.iter().copied().filter(|other| *other != from.0));
            }
            layer = next;
        }
        out.sort_unstable();
        out.dedup();
    }

    /// Whether an edge links two entities.
    fn links(&mut self, index: usize, from: EntityId, to: EntityId) -> bool {
        if self.args.edges[index].length != (1, 1) {
            let mut reached = Vec::new();
            self.reached(index, from, false, &mut reached);
            return reached.binary_search(&to.0).is_ok();
        }
        let lens = &self.lenses[index];
        let cost = lens.steps(from.0, false).min(lens.steps(to.0, true));
        self.budget.spend(cost) && self.lenses[index].has_step(from.0, to.0)
    }

    /// Binds the variable of a step, and those after it; returns false once it is to stop.
    pub(super) fn bind(
        &mut self,
        at: usize,
        take: &mut dyn FnMut(&[Option<EntityId>]) -> bool,
    ) -> bool {
        for place in 0..self.negated.len() {
            let (index, after) = self.negated[place];
            if after == at && self.has_negated(index) {
                return true;
            }
        }
        if at == self.steps.len() {
            return take(&self.bound);
        }
        self.steps[at].tried += 1;
        let mut candidates = std::mem::take(&mut self.buffers[at]);
        let source = self.candidates_of(at, &mut candidates);
        let goes_on = self.try_each(at, &candidates, source, take);
        self.buffers[at] = candidates;
        goes_on
    }

    /// Puts together the candidates of a step, from the bound neighbor that gives the fewest; returns
    /// the place of its edge among the step's.
    fn candidates_of(&mut self, at: usize, out: &mut Vec<u32>) -> Option<usize> {
        let step = &self.steps[at];
        let cost = |link: &Link| {
            let entity = self.bound[link.other]?;
            let (_, most) = self.args.edges[link.edge].length;
            Some((most, self.lenses[link.edge].steps(entity.0, link.is_backwards)))
        };
        let known = step.links.iter().enumerate().filter(|(_, l)| self.bound[l.other].is_some());
        let place = match step.links.len() {
            0 | 1 => known.map(|(place, _)| place).next(),
            _ => known.min_by_key(|(_, link)| cost(link)).map(|(place, _)| place),
        };
        match place {
            Some(place) => {
                let link = step.links[place];
                if let Some(entity) = self.bound[link.other] {
                    self.reached(link.edge, entity, link.is_backwards, out);
                }
            }
            None if step.is_optional => out.clear(),
            None => match step.rarest {
                Some(edge) => self.ends(edge, step.variable, out),
                None => self.all(step.variable, out),
            },
        }
        place
    }

    fn try_each(
        &mut self,
        at: usize,
        candidates: &[u32],
        source: Option<usize>,
        take: &mut dyn FnMut(&[Option<EntityId>]) -> bool,
    ) -> bool {
        let variable = self.steps[at].variable;
        let mut is_any = false;
        for candidate in candidates.iter().map(|id| EntityId(*id)) {
            if !self.budget.spend(0) {
                return false;
            }
            if !self.fits(variable, candidate) || !self.fits_links(at, candidate, source) {
                continue;
            }
            is_any = true;
            self.steps[at].bound += 1;
            self.bound[variable] = Some(candidate);
            let goes_on = self.bind(at + 1, take);
            self.bound[variable] = None;
            if !goes_on || self.budget.cut().is_some() {
                return false;
            }
        }
        // Nothing fits an optional edge: the match goes on without.
        if self.steps[at].is_optional && !is_any {
            return self.bind(at + 1, take);
        }
        true
    }

    /// Whether a candidate meets the edges of a step that it does not come from.
    fn fits_links(&mut self, at: usize, candidate: EntityId, source: Option<usize>) -> bool {
        for place in 0..self.steps[at].links.len() {
            let link = self.steps[at].links[place];
            let Some(other) = self.bound[link.other].filter(|_| source != Some(place)) else {
                continue;
            };
            let (from, to) =
                if link.is_backwards { (candidate, other) } else { (other, candidate) };
            if !self.links(link.edge, from, to) {
                return false;
            }
        }
        (0..self.steps[at].loops.len()).all(|place| {
            let edge = self.steps[at].loops[place];
            self.links(edge, candidate, candidate)
        })
    }

    /// The entities at a variable's end of an edge's statements, sorted.
    fn ends(&self, index: usize, variable: usize, out: &mut Vec<u32>) {
        let edge = &self.args.edges[index];
        let snapshot = &self.world.snapshot;
        let is_from = edge.from == variable;
        let (subjects, objects) = match edge.direction {
            Direction::Out => (is_from, !is_from),
            Direction::In => (!is_from, is_from),
            Direction::Both => (true, true),
        };
        out.clear();
        let all = 0..snapshot.ontology().predicates.len() as u16;
        for predicate in all {
            if edge.predicates.as_ref().is_some_and(|set| !set.contains(predicate.into())) {
                continue;
            }
            for id in snapshot.with_predicate(predicate).iter() {
                let statement = snapshot.statement(StatementId(id));
                out.extend(subjects.then_some(statement.subject.0));
                out.extend(objects.then_some(statement.object.0));
            }
        }
        out.sort_unstable();
        out.dedup();
    }

    /// Every entity that a variable can stand for.
    fn all(&self, variable: usize, out: &mut Vec<u32>) {
        let wanted = &self.args.variables[variable];
        let snapshot = &self.world.snapshot;
        out.clear();
        match (&wanted.entities, &wanted.kinds) {
            (Some(entities), _) => out.extend(entities.iter().map(|entity| entity.0)),
            (None, None) => out.extend(snapshot.ids(Table::Entities)),
            (None, Some(kinds)) => {
                out.extend(kinds.ones().flat_map(|kind| snapshot.of_kind(kind as u16).iter()));
            }
        }
        out.sort_unstable();
        out.dedup();
    }

    /// Whether what a negated edge excludes is there.
    fn has_negated(&mut self, index: usize) -> bool {
        let edge = &self.args.edges[index];
        let (from, to) = (edge.from, edge.to);
        match (self.bound[from], self.bound[to]) {
            (Some(one), Some(other)) => self.links(index, one, other),
            (Some(one), None) if !self.is_output(to) => {
                let mut reached = Vec::new();
                self.reached(index, one, false, &mut reached);
                reached.into_iter().any(|entity| self.fits(to, EntityId(entity)))
            }
            (None, Some(other)) if !self.is_output(from) => {
                let mut reached = Vec::new();
                self.reached(index, other, true, &mut reached);
                reached.into_iter().any(|entity| self.fits(from, EntityId(entity)))
            }
            // An end that an optional edge left open links nothing.
            _ => false,
        }
    }

    /// How the search went, for `extensions.plan`.
    pub(super) fn told(&self) -> serde_json::Value {
        let steps = self.steps.iter().map(|step| {
            let variable = &self.args.variables[step.variable];
            let mut by = String::new();
            let links = step.links.iter().map(|link| link.edge);
            for index in links.chain(step.rarest) {
                let edge = &self.args.edges[index];
                let (from, to) = (&self.args.variables[edge.from], &self.args.variables[edge.to]);
                let between = if by.is_empty() { "" } else { ", " };
                // Writing to a string cannot fail.
                let _ = write!(by, "{between}{} to {}", from.name, to.name);
            }
            json!({
                "variable": variable.name,
                "by": by,
                "estimatedRows": step.estimate,
                "tried": step.tried,
                "rows": step.bound,
            })
        });
        json!({ "order": steps.collect::<Vec<_>>() })
    }
}
