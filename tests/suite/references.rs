//! Algorithms against networkx and igraph: `scripts/references.py` makes the values.

use std::{collections::BTreeMap, fs, sync::Arc};

use async_graphql::Request;
use jiff::Timestamp;
use serde_json::Value;
use westlake::{
    analytics::{Lens, Measure, Measures, Projection, measures::modularity},
    api::{Engine, Options},
    formats::{Folder, load},
    graph::{Editor, EntityId, NewEntity, NewSource, NewStatement, Snapshot},
    model::{Confidence, Rank},
    ontology::Ontology,
    query::World,
};

use crate::support::{root, wait_for};

const SMALL: [&str; 4] = ["karate", "les-miserables", "davis", "florentine"];

const ONTOLOGY: &str = r#"enum Language { "English." EN @language(tag: "en") }
"How two are linked." enum Predicate { "Knows." KNOWS @predicate }
"Somebody." type Person @kind(plural: "people") { "Those they know." friends: [Person!]! @relation(predicate: KNOWS, direction: BOTH) }"#;

fn reference(name: &str) -> Value {
    let path = root().join(format!("tests/references/{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A graph with a statement for each unit of an edge's weight, as sure as the edge is cheap.
fn graph(reference: &Value) -> Snapshot {
    let ontology = Ontology::parse(&[("ontology".to_owned(), ONTOLOGY.to_owned())]).unwrap();
    let mut editor = Editor::new(Arc::new(ontology));
    let source = editor.source(&NewSource { key: "s", title: "A source", ..NewSource::default() });
    for node in reference["nodes"].as_array().unwrap() {
        let labels = vec![text(node)];
        editor.entity(&NewEntity { key: text(node), kind: 0, labels, ..NewEntity::default() });
    }
    for edge in reference["edges"].as_array().unwrap() {
        let end = |place: usize| editor.entity_with_key(text(&edge[place])).unwrap();
        let (subject, object) = (end(0), end(1));
        for copy in 0..edge[2].as_u64().unwrap() {
            editor.statement(&NewStatement {
                key: &format!("{}-{}-{copy}", text(&edge[0]), text(&edge[1])),
                subject,
                predicate: 0,
                object,
                valid_from: None,
                valid_until: None,
                confidence: match edge[3].as_u64().unwrap() {
                    1 => Confidence::High,
                    2 => Confidence::Medium,
                    _ => Confidence::Low,
                },
                rank: Rank::Normal,
                note: "",
                references: vec![(source, "")],
            });
        }
    }
    editor.record(Timestamp::UNIX_EPOCH);
    editor.finish().unwrap()
}

/// An engine that answers over a graph.
struct Asked(Engine);

impl Asked {
    fn of(snapshot: Snapshot) -> Self {
        let options = Options { complexity: 100_000_000, ..Options::default() };
        Self(Engine::new(&World::new(snapshot), options).unwrap())
    }

    fn data(&self, query: &str) -> Value {
        let reply = wait_for(self.0.execute(Request::new(query), false));
        let mut answer: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(answer.get("errors"), None, "{query}\n{answer:#}");
        answer["data"].take()
    }
}

fn assert_close(what: &str, found: f64, expected: f64) {
    let room = 1e-6 * expected.abs().max(1e-3);
    assert!((found - expected).abs() < room, "{what}: {found}, expected {expected}");
}

#[test]
fn measures_of_small_graphs_are_those_of_networkx_and_igraph() {
    for name in SMALL {
        let reference = reference(name);
        let snapshot = graph(&reference);
        let asked = Asked::of(snapshot.clone());
        let found = asked.data("{ entities(first: 1000) { nodes { key measures { neighbors pageRank betweenness closeness coreNumber component community triangles clustering } } } }");
        let nodes = reference["nodes"].as_array().unwrap();
        let found = found["entities"]["nodes"].as_array().unwrap();
        assert_eq!(found.len(), nodes.len());
        let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
        for (place, (node, found)) in nodes.iter().zip(found).enumerate() {
            assert_eq!(node, &found["key"]);
            for measure in [
                "neighbors",
                "pageRank",
                "betweenness",
                "closeness",
                "coreNumber",
                "triangles",
                "clustering",
            ] {
                let expected = reference["measures"][measure][place].as_f64().unwrap();
                let value = found["measures"][measure].as_f64().unwrap();
                assert_close(&format!("{name}, {measure} of {node}"), value, expected);
            }
            *sizes.entry(found["measures"]["component"].as_u64().unwrap()).or_default() += 1;
        }
        // Components by number, from the largest.
        let sizes: Vec<usize> = sizes.into_values().collect();
        assert_eq!(serde_json::json!(sizes), reference["measures"]["components"], "{name}");
        // Louvain's communities are not Leiden's, and nearly as good.
        let measures = Measures::new(Projection::new(&Lens::whole(&snapshot)));
        let communities = measures.get(Measure::Community, None).unwrap();
        let own = modularity(measures.projection(), &communities);
        let best = reference["measures"]["modularity"].as_f64().unwrap();
        assert!(own > best - 0.03 && own < best + 1e-9, "{name}: modularity {own}, Leiden {best}");
    }
}

#[test]
fn likeness_and_personalised_rank_are_those_of_networkx() {
    for name in SMALL {
        let reference = reference(name);
        let asked = Asked::of(graph(&reference));
        let found = asked.data(
            "{ entities(first: 1000) { nodes { key
            jaccard: similar(first: 1000) { entity { key } score shared }
            adamicAdar: similar(by: ADAMIC_ADAR, first: 1000) { entity { key } score } } } }",
        );
        let mut scores: BTreeMap<(String, String, &str), f64> = BTreeMap::new();
        for node in found["entities"]["nodes"].as_array().unwrap() {
            for by in ["jaccard", "adamicAdar"] {
                for other in node[by].as_array().unwrap() {
                    let (one, two) = (text(&node["key"]), text(&other["entity"]["key"]));
                    let score = other["score"].as_f64().unwrap();
                    scores.insert((one.to_owned(), two.to_owned(), by), score);
                }
            }
        }
        let pairs = reference["likeness"].as_array().unwrap();
        assert_eq!(scores.len(), 4 * pairs.len(), "{name}: each pair from both sides, by both");
        for pair in pairs {
            let (one, two) = (text(&pair[0]), text(&pair[1]));
            for (place, by) in [(2, "jaccard"), (3, "adamicAdar")] {
                for (one, two) in [(one, two), (two, one)] {
                    let score = scores[&(one.to_owned(), two.to_owned(), by)];
                    assert_close(
                        &format!("{name}, {by} of {one} and {two}"),
                        score,
                        pair[place].as_f64().unwrap(),
                    );
                }
            }
        }
        for (seed, expected) in reference["personalised"].as_object().unwrap() {
            let query = format!(
                "{{ pageRank(seeds: [{seed:?}], first: 1000) {{ entity {{ key }} score }} }}"
            );
            for found in asked.data(&query)["pageRank"].as_array().unwrap() {
                let key = text(&found["entity"]["key"]);
                let expected = expected[key].as_f64().unwrap();
                assert_close(
                    &format!("{name}, {key} from {seed}"),
                    found["score"].as_f64().unwrap(),
                    expected,
                );
            }
        }
    }
}

#[test]
fn paths_of_small_graphs_are_those_of_networkx() {
    for name in SMALL {
        let reference = reference(name);
        let asked = Asked::of(graph(&reference));
        for pair in reference["paths"].as_array().unwrap() {
            let (from, to) = (text(&pair["from"]), text(&pair["to"]));
            let ends = format!("from: {from:?}, to: {to:?}");
            let found = asked.data(&format!(
                "{{
                one: paths({ends}) {{ length nodes {{ key }} }}
                all: paths({ends}, mode: ALL_SHORTEST, first: 1000) {{ nodes {{ key }} }}
                simple: paths({ends}, mode: SIMPLE, maxLength: 4, first: 1000) {{ length }}
                ordered: paths({ends}, mode: K_SHORTEST, maxLength: 20, first: 12) {{ length cost }}
                cheap: paths({ends}, mode: WEIGHTED, maxLength: 20, first: 8) {{ cost }}
            }}"
            ));
            let what = format!("{name}, {from} to {to}");
            let count = |field: &str| found[field].as_array().unwrap().len();
            if pair["distance"].is_null() {
                assert_eq!((count("one"), count("all"), count("cheap")), (0, 0, 0), "{what}");
                continue;
            }
            assert_eq!(found["one"][0]["length"], pair["distance"], "{what}");
            let mut all: Vec<Vec<&str>> = found["all"]
                .as_array()
                .unwrap()
                .iter()
                .map(|path| {
                    path["nodes"].as_array().unwrap().iter().map(|n| text(&n["key"])).collect()
                })
                .collect();
            // The one shortest path is one of all.
            let one: Vec<&str> = found["one"][0]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|n| text(&n["key"]))
                .collect();
            assert!(all.contains(&one), "{what}");
            all.sort();
            assert_eq!(serde_json::json!(all), pair["shortest"], "{what}");
            if pair["simpleUpTo4"].as_u64().unwrap() <= 1000 {
                assert_eq!(count("simple") as u64, pair["simpleUpTo4"].as_u64().unwrap(), "{what}");
            }
            let of = |field: &str, value: &str| -> Vec<f64> {
                found[field]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|p| p[value].as_f64().unwrap())
                    .collect()
            };
            let expected = |field: &str| -> Vec<f64> {
                pair[field].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
            };
            assert_eq!(of("ordered", "length"), expected("lengths"), "{what}");
            assert_eq!(of("cheap", "cost"), expected("costs"), "{what}");
        }
    }
}

#[test]
fn connections_tie_together_with_no_more_edges_than_networkx() {
    for name in SMALL {
        let reference = reference(name);
        let asked = Asked::of(graph(&reference));
        for tie in reference["connections"].as_array().unwrap() {
            let keys = &tie["keys"];
            let query = format!(
                "{{ connections(keys: {keys}, maxLength: 10) {{ nodes {{ key }} edges {{ subject {{ key }} object {{ key }} }} }} }}"
            );
            let found = &asked.data(&query)["connections"];
            let nodes: Vec<&str> =
                found["nodes"].as_array().unwrap().iter().map(|n| text(&n["key"])).collect();
            let mut part: BTreeMap<&str, &str> = nodes.iter().map(|node| (*node, *node)).collect();
            fn root<'n>(part: &BTreeMap<&'n str, &'n str>, node: &'n str) -> &'n str {
                if part[node] == node { node } else { root(part, part[node]) }
            }
            for edge in found["edges"].as_array().unwrap() {
                let (a, b) = (text(&edge["subject"]["key"]), text(&edge["object"]["key"]));
                let (a, b) = (root(&part, a), root(&part, b));
                part.insert(a, b);
            }
            for key in keys.as_array().unwrap() {
                assert_eq!(root(&part, text(key)), root(&part, text(&keys[0])), "{name} {keys}");
            }
            // A tree has one edge less than nodes.
            let least = tie["edges"].as_u64().unwrap() as usize;
            assert!(
                nodes.len() - 1 <= least + 1,
                "{name} {keys}: {} edges, networkx {least}",
                nodes.len() - 1
            );
        }
    }
}

#[test]
fn patterns_find_as_many_circles_as_networkx() {
    for name in SMALL {
        let reference = reference(name);
        let asked = Asked::of(graph(&reference));
        let circle = |corners: usize| {
            let variables: Vec<String> =
                (0..corners).map(|v| format!("{{ name: \"v{v}\" }}")).collect();
            let edges: Vec<String> = (0..corners)
                .map(|v| {
                    format!("{{ from: \"v{v}\", to: \"v{}\", direction: BOTH }}", (v + 1) % corners)
                })
                .collect();
            let query = format!(
                "{{ match(pattern: {{ variables: [{}], edges: [{}] }}, first: 1) {{ totalCount }} }}",
                variables.join(", "),
                edges.join(", ")
            );
            asked.data(&query)["match"]["totalCount"].as_u64().unwrap()
        };
        let triangles = reference["measures"]["triangles"].as_array().unwrap();
        let triangles: u64 = triangles.iter().map(|count| count.as_u64().unwrap()).sum();
        // Each triangle in its six orders; each corner counts it once.
        assert_eq!(circle(3), 2 * triangles, "{name}");
        assert_eq!(circle(4), 8 * reference["fourCycles"].as_u64().unwrap(), "{name}");
    }
}

#[test]
fn wordnet_is_measured_and_walked_as_networkx_does() {
    let folder = root().join("benches/wordnet");
    assert!(
        folder.join("data/statements.csv").exists(),
        "WordNet's tables are missing: run python3 benches/wordnet/convert.py (Debian: wordnet-base)"
    );
    let reference = reference("wordnet");
    let snapshot = load(&Folder::Directory(folder), Timestamp::UNIX_EPOCH).unwrap();
    let measures = Measures::new(Projection::new(&Lens::whole(&snapshot)));
    let of = |measure| measures.get(measure, None).unwrap();
    let values = [
        ("neighbors", of(Measure::Degree)),
        ("pageRank", of(Measure::PageRank)),
        ("coreNumber", of(Measure::CoreNumber)),
        ("triangles", of(Measure::Triangles)),
        ("clustering", of(Measure::Clustering)),
    ];
    for (key, expected) in reference["sample"].as_object().unwrap() {
        let entity = snapshot.entity(key).unwrap();
        for (name, values) in &values {
            let expected = expected[*name].as_f64().unwrap();
            let room = if *name == "pageRank" { 1e-4 * expected } else { 1e-9 };
            let found = values[entity.index()];
            assert!(
                (found - expected).abs() <= room,
                "{name} of {key}: {found}, expected {expected}"
            );
        }
    }
    let triangles: f64 = values[3].1.iter().sum();
    assert_eq!(triangles as u64, 3 * reference["triangles"].as_u64().unwrap());
    let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
    for component in of(Measure::Component).iter() {
        *sizes.entry(*component as u64).or_default() += 1;
    }
    let parts = reference["components"].as_array().unwrap();
    assert_eq!(sizes.len() as u64, parts[10].as_u64().unwrap());
    for (number, size) in parts[..10].iter().enumerate() {
        assert_eq!(sizes[&(number as u64 + 1)], size.as_u64().unwrap());
    }
    let own = modularity(measures.projection(), &of(Measure::Community));
    let best = reference["modularity"].as_f64().unwrap();
    assert!(own > best - 0.03, "modularity {own}, Leiden {best}");
    let within: Vec<(EntityId, u64)> = reference["withinThree"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| (snapshot.entity(text(&pair[0])).unwrap(), pair[1].as_u64().unwrap()))
        .collect();
    let keys: Vec<String> =
        within.iter().map(|(entity, _)| snapshot.text(snapshot.key(*entity)).to_owned()).collect();
    let asked = Asked::of(snapshot);
    for pair in reference["distances"].as_array().unwrap() {
        let query =
            format!("{{ paths(from: {}, to: {}, maxLength: 20) {{ length }} }}", pair[0], pair[1]);
        assert_eq!(asked.data(&query)["paths"][0]["length"], pair[2], "{pair}");
    }
    for (key, (_, expected)) in keys.iter().zip(&within) {
        let query = format!(
            "{{ neighborhood(of: [{key:?}], depth: 3, limit: 10000) {{ nodes {{ key }} truncated }} }}"
        );
        let found = &asked.data(&query)["neighborhood"];
        assert_eq!(found["truncated"], *expected > 10_000, "{key}");
        assert_eq!(
            found["nodes"].as_array().unwrap().len() as u64,
            (*expected).min(10_000),
            "{key}"
        );
    }
}
