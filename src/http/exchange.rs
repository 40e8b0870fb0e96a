//! `GET /export` and `POST /import`: both stream, so that memory does not grow with what is sent.

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
};

use async_graphql::futures_util::StreamExt;
use axum::{
    body::{Body, Bytes},
    extract::{
        Form, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::{
    api::Engine,
    commit::{
        CommitError,
        import::{Import, ImportError, OnError},
    },
    formats::export::{Format, Selection, write},
};

/// How much of an export waits for a client that reads slowly.
const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 4;
/// How long a line of an import may be.
const LINE: usize = 16 << 20;

/// What an export may be asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default = "json_lines")]
    format: String,
    #[serde(default)]
    kinds: String,
    #[serde(default)]
    predicates: String,
    #[serde(default)]
    around: String,
    #[serde(default)]
    measures: String,
    #[serde(default)]
    on: String,
    #[serde(default, rename = "minConfidence")]
    min_confidence: String,
    depth: Option<u32>,
    revision: Option<u32>,
}

fn json_lines() -> String {
    "jsonl".to_owned()
}

fn refuse(status: StatusCode, message: impl Into<String>) -> Response {
    (status, message.into() + "\n").into_response()
}

/// Sends what is written to the client, and waits while it does not read.
struct ToClient(mpsc::Sender<Bytes>);

impl Write for ToClient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Bytes::copy_from_slice(bytes));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A part of the graph in a format: `format`, `kinds`, `predicates`, `around`, `depth`, `on`,
/// `minConfidence`, `measures`, `revision`. Lists have commas between their items, or line ends, if an
/// item may have a comma in it.
pub(super) async fn export(
    State(engine): State<Arc<Engine>>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    match wanted {
        Ok(Query(wanted)) => send(engine, wanted).await,
        Err(error) => refuse(StatusCode::BAD_REQUEST, error.body_text()),
    }
}

/// The same, with what is wanted as a form: for more keys than an address may hold.
pub(super) async fn export_form(
    State(engine): State<Arc<Engine>>,
    wanted: Result<Form<Wanted>, FormRejection>,
) -> Response {
    match wanted {
        Ok(Form(wanted)) => send(engine, wanted).await,
        Err(error) => refuse(error.status(), error.body_text()),
    }
}

async fn send(engine: Arc<Engine>, wanted: Wanted) -> Response {
    let format = match Format::named(&wanted.format) {
        Ok(format) => format,
        Err(problem) => return refuse(StatusCode::BAD_REQUEST, problem),
    };
    let head = engine.world().snapshot.revision();
    let snapshot = match wanted.revision {
        Some(revision) if revision == 0 || revision > head => {
            let message = format!("revision is {revision}, expected one from 1 to {head}");
            return refuse(StatusCode::BAD_REQUEST, message);
        }
        Some(revision) => match engine.store().at(revision).await {
            Ok(snapshot) => snapshot,
            Err(error) => return refuse(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        },
        None => engine.world().snapshot.clone(),
    };
    let list = |text: &str| -> Vec<String> {
        let between = if text.contains(['\n', '\r']) { &['\n', '\r'][..] } else { &[','][..] };
        text.split(between)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(ToOwned::to_owned)
            .collect()
    };
    let selection = Selection::named(
        &snapshot,
        &list(&wanted.kinds),
        &list(&wanted.predicates),
        &list(&wanted.around),
        wanted.depth.unwrap_or(1),
    );
    let selection = selection
        .and_then(|part| part.with_measures(&list(&wanted.measures)))
        .and_then(|part| part.narrowed(&wanted.on, &wanted.min_confidence));
    let selection = match selection {
        Ok(selection) => selection,
        Err(problem) => return refuse(StatusCode::BAD_REQUEST, problem),
    };
    let file = format.file_name(&snapshot.dataset().name);
    let (send, receive) = mpsc::channel(CHUNKS);
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(CHUNK, ToClient(send));
        // A client that went away ends the export.
        let _ = write(&snapshot, &selection, format, &mut out).and_then(|()| out.flush());
    });
    // Compression asks once more after the end.
    let chunks = async_graphql::futures_util::stream::unfold(receive, |mut receive| async {
        receive.recv().await.map(|chunk| (Ok::<_, io::Error>(chunk), receive))
    })
    .fuse();
    let mut response = Body::from_stream(chunks).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    // A name that no header can hold is left to the client.
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// How an import is to be done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct How {
    author: Option<String>,
    message: Option<String>,
    on_error: Option<String>,
}

/// Commits the rows of a body of JSON Lines; answers with what was done.
pub(super) async fn import(
    State(engine): State<Arc<Engine>>,
    how: Result<Query<How>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // Types that a page of another origin cannot send without being asked for leave first.
    let content = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !["application/jsonl", "application/x-ndjson"].contains(&essence) {
        let message = format!("the content type is \"{essence}\", expected application/jsonl");
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    }
    let how = match how {
        Ok(Query(how)) => how,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.body_text()),
    };
    let on_error = match how.on_error.as_deref() {
        None | Some("stop") => OnError::Stop,
        Some("skip") => OnError::Skip,
        Some(other) => {
            let message = format!("on-error is \"{other}\", expected stop or skip");
            return refuse(StatusCode::BAD_REQUEST, message);
        }
    };
    let author = how.author.unwrap_or_else(|| "import".to_owned());
    let message = how.message.unwrap_or_else(|| "import by HTTP".to_owned());
    let mut import = Import::new(engine.store().clone(), author, message, on_error);
    let taken = take(&mut import, body).await;
    let before = import.report().clone();
    let result = match taken {
        Ok(()) => import.finish().await,
        Err(error) => Err(error),
    };
    match result {
        Ok(report) => axum::Json(report).into_response(),
        Err(error) => {
            let status = match &error {
                ImportError::Rows(_) => StatusCode::UNPROCESSABLE_ENTITY,
                ImportError::Commit(CommitError::ReadOnly(_)) => StatusCode::FORBIDDEN,
                ImportError::Commit(_) => StatusCode::SERVICE_UNAVAILABLE,
            };
            let mut report = before;
            report.problems.extend(error.to_string().lines().map(ToOwned::to_owned));
            (status, axum::Json(report)).into_response()
        }
    }
}

/// Gives every line of a body to an import.
async fn take(import: &mut Import, body: Body) -> Result<(), ImportError> {
    let mut chunks = body.into_data_stream();
    let (mut rest, mut number) = (Vec::new(), 0u64);
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => rest.extend_from_slice(&chunk),
            Err(error) => {
                let problem = format!("line {}: the body ended early: {error}", number + 1);
                return Err(ImportError::Rows(vec![problem]));
            }
        }
        let mut start = 0;
        while let Some(length) = rest[start..].iter().position(|byte| *byte == b'\n') {
            number += 1;
            line(import, number, &rest[start..start + length]).await?;
            start += length + 1;
        }
        rest.drain(..start);
        if rest.len() > LINE {
            let problem = format!("line {} is longer than {} MiB", number + 1, LINE >> 20);
            return Err(ImportError::Rows(vec![problem]));
        }
    }
    line(import, number + 1, &rest).await
}

async fn line(import: &mut Import, number: u64, line: &[u8]) -> Result<(), ImportError> {
    if line.trim_ascii().is_empty() {
        return Ok(());
    }
    match serde_json::from_slice(line) {
        Ok(row) => import.row(format!("line {number}"), row).await,
        Err(error) => import.unreadable(format!("line {number}: {error}")).await,
    }
}
