//! RDF as Turtle, N-Triples and JSON-LD, by the mapping of [`crate::formats::rdf`].

use std::io::{self, Write};

use oxrdf::vocab::{rdf, rdfs};
use oxrdfio::{JsonLdProfileSet, RdfFormat, RdfSerializer};

use super::{Format, Part};
use crate::{
    commit::record::Change,
    formats::rdf::{NS, Names, triples},
    graph::Snapshot,
};

pub(super) fn write(part: &Part<'_>, format: Format, out: &mut dyn Write) -> io::Result<()> {
    write_changes(part.snapshot, part.changes(), format, out)
}

/// Writes rows, as changes that put them.
pub(super) fn write_changes<'c>(
    snapshot: &Snapshot,
    changes: impl Iterator<Item = Change<'c>>,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = Names::new(&snapshot.dataset().name);
    let mut serializer = RdfSerializer::from_format(match format {
        Format::Turtle => RdfFormat::Turtle,
        Format::JsonLd => RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() },
        _ => RdfFormat::NTriples,
    });
    let base = names.base();
    let prefix = |name: &str| format!("{base}{name}/");
    for (prefix, iri) in [
        ("rdf", rdf::TYPE.as_str().trim_end_matches("type").to_owned()),
        ("rdfs", rdfs::LABEL.as_str().trim_end_matches("label").to_owned()),
        ("skos", "http://www.w3.org/2004/02/skos/core#".to_owned()),
        ("dcterms", "http://purl.org/dc/terms/".to_owned()),
        ("w", NS.to_owned()),
        ("entity", prefix("entity")),
        ("kind", prefix("kind")),
        ("predicate", prefix("predicate")),
        ("metric", prefix("metric")),
        ("property", prefix("property")),
        ("statement", prefix("statement")),
        ("observation", prefix("observation")),
        ("source", prefix("source")),
    ] {
        serializer = serializer
            .with_prefix(prefix, iri)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    }
    let mut writer = serializer.for_writer(out);
    for change in changes {
        for triple in triples(&names, &change) {
            writer.serialize_triple(&triple)?;
        }
    }
    writer.finish()?.flush()
}
