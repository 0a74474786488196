//! Importing residents from CSV or NDJSON: parsed, sealed, committed in batches; goes on where it stopped; twice changes nothing.
//! It does not know progress bars.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use rand::Rng;
use rand::rngs::StdRng;
use std::collections::HashMap;
use std::io::{BufRead, Read, Write};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_keys::person::{IdNumber, PersonName, Phone};
use yima_keys::sealed::Spot;
use yima_store::account::{self, Account, State};
use yima_store::import_run::{self, ImportRun};

/// Rows that share a commit.
const BATCH: usize = 2_000;
/// The longest row, bytes.
const ROW_MAX: usize = 4_096;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Header `name,id_number,phone,region` in any order; phone and region may be missing.
    Csv,
    /// One JSON object a line with the same names.
    Ndjson,
}

/// A file to import.
pub struct Import<'a> {
    /// The file's bytes as UTF-8 or GB18030, from its start.
    pub reader: Box<dyn BufRead + Send + 'a>,
    /// SHA-256 of the whole file: how a run is found again.
    pub file_hash: [u8; 32],
    /// How rows are written.
    pub format: Format,
    /// Where rows that were not taken go, as CSV: row, field, reason.
    pub rejects: Box<dyn Write + Send + 'a>,
    /// Proofing given to the rows: 1 when the file is the register.
    pub proofing: u8,
}

/// How far an import came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows read, header not counted.
    pub rows: u64,
    /// New residents.
    pub inserted: u64,
    /// Known before.
    pub duplicates: u64,
    /// Not taken.
    pub rejected: u64,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Totals over all runs of this file.
    pub total: Progress,
    /// Rows that an earlier run had done.
    pub resumed_at: u64,
    /// The file had been imported whole before.
    pub already: bool,
}

/// A row that can be taken.
struct Row {
    name: PersonName,
    id_number: IdNumber,
    phone: Option<Phone>,
    region: String,
}

/// Why a row is not taken. It never holds the value.
struct Reject {
    field: &'static str,
    why: String,
}

impl Province {
    /// Imports a file. After a kill, the same call goes on behind the last committed batch.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] when the file has no usable header or can't be read; rows that are wrong are rejected
    /// one by one and do not stop it.
    pub async fn import_residents(
        &self,
        actor: &Actor,
        import: Import<'_>,
        mut tell: impl FnMut(Progress),
    ) -> Result<Imported, DeedError> {
        let Import { reader, file_hash, format, mut rejects, proofing } = import;
        let earlier = self.earlier_run(file_hash).await?;
        if let Some(run) = earlier.as_ref().filter(|r| r.state == import_run::State::Done) {
            return Ok(Imported { total: progress_of(run), resumed_at: 0, already: true });
        }
        let mut total = earlier.as_ref().map(progress_of).unwrap_or_default();
        let resumed_at = total.rows;
        let started_at = earlier.map_or_else(|| self.now_us(), |r| r.started_at);
        let mut rows = Rows::open(reader, format)?;
        rows.skip(resumed_at)?;
        let mut rng = self.chance.rng();
        loop {
            let mut batch = Vec::with_capacity(BATCH);
            let mut seen = 0u64;
            while seen < BATCH as u64 {
                let Some((number, row)) = rows.next()? else { break };
                seen += 1;
                match row {
                    Ok(row) => batch.push(row),
                    Err(reject) => {
                        total.rejected += 1;
                        writeln!(rejects, "{number},{},\"{}\"", reject.field, reject.why).map_err(not_written)?;
                    }
                }
            }
            total.rows += seen;
            let done = seen < BATCH as u64;
            total = self.commit(actor, batch, file_hash, total, started_at, done, proofing, &mut rng).await?;
            tell(total);
            if done {
                rejects.flush().map_err(not_written)?;
                return Ok(Imported { total, resumed_at, already: false });
            }
        }
    }

    async fn earlier_run(&self, file_hash: [u8; 32]) -> Result<Option<ImportRun>, DeedError> {
        self.store.read(move |tx| Box::pin(async move { Ok(import_run::find(tx, &file_hash).await?) })).await
    }

    /// Seals a batch and writes it together with how far the file is.
    #[expect(clippy::too_many_arguments, reason = "the one place where a batch meets its progress")]
    async fn commit(
        &self,
        actor: &Actor,
        batch: Vec<Row>,
        file_hash: [u8; 32],
        total: Progress,
        started_at: i64,
        done: bool,
        proofing: u8,
        rng: &mut StdRng,
    ) -> Result<Progress, DeedError> {
        let now_us = self.now_us();
        let mut accounts = Vec::with_capacity(batch.len());
        let mut within: HashMap<Vec<u8>, ()> = HashMap::with_capacity(batch.len());
        let mut twice = 0u64;
        for row in &batch {
            let account = self.sealed_account(row, proofing, now_us, rng);
            if within.insert(account.blind_id.clone(), ()).is_some() {
                twice += 1;
            } else {
                accounts.push(account);
            }
        }
        let size = accounts.len();
        self.short(
            Request::of(actor.clone(), Deed::ImportResidents),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    let fresh = account::insert_many(tx, &accounts).await?;
                    let inserted = fresh.iter().filter(|new| **new).count() as u64;
                    let mut total = total;
                    total.inserted += inserted;
                    total.duplicates += size as u64 - inserted + twice;
                    let run = ImportRun {
                        file_hash: file_hash.to_vec(),
                        read_bytes: 0,
                        rows_read: signed(total.rows),
                        inserted: signed(total.inserted),
                        duplicates: signed(total.duplicates),
                        rejected: signed(total.rejected),
                        state: if done { import_run::State::Done } else { import_run::State::Running },
                        started_at,
                        updated_at: now_us,
                    };
                    import_run::save(tx, &run).await?;
                    Ok(Done::plain(total).detail(serde_json::json!({ "rows": total.rows, "inserted": inserted })))
                })
            },
        )
        .await
    }

    fn sealed_account(&self, row: &Row, proofing: u8, now_us: i64, rng: &mut StdRng) -> Account {
        let mut random = [0u8; 10];
        rng.fill_bytes(&mut random);
        let id = AccountId::new(u64::try_from(now_us / 1000).unwrap_or(0), random).to_string();
        let mut handle = [0u8; 8];
        rng.fill_bytes(&mut handle);
        let spot = |field| Spot { table: "account", field, row: &id };
        let sealer = &self.sealer;
        let sealed_name = sealer.seal(&row.name, spot("name"), rng).into_bytes();
        let sealed_id_number = sealer.seal(&row.id_number, spot("id_number"), rng).into_bytes();
        let sealed_phone = row.phone.as_ref().map(|phone| sealer.seal(phone, spot("phone"), rng).into_bytes());
        Account {
            handle,
            kind: "resident".to_owned(),
            sealed_name,
            sealed_id_number,
            sealed_phone,
            blind_id: sealer.blind(&row.id_number).as_bytes().to_vec(),
            region: row.region.clone(),
            state: State::Active,
            proofing,
            paper_off: false,
            short_off: false,
            created_at: now_us,
            version: 1,
            id,
        }
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn progress_of(run: &ImportRun) -> Progress {
    let n = |v: i64| u64::try_from(v).unwrap_or(0);
    Progress {
        rows: n(run.rows_read),
        inserted: n(run.inserted),
        duplicates: n(run.duplicates),
        rejected: n(run.rejected),
    }
}

fn not_written(error: std::io::Error) -> DeedError {
    DeedError::Conflict(Text::new(
        format!("退回清单写不下去：{error}"),
        format!("the rejects file can't be written: {error}"),
    ))
}

fn not_read(error: impl std::fmt::Display) -> DeedError {
    DeedError::invalid("file", format!("文件读不下去：{error}"), format!("the file can't be read: {error}"))
}

/// Rows of a file, decoded line by line as UTF-8 or GB18030.
struct Rows<'a> {
    lines: Lines<'a>,
    /// Columns of name, id_number, phone, region; none for NDJSON.
    columns: Option<[Option<usize>; 4]>,
    number: u64,
}

/// Lines of a file, bounded in length.
struct Lines<'a> {
    reader: Box<dyn BufRead + Send + 'a>,
    buffer: Vec<u8>,
    gb18030: bool,
}

impl Lines<'_> {
    /// The next line as text, `Err` inside for one that is too long or not text; `None` at the end.
    fn next(&mut self) -> Result<Option<Result<String, &'static str>>, DeedError> {
        self.buffer.clear();
        let mut limited = self.reader.by_ref().take(ROW_MAX as u64 + 1);
        let read = limited.read_until(b'\n', &mut self.buffer).map_err(not_read)?;
        if read == 0 {
            return Ok(None);
        }
        if read > ROW_MAX {
            self.reader.skip_until(b'\n').map_err(not_read)?;
            return Ok(Some(Err("the row is longer than 4096 bytes")));
        }
        while matches!(self.buffer.last(), Some(b'\n' | b'\r')) {
            self.buffer.pop();
        }
        Ok(Some(self.decoded()))
    }

    fn decoded(&mut self) -> Result<String, &'static str> {
        if !self.gb18030 {
            match std::str::from_utf8(&self.buffer) {
                Ok(text) => return Ok(text.trim_start_matches('\u{feff}').to_owned()),
                Err(_) => self.gb18030 = true,
            }
        }
        let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(&self.buffer);
        text.map(std::borrow::Cow::into_owned).ok_or("the row is neither UTF-8 nor GB18030")
    }
}

const NAMES: [(&str, &str); 4] =
    [("name", "姓名"), ("id_number", "身份证号"), ("phone", "手机号"), ("region", "行政区划")];

impl<'a> Rows<'a> {
    fn open(reader: Box<dyn BufRead + Send + 'a>, format: Format) -> Result<Self, DeedError> {
        let mut lines = Lines { reader, buffer: Vec::new(), gb18030: false };
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
                        "第一行要有 name,id_number（或 姓名,身份证号），可加 phone,region",
                        "the first line must name the columns name,id_number; phone,region may follow",
                    ));
                }
                Some(columns)
            }
        };
        Ok(Self { lines, columns, number: 0 })
    }

    fn skip(&mut self, rows: u64) -> Result<(), DeedError> {
        while self.number < rows && self.lines.next()?.is_some() {
            self.number += 1;
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<(u64, Result<Row, Reject>)>, DeedError> {
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
        let [name, id_number, phone, region] = values;
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
        Ok(Row { name, id_number, phone, region })
    }
}

fn csv_fields(line: &str) -> Result<Vec<String>, Reject> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let mut record = csv::StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => Ok(record.iter().map(str::to_owned).collect()),
        Ok(false) => Err(Reject { field: "row", why: "is empty".to_owned() }),
        Err(_) => Err(Reject { field: "row", why: "is not CSV".to_owned() }),
    }
}

fn ndjson_fields(line: &str) -> Result<[Option<String>; 4], Reject> {
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
