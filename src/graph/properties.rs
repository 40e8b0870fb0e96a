//! The values of properties: one column for each property of each kind.

use rust_decimal::Decimal;

use super::{Pages, StringId};
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
    String(Pages<StringId>),
    /// Whole numbers.
    Int(Pages<Option<i32>>),
    /// Double-precision numbers.
    Float(Pages<Option<f64>>),
    /// True or false.
    Boolean(Pages<Option<bool>>),
    /// Exact decimal numbers.
    Decimal(Pages<Option<Decimal>>),
    /// Dates and periods.
    Date(Pages<Option<Period>>),
    /// Indexes of enum values.
    Enum(Pages<Option<u16>>),
}

impl Column {
    pub(super) fn new(ty: PropertyType) -> Self {
        match ty {
            PropertyType::String => Self::String(Pages::default()),
            PropertyType::Int => Self::Int(Pages::default()),
            PropertyType::Float => Self::Float(Pages::default()),
            PropertyType::Boolean => Self::Boolean(Pages::default()),
            PropertyType::Decimal => Self::Decimal(Pages::default()),
            PropertyType::Date => Self::Date(Pages::default()),
            PropertyType::Enum(_) => Self::Enum(Pages::default()),
        }
    }

    /// Puts a value of the column's own type at an ordinal, the next one or one before; anything
    /// else counts as none.
    pub(super) fn put(&mut self, ordinal: u32, value: Option<PropertyValue>) {
        macro_rules! put {
            ($column:expr, $variant:ident) => {
                put_at(
                    $column,
                    ordinal,
                    match value {
                        Some(PropertyValue::$variant(value)) => Some(value),
                        _ => None,
                    },
                )
            };
        }
        match self {
            Self::String(column) => put_at(
                column,
                ordinal,
                match value {
                    Some(PropertyValue::String(value)) => value,
                    _ => StringId::NONE,
                },
            ),
            Self::Int(column) => put!(column, Int),
            Self::Float(column) => put!(column, Float),
            Self::Boolean(column) => put!(column, Boolean),
            Self::Decimal(column) => put!(column, Decimal),
            Self::Date(column) => put!(column, Date),
            Self::Enum(column) => put!(column, Enum),
        }
    }

    /// The value at an ordinal.
    pub fn get(&self, ordinal: u32) -> Option<PropertyValue> {
        let at = ordinal as usize;
        match self {
            Self::String(column) => column.get(at).some().map(PropertyValue::String),
            Self::Int(column) => column.get(at).map(PropertyValue::Int),
            Self::Float(column) => column.get(at).map(PropertyValue::Float),
            Self::Boolean(column) => column.get(at).map(PropertyValue::Boolean),
            Self::Decimal(column) => column.get(at).map(PropertyValue::Decimal),
            Self::Date(column) => column.get(at).map(PropertyValue::Date),
            Self::Enum(column) => column.get(at).map(PropertyValue::Enum),
        }
    }
}

fn put_at<T: Clone>(column: &mut Pages<T>, ordinal: u32, value: T) {
    if ordinal as usize == column.len() {
        column.push(value);
    } else {
        column.set(ordinal as usize, value);
    }
}
