//! Statements as sentences, by the templates of the ontology.

use super::super::World;
use crate::{graph::StatementId, ontology::LanguageIndex};

/// A statement as a sentence, in a language if the ontology has words for it, else in the first
/// language that has.
pub(crate) fn sentence(world: &World, id: StatementId, language: Option<LanguageIndex>) -> String {
    let snapshot = &world.snapshot;
    let statement = snapshot.statement(id);
    let predicate = &snapshot.ontology().predicates[usize::from(statement.predicate)];
    let labels = || predicate.labels.iter();
    let of_language = |label: &&crate::ontology::Label| Some(label.language) == language;
    let label = labels().find(of_language).or_else(|| labels().next());
    let spoken = language.or(label.map(|label| label.language));
    let name = |entity| snapshot.text(snapshot.label(entity, spoken));
    let (subject, object) = (name(statement.subject), name(statement.object));
    match label.and_then(|label| label.sentence.as_deref()) {
        Some(template) => fill(template, subject, object),
        None => {
            let verb = label.map_or(predicate.name.as_str(), |label| label.text.as_str());
            format!("{subject} {verb} {object}.")
        }
    }
}

/// The template with names in its places. A name that looks like a place is not taken for one.
fn fill(template: &str, subject: &str, object: &str) -> String {
    let mut filled = String::with_capacity(template.len() + subject.len() + object.len());
    let mut rest = template;
    while let Some(place) = rest.find('{') {
        filled.push_str(&rest[..place]);
        let at = &rest[place..];
        let (name, length) = if at.starts_with("{subject}") {
            (subject, "{subject}".len())
        } else if at.starts_with("{object}") {
            (object, "{object}".len())
        } else {
            ("{", 1)
        };
        filled.push_str(name);
        rest = &at[length..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn names_are_put_in_their_places_once() {
        assert_eq!(fill("{subject} met {object}.", "A", "B"), "A met B.");
        assert_eq!(
            fill("{object} {was} met by {subject}", "{object}", "B"),
            "B {was} met by {object}"
        );
    }
}
