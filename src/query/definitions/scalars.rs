//! Scalars and enums.

use crate::{
    model::{Approximation, Closed, Confidence, Rank, Status},
    ontology::{Ontology, icons},
    query::catalog::{Draft, DraftBody, Scalar, input},
};

fn closed<T: Closed>(draft: &mut Draft) {
    let values = T::VALUES
        .iter()
        .map(|(_, name, description)| ((*name).to_owned(), description.trim().to_owned()))
        .collect();
    draft.add(T::NAME, T::DESCRIPTION.trim(), DraftBody::Enum(values));
}

pub(super) fn add(draft: &mut Draft, ontology: &Ontology) {
    let kinds = ontology.kinds.iter().map(|k| (k.constant.clone(), k.description.clone()));
    draft.add("Kind", "The kinds of entities of this graph.", DraftBody::Enum(kinds.collect()));
    let predicates = ontology.predicates.iter().map(|p| (p.name.clone(), p.description.clone()));
    draft.add(
        "Predicate",
        "The kinds of relations of this graph.",
        DraftBody::Enum(predicates.collect()),
    );
    // GraphQL knows no empty enum; a graph without figures still has the type.
    let mut metrics: Vec<(String, String)> =
        ontology.metrics.iter().map(|m| (m.name.clone(), m.description.clone())).collect();
    if metrics.is_empty() {
        metrics.push(("NONE".to_owned(), "This graph has no figures.".to_owned()));
    }
    draft.add("Metric", "The kinds of figures of this graph.", DraftBody::Enum(metrics));
    let languages = ontology.languages.iter().map(|l| (l.name.clone(), l.description.clone()));
    draft.add(
        "Language",
        "The languages of this graph's labels.",
        DraftBody::Enum(languages.collect()),
    );
    for property in &ontology.enums {
        draft.add(&property.name, &property.description, DraftBody::Enum(property.values.clone()));
    }
    draft.add("Icon", "What an icon of a kind shows.", DraftBody::Enum(icons()));
    closed::<Confidence>(draft);
    closed::<Rank>(draft);
    closed::<Approximation>(draft);
    closed::<Status>(draft);
    draft.add(
        "Direction",
        "Which way a statement is followed.",
        DraftBody::values(&[
            ("OUT", "From subject to object."),
            ("IN", "From object to subject."),
            ("BOTH", "Either way."),
        ]),
    );
    draft.add(
        "ConflictReason",
        "Why claims cannot all be right.",
        DraftBody::values(&[
            ("VALUES", "They give different figures for one metric, entity, period, unit and status; how each source words its figure is counted in."),
            ("OBJECTS", "They name different objects of a predicate that has one at a time."),
            ("SUBJECTS", "They name different subjects of a predicate that has one at a time."),
        ]),
    );
    draft.add(
        "Conversion",
        "A rate to convert figures at.",
        DraftBody::Input(vec![
            input("from", "String!", "The unit of figures, such as USD."),
            input("to", "String!", "The unit they are wanted in, such as CNY."),
            input("rate", "Decimal!", "What one of the former is in the latter."),
        ]),
    );
    draft.add(
        "PathMode",
        "Which paths are looked for.",
        DraftBody::values(&[
            ("SHORTEST", "One path with the fewest steps; of several, the one that a search from both ends meets first, which is the same for each run over one revision."),
            ("ALL_SHORTEST", "Every path with the fewest steps."),
            ("K_SHORTEST", "Paths that pass no entity twice, the cheapest first."),
            ("SIMPLE", "Paths that pass no entity twice, up to a length, the shortest first."),
            ("WEIGHTED", "Paths that pass no entity twice, the cheapest first, by how sure their statements are if `cost` asks for nothing else."),
        ]),
    );
    draft.add(
        "PathCost",
        "What a step of a path costs.",
        DraftBody::values(&[
            ("HOPS", "1."),
            ("CONFIDENCE", "1 for a statement of high confidence, 2 for medium, 4 for low."),
            ("RECENCY", "1, and 1 for each year since the statement began to hold or its newest source was published, whichever is later; 101 if neither is known."),
            ("PROPERTY", "The value of a numeric property of the entity that the step enters; entities without one, or with less than 0, are not passed."),
        ]),
    );
    draft.add(
        "OrderDirection",
        "Which way to order.",
        DraftBody::values(&[("ASC", "The least first."), ("DESC", "The greatest first.")]),
    );
    draft.add(
        "SearchField",
        "What sort of text it is.",
        DraftBody::values(&[
            ("LABEL", "A label, in a language."),
            ("ALIAS", "An alias."),
            ("DESCRIPTION", "A description, in a language."),
            ("NOTE", "The note of a statement or an observation."),
            ("TITLE", "The title of a source."),
        ]),
    );
    let scalar = |scalar, url| DraftBody::Scalar(scalar, Some(url));
    draft.add("PartialDate",
        "A date as precise as its source: `2024`, `2021-H1`, `2017-Q1`, `2024-07` or `2024-07-15`, or a period of two of them, both ends included: `2021-01/2021-08`. After EDTF (ISO 8601-2), whose codes for quarters (`2017-33`) and halves (`2021-40`) are read too.",
        scalar(Scalar::PartialDate, "https://www.loc.gov/standards/datetime/"));
    draft.add("Decimal",
        "An exact decimal number as a string, such as `\"1873700000000\"` or `\"28.8\"`; as an argument, a number does too.",
        scalar(Scalar::Decimal, "https://www.w3.org/TR/xmlschema11-2/#decimal"));
    draft.add(
        "DateTime",
        "A moment as RFC 3339 writes it, such as `\"2024-11-10T08:00:00Z\"`.",
        scalar(Scalar::DateTime, "https://scalars.graphql.org/andimarek/date-time.html"),
    );
    for (name, scalar) in [
        ("Int", Scalar::Int),
        ("Float", Scalar::Float),
        ("String", Scalar::String),
        ("Boolean", Scalar::Boolean),
        ("ID", Scalar::Id),
    ] {
        draft.add(name, "", DraftBody::Scalar(scalar, None));
    }
}
