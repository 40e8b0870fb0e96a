//! Patterns: entities that stand to each other as a small graph of variables says.

use std::fmt::Write as _;

use fixedbitset::FixedBitSet;
use serde_json::json;

use super::{
    super::{
        Arena, Item, Resolved, View, World,
        args::{Edge, MatchArgs},
        catalog::{Draft, DraftBody, Read, field, input},
        cell::{Cell, RecordType},
        page::opaque,
        subgraph::{Edges, Subgraph},
    },
    WORK, admitted,
};
use crate::{
    analytics::{
        Budget, Cut, Lens,
        paths::{Mode, Search},
    },
    graph::{EntityId, StatementId, Table},
    ontology::Direction,
};

const CONNECTION: RecordType = RecordType {
    name: "MatchConnection",
    description: "A page of the ways in which a pattern fits the graph.",
    fields: &[
        ("nodes", "[Match!]!", "The matches of this page."),
        ("edges", "[MatchEdge!]!", "The matches of this page with their cursors."),
        ("pageInfo", "PageInfo!", "How this page lies in the whole."),
        (
            "totalCount",
            "Int",
            "How many matches there are on all pages; null if counting them would take too long.",
        ),
        (
            "subgraph",
            "Subgraph!",
            "The entities and statements of this page's matches, as one part of the graph.",
        ),
    ],
};

const EDGE: RecordType = RecordType {
    name: "MatchEdge",
    description: "A match with its cursor.",
    fields: &[
        ("cursor", "String!", "Opaque: give it to `after` to go on from this match."),
        ("node", "Match!", "The match."),
    ],
};

const MATCH: RecordType = RecordType {
    name: "Match",
    description: "A way in which a pattern fits the graph.",
    fields: &[
        (
            "bindings",
            "[Binding!]!",
            "The entity for each variable, in the order of the pattern; variables that only negated edges name have none.",
        ),
        (
            "edges",
            "[Statement!]!",
            "For each edge of the pattern the statements that fit it; for an edge that is repeated, those of a shortest way.",
        ),
    ],
};

const BINDING: RecordType = RecordType {
    name: "Binding",
    description: "The entity that a variable stands for in a match.",
    fields: &[
        ("variable", "String!", "The variable's name."),
        (
            "entity",
            "Entity",
            "The entity; null for a variable of an optional edge that nothing fits.",
        ),
    ],
};

const BINDINGS: u8 = 0;

pub(super) fn add(draft: &mut Draft) {
    CONNECTION.add(draft, Vec::new());
    EDGE.add(draft, Vec::new());
    MATCH.add(
        draft,
        vec![
            field("entity", "Entity", Read::MatchEntity, "The entity for a variable.")
                .with([input("variable", "String!", "The variable's name.")]),
        ],
    );
    BINDING.add(draft, Vec::new());
    draft.add(
        "PatternInput",
        "A small graph of variables and edges between them, to be found in the graph.",
        DraftBody::Input(vec![
            input("variables", "[PatternVariable!]!", "The variables."),
            input("edges", "[PatternEdge!]!", "How they are linked. Circles are allowed."),
            input(
                "distinct",
                "Boolean",
                "Whether different variables stand for different entities.",
            )
            .default(true),
        ]),
    );
    draft.add(
        "PatternVariable",
        "A variable: it stands for an entity.",
        DraftBody::Input(vec![
            input("name", "String!", "Its name, for edges and answers."),
            input("kinds", "[Kind!]", "Only entities of these kinds."),
            input("keys", "[String!]", "Only these entities, given by key."),
            input("where", "EntityFilter", "Only entities that meet every condition given."),
        ]),
    );
    draft.add(
        "PatternEdge",
        "An edge: a statement that links two variables.",
        DraftBody::Input(vec![
            input("from", "String!", "The variable it leaves."),
            input("to", "String!", "The variable it enters."),
            input("predicates", "[Predicate!]", "Only these predicates."),
            input("direction", "Direction", "Whether `from` is the statement's subject (OUT), its object (IN), or either.")
                .default(async_graphql::Value::Enum(async_graphql::Name::new("OUT"))),
            input("where", "StatementFilter", "Only statements that meet every condition given."),
            input("optional", "Boolean", "Whether the pattern also fits where there is no such statement; what hangs on it is null there.").default(false),
            input("negated", "Boolean", "Whether the pattern fits only where there is no such statement.").default(false),
            input("minLength", "Int", "How many statements one after the other there are at least.").default(1),
            input("maxLength", "Int", "How many there are at most, up to 10; more than 1 makes it a repeated edge.").default(1),
        ]),
    );
}

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

struct Matching<'a> {
    world: &'a World,
    view: &'a View,
    args: &'a MatchArgs,
    lenses: Vec<Lens<'a>>,
    steps: Vec<Step>,
    /// Negated edges, each with the step after which both ends are bound, or one, if the other is named
    /// by negated edges alone.
    negated: Vec<(usize, usize)>,
    bound: Vec<Option<EntityId>>,
    /// Room for the candidates of each step.
    buffers: Vec<Vec<u32>>,
    budget: Budget,
}

/// The matches that are asked for.
///
/// Variables are bound one after the other (a generic join; Ngo, Ré and Rudra, SIGMOD Record 42, 2013):
/// each takes its candidates from the bound neighbor with the fewest statements, and is checked against
/// its other bound neighbors by the shorter of the two rows, so that circles cost no more than their
/// rarest corner. First comes the variable with the fewest entities, then always the one that is linked
/// to what is bound and for which the fewest candidates are expected.
pub(crate) fn matches<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &MatchArgs,
) -> Resolved<'w> {
    let tests: Vec<Box<dyn Fn(StatementId) -> bool + Sync + '_>> = args
        .edges
        .iter()
        .map(|edge| {
            let admits = admitted(world, view);
            let test: Box<dyn Fn(StatementId) -> bool + Sync + '_> = match &edge.filter {
                None => Box::new(admits),
                Some(filter) => {
                    Box::new(move |id| admits(id) && filter.holds(world, view, Item::Statement(id)))
                }
            };
            test
        })
        .collect();
    let lenses = args.edges.iter().zip(&tests).map(|(edge, test)| Lens {
        snapshot: &world.snapshot,
        direction: edge.direction,
        predicates: edge.predicates.clone().into(),
        kinds: None,
        admits: (edge.filter.is_some() || !view.is_whole()).then_some(&**test as _),
    });
    let mut matching = Matching {
        world,
        view,
        args,
        lenses: lenses.collect(),
        steps: Vec::new(),
        negated: Vec::new(),
        bound: vec![None; args.variables.len()],
        buffers: vec![Vec::new(); args.variables.len()],
        budget: Budget::new(WORK, arena.deadline),
    };
    matching.plan();
    let mut found: Vec<Vec<Option<EntityId>>> = Vec::new();
    let mut count = 0usize;
    let wanted = args.after + args.first;
    if !view.is_before_the_graph {
        matching.bind(0, &mut |bound| {
            if (args.after..wanted).contains(&count) {
                found.push(bound.to_vec());
            }
            count += 1;
            true
        });
    }
    // What is cut off while matches behind the page are counted leaves the page whole.
    let cut = matching.budget.cut();
    let is_whole = cut.is_none();
    arena.cut = cut.filter(|_| count <= wanted);
    if arena.is_traced {
        arena.note = Some(matching.told());
    }
    matching.answer(arena, &found, count, is_whole).resolved(world)
}

impl Matching<'_> {
    /// Whether a variable is bound: not if it is named by negated edges alone, for these ask that there
    /// be no such entity. Of two variables that only such edges name, the first is bound.
    fn is_output(&self, variable: usize) -> bool {
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
    fn bind(&mut self, at: usize, take: &mut dyn FnMut(&[Option<EntityId>]) -> bool) -> bool {
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
    fn told(&self) -> serde_json::Value {
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

    /// The page of matches as a record.
    fn answer(
        &self,
        arena: &mut Arena,
        found: &[Vec<Option<EntityId>>],
        count: usize,
        is_whole: bool,
    ) -> Cell {
        let mut nodes = Vec::new();
        let mut edges = Vec::new();
        let mut entities: Vec<u32> = Vec::new();
        let mut statements: Vec<u32> = Vec::new();
        let cursor = |place: usize| Cell::text(opaque(&format!("match:{place}")));
        for (place, bound) in (self.args.after + 1..).zip(found) {
            let mut bindings = Vec::new();
            for (index, variable) in self.args.variables.iter().enumerate() {
                if self.is_output(index) {
                    let entity = Cell::some(bound[index], |e| Cell::Item(Item::Entity(e)));
                    bindings.push(BINDING.record(arena, [Cell::text(&variable.name), entity]));
                    entities.extend(bound[index].map(|entity| entity.0));
                }
            }
            let own = self.evidence(bound);
            statements.extend(own.iter().map(|id| id.0));
            let bindings = arena.list(bindings);
            let own = arena.list(own.into_iter().map(|id| Cell::Item(Item::Statement(id))));
            let node = MATCH.record(arena, [bindings, own]);
            edges.push(EDGE.record(arena, [cursor(place), node.clone()]));
            nodes.push(node);
        }
        let (start, end) = (self.args.after, self.args.after + found.len());
        let edge_cursor = |place: Option<usize>| Cell::some(place, cursor);
        let page_info = arena.page_info(
            count > end,
            start > 0 && !found.is_empty(),
            edge_cursor((end > start).then_some(start + 1)),
            edge_cursor((end > start).then_some(end)),
        );
        let mut seen = FixedBitSet::with_capacity(self.world.snapshot.bound(Table::Entities));
        entities.retain(|entity| !seen.put(*entity as usize));
        statements.sort_unstable();
        statements.dedup();
        let first = arena.ids.len() as u32;
        arena.ids.extend(&entities);
        let second = arena.ids.len() as u32;
        arena.ids.extend(&statements);
        let subgraph = Subgraph {
            nodes: (first, entities.len() as u32),
            edges: Edges::Listed(second, statements.len() as u32),
            cut: (count > end).then_some(Cut::Limit),
        };
        let (nodes, edges) = (arena.list(nodes), arena.list(edges));
        let total = if is_whole { Cell::Int(count as i64) } else { Cell::Null };
        let subgraph = Cell::Item(Item::Subgraph(subgraph));
        CONNECTION.record(arena, [nodes, edges, page_info, total, subgraph])
    }

    /// The statements behind the edges of a match.
    fn evidence(&self, bound: &[Option<EntityId>]) -> Vec<StatementId> {
        let mut statements = Vec::new();
        for (edge, lens) in self.args.edges.iter().zip(&self.lenses) {
            let (Some(from), Some(to), false) = (bound[edge.from], bound[edge.to], edge.negated)
            else {
                continue;
            };
            if edge.length == (1, 1) {
                statements.extend(lens.statements_between(from, to));
                continue;
            }
            let search = Search {
                lens,
                from,
                to,
                mode: Mode::Shortest,
                via: &[],
                max_length: edge.length.1 as usize,
                first: 1,
                cost: None,
            };
            let mut budget = Budget::new(WORK, None);
            for path in search.run(&mut budget) {
                for pair in path.nodes.windows(2) {
                    statements.extend(lens.statements_between(pair[0], pair[1]));
                }
            }
        }
        statements
    }
}

/// The entity for a variable of a match.
pub(crate) fn entity<'w>(world: &'w World, arena: &Arena, record: u32, name: &str) -> Resolved<'w> {
    for binding in arena.items_of(arena.cell(record, BINDINGS)) {
        let Item::Record(start) = binding else { continue };
        if matches!(arena.cell(start, 0), Cell::Text(known) if **known == *name) {
            return arena.cell(start, 1).resolved(world);
        }
    }
    Resolved::Null
}
