//! `yima code`: explain the digits of a code, and check it without a network.
//! Nothing here asks a server.

use crate::failure::{Done, Exit, Failure};
use crate::machine::journal::Journal;
use crate::machine::{clock, files};
use crate::say;
use crate::turnstile::{self, BundleKeeper, Memory};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use yima_code::bundle::BundleError;
use yima_code::gate_state::GateFloor;
use yima_code::{CheckerClock, Reason, VerdictKind};
use yima_wire::check::Verdict;

mod explain;

/// A picture larger than this is not read, bytes.
const IMAGE_BYTES_MAX: u64 = 32 << 20;

/// 解释、校验一个码 · Explain or check a code
#[derive(Subcommand)]
pub enum Code {
    /// 逐项解释 · Every field of a code, explained
    Inspect(Inspect),
    /// 离线校验：0 有效，1 不通过，2 没查成 · Check offline: exit 0 valid, 1 refused, 2 could not check
    Check(Check),
}

/// What to explain.
#[derive(Args)]
pub struct Inspect {
    /// The digits that the QR code holds
    digits: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What to check, and for which place.
#[derive(Args)]
pub struct Check {
    /// Bundle file, as `yima bundle fetch` writes it
    #[arg(long)]
    bundle: PathBuf,
    /// Scenario: its name or number
    #[arg(long)]
    scenario: String,
    /// The digits that the QR code holds
    #[arg(required_unless_present = "image", conflicts_with = "image")]
    digits: Option<String>,
    /// A PNG or JPEG to read the code from
    #[arg(long)]
    image: Option<PathBuf>,
    /// Site number of this checker
    #[arg(long, default_value_t = 0)]
    site: u32,
    /// The checker's clock: Unix seconds or RFC 3339 [default: the machine's]
    #[arg(long)]
    at: Option<String>,
    /// The challenge that this checker showed, for T1c: its digits or base64url
    #[arg(long)]
    challenge: Option<String>,
    /// Folder where this checker remembers the codes that it took and the newest bundle that it saw
    #[arg(long)]
    state: Option<PathBuf>,
    /// SHA-256 of the root to trust at first use, hex (as `yima key root` shows it)
    #[arg(long)]
    root: Option<String>,
    /// Print the verdict as JSON
    #[arg(long)]
    json: bool,
}

/// Runs `yima code …`.
pub fn run(code: Code) -> Done {
    match code {
        Code::Inspect(inspect) => explain::run(&inspect.digits, inspect.json),
        Code::Check(check) => run_check(&check),
    }
}

fn run_check(check: &Check) -> Done {
    let at = check.at.as_deref().map_or_else(|| Ok(clock::now_s()), clock::parse)?;
    let digits = digits(check)?;
    let verdict = verdict(check, &digits, at)?;
    if check.json {
        say::json(&verdict);
    } else {
        let reason = verdict.reason.as_deref().map_or(String::new(), |reason| format!(" ({reason})"));
        say::line(&format!("{} · {}{reason}", verdict.title.zh, verdict.title.en));
        if verdict.acting {
            say::line(&on_behalf(&verdict));
        }
        for also in &verdict.also {
            say::line(&format!("同时有效 · also: {} · {}", also.name.zh, also.name.en));
        }
        say::line(&format!("{} · {}", verdict.advice.zh, verdict.advice.en));
    }
    Ok(match verdict.verdict.as_str() {
        "valid" => ExitCode::SUCCESS,
        "refused" => Exit::Refused.into(),
        _ => Exit::CouldNot.into(),
    })
}

/// On whose behalf, as far as the verdict says it: without a network it is known that somebody acts, and not for whom.
fn on_behalf(verdict: &Verdict) -> String {
    let officer = verdict.shown_for_kind.as_deref() == Some("officer");
    match (&verdict.shown_for, &verdict.post) {
        (Some(office), Some(post)) => {
            let (zh, en) = if post.deputy { ("（代理）", ", deputy") } else { ("", "") };
            let (zh_post, en_post) = (&post.words.zh, &post.words.en);
            format!("公务身份：{office} {zh_post}{zh} · officer of {office}, {en_post}{en}")
        }
        _ if officer => "以公务身份出示 · shown as an officer of an office".to_owned(),
        (Some(name), None) => format!("替企业 {name} 出示 · shown for the enterprise {name}"),
        (None, _) => "代他人出示 · shown for somebody else".to_owned(),
    }
}

fn digits(check: &Check) -> Result<String, Failure> {
    match (&check.digits, &check.image) {
        (Some(digits), _) => Ok(digits.clone()),
        (None, Some(path)) => {
            let image = files::read_needed(path, IMAGE_BYTES_MAX)?;
            let read = yima_print::read_digits(&image);
            read.map_err(|why| Failure::could_not(format!("no code could be read from {}: {why}", path.display())))
        }
        (None, None) => Err(Failure::bad_input("give the digits of a code, or --image")),
    }
}

fn verdict(check: &Check, digits: &str, at: i64) -> Result<Verdict, Failure> {
    let now = clock::as_u32(at);
    let keeper = keeper(check)?;
    let pin = check.root.as_deref().map(fingerprint).transpose()?;
    let could_not = |reason| Ok(turnstile::wire_verdict(&turnstile::unread(reason), &check.scenario, at));
    let Some(file) = keeper.bytes()? else {
        say::remark(&format!("there is no bundle at {}", check.bundle.display()));
        return could_not(Reason::BundleMissing);
    };
    let kept = match keeper.open(&file, pin, now)? {
        Ok(kept) => kept,
        Err(why) => {
            say::remark(&format!("the bundle is not taken: {why} ({})", why.word()));
            return could_not(if why == BundleError::Expired { Reason::BundleStale } else { Reason::BundleMissing });
        }
    };
    let named = kept
        .bundle
        .scenarios()
        .iter()
        .find(|one| one.rule.slug == check.scenario || one.rule.id.to_string() == check.scenario);
    let rule = &named
        .ok_or_else(|| {
            let known: Vec<&str> = kept.bundle.scenarios().iter().map(|one| one.rule.slug.as_str()).collect();
            Failure::bad_input(format!("the bundle has no scenario `{}`; it has: {}", check.scenario, known.join(", ")))
        })?
        .rule;
    let challenge = check.challenge.as_deref().map(turnstile::challenge_of).transpose()?;
    let clock = clock_now(&kept.bundle, &kept.floor, at);
    let mut memory = Memory::default();
    let mut journal = open_memory(check, &mut memory, now)?;
    let stand =
        turnstile::Stand { bundle: &kept.bundle, rule, site: check.site, now: clock, challenge, guardian_at: None };
    let verdict = turnstile::check(digits, &stand, &mut memory);
    if let Some(journal) = &mut journal {
        let lines: Result<Vec<String>, _> = memory.take_fresh().iter().map(serde_json::to_string).collect();
        journal.append(&lines.map_err(|why| Failure::machine("remember the code", why))?)?;
    }
    if verdict.kind == VerdictKind::Valid && verdict.stale {
        say::remark("admitted by an old list, as this scenario allows");
    }
    let also = turnstile::also(&verdict, rule, &kept.bundle);
    Ok(Verdict { also, ..turnstile::wire_verdict(&verdict, &rule.slug, at) })
}

fn clock_now(bundle: &yima_code::bundle::Bundle, floor: &GateFloor, at: i64) -> CheckerClock {
    turnstile::clock_of(bundle, floor, at)
}

/// With `--state` the floor stands in that folder, else beside the bundle.
fn keeper(check: &Check) -> Result<BundleKeeper, Failure> {
    let floor = match &check.state {
        Some(folder) => {
            files::folder(folder)?;
            let own = folder.join("bundle.floor");
            inherit_floor(&check.bundle, &own)?;
            Some(own)
        }
        None => None,
    };
    Ok(BundleKeeper::new(&check.bundle, floor))
}

/// A new folder starts from the floor that fetching the bundle left beside it.
fn inherit_floor(bundle: &Path, own: &Path) -> Result<(), Failure> {
    if own.exists() {
        return Ok(());
    }
    match BundleKeeper::new(bundle, None).floor()? {
        Some(floor) => BundleKeeper::new(bundle, Some(own.to_owned())).keep_floor(&floor),
        None => Ok(()),
    }
}

fn open_memory(check: &Check, memory: &mut Memory, now: u32) -> Result<Option<Journal>, Failure> {
    let Some(folder) = &check.state else { return Ok(None) };
    let path = folder.join("seen.log");
    let (journal, lines) = Journal::open(&path)?;
    for line in &lines {
        let remembered = serde_json::from_str(line)
            .map_err(|why| Failure::could_not(format!("{} has a line of another version: {why}", path.display())))?;
        memory.recall(&remembered, now);
    }
    Ok(Some(journal))
}

/// 32 bytes in hex.
pub fn fingerprint(text: &str) -> Result<[u8; 32], Failure> {
    let octets = hex::decode(text).ok().and_then(|octets| octets.try_into().ok());
    octets.ok_or_else(|| Failure::bad_input(format!("`{text}` is no fingerprint: give 64 hexadecimal digits")))
}
