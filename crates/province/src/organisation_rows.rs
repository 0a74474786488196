//! Reading organisations out of CSV and NDJSON: bounded, each row taken or rejected with its field.
//! It does not know the store.

use crate::error::DeedError;
use crate::import_rows::Format;
use crate::organisations::{NewOrganisation, checked};
use std::io::{BufRead, Read};

/// The longest row, bytes.
const ROW_MAX: u64 = 4_096;

/// A row, or why not: its field and what is wrong, never the value.
pub(crate) type Read1 = Result<NewOrganisation, (&'static str, String)>;

/// The lines of a file in UTF-8, each bounded.
pub(crate) struct Lines<'a>(pub Box<dyn BufRead + Send + 'a>);

/// Rows of one file.
pub(crate) struct OrganisationRows<'a> {
    lines: Lines<'a>,
    format: Format,
    header: Vec<&'static str>,
    source: String,
}

const COLUMNS: [(&str, &str); 5] =
    [("credit_code", "统一社会信用代码"), ("name", "名称"), ("region", "地区"), ("parent", "上级"), ("kind", "类型")];

#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default)]
    credit_code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    parent: String,
    #[serde(default)]
    kind: String,
}

impl<'a> OrganisationRows<'a> {
    /// Opens a file in UTF-8; of a CSV the header is read.
    pub(crate) fn open(reader: Box<dyn BufRead + Send + 'a>, format: Format, source: &str) -> Result<Self, DeedError> {
        let mut rows = Self { lines: Lines(reader), format, header: Vec::new(), source: source.to_owned() };
        if format == Format::Csv {
            let header = rows.lines.next()?.unwrap_or_default();
            for name in cells(header.trim_start_matches('\u{feff}')) {
                let known = COLUMNS.iter().find(|(en, zh)| *en == name.trim() || *zh == name.trim());
                rows.header.push(known.map(|(en, _)| *en).ok_or_else(|| {
                    DeedError::invalid(
                        "file",
                        "第一行要是：统一社会信用代码,名称,地区,上级,类型",
                        "the first line names the columns: credit_code,name,region,parent,kind",
                    )
                })?);
            }
            if !rows.header.contains(&"name") {
                return Err(DeedError::invalid("file", "缺“名称”一列", "the column `name` is missing"));
            }
        }
        Ok(rows)
    }

    /// The next row; blank lines are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Read1>, DeedError> {
        while let Some(line) = self.lines.next()? {
            if line.trim().is_empty() {
                continue;
            }
            let read = match self.format {
                Format::Csv => Ok(self.read_cells(&line)),
                Format::Ndjson => serde_json::from_str::<Line>(&line)
                    .map_err(|_| ("row", "is no JSON object with credit_code, name, region, parent, kind".to_owned())),
            };
            return Ok(Some(read.and_then(|line| self.taken(line))));
        }
        Ok(None)
    }

    fn read_cells(&self, line: &str) -> Line {
        let mut found = Line::default();
        for (column, cell) in self.header.iter().zip(cells(line)) {
            let field = match *column {
                "credit_code" => &mut found.credit_code,
                "name" => &mut found.name,
                "region" => &mut found.region,
                "parent" => &mut found.parent,
                _ => &mut found.kind,
            };
            *field = cell;
        }
        found
    }

    fn taken(&self, line: Line) -> Read1 {
        let enterprise = match line.kind.trim() {
            "" | "enterprise" | "企业" => true,
            "department" | "部门" | "机关" => false,
            _ => return Err(("kind", "is enterprise or department".to_owned())),
        };
        let new = NewOrganisation {
            enterprise,
            credit_code: Some(line.credit_code),
            name: line.name,
            region: line.region,
            parent: Some(line.parent),
            source: self.source.clone(),
        };
        checked(new).map_err(|error| match error {
            DeedError::Invalid { field, why } => (field, why.en),
            other => ("row", other.to_string()),
        })
    }
}

impl Lines<'_> {
    /// The next line; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<String>, DeedError> {
        let mut bytes = Vec::new();
        let failed = |why: std::io::Error| {
            DeedError::invalid("file", format!("文件读不下去：{why}"), format!("the file can't be read: {why}"))
        };
        let read = self.0.by_ref().take(ROW_MAX).read_until(b'\n', &mut bytes).map_err(failed)?;
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
pub(crate) fn cells(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first.map(|record| record.iter().map(str::to_owned).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &'static str, format: Format) -> Vec<Result<String, &'static str>> {
        let mut rows = OrganisationRows::open(Box::new(text.as_bytes()), format, "register").expect("a header");
        let mut found = Vec::new();
        while let Some(row) = rows.next().expect("readable") {
            found.push(row.map(|new| format!("{} {}", new.name, new.region)).map_err(|(field, _)| field));
        }
        found
    }

    #[test]
    fn rows_are_taken_or_rejected_by_their_field() {
        let csv = "统一社会信用代码,名称,地区,类型\n91110000600037341L,\"某, 公司\",,\n\n91110000600037341M,坏,,\n\
                   ,财政厅,370000,部门\n,无代码,370000,企业\n,怪,370000,社团\n,无地区,,部门\n";
        assert_eq!(
            all(csv, Format::Csv),
            [
                Ok("某, 公司 110000".to_owned()),
                Err("credit_code"),
                Ok("财政厅 370000".to_owned()),
                Err("credit_code"),
                Err("kind"),
                Err("region")
            ]
        );
        let lines = "{\"credit_code\":\"91110000600037341L\",\"name\":\"某公司\"}\nnot json\n{\"names\":\"x\"}\n";
        assert_eq!(all(lines, Format::Ndjson), [Ok("某公司 110000".to_owned()), Err("row"), Err("row")]);
        assert!(OrganisationRows::open(Box::new("colour\n".as_bytes()), Format::Csv, "r").is_err());
    }
}
