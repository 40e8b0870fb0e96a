//! Formats of programs that draw graphs: GraphML (<http://graphml.graphdrawing.org/>), GEXF 1.3
//! (<https://gexf.net/>), and Graphviz's DOT (<https://graphviz.org/doc/info/lang.html>).

use std::io::{self, Write};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::Part;
use crate::{
    graph::{EntityId, StatementId},
    model::Closed,
};

/// What is told of each node and each edge: the name, and the text.
type Attributes = Vec<(&'static str, String)>;

const NODE_ATTRIBUTES: [&str; 3] = ["label", "kind", "description"];
const EDGE_ATTRIBUTES: [&str; 6] =
    ["predicate", "confidence", "rank", "validFrom", "validUntil", "sources"];

fn of_node(part: &Part<'_>, id: EntityId) -> Attributes {
    let snapshot = part.snapshot;
    let kind = &snapshot.ontology().kinds[usize::from(snapshot.kind(id))];
    let mut attributes = vec![
        ("label", snapshot.text(snapshot.label(id, None)).to_owned()),
        ("kind", kind.constant.clone()),
        ("description", snapshot.text(snapshot.description(id, None)).to_owned()),
    ];
    let measures = part.measures.iter();
    attributes.extend(measures.map(|(measure, values)| {
        (measure.field(), values.get(id.index()).copied().unwrap_or_default().to_string())
    }));
    attributes
}

fn of_edge(part: &Part<'_>, id: StatementId) -> Attributes {
    let snapshot = part.snapshot;
    let statement = snapshot.statement(id);
    let predicate = &snapshot.ontology().predicates[usize::from(statement.predicate)];
    let date =
        |date: Option<crate::model::PartialDate>| date.map_or_else(String::new, |d| d.to_string());
    let sources: Vec<&str> = snapshot
        .references_of_statement(id)
        .map(|place| snapshot.text(snapshot.source(snapshot.reference(place).source).key))
        .collect();
    vec![
        ("predicate", predicate.name.clone()),
        ("confidence", statement.confidence.name().to_owned()),
        ("rank", statement.rank.name().to_owned()),
        ("validFrom", date(statement.valid_from)),
        ("validUntil", date(statement.valid_until)),
        ("sources", sources.join("; ")),
    ]
}

/// A text without the characters that XML 1.0 does not know (section 2.2).
fn xml_text(text: &str) -> String {
    let is_known = |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_known).collect()
}

struct Xml<'o>(Writer<&'o mut dyn Write>);

impl<'o> Xml<'o> {
    fn new(out: &'o mut dyn Write) -> io::Result<Self> {
        let mut writer = Writer::new_with_indent(out, b' ', 1);
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self(writer))
    }

    fn tag<'t>(name: &'t str, attributes: &[(&str, &str)]) -> BytesStart<'t> {
        let mut tag = BytesStart::new(name);
        for (name, value) in attributes {
            tag.push_attribute((*name, xml_text(value).as_str()));
        }
        tag
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Start(Self::tag(name, attributes)))
    }

    fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.0.write_event(Event::Empty(Self::tag(name, attributes)))
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.open(name, attributes)?;
        self.0.write_event(Event::Text(BytesText::new(&xml_text(text))))?;
        self.close(name)
    }
}

pub(super) fn graphml(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let key = |id: EntityId| part.snapshot.text(part.snapshot.key(id));
    let mut xml = Xml::new(out)?;
    xml.open("graphml", &[("xmlns", "http://graphml.graphdrawing.org/xmlns")])?;
    for (scope, names) in
        [("node", NODE_ATTRIBUTES.as_slice()), ("edge", EDGE_ATTRIBUTES.as_slice())]
    {
        for name in names {
            xml.empty(
                "key",
                &[("id", name), ("for", scope), ("attr.name", name), ("attr.type", "string")],
            )?;
        }
    }
    for (measure, _) in &part.measures {
        let (name, ty) = (measure.field(), if measure.is_whole() { "int" } else { "double" });
        xml.empty("key", &[("id", name), ("for", "node"), ("attr.name", name), ("attr.type", ty)])?;
    }
    xml.open("graph", &[("id", &part.snapshot.dataset().name), ("edgedefault", "directed")])?;
    let data = |xml: &mut Xml<'_>, attributes: Attributes| -> io::Result<()> {
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            xml.element("data", &[("key", name)], value)?;
        }
        Ok(())
    };
    for id in part.entities() {
        xml.open("node", &[("id", key(id))])?;
        data(&mut xml, of_node(part, id))?;
        xml.close("node")?;
    }
    for id in part.statements() {
        let statement = part.snapshot.statement(id);
        let name = part.snapshot.text(statement.key);
        let ends =
            [("id", name), ("source", key(statement.subject)), ("target", key(statement.object))];
        xml.open("edge", &ends)?;
        data(&mut xml, of_edge(part, id))?;
        xml.close("edge")?;
    }
    xml.close("graph")?;
    xml.close("graphml")
}

pub(super) fn gexf(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let key = |id: EntityId| part.snapshot.text(part.snapshot.key(id));
    let mut xml = Xml::new(out)?;
    xml.open("gexf", &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")])?;
    xml.open("graph", &[("defaultedgetype", "directed"), ("mode", "static")])?;
    for (class, names) in [("node", &NODE_ATTRIBUTES[1..]), ("edge", EDGE_ATTRIBUTES.as_slice())] {
        xml.open("attributes", &[("class", class)])?;
        for name in names {
            xml.empty("attribute", &[("id", name), ("title", name), ("type", "string")])?;
        }
        for (measure, _) in part.measures.iter().filter(|_| class == "node") {
            let (name, ty) =
                (measure.field(), if measure.is_whole() { "integer" } else { "double" });
            xml.empty("attribute", &[("id", name), ("title", name), ("type", ty)])?;
        }
        xml.close("attributes")?;
    }
    let values = |xml: &mut Xml<'_>, attributes: Attributes| -> io::Result<()> {
        xml.open("attvalues", &[])?;
        let given = |(name, value): &&(&str, String)| *name != "label" && !value.is_empty();
        for (name, value) in attributes.iter().filter(given) {
            xml.empty("attvalue", &[("for", name), ("value", value)])?;
        }
        xml.close("attvalues")
    };
    xml.open("nodes", &[])?;
    for id in part.entities() {
        let label = part.snapshot.text(part.snapshot.label(id, None));
        xml.open("node", &[("id", key(id)), ("label", label)])?;
        values(&mut xml, of_node(part, id))?;
        xml.close("node")?;
    }
    xml.close("nodes")?;
    xml.open("edges", &[])?;
    for id in part.statements() {
        let statement = part.snapshot.statement(id);
        let predicate = &part.snapshot.ontology().predicates[usize::from(statement.predicate)];
        xml.open(
            "edge",
            &[
                ("id", part.snapshot.text(statement.key)),
                ("source", key(statement.subject)),
                ("target", key(statement.object)),
                ("label", &predicate.name),
            ],
        )?;
        values(&mut xml, of_edge(part, id))?;
        xml.close("edge")?;
    }
    xml.close("edges")?;
    xml.close("graph")?;
    xml.close("gexf")
}

/// A double-quoted string of DOT: only quotes need an escape, and a backslash that would escape one.
fn dot_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\0', ""))
}

pub(super) fn dot(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    let key = |id: EntityId| dot_text(part.snapshot.text(part.snapshot.key(id)));
    writeln!(out, "digraph {} {{", dot_text(&part.snapshot.dataset().name))?;
    let attributes = |attributes: Attributes| {
        let given = attributes.iter().filter(|(_, value)| !value.is_empty());
        given
            .map(|(name, value)| format!("{name}={}", dot_text(value)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    for id in part.entities() {
        writeln!(out, "  {} [{}];", key(id), attributes(of_node(part, id)))?;
    }
    for id in part.statements() {
        let statement = part.snapshot.statement(id);
        let told = of_edge(part, id);
        let label = dot_text(&told[0].1);
        let (from, to) = (key(statement.subject), key(statement.object));
        writeln!(out, "  {from} -> {to} [label={label}, {}];", attributes(told))?;
    }
    writeln!(out, "}}")
}
