//! `yima key rotate`: new keys for paper, for a signing role, or for the wrapping of all the others.
//! It decides nothing about them, and prints no private key. Whoever owns the data directory does this alone and at once; it
//! waits in the console's list of key deeds until an operator has looked at it (rule R43).

use crate::ceremony;
use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::say;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::KeyUse;
use yima_province::{NewKeys, Province, Rotated};

/// What happens after a deed by one person.
pub const REVIEWED: &str = "记录里写明是命令行做的；请管理台的另一个人到“密钥”页复核 · recorded as done at the command line; somebody at the console looks at it on the Keys page";

/// What, and why.
#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    home: Home,
    /// Paper and status keys of a suite: es256 or sm2-sm3
    #[arg(long, conflicts_with_all = ["role", "wrapping", "data_key", "token"], required_unless_present_any = ["role", "wrapping", "data_key", "token"])]
    suite: Option<String>,
    /// A signing role: root, keys, manifests or lists-time
    #[arg(long, conflicts_with_all = ["wrapping", "data_key"])]
    role: Option<String>,
    /// With --role: public keys of its new holders (`yima key holder`); without it the keys are made and kept here
    #[arg(long = "public", requires = "role")]
    publics: Vec<PathBuf>,
    /// With --role: where the new root goes when holders must sign it
    #[arg(long, requires = "role")]
    out: Option<PathBuf>,
    /// The wrapping key: all wrapped keys and secrets are wrapped anew
    #[arg(long, conflicts_with = "data_key")]
    wrapping: bool,
    /// The data key of sealed fields: a running server seals all rows anew in the background
    #[arg(long)]
    data_key: bool,
    /// The keys that sign tokens of apps: the next ones, which apps have known for a day, sign from now on
    #[arg(long, conflicts_with_all = ["role", "wrapping", "data_key"])]
    token: bool,
    /// With --token: the keys of now are void at once, and so is every token that they signed
    #[arg(long, requires = "token")]
    emergency: bool,
    /// With --wrapping: erase the wrapping keys before it; database backups from before then need the custody of then
    #[arg(long, requires = "wrapping")]
    erase_old: bool,
    /// Why, for the record
    #[arg(long)]
    reason: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `yima key rotate`.
pub async fn run(rotate: &Rotate) -> Done {
    let province = rotate.home.open().await?;
    let done = match (&rotate.suite, &rotate.role) {
        (Some(suite), _) => paper(&province, suite, rotate).await,
        (None, Some(role)) => signing_role(&province, role, rotate).await,
        (None, None) if rotate.token => token_keys(&province, rotate).await,
        (None, None) if rotate.data_key => data_key(&province, rotate).await,
        (None, None) => wrapping(&province, rotate).await,
    };
    province.close().await;
    done?;
    if !rotate.json {
        say::line(REVIEWED);
    }
    Ok(ExitCode::SUCCESS)
}

async fn paper(province: &Province, suite: &str, rotate: &Rotate) -> Result<(), Failure> {
    let suite = match suite.to_ascii_lowercase().as_str() {
        "es256" => Suite::Es256,
        "sm2" | "sm2-sm3" => Suite::Sm2Sm3,
        other => return Err(Failure::bad_input(format!("--suite `{other}`: give es256 or sm2-sm3"))),
    };
    let rotated = province.rotate_keys(&Actor::System, suite, &rotate.reason).await;
    rotated.map_err(|why| Failure::refused(format!("the keys were not rotated: {why}")))?;
    let published = province.publish_change(&Actor::System).await;
    let published =
        published.map_err(|why| Failure::could_not(format!("rotated, but the bundle was not published: {why}")))?;
    if rotate.json {
        say::json(&serde_json::json!({"suite": suite.name(), "bundle_version": published.version}));
    } else {
        say::line(&format!("{suite} 已轮换，验码包版本 · rotated, bundle version {}", published.version));
    }
    Ok(())
}

async fn signing_role(province: &Province, role: &str, rotate: &Rotate) -> Result<(), Failure> {
    let used_for = role_named(role)?;
    let keys = match &rotate.publics[..] {
        [] => NewKeys::Here,
        files => {
            NewKeys::Of(files.iter().map(|file| ceremony::read_public(file, role)).collect::<Result<_, Failure>>()?)
        }
    };
    let rotated = province.rotate_role(&Actor::System, used_for, keys, &rotate.reason).await;
    match rotated.map_err(|why| Failure::refused(format!("the role was not rotated: {why}")))? {
        Rotated::Published(published) => {
            let fingerprint = hex::encode(province.root_fingerprint());
            if rotate.json {
                say::json(
                    &serde_json::json!({"role": role, "bundle_version": published.version, "root_fingerprint": fingerprint}),
                );
            } else {
                say::line(&format!("{role} 已轮换，验码包版本 · rotated, bundle version {}", published.version));
                say::line(&format!("新根指纹 new root {fingerprint}"));
            }
        }
        Rotated::ToSign(unsigned) => {
            let out = rotate.out.as_deref().ok_or_else(|| {
                Failure::bad_input("holders must sign the new root: say with --out where their file goes")
            })?;
            ceremony::write_part(out, &unsigned)?;
            say::line(&format!(
                "{} · 请新旧保管人签名后 yima bundle admit --part root · for the holders, old and new, to sign",
                out.display()
            ));
        }
        Rotated::WaitsForPart => say::line(&format!(
            "新根已签好，等新保管人签第一份 · the new root is signed, and waits: yima bundle prepare --part {role}, sign, admit"
        )),
    }
    Ok(())
}

async fn wrapping(province: &Province, rotate: &Rotate) -> Result<(), Failure> {
    let rotated = province.rotate_wrapping(&Actor::System, &rotate.reason, rotate.erase_old).await;
    let (number, count) =
        rotated.map_err(|why| Failure::could_not(format!("not all was wrapped anew: {why}; run it again")))?;
    if rotate.json {
        say::json(&serde_json::json!({"wrapping": number, "wrapped_anew": count, "erased_old": rotate.erase_old}));
    } else {
        say::line(&format!(
            "包裹密钥 {number}，重新包裹 {count} 把 · wrapping key {number}, {count} keys wrapped anew"
        ));
    }
    Ok(())
}

async fn token_keys(province: &Province, rotate: &Rotate) -> Result<(), Failure> {
    let rotated = province.rotate_token_keys(&Actor::System, &rotate.reason, rotate.emergency).await;
    let kids = rotated.map_err(|why| Failure::refused(format!("the token keys were not rotated: {why}")))?;
    if rotate.json {
        say::json(&serde_json::json!({ "token_keys": kids, "emergency": rotate.emergency }));
    } else {
        say::line(&format!("令牌密钥已轮换 · token keys rotated: {}", kids.join(" ")));
    }
    Ok(())
}

async fn data_key(province: &Province, rotate: &Rotate) -> Result<(), Failure> {
    let rotated = province.rotate_data_key(&Actor::System, &rotate.reason).await;
    let number = rotated.map_err(|why| Failure::refused(format!("the data key was not rotated: {why}")))?;
    if rotate.json {
        say::json(&serde_json::json!({ "data_key": number }));
    } else {
        say::line(&format!(
            "数据密钥 {number}：服务一刻钟后启用，并在后台重新封存 · data key {number}: a server uses it in a quarter of an hour, and seals all rows anew"
        ));
    }
    Ok(())
}

/// The signing role of this name.
pub fn role_named(word: &str) -> Result<KeyUse, Failure> {
    let roles = [KeyUse::Root, KeyUse::Keys, KeyUse::Manifests, KeyUse::ListsTime];
    roles
        .into_iter()
        .find(|one| one.as_str() == word)
        .ok_or_else(|| Failure::bad_input(format!("--role `{word}`: give root, keys, manifests or lists-time")))
}
