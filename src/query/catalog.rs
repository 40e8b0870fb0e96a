//! The types of the API as data: what async-graphql's schema and our plan are both made from.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Value as ConstValue,
    parser::types::{BaseType, Type},
};
use fixedbitset::FixedBitSet;

use super::meaning::Meaning;
use crate::ontology::{Direction, KindIndex, PredicateIndex, PropertyType};

/// Index of a type in [`Catalog::types`].
pub type TypeId = u16;

/// Every type of the API.
#[derive(Debug)]
pub struct Catalog {
    /// The types, in the order in which the SDL shows them.
    pub types: Vec<TypeDef>,
    names: HashMap<String, TypeId>,
    /// The relations that fields follow, by [`Read::Related`]'s index.
    pub relations: Vec<RelationRead>,
    /// For each property field, by [`Read::Property`]'s index and kind: the kind's property.
    pub properties: Vec<PropertyRead>,
    /// The type of each kind.
    pub kind_types: Vec<TypeId>,
    /// The types that a `Node` can be, beside the kinds.
    pub others: Others,
}

/// Types that the executor has to name.
#[derive(Debug, Default, Clone, Copy)]
pub struct Others {
    /// `Query`.
    pub query: TypeId,
    /// `Statement`.
    pub statement: TypeId,
    /// `Observation`.
    pub observation: TypeId,
    /// `Source`.
    pub source: TypeId,
}

/// A type.
#[derive(Debug)]
pub struct TypeDef {
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// The rest, by what sort of type it is.
    pub body: Body,
}

/// What sort of type it is.
#[derive(Debug)]
pub enum Body {
    /// A scalar.
    Scalar {
        /// How values are checked.
        scalar: Scalar,
        /// Where its form is specified; `None` for GraphQL's own.
        specified_by: Option<&'static str>,
    },
    /// An enum: names and descriptions. The index of a value is what it stands for.
    Enum(Vec<(String, String)>),
    /// An object.
    Object {
        /// The interfaces it implements.
        interfaces: Vec<TypeId>,
        /// Its fields.
        fields: Vec<Field>,
    },
    /// An interface.
    Interface {
        /// The interfaces it implements.
        interfaces: Vec<TypeId>,
        /// Its fields.
        fields: Vec<Field>,
        /// The objects that implement it.
        possible: Vec<TypeId>,
    },
    /// An input object.
    Input(Vec<InputField>),
}

/// The scalars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// 32-bit whole numbers.
    Int,
    /// Double-precision numbers.
    Float,
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// Opaque names.
    Id,
    /// A date or period as precise as its source.
    PartialDate,
    /// An exact decimal number, as a string.
    Decimal,
    /// A moment, as RFC 3339 writes it.
    DateTime,
}

/// A type with its wrappers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    /// A named type.
    Named(TypeId),
    /// A list.
    List(Box<Ty>),
    /// Never null.
    NonNull(Box<Ty>),
}

impl Ty {
    /// The named type at its heart.
    pub fn named(&self) -> TypeId {
        match self {
            Self::Named(id) => *id,
            Self::List(inner) | Self::NonNull(inner) => inner.named(),
        }
    }

    /// Whether null may stand for it.
    pub fn is_nullable(&self) -> bool {
        !matches!(self, Self::NonNull(_))
    }

    /// The type without a non-null wrapper.
    pub fn nullable(&self) -> &Self {
        match self {
            Self::NonNull(inner) => inner,
            other => other,
        }
    }
}

/// A field: everything there is to know about it.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it gives, for people.
    pub description: String,
    /// Its type.
    pub ty: Ty,
    /// Its arguments.
    pub args: Vec<InputField>,
    /// How it is read.
    pub read: Read,
}

/// An argument, or a field of an input object.
#[derive(Debug, Clone)]
pub struct InputField {
    /// Its name.
    pub name: String,
    /// What it asks for, for people.
    pub description: String,
    /// Its type.
    pub ty: Ty,
    /// What it is when it is not given.
    pub default: Option<ConstValue>,
    /// What it tests, in a filter.
    pub meaning: Meaning,
}

/// A relation as a field follows it.
#[derive(Debug, Clone)]
pub struct RelationRead {
    /// The predicate.
    pub predicate: PredicateIndex,
    /// The direction.
    pub direction: Direction,
    /// The kinds to keep, or `None` if the predicate leads to no others.
    pub kinds: Option<FixedBitSet>,
}

/// A property as fields, filters and orders read it: the kinds may keep it in different columns.
#[derive(Debug, Clone)]
pub struct PropertyRead {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: PropertyType,
    /// For each kind, which of its properties it is.
    pub of_kind: Vec<Option<u16>>,
}

/// How a field is read from its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// The parent's type.
    TypeName,
    // of Query
    /// The object with an id.
    Node,
    /// The objects with ids.
    Nodes,
    /// The entity with a key, if it is of the kind.
    Entity(Option<KindIndex>),
    /// The entities of a kind, or all.
    Entities(Option<KindIndex>),
    /// Entities by their texts.
    Search,
    /// Entities by the beginning of a name.
    Suggest,
    /// Everything by its texts.
    FullText,
    /// The graph around entities.
    Neighborhood,
    /// Paths between two entities.
    Paths,
    /// The subgraph that ties entities together.
    Connections,
    /// Figures over time.
    Series,
    /// Claims that cannot both be right.
    Conflicts,
    /// Rows in groups.
    Aggregate,
    /// Who matters to some entities.
    PageRank,
    /// Where a pattern fits.
    Match,
    /// The entity for a variable.
    MatchEntity,
    /// The statement with a key.
    StatementWithKey,
    /// All statements.
    Statements,
    /// The observation with a key.
    ObservationWithKey,
    /// All observations.
    Observations,
    /// The source with a key.
    SourceWithKey,
    /// All sources.
    Sources,
    /// What the graph holds.
    Graph,
    /// The same queries over a narrower graph.
    View,
    // of several
    /// The global id.
    Id,
    /// The stable name.
    Key,
    /// The stable address on this server.
    Address,
    /// The references.
    References,
    /// What is remarkable.
    Note,
    /// When it was recorded.
    RecordedAt,
    /// The revision it was recorded in.
    Revision,
    /// The entity it is about.
    Subject,
    /// The label in a language.
    Label,
    /// What it is, for people.
    Description,
    /// How many there are.
    Count,
    // of an entity
    /// The kind.
    Kind,
    /// The labels.
    Labels,
    /// The aliases.
    Aliases,
    /// The statements that link it.
    Relations,
    /// The observations about it.
    ObservationsOf,
    /// The sources that speak of it.
    SourcesOf,
    /// A property: an index into [`Catalog::properties`].
    Property(u16),
    /// The entities along a relation: an index into [`Catalog::relations`].
    Related(u16),
    /// The statements that held during its period.
    StatementsDuring,
    /// The observations for a time within its period.
    ObservationsDuring,
    // of a statement
    /// The predicate.
    Predicate,
    /// The entity it leads to.
    Object,
    /// When it began to hold.
    ValidFrom,
    /// When it ceased to hold.
    ValidUntil,
    /// How sure the data set is.
    Confidence,
    /// Which claim is preferred.
    Rank,
    // of an observation
    /// The metric.
    Metric,
    /// The figure.
    Value,
    /// The figure, approximately.
    Number,
    /// The unit.
    Unit,
    /// The period.
    Period,
    /// The source's qualifier.
    Approximation,
    /// Result, target or forecast.
    Status,
    // of a source
    /// The title.
    Title,
    /// The publisher.
    Publisher,
    /// The address.
    Url,
    /// The date.
    Published,
    /// The language.
    SourceLanguage,
    /// The genre.
    Genre,
    /// The statements that refer to it.
    StatementsFrom,
    /// The observations that refer to it.
    ObservationsFrom,
    // of a reference
    /// The source.
    ReferenceSource,
    /// The place in it.
    Locator,
    // of a text
    /// The language.
    TextLanguage,
    /// The text.
    TextText,
    // of connections and edges
    /// The rows of the page.
    PageNodes,
    /// The rows of the page with their cursors.
    PageEdges,
    /// How the page lies in the whole.
    PageInfo,
    /// How many rows there are on all pages.
    TotalCount,
    /// Whether rows follow.
    HasNextPage,
    /// Whether rows come before.
    HasPreviousPage,
    /// The first row's cursor.
    StartCursor,
    /// The last row's cursor.
    EndCursor,
    /// An edge's cursor.
    Cursor,
    /// An edge's row.
    EdgeNode,
    /// The statement an edge stands for.
    EdgeStatement,
    /// All statements an edge stands for.
    EdgeStatements,
    // of a search hit
    /// The entity.
    HitEntity,
    /// The score.
    HitScore,
    /// Label or alias.
    HitField,
    /// The label's language.
    HitLanguage,
    /// The name that matched.
    HitText,
    /// An entity's measures.
    Measures,
    /// A measure: an index into `Measure::ALL`.
    Measure(u8),
    /// Entities that are like one.
    Similar,
    /// A field of a record: the index of its cell.
    Cell(u8),
    /// A point's figure in percent of another metric's.
    PointShare,
    /// A point's place among entities.
    PointRank,
    /// A statement as a sentence.
    Sentence,
    /// The steps of a path as sentences.
    Explanation,
    // of a subgraph
    /// Its entities.
    SubgraphNodes,
    /// Its statements.
    SubgraphEdges,
    /// Whether something was left out.
    SubgraphTruncated,
    /// Why something was left out.
    SubgraphReason,
    // of the graph
    /// The data set's name.
    DatasetName,
    /// The data set's version.
    DatasetVersion,
    /// The data set's licence.
    DatasetLicence,
    /// How many entities there are.
    EntityCount,
    /// How many statements there are.
    StatementCount,
    /// How many observations there are.
    ObservationCount,
    /// How many sources there are.
    SourceCount,
    /// The ontology's SDL.
    OntologySdl,
    /// The example queries.
    Examples,
    /// An example's document.
    ExampleQuery,
    /// The values of an example's variables.
    ExampleVariables,
    /// The properties of an entity that have a value.
    Properties,
    /// What an example is about.
    ExampleTopic,
    /// A kind's icon.
    Icon,
    /// The kinds.
    KindInfos,
    /// The predicates.
    PredicateInfos,
    /// The metrics.
    MetricInfos,
    /// The languages.
    LanguageInfos,
    /// The kind, predicate, metric or language itself.
    InfoName,
    /// The name of a predicate read from its object.
    Inverse,
    /// The label of a predicate read from its object.
    InverseLabel,
    /// The units of a metric.
    Units,
    /// Whether two objects of one subject disagree.
    Functional,
    /// Whether two subjects of one object disagree.
    InverseFunctional,
    /// How many objects a subject may have.
    MaxObjects,
    /// How many subjects an object may have.
    MaxSubjects,
    /// The kinds a predicate's subject may have.
    SubjectKinds,
    /// The kinds a predicate's object may have.
    ObjectKinds,
    /// A language's tag.
    Tag,
}

impl Catalog {
    /// The type named `name`.
    pub fn type_named(&self, name: &str) -> Option<TypeId> {
        self.names.get(name).copied()
    }

    /// A type.
    pub fn get(&self, id: TypeId) -> &TypeDef {
        &self.types[usize::from(id)]
    }

    /// The fields of an object or interface; none for other types.
    pub fn fields(&self, id: TypeId) -> &[Field] {
        match &self.get(id).body {
            Body::Object { fields, .. } | Body::Interface { fields, .. } => fields,
            _ => &[],
        }
    }

    /// Whether an object of type `object` answers to the type condition `condition`.
    pub fn applies(&self, object: TypeId, condition: TypeId) -> bool {
        object == condition
            || matches!(&self.get(condition).body,
                Body::Interface { possible, .. } if possible.contains(&object))
    }

    /// The objects that a field of type `id` can give.
    pub fn possible(&self, id: TypeId) -> &[TypeId] {
        match &self.get(id).body {
            Body::Interface { possible, .. } => possible,
            _ => &[],
        }
    }

    /// Writes a type as GraphQL does.
    pub fn show(&self, ty: &Ty) -> String {
        match ty {
            Ty::Named(id) => self.get(*id).name.clone(),
            Ty::List(inner) => format!("[{}]", self.show(inner)),
            Ty::NonNull(inner) => format!("{}!", self.show(inner)),
        }
    }
}

/// Collects types whose fields name types that may come later.
#[derive(Default)]
pub(super) struct Draft {
    types: Vec<(String, String, DraftBody)>,
    pub(super) relations: Vec<RelationRead>,
    pub(super) properties: Vec<PropertyRead>,
}

pub(super) enum DraftBody {
    Scalar(Scalar, Option<&'static str>),
    Enum(Vec<(String, String)>),
    Object(Vec<String>, Vec<DraftField>),
    Interface(Vec<String>, Vec<DraftField>),
    Input(Vec<DraftInput>),
}

impl DraftBody {
    /// An enum of values, each with its description.
    pub(super) fn values(pairs: &[(&str, &str)]) -> Self {
        Self::Enum(pairs.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect())
    }
}

/// A field whose type is still text: `[Statement!]!`.
#[derive(Clone)]
pub(super) struct DraftField {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) description: String,
    pub(super) args: Vec<DraftInput>,
    pub(super) read: Read,
}

/// An argument whose type is still text.
#[derive(Clone)]
pub(super) struct DraftInput {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) description: String,
    pub(super) default: Option<ConstValue>,
    pub(super) meaning: Meaning,
}

/// A field without arguments.
pub(super) fn field(name: &str, ty: &str, read: Read, description: &str) -> DraftField {
    DraftField {
        name: name.to_owned(),
        ty: ty.to_owned(),
        description: description.to_owned(),
        args: Vec::new(),
        read,
    }
}

/// An argument without a default.
pub(super) fn input(name: &str, ty: &str, description: &str) -> DraftInput {
    tests(name, ty, Meaning::Argument, description)
}

/// A field of a filter.
pub(super) fn tests(name: &str, ty: &str, meaning: Meaning, description: &str) -> DraftInput {
    DraftInput {
        name: name.to_owned(),
        ty: ty.to_owned(),
        description: description.to_owned(),
        default: None,
        meaning,
    }
}

impl DraftField {
    pub(super) fn with(mut self, args: impl IntoIterator<Item = DraftInput>) -> Self {
        self.args.extend(args);
        self
    }
}

impl DraftInput {
    pub(super) fn default(mut self, value: impl Into<ConstValue>) -> Self {
        self.default = Some(value.into());
        self
    }
}

impl Draft {
    pub(super) fn add(&mut self, name: &str, description: &str, body: DraftBody) {
        self.types.push((name.to_owned(), description.to_owned(), body));
    }

    /// Leaves out inputs and objects that nothing leads to from `Query`: an ontology without whole
    /// numbers needs no filter of them.
    fn prune(&mut self) {
        let bodies: HashMap<&str, &DraftBody> =
            self.types.iter().map(|(name, _, body)| (name.as_str(), body)).collect();
        let mut met: HashSet<String> = HashSet::new();
        let mut next = vec!["Query".to_owned()];
        while let Some(name) = next.pop() {
            if !met.insert(name.clone()) {
                continue;
            }
            let named = |ty: &str| ty.trim_matches(['[', ']', '!']).to_owned();
            match bodies.get(name.as_str()) {
                Some(DraftBody::Object(above, fields) | DraftBody::Interface(above, fields)) => {
                    next.extend(above.iter().cloned());
                    next.extend(fields.iter().map(|field| named(&field.ty)));
                    let args = fields.iter().flat_map(|field| &field.args);
                    next.extend(args.map(|input| named(&input.ty)));
                }
                Some(DraftBody::Input(inputs)) => {
                    next.extend(inputs.iter().map(|input| named(&input.ty)));
                }
                _ => {}
            }
            // Whatever implements an interface may stand where it does.
            let implements = |body: &DraftBody| match body {
                DraftBody::Object(above, _) | DraftBody::Interface(above, _) => {
                    above.contains(&name)
                }
                _ => false,
            };
            next.extend(
                self.types.iter().filter(|(.., body)| implements(body)).map(|ty| ty.0.clone()),
            );
        }
        self.types.retain(|(name, _, body)| {
            met.contains(name) || !matches!(body, DraftBody::Input(_) | DraftBody::Object(..))
        });
    }

    pub(super) fn finish(mut self, kinds: &[String]) -> Catalog {
        self.prune();
        let names: HashMap<String, TypeId> =
            self.types.iter().map(|(name, _, _)| name.clone()).zip(0..).collect();
        let id = |name: &str| names.get(name).copied().unwrap_or_default();
        let resolve = |text: &str| resolve_type(text, &names);
        let inputs = |drafts: Vec<DraftInput>| -> Vec<InputField> {
            drafts
                .into_iter()
                .map(|draft| InputField {
                    ty: resolve(&draft.ty),
                    name: draft.name,
                    description: draft.description,
                    default: draft.default,
                    meaning: draft.meaning,
                })
                .collect()
        };
        let fields = |drafts: Vec<DraftField>| -> Vec<Field> {
            drafts
                .into_iter()
                .map(|draft| Field {
                    ty: resolve(&draft.ty),
                    name: draft.name,
                    description: draft.description,
                    args: inputs(draft.args),
                    read: draft.read,
                })
                .collect()
        };
        let ids = |list: &[String]| list.iter().map(|name| id(name)).collect::<Vec<_>>();
        let mut possible: HashMap<TypeId, Vec<TypeId>> = HashMap::new();
        for (name, _, body) in &self.types {
            if let DraftBody::Object(interfaces, _) = body {
                for interface in ids(interfaces) {
                    possible.entry(interface).or_default().push(id(name));
                }
            }
        }
        let types = self
            .types
            .into_iter()
            .map(|(name, description, body)| {
                let body = match body {
                    DraftBody::Scalar(scalar, specified_by) => {
                        Body::Scalar { scalar, specified_by }
                    }
                    DraftBody::Enum(values) => Body::Enum(values),
                    DraftBody::Object(interfaces, drafts) => {
                        Body::Object { interfaces: ids(&interfaces), fields: fields(drafts) }
                    }
                    DraftBody::Interface(interfaces, drafts) => Body::Interface {
                        interfaces: ids(&interfaces),
                        fields: fields(drafts),
                        possible: possible.remove(&id(&name)).unwrap_or_default(),
                    },
                    DraftBody::Input(drafts) => Body::Input(inputs(drafts)),
                };
                TypeDef { name, description, body }
            })
            .collect();
        Catalog {
            types,
            relations: self.relations,
            properties: self.properties,
            kind_types: kinds.iter().map(|name| id(name)).collect(),
            others: Others {
                query: id("Query"),
                statement: id("Statement"),
                observation: id("Observation"),
                source: id("Source"),
            },
            names,
        }
    }
}

fn resolve_type(text: &str, names: &HashMap<String, TypeId>) -> Ty {
    fn walk(ty: &Type, names: &HashMap<String, TypeId>) -> Ty {
        let base = match &ty.base {
            // Definitions name only types that they add; a test builds the whole schema.
            BaseType::Named(name) => {
                Ty::Named(names.get(name.as_str()).copied().unwrap_or_default())
            }
            BaseType::List(item) => Ty::List(Box::new(walk(item, names))),
        };
        if ty.nullable { base } else { Ty::NonNull(Box::new(base)) }
    }
    Type::new(text).map_or(Ty::Named(0), |ty| walk(&ty, names))
}
