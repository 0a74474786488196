//! `yima key`: the fingerprint that gates pin, and the keys by state; what changes them is next door.
//! No command prints a private key.

use crate::commands::{key_holders, key_rotate};
use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::machine::clock;
use crate::say;
use clap::{Args, Subcommand};
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_province::Province;

/// 密钥 · Keys
#[derive(Subcommand)]
pub enum Key {
    /// 根指纹：闸机和手机认它 · The root's fingerprint, which gates and devices pin
    Root(Which),
    /// 列出密钥 · List the keys
    List(Which),
    /// 轮换：纸质码密钥、签名角色或包裹密钥 · Rotate paper keys, a signing role or the wrapping key
    Rotate(key_rotate::Rotate),
    /// 撤回泄露或停用的纸质码密钥 · Withdraw a paper key that leaked or is retired
    Withdraw(Withdraw),
    /// 把一个签名角色交给保管人 · Take a signing role offline, a file a holder
    Offline(key_holders::Offline),
    /// 保管人自己生成密钥 · A holder makes a key of his own
    Holder(key_holders::NewHolder),
    /// 换密钥文件的口令 · Change the passphrase of a key file
    Passphrase(key_holders::Passphrase),
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

/// Which key, and why.
#[derive(Args)]
pub struct Withdraw {
    #[command(flatten)]
    home: Home,
    /// Its id, hex, as `yima key list` shows it
    kid: String,
    /// Why, for the record
    #[arg(long)]
    reason: String,
    /// Do it; without this it only says how many paper codes end with the key
    #[arg(long)]
    yes: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs `yima key …`.
pub async fn run(key: Key) -> Done {
    match key {
        Key::Root(which) => run_root(&which).await,
        Key::List(which) => run_list(&which).await,
        Key::Rotate(rotate) => key_rotate::run(&rotate).await,
        Key::Withdraw(withdraw) => run_withdraw(&withdraw).await,
        Key::Offline(offline) => key_holders::offline(&offline).await,
        Key::Holder(holder) => key_holders::holder(&holder),
        Key::Passphrase(passphrase) => key_holders::passphrase(&passphrase).await,
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

async fn run_withdraw(withdraw: &Withdraw) -> Done {
    let province = withdraw.home.open().await?;
    let done = withdrawn(&province, withdraw).await;
    province.close().await;
    done
}

async fn withdrawn(province: &Province, withdraw: &Withdraw) -> Done {
    let keys = province.keys(&Actor::System).await.map_err(|why| Failure::could_not(why.to_string()))?;
    let cards = keys.iter().find(|one| one.kid == withdraw.kid).and_then(|one| one.cards).unwrap_or(0);
    if !withdraw.yes {
        say::line(&format!(
            "{} 签过的纸质码还有 {cards} 个有效，撤回以后都要重印；确认要撤回，请加 --yes · {cards} paper codes count under it and have to be issued anew; add --yes to withdraw it",
            withdraw.kid
        ));
        return Ok(ExitCode::SUCCESS);
    }
    let cards = province.withdraw_paper_key(&Actor::System, &withdraw.kid, &withdraw.reason).await;
    let cards = cards.map_err(|why| Failure::refused(format!("the key was not withdrawn: {why}")))?;
    let published = province.publish_change(&Actor::System).await;
    let published =
        published.map_err(|why| Failure::could_not(format!("withdrawn, but the bundle was not published: {why}")))?;
    if withdraw.json {
        say::json(&serde_json::json!({"bundle_version": published.version, "cards": cards, "kid": withdraw.kid}));
        return Ok(ExitCode::SUCCESS);
    }
    say::line(&format!(
        "{} 已撤回，验码包版本 {}；{cards} 个纸质码要重印 · withdrawn, bundle version {}; {cards} paper codes to be issued anew",
        withdraw.kid, published.version, published.version
    ));
    say::line(key_rotate::REVIEWED);
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
