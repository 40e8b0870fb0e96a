//! Filters: from the value of a `where` argument to a test of rows.

use fixedbitset::FixedBitSet;
use rust_decimal::Decimal;

use async_graphql::{Name, Value as ConstValue, indexmap::IndexMap};

use super::{
    Item, QueryError, View, World,
    catalog::{Body, Catalog, RelationRead, TypeId},
    meaning::{DateOf, EnumOf, Meaning, NumberOf, Op, TextOf},
    related,
};
use crate::{
    graph::{EntityId, ObservationId, PropertyValue, StatementId, StringId},
    model::{Closed, Period},
    ontology::{Direction, LanguageIndex},
    search::fold,
};

/// A compiled filter.
#[derive(Debug, Clone)]
pub enum Test {
    /// All hold.
    All(Vec<Test>),
    /// One holds.
    Any(Vec<Test>),
    /// It does not hold.
    Not(Box<Test>),
    /// A text of the item meets it.
    Text(TextOf, TextTest),
    /// The item's value is in the set; the last bit stands for null.
    Enum(EnumOf, FixedBitSet),
    /// A number of the item meets it.
    Number(NumberOf, NumberTest),
    /// A time of the item meets it.
    Date(DateOf, DateTest),
    /// The subject meets it.
    Subject(Box<Test>),
    /// The object meets it.
    Object(Box<Test>),
    /// A reference's source and locator meet them.
    Reference(Option<Box<Test>>, Option<TextTest>),
    /// Entities along a relation meet it.
    Related(Box<RelatedTest>),
    /// An observation about the entity meets it.
    Observed(Box<Test>),
    /// A source that speaks of the entity meets it.
    SpokenOfBy(Box<Test>),
}

/// Conditions on the entities along relations.
#[derive(Debug, Clone)]
pub struct RelatedTest {
    relations: Vec<RelationRead>,
    statement: Option<Test>,
    some: Option<Test>,
    none: Option<Test>,
    every: Option<Test>,
}

/// Conditions on a text.
#[derive(Debug, Clone, Default)]
pub struct TextTest {
    language: Option<LanguageIndex>,
    ignores_case: bool,
    is_null: Option<bool>,
    checks: Vec<(Op, Vec<String>)>,
}

/// Conditions on a number.
#[derive(Debug, Clone, Default)]
pub struct NumberTest {
    is_null: Option<bool>,
    checks: Vec<(Op, Vec<Decimal>)>,
}

/// Conditions on a time.
#[derive(Debug, Clone, Default)]
pub struct DateTest {
    is_null: Option<bool>,
    checks: Vec<(Op, (i32, i32))>,
}

type Fields = IndexMap<Name, ConstValue>;

/// Compiles the value of a `where` argument of the input type `ty`. The value was coerced before;
/// null and absent conditions do not count.
///
/// # Errors
/// None that a coerced value can cause.
pub(super) fn compile(world: &World, ty: TypeId, value: &ConstValue) -> Result<Test, QueryError> {
    let (ConstValue::Object(given), Body::Input(fields)) = (value, &world.catalog.get(ty).body)
    else {
        return Ok(Test::All(Vec::new()));
    };
    let mut tests = Vec::new();
    let (mut source, mut locator) = (None, None);
    for field in fields {
        let Some(value) = present(given, &field.name) else { continue };
        let inner = field.ty.named();
        let nested = || compile(world, inner, value).map(Box::new);
        let list = || -> Result<Vec<Test>, QueryError> {
            match value {
                ConstValue::List(items) => {
                    items.iter().map(|item| compile(world, inner, item)).collect()
                }
                single => Ok(vec![compile(world, inner, single)?]),
            }
        };
        tests.push(match field.meaning {
            Meaning::And => Test::All(list()?),
            Meaning::Or => Test::Any(list()?),
            Meaning::Not => Test::Not(nested()?),
            Meaning::Text(TextOf::Locator) => {
                locator = Some(text_test(world, inner, value));
                continue;
            }
            Meaning::Text(of) => Test::Text(of, text_test(world, inner, value)),
            Meaning::Enum(of) => Test::Enum(of, enum_test(world, of, inner, value)),
            Meaning::Number(of) => Test::Number(of, number_test(world, inner, value)),
            Meaning::Date(of) => Test::Date(of, date_test(&world.catalog, inner, value)),
            Meaning::Subject => Test::Subject(nested()?),
            Meaning::Object => Test::Object(nested()?),
            Meaning::Source => {
                source = Some(nested()?);
                continue;
            }
            Meaning::Observed => Test::Observed(nested()?),
            Meaning::SpokenOfBy => Test::SpokenOfBy(nested()?),
            Meaning::Related(slot) => {
                let relation = world.catalog.relations[usize::from(slot)].clone();
                Test::Related(Box::new(related_test(world, inner, value, vec![relation])?))
            }
            Meaning::RelatedBy => {
                let relations = relations_named(world, inner, value);
                Test::Related(Box::new(related_test(world, inner, value, relations)?))
            }
            Meaning::Argument
            | Meaning::RelatedPredicate
            | Meaning::RelatedDirection
            | Meaning::Some
            | Meaning::NoneOf
            | Meaning::Every
            | Meaning::Statement
            | Meaning::Op(_) => continue,
        });
    }
    if source.is_some() || locator.is_some() {
        tests.push(Test::Reference(source, locator));
    }
    Ok(if tests.len() == 1 { tests.swap_remove(0) } else { Test::All(tests) })
}

fn present<'v>(given: &'v Fields, name: &str) -> Option<&'v ConstValue> {
    given.get(name).filter(|value| **value != ConstValue::Null)
}

/// The operators of an operator input, with their values.
fn operators<'v>(
    catalog: &Catalog,
    ty: TypeId,
    value: &'v ConstValue,
) -> Vec<(Op, &'v ConstValue)> {
    let (ConstValue::Object(given), Body::Input(fields)) = (value, &catalog.get(ty).body) else {
        return Vec::new();
    };
    fields
        .iter()
        .filter_map(|field| match field.meaning {
            Meaning::Op(op) => present(given, &field.name).map(|value| (op, value)),
            _ => None,
        })
        .collect()
}

fn each(value: &ConstValue) -> &[ConstValue] {
    match value {
        ConstValue::List(values) => values,
        single => std::slice::from_ref(single),
    }
}

fn text_test(world: &World, ty: TypeId, value: &ConstValue) -> TextTest {
    let operators = operators(&world.catalog, ty, value);
    let ignores_case = operators
        .iter()
        .any(|(op, value)| *op == Op::IgnoreCase && **value == ConstValue::Boolean(true));
    let mut test = TextTest { ignores_case, ..TextTest::default() };
    for (op, value) in operators {
        match (op, value) {
            (Op::IgnoreCase, _) => {}
            (Op::IsNull, ConstValue::Boolean(is_null)) => test.is_null = Some(*is_null),
            (Op::Language, ConstValue::Enum(name)) => {
                test.language = world
                    .snapshot
                    .ontology()
                    .languages
                    .iter()
                    .position(|language| language.name == name.as_str())
                    .and_then(|index| LanguageIndex::try_from(index).ok());
            }
            (op, value) => {
                let texts = each(value).iter().filter_map(|value| match value {
                    ConstValue::String(text) if ignores_case => Some(fold(text)),
                    ConstValue::String(text) => Some(text.clone()),
                    _ => None,
                });
                test.checks.push((op, texts.collect()));
            }
        }
    }
    test
}

fn number_test(world: &World, ty: TypeId, value: &ConstValue) -> NumberTest {
    let mut test = NumberTest::default();
    for (op, value) in operators(&world.catalog, ty, value) {
        match (op, value) {
            (Op::IsNull, ConstValue::Boolean(is_null)) => test.is_null = Some(*is_null),
            (op, value) => {
                test.checks.push((op, each(value).iter().filter_map(decimal).collect()));
            }
        }
    }
    test
}

/// A number or a decimal's text as a decimal.
pub(super) fn decimal(value: &ConstValue) -> Option<Decimal> {
    match value {
        ConstValue::String(text) => text.parse().ok(),
        ConstValue::Number(number) => {
            let text = number.to_string();
            text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        _ => None,
    }
}

/// Compiles the value of a `PeriodFilter`.
pub(super) fn date_test(catalog: &Catalog, ty: TypeId, value: &ConstValue) -> DateTest {
    let mut test = DateTest::default();
    for (op, value) in operators(catalog, ty, value) {
        match (op, value) {
            (Op::IsNull, ConstValue::Boolean(is_null)) => test.is_null = Some(*is_null),
            (op, ConstValue::String(text)) => {
                if let Ok(period) = text.parse::<Period>() {
                    test.checks.push((op, period.days()));
                }
            }
            _ => {}
        }
    }
    test
}

/// The set of values that meet the conditions; the bit after the last value stands for null.
fn enum_test(world: &World, of: EnumOf, ty: TypeId, value: &ConstValue) -> FixedBitSet {
    let catalog = &world.catalog;
    let values: Vec<&str> = match (of, enum_of(catalog, ty)) {
        (_, Some(values)) => values.iter().map(|(name, _)| name.as_str()).collect(),
        // A truth value: false, true.
        (_, None) => vec!["false", "true"],
    };
    let mut set = FixedBitSet::with_capacity(values.len() + 1);
    set.insert_range(..values.len());
    for (op, value) in operators(catalog, ty, value) {
        let mut named = FixedBitSet::with_capacity(values.len() + 1);
        for value in each(value) {
            let name = match value {
                ConstValue::Enum(name) => name.as_str(),
                ConstValue::Boolean(true) => "true",
                ConstValue::Boolean(false) => "false",
                _ => continue,
            };
            named.extend(values.iter().position(|known| *known == name));
        }
        match (op, value) {
            (Op::IsNull, ConstValue::Boolean(true)) => {}
            (Op::Eq | Op::In, _) => set.intersect_with(&named),
            (Op::Ne | Op::NotIn, _) => set.difference_with(&named),
            (Op::Gte, _) => {
                let least = named.minimum().unwrap_or(0);
                set.remove_range(..least);
            }
            _ => {}
        }
    }
    for (op, value) in operators(catalog, ty, value) {
        if op == Op::IsNull && *value == ConstValue::Boolean(true) {
            set.clear();
            set.insert(values.len());
        }
    }
    set
}

/// The values of the enum that an operator input is about.
fn enum_of(catalog: &Catalog, ty: TypeId) -> Option<&Vec<(String, String)>> {
    let Body::Input(fields) = &catalog.get(ty).body else { return None };
    fields.iter().find_map(|field| match &catalog.get(field.ty.named()).body {
        Body::Enum(values) => Some(values),
        _ => None,
    })
}

/// The relations that `RelatedFilter` names by predicate and direction.
fn relations_named(world: &World, ty: TypeId, value: &ConstValue) -> Vec<RelationRead> {
    let (ConstValue::Object(given), Body::Input(fields)) = (value, &world.catalog.get(ty).body)
    else {
        return Vec::new();
    };
    let name = |meaning: Meaning| {
        let field = fields.iter().find(|field| field.meaning == meaning)?;
        match present(given, &field.name)? {
            ConstValue::Enum(name) => Some(name.as_str()),
            _ => None,
        }
    };
    let direction = match name(Meaning::RelatedDirection) {
        Some("OUT") => Direction::Out,
        Some("IN") => Direction::In,
        _ => Direction::Both,
    };
    let predicates = &world.snapshot.ontology().predicates;
    let wanted = name(Meaning::RelatedPredicate);
    (0..)
        .zip(predicates)
        .filter(|(_, predicate)| wanted.is_none_or(|wanted| predicate.name == wanted))
        .map(|(predicate, _)| RelationRead { predicate, direction, kinds: None })
        .collect()
}

fn related_test(
    world: &World,
    ty: TypeId,
    value: &ConstValue,
    relations: Vec<RelationRead>,
) -> Result<RelatedTest, QueryError> {
    let mut test = RelatedTest { relations, statement: None, some: None, none: None, every: None };
    if let (ConstValue::Object(given), Body::Input(fields)) = (value, &world.catalog.get(ty).body) {
        for field in fields {
            let Some(value) = present(given, &field.name) else { continue };
            let place = match field.meaning {
                Meaning::Some => &mut test.some,
                Meaning::NoneOf => &mut test.none,
                Meaning::Every => &mut test.every,
                Meaning::Statement => &mut test.statement,
                _ => continue,
            };
            *place = Some(compile(world, field.ty.named(), value)?);
        }
    }
    if test.some.is_none()
        && test.none.is_none()
        && test.every.is_none()
        && test.statement.is_some()
    {
        // `{statement: ...}` alone asks that there is one.
        test.some = Some(Test::All(Vec::new()));
    }
    Ok(test)
}

impl Test {
    /// Whether an item meets the filter. Cost: what the filter looks at; a condition on related
    /// entities looks at their edges.
    pub(super) fn holds(&self, world: &World, view: &View, item: Item) -> bool {
        let snapshot = &world.snapshot;
        match self {
            Self::All(tests) => tests.iter().all(|test| test.holds(world, view, item)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(world, view, item)),
            Self::Not(test) => !test.holds(world, view, item),
            Self::Text(of, test) => text_holds(world, *of, test, item),
            Self::Enum(of, set) => {
                let value = enum_value(world, *of, item);
                value.map_or_else(|| set.contains(set.len().saturating_sub(1)), |v| set.contains(v))
            }
            Self::Number(of, test) => test.holds(number_value(world, *of, item)),
            Self::Date(of, test) => test.holds(days_of(world, *of, item)),
            Self::Subject(test) => {
                let subject = match item {
                    Item::Statement(id) => snapshot.statement(id).subject,
                    Item::Observation(id) => snapshot.observation(id).subject,
                    _ => return false,
                };
                test.holds(world, view, Item::Entity(subject))
            }
            Self::Object(test) => match item {
                Item::Statement(id) => {
                    test.holds(world, view, Item::Entity(snapshot.statement(id).object))
                }
                _ => false,
            },
            Self::Reference(source, locator) => {
                let mut references = match item {
                    Item::Statement(id) => snapshot.references_of_statement(id),
                    Item::Observation(id) => snapshot.references_of_observation(id),
                    _ => return false,
                };
                references.any(|reference| {
                    let reference = snapshot.reference(reference);
                    source
                        .as_ref()
                        .is_none_or(|test| test.holds(world, view, Item::Source(reference.source)))
                        && locator.as_ref().is_none_or(|test| test.holds(world, reference.locator))
                })
            }
            Self::Related(test) => match item {
                Item::Entity(entity) => test.holds(world, view, entity),
                _ => false,
            },
            Self::Observed(test) => match item {
                Item::Entity(entity) => {
                    snapshot.observations_of(entity).iter().map(|id| ObservationId(*id)).any(|id| {
                        view.has_observation(world, id)
                            && test.holds(world, view, Item::Observation(id))
                    })
                }
                _ => false,
            },
            Self::SpokenOfBy(test) => match item {
                Item::Entity(entity) => {
                    let mut is_met = false;
                    related::for_each_reference(world, view, entity, |source| {
                        is_met = is_met || test.holds(world, view, Item::Source(source));
                    });
                    is_met
                }
                _ => false,
            },
        }
    }
}

impl RelatedTest {
    fn holds(&self, world: &World, view: &View, entity: EntityId) -> bool {
        let (mut has_some, mut has_none, mut is_every) = (false, true, true);
        for relation in &self.relations {
            related::for_each_related(world, view, relation, entity, |_, neighbor, statement| {
                let counts = |statement: StatementId| {
                    self.statement
                        .as_ref()
                        .is_none_or(|test| test.holds(world, view, Item::Statement(statement)))
                };
                if !counts(statement) {
                    return true;
                }
                let is = |test: &Option<Test>| {
                    test.as_ref()
                        .is_some_and(|test| test.holds(world, view, Item::Entity(neighbor)))
                };
                has_some = has_some || is(&self.some);
                has_none = has_none && !is(&self.none);
                is_every = is_every && (self.every.is_none() || is(&self.every));
                // Nothing further can change the answer once it is known.
                let is_decided = !has_none || !is_every;
                let wants_all = self.none.is_some() || self.every.is_some();
                !is_decided && (wants_all || !has_some)
            });
        }
        (self.some.is_none() || has_some) && has_none && is_every
    }
}

impl TextTest {
    fn holds(&self, world: &World, text: StringId) -> bool {
        let Some(id) = text.some() else {
            return match self.is_null {
                Some(is_null) => is_null,
                // What is not given differs from everything.
                None => self.checks.iter().all(|(op, _)| matches!(op, Op::Ne | Op::NotIn)),
            };
        };
        if self.is_null == Some(true) {
            return false;
        }
        let text = world.snapshot.strings().get(id);
        if self.ignores_case && !text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
            return self.meets(&fold(text));
        }
        self.meets(text)
    }

    fn meets(&self, text: &str) -> bool {
        self.checks.iter().all(|(op, values)| match op {
            Op::Ne | Op::NotIn => values.iter().all(|value| value != text),
            Op::Contains => values.iter().any(|value| text.contains(value.as_str())),
            Op::StartsWith => values.iter().any(|value| text.starts_with(value.as_str())),
            Op::EndsWith => values.iter().any(|value| text.ends_with(value.as_str())),
            _ => values.iter().any(|value| value == text),
        })
    }
}

impl NumberTest {
    fn holds(&self, number: Option<Decimal>) -> bool {
        let Some(number) = number else {
            return match self.is_null {
                Some(is_null) => is_null,
                None => self.checks.iter().all(|(op, _)| matches!(op, Op::Ne | Op::NotIn)),
            };
        };
        self.is_null != Some(true)
            && self.checks.iter().all(|(op, values)| match op {
                Op::Ne | Op::NotIn => values.iter().all(|value| *value != number),
                Op::Lt => values.iter().all(|value| number < *value),
                Op::Lte => values.iter().all(|value| number <= *value),
                Op::Gt => values.iter().all(|value| number > *value),
                Op::Gte => values.iter().all(|value| number >= *value),
                _ => values.contains(&number),
            })
    }
}

impl DateTest {
    /// Whether a stretch of days meets the conditions; `None` is a time that is not given.
    pub(super) fn holds(&self, days: Option<(i32, i32)>) -> bool {
        let Some((first, last)) = days else {
            return self.is_null == Some(true)
                || (self.is_null.is_none() && self.checks.is_empty());
        };
        self.is_null != Some(true)
            && self.checks.iter().all(|(op, (from, to))| match op {
                Op::Within => first >= *from && last <= *to,
                Op::Before => last < *from,
                Op::After => first > *to,
                Op::Eq => first == *from && last == *to,
                _ => first <= *to && *from <= last,
            })
    }
}

fn property(world: &World, slot: u16, item: Item) -> Option<PropertyValue> {
    let Item::Entity(entity) = item else { return None };
    let kind = usize::from(world.snapshot.kind(entity));
    let property = world.catalog.properties[usize::from(slot)].of_kind[kind]?;
    world.snapshot.property(entity, property.into())
}

fn text_holds(world: &World, of: TextOf, test: &TextTest, item: Item) -> bool {
    let snapshot = &world.snapshot;
    let languages = snapshot.ontology().languages.len() as LanguageIndex;
    let in_languages = |text: &dyn Fn(LanguageIndex) -> StringId| match test.language {
        Some(language) => test.holds(world, text(language)),
        None if test.is_null == Some(true) => {
            (0..languages).all(|language| text(language) == StringId::NONE)
        }
        None => {
            (0..languages).map(text).any(|text| text != StringId::NONE && test.holds(world, text))
        }
    };
    match (item, of) {
        (Item::Entity(id), TextOf::Key) => test.holds(world, snapshot.key(id)),
        (Item::Entity(id), TextOf::Label) => in_languages(&|l| snapshot.label_in(id, l)),
        (Item::Entity(id), TextOf::Description) => {
            in_languages(&|l| snapshot.description(id, Some(l)))
        }
        (Item::Entity(id), TextOf::Alias) => {
            let mut aliases = snapshot.alias_range(id);
            match test.is_null {
                Some(true) => aliases.is_empty(),
                _ => aliases.any(|alias| test.holds(world, snapshot.alias(alias))),
            }
        }
        (item, TextOf::Property(slot)) => match property(world, slot, item) {
            Some(PropertyValue::String(text)) => test.holds(world, text),
            _ => test.holds(world, StringId::NONE),
        },
        (Item::Statement(id), TextOf::Key) => test.holds(world, snapshot.statement(id).key),
        (Item::Statement(id), TextOf::Note) => test.holds(world, snapshot.statement(id).note),
        (Item::Observation(id), TextOf::Key) => test.holds(world, snapshot.observation(id).key),
        (Item::Observation(id), TextOf::Note) => test.holds(world, snapshot.observation(id).note),
        (Item::Observation(id), TextOf::Unit) => test.holds(world, snapshot.observation(id).unit),
        (Item::Source(id), of) => {
            let source = snapshot.source(id);
            let text = match of {
                TextOf::Key => source.key,
                TextOf::Title => source.title,
                TextOf::Publisher => source.publisher,
                TextOf::Url => source.url,
                TextOf::Language => source.language,
                TextOf::Genre => source.genre,
                _ => StringId::NONE,
            };
            test.holds(world, text)
        }
        _ => false,
    }
}

fn enum_value(world: &World, of: EnumOf, item: Item) -> Option<usize> {
    let snapshot = &world.snapshot;
    match (item, of) {
        (Item::Entity(id), EnumOf::Kind) => Some(snapshot.kind(id).into()),
        (Item::Statement(id), EnumOf::Predicate) => Some(snapshot.statement(id).predicate.into()),
        (Item::Statement(id), EnumOf::Confidence) => {
            Some(snapshot.statement(id).confidence.index())
        }
        (Item::Statement(id), EnumOf::Rank) => Some(snapshot.statement(id).rank.index()),
        (Item::Observation(id), EnumOf::Metric) => Some(snapshot.observation(id).metric.into()),
        (Item::Observation(id), EnumOf::Approximation) => {
            Some(snapshot.observation(id).approximation.index())
        }
        (Item::Observation(id), EnumOf::Confidence) => {
            Some(snapshot.observation(id).confidence.index())
        }
        (Item::Observation(id), EnumOf::Rank) => Some(snapshot.observation(id).rank.index()),
        (Item::Observation(id), EnumOf::Status) => Some(snapshot.observation(id).status.index()),
        (item, EnumOf::Property(slot)) => match property(world, slot, item)? {
            PropertyValue::Enum(value) => Some(value.into()),
            PropertyValue::Boolean(value) => Some(value.into()),
            _ => None,
        },
        _ => None,
    }
}

fn number_value(world: &World, of: NumberOf, item: Item) -> Option<Decimal> {
    match (item, of) {
        (Item::Observation(id), NumberOf::Value) => Some(world.snapshot.observation(id).value),
        (item, NumberOf::Property(slot)) => match property(world, slot, item)? {
            PropertyValue::Int(number) => Some(number.into()),
            PropertyValue::Float(number) => Decimal::from_f64_retain(number),
            PropertyValue::Decimal(number) => Some(number),
            _ => None,
        },
        _ => None,
    }
}

fn days_of(world: &World, of: DateOf, item: Item) -> Option<(i32, i32)> {
    let snapshot = &world.snapshot;
    match (item, of) {
        (Item::Statement(id), DateOf::Valid) => {
            let statement = snapshot.statement(id);
            (statement.valid_from.is_some() || statement.valid_until.is_some())
                .then(|| statement.days())
        }
        (Item::Observation(id), DateOf::Period) => Some(snapshot.observation(id).period.days()),
        (Item::Source(id), DateOf::Published) => snapshot.source(id).published.map(Period::days),
        (item, DateOf::Property(slot)) => match property(world, slot, item)? {
            PropertyValue::Date(period) => Some(period.days()),
            _ => None,
        },
        _ => None,
    }
}
