//! Interned strings, stored the way the answer needs them.

use std::{hash::BuildHasher, sync::Arc};

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

/// How many texts a block has.
const BLOCK: usize = 4096;

/// The texts of a graph, in blocks that its revisions share.
///
/// Each text is stored between two quotes, as JSON wants it: writing a text that needs no escape
/// is one copy of bytes. The opening quote of a text that does need one is replaced by [`ESCAPE`],
/// so no second table says which is which. Four bytes of offset and two of quotes for each text.
#[derive(Debug, Clone)]
pub struct Strings {
    full: Arc<[Arc<Block>]>,
    /// The last block, not full.
    tail: Arc<Block>,
}

#[derive(Debug, Clone, Default)]
struct Block {
    bytes: String,
    ends: Vec<u32>,
}

const ESCAPE: char = '\u{1}';

/// Whether JSON needs an escape for `byte` inside a string (RFC 8259, section 7).
pub(crate) fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

impl Default for Strings {
    fn default() -> Self {
        Self { full: Arc::from([]), tail: Arc::default() }
    }
}

impl Block {
    fn span(&self, place: usize) -> (usize, usize) {
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        (start, self.ends[place] as usize)
    }
}

impl Strings {
    fn block(&self, id: StringId) -> (&Block, usize) {
        let index = id.0 as usize;
        match self.full.get(index / BLOCK) {
            Some(block) => (block, index % BLOCK),
            None => (&self.tail, index - self.full.len() * BLOCK),
        }
    }

    /// The text.
    pub fn get(&self, id: StringId) -> &str {
        let (block, place) = self.block(id);
        let (start, end) = block.span(place);
        &block.bytes[start + 1..end - 1]
    }

    /// The text as a JSON string with its quotes, or `None` if it needs escapes.
    pub fn quoted(&self, id: StringId) -> Option<&[u8]> {
        let (block, place) = self.block(id);
        let (start, end) = block.span(place);
        let bytes = &block.bytes.as_bytes()[start..end];
        (bytes[0] == b'"').then_some(bytes)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.full.len() * BLOCK + self.tail.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a text; `None` when a block passes 4 GiB or there are too many texts.
    pub(crate) fn push(&mut self, text: &str) -> Option<StringId> {
        let id = u32::try_from(self.len()).ok().filter(|id| *id < u32::MAX)?;
        let tail = Arc::make_mut(&mut self.tail);
        let end = u32::try_from(tail.bytes.len() + text.len() + 2).ok()?;
        let open = if text.bytes().any(needs_escape) { ESCAPE } else { '"' };
        tail.bytes.push(open);
        tail.bytes.push_str(text);
        tail.bytes.push('"');
        tail.ends.push(end);
        if tail.ends.len() == BLOCK {
            let mut block = std::mem::take(tail);
            block.bytes.shrink_to_fit();
            block.ends.shrink_to_fit();
            self.full = self.full.iter().cloned().chain([Arc::new(block)]).collect();
        }
        Some(StringId(id))
    }
}

/// Gives each distinct text of one edit an id; texts of earlier edits are not looked up.
#[derive(Default)]
pub(super) struct Interner {
    ids: HashTable<StringId>,
}

impl Interner {
    /// The id of `text` in `strings`; `None` when the texts of one graph pass the limits.
    pub(super) fn intern(&mut self, strings: &mut Strings, text: &str) -> Option<StringId> {
        let hash = FxBuildHasher.hash_one(text);
        if let Some(id) = self.ids.find(hash, |id| strings.get(*id) == text) {
            return Some(*id);
        }
        let id = strings.push(text)?;
        self.ids.insert_unique(hash, id, |id| FxBuildHasher.hash_one(strings.get(*id)));
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_knows_whether_it_needs_escapes() {
        let mut interner = Interner::default();
        let mut strings = Strings::default();
        let mut intern = |text: &str| interner.intern(&mut strings, text).expect("room");
        let (plain, again) = (intern("杭州"), intern("杭州"));
        let (quoted, empty) = (intern("say \"hi\""), intern(""));
        assert_eq!(plain, again);
        assert_eq!(strings.len(), 3);
        assert_eq!(strings.get(plain), "杭州");
        assert_eq!(strings.quoted(plain), Some("\"杭州\"".as_bytes()));
        assert_eq!(strings.get(quoted), "say \"hi\"");
        assert_eq!(strings.quoted(quoted), None);
        assert_eq!(strings.quoted(empty), Some(b"\"\"".as_slice()));
    }

    #[test]
    fn blocks_are_left_and_shared() {
        let mut strings = Strings::default();
        let ids: Vec<StringId> =
            (0..3 * BLOCK).map(|n| strings.push(&n.to_string()).expect("room")).collect();
        let before = strings.clone();
        let last = strings.push("last").expect("room");
        for (number, id) in ids.iter().enumerate() {
            assert_eq!(strings.get(*id), number.to_string());
        }
        assert_eq!(
            (strings.get(last), before.len(), strings.len()),
            ("last", ids.len(), ids.len() + 1)
        );
    }
}
