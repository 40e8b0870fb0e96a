//! Every type and field of the API, stated once: the generic part, and the part that an ontology
//! generates. Read [`catalog`] top to bottom; it is in the order of the SDL.

mod entities;
mod filters;
mod generic;
mod kinds;
mod scalars;

use super::catalog::{Catalog, Draft, DraftBody, DraftField, DraftInput, Read, field, input};
use super::computed;
use crate::ontology::Ontology;

/// The types of the API over an ontology.
pub fn catalog(ontology: &Ontology) -> Catalog {
    let mut draft = Draft::default();
    kinds::add_properties(&mut draft, ontology);
    generic::add_query(&mut draft, ontology);
    entities::add(&mut draft);
    kinds::add(&mut draft, ontology);
    generic::add_claims(&mut draft);
    generic::add_graph(&mut draft);
    computed::add(&mut draft);
    filters::add(&mut draft, ontology);
    scalars::add(&mut draft, ontology);
    let kinds: Vec<String> = ontology.kinds.iter().map(|kind| kind.name.clone()).collect();
    draft.finish(&kinds)
}

/// The arguments of a connection, by the Relay Cursor Connections Specification.
fn page_args() -> Vec<DraftInput> {
    vec![
        input(
            "first",
            "Int",
            "At most so many rows from the start, or from `after` on. 100 if neither `first` nor `last` is given; at most 10,000.",
        ),
        input("after", "String", "Only rows after the one with this cursor."),
        input("last", "Int", "At most so many rows from the end, or up to `before`."),
        input("before", "String", "Only rows before the one with this cursor."),
    ]
}

/// `where` and `orderBy` for rows of type `name`.
fn where_and_order(name: &str) -> Vec<DraftInput> {
    vec![
        input("where", &format!("{name}Filter"), "Only rows that meet every condition given."),
        input(
            "orderBy",
            &format!("[{name}Order!]"),
            "What to order the rows by; the first entry counts most. Ties, and rows without an order, stand in the order of the tables; missing values come last.",
        ),
    ]
}

/// Adds the types `{name}Connection` and `{name}Edge` over rows of type `node`.
fn add_connection(draft: &mut Draft, name: &str, node: &str, of: &str, edge: Vec<DraftField>) {
    let connection = format!("{name}Connection");
    let edges = format!("{name}Edge");
    draft.add(
        &connection,
        &format!("A page of {of}."),
        DraftBody::Object(
            Vec::new(),
            vec![
                field("nodes", &format!("[{node}!]!"), Read::PageNodes, "The rows of this page."),
                field(
                    "edges",
                    &format!("[{edges}!]!"),
                    Read::PageEdges,
                    "The rows of this page with their cursors.",
                ),
                field("pageInfo", "PageInfo!", Read::PageInfo, "How this page lies in the whole."),
                field(
                    "totalCount",
                    "Int!",
                    Read::TotalCount,
                    "How many rows there are on all pages.",
                ),
                computed::aggregate::on_connection(),
            ],
        ),
    );
    let mut fields = vec![
        field(
            "cursor",
            "String!",
            Read::Cursor,
            "Opaque: give it to `after` or `before` to go on from this row.",
        ),
        field("node", &format!("{node}!"), Read::EdgeNode, "The row."),
    ];
    fields.extend(edge);
    draft.add(&edges, &format!("A row of a page of {of}."), DraftBody::Object(Vec::new(), fields));
}
