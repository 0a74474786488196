//! The two officers of a recovery: one asks, with the letters that the resident's own device shows; the program draws the
//! other one, of another post, among those who are present, and that one says yes or no. Neither sees a secret.

use super::officers::{accounts_of_officers, officers_of, two_of};
use super::{KIND, OPEN_S, begun, no_device, over, tell_all, under_way};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::standing;
use crate::residents::evidence;
use crate::signing_in::bound_hash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, OperatorId, RecoveryId};
use yima_kernel::subject::Actor;
use yima_store::recovery::{self, By, Recovery, State};
use yima_store::{Tx, account, one_time};

/// An officer asks for so many in 24 hours at most (R14).
const A_DAY_MAX: u32 = 20;

/// What the first officer writes.
#[derive(Clone, Debug)]
pub struct BeginRecovery {
    /// The letters on the resident's device.
    pub number: String,
    /// What was shown at the counter.
    pub evidence: String,
}

impl Province {
    /// Asks for a recovery; the id, and the name of the colleague who was drawn.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for letters that no device shows now; [`DeedError::Conflict`] when nobody of another post is
    /// present, or one is under way; [`DeedError::TooMany`] after twenty in a day.
    pub async fn begin_recovery(
        &self,
        actor: &Actor,
        resident: &str,
        wish: BeginRecovery,
    ) -> Result<(String, String), DeedError> {
        let subject = AccountId::parse(resident).map_err(|_| DeedError::NotFound("resident"))?;
        let evidence = evidence("evidence", &wish.evidence)?;
        let hash = self.recovery_number_hash(&wish.number);
        let (id, secret) = (RecoveryId::new(self.now_ms(), self.chance.bytes()).to_string(), self.stop_secret());
        let stop_hash = bound_hash("stop", &secret);
        let (account, officer) = (resident.to_owned(), actor.id().to_owned());
        let (asking, now_us) = (officer.clone(), self.now_us());
        let lot = u64::from_be_bytes(self.chance.bytes());
        let (mut hand, seals) = (self.hand(), self.sealer_of_rows());
        let reading = seals.clone();
        let (asked, approver, holder) = self
            .short(
                Request::of(actor.clone(), Deed::BeginRecovery).about(subject),
                move |tx| {
                    Box::pin(async move {
                        let beside = accounts_of_officers(tx, &reading, &asking, now_us).await?;
                        account::changed_beside(tx, &account, &beside).await?;
                        let row = account::find(tx, &account).await?.ok_or(DeedError::NotFound("resident"))?;
                        Ok((Facts { subject_state: Some(standing(row.state)), ..Facts::default() }, row))
                    })
                },
                move |tx, holder, door| {
                    Box::pin(async move {
                        let now_us = door.now_us;
                        few_enough(tx, &officer, now_us).await?;
                        let (officer, approver) = two_of(tx, &seals, &officer, &holder.id, lot, now_us).await?;
                        if let Some(open) = recovery::open(tx, &holder.id).await? {
                            if open.expires_at > now_us {
                                return Err(under_way());
                            }
                            let late = Recovery { state: State::Over, ended_at: Some(now_us), ..open };
                            seals.change_recovery(tx, late).await?;
                        }
                        if recovery::standing(tx, &holder.id, now_us).await?.is_some() {
                            return Err(under_way());
                        }
                        let shown = one_time::take(tx, KIND, &hash, None, None, now_us).await?.ok_or_else(no_device)?;
                        let row = seals.sealed(Recovery {
                            id,
                            state: State::Asked,
                            officer: officer.id,
                            officer_person: officer.person,
                            approver: approver.id.clone(),
                            approver_person: approver.person,
                            evidence,
                            asked_use: door.use_id.as_str().to_owned(),
                            approved_use: None,
                            ..begun(By::Officers, &holder, &shown, (now_us, stop_hash))?
                        });
                        recovery::insert(tx, &row).await?;
                        tell_all(tx, &mut hand, &holder.id, now_us, "recovery_began").await?;
                        let detail = json!({ "recovery": row.id, "approver": approver.id, "evidence": row.evidence });
                        Ok(Done::plain((row.id, approver.name, holder)).detail(detail))
                    })
                },
            )
            .await?;
        self.tell_telephone(&holder, &secret, false);
        Ok((asked, approver))
    }

    /// The second officer's word, from whoever was drawn.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::SamePerson`] for the first officer; [`DeedError::Conflict`] for a colleague who was
    /// not drawn, and when it is over.
    pub async fn answer_recovery(&self, actor: &Actor, id: &str, yes: bool) -> Result<(), DeedError> {
        let row = self.recovery_row(id).await?;
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let (mut hand, seals, id) = (self.hand(), self.sealer_of_rows(), id.to_owned());
        let me = actor.id().to_owned();
        let answering = me.clone();
        self.short(
            Request::of(actor.clone(), Deed::AnswerRecovery).about(subject),
            move |tx| {
                Box::pin(async move {
                    let about = officers_of(tx, &seals, &row.account, &[&row.officer], &answering).await?;
                    let row = recovery::find(tx, &id).await?.ok_or(DeedError::NotFound("recovery"))?;
                    let row = seals.trusted(row)?;
                    let by = OperatorId::parse(&row.officer).map_err(DeedError::internal)?;
                    Ok((Facts { prepared_by: Some(by), about, ..Facts::default() }, (row, seals)))
                })
            },
            move |tx, (row, seals), door| {
                Box::pin(async move {
                    if row.approver != me {
                        return Err(DeedError::Conflict(Text::new(
                            "这一件抽到了别的同事，由他来定",
                            "Another colleague was drawn for this one, and decides it",
                        )));
                    }
                    if row.state != State::Asked || row.expires_at <= door.now_us {
                        return Err(over());
                    }
                    let next = if yes {
                        Recovery {
                            state: State::Approved,
                            approved_use: Some(door.use_id.as_str().to_owned()),
                            expires_at: door.now_us + OPEN_S * MICROS,
                            ..row
                        }
                    } else {
                        Recovery { state: State::Refused, ended_at: Some(door.now_us), ..row }
                    };
                    let row = seals.change_recovery(tx, next).await?;
                    if !yes {
                        tell_all(tx, &mut hand, &row.account, door.now_us, "recovery_stopped").await?;
                    }
                    Ok(Done::plain(()).detail(json!({ "recovery": row.id, "yes": yes })))
                })
            },
        )
        .await
    }

    pub(crate) fn stop_secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.chance.bytes::<24>())
    }

    pub(crate) async fn recovery_row(&self, id: &str) -> Result<Recovery, DeedError> {
        if RecoveryId::parse(id).is_err() {
            return Err(DeedError::NotFound("recovery"));
        }
        let id = id.to_owned();
        self.store
            .read_one::<_, DeedError, _>(move |tx| {
                Box::pin(async move { recovery::find(tx, &id).await?.ok_or(DeedError::NotFound("recovery")) })
            })
            .await
    }
}

async fn few_enough(tx: &mut Tx, officer: &str, now_us: i64) -> Result<(), DeedError> {
    if recovery::asked_since(tx, officer, now_us - 86_400 * MICROS, A_DAY_MAX).await? < A_DAY_MAX {
        return Ok(());
    }
    Err(DeedError::TooMany {
        retry_after_s: 3600,
        why: Text::new(
            "一天最多办 20 件找回，请另一位同事来办",
            "Twenty recoveries in a day at most; a colleague can go on",
        ),
    })
}
