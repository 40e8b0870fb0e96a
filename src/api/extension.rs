//! Where async-graphql hands over: an extension that takes the validated document from it and
//! answers in place of its execution.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use async_graphql::{
    ErrorExtensionValues, Response, ServerError, ServerResult, ValidationResult, Variables,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextParseQuery, NextValidation,
    },
    parser::types::ExecutableDocument,
};

use crate::query::{Code, QueryError, World};

/// What a request has come to, shared by the engine and the extension.
#[derive(Debug, Default)]
pub(super) struct Progress {
    state: Mutex<State>,
    /// Whether plain execution is wanted, without a plan.
    without_plan: bool,
}

#[derive(Debug, Default)]
struct State {
    stage: Stage,
    document: Option<ExecutableDocument>,
}

/// How far a request came.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The document is not parsed.
    #[default]
    Parsing,
    /// The document is parsed and not validated.
    Validating,
    /// The document is valid.
    Valid,
    /// async-graphql executes it.
    Executing,
}

impl Stage {
    /// The code of an error at this stage.
    pub(super) fn code(self) -> Code {
        match self {
            Self::Parsing => Code::GraphqlParseFailed,
            Self::Validating => Code::GraphqlValidationFailed,
            Self::Valid => Code::OperationResolutionFailure,
            Self::Executing => Code::BadUserInput,
        }
    }
}

impl Progress {
    pub(super) fn new(without_plan: bool) -> Self {
        Self { without_plan, ..Self::default() }
    }

    fn update<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn stage(&self) -> Stage {
        self.update(|state| state.stage)
    }

    /// The validated document, if it is to be answered by a plan.
    pub(super) fn take_document(&self) -> Option<ExecutableDocument> {
        self.update(|state| {
            let is_valid = state.stage == Stage::Valid;
            state.document.take().filter(|_| is_valid)
        })
    }
}

/// Makes the extension for each request.
pub(super) struct HandOver {
    /// How deep selections may be nested.
    pub(super) depth: usize,
}

impl ExtensionFactory for HandOver {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self { depth: self.depth })
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for HandOver {
    async fn parse_query(
        &self,
        context: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(context, query, variables).await?;
        if let Ok(progress) = context.data::<Arc<Progress>>() {
            progress.update(|state| {
                state.document = Some(document.clone());
                state.stage = Stage::Validating;
            });
        }
        Ok(document)
    }

    async fn validation(
        &self,
        context: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let result = next.run(context).await?;
        if result.depth > self.depth {
            let message = format!(
                "the operation is {} levels deep, over the limit of {}: ask in several operations",
                result.depth, self.depth
            );
            let mut error = ServerError::new(message, None);
            let mut extensions = ErrorExtensionValues::default();
            extensions.set("code", Code::QueryTooComplex.name());
            error.extensions = Some(extensions);
            return Err(vec![error]);
        }
        if let Ok(progress) = context.data::<Arc<Progress>>() {
            progress.update(|state| {
                state.stage = Stage::Valid;
            });
        }
        Ok(result)
    }

    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let Ok(progress) = context.data::<Arc<Progress>>() else {
            return next.run(context, operation_name).await;
        };
        let Ok(world) = context.data::<Arc<World>>() else {
            return next.run(context, operation_name).await;
        };
        let catalog = &*world.catalog;
        let is_planned = !progress.without_plan
            && progress.update(|state| {
                let document = state.document.as_ref();
                document.is_some_and(|document| {
                    crate::query::Operation::find(document, operation_name)
                        .is_ok_and(|operation| operation.is_plannable(catalog))
                })
            });
        if is_planned {
            // The engine goes on with the document.
            return Response::default();
        }
        progress.update(|state| state.stage = Stage::Executing);
        next.run(context, operation_name).await
    }
}

/// How many items lists may still give in one answer of async-graphql's own execution, which knows no
/// plan whose size could be told before.
#[derive(Debug)]
pub(super) struct Budget {
    limit: u64,
    left: AtomicU64,
}

impl Budget {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, left: AtomicU64::new(limit) }
    }

    /// Begins the next answer of an operation that goes on.
    pub(super) fn renew(&self) {
        self.left.store(self.limit, Ordering::Relaxed);
    }

    /// Takes room for the items of a list.
    pub(super) fn take(&self, items: usize) -> Result<(), QueryError> {
        let items = items as u64;
        let take = |left: u64| left.checked_sub(items);
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        taken.map(drop).map_err(|_| {
            let message = format!(
                "the answer has more than {} items: ask for fewer rows with `first`, or in several operations",
                self.limit
            );
            QueryError::new(Code::QueryTooComplex, message)
        })
    }
}
