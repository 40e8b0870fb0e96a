//! The mapping to RDF and back; docs/formats.md states it for people.
//!
//! Names of a graph are `urn:westlake:NAME:` and then the table and the key, percent-encoded. A
//! statement is a triple of its subject, predicate and object, and beside it an `rdf:Statement` that
//! carries the key, time, confidence and references: standard reification, which every store knows.

use std::{borrow::Cow, io::Read};

use oxrdf::{
    Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple,
    vocab::{rdf, rdfs, xsd},
};
use oxrdfio::{RdfFormat, RdfParser};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rusqlite::{Connection, OptionalExtension, params};

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

/// A key as a part of an IRI or an address.
pub(crate) fn in_address(key: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(key, ESCAPED)
}

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
        NamedNode::new_unchecked(format!("{}{table}/{}", self.0, in_address(key)))
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
                ("confidence", record.confidence.name()),
                ("rank", record.rank.name()),
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

/// The rows that RDF has. RDF has no order, and may be larger than memory: its triples go into a
/// database of their own on the disk, which is gone when this is dropped, and come out row by row.
pub struct Rows {
    names: Names,
    triples: Connection,
    /// The table that rows come from now, by its place in [`TABLES`], and the last row that came.
    last: (usize, i64),
}

/// The tables, in the order in which their rows come.
const TABLES: [&str; 4] = ["source", "entity", "statement", "observation"];

/// How much of the database is in memory, in KiB.
const CACHE: u32 = 32 << 10;

impl Rows {
    /// Reads RDF that follows the mapping; nodes of other vocabularies are passed over. Cost: that of
    /// writing its triples to the disk for a while; memory does not grow with it.
    ///
    /// # Errors
    /// Where it is not RDF, or the disk is full.
    pub fn read(dataset: &str, format: RdfFormat, input: impl Read) -> Result<Self, String> {
        let names = Names::new(dataset);
        // A database without a name is a file that the system removes.
        let triples = Connection::open("").map_err(of_disk)?;
        let settings = format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE};
             CREATE TABLE row (id INTEGER PRIMARY KEY, origin INTEGER NOT NULL, name TEXT NOT NULL UNIQUE);
             CREATE TABLE triple (row INTEGER NOT NULL, place INTEGER NOT NULL, subject TEXT NOT NULL,
               predicate TEXT NOT NULL, object TEXT NOT NULL, language TEXT, is_name INTEGER NOT NULL,
               PRIMARY KEY (row, place)) WITHOUT ROWID;"
        );
        triples.execute_batch(&settings).map_err(of_disk)?;
        let mut rows = Self { names, triples, last: (0, 0) };
        rows.take(format, input)?;
        let index = "COMMIT; CREATE INDEX row_by_origin ON row (origin, id)";
        rows.triples.execute_batch(index).map_err(of_disk)?;
        Ok(rows)
    }

    fn take(&mut self, format: RdfFormat, input: impl Read) -> Result<(), String> {
        self.triples.execute_batch("BEGIN").map_err(of_disk)?;
        let links = format!("{}predicate/", self.names.base());
        let mut find =
            self.triples.prepare("SELECT id FROM row WHERE name = ?1").map_err(of_disk)?;
        let mut enter = self
            .triples
            .prepare("INSERT INTO row (origin, name) VALUES (?1, ?2)")
            .map_err(of_disk)?;
        let mut add = self
            .triples
            .prepare("INSERT INTO triple VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .map_err(of_disk)?;
        // Triples of one row mostly follow each other.
        let mut latest: Option<(String, i64)> = None;
        for (place, quad) in (0i64..).zip(RdfParser::from_format(format).for_reader(input)) {
            let quad = quad.map_err(|error| error.to_string())?;
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { continue };
            let subject = subject.as_str();
            // The triple that a statement stands for says nothing that the statement does not.
            if quad.predicate.as_str().starts_with(&links) {
                continue;
            }
            let name = subject.split_once("/reference/").map_or(subject, |(claim, _)| claim);
            let row = match &latest {
                Some((known, row)) if known == name => *row,
                _ => {
                    let is_of = |table: &&str| self.names.key(table, name).is_some();
                    let Some(origin) = TABLES.iter().position(is_of) else {
                        continue;
                    };
                    let known = find.query_row([name], |row| row.get(0)).optional();
                    let row = match known.map_err(of_disk)? {
                        Some(row) => row,
                        None => enter.insert(params![origin as i64, name]).map_err(of_disk)?,
                    };
                    latest = Some((name.to_owned(), row));
                    row
                }
            };
            let (object, language, is_name) = match &quad.object {
                Term::NamedNode(name) => (name.as_str(), None, true),
                Term::Literal(literal) => (literal.value(), literal.language(), false),
                Term::BlankNode(_) => continue,
            };
            let predicate = quad.predicate.as_str();
            add.execute(params![row, place, subject, predicate, object, language, is_name])
                .map_err(of_disk)?;
        }
        Ok(())
    }

    /// Calls `put` with the next row, as a change that puts it: sources come first, then entities,
    /// statements, observations, each in the order in which they are first met. `None` at the end.
    ///
    /// # Errors
    /// What the row lacks; the next call goes on behind it.
    pub fn next<T>(
        &mut self,
        ontology: &Ontology,
        mut put: impl FnMut(&Change<'_>) -> T,
    ) -> Option<Result<T, String>> {
        loop {
            let node = match self.node()? {
                Ok(node) => node,
                Err(error) => return Some(Err(error)),
            };
            let (table, name) = (node.table, node.name.as_str());
            let mut read = || -> Result<Option<T>, String> {
                let key = node.own_key(table, name)?;
                Ok(Some(match table {
                    "source" => put(&node.source(&key, name)?),
                    // An entity that others only name is of another graph, or there already.
                    "entity" if node.all(name, rdf::TYPE.as_str()).next().is_none() => {
                        return Ok(None);
                    }
                    "entity" => put(&node.entity(ontology, &key, name)?),
                    "statement" => node.statement(name, &mut put)?,
                    _ => node.observation(name, &mut put)?,
                }))
            };
            if let Some(row) = read().transpose() {
                return Some(row);
            }
        }
    }

    /// The triples of the next row.
    fn node(&mut self) -> Option<Result<Node<'_>, String>> {
        let (id, name) = loop {
            let next = self
                .triples
                .prepare_cached(
                    "SELECT id, name FROM row WHERE origin = ?1 AND id > ?2 ORDER BY id LIMIT 1",
                )
                .and_then(|mut query| {
                    let of = params![self.last.0 as i64, self.last.1];
                    query.query_row(of, |row| Ok((row.get(0)?, row.get(1)?))).optional()
                });
            match next.map_err(of_disk) {
                Ok(Some(found)) => break found,
                Ok(None) if self.last.0 + 1 < TABLES.len() => self.last = (self.last.0 + 1, 0),
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        };
        self.last.1 = id;
        let table = TABLES[self.last.0];
        let mut node = Node { names: &self.names, table, name, said: Vec::new() };
        let read = self
            .triples
            .prepare_cached(
                "SELECT subject, predicate, object, language, is_name FROM triple WHERE row = ?1 ORDER BY place",
            )
            .and_then(|mut query| {
                let mut rows = query.query([id])?;
                while let Some(row) = rows.next()? {
                    let (object, is_name): (String, bool) = (row.get(2)?, row.get(4)?);
                    let object = if is_name {
                        Term::NamedNode(NamedNode::new_unchecked(object))
                    } else if let Some(language) = row.get::<_, Option<String>>(3)? {
                        Literal::new_language_tagged_literal_unchecked(object, language).into()
                    } else {
                        Literal::new_simple_literal(object).into()
                    };
                    node.said.push((row.get(0)?, row.get(1)?, object));
                }
                Ok(())
            });
        Some(read.map(|()| node).map_err(of_disk))
    }
}

fn of_disk(error: rusqlite::Error) -> String {
    format!("the triples cannot be put in order on the disk: {error}")
}

/// What RDF says of one row: of its own node, and of those of its references.
struct Node<'n> {
    names: &'n Names,
    table: &'static str,
    name: String,
    /// Subject, predicate, object.
    said: Vec<(String, String, Term)>,
}

impl Node<'_> {
    fn all<'d>(
        &'d self,
        subject: &str,
        predicate: &str,
    ) -> impl Iterator<Item = &'d Term> + use<'d> {
        let (subject, predicate) = (subject.to_owned(), predicate.to_owned());
        let is_such =
            move |(of, known, _): &&(String, String, Term)| *of == subject && *known == predicate;
        self.said.iter().filter(is_such).map(|(_, _, object)| object)
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

    fn statement<T>(
        &self,
        subject: &str,
        put: &mut impl FnMut(&Change<'_>) -> T,
    ) -> Result<T, String> {
        let references = self.references(subject)?;
        Ok(put(&Change::PutStatement(StatementRecord {
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
        })))
    }

    fn observation<T>(
        &self,
        subject: &str,
        put: &mut impl FnMut(&Change<'_>) -> T,
    ) -> Result<T, String> {
        let references = self.references(subject)?;
        let value = self.text(subject, "value");
        let period = self.text(subject, "period");
        Ok(put(&Change::PutObservation(ObservationRecord {
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
            confidence: closed(self.text(subject, "confidence"), Confidence::Medium),
            rank: closed(self.text(subject, "rank"), Rank::Normal),
            note: self.text(subject, "note"),
            references: records(&references),
        })))
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
