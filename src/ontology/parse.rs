//! From SDL to an [`Ontology`]. Every mistake of the whole text is reported in one run.

use std::collections::HashMap;

use async_graphql::{
    Positioned, Value as ConstValue,
    parser::{
        Error as ParseError, parse_schema,
        types::{
            BaseType, ConstDirective, DirectiveLocation, EnumType, FieldDefinition, Type,
            TypeDefinition, TypeKind, TypeSystemDefinition,
        },
    },
};
use fixedbitset::FixedBitSet;

use super::{
    Diagnostic, Diagnostics, Direction, Group, Kind, Label, Language, LanguageIndex, Metric,
    Ontology, Position, Predicate, PredicateIndex, Property, PropertyEnum, PropertyType, Relation,
    directives::{Directives, position},
    position as index_of,
};
use crate::model::nearest;

/// Names an ontology may not take, because the API's generic part has them.
const RESERVED_TYPES: &[&str] = &[
    "Approximation",
    "ApproximationFilter",
    "Binding",
    "Boolean",
    "BooleanFilter",
    "Change",
    "ChangeInput",
    "ChangeOperation",
    "ColumnChange",
    "CommitInput",
    "CommitPayload",
    "Confidence",
    "ConfidenceFilter",
    "Conflict",
    "ConflictReason",
    "Conversion",
    "DateTime",
    "Decimal",
    "DecimalFilter",
    "Direction",
    "Entity",
    "EntityConnection",
    "EntityEdge",
    "EntityFilter",
    "EntityInput",
    "EntityOrder",
    "EntityOrderField",
    "Example",
    "FigureChange",
    "FigureRank",
    "Float",
    "FloatFilter",
    "FullText",
    "GraphInfo",
    "Group",
    "GroupBy",
    "GroupField",
    "GroupKey",
    "Growth",
    "ID",
    "Icon",
    "Int",
    "IntFilter",
    "Kind",
    "KindCount",
    "KindFilter",
    "KindInfo",
    "LabelFilter",
    "LanguageInfo",
    "Match",
    "MatchConnection",
    "MatchEdge",
    "Measure",
    "MeasureField",
    "MeasureResult",
    "Measures",
    "MergeInput",
    "MetricFilter",
    "MetricInfo",
    "Mutation",
    "Node",
    "Observation",
    "ObservationConnection",
    "ObservationEdge",
    "ObservationFilter",
    "ObservationInput",
    "ObservationOrder",
    "ObservationOrderField",
    "OrderDirection",
    "PageInfo",
    "PartialDate",
    "Path",
    "PathCost",
    "PathMode",
    "PathStep",
    "PatternEdge",
    "PatternInput",
    "PatternVariable",
    "Period",
    "PeriodFilter",
    "PredicateFilter",
    "PredicateInfo",
    "Property",
    "PropertyInput",
    "Query",
    "Rank",
    "RankFilter",
    "RankedEntity",
    "Reference",
    "ReferenceInput",
    "RelatedFilter",
    "RelationConnection",
    "RelationEdge",
    "SearchField",
    "SearchHit",
    "Series",
    "SeriesPoint",
    "SimilarEntity",
    "Similarity",
    "Source",
    "SourceConnection",
    "SourceEdge",
    "SourceFilter",
    "SourceInput",
    "SourceOrder",
    "SourceOrderField",
    "Statement",
    "StatementConnection",
    "StatementEdge",
    "StatementFilter",
    "StatementInput",
    "StatementOrder",
    "StatementOrderField",
    "Status",
    "StatusFilter",
    "String",
    "StringFilter",
    "Subgraph",
    "Subscription",
    "Table",
    "Text",
    "TextHit",
    "TextInput",
    "TextPart",
];

/// Fields every kind has already.
const RESERVED_FIELDS: &[&str] = &[
    "id",
    "key",
    "kind",
    "label",
    "labels",
    "aliases",
    "description",
    "relations",
    "observations",
    "sources",
    "properties",
    "measures",
    "similar",
    "recordedAt",
    "revision",
    "statementsDuring",
    "observationsDuring",
    "and",
    "or",
    "not",
    "alias",
    "related",
    "observed",
    "source",
    "history",
    "aggregate",
];

impl Ontology {
    /// Reads an ontology from SDL files, given as (name, text).
    ///
    /// # Errors
    /// Every mistake, with file, line and column, what was expected and the nearest right name.
    pub fn parse(files: &[(String, String)]) -> Result<Self, Diagnostics> {
        let mut reader = Reader {
            directives: Directives::of_the_language(),
            types: Vec::new(),
            problems: Vec::new(),
            ontology: Self::default(),
        };
        let mut is_whole = true;
        for (file, text) in files {
            reader.ontology.sdl.push_str(text);
            match parse_schema(text) {
                Ok(document) => reader.collect(file, document.definitions),
                Err(error) => {
                    is_whole = false;
                    reader.problems.push(syntax(file, &error));
                }
            }
        }
        if is_whole {
            reader.read();
        }
        if reader.problems.is_empty() {
            Ok(reader.ontology)
        } else {
            reader.problems.sort();
            reader.problems.dedup();
            Err(Diagnostics(reader.problems))
        }
    }
}

fn syntax(file: &str, error: &ParseError) -> Diagnostic {
    let at = error.positions().next();
    let message = error.to_string();
    // The parser draws the line with an arrow; its last line says what it waited for.
    let expected = message.lines().last().unwrap_or_default().trim_start_matches([' ', '=']).trim();
    let at = at.map_or_else(
        || Position { file: file.to_owned(), line: 0, column: 0 },
        |pos| position(file, pos),
    );
    Diagnostic::new(at, format!("this is not GraphQL SDL: {}", expected.replace('_', " ")))
}

struct Reader {
    directives: Directives,
    types: Vec<(String, TypeDefinition, Position)>,
    problems: Vec<Diagnostic>,
    ontology: Ontology,
}

impl Reader {
    fn collect(&mut self, file: &str, definitions: Vec<TypeSystemDefinition>) {
        let mut seen: HashMap<String, Position> = HashMap::new();
        for definition in definitions {
            let TypeSystemDefinition::Type(ty) = definition else {
                // A copy of the language's own directives does no harm, a schema block neither.
                continue;
            };
            let name = ty.node.name.node.to_string();
            let at = position(file, ty.node.name.pos);
            if let Some(first) = seen.insert(name.clone(), at.clone()) {
                self.problems.push(Diagnostic::new(
                    at.clone(),
                    format!("type \"{name}\" is defined twice, first at {first}"),
                ));
                continue;
            }
            if RESERVED_TYPES.contains(&name.as_str()) {
                self.problems.push(
                    Diagnostic::new(
                        at.clone(),
                        format!("\"{name}\" is the name of a type of the API itself"),
                    )
                    .expected("another name"),
                );
                continue;
            }
            self.types.push((file.to_owned(), ty.node, at));
        }
    }

    fn read(&mut self) {
        let types = std::mem::take(&mut self.types);
        self.read_languages(&types);
        self.read_names(&types);
        let group_members: Vec<(String, FixedBitSet)> =
            self.ontology.groups.iter().map(|g| (g.name.clone(), g.kinds.clone())).collect();
        for (file, ty, at) in &types {
            let TypeKind::Enum(values) = &ty.kind else { continue };
            match ty.name.node.as_str() {
                "Predicate" => self.read_predicates(file, values, &group_members),
                "Metric" => self.read_metrics(file, values),
                "Language" => {}
                _ => self.read_property_enum(file, ty, values, at),
            }
        }
        for (file, ty, _) in &types {
            let (fields, location) = match &ty.kind {
                TypeKind::Object(object) => (&object.fields, DirectiveLocation::Object),
                TypeKind::Interface(interface) => (&interface.fields, DirectiveLocation::Interface),
                _ => continue,
            };
            self.directives.check(&ty.directives, location, file, &mut self.problems);
            self.read_fields(file, ty.name.node.as_str(), fields);
        }
        self.inherit();
        self.check_whole(&types);
    }

    fn read_languages(&mut self, types: &[(String, TypeDefinition, Position)]) {
        for (file, ty, _) in types {
            let TypeKind::Enum(values) = &ty.kind else { continue };
            if ty.name.node != "Language" {
                continue;
            }
            for value in &values.values {
                let place = DirectiveLocation::EnumValue;
                self.directives.check(&value.node.directives, place, file, &mut self.problems);
                let name = value.node.value.node.to_string();
                let tag = find(&value.node.directives, "language")
                    .and_then(|d| text(d, "tag"))
                    .unwrap_or_else(|| name.to_lowercase());
                let description = description(value.node.description.as_ref());
                self.ontology.languages.push(Language { name, tag, description });
            }
        }
    }

    /// Reads the names of kinds and groups, and which kind belongs to which group.
    fn read_names(&mut self, types: &[(String, TypeDefinition, Position)]) {
        for (file, ty, at) in types {
            let name = ty.name.node.to_string();
            let labels = self.labels(&ty.directives, file);
            match &ty.kind {
                TypeKind::Object(_) => {
                    let kind = find(&ty.directives, "kind");
                    if kind.is_none() {
                        self.problems.push(
                            Diagnostic::new(at.clone(), format!("type \"{name}\" is not a kind"))
                                .expected(format!("type {name} @kind")),
                        );
                    }
                    let singular = lower_first(&name);
                    self.ontology.kinds.push(Kind {
                        constant: constant(&name),
                        plural: kind
                            .and_then(|directive| text(directive, "plural"))
                            .unwrap_or_else(|| format!("{singular}s")),
                        icon: kind.and_then(|directive| text(directive, "icon")),
                        singular,
                        description: description(ty.description.as_ref()),
                        labels,
                        name,
                        groups: Vec::new(),
                        properties: Vec::new(),
                        relations: Vec::new(),
                    });
                }
                TypeKind::Interface(_) => self.ontology.groups.push(Group {
                    name,
                    description: description(ty.description.as_ref()),
                    kinds: FixedBitSet::new(),
                    properties: Vec::new(),
                    relations: Vec::new(),
                }),
                TypeKind::Enum(_) => {}
                _ => self.problems.push(
                    Diagnostic::new(at.clone(), format!("\"{name}\" has no place in an ontology"))
                        .expected("a type, an interface or an enum"),
                ),
            }
        }
        let count = self.ontology.kinds.len();
        for group in &mut self.ontology.groups {
            group.kinds.grow(count);
        }
        for (file, ty, _) in types {
            let TypeKind::Object(object) = &ty.kind else { continue };
            let Some(kind) = self.ontology.kind(ty.name.node.as_str()) else { continue };
            for interface in &object.implements {
                let wanted = interface.node.as_str();
                match self.ontology.groups.iter().position(|group| group.name == wanted) {
                    Some(group) => {
                        self.ontology.groups[group].kinds.insert(kind.into());
                        self.ontology.kinds[usize::from(kind)].groups.push(group);
                    }
                    None => {
                        let known = self.ontology.groups.iter().map(|group| group.name.as_str());
                        self.problems.push(
                            Diagnostic::new(
                                position(file, interface.pos),
                                format!("unknown interface \"{wanted}\""),
                            )
                            .nearest(nearest(wanted, known)),
                        );
                    }
                }
            }
        }
    }

    fn labels(&mut self, directives: &[Positioned<ConstDirective>], file: &str) -> Vec<Label> {
        let mut labels = Vec::new();
        for directive in directives.iter().filter(|directive| directive.node.name.node == "label") {
            let (Some(lang), Some(label)) = (text(directive, "lang"), text(directive, "text"))
            else {
                continue;
            };
            let language = self.ontology.languages.iter().position(|known| known.name == lang);
            if let Some(sentence) = text(directive, "sentence") {
                self.check_sentence(&sentence, directive.pos, file);
            }
            match language.and_then(|index| LanguageIndex::try_from(index).ok()) {
                Some(language) => {
                    labels.push(Label {
                        language,
                        text: label,
                        inverse: text(directive, "inverse"),
                        sentence: text(directive, "sentence"),
                    });
                }
                None => {
                    let known = self.ontology.languages.iter().map(|known| known.name.as_str());
                    self.problems.push(
                        Diagnostic::new(
                            position(file, directive.pos),
                            format!("unknown language \"{lang}\""),
                        )
                        .expected("a value of enum Language")
                        .nearest(nearest(&lang, known)),
                    );
                }
            }
        }
        labels
    }

    /// A sentence names both ends of the statement.
    fn check_sentence(&mut self, sentence: &str, pos: async_graphql::Pos, file: &str) {
        for name in ["{subject}", "{object}"] {
            if !sentence.contains(name) {
                let message = format!("the sentence \"{sentence}\" has no {name}");
                let problem = Diagnostic::new(position(file, pos), message);
                self.problems.push(problem.expected("a sentence with {subject} and {object}"));
            }
        }
    }

    /// The kinds that a list of kind and group names stands for; all kinds for no list.
    fn kinds_named(
        &mut self,
        directive: Option<&Positioned<ConstDirective>>,
        argument: &str,
        groups: &[(String, FixedBitSet)],
        file: &str,
    ) -> FixedBitSet {
        let count = self.ontology.kinds.len();
        let mut kinds = FixedBitSet::with_capacity(count);
        let value = directive.and_then(|directive| directive.node.get_argument(argument));
        let Some(value) = value else {
            kinds.insert_range(..);
            return kinds;
        };
        let names: Vec<String> = match &value.node {
            ConstValue::List(values) => values.iter().filter_map(name_of).collect(),
            single => name_of(single).into_iter().collect(),
        };
        for name in names {
            if let Some(kind) = self.ontology.kinds.iter().position(|kind| kind.name == name) {
                kinds.insert(kind);
            } else if let Some((_, members)) = groups.iter().find(|(group, _)| *group == name) {
                kinds.union_with(members);
            } else {
                let known = self.ontology.kinds.iter().map(|kind| kind.name.as_str());
                let known = known.chain(groups.iter().map(|(group, _)| group.as_str()));
                self.problems.push(
                    Diagnostic::new(position(file, value.pos), format!("unknown kind \"{name}\""))
                        .expected("a type or an interface of this ontology")
                        .nearest(nearest(&name, known)),
                );
            }
        }
        kinds
    }

    fn read_predicates(&mut self, file: &str, values: &EnumType, groups: &[(String, FixedBitSet)]) {
        for value in &values.values {
            let directives = &value.node.directives;
            let place = DirectiveLocation::EnumValue;
            self.directives.check(directives, place, file, &mut self.problems);
            let directive = find(directives, "predicate");
            let predicate = Predicate {
                name: value.node.value.node.to_string(),
                description: description(value.node.description.as_ref()),
                inverse: directive.and_then(|directive| text(directive, "inverse")),
                labels: self.labels(directives, file),
                subjects: self.kinds_named(directive, "subject", groups, file),
                objects: self.kinds_named(directive, "object", groups, file),
                functional: is_set(directive, "functional"),
                inverse_functional: is_set(directive, "inverseFunctional"),
                max_objects: self.limit(directive, "maxObjects", file),
                max_subjects: self.limit(directive, "maxSubjects", file),
            };
            self.ontology.predicates.push(predicate);
        }
    }

    /// A limit of at least 1, if one is given.
    fn limit(
        &mut self,
        directive: Option<&Positioned<ConstDirective>>,
        argument: &str,
        file: &str,
    ) -> Option<u32> {
        let value = directive?.node.get_argument(argument)?;
        let ConstValue::Number(number) = &value.node else { return None };
        let limit = number.as_u64().and_then(|number| u32::try_from(number).ok());
        if limit.is_none_or(|limit| limit == 0) {
            let message = format!("{argument} is {number}");
            let problem = Diagnostic::new(position(file, value.pos), message);
            self.problems.push(problem.expected("a whole number from 1 on"));
        }
        limit
    }

    fn read_metrics(&mut self, file: &str, values: &EnumType) {
        for value in &values.values {
            let directives = &value.node.directives;
            let place = DirectiveLocation::EnumValue;
            self.directives.check(directives, place, file, &mut self.problems);
            let name = value.node.value.node.to_string();
            let Some(directive) = find(directives, "metric") else {
                self.problems.push(
                    Diagnostic::new(
                        position(file, value.node.value.pos),
                        format!("metric \"{name}\" has no unit"),
                    )
                    .expected(format!("{name} @metric(units: [\"count\"])")),
                );
                continue;
            };
            let units = match directive.node.get_argument("units").map(|value| &value.node) {
                Some(ConstValue::List(units)) => units.iter().filter_map(name_of).collect(),
                Some(unit) => name_of(unit).into_iter().collect(),
                None => Vec::new(),
            };
            let metric = Metric {
                name,
                description: description(value.node.description.as_ref()),
                labels: self.labels(directives, file),
                units,
            };
            self.ontology.metrics.push(metric);
        }
    }

    fn read_property_enum(
        &mut self,
        file: &str,
        ty: &TypeDefinition,
        values: &EnumType,
        at: &Position,
    ) {
        if values.values.is_empty() {
            self.problems.push(Diagnostic::new(at.clone(), "an enum needs a value"));
        }
        for value in &values.values {
            let place = DirectiveLocation::EnumValue;
            self.directives.check(&value.node.directives, place, file, &mut self.problems);
        }
        self.ontology.enums.push(PropertyEnum {
            name: ty.name.node.to_string(),
            description: description(ty.description.as_ref()),
            values: values
                .values
                .iter()
                .map(|value| {
                    (
                        value.node.value.node.to_string(),
                        description(value.node.description.as_ref()),
                    )
                })
                .collect(),
        });
    }

    fn read_fields(&mut self, file: &str, owner: &str, fields: &[Positioned<FieldDefinition>]) {
        let mut properties = Vec::new();
        let mut relations: Vec<Relation> = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for field in fields {
            let field = &field.node;
            let name = field.name.node.as_str();
            let at = position(file, field.name.pos);
            let place = DirectiveLocation::FieldDefinition;
            self.directives.check(&field.directives, place, file, &mut self.problems);
            if RESERVED_FIELDS.contains(&name) {
                self.problems.push(
                    Diagnostic::new(at, format!("every kind has a field \"{name}\" already"))
                        .expected("another name"),
                );
                continue;
            }
            if seen.contains(&name) {
                let problem = format!("field \"{owner}.{name}\" is defined twice");
                self.problems.push(Diagnostic::new(at, problem));
                continue;
            }
            seen.push(name);
            match find(&field.directives, "relation") {
                Some(directive) => {
                    relations.extend(self.read_relation(file, owner, field, directive));
                }
                None => properties.extend(self.read_property(file, owner, field)),
            }
        }
        if let Some(kind) = self.ontology.kind(owner) {
            let kind = &mut self.ontology.kinds[usize::from(kind)];
            kind.properties = properties;
            kind.relations = relations;
        } else if let Some(group) = self.ontology.groups.iter_mut().find(|g| g.name == owner) {
            group.properties = properties;
            group.relations = relations;
        }
    }

    fn read_property(
        &mut self,
        file: &str,
        owner: &str,
        field: &FieldDefinition,
    ) -> Option<Property> {
        let name = field.name.node.to_string();
        let at = position(file, field.ty.pos);
        let ty = &field.ty.node;
        let base = match &ty.base {
            BaseType::Named(base) => base.as_str(),
            BaseType::List(_) => {
                self.problems.push(
                    Diagnostic::new(at, format!("property \"{owner}.{name}\" is a list"))
                        .expected("a single value, or @relation for links to entities"),
                );
                return None;
            }
        };
        let known = ["String", "Int", "Float", "Boolean", "Decimal", "PartialDate"];
        let property_type = match base {
            "String" => PropertyType::String,
            "Int" => PropertyType::Int,
            "Float" => PropertyType::Float,
            "Boolean" => PropertyType::Boolean,
            "Decimal" => PropertyType::Decimal,
            "PartialDate" => PropertyType::Date,
            other => match self.ontology.enums.iter().position(|known| known.name == other) {
                Some(index) => PropertyType::Enum(index),
                None => {
                    let names = known
                        .into_iter()
                        .chain(self.ontology.enums.iter().map(|known| known.name.as_str()));
                    let is_kind = self.ontology.kind(other).is_some();
                    self.problems.push(
                        Diagnostic::new(
                            at,
                            format!("property \"{owner}.{name}\" has the unknown type \"{other}\""),
                        )
                        .expected(if is_kind {
                            format!("[{other}!]! @relation(predicate: ...), as it is a kind")
                        } else {
                            known.join(", ") + " or an enum of this ontology"
                        })
                        .nearest(nearest(other, names)),
                    );
                    return None;
                }
            },
        };
        let is_period = find(&field.directives, "period").is_some();
        if is_period && property_type != PropertyType::Date {
            self.problems.push(
                Diagnostic::new(at, format!("@period stands on \"{owner}.{name}: {ty}\""))
                    .expected("a property of type PartialDate"),
            );
        }
        Some(Property {
            description: description(field.description.as_ref()),
            name,
            ty: property_type,
            required: !ty.nullable,
            is_period,
        })
    }

    fn read_relation(
        &mut self,
        file: &str,
        owner: &str,
        field: &FieldDefinition,
        directive: &Positioned<ConstDirective>,
    ) -> Option<Relation> {
        let wanted = text(directive, "predicate")?;
        let at = position(file, directive.pos);
        let found: Option<PredicateIndex> =
            index_of(&self.ontology.predicates, |predicate| predicate.name == wanted);
        let Some(predicate) = found else {
            let known = self.ontology.predicates.iter().map(|predicate| predicate.name.as_str());
            self.problems.push(
                Diagnostic::new(at, format!("unknown predicate \"{wanted}\""))
                    .expected("a value of enum Predicate")
                    .nearest(nearest(&wanted, known)),
            );
            return None;
        };
        let direction = match text(directive, "direction").as_deref() {
            Some("IN") => Direction::In,
            Some("BOTH") => Direction::Both,
            _ => Direction::Out,
        };
        let target = item_name(&field.ty.node)?.to_owned();
        let count = self.ontology.kinds.len();
        let mut kinds = FixedBitSet::with_capacity(count);
        if let Some(kind) = self.ontology.kinds.iter().position(|kind| kind.name == target) {
            kinds.insert(kind);
        } else if let Some(group) = self.ontology.groups.iter().find(|g| g.name == target) {
            kinds.union_with(&group.kinds);
        } else if target == "Entity" {
            kinds.insert_range(..);
        } else {
            let known = self.ontology.kinds.iter().map(|kind| kind.name.as_str());
            let known = known.chain(self.ontology.groups.iter().map(|group| group.name.as_str()));
            self.problems.push(
                Diagnostic::new(
                    position(file, field.ty.pos),
                    format!(
                        "relation \"{owner}.{}\" leads to the unknown kind \"{target}\"",
                        field.name.node
                    ),
                )
                .expected("a kind, an interface of this ontology, or Entity")
                .nearest(nearest(&target, known)),
            );
            return None;
        }
        let owners = match self.ontology.kinds.iter().position(|kind| kind.name == owner) {
            Some(kind) => {
                let mut set = FixedBitSet::with_capacity(count);
                set.insert(kind);
                set
            }
            None => self.ontology.groups.iter().find(|g| g.name == owner)?.kinds.clone(),
        };
        let stated = &self.ontology.predicates[usize::from(predicate)];
        let sides: &[(&FixedBitSet, &FixedBitSet)] = match direction {
            Direction::Out => &[(&stated.subjects, &stated.objects)],
            Direction::In => &[(&stated.objects, &stated.subjects)],
            Direction::Both => {
                &[(&stated.subjects, &stated.objects), (&stated.objects, &stated.subjects)]
            }
        };
        let possible =
            sides.iter().any(|(own, far)| !own.is_disjoint(&owners) && !far.is_disjoint(&kinds));
        if !possible {
            let problem = format!(
                "predicate {wanted} cannot link {owner} to {target} in the direction {}",
                text(directive, "direction").as_deref().unwrap_or("OUT")
            );
            self.problems.push(Diagnostic::new(at, problem).expected(format!(
                "a subject of kind {} and an object of kind {}",
                self.ontology.names_of(&stated.subjects),
                self.ontology.names_of(&stated.objects)
            )));
            return None;
        }
        Some(Relation {
            takes_all: sides.iter().all(|(_, far)| far.is_subset(&kinds)),
            name: field.name.node.to_string(),
            description: description(field.description.as_ref()),
            declared_by: owner.to_owned(),
            predicate,
            direction,
            target,
            kinds,
        })
    }

    /// Gives each kind the fields of its groups, the group's first.
    fn inherit(&mut self) {
        let groups = &self.ontology.groups;
        for kind in &mut self.ontology.kinds {
            let (mut properties, mut relations) = (Vec::new(), Vec::new());
            for group in kind.groups.iter().map(|index| &groups[*index]) {
                properties.extend(group.properties.iter().cloned());
                relations.extend(group.relations.iter().cloned());
            }
            // A kind may restate an interface's field, as plain SDL has it; the interface's counts.
            let restated = |name: &str| {
                properties.iter().any(|property: &Property| property.name == name)
                    || relations.iter().any(|relation: &Relation| relation.name == name)
            };
            let own_properties: Vec<Property> =
                kind.properties.iter().filter(|p| !restated(&p.name)).cloned().collect();
            let own_relations: Vec<Relation> =
                kind.relations.iter().filter(|r| !restated(&r.name)).cloned().collect();
            properties.extend(own_properties);
            relations.extend(own_relations);
            kind.properties = properties;
            kind.relations = relations;
        }
    }

    fn check_whole(&mut self, types: &[(String, TypeDefinition, Position)]) {
        let file = types.first().map_or_else(String::new, |(file, _, _)| file.clone());
        let whole = Position { file, line: 0, column: 0 };
        let mut missing = |is_missing: bool, what: &str, expected: &str| {
            if is_missing {
                self.problems.push(Diagnostic::new(whole.clone(), what).expected(expected));
            }
        };
        let ontology = &self.ontology;
        missing(
            ontology.languages.is_empty(),
            "the ontology names no language",
            "enum Language { EN @language(tag: \"en\") }",
        );
        missing(ontology.kinds.is_empty(), "the ontology has no kind", "type Person @kind { ... }");
        missing(
            ontology.predicates.is_empty(),
            "the ontology has no predicate",
            "enum Predicate { KNOWS @predicate(subject: [Person], object: [Person]) }",
        );
        let mut names: HashMap<&str, &str> = HashMap::new();
        let taken = [
            "node",
            "nodes",
            "entity",
            "entities",
            "search",
            "suggest",
            "neighborhood",
            "paths",
            "match",
            "statement",
            "statements",
            "observation",
            "observations",
            "series",
            "conflicts",
            "aggregate",
            "source",
            "sources",
            "graph",
            "view",
        ];
        for kind in &self.ontology.kinds {
            for name in [kind.singular.as_str(), kind.plural.as_str()] {
                let at = || types.iter().find(|(_, ty, _)| ty.name.node == kind.name.as_str());
                let at = at().map_or_else(|| whole.clone(), |(_, _, at)| at.clone());
                if taken.contains(&name) {
                    self.problems.push(
                        Diagnostic::new(
                            at,
                            format!(
                                "kind \"{}\" wants the field \"{name}\", which Query has already",
                                kind.name
                            ),
                        )
                        .expected("another name, or another plural: @kind(plural: \"...\")"),
                    );
                } else if let Some(other) = names.insert(name, &kind.name) {
                    self.problems.push(
                        Diagnostic::new(
                            at,
                            format!(
                                "kinds \"{other}\" and \"{}\" both want the field \"{name}\"",
                                kind.name
                            ),
                        )
                        .expected("different plurals: @kind(plural: \"...\")"),
                    );
                }
            }
        }
    }
}

fn find<'a>(
    directives: &'a [Positioned<ConstDirective>],
    name: &str,
) -> Option<&'a Positioned<ConstDirective>> {
    directives.iter().find(|directive| directive.node.name.node == name)
}

fn text(directive: &Positioned<ConstDirective>, argument: &str) -> Option<String> {
    directive.node.get_argument(argument).and_then(|value| name_of(&value.node))
}

fn is_set(directive: Option<&Positioned<ConstDirective>>, argument: &str) -> bool {
    let value = directive.and_then(|directive| directive.node.get_argument(argument));
    value.is_some_and(|value| value.node == ConstValue::Boolean(true))
}

fn name_of(value: &ConstValue) -> Option<String> {
    match value {
        ConstValue::String(text) => Some(text.clone()),
        ConstValue::Enum(name) => Some(name.to_string()),
        _ => None,
    }
}

fn description(text: Option<&Positioned<String>>) -> String {
    text.map_or_else(String::new, |text| text.node.trim().to_owned())
}

/// The named type at the heart of a list type.
fn item_name(ty: &Type) -> Option<&str> {
    match &ty.base {
        BaseType::Named(name) => Some(name.as_str()),
        BaseType::List(item) => item_name(item),
    }
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// `ResearchLab` becomes `RESEARCH_LAB`.
pub(crate) fn constant(name: &str) -> String {
    let mut constant = String::with_capacity(name.len() + 2);
    let mut previous_is_lower = false;
    for character in name.chars() {
        if character.is_uppercase() && previous_is_lower {
            constant.push('_');
        }
        previous_is_lower = character.is_lowercase() || character.is_numeric();
        constant.extend(character.to_uppercase());
    }
    constant
}
