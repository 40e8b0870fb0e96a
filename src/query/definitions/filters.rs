//! Filters and orders: the input types of `where` and `orderBy`.

use async_graphql::{Name, Value as ConstValue};

use super::kinds::{property_type, relation_slot, slot_of};
use crate::{
    ontology::{Ontology, Property, PropertyType, Relation, constant},
    query::{
        catalog::{Draft, DraftBody, DraftInput, input, tests},
        meaning::{DateOf, EnumOf, Meaning, NumberOf, Op, TextOf},
    },
};

/// `and`, `or` and `not` of a filter.
fn combined(name: &str) -> Vec<DraftInput> {
    vec![
        tests("and", &format!("[{name}!]"), Meaning::And, "Meets all of these."),
        tests("or", &format!("[{name}!]"), Meaning::Or, "Meets at least one of these."),
        tests("not", name, Meaning::Not, "Does not meet this."),
    ]
}

fn text(name: &str, of: TextOf, description: &str) -> DraftInput {
    tests(name, "StringFilter", Meaning::Text(of), description)
}

fn one_of(name: &str, ty: &str, of: EnumOf, description: &str) -> DraftInput {
    tests(name, ty, Meaning::Enum(of), description)
}

/// Conditions on an entity whatever its kind.
fn entity_conditions(name: &str) -> Vec<DraftInput> {
    let mut fields = combined(name);
    fields.extend([
        text("key", TextOf::Key, "Its key."),
        one_of("kind", "KindFilter", EnumOf::Kind, "Its kind."),
        tests("label", "LabelFilter", Meaning::Text(TextOf::Label), "One of its labels."),
        text("alias", TextOf::Alias, "One of its aliases."),
        tests(
            "description",
            "LabelFilter",
            Meaning::Text(TextOf::Description),
            "One of its descriptions.",
        ),
        tests(
            "related",
            "RelatedFilter",
            Meaning::RelatedBy,
            "How it is linked to other entities, by any predicate.",
        ),
        tests(
            "observed",
            "ObservationFilter",
            Meaning::Observed,
            "At least one figure about it is such.",
        ),
        tests(
            "source",
            "SourceFilter",
            Meaning::SpokenOfBy,
            "At least one statement or observation about it refers to such a source.",
        ),
    ]);
    fields
}

fn property_condition(draft: &Draft, ontology: &Ontology, property: &Property) -> DraftInput {
    let slot = slot_of(draft, property);
    let (ty, meaning) = match property.ty {
        PropertyType::String => ("StringFilter".to_owned(), Meaning::Text(TextOf::Property(slot))),
        PropertyType::Int => ("IntFilter".to_owned(), Meaning::Number(NumberOf::Property(slot))),
        PropertyType::Float => {
            ("FloatFilter".to_owned(), Meaning::Number(NumberOf::Property(slot)))
        }
        PropertyType::Decimal => {
            ("DecimalFilter".to_owned(), Meaning::Number(NumberOf::Property(slot)))
        }
        PropertyType::Date => ("PeriodFilter".to_owned(), Meaning::Date(DateOf::Property(slot))),
        PropertyType::Boolean => {
            ("BooleanFilter".to_owned(), Meaning::Enum(EnumOf::Property(slot)))
        }
        PropertyType::Enum(_) => (
            format!("{}Filter", property_type(ontology, property.ty)),
            Meaning::Enum(EnumOf::Property(slot)),
        ),
    };
    tests(&property.name, &ty, meaning, &property.description)
}

fn add_entity_filter(
    draft: &mut Draft,
    ontology: &Ontology,
    name: &str,
    properties: &[Property],
    relations: &[Relation],
) {
    let filter = format!("{name}Filter");
    let mut fields = entity_conditions(&filter);
    for property in properties {
        fields.push(property_condition(draft, ontology, property));
    }
    for relation in relations {
        let slot = relation_slot(draft, relation);
        let ty = format!("{}RelationFilter", relation.target);
        fields.push(tests(&relation.name, &ty, Meaning::Related(slot), &relation.description));
    }
    let what = if name == "Entity" { "an entity".to_owned() } else { format!("a {name}") };
    let description = format!("Conditions on {what}; all that are given must be met.");
    draft.add(&filter, &description, DraftBody::Input(fields));
    draft.add(
        &format!("{name}RelationFilter"),
        &format!("Conditions on the entities of type {name} that a relation leads to; all that are given must be met. `{{some: {{}}}}` asks that there is one at all."),
        DraftBody::Input(vec![
            tests("some", &filter, Meaning::Some, "At least one of them is such."),
            tests("none", &filter, Meaning::NoneOf, "None of them is such."),
            tests("every", &filter, Meaning::Every, "All of them are such (also if there is none)."),
            tests("statement", "StatementFilter", Meaning::Statement, "Look only at entities linked by such a statement."),
        ]),
    );
    let mut values = vec![
        ("KEY".to_owned(), "By key, in the order of code points.".to_owned()),
        ("KIND".to_owned(), "By kind, in the ontology's order.".to_owned()),
        ("LABEL".to_owned(), "By label, in the order of folded code points.".to_owned()),
        ("DEGREE".to_owned(), "By how many statements link it.".to_owned()),
    ];
    let measures = crate::analytics::Measure::ALL.iter();
    values
        .extend(measures.map(|(_, name, field, ..)| {
            ((*name).to_owned(), format!("By the measure `{field}`."))
        }));
    let known: Vec<String> = values.iter().map(|(name, _)| name.clone()).collect();
    let own = properties.iter().map(|p| (constant(&p.name), p.description.clone()));
    values.extend(own.filter(|(name, _)| !known.contains(name)));
    let lang = input("lang", "Language", "The language of labels to order by.");
    add_order(draft, name, values, vec![lang]);
}

fn add_order(draft: &mut Draft, name: &str, values: Vec<(String, String)>, extra: Vec<DraftInput>) {
    let mut fields = vec![
        input("field", &format!("{name}OrderField!"), "What to order by."),
        input("direction", "OrderDirection", "Which way.")
            .default(ConstValue::Enum(Name::new("ASC"))),
    ];
    fields.extend(extra);
    draft.add(
        &format!("{name}Order"),
        &format!("An order of {name} rows."),
        DraftBody::Input(fields),
    );
    draft.add(
        &format!("{name}OrderField"),
        &format!("What {name} rows can be ordered by."),
        DraftBody::Enum(values),
    );
}

fn pairs(values: &[(&str, &str)]) -> Vec<(String, String)> {
    values.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect()
}

pub(super) fn add(draft: &mut Draft, ontology: &Ontology) {
    add_entity_filter(draft, ontology, "Entity", &[], &[]);
    for group in &ontology.groups {
        add_entity_filter(draft, ontology, &group.name, &group.properties, &group.relations);
    }
    for kind in &ontology.kinds {
        add_entity_filter(draft, ontology, &kind.name, &kind.properties, &kind.relations);
    }
    add_claim_filters(draft);
    add_operators(draft, ontology);
    add_order(
        draft,
        "Statement",
        pairs(&[
            ("KEY", "By key."),
            ("PREDICATE", "By predicate, in the ontology's order."),
            ("VALID_FROM", "By when it began to hold."),
            ("CONFIDENCE", "By confidence."),
        ]),
        Vec::new(),
    );
    add_order(
        draft,
        "Observation",
        pairs(&[
            ("KEY", "By key."),
            ("METRIC", "By metric, in the ontology's order."),
            ("PERIOD", "By when the period begins, then by when it ends."),
            ("VALUE", "By figure, whatever its unit."),
        ]),
        Vec::new(),
    );
    add_order(
        draft,
        "Source",
        pairs(&[("KEY", "By key."), ("TITLE", "By title."), ("PUBLISHED", "By date.")]),
        Vec::new(),
    );
}

fn add_claim_filters(draft: &mut Draft) {
    let mut fields = vec![
        tests(
            "predicate",
            "Predicate",
            Meaning::RelatedPredicate,
            "Only statements with this predicate.",
        ),
        tests(
            "direction",
            "Direction",
            Meaning::RelatedDirection,
            "Which way to follow statements.",
        )
        .default(ConstValue::Enum(Name::new("BOTH"))),
    ];
    fields.extend([
        tests(
            "some",
            "EntityFilter",
            Meaning::Some,
            "At least one entity at the other end is such.",
        ),
        tests("none", "EntityFilter", Meaning::NoneOf, "No entity at the other end is such."),
        tests(
            "every",
            "EntityFilter",
            Meaning::Every,
            "All entities at the other end are such (also if there is none).",
        ),
        tests("statement", "StatementFilter", Meaning::Statement, "Look only at such statements."),
    ]);
    draft.add(
        "RelatedFilter",
        "Conditions on how an entity is linked to others; all that are given must be met.",
        DraftBody::Input(fields),
    );

    let mut fields = combined("StatementFilter");
    fields.extend([
        text("key", TextOf::Key, "Its key."),
        one_of("predicate", "PredicateFilter", EnumOf::Predicate, "The predicate."),
        tests("subject", "EntityFilter", Meaning::Subject, "The entity it is about."),
        tests("object", "EntityFilter", Meaning::Object, "The entity it leads to."),
        tests("valid", "PeriodFilter", Meaning::Date(DateOf::Valid), "When it holds. A statement that does not say when meets `isNull: true` only; an end that is not said is open."),
        one_of("confidence", "ConfidenceFilter", EnumOf::Confidence, "How sure the data set is."),
        one_of("rank", "RankFilter", EnumOf::Rank, "Which claim is preferred."),
        text("note", TextOf::Note, "What is remarkable."),
        tests("source", "SourceFilter", Meaning::Source, "A source it refers to; with `locator`, both of the same reference."),
        text("locator", TextOf::Locator, "The place in a source it refers to."),
    ]);
    draft.add(
        "StatementFilter",
        "Conditions on a statement; all that are given must be met.",
        DraftBody::Input(fields),
    );

    let mut fields = combined("ObservationFilter");
    fields.extend([
        text("key", TextOf::Key, "Its key."),
        tests("subject", "EntityFilter", Meaning::Subject, "The entity it is about."),
        one_of("metric", "MetricFilter", EnumOf::Metric, "The metric."),
        tests("value", "DecimalFilter", Meaning::Number(NumberOf::Value), "The figure."),
        text("unit", TextOf::Unit, "The unit."),
        tests("period", "PeriodFilter", Meaning::Date(DateOf::Period), "The time it is for."),
        one_of(
            "approximation",
            "ApproximationFilter",
            EnumOf::Approximation,
            "How the source words it.",
        ),
        one_of("status", "StatusFilter", EnumOf::Status, "Result, target or forecast."),
        one_of("confidence", "ConfidenceFilter", EnumOf::Confidence, "How sure the data set is."),
        one_of("rank", "RankFilter", EnumOf::Rank, "Which claim is preferred."),
        text("note", TextOf::Note, "What is remarkable."),
        tests(
            "source",
            "SourceFilter",
            Meaning::Source,
            "A source it refers to; with `locator`, both of the same reference.",
        ),
        text("locator", TextOf::Locator, "The place in a source it refers to."),
    ]);
    draft.add(
        "ObservationFilter",
        "Conditions on an observation; all that are given must be met.",
        DraftBody::Input(fields),
    );

    let mut fields = combined("SourceFilter");
    fields.extend([
        text("key", TextOf::Key, "Its key."),
        text("title", TextOf::Title, "Its title."),
        text("publisher", TextOf::Publisher, "Who published it."),
        text("url", TextOf::Url, "Where it was seen."),
        text("language", TextOf::Language, "The language it is written in."),
        text("genre", TextOf::Genre, "What it is."),
        tests(
            "published",
            "PeriodFilter",
            Meaning::Date(DateOf::Published),
            "When it was published.",
        ),
    ]);
    draft.add(
        "SourceFilter",
        "Conditions on a source; all that are given must be met.",
        DraftBody::Input(fields),
    );
}

fn op(name: &str, ty: &str, op: Op, description: &str) -> DraftInput {
    tests(name, ty, Meaning::Op(op), description)
}

fn is_null() -> DraftInput {
    op("isNull", "Boolean", Op::IsNull, "Whether it is not given.")
}

fn add_operators(draft: &mut Draft, ontology: &Ontology) {
    let strings = vec![
        op("eq", "String", Op::Eq, "Equal to this."),
        op("ne", "String", Op::Ne, "Other than this."),
        op("in", "[String!]", Op::In, "One of these."),
        op("notIn", "[String!]", Op::NotIn, "None of these."),
        op("contains", "String", Op::Contains, "Has this in it."),
        op("startsWith", "String", Op::StartsWith, "Begins with this."),
        op("endsWith", "String", Op::EndsWith, "Ends with this."),
        op(
            "ignoreCase",
            "Boolean",
            Op::IgnoreCase,
            "Whether case and the width of letters make no difference.",
        )
        .default(false),
        is_null(),
    ];
    let mut labels = strings.clone();
    labels.insert(
        0,
        op(
            "lang",
            "Language",
            Op::Language,
            "Only the text in this language; without it, any one text must meet all conditions.",
        ),
    );
    draft.add(
        "StringFilter",
        "Conditions on a text; all that are given must be met.",
        DraftBody::Input(strings),
    );
    draft.add("LabelFilter", "Conditions on a text that may be given in several languages; all that are given must be met.", DraftBody::Input(labels));
    for ty in ["Int", "Float", "Decimal"] {
        draft.add(
            &format!("{ty}Filter"),
            "Conditions on a number; all that are given must be met.",
            DraftBody::Input(vec![
                op("eq", ty, Op::Eq, "Equal to this."),
                op("ne", ty, Op::Ne, "Other than this."),
                op("in", &format!("[{ty}!]"), Op::In, "One of these."),
                op("notIn", &format!("[{ty}!]"), Op::NotIn, "None of these."),
                op("lt", ty, Op::Lt, "Less than this."),
                op("lte", ty, Op::Lte, "At most this."),
                op("gt", ty, Op::Gt, "More than this."),
                op("gte", ty, Op::Gte, "At least this."),
                is_null(),
            ]),
        );
    }
    draft.add(
        "PeriodFilter",
        "Conditions on a time; all that are given must be met.",
        DraftBody::Input(vec![
            op("overlaps", "PartialDate", Op::Overlaps, "Shares a day with this."),
            op("within", "PartialDate", Op::Within, "Begins and ends within this."),
            op("before", "PartialDate", Op::Before, "Ends before this begins."),
            op("after", "PartialDate", Op::After, "Begins after this ends."),
            op("eq", "PartialDate", Op::Eq, "Covers the same days as this."),
            is_null(),
        ]),
    );
    draft.add(
        "BooleanFilter",
        "Conditions on a truth value; all that are given must be met.",
        DraftBody::Input(vec![op("eq", "Boolean", Op::Eq, "Equal to this."), is_null()]),
    );
    let mut enums: Vec<String> =
        ["Kind", "Predicate", "Metric", "Confidence", "Rank", "Approximation", "Status"]
            .map(str::to_owned)
            .to_vec();
    enums.extend(ontology.enums.iter().map(|property| property.name.clone()));
    for ty in enums {
        let mut fields = vec![
            op("eq", &ty, Op::Eq, "Equal to this."),
            op("ne", &ty, Op::Ne, "Other than this."),
            op("in", &format!("[{ty}!]"), Op::In, "One of these."),
            op("notIn", &format!("[{ty}!]"), Op::NotIn, "None of these."),
        ];
        if ty == "Confidence" {
            fields.push(op("atLeast", &ty, Op::Gte, "This or more."));
        }
        if ontology.enums.iter().any(|property| property.name == ty) {
            fields.push(is_null());
        }
        draft.add(
            &format!("{ty}Filter"),
            &format!("Conditions on a value of {ty}; all that are given must be met."),
            DraftBody::Input(fields),
        );
    }
}
