//! `yima key`: the fingerprint that gates pin, the keys by state, and their rotation.
//! No command prints a private key.

use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::machine::clock;
use crate::say;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_keys::Suite;

/// 密钥 · Keys
#[derive(Subcommand)]
pub enum Key {
    /// 根指纹：闸机和手机认它 · The root's fingerprint, which gates and devices pin
    Root(Which),
    /// 列出密钥 · List the keys
    List(Which),
    /// 轮换签发密钥：旧码用到过期 · Rotate issuing keys: old codes live until they expire
    Rotate(Rotate),
}

/// Which province.
#[derive(Args)]
pub struct Which {
    #[command(flatten)]
    home: Home,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Which suite and why.
#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    which: Which,
    /// es256 or sm2-sm3
    #[arg(long)]
    suite: String,
    /// Why, for the record
    #[arg(long)]
    reason: String,
}

/// Runs `yima key …`.
pub async fn run(key: Key) -> Done {
    match key {
        Key::Root(which) => run_root(&which).await,
        Key::List(which) => run_list(&which).await,
        Key::Rotate(rotate) => run_rotate(&rotate).await,
    }
}

async fn run_root(which: &Which) -> Done {
    let province = which.home.open().await?;
    let fingerprint = hex::encode(province.root_fingerprint());
    if which.json {
        say::json(&serde_json::json!({ "root_fingerprint": fingerprint }));
    } else {
        say::line(&fingerprint);
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_list(which: &Which) -> Done {
    let province = which.home.open().await?;
    let keys = province.keys(&Actor::System).await.map_err(|why| Failure::could_not(why.to_string()))?;
    for one in keys {
        let window = [one.from_at, one.until_at].map(|at| at.map_or(String::new(), clock::shown));
        if which.json {
            say::json(&serde_json::json!({
                "kid": one.kid, "suite": one.suite, "purpose": one.purpose, "day": one.day, "state": one.state,
                "from_at": one.from_at, "until_at": one.until_at,
            }));
        } else {
            say::line(&format!(
                "{}  {:<8} {:<10} {:<9} {} {}",
                one.kid, one.suite, one.purpose, one.state, window[0], window[1]
            ));
        }
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_rotate(rotate: &Rotate) -> Done {
    let suite = match rotate.suite.to_ascii_lowercase().as_str() {
        "es256" => Suite::Es256,
        "sm2" | "sm2-sm3" => Suite::Sm2Sm3,
        other => return Err(Failure::bad_input(format!("--suite `{other}`: give es256 or sm2-sm3"))),
    };
    let province = rotate.which.home.open().await?;
    let rotated = province.rotate_keys(&Actor::System, suite, &rotate.reason).await;
    rotated.map_err(|why| Failure::refused(format!("the keys were not rotated: {why}")))?;
    let published = province.publish_bundle(&Actor::System).await;
    let published =
        published.map_err(|why| Failure::could_not(format!("rotated, but the bundle was not published: {why}")))?;
    if rotate.which.json {
        say::json(&serde_json::json!({"suite": suite.name(), "bundle_version": published.version}));
    } else {
        say::line(&format!("{suite} 已轮换，验码包版本 · rotated, bundle version {}", published.version));
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}
