//! Sources as entries of a bibliography: CSL-JSON, BibTeX and RIS.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::{
    graph::{Snapshot, SourceId},
    model::Period,
};

/// A source as an item of CSL-JSON
/// (<https://docs.citationstyles.org/en/stable/specification.html#appendix-iii-types>). Its `id` is the
/// source's key.
pub fn csl(snapshot: &Snapshot, id: SourceId) -> Value {
    let source = snapshot.source(id);
    let genre = snapshot.text(source.genre);
    let mut item = json!({
        "id": snapshot.text(source.key),
        "type": csl_type(genre),
        "title": snapshot.text(source.title),
    });
    let mut add = |name: &str, value: Value| item[name] = value;
    let publisher = snapshot.text(source.publisher);
    if !publisher.is_empty() {
        let is_part = matches!(csl_type(genre), "article-newspaper" | "entry-encyclopedia");
        add(if is_part { "container-title" } else { "publisher" }, publisher.into());
    }
    for (name, text) in
        [("URL", source.url), ("language", source.language), ("genre", source.genre)]
    {
        let text = snapshot.text(text);
        if !text.is_empty() {
            add(name, text.into());
        }
    }
    if let Some(published) = source.published {
        add("issued", issued(published));
    }
    item
}

/// A date variable: as precise as the source.
fn issued(published: Period) -> Value {
    let parts = |text: String| -> Option<Vec<u32>> {
        text.split('-').map(|part| part.parse().ok()).collect()
    };
    let (start, end) = (parts(published.start.to_string()), parts(published.end.to_string()));
    match (start, end) {
        (Some(start), Some(end)) if start == end => json!({ "date-parts": [start] }),
        (Some(start), Some(end)) => json!({ "date-parts": [start, end] }),
        // Halves and quarters have no parts.
        _ => json!({ "literal": published.to_string() }),
    }
}

fn csl_type(genre: &str) -> &'static str {
    match genre.to_lowercase().as_str() {
        "article" | "news" | "newspaper" => "article-newspaper",
        "encyclopedia" => "entry-encyclopedia",
        "report" | "machine-written report" => "report",
        "policy text" | "law" | "legislation" => "legislation",
        "book" => "book",
        "dataset" | "data set" => "dataset",
        _ => "webpage",
    }
}

/// Writes sources as an array of CSL-JSON.
///
/// # Errors
/// What `out` refuses.
pub fn write_csl(
    snapshot: &Snapshot,
    sources: impl Iterator<Item = SourceId>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(b"[")?;
    for (place, id) in sources.enumerate() {
        out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &csl(snapshot, id))?;
    }
    out.write_all(b"\n]\n")
}

/// Writes sources as BibTeX, with the fields `url` and `urldate` that its styles for the web know. The
/// text stays UTF-8; characters that TeX would take for commands are escaped.
///
/// # Errors
/// What `out` refuses.
pub fn write_bibtex(
    snapshot: &Snapshot,
    sources: impl Iterator<Item = SourceId>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for id in sources {
        let source = snapshot.source(id);
        let kind = match csl_type(snapshot.text(source.genre)) {
            "article-newspaper" => "article",
            "report" => "techreport",
            "book" => "book",
            _ => "misc",
        };
        writeln!(out, "@{kind}{{{},", bibtex_key(snapshot.text(source.key)))?;
        // Braces in braces keep the case of titles.
        writeln!(out, "  title = {{{{{}}}}},", tex(snapshot.text(source.title)))?;
        let publisher = snapshot.text(source.publisher);
        if !publisher.is_empty() {
            let name = match kind {
                "article" => "journal",
                "techreport" => "institution",
                "book" => "publisher",
                _ => "howpublished",
            };
            writeln!(out, "  {name} = {{{}}},", tex(publisher))?;
        }
        if let Some(published) = source.published {
            let text = published.start.to_string();
            let mut parts = text.split('-');
            writeln!(out, "  year = {{{}}},", parts.next().unwrap_or_default())?;
            if let Some(month) = parts.next().and_then(|month| month.parse::<usize>().ok()) {
                const MONTHS: [&str; 12] = [
                    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                    "dec",
                ];
                if let Some(month) = MONTHS.get(month.wrapping_sub(1)) {
                    writeln!(out, "  month = {month},")?;
                }
            }
        }
        let url = snapshot.text(source.url);
        if !url.is_empty() {
            let url = url.replace('{', "%7B").replace('}', "%7D");
            writeln!(out, "  url = {{{url}}},")?;
        }
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// A key without the characters that BibTeX gives a meaning.
fn bibtex_key(key: &str) -> String {
    let fits = |c: char| !c.is_whitespace() && !"{}(),\"#%=~\\'@".contains(c);
    key.chars().map(|c| if fits(c) { c } else { '-' }).collect()
}

fn tex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Writes sources in the format of RIS
/// (<https://en.wikipedia.org/wiki/RIS_(file_format)>): a tag, two spaces, a hyphen, a value on each
/// line.
///
/// # Errors
/// What `out` refuses.
pub fn write_ris(
    snapshot: &Snapshot,
    sources: impl Iterator<Item = SourceId>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for id in sources {
        let source = snapshot.source(id);
        let kind = match csl_type(snapshot.text(source.genre)) {
            "article-newspaper" => "NEWS",
            "entry-encyclopedia" => "ENCYC",
            "report" => "RPRT",
            "legislation" => "STAT",
            "book" => "BOOK",
            "dataset" => "DATA",
            _ => "ELEC",
        };
        write!(out, "TY  - {kind}\r\n")?;
        let published = source.published.map(|published| {
            let text = published.start.to_string();
            let mut parts = text.split('-').chain(std::iter::repeat(""));
            let mut next = || parts.next().unwrap_or_default().to_owned();
            format!("{}/{}/{}/", next(), next(), next())
        });
        for (tag, text) in [
            ("ID", snapshot.text(source.key)),
            ("TI", snapshot.text(source.title)),
            ("PB", snapshot.text(source.publisher)),
            ("DA", published.as_deref().unwrap_or_default()),
            ("UR", snapshot.text(source.url)),
            ("LA", snapshot.text(source.language)),
        ] {
            if !text.is_empty() {
                write!(out, "{tag}  - {}\r\n", text.replace(['\r', '\n'], " "))?;
            }
        }
        write!(out, "ER  - \r\n\r\n")?;
    }
    Ok(())
}
