//! `westlake serve`.

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::HeaderValue;
use clap::Args;
use tokio::{net::TcpListener, sync::watch};
use tracing_subscriber::EnvFilter;

use super::{folder, load_now, report};
use crate::{
    api::{Engine, Options},
    commit::{OpenError, Published, Store},
    formats::Folder,
    http::{Config, Origins, router, serve},
    log::{FILE, Log, LogError, SqliteLog},
};

/// What `westlake serve` takes.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder with westlake.toml; without it, the bundled graph
    folder: Option<PathBuf>,
    /// The folder that keeps what is committed; it begins with the graph. Without it, the graph cannot
    /// be changed
    #[arg(long, env = "WESTLAKE_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The address and port to listen on; port 0 takes a free one
    #[arg(long, env = "WESTLAKE_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// How deep selections may be nested
    #[arg(long, env = "WESTLAKE_MAX_DEPTH", default_value_t = 32, value_name = "LEVELS")]
    max_depth: usize,
    /// How many fields an answer may be estimated to have
    #[arg(
        long,
        env = "WESTLAKE_MAX_COMPLEXITY",
        default_value_t = 1_000_000,
        value_name = "FIELDS"
    )]
    max_complexity: u64,
    /// How long an answer may take, in milliseconds
    #[arg(long, env = "WESTLAKE_TIME_LIMIT", default_value_t = 10_000, value_name = "MS")]
    time_limit: u64,
    /// How many bytes a request may have
    #[arg(long, env = "WESTLAKE_MAX_BODY", default_value_t = 1 << 20, value_name = "BYTES")]
    max_body: usize,
    /// An origin whose pages may call the API, such as https://example.org, or * for any; without it,
    /// any may call a graph that cannot be changed, and none but the server's own one that can
    #[arg(
        long = "allow-origin",
        env = "WESTLAKE_ALLOW_ORIGIN",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    allow_origin: Vec<HeaderValue>,
    /// How logs are written
    #[arg(long, env = "WESTLAKE_LOG_FORMAT", default_value = "text")]
    log_format: LogFormat,
    /// Which logs are written: error, warn, info, debug, trace, or by module as in tower_http=debug
    #[arg(long, env = "WESTLAKE_LOG", default_value = "info")]
    log: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    /// For people
    Text,
    /// A JSON object a line
    Json,
}

pub(super) fn run(arguments: Arguments) -> ExitCode {
    let started = Instant::now();
    let filter = match EnvFilter::try_new(&arguments.log) {
        Ok(filter) => filter,
        Err(error) => {
            eprintln!("error: --log \"{}\" is not understood: {error}", arguments.log);
            return ExitCode::from(2);
        }
    };
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match arguments.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the threads cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let folder = folder(arguments.folder.clone());
    let opened = match &arguments.data {
        Some(data) => runtime.block_on(open(data, &folder)),
        None => load_now(&folder)
            .map(|snapshot| {
                let why = "start the server with --data FOLDER to keep what changes";
                Store::fixed(Published::new(snapshot), why)
            })
            .map_err(OpenError::Ontology),
    };
    let store = match opened {
        Ok(store) => store,
        Err(OpenError::Ontology(problems)) => return report(&problems),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    if let (Some(_), Some(why)) = (&arguments.data, store.why_fixed()) {
        tracing::error!("{why}; serving what is whole, and taking no commits");
    }
    let options = Options {
        depth: arguments.max_depth,
        complexity: arguments.max_complexity,
        time: Duration::from_millis(arguments.time_limit),
        ..Options::default()
    };
    let engine = match Engine::over(store, options) {
        Ok(engine) => Arc::new(engine),
        Err(error) => {
            eprintln!("error: the ontology makes a schema that GraphQL does not allow: {error}");
            return ExitCode::FAILURE;
        }
    };
    let allowed = arguments.allow_origin.clone();
    let is_open = allowed.is_empty() && arguments.data.is_none();
    let origins = if is_open || allowed.iter().any(|origin| origin == "*") {
        Origins::Any
    } else {
        Origins::These(allowed)
    };
    let config = Config { body_bytes: arguments.max_body, origins };
    let result = runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await.map_err(|error| {
            format!("cannot listen on {}: {error}; choose another with --listen", arguments.listen)
        })?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        banner(&engine, address, started.elapsed());
        let (stop, stopping) = watch::channel(false);
        let router = router(engine, &config, stopping);
        serve(listener, router, stop).await.map_err(|error| format!("the server failed: {error}"))
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Opens the log in a folder; a new one begins with the graph.
async fn open(data: &Path, graph: &Folder) -> Result<Store, OpenError> {
    let log: Arc<dyn Log> = match SqliteLog::open(data) {
        Ok(log) => Arc::new(log),
        // What is there can be served all the same.
        Err(why @ LogError::ReadOnly(_)) if data.join(FILE).exists() => {
            let log = Arc::new(SqliteLog::open_to_read(data)?);
            return Store::open_to_read(log, why.to_string()).await;
        }
        Err(error) => return Err(error.into()),
    };
    let is_new = log.beginning().await?.is_none();
    let store = Store::open(log, || load_now(graph)).await?;
    if !is_new && let Folder::Directory(folder) = graph {
        let served = store.current();
        let dataset = served.snapshot.dataset();
        tracing::warn!(
            "{} holds {} {} already: {} is not read again",
            data.display(),
            dataset.name,
            dataset.version,
            folder.display(),
        );
    }
    Ok(store)
}

/// Says what is served, and where to open it. Nobody has to listen: a closed standard output is no
/// reason to stop serving.
fn banner(engine: &Engine, address: SocketAddr, elapsed: Duration) {
    let world = engine.world();
    let snapshot = &world.snapshot;
    let text = format!(
        "westlake {}: {} ({} entities, {} statements, {} observations, {} sources), ready in {} ms
  playground  http://{address}/playground
  API         http://{address}/graphql
  health      http://{address}/health/ready
",
        env!("CARGO_PKG_VERSION"),
        snapshot.dataset().title,
        snapshot.entity_count(),
        snapshot.statement_count(),
        snapshot.observation_count(),
        snapshot.source_count(),
        elapsed.as_millis(),
    );
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    tracing::info!(%address, revision = snapshot.revision(), "ready");
}
