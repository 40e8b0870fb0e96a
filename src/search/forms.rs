//! The forms under which a text is found: as it is written, and Chinese as it is spelled in letters.

use pinyin::ToPinyin;

use super::fold::{fold, is_ideograph};

/// The folded forms of a text. A name in Chinese has three more, by its pinyin: in syllables, in one
/// word, and by their first letters, so that `hang zhou`, `hangzhou` and `hz` find 杭州. Of characters
/// with several readings the most common one counts.
pub(super) fn forms(text: &str, is_name: bool) -> Vec<String> {
    let folded = fold(text);
    if !is_name || !folded.chars().any(is_ideograph) {
        return vec![folded];
    }
    let mut syllables = String::new();
    let (mut joined, mut initials) = (String::new(), String::new());
    for character in folded.chars() {
        match character.to_pinyin() {
            Some(pinyin) => {
                let pinyin = pinyin.plain();
                if !syllables.is_empty() && !syllables.ends_with(' ') {
                    syllables.push(' ');
                }
                syllables.push_str(pinyin);
                syllables.push(' ');
                joined.push_str(pinyin);
                initials.push_str(&pinyin[..1]);
            }
            None => {
                syllables.push(character);
                joined.push(character);
                initials.push(character);
            }
        }
    }
    let syllables = fold(syllables.trim_end());
    let mut forms = vec![folded, syllables, fold(&joined), fold(&initials)];
    forms.dedup();
    forms
}

/// Where the words of a query stand in a text, as ranges of bytes, for people to see why it was found;
/// none if it was found by its spelling alone.
pub fn matched(text: &str, query: &str) -> Vec<std::ops::Range<usize>> {
    // Each character is folded for itself, so that its place is known.
    let mut folded = String::new();
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (place, character) in text.char_indices() {
        let start = folded.len();
        super::fold::fold_into(character.encode_utf8(&mut [0; 4]), &mut folded);
        places.extend((start..folded.len()).map(|_| (place, place + character.len_utf8())));
    }
    let query = fold(query);
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for word in query.split_whitespace() {
        for start in super::word_starts(&folded).filter(|at| folded[*at..].starts_with(word)) {
            ranges.push(places[start].0..places[start + word.len() - 1].1);
        }
    }
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<std::ops::Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_found_by_its_spelling() {
        assert_eq!(forms("杭州", true), ["杭州", "hang zhou", "hangzhou", "hz"]);
        assert_eq!(forms("G20杭州峰会", true)[2], "g20hangzhoufenghui");
        assert_eq!(forms("杭州", false), ["杭州"]);
        assert_eq!(forms("Hangzhou", true), ["hangzhou"]);
    }

    #[test]
    fn what_matched_is_shown_in_the_text_as_it_is_written() {
        let shown = |text: &'static str, query: &str| -> Vec<&str> {
            matched(text, query).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(
            shown("The Digital economy, digitally", "digit econ"),
            ["Digit", "econ", "digit"]
        );
        assert_eq!(shown("数字經濟第一城", "经济"), ["經濟"]);
        assert_eq!(shown("ＡＢＣ数字", "abc"), ["ＡＢＣ"]);
        assert_eq!(shown("nothing", "else"), [""; 0]);
    }
}
