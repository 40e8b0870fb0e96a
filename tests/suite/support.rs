//! What the tests share: the bundled graph in this process, and the program as a process.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, LazyLock},
};

use async_graphql::{Request, Variables};
use jiff::Timestamp;
use serde_json::Value;
use westlake::{
    api::{Engine, Options},
    formats::{Folder, load},
    query::World,
};

/// The bundled graph.
pub(crate) static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| {
    let snapshot =
        load(&Folder::Bundled, Timestamp::UNIX_EPOCH).expect("the bundled graph is right");
    Arc::new(World::new(snapshot))
});

/// An engine over the bundled graph.
pub(crate) static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::new(&WORLD, Options::default()).expect("a schema"));

/// The answer to a query, with its errors.
pub(crate) fn answer(query: &str, variables: Value) -> Value {
    let request = Request::new(query).variables(Variables::from_json(variables));
    let reply = wait_for(ENGINE.execute(request, false));
    serde_json::from_slice(&reply.body).expect("JSON")
}

/// The data of an answer without errors.
pub(crate) fn data(query: &str) -> Value {
    let mut answer = answer(query, Value::Null);
    assert_eq!(answer.get("errors"), None, "{query}\n{answer:#}");
    answer["data"].take()
}

/// Runs a future to its end.
pub(crate) fn wait_for<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: LazyLock<tokio::runtime::Runtime> = LazyLock::new(|| {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("threads")
    });
    RUNTIME.block_on(future)
}

/// The program.
pub(crate) fn westlake() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_westlake"));
    command.env_clear().current_dir(root());
    command
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    westlake().args(arguments).output().expect("the program runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A server on a free port of the loopback, ended by its process when dropped.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) banner: String,
    pub(crate) process: Child,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let process = westlake()
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "error"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self::wait_for_banner(process)
    }

    /// Reads what a server says when it starts, from its standard output.
    pub(crate) fn wait_for_banner(mut process: Child) -> Self {
        let mut banner = String::new();
        let mut address = None;
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        while address.is_none() {
            let line = lines.next().expect("the server says where it listens").expect("UTF-8");
            address = line
                .split_once("API ")
                .map(|(_, url)| url.trim().trim_end_matches("/graphql").to_owned());
            banner.push_str(&line);
            banner.push('\n');
        }
        Self { address: address.expect("an address"), banner, process }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// The answer to a query by POST.
    pub(crate) fn ask(&self, query: &str) -> Value {
        let body = serde_json::json!({ "query": query });
        let mut response = agent().post(self.url("/graphql")).send_json(body).expect("an answer");
        response.body_mut().read_json().expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A client that takes every status as an answer.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

/// A folder for one test: the files given, by path.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }
    folder
}

/// An engine over a folder of these files.
pub(crate) fn engine_of(files: &[(&str, &[u8])]) -> Engine {
    let folder = folder(files);
    let directory = Folder::Directory(folder.path().to_owned());
    let snapshot = load(&directory, Timestamp::UNIX_EPOCH).unwrap_or_else(|e| panic!("{e}"));
    Engine::new(&World::new(snapshot), Options::default()).expect("a schema")
}

/// The data of an answer without errors.
pub(crate) fn asked(engine: &Engine, query: &str) -> Value {
    let reply = wait_for(engine.execute(Request::new(query), false));
    let mut answer: Value = serde_json::from_slice(&reply.body).expect("JSON");
    assert_eq!(answer.get("errors"), None, "{query}\n{answer:#}");
    answer["data"].take()
}
