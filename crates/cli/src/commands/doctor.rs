//! `yima doctor`: what on this machine stands in the way of a good day, and what to do about it.
//! It mends nothing by itself.

use crate::config::{Door, Home, Settled, settle};
use crate::failure::{Done, Exit};
use crate::machine::clock;
use crate::say;
use clap::Args;
use serde::Serialize;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, ExitCode};
use yima_province::{RoleStanding, Signing};

/// Free room below which a person should look, KiB: an hour of a busy province.
const ROOM_KIB_MIN: u64 = 1 << 20;
/// A clock before this is not set: the day this program was made, 2026-11-01.
const BUILT_AT_S: i64 = 1_793_462_400;

/// Where.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    home: Home,
    #[command(flatten)]
    door: Door,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    /// `ok`, `look` or `fault`.
    mark: &'static str,
    what: &'static str,
    says: String,
}

/// Runs `yima doctor`. Exit 1 when there is a fault.
pub async fn run(doctor: &Doctor) -> Done {
    let settled = settle(&doctor.home, &doctor.door)?;
    let mut findings = vec![clock_set(), folder(&settled), secrets(&settled), room(&settled), fonts(), pages()];
    findings.extend(province(&settled).await);
    findings.push(listen(&settled));
    let faulty = findings.iter().any(|one| one.mark == "fault");
    for one in &findings {
        if doctor.json {
            say::json(one);
        } else {
            let mark = match one.mark {
                "ok" => "✓",
                "look" => "！",
                _ => "✗",
            };
            say::line(&format!("{mark} {}: {}", one.what, one.says));
        }
    }
    Ok(if faulty { Exit::Refused.into() } else { ExitCode::SUCCESS })
}

fn found(mark: &'static str, what: &'static str, says: impl Into<String>) -> Finding {
    Finding { mark, what, says: says.into() }
}

fn clock_set() -> Finding {
    let now = clock::now_s();
    if now < BUILT_AT_S {
        return found(
            "fault",
            "时钟 clock",
            format!("{} is before this program was made: set the clock", clock::shown(now)),
        );
    }
    found("ok", "时钟 clock", clock::shown(now))
}

fn folder(settled: &Settled) -> Finding {
    let what = "数据目录 directory";
    let shown = settled.dir.display();
    match std::fs::metadata(&settled.dir) {
        Err(_) => found("look", what, format!("{shown} is not there; `yima init` or `yima serve` makes it")),
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
            found("look", what, format!("{shown} can be entered by others: chmod 700"))
        }
        Ok(_) => found("ok", what, shown.to_string()),
    }
}

fn secrets(settled: &Settled) -> Finding {
    if let Some(token) = &settled.token {
        let what = "密码模块 token";
        return match settled.key_place() {
            Ok(_) => found("ok", what, format!("{} behind {}", token.label, token.module.display())),
            Err(why) => found("fault", what, why.sentence),
        };
    }
    let what = "密钥口令 passphrase";
    let own = settled.own_passphrase_path();
    if own.exists() {
        return found(
            "look",
            what,
            format!("{} lies beside what it opens: keep it elsewhere and set YIMA_PASSPHRASE_FILE", own.display()),
        );
    }
    match (settled.has_province(), settled.passphrase()) {
        (true, Err(why)) => found("fault", what, why.sentence),
        (false, Err(_)) => found("ok", what, "made at the first start"),
        (_, Ok(_)) => found("ok", what, "kept apart from the data"),
    }
}

fn room(settled: &Settled) -> Finding {
    let what = "磁盘 disk";
    let folder = if settled.dir.exists() { settled.dir.as_path() } else { std::path::Path::new(".") };
    let told = Command::new("df").args(["-Pk"]).arg(folder).output();
    let free = told.ok().and_then(|out| {
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        text.lines().nth(1)?.split_whitespace().nth(3)?.parse::<u64>().ok()
    });
    match free {
        Some(kib) if kib < ROOM_KIB_MIN => {
            found("look", what, format!("{} MiB free: a full disk stops every deed", kib >> 10))
        }
        Some(kib) => found("ok", what, format!("{} GiB free", kib >> 20)),
        None => found("look", what, "the free room is not known"),
    }
}

fn fonts() -> Finding {
    let what = "中文字体 fonts";
    match yima_print::Fonts::find(&yima_print::FontPaths::default()) {
        Ok(_) => found("ok", what, "cards and posters can be printed"),
        Err(why) => found("look", what, format!("cards and posters can't be printed: {why}")),
    }
}

fn pages() -> Finding {
    if yima_server::pages_built() {
        found("ok", "网页 pages", "built in")
    } else {
        found("look", "网页 pages", "not built in: `cargo xtask run` builds them")
    }
}

async fn province(settled: &Settled) -> Vec<Finding> {
    let what = "平台 province";
    if !settled.has_province() {
        return vec![found("look", what, "none here yet; `yima init` makes one")];
    }
    match settled.open().await {
        Err(why) => vec![found("fault", what, why.sentence)],
        Ok(province) => {
            let says = format!(
                "{}, {} scenarios, bundle version {}, root {}",
                province.store_kind(),
                province.scenarios().len(),
                province.bundle().version,
                hex::encode(province.root_fingerprint())
            );
            let mut findings = vec![found("ok", what, says), crowd(province.holders())];
            match province.signing() {
                Ok(signing) => findings.extend([roles(&signing), announced(&signing), reviewers(&signing)]),
                Err(why) => findings.push(found("fault", ROLES, why.to_string())),
            }
            province.close().await;
            findings
        }
    }
}

const ROLES: &str = "签名角色 signing roles";

fn roles(signing: &Signing) -> Finding {
    let shown = |one: &RoleStanding| {
        let place = if one.is_online() { "here" } else { "offline" };
        format!("{} {}/{} {place}", one.role, one.threshold, one.keys)
    };
    let all = signing.roles.iter().map(shown).collect::<Vec<_>>().join(", ");
    let torn = signing.roles.iter().find(|one| one.at_hand > 0 && !one.is_online());
    let lists = signing.roles.iter().find(|one| one.role == "lists-time" && !one.is_online());
    let home: Vec<&str> = signing.roles[..2].iter().filter(|one| one.is_online()).map(|one| one.role).collect();
    if lists.is_some() {
        return found("fault", ROLES, format!("{all}: without the lists-time key nothing can be published"));
    }
    if let Some(torn) = torn {
        let says = format!("{all}: {} of {} lie here and can't sign alone: rotate the role", torn.at_hand, torn.role);
        return found("look", ROLES, says);
    }
    if home.is_empty() {
        return found("ok", ROLES, all);
    }
    let moves = home.iter().map(|role| format!("yima key offline --role {role} --out DIR"));
    let moves = moves.collect::<Vec<_>>().join("; ");
    found(
        "look",
        ROLES,
        format!("{all}: whoever opens the keys can introduce an issuer. To hand them to people: {moves}"),
    )
}

fn announced(signing: &Signing) -> Finding {
    let what = "签发密钥 issuer keys";
    let until = clock::shown(signing.announced_until);
    if signing.announced_until <= clock::now_s() && !signing.roles[1].is_online() {
        return found("fault", what, format!("ended {until}: yima bundle prepare --part keys, sign, admit"));
    }
    if signing.runs_out {
        let says = format!("announced until {until}, and their holders are offline: yima bundle prepare --part keys");
        return found("look", what, says);
    }
    found("ok", what, format!("announced until {until}"))
}

fn reviewers(signing: &Signing) -> Finding {
    let what = "清单评审 reviewers";
    if signing.awaits_reviewers {
        let says = "scenarios or places were approved and are not published: a server does it, or, where the reviewers \
                    are offline, yima bundle prepare --part manifests";
        return found("look", what, says);
    }
    found("ok", what, "what was approved is published")
}

/// Whether what a code says hides its holder among enough.
fn crowd((min_holders, residents): (u32, u64)) -> Finding {
    let what = "人数下限 min_holders";
    if residents < u64::from(min_holders) {
        let says = format!(
            "{residents} residents, fewer than {min_holders}: no code says an age band or a benefit; import more, or set \
             min_holders lower in yima.toml, knowing that rare holders can then be told apart"
        );
        return found("look", what, says);
    }
    if min_holders < yima_province::MIN_HOLDERS {
        let says = format!(
            "{min_holders} of {residents} residents: below {}, set knowingly; holders of what few have can be told apart",
            yima_province::MIN_HOLDERS
        );
        return found("look", what, says);
    }
    found("ok", what, format!("what a code says is shared by {min_holders} of {residents} residents at least"))
}

fn listen(settled: &Settled) -> Finding {
    let what = "端口 address";
    match std::net::TcpListener::bind(settled.listen) {
        Ok(_) => found("ok", what, format!("{} is free", settled.listen)),
        Err(why) => found("look", what, format!("{}: {why} (a server that runs already is no fault)", settled.listen)),
    }
}
