//! The mapping to RDF and back; docs/formats.md states it for people.
//!
//! Names of a graph are `urn:westlake:NAME:` and then the table and the key, percent-encoded. A
//! statement is a triple of its subject, predicate and object, and beside it an `rdf:Statement` that
//! carries the key, time, confidence and references: standard reification, which every store knows.

use std::{borrow::Cow, collections::HashMap, io::Read};

use async_graphql::indexmap::IndexMap;
use oxrdf::{
    Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple,
    vocab::{rdf, rdfs, xsd},
};
use oxrdfio::{RdfFormat, RdfParser};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::{
    commit::record::{
        Change, EntityRecord, ObservationRecord, ReferenceRecord, SourceRecord, StatementRecord,
    },
    model::{Approximation, Closed, Confidence, Decimal, PartialDate, Period, Rank, Status},
    ontology::Ontology,
};

/// What every graph's RDF is written with.
pub(super) const NS: &str = "urn:westlake:ns:";
const ALT_LABEL: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");
const DESCRIPTION: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://purl.org/dc/terms/description");

/// What stands in IRIs as it is: the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The names of one graph.
pub(super) struct Names(String);

impl Names {
    pub(super) fn new(dataset: &str) -> Self {
        Self(format!("urn:westlake:{dataset}:"))
    }

    pub(super) fn base(&self) -> &str {
        &self.0
    }

    fn name(&self, table: &str, key: &str) -> NamedNode {
        let key = utf8_percent_encode(key, ESCAPED);
        NamedNode::new_unchecked(format!("{}{table}/{key}", self.0))
    }

    /// The key of a name in a table.
    fn key<'n>(&self, table: &str, name: &'n str) -> Option<Cow<'n, str>> {
        let key = name.strip_prefix(&self.0)?.strip_prefix(table)?.strip_prefix('/')?;
        percent_decode_str(key).decode_utf8().ok()
    }
}

fn ns(name: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{NS}{name}"))
}

/// The triples of one row. Texts that are empty are not written.
pub(super) fn triples(names: &Names, change: &Change<'_>) -> Vec<Triple> {
    let mut triples = Vec::new();
    match change {
        Change::PutSource(record) => {
            let mut row = Row::new(&mut triples, names.name("source", record.key), ns("Source"));
            row.texts(&[
                ("title", record.title),
                ("publisher", record.publisher),
                ("url", record.url),
                ("language", record.language),
                ("genre", record.genre),
            ]);
            row.text("published", &record.published.map_or_else(String::new, |p| p.to_string()));
        }
        Change::PutEntity(record) => {
            let subject = names.name("entity", record.key);
            let mut row = Row::new(&mut triples, subject, names.name("kind", record.kind));
            for (property, texts) in
                [(rdfs::LABEL, &record.labels), (DESCRIPTION, &record.descriptions)]
            {
                for (tag, text) in texts {
                    let literal = Literal::new_language_tagged_literal_unchecked(*text, *tag);
                    row.add(property.into_owned(), literal);
                }
            }
            for alias in &record.aliases {
                row.add(ALT_LABEL.into_owned(), Literal::new_simple_literal(*alias));
            }
            for (name, value) in &record.properties {
                row.add(names.name("property", name), Literal::new_simple_literal(value.as_ref()));
            }
        }
        Change::PutStatement(record) => {
            let subject = names.name("entity", record.subject);
            let predicate = names.name("predicate", record.predicate);
            let object = names.name("entity", record.object);
            triples.push(Triple::new(subject.clone(), predicate.clone(), object.clone()));
            let name = names.name("statement", record.key);
            let mut row = Row::new(&mut triples, name.clone(), rdf::STATEMENT.into_owned());
            row.add(rdf::SUBJECT.into_owned(), subject);
            row.add(rdf::PREDICATE.into_owned(), predicate);
            row.add(rdf::OBJECT.into_owned(), object);
            let date = |date: Option<PartialDate>| date.map_or_else(String::new, |d| d.to_string());
            row.texts(&[
                ("validFrom", &date(record.valid_from)),
                ("validUntil", &date(record.valid_until)),
                ("confidence", record.confidence.name()),
                ("rank", record.rank.name()),
                ("note", record.note),
            ]);
            references(names, &mut triples, &name, &record.references);
        }
        Change::PutObservation(record) => {
            let name = names.name("observation", record.key);
            let mut row = Row::new(&mut triples, name.clone(), ns("Observation"));
            row.add(ns("subject"), names.name("entity", record.subject));
            row.add(ns("metric"), names.name("metric", record.metric));
            row.add(
                ns("value"),
                Literal::new_typed_literal(record.value.to_string(), xsd::DECIMAL),
            );
            row.texts(&[
                ("unit", record.unit),
                ("period", &record.period.to_string()),
                ("approximation", record.approximation.name()),
                ("status", record.status.name()),
                ("note", record.note),
            ]);
            references(names, &mut triples, &name, &record.references);
        }
        Change::Retract { .. } | Change::Merge { .. } => {}
    }
    triples
}

/// A reference is a node of its own, named after its claim and its place.
fn references(
    names: &Names,
    triples: &mut Vec<Triple>,
    claim: &NamedNode,
    references: &[ReferenceRecord<'_>],
) {
    for (place, reference) in (1..).zip(references) {
        let node = NamedNode::new_unchecked(format!("{}/reference/{place}", claim.as_str()));
        triples.push(Triple::new(claim.clone(), ns("reference"), node.clone()));
        triples.push(Triple::new(
            node.clone(),
            ns("source"),
            names.name("source", reference.source),
        ));
        if !reference.locator.is_empty() {
            let locator = Literal::new_simple_literal(reference.locator);
            triples.push(Triple::new(node, ns("locator"), locator));
        }
    }
}

/// Writes the triples of a subject.
struct Row<'t> {
    triples: &'t mut Vec<Triple>,
    subject: NamedNode,
}

impl<'t> Row<'t> {
    fn new(triples: &'t mut Vec<Triple>, subject: NamedNode, kind: NamedNode) -> Self {
        let mut row = Self { triples, subject };
        row.add(rdf::TYPE.into_owned(), kind);
        row
    }

    fn add(&mut self, predicate: NamedNode, object: impl Into<Term>) {
        self.triples.push(Triple::new(self.subject.clone(), predicate, object));
    }

    fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.add(ns(name), Literal::new_simple_literal(text));
        }
    }

    fn texts(&mut self, texts: &[(&str, &str)]) {
        texts.iter().for_each(|(name, text)| self.text(name, text));
    }
}

/// What RDF says, by subject, in the order in which subjects are first met.
pub struct Document {
    names: Names,
    subjects: IndexMap<String, Vec<(String, Term)>>,
}

impl Document {
    /// Reads RDF that follows the mapping. All of it is held in memory, as RDF has no order.
    ///
    /// # Errors
    /// Where it is not RDF.
    pub fn read(dataset: &str, format: RdfFormat, input: impl Read) -> Result<Self, String> {
        let mut subjects: IndexMap<String, Vec<(String, Term)>> = IndexMap::new();
        for quad in RdfParser::from_format(format).for_reader(input) {
            let quad = quad.map_err(|error| error.to_string())?;
            let NamedOrBlankNode::NamedNode(subject) = quad.subject else { continue };
            let said = subjects.entry(subject.into_string()).or_default();
            said.push((quad.predicate.into_string(), quad.object));
        }
        Ok(Self { names: Names::new(dataset), subjects })
    }

    fn all<'d>(
        &'d self,
        subject: &str,
        predicate: &str,
    ) -> impl Iterator<Item = &'d Term> + use<'d> {
        let predicate = predicate.to_owned();
        let said = self.subjects.get(subject).into_iter().flatten();
        said.filter(move |(known, _)| *known == predicate).map(|(_, object)| object)
    }

    fn text(&self, subject: &str, name: &str) -> &str {
        self.all(subject, &format!("{NS}{name}")).find_map(literal).unwrap_or_default()
    }

    fn named(&self, subject: &str, predicate: &str, table: &str) -> Result<Cow<'_, str>, String> {
        let found = self.all(subject, predicate).find_map(|term| match term {
            Term::NamedNode(name) => self.names.key(table, name.as_str()),
            _ => None,
        });
        found.ok_or_else(|| format!("{subject} has no {predicate} that is a {table} of this graph"))
    }

    /// Each row as a change that puts it: sources, entities, statements, observations. Calls `put`
    /// with each; nodes of other vocabularies are passed over.
    ///
    /// # Errors
    /// What a node lacks, and what `put` returns.
    pub fn rows(
        &self,
        ontology: &Ontology,
        mut put: impl FnMut(&Change<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut claims: HashMap<&str, Vec<&String>> = HashMap::new();
        for subject in self.subjects.keys() {
            for table in ["source", "entity", "statement", "observation"] {
                let key = self.names.key(table, subject);
                // Nodes of references have a further slash, which keys have escaped.
                if key.is_some() && !subject.contains("/reference/") {
                    claims.entry(table).or_default().push(subject);
                }
            }
        }
        let of = |table: &str| claims.get(table).into_iter().flatten().copied();
        for subject in of("source") {
            let key = self.own_key("source", subject)?;
            put(&self.source(&key, subject)?)?;
        }
        for subject in of("entity").filter(|s| self.all(s, rdf::TYPE.as_str()).next().is_some()) {
            let key = self.own_key("entity", subject)?;
            put(&self.entity(ontology, &key, subject)?)?;
        }
        for subject in of("statement") {
            self.statement(subject, &mut put)?;
        }
        for subject in of("observation") {
            self.observation(subject, &mut put)?;
        }
        Ok(())
    }

    fn source<'d>(&'d self, key: &'d str, subject: &str) -> Result<Change<'d>, String> {
        let published = self.text(subject, "published");
        Ok(Change::PutSource(SourceRecord {
            key,
            title: self.text(subject, "title"),
            publisher: self.text(subject, "publisher"),
            url: self.text(subject, "url"),
            published: optional(subject, published)?,
            language: self.text(subject, "language"),
            genre: self.text(subject, "genre"),
        }))
    }

    fn own_key<'d>(&self, table: &str, subject: &'d str) -> Result<Cow<'d, str>, String> {
        let key = self.names.key(table, subject);
        key.ok_or_else(|| format!("{subject} is not a {table} of this graph"))
    }

    fn entity<'d>(
        &'d self,
        ontology: &'d Ontology,
        key: &'d str,
        subject: &str,
    ) -> Result<Change<'d>, String> {
        let kind = self.named(subject, rdf::TYPE.as_str(), "kind")?;
        let kind = ontology.kind(&kind).map(|kind| &ontology.kinds[usize::from(kind)]);
        let kind =
            kind.ok_or_else(|| format!("{subject} is of a kind that the ontology does not have"))?;
        let tagged = |predicate: &str| -> Vec<(&'d str, &'d str)> {
            let literals = self.all(subject, predicate).filter_map(|term| match term {
                Term::Literal(literal) => Some((literal.language()?, literal.value())),
                _ => None,
            });
            literals.collect()
        };
        let property = |name: &'d str| {
            let predicate = self.names.name("property", name).into_string();
            Some((name, Cow::Borrowed(self.all(subject, &predicate).find_map(literal)?)))
        };
        Ok(Change::PutEntity(EntityRecord {
            key,
            kind: &kind.name,
            labels: tagged(rdfs::LABEL.as_str()),
            descriptions: tagged(DESCRIPTION.as_str()),
            aliases: self.all(subject, ALT_LABEL.as_str()).filter_map(literal).collect(),
            properties: kind.properties.iter().filter_map(|p| property(&p.name)).collect(),
        }))
    }

    /// The references of a claim, in order.
    fn references(&self, subject: &str) -> Result<Vec<(Cow<'_, str>, &str)>, String> {
        let nodes = self.all(subject, &format!("{NS}reference")).filter_map(|term| match term {
            Term::NamedNode(name) => Some(name.as_str()),
            _ => None,
        });
        let mut nodes: Vec<&str> = nodes.collect();
        let place = |node: &&str| node.rsplit('/').next().and_then(|n| n.parse::<u32>().ok());
        nodes.sort_by_key(place);
        let reference = |node: &str| {
            Ok((self.named(node, &format!("{NS}source"), "source")?, self.text(node, "locator")))
        };
        nodes.into_iter().map(reference).collect()
    }

    fn statement(
        &self,
        subject: &str,
        put: &mut impl FnMut(&Change<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let references = self.references(subject)?;
        put(&Change::PutStatement(StatementRecord {
            key: &self.own_key("statement", subject)?,
            subject: &self.named(subject, rdf::SUBJECT.as_str(), "entity")?,
            predicate: &self.named(subject, rdf::PREDICATE.as_str(), "predicate")?,
            object: &self.named(subject, rdf::OBJECT.as_str(), "entity")?,
            valid_from: optional(subject, self.text(subject, "validFrom"))?,
            valid_until: optional(subject, self.text(subject, "validUntil"))?,
            confidence: closed(self.text(subject, "confidence"), Confidence::Medium),
            rank: closed(self.text(subject, "rank"), Rank::Normal),
            note: self.text(subject, "note"),
            references: records(&references),
        }))
    }

    fn observation(
        &self,
        subject: &str,
        put: &mut impl FnMut(&Change<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let references = self.references(subject)?;
        let value = self.text(subject, "value");
        let period = self.text(subject, "period");
        put(&Change::PutObservation(ObservationRecord {
            key: &self.own_key("observation", subject)?,
            subject: &self.named(subject, &format!("{NS}subject"), "entity")?,
            metric: &self.named(subject, &format!("{NS}metric"), "metric")?,
            value: value
                .parse::<Decimal>()
                .map_err(|_| format!("{subject}: value \"{value}\" is not a number"))?,
            unit: self.text(subject, "unit"),
            period: period.parse::<Period>().map_err(|error| format!("{subject}: {error}"))?,
            approximation: closed(self.text(subject, "approximation"), Approximation::Exact),
            status: closed(self.text(subject, "status"), Status::Result),
            note: self.text(subject, "note"),
            references: records(&references),
        }))
    }
}

fn records<'r>(references: &'r [(Cow<'r, str>, &'r str)]) -> Vec<ReferenceRecord<'r>> {
    references.iter().map(|(source, locator)| ReferenceRecord { source, locator }).collect()
}

fn literal(term: &Term) -> Option<&str> {
    match term {
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

fn closed<T: Closed>(text: &str, default: T) -> T {
    T::parse(text).unwrap_or(default)
}

fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
    subject: &str,
    text: &str,
) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| format!("{subject}: {error}"))
}
