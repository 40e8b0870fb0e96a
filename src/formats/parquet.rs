//! Tables as Apache Parquet (<https://parquet.apache.org/>), for pandas, Polars, DuckDB and the like.
//!
//! Every column of a table is text, as it stands in CSV, so that nothing is lost. Beside them stand
//! columns to reckon with, which are left out again when the table is read: `number` of an observation
//! as a double, and the first and the last day that a time covers, as dates.

use std::{
    fs::File,
    io::{self, Write},
    sync::Arc,
};

use parquet::{
    basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical},
    data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type},
    file::{
        properties::WriterProperties,
        reader::{FileReader, SerializedFileReader},
        writer::SerializedFileWriter,
    },
    record::{Field, Row, reader::RowIter},
    schema::types::Type,
};

use crate::model::{EPOCH, Period};

/// How many rows stand in a group, which is what a writer holds in memory.
const GROUP: usize = 50_000;

/// A column to reckon with, made of a column of text.
#[derive(Clone, Copy)]
enum Derived {
    /// The text as a number.
    Number,
    /// The first day of the time.
    FirstDay,
    /// The last day of the time.
    LastDay,
}

/// (the column of text, the derived column, what it is).
const DERIVED: [(&str, &str, Derived); 7] = [
    ("value", "number", Derived::Number),
    ("valid_from", "valid_from_day", Derived::FirstDay),
    ("valid_until", "valid_until_day", Derived::LastDay),
    ("period", "period_first_day", Derived::FirstDay),
    ("period", "period_last_day", Derived::LastDay),
    ("published", "published_first_day", Derived::FirstDay),
    ("published", "published_last_day", Derived::LastDay),
];

fn other(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(error)
}

fn is_derived(name: &str) -> bool {
    DERIVED.iter().any(|(_, known, _)| *known == name)
}

/// Writes one table.
pub(super) struct TableWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    /// The derived columns, each with the place of the text it is made of.
    derived: Vec<(usize, Derived)>,
    /// By column, then row; an empty cell is null.
    columns: Vec<Vec<Option<String>>>,
}

impl<W: Write + Send> TableWriter<W> {
    /// Begins a table of text columns.
    pub(super) fn new(out: W, table: &str, names: &[&str]) -> io::Result<Self> {
        let text = |name: &str| {
            Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
                .with_repetition(Repetition::OPTIONAL)
                .with_converted_type(ConvertedType::UTF8)
                .with_logical_type(Some(LogicalType::String))
                .build()
        };
        let mut fields = Vec::new();
        for name in names {
            fields.push(Arc::new(text(name).map_err(other)?));
        }
        let mut derived = Vec::new();
        for (of, name, what) in DERIVED {
            let Some(place) = names.iter().position(|known| *known == of) else { continue };
            let builder = match what {
                Derived::Number => Type::primitive_type_builder(name, Physical::DOUBLE),
                Derived::FirstDay | Derived::LastDay => {
                    Type::primitive_type_builder(name, Physical::INT32)
                        .with_logical_type(Some(LogicalType::Date))
                }
            };
            let built = builder.with_repetition(Repetition::OPTIONAL).build();
            fields.push(Arc::new(built.map_err(other)?));
            derived.push((place, what));
        }
        let schema = Type::group_type_builder(table).with_fields(fields).build().map_err(other)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
        let columns = vec![Vec::new(); names.len()];
        Ok(Self { file: file.map_err(other)?, derived, columns })
    }

    /// Appends a row: a cell for each column of text.
    pub(super) fn row<'c>(&mut self, cells: impl Iterator<Item = &'c str>) -> io::Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push((!cell.is_empty()).then(|| cell.to_owned()));
        }
        if self.columns[0].len() == GROUP { self.flush() } else { Ok(()) }
    }

    /// Writes what is held as a group.
    fn flush(&mut self) -> io::Result<()> {
        if self.columns[0].is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group().map_err(other)?;
        let levels =
            |given: &[bool]| -> Vec<i16> { given.iter().map(|given| (*given).into()).collect() };
        for column in &self.columns {
            let given: Vec<bool> = column.iter().map(Option::is_some).collect();
            let values: Vec<ByteArray> =
                column.iter().flatten().map(|text| text.as_str().into()).collect();
            let mut writer =
                group.next_column().map_err(other)?.ok_or(io::ErrorKind::InvalidData)?;
            writer
                .typed::<ByteArrayType>()
                .write_batch(&values, Some(&levels(&given)), None)
                .map_err(other)?;
            writer.close().map_err(other)?;
        }
        for (place, what) in &self.derived {
            let texts = self.columns[*place].iter().map(Option::as_deref);
            let mut writer =
                group.next_column().map_err(other)?.ok_or(io::ErrorKind::InvalidData)?;
            match what {
                Derived::Number => {
                    let numbers: Vec<Option<f64>> =
                        texts.map(|text| text.and_then(|text| text.parse().ok())).collect();
                    let given: Vec<bool> = numbers.iter().map(Option::is_some).collect();
                    let values: Vec<f64> = numbers.into_iter().flatten().collect();
                    let typed = writer.typed::<DoubleType>();
                    typed.write_batch(&values, Some(&levels(&given)), None).map_err(other)?;
                }
                Derived::FirstDay | Derived::LastDay => {
                    let day = |text: &str| {
                        let (first, last) = text.parse::<Period>().ok()?.days();
                        // Parquet counts from 1970.
                        Some(if matches!(what, Derived::FirstDay) { first } else { last } - EPOCH)
                    };
                    let days: Vec<Option<i32>> = texts.map(|text| text.and_then(day)).collect();
                    let given: Vec<bool> = days.iter().map(Option::is_some).collect();
                    let values: Vec<i32> = days.into_iter().flatten().collect();
                    let typed = writer.typed::<Int32Type>();
                    typed.write_batch(&values, Some(&levels(&given)), None).map_err(other)?;
                }
            }
            writer.close().map_err(other)?;
        }
        group.close().map_err(other)?;
        self.columns.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Writes what is left, and the file's end; gives back where it was written to.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        self.file.into_inner().map_err(other)
    }
}

/// A Parquet table as CSV to read from, made as it is read: the columns of text, and numbers and truth
/// values as texts; columns to reckon with are left out.
pub(super) struct AsCsv {
    rows: RowIter<'static>,
    /// What was made and not read yet.
    made: Vec<u8>,
    /// How much of it was read.
    read: usize,
}

/// How much is made at once.
const MADE: usize = 1 << 16;

impl AsCsv {
    /// # Errors
    /// If it is not Parquet.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let reader = SerializedFileReader::new(file).map_err(other)?;
        let fields = reader.metadata().file_metadata().schema().get_fields().to_vec();
        let names = fields.iter().map(|field| field.name()).filter(|name| !is_derived(name));
        let mut made = csv::Writer::from_writer(Vec::new());
        made.write_record(names)?;
        let made = made.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        Ok(Self { rows: RowIter::from_file_into(Box::new(reader)), made, read: 0 })
    }

    /// Makes the next rows.
    fn make(&mut self) -> io::Result<()> {
        self.made.clear();
        self.read = 0;
        let mut csv = csv::Writer::from_writer(std::mem::take(&mut self.made));
        let mut count = 0;
        // A row is some hundred bytes.
        while count < MADE / 100
            && let Some(row) = self.rows.next()
        {
            csv.write_record(&cells(&row.map_err(other)?)?)?;
            count += 1;
        }
        self.made = csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        Ok(())
    }
}

impl io::Read for AsCsv {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.read == self.made.len() {
            self.make()?;
        }
        let rest = &self.made[self.read..];
        let count = rest.len().min(out.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        Ok(count)
    }
}

/// The cells of a row that are text, or as text.
fn cells(row: &Row) -> io::Result<Vec<String>> {
    let columns = row.get_column_iter().filter(|(name, _)| !is_derived(name));
    columns
        .map(|(name, field)| match field {
            Field::Null => Ok(String::new()),
            Field::Str(text) => Ok(text.clone()),
            Field::Bool(_)
            | Field::Byte(_)
            | Field::Short(_)
            | Field::Int(_)
            | Field::Long(_)
            | Field::Float(_)
            | Field::Double(_) => Ok(field.to_string()),
            other => {
                let message = format!("column \"{name}\" has the value {other}, expected text");
                Err(io::Error::new(io::ErrorKind::InvalidData, message))
            }
        })
        .collect()
}
