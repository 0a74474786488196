//! `yima scenario`: check a manifest, list what is in force, propose a new version.
//! A proposal is reviewed by an operator in the console; nobody reviews their own.

use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::machine::files;
use crate::say;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yima_kernel::scenario::{MANIFEST_BYTES_MAX, Manifest};
use yima_kernel::subject::Actor;

/// 应用场景 · Scenarios
#[derive(Subcommand)]
pub enum Scenario {
    /// 检查一份清单，不需要平台 · Check a manifest; needs no platform
    Check(File),
    /// 列出生效的场景 · List the scenarios in force
    List(List),
    /// 提交一份清单，等别人评审 · Propose a manifest for another's review
    Propose(Propose),
}

/// Which manifest.
#[derive(Args)]
pub struct File {
    /// Manifest, TOML
    file: PathBuf,
}

/// Which province.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    home: Home,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What for where.
#[derive(Args)]
pub struct Propose {
    #[command(flatten)]
    home: Home,
    /// Manifest, TOML
    file: PathBuf,
}

/// Runs `yima scenario …`.
pub async fn run(scenario: Scenario) -> Done {
    match scenario {
        Scenario::Check(file) => {
            let manifest = read(&file.file)?.1;
            say::line(&format!("{} {} · {} {}", manifest.id, manifest.slug, manifest.name.zh, manifest.name.en));
            Ok(ExitCode::SUCCESS)
        }
        Scenario::List(list) => run_list(&list).await,
        Scenario::Propose(propose) => run_propose(&propose).await,
    }
}

async fn run_list(list: &List) -> Done {
    let province = list.home.open().await?;
    for one in province.scenarios() {
        if list.json {
            say::json(
                &serde_json::json!({"id": one.id, "slug": one.slug, "name": {"zh": one.name.zh, "en": one.name.en}}),
            );
        } else {
            say::line(&format!("{:>5}  {:<10} {} · {}", one.id, one.slug, one.name.zh, one.name.en));
        }
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_propose(propose: &Propose) -> Done {
    let (text, _) = read(&propose.file)?;
    let province = propose.home.open().await?;
    let made = province.propose_scenario(&Actor::System, &text).await;
    let made = made.map_err(|why| Failure::bad_input(format!("the manifest was not taken: {why}")))?;
    say::line(&format!("{} 第 {} 版，待评审 · version {}, waits for review", made.slug, made.version, made.version));
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &std::path::Path) -> Result<(String, Manifest), Failure> {
    let bytes = files::read_needed(path, MANIFEST_BYTES_MAX as u64)?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::bad_input(format!("{} is not text", path.display())))?;
    let manifest = Manifest::parse(&text).map_err(|why| Failure::bad_input(format!("{}: {why}", path.display())))?;
    Ok((text, manifest))
}
