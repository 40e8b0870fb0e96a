//! Errors as GraphQL's JSON has them; the one place where they get their form.

use std::io::Write as _;

use async_graphql::{PathSegment as ServerSegment, ServerError, Value};

use crate::query::{Code, PathSegment, QueryError, write_string};

/// Appends an error to a JSON list (GraphQL specification, section 7.1.2).
pub fn write_error(error: &QueryError, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"message\":");
    write_string(&error.message, out);
    if let Some(position) = error.position {
        // Writing to a vector cannot fail.
        let _ = write!(
            out,
            ",\"locations\":[{{\"line\":{},\"column\":{}}}]",
            position.line, position.column
        );
    }
    if !error.path.is_empty() {
        out.extend_from_slice(b",\"path\":[");
        for (index, segment) in error.path.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            match segment {
                PathSegment::Key(key) => write_string(key, out),
                PathSegment::Index(index) => drop(write!(out, "{index}")),
            }
        }
        out.push(b']');
    }
    out.extend_from_slice(b",\"extensions\":{\"code\":");
    write_string(error.code.name(), out);
    for (name, value) in &error.details {
        out.push(b',');
        write_string(name, out);
        out.push(b':');
        // A value of GraphQL is JSON, and writing to a vector cannot fail.
        let _ = serde_json::to_writer(&mut *out, value);
    }
    out.extend_from_slice(b"}}");
}

/// Appends `"errors":[...]`.
pub(super) fn write_errors(errors: &[QueryError], out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"errors\":[");
    for (index, error) in errors.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_error(error, out);
    }
    out.push(b']');
}

/// An error of async-graphql as one of ours; `code` is what the stage it comes from implies.
pub(super) fn from_server(error: &ServerError, code: Code) -> QueryError {
    let segment = |segment: &ServerSegment| match segment {
        ServerSegment::Field(name) => PathSegment::Key(name.clone()),
        ServerSegment::Index(index) => PathSegment::Index(*index),
    };
    let extension = |name: &str| error.extensions.as_ref().and_then(|all| all.get(name));
    let code = match extension("code") {
        Some(Value::String(own)) => Code::named(own).unwrap_or(code),
        _ => code,
    };
    let path = match extension("path") {
        Some(Value::List(segments)) => segments.iter().filter_map(own_segment).collect(),
        _ => error.path.iter().map(segment).collect(),
    };
    QueryError {
        code,
        message: tidy(&error.message),
        position: error.locations.first().copied(),
        path,
        details: DETAILS
            .iter()
            .filter_map(|name| Some((*name, extension(name)?.clone())))
            .collect(),
    }
}

/// What our resolvers tell of an error beside its code.
const DETAILS: [&str; 4] = ["mistake", "input", "nearest", "revision"];

/// A step of the path that a resolver of ours gave its error.
fn own_segment(value: &Value) -> Option<PathSegment> {
    match value {
        Value::String(key) => Some(PathSegment::Key(key.clone())),
        Value::Number(index) => index.as_u64().map(|index| PathSegment::Index(index as usize)),
        _ => None,
    }
}

/// The parser draws the offending line with an arrow over several lines of text; its position is
/// in `locations`, so the sentence is enough.
fn tidy(message: &str) -> String {
    match message.trim().rsplit_once("\n") {
        Some((drawing, last)) if drawing.contains("-->") => {
            let expected = last.trim_start_matches([' ', '=']).replace('_', " ");
            format!("this is not GraphQL: {expected}")
        }
        _ => message.trim().to_owned(),
    }
}
