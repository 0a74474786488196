//! `yima device confirm`: a checker's question, and the holder's answer, without a browser.
//! It does not answer by itself: without --yes or --not-me it only says what is asked.

use super::Which;
use crate::api::{Api, Caller};
use crate::failure::{Done, Failure};
use crate::machine::clock;
use crate::pocket::Pocket;
use crate::say;
use clap::Args;
use std::process::ExitCode;
use std::time::Duration;
use yima_wire::device::{Confirmation, Confirmations};

/// Between two looks.
const EVERY: Duration = Duration::from_secs(2);

/// Which answer.
#[derive(Args)]
pub struct Confirm {
    #[command(flatten)]
    which: Which,
    /// That is me: I stand there
    #[arg(long, conflicts_with = "not_me")]
    yes: bool,
    /// That is not me: the code is used up
    #[arg(long)]
    not_me: bool,
    /// The question's id, if more than one waits
    #[arg(long)]
    id: Option<String>,
    /// Seconds to wait for a question
    #[arg(long, default_value_t = 60)]
    wait: u64,
}

/// Waits for a question, says it, and answers as told.
pub async fn run(confirm: &Confirm) -> Done {
    let (pocket, _) = Pocket::open(&confirm.which.device)?;
    let key = pocket.key()?;
    let api = pocket.api()?;
    let question = wait_for(confirm, &pocket, &api).await?;
    let verb = match (confirm.yes, confirm.not_me) {
        (true, _) => Some("confirm"),
        (_, true) => Some("refuse"),
        _ => None,
    };
    if !confirm.which.json {
        tell(&question);
    }
    if let Some(verb) = verb {
        let path = format!("/api/v1/confirmations/{}/{verb}", question.id);
        let _: serde_json::Value =
            api.post(&path, &serde_json::json!({}), &Caller::Device(&pocket.signer(&key))).await?;
    }
    match (confirm.which.json, verb) {
        (true, verb) => say::json(&serde_json::json!({"confirmation": question, "answered": verb})),
        (false, Some("confirm")) => say::line("已确认 · confirmed"),
        (false, Some(_)) => say::line("已拒绝，这个码作废了 · refused; that code is used up"),
        (false, None) => say::remark("是你在场：--yes；不是：--not-me · if that is you: --yes; if not: --not-me"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn wait_for(confirm: &Confirm, pocket: &Pocket, api: &Api) -> Result<Confirmation, Failure> {
    let key = pocket.key()?;
    let begun = clock::stopwatch();
    loop {
        let waiting: Confirmations = api.get("/api/v1/confirmations", &Caller::Device(&pocket.signer(&key))).await?;
        let mut wanted =
            waiting.confirmations.into_iter().filter(|one| confirm.id.as_ref().is_none_or(|id| *id == one.id));
        match (wanted.next(), wanted.next()) {
            (Some(one), None) => return Ok(one),
            (Some(one), Some(other)) => {
                return Err(Failure::bad_input(format!(
                    "more than one checker asks: give --id {} or --id {}",
                    one.id, other.id
                )));
            }
            (None, _) if begun.elapsed() >= Duration::from_secs(confirm.wait) => {
                return Err(Failure::could_not("no checker asks this device: show a T0 first, and let it be checked"));
            }
            (None, _) => tokio::time::sleep(EVERY).await,
        }
    }
}

fn tell(question: &Confirmation) {
    let Confirmation { place, owner, purpose, sees, .. } = question;
    say::line(&format!("{}要核对你的码 · {} asks to check your code", place.zh, place.en));
    say::line(&format!("谁在问 who      {} · {}", owner.zh, owner.en));
    say::line(&format!("为什么 why      {} · {}", purpose.zh, purpose.en));
    say::line(&format!("会看到 they see {} · {}", sees.zh, sees.en));
}
