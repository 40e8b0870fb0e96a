//! The promise of the plan: whatever valid query is asked, it answers as async-graphql's own
//! execution does. Queries are made from the catalog by choices that proptest draws and shrinks.
//!
//! In four things the plan follows the specification where async-graphql 7.2 does not, so that the
//! comparison has to know them: an error makes null the nearest value that may be null (there, the
//! field is left out), an object all of whose fields are skipped is `{}` (there, null), `@skip` and
//! `@include` see the defaults of variables (there, only values that were sent), and a list may hold
//! null in place of an object (there, its fields are read all the same).

use std::{fmt::Write, sync::LazyLock};

use async_graphql::{Request, Variables};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use westlake::{
    api::{Engine, Options, Reply},
    query::catalog::{Body, Field, InputField, Read, Scalar, Ty, TypeId},
};

use crate::support::{WORLD, wait_for};

/// Without a limit of complexity, which plain execution does not have.
static UNLIMITED: LazyLock<Engine> = LazyLock::new(|| {
    let options = Options { complexity: u64::MAX, depth: 64, ..Options::default() };
    Engine::new(&WORLD, options).expect("a schema")
});

/// Numbers to choose by; 0, the simplest choice, when they are used up.
struct Choices<'c>(std::slice::Iter<'c, u16>);

impl Choices<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % bound.max(1)
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn pick(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.below(texts.len())]
    }

    /// Once in `often` times; never when the choices are used up.
    fn once_in(&mut self, often: usize) -> bool {
        self.below(often) == often - 1 && often > 1
    }
}

struct Maker<'c> {
    choices: Choices<'c>,
    /// The type of each aliased field, by the number in its alias.
    aliases: Vec<Ty>,
    fragments: Vec<String>,
    declarations: Vec<String>,
    values: Map<String, Value>,
}

const KEYS: &[&str] = &[
    "hangzhou",
    "alibaba",
    "deepseek",
    "year-2024",
    "six-dragons",
    "f0004",
    "o0001",
    "cfo-2024",
    "nobody",
];
const TEXTS: &[&str] = &["hang", "阿里", "e", "first-city-title", "count", "\\\"", ""];
const DATES: &[&str] = &["2024", "2021-H1", "2017-Q1", "2024-07", "2021-01/2021-08", "2023-07-15"];
const MOMENTS: &[&str] = &["2030-01-01T00:00:00Z", "2000-01-01T00:00:00Z"];
const DECIMALS: &[&str] = &["\"1000000\"", "34000000", "28.8", "\"-1\""];

/// How deep fields are nested.
const DEPTH: usize = 4;

impl Maker<'_> {
    fn document(&mut self) -> String {
        let query = WORLD.catalog.others.query;
        let selection = self.selection(query, DEPTH);
        let declarations = if self.declarations.is_empty() {
            String::new()
        } else {
            format!("({})", self.declarations.join(", "))
        };
        let fragments = self.fragments.join("\n");
        format!("query Q{declarations} {selection}\n{fragments}")
    }

    fn selection(&mut self, ty: TypeId, depth: usize) -> String {
        let mut text = String::from("{ t: __typename ");
        for _ in 0..=self.choices.below(4) {
            let item = match self.choices.below(10) {
                8 if depth > 0 => self.fragment(ty, depth - 1),
                9 => "__typename".to_owned(),
                _ => self.field(ty, depth),
            };
            let _ = write!(text, "{item} ");
        }
        text + "}"
    }

    fn fragment(&mut self, ty: TypeId, depth: usize) -> String {
        let catalog = &WORLD.catalog;
        let mut conditions = vec![ty];
        match &catalog.get(ty).body {
            Body::Interface { possible, interfaces, .. } => {
                conditions.extend(possible);
                conditions.extend(interfaces);
            }
            Body::Object { interfaces, .. } => conditions.extend(interfaces),
            _ => {}
        }
        let condition = *self.choices.of(&conditions);
        let name = catalog.get(condition).name.clone();
        let directive = self.directive();
        let selection = self.selection(condition, depth);
        if self.choices.once_in(3) {
            let fragment = format!("F{}", self.fragments.len());
            self.fragments.push(String::new()); // its place, as others may be made inside
            let place = self.fragments.len() - 1;
            self.fragments[place] = format!("fragment {fragment} on {name} {selection}");
            return format!("...{fragment}{directive}");
        }
        if condition == ty && self.choices.once_in(2) {
            return format!("...{directive} {selection}");
        }
        format!("... on {name}{directive} {selection}")
    }

    fn directive(&mut self) -> String {
        if !self.choices.once_in(5) {
            return String::new();
        }
        let name = self.choices.pick(&["include", "skip"]);
        let value = self.choices.once_in(2);
        if self.choices.once_in(2) {
            let variable = format!("v{}", self.declarations.len());
            self.declarations.push(format!("${variable}: Boolean!"));
            self.values.insert(variable.clone(), json!(value));
            return format!(" @{name}(if: ${variable})");
        }
        format!(" @{name}(if: {value})")
    }

    /// Declares a variable with a value, with a default, or with both.
    fn variable(&mut self, ty: &str, value: Value, literal: String) -> String {
        let name = format!("v{}", self.declarations.len());
        let has_default = literal != "null" && self.choices.once_in(3);
        let default = if has_default { format!(" = {literal}") } else { String::new() };
        self.declarations.push(format!("${name}: {ty}{default}"));
        if !has_default || self.choices.once_in(2) {
            self.values.insert(name.clone(), value);
        }
        format!("${name}")
    }

    fn field(&mut self, ty: TypeId, depth: usize) -> String {
        let catalog = &WORLD.catalog;
        let is_leaf = |field: &&Field| {
            !matches!(
                catalog.get(field.ty.named()).body,
                Body::Object { .. } | Body::Interface { .. }
            )
        };
        // `nodes` in a view may hold null; see above.
        let is_whole = depth == DEPTH;
        let fields: Vec<&Field> = catalog
            .fields(ty)
            .iter()
            .filter(|field| depth > 0 || is_leaf(field))
            .filter(|field| is_whole || field.read != Read::Nodes)
            .collect();
        if fields.is_empty() {
            return "__typename".to_owned();
        }
        let field = *self.choices.of(&fields);
        let directive = self.directive();
        // A field without arguments and below may stand twice; others get a name of their own.
        if is_leaf(&field) && field.args.is_empty() && !matches!(field.read, Read::Property(_)) {
            return format!("{}{directive}", field.name);
        }
        let alias = self.aliases.len();
        self.aliases.push(field.ty.clone());
        let arguments = self.arguments(field);
        let call = format!("a{alias}: {}{arguments}{directive}", field.name);
        if is_leaf(&field) {
            return call;
        }
        let target = field.ty.named();
        let mut text = format!("{call} {}", self.selection(target, depth - 1));
        if self.choices.once_in(6) {
            let more = self.selection(target, depth - 1);
            let _ = write!(text, " {call} {more}");
        }
        text
    }

    fn arguments(&mut self, field: &Field) -> String {
        let mut given: Vec<String> = Vec::new();
        for argument in &field.args {
            let is_required = !argument.ty.is_nullable() && argument.default.is_none();
            // Pages stay small, so that three levels of them do.
            let is_page = argument.name == "first";
            if !is_required && !is_page && !self.choices.once_in(4) {
                continue;
            }
            let Some(value) = self.value(&argument.name, &argument.ty, 2) else { continue };
            let literal = literal(&value);
            let is_variable = self.choices.once_in(4);
            let text = if is_variable {
                let ty = WORLD.catalog.show(&argument.ty);
                self.variable(&ty, plain(&value), literal)
            } else {
                literal
            };
            given.push(format!("{}: {text}", argument.name));
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    /// A value of a type, now and then null where it may be; `None` where none comes to mind.
    fn value(&mut self, name: &str, ty: &Ty, depth: usize) -> Option<Made> {
        if ty.is_nullable() && name != "first" && self.choices.once_in(12) {
            return Some(Made::Null);
        }
        match ty.nullable() {
            // A list of one may be written without its brackets.
            Ty::List(item) if self.choices.once_in(5) => {
                self.value(name, &Ty::NonNull(item.nullable().clone().into()), depth)
            }
            Ty::List(item) => {
                let count = self.choices.below(3);
                let items: Option<Vec<_>> =
                    (0..=count).map(|_| self.value(name, item, depth)).collect();
                items.map(Made::List)
            }
            Ty::Named(id) => self.named(name, *id, depth),
            Ty::NonNull(_) => None,
        }
    }

    fn named(&mut self, name: &str, id: TypeId, depth: usize) -> Option<Made> {
        match &WORLD.catalog.get(id).body {
            Body::Enum(values) => Some(Made::Name(self.choices.of(values).0.clone())),
            Body::Input(fields) => {
                let fields: Vec<&InputField> = fields
                    .iter()
                    .filter(|field| {
                        depth > 0
                            || !matches!(WORLD.catalog.get(field.ty.named()).body, Body::Input(_))
                    })
                    .collect();
                let mut given: Vec<(String, Made)> = Vec::new();
                for field in fields.iter().filter(|field| !field.ty.is_nullable()) {
                    given.push((field.name.clone(), self.value(&field.name, &field.ty, depth)?));
                }
                for _ in 0..=self.choices.below(2) {
                    if fields.is_empty() {
                        break;
                    }
                    let field = *self.choices.of(&fields);
                    if !given.iter().any(|(known, _)| *known == field.name) {
                        let value = self.value(&field.name, &field.ty, depth.saturating_sub(1))?;
                        given.push((field.name.clone(), value));
                    }
                }
                Some(Made::Object(given))
            }
            Body::Scalar { scalar, .. } => Some(self.scalar(name, *scalar)),
            Body::Object { .. } | Body::Interface { .. } => None,
        }
    }

    fn scalar(&mut self, name: &str, scalar: Scalar) -> Made {
        let text = |text: &str| Made::Raw(format!("\"{text}\""));
        match scalar {
            Scalar::Int => {
                // Rarely a number that is out of range.
                let wrong = self.choices.once_in(30);
                let number = if wrong { -1 } else { 1 + self.choices.below(3) as i64 };
                Made::Raw(number.to_string())
            }
            Scalar::Float => Made::Raw("2.5".to_owned()),
            Scalar::Boolean => Made::Raw(self.choices.once_in(2).to_string()),
            // In a list each id names something; see above.
            Scalar::Id if name == "ids" => text(&base64(self.choices.pick(&[
                "Entity:hangzhou",
                "Statement:f0004",
                "Source:cfo-2024",
            ]))),
            Scalar::Id if name == "id" => {
                let key = self.choices.pick(KEYS);
                let kind =
                    self.choices.pick(&["Entity", "Statement", "Observation", "Source", "None"]);
                text(&base64(&format!("{kind}:{key}")))
            }
            Scalar::Id => text("x"),
            Scalar::String if name == "after" || name == "before" => {
                let key = self.choices.pick(KEYS);
                text(&base64(key))
            }
            Scalar::String if matches!(name, "key" | "of" | "sources") => {
                text(self.choices.pick(KEYS))
            }
            Scalar::String if ["from", "to", "of", "keys", "seeds", "via"].contains(&name) => {
                text(self.choices.pick(KEYS))
            }
            Scalar::String if name == "name" || name == "property" => {
                text(self.choices.pick(&["a", "b", "period"]))
            }
            Scalar::String => text(self.choices.pick(TEXTS)),
            Scalar::PartialDate => text(self.choices.pick(DATES)),
            Scalar::DateTime => text(self.choices.pick(MOMENTS)),
            Scalar::Decimal => Made::Raw(self.choices.pick(DECIMALS).to_owned()),
        }
    }
}

/// A value that was made: it can be written into a document, and sent as a variable's.
enum Made {
    Null,
    Name(String),
    /// Text that GraphQL and JSON read alike.
    Raw(String),
    List(Vec<Made>),
    Object(Vec<(String, Made)>),
}

fn literal(value: &Made) -> String {
    match value {
        Made::Null => "null".to_owned(),
        Made::Name(name) => name.clone(),
        Made::Raw(text) => text.clone(),
        Made::List(items) => {
            format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        Made::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", literal(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}

fn plain(value: &Made) -> Value {
    match value {
        Made::Null => Value::Null,
        Made::Name(name) => json!(name),
        Made::Raw(text) => serde_json::from_str(text).expect("JSON"),
        Made::List(items) => Value::Array(items.iter().map(plain).collect()),
        Made::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
    }
}

fn base64(text: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(text)
}

/// Makes null what the specification wants (section 6.4.4): for each error, the nearest value on its
/// path that may be null. `data` is what async-graphql left; returns the whole.
fn with_nulls(mut data: Value, errors: &[Value], types: &[Ty]) -> Value {
    for error in errors {
        let path = error["path"].as_array().cloned().unwrap_or_default();
        // What may be null at each step: the field by its alias, the item of a list by its field.
        let mut field: Option<&Ty> = None;
        let nullable: Vec<bool> = path
            .iter()
            .map(|step| match step.as_str() {
                Some(name) => {
                    let number =
                        name.strip_prefix('a').and_then(|number| number.parse::<usize>().ok());
                    field = number.map(|number| &types[number]);
                    field.is_none_or(Ty::is_nullable)
                }
                None => match field.map(Ty::nullable) {
                    Some(Ty::List(item)) => item.is_nullable(),
                    _ => false,
                },
            })
            .collect();
        let Some(last) = nullable.iter().rposition(|nullable| *nullable) else {
            return Value::Null;
        };
        null_at(&mut data, &path[..=last]);
    }
    data
}

/// Makes null the value at a path, unless one around it is null already.
fn null_at(place: &mut Value, path: &[Value]) {
    match (path, place) {
        ([], place) => *place = Value::Null,
        ([Value::String(key), rest @ ..], Value::Object(fields)) => {
            let is_there = fields.contains_key(key) || rest.is_empty();
            if is_there {
                null_at(fields.entry(key).or_insert(Value::Null), rest);
            }
        }
        ([step, rest @ ..], Value::Array(items)) => {
            null_at(&mut items[step.as_u64().unwrap_or_default() as usize], rest);
        }
        _ => {}
    }
}

/// What an error is, for comparing.
fn show(error: &Value) -> String {
    format!("{} {} {}", error["path"], error["extensions"]["code"], error["message"])
}

fn compare(query: &str, variables: &Value, types: &[Ty]) -> Result<(), TestCaseError> {
    let request = || Request::new(query).variables(Variables::from_json(variables.clone()));
    let plain = wait_for(UNLIMITED.execute_without_plan(request()));
    let planned = wait_for(UNLIMITED.execute(request(), false));
    let again = wait_for(UNLIMITED.execute(request(), false));
    prop_assert_eq!(&planned.body, &again.body, "the cached plan answers the same: {}", query);
    let read = |reply: &Reply| serde_json::from_slice::<Value>(&reply.body).expect("JSON");
    let (plain_answer, planned_answer) = (read(&plain), read(&planned));
    let errors = |answer: &Value| answer["errors"].as_array().cloned().unwrap_or_default();
    let (plain_errors, planned_errors) = (errors(&plain_answer), errors(&planned_answer));
    if plain_errors.is_empty() {
        // To the byte, the order of fields included.
        // Plain execution says nothing of searches that were cut off.
        let planned = text(&planned);
        let data = match planned.rfind(",\"extensions\":{\"truncated\":") {
            Some(end) => format!("{}}}", &planned[..end]),
            None => planned.to_owned(),
        };
        prop_assert_eq!(text(&plain), data, "{}\n{}", query, variables);
        return Ok(());
    }
    let plain_shown: Vec<String> = plain_errors.iter().map(show).collect();
    prop_assert!(
        plain_answer.get("data").is_some(),
        "the query is not valid: {plain_shown:?}\n{query}\n{variables}"
    );
    prop_assert!(!planned_errors.is_empty(), "{query}\n{variables}");
    for error in &planned_errors {
        // A field whose neighbor made their parent null need not be read.
        prop_assert!(
            plain_shown.contains(&show(error)),
            "{error} is not of {plain_shown:?}\n{query}\n{variables}"
        );
    }
    let expected = with_nulls(plain_answer["data"].clone(), &plain_errors, types);
    prop_assert_eq!(&expected, &planned_answer["data"], "{}\n{}", query, variables);
    Ok(())
}

fn text(reply: &Reply) -> &str {
    std::str::from_utf8(&reply.body).expect("UTF-8")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, max_shrink_iters: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_answers_as_plain_execution_does(choices in prop::collection::vec(any::<u16>(), 10..250)) {
        let mut maker = Maker {
            choices: Choices(choices.iter()),
            aliases: Vec::new(),
            fragments: Vec::new(),
            declarations: Vec::new(),
            values: Map::new(),
        };
        let query = maker.document();
        compare(&query, &Value::Object(maker.values), &maker.aliases)?;
    }
}

/// Answers stated here, by the specification: what chance may miss, and where async-graphql differs.
#[test]
fn the_plan_follows_the_specification() {
    let hangzhou = "city(key: \"hangzhou\")";
    for (query, variables, data) in [
        // Fields of one key are merged, in the order in which the first of them stands.
        (
            format!("{{ c: {hangzhou} {{ key }} g: graph {{ revision }} c: {hangzhou} {{ label key country: locatedIn(first: 0) {{ nodes {{ key }} }} }} }}"),
            Value::Null,
            r#"{"c":{"key":"hangzhou","label":"Hangzhou","country":{"nodes":[]}},"g":{"revision":1}}"#,
        ),
        // A fragment on an interface, one on a kind within it, and ones that do not apply.
        (
            "{ entity(key: \"hangzhou\") { ... on Location { key ... on City { n: __typename } ... on District { label } } ... on Company { label } ...C } } fragment C on City { zh: label(lang: ZH) }".to_owned(),
            Value::Null,
            r#"{"entity":{"key":"hangzhou","n":"City","zh":"杭州"}}"#,
        ),
        // Conditions, with values and with defaults.
        (
            "query($a: Boolean!, $b: Boolean! = true) { graph { revision @skip(if: $a) entityCount @include(if: $b) title @skip(if: $b) name @include(if: $a) } }".to_owned(),
            json!({ "a": false }),
            r#"{"graph":{"revision":1,"entityCount":177}}"#,
        ),
        ("query($a: Boolean!) { graph { revision @skip(if: $a) } }".to_owned(), json!({ "a": true }), r#"{"graph":{}}"#),
        ("query { graph { ...F @include(if: false) revision } } fragment F on GraphInfo { title }".to_owned(), Value::Null, r#"{"graph":{"revision":1}}"#),
        // Null goes up: to the field, to the list's item, to the whole.
        (format!("{{ a: {hangzhou} {{ key districts(first: -1) {{ totalCount }} }} b: graph {{ revision }} }}"), Value::Null, r#"{"a":null,"b":{"revision":1}}"#),
        ("{ nodes(ids: [\"RW50aXR5Omhhbmd6aG91\", \"eA\"]) { ... on City { relations(last: -1) { totalCount } } } }".to_owned(), Value::Null, r#"{"nodes":[null,null]}"#),
        ("{ entities(first: 3) { nodes { key relations(first: -5) { totalCount } } } }".to_owned(), Value::Null, "null"),
        // Coercion: one value for a list, a number for a decimal, a default, a null, block strings.
        (
            "query($f: CityFilter = { key: { eq: \"nobody\" } }, $o: [CityOrder!]) { cities(where: $f, orderBy: $o) { nodes { key } } }".to_owned(),
            json!({ "f": { "or": { "key": { "in": "hangzhou", "notIn": null } } }, "o": { "field": "LABEL" } }),
            r#"{"cities":{"nodes":[{"key":"hangzhou"}]}}"#,
        ),
        ("{ city(key: \"\\u0068angzhou\") { key } b: city(key: \"\"\"\n  hangzhou\n\"\"\") { key } }".to_owned(), Value::Null, r#"{"city":{"key":"hangzhou"},"b":{"key":"hangzhou"}}"#),
    ] {
        let request = Request::new(&query).variables(Variables::from_json(variables));
        let reply = wait_for(UNLIMITED.execute(request, false));
        let found = text(&reply);
        let expected = format!("{{\"data\":{data}");
        assert!(found.starts_with(&expected), "{query}\n{found}\n{expected}");
    }
}
