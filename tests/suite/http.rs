//! GraphQL over HTTP, by its draft, and what stands beside it.

use std::{io::Read, net::TcpStream, time::Duration};

use serde_json::{Value, json};

use crate::support::{Server, agent};

const GRAPHQL: &str = "application/graphql-response+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

/// Status, content type and body of a POST.
fn post(server: &Server, accept: &str, content: &str, body: &str) -> (u16, String, Value) {
    let request = agent()
        .post(server.url("/graphql"))
        .header("accept", accept)
        .header("content-type", content);
    taken(request.send(body).unwrap())
}

fn get(server: &Server, path: &str) -> (u16, String, Value) {
    taken(agent().get(server.url(path)).header("accept", "application/json").call().unwrap())
}

fn taken(mut response: ureq::http::Response<ureq::Body>) -> (u16, String, Value) {
    let media =
        response.headers().get("content-type").map_or("", |v| v.to_str().unwrap()).to_owned();
    let text = response.body_mut().read_to_string().unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (response.status().as_u16(), media, body)
}

const QUERY: &str = r#"{"query":"{ graph { entityCount } }"}"#;

#[test]
fn the_api_speaks_graphql_over_http() {
    let server = Server::start(&[]);
    let expected = json!({ "data": { "graph": { "entityCount": 177 } } });
    let invalid = r#"{"query":"{ nothing }"}"#;

    // Media types and the statuses that go with them.
    assert_eq!(
        post(&server, "application/graphql-response+json", "application/json", QUERY),
        (200, GRAPHQL.into(), expected.clone())
    );
    assert_eq!(
        post(&server, "*/*", "application/json; charset=utf-8", QUERY),
        (200, JSON.into(), expected.clone())
    );
    assert_eq!(
        post(
            &server,
            "application/graphql-response+json, application/json;q=0.9",
            "application/json",
            invalid
        )
        .0,
        400
    );
    assert_eq!(post(&server, "application/json", "application/json", invalid).0, 200);
    assert_eq!(post(&server, "text/plain", "application/json", QUERY).0, 406);
    assert_eq!(post(&server, "*/*", "text/plain", QUERY).0, 415);
    for bad in ["", "{", "[]", "{}", r#"{"query":1}"#, r#"{"query":""}"#] {
        let (status, _, body) = post(&server, "*/*", "application/json", bad);
        assert_eq!(status, 400, "{bad}: {body}");
        assert!(body["errors"][0]["message"].is_string(), "{bad}: {body}");
    }
    let (status, _, body) = post(&server, "*/*", "application/json", &format!("[{QUERY}]"));
    assert_eq!(status, 400);
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("batch"), "{body}");

    // GET asks, and changes nothing.
    assert_eq!(
        get(&server, "/graphql?query=%7Bgraph%7BentityCount%7D%7D"),
        (200, JSON.into(), expected)
    );
    assert_eq!(get(&server, "/graphql").0, 400);
    assert_eq!(get(&server, "/graphql?query=mutation%7Bcommit%7D").0, 405);
    let variables = "/graphql?query=query(%24k%3AString!)%7Bcity(key%3A%24k)%7Bkey%7D%7D&variables=%7B%22k%22%3A%22hangzhou%22%7D";
    assert_eq!(get(&server, variables).2["data"]["city"]["key"], "hangzhou");
    let put = agent().put(server.url("/graphql")).send("{}").unwrap();
    assert_eq!(put.status(), 405);
    assert_eq!(put.headers()["allow"], "GET, POST");

    // Compression and CORS.
    let request = agent().post(server.url("/graphql")).header("accept-encoding", "gzip");
    let list = r#"{"query":"{ statements { nodes { key subject { label } object { label } } } }"}"#;
    let mut response = request.header("content-type", "application/json").send(list).unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
    let mut start = [0; 2];
    response.body_mut().as_reader().read_exact(&mut start).unwrap();
    assert_eq!(start, [0x1f, 0x8b]);
    let request = agent().get(server.url("/health/live")).header("origin", "https://example.org");
    assert_eq!(request.call().unwrap().headers()["access-control-allow-origin"], "*");

    // What stands beside the API.
    assert_eq!(get(&server, "/health/live").0, 200);
    let (status, _, ready) = get(&server, "/health/ready");
    assert_eq!((status, &ready["status"], &ready["entities"]), (200, &json!("ready"), &json!(177)));
    assert_eq!(get(&server, "/nowhere").0, 404);
    assert!(server.banner.contains("/playground"), "{}", server.banner);
}

#[test]
fn a_request_that_is_too_large_is_refused() {
    let server = Server::start(&["--max-body", "1000"]);
    let body = |length| json!({ "query": format!("{{ graph {{ entityCount }} }} #{}", "x".repeat(length)) });
    assert_eq!(post(&server, "*/*", "application/json", &body(900).to_string()).0, 200);
    let (status, media, answer) = post(&server, "*/*", "application/json", &body(2000).to_string());
    assert_eq!((status, media.as_str()), (413, JSON), "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_REQUEST");
}

#[test]
fn origins_can_be_limited() {
    let server = Server::start(&["--allow-origin", "https://one.example"]);
    for (origin, allowed) in [("https://one.example", true), ("https://two.example", false)] {
        let response =
            agent().get(server.url("/health/live")).header("origin", origin).call().unwrap();
        assert_eq!(
            response.headers().get("access-control-allow-origin").is_some(),
            allowed,
            "{origin}"
        );
    }
}

#[test]
fn pages_of_other_origins_cannot_change_a_graph() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let socket = |server: &Server, origin: &str| {
        let request = agent()
            .get(server.url("/graphql"))
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("sec-websocket-protocol", "graphql-transport-ws")
            .header("origin", origin);
        request.call().unwrap().status().as_u16()
    };
    let cors = |server: &Server, origin: &str| {
        let response =
            agent().get(server.url("/health/live")).header("origin", origin).call().unwrap();
        response.headers().contains_key("access-control-allow-origin")
    };
    let server = Server::start(&["--data", data]);
    assert_eq!(socket(&server, "https://evil.example"), 403);
    assert_eq!(socket(&server, &server.address), 101);
    assert!(!cors(&server, "https://evil.example"));
    drop(server);
    let server = Server::start(&["--data", data, "--allow-origin", "https://good.example"]);
    assert_eq!(socket(&server, "https://evil.example"), 403);
    assert_eq!(socket(&server, "https://good.example"), 101);
    assert!(cors(&server, "https://good.example") && !cors(&server, "https://evil.example"));
    drop(server);
    let server = Server::start(&["--data", data, "--allow-origin", "*"]);
    assert!(cors(&server, "https://any.example"));
    assert_eq!(socket(&server, "https://any.example"), 101);
}

#[test]
fn it_stops_when_told_to_and_frees_its_port() {
    // An idle connection must not keep it from stopping, and an answer that goes on ends with it.
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(&["--data", folder.path().to_str().unwrap()]);
    let address = server.address.trim_start_matches("http://").to_owned();
    let _idle = TcpStream::connect(&address).unwrap();
    let live = agent()
        .post(server.url("/graphql"))
        .header("accept", "text/event-stream")
        .send_json(json!({ "query": "subscription { changes(since: 1) { revision } }" }))
        .unwrap();
    assert_eq!(live.headers()["content-type"], "text/event-stream");
    let live = std::thread::spawn(move || live.into_body().read_to_string().unwrap());
    assert_eq!(server.ask("{ graph { revision } }")["data"]["graph"]["revision"], 1);
    let id = server.process.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let started = std::time::Instant::now();
    let status = loop {
        if let Some(status) = server.process.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < Duration::from_secs(5), "it goes on after SIGTERM");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
    assert_eq!(live.join().unwrap().trim(), "event: complete");
    assert!(TcpStream::connect(&address).is_err());
}
