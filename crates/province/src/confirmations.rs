//! Questions to the holder: a large-grid code above level low is good only when the holder confirms, on the device that
//! showed it, that they stand at the checker that asks. It does not know how the code itself is verified.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::{Done, Door};
use crate::error::{DeedError, Text};
use crate::home::{device_facts, own};
use crate::live::Live;
use yima_code::Reason;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{ConfirmationId, DeviceId};
use yima_kernel::subject::Actor;
use yima_store::confirmation::{self, Confirmation, State};
use yima_store::{Tx, account};

/// The holder has a minute: as long as a challenge is open.
const OPEN_US: i64 = 60 * MICROS;
/// A confirmation is good for as long after the question's end: the holder said that they stand there now, not that they did.
const GOOD_US: i64 = 60 * MICROS;
/// Questions are kept while their token could still be shown: its window and a day more.
const KEPT_US: i64 = 3 * 86_400 * MICROS;

/// A question, as the holder reads it.
#[derive(Clone, Debug)]
pub struct AskedHolder {
    /// `cfm_…`
    pub id: String,
    /// Name of the place.
    pub place: Text,
    /// The organisation.
    pub owner: Text,
    /// Slug.
    pub scenario: String,
    /// Name of the scenario.
    pub scenario_name: Text,
    /// What for.
    pub purpose: Text,
    /// What the checker sees.
    pub sees: Text,
    /// Unix seconds.
    pub opened_at: i64,
    /// Unix seconds.
    pub until_at: i64,
}

/// A checker's own question, while it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// `cfm_…`
    pub id: String,
    /// Unix seconds.
    pub until_at: i64,
}

/// What came of asking.
pub(crate) enum Asked {
    /// The holder stands there.
    Confirmed,
    /// Not yet.
    Waits(Waits),
    /// No, and why.
    No(Reason),
    /// The code is too old to ask about.
    TooLate,
}

/// Who is asked by whom about which token.
pub(crate) struct Question<'a> {
    pub account: &'a str,
    pub device: &'a str,
    pub slot: u8,
    pub gate: &'a str,
    pub site: u32,
    pub scenario: &'a str,
    pub day: u16,
    pub token: &'a [u8; 16],
    pub bytes_hash: &'a [u8; 32],
    /// The code is too old to open a question now; one that was opened in time goes on.
    pub untimely: bool,
}

/// Opens the question, or says how it stands. Of two gates one asks; the same gate with the same bytes asks on.
pub(crate) async fn ask(tx: &mut Tx, q: &Question<'_>, id: String, door: &Door) -> Result<Asked, DeedError> {
    let mut row = confirmation::of_token(tx, q.day, q.token).await?;
    if row.is_none() {
        if q.untimely {
            return Ok(Asked::TooLate);
        }
        let fresh = question(q, id, door);
        if confirmation::open(tx, &fresh).await? {
            return Ok(Asked::Waits(waits(&fresh)));
        }
        row = confirmation::of_token(tx, q.day, q.token).await?;
    }
    let row = row.ok_or_else(|| DeedError::internal("confirmation: a row that stood is gone"))?;
    if row.gate != q.gate || row.bytes_hash != q.bytes_hash {
        return Ok(Asked::No(Reason::Replayed));
    }
    if row.state == State::Waiting
        && row.until_at <= door.now_us
        && !confirmation::expire(tx, &row.id, door.now_us).await?
    {
        // Answered at the last moment, by a deed that is durable now.
        let row = confirmation::find(tx, &row.id).await?;
        return row.map_or_else(|| Err(DeedError::internal("confirmation")), |row| Ok(stands(&row, door.now_us)));
    }
    Ok(stands(&row, door.now_us))
}

fn stands(row: &Confirmation, now_us: i64) -> Asked {
    match row.state {
        State::Waiting if row.until_at > now_us => Asked::Waits(waits(row)),
        State::Waiting | State::Expired => Asked::No(Reason::ConfirmationExpired),
        State::Refused => Asked::No(Reason::ConfirmationRefused),
        State::Confirmed if row.until_at + GOOD_US > now_us => Asked::Confirmed,
        State::Confirmed => Asked::No(Reason::StaleCode),
    }
}

fn question(q: &Question<'_>, id: String, door: &Door) -> Confirmation {
    Confirmation {
        id,
        account: q.account.to_owned(),
        slot: q.slot,
        device: q.device.to_owned(),
        gate: q.gate.to_owned(),
        site: q.site,
        scenario: q.scenario.to_owned(),
        day: q.day,
        token: q.token.to_vec(),
        bytes_hash: q.bytes_hash.to_vec(),
        receipt: door.use_id.as_str().to_owned(),
        state: State::Waiting,
        opened_at: door.now_us,
        until_at: door.now_us + OPEN_US,
    }
}

fn waits(row: &Confirmation) -> Waits {
    Waits { id: row.id.clone(), until_at: row.until_at / MICROS }
}

/// Forgets questions about tokens that nobody can show any more.
pub(crate) async fn forget_old(tx: &mut Tx, now_us: i64) -> Result<(), DeedError> {
    confirmation::forget_before(tx, now_us - KEPT_US).await?;
    Ok(())
}

impl Province {
    pub(crate) fn new_confirmation_id(&self) -> String {
        ConfirmationId::new(self.now_ms(), self.chance.bytes()).to_string()
    }

    /// How a gate's own question about this showing stands, if it still waits: asking on is no deed (decision 0007).
    pub(crate) async fn still_waits(
        &self,
        request: Request,
        day: u16,
        token: [u8; 16],
        bytes_hash: [u8; 32],
    ) -> Result<Option<(Waits, String)>, DeedError> {
        let (gate, now_us) = (request.actor.id().to_owned(), self.now_us());
        let row = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { Ok(confirmation::of_token(tx, day, &token).await?) })
            })
            .await?;
        let mine = |row: &Confirmation| {
            row.gate == gate && row.bytes_hash == bytes_hash && row.state == State::Waiting && row.until_at > now_us
        };
        Ok(row.filter(mine).map(|row| (waits(&row), row.receipt)))
    }

    /// Questions that wait for this very device, the newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn confirmations(&self, actor: &Actor) -> Result<Vec<AskedHolder>, DeedError> {
        let holder = own(actor)?;
        let (device, now_us) = (actor.id().to_owned(), self.now_us());
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(holder);
        let rows = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { Ok(confirmation::waiting_for(tx, &device, now_us).await?) })
            })
            .await?;
        let live = self.live();
        Ok(rows.into_iter().map(|row| told(row, &live)).collect())
    }

    /// Confirms: the holder stands at the checker that asks.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a question that is not this resident's, [`DeedError::Conflict`] for one that was
    /// answered or is over; another device of the same person is refused.
    pub async fn confirm_check(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        self.answer_question(actor, id, Deed::ConfirmCheck, State::Confirmed).await
    }

    /// Refuses: the holder does not stand there. The code is used up.
    ///
    /// # Errors
    /// As [`Province::confirm_check`].
    pub async fn refuse_check(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        self.answer_question(actor, id, Deed::RefuseCheck, State::Refused).await
    }

    async fn answer_question(&self, actor: &Actor, id: &str, deed: Deed, answer: State) -> Result<(), DeedError> {
        let holder = own(actor)?;
        if ConfirmationId::parse(id).is_err() {
            return Err(DeedError::NotFound("confirmation"));
        }
        let (id, account_id, device) = (id.to_owned(), holder.as_str().to_owned(), actor.clone());
        self.short(
            Request::of(actor.clone(), deed).about(holder),
            move |tx| {
                Box::pin(async move {
                    account::rely_on(tx, &account_id).await?;
                    let row = confirmation::find(tx, &id).await?.filter(|row| row.account == account_id);
                    let row = row.ok_or(DeedError::NotFound("confirmation"))?;
                    let asked = DeviceId::parse(&row.device).map_err(DeedError::internal)?;
                    let facts = device_facts(tx, &device).await?;
                    Ok((Facts { asked_device: Some(asked), ..facts }, row))
                })
            },
            move |tx, row, door| {
                Box::pin(async move {
                    if !confirmation::answer(tx, &row.id, answer, door.now_us).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经回答过，或过了一分钟。请点[换新]再让对方扫",
                            "It was answered before, or a minute has passed: press Renew and let them scan again",
                        )));
                    }
                    let detail = serde_json::json!({ "confirmation": row.id, "check": row.receipt });
                    Ok(Done::plain(()).at(row.scenario, Some(row.site)).detail(detail))
                })
            },
        )
        .await
    }
}

fn told(row: Confirmation, live: &Live) -> AskedHolder {
    let manifest = live.manifest_by_slug(&row.scenario);
    let text = |words: Option<&yima_kernel::scenario::Words>| {
        words.map_or_else(|| Text::new("", ""), |w| Text::new(w.zh.clone(), w.en.clone()))
    };
    AskedHolder {
        id: row.id,
        place: live.site(row.site).map_or_else(|| Text::new("", ""), |site| site.name.clone()),
        owner: manifest.map_or_else(|| Text::new("", ""), |m| Text::new(m.owner.zh.clone(), m.owner.en.clone())),
        scenario: row.scenario,
        scenario_name: text(manifest.map(|m| &m.name)),
        purpose: text(manifest.map(|m| &m.purpose)),
        sees: text(manifest.map(|m| &m.sees)),
        opened_at: row.opened_at / MICROS,
        until_at: row.until_at / MICROS,
    }
}
