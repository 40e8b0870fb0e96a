//! Answers that go on: `graphql-transport-ws` over WebSocket, and GraphQL over server-sent events in its
//! "distinct connections mode" (<https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>).

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_graphql::{
    Executor, Response as GraphqlResponse,
    futures_util::stream::{self, StreamExt},
    http::ALL_WEBSOCKET_PROTOCOLS,
};
use async_graphql_axum::{GraphQLProtocol, GraphQLWebSocket};
use axum::{
    extract::{FromRequestParts, Request, WebSocketUpgrade},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response, Sse, sse::Event},
};

use tokio::sync::watch;

use super::Stopping;
use crate::api::{Engine, Live};

/// How often a silent stream says that it is there, so that nobody on the way gives it up.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// What tells when the server stops, as the router put it into a request.
pub(super) fn stopping(request: &Request) -> Stopping {
    let known = request.extensions().get::<Stopping>().cloned();
    known.unwrap_or_else(|| watch::channel(false).1)
}

/// Whether a client asks for server-sent events.
pub(super) fn wants_events(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

/// Whether a client asks for a WebSocket.
pub(super) fn is_upgrade(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|upgrade| upgrade.eq_ignore_ascii_case("websocket"))
}

/// Answers each operation that a client sends over a WebSocket.
pub(super) async fn socket(engine: Arc<Engine>, request: Request) -> Response {
    let mut stopping = stopping(&request);
    let (mut parts, _) = request.into_parts();
    let Ok(protocol) = GraphQLProtocol::from_request_parts(&mut parts, &()).await else {
        let message =
            "the WebSocket protocol is missing or not known, expected graphql-transport-ws\n";
        return (StatusCode::BAD_REQUEST, message).into_response();
    };
    match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        Ok(upgrade) => {
            upgrade.protocols(ALL_WEBSOCKET_PROTOCOLS).on_upgrade(move |socket| async move {
                let serving = GraphQLWebSocket::new(socket, Live::new(engine), protocol)
                    .keepalive_timeout(KEEP_ALIVE * 5)
                    .serve();
                tokio::select! {
                    () = serving => {}
                    _ = stopping.wait_for(|is_stopping| *is_stopping) => {}
                }
            })
        }
        Err(refused) => refused.into_response(),
    }
}

/// Answers an operation by events: `next` for each answer, then `complete`.
pub(super) fn events(
    engine: Arc<Engine>,
    request: async_graphql::Request,
    mut stopping: Stopping,
) -> Response {
    let stop = async move {
        // If nobody can say it any more, the server is gone.
        let _ = stopping.wait_for(|is_stopping| *is_stopping).await;
    };
    let answers = Live::new(engine).execute_stream(request, None).map(|answer: GraphqlResponse| {
        // A response is JSON of strings, numbers and lists.
        let data = serde_json::to_string(&answer).unwrap_or_default();
        Event::default().event("next").data(data)
    });
    let end = stream::once(async { Event::default().event("complete").data("") });
    let events = answers.take_until(Box::pin(stop)).chain(end).map(Ok::<_, Infallible>);
    let keep_alive = axum::response::sse::KeepAlive::new().interval(KEEP_ALIVE);
    Sse::new(events).keep_alive(keep_alive).into_response()
}
