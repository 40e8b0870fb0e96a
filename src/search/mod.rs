//! Finds entities by their names: labels and aliases in every language, by prefix of the name or of
//! a word in it, whatever the case or width of the letters. Knows the graph; nothing of queries.
//!
//! Start reading at [`NameIndex::search`].

mod fold;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

pub use fold::{fold, fold_into};

use crate::{
    graph::{EntityId, Pages, Snapshot, StringId, Strings, Table, sorted::Sorted},
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

#[derive(Debug, Clone, Copy)]
struct Name {
    entity: EntityId,
    text: StringId,
    field: Field,
}

/// The beginning of a word in a name.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// The folded name, in [`NameIndex::folded`].
    text: StringId,
    /// Where the word begins in it.
    offset: u32,
    name: u32,
}

/// The names of a snapshot, folded, with every word's beginning in alphabetical order: a suffix
/// array over words. Twelve bytes a word, twelve and the folded text a name. Like the snapshot, the
/// index of the next revision shares what has not changed.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    folded: Strings,
    names: Pages<Name>,
    words: Sorted<Word>,
}

impl NameIndex {
    /// Indexes every label and alias. Cost: O(words · log words).
    pub fn build(snapshot: &Snapshot) -> Self {
        let mut this = Self::default();
        let mut added = Vec::new();
        for entity in snapshot.ids(Table::Entities).map(EntityId) {
            this.add(snapshot, entity, &mut added);
        }
        this.edit(added, &[]);
        this
    }

    /// The index of `after`, when this is the one of `before` and only `touched` entities differ.
    /// Cost: O(words of the touched entities · log words).
    #[must_use]
    pub fn next(&self, before: &Snapshot, after: &Snapshot, touched: &[EntityId]) -> Self {
        let mut this = self.clone();
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for entity in touched {
            let is_in = |snapshot: &Snapshot| snapshot.has(Table::Entities, entity.0);
            let texts = |snapshot: &Snapshot| -> Vec<(Field, String)> {
                let names = is_in(snapshot).then(|| names_of(snapshot, *entity));
                let text = |(field, id)| (field, snapshot.text(id).to_owned());
                names.into_iter().flatten().map(text).collect()
            };
            let (old, new) = (texts(before), texts(after));
            if old != new {
                old.iter().for_each(|(_, text)| this.find(*entity, text, &mut removed));
                if is_in(after) {
                    this.add(after, *entity, &mut added);
                }
            }
        }
        // A text that two names of an entity share is found twice.
        removed.sort_unstable_by_key(|word| (word.name, word.offset));
        removed.dedup_by_key(|word| (word.name, word.offset));
        this.edit(added, &removed);
        this
    }

    fn edit(&mut self, added: Vec<Word>, removed: &[Word]) {
        let folded = &self.folded;
        self.words.edit(added, removed, |a, b| {
            let order = rest(folded, *a).cmp(rest(folded, *b));
            order.then(a.name.cmp(&b.name)).then(a.offset.cmp(&b.offset))
        });
    }

    /// Enters the names of an entity and appends their words.
    fn add(&mut self, snapshot: &Snapshot, entity: EntityId, words: &mut Vec<Word>) {
        for (field, text) in names_of(snapshot, entity) {
            let folded = fold(snapshot.text(text));
            // A graph whose names pass the limit of texts has passed it already.
            let Some(id) = self.folded.push(&folded) else { continue };
            let name = self.names.len() as u32;
            self.names.push(Name { entity, text, field });
            let word = |offset: usize| Word { text: id, offset: offset as u32, name };
            words.extend(word_starts(&folded).map(word));
        }
    }

    /// Appends the words of the entity's names with this text.
    fn find(&self, entity: EntityId, text: &str, words: &mut Vec<Word>) {
        let folded = fold(text);
        for offset in word_starts(&folded) {
            let wanted = &folded[offset..];
            let same = self
                .words
                .from(|word| rest(&self.folded, *word) < wanted)
                .take_while(|word| rest(&self.folded, **word) == wanted);
            words.extend(same.filter(|word| self.names.get(word.name as usize).entity == entity));
        }
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
        let mut best: FxHashMap<EntityId, Hit> = FxHashMap::default();
        for word in self.words.from(|word| rest(&self.folded, *word) < head) {
            let rest = rest(&self.folded, *word);
            if !rest.starts_with(head) {
                break;
            }
            let name = self.names.get(word.name as usize);
            let kind = usize::from(snapshot.kind(name.entity));
            if wanted.kinds.is_some_and(|kinds| !kinds.contains(kind))
                || matches!((name.field, wanted.language), (Field::Label(a), Some(b)) if a != b)
            {
                continue;
            }
            let full = self.folded.get(word.text);
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

/// The labels and aliases of an entity.
fn names_of(
    snapshot: &Snapshot,
    entity: EntityId,
) -> impl Iterator<Item = (Field, StringId)> + use<'_> {
    let languages = snapshot.ontology().languages.len() as LanguageIndex;
    let labels = (0..languages).map(move |l| (Field::Label(l), snapshot.label_in(entity, l)));
    let aliases = snapshot.alias_range(entity).map(|place| (Field::Alias, snapshot.alias(place)));
    labels.chain(aliases).filter(|(_, text)| *text != StringId::NONE)
}

/// A name from a word on.
fn rest(folded: &Strings, word: Word) -> &str {
    &folded.get(word.text)[word.offset as usize..]
}

/// Where words begin in a folded name.
fn word_starts(folded: &str) -> impl Iterator<Item = usize> + '_ {
    let mut previous = ' ';
    folded.char_indices().filter_map(move |(offset, character)| {
        let begins = fold::begins_word(previous, character);
        previous = character;
        begins.then_some(offset)
    })
}

fn has_word(full: &str, wanted: &str) -> bool {
    word_starts(full).any(|offset| full[offset..].starts_with(wanted))
}
