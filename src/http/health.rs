//! Whether the process lives, and whether it can answer.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};

use crate::api::Engine;

/// The process runs.
pub(super) async fn live() -> impl IntoResponse {
    (StatusCode::OK, "live\n")
}

/// The graph is loaded: the server listens only once it is, so this answers with what it holds.
pub(super) async fn ready(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    let world = engine.world();
    let snapshot = &world.snapshot;
    let body = serde_json::json!({
        "status": "ready",
        "graph": snapshot.dataset().name,
        "revision": snapshot.revision(),
        "entities": snapshot.entity_count(),
    });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string())
}
