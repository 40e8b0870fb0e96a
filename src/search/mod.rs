//! Finds things by their texts: labels and aliases in every language, descriptions, the notes of
//! statements and observations, the titles of sources. By prefix of the text or of a word in it,
//! whatever the case or width of the letters, in traditional or simplified characters, names also by
//! pinyin; and by a word that is near, where none is right. Knows the graph; nothing of queries.
//!
//! Start reading at [`NameIndex::search`].

mod fold;
mod forms;
mod near;

use std::collections::BinaryHeap;

use fixedbitset::FixedBitSet;
use rustc_hash::FxHashMap;

pub use fold::{fold, fold_into};
pub use forms::matched;

use crate::{
    graph::{
        EntityId, ObservationId, Pages, Snapshot, SourceId, StatementId, StringId, Strings, Table,
        sorted::Sorted,
    },
    ontology::{KindIndex, LanguageIndex},
};

/// What a text is to what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// A label, in a language.
    Label(LanguageIndex),
    /// An alias.
    Alias,
    /// A description, in a language.
    Description(LanguageIndex),
    /// The note of a statement or an observation.
    Note,
    /// The title of a source.
    Title,
}

impl Field {
    fn is_name(self) -> bool {
        matches!(self, Self::Label(_) | Self::Alias)
    }

    fn language(self) -> Option<LanguageIndex> {
        match self {
            Self::Label(language) | Self::Description(language) => Some(language),
            _ => None,
        }
    }

    /// How much less than a label it counts: as a share, and then as a number.
    fn weight(self) -> (f64, f64) {
        match self {
            Self::Label(_) => (1.0, 0.0),
            Self::Alias => (1.0, 0.05),
            Self::Title => (0.5, 0.0),
            Self::Description(_) => (0.5, 0.05),
            Self::Note => (0.5, 0.1),
        }
    }
}

/// Something that was found, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The table of what was found.
    pub table: Table,
    /// Its row.
    pub id: u32,
    /// The entity: what was found, or what it speaks of; a source speaks of none.
    pub entity: Option<EntityId>,
    /// From 0 to 1; see [`NameIndex::search`].
    pub score: f64,
    /// Which sort of text matched.
    pub field: Field,
    /// The text as the graph writes it.
    pub text: StringId,
}

/// Which texts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Names alone: labels and aliases.
    Names,
    /// What tells of entities: names, descriptions, notes; each entity is found once.
    Entities,
    /// Every text; each row is found once.
    All,
}

/// Whether a row is a part of what is searched.
pub type Admits<'a> = &'a dyn Fn(Table, u32) -> bool;

/// What is looked for.
#[derive(Clone)]
pub struct Wanted<'a> {
    /// The text as a person typed it.
    pub text: &'a str,
    /// Which texts are looked at.
    pub scope: Scope,
    /// Only entities of these kinds, and what speaks of them.
    pub kinds: Option<&'a FixedBitSet>,
    /// Only labels and descriptions in this language (and texts that have none).
    pub language: Option<LanguageIndex>,
    /// Only texts of rows that it admits; `None` for all.
    pub admits: Option<Admits<'a>>,
    /// At most so many.
    pub first: usize,
}

impl std::fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("text", &self.text).finish_non_exhaustive()
    }
}

impl Wanted<'_> {
    /// Whether a text may be looked at.
    fn admits(&self, name: &Name) -> bool {
        is_language(name.field, self.language)
            && self.admits.is_none_or(|admits| admits(name.table, name.id))
    }
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The best hits, the best first.
    pub hits: Vec<Hit>,
    /// How many there are; of names that one word finds, how many were looked at.
    pub total: usize,
    /// How many there are of each kind of entity, the most first; nothing for names.
    pub kinds: Vec<(KindIndex, usize)>,
}

#[derive(Debug, Clone, Copy)]
struct Name {
    id: u32,
    text: StringId,
    field: Field,
    table: Table,
    /// Whether it is the text as it is written, not as it is spelled.
    is_written: bool,
}

/// The beginning of a word in a name.
#[derive(Debug, Clone, Copy)]
struct Word {
    /// The folded name, in [`NameIndex::folded`].
    text: StringId,
    /// Where the word begins in it, in bytes.
    offset: u16,
    /// How many bytes it has; of longer ones, only so many are looked at.
    length: u16,
    name: u32,
}

/// The texts of a snapshot, folded, with every word's beginning in alphabetical order: a suffix array
/// over words. Twelve bytes a word, twenty and the folded form a text. Like the snapshot, the index of
/// the next revision shares what has not changed.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    folded: Strings,
    names: Pages<Name>,
    /// The words of names, which are looked through while somebody types.
    of_names: Sorted<Word>,
    /// The words of all other texts.
    of_texts: Sorted<Word>,
}

/// Words of names, and words of other texts.
type Words = (Vec<Word>, Vec<Word>);

const TABLES: [Table; 4] =
    [Table::Entities, Table::Statements, Table::Observations, Table::Sources];

impl NameIndex {
    /// Indexes every text. Cost: O(words · log words).
    pub fn build(snapshot: &Snapshot) -> Self {
        let mut this = Self::default();
        let mut added = Words::default();
        for table in TABLES {
            for id in snapshot.ids(table) {
                this.add(snapshot, table, id, &mut added);
            }
        }
        this.of_names = this.sorted(added.0);
        this.of_texts = this.sorted(added.1);
        this
    }

    /// Words put in order. Their first eight bytes settle most comparisons.
    fn sorted(&self, words: Vec<Word>) -> Sorted<Word> {
        let folded = &self.folded;
        let key = |word: &Word| {
            let mut bytes = [0; 8];
            let rest = rest(folded, *word).as_bytes();
            let length = rest.len().min(8);
            bytes[..length].copy_from_slice(&rest[..length]);
            u64::from_be_bytes(bytes)
        };
        let mut keyed: Vec<(u64, Word)> =
            words.into_iter().map(|word| (key(&word), word)).collect();
        keyed.sort_unstable_by(|(a, one), (b, other)| {
            a.cmp(b).then_with(|| in_order(folded, *one, *other))
        });
        Sorted::from_sorted(keyed.into_iter().map(|(_, word)| word))
    }

    /// The index of `after`, when this is the one of `before` and only `touched` rows differ, given by
    /// table. Cost: O(words of the touched rows · log words).
    #[must_use]
    pub fn next(&self, before: &Snapshot, after: &Snapshot, touched: &[Vec<u32>; 4]) -> Self {
        let mut this = self.clone();
        let (mut added, mut removed) = (Words::default(), Words::default());
        for table in TABLES {
            for id in &touched[table as usize] {
                let texts = |snapshot: &Snapshot| -> Vec<(Field, String)> {
                    if !snapshot.has(table, *id) {
                        return Vec::new();
                    }
                    let texts = texts_of(snapshot, table, *id).into_iter();
                    texts.map(|(field, text)| (field, snapshot.text(text).to_owned())).collect()
                };
                let (old, new) = (texts(before), texts(after));
                if old != new {
                    old.iter().for_each(|(f, text)| this.find(table, *id, *f, text, &mut removed));
                    if after.has(table, *id) {
                        this.add(after, table, *id, &mut added);
                    }
                }
            }
        }
        let Self { folded, of_names, of_texts, .. } = &mut this;
        for (words, added, mut removed) in
            [(of_names, added.0, removed.0), (of_texts, added.1, removed.1)]
        {
            // A text that two names of an entity share is found twice.
            removed.sort_unstable_by_key(|word| (word.name, word.offset));
            removed.dedup_by_key(|word| (word.name, word.offset));
            words.edit(added, &removed, |a, b| in_order(folded, *a, *b));
        }
        this
    }

    /// Enters the texts of a row and appends their words.
    fn add(&mut self, snapshot: &Snapshot, table: Table, id: u32, words: &mut Words) {
        for (field, text) in texts_of(snapshot, table, id) {
            for (place, form) in
                forms::forms(snapshot.text(text), field.is_name()).into_iter().enumerate()
            {
                // A graph whose texts pass the limit has passed it already.
                let Some(folded) = self.folded.push(&form) else { continue };
                let name = self.names.len() as u32;
                self.names.push(Name { id, text, field, table, is_written: place == 0 });
                let length = form.len().min(usize::from(u16::MAX)) as u16;
                let word = |offset: usize| {
                    Some(Word { text: folded, offset: offset.try_into().ok()?, length, name })
                };
                let words = if field.is_name() { &mut words.0 } else { &mut words.1 };
                words.extend(word_starts(&form).map_while(word));
            }
        }
    }

    /// Appends the words of the row's texts that are this one.
    fn find(&self, table: Table, id: u32, field: Field, text: &str, found: &mut Words) {
        for form in forms::forms(text, field.is_name()) {
            for offset in word_starts(&form) {
                let wanted = &form[offset..];
                let (words, found) = if field.is_name() {
                    (&self.of_names, &mut found.0)
                } else {
                    (&self.of_texts, &mut found.1)
                };
                let same = words
                    .from(|word| rest(&self.folded, *word) < wanted)
                    .take_while(|word| rest(&self.folded, **word) == wanted);
                found.extend(same.filter(|word| {
                    let name = self.names.get(word.name as usize);
                    name.table == table && name.id == id
                }));
            }
        }
    }

    /// What has every word of the text at the beginning of a word in one of its texts, the best first;
    /// ties by the number of statements that link the entity, then in the order of the tables. If there
    /// is nothing, words that are near to those of the text are taken in their place, and count 0.7 of
    /// what they would.
    ///
    /// The score of a name is 1 for a name that is the text, from 0.8 to 0.9 for a name that begins with
    /// it, from 0.6 to 0.7 for a word that does, from 0.4 to 0.5 for words apart, each by how much of the
    /// name the text covers; an alias counts 0.05 less than a label, a spelling 0.02 less than what it
    /// spells. Other texts count half: titles, then descriptions (0.05 less), then notes (0.1 less).
    /// Cost: the texts with a word that begins with the text's first word.
    pub fn search(&self, snapshot: &Snapshot, wanted: &Wanted<'_>) -> Found {
        let text = fold(wanted.text);
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.is_empty() {
            return Found::default();
        }
        let found = self.exact(snapshot, wanted, &words.join(" "));
        if found.total > 0 {
            return found;
        }
        let nearest =
            words.iter().map(|word| self.nearest(word, wanted.scope).unwrap_or((*word).to_owned()));
        let nearest = nearest.collect::<Vec<_>>().join(" ");
        let mut found = if nearest == words.join(" ") {
            Found::default()
        } else {
            self.exact(snapshot, wanted, &nearest)
        };
        found.hits.iter_mut().for_each(|hit| hit.score *= 0.7);
        found
    }

    /// The words that begin so, in names or in all texts.
    fn beginning_with<'w>(&'w self, head: &'w str, scope: Scope) -> impl Iterator<Item = &'w Word> {
        let of = move |words: &'w Sorted<Word>| {
            words.range(
                move |word| rest(&self.folded, *word) < head,
                move |word| rest(&self.folded, *word).starts_with(head),
            )
        };
        let others = (scope != Scope::Names).then(|| of(&self.of_texts));
        of(&self.of_names).chain(others.into_iter().flatten())
    }

    /// The entities one of whose names has a word that begins so. What a name can score at most is told
    /// by its length and the word's place alone, so that only the names that may be among the best are
    /// looked at. Cost: a step for each word that begins so.
    fn suggest(&self, snapshot: &Snapshot, wanted: &Wanted<'_>, whole: &str) -> Found {
        let mut heap: BinaryHeap<Bounded> = self
            .beginning_with(whole, Scope::Names)
            .map(|word| {
                let length = usize::from(word.length);
                let base = match word.offset {
                    0 if length == whole.len() => 0.9,
                    0 => 0.8,
                    _ => 0.6,
                };
                // Positive numbers are ordered as their bits are.
                Bounded((base + 0.1 * covered(whole, length)).to_bits(), *word)
            })
            .collect();
        let mut best: FxHashMap<EntityId, Hit> = FxHashMap::default();
        let mut last = u64::MAX;
        while let Some(Bounded(bound, word)) = heap.pop() {
            if bound < last && best.len() >= wanted.first {
                let mut scores: Vec<u64> = best.values().map(|hit| hit.score.to_bits()).collect();
                let place = scores.len() - wanted.first;
                if wanted.first == 0 || *scores.select_nth_unstable(place).1 > bound {
                    break;
                }
            }
            last = bound;
            let name = self.names.get(word.name as usize);
            let entity = EntityId(name.id);
            let is_kind =
                wanted.kinds.is_none_or(|kinds| kinds.contains(snapshot.kind(entity).into()));
            if !is_kind || !wanted.admits(name) {
                continue;
            }
            let spelled = if name.is_written { 0.0 } else { 0.02 };
            let score = f64::from_bits(bound) - name.field.weight().1 - spelled;
            let (table, id) = (Table::Entities, name.id);
            let (field, text, entity) = (name.field, name.text, Some(entity));
            let hit = Hit { table, id, entity, score, field, text };
            let known = best.entry(EntityId(name.id)).or_insert(hit);
            if hit.score > known.score {
                *known = hit;
            }
        }
        let total = best.len();
        Found { hits: ranked(snapshot, best.into_values(), wanted.first), total, kinds: Vec::new() }
    }

    fn exact(&self, snapshot: &Snapshot, wanted: &Wanted<'_>, whole: &str) -> Found {
        let mut parts = whole.split_whitespace();
        let Some(head) = parts.next() else { return Found::default() };
        let others: Vec<&str> = parts.collect();
        if wanted.scope == Scope::Names && others.is_empty() {
            return self.suggest(snapshot, wanted, whole);
        }
        let mut best: FxHashMap<(Table, u32), Hit> = FxHashMap::default();
        for word in self.beginning_with(head, wanted.scope) {
            let rest = rest(&self.folded, *word);
            let name = self.names.get(word.name as usize);
            let is_in_scope = match wanted.scope {
                Scope::Names => name.field.is_name(),
                Scope::Entities => name.table != Table::Sources,
                Scope::All => true,
            };
            if !is_in_scope || !wanted.admits(name) {
                continue;
            }
            let entity = entity_of(snapshot, name.table, name.id);
            if let Some(kinds) = wanted.kinds
                && !entity.is_some_and(|entity| kinds.contains(snapshot.kind(entity).into()))
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
            let (share, less) = name.field.weight();
            let spelled = if name.is_written { 0.0 } else { 0.02 };
            let score = share * (base + 0.1 * covered(whole, full.len())) - less - spelled;
            let (field, text) = (name.field, name.text);
            let hit = Hit { table: name.table, id: name.id, entity, score, field, text };
            let of = match (wanted.scope, entity) {
                (Scope::All, _) | (_, None) => (name.table, name.id),
                (_, Some(entity)) => (Table::Entities, entity.0),
            };
            let known = best.entry(of).or_insert(hit);
            if hit.score > known.score {
                *known = hit;
            }
        }
        let total = best.len();
        let mut counts: FxHashMap<KindIndex, usize> = FxHashMap::default();
        for entity in best.values().filter_map(|hit| hit.entity) {
            *counts.entry(snapshot.kind(entity)).or_default() += 1;
        }
        let mut kinds: Vec<(KindIndex, usize)> = counts.into_iter().collect();
        kinds.sort_unstable_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
        Found { hits: ranked(snapshot, best.into_values(), wanted.first), total, kinds }
    }
}

/// How much of a text of so many bytes a query covers.
fn covered(whole: &str, length: usize) -> f64 {
    (whole.len() as f64 / length.max(1) as f64).min(1.0)
}

fn is_language(field: Field, wanted: Option<LanguageIndex>) -> bool {
    wanted.is_none_or(|wanted| field.language().is_none_or(|own| own == wanted))
}

/// The best hits in order.
fn ranked(snapshot: &Snapshot, hits: impl Iterator<Item = Hit>, first: usize) -> Vec<Hit> {
    let degree = |hit: &Hit| hit.entity.map_or(0, |entity| snapshot.degree(entity));
    let order = |a: &Hit, b: &Hit| {
        b.score
            .total_cmp(&a.score)
            .then_with(|| degree(b).cmp(&degree(a)))
            .then_with(|| (a.table as u8, a.id).cmp(&(b.table as u8, b.id)))
    };
    let mut hits: Vec<Hit> = hits.collect();
    if first < hits.len() && first > 0 {
        hits.select_nth_unstable_by(first - 1, order);
    }
    hits.truncate(first);
    hits.sort_unstable_by(order);
    hits
}

/// A word and the most that its name can score, as bits; the most comes first.
struct Bounded(u64, Word);

impl PartialEq for Bounded {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Bounded {}

impl PartialOrd for Bounded {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Bounded {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}

fn in_order(folded: &Strings, a: Word, b: Word) -> std::cmp::Ordering {
    let order = rest(folded, a).cmp(rest(folded, b));
    order.then(a.name.cmp(&b.name)).then(a.offset.cmp(&b.offset))
}

/// The entity that a row is, or speaks of.
fn entity_of(snapshot: &Snapshot, table: Table, id: u32) -> Option<EntityId> {
    match table {
        Table::Entities => Some(EntityId(id)),
        Table::Statements => Some(snapshot.statement(StatementId(id)).subject),
        Table::Observations => Some(snapshot.observation(ObservationId(id)).subject),
        Table::Sources => None,
    }
}

/// The texts of a row.
fn texts_of(snapshot: &Snapshot, table: Table, id: u32) -> Vec<(Field, StringId)> {
    let mut texts = Vec::new();
    match table {
        Table::Entities => {
            let entity = EntityId(id);
            let languages = snapshot.ontology().languages.len() as LanguageIndex;
            let labels = (0..languages).map(|l| (Field::Label(l), snapshot.label_in(entity, l)));
            texts.extend(labels);
            let aliases = snapshot.alias_range(entity);
            texts.extend(aliases.map(|place| (Field::Alias, snapshot.alias(place))));
            texts.extend(
                (0..languages)
                    .map(|l| (Field::Description(l), snapshot.description(entity, Some(l)))),
            );
        }
        Table::Statements => texts.push((Field::Note, snapshot.statement(StatementId(id)).note)),
        Table::Observations => {
            texts.push((Field::Note, snapshot.observation(ObservationId(id)).note));
        }
        Table::Sources => texts.push((Field::Title, snapshot.source(SourceId(id)).title)),
    }
    texts.retain(|(_, text)| *text != StringId::NONE);
    texts
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
