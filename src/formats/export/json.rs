//! JSON Lines, and the elements of Cytoscape.js.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Part;
use crate::{commit::input::ChangeInput, graph::EntityId, model::Closed};

/// A change a line, in the words of the API.
pub(super) fn lines(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ontology = part.snapshot.ontology();
    for change in part.changes() {
        serde_json::to_writer(&mut *out, &ChangeInput::of(&change, ontology))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// `{"elements": {"nodes": [...], "edges": [...]}}`, as `cytoscape({elements})` takes them.
pub(super) fn cytoscape(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let snapshot = part.snapshot;
    let ontology = snapshot.ontology();
    let key = |id: EntityId| snapshot.text(snapshot.key(id));
    let nodes = part.entities().map(|id| {
        let kind = &ontology.kinds[usize::from(snapshot.kind(id))];
        let mut data = json!({
            "id": key(id),
            "label": snapshot.text(snapshot.label(id, None)),
            "kind": kind.constant,
        });
        for (measure, values) in &part.measures {
            data[measure.field()] = values.get(id.index()).copied().into();
        }
        json!({ "data": data })
    });
    let edges = part.statements().map(|id| {
        let statement = snapshot.statement(id);
        json!({ "data": {
            // Elements of both sorts share their ids.
            "id": format!("statement:{}", snapshot.text(statement.key)),
            "source": key(statement.subject),
            "target": key(statement.object),
            "predicate": ontology.predicates[usize::from(statement.predicate)].name,
            "confidence": statement.confidence.name(),
            "validFrom": statement.valid_from.map(|date| date.to_string()),
            "validUntil": statement.valid_until.map(|date| date.to_string()),
        } })
    });
    out.write_all(b"{\"elements\":{\"nodes\":[")?;
    elements(nodes, out)?;
    out.write_all(b"],\"edges\":[")?;
    elements(edges, out)?;
    out.write_all(b"]}}\n")
}

fn elements(elements: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    for (index, element) in elements.enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &element)?;
    }
    Ok(())
}
