//! Checks that directives are used as `schema/westlake.graphql` defines them: known names, allowed
//! places, known and required arguments of the right type. What the directives mean is read in
//! [`super::parse`]; what they look like is stated in that file alone.

use std::collections::HashMap;

use async_graphql::Value as ConstValue;
use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{
            BaseType, ConstDirective, DirectiveDefinition, DirectiveLocation, Type, TypeKind,
            TypeSystemDefinition,
        },
    },
};

use super::{Diagnostic, LANGUAGE_SDL, Position};
use crate::model::nearest;

/// The directives of the ontology language.
pub(super) struct Directives {
    definitions: HashMap<String, DirectiveDefinition>,
    /// Names and descriptions of values.
    enums: HashMap<String, Vec<(String, String)>>,
}

/// The icons that a kind can have, with what they show.
pub(crate) fn icons() -> Vec<(String, String)> {
    Directives::of_the_language().enums.remove("Icon").unwrap_or_default()
}

impl Directives {
    /// Reads the language's own definition, which is part of the program.
    pub(super) fn of_the_language() -> Self {
        let mut definitions = HashMap::new();
        let mut enums = HashMap::new();
        // The text is compiled in, and a test parses it.
        let document = parse_schema(LANGUAGE_SDL).map(|document| document.definitions);
        for definition in document.unwrap_or_default() {
            match definition {
                TypeSystemDefinition::Directive(directive) => {
                    definitions.insert(directive.node.name.node.to_string(), directive.node);
                }
                TypeSystemDefinition::Type(ty) => {
                    if let TypeKind::Enum(values) = &ty.node.kind {
                        let values = values.values.iter().map(|value| {
                            let description = value.node.description.as_ref();
                            let description =
                                description.map(|text| text.node.clone()).unwrap_or_default();
                            (value.node.value.node.to_string(), description)
                        });
                        enums.insert(ty.node.name.node.to_string(), values.collect());
                    }
                }
                TypeSystemDefinition::Schema(_) => {}
            }
        }
        Self { definitions, enums }
    }

    /// Appends to `problems` what is wrong with `used`, the directives of one definition.
    pub(super) fn check(
        &self,
        used: &[Positioned<ConstDirective>],
        location: DirectiveLocation,
        file: &str,
        problems: &mut Vec<Diagnostic>,
    ) {
        let mut seen: Vec<&str> = Vec::new();
        for directive in used {
            let name = directive.node.name.node.as_str();
            let at = position(file, directive.pos);
            let Some(definition) = self.definitions.get(name) else {
                let known = self.definitions.keys().map(String::as_str);
                problems.push(
                    Diagnostic::new(at, format!("unknown directive @{name}"))
                        .nearest(nearest(name, known)),
                );
                continue;
            };
            if !definition.locations.iter().any(|allowed| allowed.node == location) {
                let places: Vec<&str> =
                    definition.locations.iter().map(|place| place_name(place.node)).collect();
                problems.push(
                    Diagnostic::new(
                        at.clone(),
                        format!("@{name} cannot stand on {}", place_name(location)),
                    )
                    .expected(format!("it on {}", places.join(" or "))),
                );
            }
            if seen.contains(&name) && !definition.is_repeatable {
                problems.push(Diagnostic::new(at.clone(), format!("@{name} stands here twice")));
            }
            seen.push(name);
            self.check_arguments(definition, directive, file, problems);
        }
    }

    fn check_arguments(
        &self,
        definition: &DirectiveDefinition,
        directive: &Positioned<ConstDirective>,
        file: &str,
        problems: &mut Vec<Diagnostic>,
    ) {
        let name = directive.node.name.node.as_str();
        for (argument, value) in &directive.node.arguments {
            let known = || definition.arguments.iter().map(|known| known.node.name.node.as_str());
            let Some(input) =
                definition.arguments.iter().find(|known| known.node.name.node == argument.node)
            else {
                problems.push(
                    Diagnostic::new(
                        position(file, argument.pos),
                        format!("@{name} has no argument \"{}\"", argument.node),
                    )
                    .expected(known().collect::<Vec<_>>().join(", "))
                    .nearest(nearest(argument.node.as_str(), known())),
                );
                continue;
            };
            if !self.fits(&value.node, &input.node.ty.node) {
                let ty = &input.node.ty.node;
                let names: Option<Vec<&str>> = match &ty.base {
                    BaseType::Named(name) => self
                        .enums
                        .get(name.as_str())
                        .map(|values| values.iter().map(|(name, _)| name.as_str()).collect()),
                    BaseType::List(_) => None,
                };
                let given = value.node.to_string();
                problems.push(
                    Diagnostic::new(
                        position(file, value.pos),
                        format!("@{name}({}: {given}) has the wrong value", argument.node),
                    )
                    .expected(
                        names.as_ref().map_or_else(|| ty.to_string(), |names| names.join(", ")),
                    )
                    .nearest(names.and_then(|names| nearest(&given, names))),
                );
            }
        }
        for input in &definition.arguments {
            let required = !input.node.ty.node.nullable && input.node.default_value.is_none();
            if required && directive.node.get_argument(input.node.name.node.as_str()).is_none() {
                problems.push(Diagnostic::new(
                    position(file, directive.pos),
                    format!("@{name} needs its argument \"{}\"", input.node.name.node),
                ));
            }
        }
    }

    /// Names of types and enum values may be written as strings or as bare names.
    fn fits(&self, value: &ConstValue, ty: &Type) -> bool {
        match (&ty.base, value) {
            (_, ConstValue::Null) => ty.nullable,
            (BaseType::List(item), ConstValue::List(values)) => {
                values.iter().all(|value| self.fits(value, item))
            }
            (BaseType::List(item), value) => self.fits(value, item),
            (BaseType::Named(name), value) => match (self.enums.get(name.as_str()), value) {
                (Some(names), ConstValue::Enum(given)) => {
                    names.iter().any(|(name, _)| name == given.as_str())
                }
                (Some(_), _) => false,
                (None, ConstValue::String(_) | ConstValue::Enum(_)) => name == "String",
                (None, ConstValue::Boolean(_)) => name == "Boolean",
                (None, ConstValue::Number(_)) => name == "Int",
                (None, _) => false,
            },
        }
    }
}

fn place_name(location: DirectiveLocation) -> &'static str {
    match location {
        DirectiveLocation::Object => "a type",
        DirectiveLocation::Interface => "an interface",
        DirectiveLocation::FieldDefinition => "a field",
        DirectiveLocation::Enum => "an enum",
        DirectiveLocation::EnumValue => "an enum value",
        _ => "this definition",
    }
}

/// The place `pos` of `file`.
pub(super) fn position(file: &str, pos: async_graphql::Pos) -> Position {
    Position { file: file.to_owned(), line: pos.line as u64, column: pos.column as u64 }
}

#[cfg(test)]
mod tests {
    use super::Directives;

    #[test]
    fn the_language_defines_its_directives() {
        let directives = Directives::of_the_language();
        for name in ["language", "predicate", "metric", "kind", "relation", "period", "label"] {
            assert!(directives.definitions.contains_key(name), "@{name}");
        }
    }
}
