//! Coercion of variables and arguments, as section 3 and section 6.1.2 of the GraphQL
//! specification (October 2021) say.

use async_graphql::{
    Name, Value as ConstValue, Variables,
    indexmap::IndexMap,
    parser::types::{BaseType, OperationDefinition, Type},
};
use async_graphql_value::Value;
use jiff::Timestamp;

use super::{
    QueryError,
    catalog::{Body, Catalog, InputField, Scalar, Ty, TypeId},
    filter::decimal,
};
use crate::model::{Period, nearest};

/// Values of variables by name; a variable without a value is absent.
pub type Coerced = IndexMap<Name, ConstValue>;

/// Coerces the values given for an operation's variables.
///
/// # Errors
/// What is wrong with a value, with its path in the variables.
pub fn coerce_variables(
    catalog: &Catalog,
    operation: &OperationDefinition,
    given: &Variables,
) -> Result<Coerced, QueryError> {
    let mut coerced = Coerced::new();
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        let ty = &definition.var_type.node;
        let at = |message: String| QueryError::input(message).at(definition.name.pos);
        let value = match given.get(name) {
            Some(value) => value,
            None => match &definition.default_value {
                Some(default) => &default.node,
                None if ty.nullable => continue,
                None => return Err(at(format!("variable ${name} of type {ty} has no value"))),
            },
        };
        let Some(catalog_type) = catalog_type(catalog, ty) else {
            return Err(at(format!("variable ${name} has the unknown type {ty}")));
        };
        let value = coerce(catalog, &catalog_type, value.clone())
            .map_err(|problem| at(format!("variable ${name}{problem}")))?;
        coerced.insert(name.clone(), value);
    }
    Ok(coerced)
}

fn catalog_type(catalog: &Catalog, ty: &Type) -> Option<Ty> {
    let base = match &ty.base {
        BaseType::Named(name) => Ty::Named(catalog.type_named(name)?),
        BaseType::List(item) => Ty::List(Box::new(catalog_type(catalog, item)?)),
    };
    Some(if ty.nullable { base } else { Ty::NonNull(Box::new(base)) })
}

/// Coerces the arguments of a field: one value for each argument it has, `None` where none was
/// given and there is no default.
///
/// # Errors
/// What is wrong with a value, with its path in the arguments.
pub fn coerce_arguments<'a>(
    catalog: &Catalog,
    inputs: &[InputField],
    given: impl Fn(&str) -> Option<&'a Value>,
    variables: &Coerced,
) -> Result<Vec<Option<ConstValue>>, QueryError> {
    inputs
        .iter()
        .map(|input| {
            let value = given(&input.name).and_then(|value| substitute(value, variables));
            coerce_field(catalog, input, value)
                .map_err(|problem| QueryError::input(format!("argument `{}`{problem}", input.name)))
        })
        .collect()
}

/// The value with its variables' values in place; `None` if it is a variable without a value. In
/// lists such a variable is null, in objects its field is absent.
fn substitute(value: &Value, variables: &Coerced) -> Option<ConstValue> {
    Some(match value {
        Value::Variable(name) => return variables.get(name).cloned(),
        Value::List(items) => ConstValue::List(
            items.iter().map(|item| substitute(item, variables).unwrap_or_default()).collect(),
        ),
        Value::Object(fields) => ConstValue::Object(
            fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), substitute(value, variables)?)))
                .collect(),
        ),
        other => other.clone().into_const().unwrap_or_default(),
    })
}

/// Coerces the value of one argument or input field.
fn coerce_field(
    catalog: &Catalog,
    input: &InputField,
    value: Option<ConstValue>,
) -> Result<Option<ConstValue>, String> {
    match value.or_else(|| input.default.clone()) {
        Some(value) => coerce(catalog, &input.ty, value).map(Some),
        None if input.ty.is_nullable() => Ok(None),
        None => Err(format!(" of type {} has no value", catalog.show(&input.ty))),
    }
}

/// Coerces a value to a type. The problem begins where the path to the value ends: ` is ...`,
/// `.field is ...`, `[2] is ...`.
fn coerce(catalog: &Catalog, ty: &Ty, value: ConstValue) -> Result<ConstValue, String> {
    match (ty, value) {
        (Ty::NonNull(_), ConstValue::Null) => {
            Err(format!(" is null, which {} does not allow", catalog.show(ty)))
        }
        (_, ConstValue::Null) => Ok(ConstValue::Null),
        (Ty::NonNull(inner), value) => coerce(catalog, inner, value),
        (Ty::List(item), ConstValue::List(values)) => {
            let coerced: Result<Vec<_>, _> = values
                .into_iter()
                .enumerate()
                .map(|(index, value)| {
                    coerce(catalog, item, value).map_err(|problem| format!("[{index}]{problem}"))
                })
                .collect();
            coerced.map(ConstValue::List)
        }
        (Ty::List(item), value) => Ok(ConstValue::List(vec![coerce(catalog, item, value)?])),
        (Ty::Named(id), value) => coerce_named(catalog, *id, value),
    }
}

fn coerce_named(catalog: &Catalog, id: TypeId, value: ConstValue) -> Result<ConstValue, String> {
    let definition = catalog.get(id);
    match &definition.body {
        Body::Scalar { scalar, .. } => coerce_scalar(*scalar, value)
            .map_err(|value| format!(" is {value}, expected {}", scalar_form(*scalar))),
        Body::Enum(values) => {
            let name = match &value {
                ConstValue::Enum(name) => name.as_str(),
                ConstValue::String(name) => name.as_str(),
                _ => return Err(format!(" is {value}, expected a value of {}", definition.name)),
            };
            if values.iter().any(|(known, _)| known == name) {
                return Ok(ConstValue::Enum(Name::new(name)));
            }
            let nearest = nearest(name, values.iter().map(|(known, _)| known.as_str()));
            let hint = nearest.map_or_else(String::new, |name| format!("; did you mean {name}?"));
            Err(format!(" is {name}, which {} does not have{hint}", definition.name))
        }
        Body::Input(fields) => {
            let ConstValue::Object(mut given) = value else {
                return Err(format!(" is {value}, expected an object of type {}", definition.name));
            };
            let mut coerced = IndexMap::with_capacity(given.len());
            for field in fields {
                let value = given.swap_remove(field.name.as_str());
                let value = coerce_field(catalog, field, value)
                    .map_err(|problem| format!(".{}{problem}", field.name))?;
                if let Some(value) = value {
                    coerced.insert(Name::new(&field.name), value);
                }
            }
            match given.keys().next() {
                None => Ok(ConstValue::Object(coerced)),
                Some(unknown) => {
                    let known = fields.iter().map(|field| field.name.as_str());
                    let hint = nearest(unknown, known)
                        .map_or_else(String::new, |name| format!("; did you mean {name}?"));
                    Err(format!(
                        " has the field {unknown}, which {} does not have{hint}",
                        definition.name
                    ))
                }
            }
        }
        Body::Object { .. } | Body::Interface { .. } => {
            Err(format!(" is of type {}, which is not an input type", definition.name))
        }
    }
}

fn scalar_form(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Int => "a whole number of 32 bits",
        Scalar::Float => "a number",
        Scalar::String => "a string",
        Scalar::Boolean => "true or false",
        Scalar::Id => "an id",
        Scalar::PartialDate => {
            "a date such as \"2024\", \"2021-H1\", \"2017-Q1\", \"2024-07\", \"2024-07-15\" or \"2021-01/2021-08\""
        }
        Scalar::Decimal => "a decimal number",
        Scalar::DateTime => "a moment as RFC 3339 writes it, such as \"2024-11-10T08:00:00Z\"",
    }
}

/// Whether a value is one of a scalar type.
pub fn is_valid_scalar(scalar: Scalar, value: &ConstValue) -> bool {
    *value == ConstValue::Null || coerce_scalar(scalar, value.clone()).is_ok()
}

fn coerce_scalar(scalar: Scalar, value: ConstValue) -> Result<ConstValue, ConstValue> {
    let is_valid = match (scalar, &value) {
        (Scalar::Int, ConstValue::Number(number)) => {
            number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
        }
        (Scalar::Float, ConstValue::Number(_))
        | (Scalar::String | Scalar::Id, ConstValue::String(_))
        | (Scalar::Boolean, ConstValue::Boolean(_)) => true,
        (Scalar::Id, ConstValue::Number(number)) if number.is_i64() || number.is_u64() => {
            return Ok(ConstValue::String(number.to_string()));
        }
        (Scalar::PartialDate, ConstValue::String(text)) => text.parse::<Period>().is_ok(),
        (Scalar::Decimal, value) => decimal(value).is_some(),
        (Scalar::DateTime, ConstValue::String(text)) => text.parse::<Timestamp>().is_ok(),
        _ => false,
    };
    if is_valid { Ok(value) } else { Err(value) }
}
