//! What the fields of filter inputs ask for, as the catalog states it.

/// What an input field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It is an argument, read by name.
    Argument,
    /// Meets all of a list.
    And,
    /// Meets one of a list.
    Or,
    /// Does not meet it.
    Not,
    /// A text meets it.
    Text(TextOf),
    /// An enum's value meets it.
    Enum(EnumOf),
    /// A number meets it.
    Number(NumberOf),
    /// A time meets it.
    Date(DateOf),
    /// The subject meets it.
    Subject,
    /// The object meets it.
    Object,
    /// The source of a reference meets it.
    Source,
    /// Entities along a relation meet it: an index into the catalog's relations.
    Related(u16),
    /// Entities along any predicate meet it.
    RelatedBy,
    /// The predicate of [`Meaning::RelatedBy`].
    RelatedPredicate,
    /// The direction of [`Meaning::RelatedBy`].
    RelatedDirection,
    /// At least one entity along the relation is such.
    Some,
    /// No entity along the relation is such.
    NoneOf,
    /// Every entity along the relation is such.
    Every,
    /// Only entities linked by such a statement count.
    Statement,
    /// An observation about the entity meets it.
    Observed,
    /// A source that speaks of the entity meets it.
    SpokenOfBy,
    /// An operator on a value.
    Op(Op),
}

/// Which text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextOf {
    /// The key.
    Key,
    /// Any label, or the label in a language.
    Label,
    /// Any alias.
    Alias,
    /// Any description, or the description in a language.
    Description,
    /// The note.
    Note,
    /// The locator of a reference.
    Locator,
    /// The unit.
    Unit,
    /// The title.
    Title,
    /// The publisher.
    Publisher,
    /// The address.
    Url,
    /// The source's language.
    Language,
    /// The genre.
    Genre,
    /// A property: an index into the catalog's properties.
    Property(u16),
}

/// Which enum's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnumOf {
    /// The kind.
    Kind,
    /// The predicate.
    Predicate,
    /// The metric.
    Metric,
    /// The confidence.
    Confidence,
    /// The rank.
    Rank,
    /// The approximation.
    Approximation,
    /// The status.
    Status,
    /// A property: an index into the catalog's properties.
    Property(u16),
}

/// Which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberOf {
    /// The figure.
    Value,
    /// A property: an index into the catalog's properties.
    Property(u16),
}

/// Which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOf {
    /// When a statement holds.
    Valid,
    /// The time an observation is for.
    Period,
    /// When a source was published.
    Published,
    /// A property: an index into the catalog's properties.
    Property(u16),
}

/// Operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is what GraphQL calls it, described there")]
pub enum Op {
    Eq,
    Ne,
    In,
    NotIn,
    Contains,
    StartsWith,
    EndsWith,
    IgnoreCase,
    Language,
    Lt,
    Lte,
    Gt,
    Gte,
    Overlaps,
    Within,
    Before,
    After,
    IsNull,
}
