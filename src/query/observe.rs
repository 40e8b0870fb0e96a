//! What is noted while an answer is written, if it is asked for: the sources of the facts it used, and
//! where the time went.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::{
    Arena, Item, Items, View, World,
    cell::Cell,
    page::Page,
    plan::{Children, FieldPlan, Plan, SetId},
    row::RowKind,
    subgraph::edges,
};
use crate::{
    formats::citation::csl,
    graph::{ObservationId, SourceId, StatementId, Table},
};

/// What is asked for beside the data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wants {
    /// The bibliography of the facts that the answer used.
    pub citations: bool,
    /// The plan, with rows and times.
    pub plan: bool,
}

/// The sources of the facts that were used.
#[derive(Debug, Default)]
pub(super) struct Cited {
    /// The sources of the world that is read now.
    here: FixedBitSet,
    /// Items of other worlds, by key.
    others: BTreeMap<String, Value>,
}

impl Cited {
    /// Takes note of what an item says, or is made of.
    pub(super) fn item(&mut self, world: &World, view: &View, arena: &mut Arena, item: Item) {
        match item {
            Item::Statement(id) => self.statement(world, id),
            Item::Observation(id) => self.observation(world, id),
            Item::Subgraph(part) => {
                let (start, count) = edges(world, view, arena, &part);
                for place in start..start + count {
                    self.statement(world, StatementId(arena.ids[place as usize]));
                }
            }
            _ => {}
        }
    }

    /// Takes note of a computed value: a record is made of the claims in its cells.
    pub(super) fn cells(
        &mut self,
        world: &World,
        view: &View,
        arena: &mut Arena,
        cells: std::ops::Range<usize>,
    ) {
        for place in cells {
            if let Cell::Item(item) = arena.cells[place] {
                self.item(world, view, arena, item);
            }
        }
    }

    /// Takes note of the statements behind the rows of a list.
    pub(super) fn list(&mut self, world: &World, view: &View, arena: &mut Arena, items: Items) {
        let (Items::Nodes(page) | Items::Edges(page)) = items else { return };
        self.rows(world, view, arena, page, page.start..page.end);
    }

    /// Takes note of rows of a page: of what they say, and of the statements behind them.
    pub(super) fn rows(
        &mut self,
        world: &World,
        view: &View,
        arena: &mut Arena,
        page: Page,
        range: std::ops::Range<u32>,
    ) {
        for index in range {
            let row = page.row_of_all(world, arena, index);
            self.item(world, view, arena, row.node());
            if matches!(row.kind, RowKind::Relation | RowKind::Mutual) {
                let mark = arena.ids.len();
                row.statements(world, view, arena);
                for place in mark..arena.ids.len() {
                    self.statement(world, StatementId(arena.ids[place]));
                }
                arena.ids.truncate(mark);
            }
        }
    }

    fn source(&mut self, world: &World, id: SourceId) {
        self.here.grow(world.snapshot.bound(Table::Sources));
        self.here.insert(id.index());
    }

    fn statement(&mut self, world: &World, id: StatementId) {
        for reference in world.snapshot.references_of_statement(id) {
            self.source(world, world.snapshot.reference(reference).source);
        }
    }

    fn observation(&mut self, world: &World, id: ObservationId) {
        for reference in world.snapshot.references_of_observation(id) {
            self.source(world, world.snapshot.reference(reference).source);
        }
    }

    /// Keeps what was noted of a world that is left.
    pub(super) fn leave(&mut self, world: &World) {
        let here = std::mem::take(&mut self.here);
        for id in here.ones().map(|id| SourceId(id as u32)) {
            let key = world.snapshot.text(world.snapshot.source(id).key).to_owned();
            self.others.entry(key).or_insert_with(|| csl(&world.snapshot, id));
        }
    }

    /// The bibliography, by key.
    pub(super) fn into_items(mut self, world: &World) -> Vec<Value> {
        self.leave(world);
        self.others.into_values().collect()
    }
}

/// How often a field was read, how many items it gave, and how long that took.
#[derive(Debug, Default, Clone)]
pub(super) struct Spent {
    reads: u64,
    rows: u64,
    time: Duration,
    note: Option<Value>,
}

/// Where the time went, by field of the plan.
#[derive(Debug, Default)]
pub(super) struct Trace {
    fields: FxHashMap<*const FieldPlan, Spent>,
}

impl Trace {
    pub(super) fn read(
        &mut self,
        field: &FieldPlan,
        began: Instant,
        rows: usize,
        note: Option<Value>,
    ) {
        let spent = self.fields.entry(std::ptr::from_ref(field)).or_default();
        spent.reads += 1;
        spent.rows += rows as u64;
        spent.time += began.elapsed();
        spent.note = note.or(spent.note.take());
    }

    /// The plan as a tree; `estimate` tells how many rows a field was expected to give.
    pub(super) fn tree(&self, plan: &Plan, estimate: &dyn Fn(&FieldPlan) -> u64) -> Value {
        self.set(plan, plan.root, estimate)
    }

    fn set(&self, plan: &Plan, set: SetId, estimate: &dyn Fn(&FieldPlan) -> u64) -> Value {
        let fields = plan.sets[set as usize].iter();
        let fields = fields.filter_map(|field| {
            let spent = self.fields.get(&std::ptr::from_ref(field))?;
            let mut told = json!({
                "field": field.response_key.as_str(),
                "reads": spent.reads,
                "milliseconds": (spent.time.as_secs_f64() * 1e6).round() / 1e3,
            });
            if field.list.is_some() || field.gives_rows() {
                told["estimatedRows"] = estimate(field).into();
                told["rows"] = spent.rows.into();
            }
            if let Some(note) = &spent.note {
                told["search"] = note.clone();
            }
            let below: Vec<Value> = match &field.children {
                Children::None => Vec::new(),
                Children::One(set) => vec![self.set(plan, *set, estimate)],
                Children::ByType(sets) => {
                    let mut seen: Vec<SetId> = sets.iter().map(|(_, set)| *set).collect();
                    seen.sort_unstable();
                    seen.dedup();
                    seen.into_iter().map(|set| self.set(plan, set, estimate)).collect()
                }
            };
            let below: Vec<Value> = below
                .into_iter()
                .flat_map(|fields| fields.as_array().cloned().unwrap_or_default())
                .collect();
            if !below.is_empty() {
                told["fields"] = below.into();
            }
            Some(told)
        });
        fields.collect()
    }
}
