//! The ontology: which kinds of entities, predicates and metrics a graph has. Read from GraphQL SDL
//! with the directives of `schema/westlake.graphql`; knows nothing of data, graphs or the API.
//!
//! Start reading at [`Ontology::parse`].

mod directives;
mod error;
mod parse;

pub(crate) use directives::icons;
pub(crate) use parse::constant;

use fixedbitset::FixedBitSet;

pub use error::{Diagnostic, Diagnostics, Position};

/// The directives an ontology is written with, as SDL.
pub const LANGUAGE_SDL: &str = include_str!("../../schema/westlake.graphql");

/// Index of a kind in [`Ontology::kinds`].
pub type KindIndex = u16;
/// Index of a predicate in [`Ontology::predicates`].
pub type PredicateIndex = u16;
/// Index of a metric in [`Ontology::metrics`].
pub type MetricIndex = u16;
/// Index of a language in [`Ontology::languages`].
pub type LanguageIndex = u8;

/// What a graph may say.
#[derive(Debug, Clone, Default)]
pub struct Ontology {
    /// The SDL it was read from.
    pub sdl: String,
    /// The languages of labels, the preferred one first.
    pub languages: Vec<Language>,
    /// The kinds of entities.
    pub kinds: Vec<Kind>,
    /// Interfaces: named groups of kinds.
    pub groups: Vec<Group>,
    /// The kinds of relations.
    pub predicates: Vec<Predicate>,
    /// The kinds of figures.
    pub metrics: Vec<Metric>,
    /// Enums that properties are typed with.
    pub enums: Vec<PropertyEnum>,
}

/// A language of labels.
#[derive(Debug, Clone)]
pub struct Language {
    /// The name in GraphQL: `ZH`.
    pub name: String,
    /// The tag in column names: `zh`.
    pub tag: String,
    /// What it is, for people.
    pub description: String,
}

/// A label and the language it is in.
#[derive(Debug, Clone)]
pub struct Label {
    /// The language.
    pub language: LanguageIndex,
    /// The label.
    pub text: String,
    /// The label read from the other side (predicates only).
    pub inverse: Option<String>,
    /// A sentence with `{subject}` and `{object}` in it (predicates only).
    pub sentence: Option<String>,
}

/// A kind of entity.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The type's name: `City`.
    pub name: String,
    /// The name in enum `Kind`: `CITY`.
    pub constant: String,
    /// The field of `Query` that gives one: `city`.
    pub singular: String,
    /// The field of `Query` that lists them: `cities`.
    pub plural: String,
    /// The icon that drawings show, a value of the language's enum `Icon`.
    pub icon: Option<String>,
    /// What it is, for people.
    pub description: String,
    /// What it is called.
    pub labels: Vec<Label>,
    /// Indexes of the groups it belongs to, in [`Ontology::groups`].
    pub groups: Vec<usize>,
    /// Its properties, those of its groups included.
    pub properties: Vec<Property>,
    /// Its relations, those of its groups included.
    pub relations: Vec<Relation>,
}

/// A named group of kinds.
#[derive(Debug, Clone)]
pub struct Group {
    /// The interface's name.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// The kinds that belong to it.
    pub kinds: FixedBitSet,
    /// The properties each of its kinds has.
    pub properties: Vec<Property>,
    /// The relations each of its kinds has.
    pub relations: Vec<Relation>,
}

/// A property of a kind: a column of the entity table.
#[derive(Debug, Clone)]
pub struct Property {
    /// The field's and the column's name.
    pub name: String,
    /// What it says, for people.
    pub description: String,
    /// Its type.
    pub ty: PropertyType,
    /// Whether every entity of the kind has it.
    pub required: bool,
    /// Whether it holds the time that the entity stands for.
    pub is_period: bool,
}

/// The type of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PropertyType {
    /// Text.
    String,
    /// A whole number of 32 bits.
    Int,
    /// A double-precision number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// An exact decimal number.
    Decimal,
    /// A partial date or a period.
    Date,
    /// A value of the enum at this index of [`Ontology::enums`].
    Enum(usize),
}

/// An enum that properties are typed with.
#[derive(Debug, Clone)]
pub struct PropertyEnum {
    /// Its name.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// Its values and their descriptions.
    pub values: Vec<(String, String)>,
}

/// A field that leads to other entities.
#[derive(Debug, Clone)]
pub struct Relation {
    /// The field's name.
    pub name: String,
    /// What it leads to, for people.
    pub description: String,
    /// The type that declares it: its kind, or the group it was inherited from.
    pub declared_by: String,
    /// The predicate it follows.
    pub predicate: PredicateIndex,
    /// How it follows it.
    pub direction: Direction,
    /// The name of the type at the other end: a kind, a group, or `Entity`.
    pub target: String,
    /// The kinds at the other end.
    pub kinds: FixedBitSet,
    /// Whether the predicate can lead to no other kinds, so that nothing need be left out.
    pub takes_all: bool,
}

/// The direction in which a predicate is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From subject to object.
    Out,
    /// From object to subject.
    In,
    /// Either way.
    Both,
}

/// A kind of relation.
#[derive(Debug, Clone)]
pub struct Predicate {
    /// The name in GraphQL: `KNOWN_AS`.
    pub name: String,
    /// What it says, for people.
    pub description: String,
    /// The name read from the object, as the ontology writes it.
    pub inverse: Option<String>,
    /// What it is called.
    pub labels: Vec<Label>,
    /// The kinds its subject may have.
    pub subjects: FixedBitSet,
    /// The kinds its object may have.
    pub objects: FixedBitSet,
    /// Whether two objects of one subject at one time disagree.
    pub functional: bool,
    /// Whether two subjects of one object at one time disagree.
    pub inverse_functional: bool,
    /// How many objects a subject may have at one time; `None` for any number.
    pub max_objects: Option<u32>,
    /// How many subjects an object may have at one time; `None` for any number.
    pub max_subjects: Option<u32>,
}

impl Predicate {
    /// How many neighbors an entity may have at one time that is its subject (`Out`) or its object.
    pub fn limit(&self, direction: Direction) -> Option<u32> {
        match direction {
            Direction::Out => self.max_objects,
            _ => self.max_subjects,
        }
    }
}

/// A kind of figure.
#[derive(Debug, Clone)]
pub struct Metric {
    /// The name in GraphQL: `DE_CORE_VA`.
    pub name: String,
    /// What it measures, for people.
    pub description: String,
    /// What it is called.
    pub labels: Vec<Label>,
    /// The units a figure may be given in, the usual one first.
    pub units: Vec<String>,
}

impl Ontology {
    /// The kind named `name` (as a type or as a constant).
    pub fn kind(&self, name: &str) -> Option<KindIndex> {
        position(&self.kinds, |kind| kind.name == name || kind.constant == name)
    }

    /// The predicate that a table calls `name`, in any case.
    pub fn predicate(&self, name: &str) -> Option<PredicateIndex> {
        position(&self.predicates, |predicate| predicate.name.eq_ignore_ascii_case(name))
    }

    /// The metric that a table calls `name`, in any case.
    pub fn metric(&self, name: &str) -> Option<MetricIndex> {
        position(&self.metrics, |metric| metric.name.eq_ignore_ascii_case(name))
    }

    /// The names of the kinds in `set`, in the ontology's order, with ` or ` before the last.
    pub fn names_of(&self, set: &FixedBitSet) -> String {
        let names: Vec<&str> = set.ones().map(|kind| self.kinds[kind].name.as_str()).collect();
        match names.as_slice() {
            [] => "no kind".to_owned(),
            [one] => (*one).to_owned(),
            [front @ .., last] => format!("{} or {last}", front.join(", ")),
        }
    }
}

fn position<T, I: TryFrom<usize>>(items: &[T], test: impl Fn(&T) -> bool) -> Option<I> {
    items.iter().position(test).and_then(|index| I::try_from(index).ok())
}
