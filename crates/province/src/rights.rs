//! A person's requests under their rights: asked, listed, taken back; everything is sealed, has a clock and a notice.
//! It does not know what each right does; that stands in a file of its own.

use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::rights_minor::{decided_for, heard_by_guardians, not_a_child, not_against_guardian, tell_guardians};
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, RequestId};
use yima_kernel::rights::{COMPLAIN, Right, Terms};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::sealed::{Sealed, SealedText, Spot};
use yima_store::rights_request::{self, Change, Kind, State};
use yima_store::{Tx, account, erasure};

/// What somebody may write into one request, characters.
const TEXT_MAX: usize = 1_000;
/// Requests of one person in a day; more look like a machine.
const A_DAY_MAX: usize = 20;

/// A request, as its person or an officer who opened it sees it.
#[derive(Clone, Debug)]
pub struct RightsRow {
    /// `rgt_…`
    pub id: String,
    /// Whose.
    pub account: String,
    /// `copy`, `correct`, `restrict`, `delete`, `explain` or `kin`.
    pub kind: &'static str,
    /// `waiting`, `held`, `done`, `refused` or `stopped`.
    pub state: &'static str,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds: nothing happens before.
    pub hold_until: i64,
    /// Unix seconds: the end of the last working day.
    pub due_at: i64,
    /// Unix seconds.
    pub handled_at: Option<i64>,
    /// It is open, and its last working day is over.
    pub overdue: bool,
    /// What was asked, as JSON of its kind; absent in a list of officers, and when nothing was written.
    pub body: Option<String>,
    /// What the person was told.
    pub answer: Option<String>,
    /// How to complain, when it was refused.
    pub complain: Option<Text>,
}

/// One's own requests, and whose word the next one is.
#[derive(Clone, Debug)]
pub struct OwnRights {
    /// Newest first.
    pub requests: Vec<RightsRow>,
    /// Under 14: a guardian asks for corrections, deletion, and switching processing off.
    pub guardian_decides: bool,
}

/// A request about to be written.
#[derive(Clone)]
pub(crate) struct Asking {
    pub row: rights_request::Request,
    pub notice: String,
}

impl Province {
    /// One's own requests, newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn rights(&self, actor: &Actor) -> Result<OwnRights, DeedError> {
        let holder = holder(actor)?;
        let (id, hand, now_us) = (holder.as_str().to_owned(), self.hand(), self.now_us());
        let (rows, guardian_decides) = self
            .look(Request::of(actor.clone(), Deed::SeeRecord).about(holder), Facts::default(), move |tx| {
                Box::pin(async move {
                    let rows = rights_request::of_account(tx, &id).await?;
                    Ok((rows, decided_for(tx, &hand, &id, now_us).await?))
                })
            })
            .await?;
        let requests = rows.iter().map(|row| self.opened(row)).collect::<Result<_, _>>()?;
        Ok(OwnRights { requests, guardian_decides })
    }

    /// Takes back a request that is not done yet: a deletion in its hold by any device, one touch.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for somebody else's, [`DeedError::Conflict`] when it is over, or when it is a guardian's and
    /// the actor under 14.
    pub async fn stop_request(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let holder = holder(actor)?;
        let (owner, id, by) = (holder.as_str().to_owned(), id.to_owned(), actor.id().to_owned());
        let (notice, hand) = (self.new_row_id(), self.hand());
        self.short(
            Request::of(actor.clone(), Deed::StopRequest).about(holder),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &owner).await?;
                    let row = rights_request::find(tx, &id).await?.filter(|row| row.account == owner);
                    let row = row.ok_or(DeedError::NotFound("request"))?;
                    not_against_guardian(tx, &hand, &row, door.now_us).await?;
                    // What an officer filed for somebody's kin is not the dead person's to stop.
                    let open = matches!(row.state, State::Waiting | State::Held) && row.kind != Kind::Kin;
                    let change =
                        Change { from: row.state, to: State::Stopped, by: &by, at: door.now_us, sealed_answer: None };
                    if !open || !rights_request::change(tx, &id, change).await? {
                        return Err(over());
                    }
                    tell(tx, notice, &owner, door.now_us, "right_stopped").await?;
                    let detail = serde_json::json!({ "request": id, "right": row.kind.as_str() });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// A request of the actor about their own data, with what they wrote.
    pub(crate) fn asking(
        &self,
        actor: &Actor,
        account: &AccountId,
        right: Right,
        body: Option<&serde_json::Value>,
    ) -> Result<Asking, DeedError> {
        let id = RequestId::new(self.now_ms(), self.chance.bytes()).to_string();
        let now_us = self.now_us();
        let clock = self.terms.clock(right, now_us / MICROS);
        let kind = kind_of(right);
        let at_once = matches!(right, Right::Copy | Right::Restrict);
        let state = match right {
            Right::Copy | Right::Restrict => State::Done,
            Right::Delete => State::Held,
            Right::Correct | Right::Explain | Right::Kin => State::Waiting,
        };
        let sealed_body = body.map(|body| self.sealed_text(&id, "body", &body.to_string())).transpose()?;
        let row = rights_request::Request {
            account: account.as_str().to_owned(),
            asked_by: actor.id().to_owned(),
            kind,
            sealed_body,
            sealed_answer: None,
            state,
            asked_at: now_us,
            hold_until: clock.hold_until_s * MICROS,
            due_at: clock.due_s * MICROS,
            handled_by: at_once.then(|| "system".to_owned()),
            handled_at: at_once.then_some(now_us),
            version: 1,
            id,
        };
        Ok(Asking { row, notice: self.new_row_id() })
    }

    /// Writes a request that waits, and tells all devices and every guardian. `heavy` is what guardians may object to (R16).
    pub(crate) async fn ask(
        &self,
        actor: &Actor,
        (deed, right, heavy): (Deed, Right, bool),
        body: Option<&serde_json::Value>,
    ) -> Result<RightsRow, DeedError> {
        let holder = holder(actor)?;
        let mut asking = self.asking(actor, &holder, right, body)?;
        let hand = self.hand();
        let locked = asking.row.account.clone();
        let row = self
            .short(
                Request::of(actor.clone(), deed).about(holder),
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &locked).await?;
                        Ok((Facts::default(), ()))
                    })
                },
                move |tx, (), door| {
                    Box::pin(async move {
                        let mut told = Vec::new();
                        if right != Right::Explain {
                            not_a_child(tx, &hand, &asking.row.account, door.now_us).await?;
                            told = heard_by_guardians(tx, &hand, &mut asking.row, heavy, door.now_us).await?;
                        }
                        let row = asking.written(tx, door.now_us, "right_asked").await?;
                        tell_guardians(tx, &told, &row, heavy, door.now_us).await?;
                        let detail = serde_json::json!({ "request": row.id });
                        Ok(Done::plain(row).detail(detail))
                    })
                },
            )
            .await?;
        self.opened(&row)
    }

    /// A request as its person sees it.
    pub(crate) fn opened(&self, row: &rights_request::Request) -> Result<RightsRow, DeedError> {
        let text = |field, sealed: &Option<Vec<u8>>| {
            sealed.as_ref().map(|sealed| self.open_text(&row.id, field, sealed)).transpose()
        };
        let shown = self.listed(row);
        Ok(RightsRow { body: text("body", &row.sealed_body)?, answer: text("answer", &row.sealed_answer)?, ..shown })
    }

    /// A request without what it says.
    pub(crate) fn listed(&self, row: &rights_request::Request) -> RightsRow {
        let open = matches!(row.state, State::Waiting | State::Held);
        RightsRow {
            id: row.id.clone(),
            account: row.account.clone(),
            kind: row.kind.as_str(),
            state: row.state.as_str(),
            asked_at: row.asked_at / MICROS,
            hold_until: row.hold_until / MICROS,
            due_at: row.due_at / MICROS,
            handled_at: row.handled_at.map(|at| at / MICROS),
            overdue: open && row.due_at <= self.now_us(),
            body: None,
            answer: None,
            complain: (row.state == State::Refused).then(|| Text::new(COMPLAIN.0, COMPLAIN.1)),
        }
    }

    pub(crate) fn sealed_text(&self, id: &str, field: &'static str, text: &str) -> Result<Vec<u8>, DeedError> {
        let sealed = SealedText::new(text).ok_or_else(|| DeedError::internal("a bounded text is too long"))?;
        Ok(self.sealer.seal(&sealed, spot(id, field), &mut self.chance.rng()).into_bytes())
    }

    pub(crate) fn open_text(&self, id: &str, field: &'static str, sealed: &[u8]) -> Result<String, DeedError> {
        let sealed = Sealed::<SealedText>::from_bytes(sealed.to_vec());
        let text = self.sealer.open(&sealed, spot(id, field)).map_err(DeedError::internal)?;
        Ok(text.expose().to_owned())
    }

    /// How long rights may take here.
    #[must_use]
    pub const fn terms(&self) -> Terms {
        self.terms
    }
}

impl Asking {
    /// Writes the row and leaves the notice; what clashes is said in words.
    pub(crate) async fn written(
        self,
        tx: &mut Tx,
        now_us: i64,
        notice: &'static str,
    ) -> Result<rights_request::Request, DeedError> {
        account::changed(tx, &self.row.account).await?;
        if erasure::of(tx, &self.row.account).await?.is_some() {
            return Err(DeedError::NotFound("resident"));
        }
        let day_ago = now_us - 86_400 * MICROS;
        let before = rights_request::of_account(tx, &self.row.account).await?;
        if before.iter().filter(|row| row.asked_at > day_ago).count() >= A_DAY_MAX {
            return Err(DeedError::TooMany {
                retry_after_s: 86_400,
                why: Text::new(
                    "今天申请的次数到上限了，明天再来，或到服务窗口办",
                    "too many requests today: come again tomorrow, or go to a counter",
                ),
            });
        }
        if !rights_request::insert(tx, &self.row).await? {
            return Err(DeedError::Conflict(Text::new(
                "同样的申请已经在办：看一下下面的进度，或先撤回",
                "one of the same kind is under way: see how far it is, or take it back first",
            )));
        }
        tell(tx, self.notice, &self.row.account, now_us, notice).await?;
        Ok(self.row)
    }
}

/// The account whose rights these are: a device's or a signed-in person's own.
pub(crate) fn holder(actor: &Actor) -> Result<AccountId, DeedError> {
    match actor {
        Actor::Device { account, .. } | Actor::Person { account, .. } => Ok(account.clone()),
        _ => Err(DeedError::Refused(Refusal::NotAllowed)),
    }
}

/// What somebody wrote, trimmed and bounded.
pub(crate) fn written(field: &'static str, text: &str) -> Result<String, DeedError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > TEXT_MAX || !shown_text::is_prose(text) {
        return Err(DeedError::invalid(field, "要写一句话，1000 字以内", "write something, at most 1,000 characters"));
    }
    Ok(text.to_owned())
}

pub(crate) fn over() -> DeedError {
    DeedError::Conflict(Text::new("这件申请已经办结或撤回", "that request is over already"))
}

const fn spot<'a>(id: &'a str, field: &'a str) -> Spot<'a> {
    Spot { table: "rights_request", field, row: id }
}

const fn kind_of(right: Right) -> Kind {
    match right {
        Right::Copy => Kind::Copy,
        Right::Correct => Kind::Correct,
        Right::Restrict => Kind::Restrict,
        Right::Delete => Kind::Delete,
        Right::Explain => Kind::Explain,
        Right::Kin => Kind::Kin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_has_a_row_of_its_word() {
        for right in Right::ALL {
            assert_eq!(kind_of(right).as_str(), right.as_str());
        }
    }
}
