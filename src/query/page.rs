//! Pages of a connection, by the Relay Cursor Connections Specification. A cursor names its row by
//! the row's own key, so that paging goes on from the same row when others come or go.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    Arena, Item, QueryError, World,
    args::{DEFAULT_PAGE, PageArgs},
    row::{Row, RowKind, Rows},
};
use crate::graph::StringId;

/// A window of rows.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    rows: Rows,
    /// How many rows there are on all pages.
    pub total: u32,
    /// The first row of the page.
    pub start: u32,
    /// One past the last row of the page.
    pub end: u32,
}

impl Page {
    /// The window of `rows` that `args` asks for.
    ///
    /// # Errors
    /// If a cursor is not of these rows. Cost: constant without cursors, else O(rows).
    pub(super) fn new(
        world: &World,
        arena: &Arena,
        (rows, total): (Rows, u32),
        args: &PageArgs,
    ) -> Result<Self, QueryError> {
        let find = |argument: &str, key: &str| {
            let wanted = wanted(world, rows, key);
            let position = wanted.and_then(|wanted| {
                (0..total).find(|i| is_same(rows.get(world, arena, *i).identity(), wanted))
            });
            position.ok_or_else(|| {
                QueryError::input(format!(
                    "`{argument}` is not a cursor of these rows (it names \"{key}\")"
                ))
            })
        };
        let (mut start, mut end) = (0, total);
        if let Some(key) = &args.after {
            start = find("after", key)? + 1;
        }
        if let Some(key) = &args.before {
            end = find("before", key)?.max(start);
        }
        if args.first.is_some() || args.last.is_none() {
            end = end.min(start.saturating_add(args.first.unwrap_or(DEFAULT_PAGE)));
        }
        if let Some(last) = args.last {
            start = start.max(end.saturating_sub(last));
        }
        Ok(Self { rows, total, start, end })
    }

    /// The `index`-th row of all pages.
    pub(super) fn row_of_all(&self, world: &World, arena: &Arena, index: u32) -> Row {
        self.rows.get(world, arena, index)
    }

    /// The `index`-th row of the page.
    pub fn row(&self, world: &World, arena: &Arena, index: u32) -> Row {
        self.rows.get(world, arena, self.start + index)
    }
}

/// The object that a cursor's key names among such rows.
fn wanted(world: &World, rows: Rows, key: &str) -> Option<Item> {
    let snapshot = &world.snapshot;
    match rows.kind() {
        RowKind::Entity => snapshot.entity(key).map(Item::Entity),
        RowKind::Statement | RowKind::Relation | RowKind::Mutual => {
            snapshot.statement_with_key(key).map(Item::Statement)
        }
        RowKind::Observation => snapshot.observation_with_key(key).map(Item::Observation),
        RowKind::Source => snapshot.source_with_key(key).map(Item::Source),
    }
}

fn is_same(a: Item, b: Item) -> bool {
    match (a, b) {
        (Item::Entity(a), Item::Entity(b)) => a == b,
        (Item::Statement(a), Item::Statement(b)) => a == b,
        (Item::Observation(a), Item::Observation(b)) => a == b,
        (Item::Source(a), Item::Source(b)) => a == b,
        _ => false,
    }
}

/// The prefix of an item's global id, and its key.
pub(super) fn identity(world: &World, item: Item) -> (&'static str, StringId) {
    let snapshot = &world.snapshot;
    match item {
        Item::Entity(id) => ("Entity:", snapshot.key(id)),
        Item::Statement(id) => ("Statement:", snapshot.statement(id).key),
        Item::Observation(id) => ("Observation:", snapshot.observation(id).key),
        Item::Source(id) => ("Source:", snapshot.source(id).key),
        _ => ("", StringId::NONE),
    }
}

/// What an item's global id holds: a prefix and the item's key.
pub fn global_id(world: &World, item: Item) -> (&'static str, &str) {
    let (prefix, key) = identity(world, item);
    (prefix, world.snapshot.text(key))
}

/// Appends the base64url of `prefix` and `text` to `out`, through `buffer`.
pub(super) fn write_opaque(prefix: &str, text: &str, buffer: &mut Vec<u8>, out: &mut Vec<u8>) {
    buffer.clear();
    buffer.extend_from_slice(prefix.as_bytes());
    buffer.extend_from_slice(text.as_bytes());
    let mark = out.len();
    out.resize(mark + buffer.len().div_ceil(3) * 4, 0);
    // The space is reckoned for the padded form, which is never shorter.
    let written = URL_SAFE_NO_PAD.encode_slice(&buffer, &mut out[mark..]).unwrap_or(0);
    out.truncate(mark + written);
}

/// A text as cursors hold it.
pub(super) fn opaque(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// What a cursor or a global id holds.
pub(super) fn read_opaque(text: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// The item with a global id, if the id is one and the item exists.
pub(super) fn item_with_id(world: &World, id: &str) -> Option<Item> {
    let text = read_opaque(id)?;
    let (prefix, key) = text.split_once(':')?;
    let snapshot = &world.snapshot;
    match prefix {
        "Entity" => snapshot.entity(key).map(Item::Entity),
        "Statement" => snapshot.statement_with_key(key).map(Item::Statement),
        "Observation" => snapshot.observation_with_key(key).map(Item::Observation),
        "Source" => snapshot.source_with_key(key).map(Item::Source),
        _ => None,
    }
}
