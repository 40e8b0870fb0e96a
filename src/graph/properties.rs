//! The values of properties: one column for each property of each kind.

use rust_decimal::Decimal;

use super::StringId;
use crate::{model::Period, ontology::PropertyType};

/// One value of a property.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PropertyValue {
    /// Text.
    String(StringId),
    /// A whole number.
    Int(i32),
    /// A double-precision number.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// An exact decimal number.
    Decimal(Decimal),
    /// A date or period.
    Date(Period),
    /// The index of an enum's value.
    Enum(u16),
}

/// The values of one property, indexed by the entity's ordinal within its kind.
#[derive(Debug, Clone)]
pub enum Column {
    /// Text; `StringId::NONE` where there is none.
    String(Vec<StringId>),
    /// Whole numbers.
    Int(Vec<Option<i32>>),
    /// Double-precision numbers.
    Float(Vec<Option<f64>>),
    /// True or false.
    Boolean(Vec<Option<bool>>),
    /// Exact decimal numbers.
    Decimal(Vec<Option<Decimal>>),
    /// Dates and periods.
    Date(Vec<Option<Period>>),
    /// Indexes of enum values.
    Enum(Vec<Option<u16>>),
}

impl Column {
    pub(super) fn new(ty: PropertyType) -> Self {
        match ty {
            PropertyType::String => Self::String(Vec::new()),
            PropertyType::Int => Self::Int(Vec::new()),
            PropertyType::Float => Self::Float(Vec::new()),
            PropertyType::Boolean => Self::Boolean(Vec::new()),
            PropertyType::Decimal => Self::Decimal(Vec::new()),
            PropertyType::Date => Self::Date(Vec::new()),
            PropertyType::Enum(_) => Self::Enum(Vec::new()),
        }
    }

    /// Appends a value of the column's own type; anything else counts as none.
    pub(super) fn push(&mut self, value: Option<PropertyValue>) {
        macro_rules! push {
            ($column:expr, $variant:ident) => {
                $column.push(match value {
                    Some(PropertyValue::$variant(value)) => Some(value),
                    _ => None,
                })
            };
        }
        match self {
            Self::String(column) => column.push(match value {
                Some(PropertyValue::String(value)) => value,
                _ => StringId::NONE,
            }),
            Self::Int(column) => push!(column, Int),
            Self::Float(column) => push!(column, Float),
            Self::Boolean(column) => push!(column, Boolean),
            Self::Decimal(column) => push!(column, Decimal),
            Self::Date(column) => push!(column, Date),
            Self::Enum(column) => push!(column, Enum),
        }
    }

    /// The value at an ordinal.
    pub fn get(&self, ordinal: u32) -> Option<PropertyValue> {
        let at = ordinal as usize;
        match self {
            Self::String(column) => column[at].some().map(PropertyValue::String),
            Self::Int(column) => column[at].map(PropertyValue::Int),
            Self::Float(column) => column[at].map(PropertyValue::Float),
            Self::Boolean(column) => column[at].map(PropertyValue::Boolean),
            Self::Decimal(column) => column[at].map(PropertyValue::Decimal),
            Self::Date(column) => column[at].map(PropertyValue::Date),
            Self::Enum(column) => column[at].map(PropertyValue::Enum),
        }
    }
}
