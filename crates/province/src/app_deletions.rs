//! What an app that lost a person's agreement has to delete, and what it says of it: fifteen working days, told to the person
//! and to operators (rule R32). It does not know what an app holds, nor how a message is carried.

use crate::Province;
use crate::app_error::{AppError, refused};
use crate::client_door::AppRequest;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::rights::{Right, Terms};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_oidc::error::Code;
use yima_store::account;
use yima_store::app_deletion::{self, Deletion, State};

/// Characters of an app's own sentence.
const WHY_MAX: usize = 200;
/// Duties in one answer to an app, and on a page of operators.
const AT_ONCE: u32 = 100;

/// What an app was told to delete, as its person, an operator, or the app itself sees it.
#[derive(Clone, Debug)]
pub struct AppDeletion {
    /// `app_…`
    pub client: String,
    /// Legal name of the organisation.
    pub owner: String,
    /// By which the app knows it.
    pub reference: String,
    /// The person's pseudonym, where the app itself asks.
    pub sub: Option<String>,
    /// `waiting`, `deleted` or `kept`.
    pub state: &'static str,
    /// When the agreement ended, Unix seconds.
    pub asked_at: i64,
    /// The end of the last working day, Unix seconds.
    pub due_at: i64,
    /// When the app was told, Unix seconds.
    pub told_at: Option<i64>,
    /// When it answered, Unix seconds.
    pub answered_at: Option<i64>,
    /// Its last working day is over, without an answer.
    pub overdue: bool,
    /// Its own sentence, where it keeps something.
    pub why: Option<String>,
}

impl Province {
    /// What the apps of an organisation have not answered yet; whoever reads it is told.
    ///
    /// # Errors
    /// `invalid_client`.
    pub async fn deletions_of_app(&self, request: &AppRequest) -> Result<Vec<AppDeletion>, AppError> {
        let client = self.proven_confidential(request).await?;
        let (sector, now_us) = (client.sector.clone(), self.now_us());
        let rows = self
            .store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let rows = app_deletion::waiting_of(tx, &sector, AT_ONCE).await?;
                    for row in rows.iter().filter(|row| row.told_at.is_none()) {
                        app_deletion::told(tx, &row.grant, now_us).await?;
                    }
                    Ok(rows)
                })
            })
            .await?;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let sub = self.sub_of(&client, &row.account).await?;
            all.push(AppDeletion { sub: Some(sub), ..shown(row, now_us) });
        }
        Ok(all)
    }

    /// An app says that it deleted, or what it has to keep and under which law.
    ///
    /// # Errors
    /// `invalid_client`; `invalid_request` for a duty that is unknown, another organisation's, or was answered.
    pub async fn answer_deletion(&self, request: &AppRequest) -> Result<(), AppError> {
        let client = self.proven_confidential(request).await?;
        let reference = request.params.need("deletion", "deletion is missing")?.to_owned();
        let (state, why) = match (request.params.get("answer"), request.params.get("why")) {
            (Some("deleted"), None) => (State::Deleted, None),
            (Some("kept"), Some(why)) if is_sentence(why) => (State::Kept, Some(why.to_owned())),
            _ => {
                return Err(refused(
                    Code::InvalidRequest,
                    "answer is `deleted`, or `kept` with why: the law, in at most 200 characters",
                ));
            }
        };
        let unknown = || refused(Code::InvalidRequest, "no such deletion waits for an answer of this organisation");
        let (sector, asked) = (client.sector.clone(), reference);
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(app_deletion::by_reference(tx, &asked, &sector).await?) })
            })
            .await?
            .ok_or_else(unknown)?;
        let subject = AccountId::parse(&found.account).map_err(DeedError::internal)?;
        let done = self
            .short(
                Request::of(Actor::App { client: client.id.clone() }, Deed::AnswerDeletion).about(subject),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &found.account).await?;
                        Ok((Facts::default(), found))
                    })
                },
                move |tx, found, door| {
                    Box::pin(async move {
                        if !app_deletion::answer(tx, &found, state, why.as_deref(), door.now_us).await? {
                            return Err(DeedError::NotFound("deletion"));
                        }
                        let late = door.now_us > found.due_at;
                        let detail = serde_json::json!({
                            "answer": state.as_str(), "client": found.client, "grant": found.grant, "late": late,
                            "owner": found.owner,
                        });
                        Ok(Done::plain(()).detail(detail))
                    })
                },
            )
            .await;
        match done {
            Err(DeedError::NotFound(_)) => Err(unknown()),
            done => Ok(done?),
        }
    }

    /// What apps have not answered, the most urgent first, without persons; `after` is the `next` of the page before.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn deletions_waiting(
        &self,
        actor: &Actor,
        after: Option<&str>,
    ) -> Result<(Vec<AppDeletion>, Option<String>), DeedError> {
        let wrong = || DeedError::invalid("after", "不是上一页给的", "not what the page before said");
        let after = match after.map(|after| after.split_once('.')) {
            None => (i64::MIN, String::new()),
            Some(Some((due, grant))) => (due.parse().map_err(|_| wrong())?, grant.to_owned()),
            Some(None) => return Err(wrong()),
        };
        let rows = self
            .look(Request::of(actor.clone(), Deed::SeeClients), Facts::default(), move |tx| {
                Box::pin(async move { Ok(app_deletion::waiting(tx, (after.0, &after.1), AT_ONCE).await?) })
            })
            .await?;
        let last = rows.last().filter(|_| rows.len() == AT_ONCE as usize);
        let next = last.map(|row| format!("{}.{}", row.due_at, row.grant));
        let now_us = self.now_us();
        Ok((rows.into_iter().map(|row| shown(row, now_us)).collect(), next))
    }
}

/// The end of the last of fifteen working days, microseconds: the clock of a deletion that a person asks for.
pub(crate) fn due(now_us: i64) -> i64 {
    Terms::default().clock(Right::Delete, now_us / MICROS).due_s * MICROS
}

/// A duty as it is seen at a moment.
pub(crate) fn shown(row: Deletion, now_us: i64) -> AppDeletion {
    AppDeletion {
        client: row.client,
        owner: row.owner,
        reference: row.reference,
        sub: None,
        state: row.state.as_str(),
        asked_at: row.asked_at / MICROS,
        due_at: row.due_at / MICROS,
        told_at: row.told_at.map(|at| at / MICROS),
        answered_at: row.answered_at.map(|at| at / MICROS),
        overdue: row.state == State::Waiting && now_us >= row.due_at,
        why: row.why,
    }
}

fn is_sentence(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= WHY_MAX && shown_text::is_line(text)
}
