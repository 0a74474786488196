//! What a guardian asks for a child and is heavy (R16): another number, another place, another name, deletion. Where there is
//! another guardian it waits three days for their objection, and so does what a ward of 14 and more asks by itself.
//! It does not know how an officer answers, nor how data is destroyed.

use super::{By, Hand, Held, both, mandate};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::own;
use crate::recoveries::guardians;
use crate::rights::{over, written};
use crate::rights_ask::CorrectData;
use crate::rights_minor::{by_guardian, out_of_the_way};
use crate::under_mandate::OWN_CONSENT;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::mandate::Kind;
use yima_kernel::rights::Right;
use yima_kernel::subject::Actor;
use yima_store::edge::{self, Edge};
use yima_store::rights_request::{self, Change, Kind as What, State};
use yima_store::{Tx, account};

/// So long the other guardian may object (R16).
pub(crate) const OBJECTION_S: i64 = 72 * 3600;

/// What a guardian asks.
#[derive(Clone)]
pub enum ForWard {
    /// That something be corrected.
    Correct(CorrectData),
    /// That everything be deleted.
    Delete,
    /// That processing be switched off: no code of the child is accepted.
    Restrict,
    /// That it be switched on again.
    Lift,
}

/// What was asked for a ward and can be objected to.
#[derive(Clone, Debug)]
pub struct WardRequest {
    /// `rgt_…`
    pub id: String,
    /// The asking guardian's own mandate over this ward, `edg_…`.
    pub mandate: String,
    /// The ward, masked.
    pub name_masked: String,
    /// `correct` or `delete`.
    pub kind: &'static str,
    /// Of a correction: `name`, `phone` or `region`.
    pub field: Option<String>,
    /// The caller asked for it.
    pub mine: bool,
    /// The ward asked for it itself.
    pub by_ward: bool,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds until which it can be stopped.
    pub hold_until: i64,
}

impl Province {
    /// Asks for a child in one's care. With another guardian it waits for three days; a deletion for its week in any case.
    /// Switching processing off, and on again, is done at once: it takes nothing away that either guardian can't give back.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::NotMandated`] for anybody but a guardian; [`DeedError::Conflict`] when the child is 14,
    /// or a guardian asked the same already.
    pub async fn ask_for_ward(&self, actor: &Actor, id: &str, wish: ForWard) -> Result<String, DeedError> {
        let subject = self.principal_of(actor, id).await?;
        let (right, body) = match &wish {
            ForWard::Delete => (Right::Delete, None),
            ForWard::Restrict | ForWard::Lift => (Right::Restrict, None),
            ForWard::Correct(wish) => {
                let wish =
                    CorrectData { to: wish.to.trim().to_owned(), why: written("why", &wish.why)?, ..wish.clone() };
                wish.checked()?;
                (Right::Correct, Some(serde_json::to_value(&wish).map_err(DeedError::internal)?))
            }
        };
        let mut asking = self.asking(actor, &subject, right, body.as_ref())?;
        id.clone_into(&mut asking.row.asked_by);
        let (mut hand, mandate_id, now_us) = (self.hand(), id.to_owned(), self.now_us());
        let (reading, switch) = (self.hand(), self.switch());
        let made = self
            .short(
                Request::of(actor.clone(), Deed::AskForWard).about(subject),
                move |tx| {
                    Box::pin(async move {
                        let held = reading.held(tx, &mandate_id, now_us).await?;
                        Ok((Facts { mandate: Some(held.mandate()?), ..Facts::default() }, held))
                    })
                },
                move |tx, held: Held, door| {
                    Box::pin(async move {
                        if held.age >= OWN_CONSENT {
                            return Err(DeedError::Conflict(Text::new(
                                "满十四岁，由孩子自己提出",
                                "from 14 on the child asks for this",
                            )));
                        }
                        let (ward, now_us) = (held.principal.id.clone(), door.now_us);
                        let all = guardians(tx, &hand, &ward, now_us).await?;
                        let (id, said) = match wish {
                            ForWard::Lift => {
                                let off = rights_request::restriction(tx, &ward).await?;
                                switch.on(tx, &ward, &held.edge.id, now_us).await?;
                                tell(tx, asking.notice, &ward, now_us, "restriction_lifted").await?;
                                (off.map(|row| row.id).unwrap_or_default(), "lift")
                            }
                            ForWard::Restrict => {
                                switch.off(tx, &ward, now_us).await?;
                                (asking.written(tx, now_us, "restricted").await?.id, "restrict")
                            }
                            ForWard::Correct(_) | ForWard::Delete => {
                                out_of_the_way(tx, &held.edge.id, &asking.row, now_us).await?;
                                if all.iter().any(|one| *one != held.actor.id) {
                                    asking.row.state = State::Held;
                                    asking.row.hold_until = asking.row.hold_until.max(now_us + OBJECTION_S * MICROS);
                                }
                                let row = asking.written(tx, now_us, "right_asked").await?;
                                (row.id, row.kind.as_str())
                            }
                        };
                        let told = if matches!(right, Right::Restrict) { "ward_switched" } else { "ward_asked" };
                        for guardian in &all {
                            tell(tx, hand.row_id(now_us), guardian, now_us, told).await?;
                        }
                        let more = json!({ "request": id, "right": said });
                        Ok(both(Done::plain(id), &held.edge, By::Actor, more))
                    })
                },
            )
            .await?;
        if matches!(right, Right::Restrict) {
            self.bundle_due.notify_one();
        }
        Ok(made)
    }

    /// What waits for those in one's care, asked by oneself, by another guardian or by themselves.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn ward_requests(&self, actor: &Actor) -> Result<Vec<WardRequest>, DeedError> {
        let me = own(actor)?;
        let (id, hand, now_us) = (me.to_string(), self.hand(), self.now_us());
        let found = self
            .look(Request::of(actor.clone(), Deed::SeeRecord).about(me), Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for e in edge::of_account(tx, &id).await? {
                        if !guards(&e, &id, now_us) {
                            continue;
                        }
                        hand.right(&e)?;
                        let Some(ward) = account::find(tx, &e.principal).await? else { continue };
                        for row in rights_request::of_account(tx, &e.principal).await? {
                            if can_be_stopped(&row, now_us) {
                                found.push((row, e.id.clone(), ward.clone()));
                            }
                        }
                    }
                    Ok(found)
                })
            })
            .await?;
        let one = |(row, mandate, ward): (rights_request::Request, String, account::Account)| {
            let body = self.opened(&row)?.body;
            let body: Option<CorrectData> =
                body.map(|body| serde_json::from_str(&body)).transpose().map_err(DeedError::internal)?;
            let field = body.map(|wish| serde_json::to_value(wish.field)).transpose().map_err(DeedError::internal)?;
            Ok(WardRequest {
                name_masked: self.name_of(&ward)?.masked(),
                kind: row.kind.as_str(),
                field: field.and_then(|field| field.as_str().map(str::to_owned)),
                mine: row.asked_by == mandate,
                by_ward: !by_guardian(&row),
                asked_at: row.asked_at / MICROS,
                hold_until: row.hold_until / MICROS,
                id: row.id,
                mandate,
            })
        };
        found.into_iter().map(one).collect()
    }

    /// Objects as a guardian, or takes back as the one who asked: it is stopped, and all guardians and the ward are told.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for what is not of somebody in one's care; [`DeedError::Conflict`] when its time is over.
    pub async fn object_for_ward(&self, actor: &Actor, mandate_id: &str, request: &str) -> Result<(), DeedError> {
        let subject = self.principal_of(actor, mandate_id).await?;
        let (mut hand, reading, now_us) = (self.hand(), self.hand(), self.now_us());
        let (mandate_id, id, by) = (mandate_id.to_owned(), request.to_owned(), actor.id().to_owned());
        self.short(
            Request::of(actor.clone(), Deed::ObjectForWard).about(subject),
            move |tx| {
                Box::pin(async move {
                    let held = reading.held(tx, &mandate_id, now_us).await?;
                    Ok((Facts { mandate: Some(mandate(&held.edge, held.age)?), ..Facts::default() }, held))
                })
            },
            move |tx, held: Held, door| {
                Box::pin(async move {
                    let row = rights_request::find(tx, &id).await?.filter(|row| row.account == held.principal.id);
                    let row = row.ok_or(DeedError::NotFound("request"))?;
                    let change =
                        Change { from: State::Held, to: State::Stopped, by: &by, at: door.now_us, sealed_answer: None };
                    if !can_be_stopped(&row, door.now_us) || !rights_request::change(tx, &id, change).await? {
                        return Err(over());
                    }
                    for guardian in guardians(tx, &hand, &held.principal.id, door.now_us).await? {
                        tell(tx, hand.row_id(door.now_us), &guardian, door.now_us, "ward_objected").await?;
                    }
                    tell(tx, hand.row_id(door.now_us), &held.principal.id, door.now_us, "right_stopped").await?;
                    let more = json!({ "request": id, "right": row.kind.as_str() });
                    Ok(both(Done::plain(()), &held.edge, By::Actor, more))
                })
            },
        )
        .await
    }
}

/// Stops what a guardian asked and nobody answered yet, once their mandate is suspended or over: who may not act any more
/// has no wish that goes on by itself. The ward and the other guardians are told.
pub(super) async fn stop_what_waits(tx: &mut Tx, hand: &Hand, e: &Edge, now_us: i64) -> Result<(), DeedError> {
    if e.kind != Kind::Guardian.as_str() {
        return Ok(());
    }
    for row in rights_request::of_account(tx, &e.principal).await? {
        if row.asked_by != e.id || !matches!(row.state, State::Held | State::Waiting) {
            continue;
        }
        let change = Change { from: row.state, to: State::Stopped, by: &e.id, at: now_us, sealed_answer: None };
        if !rights_request::change(tx, &row.id, change).await? {
            continue;
        }
        tell(tx, format!("{}-stopped", row.id), &e.principal, now_us, "right_stopped").await?;
        for guardian in guardians(tx, hand, &e.principal, now_us).await? {
            tell(tx, format!("{}-stopped-{guardian}", row.id), &guardian, now_us, "ward_stopped").await?;
        }
    }
    Ok(())
}

fn guards(e: &Edge, me: &str, now_us: i64) -> bool {
    let now = e.from_at <= now_us && now_us < e.until_at;
    e.actor == me && e.kind == Kind::Guardian.as_str() && e.state == edge::State::Active && now
}

/// Heavy, asked by a guardian or by the ward, and in its time.
fn can_be_stopped(row: &rights_request::Request, now_us: i64) -> bool {
    matches!(row.kind, What::Correct | What::Delete) && row.state == State::Held && now_us < row.hold_until
}
