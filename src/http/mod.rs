//! HTTP: routes, limits, health, and the web pages inside the binary. Knows the engine; nothing of
//! graphs or plans.
//!
//! Start reading at [`router`].

mod address;
mod exchange;
mod graphql;
mod health;
mod live;
mod pages;
mod serve;

use std::{any::Any, sync::Arc};

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tokio::sync::watch;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, Any as AnyOrigin, CorsLayer},
    trace::{DefaultMakeSpan, DefaultOnResponse, TraceLayer},
};
use tracing::Level;

pub use serve::serve;

use self::pages::Page;
use crate::api::Engine;

/// Becomes true when the server stops: answers that go on end then.
pub type Stopping = watch::Receiver<bool>;

/// What the server allows.
#[derive(Debug, Clone)]
pub struct Config {
    /// How many bytes a request may have.
    pub body_bytes: usize,
    /// The origins whose pages may call the API.
    pub origins: Origins,
}

/// Origins of pages, beside the server's own.
#[derive(Debug, Clone)]
pub enum Origins {
    /// Any.
    Any,
    /// These.
    These(Vec<HeaderValue>),
}

impl Origins {
    /// Whether a request of such headers may be answered: it is of no page, of one of this server, or
    /// of one that is allowed. What CORS does not cover has to ask: WebSockets.
    fn allow(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let own =
            origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, own)| own);
        match self {
            Self::Any => true,
            Self::These(known) => known.contains(origin) || (own.is_some() && own == host),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { body_bytes: 1 << 20, origins: Origins::Any }
    }
}

/// Every route of the server.
pub fn router(engine: Arc<Engine>, config: &Config, stopping: Stopping) -> Router {
    let api = Router::new()
        .route("/graphql", get(graphql::get).post(graphql::post).fallback(graphql::wrong_method))
        .route("/id/{table}/{key}", get(address::get))
        .route("/export", get(exchange::export).post(exchange::export_form))
        .route("/import", post(exchange::import))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(Extension(stopping))
        .layer(Extension(config.origins.clone()))
        .with_state(engine);
    let page = |page: Page| {
        let origins = config.origins.clone();
        get(async move || page.answer(&origins))
    };
    Router::new()
        .merge(api)
        .route("/", page(Page::Explore))
        .route("/embed", page(Page::Embed))
        .route("/playground", page(Page::Playground))
        .route("/westlake-view.js", get(pages::element))
        .route("/assets/{*path}", get(pages::asset))
        .fallback(pages::not_found)
        .layer(DefaultBodyLimit::max(config.body_bytes))
        .layer(CompressionLayer::new().gzip(true).br(true))
        .layer(cors(config))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
                .on_response(DefaultOnResponse::new().level(Level::DEBUG)),
        )
}

fn cors(config: &Config) -> CorsLayer {
    let origins = match &config.origins {
        Origins::Any => AllowOrigin::from(AnyOrigin),
        Origins::These(origins) => AllowOrigin::list(origins.clone()),
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers([
            header::CONTENT_TYPE,
            header::ACCEPT,
            header::AUTHORIZATION,
            HeaderName::from_static("westlake-citations"),
            HeaderName::from_static("westlake-plan"),
        ])
        .max_age(std::time::Duration::from_secs(24 * 60 * 60))
}

/// A panic is a defect of ours; the connection and the other requests go on.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked");
    let body = r#"{"errors":[{"message":"the server made a mistake; its log says more","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#;
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, "application/json")], body)
        .into_response()
}
