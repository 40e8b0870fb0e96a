//! Westlake serves a cited knowledge graph over GraphQL.
//!
//! The rooms of the house, from the bottom up; each uses only those above it in this list:
//! - [`model`]: dates, figures, qualifiers;
//! - [`ontology`]: which kinds, predicates and metrics a graph has, read from GraphQL SDL;
//! - [`graph`]: the immutable snapshot that answers are read from;
//! - [`analytics`]: paths and measures over the graph;
//! - [`formats`]: from folders of tables to a snapshot;
//! - [`search`]: names, by prefix, in every language;
//! - [`query`]: what the API's fields mean; from a selection to a plan to bytes;
//! - [`api`]: the async-graphql schema, validation, and the way from a request to an answer;
//! - [`http`]: routes, limits, health, the embedded web assets;
//! - [`cli`]: the commands.
//!
//! A read: [`http`] takes bytes, [`api`] validates them, [`query`] finds or makes the plan, walks a
//! [`graph::Snapshot`] and writes bytes.

pub mod analytics;
pub mod api;
pub mod cli;
pub mod commit;
pub mod formats;
pub mod graph;
pub mod http;
pub mod log;
pub mod model;
pub mod ontology;
pub mod query;
pub mod search;
