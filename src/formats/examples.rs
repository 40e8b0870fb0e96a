//! Example queries: a GraphQL document whose first comment lines say what it answers.

use super::Folder;
use crate::{
    graph::Example,
    ontology::{Diagnostic, Position},
};

/// Where the values of variables begin, in a comment of one line.
const VARIABLES: &str = "variables:";
/// Where the topic begins, in a comment of one line.
const TOPIC: &str = "topic:";

/// Reads an example: the first comment line is the title, the comment lines after it the
/// description, a line `# variables: {...}` the values of its variables, a line `# topic: ...` what
/// it is about.
pub(super) fn read(folder: &Folder, path: &str) -> Result<Example, Diagnostic> {
    let text = folder.text(path)?;
    let file = folder.display(path);
    let mut comments = text
        .lines()
        .take_while(|line| line.starts_with('#'))
        .map(|line| line.trim_start_matches('#').trim());
    let at = |line| Position { file: file.clone(), line, column: 0 };
    let title = comments.next().filter(|title| !title.is_empty()).ok_or_else(|| {
        Diagnostic::new(at(1), "the example has no title")
            .expected("a first line such as: # Who says so?")
    })?;
    let mut description: Vec<&str> = Vec::new();
    let (mut variables, mut topic) = ("", "");
    for (line, comment) in (2..).zip(comments) {
        if let Some(given) = comment.strip_prefix(TOPIC) {
            topic = given.trim();
            continue;
        }
        match comment.strip_prefix(VARIABLES) {
            Some(values) => {
                variables = values.trim();
                let parsed: Result<serde_json::Map<_, _>, _> = serde_json::from_str(variables);
                parsed.map_err(|error| {
                    Diagnostic::new(at(line), format!("the variables are not JSON: {error}"))
                        .expected("an object such as {\"key\": \"hangzhou\"}")
                })?;
            }
            None => description.push(comment),
        }
    }
    let body = text.lines().skip_while(|line| line.starts_with('#'));
    Ok(Example {
        topic: topic.to_owned(),
        title: title.to_owned(),
        description: description.join(" "),
        query: body.collect::<Vec<_>>().join("\n").trim().to_owned() + "\n",
        variables: variables.to_owned(),
        file,
    })
}
