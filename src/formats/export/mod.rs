//! A graph, or a part of it, in the formats of other tools. Each is written row by row to where it
//! goes, so that memory does not grow with the graph.
//!
//! Start reading at [`write`].

mod drawing;
mod json;
mod rdf;
mod tables;

use std::{
    io::{self, Write},
    sync::atomic::AtomicBool,
};

use fixedbitset::FixedBitSet;

use super::citation;
use crate::{
    analytics::{Lens, Measure, Projection},
    commit::record::{self, Change},
    graph::{EntityId, ObservationId, Snapshot, SourceId, Statement, StatementId, Table},
    model::{Closed, Confidence, Period, hint, nearest},
    ontology::{KindIndex, PredicateIndex},
};

pub use tables::{TableFormat, write_folder};

/// A format that a graph can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON Lines: a change for each row, in the words of the API's `ChangeInput`.
    JsonLines,
    /// RDF as Turtle.
    Turtle,
    /// RDF as N-Triples.
    NTriples,
    /// RDF as JSON-LD.
    JsonLd,
    /// GraphML, for yEd, Gephi, NetworkX, igraph.
    GraphMl,
    /// GEXF 1.3, for Gephi.
    Gexf,
    /// Graphviz's DOT.
    Dot,
    /// The elements of Cytoscape.js.
    Cytoscape,
    /// One table as CSV, as a folder has it.
    Csv(Table),
    /// The bibliography as CSL-JSON.
    CslJson,
    /// The bibliography as BibTeX.
    Bibtex,
    /// The bibliography as RIS.
    Ris,
}

const CSV: &str = "text/csv; charset=utf-8; header=present";

impl Format {
    /// Every format: its name, its media type, and the ending of its files.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 15] = [
        (Self::JsonLines, "jsonl", "application/jsonl", "jsonl"),
        (Self::Turtle, "turtle", "text/turtle; charset=utf-8", "ttl"),
        (Self::NTriples, "ntriples", "application/n-triples", "nt"),
        (Self::JsonLd, "jsonld", "application/ld+json", "jsonld"),
        (Self::GraphMl, "graphml", "application/graphml+xml", "graphml"),
        (Self::Gexf, "gexf", "application/gexf+xml", "gexf"),
        (Self::Dot, "dot", "text/vnd.graphviz; charset=utf-8", "dot"),
        (Self::Cytoscape, "cytoscape", "application/json", "json"),
        (Self::Csv(Table::Entities), "entities.csv", CSV, "csv"),
        (Self::Csv(Table::Statements), "statements.csv", CSV, "csv"),
        (Self::Csv(Table::Observations), "observations.csv", CSV, "csv"),
        (Self::Csv(Table::Sources), "sources.csv", CSV, "csv"),
        (Self::CslJson, "csljson", "application/vnd.citationstyles.csl+json", "json"),
        (Self::Bibtex, "bibtex", "application/x-bibtex; charset=utf-8", "bib"),
        (Self::Ris, "ris", "application/x-research-info-systems; charset=utf-8", "ris"),
    ];

    /// The format with a name.
    ///
    /// # Errors
    /// The names there are, and the nearest.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, known, _, _)| known.eq_ignore_ascii_case(name));
        found.map(|(format, _, _, _)| *format).ok_or_else(|| {
            let names = || Self::ALL.iter().map(|(_, known, _, _)| *known);
            let hint = hint(nearest(name, names()));
            let names = names().collect::<Vec<_>>().join(", ");
            format!("format \"{name}\" is not known, expected one of {names}{hint}")
        })
    }

    fn stated(self) -> Option<&'static (Self, &'static str, &'static str, &'static str)> {
        Self::ALL.iter().find(|(format, ..)| *format == self)
    }

    /// The media type of what is written.
    pub fn media_type(self) -> &'static str {
        self.stated().map_or("", |(_, _, media, _)| media)
    }

    /// What a file of the format is called, for a data set of some name: `hangzhou.graphml`,
    /// `hangzhou-entities.csv`.
    pub fn file_name(self, dataset: &str) -> String {
        let dataset = dataset.replace(['"', '/', '\\'], "-");
        match self.stated() {
            Some((Self::Csv(_), name, ..)) => format!("{dataset}-{name}"),
            Some((.., ending)) => format!("{dataset}.{ending}"),
            None => dataset,
        }
    }
}

/// Which part of a graph is written: entities, the statements between two of them, the observations
/// about them, and the sources that these refer to.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only entities of these kinds.
    pub kinds: Option<Vec<KindIndex>>,
    /// Only statements with these predicates.
    pub predicates: Option<Vec<PredicateIndex>>,
    /// Only entities within some steps of these, following statements either way.
    pub around: Option<(Vec<EntityId>, u32)>,
    /// Only statements and observations whose time shares a day with this one.
    pub on: Option<Period>,
    /// Only statements and observations of at least this confidence.
    pub min_confidence: Option<Confidence>,
    /// The measures that are told of entities, of the whole graph: where a format has attributes.
    pub measures: Vec<Measure>,
}

impl Selection {
    /// The selection of a part that is given by names; empty lists leave nothing out.
    ///
    /// # Errors
    /// A name that is not in the graph, and the nearest that is.
    pub fn named(
        snapshot: &Snapshot,
        kinds: &[String],
        predicates: &[String],
        around: &[String],
        depth: u32,
    ) -> Result<Self, String> {
        let ontology = snapshot.ontology();
        let unknown = |what: &str, name: &str, nearest: Option<&str>| {
            let hint = hint(nearest);
            format!("{what} \"{name}\" is not in this graph{hint}")
        };
        let kinds: Result<Vec<KindIndex>, String> = kinds
            .iter()
            .map(|name| {
                let names = ontology.kinds.iter().map(|kind| kind.constant.as_str());
                let found = ontology.kind(name).or_else(|| ontology.kind(&name.to_uppercase()));
                found.ok_or_else(|| unknown("kind", name, nearest(name, names)))
            })
            .collect();
        let predicates: Result<Vec<PredicateIndex>, String> = predicates
            .iter()
            .map(|name| {
                let names = ontology.predicates.iter().map(|predicate| predicate.name.as_str());
                let found = ontology.predicate(name);
                found.ok_or_else(|| unknown("predicate", name, nearest(name, names)))
            })
            .collect();
        let around: Result<Vec<EntityId>, String> = around
            .iter()
            .map(|key| {
                let nearest = || nearest(key, snapshot.keys_of(Table::Entities));
                snapshot.entity(key).ok_or_else(|| unknown("entity", key, nearest()))
            })
            .collect();
        let (kinds, predicates, around) = (kinds?, predicates?, around?);
        Ok(Self {
            kinds: (!kinds.is_empty()).then_some(kinds),
            predicates: (!predicates.is_empty()).then_some(predicates),
            around: (!around.is_empty()).then_some((around, depth)),
            ..Self::default()
        })
    }

    /// The selection of what is said to hold on a date, and with what confidence; either may be empty.
    ///
    /// # Errors
    /// What is wrong with the date, or the confidences there are and the nearest.
    pub fn narrowed(mut self, on: &str, min_confidence: &str) -> Result<Self, String> {
        if !on.is_empty() {
            self.on = Some(on.parse().map_err(|error| format!("on is \"{on}\": {error}"))?);
        }
        if !min_confidence.is_empty() {
            self.min_confidence = Some(Confidence::parse(min_confidence).ok_or_else(|| {
                let names = || Confidence::VALUES.iter().map(|(_, name, _)| *name);
                let hint = hint(nearest(&min_confidence.to_uppercase(), names()));
                let names = names().collect::<Vec<_>>().join(", ");
                format!(
                    "confidence \"{min_confidence}\" is not known, expected one of {names}{hint}"
                )
            })?);
        }
        Ok(self)
    }

    /// The selection with measures, given by name.
    ///
    /// # Errors
    /// A name that is none of a measure, and the nearest that is.
    pub fn with_measures(mut self, names: &[String]) -> Result<Self, String> {
        for name in names {
            let known = || Measure::ALL.iter().map(|(_, _, field, ..)| *field);
            let found = Measure::ALL.iter().find(|(_, constant, field, ..)| {
                name.eq_ignore_ascii_case(constant) || name.eq_ignore_ascii_case(field)
            });
            let Some((measure, ..)) = found else {
                let hint = hint(nearest(name, known()));
                let known = known().collect::<Vec<_>>().join(", ");
                return Err(format!(
                    "measure \"{name}\" is not known, expected one of {known}{hint}"
                ));
            };
            self.measures.push(*measure);
        }
        Ok(self)
    }

    /// Whether nothing is left out.
    fn is_whole(&self) -> bool {
        self.kinds.is_none()
            && self.predicates.is_none()
            && self.around.is_none()
            && self.on.is_none()
            && self.min_confidence.is_none()
    }

    /// Whether something that is said for such days, with such confidence, is a part of it.
    fn admits(&self, days: (i32, i32), confidence: Confidence) -> bool {
        self.min_confidence.is_none_or(|least| confidence >= least)
            && self.on.is_none_or(|on| {
                let on = on.days();
                days.0 <= on.1 && on.0 <= days.1
            })
    }

    fn admits_statement(&self, statement: &Statement) -> bool {
        let has_predicate =
            self.predicates.as_ref().is_none_or(|known| known.contains(&statement.predicate));
        has_predicate && self.admits(statement.days(), statement.confidence)
    }
}

/// A selection, carried out.
struct Part<'s> {
    snapshot: &'s Snapshot,
    selection: &'s Selection,
    /// `None`: all of them.
    entities: Option<FixedBitSet>,
    sources: Option<FixedBitSet>,
    /// Each measure that is told, with its value for every entity.
    measures: Vec<(Measure, Vec<f64>)>,
}

impl<'s> Part<'s> {
    /// Cost: the whole graph once, unless nothing is left out.
    fn new(snapshot: &'s Snapshot, selection: &'s Selection) -> Self {
        let mut measures = Vec::new();
        if !selection.measures.is_empty() {
            let projection = Projection::new(&Lens::whole(snapshot));
            let never = AtomicBool::new(false);
            for measure in &selection.measures {
                measures.extend(measure.of(&projection, &never).map(|values| (*measure, values)));
            }
        }
        let mut part = Self { snapshot, selection, entities: None, sources: None, measures };
        if selection.is_whole() {
            return part;
        }
        let is_kind = |id: u32| {
            let kind = snapshot.kind(EntityId(id));
            selection.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
        };
        let mut entities = FixedBitSet::with_capacity(snapshot.bound(Table::Entities));
        match &selection.around {
            None => entities.extend(
                snapshot.ids(Table::Entities).filter(|id| is_kind(*id)).map(|id| id as usize),
            ),
            Some((centers, depth)) => {
                let mut frontier: Vec<u32> = centers.iter().map(|id| id.0).collect();
                entities.extend(frontier.iter().map(|id| *id as usize));
                for _ in 0..*depth {
                    let mut next = Vec::new();
                    for entity in frontier {
                        for adjacency in [snapshot.outgoing(), snapshot.incoming()] {
                            for (neighbor, statement) in adjacency.links(entity).iter() {
                                let statement = snapshot.statement(StatementId(statement));
                                if selection.admits_statement(statement)
                                    && is_kind(neighbor)
                                    && !entities.put(neighbor as usize)
                                {
                                    next.push(neighbor);
                                }
                            }
                        }
                    }
                    frontier = next;
                }
            }
        }
        part.entities = Some(entities);
        let mut sources = FixedBitSet::with_capacity(snapshot.bound(Table::Sources));
        let ranges = part
            .statements()
            .map(|id| snapshot.references_of_statement(id))
            .chain(part.observations().map(|id| snapshot.references_of_observation(id)));
        sources.extend(ranges.flatten().map(|place| snapshot.reference(place).source.index()));
        part.sources = Some(sources);
        part
    }

    fn has(&self, entity: EntityId) -> bool {
        self.entities.as_ref().is_none_or(|entities| entities.contains(entity.index()))
    }

    fn entities(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.snapshot.ids(Table::Entities).map(EntityId).filter(|id| self.has(*id))
    }

    fn statements(&self) -> impl Iterator<Item = StatementId> + '_ {
        self.snapshot.ids(Table::Statements).map(StatementId).filter(|id| {
            let statement = self.snapshot.statement(*id);
            self.selection.admits_statement(statement)
                && self.has(statement.subject)
                && self.has(statement.object)
        })
    }

    fn observations(&self) -> impl Iterator<Item = ObservationId> + '_ {
        let ids = self.snapshot.ids(Table::Observations).map(ObservationId);
        ids.filter(|id| {
            let observation = self.snapshot.observation(*id);
            self.has(observation.subject)
                && self.selection.admits(observation.period.days(), observation.confidence)
        })
    }

    fn sources(&self) -> impl Iterator<Item = SourceId> + '_ {
        self.snapshot
            .ids(Table::Sources)
            .filter(|id| self.sources.as_ref().is_none_or(|known| known.contains(*id as usize)))
            .map(SourceId)
    }

    /// Every row as a change that puts it, in an order in which each names only rows before it.
    fn changes(&self) -> impl Iterator<Item = Change<'s>> + '_ {
        let snapshot = self.snapshot;
        let sources = self.sources().map(|id| Change::PutSource(record::source(snapshot, id)));
        let entities = self.entities().map(|id| Change::PutEntity(record::entity(snapshot, id)));
        let statements =
            self.statements().map(|id| Change::PutStatement(record::statement(snapshot, id)));
        let observations =
            self.observations().map(|id| Change::PutObservation(record::observation(snapshot, id)));
        sources.chain(entities).chain(statements).chain(observations)
    }
}

/// Writes a part of a graph in a format.
///
/// # Errors
/// What `out` refuses.
pub fn write(
    snapshot: &Snapshot,
    selection: &Selection,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let part = Part::new(snapshot, selection);
    match format {
        Format::JsonLines => json::lines(&part, out),
        Format::Cytoscape => json::cytoscape(&part, out),
        Format::Turtle | Format::NTriples | Format::JsonLd => rdf::write(&part, format, out),
        Format::GraphMl => drawing::graphml(&part, out),
        Format::Gexf => drawing::gexf(&part, out),
        Format::Dot => drawing::dot(&part, out),
        Format::Csv(table) => tables::write_table(&part, table, out),
        Format::CslJson => citation::write_csl(snapshot, part.sources(), out),
        Format::Bibtex => citation::write_bibtex(snapshot, part.sources(), out),
        Format::Ris => citation::write_ris(snapshot, part.sources(), out),
    }
}

/// Writes one row in a format of RDF.
///
/// # Errors
/// What `out` refuses.
pub fn write_row(
    snapshot: &Snapshot,
    table: Table,
    id: u32,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let change = record::row(snapshot, table, id);
    rdf::write_changes(snapshot, std::iter::once(change), format, out)
}
