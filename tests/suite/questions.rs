//! The questions of docs/questions.md have the answers that stand there.

use std::fmt::Write as _;

use async_graphql::{Request, Value as Ordered};
use serde_json::Value;

use crate::support::{ENGINE, answer, root, wait_for};

/// A value as people read it: objects and lists on one line as long as they fit.
fn write(value: &Ordered, indent: usize, out: &mut String) {
    const WIDTH: usize = 110;
    let mut flat = String::new();
    write_flat(value, &mut flat);
    if indent + flat.chars().count() <= WIDTH {
        out.push_str(&flat);
        return;
    }
    let pad = " ".repeat(indent + 2);
    match value {
        Ordered::Object(fields) => {
            out.push('{');
            for (place, (key, value)) in fields.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let _ = write!(out, "{comma}\n{pad}\"{key}\": ");
                write(value, indent + 2, out);
            }
            let _ = write!(out, "\n{}}}", " ".repeat(indent));
        }
        Ordered::List(items) => {
            out.push('[');
            for (place, value) in items.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let _ = write!(out, "{comma}\n{pad}");
                write(value, indent + 2, out);
            }
            let _ = write!(out, "\n{}]", " ".repeat(indent));
        }
        other => write_flat(other, out),
    }
}

fn write_flat(value: &Ordered, out: &mut String) {
    match value {
        Ordered::Object(fields) => {
            out.push('{');
            for (place, (key, value)) in fields.iter().enumerate() {
                let comma = if place == 0 { " " } else { ", " };
                let _ = write!(out, "{comma}\"{key}\": ");
                write_flat(value, out);
            }
            out.push_str(" }");
        }
        Ordered::List(items) => {
            out.push('[');
            for (place, value) in items.iter().enumerate() {
                out.push_str(if place == 0 { "" } else { ", " });
                write_flat(value, out);
            }
            out.push(']');
        }
        other => out.push_str(&serde_json::to_string(other).unwrap()),
    }
}

#[test]
fn the_forty_questions_have_the_answers_of_the_docs() {
    let path = root().join("docs/questions.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let updates = std::env::var_os("UPDATE_DOCS").is_some();
    let mut written = String::new();
    let mut count = 0;
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("```graphql\n") {
        let (query, after) = after.split_once("\n```").unwrap();
        let (between, after) = after.split_once("```json\n").unwrap();
        let (expected, after) = after.split_once("\n```").unwrap();
        let title = before.rsplit("### ").next().unwrap().lines().next().unwrap();
        let mut found = answer(query, Value::Null);
        assert_eq!(found.get("errors"), None, "{title}: {found:#}");
        let data = found["data"].take();
        if updates {
            // Once more, for the order of the fields.
            let body = wait_for(ENGINE.execute(Request::new(query), false)).body;
            let Ordered::Object(response) = serde_json::from_slice(&body).unwrap() else {
                panic!()
            };
            let data = &response["data"];
            let mut shown = String::new();
            write(data, 0, &mut shown);
            let _ =
                write!(written, "{before}```graphql\n{query}\n```{between}```json\n{shown}\n```");
        } else {
            let expected: Value = serde_json::from_str(expected).unwrap();
            assert_eq!(data, expected, "{title}");
        }
        count += 1;
        rest = after;
    }
    assert_eq!(count, 40);
    if updates {
        std::fs::write(path, written + rest).unwrap();
    }
}
