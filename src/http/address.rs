//! `GET /id/{table}/{key}`: the stable address of a statement, observation, entity or source, for papers
//! to cite. `?revision=` gives it as it stood at a revision.

use std::sync::Arc;

use async_graphql::{Name, Request, Value, Variables};
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use crate::{
    api::Engine,
    formats::export::{Format, write_row},
    graph::{Snapshot, Table},
};

/// Which version.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    revision: Option<u32>,
}

const TABLES: [(&str, Table, &str); 4] = [
    (
        "statement",
        Table::Statements,
        "statement(key: $key) { key sentence subject { key label } predicate object { key label } validFrom validUntil confidence rank note references { source { key title publisher url published } locator } recordedAt revision }",
    ),
    (
        "observation",
        Table::Observations,
        "observation(key: $key) { key subject { key label } metric value unit period approximation status confidence rank note references { source { key title publisher url published } locator } recordedAt revision }",
    ),
    (
        "entity",
        Table::Entities,
        "entity(key: $key) { key kind labels { lang text } aliases description recordedAt revision }",
    ),
    (
        "source",
        Table::Sources,
        "source(key: $key) { key title publisher url published language genre recordedAt revision }",
    ),
];

/// The object at an address: JSON, or by `Accept` Turtle or JSON-LD.
pub(super) async fn get(
    State(engine): State<Arc<Engine>>,
    Path((table, key)): Path<(String, String)>,
    version: Result<Query<Version>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let refuse = |status: StatusCode, message: String| (status, message + "\n").into_response();
    let version = match version {
        Ok(Query(version)) => version,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    let Some((_, known, fields)) = TABLES.iter().find(|(name, _, _)| *name == table) else {
        let message = format!("\"{table}\" is not one of statement, observation, entity, source");
        return refuse(StatusCode::NOT_FOUND, message);
    };
    let head = engine.world().snapshot.revision();
    if let Some(revision) = version.revision.filter(|revision| !(1..=head).contains(revision)) {
        let message = format!("revision is {revision}, expected one from 1 to {head}");
        return refuse(StatusCode::NOT_FOUND, message);
    }
    let snapshot = match version.revision {
        None => engine.world().snapshot.clone(),
        Some(revision) => match engine.store().at(revision).await {
            Ok(snapshot) => snapshot,
            Err(error) => return refuse(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        },
    };
    let Some(id) = find(&snapshot, *known, &key) else {
        return refuse(StatusCode::NOT_FOUND, format!("no {table} has the key \"{key}\""));
    };
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let accept = accept.unwrap_or_default();
    for format in [Format::Turtle, Format::JsonLd, Format::NTriples] {
        let essence = format.media_type().split(';').next().unwrap_or_default();
        if accept.contains(essence) {
            let mut body = Vec::new();
            return match write_row(&snapshot, *known, id, format, &mut body) {
                Ok(()) => ([(header::CONTENT_TYPE, format.media_type())], body).into_response(),
                Err(error) => refuse(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
            };
        }
    }
    let query = match version.revision {
        None => format!("query($key: String!) {{ {fields} }}"),
        Some(revision) => {
            format!("query($key: String!) {{ view(revision: {revision}) {{ {fields} }} }}")
        }
    };
    let mut variables = Variables::default();
    variables.insert(Name::new("key"), Value::from(key));
    let mut request = Request::new(query).variables(variables);
    request.extensions.insert("citations".to_owned(), true.into());
    let reply = engine.execute(request, true).await;
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], reply.body).into_response()
}

fn find(snapshot: &Snapshot, table: Table, key: &str) -> Option<u32> {
    match table {
        Table::Statements => snapshot.statement_with_key(key).map(|id| id.0),
        Table::Observations => snapshot.observation_with_key(key).map(|id| id.0),
        Table::Entities => snapshot.entity(key).map(|id| id.0),
        Table::Sources => snapshot.source_with_key(key).map(|id| id.0),
    }
}
