//! Finds entities by their names: labels and aliases in every language, by prefix of the name or of
//! a word in it, whatever the case or width of the letters. Knows the graph; nothing of queries.
//!
//! Start reading at [`NameIndex::search`].

mod fold;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

pub use fold::{fold, fold_into};

use crate::{
    graph::{EntityId, Snapshot, StringId},
    ontology::LanguageIndex,
};

/// What a name is to its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A label, in a language.
    Label(LanguageIndex),
    /// An alias.
    Alias,
}

/// An entity that was found, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The entity.
    pub entity: EntityId,
    /// From 0 to 1; see [`NameIndex::search`].
    pub score: f64,
    /// Which name matched.
    pub field: Field,
    /// The name as the graph writes it.
    pub text: StringId,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The text as a person typed it.
    pub text: &'a str,
    /// Only entities of these kinds.
    pub kinds: Option<&'a FixedBitSet>,
    /// Only labels in this language (and aliases, which have none).
    pub language: Option<LanguageIndex>,
    /// At most so many.
    pub first: usize,
}

#[derive(Debug)]
struct Name {
    start: u32,
    end: u32,
    entity: EntityId,
    text: StringId,
    field: Field,
}

/// The names of a snapshot, folded, with every word's beginning in alphabetical order: a suffix
/// array over words. Twelve bytes a word, 24 and the folded text a name.
#[derive(Debug, Default)]
pub struct NameIndex {
    text: String,
    names: Vec<Name>,
    /// (where a word begins in `text`, whose name it is in), sorted by the text from there on.
    words: Vec<(u32, u32)>,
}

impl NameIndex {
    /// Indexes every label and alias. Cost: O(words · log words).
    pub fn build(snapshot: &Snapshot) -> Self {
        let mut this = Self::default();
        for entity in (0..snapshot.entity_count() as u32).map(EntityId) {
            for language in 0..snapshot.ontology().languages.len() as LanguageIndex {
                let label = snapshot.label_in(entity, language);
                this.add(snapshot, entity, label, Field::Label(language));
            }
            for alias in snapshot.alias_range(entity) {
                this.add(snapshot, entity, snapshot.alias(alias), Field::Alias);
            }
        }
        let Self { text, names, words } = &mut this;
        words.sort_unstable_by(|a, b| {
            let rest =
                |word: &(u32, u32)| &text[word.0 as usize..names[word.1 as usize].end as usize];
            rest(a).cmp(rest(b)).then(a.1.cmp(&b.1))
        });
        words.shrink_to_fit();
        text.shrink_to_fit();
        this
    }

    fn add(&mut self, snapshot: &Snapshot, entity: EntityId, text: StringId, field: Field) {
        let Some(id) = text.some() else { return };
        let start = self.text.len();
        fold_into(snapshot.strings().get(id), &mut self.text);
        let name = self.names.len() as u32;
        let mut previous = ' ';
        for (offset, character) in self.text[start..].char_indices() {
            if fold::begins_word(previous, character) {
                self.words.push(((start + offset) as u32, name));
            }
            previous = character;
        }
        self.names.push(Name {
            start: start as u32,
            end: self.text.len() as u32,
            entity,
            text,
            field,
        });
    }

    fn rest(&self, word: (u32, u32)) -> &str {
        &self.text[word.0 as usize..self.names[word.1 as usize].end as usize]
    }

    /// The entities one of whose names has every word of the text at the beginning of a word, the
    /// best first; ties in the order of the entity tables.
    ///
    /// The score is 1 for a name that is the text, from 0.8 to 0.9 for a name that begins with it,
    /// from 0.6 to 0.7 for a word that does, from 0.4 to 0.5 for words apart, each by how much of
    /// the name the text covers; an alias counts 0.05 less than a label. Cost: the names with a
    /// word that begins with the text's first word.
    pub fn search(&self, snapshot: &Snapshot, wanted: &Wanted<'_>) -> Vec<Hit> {
        let text = fold(wanted.text);
        let mut parts = text.split_whitespace();
        let Some(head) = parts.next() else { return Vec::new() };
        let others: Vec<&str> = parts.collect();
        let whole = text.trim();
        let from = self.words.partition_point(|word| self.rest(*word) < head);
        let mut best: FxHashMap<EntityId, Hit> = FxHashMap::default();
        for word in &self.words[from..] {
            let rest = self.rest(*word);
            if !rest.starts_with(head) {
                break;
            }
            let name = &self.names[word.1 as usize];
            let kind = usize::from(snapshot.kind(name.entity));
            if wanted.kinds.is_some_and(|kinds| !kinds.contains(kind))
                || matches!((name.field, wanted.language), (Field::Label(a), Some(b)) if a != b)
            {
                continue;
            }
            let full = &self.text[name.start as usize..name.end as usize];
            let base = if full == whole {
                0.9
            } else if full.starts_with(whole) {
                0.8
            } else if rest.starts_with(whole) {
                0.6
            } else if others.iter().all(|other| has_word(full, other)) {
                0.4
            } else {
                continue;
            };
            let covered = whole.len() as f64 / full.len().max(1) as f64;
            let alias = if name.field == Field::Alias { 0.05 } else { 0.0 };
            let score = base + 0.1 * covered.min(1.0) - alias;
            let hit = Hit { entity: name.entity, score, field: name.field, text: name.text };
            let known = best.entry(name.entity).or_insert(hit);
            if hit.score > known.score {
                *known = hit;
            }
        }
        let mut hits: Vec<Hit> = best.into_values().collect();
        hits.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then(a.entity.cmp(&b.entity)));
        hits.truncate(wanted.first);
        hits
    }
}

fn has_word(full: &str, wanted: &str) -> bool {
    let mut previous = ' ';
    full.char_indices().any(|(offset, character)| {
        let begins = fold::begins_word(previous, character);
        previous = character;
        begins && full[offset..].starts_with(wanted)
    })
}
