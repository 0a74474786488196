//! The rows of an import that two persons make, out of CSV or NDJSON: bounded lines, cells by the names of their columns. Each
//! kind of import says which columns there are; what a cell means it reads itself. It does not know the store.

use crate::error::DeedError;
use crate::import_rows::Format;
use std::io::{BufRead, Read};

/// The longest row, bytes.
const ROW_MAX: u64 = 4_096;

/// What a kind of import has in a row.
pub(crate) struct Columns {
    /// English and Chinese name of each, in the order in which their cells are handed out.
    pub names: &'static [(&'static str, &'static str)],
    /// A file without these is none; the others may be missing.
    pub needed: &'static [&'static str],
    /// What the head line of a CSV should be.
    pub header: fn() -> DeedError,
}

/// A row, or why not: its field and what is wrong, never the value.
pub(crate) type Cells = Result<Vec<String>, (&'static str, String)>;

/// Rows of one file in UTF-8.
pub(crate) struct Sheet<'a> {
    reader: Box<dyn BufRead + Send + 'a>,
    format: Format,
    columns: &'static Columns,
    /// Of a CSV: which column each cell is of.
    header: Vec<usize>,
}

impl<'a> Sheet<'a> {
    /// Opens a file; of a CSV the header is read.
    pub fn open(
        reader: Box<dyn BufRead + Send + 'a>,
        format: Format,
        columns: &'static Columns,
    ) -> Result<Self, DeedError> {
        let mut sheet = Self { reader, format, columns, header: Vec::new() };
        if format == Format::Csv {
            let header = sheet.line()?.unwrap_or_default();
            for name in cells(header.trim_start_matches('\u{feff}')) {
                let known = columns.names.iter().position(|(en, zh)| *en == name.trim() || *zh == name.trim());
                sheet.header.push(known.ok_or_else(columns.header)?);
            }
            let has = |needed: &str| sheet.header.iter().any(|at| columns.names[*at].0 == needed);
            if !columns.needed.iter().all(|needed| has(needed)) {
                return Err((columns.header)());
            }
        }
        Ok(sheet)
    }

    /// The cells of the next row, one for each column, empty where there is none; blank lines are passed over.
    pub fn next(&mut self) -> Result<Option<Cells>, DeedError> {
        while let Some(line) = self.line()? {
            if line.trim().is_empty() {
                continue;
            }
            return Ok(Some(match self.format {
                Format::Csv => Ok(self.of_csv(&line)),
                Format::Ndjson => self.of_json(&line).ok_or_else(|| {
                    let names: Vec<_> = self.columns.names.iter().map(|(en, _)| *en).collect();
                    ("row", format!("is no JSON object with {}", names.join(", ")))
                }),
            }));
        }
        Ok(None)
    }

    fn of_csv(&self, line: &str) -> Vec<String> {
        let mut found = vec![String::new(); self.columns.names.len()];
        for (at, cell) in self.header.iter().zip(cells(line)) {
            found[*at] = cell;
        }
        found
    }

    fn of_json(&self, line: &str) -> Option<Vec<String>> {
        let sent: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).ok()?;
        let mut found = vec![String::new(); self.columns.names.len()];
        for (name, value) in &sent {
            let at = self.columns.names.iter().position(|(en, _)| en == name)?;
            value.as_str()?.clone_into(&mut found[at]);
        }
        self.columns.needed.iter().all(|needed| sent.contains_key(*needed)).then_some(found)
    }

    fn line(&mut self) -> Result<Option<String>, DeedError> {
        let mut bytes = Vec::new();
        let failed = |why: std::io::Error| {
            DeedError::invalid("file", format!("文件读不下去：{why}"), format!("the file can't be read: {why}"))
        };
        let read = self.reader.by_ref().take(ROW_MAX).read_until(b'\n', &mut bytes).map_err(failed)?;
        if read == 0 {
            return Ok(None);
        }
        if read as u64 == ROW_MAX && bytes.last() != Some(&b'\n') {
            return Err(DeedError::invalid("file", "有一行超过 4096 字节", "a line has more than 4,096 bytes"));
        }
        String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| DeedError::invalid("file", "文件要用 UTF-8", "the file must be UTF-8"))
    }
}

/// The cells of a CSV line (RFC 4180, without line breaks inside a cell).
fn cells(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first.map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}
