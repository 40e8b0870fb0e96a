//! Mistakes in a folder: all of them in one run, each with file, line, value, what was expected and
//! the nearest right name; never a panic, never a half-loaded graph.

use jiff::Timestamp;
use proptest::prelude::*;
use westlake::formats::{Folder, load};

use crate::support::{folder, run, text};

const MANIFEST: &str = "name = \"people\"\nversion = \"1\"\nlicence = \"CC0-1.0\"\nontology = [\"ontology.graphql\"]\n";

const ONTOLOGY: &str = r#"enum Language { "English." EN @language(tag: "en") }
"How two are linked."
enum Predicate {
  "Knows." KNOWS @predicate(subject: [Person], object: [Person])
  "Lives in." LIVES_IN @predicate(subject: [Person], object: [Town], inverse: "home of")
}
enum Metric { "How many live there." POPULATION @metric(units: ["count"]) }
enum Size { "Small." SMALL "Large." LARGE }
"A person."
type Person @kind(plural: "people") { "When they were born." born: PartialDate "Friends." friends: [Person!]! @relation(predicate: KNOWS) }
"A town."
type Town @kind { "How large." size: Size! "How high." height: Int }
"#;

const SOURCES: &str = "key,title\nletters,Letters\n";
const ENTITIES: &str = "key,kind,label_en,born,size,height\nanna,Person,Anna,1900,,\nben,Person,Ben,,,\nulm,Town,Ulm,,SMALL,478\n";
const STATEMENTS: &str =
    "key,subject,predicate,object,source\ns1,anna,knows,ben,letters\ns2,ben,lives_in,ulm,letters\n";
const OBSERVATIONS: &str =
    "key,subject,metric,value,unit,period,source\no1,ulm,population,1000,count,1920,letters\n";

type Files<'a> = Vec<(&'a str, &'a [u8])>;

/// The right folder, with some files replaced.
fn files<'a>(replaced: &[(&'a str, &'a [u8])]) -> Files<'a> {
    let mut files: Files<'a> = vec![
        ("westlake.toml", MANIFEST.as_bytes()),
        ("ontology.graphql", ONTOLOGY.as_bytes()),
        ("sources.csv", SOURCES.as_bytes()),
        ("entities.csv", ENTITIES.as_bytes()),
        ("statements.csv", STATEMENTS.as_bytes()),
        ("observations.csv", OBSERVATIONS.as_bytes()),
    ];
    for (name, content) in replaced {
        files.retain(|(known, _)| known != name);
        files.push((name, content));
    }
    files
}

/// What `westlake check` says of a folder, without the place where the folder stands.
fn check(replaced: &[(&str, &[u8])]) -> String {
    let folder = folder(&files(replaced));
    let path = folder.path().to_str().unwrap();
    let output = run(&["check", path]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.success(), err.is_empty(), "{out}{err}");
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    format!("{out}{err}").replace(&format!("{path}/"), "")
}

#[test]
fn a_right_folder_has_no_mistakes() {
    assert_eq!(
        check(&[]),
        "people 1: 3 entities, 2 statements, 1 observations, 1 sources, in en: no mistakes\n"
    );
}

#[test]
fn every_mistake_in_the_tables_is_reported_in_one_run() {
    let sources = "key,title,published\nletters,Letters,1920\nletters,Again,1921\n,Nameless,\ndiary,,1921-13\n";
    let entities = "key,kind,label_en,born,size,height\nanna,Person,Anna,19000,,\nben,Persn,Ben,,,\nulm,Town,Ulm,,MEDIUM,tall\nbonn,Town,Bonn,1900,SMALL,\nanna,Person,Anna,,,\nbig,Town,Big,,LARGE\n\u{7},Town,Bell,,LARGE,\n";
    let statements = "key,subject,predicate,object,source,valid_from,valid_until,confidence\ns1,ana,knows,ben,letters,,,\ns2,anna,know,ben,letter,,,\ns3,bonn,lives_in,bonn,letters,2024-02-30,,sure\ns4,anna,lives_in,bonn,,2024,2023,high\ns5,anna,lives_in,bonn,letters,,,\ns5,anna,lives_in,bonn,letters,,,\n";
    let observations = "key,subject,metric,value,unit,period,source,approximation\no1,ulm,population,many,count,1920,letters,\no2,bonn,populaton,1,count,1920,letters,roughly\no3,bonn,population,1,people,,letters,\n";
    insta::assert_snapshot!(
        "tables",
        check(&[
            ("sources.csv", sources.as_bytes()),
            ("entities.csv", entities.as_bytes()),
            ("statements.csv", statements.as_bytes()),
            ("observations.csv", observations.as_bytes()),
        ])
    );
}

#[test]
fn a_predicate_is_held_to_its_limits_at_each_time() {
    let limited = ONTOLOGY.replace("inverse: \"home of\")", "maxObjects: 1, maxSubjects: 2)");
    let entities = format!("{ENTITIES}bonn,Town,Bonn,,SMALL,\ncy,Person,Cy,,,\n");
    let with = |statements: &str| {
        let statements = format!(
            "key,subject,predicate,object,source,valid_from,valid_until,rank\n{statements}"
        );
        let files: [(&str, &[u8]); 3] = [
            ("ontology.graphql", limited.as_bytes()),
            ("entities.csv", entities.as_bytes()),
            ("statements.csv", statements.as_bytes()),
        ];
        check(&files)
    };
    // One after the other, the same one twice, and one that is given up are within the limits.
    let right = "s1,anna,lives_in,ulm,letters,1900,1950,\ns2,anna,lives_in,bonn,letters,1951,,\ns3,anna,lives_in,ulm,letters,1940,1945,\ns4,anna,lives_in,bonn,letters,,,deprecated\ns5,ben,lives_in,ulm,letters,,,\n";
    assert!(with(right).contains("no mistakes"), "{}", with(right));
    let wrong = format!(
        "{right}s6,ben,lives_in,bonn,letters,1960,,\ns7,cy,lives_in,ulm,letters,1930,1940,\n"
    );
    insta::assert_snapshot!(with(&wrong), @r#"
    statements.csv:7: "ben" would have 2 objects of LIVES_IN at one time; expected at most 1: end the time of the others, give them rank DEPRECATED, or retract them
    statements.csv:8: "ulm" would have 3 subjects of LIVES_IN at one time; expected at most 2: end the time of the others, give them rank DEPRECATED, or retract them
    2 mistakes; nothing was loaded
    "#);
    let none = limited.replace("maxObjects: 1", "maxObjects: 0");
    insta::assert_snapshot!(check(&[("ontology.graphql", none.as_bytes())]), @r#"
    ontology.graphql:5:82: maxObjects is 0; expected a whole number from 1 on
    1 mistake; nothing was loaded
    "#);
    let sentence = ONTOLOGY.replace(
        "KNOWS @predicate(subject: [Person], object: [Person])",
        "KNOWS @predicate(subject: [Person], object: [Person]) @label(lang: EN, text: \"knows\", sentence: \"{subject} knows {objet}.\")",
    );
    insta::assert_snapshot!(check(&[("ontology.graphql", sentence.as_bytes())]), @r#"
    ontology.graphql:4:66: the sentence "{subject} knows {objet}." has no {object}; expected a sentence with {subject} and {object}
    1 mistake; nothing was loaded
    "#);
}

#[test]
fn mistakes_in_headers_and_bytes_are_reported() {
    let sources: &[u8] = b"key,titel\nletters,Letters\n";
    let entities: &[u8] = b"key,kind,label_en,label_en,size\nulm,Town,Ulm\xff,Ulm,SMALL\n";
    let statements: &[u8] = b"\xef\xbb\xbfkey,subject,object,source\ns1,anna,ben,letters\n";
    let observations: &[u8] = b"";
    insta::assert_snapshot!(
        "headers",
        check(&[
            ("sources.csv", sources),
            ("entities.csv", entities),
            ("statements.csv", statements),
            ("observations.csv", observations),
        ])
    );
    let broken = [ENTITIES.as_bytes(), b"caf\xe9,Person,Cafe,,,\n"].concat();
    insta::assert_snapshot!("bytes", check(&[("entities.csv", &broken)]));
}

#[test]
fn mistakes_in_the_manifest_are_reported() {
    let unknown = MANIFEST.replace("licence", "license");
    let broken = MANIFEST.replace("\"1\"", "\"1");
    let word = MANIFEST.replace("\"people\"", "\"My People\"");
    let missing = MANIFEST.replace("ontology.graphql", "ontologie.graphql");
    for (name, manifest) in
        [("unknown", &unknown), ("broken", &broken), ("word", &word), ("missing", &missing)]
    {
        insta::assert_snapshot!(
            format!("manifest_{name}"),
            check(&[("westlake.toml", manifest.as_bytes())])
        );
    }
}

#[test]
fn mistakes_in_the_ontology_are_reported_with_line_and_column() {
    let wrong = r#"enum Language { EN @language(tag: "en") }
enum Predicate {
  KNOWS @predicate(subject: [Persn], object: [Person])
  LIVES_IN @predicat(subject: [Person])
  OWNS @predicate(subjects: [Person])
  LIKES @predicate(inverse: 4) @metric(units: ["x"])
}
enum Metric { POPULATION AGE @metric }
type Person @kind(plural: "people") implements Being {
  key: String
  born: Date
  names: [String!]!
  home: Town
  friends: [Person!]! @relation(predicate: KNOW)
  towns: [Town!]! @relation(predicate: LIVES_IN, direction: INWARD)
  friends: [Person!]! @relation(predicate: KNOWS)
}
type Town @label(lang: FR, text: "ville") { size: Int @period }
type Query @kind { size: Int }
type Person @kind { size: Int }
union Any = Person | Town
"#
    .replace(
        "@kind(plural: \"people\") implements Being",
        "implements Being @kind(plural: \"people\")",
    );
    insta::assert_snapshot!("ontology", check(&[("ontology.graphql", wrong.as_bytes())]));
    insta::assert_snapshot!(
        "ontology_syntax",
        check(&[("ontology.graphql", b"enum Language { EN\ntype Person @kind {")])
    );
    insta::assert_snapshot!(
        "ontology_empty",
        check(&[("ontology.graphql", b"type Search @kind(plural: \"search\")")])
    );
    let icon = ONTOLOGY.replace("type Town @kind", "type Town @kind(icon: CITTY)");
    let told = check(&[("ontology.graphql", icon.as_bytes())]);
    assert!(told.contains("@kind(icon: CITTY) has the wrong value; expected ANIMAL,"), "{told}");
    assert!(told.contains("did you mean \"CITY\"?"), "{told}");
}

#[test]
fn a_quoted_cell_may_hold_commas_quotes_and_lines() {
    let entities = "key,kind,label_en,born,size,height\r\nanna,Person,\"Anna, \"\"the\nelder\"\"\",1900,,\r\nben,Person,Ben,,,\r\nulm,Town,Ulm,,LARGE,\r\n";
    let folder = folder(&files(&[("entities.csv", entities.as_bytes())]));
    let snapshot =
        load(&Folder::Directory(folder.path().to_owned()), Timestamp::UNIX_EPOCH).unwrap();
    let anna = snapshot.entity("anna").unwrap();
    assert_eq!(snapshot.text(snapshot.label(anna, None)), "Anna, \"the\nelder\"");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever happens to the bytes of a file, loading it says so or works.
    #[test]
    fn no_bytes_make_loading_panic(
        file in 0usize..6,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..3), 1..12),
    ) {
        let mut files = files(&[]);
        let mut bytes = files[file].1.to_vec();
        for (place, byte, what) in edits {
            let place = place.index(bytes.len().max(1));
            match what {
                0 if place < bytes.len() => bytes[place] = byte,
                1 if place < bytes.len() => drop(bytes.remove(place)),
                _ => bytes.insert(place.min(bytes.len()), byte),
            }
        }
        files[file].1 = &bytes;
        let folder = folder(&files);
        match load(&Folder::Directory(folder.path().to_owned()), Timestamp::UNIX_EPOCH) {
            Ok(snapshot) => prop_assert!(snapshot.entity_count() <= 4),
            Err(problems) => prop_assert!(!problems.0.is_empty()),
        }
    }
}
