//! Research queries: each answer beside a twin that looks right and must not be given.

use async_graphql::{Request, Value as Ordered};
use serde_json::{Value, json};
use westlake::api::Engine;

use crate::support::{ENGINE, Server, agent, answer, asked, data, engine_of, wait_for};

const MANIFEST: &str =
    "name = \"realm\"\nversion = \"1\"\nlicence = \"CC0-1.0\"\nontology = [\"ontology.graphql\"]\n";
const ONTOLOGY: &str = r#"enum Language { "English." EN @language(tag: "en") "Chinese." ZH @language(tag: "zh") }
enum Predicate {
  "Rules." RULES @predicate(subject: [Person], object: [Realm], inverseFunctional: true) @label(lang: EN, text: "rules", sentence: "{subject} ruled {object}.")
  "Was born in." BORN_IN @predicate(subject: [Person], object: [Town], functional: true)
  "Lies in." LIES_IN @predicate(subject: [Town], object: [Realm])
  "Knows." KNOWS @predicate(subject: [Person], object: [Person])
  "Road to." ROAD @predicate(subject: [Town], object: [Town])
}
enum Metric { "People." POPULATION @metric(units: ["count"]) "Income." INCOME @metric(units: ["crowns", "thalers"]) }
"A person." type Person @kind(plural: "people") { "Those they know." knows: [Person!]! @relation(predicate: KNOWS) }
"A town." type Town @kind { "How high it lies." height: Int "Roads." roads: [Town!]! @relation(predicate: ROAD, direction: BOTH) }
"A realm." type Realm @kind { "Towns." towns: [Town!]! @relation(predicate: LIES_IN, direction: IN) }
"#;
const SOURCES: &str = "key,title,publisher,published,genre,url\nold,Old chronicle,Abbey,1650,book,\nnew,New history & more,Press,1990-05,article,https://example.org/new\nunused,Never cited,,,,\n";
const ENTITIES: &str = "key,kind,label_en,label_zh,height\nada,Person,Ada,阿达,\nben,Person,Ben,,\ncy,Person,Cy,,\ndot,Person,Dot,,\nnorth,Realm,North,,\na,Town,A,,100\nb,Town,B,,900\nc,Town,C,,\nd,Town,D,,200\ne,Town,E,,100\n";
const STATEMENTS: &str =
    "key,subject,predicate,object,source,valid_from,valid_until,confidence,rank
r1,ada,rules,north,old,1600,1620,high,
r2,ben,rules,north,new,1615,1630,high,
r3,cy,rules,north,new,1631,1640,high,
r4,dot,rules,north,old,1600,1640,low,deprecated
b1,ada,born_in,a,old,,,high,
b2,ada,born_in,b,new,,,medium,
b3,ben,born_in,c,old,,,high,
b4,ben,born_in,c,new,,,high,
l1,a,lies_in,north,old,,,high,
l2,b,lies_in,north,old,,,high,
k1,ada,knows,ben,old,,,high,
k2,ben,knows,cy,old,,,high,
k3,cy,knows,ada,old,,,high,
k4,cy,knows,dot,old,,,high,
w1,a,road,b,old,,,high,
w2,b,road,e,old,,,high,
w3,a,road,c,new,,,low,
w4,c,road,e,new,1700,,low,
w5,a,road,d,old,,,medium,
w6,d,road,e,old,,,medium,
";
const OBSERVATIONS: &str =
    "key,subject,metric,value,unit,period,source,approximation,status,confidence,rank
p1,north,population,1000,count,1600,old,,,,
p2,north,population,1050,count,1600,new,,,high,
p3,north,population,990,count,1600,old,,,high,deprecated
p4,north,population,1500,count,1610,old,about,,,
p5,north,population,1450,count,1610,new,,,,
p6,north,population,700,count,1610-H1,old,,,,
p7,north,population,9000,count,1620,old,,target,,
p8,north,population,2000,count,1620,old,,,,preferred
p9,north,population,2600,count,1620,new,,,high,
i1,north,income,50,crowns,1600,old,,,,
i2,north,income,200,thalers,1601,old,,,,
i3,a,income,5,crowns,1600,old,,,,
i4,b,income,7,crowns,1600,old,,,,
i5,c,income,7,crowns,1600,old,,,,
";

/// An engine over a small realm.
fn realm() -> Engine {
    engine_of(&[
        ("westlake.toml", MANIFEST.as_bytes()),
        ("ontology.graphql", ONTOLOGY.as_bytes()),
        ("sources.csv", SOURCES.as_bytes()),
        ("entities.csv", ENTITIES.as_bytes()),
        ("statements.csv", STATEMENTS.as_bytes()),
        ("observations.csv", OBSERVATIONS.as_bytes()),
    ])
}

/// The answer with its extensions.
fn with(engine: &Engine, query: &str, extension: &str) -> Value {
    let mut request = Request::new(query);
    request.extensions.insert(extension.to_owned(), Ordered::Boolean(true));
    serde_json::from_slice(&wait_for(engine.execute(request, false)).body).unwrap()
}

/// The keys of nodes, joined.
fn keys(nodes: &Value) -> String {
    let keys = nodes.as_array().unwrap().iter().map(|node| node["key"].as_str().unwrap());
    keys.collect::<Vec<_>>().join(" ")
}

/// The ways of paths.
fn ways(paths: &Value) -> Vec<String> {
    paths.as_array().unwrap().iter().map(|path| keys(&path["nodes"])).collect()
}

#[test]
fn paths_follow_what_they_may_and_cost_what_they_should() {
    let engine = realm();
    let ask = |rest: &str| {
        let query =
            format!("{{ paths(from: \"a\", to: \"e\", {rest}) {{ cost nodes {{ key }} }} }}");
        asked(&engine, &query)["paths"].clone()
    };
    assert_eq!(ways(&ask("mode: SHORTEST")), ["a b e"]);
    assert_eq!(ways(&ask("mode: ALL_SHORTEST, first: 9")), ["a b e", "a c e", "a d e"]);
    // A road that was not there yet is no way.
    let then = asked(
        &engine,
        "{ view(on: \"1650\") { paths(from: \"a\", to: \"e\", mode: ALL_SHORTEST, first: 9) { nodes { key } } } }",
    );
    assert_eq!(ways(&then["view"]["paths"]), ["a b e", "a d e"]);
    // Nor is one that a view's sources do not tell of.
    let told = asked(
        &engine,
        "{ view(sources: [\"new\"]) { paths(from: \"a\", to: \"e\", mode: ALL_SHORTEST, first: 9) { nodes { key } } } }",
    );
    assert_eq!(ways(&told["view"]["paths"]), ["a c e"]);
    assert_eq!(ways(&ask("mode: ALL_SHORTEST, first: 9, via: [\"d\"]")), ["a d e"]);
    assert_eq!(ways(&ask("mode: SHORTEST, via: [\"north\"]")), ["a north b e"]);
    assert_eq!(ways(&ask("mode: SHORTEST, predicates: [LIES_IN]")), [""; 0]);
    assert_eq!(
        ways(&ask("mode: SIMPLE, maxLength: 3, avoidPredicates: [ROAD], first: 9")),
        [""; 0]
    );
    let simple = ways(&ask("mode: SIMPLE, maxLength: 3, first: 9"));
    let mut sorted = simple.clone();
    sorted.sort();
    assert_eq!(sorted, ["a ada b e", "a b e", "a c e", "a d e", "a north b e"]);
    assert!(simple.is_sorted_by_key(|way| way.split(' ').count()), "shorter ones come first");
    // Sure statements cost less than unsure ones of as many steps.
    let cheap = ask("mode: WEIGHTED, first: 3, kinds: [TOWN], predicates: [ROAD]");
    assert_eq!(ways(&cheap), ["a b e", "a d e", "a c e"]);
    assert_eq!(
        cheap.as_array().unwrap().iter().map(|p| p["cost"].as_f64().unwrap()).collect::<Vec<_>>(),
        [2.0, 4.0, 8.0]
    );
    // By height: c has none, and is not passed.
    let flat = ask(
        "mode: WEIGHTED, cost: PROPERTY, costProperty: \"height\", predicates: [ROAD], first: 9, maxLength: 2",
    );
    assert_eq!(ways(&flat), ["a d e", "a b e"]);
    assert_eq!(flat[0]["cost"], json!(300.0));
    // Against the direction there is no way.
    assert_eq!(ways(&ask("direction: IN, predicates: [ROAD]")), [""; 0]);
    assert_eq!(ways(&ask("direction: OUT, predicates: [ROAD]")), ["a b e"]);
    // Pages go on where they stopped.
    let first = asked(
        &engine,
        "{ paths(from: \"a\", to: \"e\", mode: SIMPLE, maxLength: 3, first: 2) { cursor nodes { key } } }",
    );
    let cursor = first["paths"][1]["cursor"].as_str().unwrap();
    let rest = ask(&format!("mode: SIMPLE, maxLength: 3, first: 9, after: {cursor:?}"));
    let all = ways(&ask("mode: SIMPLE, maxLength: 3, first: 9"));
    assert_eq!(ways(&rest), all[2..]);
    for (rest, message) in [
        (
            "cost: CONFIDENCE",
            "`cost` is given, but `mode` counts steps; expected mode WEIGHTED, K_SHORTEST or SIMPLE",
        ),
        (
            "mode: WEIGHTED, cost: PROPERTY, costProperty: \"hight\"",
            "`costProperty` is \"hight\", expected the name of a numeric property; did you mean \"height\"?",
        ),
        (
            "via: [\"nort\"]",
            "`via` names \"nort\", but no entity has this key; did you mean \"north\"?",
        ),
        ("after: \"x\"", "`after` is \"x\", expected a cursor that an answer gave"),
        ("maxLength: 40", "`maxLength` is 40, expected a whole number from 1 to 20"),
    ] {
        let query = format!("{{ paths(from: \"a\", to: \"e\", {rest}) {{ cost }} }}");
        let reply = wait_for(engine.execute(Request::new(query), false));
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(answer["errors"][0]["message"], message);
    }
}

#[test]
fn a_path_is_told_with_its_evidence() {
    let engine = realm();
    let found = asked(
        &engine,
        "{ paths(from: \"ada\", to: \"ben\", predicates: [RULES]) { explanation steps { from { key } to { key } statements { key } } sources { key } edges { key sentence } } }",
    );
    assert_eq!(
        found["paths"][0],
        json!({
            "explanation": ["Ada ruled North.", "Ben ruled North."],
            "steps": [
                { "from": { "key": "ada" }, "to": { "key": "north" }, "statements": [{ "key": "r1" }] },
                { "from": { "key": "north" }, "to": { "key": "ben" }, "statements": [{ "key": "r2" }] },
            ],
            "sources": [{ "key": "old" }, { "key": "new" }],
            "edges": [{ "key": "r1", "sentence": "Ada ruled North." }, { "key": "r2", "sentence": "Ben ruled North." }],
        })
    );
    // Without a sentence in the ontology, its words; in a language it has none of, the first one's.
    let plain = asked(
        &engine,
        "{ statement(key: \"r1\") { sentence(lang: ZH) } other: statement(key: \"k1\") { sentence } }",
    );
    assert_eq!(
        plain,
        json!({ "statement": { "sentence": "阿达 ruled North." }, "other": { "sentence": "Ada KNOWS Ben." } })
    );
}

#[test]
fn connections_link_what_can_be_linked() {
    let engine = realm();
    let found = asked(&engine, "{ connections(keys: [\"ada\", \"ben\", \"e\"]) { nodes { key } edges { key } truncated }
        apart: connections(keys: [\"ada\", \"e\"], predicates: [KNOWS, ROAD]) { nodes { key } edges { key } } }");
    let nodes = keys(&found["connections"]["nodes"]);
    assert!(nodes.starts_with("ada ben e ") && nodes.split(' ').count() <= 5, "{nodes}");
    // Nothing leads from people to roads but births: they stay apart.
    assert_eq!(keys(&found["apart"]["nodes"]), "ada e");
    assert_eq!(found["apart"]["edges"], json!([]));
}

#[test]
fn a_neighborhood_keeps_the_most_relevant_under_its_limit() {
    let engine = realm();
    let found = asked(
        &engine,
        "{ neighborhood(of: [\"ben\"], limit: 3) { nodes { key } truncated reason } all: neighborhood(of: [\"ben\"]) { nodes { key } truncated reason } }",
    );
    // Two statements tie c to ben, one each the others.
    assert_eq!(keys(&found["neighborhood"]["nodes"]), "ben c ada");
    assert_eq!(found["neighborhood"]["reason"], "there are more than the limit lets through");
    assert_eq!(keys(&found["all"]["nodes"]), "ben c ada cy north");
    assert_eq!(
        (&found["all"]["truncated"], &found["all"]["reason"]),
        (&json!(false), &Value::Null)
    );
}

#[test]
fn patterns_fit_where_all_of_their_edges_do() {
    let engine = realm();
    let ask = |pattern: &str| {
        let query = format!(
            "{{ match(pattern: {{ {pattern} }}) {{ totalCount nodes {{ bindings {{ entity {{ key }} }} edges {{ key }} }} }} }}"
        );
        let found = asked(&engine, &query)["match"].clone();
        let rows = found["nodes"].as_array().unwrap().iter().map(|node| {
            let entities = node["bindings"].as_array().unwrap().iter();
            entities
                .map(|b| b["entity"]["key"].as_str().unwrap_or("-"))
                .collect::<Vec<_>>()
                .join(" ")
        });
        let mut rows: Vec<String> = rows.collect();
        assert_eq!(found["totalCount"], rows.len());
        rows.sort();
        rows
    };
    let three = "variables: [{ name: \"x\" }, { name: \"y\" }, { name: \"z\" }]";
    // A circle of three, in each of its turns; the chain that is open is none.
    let circle = format!(
        "{three}, edges: [{{ from: \"x\", to: \"y\", predicates: [KNOWS] }}, {{ from: \"y\", to: \"z\", predicates: [KNOWS] }}, {{ from: \"z\", to: \"x\", predicates: [KNOWS] }}]"
    );
    assert_eq!(ask(&circle), ["ada ben cy", "ben cy ada", "cy ada ben"]);
    let turned = circle.replace("from: \"z\", to: \"x\"", "from: \"x\", to: \"z\"");
    assert_eq!(ask(&turned), [""; 0]);
    // Optional, negated, repeated; and a filter of statements.
    let two = "variables: [{ name: \"p\", kinds: [PERSON] }, { name: \"t\", kinds: [TOWN] }]";
    let born = |rest: &str| {
        format!("{two}, edges: [{{ from: \"p\", to: \"t\", predicates: [BORN_IN]{rest} }}]")
    };
    assert_eq!(ask(&born("")), ["ada a", "ada b", "ben c"]);
    assert_eq!(ask(&born(", where: { confidence: { eq: HIGH } }")), ["ada a", "ben c"]);
    assert_eq!(ask(&born(", negated: true")), ["cy", "dot"]);
    let optional = "variables: [{ name: \"p\", keys: [\"ada\", \"cy\"] }, { name: \"q\" }, { name: \"t\" }], edges: [{ from: \"p\", to: \"q\", predicates: [KNOWS] }, { from: \"p\", to: \"t\", predicates: [BORN_IN], optional: true }]";
    assert_eq!(ask(optional), ["ada ben a", "ada ben b", "cy ada -", "cy dot -"]);
    let far = "variables: [{ name: \"p\", keys: [\"ada\"] }, { name: \"q\" }], edges: [{ from: \"p\", to: \"q\", predicates: [KNOWS], minLength: 2, maxLength: 3 }]";
    assert_eq!(ask(far), ["ada cy", "ada dot"]);
    let same = "variables: [{ name: \"p\" }, { name: \"q\" }], edges: [{ from: \"p\", to: \"q\", predicates: [KNOWS], minLength: 3, maxLength: 3 }]";
    assert_eq!(ask(same), ["ada dot"], "a way that comes back leads to no other");
    let apart =
        "variables: [{ name: \"p\", keys: [\"ada\"] }, { name: \"r\", kinds: [REALM] }], edges: []";
    assert_eq!(ask(apart), ["ada north"]);
    let view = asked(
        &engine,
        "{ view(on: \"1605\") { match(pattern: { variables: [{ name: \"p\" }, { name: \"r\", kinds: [REALM] }], edges: [{ from: \"p\", to: \"r\", predicates: [RULES] }] }) { nodes { p: entity(variable: \"p\") { key } } } } }",
    );
    assert_eq!(
        view["view"]["match"]["nodes"],
        json!([{ "p": { "key": "ada" } }, { "p": { "key": "dot" } }])
    );
    // Pages, and the part of the graph that a page is.
    let page = asked(
        &engine,
        &format!(
            "{{ match(pattern: {{ {circle} }}, first: 1) {{ pageInfo {{ hasNextPage endCursor }} subgraph {{ nodes {{ key }} edges {{ key }} }} }} }}"
        ),
    );
    assert_eq!(keys(&page["match"]["subgraph"]["edges"]), "k1 k2 k3");
    let cursor = page["match"]["pageInfo"]["endCursor"].as_str().unwrap();
    let next = asked(
        &engine,
        &format!(
            "{{ match(pattern: {{ {circle} }}, first: 9, after: {cursor:?}) {{ edges {{ cursor }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"
        ),
    );
    assert_eq!(next["match"]["edges"].as_array().unwrap().len(), 2);
    assert_eq!(next["match"]["pageInfo"], json!({ "hasNextPage": false, "hasPreviousPage": true }));
    for (pattern, message) in [
        (
            circle.replace("to: \"x\"", "to: \"w\""),
            "`edges` names \"w\", expected the name of a variable; did you mean \"x\"?",
        ),
        (
            three.replace("\"y\"", "\"x\"") + ", edges: []",
            "`variables` has \"x\" twice, expected a name of its own for each",
        ),
        (
            born(", negated: true, optional: true"),
            "an edge is `optional` and `negated`, expected one of the two",
        ),
        (born(", minLength: 3"), "`maxLength` is 1, expected at least `minLength`, which is 3"),
    ] {
        let query = format!("{{ match(pattern: {{ {pattern} }}) {{ totalCount }} }}");
        let reply = wait_for(engine.execute(Request::new(query), false));
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(answer["errors"][0]["message"], message);
    }
}

#[test]
fn series_mix_neither_lengths_nor_units_nor_targets_and_choose_by_rank() {
    let engine = realm();
    let found = asked(
        &engine,
        "{ series(metric: POPULATION, of: [\"north\"]) { months status points { period value approximation agrees chosen { key } claims { key } change { absolute percent isApproximate } } growth { years percent compoundAnnual } } }",
    );
    let series = found["series"].as_array().unwrap();
    assert_eq!(series.len(), 2, "years, and a half year apart from them");
    let points = series[0]["points"].as_array().unwrap();
    let chosen: Vec<&str> = points.iter().map(|p| p["chosen"]["key"].as_str().unwrap()).collect();
    // The surer one; the one with the newer source; the preferred one, though another is surer. Never
    // the deprecated one, nor the target.
    assert_eq!(chosen, ["p2", "p5", "p8"]);
    assert_eq!(keys(&points[0]["claims"]), "p2 p1 p3");
    assert_eq!(
        points.iter().map(|p| p["agrees"].as_bool().unwrap()).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(
        points[1]["change"],
        json!({ "absolute": "400", "percent": 38.095238, "isApproximate": false })
    );
    assert_eq!(
        series[0]["growth"],
        json!({ "years": 20.0, "percent": 90.47619, "compoundAnnual": 3.274246 })
    );
    assert_eq!(series[1]["months"], 6);
    let targets = asked(
        &engine,
        "{ series(metric: POPULATION, of: [\"north\"], statuses: [TARGET]) { status points { value } } }",
    );
    assert_eq!(targets["series"], json!([{ "status": "TARGET", "points": [{ "value": "9000" }] }]));
    // Two units stay two series, until a rate is stated.
    let income = asked(&engine, "{ apart: series(metric: INCOME, of: [\"north\"]) { unit points { value } }
        together: series(metric: INCOME, of: [\"north\"], convert: [{ from: \"thalers\", to: \"crowns\", rate: \"0.5\" }]) { unit points { value isConverted chosen { value unit } } } }");
    assert_eq!(
        income["apart"],
        json!([{ "unit": "crowns", "points": [{ "value": "50" }] }, { "unit": "thalers", "points": [{ "value": "200" }] }])
    );
    assert_eq!(
        income["together"],
        json!([{ "unit": "crowns", "points": [
        { "value": "50", "isConverted": false, "chosen": { "value": "50", "unit": "crowns" } },
        { "value": "100", "isConverted": true, "chosen": { "value": "200", "unit": "thalers" } },
    ] }])
    );
    // Towns are ranked among towns; equals share a place.
    let places = asked(
        &engine,
        "{ series(metric: INCOME, of: [\"a\", \"b\", \"c\", \"north\"]) { points { rank { place of } } } }",
    );
    let places: Vec<String> = places["series"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["points"][0]["rank"].to_string())
        .collect();
    assert_eq!(
        places[..3],
        [r#"{"of":3,"place":3}"#, r#"{"of":3,"place":1}"#, r#"{"of":3,"place":1}"#]
    );
    assert_eq!(places[3], r#"{"of":1,"place":1}"#);
    // A share is of a figure for the same time in the same unit.
    let share = asked(
        &engine,
        "{ series(metric: POPULATION, of: [\"north\"], to: \"1600\") { points { share(of: INCOME) self: share(of: POPULATION) } } }",
    );
    assert_eq!(share["series"][0]["points"], json!([{ "share": null, "self": 100.0 }]));
}

#[test]
fn conflicts_are_of_what_cannot_be_right_together() {
    let engine = realm();
    let found = asked(
        &engine,
        "{ conflicts { reason subject { key } metric period predicate isSettled observations { key } statements { key } sources { key } } }",
    );
    let conflicts = found["conflicts"].as_array().unwrap();
    let told: Vec<String> = conflicts
        .iter()
        .map(|c| {
            format!(
                "{} {} {}{} {}",
                c["reason"].as_str().unwrap(),
                c["subject"]["key"].as_str().unwrap(),
                keys(&c["observations"]),
                keys(&c["statements"]),
                c["isSettled"]
            )
        })
        .collect();
    // Not: the figure that is about another, the deprecated ones, the same object said twice, the reign
    // that begins when the other is over, figures for unlike periods.
    assert_eq!(
        told,
        [
            "OBJECTS ada b1 b2 false",
            "VALUES north p2 p1 false",
            "VALUES north p8 p9 true",
            "SUBJECTS north r1 r2 false",
        ]
    );
    assert_eq!(keys(&conflicts[1]["sources"]), "new old");
    let some = asked(
        &engine,
        "{ metrics: conflicts(metrics: [POPULATION]) { reason } predicates: conflicts(predicates: [RULES, BORN_IN], of: [\"ada\"]) { reason } then: view(on: \"1610\") { conflicts { reason } } }",
    );
    assert_eq!(
        some,
        json!({ "metrics": [{ "reason": "VALUES" }, { "reason": "VALUES" }], "predicates": [{ "reason": "OBJECTS" }], "then": { "conflicts": [{ "reason": "OBJECTS" }] } })
    );
}

#[test]
fn groups_count_each_row_where_it_belongs() {
    let engine = realm();
    let found = asked(&engine, "{
        observations { aggregate(groupBy: [{ field: METRIC }], measures: [{ of: VALUE }]) { key { value } count distinct measures { unit sum count } } }
        towns { aggregate(groupBy: [{ field: RELATED, predicate: LIES_IN }], measures: [{ of: PROPERTY, property: \"height\" }]) { key { value entity { key } } count measures { count min max mean median } } }
        realm(key: \"north\") { towns { aggregate { count } } relations(first: 1) { aggregate(groupBy: [{ field: PREDICATE }]) { key { value } count } } }
        then: view(on: \"1605\") { realm(key: \"north\") { relations { aggregate { count } } } }
        none: people(where: { key: { eq: \"nobody\" } }) { aggregate(measures: [{ of: DEGREE }]) { count measures { sum } } }
    }");
    // Crowns and thalers are not added up.
    assert_eq!(
        found["observations"]["aggregate"][1],
        json!({ "key": [{ "value": "INCOME" }], "count": 5, "distinct": 4, "measures": [{ "unit": "crowns", "sum": "69", "count": 4 }, { "unit": "thalers", "sum": "200", "count": 1 }] })
    );
    assert_eq!(
        found["towns"]["aggregate"],
        json!([
            { "key": [{ "value": null, "entity": null }], "count": 3, "measures": [{ "count": 2, "min": "100", "max": "200", "mean": "150", "median": "150" }] },
            { "key": [{ "value": "north", "entity": { "key": "north" } }], "count": 2, "measures": [{ "count": 2, "min": "100", "max": "900", "mean": "500", "median": "500" }] },
        ])
    );
    assert_eq!(found["realm"]["towns"]["aggregate"], json!([{ "count": 2 }]));
    // Of all rows, not of the page alone.
    assert_eq!(
        found["realm"]["relations"]["aggregate"],
        json!([{ "key": [{ "value": "RULES" }], "count": 4 }, { "key": [{ "value": "LIES_IN" }], "count": 2 }])
    );
    assert_eq!(found["then"]["realm"]["relations"]["aggregate"], json!([{ "count": 4 }]));
    assert_eq!(found["none"]["aggregate"], json!([{ "count": 0, "measures": [] }]));
}

#[test]
fn the_bibliography_is_of_the_facts_that_were_used() {
    let engine = realm();
    let cited = |query: &str| -> Vec<String> {
        let answer = with(&engine, query, "citations");
        assert_eq!(answer.get("errors"), None, "{answer}");
        let items = answer["extensions"]["citations"].as_array().unwrap();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(cited("{ person(key: \"ada\") { label } }"), [""; 0], "a label is nobody's claim");
    assert_eq!(cited("{ realm(key: \"north\") { towns { nodes { label } } } }"), ["old"]);
    assert_eq!(cited("{ statement(key: \"r2\") { validFrom } }"), ["new"]);
    assert_eq!(cited("{ paths(from: \"a\", to: \"e\", via: [\"c\"]) { nodes { key } } }"), ["new"]);
    assert_eq!(
        cited(
            "{ series(metric: POPULATION, of: [\"north\"], to: \"1600\") { growth { percent } points { value } } }"
        ),
        ["new", "old"]
    );
    assert_eq!(
        cited("{ view(sources: [\"new\"]) { statements { aggregate { count } } } }"),
        ["new"]
    );
    assert_eq!(
        cited("{ neighborhood(of: [\"cy\"], predicates: [KNOWS]) { nodes { key } } }"),
        ["old"]
    );
    let item = with(&engine, "{ statement(key: \"r2\") { key } }", "citations");
    assert_eq!(
        item["extensions"]["citations"],
        json!([{ "id": "new", "type": "article-newspaper", "title": "New history & more", "container-title": "Press", "URL": "https://example.org/new", "genre": "article", "issued": { "date-parts": [[1990, 5]] } }])
    );
    // Only who asks gets it.
    let plain: Value = serde_json::from_slice(
        &wait_for(engine.execute(Request::new("{ statement(key: \"r2\") { key } }"), false)).body,
    )
    .unwrap();
    assert_eq!(plain, json!({ "data": { "statement": { "key": "r2" } } }));
}

#[test]
fn measures_are_of_the_view_that_asks() {
    let engine = realm();
    let found = asked(&engine, "{
        town(key: \"e\") { measures { neighbors component } similar { entity { key } score shared linked } }
        then: view(on: \"1650\") { town(key: \"e\") { measures { neighbors component } } }
        towns(orderBy: [{ field: NEIGHBORS, direction: DESC }, { field: KEY }], first: 2) { nodes { key } }
        ranked: pageRank(seeds: [\"dot\"], kinds: [PERSON], first: 2) { entity { key } }
    }");
    assert_eq!(found["town"]["measures"], json!({ "neighbors": 3, "component": 1 }));
    assert_eq!(found["then"]["town"]["measures"], json!({ "neighbors": 2, "component": 1 }));
    // a shares all three roads with e, and the two are not linked.
    assert_eq!(
        found["town"]["similar"][0],
        json!({ "entity": { "key": "a" }, "score": 0.6, "shared": 3, "linked": false })
    );
    assert_eq!(keys(&found["towns"]["nodes"]), "a b");
    assert_eq!(
        found["ranked"],
        json!([{ "entity": { "key": "dot" } }, { "entity": { "key": "cy" } }])
    );
}

#[test]
fn the_plan_tells_rows_and_times_to_who_asks() {
    let engine = realm();
    let answer = with(
        &engine,
        "{ towns(first: 2) { nodes { label } } match(pattern: { variables: [{ name: \"p\", kinds: [PERSON] }, { name: \"r\", kinds: [REALM] }], edges: [{ from: \"p\", to: \"r\", predicates: [RULES] }] }) { totalCount } }",
        "plan",
    );
    let plan = &answer["extensions"]["plan"];
    assert_eq!(
        (&plan[0]["field"], &plan[0]["estimatedRows"], &plan[0]["rows"]),
        (&json!("towns"), &json!(2), &json!(2))
    );
    assert_eq!(plan[0]["fields"][0]["fields"][0]["reads"], 2);
    assert!(plan[0]["milliseconds"].as_f64().unwrap() > 0.0);
    let order = &plan[1]["search"]["order"];
    // The one realm first, then who ruled it.
    assert_eq!((&order[0]["variable"], &order[1]["variable"]), (&json!("r"), &json!("p")));
    assert_eq!((&order[1]["by"], &order[1]["rows"]), (&json!("p to r"), &json!(4)));
    assert_eq!(answer["data"]["match"]["totalCount"], 4);
}

#[test]
fn what_is_cut_off_says_so_and_why() {
    let answer: Value =
        answer("{ aggregate(groupBy: [{ field: KIND }], first: 2) { count } }", Value::Null);
    assert_eq!(
        answer["extensions"]["truncated"],
        json!([{ "path": ["aggregate"], "reason": "there are more than the limit lets through" }])
    );
    let whole = data("{ aggregate(groupBy: [{ field: KIND }], first: 50) { count } }");
    assert_eq!(whole["aggregate"].as_array().unwrap().len(), 16);
    // Every way there is through the whole graph is more than anybody waits for.
    let query = "{ paths(from: \"deepseek\", to: \"alibaba\", mode: SIMPLE, maxLength: 20, first: 1000, after: \"cGF0aDo5OTk5OTk5\") { length } }";
    let started = std::time::Instant::now();
    let reply = wait_for(ENGINE.execute(Request::new(query), false));
    let cut: Value = serde_json::from_slice(&reply.body).unwrap();
    assert_eq!(cut["extensions"]["truncated"][0]["path"], json!(["paths"]), "{cut}");
    let reason = cut["extensions"]["truncated"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("as many statements") || reason.contains("time"), "{reason}");
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn claims_have_addresses_and_answers_can_be_cited_over_http() {
    let server = Server::start(&[]);
    let get = |path: &str, accept: &str| {
        let mut response = agent().get(server.url(path)).header("accept", accept).call().unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        (response.status().as_u16(), kind, response.body_mut().read_to_string().unwrap())
    };
    let (status, _, body) = get("/id/statement/f0155", "*/*");
    let found: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, &found["data"]["statement"]["sentence"]),
        (200, &json!("DeepSeek was founded in 2019."))
    );
    assert_eq!(found["extensions"]["citations"][0]["id"], "jamestown-2025");
    let address = server.ask("{ statement(key: \"f0155\") { address } }");
    assert_eq!(address["data"]["statement"]["address"], "/id/statement/f0155");
    let (status, _, then) = get("/id/observation/o0001?revision=1", "*/*");
    assert!(
        status == 200 && then.contains("\"view\":{\"observation\":{\"key\":\"o0001\""),
        "{then}"
    );
    let (_, kind, turtle) = get("/id/statement/f0155", "text/turtle");
    assert!(kind.starts_with("text/turtle") && turtle.contains("statement:f0155 a rdf:Statement"));
    for path in ["/id/statement/f9999", "/id/fact/f0155", "/id/statement/f0155?revision=9"] {
        assert_eq!(get(path, "*/*").0, 404, "{path}");
    }
    let mut response = agent()
        .post(server.url("/graphql"))
        .header("westlake-citations", "true")
        .header("westlake-plan", "true")
        .send_json(json!({ "query": "{ statement(key: \"f0155\") { key } }" }))
        .unwrap();
    let cited: Value = response.body_mut().read_json().unwrap();
    assert_eq!(cited["extensions"]["citations"][0]["id"], "jamestown-2025");
    assert_eq!(cited["extensions"]["plan"][0]["field"], "statement");
    // Bibliographies of a part of the graph.
    let (_, kind, bibtex) = get("/export?format=bibtex&around=deepseek&depth=0", "*/*");
    assert!(kind.starts_with("application/x-bibtex") && !bibtex.contains("@article{unused"));
    let (_, _, csl) = get("/export?format=csljson", "*/*");
    assert_eq!(serde_json::from_str::<Value>(&csl).unwrap().as_array().unwrap().len(), 57);
    let (_, _, ris) = get("/export?format=ris", "*/*");
    assert_eq!(ris.matches("TY  - ").count(), 57);
    assert_eq!(ris.matches("ER  - ").count(), 57);
}

#[test]
fn texts_are_found_however_they_are_written() {
    let found = |query: &str, first: &str| {
        let found = data(&format!(
            "{{ search(text: {query:?}, first: 20) {{ entity {{ key }} field text score }} suggest(prefix: {query:?}, first: 3) {{ entity {{ key }} }} }}"
        ));
        let hits = found["search"].as_array().unwrap().clone();
        assert_eq!(
            hits.first().map(|hit| hit["entity"]["key"].as_str().unwrap()),
            Some(first),
            "{query}: {hits:?}"
        );
        hits
    };
    for query in
        ["Hangzhou", "hangzhou", "HANGZHOU", "杭州", "hang zhou", "hangzh", "ｈａｎｇｚｈｏｕ"]
    {
        found(query, "hangzhou");
    }
    found("數字經濟第一城", "first-city-title");
    found("shenduqiusuo", "deepseek");
    // A letter too many, too few, wrong, or two in the wrong order.
    for query in ["alibabba", "alibba", "alubaba", "alibaab"] {
        let hits = found(query, "alibaba");
        assert!(
            hits[0]["score"].as_f64().unwrap() < 0.7,
            "what is near counts less than what is right"
        );
    }
    // But a short word is not any other short word, and a right one has no near ones beside it.
    assert_eq!(data("{ search(text: \"xqz\") { text } }")["search"], json!([]));
    let right = data("{ search(text: \"ant group\", first: 20) { entity { key } } }");
    assert_eq!(keys_of(&right["search"]), ["ant"]);
    // Descriptions and notes tell of entities, and count less than names.
    let described = data(
        "{ search(text: \"disagrees\") { entity { key } field text } suggest(prefix: \"disagrees\") { text } }",
    );
    assert_eq!(
        described,
        json!({ "search": [{ "entity": { "key": "deepseek" }, "field": "NOTE", "text": "Disagrees with another source" }], "suggest": [] })
    );
    let kinds = data(
        "{ search(text: \"hangzhou\", kinds: [GOVERNMENT], first: 20) { entity { kind } } zh: search(text: \"hangzhou\", lang: ZH, first: 1) { text lang } }",
    );
    assert!(
        kinds["search"].as_array().unwrap().iter().all(|hit| hit["entity"]["kind"] == "GOVERNMENT")
    );
    assert_eq!(kinds["zh"], json!([{ "text": "杭州", "lang": "ZH" }]));
}

fn keys_of(hits: &Value) -> Vec<&str> {
    hits.as_array().unwrap().iter().map(|hit| hit["entity"]["key"].as_str().unwrap()).collect()
}

#[test]
fn full_text_finds_claims_and_sources_in_the_view_that_asks() {
    let engine = realm();
    let found = asked(&engine, "{ fullText(text: \"history\") { totalCount hits { node { __typename } entity { key } field parts { text isMatch } } kinds { kind count } }
        old: view(sources: [\"old\"]) { fullText(text: \"history\") { totalCount } } }");
    assert_eq!(
        found["fullText"],
        json!({ "totalCount": 1, "kinds": [], "hits": [{ "node": { "__typename": "Source" }, "entity": null, "field": "TITLE", "parts": [
        { "text": "New ", "isMatch": false }, { "text": "history", "isMatch": true }, { "text": " & more", "isMatch": false },
    ] }] })
    );
    assert_eq!(found["old"]["fullText"]["totalCount"], 0);
    let kinds = data(
        "{ fullText(text: \"hangzhou\", first: 1) { totalCount hits { score } kinds { kind count } } }",
    );
    let counted: u64 = kinds["fullText"]["kinds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k["count"].as_u64().unwrap())
        .sum();
    let total = kinds["fullText"]["totalCount"].as_u64().unwrap();
    assert!(counted < total && counted > 10, "the rest are sources: {kinds}");
    assert_eq!(kinds["fullText"]["hits"], json!([{ "score": 1.0 }]));
}
