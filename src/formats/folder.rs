//! Where a graph's files come from: a directory, or the binary itself.

use std::{
    borrow::Cow,
    fs,
    io::{self, BufRead, BufReader},
    path::PathBuf,
};

use crate::ontology::{Diagnostic, Position};

/// A folder of files.
#[derive(Debug, Clone)]
pub enum Folder {
    /// A directory on disk.
    Directory(PathBuf),
    /// The graph that ships inside the binary.
    Bundled,
}

/// The files of the bundled graph, by their path from its folder.
const BUNDLED: &[(&str, &[u8])] = &[
    ("westlake.toml", include_bytes!("../../data/hangzhou/westlake.toml")),
    ("../../schema/hangzhou.graphql", include_bytes!("../../schema/hangzhou.graphql")),
    ("sources.csv", include_bytes!("../../data/hangzhou/sources.csv")),
    ("entities.csv", include_bytes!("../../data/hangzhou/entities.csv")),
    ("statements.csv", include_bytes!("../../data/hangzhou/statements.csv")),
    ("observations.csv", include_bytes!("../../data/hangzhou/observations.csv")),
    ("examples/01-why.graphql", include_bytes!("../../data/hangzhou/examples/01-why.graphql")),
    (
        "examples/02-titles.graphql",
        include_bytes!("../../data/hangzhou/examples/02-titles.graphql"),
    ),
    (
        "examples/03-figures.graphql",
        include_bytes!("../../data/hangzhou/examples/03-figures.graphql"),
    ),
    (
        "examples/04-supported.graphql",
        include_bytes!("../../data/hangzhou/examples/04-supported.graphql"),
    ),
    (
        "examples/05-neighborhood.graphql",
        include_bytes!("../../data/hangzhou/examples/05-neighborhood.graphql"),
    ),
    (
        "examples/06-disagreement.graphql",
        include_bytes!("../../data/hangzhou/examples/06-disagreement.graphql"),
    ),
    (
        "examples/07-article.graphql",
        include_bytes!("../../data/hangzhou/examples/07-article.graphql"),
    ),
    ("examples/08-year.graphql", include_bytes!("../../data/hangzhou/examples/08-year.graphql")),
    (
        "examples/09-search.graphql",
        include_bytes!("../../data/hangzhou/examples/09-search.graphql"),
    ),
    ("examples/10-view.graphql", include_bytes!("../../data/hangzhou/examples/10-view.graphql")),
    (
        "examples/11-targets.graphql",
        include_bytes!("../../data/hangzhou/examples/11-targets.graphql"),
    ),
    (
        "examples/12-paging.graphql",
        include_bytes!("../../data/hangzhou/examples/12-paging.graphql"),
    ),
    (
        "examples/13-contents.graphql",
        include_bytes!("../../data/hangzhou/examples/13-contents.graphql"),
    ),
    ("examples/14-paths.graphql", include_bytes!("../../data/hangzhou/examples/14-paths.graphql")),
    (
        "examples/15-connections.graphql",
        include_bytes!("../../data/hangzhou/examples/15-connections.graphql"),
    ),
    (
        "examples/16-pattern.graphql",
        include_bytes!("../../data/hangzhou/examples/16-pattern.graphql"),
    ),
    (
        "examples/17-series.graphql",
        include_bytes!("../../data/hangzhou/examples/17-series.graphql"),
    ),
    (
        "examples/18-conflicts.graphql",
        include_bytes!("../../data/hangzhou/examples/18-conflicts.graphql"),
    ),
    (
        "examples/19-groups.graphql",
        include_bytes!("../../data/hangzhou/examples/19-groups.graphql"),
    ),
    (
        "examples/20-central.graphql",
        include_bytes!("../../data/hangzhou/examples/20-central.graphql"),
    ),
    ("examples/21-words.graphql", include_bytes!("../../data/hangzhou/examples/21-words.graphql")),
];

impl Folder {
    /// A file's name as people should see it.
    pub fn display(&self, path: &str) -> String {
        match self {
            Self::Directory(directory) => directory.join(path).display().to_string(),
            Self::Bundled => format!("(bundled) {path}"),
        }
    }

    /// The table at `path`, as CSV to read from, without a byte order mark: Parquet, by its ending, is
    /// turned into it.
    ///
    /// # Errors
    /// A diagnostic that names the file and says why it cannot be read.
    pub(super) fn table(&self, path: &str) -> Result<Box<dyn BufRead>, Diagnostic> {
        let at = |problem: String| {
            Diagnostic::new(Position { file: self.display(path), line: 0, column: 0 }, problem)
        };
        let unreadable = |error: io::Error| at(format!("the file cannot be read: {error}"));
        let mut table: Box<dyn BufRead> = match self {
            Self::Directory(directory) => {
                let file = fs::File::open(directory.join(path)).map_err(unreadable)?;
                if path.ends_with(".parquet") {
                    let csv = super::parquet::AsCsv::new(file)
                        .map_err(|error| at(format!("this is not a Parquet table: {error}")))?;
                    return Ok(Box::new(BufReader::new(csv)));
                }
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
            Self::Bundled => Box::new(io::Cursor::new(self.read(path)?)),
        };
        if table.fill_buf().map_err(unreadable)?.starts_with(b"\xef\xbb\xbf") {
            table.consume(3);
        }
        Ok(table)
    }

    /// The bytes of the file at `path`, relative to the folder.
    ///
    /// # Errors
    /// A diagnostic that names the file and says why it cannot be read.
    pub fn read(&self, path: &str) -> Result<Cow<'static, [u8]>, Diagnostic> {
        let result = match self {
            Self::Directory(directory) => fs::read(directory.join(path)).map(Cow::Owned),
            Self::Bundled => BUNDLED
                .iter()
                .find(|(name, _)| *name == path)
                .map(|(_, bytes)| Cow::Borrowed(*bytes))
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)),
        };
        result.map_err(|error| {
            let at = Position { file: self.display(path), line: 0, column: 0 };
            Diagnostic::new(at, format!("the file cannot be read: {error}"))
        })
    }

    /// The text of the file at `path`.
    ///
    /// # Errors
    /// A diagnostic that says why it cannot be read, or where it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, Diagnostic> {
        let bytes = self.read(path)?.into_owned();
        String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count() as u64;
            let at = Position { file: self.display(path), line, column: 0 };
            Diagnostic::new(at, "these bytes are not UTF-8").expected("text in UTF-8")
        })
    }
}
