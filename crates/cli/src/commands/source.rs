//! `yima source`: propose a source of import files with its key, list the register, end a key at once. Approved it is by an operator
//! at the console. It does not check a signature.

use super::import_file;
use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::machine::clock;
use crate::say;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_province::{NewSource, SourceRow};

/// Bytes of a public key's file that are read.
const KEY_MAX: u64 = 8_192;

/// 导入文件的来源和签名密钥 · Sources of import files and the keys that sign them
#[derive(Subcommand)]
pub enum Source {
    /// 提出登记，管理台上另一人批准 · Propose one; somebody else approves it in the console
    Propose(Propose),
    /// 看登记 · List the register
    List(List),
    /// 立即停用一把密钥，或撤回提出的 · End a key at once, or call a proposal off
    End(End),
}

/// Which source.
#[derive(Args)]
pub struct Propose {
    #[command(flatten)]
    home: Home,
    /// Its name, letter for letter as imports will give it
    source: String,
    /// Its public key: a JWK, or the PEM of `openssl pkey -pubout`; P-256 or Ed25519
    #[arg(long, required_unless_present = "unsigned")]
    key: Option<PathBuf>,
    /// It comes without a signature
    #[arg(long, conflicts_with = "key")]
    unsigned: bool,
    /// Why, and how it was made sure that the key is theirs
    #[arg(long)]
    reason: String,
}

/// How to print.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    home: Home,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which one, why.
#[derive(Args)]
pub struct End {
    #[command(flatten)]
    home: Home,
    /// `rky_…`, as the list says
    id: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Runs `yima source …`.
pub async fn run(source: Source) -> Done {
    match source {
        Source::Propose(propose) => run_propose(propose).await,
        Source::List(list) => run_list(&list).await,
        Source::End(end) => run_end(&end).await,
    }
}

async fn run_propose(propose: Propose) -> Done {
    let key = propose.key.as_deref().map(|path| import_file::text(path, KEY_MAX)).transpose()?;
    let province = propose.home.open().await?;
    let new = NewSource { source: propose.source, key, reason: propose.reason };
    let done = province.propose_source(&Actor::System, new).await;
    province.close().await;
    let id = done.map_err(|why| Failure::refused(format!("nothing was proposed: {why}")))?;
    say::line(&format!(
        "{id} 已提出，七天内由一位管理员在工作台“单位”里批准 · proposed; an operator approves it within seven days in the console under Organisations"
    ));
    Ok(ExitCode::SUCCESS)
}

async fn run_list(list: &List) -> Done {
    let province = list.home.open().await?;
    let found = province.sources(&Actor::System).await;
    province.close().await;
    let found = found.map_err(|why| Failure::refused(format!("nothing was listed: {why}")))?;
    for row in &found.items {
        if list.json {
            say::json(&serde_json::json!({
                "id": row.id, "source": row.source, "kid": row.kid, "alg": row.alg, "state": row.state,
                "reason": row.reason, "proposed_at": row.proposed_s, "ended_at": row.ended_s,
            }));
        } else {
            say::line(&shown(row));
        }
    }
    if !found.closed {
        say::remark(
            "还没有登记过来源，导入不核对签名 · no source was registered yet: imports of anybody are taken, without signatures",
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(row: &SourceRow) -> String {
    let key = match (&row.kid, row.alg) {
        (Some(kid), Some(alg)) => format!("{alg} {kid}"),
        _ => "不签名 unsigned".to_owned(),
    };
    format!("{}  {}  {}  {key}  {}", row.id, row.state, clock::shown(row.proposed_s), row.source)
}

async fn run_end(end: &End) -> Done {
    let province = end.home.open().await?;
    let done = province.end_source(&Actor::System, &end.id, &end.reason).await;
    province.close().await;
    done.map_err(|why| Failure::refused(format!("nothing was ended: {why}")))?;
    say::line("已停用 · ended");
    Ok(ExitCode::SUCCESS)
}
