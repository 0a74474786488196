//! The officers' side of persons' requests: the queue by deadline, opening one, and the answer.
//! It does not know who may be an officer; the decision does.

use crate::Province;
use crate::devices::tell;
use crate::doorway::Done;
use crate::erase::Eraser;
use crate::error::{DeedError, Text};
use crate::index_names::city_of;
use crate::numbers::Begun;
use crate::residents::{Page, evidence};
use crate::rights::{RightsRow, over, written};
use crate::rights_ask::{CorrectData, Correctable};
use crate::rights_kin::KinWish;
use crate::two_persons::prepared_in;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, RequestId};
use yima_kernel::subject::Actor;
use yima_keys::person::{PersonName, Phone};
use yima_keys::sealed::Spot;
use yima_store::Tx;
use yima_store::account::{self, Account};
use yima_store::number::By;
use yima_store::rights_request::{self, Change, Kind, State};

/// Requests on a page.
const PAGE: u32 = 50;

/// What an officer decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is done: corrected, explained, or given to kin.
    Done,
    /// It is refused, with the reason; the person learns how to complain.
    Refuse,
    /// A deletion waits, with the reason: a case is open.
    Wait,
    /// What it waited for is over.
    GoOn,
}

impl Decision {
    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "done" => Some(Self::Done),
            "refuse" => Some(Self::Refuse),
            "wait" => Some(Self::Wait),
            "go_on" => Some(Self::GoOn),
            _ => None,
        }
    }

    /// From which state to which, for a kind; `None` where it means nothing.
    const fn step(self, kind: Kind, from: State) -> Option<State> {
        match (self, kind, from) {
            (Self::Done, Kind::Correct | Kind::Explain | Kind::Kin, State::Waiting) => Some(State::Done),
            // A guardian's wish, once nobody objected in time: the caller looks at the time.
            (Self::Done, Kind::Correct, State::Held) => Some(State::Done),
            (Self::Refuse, Kind::Copy | Kind::Restrict, _) => None,
            (Self::Refuse, _, State::Waiting | State::Held) => Some(State::Refused),
            (Self::Wait, Kind::Delete, State::Held) => Some(State::Waiting),
            (Self::GoOn, Kind::Delete, State::Waiting) => Some(State::Held),
            _ => None,
        }
    }
}

/// An officer's answer.
#[derive(Clone, Debug)]
pub struct AnswerRequest {
    /// What is decided.
    pub decision: Decision,
    /// What the person is told.
    pub text: String,
    /// On what evidence, for the record; needed where something is corrected or given.
    pub evidence: String,
}

/// What the transaction needs to do what was decided.
#[derive(Clone)]
struct Effect {
    /// Sealed, and its index.
    name: Option<(Vec<u8>, u16)>,
    /// Waits, as a change by its owner does, with the account as it was.
    phone: Option<(Begun, Account)>,
    /// And the name's index in it.
    region: Option<(String, u16)>,
    erase: Option<Eraser>,
}

impl Province {
    /// The queue, the most urgent first; or what is over, newest first. Nothing that was written is opened.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for an `after` that no page gave.
    pub async fn requests(&self, actor: &Actor, over: bool, after: Option<&str>) -> Result<Page<RightsRow>, DeedError> {
        let after = after.map(str::to_owned);
        let key = match &after {
            Some(text) if !over => Some(read_key(text)?),
            _ => None,
        };
        let rows = self
            .look(Request::of(actor.clone(), Deed::SeeRequests), Facts::default(), move |tx| {
                Box::pin(async move {
                    if over {
                        return Ok(rights_request::closed(tx, after.as_deref(), PAGE).await?);
                    }
                    let from = key.as_ref().map(|(due, id)| (*due, id.as_str()));
                    Ok(rights_request::open(tx, from, PAGE).await?)
                })
            })
            .await?;
        let next = rows
            .last()
            .filter(|_| rows.len() == PAGE as usize)
            .map(|last| if over { last.id.clone() } else { format!("{}.{}", last.due_at, last.id) });
        Ok(Page { items: rows.iter().map(|row| self.listed(row)).collect(), next })
    }

    /// Opens one; its person sees that an officer did.
    ///
    /// # Errors
    /// [`DeedError::NotFound`].
    pub async fn request(&self, actor: &Actor, id: &str) -> Result<RightsRow, DeedError> {
        let row = self.request_row(id).await?;
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let detail = serde_json::json!({ "request": row.id });
        self.short(
            Request::of(actor.clone(), Deed::SeeRequests).about(subject),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |_, (), _| Box::pin(async move { Ok(Done::plain(()).detail(detail)) }),
        )
        .await?;
        self.opened(&row)
    }

    /// Answers a request: does what was asked, or says why not.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is over or the decision does not fit it; [`DeedError::Invalid`] without words or
    /// evidence; refused as the same person for what the same officer filed.
    pub async fn answer_request(&self, actor: &Actor, id: &str, answer: AnswerRequest) -> Result<(), DeedError> {
        let row = self.request_row(id).await?;
        let told = written("text", &answer.text)?;
        let proof = match answer.decision {
            Decision::Done => evidence("evidence", &answer.evidence)?,
            _ => answer.evidence.trim().to_owned(),
        };
        let to = answer.decision.step(row.kind, row.state).ok_or_else(over)?;
        if to == State::Done && row.state == State::Held && row.hold_until > self.now_us() {
            return Err(DeedError::Conflict(Text::new(
                "监护人 72 小时内可以反对，到时再办",
                "a guardian may object for 72 hours: answer it after that",
            )));
        }
        let sealed = self.sealed_text(&row.id, "answer", &told)?;
        let effect = if answer.decision == Decision::Done { self.effect(&row).await? } else { Effect::none() };
        let kin = row.kind == Kind::Kin;
        let deed = if kin { Deed::AnswerKin } else { Deed::AnswerRequest };
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let (filed_by, asking) = (row.asked_by.clone(), actor.clone());
        let (by, notice) = (actor.id().to_owned(), self.new_row_id());
        let letter = effect.phone.clone();
        let erased = effect.erase.is_some().then(|| row.account.clone());
        let kind = match to {
            State::Refused => "right_refused",
            State::Waiting => "right_waits",
            State::Held => "right_goes_on",
            _ => "right_done",
        };
        self.short(
            Request::of(actor.clone(), deed).about(subject),
            move |tx| Box::pin(async move { Ok((prepared_in(tx, &filed_by, &asking).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::changed(tx, &row.account).await?;
                    let change =
                        Change { from: row.state, to, by: &by, at: door.now_us, sealed_answer: Some(&sealed) };
                    if !rights_request::change(tx, &row.id, change).await? {
                        return Err(over());
                    }
                    tell(tx, notice, &row.account, door.now_us, kind).await?;
                    let number = effect.done(tx, &row.account, door.now_us).await?;
                    let mut detail = serde_json::json!({ "request": row.id, "right": row.kind.as_str(), "to": to.as_str(), "evidence": proof });
                    if let Some(number) = number {
                        detail["number"] = number;
                    }
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        if let Some((begun, holder)) = letter {
            self.tell_old_number(&holder, &begun);
        }
        if let Some(account) = erased {
            self.remember_erasure(&account)?;
            self.bundle_due.notify_one();
        }
        Ok(())
    }

    pub(crate) async fn request_row(&self, id: &str) -> Result<rights_request::Request, DeedError> {
        RequestId::parse(id).map_err(|_| DeedError::NotFound("request"))?;
        let id = id.to_owned();
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { rights_request::find(tx, &id).await?.ok_or(DeedError::NotFound("request")) })
            })
            .await
    }

    /// What follows from "done", sealed and ready for the transaction.
    async fn effect(&self, row: &rights_request::Request) -> Result<Effect, DeedError> {
        let body = row.sealed_body.as_ref().map(|sealed| self.open_text(&row.id, "body", sealed)).transpose()?;
        match row.kind {
            Kind::Correct => self.correction(&row.account, &body.unwrap_or_default()).await,
            Kind::Kin => {
                let wish: KinWish = serde_json::from_str(&body.unwrap_or_default()).map_err(DeedError::internal)?;
                Ok(Effect { erase: (wish.wants == "delete").then(|| self.eraser()), ..Effect::none() })
            }
            _ => Ok(Effect::none()),
        }
    }

    async fn correction(&self, account: &str, body: &str) -> Result<Effect, DeedError> {
        let wish: CorrectData = serde_json::from_str(body).map_err(DeedError::internal)?;
        wish.checked()?;
        let id = account.to_owned();
        let holder = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident")) })
            })
            .await?;
        let spot = |field| Spot { table: "account", field, row: account };
        let mut rng = self.chance.rng();
        Ok(match wish.field {
            Correctable::Name => {
                let name = PersonName::parse(&wish.to).map_err(|_| DeedError::internal("checked"))?;
                let index = self.sealer.blind_name(&name, city_of(&holder.region));
                let sealed = self.sealer.seal(&name, spot("name"), &mut rng).into_bytes();
                Effect { name: Some((sealed, index)), ..Effect::none() }
            }
            Correctable::Phone => {
                let phone = Phone::parse(&wish.to).map_err(|_| DeedError::internal("checked"))?;
                let sealed = self.sealer.seal(&phone, spot("phone"), &mut rng).into_bytes();
                let begun = self.fresh_change(account, sealed, By::Officer);
                Effect { phone: Some((begun, holder)), ..Effect::none() }
            }
            Correctable::Region => {
                let index = self.sealer.blind_name(&self.name_of(&holder)?, city_of(&wish.to));
                Effect { region: Some((wish.to, index)), ..Effect::none() }
            }
        })
    }
}

impl Effect {
    const fn none() -> Self {
        Self { name: None, phone: None, region: None, erase: None }
    }

    /// What the use says of a number that waits.
    async fn done(self, tx: &mut Tx, id: &str, now_us: i64) -> Result<Option<serde_json::Value>, DeedError> {
        let number = match self.phone {
            Some((begun, _)) => Some(begun.waits(tx, now_us).await?),
            None => None,
        };
        if let Some((sealed, hash)) = self.name {
            account::set_name(tx, id, &sealed, hash).await?;
        }
        if let Some((region, hash)) = self.region {
            account::set_region(tx, id, &region, hash).await?;
        }
        if let Some(mut eraser) = self.erase {
            eraser.erase(tx, id, now_us).await?;
        }
        Ok(number)
    }
}

fn read_key(key: &str) -> Result<(i64, String), DeedError> {
    let parsed = key.split_once('.').and_then(|(due, id)| Some((due.parse().ok()?, id.to_owned())));
    parsed.ok_or_else(|| DeedError::invalid("after", "请用上一页给的 next", "use the `next` of the page before"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_officer_can_decide_about_what() {
        use Decision::{Done, GoOn, Refuse, Wait};
        use Kind::{Copy, Correct, Delete, Explain, Kin, Restrict};
        let table = [
            (Done, Correct, State::Waiting, Some(State::Done)),
            (Done, Explain, State::Waiting, Some(State::Done)),
            (Done, Kin, State::Waiting, Some(State::Done)),
            (Done, Correct, State::Held, Some(State::Done)),
            (Done, Delete, State::Held, None),
            (Done, Correct, State::Done, None),
            (Refuse, Correct, State::Waiting, Some(State::Refused)),
            (Refuse, Delete, State::Held, Some(State::Refused)),
            (Refuse, Delete, State::Done, None),
            (Refuse, Copy, State::Done, None),
            (Refuse, Restrict, State::Done, None),
            (Wait, Delete, State::Held, Some(State::Waiting)),
            (Wait, Correct, State::Waiting, None),
            (GoOn, Delete, State::Waiting, Some(State::Held)),
            (GoOn, Delete, State::Stopped, None),
        ];
        for (decision, kind, from, expected) in table {
            assert_eq!(decision.step(kind, from), expected, "{decision:?} {kind:?} {from:?}");
        }
    }
}
