//! `yima resident`: bring a population in, issue an enrolment code, give and end benefits.
//! The import itself is a deed of the province; this opens files and draws the bar.

use super::import_file::{self, CHUNK};
use crate::config::Home;
use crate::failure::{Done, Exit, Failure};
use crate::machine::clock;
use crate::say;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use yima_kernel::subject::Actor;
use yima_province::{GiveBenefit, Import, Indexed, Progress, Province, ResidentRow};

/// 居民 · Residents
#[derive(Subcommand)]
pub enum Resident {
    /// 导入人口：可中断续传，重复运行不变 · Import a population: resumes after a kill, twice changes nothing
    Import(ImportArgs),
    /// 给一位居民开一个领码码 · Issue an enrolment code for a resident
    Code(Code),
    /// 登记一项优待 · Give a resident a benefit
    Benefit(Benefit),
    /// 停一项优待 · End a resident's benefit
    EndBenefit(EndBenefit),
    /// 给旧数据补建姓名索引：可随时停、接着做 · Index the names of older imports: stop it any time, it goes on
    Reindex(Reindex),
}

/// Where.
#[derive(Args)]
pub struct Reindex {
    #[command(flatten)]
    home: Home,
    /// Empty the index first, and make it anew for everybody
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which file.
#[derive(Args)]
pub struct ImportArgs {
    #[command(flatten)]
    home: Home,
    /// FILE.csv (head line name,id_number,phone,region,benefits) or FILE.ndjson; UTF-8 or GB18030
    file: PathBuf,
    /// Whose register it is; needed once any source is registered (`yima source list`)
    #[arg(long, default_value = "")]
    source: String,
    /// Its signature over the file, a detached JWS; needed where the source has a key
    #[arg(long)]
    signature: Option<PathBuf>,
    /// Where refused rows go: row, field, reason [default: FILE.rejects.csv]
    #[arg(long)]
    rejects: Option<PathBuf>,
    /// How well the register identifies its people: 1, or 2 where a counter saw each of them
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    proofing: u8,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// For whom.
#[derive(Args)]
pub struct Code {
    #[command(flatten)]
    home: Home,
    /// `res_…`, or the resident's ID number
    resident: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which benefit, to whom.
#[derive(Args)]
pub struct Benefit {
    #[command(flatten)]
    home: Home,
    /// `res_…`, or the resident's ID number
    resident: String,
    /// 1 senior, 2 student, 3 disability, 4 service, 5 income support, 6 blood donor, 7 to 15 as the province assigns
    #[arg(value_parser = clap::value_parser!(u8).range(1..=15))]
    number: u8,
    /// First day, 2026-09-01 [default: today]
    #[arg(long)]
    from: Option<String>,
    /// Last day, 2027-08-31
    #[arg(long)]
    until: String,
    /// On whose word, without an ID number
    #[arg(long)]
    source: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which benefit, whose, why.
#[derive(Args)]
pub struct EndBenefit {
    #[command(flatten)]
    home: Home,
    /// `res_…`, or the resident's ID number
    resident: String,
    /// 1 to 15
    #[arg(value_parser = clap::value_parser!(u8).range(1..=15))]
    number: u8,
    /// Why, without an ID number
    #[arg(long)]
    reason: String,
}

/// Runs `yima resident …`.
pub async fn run(resident: Resident) -> Done {
    match resident {
        Resident::Import(import) => run_import(&import).await,
        Resident::Code(code) => run_code(&code).await,
        Resident::Reindex(reindex) => run_reindex(&reindex).await,
        Resident::Benefit(benefit) => run_benefit(benefit).await,
        Resident::EndBenefit(end) => run_end_benefit(&end).await,
    }
}

async fn run_import(import: &ImportArgs) -> Done {
    let format = import_file::format(&import.file)?;
    let (file, file_hash, bytes) = import_file::opened(&import.file)?;
    let signature = import_file::signature(import.signature.as_deref())?;
    let rejects_path = import.rejects.clone().unwrap_or_else(|| import.file.with_extension("rejects.csv"));
    let province = import.home.open().await?;
    let bar = progress_bar(bytes);
    let taken = Arc::new(AtomicU64::new(0));
    let counted = Counting { inner: file, taken: Arc::clone(&taken) };
    let rejects = appended(&rejects_path)?;
    let wanted = Import {
        reader: Box::new(BufReader::with_capacity(CHUNK, counted)),
        file_hash,
        source: import.source.trim().to_owned(),
        signature,
        format,
        rejects: Box::new(rejects),
        proofing: import.proofing,
    };
    let tell = |progress: Progress| {
        bar.set_position(share(&progress, taken.load(Ordering::Relaxed)));
        bar.set_message(format!("{} 已读 read · {}", progress.read, words(&progress)));
    };
    let done = province.import_residents(&Actor::System, wanted, tell).await;
    bar.finish_and_clear();
    province.close().await;
    let done = done.map_err(import_file::stopped)?;
    let total = done.total;
    if import.json {
        say::json(&serde_json::json!({
            "rows": total.rows, "inserted": total.inserted, "duplicates": total.duplicates, "rejected": total.rejected,
            "resumed_at": done.resumed_at, "already": done.already, "rejects": rejects_path,
        }));
    } else {
        if done.already {
            say::line("这个文件以前已全部导入 · this file had been imported whole before");
        }
        if done.resumed_at > 0 {
            let rows = done.resumed_at;
            say::line(&format!("接着上次导入，{rows} 行以前已做完 · went on behind {rows} rows that were done before"));
        }
        say::line(&words(&total));
        if total.rejected > 0 {
            say::line(&format!("未收的行 refused rows: {}", rejects_path.display()));
        }
    }
    Ok(if total.rejected > 0 { Exit::Refused.into() } else { ExitCode::SUCCESS })
}

async fn run_code(code: &Code) -> Done {
    let province = code.home.open().await?;
    let row = found(&province, &code.resident).await?;
    let issued = province.issue_enrolment_code(&Actor::System, &row.id).await;
    let (text, expires_at) = issued.map_err(|why| Failure::refused(format!("no code was issued: {why}")))?;
    if code.json {
        say::json(&serde_json::json!({"code": text, "expires_at": expires_at, "resident": row.id}));
    } else {
        say::line(&format!("{text}  {}  到 until {}", row.name_masked, clock::shown(expires_at)));
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_reindex(reindex: &Reindex) -> Done {
    let province = reindex.home.open().await?;
    let bar = ProgressBar::new_spinner();
    let tell = |done: Indexed| bar.set_message(format!("{} 个姓名 names", done.names));
    let emptied = if reindex.all { province.forget_name_index(&Actor::System).await } else { Ok(()) };
    let done = match emptied {
        Ok(()) => province.index_names(&Actor::System, tell).await,
        Err(why) => Err(why),
    };
    bar.finish_and_clear();
    province.close().await;
    let done = done.map_err(|why| {
        Failure::could_not(format!("the indexing stopped: {why}. Run it again: it goes on where it was"))
    })?;
    if reindex.json {
        say::json(&serde_json::json!({ "names": done.names, "unreadable": done.unreadable }));
    } else {
        say::line(&format!("已补建 {} 个姓名的索引 · {} names are indexed now", done.names, done.names));
    }
    if done.unreadable > 0 {
        return Err(Failure::could_not(format!(
            "{} names could not be opened: a data key is missing from the custody",
            done.unreadable
        )));
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_benefit(wanted: Benefit) -> Done {
    let province = wanted.home.open().await?;
    let row = found(&province, &wanted.resident).await?;
    let wish = GiveBenefit { number: wanted.number, from: wanted.from, until: wanted.until, source: wanted.source };
    let given = province.give_benefit(&Actor::System, &row.id, wish).await;
    province.close().await;
    let given = given.map_err(|why| Failure::refused(format!("no benefit was given: {why}")))?;
    if wanted.json {
        say::json(&serde_json::json!({
            "resident": row.id, "number": given.number, "from": given.from, "until": given.until, "state": given.state,
        }));
    } else {
        let (zh, en) = (&given.words.zh, &given.words.en);
        say::line(&format!("{}  {zh} {en}  {} 到 until {}", row.name_masked, given.from, given.until));
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_end_benefit(end: &EndBenefit) -> Done {
    let province = end.home.open().await?;
    let row = found(&province, &end.resident).await?;
    let ended = province.end_benefit(&Actor::System, &row.id, end.number, &end.reason).await;
    province.close().await;
    ended.map_err(|why| Failure::refused(format!("the benefit was not ended: {why}")))?;
    say::line(&format!("{}  {} 已停 · ended", row.name_masked, end.number));
    Ok(ExitCode::SUCCESS)
}

async fn found(province: &Province, resident: &str) -> Result<ResidentRow, Failure> {
    let found = province.find_residents(&Actor::System, Some(resident), None, None).await;
    let found = found.map_err(|why| Failure::bad_input(why.to_string()))?;
    found.items.into_iter().next().ok_or_else(|| Failure::refused("nobody of that id or number is registered"))
}

fn words(progress: &Progress) -> String {
    format!(
        "{} 行 rows · {} 新 new · {} 已有 known · {} 未收 refused",
        progress.rows, progress.inserted, progress.duplicates, progress.rejected
    )
}

/// The rejects of a run that goes on are added to those that it had.
fn appended(path: &Path) -> Result<impl Write + Send, Failure> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path);
    file.map_err(|why| Failure::machine(format!("write {}", path.display()), why))
}

/// Reading a row takes about a third of the time of writing it.
const WRITING: u64 = 3;

/// Drawn when a person looks on, by the bytes of the file: each counts once when it is read, and three times when it is written.
fn progress_bar(bytes: u64) -> ProgressBar {
    let bar = ProgressBar::new(bytes * (1 + WRITING));
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  {eta}") {
        bar.set_style(style);
    }
    bar
}

/// Where the bar stands, with so many bytes read: what waits to be written is not done.
fn share(progress: &Progress, taken: u64) -> u64 {
    let written = u128::from(taken) * u128::from(progress.rows) / u128::from(progress.read.max(1));
    taken + WRITING * u64::try_from(written).unwrap_or(taken)
}

struct Counting {
    inner: File,
    taken: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.taken.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
