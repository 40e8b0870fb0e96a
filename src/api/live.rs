//! Operations whose answers go on: subscriptions, over WebSocket and server-sent events.

use std::sync::Arc;

use async_graphql::{
    Data, Executor, Request, Response,
    futures_util::stream::{BoxStream, StreamExt},
};

use super::Engine;

/// An engine as async-graphql's protocols drive it.
#[derive(Debug, Clone)]
pub struct Live(Arc<Engine>);

impl Live {
    /// Drives an engine.
    pub fn new(engine: Arc<Engine>) -> Self {
        Self(engine)
    }
}

impl Executor for Live {
    async fn execute(&self, request: Request) -> Response {
        self.0.schema().execute(self.0.live(request)).await
    }

    fn execute_stream(
        &self,
        request: Request,
        session: Option<Arc<Data>>,
    ) -> BoxStream<'static, Response> {
        let request = self.0.live(request);
        self.0
            .schema()
            .execute_stream_with_session_data(request, session.unwrap_or_default())
            .boxed()
    }
}
