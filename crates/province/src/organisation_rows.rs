//! What a row of an import of organisations says: each taken or rejected with its field. It does not know the store.

use crate::error::DeedError;
use crate::import_rows::Format;
use crate::import_sheet::{Columns, Sheet};
use crate::organisations::{NewOrganisation, checked};
use std::io::BufRead;

/// A row, or why not: its field and what is wrong, never the value.
pub(crate) type Read1 = Result<NewOrganisation, (&'static str, String)>;

/// Rows of one file.
pub(crate) struct OrganisationRows<'a> {
    sheet: Sheet<'a>,
    source: String,
}

const COLUMNS: Columns = Columns {
    names: &[
        ("credit_code", "统一社会信用代码"),
        ("name", "名称"),
        ("region", "地区"),
        ("parent", "上级"),
        ("kind", "类型"),
    ],
    needed: &["name"],
    header: || {
        DeedError::invalid(
            "file",
            "第一行要是：统一社会信用代码,名称,地区,上级,类型",
            "the first line names the columns: credit_code,name,region,parent,kind",
        )
    },
};

impl<'a> OrganisationRows<'a> {
    /// Opens a file in UTF-8; of a CSV the header is read.
    pub(crate) fn open(reader: Box<dyn BufRead + Send + 'a>, format: Format, source: &str) -> Result<Self, DeedError> {
        Ok(Self { sheet: Sheet::open(reader, format, &COLUMNS)?, source: source.to_owned() })
    }

    /// The next row; blank lines are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Read1>, DeedError> {
        Ok(self.sheet.next()?.map(|cells| self.taken(cells?)))
    }

    fn taken(&self, cells: Vec<String>) -> Read1 {
        let [credit_code, name, region, parent, kind] =
            <[String; 5]>::try_from(cells).map_err(|_| ("row", "has other columns".to_owned()))?;
        let enterprise = match kind.trim() {
            "" | "enterprise" | "企业" => true,
            "department" | "部门" | "机关" => false,
            _ => return Err(("kind", "is enterprise or department".to_owned())),
        };
        let source = self.source.clone();
        let new =
            NewOrganisation { enterprise, credit_code: Some(credit_code), name, region, parent: Some(parent), source };
        checked(new).map_err(|error| match error {
            DeedError::Invalid { field, why } => (field, why.en),
            other => ("row", other.to_string()),
        })
    }
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
