//! Patterns: entities that stand to each other as a small graph of variables says.

use fixedbitset::FixedBitSet;

use super::{
    super::{
        Arena, Item, Resolved, View, World,
        args::MatchArgs,
        catalog::{Draft, DraftBody, Read, field, input},
        cell::{Cell, RecordType},
        page::opaque,
        subgraph::{Edges, Subgraph},
    },
    WORK, admitted,
    matching::Matching,
};
use crate::{
    analytics::{
        Budget, Cut, Lens,
        paths::{Mode, Search},
    },
    graph::{EntityId, StatementId, Table},
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
    let budget = Budget::new(WORK, arena.deadline);
    let mut matching = Matching::new(world, view, args, lenses.collect(), budget);
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
