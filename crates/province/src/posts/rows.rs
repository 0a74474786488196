//! What a row of an import of posts says: who by ID number, where, as what; each taken or rejected with its field.
//! It does not know the store; nothing it says of a wrong row holds the value.

use crate::error::DeedError;
use crate::import_rows::Format;
use crate::import_sheet::{Columns, Sheet};
use std::io::BufRead;
use yima_kernel::post::PostRole;
use yima_keys::person::IdNumber;

/// A row that can be taken.
pub(super) struct PostOf {
    pub id_number: IdNumber,
    /// `org_…` or a credit code.
    pub organisation: String,
    pub role: PostRole,
}

/// A row, or why not: its field and what is wrong.
type Read1 = Result<PostOf, (&'static str, String)>;

/// Rows of one file.
pub(super) struct PostRows<'a>(Sheet<'a>);

const COLUMNS: Columns = Columns {
    names: &[("id_number", "身份证号"), ("organisation", "单位"), ("role", "职务")],
    needed: &["id_number", "organisation", "role"],
    header: || {
        DeedError::invalid(
            "file",
            "第一行要是：身份证号,单位,职务",
            "the first line names the columns: id_number,organisation,role",
        )
    },
};
const ROLES: [(&str, PostRole); 4] = [
    ("窗口", PostRole::Counter),
    ("经办", PostRole::Handler),
    ("审核", PostRole::Reviewer),
    ("负责人", PostRole::Head),
];

impl<'a> PostRows<'a> {
    /// Opens a file in UTF-8; of a CSV the header is read.
    pub(super) fn open(reader: Box<dyn BufRead + Send + 'a>, format: Format) -> Result<Self, DeedError> {
        Sheet::open(reader, format, &COLUMNS).map(Self)
    }

    /// The next row; blank lines are passed over.
    pub(super) fn next(&mut self) -> Result<Option<Read1>, DeedError> {
        Ok(self.0.next()?.map(|cells| taken(&cells?)))
    }
}

fn taken(cells: &[String]) -> Read1 {
    let [id_number, organisation, role] = cells else { return Err(("row", "has other columns".to_owned())) };
    let id_number = IdNumber::parse(id_number).map_err(|_| ("id_number", "is no ID number".to_owned()))?;
    let word = role.trim();
    let role = PostRole::parse(word).or_else(|| ROLES.iter().find(|(zh, _)| *zh == word).map(|(_, role)| *role));
    let role = role.ok_or_else(|| ("role", "is counter, handler, reviewer or head".to_owned()))?;
    let organisation = organisation.trim().to_owned();
    if organisation.is_empty() || organisation.len() > 60 {
        return Err(("organisation", "is an id or a credit code".to_owned()));
    }
    Ok(PostOf { id_number, organisation, role })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &'static str, format: Format) -> Vec<Result<PostRole, &'static str>> {
        let mut rows = PostRows::open(Box::new(text.as_bytes()), format).expect("a header");
        let mut found = Vec::new();
        while let Some(row) = rows.next().expect("readable") {
            found.push(row.map(|post| post.role).map_err(|(field, _)| field));
        }
        found
    }

    #[test]
    fn rows_are_taken_or_rejected_by_their_field() {
        let csv = "身份证号,单位,职务\n11010519491231002X,org_1,窗口\n\n110105194912310021,org_1,窗口\n\
                   11010519491231002X,,head\n11010519491231002X,org_1,王\n";
        assert_eq!(all(csv, Format::Csv), [Ok(PostRole::Counter), Err("id_number"), Err("organisation"), Err("role")]);
        let lines = "{\"id_number\":\"11010519491231002X\",\"organisation\":\"91110000600037341L\",\"role\":\"head\"}\n\
                     {\"id_number\":\"11010519491231002X\",\"name\":\"x\"}\n";
        assert_eq!(all(lines, Format::Ndjson), [Ok(PostRole::Head), Err("row")]);
        for header in ["身份证号,单位\n", "id_number,organisation,role,name\n", ""] {
            assert!(PostRows::open(Box::new(header.as_bytes()), Format::Csv).is_err(), "{header}");
        }
    }
}
