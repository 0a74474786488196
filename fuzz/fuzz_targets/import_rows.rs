//! Files of residents: whatever a row is, the file goes on; a row that was taken is taken again however it is written.
#![no_main]

/// The reader's own file: with the whole province, a database would be built under coverage to fuzz one module.
#[expect(dead_code, reason = "the import skips rows, this target does not")]
#[path = "../../crates/province/src/import_rows.rs"]
mod import_rows;

/// What the reader says when it can't go on.
mod error {
    #[derive(Debug)]
    pub struct DeedError;

    impl DeedError {
        pub fn invalid(_: &'static str, _: impl Into<String>, _: impl Into<String>) -> Self {
            Self
        }
    }
}

use import_rows::{Format, Row, Rows};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((choice, file)) = data.split_first() else { return };
    let format = if choice & 1 == 0 { Format::Csv } else { Format::Ndjson };
    let Some(taken) = taken(file, format) else { return };
    if taken.is_empty() {
        return;
    }
    let ndjson: String = taken.iter().map(|row| json(row) + "\n").collect();
    // The head line says the encoding, so that a name alone need not.
    let csv: String = taken.iter().map(|row| row.join(",") + "\n").collect();
    let csv = format!("姓名,身份证号,手机号,行政区划\n{csv}");
    assert_eq!(self::taken(format!("\u{feff}{ndjson}").as_bytes(), Format::Ndjson).as_ref(), Some(&taken));
    assert_eq!(self::taken(csv.as_bytes(), Format::Csv).as_ref(), Some(&taken));
    let (gb18030, _, lost) = encoding_rs::GB18030.encode(&csv);
    // GB 18030-2005 has no way to write some private characters.
    if !lost && encoding_rs::GB18030.decode_without_bom_handling(&gb18030).0 == csv {
        assert_eq!(self::taken(&gb18030, Format::Csv).as_ref(), Some(&taken));
    }
});

/// Rows that were taken: name, ID number, phone, region.
fn taken(file: &[u8], format: Format) -> Option<Vec<[String; 4]>> {
    let mut rows = Rows::open(Box::new(file), format).ok()?;
    let mut taken = Vec::new();
    let mut before = 0;
    while let Some((number, row)) = rows.next().expect("a slice can be read") {
        assert_eq!(number, before + 1);
        before = number;
        match row {
            Ok(row) => taken.push(values(row)),
            Err(reject) => assert!(!reject.field.is_empty() && !reject.why.is_empty()),
        }
    }
    Some(taken)
}

fn values(row: Row) -> [String; 4] {
    let phone = row.phone.map(|phone| phone.expose().to_owned()).unwrap_or_default();
    [row.name.expose().to_owned(), row.id_number.expose().to_owned(), phone, row.region]
}

fn json([name, id_number, phone, region]: &[String; 4]) -> String {
    serde_json::json!({ "name": name, "id_number": id_number, "phone": phone, "region": region }).to_string()
}
