//! Paths between two entities, and the subgraph that ties several together.

use rust_decimal::prelude::ToPrimitive;

use super::{
    super::{
        Arena, Item, Resolved, View, World,
        args::{ConnectionsArgs, CostBy, PathArgs},
        catalog::{Draft, Read, field, input},
        cell::{Cell, RecordType},
        page::opaque,
        subgraph::{Edges, Subgraph},
    },
    WORK, admitted, sentence,
};
use crate::{
    analytics::{Budget, Cut, Lens, Predicates, connections::connect, paths::Search},
    graph::{EntityId, PropertyValue, StatementId},
    model::{Confidence, EPOCH},
    ontology::{Direction, LanguageIndex},
};

const PATH: RecordType = RecordType {
    name: "Path",
    description: "A way from one entity to another, with the statements that are its evidence.",
    fields: &[
        ("length", "Int!", "How many steps it has."),
        (
            "cost",
            "Float!",
            "What its steps cost together; the number of steps, if nothing else was asked for.",
        ),
        ("nodes", "[Entity!]!", "The entities it passes, from one end to the other."),
        (
            "edges",
            "[Statement!]!",
            "A statement for each step: the one of the highest rank, then confidence, then the first in the tables.",
        ),
        ("steps", "[PathStep!]!", "Its steps, each with everything that says so."),
        ("sources", "[Source!]!", "The sources of all of its steps, each once."),
        ("cursor", "String!", "Opaque: give it to `after` to go on from this path."),
    ],
};

const STEP: RecordType = RecordType {
    name: "PathStep",
    description: "A step of a path.",
    fields: &[
        ("from", "Entity!", "The entity the step leaves."),
        ("to", "Entity!", "The entity it enters."),
        ("statements", "[Statement!]!", "Every statement that links the two so, the best first."),
    ],
};

/// The places of cells that are read again.
const EDGES: u8 = 3;

pub(super) fn add(draft: &mut Draft) {
    let explanation = field(
        "explanation",
        "[String!]!",
        Read::Explanation,
        "The path told in sentences, one for each step.",
    );
    let lang = input("lang", "Language", "The language to tell it in.");
    PATH.add(draft, vec![explanation.with([lang])]);
    STEP.add(draft, Vec::new());
}

fn lens<'a>(
    world: &'a World,
    view: &View,
    direction: Direction,
    admits: &'a (dyn Fn(StatementId) -> bool + Sync),
) -> Lens<'a> {
    Lens {
        snapshot: &world.snapshot,
        direction,
        predicates: Predicates::All,
        kinds: None,
        admits: (!view.is_whole()).then_some(admits),
    }
}

/// The paths that are asked for.
pub(crate) fn paths<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &PathArgs,
) -> Resolved<'w> {
    if view.is_before_the_graph {
        return Resolved::Items(super::super::Items::Cells(0, 0));
    }
    let admits = admitted(world, view);
    let lens = Lens {
        predicates: args.predicates.clone().into(),
        kinds: args.kinds.clone(),
        ..lens(world, view, args.direction, &admits)
    };
    let cost =
        |statement: StatementId, entered: EntityId| cost(world, args.cost, statement, entered);
    let search = Search {
        lens: &lens,
        from: args.from,
        to: args.to,
        mode: args.mode,
        via: &args.via,
        max_length: args.max_length,
        first: args.after + args.first,
        cost: (args.cost != CostBy::Hops).then_some(&cost),
    };
    let mut budget = Budget::new(WORK, arena.deadline);
    let found = search.run(&mut budget);
    arena.cut = budget.cut();
    let mut records = Vec::new();
    for (place, path) in found.iter().enumerate().skip(args.after) {
        let mut steps = Vec::new();
        let mut edges = Vec::new();
        let mut sources: Vec<u32> = Vec::new();
        for pair in path.nodes.windows(2) {
            let statements = lens.statements_between(pair[0], pair[1]);
            for id in &statements {
                let references = world.snapshot.references_of_statement(*id);
                sources.extend(references.map(|r| world.snapshot.reference(r).source.0));
            }
            edges.extend(statements.first().map(|id| Cell::Item(Item::Statement(*id))));
            let all = arena.list(statements.iter().map(|id| Cell::Item(Item::Statement(*id))));
            let ends = [pair[0], pair[1]].map(|entity| Cell::Item(Item::Entity(entity)));
            let [from, to] = ends;
            steps.push(STEP.record(arena, [from, to, all]));
        }
        sources.sort_unstable();
        sources.dedup();
        let nodes = path.nodes.iter().map(|entity| Cell::Item(Item::Entity(*entity)));
        let cells = [
            Cell::Int(path.nodes.len() as i64 - 1),
            Cell::Float(path.cost),
            arena.list(nodes),
            arena.list(edges),
            arena.list(steps),
            arena.list(
                sources.into_iter().map(|id| Cell::Item(Item::Source(crate::graph::SourceId(id)))),
            ),
            Cell::text(opaque(&format!("path:{}", place + 1))),
        ];
        records.push(PATH.record(arena, cells));
    }
    arena.list(records).resolved(world)
}

/// What a step costs; `None` if the property it costs by has no value that is 0 or more there.
fn cost(world: &World, by: CostBy, statement: StatementId, entered: EntityId) -> Option<f64> {
    let snapshot = &world.snapshot;
    let stated = snapshot.statement(statement);
    Some(match by {
        CostBy::Hops => 1.0,
        CostBy::Confidence => match stated.confidence {
            Confidence::High => 1.0,
            Confidence::Medium => 2.0,
            Confidence::Low => 4.0,
        },
        CostBy::Recency => {
            let published = snapshot
                .references_of_statement(statement)
                .filter_map(|r| snapshot.source(snapshot.reference(r).source).published)
                .map(|period| period.days().1)
                .max();
            let newest = stated.valid_from.map(|from| from.first_day()).max(published);
            let now = day_of(snapshot.recorded_at());
            // What tells no time counts as a century old.
            newest.map_or(101.0, |day| 1.0 + f64::from((now - day).max(0)) / 365.25)
        }
        CostBy::Property(slot) => {
            let kind = usize::from(snapshot.kind(entered));
            let place = world.catalog.properties[usize::from(slot)].of_kind[kind]?;
            let number = match snapshot.property(entered, place.into())? {
                PropertyValue::Int(number) => f64::from(number),
                PropertyValue::Float(number) => number,
                PropertyValue::Decimal(number) => number.to_f64()?,
                _ => return None,
            };
            return (number >= 0.0 && number.is_finite()).then_some(number);
        }
    })
}

/// Days from 0001-01-01.
fn day_of(moment: jiff::Timestamp) -> i32 {
    let days = moment.as_second().div_euclid(86_400);
    i32::try_from(days + i64::from(EPOCH)).unwrap_or(i32::MAX)
}

/// The steps of a path as sentences.
pub(crate) fn explanation<'w>(
    world: &'w World,
    arena: &mut Arena,
    path: u32,
    language: Option<LanguageIndex>,
) -> Resolved<'w> {
    let edges = arena.cell(path, EDGES).clone();
    let sentences: Vec<Cell> = arena
        .items_of(&edges)
        .into_iter()
        .filter_map(|item| match item {
            Item::Statement(id) => Some(Cell::text(sentence(world, id, language))),
            _ => None,
        })
        .collect();
    arena.list(sentences).resolved(world)
}

/// The subgraph that ties entities together.
pub(crate) fn connections(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &ConnectionsArgs,
) -> Subgraph {
    let admits = admitted(world, view);
    let lens = Lens {
        predicates: args.predicates.clone().into(),
        kinds: args.kinds.clone(),
        ..lens(world, view, Direction::Both, &admits)
    };
    let mut budget = Budget::new(WORK, arena.deadline);
    let (nodes, pairs) = connect(&lens, view.known(&args.keys), args.max_length, &mut budget);
    let start = arena.ids.len();
    arena.ids.extend(nodes.iter().map(|entity| entity.0));
    let edges = arena.ids.len();
    for (one, other) in pairs {
        let statements = lens.statements_between(one, other);
        arena.ids.extend(statements.iter().map(|id| id.0));
    }
    arena.ids[edges..].sort_unstable();
    Subgraph {
        nodes: (start as u32, nodes.len() as u32),
        edges: Edges::Listed(edges as u32, (arena.ids.len() - edges) as u32),
        cut: budget.cut().filter(|cut| *cut != Cut::Limit),
    }
}
