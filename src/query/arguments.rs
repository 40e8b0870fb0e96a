//! What the arguments of a field come to: values looked up and filters compiled, once for a
//! request and not once for a row.

use async_graphql::Value as ConstValue;
use fixedbitset::FixedBitSet;
use jiff::Timestamp;

use super::{
    QueryError, View, World,
    args::{
        AggregateArgs, Args, By, ConflictArgs, ConnectionsArgs, Conversion, CostBy, Edge,
        GREATEST_PAGE, MatchArgs, Measured, NeighborhoodArgs, Order, OrderBy, PageArgs, PathArgs,
        RankArgs, RowArgs, SearchArgs, SeriesArgs, SimilarArgs, Variable,
    },
    catalog::{Body, Field, InputField, Read},
    computed::aggregate::{GROUP_FIELDS, MEASURE_FIELDS},
    filter::{self},
    page::read_opaque,
};
use crate::{
    analytics::{Measure, measures::Similarity, paths::Mode},
    graph::{EntityId, Table},
    model::{Closed, Confidence, Decimal, Period, hint, nearest},
    ontology::{
        Direction, LanguageIndex, MetricIndex, PredicateIndex, Property, PropertyType, constant,
    },
    search::Scope,
};

/// Values of a field's arguments by name. Null counts as not given.
struct Given<'a> {
    world: &'a World,
    inputs: &'a [InputField],
    values: &'a [Option<ConstValue>],
}

impl<'a> Given<'a> {
    fn get(&self, name: &str) -> Option<(&'a InputField, &'a ConstValue)> {
        let place = self.inputs.iter().position(|input| input.name == name)?;
        let value = self.values.get(place)?.as_ref()?;
        (*value != ConstValue::Null).then_some((&self.inputs[place], value))
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name)?.1 {
            ConstValue::String(text) => Some(text.clone()),
            _ => None,
        }
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let ConstValue::List(values) = self.get(name)?.1 else { return None };
        let text = |value: &ConstValue| match value {
            ConstValue::String(text) => Some(text.clone()),
            _ => None,
        };
        Some(values.iter().filter_map(text).collect())
    }

    /// A whole number from `least` to `greatest`.
    fn number(&self, name: &str, least: i64, greatest: i64) -> Result<Option<u32>, QueryError> {
        let Some((_, ConstValue::Number(number))) = self.get(name) else { return Ok(None) };
        let number = number.as_i64().unwrap_or_default();
        if !(least..=greatest).contains(&number) {
            return Err(QueryError::input(format!(
                "`{name}` is {number}, expected a whole number from {least} to {greatest}"
            )));
        }
        Ok(u32::try_from(number).ok())
    }

    /// The index of an enum's value.
    fn value(&self, name: &str) -> Option<usize> {
        let (input, value) = self.get(name)?;
        value_index(self.world, input, value)
    }

    fn language(&self) -> Option<LanguageIndex> {
        self.value("lang").and_then(|index| LanguageIndex::try_from(index).ok())
    }

    fn direction(&self) -> Direction {
        match self.value("direction") {
            Some(0) => Direction::Out,
            Some(1) => Direction::In,
            _ => Direction::Both,
        }
    }

    /// The set of values of an enum that a list names.
    fn set(&self, name: &str) -> Option<FixedBitSet> {
        let (input, ConstValue::List(values)) = self.get(name)? else { return None };
        let Body::Enum(known) = &self.world.catalog.get(input.ty.named()).body else { return None };
        let mut set = FixedBitSet::with_capacity(known.len());
        set.extend(values.iter().filter_map(|value| value_index(self.world, input, value)));
        Some(set)
    }

    fn page(&self) -> Result<PageArgs, QueryError> {
        let cursor = |name: &str| -> Result<Option<String>, QueryError> {
            let Some(text) = self.text(name) else { return Ok(None) };
            match read_opaque(&text) {
                Some(key) => Ok(Some(key)),
                None => Err(QueryError::input(format!(
                    "`{name}` is \"{text}\", expected a cursor that an edge or pageInfo gave"
                ))),
            }
        };
        Ok(PageArgs {
            first: self.number("first", 0, GREATEST_PAGE.into())?,
            last: self.number("last", 0, GREATEST_PAGE.into())?,
            after: cursor("after")?,
            before: cursor("before")?,
        })
    }

    fn rows(&self) -> Result<RowArgs, QueryError> {
        Ok(RowArgs { page: self.page()?, ..self.rows_without_page()? })
    }

    fn rows_without_page(&self) -> Result<RowArgs, QueryError> {
        let filter = self
            .get("where")
            .map(|(input, value)| filter::compile(self.world, input.ty.named(), value))
            .transpose()?;
        let period = self
            .get("period")
            .map(|(input, value)| filter::date_test(&self.world.catalog, input.ty.named(), value));
        Ok(RowArgs {
            page: PageArgs::default(),
            filter,
            order: self.order()?,
            direction: self.direction(),
            predicates: self.set("predicates"),
            kinds: self.set("kinds"),
            metrics: self.set("metrics"),
            period,
        })
    }

    fn order(&self) -> Result<Vec<Order>, QueryError> {
        let Some((input, _)) = self.get("orderBy") else { return Ok(Vec::new()) };
        let rows = self.world.catalog.get(input.ty.named()).name.as_str();
        let orders = self.objects("orderBy", |given| {
            let Some((_, ConstValue::Enum(field))) = given.get("field") else { return Ok(None) };
            let by = order_by(self.world, rows, field.as_str());
            let is_descending = given.value("direction") == Some(1);
            Ok(by.map(|by| Order { by, is_descending, language: given.language() }))
        })?;
        Ok(orders.into_iter().flatten().collect())
    }

    /// The entity with a key; the nearest key if there is none.
    fn entity(&self, argument: &str, key: &str) -> Result<EntityId, QueryError> {
        let snapshot = &self.world.snapshot;
        snapshot.entity(key).ok_or_else(|| {
            no_such(argument, "entity", key, nearest(key, snapshot.keys_of(Table::Entities)))
        })
    }

    /// The entities whose keys a list names.
    fn entities(&self, argument: &str) -> Result<Vec<EntityId>, QueryError> {
        let keys = self.texts(argument).unwrap_or_default();
        keys.iter().map(|key| self.entity(argument, key)).collect()
    }

    /// The set that one list names, or all, less what another names.
    fn set_without(&self, wanted: &str, avoided: &str) -> Option<FixedBitSet> {
        let (set, avoided) = (self.set(wanted), self.set(avoided));
        let Some(avoided) = avoided else { return set };
        let mut set = set.unwrap_or_else(|| {
            let mut all = FixedBitSet::with_capacity(avoided.len());
            all.insert_range(..);
            all
        });
        set.difference_with(&avoided);
        Some(set)
    }

    fn paths(&self) -> Result<PathArgs, QueryError> {
        let end = |name: &str| self.entity(name, &self.text(name).unwrap_or_default());
        let mode = match self.value("mode") {
            Some(1) => Mode::AllShortest,
            Some(2 | 4) => Mode::KShortest,
            Some(3) => Mode::Simple,
            _ => Mode::Shortest,
        };
        let is_weighted = self.value("mode") == Some(4);
        let cost = match (self.value("cost"), is_weighted) {
            (None, true) | (Some(1), _) => CostBy::Confidence,
            (Some(2), _) => CostBy::Recency,
            (Some(3), _) => CostBy::Property(self.numeric_property("costProperty")?),
            _ => CostBy::Hops,
        };
        if cost != CostBy::Hops && matches!(mode, Mode::Shortest | Mode::AllShortest) {
            return Err(QueryError::input(
                "`cost` is given, but `mode` counts steps; expected mode WEIGHTED, K_SHORTEST or SIMPLE",
            ));
        }
        let most = if mode == Mode::Simple { 4 } else { 10 };
        Ok(PathArgs {
            from: end("from")?,
            to: end("to")?,
            mode,
            cost,
            direction: self.direction(),
            predicates: self.set_without("predicates", "avoidPredicates"),
            kinds: self.set_without("kinds", "avoidKinds"),
            via: self.entities("via")?,
            max_length: self.number("maxLength", 1, 20)?.unwrap_or(most) as usize,
            first: self.number("first", 0, 1000)?.unwrap_or(1) as usize,
            after: self.place_after("path:")?,
        })
    }

    fn series(&self) -> Result<SeriesArgs, QueryError> {
        let day = |name: &str| self.text(name).and_then(|text| text.parse::<Period>().ok());
        let convert = self.objects("convert", |given| {
            let rate = given.get("rate").and_then(|(_, value)| filter::decimal(value));
            let rate = rate.unwrap_or_default();
            if rate <= Decimal::ZERO {
                return Err(QueryError::input(format!(
                    "`convert` has the rate {rate}, expected one above 0"
                )));
            }
            let unit = |name: &str| given.text(name).unwrap_or_default();
            Ok(Conversion { from: unit("from"), to: unit("to"), rate })
        })?;
        Ok(SeriesArgs {
            metric: self.value("metric").unwrap_or_default() as MetricIndex,
            of: self.entities("of")?,
            from: day("from").map_or(i32::MIN, |period| period.days().0),
            to: day("to").map_or(i32::MAX, |period| period.days().1),
            statuses: self.set("statuses").unwrap_or_default(),
            convert,
        })
    }

    /// The objects of a list, or the one that an argument is, each as values of its fields.
    fn objects<T>(
        &self,
        argument: &str,
        read: impl Fn(&Given<'_>) -> Result<T, QueryError>,
    ) -> Result<Vec<T>, QueryError> {
        let Some((input, value)) = self.get(argument) else { return Ok(Vec::new()) };
        let Body::Input(inputs) = &self.world.catalog.get(input.ty.named()).body else {
            return Ok(Vec::new());
        };
        let object = |item: &ConstValue| {
            let ConstValue::Object(fields) = item else {
                return Err(QueryError::input(format!("`{argument}` has {item} in it")));
            };
            let values: Vec<Option<ConstValue>> =
                inputs.iter().map(|input| fields.get(input.name.as_str()).cloned()).collect();
            read(&Given { world: self.world, inputs, values: &values })
        };
        match value {
            ConstValue::List(items) => items.iter().map(object).collect(),
            one => Ok(vec![object(one)?]),
        }
    }

    /// How many rows a cursor that was made of a count stands for.
    fn place_after(&self, prefix: &str) -> Result<usize, QueryError> {
        let Some(text) = self.text("after") else { return Ok(0) };
        let place = read_opaque(&text).and_then(|text| text.strip_prefix(prefix)?.parse().ok());
        place.ok_or_else(|| {
            let message = format!("`after` is \"{text}\", expected a cursor that an answer gave");
            QueryError::input(message)
        })
    }

    fn pattern(&self) -> Result<MatchArgs, QueryError> {
        let pattern = self.objects("pattern", |given| given.shape())?.pop();
        let (variables, edges, distinct) =
            pattern.ok_or_else(|| QueryError::input("`pattern` is missing"))?;
        Ok(MatchArgs {
            variables,
            edges,
            distinct,
            first: self.number("first", 0, GREATEST_PAGE.into())?.unwrap_or(100) as usize,
            after: self.place_after("match:")?,
        })
    }

    /// The variables and edges of a pattern, and whether its variables stand for different entities.
    fn shape(&self) -> Result<(Vec<Variable>, Vec<Edge>, bool), QueryError> {
        let filter = |given: &Given<'_>| {
            let found = given.get("where");
            found.map(|(i, value)| filter::compile(self.world, i.ty.named(), value)).transpose()
        };
        let variables = self.objects("variables", |given| {
            let entities = given.get("keys").map(|_| given.entities("keys")).transpose()?;
            Ok(Variable {
                name: given.text("name").unwrap_or_default(),
                kinds: given.set("kinds"),
                entities,
                filter: filter(given)?,
            })
        })?;
        if variables.is_empty() || variables.len() > 20 {
            let message = format!("`variables` has {} entries", variables.len());
            return Err(QueryError::input(message + ", expected from 1 to 20"));
        }
        for (place, variable) in variables.iter().enumerate() {
            if variables[..place].iter().any(|other| other.name == variable.name) {
                let message = format!("`variables` has \"{}\" twice", variable.name);
                return Err(QueryError::input(message + ", expected a name of its own for each"));
            }
        }
        let place = |name: String| {
            let names = || variables.iter().map(|variable| variable.name.as_str());
            names().position(|known| known == name).ok_or_else(|| {
                let hint = hint(nearest(&name, names()));
                QueryError::input(format!(
                    "`edges` names \"{name}\", expected the name of a variable{hint}"
                ))
            })
        };
        let edges = self.objects("edges", |given| {
            let least = given.number("minLength", 1, 10)?.unwrap_or(1);
            let most = given.number("maxLength", 1, 10)?.unwrap_or(1);
            if most < least {
                return Err(QueryError::input(format!(
                    "`maxLength` is {most}, expected at least `minLength`, which is {least}"
                )));
            }
            let is_set = |name: &str| {
                given.get(name).is_some_and(|(_, value)| *value == ConstValue::Boolean(true))
            };
            let (optional, negated) = (is_set("optional"), is_set("negated"));
            if optional && negated {
                let message = "an edge is `optional` and `negated`, expected one of the two";
                return Err(QueryError::input(message));
            }
            Ok(Edge {
                from: place(given.text("from").unwrap_or_default())?,
                to: place(given.text("to").unwrap_or_default())?,
                predicates: given.set("predicates"),
                direction: given.direction(),
                filter: filter(given)?,
                optional,
                negated,
                length: (least, most),
            })
        })?;
        let distinct = self.get("distinct").is_none_or(|(_, v)| *v == ConstValue::Boolean(true));
        Ok((variables, edges, distinct))
    }

    fn aggregate(&self) -> Result<AggregateArgs, QueryError> {
        let known = |name: &str, is_number: bool| {
            let kinds = &self.world.snapshot.ontology().kinds;
            let fits = |property: &Property| !is_number || is_numeric(property.ty);
            let names = || {
                let all = kinds.iter().flat_map(|kind| &kind.properties);
                all.filter(|property| fits(property)).map(|property| property.name.as_str())
            };
            if names().any(|known| known == name) {
                return Ok(name.to_owned());
            }
            let what = if is_number { "a numeric property" } else { "a property" };
            let hint = hint(nearest(name, names()));
            Err(QueryError::input(format!(
                "`property` is \"{name}\", expected the name of {what}{hint}"
            )))
        };
        let by = self.objects("groupBy", |given| {
            let field = given.value("field").unwrap_or_default();
            let name = GROUP_FIELDS[field].0;
            let property = match (name, given.text("property")) {
                ("PROPERTY", property) => known(&property.unwrap_or_default(), false)?,
                _ => String::new(),
            };
            let predicate = given.value("predicate");
            if name == "RELATED" && predicate.is_none() {
                return Err(QueryError::input(
                    "`groupBy` has RELATED without `predicate`, expected the predicate to follow",
                ));
            }
            let direction = given.get("direction").map_or(Direction::Out, |_| given.direction());
            let related = predicate.map(|predicate| (predicate as PredicateIndex, direction));
            Ok(By { field, property, related })
        })?;
        let measures = self.objects("measures", |given| {
            let field = given.value("of").unwrap_or_default();
            let property = match MEASURE_FIELDS[field].0 {
                "PROPERTY" => known(&given.text("property").unwrap_or_default(), true)?,
                _ => String::new(),
            };
            Ok(Measured { field, property })
        })?;
        Ok(AggregateArgs {
            by,
            measures,
            first: self.number("first", 0, GREATEST_PAGE.into())?.unwrap_or(1000) as usize,
            rows: Some(Box::new(self.rows_without_page()?)),
        })
    }

    /// The property with the name that an argument gives, which is a number.
    fn numeric_property(&self, argument: &str) -> Result<u16, QueryError> {
        let name = self.text(argument).unwrap_or_default();
        let properties = &self.world.catalog.properties;
        let numbers = || properties.iter().filter(|p| is_numeric(p.ty)).map(|p| p.name.as_str());
        properties
            .iter()
            .position(|property| property.name == name && is_numeric(property.ty))
            .and_then(|slot| u16::try_from(slot).ok())
            .ok_or_else(|| {
                let hint = hint(nearest(&name, numbers()));
                QueryError::input(format!(
                    "`{argument}` is \"{name}\", expected the name of a numeric property{hint}"
                ))
            })
    }

    fn view(&self) -> Result<View, QueryError> {
        let snapshot = &self.world.snapshot;
        let on = self.text("on").and_then(|text| text.parse::<Period>().ok());
        let known_at = self.text("knownAt").and_then(|text| text.parse::<Timestamp>().ok());
        let known = known_at.map(|moment| snapshot.revision_at(moment));
        let revision = self.number("revision", 1, snapshot.revision().into())?;
        let mut view = View {
            on: on.map(Period::days).into_iter().collect(),
            is_before_the_graph: known == Some(0),
            revision: known.filter(|known| *known > 0).into_iter().chain(revision).min(),
            min_confidence: self.value("minConfidence").map(Confidence::at),
            sources: None,
        };
        if let Some(keys) = self.texts("sources") {
            let mut sources = FixedBitSet::with_capacity(snapshot.bound(Table::Sources));
            for key in keys {
                let Some(source) = snapshot.source_with_key(&key) else {
                    let keys = snapshot.keys_of(Table::Sources);
                    return Err(no_such("sources", "source", &key, nearest(&key, keys)));
                };
                sources.insert(source.index());
            }
            view.sources = Some(sources);
        }
        Ok(view)
    }
}

fn is_numeric(ty: PropertyType) -> bool {
    matches!(ty, PropertyType::Int | PropertyType::Float | PropertyType::Decimal)
}

fn no_such(argument: &str, what: &str, key: &str, nearest: Option<&str>) -> QueryError {
    let hint = hint(nearest);
    QueryError::input(format!("`{argument}` names \"{key}\", but no {what} has this key{hint}"))
}

fn value_index(world: &World, input: &InputField, value: &ConstValue) -> Option<usize> {
    let (ConstValue::Enum(name), Body::Enum(known)) =
        (value, &world.catalog.get(input.ty.named()).body)
    else {
        return None;
    };
    known.iter().position(|(known, _)| known == name.as_str())
}

/// What a value of the enum `{rows}OrderField` orders by.
fn order_by(world: &World, rows: &str, name: &str) -> Option<OrderBy> {
    let is_claim = matches!(rows, "StatementOrder" | "ObservationOrder" | "SourceOrder");
    Some(match name {
        "KEY" => OrderBy::Key,
        "KIND" => OrderBy::Kind,
        "LABEL" => OrderBy::Label,
        "DEGREE" => OrderBy::Degree,
        "PREDICATE" | "METRIC" if is_claim => OrderBy::Kind,
        "TITLE" if is_claim => OrderBy::Label,
        "VALID_FROM" | "PERIOD" | "PUBLISHED" if is_claim => OrderBy::Time,
        "CONFIDENCE" if is_claim => OrderBy::Confidence,
        "VALUE" if is_claim => OrderBy::Value,
        other => {
            let measure = Measure::ALL.iter().find(|(_, name, ..)| *name == other);
            if let Some((measure, ..)) = measure.filter(|_| !is_claim) {
                return Some(OrderBy::Measure(*measure));
            }
            let slot = world.catalog.properties.iter().position(|p| constant(&p.name) == other)?;
            OrderBy::Property(u16::try_from(slot).ok()?)
        }
    })
}

/// Binds the coerced values of a field's arguments: looks up keys, compiles filters, checks ranges.
///
/// # Errors
/// What is wrong with a value, and the nearest right one.
pub fn bind(
    world: &World,
    field: &Field,
    values: &[Option<ConstValue>],
) -> Result<Args, QueryError> {
    if field.args.is_empty() {
        return Ok(Args::None);
    }
    let given = Given { world, inputs: &field.args, values };
    Ok(match field.read {
        Read::Node => Args::Key(given.text("id").unwrap_or_default()),
        Read::Nodes => {
            let ids = given.texts("ids").unwrap_or_default();
            if ids.len() > GREATEST_PAGE as usize {
                return Err(QueryError::input(format!(
                    "`ids` has {} entries, expected at most {GREATEST_PAGE}",
                    ids.len()
                )));
            }
            Args::Ids(ids)
        }
        Read::Entity(_)
        | Read::StatementWithKey
        | Read::ObservationWithKey
        | Read::SourceWithKey => Args::Key(given.text("key").unwrap_or_default()),
        Read::Label | Read::Description | Read::InverseLabel => Args::Language(given.language()),
        Read::Search | Read::Suggest | Read::FullText => Args::Search(Box::new(SearchArgs {
            text: given.text("text").or_else(|| given.text("prefix")).unwrap_or_default(),
            scope: match field.read {
                Read::Suggest => Scope::Names,
                Read::FullText => Scope::All,
                _ => Scope::Entities,
            },
            kinds: given.set("kinds"),
            language: given.language(),
            first: given.number("first", 0, 1000)?.unwrap_or(10) as usize,
        })),
        Read::Neighborhood => Args::Neighborhood(Box::new(NeighborhoodArgs {
            of: given.entities("of")?,
            depth: given.number("depth", 0, 100)?.unwrap_or(1) as usize,
            direction: given.direction(),
            predicates: given.set("predicates"),
            kinds: given.set("kinds"),
            limit: given.number("limit", 1, GREATEST_PAGE.into())?.unwrap_or(500) as usize,
        })),
        Read::Sentence | Read::Explanation => Args::Language(given.language()),
        Read::Paths => Args::Paths(Box::new(given.paths()?)),
        Read::Connections => Args::Connections(Box::new(ConnectionsArgs {
            keys: given.entities("keys")?,
            max_length: given.number("maxLength", 1, 10)?.unwrap_or(4) as usize,
            predicates: given.set_without("predicates", "avoidPredicates"),
            kinds: given.set_without("kinds", "avoidKinds"),
        })),
        Read::Series => Args::Series(Box::new(given.series()?)),
        Read::Conflicts => Args::Conflicts(Box::new(ConflictArgs {
            metrics: given.set("metrics"),
            predicates: given.set("predicates"),
            of: given.get("of").map(|_| given.entities("of")).transpose()?,
        })),
        Read::PointShare => Args::Metric(given.value("of").unwrap_or_default() as MetricIndex),
        Read::Aggregate => Args::Aggregate(Box::new(given.aggregate()?)),
        Read::Match => Args::Match(Box::new(given.pattern()?)),
        Read::MatchEntity => Args::Key(given.text("variable").unwrap_or_default()),
        Read::Similar => Args::Similar(Box::new(SimilarArgs {
            by: match given.value("by") {
                Some(1) => Similarity::AdamicAdar,
                _ => Similarity::Jaccard,
            },
            kinds: given.set("kinds"),
            linked: given.get("linked").map(|(_, value)| *value == ConstValue::Boolean(true)),
            first: given.number("first", 0, 1000)?.unwrap_or(10) as usize,
        })),
        Read::PageRank => Args::Rank(Box::new(RankArgs {
            seeds: given.entities("seeds")?,
            kinds: given.set("kinds"),
            first: given.number("first", 0, GREATEST_PAGE.into())?.unwrap_or(20) as usize,
        })),
        Read::View => Args::View(Box::new(given.view()?)),
        _ => Args::Rows(Box::new(given.rows()?)),
    })
}
