//! The program as its users meet it: commands, folders, HTTP, the API over the bundled graph, and
//! the promise that the plan answers as plain execution does. One binary, so that it links once.

#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod api;
mod check;
mod command;
mod data;
mod edits;
mod exchange;
mod faults;
mod graph;
mod http;
mod plan;
mod questions;
mod references;
mod research;
mod schema;
mod support;
mod tutorial;
mod writes;
