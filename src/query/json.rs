//! JSON text, written straight into a buffer.

use std::io::Write as _;

use crate::graph::{StringId, Strings};

/// Appends `text` as a JSON string (RFC 8259, section 7). Runs of characters that need no escape
/// are copied whole.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (place, byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            0x00..=0x1f => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[copied..place]);
        if escape.is_empty() {
            // Writing to a vector cannot fail.
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.extend_from_slice(escape);
        }
        copied = place + 1;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// Appends an interned text as a JSON string.
pub(super) fn write_interned(strings: &Strings, id: StringId, out: &mut Vec<u8>) {
    match strings.quoted(id) {
        Some(quoted) => out.extend_from_slice(quoted),
        None => write_string(strings.get(id), out),
    }
}

/// Appends a finite number as `serde_json` writes it, so that both ways of execution agree.
pub(super) fn write_float(number: f64, out: &mut Vec<u8>) {
    // A number that is not finite is written as null; writing to a vector cannot fail.
    let _ = serde_json::to_writer(out, &number);
}

#[cfg(test)]
mod tests {
    use super::write_string;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "(\\PC|[\\x00-\\x1f\"\\\\])*") {
            let mut out = Vec::new();
            write_string(&text, &mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).expect("JSON"), text);
        }
    }
}
