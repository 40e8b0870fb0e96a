//! GraphQL: async-graphql parses, validates and introspects over a dynamic schema made from the
//! catalog; read operations go on to a plan, the rest it executes itself. Knows queries; nothing of
//! HTTP but what a reply's status rests on.
//!
//! Start reading at [`Engine::execute`].

mod engine;
mod errors;
mod extension;
mod schema;

pub use engine::{Engine, Options, Outcome, Reply};
pub use errors::write_error;
pub use schema::{build as build_schema, sdl};
