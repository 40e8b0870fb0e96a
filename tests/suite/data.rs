//! The bundled graph holds all of its data, and in the precision of its sources.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{answer, data};

#[test]
fn every_record_is_there() {
    let graph = data(
        "{ graph { entityCount statementCount observationCount sourceCount languages { tag } } }",
    );
    assert_eq!(
        graph["graph"],
        json!({
            "entityCount": 177, "statementCount": 369, "observationCount": 104, "sourceCount": 57,
            "languages": [{ "tag": "en" }, { "tag": "zh" }],
        })
    );
}

#[test]
fn every_entity_has_both_labels_and_every_claim_a_source() {
    let none = data(
        r#"{
            unlabelled: entities(where: { or: [{ label: { lang: EN, isNull: true } }, { label: { lang: ZH, isNull: true } }] }) { nodes { key } }
            statements(first: 10000) { nodes { key references { source { key } } } }
            observations(first: 10000) { nodes { key references { source { key } } } }
        }"#,
    );
    assert_eq!(none["unlabelled"]["nodes"], json!([]));
    for table in ["statements", "observations"] {
        for claim in none[table]["nodes"].as_array().unwrap() {
            assert!(!claim["references"].as_array().unwrap().is_empty(), "{claim}");
        }
    }
}

#[test]
fn dates_of_every_precision_come_back_as_they_are() {
    let periods = data(
        "{ observations(first: 10000) { nodes { period } } statements(first: 10000) { nodes { validFrom validUntil } } }",
    );
    let text = periods.to_string();
    for date in ["\"2023\"", "-H1\"", "-Q1", "\"2021-01/2021-08\"", "\"2024-07"] {
        assert!(text.contains(date), "no date like {date}");
    }
}

#[test]
fn targets_are_kept_apart_from_results() {
    let found = data(
        r#"{
            targets: observations(where: { status: { eq: TARGET } }) { totalCount nodes { note } }
            results: observations(where: { status: { eq: RESULT }, note: { contains: "Target" } }) { totalCount }
            forecasts: observations(where: { status: { eq: FORECAST } }) { totalCount }
        }"#,
    );
    assert!(found["targets"]["totalCount"].as_u64().unwrap() >= 5, "{found}");
    assert_eq!(found["results"]["totalCount"], 0);
}

#[test]
fn years_are_entities_that_facts_dates_and_observations_are_reached_from() {
    let year = data(
        r#"{ year(key: "year-2024") {
            period
            policies { totalCount } events { totalCount }
            statementsDuring { totalCount } observationsDuring { totalCount }
            relations { totalCount }
        } }"#,
    );
    let year = &year["year"];
    assert_eq!(year["period"], "2024");
    for field in ["policies", "statementsDuring", "observationsDuring", "relations"] {
        assert!(year[field]["totalCount"].as_u64().unwrap() > 0, "{field}: {year}");
    }
}

#[test]
fn disagreeing_sources_stand_side_by_side() {
    let found = data(
        r#"{ company(key: "deepseek") { foundingYear { edges { node { key } statement { references { source { key } } } } } } }"#,
    );
    let edges = found["company"]["foundingYear"]["edges"].as_array().unwrap();
    let years: Vec<&str> = edges.iter().map(|e| e["node"]["key"].as_str().unwrap()).collect();
    assert_eq!(years.len(), 2, "{found}");
    assert!(years.contains(&"year-2019") && years.contains(&"year-2023"));
    assert_ne!(edges[0]["statement"]["references"], edges[1]["statement"]["references"]);
}

#[test]
fn all_that_the_first_article_says_can_be_asked_for_with_its_paragraphs() {
    let query = r#"query Article($key: String!) { source(key: $key) {
        statements(first: 1000) { totalCount nodes { references { locator source { key } } } }
        observations(first: 1000) { totalCount nodes { references { locator source { key } } } }
    } }"#;
    let found = answer(query, json!({ "key": "cfo-2024" }));
    let source = &found["data"]["source"];
    let mut paragraphs = BTreeSet::new();
    for (table, count) in [("statements", 66), ("observations", 8)] {
        let nodes = source[table]["nodes"].as_array().unwrap();
        assert_eq!((&source[table]["totalCount"], nodes.len()), (&json!(count), count));
        for node in nodes {
            let reference = node["references"].as_array().unwrap().iter();
            let own: Vec<&Value> = reference.filter(|r| r["source"]["key"] == "cfo-2024").collect();
            assert_eq!(own.len(), 1, "{node}");
            let locator =
                own[0]["locator"].as_str().unwrap_or_else(|| panic!("no paragraph: {node}"));
            let (first, last) = locator.split_once('-').unwrap_or((locator, locator));
            match (first.parse::<u32>(), last.parse::<u32>()) {
                (Ok(first), Ok(last)) => paragraphs.extend(first..=last),
                _ => assert_eq!(locator, "summary"),
            }
        }
    }
    // No fact of the data stands in the fourth paragraph.
    let expected: BTreeSet<u32> = (1..=17).filter(|paragraph| *paragraph != 4).collect();
    assert_eq!(paragraphs, expected);
}
