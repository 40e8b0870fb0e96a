//! Reads one field of one object. The plan writes what comes back as bytes, async-graphql's
//! execution turns it into its values: what a field means is said here and nowhere else.

use super::{
    Arena, Args, Item, Items, QueryError, Resolved, View, World,
    args::PageArgs,
    catalog::Read,
    computed::{
        aggregate, conflicts, figures, measures, paths, patterns, properties, sentence, texts,
    },
    page::{Page, global_id, item_with_id},
    row::RowKind,
    rows::{self, Found},
    subgraph,
};
use crate::{
    formats::rdf::in_address,
    graph::{EntityId, PropertyValue, SourceId, StringId},
    model::{Closed, PartialDate},
    ontology::{KindIndex, Label, LanguageIndex, Ontology},
    search::Field as NameField,
};

/// Reads the field `read` of `item`, in `view`.
///
/// # Errors
/// If an argument means nothing here, as a cursor of other rows does.
pub fn resolve<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    item: Item,
    read: Read,
    args: &Args,
) -> Result<Resolved<'w>, QueryError> {
    let resolved = resolve_field(world, view, arena, item, read, args)?;
    arena.failure.take().map_or(Ok(resolved), Err)
}

fn resolve_field<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    item: Item,
    read: Read,
    args: &Args,
) -> Result<Resolved<'w>, QueryError> {
    match (read, item) {
        (Read::RecordedAt, _) => {
            return Ok(Resolved::DateTime(world.snapshot.recorded_in(revision_of(world, item))));
        }
        (Read::Revision, _) => return Ok(Resolved::Int(revision_of(world, item).into())),
        _ => {}
    }
    if read == Read::Address {
        let (prefix, key) = global_id(world, item);
        let table = prefix.trim_end_matches(':').to_lowercase();
        return Ok(Resolved::Shared(format!("/id/{table}/{}", in_address(key)).into()));
    }
    match item {
        Item::Entity(id) => entity(world, view, arena, id, read, args),
        Item::Statement(id) if read == Read::Sentence => {
            let language = match args {
                Args::Language(language) => *language,
                _ => None,
            };
            Ok(Resolved::Shared(sentence(world, id, language).into()))
        }
        Item::Statement(_) | Item::Observation(_) => Ok(claim(world, item, read)),
        Item::Source(id) => source(world, view, arena, id, read, args),
        Item::Reference(at) => {
            let reference = world.snapshot.reference(at);
            Ok(match read {
                Read::ReferenceSource => Resolved::Item(Item::Source(reference.source)),
                Read::Locator => text(reference.locator),
                _ => Resolved::Null,
            })
        }
        Item::Text(language, content) => Ok(match read {
            Read::TextLanguage => Resolved::Name(language_name(world, language)),
            Read::TextText => Resolved::Text(content),
            _ => Resolved::Null,
        }),
        Item::Page(page) => Ok(match read {
            Read::PageNodes => Resolved::Items(Items::Nodes(page)),
            Read::PageEdges => Resolved::Items(Items::Edges(page)),
            Read::PageInfo => Resolved::Item(Item::PageInfo(page)),
            Read::TotalCount => Resolved::Int(page.total.into()),
            Read::Aggregate => match args {
                Args::Aggregate(args) => {
                    return aggregate::of_page(world, view, arena, &page, args);
                }
                _ => Resolved::Null,
            },
            _ => Resolved::Null,
        }),
        Item::PageInfo(page) => Ok(match read {
            Read::HasNextPage => Resolved::Boolean(page.end < page.total),
            Read::HasPreviousPage => Resolved::Boolean(page.start > 0),
            Read::StartCursor if page.end > page.start => {
                Resolved::Cursor(page.row(world, arena, 0))
            }
            Read::EndCursor if page.end > page.start => {
                Resolved::Cursor(page.row(world, arena, page.end - page.start - 1))
            }
            _ => Resolved::Null,
        }),
        Item::Edge(row) => Ok(match read {
            Read::Cursor => Resolved::Cursor(row),
            Read::EdgeNode => Resolved::Item(row.node()),
            Read::EdgeStatement => Resolved::Item(Item::Statement(row.statement())),
            Read::EdgeStatements => {
                let start = arena.ids.len() as u32;
                Resolved::Items(Items::Statements(start, row.statements(world, view, arena)))
            }
            _ => Resolved::Null,
        }),
        Item::Hit(at) => {
            let hit = arena.hits[at as usize];
            Ok(match (read, hit.field) {
                (Read::HitEntity, _) => {
                    hit.entity.map_or(Resolved::Null, |entity| Resolved::Item(Item::Entity(entity)))
                }
                (Read::HitScore, _) => Resolved::Float(hit.score),
                (Read::HitText, _) => Resolved::Text(hit.text),
                (Read::HitField, field) => Resolved::Name(texts::field_name(field)),
                (
                    Read::HitLanguage,
                    NameField::Label(language) | NameField::Description(language),
                ) => Resolved::Name(language_name(world, language)),
                _ => Resolved::Null,
            })
        }
        Item::Subgraph(part) => Ok(match read {
            Read::SubgraphNodes => Resolved::Items(Items::Entities(part.nodes.0, part.nodes.1)),
            Read::SubgraphEdges => {
                let (start, count) = subgraph::edges(world, view, arena, &part);
                Resolved::Items(Items::Statements(start, count))
            }
            Read::SubgraphTruncated => Resolved::Boolean(part.cut.is_some()),
            Read::SubgraphReason => {
                part.cut.map_or(Resolved::Null, |cut| Resolved::Str(cut.reason()))
            }
            _ => Resolved::Null,
        }),
        Item::Measures(id) => match read {
            Read::Measure(index) => measures::measure(world, view, arena, id, index),
            _ => Ok(Resolved::Null),
        },
        Item::Record(start) => Ok(match (read, args) {
            (Read::Cell(index), _) => arena.cell(start, index).resolved(world),
            (Read::HasNextPage, _) => arena.cell(start, 0).resolved(world),
            (Read::HasPreviousPage, _) => arena.cell(start, 1).resolved(world),
            (Read::StartCursor, _) => arena.cell(start, 2).resolved(world),
            (Read::EndCursor, _) => arena.cell(start, 3).resolved(world),
            (Read::MatchEntity, Args::Key(name)) => patterns::entity(world, arena, start, name),
            (Read::PointShare, Args::Metric(metric)) => {
                figures::share(world, view, arena, start, *metric)
            }
            (Read::PointRank, _) => figures::rank(world, view, arena, start),
            (Read::Explanation, Args::Language(language)) => {
                paths::explanation(world, arena, start, *language)
            }
            _ => Resolved::Null,
        }),
        Item::Query => query(world, view, arena, read, args),
        Item::Graph => Ok(graph(world, read)),
        Item::Kind(_) | Item::Predicate(_) | Item::Metric(_) | Item::Language(_) => {
            Ok(information(world, arena, item, read, args))
        }
        Item::Example(index) => {
            let example = &world.snapshot.dataset().examples[usize::from(index)];
            Ok(match read {
                Read::Title => Resolved::Str(&example.title),
                Read::ExampleTopic => optional(&example.topic),
                Read::Description => optional(&example.description),
                Read::ExampleQuery => Resolved::Str(&example.query),
                Read::ExampleVariables => optional(&example.variables),
                _ => Resolved::Null,
            })
        }
        Item::Null => Ok(Resolved::Null),
    }
}

fn text(id: StringId) -> Resolved<'static> {
    id.some().map_or(Resolved::Null, Resolved::Text)
}

fn date(date: Option<PartialDate>) -> Resolved<'static> {
    date.map_or(Resolved::Null, |date| Resolved::Date(date.into()))
}

fn language_name(world: &World, language: LanguageIndex) -> &str {
    &world.snapshot.ontology().languages[usize::from(language)].name
}

fn found(item: Option<Item>, world: &World, view: &View) -> Resolved<'static> {
    item.filter(|item| view.has(world, *item)).map_or(Resolved::Null, Resolved::Item)
}

fn page<'w>(
    world: &World,
    arena: &Arena,
    found: Found,
    args: &PageArgs,
) -> Result<Resolved<'w>, QueryError> {
    Page::new(world, arena, found, args).map(|page| Resolved::Item(Item::Page(page)))
}

fn query<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    read: Read,
    args: &Args,
) -> Result<Resolved<'w>, QueryError> {
    let snapshot = &world.snapshot;
    Ok(match (read, args) {
        (Read::Node, Args::Key(id)) => found(item_with_id(world, id), world, view),
        (Read::Nodes, Args::Ids(ids)) => {
            let start = arena.items.len() as u32;
            arena.items.extend(ids.iter().map(|id| {
                item_with_id(world, id).filter(|item| view.has(world, *item)).unwrap_or(Item::Null)
            }));
            Resolved::Items(Items::Listed(start, arena.items.len() as u32))
        }
        (Read::Entity(kind), Args::Key(key)) => {
            let entity = snapshot
                .entity(key)
                .filter(|entity| kind.is_none_or(|kind| snapshot.kind(*entity) == kind));
            found(entity.map(Item::Entity), world, view)
        }
        (Read::StatementWithKey, Args::Key(key)) => {
            found(snapshot.statement_with_key(key).map(Item::Statement), world, view)
        }
        (Read::ObservationWithKey, Args::Key(key)) => {
            found(snapshot.observation_with_key(key).map(Item::Observation), world, view)
        }
        (Read::SourceWithKey, Args::Key(key)) => {
            found(snapshot.source_with_key(key).map(Item::Source), world, view)
        }
        (Read::Graph, _) => Resolved::Item(Item::Graph),
        (Read::View, Args::View(narrower)) => Resolved::Narrowed(Box::new(view.and(narrower))),
        (Read::Search | Read::Suggest, Args::Search(args)) => {
            let start = arena.hits.len() as u32;
            arena.hits.extend(texts::find(world, view, args).hits);
            Resolved::Items(Items::Hits(start, arena.hits.len() as u32))
        }
        (Read::FullText, Args::Search(args)) => texts::full_text(world, view, arena, args),
        (Read::Neighborhood, Args::Neighborhood(args)) => {
            Resolved::Item(Item::Subgraph(subgraph::neighborhood(world, view, arena, args)))
        }
        (Read::Series, Args::Series(args)) => figures::series(world, view, arena, args),
        (Read::Conflicts, Args::Conflicts(args)) => conflicts::conflicts(world, view, arena, args),
        (Read::Aggregate, Args::Aggregate(args)) => match &args.rows {
            Some(which) => return aggregate::of_entities(world, view, arena, args, which),
            None => Resolved::Null,
        },
        (Read::PageRank, Args::Rank(args)) => measures::ranked(world, view, arena, args),
        (Read::Match, Args::Match(args)) => patterns::matches(world, view, arena, args),
        (Read::Paths, Args::Paths(args)) => paths::paths(world, view, arena, args),
        (Read::Connections, Args::Connections(args)) => {
            Resolved::Item(Item::Subgraph(paths::connections(world, view, arena, args)))
        }
        (_, Args::Rows(args)) => {
            let found = match read {
                Read::Entities(kind) => rows::entities(world, view, arena, args, kind),
                Read::Statements => rows::statements(world, view, arena, args),
                Read::Observations => rows::observations(world, view, arena, args),
                _ => rows::sources(world, view, arena, args),
            };
            return page(world, arena, found, &args.page);
        }
        _ => Resolved::Null,
    })
}

fn entity<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    id: EntityId,
    read: Read,
    args: &Args,
) -> Result<Resolved<'w>, QueryError> {
    let snapshot = &world.snapshot;
    let language = match args {
        Args::Language(language) => *language,
        _ => None,
    };
    if let (Read::Similar, Args::Similar(args)) = (read, args) {
        return Ok(measures::similar(world, view, arena, id, args));
    }
    if let Args::Rows(args) = args {
        let rows = match read {
            Read::Relations => rows::relations(world, view, arena, args, id),
            Read::ObservationsOf => rows::observations_of(world, view, arena, args, id),
            Read::SourcesOf => rows::sources_of(world, view, arena, args, id),
            Read::Related(slot) => {
                let relation = &world.catalog.relations[usize::from(slot)];
                rows::related(world, view, arena, args, relation, id)
            }
            Read::StatementsDuring | Read::ObservationsDuring => {
                let days = period_of(world, id);
                let (times, kind) = if read == Read::StatementsDuring {
                    (snapshot.statement_times(), RowKind::Statement)
                } else {
                    (snapshot.observation_times(), RowKind::Observation)
                };
                let mut ids = Vec::new();
                if let Some((first, last)) = days {
                    times.overlapping(first, last, &mut ids);
                }
                rows::listed(world, view, arena, args, kind, ids.into_iter())
            }
            _ => return Ok(Resolved::Null),
        };
        return page(world, arena, rows, &args.page);
    }
    Ok(match read {
        Read::Id => Resolved::Id(Item::Entity(id)),
        Read::Key => Resolved::Text(snapshot.key(id)),
        Read::Label => Resolved::Text(snapshot.label(id, language)),
        Read::Kind => {
            let kind = usize::from(snapshot.kind(id));
            Resolved::Name(&snapshot.ontology().kinds[kind].constant)
        }
        Read::Description => text(snapshot.description(id, language)),
        Read::Labels => Resolved::Items(Items::Labels(id)),
        Read::Aliases => {
            let aliases = snapshot.alias_range(id);
            Resolved::Items(Items::Aliases(aliases.start, aliases.end))
        }
        Read::Property(slot) => property(world, id, slot),
        Read::Properties => properties::properties(world, arena, id),
        Read::Measures => Resolved::Item(Item::Measures(id)),
        _ => Resolved::Null,
    })
}

/// The days of the period that an entity stands for.
fn period_of(world: &World, id: EntityId) -> Option<(i32, i32)> {
    let kind = &world.snapshot.ontology().kinds[usize::from(world.snapshot.kind(id))];
    let property = kind.properties.iter().position(|property| property.is_period)?;
    match world.snapshot.property(id, property)? {
        PropertyValue::Date(period) => Some(period.days()),
        _ => None,
    }
}

fn property<'w>(world: &'w World, id: EntityId, slot: u16) -> Resolved<'w> {
    let kind = usize::from(world.snapshot.kind(id));
    let read = &world.catalog.properties[usize::from(slot)];
    let value = read.of_kind[kind].and_then(|place| world.snapshot.property(id, place.into()));
    match (value, read.ty) {
        (None, _) => Resolved::Null,
        (Some(PropertyValue::String(id)), _) => Resolved::Text(id),
        (Some(PropertyValue::Int(number)), _) => Resolved::Int(number.into()),
        (Some(PropertyValue::Float(number)), _) => Resolved::Float(number),
        (Some(PropertyValue::Boolean(value)), _) => Resolved::Boolean(value),
        (Some(PropertyValue::Decimal(number)), _) => Resolved::Decimal(number),
        (Some(PropertyValue::Date(period)), _) => Resolved::Date(period),
        (Some(PropertyValue::Enum(value)), crate::ontology::PropertyType::Enum(index)) => {
            let values = &world.snapshot.ontology().enums[index].values;
            Resolved::Name(&values[usize::from(value)].0)
        }
        (Some(PropertyValue::Enum(_)), _) => Resolved::Null,
    }
}

/// The revision that recorded an object with the values it has; of the graph, its last one.
fn revision_of(world: &World, item: Item) -> u32 {
    let snapshot = &world.snapshot;
    match item {
        Item::Entity(id) => snapshot.entity_revision(id),
        Item::Statement(id) => snapshot.statement(id).revision,
        Item::Observation(id) => snapshot.observation(id).revision,
        Item::Source(id) => snapshot.source(id).revision,
        _ => snapshot.revision(),
    }
}

fn claim(world: &World, item: Item, read: Read) -> Resolved<'_> {
    let snapshot = &world.snapshot;
    if read == Read::Id {
        return Resolved::Id(item);
    }
    match item {
        Item::Statement(id) => {
            let statement = snapshot.statement(id);
            match read {
                Read::Key => Resolved::Text(statement.key),
                Read::Subject => Resolved::Item(Item::Entity(statement.subject)),
                Read::Object => Resolved::Item(Item::Entity(statement.object)),
                Read::Predicate => {
                    let predicate = usize::from(statement.predicate);
                    Resolved::Name(&snapshot.ontology().predicates[predicate].name)
                }
                Read::ValidFrom => date(statement.valid_from),
                Read::ValidUntil => date(statement.valid_until),
                Read::Confidence => Resolved::Name(statement.confidence.name()),
                Read::Rank => Resolved::Name(statement.rank.name()),
                Read::Note => text(statement.note),
                Read::References => {
                    let range = snapshot.references_of_statement(id);
                    Resolved::Items(Items::References(range.start, range.end))
                }
                _ => Resolved::Null,
            }
        }
        Item::Observation(id) => {
            let observation = snapshot.observation(id);
            match read {
                Read::Key => Resolved::Text(observation.key),
                Read::Subject => Resolved::Item(Item::Entity(observation.subject)),
                Read::Metric => {
                    let metric = usize::from(observation.metric);
                    Resolved::Name(&snapshot.ontology().metrics[metric].name)
                }
                Read::Value => Resolved::Decimal(observation.value),
                Read::Number => {
                    // A decimal's text is a float's text.
                    let number = observation.value.to_string().parse();
                    number.map_or(Resolved::Null, Resolved::Float)
                }
                Read::Unit => text(observation.unit),
                Read::Period => Resolved::Date(observation.period),
                Read::Approximation => Resolved::Name(observation.approximation.name()),
                Read::Status => Resolved::Name(observation.status.name()),
                Read::Confidence => Resolved::Name(observation.confidence.name()),
                Read::Rank => Resolved::Name(observation.rank.name()),
                Read::Note => text(observation.note),
                Read::References => {
                    let range = snapshot.references_of_observation(id);
                    Resolved::Items(Items::References(range.start, range.end))
                }
                _ => Resolved::Null,
            }
        }
        _ => Resolved::Null,
    }
}

fn source<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    id: SourceId,
    read: Read,
    args: &Args,
) -> Result<Resolved<'w>, QueryError> {
    let source = world.snapshot.source(id);
    Ok(match (read, args) {
        (Read::Id, _) => Resolved::Id(Item::Source(id)),
        (Read::Key, _) => Resolved::Text(source.key),
        (Read::Title, _) => Resolved::Text(source.title),
        (Read::Publisher, _) => text(source.publisher),
        (Read::Url, _) => text(source.url),
        (Read::SourceLanguage, _) => text(source.language),
        (Read::Genre, _) => text(source.genre),
        (Read::Published, _) => source.published.map_or(Resolved::Null, Resolved::Date),
        (Read::StatementsFrom, Args::Rows(args)) => {
            let ids = world.snapshot.statements_from(id);
            let found = rows::listed(world, view, arena, args, RowKind::Statement, ids.iter());
            return page(world, arena, found, &args.page);
        }
        (Read::ObservationsFrom, Args::Rows(args)) => {
            let ids = world.snapshot.observations_from(id);
            let found = rows::listed(world, view, arena, args, RowKind::Observation, ids.iter());
            return page(world, arena, found, &args.page);
        }
        _ => Resolved::Null,
    })
}

fn graph(world: &World, read: Read) -> Resolved<'_> {
    let snapshot = &world.snapshot;
    let dataset = snapshot.dataset();
    match read {
        Read::DatasetName => Resolved::Str(&dataset.name),
        Read::Title => Resolved::Str(&dataset.title),
        Read::DatasetVersion => Resolved::Str(&dataset.version),
        Read::DatasetLicence => Resolved::Str(&dataset.licence),
        Read::Description => optional(&dataset.description),
        Read::EntityCount => Resolved::Int(snapshot.entity_count() as i64),
        Read::StatementCount => Resolved::Int(snapshot.statement_count() as i64),
        Read::ObservationCount => Resolved::Int(snapshot.observation_count() as i64),
        Read::SourceCount => Resolved::Int(snapshot.source_count() as i64),
        Read::KindInfos => Resolved::Items(Items::Kinds),
        Read::PredicateInfos => Resolved::Items(Items::Predicates),
        Read::MetricInfos => Resolved::Items(Items::Metrics),
        Read::LanguageInfos => Resolved::Items(Items::Languages),
        Read::Examples => Resolved::Items(Items::Examples),
        Read::OntologySdl => Resolved::Str(&snapshot.ontology().sdl),
        _ => Resolved::Null,
    }
}

fn limit(limit: Option<u32>) -> Resolved<'static> {
    limit.map_or(Resolved::Null, |limit| Resolved::Int(limit.into()))
}

fn optional(text: &str) -> Resolved<'_> {
    if text.is_empty() { Resolved::Null } else { Resolved::Str(text) }
}

/// What the ontology says of a kind, predicate, metric or language.
fn information<'w>(
    world: &'w World,
    arena: &mut Arena,
    item: Item,
    read: Read,
    args: &Args,
) -> Resolved<'w> {
    let snapshot = &world.snapshot;
    let ontology: &Ontology = snapshot.ontology();
    let language = match args {
        Args::Language(language) => *language,
        _ => None,
    };
    let (name, description, labels, count) = match item {
        Item::Kind(index) => {
            let kind = &ontology.kinds[usize::from(index)];
            if read == Read::Icon {
                return kind.icon.as_deref().map_or(Resolved::Null, Resolved::Name);
            }
            let count = snapshot.of_kind(index).len() as u32;
            (&kind.constant, &kind.description, &kind.labels, count)
        }
        Item::Predicate(index) => {
            let predicate = &ontology.predicates[usize::from(index)];
            let count = snapshot.predicate_count(index);
            match read {
                Read::Inverse => {
                    return predicate.inverse.as_deref().map_or(Resolved::Null, Resolved::Str);
                }
                Read::InverseLabel => {
                    let label = chosen(&predicate.labels, language, |l| l.inverse.as_deref());
                    return label.map_or(Resolved::Null, Resolved::Str);
                }
                Read::Functional => return Resolved::Boolean(predicate.functional),
                Read::InverseFunctional => return Resolved::Boolean(predicate.inverse_functional),
                Read::MaxObjects => return limit(predicate.max_objects),
                Read::MaxSubjects => return limit(predicate.max_subjects),
                Read::SubjectKinds | Read::ObjectKinds => {
                    let kinds = if read == Read::SubjectKinds {
                        &predicate.subjects
                    } else {
                        &predicate.objects
                    };
                    let start = arena.ids.len() as u32;
                    arena.ids.extend(kinds.ones().map(|kind| u32::from(kind as KindIndex)));
                    let count = arena.ids.len() as u32 - start;
                    return Resolved::Items(Items::KindNames(start, count));
                }
                _ => {}
            }
            (&predicate.name, &predicate.description, &predicate.labels, count)
        }
        Item::Metric(index) => {
            let metric = &ontology.metrics[usize::from(index)];
            if read == Read::Units {
                return Resolved::Items(Items::Units(index));
            }
            (&metric.name, &metric.description, &metric.labels, snapshot.metric_count(index))
        }
        Item::Language(index) => {
            let language = &ontology.languages[usize::from(index)];
            return match read {
                Read::InfoName => Resolved::Name(&language.name),
                Read::Tag => Resolved::Str(&language.tag),
                Read::Description => optional(&language.description),
                _ => Resolved::Null,
            };
        }
        _ => return Resolved::Null,
    };
    match read {
        Read::InfoName => Resolved::Name(name),
        Read::Description => optional(description),
        Read::Count => Resolved::Int(count.into()),
        Read::Label => {
            Resolved::Str(chosen(labels, language, |l| Some(l.text.as_str())).unwrap_or(name))
        }
        _ => Resolved::Null,
    }
}

/// The label in a language; without one, the first label there is.
fn chosen<'w>(
    labels: &'w [Label],
    language: Option<LanguageIndex>,
    text: impl Fn(&'w Label) -> Option<&'w str>,
) -> Option<&'w str> {
    labels
        .iter()
        .find(|label| Some(label.language) == language)
        .and_then(&text)
        .or_else(|| labels.iter().find_map(&text))
}
