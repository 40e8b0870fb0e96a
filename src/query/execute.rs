//! Walks a plan over the graph and writes the answer's bytes. Nothing is built on the way: a field
//! is read and written at once, an error cuts the bytes back to the nearest place that may be null.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Arena, Args, Coerced, Item, Items, Plan, QueryError, Resolved, View, World,
    args::OrderBy,
    arguments::bind,
    catalog::Read,
    error::{Code, PathSegment},
    input::coerce_arguments,
    json::{write_float, write_interned, write_string},
    observe::{Cited, Trace, Wants},
    page::{identity, write_opaque},
    plan::{Children, FieldPlan, SetId},
    resolve,
};
use crate::analytics::{Cut, paths::Mode};

/// What one request may ask for.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most fields that an answer may be estimated to have.
    pub complexity: u64,
    /// The longest an answer may take.
    pub time: Duration,
}

/// A finished answer: the text of the response up to `data`, and what went wrong.
#[derive(Debug)]
pub struct Answer {
    /// The bytes of a response with `data` and without an end: `{"data":` and an object or `null`.
    pub response: Vec<u8>,
    /// The errors of fields, in the order in which they were met.
    pub errors: Vec<QueryError>,
    /// The fields whose searches were cut off, and why.
    pub truncated: Vec<(Vec<PathSegment>, Cut)>,
    /// The sources of the facts that were used, as CSL-JSON, if they are wanted.
    pub citations: Option<Vec<serde_json::Value>>,
    /// The plan, with rows and times, if it is wanted.
    pub plan: Option<serde_json::Value>,
}

/// A plan with its arguments' values.
#[derive(Debug)]
pub struct Bound {
    plan: Arc<Plan>,
    variables: Arc<Coerced>,
    args: Vec<Result<Args, QueryError>>,
}

const DATA: &[u8] = b"{\"data\":";

impl Bound {
    /// Gives the plan's arguments their values: coerces them, looks up what they name, compiles
    /// filters.
    pub fn new(world: &World, plan: Arc<Plan>, variables: Coerced) -> Self {
        Self::with(world, plan, Arc::new(variables))
    }

    /// The same plan and variables, bound over another world.
    #[must_use]
    pub fn over(&self, world: &World) -> Self {
        Self::with(world, Arc::clone(&self.plan), Arc::clone(&self.variables))
    }

    fn with(world: &World, plan: Arc<Plan>, variables: Arc<Coerced>) -> Self {
        let args = plan
            .arguments
            .iter()
            .map(|given| {
                let field = &world.catalog.fields(given.parent)[given.field];
                let value = |name: &str| {
                    given.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
                };
                let values = coerce_arguments(&world.catalog, &field.args, value, &variables)?;
                bind(world, field, &values)
            })
            .collect();
        Self { plan, variables, args }
    }

    /// How many fields the answer may have at most: each field counts one, and the fields below a
    /// list count once for each item that the list can have.
    pub fn complexity(&self, world: &World) -> u64 {
        let mut known = HashMap::new();
        self.set_cost(world, self.plan.root, 1, &mut known)
    }

    fn set_cost(
        &self,
        world: &World,
        set: SetId,
        rows: u64,
        known: &mut HashMap<(SetId, u64), u64>,
    ) -> u64 {
        if let Some(cost) = known.get(&(set, rows)) {
            return *cost;
        }
        let mut cost = 0u64;
        for field in &self.plan.sets[set as usize] {
            let (times, rows_below) = self.items(world, field, rows);
            let below = match &field.children {
                Children::None => 0,
                Children::One(set) => self.set_cost(world, *set, rows_below, known),
                Children::ByType(sets) => sets
                    .iter()
                    .map(|(_, set)| self.set_cost(world, *set, rows_below, known))
                    .max()
                    .unwrap_or(0),
            };
            cost = cost.saturating_add(1).saturating_add(times.saturating_mul(below));
        }
        known.insert((set, rows), cost);
        cost
    }

    /// How often the fields below one are read, and how many rows the connection below has.
    fn items(&self, world: &World, field: &FieldPlan, rows: u64) -> (u64, u64) {
        let snapshot = &world.snapshot;
        let args = field.arguments.map(|index| &self.args[index as usize]);
        let ontology = snapshot.ontology();
        match (field.read, args) {
            (read, Some(Ok(Args::Rows(args)))) => {
                let possible = match read {
                    Read::Entities(Some(kind)) => snapshot.of_kind(kind).len(),
                    Read::Entities(None) => snapshot.entity_count(),
                    Read::Statements | Read::StatementsFrom | Read::StatementsDuring => {
                        snapshot.statement_count()
                    }
                    Read::Observations
                    | Read::ObservationsOf
                    | Read::ObservationsFrom
                    | Read::ObservationsDuring => snapshot.observation_count(),
                    Read::Sources | Read::SourcesOf => snapshot.source_count(),
                    Read::Related(slot) => {
                        let relation = &world.catalog.relations[usize::from(slot)];
                        snapshot.greatest_degree(Some(relation.predicate), relation.direction)
                    }
                    _ => snapshot.greatest_degree(None, args.direction),
                };
                (1, u64::from(args.page.limit()).min(possible as u64))
            }
            (Read::PageNodes | Read::PageEdges, _) => (rows, 1),
            (Read::Neighborhood, Some(Ok(Args::Neighborhood(args)))) => {
                (1, (args.limit as u64).min(snapshot.entity_count() as u64))
            }
            (Read::Connections, Some(Ok(Args::Connections(args)))) => {
                let most = args.keys.len() * args.max_length;
                (1, (most as u64).min(snapshot.entity_count() as u64))
            }
            (Read::Aggregate, Some(Ok(Args::Aggregate(args)))) => {
                let most = if args.by.is_empty() { 1 } else { snapshot.entity_count() / 4 + 1 };
                (args.first.min(most) as u64, 1)
            }
            (Read::Match, Some(Ok(Args::Match(args)))) => (1, args.first as u64),
            (Read::Series, Some(Ok(Args::Series(args)))) => (args.of.len() as u64, 1),
            (Read::Conflicts, Some(Ok(Args::Conflicts(args)))) => {
                let some = args.of.as_ref().map_or(snapshot.entity_count() / 10, Vec::len);
                (1 + some as u64, 1)
            }
            (Read::Paths, Some(Ok(Args::Paths(args)))) => (args.first as u64, 1),
            (Read::SubgraphNodes, _) => (rows, 1),
            // Statements between n entities: as many as there are on the average, and some more.
            (Read::SubgraphEdges, _) => {
                (rows.saturating_mul(4).min(snapshot.statement_count() as u64), 1)
            }
            (Read::Search | Read::Suggest, Some(Ok(Args::Search(args)))) => (args.first as u64, 1),
            (Read::FullText, Some(Ok(Args::Search(args)))) => (1, args.first as u64),
            (Read::Nodes, Some(Ok(Args::Ids(ids)))) => (ids.len() as u64, 1),
            (Read::KindInfos, _) => (ontology.kinds.len() as u64, 1),
            (Read::PredicateInfos, _) => (ontology.predicates.len() as u64, 1),
            (Read::Examples, _) => (snapshot.dataset().examples.len() as u64, 1),
            (Read::MetricInfos, _) => (ontology.metrics.len() as u64, 1),
            (Read::Cell(_), _) if field.list.is_some() => (rows.max(3), 1),
            (_, _) if field.list.is_some() => (3, 1),
            _ => (1, rows),
        }
    }

    /// Whether the answer may take long whatever its size: it searches a large graph, or measures it.
    pub fn is_search(&self, world: &World) -> bool {
        let is_large = world.snapshot.statement_count() > 10_000;
        let is_search = |field: &FieldPlan| {
            matches!(
                field.read,
                Read::Paths
                    | Read::Connections
                    | Read::Conflicts
                    | Read::PageRank
                    | Read::Measure(_)
                    | Read::Similar
                    | Read::Aggregate
            )
        };
        let looks_far = |args: &Result<Args, QueryError>| match args {
            Ok(Args::Rows(args)) => {
                is_large && args.order.iter().any(|order| matches!(order.by, OrderBy::Measure(_)))
            }
            // There are more ways and matches than statements, also in a small graph.
            Ok(Args::Match(_)) => true,
            Ok(Args::Paths(args)) => matches!(args.mode, Mode::Simple | Mode::KShortest),
            // As many statements as so many entities have on the average, and those of one that has most.
            Ok(Args::Neighborhood(args)) => {
                let snapshot = &world.snapshot;
                let each = 2 * snapshot.statement_count() / snapshot.entity_count().max(1) + 1;
                let most = snapshot.greatest_degree(None, args.direction);
                args.limit.min(snapshot.entity_count()) * each + most > 1_000_000
            }
            _ => false,
        };
        (is_large && self.plan.sets.iter().flatten().any(is_search))
            || self.args.iter().any(looks_far)
    }

    /// The past revisions that the plan asks for, seen from a world.
    pub fn past_revisions(&self, world: &World) -> Vec<u32> {
        let mut revisions: Vec<u32> = self
            .args
            .iter()
            .filter_map(|args| match args {
                Ok(Args::View(view)) => view.past_revision(world),
                _ => None,
            })
            .collect();
        revisions.sort_unstable();
        revisions.dedup();
        revisions
    }

    /// Writes the answer. `past` has the worlds of [`Self::past_revisions`].
    pub fn execute(&self, world: &World, past: &Past, limits: &Limits, wants: Wants) -> Answer {
        let deadline = Instant::now() + limits.time;
        let mut execution = Execution {
            world,
            bound: self,
            past,
            out: Vec::with_capacity(1024),
            buffer: Vec::new(),
            arena: Arena { deadline: Some(deadline), is_traced: wants.plan, ..Arena::default() },
            cited: wants.citations.then(Cited::default),
            trace: wants.plan.then(Trace::default),
            errors: Vec::new(),
            truncated: Vec::new(),
            deadline,
            until_clock: CLOCK_EVERY,
        };
        execution.out.extend_from_slice(DATA);
        let root = execution.object(self.plan.root, Item::Query, &View::WHOLE, None);
        let Execution { mut out, mut errors, truncated, cited, trace, .. } = execution;
        let citations = cited.map(|cited| cited.into_items(world));
        let plan = trace.map(|trace| {
            trace.tree(&self.plan, &|field| {
                let (times, rows) = self.items(world, field, 1);
                times.max(rows)
            })
        });
        match root {
            Ok(()) => {}
            Err(Halt::Null) => {
                out.truncate(DATA.len());
                out.extend_from_slice(b"null");
            }
            Err(Halt::Timeout) => {
                out.truncate(DATA.len());
                out.extend_from_slice(b"null");
                errors = vec![QueryError::new(
                    Code::Timeout,
                    format!(
                        "the answer took longer than the limit of {} ms: ask for fewer rows or a shallower selection",
                        limits.time.as_millis()
                    ),
                )];
            }
        }
        Answer { response: out, errors, truncated, citations, plan }
    }
}

/// Worlds of past revisions, with the plan bound to each: names and keys may mean something else there.
#[derive(Debug, Default)]
pub struct Past(Vec<(u32, Arc<World>, Bound)>);

impl Past {
    /// Whether the world of a revision is there.
    pub fn has(&self, revision: u32) -> bool {
        self.0.iter().any(|(known, _, _)| *known == revision)
    }

    /// Adds a world and the plan bound to it.
    pub fn add(&mut self, world: Arc<World>, bound: Bound) {
        self.0.push((world.snapshot.revision(), world, bound));
    }
}

/// How many objects are written between two looks at the clock.
const CLOCK_EVERY: u32 = 512;

/// Why writing stopped.
enum Halt {
    /// A value that must not be null has an error: the nearest value around it that may be null is.
    Null,
    /// The time is over.
    Timeout,
}

/// The way to a value, from the inside out; turned into a path only when there is an error.
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    segment: Segment<'p>,
}

enum Segment<'p> {
    Key(&'p str),
    Index(usize),
}

impl Path<'_> {
    fn to_vec(&self) -> Vec<PathSegment> {
        let mut path = self.parent.map_or_else(Vec::new, Path::to_vec);
        path.push(match self.segment {
            Segment::Key(key) => PathSegment::Key(key.to_owned()),
            Segment::Index(index) => PathSegment::Index(index),
        });
        path
    }
}

struct Execution<'e> {
    world: &'e World,
    bound: &'e Bound,
    past: &'e Past,
    out: Vec<u8>,
    buffer: Vec<u8>,
    arena: Arena,
    errors: Vec<QueryError>,
    truncated: Vec<(Vec<PathSegment>, Cut)>,
    cited: Option<Cited>,
    trace: Option<Trace>,
    deadline: Instant,
    until_clock: u32,
}

impl<'e> Execution<'e> {
    fn object(
        &mut self,
        set: SetId,
        item: Item,
        view: &View,
        path: Option<&Path<'_>>,
    ) -> Result<(), Halt> {
        self.until_clock -= 1;
        if self.until_clock == 0 {
            self.until_clock = CLOCK_EVERY;
            if Instant::now() >= self.deadline {
                return Err(Halt::Timeout);
            }
        }
        let bound = self.bound;
        let fields = &bound.plan.sets[set as usize];
        if let Some(cited) = &mut self.cited {
            cited.item(self.world, view, &mut self.arena, item);
        }
        self.out.push(b'{');
        let mut skip = 1; // the comma of the first key
        for field in fields {
            self.out.extend_from_slice(&field.key[skip..]);
            skip = 0;
            self.field(field, item, view, path)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn field(
        &mut self,
        field: &'e FieldPlan,
        item: Item,
        view: &View,
        parent: Option<&Path<'_>>,
    ) -> Result<(), Halt> {
        let start = self.out.len();
        let path = Path { parent, segment: Segment::Key(&field.response_key) };
        match self.read(field, item, view, &path) {
            Err(Halt::Null) if field.is_nullable => {
                self.out.truncate(start);
                self.out.extend_from_slice(b"null");
                Ok(())
            }
            other => other,
        }
    }

    fn read(
        &mut self,
        field: &'e FieldPlan,
        item: Item,
        view: &View,
        path: &Path<'_>,
    ) -> Result<(), Halt> {
        let bound = self.bound;
        let args = match field.arguments.map(|index| &bound.args[index as usize]) {
            None => &Args::None,
            Some(Ok(args)) => args,
            Some(Err(error)) => return Err(self.fail(error.clone(), field, path)),
        };
        if field.read == Read::TypeName {
            write_string(&field.type_name, &mut self.out);
            return Ok(());
        }
        let began = self.trace.as_ref().map(|_| Instant::now());
        let mark = self.arena.mark();
        let resolved = match resolve(self.world, view, &mut self.arena, item, field.read, args) {
            Ok(resolved) => resolved,
            Err(error) => return Err(self.fail(error, field, path)),
        };
        if let Some(cut) = self.arena.cut.take() {
            self.truncated.push((path.to_vec(), cut));
        }
        if let Some(cited) = &mut self.cited {
            if let (Read::Aggregate, Item::Page(page)) = (field.read, item) {
                cited.rows(self.world, view, &mut self.arena, page, 0..page.total);
            }
            let made = mark.cells()..self.arena.cells.len();
            cited.cells(self.world, view, &mut self.arena, made);
        }
        let rows = match &resolved {
            Resolved::Items(items) => items.len(self.world),
            Resolved::Item(Item::Page(page)) => (page.end - page.start) as usize,
            Resolved::Item(Item::Subgraph(part)) => part.nodes.1 as usize,
            _ => 1,
        };
        let note = self.arena.note.take();
        let written = match resolved {
            Resolved::Items(items) => self.list(field, items, view, path),
            resolved => self.value(field, resolved, field.is_nullable, view, path),
        };
        self.arena.reset(mark);
        if let (Some(trace), Some(began)) = (&mut self.trace, began) {
            trace.read(field, began, rows, note);
        }
        written
    }

    fn fail(&mut self, error: QueryError, field: &FieldPlan, path: &Path<'_>) -> Halt {
        let mut error = error.at(field.position);
        error.path = path.to_vec();
        self.errors.push(error);
        Halt::Null
    }

    fn list(
        &mut self,
        field: &'e FieldPlan,
        items: Items,
        view: &View,
        path: &Path<'_>,
    ) -> Result<(), Halt> {
        let items_are_nullable = field.list.unwrap_or(true);
        if let Some(cited) = &mut self.cited {
            cited.list(self.world, view, &mut self.arena, items);
        }
        self.out.push(b'[');
        for index in 0..items.len(self.world) {
            if index > 0 {
                self.out.push(b',');
            }
            let start = self.out.len();
            let item = items.get(self.world, &self.arena, index);
            let at = Path { parent: Some(path), segment: Segment::Index(index) };
            match self.value(field, item, items_are_nullable, view, &at) {
                Err(Halt::Null) if items_are_nullable => {
                    self.out.truncate(start);
                    self.out.extend_from_slice(b"null");
                }
                other => other?,
            }
        }
        self.out.push(b']');
        Ok(())
    }

    fn value(
        &mut self,
        field: &'e FieldPlan,
        value: Resolved<'_>,
        is_nullable: bool,
        view: &View,
        path: &Path<'_>,
    ) -> Result<(), Halt> {
        let out = &mut self.out;
        match value {
            Resolved::Null if is_nullable => out.extend_from_slice(b"null"),
            Resolved::Null => {
                let message = "this field has no value here, though its type says it has";
                let error = QueryError::new(Code::BadUserInput, message);
                return Err(self.fail(error, field, path));
            }
            Resolved::Boolean(true) => out.extend_from_slice(b"true"),
            Resolved::Boolean(false) => out.extend_from_slice(b"false"),
            Resolved::Text(id) => write_interned(self.world.snapshot.strings(), id, out),
            Resolved::Name(name) => {
                // Names of GraphQL have no character that needs an escape.
                out.push(b'"');
                out.extend_from_slice(name.as_bytes());
                out.push(b'"');
            }
            Resolved::Str(text) => write_string(text, out),
            Resolved::Shared(text) => write_string(&text, out),
            Resolved::Float(number) => write_float(number, out),
            // Writing to a vector cannot fail; digits, dates and moments need no escape.
            Resolved::Int(number) => drop(write!(out, "{number}")),
            Resolved::Decimal(number) => drop(write!(out, "\"{number}\"")),
            Resolved::Date(period) => drop(write!(out, "\"{period}\"")),
            Resolved::DateTime(moment) => drop(write!(out, "\"{moment}\"")),
            Resolved::Id(item) => self.opaque(item, true),
            Resolved::Cursor(row) => self.opaque(row.identity(), false),
            Resolved::Item(item) => return self.child(field, item, view, path),
            Resolved::Narrowed(view) => return self.narrowed(field, &view, path),
            // Lists of lists do not occur.
            Resolved::Items(_) => out.extend_from_slice(b"[]"),
        }
        Ok(())
    }

    /// Writes a global id, or with no prefix a cursor.
    fn opaque(&mut self, item: Item, with_prefix: bool) {
        let (prefix, key) = identity(self.world, item);
        let prefix = if with_prefix { prefix } else { "" };
        let key = self.world.snapshot.text(key);
        self.out.push(b'"');
        write_opaque(prefix, key, &mut self.buffer, &mut self.out);
        self.out.push(b'"');
    }

    /// Goes on at the root, in a view, and if the view is of the past, in the world of its revision.
    fn narrowed(&mut self, field: &'e FieldPlan, view: &View, path: &Path<'_>) -> Result<(), Halt> {
        let wanted = view.past_revision(self.world);
        let found = self.past.0.iter().find(|(revision, _, _)| Some(*revision) == wanted);
        let (Some((_, world, bound)), Some(_)) = (found, wanted) else {
            return self.child(field, Item::Query, view, path);
        };
        let here =
            (std::mem::replace(&mut self.world, world), std::mem::replace(&mut self.bound, bound));
        if let Some(cited) = &mut self.cited {
            cited.leave(here.0);
        }
        let written = self.child(field, Item::Query, view, path);
        if let Some(cited) = &mut self.cited {
            cited.leave(self.world);
        }
        (self.world, self.bound) = here;
        written
    }

    fn child(
        &mut self,
        field: &'e FieldPlan,
        item: Item,
        view: &View,
        path: &Path<'_>,
    ) -> Result<(), Halt> {
        let set = match &field.children {
            Children::One(set) => Some(*set),
            Children::ByType(sets) => {
                let ty = item.type_id(self.world);
                sets.iter().find(|(known, _)| *known == ty).map(|(_, set)| *set)
            }
            Children::None => None,
        };
        match set {
            Some(set) => self.object(set, item, view, Some(path)),
            // Every field of it is skipped.
            None => {
                self.out.extend_from_slice(b"{}");
                Ok(())
            }
        }
    }
}
