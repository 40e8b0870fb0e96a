//! What was acknowledged lasts: real processes, killed, on full disks, over damaged files.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use westlake::{commit::replay, graph::Snapshot, log::SqliteLog};

use crate::support::{Server, agent, root, run, text, wait_for, westlake};

/// How often the server is killed; more can be asked for.
fn kills() -> u32 {
    std::env::var("WESTLAKE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(200)
}

/// Commits an entity and a statement about it; `true` if the server said that it did.
fn commit(agent: &ureq::Agent, address: &str, name: &str) -> bool {
    let query = "mutation($key: String!, $statement: String!) { commit(input: { author: \"w\", message: \"m\", changes: [
        { putEntity: { key: $key, kind: DISTRICT } }
        { putStatement: { key: $statement, subject: $key, predicate: LOCATED_IN, object: \"hangzhou\", references: [{ source: \"cfo-2024\" }] } }
    ] }) { revision } }";
    let variables = json!({ "key": format!("e-{name}"), "statement": format!("s-{name}") });
    let sent = agent
        .post(format!("{address}/graphql"))
        .send_json(json!({ "query": query, "variables": variables }));
    let Ok(mut response) = sent else { return false };
    let answer: Result<Value, _> = response.body_mut().read_json();
    answer.is_ok_and(|answer| answer["data"]["commit"]["revision"].is_u64())
}

/// The graph that the log in a folder gives.
fn graph_in(folder: &Path) -> Snapshot {
    let log = SqliteLog::open_to_read(folder).unwrap();
    let (snapshot, damage) = wait_for(replay(&log, None)).unwrap();
    assert!(damage.is_none(), "{damage:?}");
    snapshot
}

#[test]
fn killed_at_any_moment_it_keeps_every_acknowledged_commit_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let acknowledged: Arc<Mutex<Vec<String>>> = Arc::default();
    let mut attempted = 0;
    for round in 0..kills() {
        let mut server = Server::start(&["--data", data]);
        let is_over = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..32)
            .map(|writer| {
                let (address, is_over) = (server.address.clone(), Arc::clone(&is_over));
                let acknowledged = Arc::clone(&acknowledged);
                std::thread::spawn(move || {
                    let agent = agent();
                    let mut sent = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let name = format!("{round}-{writer}-{sent}");
                        sent += 1;
                        if !commit(&agent, &address, &name) {
                            break;
                        }
                        acknowledged.lock().unwrap().push(name);
                    }
                    sent
                })
            })
            .collect();
        // Different moments, the same in every run.
        std::thread::sleep(Duration::from_micros(u64::from(round * 7919 % 60_000)));
        server.process.kill().unwrap();
        server.process.wait().unwrap();
        is_over.store(true, Ordering::Relaxed);
        attempted += writers.into_iter().map(|writer| writer.join().unwrap()).sum::<i32>();
        if round % 20 == 19 || round + 1 == kills() {
            let snapshot = graph_in(folder.path());
            for name in acknowledged.lock().unwrap().iter() {
                let is_there = snapshot.entity(&format!("e-{name}")).is_some();
                assert!(is_there, "{name} was acknowledged and is lost");
            }
            // Of each commit both changes are there, or none.
            assert_eq!(snapshot.entity_count() - 177, snapshot.statement_count() - 369);
        }
    }
    let kept = acknowledged.lock().unwrap().len();
    assert!(kept > 0 && kept < attempted as usize, "{kept} of {attempted} were acknowledged");
    let output = run(&["verify", data]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn a_flipped_entry_ends_what_is_served_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(&["--data", data]);
    for name in ["a", "b", "c"] {
        assert!(commit(&agent(), &server.address, name));
    }
    drop(server);
    let file = rusqlite::Connection::open(folder.path().join("log.sqlite")).unwrap();
    let bytes: Vec<u8> =
        file.query_row("SELECT bytes FROM entry WHERE revision = 4", (), |row| row.get(0)).unwrap();
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    file.execute("UPDATE entry SET bytes = ?1 WHERE revision = 4", [&flipped]).unwrap();

    let output = run(&["verify", data]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(
        message.contains("revision 4 of the log is damaged")
            && message.contains("whole up to revision 3"),
        "{message}"
    );
    let server = Server::start(&["--data", data]);
    let answer = server.ask(
        r#"{ graph { revision } b: entity(key: "e-b") { key } c: entity(key: "e-c") { key } }"#,
    );
    assert_eq!(
        answer["data"],
        json!({ "graph": { "revision": 3 }, "b": { "key": "e-b" }, "c": null })
    );
    assert!(!commit(&agent(), &server.address, "d"), "nothing is written behind what is damaged");
    drop(server);
    file.execute("UPDATE entry SET bytes = ?1 WHERE revision = 4", [&bytes]).unwrap();
    assert!(run(&["verify", data]).status.success());
}

#[test]
fn a_torn_last_write_is_as_if_it_had_not_been_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let mut server = Server::start(&["--data", data]);
    let mut lengths = Vec::new();
    let journal = folder.path().join("log.sqlite-wal");
    for number in 0..4 {
        assert!(commit(&agent(), &server.address, &number.to_string()));
        lengths.push(fs::metadata(&journal).unwrap().len());
    }
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    // The machine lost power in the middle of the last write.
    let torn = (lengths[2] + lengths[3]) / 2 + 13;
    fs::File::options().write(true).open(&journal).unwrap().set_len(torn).unwrap();
    let server = Server::start(&["--data", data]);
    let answer = server.ask(r#"{ graph { revision } last: entity(key: "e-2") { key } torn: entity(key: "e-3") { key } }"#);
    assert_eq!(
        answer["data"],
        json!({ "graph": { "revision": 4 }, "last": { "key": "e-2" }, "torn": null })
    );
    assert!(commit(&agent(), &server.address, "again"));
    drop(server);
    assert!(run(&["verify", data]).status.success());
}

/// A server in a mount namespace of its own, where `prepare` has run.
fn start_within(prepare: &str, data: &str) -> Server {
    let program = westlake().get_program().to_owned();
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c"])
        .arg(format!(
            "{prepare} && exec \"$0\" serve --listen 127.0.0.1:0 --log error --data {data}"
        ))
        .arg(program)
        .current_dir(root())
        .stdout(Stdio::piped());
    // It must not outlive the test.
    command.process_group(0);
    Server::wait_for_banner(command.spawn().expect("unshare runs"))
}

#[test]
fn on_a_full_disk_it_refuses_writes_reads_on_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = start_within(
        &format!(
            "mount -t tmpfs -o size=6m tmpfs {data} && head -c 4000000 /dev/zero > {data}/filler"
        ),
        &format!("{data}/kept"),
    );
    let agent = agent();
    let mut kept = 0;
    while commit(&agent, &server.address, &format!("before-{kept}")) {
        kept += 1;
        assert!(kept < 20_000, "the disk is never full");
    }
    let answer = server.ask(r#"mutation { commit(input: { author: "w", message: "m", changes: [{ retractStatement: "f0001" }] }) { revision } }"#);
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{answer}");
    assert!(error["message"].as_str().unwrap().contains("the disk is full"), "{answer}");
    let read = server.ask("{ graph { revision entityCount } }");
    assert_eq!(read["data"]["graph"], json!({ "revision": kept + 1, "entityCount": kept + 177 }));
    fs::remove_file(format!("/proc/{}/root{data}/filler", server.process.id())).unwrap();
    assert!(commit(&agent, &server.address, "after"), "there is room again");
    let read = server.ask("{ graph { revision } }");
    assert_eq!(read["data"]["graph"]["revision"], kept + 2);
}

#[test]
fn a_read_only_folder_is_served_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(&["--data", data]);
    assert!(commit(&agent(), &server.address, "a"));
    drop(server);
    let server = start_within(
        &format!("mount --bind {data} {data} && mount -o remount,bind,ro {data}"),
        data,
    );
    let read = server.ask(r#"{ graph { revision } entity(key: "e-a") { key } }"#);
    assert_eq!(read["data"], json!({ "graph": { "revision": 2 }, "entity": { "key": "e-a" } }));
    let answer = server.ask(r#"mutation { commit(input: { author: "w", message: "m", changes: [{ retractStatement: "s-a" }] }) { revision } }"#);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "READ_ONLY", "{answer}");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("read-only"), "{answer}");
}
