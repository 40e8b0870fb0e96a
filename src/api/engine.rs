//! From a request to an answer.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_graphql::{
    Name, Request, Value as ConstValue,
    dynamic::{Schema, SchemaError},
    parser::types::{ExecutableDocument, OperationType},
};
use quick_cache::{Weighter, sync::Cache};

use super::{
    errors::{from_server, write_errors},
    extension::{Budget, HandOver, Progress, Stage},
    schema::build,
    worlds::Worlds,
};
use crate::{
    commit::{Published, Store},
    query::{
        Answer, Bound, Catalog, Code, Coerced, Limits, Operation, Past, PathSegment, Plan,
        QueryError, Wants, World, coerce_variables, definitions,
    },
};

/// What the engine allows.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How deep selections may be nested.
    pub depth: usize,
    /// How many fields an answer may be estimated to have.
    pub complexity: u64,
    /// How long an answer may take.
    pub time: Duration,
    /// How many bytes of documents are kept with their plans.
    pub cache_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            depth: 32,
            complexity: 1_000_000,
            time: Duration::from_secs(10),
            cache_bytes: 8 << 20,
        }
    }
}

/// What became of a request: what an HTTP status rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was executed; there may be errors of fields.
    Executed,
    /// It was not executed: it does not parse, is not valid, or asks for too much.
    Refused,
    /// It was not executed, as it is a mutation that came by GET.
    NotByGet,
}

/// An answer and its bytes.
#[derive(Debug)]
pub struct Reply {
    /// What became of the request.
    pub outcome: Outcome,
    /// The response as JSON.
    pub body: Vec<u8>,
}

/// Answers GraphQL requests over the revisions of a graph.
pub struct Engine {
    worlds: Arc<Worlds>,
    schema: Schema,
    documents: Cache<Arc<str>, Arc<Document>, DocumentWeighter>,
    options: Options,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("options", &self.options).finish_non_exhaustive()
    }
}

/// A validated document and the plans made of it.
struct Document {
    ast: ExecutableDocument,
    plans: Mutex<Vec<(PlanKey, Arc<Plan>)>>,
}

/// What a plan holds for: an operation, and the values of the variables of its conditions.
type PlanKey = (Option<String>, Vec<(Name, Option<ConstValue>)>);

/// Plans are kept for at most so many conditions of one document; more are made anew.
const PLANS_PER_DOCUMENT: usize = 32;

/// Answers that are estimated to have more fields than this leave the async threads to others. A
/// field takes some 50 ns, and most answers are far shorter than their estimate; handing one to
/// another thread takes as long as some hundred fields.
const LONG: u64 = 100_000;

#[derive(Clone)]
struct DocumentWeighter;

impl Weighter<Arc<str>, Arc<Document>> for DocumentWeighter {
    fn weight(&self, text: &Arc<str>, _: &Arc<Document>) -> u64 {
        // The parsed document and its plans take some twenty times the text.
        20 * text.len() as u64 + 1024
    }
}

impl Engine {
    /// An engine over one world, which nobody can change.
    ///
    /// # Errors
    /// If the ontology asks for a schema that GraphQL does not allow.
    pub fn new(world: &World, options: Options) -> Result<Self, SchemaError> {
        let published = Published { snapshot: world.snapshot.clone(), names: world.names.clone() };
        Self::over(Store::fixed(published, "it is served as it is"), options)
    }

    /// An engine over a store.
    ///
    /// # Errors
    /// If the ontology asks for a schema that GraphQL does not allow.
    pub fn over(store: Store, options: Options) -> Result<Self, SchemaError> {
        let catalog = Arc::new(definitions::catalog(store.current().snapshot.ontology()));
        let worlds = Arc::new(Worlds::new(store, catalog));
        let schema = build(worlds.catalog())
            .extension(HandOver { depth: options.depth })
            .limit_recursive_depth(options.depth.max(64))
            .data(Arc::clone(&worlds))
            .finish()?;
        let documents = (options.cache_bytes / 2048).max(16) as usize;
        let documents = Cache::with_weighter(documents, options.cache_bytes, DocumentWeighter);
        Ok(Self { worlds, schema, documents, options })
    }

    /// The world that a request is answered from now.
    pub fn world(&self) -> Arc<World> {
        self.worlds.current()
    }

    pub(super) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// What a request of an operation that goes on carries with it.
    pub(super) fn live(&self, request: Request) -> Request {
        let budget = Arc::new(Budget::new(self.options.complexity));
        request.data(self.world()).data(budget)
    }

    /// The store behind the worlds.
    pub fn store(&self) -> &Store {
        self.worlds.store()
    }

    /// Answers a request; `by_get` refuses what changes something.
    pub async fn execute(&self, request: Request, by_get: bool) -> Reply {
        if let Some(document) = self.documents.get(request.query.as_str()) {
            let world = self.worlds.current();
            if let Some(bound) = self.prepare(&world, &document, &request).ok().flatten() {
                return self.run(world, bound, wants(&request)).await;
            }
        }
        self.validate_and_run(request, by_get, false).await
    }

    /// Answers a request by async-graphql's own execution, without a plan: what the plan is
    /// measured against.
    pub async fn execute_without_plan(&self, request: Request) -> Reply {
        self.validate_and_run(request, false, true).await
    }

    async fn validate_and_run(&self, request: Request, by_get: bool, without_plan: bool) -> Reply {
        let progress = Arc::new(Progress::new(without_plan));
        let text: Arc<str> = request.query.as_str().into();
        let operation_name = request.operation_name.clone();
        let variables = request.variables.clone();
        let wants = wants(&request);
        if by_get && operation_type(&request).is_some_and(|ty| ty != OperationType::Query) {
            let error =
                QueryError::new(Code::BadRequest, "only queries can be sent by GET: use POST");
            return Reply { outcome: Outcome::NotByGet, body: refusal(&[error]) };
        }
        let world = self.worlds.current();
        let budget = Arc::new(Budget::new(self.options.complexity));
        let sent = request.data(Arc::clone(&progress)).data(Arc::clone(&world)).data(budget);
        let response = self.schema.execute(sent).await;
        let stage = progress.stage();
        if let Some(ast) = progress.take_document()
            && response.errors.is_empty()
        {
            let document = Arc::new(Document { ast, plans: Mutex::default() });
            let mut request = Request::new(String::new()).variables(variables);
            request.operation_name = operation_name;
            return match self.prepare(&world, &document, &request) {
                Ok(Some(prepared)) => {
                    self.documents.insert(text, document);
                    self.run(world, prepared, wants).await
                }
                Ok(None) => refuse(&QueryError::new(
                    Code::OperationResolutionFailure,
                    "this operation cannot be executed here",
                )),
                Err(error) => refuse(&error),
            };
        }
        let errors: Vec<QueryError> =
            response.errors.iter().map(|error| from_server(error, stage.code())).collect();
        if stage != Stage::Executing {
            return Reply { outcome: Outcome::Refused, body: refusal(&errors) };
        }
        let mut body = b"{\"data\":".to_vec();
        // A value of GraphQL is JSON, and writing to a vector cannot fail.
        let _ = serde_json::to_writer(&mut body, &response.data);
        Reply { outcome: Outcome::Executed, body: finish(body, &errors, &Extensions::new()) }
    }

    /// Finds or makes the plan and binds it; `None` if the operation is not one for a plan.
    fn prepare(
        &self,
        world: &World,
        document: &Document,
        request: &Request,
    ) -> Result<Option<Bound>, QueryError> {
        let name = request.operation_name.as_deref();
        let operation = Operation::find(&document.ast, name)?;
        if !operation.is_plannable(&world.catalog) {
            return Ok(None);
        }
        let catalog = &world.catalog;
        let variables = coerce_variables(catalog, operation.definition, &request.variables)?;
        let plan = self.plan(catalog, document, operation, name, &variables)?;
        let bound = Bound::new(world, plan, variables);
        let complexity = bound.complexity(world);
        if complexity > self.options.complexity {
            return Err(QueryError::new(
                Code::QueryTooComplex,
                format!(
                    "the answer may have {complexity} fields, over the limit of {}: ask for fewer rows with `first`, or in several queries",
                    self.options.complexity
                ),
            ));
        }
        Ok(Some(bound))
    }

    fn plan(
        &self,
        catalog: &Catalog,
        document: &Document,
        operation: Operation<'_>,
        name: Option<&str>,
        variables: &Coerced,
    ) -> Result<Arc<Plan>, QueryError> {
        let conditions = operation
            .condition_variables()
            .into_iter()
            .map(|name| {
                let value = variables.get(&name).cloned();
                (name, value)
            })
            .collect();
        let key: PlanKey = (name.map(ToOwned::to_owned), conditions);
        let plans = || document.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = plans().iter().find(|(known, _)| *known == key) {
            return Ok(Arc::clone(plan));
        }
        let plan = Arc::new(Plan::compile(catalog, operation, variables)?);
        let mut plans = plans();
        if plans.len() < PLANS_PER_DOCUMENT {
            plans.push((key, Arc::clone(&plan)));
        }
        Ok(plan)
    }

    async fn run(&self, world: Arc<World>, bound: Bound, wants: Wants) -> Reply {
        let mut past = Past::default();
        if let Err(error) = self.fetch(&world, &bound, &mut past).await {
            return refuse(&error);
        }
        let limits = Limits { complexity: self.options.complexity, time: self.options.time };
        let is_short = bound.complexity(&world) < LONG && !bound.is_search(&world);
        let answer = if is_short {
            bound.execute(&world, &past, &limits, wants)
        } else {
            let work = move || bound.execute(&world, &past, &limits, wants);
            match tokio::task::spawn_blocking(work).await {
                Ok(answer) => answer,
                Err(error) => std::panic::resume_unwind(error.into_panic()),
            }
        };
        Reply { outcome: Outcome::Executed, body: finish_answer(answer) }
    }

    /// Fetches the past worlds that a plan asks for, and those that it asks for in them.
    async fn fetch(&self, world: &World, bound: &Bound, past: &mut Past) -> Result<(), QueryError> {
        let mut wanted = bound.past_revisions(world);
        while let Some(revision) = wanted.pop() {
            if !past.has(revision) {
                let world = self.worlds.at(revision).await?;
                let bound = bound.over(&world);
                wanted.extend(bound.past_revisions(&world));
                past.add(world, bound);
            }
        }
        Ok(())
    }
}

type Extensions = serde_json::Map<String, serde_json::Value>;

/// Ends a response that was written up to its data.
fn finish(mut body: Vec<u8>, errors: &[QueryError], extensions: &Extensions) -> Vec<u8> {
    if !errors.is_empty() {
        body.push(b',');
        write_errors(errors, &mut body);
    }
    if !extensions.is_empty() {
        body.extend_from_slice(b",\"extensions\":");
        // A map of texts is JSON, and writing to a vector cannot fail.
        let _ = serde_json::to_writer(&mut body, extensions);
    }
    body.push(b'}');
    body
}

/// What the request's extensions ask for.
fn wants(request: &Request) -> Wants {
    let is_set = |name: &str| request.extensions.get(name) == Some(&ConstValue::Boolean(true));
    Wants { citations: is_set("citations"), plan: is_set("plan") }
}

/// Ends an answer of a plan, with what is to be said beside its data.
fn finish_answer(answer: Answer) -> Vec<u8> {
    let mut extensions = Extensions::new();
    if !answer.truncated.is_empty() {
        let told = answer.truncated.iter().map(
            |(path, cut)| serde_json::json!({ "path": path_value(path), "reason": cut.reason() }),
        );
        extensions.insert("truncated".to_owned(), told.collect());
    }
    if let Some(citations) = answer.citations {
        extensions.insert("citations".to_owned(), citations.into());
    }
    if let Some(plan) = answer.plan {
        extensions.insert("plan".to_owned(), plan);
    }
    finish(answer.response, &answer.errors, &extensions)
}

fn path_value(path: &[PathSegment]) -> serde_json::Value {
    path.iter()
        .map(|segment| match segment {
            PathSegment::Key(key) => serde_json::Value::from(key.as_str()),
            PathSegment::Index(index) => serde_json::Value::from(*index),
        })
        .collect()
}

/// A response without data.
fn refusal(errors: &[QueryError]) -> Vec<u8> {
    let mut body = vec![b'{'];
    write_errors(errors, &mut body);
    body.push(b'}');
    body
}

fn refuse(error: &QueryError) -> Reply {
    Reply { outcome: Outcome::Refused, body: refusal(std::slice::from_ref(error)) }
}

/// What sort of operation a request asks for. What does not parse is none: validation will say why.
pub(crate) fn operation_type(request: &Request) -> Option<OperationType> {
    let document = async_graphql::parser::parse_query(&request.query).ok()?;
    let operation = Operation::find(&document, request.operation_name.as_deref()).ok()?;
    Some(operation.definition.ty)
}
