//! Interned strings, stored the way the answer needs them.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// An interned string: its index in [`Strings`]. `StringId::NONE` stands for no string.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct StringId(u32);

impl StringId {
    /// No string.
    pub const NONE: Self = Self(u32::MAX);

    /// `None` for [`Self::NONE`].
    pub fn some(self) -> Option<Self> {
        (self != Self::NONE).then_some(self)
    }
}

/// Every distinct text of a snapshot, once.
///
/// Each text is stored between two quotes, as JSON wants it: writing a text that needs no escape
/// is one copy of bytes. The opening quote of a text that does need one is replaced by [`ESCAPE`],
/// so no second table says which is which. Four bytes of offset and two of quotes for each text.
#[derive(Debug, Default)]
pub struct Strings {
    bytes: String,
    ends: Vec<u32>,
}

const ESCAPE: char = '\u{1}';

/// Whether JSON needs an escape for `byte` inside a string (RFC 8259, section 7).
pub(crate) fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

impl Strings {
    fn span(&self, id: StringId) -> (usize, usize) {
        let index = id.0 as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        (start, self.ends[index] as usize)
    }

    /// The text.
    pub fn get(&self, id: StringId) -> &str {
        let (start, end) = self.span(id);
        &self.bytes[start + 1..end - 1]
    }

    /// The text as a JSON string with its quotes, or `None` if it needs escapes.
    pub fn quoted(&self, id: StringId) -> Option<&[u8]> {
        let (start, end) = self.span(id);
        let bytes = &self.bytes.as_bytes()[start..end];
        (bytes[0] == b'"').then_some(bytes)
    }

    /// How many distinct texts there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// Gives each distinct text an id.
#[derive(Default)]
pub(super) struct Interner {
    strings: Strings,
    ids: HashTable<u32>,
}

impl Interner {
    /// The id of `text`; `None` when the texts of one snapshot pass 4 GiB.
    pub(super) fn intern(&mut self, text: &str) -> Option<StringId> {
        let hash = FxBuildHasher.hash_one(text);
        let strings = &self.strings;
        if let Some(id) = self.ids.find(hash, |id| strings.get(StringId(*id)) == text) {
            return Some(StringId(*id));
        }
        let id = u32::try_from(self.strings.ends.len()).ok().filter(|id| *id < u32::MAX)?;
        let end = u32::try_from(self.strings.bytes.len() + text.len() + 2).ok()?;
        let open = if text.bytes().any(needs_escape) { ESCAPE } else { '"' };
        self.strings.bytes.push(open);
        self.strings.bytes.push_str(text);
        self.strings.bytes.push('"');
        self.strings.ends.push(end);
        let strings = &self.strings;
        self.ids.insert_unique(hash, id, |id| FxBuildHasher.hash_one(strings.get(StringId(*id))));
        Some(StringId(id))
    }

    pub(super) fn finish(mut self) -> Strings {
        self.strings.bytes.shrink_to_fit();
        self.strings.ends.shrink_to_fit();
        self.strings
    }

    pub(super) fn strings(&self) -> &Strings {
        &self.strings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_knows_whether_it_needs_escapes() {
        let mut interner = Interner::default();
        let plain = interner.intern("杭州").expect("room");
        let again = interner.intern("杭州").expect("room");
        let quoted = interner.intern("say \"hi\"").expect("room");
        let empty = interner.intern("").expect("room");
        assert_eq!(plain, again);
        let strings = interner.finish();
        assert_eq!(strings.len(), 3);
        assert_eq!(strings.get(plain), "杭州");
        assert_eq!(strings.quoted(plain), Some("\"杭州\"".as_bytes()));
        assert_eq!(strings.get(quoted), "say \"hi\"");
        assert_eq!(strings.quoted(quoted), None);
        assert_eq!(strings.quoted(empty), Some(b"\"\"".as_slice()));
    }
}
