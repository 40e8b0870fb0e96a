//! GraphQL: async-graphql parses, validates and introspects over a dynamic schema made from the
//! catalog; read operations go on to a plan; mutations, subscriptions and history it executes
//! itself. Knows queries; nothing of HTTP but what a reply's status rests on.
//!
//! Start reading at [`Engine::execute`].

mod changes;
mod engine;
mod errors;
mod extension;
mod follow;
mod held;
mod live;
mod schema;
mod worlds;
mod write;

pub(crate) use engine::operation_type;
pub use engine::{Engine, Options, Outcome, Reply};
pub use errors::write_error;
pub use live::Live;
pub use schema::{build as build_schema, sdl};
