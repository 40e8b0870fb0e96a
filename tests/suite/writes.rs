//! Commits: all or nothing, in order, and there for good; the past as it was; what operators do.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use serde_json::{Value, json};
use westlake::{
    commit::{
        CommitError, Store,
        record::{Change, Commit, EntityRecord, ReferenceRecord, StatementRecord, all},
        replay,
    },
    formats::{Folder, load},
    graph::Table,
    log::{Log, SqliteLog},
    model::{Confidence, Rank},
};

use crate::support::{Server, WORLD, agent, run, text, wait_for};

fn log(folder: &Path) -> Arc<dyn Log> {
    Arc::new(SqliteLog::open(folder).expect("a log"))
}

async fn open(folder: &Path) -> Store {
    let seed = || load(&Folder::Bundled, jiff::Timestamp::UNIX_EPOCH);
    Store::open(log(folder), seed).await.expect("a store")
}

fn entity<'a>(key: &'a str, label: &'a str) -> Change<'a> {
    Change::PutEntity(EntityRecord {
        key,
        kind: "District",
        labels: vec![("en", label)],
        ..EntityRecord::default()
    })
}

fn located<'a>(key: &'a str, subject: &'a str) -> Change<'a> {
    Change::PutStatement(StatementRecord {
        key,
        subject,
        predicate: "LOCATED_IN",
        object: "hangzhou",
        valid_from: None,
        valid_until: None,
        confidence: Confidence::High,
        rank: Rank::Normal,
        note: "",
        references: vec![ReferenceRecord { source: "cfo-2024", locator: "1" }],
    })
}

fn commit<'a>(id: Option<&'a str>, changes: Vec<Change<'a>>) -> Commit<'a> {
    Commit { author: "ada", message: "a test", id, changes }
}

/// The server's answer to a query with a name for each of some changes.
fn ask(server: &Server, query: &str) -> Value {
    let answer = server.ask(query);
    assert_eq!(answer.get("errors"), None, "{query}\n{answer:#}");
    answer["data"].clone()
}

fn capital<'a>(key: &'a str, subject: &'a str) -> Change<'a> {
    let Change::PutStatement(record) = located(key, subject) else { unreachable!() };
    Change::PutStatement(StatementRecord { predicate: "CAPITAL_OF", object: "zhejiang", ..record })
}

#[test]
fn a_commit_is_held_to_the_limits_of_predicates() {
    let folder = tempfile::tempdir().unwrap();
    wait_for(async {
        let store = open(folder.path()).await;
        let refused = |result: Result<_, CommitError>| match result {
            Err(CommitError::Invalid(problems)) => {
                let told = problems.iter().map(|(at, p)| format!("{at} {} {p}", p.mistake.name()));
                told.collect::<Vec<_>>().join("\n")
            }
            other => panic!("{:?}", other.map(|c: westlake::commit::Committed| c.revision)),
        };
        let city =
            |key| Change::PutEntity(EntityRecord { key, kind: "City", ..EntityRecord::default() });
        // Hangzhou is the capital already, so another city cannot be it beside Hangzhou.
        let second = commit(None, vec![city("ming"), capital("c1", "ming")]);
        assert_eq!(
            refused(store.commit(&second, None).await),
            "1 TOO_MANY \"zhejiang\" would have 2 subjects of CAPITAL_OF at one time; expected at most 1: end the time of the others, give them rank DEPRECATED, or retract them"
        );
        // It can once Hangzhou's time is over, in the same commit.
        let mut until = capital("f0001", "hangzhou");
        let Change::PutStatement(record) = &mut until else { unreachable!() };
        record.valid_until = Some("1900".parse().unwrap());
        let mut from = capital("c1", "ming");
        let Change::PutStatement(record) = &mut from else { unreachable!() };
        record.valid_from = Some("1901".parse().unwrap());
        let right = commit(None, vec![until, city("ming"), from]);
        store.commit(&right, None).await.unwrap();
        // A merge does not bring two together either.
        let province = |key| {
            Change::PutEntity(EntityRecord { key, kind: "Province", ..EntityRecord::default() })
        };
        let mut other = capital("c2", "ming");
        let Change::PutStatement(record) = &mut other else { unreachable!() };
        record.object = "west";
        let prepared = commit(None, vec![province("west"), other]);
        store.commit(&prepared, None).await.unwrap();
        let merge = commit(None, vec![Change::Merge { from: "west", into: "zhejiang" }]);
        assert!(refused(store.commit(&merge, None).await).starts_with("0 TOO_MANY \"zhejiang\""));
        // The log carries it out again.
        let (again, damage) = replay(store.log().unwrap().as_ref(), None).await.unwrap();
        let now = store.current();
        assert!(damage.is_none() && all(&again).eq(all(&now.snapshot)));
    });
}

#[test]
fn a_new_store_begins_with_its_graph_and_opens_again_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    wait_for(async {
        let store = open(folder.path()).await;
        assert!(all(&store.current().snapshot).eq(all(&WORLD.snapshot)));
        let change = [entity("north", "North"), located("n1", "north")].to_vec();
        store.commit(&commit(None, change), Some(1)).await.unwrap();
        let before = store.current();
        drop(store);
        // The writer lets go of the log once its store is gone.
        let again = loop {
            match SqliteLog::open(folder.path()) {
                Ok(log) => break log,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        };
        let (snapshot, damage) = replay(&again, None).await.unwrap();
        assert!(damage.is_none());
        assert!(all(&snapshot).eq(all(&before.snapshot)));
        assert_eq!(snapshot.recorded_at(), before.snapshot.recorded_at());
    });
}

#[test]
fn a_commit_is_all_or_nothing_at_the_expected_revision_and_once() {
    let folder = tempfile::tempdir().unwrap();
    wait_for(async {
        let store = open(folder.path()).await;
        let wrong =
            commit(None, vec![entity("one", "One"), located("s", "two"), entity("", "None")]);
        match store.commit(&wrong, None).await {
            Err(CommitError::Invalid(problems)) => {
                let found: Vec<(usize, &str)> =
                    problems.iter().map(|(place, p)| (*place, p.mistake.name())).collect();
                assert_eq!(found, [(1, "NOT_FOUND"), (2, "BAD_KEY")]);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(store.current().snapshot.entity("one"), None, "nothing of it is there");
        assert_eq!(store.current().snapshot.revision(), 1);

        let right = commit(Some("the-first"), vec![entity("one", "One")]);
        let first = store.commit(&right, Some(1)).await.unwrap();
        assert_eq!((first.revision, first.was_there), (2, false));
        let again = store.commit(&right, Some(1)).await.unwrap();
        assert_eq!((again.revision, again.was_there), (2, true));
        let late = store.commit(&commit(None, vec![entity("two", "Two")]), Some(1)).await;
        assert!(matches!(late, Err(CommitError::Conflict { head: 2, expected: 1 })), "{late:?}");
        assert!(matches!(store.commit(&commit(None, vec![]), None).await, Err(CommitError::Empty)));
    });
}

#[test]
fn writers_at_once_each_get_a_revision_and_readers_see_whole_ones() {
    let folder = tempfile::tempdir().unwrap();
    wait_for(async {
        let store = open(folder.path()).await;
        let writers: Vec<_> = (0..64)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut revisions = Vec::new();
                    for number in 0..5 {
                        let (key, other) =
                            (format!("d{writer}-{number}"), format!("s{writer}-{number}"));
                        let change = vec![entity(&key, "A district"), located(&other, &key)];
                        let committed = store.commit(&commit(None, change), None).await.unwrap();
                        let snapshot = &committed.published.snapshot;
                        assert!(
                            snapshot.entity(&key).is_some(),
                            "a commit that was answered is seen"
                        );
                        revisions.push(committed.revision);
                    }
                    revisions
                })
            })
            .collect();
        let reader = {
            let store = store.clone();
            tokio::spawn(async move {
                let mut seen = 0;
                while seen < 321 {
                    let published = store.current();
                    let snapshot = &published.snapshot;
                    assert!(snapshot.revision() >= seen);
                    seen = snapshot.revision();
                    let more = snapshot.count(Table::Entities) - 177;
                    assert_eq!(more, snapshot.count(Table::Statements) - 369, "both or none");
                    assert_eq!(more as u32, seen - 1);
                    tokio::task::yield_now().await;
                }
            })
        };
        let mut revisions = Vec::new();
        for writer in writers {
            revisions.extend(writer.await.unwrap());
        }
        reader.await.unwrap();
        revisions.sort_unstable();
        assert_eq!(revisions, (2..=321).collect::<Vec<_>>());
    });
}

#[test]
fn the_past_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    wait_for(async {
        let store = open(folder.path()).await;
        let mut kept = vec![store.current()];
        let commits = [
            vec![entity("a", "A"), entity("b", "B"), located("s1", "a"), located("s2", "b")],
            vec![entity("a", "A anew")],
            vec![Change::Merge { from: "a", into: "b" }],
            vec![
                Change::Retract { table: Table::Statements, key: "s1" },
                Change::Retract { table: Table::Statements, key: "s2" },
                Change::Retract { table: Table::Entities, key: "b" },
            ],
            vec![entity("b", "B again")],
        ];
        for changes in commits {
            store.commit(&commit(None, changes), None).await.unwrap();
            kept.push(store.current());
        }
        for (revision, published) in (1..).zip(&kept) {
            let past = store.at(revision).await.unwrap();
            assert_eq!(past.revision(), revision);
            assert!(all(&past).eq(all(&published.snapshot)), "revision {revision}");
        }
        let at = |revision: usize, key: &str| {
            let snapshot = &kept[revision - 1].snapshot;
            snapshot.entity(key).map(|id| snapshot.text(snapshot.label(id, None)).to_owned())
        };
        assert_eq!(at(4, "a"), Some("B".to_owned()), "a key that was merged leads on");
        assert_eq!((at(5, "b"), at(6, "b")), (None, Some("B again".to_owned())));
    });
}

const NEW: &str = r#"mutation { commit(input: { author: "ada", message: "New", changes: [
    { putEntity: { key: "north", kind: DISTRICT, labels: [{ lang: EN, text: "North" }, { lang: ZH, text: "北" }] } }
    { putStatement: { key: "n1", subject: "north", predicate: LOCATED_IN, object: "hangzhou", validFrom: "2024-05", references: [{ source: "cfo-2024", locator: "2" }] } }
    { putObservation: { key: "x1", subject: "north", metric: SELLERS, value: "12", unit: "count", period: "2024", references: [{ source: "cfo-2024" }] } }
] }) { revision wasThere changed { __typename id } } }"#;

#[test]
fn the_api_commits_tells_history_and_answers_from_the_past() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--data", folder.path().to_str().unwrap()]);
    let done = ask(&server, NEW);
    assert_eq!(done["commit"]["revision"], 2);
    let types: Vec<&Value> =
        done["commit"]["changed"].as_array().unwrap().iter().map(|c| &c["__typename"]).collect();
    assert_eq!(types, ["District", "Statement", "Observation"]);
    ask(
        &server,
        r#"mutation { commit(input: { author: "ben", message: "Renamed", changes: [
        { putEntity: { key: "north", kind: DISTRICT, labels: [{ lang: EN, text: "Far North" }] } }
    ] }) { revision } }"#,
    );
    ask(
        &server,
        r#"mutation { commit(input: { author: "ben", message: "Gone", changes: [
        { retractStatement: "n1" } { retractObservation: "x1" } { retractEntity: "north" }
    ] }) { revision } }"#,
    );
    let found = ask(
        &server,
        r#"{
        now: entity(key: "north") { label }
        one: view(revision: 1) { entity(key: "north") { label } statements { totalCount } }
        two: view(revision: 2) { entity(key: "north") { label revision zh: label(lang: ZH) relations { totalCount } } search(text: "north") { text } statements { totalCount } }
        three: view(revision: 3) { entity(key: "north") { label revision } view(revision: 2) { entity(key: "north") { label } } on: view(on: "2024-04") { statement(key: "n1") { key } } }
        now_later: view(knownAt: "2999-01-01T00:00:00Z") { graph { revision } }
    }"#,
    );
    assert_eq!(found["now"], Value::Null);
    assert_eq!(found["one"], json!({ "entity": null, "statements": { "totalCount": 369 } }));
    assert_eq!(
        found["two"]["entity"],
        json!({ "label": "North", "revision": 2, "zh": "北", "relations": { "totalCount": 1 } })
    );
    assert_eq!(found["two"]["search"], json!([{ "text": "North" }]));
    assert_eq!(found["three"]["entity"], json!({ "label": "Far North", "revision": 3 }));
    assert_eq!(found["three"]["view"], json!({ "entity": { "label": "North" } }));
    assert_eq!(found["three"]["on"], json!({ "statement": null }), "both clocks at once");
    assert_eq!(found["now_later"]["graph"]["revision"], 4);

    let found = ask(
        &server,
        r#"{ history(key: "north") { revision author message operation columns { column before after } object { id } } }"#,
    );
    assert_eq!(
        found["history"][1],
        json!({
            "revision": 3, "author": "ben", "message": "Renamed", "operation": "PUT", "object": null,
            "columns": [{ "column": "label_en", "before": "North", "after": "Far North" }, { "column": "label_zh", "before": "北", "after": null }],
        })
    );
    assert_eq!(found["history"][2]["operation"], "RETRACT");
    assert_eq!(found["history"].as_array().unwrap().len(), 3);
}

#[test]
fn a_graph_without_a_data_folder_says_why_it_cannot_be_changed() {
    let server = Server::start(&[]);
    let answer = server.ask(NEW);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "READ_ONLY");
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("--data"), "{answer}");
}

#[test]
fn mutations_are_not_taken_by_get() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&["--data", folder.path().to_str().unwrap()]);
    let query = "/graphql?query=mutation%7Bcommit(input%3A%7Bauthor%3A%22a%22%2Cmessage%3A%22b%22%2Cchanges%3A%5B%7BretractStatement%3A%22f0001%22%7D%5D%7D)%7Brevision%7D%7D";
    let response = agent().get(server.url(query)).call().unwrap();
    assert_eq!(response.status(), 405);
    let events = agent().get(server.url(query)).header("accept", "text/event-stream");
    assert_eq!(events.call().unwrap().status(), 405);
    assert_eq!(ask(&server, "{ graph { revision } }")["graph"]["revision"], 1);
}

#[test]
fn operators_list_verify_back_up_restore_and_compact() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let (data, copy, backup) = (path("data"), path("copy"), path("backup.sqlite"));
    let server = Server::start(&["--data", &data]);
    ask(&server, NEW);
    ask(
        &server,
        r#"mutation { commit(input: { author: "ben", message: "One", changes: [{ retractObservation: "x1" }] }) { revision } }"#,
    );
    let out = |arguments: &[&str]| {
        let output = run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    // Beside the running server.
    let second = run(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(1));
    let message = text(&second.stderr);
    assert!(message.contains(&format!("in use by process {}", server.process.id())), "{message}");
    let lines = out(&["log", &data]);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(
        lines.contains("ada  New  (3 put)") && lines.contains("ben  One  (1 retracted)"),
        "{lines}"
    );
    assert_eq!(out(&["log", &data, "-n", "1"]).lines().count(), 1);
    out(&["backup", &data, &backup]);
    assert!(!run(&["backup", &data, &backup]).status.success(), "a backup is not written over");
    assert!(!run(&["compact", &data]).status.success(), "a server has it");
    drop(server);
    assert!(out(&["verify", &data]).contains(
        "revision 3: 178 entities, 370 statements, 104 observations, 57 sources: no damage"
    ));
    out(&["restore", &backup, &copy]);
    assert!(!run(&["restore", &backup, &copy]).status.success(), "a log is not written over");
    assert!(out(&["compact", &copy]).starts_with("revision 3: 178 entities"));
    assert_eq!(out(&["log", &copy]), "");
    let (old, new) = (Server::start(&["--data", &data]), Server::start(&["--data", &copy]));
    let whole = "{ entities(first: 1000) { nodes { key label revision recordedAt } } statements(first: 1000) { nodes { key note revision references { locator } } } graph { revision recordedAt } }";
    assert_eq!(ask(&old, whole), ask(&new, whole));
    let answer = new.ask("{ view(revision: 2) { graph { revision } } }");
    assert!(
        answer["errors"][0]["message"].as_str().unwrap().contains("compacted away"),
        "{answer}"
    );
    assert_eq!(
        ask(
            &new,
            r#"mutation { commit(input: { author: "c", message: "d", changes: [{ retractStatement: "n1" }] }) { revision } }"#
        )["commit"]["revision"],
        4
    );
    drop(new);
    assert!(out(&["verify", &copy]).contains("revision 4"));
}

#[test]
fn one_key_may_stand_in_every_table() {
    // Keys are of their table: the same one in each is four rows.
    let folder = tempfile::tempdir().unwrap();
    wait_for(async {
        let store = open(folder.path()).await;
        let changes = vec![entity("same", "Same"), located("same", "same")];
        store.commit(&commit(None, changes), None).await.unwrap();
        let snapshot = &store.current().snapshot;
        let rows: BTreeMap<&str, u32> = [
            ("entity", snapshot.entity("same").map(|id| id.0)),
            ("statement", snapshot.statement_with_key("same").map(|id| id.0)),
        ]
        .into_iter()
        .filter_map(|(name, id)| Some((name, id?)))
        .collect();
        assert_eq!(rows, BTreeMap::from([("entity", 177), ("statement", 369)]));
    });
}
