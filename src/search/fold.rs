//! Folding: what makes two spellings the same to a person who searches.

use unicode_normalization::UnicodeNormalization;

/// Appends `text` to `folded`: compatibility-composed (Unicode NFKC, so that full-width letters are
/// letters), lower-cased, and traditional Chinese characters as simplified ones.
pub fn fold_into(text: &str, folded: &mut String) {
    if text.is_ascii() {
        folded.extend(text.chars().map(|character| character.to_ascii_lowercase()));
    } else {
        let start = folded.len();
        folded.extend(text.nfkc().flat_map(char::to_lowercase));
        if folded[start..].chars().any(is_ideograph) {
            let simplified = simplet2s::convert(&folded[start..]);
            folded.truncate(start);
            folded.push_str(&simplified);
        }
    }
}

/// `text`, folded.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Whether `character` begins a word after `previous`: a letter or digit after something else, and
/// each ideograph, as Chinese sets no spaces.
pub(super) fn begins_word(previous: char, character: char) -> bool {
    is_ideograph(character)
        || (character.is_alphanumeric() && (!previous.is_alphanumeric() || is_ideograph(previous)))
}

/// Han ideographs: the unified ones, extension A, the compatibility ones, and the planes 2 and 3.
pub(super) fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_width_fold() {
        assert_eq!(fold("HangZhou"), "hangzhou");
        assert_eq!(fold("ＡＢＣ１"), "abc1");
        assert_eq!(fold("ÉCOLE"), "école");
        assert_eq!(fold("數字經濟"), "数字经济");
    }

    #[test]
    fn ideographs_each_begin_a_word() {
        assert!(begins_word('数', '字') && begins_word('a', '字') && begins_word('字', 'a'));
        assert!(begins_word(' ', 'a') && begins_word('-', 'a') && !begins_word('a', 'b'));
    }
}
