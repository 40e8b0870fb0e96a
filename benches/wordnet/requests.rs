//! Requests per second over HTTP on loopback: the plan, async-graphql's own execution of the same
//! query over the same snapshot, and the same bytes sent from memory.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_graphql::{Request, Variables};
use axum::{Json, Router, extract::State, http::header, response::IntoResponse, routing::post};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use westlake::{
    api::{Engine, Options},
    graph::EntityId,
    http::{Config, router},
    query::World,
};

use super::measure::{Random, median};

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(1);
const KEYS: usize = 200;

const POINT: &str = "query Point($key: String!) { entity(key: $key) { id label } }";
const ONE_HOP: &str = "query OneHop($key: String!) { entity(key: $key) { id label relations(first: 20) { nodes { id label } } } }";
const THREE_HOPS: &str = "query ThreeHops($key: String!) { entity(key: $key) { id label relations(first: 20) { nodes { id label relations(first: 20) { nodes { id label relations(first: 20) { nodes { id label } } } } } } } }";
const LIST: &str = "query List($key: String!) { entity(key: $key) { id } nouns(first: 1000) { nodes { id label } } }";

/// The three ways to an answer.
#[derive(Clone)]
struct Ways {
    engine: Arc<Engine>,
    ready: Arc<HashMap<String, Vec<u8>>>,
}

async fn without_plan(
    State(ways): State<Ways>,
    Json(body): Json<serde_json::Value>,
) -> impl IntoResponse {
    let reply = ways.engine.execute_without_plan(request(&body)).await;
    ([(header::CONTENT_TYPE, "application/json")], reply.body)
}

async fn from_memory(
    State(ways): State<Ways>,
    Json(body): Json<serde_json::Value>,
) -> impl IntoResponse {
    let key = body["variables"]["key"].as_str().unwrap_or_default();
    let bytes = ways.ready.get(key).cloned().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], bytes)
}

fn request(body: &serde_json::Value) -> Request {
    Request::new(body["query"].as_str().unwrap_or_default())
        .variables(Variables::from_json(body["variables"].clone()))
}

pub(crate) fn run(world: Arc<World>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("threads").block_on(compare(world));
}

async fn compare(world: Arc<World>) {
    let mut random = Random(11);
    let mut keys: Vec<String> = Vec::new();
    let nouns = world.snapshot.of_kind(world.snapshot.ontology().kind("Noun").expect("nouns"));
    while keys.len() < KEYS {
        let entity = EntityId(nouns.get(random.below(nouns.len()) as u32));
        keys.push(world.snapshot.text(world.snapshot.key(entity)).to_owned());
    }
    let engine = Engine::new(&world, Options::default());
    let engine = Arc::new(engine.expect("WordNet's schema is valid"));
    println!(
        "requests    {CONNECTIONS} connections; per second, and as a share of the same bytes from memory"
    );
    for (name, query) in [
        ("point", POINT),
        ("one hop", ONE_HOP),
        ("three hops of 20", THREE_HOPS),
        ("list of 1,000", LIST),
    ] {
        let mut ready = HashMap::new();
        let mut bytes = 0;
        for key in &keys {
            let body = serde_json::json!({ "query": query, "variables": { "key": key } });
            let planned = engine.execute(request(&body), false).await.body;
            let plain = engine.execute_without_plan(request(&body)).await.body;
            assert!(planned == plain, "{name} of {key}: both ways answer the same bytes");
            bytes += planned.len();
            ready.insert(key.clone(), planned);
        }
        let ways = Ways { engine: Arc::clone(&engine), ready: Arc::new(ready) };
        let app = Router::new()
            .route("/plain", post(without_plan))
            .route("/memory", post(from_memory))
            .with_state(ways)
            .merge(router(
                Arc::clone(&engine),
                &Config::default(),
                tokio::sync::watch::channel(false).1,
            ));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let mut rates: [Vec<u64>; 3] = Default::default();
        for _ in 0..ROUNDS {
            for (path, rates) in ["/graphql", "/plain", "/memory"].iter().zip(&mut rates) {
                rates.push(load(address, path, query, &keys).await);
            }
        }
        server.abort();
        let [plan, plain, memory] = rates.map(median);
        println!(
            "  {name:<17} {:>6} bytes  plan {plan:>6} ({:.2})  async-graphql {plain:>6} ({:.3})  memory {memory:>6}  plan is {:.1} times async-graphql",
            bytes / keys.len(),
            plan as f64 / memory as f64,
            plain as f64 / memory as f64,
            plan as f64 / plain as f64,
        );
    }
}

/// Answers per second of one round.
async fn load(address: SocketAddr, path: &str, query: &str, keys: &[String]) -> u64 {
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(
        keys.iter()
            .map(|key| {
                let body = serde_json::json!({ "query": query, "variables": { "key": key } }).to_string();
                let length = body.len();
                format!("POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
            })
            .collect(),
    );
    let is_over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|client| {
            let (requests, is_over, answered) =
                (Arc::clone(&requests), Arc::clone(&is_over), Arc::clone(&answered));
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                stream.set_nodelay(true).expect("a socket");
                let mut buffer = vec![0; 1 << 20];
                let mut next = client * 7;
                while !is_over.load(Ordering::Relaxed) {
                    stream.write_all(&requests[next % requests.len()]).await.expect("sent");
                    read_answer(&mut stream, &mut buffer).await;
                    answered.fetch_add(1, Ordering::Relaxed);
                    next += 1;
                }
            })
        })
        .collect();
    tokio::time::sleep(ROUND).await;
    is_over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("a client");
    }
    (answered.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64()) as u64
}

/// Reads one answer with a content length to its end.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    let mut end = usize::MAX;
    while filled < end {
        let read = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(read > 0, "the server closed the connection");
        filled += read;
        if end == usize::MAX
            && let Some(head) = buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n")
        {
            let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            assert!(text.starts_with("http/1.1 200"), "{text}");
            let length = text
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
            end = head + 4 + length.expect("a length");
        }
    }
}
