//! The web pages, built beforehand into `web/dist` and embedded in the binary.

use axum::{
    extract::{Path, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::Origins;

/// What the page build made; empty if it was not run before the binary was built.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// A page of this server: its file, and what it may do.
#[derive(Debug, Clone, Copy)]
pub(super) enum Page {
    /// The relationship view.
    Explore,
    /// A view by itself, for a frame of another page.
    Embed,
    /// The playground.
    Playground,
}

impl Page {
    fn file(self) -> &'static str {
        match self {
            Self::Explore => "index.html",
            Self::Embed => "embed.html",
            Self::Playground => "playground.html",
        }
    }

    /// Everything comes from this server. The view draws icons from addresses that hold them. The
    /// editor of the playground styles its text with elements, and has workers of its own making.
    /// Pages that may call the API may show a view in a frame.
    fn content_security_policy(self, origins: &Origins) -> String {
        const STRICT: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; worker-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'";
        const EDITOR: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'";
        match (self, origins) {
            (Self::Explore, _) => format!("{STRICT}; frame-ancestors 'self'"),
            (Self::Playground, _) => format!("{EDITOR}; frame-ancestors 'self'"),
            (Self::Embed, Origins::Any) => format!("{STRICT}; frame-ancestors *"),
            (Self::Embed, Origins::These(known)) => {
                let known = known.iter().filter_map(|origin| origin.to_str().ok());
                let known: Vec<&str> = std::iter::once("'self'").chain(known).collect();
                format!("{STRICT}; frame-ancestors {}", known.join(" "))
            }
        }
    }

    /// The page, or what to do if it was not built.
    pub(super) fn answer(self, origins: &Origins) -> Response {
        let Some(page) = Built::get(self.file()) else {
            return (StatusCode::NOT_FOUND, Html(NOT_BUILT)).into_response();
        };
        let mut response = Html(page.data).into_response();
        let headers = response.headers_mut();
        // Origins are header values already, so the policy can be one.
        if let Ok(policy) = HeaderValue::from_str(&self.content_security_policy(origins)) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        response
    }
}

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Westlake</title><body style=\"font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem\"><h1>Westlake</h1><p>The API answers at <code>/graphql</code>. The pages of this binary were not built: run <code>make web</code> (it needs Node), then build the binary again.</p></body></html>";

/// The script that defines `<westlake-view>`. Pages anywhere load it by this address, so it may change.
pub(super) async fn element() -> Response {
    let Some(file) = Built::get("westlake-view.js") else {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    };
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(".js")));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// A file that a page asks for. Names carry a hash of the content, so they can be kept for ever.
/// The page build compressed the files; a client that takes gzip gets them as they are.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("assets/{path}");
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|coding| coding.trim().starts_with("gzip")));
    let packed = takes_gzip.then(|| Built::get(&format!("{name}.gz"))).flatten();
    let is_packed = packed.is_some();
    let Some(file) = packed.or_else(|| Built::get(&name)) else {
        return (StatusCode::NOT_FOUND, "no such file\n").into_response();
    };
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(&name)));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// The types of the files that the page build makes.
fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        _ => "application/octet-stream",
    }
}

/// Anything else.
pub(super) async fn not_found(request: Request) -> Response {
    let message = format!(
        "nothing is at {}; the API is at /graphql, the playground at /playground\n",
        request.uri().path()
    );
    (StatusCode::NOT_FOUND, message).into_response()
}
