//! The API over the bundled graph: what each question answers, and what it must not.

use serde_json::{Value, json};

use crate::support::{WORLD, answer, asked, data, engine_of, wait_for};

fn keys(nodes: &Value) -> Vec<&str> {
    nodes.as_array().unwrap().iter().map(|node| node["key"].as_str().unwrap()).collect()
}

fn error(query: &str) -> Value {
    let answer = answer(query, Value::Null);
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no error: {answer}"));
    errors[0].clone()
}

#[test]
fn every_example_answers_with_data_and_without_errors() {
    let examples = &WORLD.snapshot.dataset().examples;
    assert!(examples.len() >= 10);
    for example in examples {
        let variables = serde_json::from_str(&example.variables).unwrap_or(Value::Null);
        let answer = answer(&example.query, variables);
        assert_eq!(answer.get("errors"), None, "{}: {answer}", example.title);
        let text = answer["data"].to_string();
        assert!(text.len() > 200 && !text.contains("\"nodes\":[]}}"), "{}: {text}", example.title);
    }
}

#[test]
fn one_where_asks_three_steps_of_the_graph() {
    let found = data(
        r#"{
            supported: platforms(where: { industries: { some: { policies: { some: { issuedIn: { some: { key: { eq: "year-2024" } } } } } } } }) { nodes { key } }
            all: platforms { nodes { key industries { nodes { policies { nodes { issuedIn { nodes { key } } } } } } } }
        }"#,
    );
    // The slow and obvious way: every platform, walked by hand.
    let by_hand: Vec<&str> = found["all"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|platform| {
            let each =
                |value: &Value, field: &str| value[field]["nodes"].as_array().unwrap().clone();
            each(platform, "industries").iter().any(|industry| {
                each(industry, "policies").iter().any(|policy| {
                    each(policy, "issuedIn").iter().any(|year| year["key"] == "year-2024")
                })
            })
        })
        .map(|platform| platform["key"].as_str().unwrap())
        .collect();
    assert!(!by_hand.is_empty());
    assert_eq!(keys(&found["supported"]["nodes"]), by_hand);
    assert!(by_hand.len() < found["all"]["nodes"].as_array().unwrap().len(), "some are left out");
}

#[test]
fn filters_compose() {
    let found = data(
        r#"{
            or: cities(where: { or: [{ key: { eq: "hangzhou" } }, { label: { lang: ZH, eq: "上海" } }] }) { nodes { key } }
            and: cities(where: { and: [{ key: { startsWith: "h" } }, { alias: { contains: "Lin'an" } }] }) { nodes { key } }
            not: cities(where: { not: { key: { in: ["hangzhou", "shanghai"] } } }) { nodes { key } }
            folded: cities(where: { label: { eq: "HANGZHOU", ignoreCase: true } }) { nodes { key } }
            exact: cities(where: { label: { eq: "HANGZHOU" } }) { nodes { key } }
            none: companies(where: { foundingYear: { none: {} } }) { totalCount }
            some: companies(where: { foundingYear: { some: {} } }) { totalCount }
            all: companies { totalCount }
            figures: observations(where: { value: { gte: "1000000000000" }, unit: { eq: "CNY" }, period: { within: "2023" } }) { nodes { key value period } }
            held: statements(where: { valid: { overlaps: "2023-07" }, predicate: { eq: SUPPORTS } }) { nodes { validFrom validUntil } }
        }"#,
    );
    assert_eq!(keys(&found["or"]["nodes"]), ["hangzhou", "shanghai"]);
    assert_eq!(keys(&found["and"]["nodes"]), ["hangzhou"]);
    assert!(!keys(&found["not"]["nodes"]).contains(&"hangzhou"));
    assert_eq!(keys(&found["folded"]["nodes"]), ["hangzhou"]);
    assert_eq!(keys(&found["exact"]["nodes"]), [""; 0]);
    let count = |name: &str| found[name]["totalCount"].as_u64().unwrap();
    assert_eq!(count("none") + count("some"), count("all"));
    assert!(count("some") > 0 && count("none") > 0);
    let figures = found["figures"]["nodes"].as_array().unwrap();
    assert!(figures.iter().any(|figure| figure["key"] == "o0001"));
    for figure in figures {
        assert!(figure["period"].as_str().unwrap().starts_with("2023"), "{figure}");
        assert!(figure["value"].as_str().unwrap().parse::<f64>().unwrap() >= 1e12, "{figure}");
    }
    for statement in found["held"]["nodes"].as_array().unwrap() {
        let from = statement["validFrom"].as_str().unwrap_or("0001");
        let until = statement["validUntil"].as_str().unwrap_or("9999");
        assert!(from <= "2023-07-31" && until >= "2023", "{statement}");
    }
}

#[test]
fn pages_join_to_the_whole_in_both_directions() {
    let whole = data(
        "{ companies(first: 1000, orderBy: { field: LABEL, direction: DESC }) { totalCount nodes { key } } }",
    );
    let whole_keys = keys(&whole["companies"]["nodes"]);
    assert_eq!(whole["companies"]["totalCount"], whole_keys.len());
    let mut forward: Vec<String> = Vec::new();
    let mut backward: Vec<String> = Vec::new();
    let query = "query Page($first: Int, $after: String, $last: Int, $before: String) {
        companies(first: $first, after: $after, last: $last, before: $before, orderBy: { field: LABEL, direction: DESC }) {
            totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { key } }
        }
    }";
    let page = |variables: Value| answer(query, variables)["data"]["companies"].clone();
    let of = |page: &Value| -> Vec<String> {
        let edges = page["edges"].as_array().unwrap().iter();
        edges.map(|edge| edge["node"]["key"].as_str().unwrap().to_owned()).collect()
    };
    let mut after = Value::Null;
    loop {
        let part = page(json!({ "first": 7, "after": after }));
        forward.extend(of(&part));
        assert_eq!(
            part["pageInfo"]["endCursor"],
            part["edges"].as_array().unwrap().last().unwrap()["cursor"]
        );
        after = part["pageInfo"]["endCursor"].clone();
        if part["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let mut before = Value::Null;
    loop {
        let part = page(json!({ "last": 7, "before": before }));
        backward.splice(0..0, of(&part));
        before = part["pageInfo"]["startCursor"].clone();
        if part["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(forward, whole_keys);
    assert_eq!(backward, whole_keys);
}

#[test]
fn a_global_id_leads_back_to_its_object() {
    let found = data(
        r#"{
            city(key: "hangzhou") { id }
            statement(key: "f0004") { id }
            observation(key: "o0001") { id }
            source(key: "cfo-2024") { id }
        }"#,
    );
    let ids: Vec<Value> =
        ["city", "statement", "observation", "source"].map(|f| found[f]["id"].clone()).into();
    let query = "query($ids: [ID!]!, $id: ID!) {
        node(id: $id) { id __typename ... on City { label } }
        nodes(ids: $ids) { id __typename }
    }";
    let mut asked = ids.clone();
    asked.push(json!("bm90aGluZw"));
    let answer = answer(query, json!({ "id": ids[0], "ids": asked }));
    let found = &answer["data"];
    assert_eq!(found["node"], json!({ "id": ids[0], "__typename": "City", "label": "Hangzhou" }));
    let names = ["City", "Statement", "Observation", "Source"];
    for (index, name) in names.iter().enumerate() {
        assert_eq!(found["nodes"][index], json!({ "id": ids[index], "__typename": name }));
    }
    assert_eq!(found["nodes"][4], Value::Null);
}

#[test]
fn an_edge_carries_the_statement_behind_it() {
    let found = data(
        r#"{ city(key: "hangzhou") { titles { edges { cursor node { key } statement { subject { key } predicate object { key } } statements { key } } } } }"#,
    );
    let edges = found["city"]["titles"]["edges"].as_array().unwrap();
    assert!(edges.len() >= 2);
    for edge in edges {
        assert_eq!(edge["statement"]["subject"]["key"], "hangzhou");
        assert_eq!(edge["statement"]["predicate"], "KNOWN_AS");
        assert_eq!(edge["statement"]["object"]["key"], edge["node"]["key"]);
    }
}

#[test]
fn properties_are_told_by_name_whatever_they_hold() {
    let ontology = r#"enum Language { EN @language(tag: "en") }
enum Predicate { A @predicate }
enum Size { SMALL LARGE }
type Town @kind { "How large." size: Size "Its motto." motto: String people: Int area: Float coast: Boolean debt: Decimal founded: PartialDate }
"#;
    let manifest = "name = \"x\"\ntitle = \"x\"\nversion = \"1\"\nlicence = \"x\"\nontology = [\"o.graphql\"]\n[tables]\nsources = []\nentities = [\"e.csv\"]\nstatements = []\nobservations = []\n";
    let entities = "key,kind,size,motto,people,area,coast,debt,founded\nulm,Town,LARGE,Ulma ornat,129000,118.5,false,1.50,1181\nblank,Town,,,,,,,\n";
    let files = [("westlake.toml", manifest), ("o.graphql", ontology), ("e.csv", entities)];
    let engine = engine_of(&files.map(|(path, text)| (path, text.as_bytes())));
    let query = "{ town(key: \"ulm\") { properties { name description value } } entity(key: \"blank\") { properties { name } } }";
    let found = asked(&engine, query);
    let told = |name, description: Option<&str>, value| json!({ "name": name, "description": description, "value": value });
    assert_eq!(
        found,
        json!({
            "town": { "properties": [
                told("size", Some("How large."), "LARGE"),
                told("motto", Some("Its motto."), "Ulma ornat"),
                told("people", None, "129000"),
                told("area", None, "118.5"),
                told("coast", None, "false"),
                told("debt", None, "1.50"),
                told("founded", None, "1181"),
            ] },
            "entity": { "properties": [] }
        })
    );
}

#[test]
fn a_search_in_a_view_looks_at_the_texts_of_the_view() {
    let ontology = r#"enum Language { EN @language(tag: "en") }
enum Predicate { A @predicate }
type Town @kind
"#;
    let statements = "key,subject,predicate,object,confidence,source,note\ns1,ulm,a,bonn,high,x,There is an old bridge in the middle of it\ns2,ulm,a,bonn,low,x,Old bridge\n";
    let files = [
        (
            "westlake.toml",
            "name = \"x\"\ntitle = \"x\"\nversion = \"1\"\nlicence = \"x\"\nontology = [\"o.graphql\"]\n[tables]\nsources = [\"x.csv\"]\nentities = [\"e.csv\"]\nstatements = [\"s.csv\"]\nobservations = []\n",
        ),
        ("o.graphql", ontology),
        ("x.csv", "key,title\nx,X\n"),
        ("e.csv", "key,kind,label_en\nulm,Town,Ulm\nbonn,Town,Bonn\n"),
        ("s.csv", statements),
    ];
    let engine = engine_of(&files.map(|(path, text)| (path, text.as_bytes())));
    let found = asked(
        &engine,
        "{
        all: search(text: \"old bridge\") { entity { key } text }
        sure: view(minConfidence: HIGH) {
            search(text: \"old bridge\") { entity { key } text }
            fullText(text: \"old\") { totalCount hits { text } kinds { kind count } }
        }
        said: view(sources: [\"x\"]) { fullText(text: \"old\") { totalCount } }
    }",
    );
    assert_eq!(found["all"], json!([{ "entity": { "key": "ulm" }, "text": "Old bridge" }]));
    let long = "There is an old bridge in the middle of it";
    assert_eq!(found["sure"]["search"], json!([{ "entity": { "key": "ulm" }, "text": long }]));
    assert_eq!(
        found["sure"]["fullText"],
        json!({ "totalCount": 1, "hits": [{ "text": long }], "kinds": [{ "kind": "TOWN", "count": 1 }] })
    );
    assert_eq!(found["said"]["fullText"]["totalCount"], 2);
}

#[test]
fn search_folds_case_and_width_in_both_languages() {
    for (text, key) in [
        ("hangz", "hangzhou"),
        ("HANGZHOU", "hangzhou"),
        ("ＨＡＮＧＺＨＯＵ", "hangzhou"),
        ("杭州", "hangzhou"),
        ("阿里", "alibaba"),
        ("Qiantang (ancient", "hangzhou"),
    ] {
        let found = answer(
            "query($text: String!) { search(text: $text) { score text entity { key } } }",
            json!({ "text": text }),
        );
        let hits = found["data"]["search"].as_array().unwrap();
        assert!(hits.iter().any(|hit| hit["entity"]["key"] == key), "{text}: {hits:?}");
    }
    let found = data(
        r#"{ search(text: "angzhou") { text } none: search(text: " ") { text } kinds: search(text: "hangzhou", kinds: [COMPANY]) { entity { kind } } }"#,
    );
    assert_eq!(found["search"], json!([]), "a name is not found by its middle");
    assert_eq!(found["none"], json!([]));
    for hit in found["kinds"].as_array().unwrap() {
        assert_eq!(hit["entity"]["kind"], "COMPANY");
    }
}

#[test]
fn a_neighborhood_has_every_statement_between_its_entities_and_no_other() {
    let found = data(
        r#"{ neighborhood(of: ["six-dragons"], depth: 1) { truncated nodes { key } edges { subject { key } object { key } } }
             small: neighborhood(of: ["hangzhou"], depth: 2, limit: 5) { truncated nodes { key } edges { subject { key } object { key } } } }"#,
    );
    for name in ["neighborhood", "small"] {
        let part = &found[name];
        let nodes = keys(&part["nodes"]);
        let mut count = 0;
        let snapshot = &WORLD.snapshot;
        for id in 0..snapshot.statement_count() as u32 {
            let statement = snapshot.statement(westlake::graph::StatementId(id));
            let key = |id| snapshot.text(snapshot.key(id));
            count += usize::from(
                nodes.contains(&key(statement.subject)) && nodes.contains(&key(statement.object)),
            );
        }
        assert_eq!(part["edges"].as_array().unwrap().len(), count, "{name}");
    }
    assert_eq!(found["neighborhood"]["truncated"], false);
    assert_eq!(found["small"]["truncated"], true);
    assert_eq!(found["small"]["nodes"].as_array().unwrap().len(), 5);
}

#[test]
fn a_view_narrows_every_query_below_it() {
    let found = data(
        r#"{
            all: statements { totalCount }
            sure: view(minConfidence: HIGH) { statements { totalCount } unsure: statements(where: { confidence: { ne: HIGH } }) { totalCount } }
            said: view(sources: ["cfo-2024"]) { statements { totalCount } observations { totalCount } sources { nodes { key } } city(key: "hangzhou") { label } }
            early: view(knownAt: "2000-01-01T00:00:00Z") {
                city(key: "hangzhou") { label } statements { totalCount }
                neighborhood(of: ["hangzhou"]) { nodes { key } } connections(keys: ["hangzhou", "alibaba"]) { nodes { key } }
            }
            nested: view(sources: ["cfo-2024"]) { view(sources: ["hktdc"]) { statements { totalCount } } }
            on: view(on: "1000") { statements(where: { valid: { after: "1001" } }) { totalCount } }
            later: statements(where: { valid: { after: "1001" } }) { totalCount }
        }"#,
    );
    let total = |value: &Value| value["statements"]["totalCount"].as_u64().unwrap();
    assert!(total(&found["sure"]) < found["all"]["totalCount"].as_u64().unwrap());
    assert_eq!(found["sure"]["unsure"]["totalCount"], 0);
    assert_eq!(
        (total(&found["said"]), &found["said"]["observations"]["totalCount"]),
        (66, &json!(8))
    );
    assert_eq!(keys(&found["said"]["sources"]["nodes"]), ["cfo-2024"]);
    assert_eq!(found["said"]["city"]["label"], "Hangzhou");
    let nothing = json!({ "nodes": [] });
    assert_eq!(
        found["early"],
        json!({ "city": null, "statements": { "totalCount": 0 }, "neighborhood": nothing, "connections": nothing })
    );
    assert_eq!(total(&found["nested"]["view"]), 0);
    assert_eq!(total(&found["on"]), 0);
    assert!(found["later"]["totalCount"].as_u64().unwrap() > 0);
}

#[test]
fn errors_say_what_was_expected_and_the_nearest_right_name() {
    for (query, code, parts) in [
        (
            "{ city(key: \"hangzhou\") { labell } }",
            "GRAPHQL_VALIDATION_FAILED",
            vec!["labell", "label"],
        ),
        (
            "{ cities(where: { kind: { eq: TOWN } }) { totalCount } }",
            "GRAPHQL_VALIDATION_FAILED",
            vec!["TOWN"],
        ),
        (
            "{ neighborhood(of: [\"hangzou\"]) { truncated } }",
            "BAD_USER_INPUT",
            vec!["hangzou", "did you mean \"hangzhou\"?"],
        ),
        (
            "{ view(sources: [\"cfo-2025\"]) { graph { revision } } }",
            "BAD_USER_INPUT",
            vec!["cfo-2025", "did you mean \"cfo-2024\"?"],
        ),
        (
            "{ cities(first: -1) { totalCount } }",
            "BAD_USER_INPUT",
            vec!["first", "-1", "from 0 to 10000"],
        ),
        (
            "{ cities(after: \"???\") { totalCount } }",
            "BAD_USER_INPUT",
            vec!["after", "???", "cursor"],
        ),
        (
            "{ observations(where: { period: { overlaps: \"2024-13\" } }) { totalCount } }",
            "GRAPHQL_VALIDATION_FAILED",
            vec!["PartialDate"],
        ),
        ("{ cities(", "GRAPHQL_PARSE_FAILED", vec!["not GraphQL", "expected"]),
        (
            "query A { graph { revision } } query B { graph { revision } }",
            "OPERATION_RESOLUTION_FAILURE",
            vec![],
        ),
    ] {
        let error = error(query);
        assert_eq!(error["extensions"]["code"], code, "{query}: {error}");
        for part in parts {
            assert!(error["message"].as_str().unwrap().contains(part), "{query}: {error}");
        }
    }
}

#[test]
fn a_null_goes_up_to_the_nearest_field_that_may_be_null() {
    let answer = answer(
        r#"{ a: city(key: "hangzhou") { key bad: companies(first: -1) { totalCount } } b: city(key: "hangzhou") { key } }"#,
        Value::Null,
    );
    assert_eq!(answer["data"], json!({ "a": null, "b": { "key": "hangzhou" } }));
    assert_eq!(answer["errors"][0]["path"], json!(["a", "bad"]));
    assert_eq!(answer["errors"][0]["locations"][0]["line"], 1);
}

#[test]
fn a_query_that_asks_for_too_much_is_refused_before_it_runs() {
    let wide = "{ entities(first: 10000) { nodes { relations(first: 10000) { nodes { relations(first: 10000) { nodes { relations(first: 10000) { nodes { key } } } } } } } } }";
    let found = error(wide);
    assert_eq!(found["extensions"]["code"], "QUERY_TOO_COMPLEX", "{found}");
    let options = westlake::api::Options { complexity: 500, ..Default::default() };
    let small = westlake::api::Engine::new(&WORLD, options).unwrap();
    let mixed = "{ __typename __schema { queryType { name } } statements(first: 400) { nodes { references { locator } } } }";
    let reply = wait_for(small.execute(async_graphql::Request::new(mixed), false));
    let answer: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX", "{answer}");
    let deep = format!("{{ {}graph {{ revision }}{} }}", "view { ".repeat(40), " }".repeat(40));
    let found = error(&deep);
    assert_eq!(found["extensions"]["code"], "QUERY_TOO_COMPLEX", "{found}");
}

#[test]
fn introspection_answers() {
    let found = data(
        r#"{ __schema { queryType { name } } __type(name: "City") { name interfaces { name } } }"#,
    );
    assert_eq!(found["__schema"]["queryType"]["name"], "Query");
    assert_eq!(found["__type"]["name"], "City");
}

#[test]
fn the_time_limit_answers_with_an_error_and_not_with_a_part() {
    let options = westlake::api::Options { time: std::time::Duration::ZERO, ..Default::default() };
    let engine = westlake::api::Engine::new(&WORLD, options).unwrap();
    let query = "{ statements(first: 10000) { nodes { key subject { key } object { key } } } }";
    let reply = wait_for(engine.execute(async_graphql::Request::new(query), false));
    let answer: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["extensions"]["code"], "TIMEOUT");
}
