//! Reading residents out of CSV and NDJSON, row by row: decoded, bounded, each row taken or rejected with its field.
//! It does not know the store; nothing it says of a wrong row holds the value.

use crate::error::DeedError;
use std::collections::VecDeque;
use std::io::{BufRead, Read};
use yima_code::day::Day;
use yima_keys::person::{IdNumber, PersonName, Phone};

/// The longest row, bytes.
const ROW_MAX: usize = 4_096;
/// Rows read ahead to learn which encoding a file has: 2 MiB at the most.
const AHEAD_MAX: usize = 512;
/// Numbers that a benefit may have.
const BENEFITS: std::ops::RangeInclusive<u8> = 1..=15;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Header `name,id_number,phone,region,benefits` in any order; the last three may be missing.
    Csv,
    /// One JSON object a line with the same names.
    Ndjson,
}

/// A row that can be taken.
pub struct Row {
    /// Name.
    pub name: PersonName,
    /// ID number.
    pub id_number: IdNumber,
    /// Telephone number.
    pub phone: Option<Phone>,
    /// GB/T 2260.
    pub region: String,
    /// Benefits that the register vouches for.
    pub benefits: Vec<Granted>,
}

/// A benefit as a register writes it: `2:2026-09-01/2027-08-31`, or without the first day `2:2027-08-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// 1 to 15.
    pub number: u8,
    /// First day; the day of the import when absent.
    pub from: Option<Day>,
    /// Last day.
    pub until: Day,
}

/// Why a row is not taken. It never holds the value.
pub struct Reject {
    /// Which field.
    pub field: &'static str,
    /// What is wrong.
    pub why: String,
}

fn not_read(error: impl std::fmt::Display) -> DeedError {
    DeedError::invalid("file", format!("文件读不下去：{error}"), format!("the file can't be read: {error}"))
}

/// A row's number, from 1, and the row or why it is not taken.
pub type Numbered = (u64, Result<Row, Reject>);

/// Rows of a file, decoded line by line as UTF-8 or GB18030.
pub struct Rows<'a> {
    lines: Lines<'a>,
    /// Columns of name, id_number, phone, region, benefits; none for NDJSON.
    columns: Option<[Option<usize>; 5]>,
    number: u64,
}

/// Lines of a file, bounded in length.
struct Lines<'a> {
    reader: Box<dyn BufRead + Send + 'a>,
    encoding: Encoding,
    /// Lines that were read to learn the encoding and are not handed out yet.
    ahead: VecDeque<Line>,
}

/// A line without its end.
type Line = Result<Vec<u8>, &'static str>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// No line so far says it.
    Unknown,
    Utf8,
    Gb18030,
}

impl Encoding {
    /// What one line shows. Two bytes such as those of `毛` in GB18030 are a letter in UTF-8 too, so they show nothing;
    /// what is written in three, as Chinese is in UTF-8, does.
    fn shown_by(line: &[u8]) -> Encoding {
        match std::str::from_utf8(line) {
            Err(_) => Encoding::Gb18030,
            Ok(text) if text.chars().any(|letter| letter.len_utf8() > 2) => Encoding::Utf8,
            Ok(_) => Encoding::Unknown,
        }
    }
}

impl Lines<'_> {
    /// The next line as text, `Err` inside for one that is too long or not text; `None` at the end.
    fn next(&mut self) -> Result<Option<Result<String, &'static str>>, DeedError> {
        let line = match self.ahead.pop_front() {
            Some(line) => line,
            None => match self.read()? {
                Some(line) => line,
                None => return Ok(None),
            },
        };
        let Ok(bytes) = &line else { return Ok(Some(line.map(|_| String::new()))) };
        if self.encoding == Encoding::Unknown && !bytes.is_ascii() {
            self.learn(bytes)?;
        }
        Ok(Some(self.decoded(bytes)))
    }

    fn read(&mut self) -> Result<Option<Line>, DeedError> {
        let mut line = Vec::new();
        // The row, its end, and one byte by which a longer one is told.
        let mut limited = self.reader.by_ref().take(ROW_MAX as u64 + 3);
        if limited.read_until(b'\n', &mut line).map_err(not_read)? == 0 {
            return Ok(None);
        }
        let ended = line.last() == Some(&b'\n');
        while matches!(line.last(), Some(b'\n' | b'\r')) {
            line.pop();
        }
        if line.len() <= ROW_MAX {
            return Ok(Some(Ok(line)));
        }
        if !ended {
            self.reader.skip_until(b'\n').map_err(not_read)?;
        }
        Ok(Some(Err("the row is longer than 4096 bytes")))
    }

    /// The encoding, from this line or from the ones after it; those held already show none.
    fn learn(&mut self, line: &[u8]) -> Result<(), DeedError> {
        self.encoding = Encoding::shown_by(line);
        while self.encoding == Encoding::Unknown && self.ahead.len() < AHEAD_MAX {
            let Some(line) = self.read()? else { break };
            if let Ok(bytes) = &line {
                self.encoding = Encoding::shown_by(bytes);
            }
            self.ahead.push_back(line);
        }
        Ok(())
    }

    fn decoded(&self, line: &[u8]) -> Result<String, &'static str> {
        if self.encoding == Encoding::Gb18030 {
            let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(line);
            return text.map(std::borrow::Cow::into_owned).ok_or("the row is neither UTF-8 nor GB18030");
        }
        if self.encoding == Encoding::Unknown && !line.is_ascii() {
            return Err(
                "the row reads as UTF-8 and as GB18030 alike: name the columns 姓名,身份证号 in the first line",
            );
        }
        let text = std::str::from_utf8(line).map_err(|_| "the row is not UTF-8, as those before it are")?;
        Ok(text.trim_start_matches('\u{feff}').to_owned())
    }
}

const NAMES: [(&str, &str); 5] =
    [("name", "姓名"), ("id_number", "身份证号"), ("phone", "手机号"), ("region", "行政区划"), ("benefits", "优待")];

impl<'a> Rows<'a> {
    /// Reads the header, if the format has one.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] when it names no `name` and `id_number`.
    pub fn open(reader: Box<dyn BufRead + Send + 'a>, format: Format) -> Result<Self, DeedError> {
        let mut lines = Lines { reader, encoding: Encoding::Unknown, ahead: VecDeque::new() };
        let columns = match format {
            Format::Ndjson => None,
            Format::Csv => {
                let head = lines.next()?.and_then(Result::ok).unwrap_or_default();
                let fields = csv_fields(&head).unwrap_or_default();
                let at = |names: (&str, &str)| fields.iter().position(|f| [names.0, names.1].contains(&f.trim()));
                let columns = NAMES.map(at);
                if columns[0].is_none() || columns[1].is_none() {
                    return Err(DeedError::invalid(
                        "header",
                        "第一行要有 name,id_number（或 姓名,身份证号），可加 phone,region,benefits",
                        "the first line must name the columns name,id_number; phone,region,benefits may follow",
                    ));
                }
                Some(columns)
            }
        };
        Ok(Self { lines, columns, number: 0 })
    }

    /// Passes rows over that an earlier run has done.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn skip(&mut self, rows: u64) -> Result<(), DeedError> {
        while self.number < rows && self.lines.next()?.is_some() {
            self.number += 1;
        }
        Ok(())
    }

    /// The next row, numbered from 1; `None` at the end.
    ///
    /// # Errors
    /// When the file can't be read; a row that is wrong is `Err` inside.
    #[expect(clippy::should_implement_trait, reason = "reading can fail as a whole, which an iterator can't say")]
    pub fn next(&mut self) -> Result<Option<Numbered>, DeedError> {
        let Some(line) = self.lines.next()? else { return Ok(None) };
        self.number += 1;
        let number = self.number;
        let row = line.map_err(|why| Reject { field: "row", why: why.to_owned() }).and_then(|text| self.parse(&text));
        Ok(Some((number, row)))
    }

    fn parse(&self, text: &str) -> Result<Row, Reject> {
        let values = match self.columns {
            Some(columns) => {
                let fields = csv_fields(text)?;
                columns.map(|c| c.and_then(|i| fields.get(i)).map(|f| f.trim().to_owned()).filter(|f| !f.is_empty()))
            }
            None => ndjson_fields(text)?,
        };
        let [name, id_number, phone, region, benefits] = values;
        let missing = |field| move || Reject { field, why: "is missing".to_owned() };
        let name = PersonName::parse(&name.ok_or_else(missing("name"))?)
            .map_err(|e| Reject { field: "name", why: e.to_string() })?;
        let id_number = IdNumber::parse(&id_number.ok_or_else(missing("id_number"))?)
            .map_err(|e| Reject { field: "id_number", why: e.to_string() })?;
        let phone =
            phone.map(|p| Phone::parse(&p).map_err(|e| Reject { field: "phone", why: e.to_string() })).transpose()?;
        let region = region.unwrap_or_else(|| format!("{:06}", id_number.region()));
        if region.len() != 6 || !region.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Reject { field: "region", why: "needs the six digits of GB/T 2260".to_owned() });
        }
        let benefits = benefits.map_or(Ok(Vec::new()), |text| granted(&text))?;
        Ok(Row { name, id_number, phone, region, benefits })
    }
}

/// Benefits, one after the other with `;` between them.
fn granted(text: &str) -> Result<Vec<Granted>, Reject> {
    let mut all: Vec<Granted> = Vec::new();
    for one in text.split([';', '；']).map(str::trim).filter(|one| !one.is_empty()) {
        let benefit = one_granted(one).map_err(|why| Reject { field: "benefits", why: why.to_owned() })?;
        if all.iter().any(|other| other.number == benefit.number) {
            return Err(Reject { field: "benefits", why: "names one number twice".to_owned() });
        }
        all.push(benefit);
    }
    Ok(all)
}

fn one_granted(text: &str) -> Result<Granted, &'static str> {
    let (number, days) = text.split_once([':', '：']).ok_or("needs NUMBER:LAST-DAY, such as 2:2027-08-31")?;
    let number = number.trim().parse().ok().filter(|n| BENEFITS.contains(n)).ok_or("needs a number from 1 to 15")?;
    let (from, until) = match days.split_once('/') {
        Some((from, until)) => (Some(from), until),
        None => (None, days),
    };
    let day = |text: &str| Day::parse(text.trim()).ok_or("needs days written as 2027-08-31");
    let (from, until) = (from.map(day).transpose()?, day(until)?);
    if from.is_some_and(|from| until < from) {
        return Err("ends before it begins");
    }
    Ok(Granted { number, from, until })
}

fn csv_fields(line: &str) -> Result<Vec<String>, Reject> {
    if !line.is_empty() && !line.contains('"') {
        return Ok(line.split(',').map(str::to_owned).collect());
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        Ok(false) => Err(Reject { field: "row", why: "is empty".to_owned() }),
        Err(_) => Err(Reject { field: "row", why: "is not CSV".to_owned() }),
    }
}

fn ndjson_fields(line: &str) -> Result<[Option<String>; 5], Reject> {
    let value: serde_json::Value =
        serde_json::from_str(line).map_err(|_| Reject { field: "row", why: "is not a JSON object".to_owned() })?;
    let text = |names: (&str, &str)| {
        [names.0, names.1]
            .iter()
            .find_map(|n| value.get(n)?.as_str())
            .map(|s| s.trim().to_owned())
            .filter(|s| !s.is_empty())
    };
    Ok(NAMES.map(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that were taken, and the reasons of rows that were not.
    fn read(file: &[u8], format: Format) -> Vec<String> {
        let mut rows = Rows::open(Box::new(file), format).unwrap();
        let mut said = Vec::new();
        while let Some((_, row)) = rows.next().unwrap() {
            said.push(match row {
                Ok(row) => row.name.expose().to_owned(),
                Err(reject) => format!("{}: {}", reject.field, reject.why),
            });
        }
        said
    }

    fn gb18030(text: &str) -> Vec<u8> {
        encoding_rs::GB18030.encode(text).0.into_owned()
    }

    const HEAD: &str = "name,id_number\n";
    const ID: &str = "11010519491231002X";

    #[test]
    fn a_file_has_one_encoding() {
        let rows = |names: &[&str]| names.iter().map(|name| format!("{name},{ID}\n")).collect::<String>();
        let both = "row: the row reads as UTF-8 and as GB18030 alike: name the columns 姓名,身份证号 in the first line";
        // In GB18030 毛, 史 and 习 are bytes that are letters in UTF-8: the rows after them say what they are.
        let table: [(&str, Vec<u8>, &[&str]); 8] = [
            ("plain", rows(&["王明华", "Ann Lee"]).into_bytes(), &["王明华", "Ann Lee"]),
            ("accents first", rows(&["José", "王明华"]).into_bytes(), &["José", "王明华"]),
            ("GB18030", gb18030(&rows(&["王明华", "毛"])), &["王明华", "毛"]),
            ("letters first", gb18030(&rows(&["毛史", "习", "王明华"])), &["毛史", "习", "王明华"]),
            ("letters only", gb18030(&rows(&["毛", "Ann"])), &[both, "Ann"]),
            ("accents only", rows(&["José"]).into_bytes(), &[both]),
            ("four bytes", gb18030(&rows(&["王𠮷"])), &["王𠮷"]),
            (
                "mixed",
                [rows(&["王明华"]).into_bytes(), gb18030(&rows(&["王明华"]))].concat(),
                &["王明华", "row: the row is not UTF-8, as those before it are"],
            ),
        ];
        for (name, body, wanted) in table {
            assert_eq!(read(&[HEAD.as_bytes(), &body].concat(), Format::Csv), wanted, "{name}");
        }
        let head = gb18030("姓名,身份证号\n");
        assert_eq!(read(&[head, gb18030(&rows(&["毛"]))].concat(), Format::Csv), ["毛"], "the head says it");
        let many = [rows(&["é"; AHEAD_MAX + 2]), rows(&["王"])].concat();
        let said = read(&[HEAD.as_bytes(), many.as_bytes()].concat(), Format::Csv);
        assert_eq!((said[0].as_str(), said[2].as_str(), said.len()), (both, "é", AHEAD_MAX + 3));
    }

    #[test]
    fn a_row_too_long_takes_none_with_it() {
        let padded = |length: usize| format!("{}{{\"name\":\"王\",\"id_number\":\"{ID}\"}}", " ".repeat(length));
        let bare = padded(0).len();
        for end in ["\n", "\r\n"] {
            for more in 0..4 {
                let file = [padded(ROW_MAX - bare + more), padded(0)].join(end) + end;
                let first = if more == 0 { "王" } else { "row: the row is longer than 4096 bytes" };
                assert_eq!(read(file.as_bytes(), Format::Ndjson), [first, "王"], "{more} bytes more");
            }
        }
    }

    #[test]
    fn benefits_are_taken_or_refused_with_what_is_wrong() {
        let taken = |text: &str| granted(text).map_err(|reject| reject.why);
        let day = |text| Day::parse(text).expect("a day");
        let student = Granted { number: 2, from: Some(day("2026-09-01")), until: day("2027-08-31") };
        let donor = Granted { number: 6, from: None, until: day("2099-12-31") };
        assert_eq!(taken("2:2026-09-01/2027-08-31; 6:2099-12-31"), Ok(vec![student, donor]));
        assert_eq!(taken("6：2099-12-31；"), Ok(vec![donor]), "full-width marks, and one at the end");
        assert_eq!(taken(" ; "), Ok(Vec::new()));
        for (text, why) in [
            ("2", "NUMBER:LAST-DAY"),
            ("0:2027-08-31", "1 to 15"),
            ("16:2027-08-31", "1 to 15"),
            ("student:2027-08-31", "1 to 15"),
            ("2:31.8.2027", "written as"),
            ("2:", "written as"),
            ("2:2027-02-29", "written as"),
            ("2:2027-08-31/2026-09-01", "ends before"),
            ("2:2027-08-31;2:2028-08-31", "twice"),
        ] {
            let refused = taken(text).expect_err(text);
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn a_column_or_a_member_brings_benefits() {
        let csv = "姓名,身份证号,优待\n王明华,11010519491231002X,1:2099-12-31\n";
        let ndjson = "{\"name\":\"王明华\",\"id_number\":\"11010519491231002X\",\"benefits\":\"1:2099-12-31\"}\n";
        for (text, format) in [(csv, Format::Csv), (ndjson, Format::Ndjson)] {
            let mut rows = Rows::open(Box::new(text.as_bytes()), format).expect("a header");
            let (_, row) = rows.next().expect("readable").expect("a row");
            let row = row.unwrap_or_else(|reject| panic!("{}: {}", reject.field, reject.why));
            assert_eq!(
                row.benefits,
                [Granted { number: 1, from: None, until: Day::parse("2099-12-31").expect("a day") }]
            );
        }
    }
}
