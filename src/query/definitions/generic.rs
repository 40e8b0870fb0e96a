//! The part of the API that is the same for every ontology, but for its enums.

use async_graphql::{Name, Value as ConstValue};

use super::{add_connection, page_args, where_and_order};
use crate::{
    ontology::Ontology,
    query::catalog::{Draft, DraftBody, DraftField, DraftInput, Read, field, input},
};

fn key_arg(of: &str) -> Vec<DraftInput> {
    vec![input("key", "String!", &format!("The key of {of}."))]
}

pub(super) fn direction_arg() -> DraftInput {
    input("direction", "Direction", "Which way to follow statements.")
        .default(ConstValue::Enum(Name::new("BOTH")))
}

pub(super) fn add_query(draft: &mut Draft, ontology: &Ontology) {
    let mut fields = vec![
        field("node", "Node", Read::Node, "The object with a global id, or null if there is none.")
            .with([input("id", "ID!", "The global id, as a field `id` gave it.")]),
        field("nodes", "[Node]!", Read::Nodes, "The objects with global ids, in the order of the ids; null where there is none.")
            .with([input("ids", "[ID!]!", "The global ids, as fields `id` gave them.")]),
        field("entity", "Entity", Read::Entity(None), "The entity with a key, whatever its kind, or null if there is none.")
            .with(key_arg("the entity, such as hangzhou")),
        field("entities", "EntityConnection!", Read::Entities(None), "The entities of every kind.")
            .with(where_and_order("Entity"))
            .with(page_args()),
        field("search", "[SearchHit!]!", Read::Search, "Finds entities by their labels, aliases and descriptions, and by what is remarked about them, the best match first. Each word of the text must begin a word; case and the width of letters make no difference, nor do traditional and simplified characters, and names in Chinese are found by their pinyin. If nothing has such words, words that are near are taken.")
            .with([
                input("text", "String!", "What to look for, in any of the graph's languages."),
                input("kinds", "[Kind!]", "Only entities of these kinds."),
                input("lang", "Language", "Only labels and descriptions in this language, and texts that have none."),
                input("first", "Int", "At most so many hits, the best ones; at most 1,000.").default(10),
            ]),
        field("suggest", "[SearchHit!]!", Read::Suggest, "What a search box shows while somebody types: entities one of whose names has a word that begins so, the best first. Names are compared as `search` does.")
            .with([
                input("prefix", "String!", "What was typed so far."),
                input("kinds", "[Kind!]", "Only entities of these kinds."),
                input("lang", "Language", "Only labels in this language, and aliases, which have none."),
                input("first", "Int", "At most so many, the best ones; at most 1,000.").default(10),
            ]),
        field("fullText", "FullText!", Read::FullText, "Finds everything by its texts, as `search` does: entities, statements and observations by their notes, sources by their titles; with what matched, and how many there are of each kind.")
            .with([
                input("text", "String!", "What to look for, in any of the graph's languages."),
                input("kinds", "[Kind!]", "Only entities of these kinds, and what speaks of them."),
                input("lang", "Language", "Only labels and descriptions in this language, and texts that have none."),
                input("first", "Int", "At most so many hits, the best ones; at most 1,000.").default(10),
            ]),
        field("neighborhood", "Subgraph!", Read::Neighborhood, "The entities within some steps of the given ones, and every statement between them. The nearest come first, and of those the most relevant: what several statements tie to the start, or what is one of a few things tied to it.")
            .with([
                input("of", "[String!]!", "The keys of the entities to start from."),
                input("depth", "Int", "How many steps to go, from 0 to 100.").default(1),
                direction_arg(),
                input("predicates", "[Predicate!]", "Follow only these predicates."),
                input("kinds", "[Kind!]", "Go only to entities of these kinds."),
                input("limit", "Int", "At most so many entities, the nearest and most relevant ones; at most 10,000.").default(500),
            ]),
        field("paths", "[Path!]!", Read::Paths, "How two entities are connected: paths from one to the other, in order of cost, then length, then the tables' order of the entities they pass. A search that was cut off says so, and why, in `extensions.truncated`.")
            .with([
                input("from", "String!", "The key of the entity where paths begin."),
                input("to", "String!", "The key of the entity where they end."),
                input("mode", "PathMode", "Which paths.").default(ConstValue::Enum(Name::new("SHORTEST"))),
                direction_arg(),
                input("predicates", "[Predicate!]", "Follow only these predicates."),
                input("avoidPredicates", "[Predicate!]", "Do not follow these predicates."),
                input("kinds", "[Kind!]", "Pass only entities of these kinds; the two ends may be of any."),
                input("avoidKinds", "[Kind!]", "Do not pass entities of these kinds."),
                input("via", "[String!]", "Only paths that pass each of these entities, given by key, in any order."),
                input("maxLength", "Int", "At most so many steps, from 1 to 20; 4 if nothing is given for SIMPLE, else 10."),
                input("cost", "PathCost", "What a step costs, for WEIGHTED (CONFIDENCE if nothing is given), K_SHORTEST and SIMPLE (HOPS)."),
                input("costProperty", "String", "The numeric property, for cost PROPERTY."),
                input("first", "Int", "At most so many paths; at most 1,000.").default(1),
                input("after", "String", "Only paths after the one with this cursor."),
            ]),
        field("connections", "Subgraph!", Read::Connections, "What ties several entities together: a small subgraph in which they are linked, with every statement of its links. Found by the heuristic of Takahashi and Matsuyama for Steiner trees: it has at most twice the steps of the smallest one; of ways of one length the one over entities that say more, as they are linked to less, is taken. Entities that cannot be linked stay apart.")
            .with([
                input("keys", "[String!]!", "The keys of the entities."),
                input("maxLength", "Int", "At most so many steps between two of them, from 1 to 10.").default(4),
                input("predicates", "[Predicate!]", "Follow only these predicates."),
                input("avoidPredicates", "[Predicate!]", "Do not follow these predicates."),
                input("kinds", "[Kind!]", "Pass only entities of these kinds."),
                input("avoidKinds", "[Kind!]", "Do not pass entities of these kinds."),
            ]),
        field("series", "[Series!]!", Read::Series, "How a figure moved: for each entity, a series for each status, length of periods and unit that there are claims in, results and long periods first.")
            .with([
                input("metric", "Metric!", "The metric."),
                input("of", "[String!]!", "The keys of the entities."),
                input("from", "PartialDate", "Only periods that do not end before this."),
                input("to", "PartialDate", "Only periods that do not begin after this."),
                input("statuses", "[Status!]", "Only claims of these sorts.")
                    .default(ConstValue::List(vec![ConstValue::Enum(Name::new("RESULT"))])),
                input("convert", "[Conversion!]", "Rates to convert figures at; without one, figures keep their unit."),
            ]),
        field("conflicts", "[Conflict!]!", Read::Conflicts, "Where sources disagree: figures for one metric, entity and period that cannot all be right, and statements that name two objects where the ontology knows one, or two subjects. Naming only metrics or only predicates leaves the other sort out.")
            .with([
                input("metrics", "[Metric!]", "Only figures of these metrics."),
                input("predicates", "[Predicate!]", "Only statements with these predicates."),
                input("of", "[String!]", "Only claims about these entities, given by key."),
            ]),
        field("aggregate", "[Group!]!", Read::Aggregate, "Entities in groups, with counts and measures: the largest first, ties by their values. Every connection has such a field over its own rows.")
            .with([input("where", "EntityFilter", "Only entities that meet every condition given.")])
            .with(crate::query::computed::aggregate::arguments()),
        field("match", "MatchConnection!", Read::Match, "Where a pattern fits the graph: every way to put entities in the places of its variables so that its edges are there. In the order of the search, which is the same for each run over one revision; `extensions.plan` tells it. A search that was cut off says so, and why, in `extensions.truncated`.")
            .with([
                input("pattern", "PatternInput!", "The pattern."),
                input("first", "Int", "At most so many matches; at most 10,000.").default(100),
                input("after", "String", "Only matches after the one with this cursor."),
            ]),
        field("pageRank", "[RankedEntity!]!", Read::PageRank, "Who matters to some entities: PageRank that begins anew with them, the greatest share first (Haveliwala 2002). The measure `pageRank` of an entity begins anywhere.")
            .with([
                input("seeds", "[String!]!", "The keys of the entities to begin with."),
                input("kinds", "[Kind!]", "Only entities of these kinds."),
                input("first", "Int", "At most so many; at most 10,000.").default(20),
            ]),
        field("statement", "Statement", Read::StatementWithKey, "The statement with a key, or null if there is none.")
            .with(key_arg("the statement")),
        field("statements", "StatementConnection!", Read::Statements, "The statements: every edge of the graph, as somebody claimed it.")
            .with(where_and_order("Statement"))
            .with(page_args()),
        field("observation", "Observation", Read::ObservationWithKey, "The observation with a key, or null if there is none.")
            .with(key_arg("the observation")),
        field("observations", "ObservationConnection!", Read::Observations, "The observations: every figure of the graph, as somebody stated it.")
            .with(where_and_order("Observation"))
            .with(page_args()),
        field("source", "Source", Read::SourceWithKey, "The source with a key, or null if there is none.")
            .with(key_arg("the source")),
        field("sources", "SourceConnection!", Read::Sources, "The sources.")
            .with(where_and_order("Source"))
            .with(page_args()),
        field("graph", "GraphInfo!", Read::Graph, "What the graph holds: counts, ontology, data set and revision."),
        field("view", "Query!", Read::View, "The same queries over a narrower graph: only the statements, observations and sources that meet every condition. Entities stay, with what is left to say of them. A view of a view meets the conditions of both.")
            .with([
                input("on", "PartialDate", "Only what held on this date or during this period; what does not say when it held stays."),
                input("knownAt", "DateTime", "The graph as it stood at this moment: what was recorded by then, in the values it had."),
                input("revision", "Int", "The graph as it stood at this revision."),
                input("minConfidence", "Confidence", "Only statements and observations of at least this confidence."),
                input("sources", "[String!]", "Only what refers to at least one of these sources, given by key."),
            ]),
    ];
    for (index, kind) in (0..).zip(&ontology.kinds) {
        let description = with_description(
            &format!("The {} with a key, or null if there is none.", kind.name),
            &kind.description,
        );
        fields.push(
            field(&kind.singular, &kind.name, Read::Entity(Some(index)), &description)
                .with(key_arg("the entity")),
        );
        let description =
            with_description(&format!("The entities of kind {}.", kind.name), &kind.description);
        fields.push(
            field(
                &kind.plural,
                &format!("{}Connection!", kind.name),
                Read::Entities(Some(index)),
                &description,
            )
            .with(where_and_order(&kind.name))
            .with(page_args()),
        );
    }
    draft.add("Query", "Where every question begins.", DraftBody::Object(Vec::new(), fields));
    draft.add(
        "Node",
        "An object with a global id, by the Relay Global Object Identification Specification.",
        DraftBody::Interface(Vec::new(), vec![id_field()]),
    );
}

fn with_description(text: &str, description: &str) -> String {
    if description.is_empty() { text.to_owned() } else { format!("{text} {description}") }
}

pub(super) fn id_field() -> DraftField {
    field(
        "id",
        "ID!",
        Read::Id,
        "The global id: opaque, and the same for as long as the object exists.",
    )
}

fn address() -> DraftField {
    field(
        "address",
        "String!",
        Read::Address,
        "Its stable address on this server, for papers to cite: a path, such as /id/statement/f0001. With `?revision=` it leads to what the claim said then.",
    )
}

fn recorded(fields: &mut Vec<DraftField>) {
    fields.push(field("note", "String", Read::Note, "What is remarkable about the claim."));
    fields.push(field("references", "[Reference!]!", Read::References, "Who says so, and where."));
    fields.extend(recording());
}

/// When an object was recorded as it is.
pub(super) fn recording() -> [DraftField; 2] {
    [
        field(
            "recordedAt",
            "DateTime!",
            Read::RecordedAt,
            "When the graph recorded it with these values.",
        ),
        field(
            "revision",
            "Int!",
            Read::Revision,
            "The revision of the graph that recorded it with these values.",
        ),
    ]
}

/// Statements, observations, sources, and their connections.
pub(super) fn add_claims(draft: &mut Draft) {
    let node = || vec!["Node".to_owned()];
    let mut fields = vec![
        id_field(),
        field("key", "String!", Read::Key, "The statement's stable name."),
        address(),
        field("subject", "Entity!", Read::Subject, "The entity it is about."),
        field("predicate", "Predicate!", Read::Predicate, "The kind of relation."),
        field("object", "Entity!", Read::Object, "The entity it leads to."),
        field(
            "validFrom",
            "PartialDate",
            Read::ValidFrom,
            "When it began to hold; null if the source does not say.",
        ),
        field(
            "validUntil",
            "PartialDate",
            Read::ValidUntil,
            "When it ceased to hold; null if the source does not say. The same date in both means a point in time.",
        ),
        field("confidence", "Confidence!", Read::Confidence, "How sure the data set is of it."),
        field("rank", "Rank!", Read::Rank, "Which of several claims is preferred."),
        field(
            "sentence",
            "String!",
            Read::Sentence,
            "The statement as a sentence, by the ontology's words.",
        )
        .with([input("lang", "Language", "The language to say it in.")]),
    ];
    recorded(&mut fields);
    draft.add("Statement", "One edge of the graph, as somebody claimed it. Sources that say the same each have a statement of their own.", DraftBody::Object(node(), fields));
    let mut fields = vec![
        id_field(),
        field("key", "String!", Read::Key, "The observation's stable name."),
        address(),
        field("subject", "Entity!", Read::Subject, "The entity it is about."),
        field("metric", "Metric!", Read::Metric, "The kind of figure."),
        field(
            "value",
            "Decimal!",
            Read::Value,
            "The figure in full, exactly: no thousands, millions or percent signs.",
        ),
        field(
            "number",
            "Float!",
            Read::Number,
            "The figure as a floating-point number, for charts; may lose digits.",
        ),
        field(
            "unit",
            "String!",
            Read::Unit,
            "The unit: a currency code of ISO 4217, count, percent, and so on.",
        ),
        field("period", "PartialDate!", Read::Period, "The time the figure is for."),
        field("approximation", "Approximation!", Read::Approximation, "How the source words it."),
        field("status", "Status!", Read::Status, "Whether it is a result, a target or a forecast."),
        field("confidence", "Confidence!", Read::Confidence, "How sure the data set is of it."),
        field("rank", "Rank!", Read::Rank, "Which of several claims is preferred."),
    ];
    recorded(&mut fields);
    draft.add(
        "Observation",
        "One figure, as somebody stated it.",
        DraftBody::Object(node(), fields),
    );
    draft.add(
        "Reference",
        "A source, and the place in it.",
        DraftBody::Object(
            Vec::new(),
            vec![
                field("source", "Source!", Read::ReferenceSource, "The source."),
                field(
                    "locator",
                    "String",
                    Read::Locator,
                    "The place in it: a paragraph, a page, a section.",
                ),
            ],
        ),
    );
    draft.add(
        "Source",
        "Something that says so: a page, a report, the text of a policy.",
        DraftBody::Object(
            node(),
            vec![
                id_field(),
                field("key", "String!", Read::Key, "The source's stable name."),
                field("title", "String!", Read::Title, "Its title."),
                field("publisher", "String", Read::Publisher, "Who published it."),
                field("url", "String", Read::Url, "Where it was seen."),
                field(
                    "published",
                    "PartialDate",
                    Read::Published,
                    "When it was published; null if it does not say.",
                ),
                field(
                    "language",
                    "String",
                    Read::SourceLanguage,
                    "The language it is written in, a BCP 47 tag.",
                ),
                field(
                    "genre",
                    "String",
                    Read::Genre,
                    "What it is: article, report, press release, and so on.",
                ),
                field(
                    "statements",
                    "StatementConnection!",
                    Read::StatementsFrom,
                    "The statements that refer to it.",
                )
                .with(where_and_order("Statement"))
                .with(page_args()),
                field(
                    "observations",
                    "ObservationConnection!",
                    Read::ObservationsFrom,
                    "The observations that refer to it.",
                )
                .with(where_and_order("Observation"))
                .with(page_args()),
            ]
            .into_iter()
            .chain(recording())
            .collect(),
        ),
    );
    add_connection(draft, "Statement", "Statement", "statements", Vec::new());
    add_connection(draft, "Observation", "Observation", "observations", Vec::new());
    add_connection(draft, "Source", "Source", "sources", Vec::new());
    draft.add(
        "PageInfo",
        "How a page lies in the whole, by the Relay Cursor Connections Specification.",
        DraftBody::Object(
            Vec::new(),
            vec![
                field(
                    "hasNextPage",
                    "Boolean!",
                    Read::HasNextPage,
                    "Whether rows follow this page.",
                ),
                field(
                    "hasPreviousPage",
                    "Boolean!",
                    Read::HasPreviousPage,
                    "Whether rows come before this page.",
                ),
                field(
                    "startCursor",
                    "String",
                    Read::StartCursor,
                    "The cursor of the first row; null on an empty page.",
                ),
                field(
                    "endCursor",
                    "String",
                    Read::EndCursor,
                    "The cursor of the last row; null on an empty page.",
                ),
            ],
        ),
    );
}

/// Subgraphs, search hits, and what the graph holds.
pub(super) fn add_graph(draft: &mut Draft) {
    let object = |fields| DraftBody::Object(Vec::new(), fields);
    let lang = || input("lang", "Language", "The language to prefer.");
    draft.add(
        "Subgraph",
        "A part of the graph: entities and the statements between them.",
        object(vec![
            field(
                "nodes",
                "[Entity!]!",
                Read::SubgraphNodes,
                "The entities, the nearest to the start first, and of those the most relevant.",
            ),
            field(
                "edges",
                "[Statement!]!",
                Read::SubgraphEdges,
                "The statements between them, in the order of the tables.",
            ),
            field(
                "truncated",
                "Boolean!",
                Read::SubgraphTruncated,
                "Whether entities were left out.",
            ),
            field(
                "reason",
                "String",
                Read::SubgraphReason,
                "Why entities were left out; null if none were.",
            ),
        ]),
    );
    draft.add("SearchHit", "An entity that was found, and why.", object(vec![
        field("entity", "Entity!", Read::HitEntity, "The entity."),
        field("score", "Float!", Read::HitScore, "How well it matches, from 0 to 1: 1 for a label that is the text, 0.8 and more for a name that begins with it, 0.6 and more for a word that does, less for words apart; aliases count 0.05 less, descriptions and notes half, and words that are only near 0.7 of all that."),
        field("field", "SearchField!", Read::HitField, "What sort of text matched."),
        field("lang", "Language", Read::HitLanguage, "The language of the label or description that matched; null for other texts."),
        field("text", "String!", Read::HitText, "The text that matched."),
    ]));
    draft.add(
        "GraphInfo",
        "What the graph holds.",
        object(vec![
            field("name", "String!", Read::DatasetName, "The data set's short name."),
            field("title", "String!", Read::Title, "The data set's title."),
            field("version", "String!", Read::DatasetVersion, "The data set's version."),
            field("licence", "String!", Read::DatasetLicence, "The licence the data set is under."),
            field("description", "String", Read::Description, "What the data set is about."),
            field(
                "revision",
                "Int!",
                Read::Revision,
                "The number of the last change in the graph, from 1.",
            ),
            field(
                "recordedAt",
                "DateTime!",
                Read::RecordedAt,
                "When the last change was recorded.",
            ),
            field("entityCount", "Int!", Read::EntityCount, "How many entities there are."),
            field("statementCount", "Int!", Read::StatementCount, "How many statements there are."),
            field(
                "observationCount",
                "Int!",
                Read::ObservationCount,
                "How many observations there are.",
            ),
            field("sourceCount", "Int!", Read::SourceCount, "How many sources there are."),
            field("kinds", "[KindInfo!]!", Read::KindInfos, "The kinds of entities."),
            field(
                "predicates",
                "[PredicateInfo!]!",
                Read::PredicateInfos,
                "The kinds of relations.",
            ),
            field("metrics", "[MetricInfo!]!", Read::MetricInfos, "The kinds of figures."),
            field(
                "languages",
                "[LanguageInfo!]!",
                Read::LanguageInfos,
                "The languages of labels, the preferred one first.",
            ),
            field(
                "examples",
                "[Example!]!",
                Read::Examples,
                "Queries worth trying, as the data set gives them.",
            ),
            field(
                "ontology",
                "String!",
                Read::OntologySdl,
                "The ontology as it was written, in GraphQL SDL.",
            ),
        ]),
    );
    draft.add(
        "Example",
        "A query worth trying.",
        object(vec![
            field(
                "topic",
                "String",
                Read::ExampleTopic,
                "What it is about: examples of one topic stand together.",
            ),
            field("title", "String!", Read::Title, "The question it answers."),
            field("description", "String", Read::Description, "What to look at in the answer."),
            field("query", "String!", Read::ExampleQuery, "The document."),
            field(
                "variables",
                "String",
                Read::ExampleVariables,
                "The values of its variables, as JSON.",
            ),
        ]),
    );
    draft.add(
        "KindInfo",
        "A kind of entity.",
        object(vec![
            field("kind", "Kind!", Read::InfoName, "The kind."),
            field("label", "String!", Read::Label, "What it is called.").with([lang()]),
            field("description", "String", Read::Description, "What it is."),
            field("icon", "Icon", Read::Icon, "What to show for its entities in a drawing."),
            field("count", "Int!", Read::Count, "How many entities are of this kind."),
        ]),
    );
    draft.add(
        "PredicateInfo",
        "A kind of relation.",
        object(vec![
            field("predicate", "Predicate!", Read::InfoName, "The predicate."),
            field("label", "String!", Read::Label, "What it is called.").with([lang()]),
            field("inverse", "String", Read::Inverse, "Its name when read from the object."),
            field(
                "inverseLabel",
                "String",
                Read::InverseLabel,
                "What it is called when read from the object.",
            )
            .with([lang()]),
            field("description", "String", Read::Description, "What it says."),
            field(
                "subjectKinds",
                "[Kind!]!",
                Read::SubjectKinds,
                "The kinds its subject may have.",
            ),
            field("objectKinds", "[Kind!]!", Read::ObjectKinds, "The kinds its object may have."),
            field(
                "functional",
                "Boolean!",
                Read::Functional,
                "Whether statements with different objects for one subject, at a time they share, disagree.",
            ),
            field(
                "inverseFunctional",
                "Boolean!",
                Read::InverseFunctional,
                "Whether statements with different subjects for one object, at a time they share, disagree.",
            ),
            field(
                "maxObjects",
                "Int",
                Read::MaxObjects,
                "How many objects a subject may have at one time; null for any number.",
            ),
            field(
                "maxSubjects",
                "Int",
                Read::MaxSubjects,
                "How many subjects an object may have at one time; null for any number.",
            ),
            field("count", "Int!", Read::Count, "How many statements use it."),
        ]),
    );
    draft.add(
        "MetricInfo",
        "A kind of figure.",
        object(vec![
            field("metric", "Metric!", Read::InfoName, "The metric."),
            field("label", "String!", Read::Label, "What it is called.").with([lang()]),
            field("description", "String", Read::Description, "What it measures."),
            field(
                "units",
                "[String!]!",
                Read::Units,
                "The units a figure may be given in, the usual one first.",
            ),
            field("count", "Int!", Read::Count, "How many observations are of it."),
        ]),
    );
    draft.add(
        "LanguageInfo",
        "A language of labels.",
        object(vec![
            field("language", "Language!", Read::InfoName, "The language."),
            field("tag", "String!", Read::Tag, "Its BCP 47 tag."),
            field("description", "String", Read::Description, "What it is."),
        ]),
    );
}
