//! `GET` and `POST /graphql`, by the GraphQL over HTTP draft
//! (<https://graphql.github.io/graphql-over-http/draft/>).

use std::sync::Arc;

use async_graphql::{ParseRequestError, parser::types::OperationType};
use async_graphql_axum::GraphQLRequest;
use axum::{
    Extension, RequestExt,
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Origins, live, pages};
use crate::{
    api::{Engine, Outcome, operation_type, write_error},
    query::{Code, QueryError},
};

/// The media types a response can have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Media {
    /// `application/graphql-response+json`: the status tells what became of the request.
    Response,
    /// `application/json`: a well-formed request is answered with 200.
    Json,
}

impl Media {
    /// The type that `Accept` prefers; the plain one if it accepts anything or is not there, `None`
    /// if it accepts neither.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        let mut is_given = false;
        for part in headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()) {
            is_given = true;
            for range in part.split(',') {
                let mut parameters = range.split(';').map(str::trim);
                let media = match parameters.next().unwrap_or_default() {
                    "application/graphql-response+json" => Self::Response,
                    "application/json" | "application/*" | "*/*" => Self::Json,
                    _ => continue,
                };
                let quality = parameters
                    .find_map(|parameter| parameter.strip_prefix("q="))
                    .map_or(1.0, |quality| quality.parse().unwrap_or(0.0));
                if quality > 0.0 && best.is_none_or(|(known, _)| quality > known) {
                    best = Some((quality, media));
                }
            }
        }
        if is_given { best.map(|(_, media)| media) } else { Some(Self::Json) }
    }

    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Response => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// A response with JSON of ours.
fn answer(status: StatusCode, media: Media, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, media.header());
    response
}

/// A request that is not one.
fn reject(status: StatusCode, media: Media, message: impl Into<String>) -> Response {
    let mut body = b"{\"errors\":[".to_vec();
    write_error(&QueryError::new(Code::BadRequest, message), &mut body);
    body.extend_from_slice(b"]}");
    answer(status, media, body)
}

/// Why async-graphql-axum could not read a request.
struct Unreadable(ParseRequestError);

impl From<ParseRequestError> for Unreadable {
    fn from(error: ParseRequestError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        let (status, message) = match self.0 {
            ParseRequestError::UnsupportedBatch => (
                StatusCode::BAD_REQUEST,
                "batches of requests are not answered: send each request by itself, or ask for several fields in one".to_owned(),
            ),
            ParseRequestError::InvalidRequest(error) => {
                (StatusCode::BAD_REQUEST, format!("the body is not a GraphQL request: {error}"))
            }
            ParseRequestError::PayloadTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "the request is too large".to_owned())
            }
            ParseRequestError::Io(error) if error.to_string().contains("length limit") => {
                (StatusCode::PAYLOAD_TOO_LARGE, "the request is too large".to_owned())
            }
            other => (StatusCode::BAD_REQUEST, format!("the request cannot be read: {other}")),
        };
        reject(status, Media::Json, message)
    }
}

/// `POST /graphql`.
pub(super) async fn post(State(engine): State<Arc<Engine>>, request: Request) -> Response {
    if live::wants_events(request.headers()) {
        let stopping = live::stopping(&request);
        return match read(request).await {
            Ok(request) => live::events(engine, request, stopping),
            Err(refused) => refused,
        };
    }
    let Some(media) = Media::accepted(request.headers()) else { return not_acceptable() };
    let content = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content.map(|content| content.split(';').next().unwrap_or_default().trim());
    if !essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        let given = content.unwrap_or("nothing");
        return reject(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            media,
            format!("the content type is {given}, expected application/json"),
        );
    }
    execute(engine, request, media, false).await
}

/// `GET /graphql`: a query in the address, or for browsers the playground.
pub(super) async fn get(
    State(engine): State<Arc<Engine>>,
    Extension(origins): Extension<Origins>,
    request: Request,
) -> Response {
    if live::is_upgrade(request.headers()) {
        if !origins.allow(request.headers()) {
            let message = "pages of this origin may not call the API";
            return reject(StatusCode::FORBIDDEN, Media::Json, message);
        }
        return live::socket(engine, request).await;
    }
    let has_query = request
        .uri()
        .query()
        .is_some_and(|text| text.split('&').any(|pair| pair.starts_with("query=")));
    let wants_page = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if !has_query && wants_page {
        return pages::Page::Playground.answer(&super::Origins::Any);
    }
    if has_query && live::wants_events(request.headers()) {
        let stopping = live::stopping(&request);
        return match read(request).await {
            // An address changes nothing, whoever is made to open it.
            Ok(request) if operation_type(&request) == Some(OperationType::Mutation) => {
                let message = "mutations cannot be sent by GET: use POST";
                reject(StatusCode::METHOD_NOT_ALLOWED, Media::Json, message)
            }
            Ok(request) => live::events(engine, request, stopping),
            Err(refused) => refused,
        };
    }
    let Some(media) = Media::accepted(request.headers()) else { return not_acceptable() };
    if !has_query {
        return reject(StatusCode::BAD_REQUEST, media, "the address has no parameter query");
    }
    execute(engine, request, media, true).await
}

/// Any other method.
pub(super) async fn wrong_method(method: Method) -> Response {
    let message = format!("{method} is not answered here: use GET or POST");
    let mut response = reject(StatusCode::METHOD_NOT_ALLOWED, Media::Json, message);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
    response
}

fn not_acceptable() -> Response {
    reject(
        StatusCode::NOT_ACCEPTABLE,
        Media::Json,
        "answers are of type application/graphql-response+json or application/json",
    )
}

/// The GraphQL request in an HTTP request, or the answer to one that is none.
#[allow(clippy::result_large_err, reason = "a response is what it is, and is sent at once")]
async fn read(request: Request) -> Result<async_graphql::Request, Response> {
    // The reader of requests knows nothing of the router's limit unless the body carries it.
    let request = request.with_limited_body();
    GraphQLRequest::<Unreadable>::from_request(request, &())
        .await
        .map(GraphQLRequest::into_inner)
        .map_err(IntoResponse::into_response)
}

/// The request's extensions that headers ask for.
fn wanted_extensions(headers: &HeaderMap) -> [Option<&'static str>; 2] {
    [("citations", "westlake-citations"), ("plan", "westlake-plan")].map(|(extension, header)| {
        headers.get(header).is_some_and(|value| value == "true").then_some(extension)
    })
}

async fn execute(engine: Arc<Engine>, request: Request, media: Media, by_get: bool) -> Response {
    let wanted = wanted_extensions(request.headers());
    let mut request = match read(request).await {
        Ok(request) => request,
        Err(refused) => return refused,
    };
    for extension in wanted.into_iter().flatten() {
        request.extensions.insert(extension.to_owned(), true.into());
    }
    if request.query.trim().is_empty() {
        return reject(StatusCode::BAD_REQUEST, media, "the request has no query");
    }
    let reply = engine.execute(request, by_get).await;
    let status = match (reply.outcome, media) {
        (Outcome::NotByGet, _) => StatusCode::METHOD_NOT_ALLOWED,
        (Outcome::Refused, Media::Response) => StatusCode::BAD_REQUEST,
        (Outcome::Refused, Media::Json) | (Outcome::Executed, _) => StatusCode::OK,
    };
    let mut response = answer(status, media, reply.body);
    if reply.outcome == Outcome::NotByGet {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    response
}
