//! `yima bundle`: fetch the verifier bundle, and say what stands in it; its signing is next door.
//! It trusts no server: the bundle must lead back to the pinned root.

use crate::api::Api;
use crate::commands::bundle_sign;
use crate::commands::code::fingerprint;
use crate::failure::{Done, Failure};
use crate::machine::{clock, files};
use crate::say;
use crate::turnstile::BundleKeeper;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yima_code::bundle::{Bundle, FILE_MAX};

/// 验码包 · The verifier bundle
#[derive(Subcommand)]
pub enum BundleCommand {
    /// 取最新验码包并核验 · Fetch the newest bundle and verify it
    Fetch(Fetch),
    /// 看验码包里有什么 · Say what stands in a bundle
    Show(Show),
    /// 准备要离线签名的部分 · Prepare a part for those who sign offline
    Prepare(bundle_sign::Prepare),
    /// 离线签名：先念出要签的是什么 · Sign a part offline; it says first what it is
    Sign(bundle_sign::Sign),
    /// 收下签好的部分并发布 · Take a signed part, and publish
    Admit(bundle_sign::Admit),
}

/// Where from and where to.
#[derive(Args)]
pub struct Fetch {
    /// Address of the platform
    #[arg(long, env = "YIMA_SERVER")]
    server: String,
    /// Where to keep the bundle; what may not be undercut stands beside it, in OUT.floor
    #[arg(long)]
    out: PathBuf,
    /// SHA-256 of the root to trust at first use, hex [default: the one that the server has]
    #[arg(long)]
    root: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which bundle.
#[derive(Args)]
pub struct Show {
    /// Bundle file
    bundle: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `yima bundle …`.
pub async fn run(command: BundleCommand) -> Done {
    match command {
        BundleCommand::Fetch(fetch) => run_fetch(&fetch).await,
        BundleCommand::Show(show) => run_show(&show),
        BundleCommand::Prepare(prepare) => bundle_sign::prepare(&prepare).await,
        BundleCommand::Sign(sign) => bundle_sign::sign(&sign),
        BundleCommand::Admit(admit) => bundle_sign::admit(&admit).await,
    }
}

async fn run_fetch(fetch: &Fetch) -> Done {
    let api = Api::new(&fetch.server)?;
    let keeper = BundleKeeper::new(&fetch.out, None);
    let pin = fetch.root.as_deref().map(fingerprint).transpose()?;
    let fetched = keeper.fetch(&api, pin, clock::as_u32(clock::now_s())).await?;
    match fetched {
        Some(kept) => print(&kept.bundle, fetch.json),
        None if fetch.json => say::json(&serde_json::json!({"changed": false})),
        None => say::line("已是最新 · it is the newest already"),
    }
    Ok(ExitCode::SUCCESS)
}

fn run_show(show: &Show) -> Done {
    let file = files::read_needed(&show.bundle, FILE_MAX as u64)?;
    let keeper = BundleKeeper::new(&show.bundle, None);
    let opened = keeper.open(&file, None, clock::as_u32(clock::now_s()))?;
    let kept = opened.map_err(|why| Failure::could_not(format!("the bundle is not taken: {why} ({})", why.word())))?;
    print(&kept.bundle, show.json);
    Ok(ExitCode::SUCCESS)
}

fn print(bundle: &Bundle, json: bool) {
    let head = bundle.head();
    let slugs: Vec<&str> = bundle.scenarios().iter().map(|one| one.rule.slug.as_str()).collect();
    if json {
        return say::json(&serde_json::json!({
            "changed": true,
            "version": head.version,
            "epoch": head.epoch,
            "made_at": head.time,
            "expires_at": head.expires_at,
            "root_fingerprint": hex::encode(bundle.root_fingerprint()),
            "root_version": bundle.root().version,
            "keys_version": bundle.keys().version,
            "keys_expires_at": bundle.keys().expires_at,
            "kids": bundle.keys().entries.len(),
            "hash": hex::encode(bundle.hash()),
            "scenarios": slugs,
            "sites": bundle.sites().len(),
        }));
    }
    say::line(&format!("版本 version {} · 纪元 epoch {}", head.version, head.epoch));
    say::line(&format!(
        "制作 made {} · 到期 expires {}",
        clock::shown(i64::from(head.time)),
        clock::shown(i64::from(head.expires_at))
    ));
    say::line(&format!("根指纹 root {}", hex::encode(bundle.root_fingerprint())));
    let keys = bundle.keys();
    say::line(&format!(
        "签发密钥 issuer keys {} · 第 {} 版 version · 到期 expires {}",
        keys.entries.len(),
        keys.version,
        clock::shown(i64::from(keys.expires_at))
    ));
    say::line(&format!("场景 scenarios {}", slugs.join(" ")));
    say::line(&format!("地点 sites {}", bundle.sites().len()));
}
