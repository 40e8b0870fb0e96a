//! The word of the index that is nearest to one that it does not have.

use super::{NameIndex, Scope, rest};

/// How far a word may be: no letter for short ones, one from four letters on, two from eight on.
fn allowed(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Keeps a word if it is the best so far: its distance, how many texts have it, the word.
fn keep<'w>(
    best: &mut Option<(usize, usize, &'w str)>,
    (word, distance, count): (&'w str, usize, usize),
    allowed: usize,
) {
    if distance <= allowed && best.is_none_or(|(d, c, _)| (distance, c) < (d, count)) {
        *best = Some((distance, count, word));
    }
}

impl NameIndex {
    /// The nearest word by Damerau-Levenshtein distance among those that begin with the same letter, if
    /// one is near enough; of several, the one that most texts have. `None` if a word of the index begins
    /// with it. Cost: the words with the same first letter.
    pub(super) fn nearest(&self, word: &str, scope: Scope) -> Option<String> {
        let letters = word.chars().count();
        let allowed = allowed(letters);
        let first = &word[..word.chars().next()?.len_utf8()];
        if allowed == 0 || self.beginning_with(word, scope).next().is_some() {
            return None;
        }
        let mut best: Option<(usize, usize, &str)> = None;
        let mut current: (&str, usize, usize) = ("", usize::MAX, 0);
        for suffix in self.beginning_with(first, scope) {
            let rest = rest(&self.folded, *suffix);
            let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
            let known = &rest[..end];
            if known == current.0 {
                current.2 += 1;
                continue;
            }
            keep(&mut best, current, allowed);
            let is_near = known.chars().count().abs_diff(letters) <= allowed;
            let distance =
                if is_near { strsim::damerau_levenshtein(word, known) } else { usize::MAX };
            current = (known, distance, 1);
        }
        keep(&mut best, current, allowed);
        best.map(|(_, _, word)| word.to_owned())
    }
}
