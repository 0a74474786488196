//! `yima client`: apps of organisations: propose, list, review, stop; for whoever owns the data directory.
//! A secret is printed once, when the app is proposed, and kept nowhere.

use crate::config::Home;
use crate::failure::{Done, Failure};
use crate::machine::files;
use crate::say;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use yima_kernel::subject::Actor;
use yima_province::{ClientVersion, DeedError, ProposeClient, ProposedClient, Province};

/// An app's metadata is never larger, bytes.
const METADATA_BYTES_MAX: u64 = 32 * 1024;

/// 应用 · Apps that residents sign in to
#[derive(Subcommand)]
pub enum Client {
    /// 提交一个应用，或它的新版本 · Propose an app, or a new version of one
    Add(Add),
    /// 列出应用 · List the apps
    List(List),
    /// 审一个版本 · Review a version
    Review(Review),
    /// 请一个单位自己登记应用 · Let an organisation register an app itself
    Invite(Invite),
    /// 停用一个应用 · Stop an app
    End(End),
}

/// What is proposed.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    home: Home,
    /// Metadata (RFC 7591), JSON
    file: PathBuf,
    /// The app that gets a new version
    #[arg(long)]
    id: Option<String>,
    /// Credit code of the organisation, 18 characters
    #[arg(long)]
    organisation: String,
    /// Its legal name
    #[arg(long)]
    owner: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
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

/// What is decided.
#[derive(Args)]
pub struct Review {
    #[command(flatten)]
    home: Home,
    /// The app, app_…
    id: String,
    /// Its version
    #[arg(long)]
    version: u32,
    /// Refuse it; without this it is put in force
    #[arg(long)]
    refuse: bool,
    /// Why
    #[arg(long)]
    note: String,
}

/// Who is invited.
#[derive(Args)]
pub struct Invite {
    #[command(flatten)]
    home: Home,
    /// Credit code of the organisation, 18 characters
    #[arg(long)]
    organisation: String,
    /// Its legal name
    #[arg(long)]
    owner: String,
}

/// What is stopped.
#[derive(Args)]
pub struct End {
    #[command(flatten)]
    home: Home,
    /// The app, app_…
    id: String,
    /// Why, for the record
    #[arg(long)]
    reason: String,
}

/// Runs `yima client …`.
pub async fn run(client: Client) -> Done {
    match client {
        Client::Add(add) => run_add(add).await,
        Client::List(list) => run_list(&list).await,
        Client::Review(review) => run_review(&review).await,
        Client::Invite(invite) => run_invite(&invite).await,
        Client::End(end) => run_end(&end).await,
    }
}

async fn run_add(add: Add) -> Done {
    let bytes = files::read_needed(&add.file, METADATA_BYTES_MAX)?;
    let metadata =
        String::from_utf8(bytes).map_err(|_| Failure::bad_input(format!("{} is not text", add.file.display())))?;
    let wish = ProposeClient { id: add.id, organisation: add.organisation, owner: add.owner, metadata };
    let province = add.home.open().await?;
    let made = province.propose_client(&Actor::System, wish).await;
    let made = made.map_err(|why| Failure::bad_input(format!("the app was not taken: {why}")))?;
    tell(&made, add.json);
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

fn tell(made: &ProposedClient, json: bool) {
    let (id, version) = (&made.version.id, made.version.version);
    if json {
        say::json(&serde_json::json!({"client_id": id, "version": version, "client_secret": made.secret}));
        return;
    }
    say::line(&format!("{id} 第 {version} 版，待评审 · version {version}, waits for review"));
    if let Some(secret) = &made.secret {
        say::line(&format!("密钥只显示这一次 · the secret, shown this once: {secret}"));
    }
}

async fn run_list(list: &List) -> Done {
    let province = list.home.open().await?;
    let mut after = None;
    loop {
        let page = province.list_clients(&Actor::System, after.as_deref(), None).await;
        let (items, next) = page.map_err(|why| Failure::could_not(why.to_string()))?;
        items.iter().for_each(|one| print(one, list.json));
        after = next;
        if after.is_none() {
            break;
        }
    }
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

fn print(one: &ClientVersion, json: bool) {
    if json {
        say::json(&serde_json::json!({
            "client_id": one.id, "version": one.version, "state": one.state, "organisation": one.organisation,
            "owner": one.owner, "metadata": one.metadata, "proposed_by": one.proposed_by,
            "reviewed_by": one.reviewed_by, "note": one.note, "at": one.at,
        }));
    } else {
        say::line(&format!("{}  {:>3}  {:<9} {}", one.id, one.version, one.state, one.owner));
    }
}

async fn run_review(review: &Review) -> Done {
    let province = review.home.open().await?;
    let approve = !review.refuse;
    let done = province.review_client(&Actor::System, &review.id, review.version, approve, &review.note).await;
    done.map_err(|why| Failure::refused(format!("not reviewed: {why}")))?;
    say::line(if approve { "已生效 · in force" } else { "已拒绝 · refused" });
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_invite(invite: &Invite) -> Done {
    let province = invite.home.open().await?;
    let token = province.invite_client(&Actor::System, &invite.organisation, &invite.owner).await;
    let token = token.map_err(|why| Failure::bad_input(format!("not invited: {why}")))?;
    say::line("POST /oauth2/register，一天、一次 · a day, one use:");
    say::line(&token);
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn run_end(end: &End) -> Done {
    let province = end.home.open().await?;
    let done = province.end_client(&Actor::System, &end.id, &end.reason).await;
    done.map_err(|why| Failure::refused(format!("not stopped: {why}")))?;
    say::line("已停用 · stopped");
    province.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The app of a demonstration: one that a developer runs on their own machine, at whatever port.
///
/// # Errors
/// What the province says.
pub async fn of_demo(province: &Province) -> Result<String, DeedError> {
    let why = |zh: &str, en: &str| serde_json::json!({ "zh": zh, "en": en });
    let metadata = serde_json::json!({
        "client_name#zh": "示例小店", "client_name#en": "Sample Shop", "application_type": "native",
        "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
        "post_logout_redirect_uris": ["http://localhost/", "http://127.0.0.1/"],
        "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
        "scope": "openid profile offline_access",
        "yima_claims": {
            "name": why("称呼你", "To address you"), "region": why("显示附近的门店", "To show shops nearby"),
            "age_band": why("酒类只卖给成年人", "Spirits are for adults"),
        },
        "yima_purpose": why("演示：在开发者自己的电脑上登录", "Demonstration: signing in on a developer's own machine"),
        "yima_grant_days": 30,
    });
    let wish = ProposeClient {
        id: None,
        organisation: "91370000000000003X".to_owned(),
        owner: "演示商贸有限公司".to_owned(),
        metadata: metadata.to_string(),
    };
    let made = province.propose_client(&Actor::System, wish).await?;
    province.review_client(&Actor::System, &made.version.id, 1, true, "demonstration").await?;
    Ok(made.version.id)
}
