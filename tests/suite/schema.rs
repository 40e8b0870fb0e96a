//! The generated SDL: what is committed is what the program says, and everything is described.

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
};

use crate::support::{root, run, text};

fn sdl() -> String {
    let output = run(&["schema"]);
    assert!(output.status.success());
    text(&output.stdout)
}

#[test]
fn the_committed_sdl_is_the_programs() {
    let committed = std::fs::read_to_string(root().join("schema/hangzhou.api.graphql")).unwrap();
    assert!(
        committed == sdl(),
        "schema/hangzhou.api.graphql is not what the program prints: run make schema"
    );
}

#[test]
fn every_type_field_argument_and_value_has_a_description() {
    let mut missing = Vec::new();
    let inputs = |owner: &str, inputs: &[InputValueDefinition], missing: &mut Vec<String>| {
        for input in inputs {
            if input.description.is_none() {
                missing.push(format!("{owner}.{}", input.name.node));
            }
        }
    };
    let fields = |owner: &str, fields: Vec<FieldDefinition>, missing: &mut Vec<String>| {
        for field in fields {
            let name = format!("{owner}.{}", field.name.node);
            let arguments: Vec<_> = field.arguments.into_iter().map(|a| a.node).collect();
            inputs(&name, &arguments, missing);
            if field.description.is_none() {
                missing.push(name);
            }
        }
    };
    let mut count = 0;
    for definition in parse_schema(sdl()).unwrap().definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        count += 1;
        let name = ty.node.name.node.to_string();
        if ty.node.description.is_none() {
            missing.push(name.clone());
        }
        match ty.node.kind {
            TypeKind::Object(object) => {
                fields(&name, object.fields.into_iter().map(|f| f.node).collect(), &mut missing);
            }
            TypeKind::Interface(interface) => {
                fields(&name, interface.fields.into_iter().map(|f| f.node).collect(), &mut missing);
            }
            TypeKind::InputObject(object) => {
                let values: Vec<_> = object.fields.into_iter().map(|f| f.node).collect();
                inputs(&name, &values, &mut missing);
            }
            TypeKind::Enum(values) => {
                for value in values.values.iter().filter(|v| v.node.description.is_none()) {
                    missing.push(format!("{name}.{}", value.node.value.node));
                }
            }
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
    assert!(count > 100);
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_scalars_say_where_they_are_specified() {
    let sdl = sdl();
    for scalar in ["PartialDate", "Decimal", "DateTime"] {
        let line = sdl.lines().find(|line| line.starts_with(&format!("scalar {scalar} "))).unwrap();
        assert!(line.contains("@specifiedBy(url: \"https://"), "{line}");
    }
}

/// What the program says to a folder whose ontology has one kind with one property.
fn schema_of(kind: &str, property: &str) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "name = \"x\"\ntitle = \"x\"\nversion = \"1\"\nlicence = \"x\"\nontology = [\"o.graphql\"]\n[tables]\nsources = []\nentities = []\nstatements = []\nobservations = []\n";
    let ontology = format!(
        "enum Language {{ EN @language(tag: \"en\") }}\nenum Predicate {{ A @predicate }}\ntype {kind} @kind(plural: \"manyOfThese\") {{ {property}: Int }}\n"
    );
    std::fs::write(folder.path().join("westlake.toml"), manifest).unwrap();
    std::fs::write(folder.path().join("o.graphql"), ontology).unwrap();
    let output = run(&["schema", folder.path().to_str().unwrap()]);
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[test]
fn an_ontology_can_take_no_name_that_the_api_has() {
    let (works, sdl) = schema_of("Zebra", "stripes");
    assert!(works, "{sdl}");
    let mut types = 0;
    for definition in parse_schema(&sdl).unwrap().definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let name = ty.node.name.node.to_string();
        // What an ontology names by itself, and what comes of the kind.
        if name.contains("Zebra") || ["Language", "Predicate", "Metric"].contains(&name.as_str()) {
            continue;
        }
        types += 1;
        let (works, told) = schema_of(&name, "stripes");
        assert!(!works && !told.contains("panicked"), "kind {name}: {told}");
        assert!(told.contains(&format!("\"{name}\"")), "kind {name}: {told}");
        if let (TypeKind::Interface(entity), "Entity") = (ty.node.kind, name.as_str()) {
            for field in entity.fields {
                let field = field.node.name.node;
                let (works, told) = schema_of("Zebra", &field);
                assert!(!works && told.contains(&format!("\"{field}\"")), "{field}: {told}");
            }
        }
    }
    assert!(types > 100, "{types} types");
}
