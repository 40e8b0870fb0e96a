//! Reads one CSV table (RFC 4180, UTF-8, a header line) row by row, by column names.

use super::{Folder, Load};
use crate::{
    model::{Closed, DateError, nearest},
    ontology::{Diagnostic, Position},
};

/// A table's header: which columns it may have and where they stand.
pub(super) struct Columns {
    names: Vec<String>,
    /// For each name, its place in the file.
    places: Vec<Option<usize>>,
}

/// One row of a table.
pub(super) struct Row<'a> {
    file: &'a str,
    line: u64,
    record: &'a csv::StringRecord,
    columns: &'a Columns,
}

impl<'a> Row<'a> {
    /// The cell of the `index`-th column that the table may have, trimmed; empty if the file has
    /// no such column.
    pub(super) fn cell(&self, index: usize) -> &'a str {
        let place = self.columns.places[index];
        place.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }

    /// Where the row stands.
    pub(super) fn at(&self) -> Position {
        Position { file: self.file.to_owned(), line: self.line, column: 0 }
    }

    /// The file and the line the row begins on.
    pub(super) fn place(&self) -> (&'a str, u64) {
        (self.file, self.line)
    }

    /// The value of a closed vocabulary in a column; `default` if the cell is empty, or wrong, which
    /// is reported.
    pub(super) fn closed<T: Closed>(&self, load: &mut Load<'_>, index: usize, default: T) -> T {
        let cell = self.cell(index);
        if cell.is_empty() {
            return default;
        }
        T::parse(cell).unwrap_or_else(|| {
            let names: Vec<String> =
                T::VALUES.iter().map(|(_, name, _)| name.to_lowercase()).collect();
            load.problems.push(
                Diagnostic::new(self.at(), format!("{} \"{cell}\" is not known", self.name(index)))
                    .expected(names.join(", "))
                    .nearest(nearest(cell, names.iter().map(String::as_str))),
            );
            default
        })
    }

    /// The date or period in a column; `None` if the cell is empty, or wrong, which is reported.
    pub(super) fn date<T: std::str::FromStr<Err = DateError>>(
        &self,
        load: &mut Load<'_>,
        index: usize,
    ) -> Option<T> {
        let cell = self.cell(index);
        if cell.is_empty() {
            return None;
        }
        let date = cell.parse();
        if let Err(error) = &date {
            let problem = format!("{}: {error}", self.name(index));
            load.problems.push(Diagnostic::new(self.at(), problem));
        }
        date.ok()
    }

    /// The name of a column.
    pub(super) fn name(&self, index: usize) -> &'a str {
        &self.columns.names[index]
    }
}

/// Reads the table at `path`: its columns are `names`, of which the first `required` must be there;
/// calls `each` for every row that has as many cells as the header.
pub(super) fn read(
    load: &mut Load<'_>,
    folder: &Folder,
    path: &str,
    names: Vec<String>,
    required: usize,
    mut each: impl FnMut(&mut Load<'_>, &Row<'_>),
) {
    let file = folder.display(path);
    let content = match folder.table(path) {
        Ok(content) => content,
        Err(problem) => {
            load.problems.push(problem);
            return;
        }
    };
    let at_line = |line: u64| Position { file: file.clone(), line, column: 0 };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            let problem = if error.is_io_error() {
                format!("the table cannot be read: {error}")
            } else {
                format!("the header is not CSV: {error}")
            };
            load.problems.push(Diagnostic::new(at_line(1), problem));
            return;
        }
    };
    let Some(columns) = columns(load, &header, names, required, &at_line(1)) else { return };
    let mut bytes_record = csv::ByteRecord::new();
    while !load.is_stopped {
        match reader.read_byte_record(&mut bytes_record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                let what = if error.is_io_error() {
                    "the table cannot be read"
                } else {
                    "this is not CSV"
                };
                load.problems.push(Diagnostic::new(at_line(line), format!("{what}: {error}")));
                return;
            }
        }
        let line = bytes_record.position().map_or(0, csv::Position::line);
        let record = match csv::StringRecord::from_byte_record(std::mem::take(&mut bytes_record)) {
            Ok(record) => record,
            Err(error) => {
                let column = header.get(error.utf8_error().field()).unwrap_or("a cell");
                load.problems.push(
                    Diagnostic::new(at_line(line), format!("{column} is not UTF-8"))
                        .expected("text in UTF-8"),
                );
                bytes_record = error.into_byte_record();
                continue;
            }
        };
        if record.len() == header.len() {
            load.row_problems = load.problems.len();
            each(load, &Row { file: &file, line, record: &record, columns: &columns });
        } else {
            load.problems.push(
                Diagnostic::new(at_line(line), format!("the row has {} cells", record.len()))
                    .expected(format!(
                        "{}, as in the header; a cell with a comma stands in double quotes",
                        header.len()
                    )),
            );
        }
        bytes_record = record.into_byte_record();
    }
}

/// Finds each column in the header; reports unknown, repeated and missing ones.
fn columns(
    load: &mut Load<'_>,
    header: &csv::StringRecord,
    names: Vec<String>,
    required: usize,
    at: &Position,
) -> Option<Columns> {
    let before = load.problems.len();
    let mut places: Vec<Option<usize>> = vec![None; names.len()];
    for (place, cell) in header.iter().enumerate() {
        let cell = cell.trim();
        match names.iter().position(|name| name == cell) {
            Some(index) if places[index].is_some() => load
                .problems
                .push(Diagnostic::new(at.clone(), format!("column \"{cell}\" stands here twice"))),
            Some(index) => places[index] = Some(place),
            None => load.problems.push(
                Diagnostic::new(at.clone(), format!("unknown column \"{cell}\""))
                    .expected(names.join(", "))
                    .nearest(nearest(cell, names.iter().map(String::as_str))),
            ),
        }
    }
    for (name, _) in names.iter().zip(&places).take(required).filter(|(_, place)| place.is_none()) {
        load.problems.push(
            Diagnostic::new(at.clone(), format!("column \"{name}\" is missing"))
                .expected(format!("a header with {}", names[..required].join(", "))),
        );
    }
    (load.problems.len() == before).then_some(Columns { names, places })
}

/// Column names from literals.
pub(super) fn names(literals: &[&str]) -> Vec<String> {
    literals.iter().map(|name| (*name).to_owned()).collect()
}
