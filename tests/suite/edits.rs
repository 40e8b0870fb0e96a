//! The snapshot after any number of edits is the graph that a slow and obvious model says, and the
//! snapshots before it stay as they were.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use proptest::prelude::*;
use westlake::{
    graph::{
        Editor, EntityId, NewEntity, NewObservation, NewSource, NewStatement, ObservationId,
        Snapshot, SourceId, StatementId, Table,
    },
    model::{Approximation, Confidence, Period, Rank, Status},
    ontology::Ontology,
    search::{NameIndex, Scope, Wanted},
};

const ONTOLOGY: &str = r#"
enum Language { EN @language(tag: "en") DE @language(tag: "de") }
enum Predicate { KNOWS @predicate LIKES @predicate }
enum Metric { AGE @metric(units: ["years"]) SIZE @metric(units: ["cm"]) }
type Cat @kind { name: String }
type Dog @kind { age: Int }
"#;

const LABELS: &[&str] = &["", "Tom Cat", "Rex", "old Rex", "Tom"];
const DATES: &[&str] = &["2020", "2021-03", "2021", "2024"];

#[derive(Debug, Clone)]
enum Step {
    Entity { key: u8, kind: u16, label: usize, alias: usize },
    Source { key: u8 },
    Statement { key: u8, ends: (u8, u8), predicate: u16, from: Option<usize>, sources: (u8, u8) },
    Observation { key: u8, subject: u8, metric: u16, period: usize, source: u8 },
    Retract { table: u8, key: u8 },
    Merge { from: u8, into: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0u8..9;
    prop_oneof![
        4 => (key(), 0u16..2, 0usize..5, 0usize..5).prop_map(|(key, kind, label, alias)| Step::Entity { key, kind, label, alias }),
        2 => (0u8..3).prop_map(|key| Step::Source { key }),
        6 => (key(), (key(), key()), 0u16..2, prop::option::of(0usize..4), (0u8..3, 0u8..3))
            .prop_map(|(key, ends, predicate, from, sources)| Step::Statement { key, ends, predicate, from, sources }),
        3 => (key(), key(), 0u16..2, 0usize..4, 0u8..3)
            .prop_map(|(key, subject, metric, period, source)| Step::Observation { key, subject, metric, period, source }),
        3 => (0u8..4, key()).prop_map(|(table, key)| Step::Retract { table, key }),
        1 => (key(), key()).prop_map(|(from, into)| Step::Merge { from, into }),
    ]
}

/// Subject, predicate, object, when it began to hold, sources.
type PlainStatement = (String, u16, String, Option<usize>, BTreeSet<String>);

/// The graph as plain maps, by key.
#[derive(Debug, Clone, Default)]
struct Model {
    entities: BTreeMap<String, (u16, String, Vec<String>)>,
    sources: BTreeSet<String>,
    statements: BTreeMap<String, PlainStatement>,
    observations: BTreeMap<String, (String, u16, usize, String)>,
}

impl Model {
    fn entity(&self, key: u8) -> Option<String> {
        let key = format!("e{key}");
        self.entities.contains_key(&key).then_some(key)
    }

    fn source(&self, key: u8) -> Option<String> {
        let key = format!("q{key}");
        self.sources.contains(&key).then_some(key)
    }

    /// Carries out a step on both, if it is allowed.
    fn apply(&mut self, editor: &mut Editor, step: &Step) -> Option<()> {
        match step {
            Step::Entity { key, kind, label, alias } => {
                let key = format!("e{key}");
                let aliases: Vec<String> = [LABELS[*alias]]
                    .iter()
                    .filter(|a| !a.is_empty())
                    .map(|a| (*a).to_owned())
                    .collect();
                editor.entity(&NewEntity {
                    key: &key,
                    kind: *kind,
                    labels: vec![LABELS[*label], ""],
                    aliases: aliases.iter().map(String::as_str).collect(),
                    ..NewEntity::default()
                });
                self.entities.insert(key, (*kind, LABELS[*label].to_owned(), aliases));
            }
            Step::Source { key } => {
                let key = format!("q{key}");
                editor.source(&NewSource { key: &key, title: "A title", ..NewSource::default() });
                self.sources.insert(key);
            }
            Step::Statement { key, ends, predicate, from, sources } => {
                let (subject, object) = (self.entity(ends.0)?, self.entity(ends.1)?);
                let (one, two) = (self.source(sources.0)?, self.source(sources.1)?);
                let key = format!("s{key}");
                let reference = |key: &str| (editor.source_with_key(key).unwrap(), "p. 1");
                let references = vec![reference(&one), reference(&two)];
                let (subject_id, object_id) =
                    (editor.entity_with_key(&subject)?, editor.entity_with_key(&object)?);
                editor.statement(&NewStatement {
                    key: &key,
                    subject: subject_id,
                    predicate: *predicate,
                    object: object_id,
                    valid_from: from.map(|from| DATES[from].parse().unwrap()),
                    valid_until: None,
                    confidence: Confidence::High,
                    rank: Rank::Normal,
                    note: "",
                    references,
                });
                let sources = [one, two].into_iter().collect();
                self.statements.insert(key, (subject, *predicate, object, *from, sources));
            }
            Step::Observation { key, subject, metric, period, source } => {
                let (subject, source) = (self.entity(*subject)?, self.source(*source)?);
                let key = format!("o{key}");
                let references = vec![(editor.source_with_key(&source).unwrap(), "")];
                let subject_id = editor.entity_with_key(&subject)?;
                editor.observation(&NewObservation {
                    key: &key,
                    subject: subject_id,
                    metric: *metric,
                    value: 7.into(),
                    unit: "cm",
                    period: DATES[*period].parse().unwrap(),
                    approximation: Approximation::Exact,
                    confidence: Confidence::Medium,
                    rank: Rank::Normal,
                    status: Status::Result,
                    note: "",
                    references,
                });
                self.observations.insert(key, (subject, *metric, *period, source));
            }
            Step::Retract { table: 0, key } => {
                let key = self.entity(*key)?;
                let is_used = self.statements.values().any(|s| s.0 == key || s.2 == key)
                    || self.observations.values().any(|o| o.0 == key);
                let id = editor.entity_with_key(&key)?;
                let found = editor.statements_of(id).len() + editor.observations_of(id).len();
                assert_eq!(found > 0, is_used);
                if is_used {
                    return None;
                }
                editor.retract(Table::Entities, id.0);
                self.entities.remove(&key);
            }
            Step::Retract { table: 1, key } => {
                let key = self.source(*key)?;
                let id = editor.source_with_key(&key)?;
                let uses = self.statements.values().filter(|s| s.4.contains(&key)).count()
                    + self.observations.values().filter(|o| o.3 == key).count();
                assert_eq!(editor.references_to(id), uses);
                if uses > 0 {
                    return None;
                }
                editor.retract(Table::Sources, id.0);
                self.sources.remove(&key);
            }
            Step::Retract { table: 2, key } => {
                let key = format!("s{key}");
                self.statements.remove(&key)?;
                let id = editor.statement_with_key(&key).unwrap();
                editor.retract(Table::Statements, id.0);
            }
            Step::Retract { key, .. } => {
                let key = format!("o{key}");
                self.observations.remove(&key)?;
                let id = editor.observation_with_key(&key).unwrap();
                editor.retract(Table::Observations, id.0);
            }
            Step::Merge { from, into } => {
                let (from, into) = (self.entity(*from)?, self.entity(*into)?);
                if from == into {
                    return None;
                }
                // A key that was merged away leads to another entity; putting it anew is another story.
                editor.merge(editor.entity_with_key(&from)?, editor.entity_with_key(&into)?);
                for statement in self.statements.values_mut() {
                    for end in [&mut statement.0, &mut statement.2] {
                        if *end == from {
                            end.clone_from(&into);
                        }
                    }
                }
                self.observations
                    .values_mut()
                    .filter(|o| o.0 == from)
                    .for_each(|o| o.0.clone_from(&into));
                let (_, label, aliases) = self.entities.remove(&from)?;
                let (_, own, known) = self.entities.get_mut(&into)?;
                for name in std::iter::once(label).chain(aliases) {
                    if !name.is_empty() && name != *own && !known.contains(&name) {
                        known.push(name);
                    }
                }
            }
        }
        Some(())
    }
}

fn check(snapshot: &Snapshot, names: &NameIndex, model: &Model) -> Result<(), TestCaseError> {
    let text = |id| snapshot.text(id).to_owned();
    let key = |id: EntityId| text(snapshot.key(id));
    let keys =
        |table| -> BTreeSet<String> { snapshot.keys_of(table).map(ToOwned::to_owned).collect() };
    prop_assert_eq!(keys(Table::Entities), model.entities.keys().cloned().collect());
    prop_assert_eq!(keys(Table::Sources), model.sources.clone());
    prop_assert_eq!(keys(Table::Statements), model.statements.keys().cloned().collect());
    prop_assert_eq!(keys(Table::Observations), model.observations.keys().cloned().collect());
    prop_assert_eq!(snapshot.count(Table::Statements), model.statements.len());
    for (table, count) in
        [(Table::Entities, model.entities.len()), (Table::Statements, model.statements.len())]
    {
        let ids: Vec<u32> = snapshot.ids(table).collect();
        prop_assert_eq!(ids.len(), count);
        prop_assert!((0u32..).zip(&ids).all(|(place, id)| snapshot.id_at(table, place) == *id));
    }
    for (name, (kind, label, aliases)) in &model.entities {
        let id = snapshot.entity(name).unwrap();
        prop_assert_eq!(snapshot.kind(id), *kind);
        prop_assert_eq!(&text(snapshot.label_in(id, 0)), label);
        let own: Vec<String> = snapshot.alias_range(id).map(|a| text(snapshot.alias(a))).collect();
        prop_assert_eq!(&own, aliases);
        for is_outgoing in [true, false] {
            let adjacency = if is_outgoing { snapshot.outgoing() } else { snapshot.incoming() };
            let found: BTreeSet<(String, String)> = adjacency
                .links(id.0)
                .iter()
                .map(|(neighbor, s)| {
                    (key(EntityId(neighbor)), text(snapshot.statement(StatementId(s)).key))
                })
                .collect();
            let expected = model.statements.iter().filter_map(|(statement, s)| {
                let (own, far) = if is_outgoing { (&s.0, &s.2) } else { (&s.2, &s.0) };
                (own == name).then(|| (far.clone(), statement.clone()))
            });
            prop_assert_eq!(found, expected.collect());
        }
        let found: BTreeSet<String> = snapshot
            .observations_of(id)
            .iter()
            .map(|o| text(snapshot.observation(ObservationId(*o)).key))
            .collect();
        let expected =
            model.observations.iter().filter(|(_, o)| o.0 == *name).map(|(key, _)| key.clone());
        prop_assert_eq!(found, expected.collect());
    }
    for kind in 0..2 {
        let found: BTreeSet<String> =
            snapshot.of_kind(kind).iter().map(|id| key(EntityId(id))).collect();
        let expected =
            model.entities.iter().filter(|(_, e)| e.0 == kind).map(|(key, _)| key.clone());
        prop_assert_eq!(found, expected.collect());
        let count = model.statements.values().filter(|s| s.1 == kind).count();
        prop_assert_eq!(snapshot.predicate_count(kind) as usize, count);
        let count = model.observations.values().filter(|o| o.1 == kind).count();
        prop_assert_eq!(snapshot.metric_count(kind) as usize, count);
    }
    for source in &model.sources {
        let id: SourceId = snapshot.source_with_key(source).unwrap();
        let found: BTreeSet<String> = snapshot
            .statements_from(id)
            .iter()
            .map(|s| text(snapshot.statement(StatementId(s)).key))
            .collect();
        let expected = model
            .statements
            .iter()
            .filter(|(_, s)| s.4.contains(source))
            .map(|(key, _)| key.clone());
        prop_assert_eq!(found, expected.collect());
        let count = model.observations.values().filter(|o| o.3 == *source).count();
        prop_assert_eq!(snapshot.observations_from(id).len(), count);
    }
    let (first, last) = "2021".parse::<Period>().unwrap().days();
    let mut found = Vec::new();
    snapshot.statement_times().overlapping(first, last, &mut found);
    let found: BTreeSet<String> =
        found.into_iter().map(|s| text(snapshot.statement(StatementId(s)).key)).collect();
    let expected = model
        .statements
        .iter()
        .filter(|(_, s)| s.3.is_some_and(|from| from < 3))
        .map(|(key, _)| key.clone());
    prop_assert_eq!(found, expected.collect());
    let mut found = Vec::new();
    snapshot.observation_times().overlapping(first, last, &mut found);
    prop_assert_eq!(
        found.len(),
        model.observations.values().filter(|o| (1..3).contains(&o.2)).count()
    );
    let anew = NameIndex::build(snapshot);
    for wanted in ["tom", "rex", "c", "old r"] {
        let wanted = Wanted {
            text: wanted,
            scope: Scope::All,
            kinds: None,
            language: None,
            admits: None,
            first: 50,
        };
        let hits = |index: &NameIndex| -> Vec<(u32, String, String)> {
            let hits = index.search(snapshot, &wanted).hits.into_iter();
            hits.map(|hit| (hit.id, format!("{:.6}", hit.score), text(hit.text))).collect()
        };
        prop_assert_eq!(hits(names), hits(&anew));
    }
    // The best few suggestions are the first of all.
    for text in ["t", "r", "old", "c"] {
        let found = |first: usize| -> Vec<(u32, u64)> {
            let scope = Scope::Names;
            let wanted = Wanted { text, scope, kinds: None, language: None, admits: None, first };
            let hits = names.search(snapshot, &wanted).hits.into_iter();
            hits.map(|hit| (hit.id, hit.score.to_bits())).collect()
        };
        let all = found(1000);
        for first in [0, 1, 2, 3] {
            prop_assert_eq!(&found(first), &all[..first.min(all.len())]);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_make_the_graph_that_a_plain_model_says(
        commits in prop::collection::vec(prop::collection::vec(step(), 1..12), 1..10),
    ) {
        let ontology = Ontology::parse(&[("ontology".to_owned(), ONTOLOGY.to_owned())]).unwrap();
        let mut snapshot = Editor::new(Arc::new(ontology)).finish().unwrap();
        let mut names = NameIndex::build(&snapshot);
        let mut model = Model::default();
        let mut kept = Vec::new();
        for commit in commits {
            let mut editor = Editor::on(&snapshot);
            for step in &commit {
                model.apply(&mut editor, step);
            }
            editor.record(Timestamp::UNIX_EPOCH);
            let touched = editor.touched();
            let next = editor.finish().unwrap();
            names = match touched {
                Some(touched) => names.next(&snapshot, &next, &touched),
                None => NameIndex::build(&next),
            };
            snapshot = next;
            kept.push((snapshot.clone(), names.clone(), model.clone()));
        }
        prop_assert_eq!(snapshot.revision() as usize, kept.len());
        for (snapshot, names, model) in &kept {
            check(snapshot, names, model)?;
        }
    }
}
