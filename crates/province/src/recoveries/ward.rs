//! A guardian brings a child, or an adult in their care by a court's order, back to their account (R14): the letters on the ward's
//! device, and the guardian's passkey of a moment ago. The same hold, notices and stop as after two officers. A helper never does.

use super::{KIND, begun, no_device, tell_all, under_way};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::mandates::{Hand, mandate};
use crate::person_sessions::{Person, facts_to_change};
use crate::signing_in::bound_hash;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, RecoveryId};
use yima_kernel::mandate::Mandate;
use yima_store::recovery::{self, By, Recovery, State};
use yima_store::{Tx, account, edge, one_time};

/// Somebody in one's care.
#[derive(Clone, Debug)]
pub struct Ward {
    /// `res_…`
    pub account: String,
    /// Masked.
    pub name_masked: String,
}

impl Province {
    /// Those whom this person is the guardian of now.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn wards_of(&self, person: &Person) -> Result<Vec<Ward>, DeedError> {
        let (me, hand, now_us) = (person.account.to_string(), self.hand(), self.now_us());
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let holders = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut holders = Vec::new();
                    for row in edge::of_account(tx, &me).await? {
                        let now = row.from_at <= now_us && now_us < row.until_at;
                        if row.actor == me && row.kind == "guardian" && row.state == edge::State::Active && now {
                            hand.right(&row)?;
                            holders.extend(account::find(tx, &row.principal).await?);
                        }
                    }
                    Ok(holders)
                })
            })
            .await?;
        let ward =
            |one: &account::Account| Ok(Ward { account: one.id.clone(), name_masked: self.name_of(one)?.masked() });
        holders.iter().map(ward).collect()
    }

    /// Lets the device that shows these letters make a new way to sign in for a ward.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`] without a passkey of the last five minutes;
    /// [`yima_kernel::access::Refusal::NotMandated`] for anybody who is no guardian; [`DeedError::Invalid`] for letters that no
    /// device shows; [`DeedError::Conflict`] when one is under way.
    pub async fn recover_ward(&self, person: &Person, ward: &str, number: &str) -> Result<(), DeedError> {
        let subject = AccountId::parse(ward).map_err(|_| DeedError::NotFound("resident"))?;
        let letters = self.recovery_number_hash(number);
        let (id, secret) = (RecoveryId::new(self.now_ms(), self.chance.bytes()).to_string(), self.stop_secret());
        let stop_hash = bound_hash("stop", &secret);
        let (me, session, actor) = (person.account.to_string(), person.session.to_string(), person.actor());
        let (mut hand, seals, now_us, ward) = (self.hand(), self.sealer_of_rows(), self.now_us(), ward.to_owned());
        let (guardian, right) = (me.clone(), self.hand());
        let holder = self
            .short(
                Request::of(person.actor(), Deed::RecoverWard).about(subject),
                move |tx| {
                    Box::pin(async move {
                        account::changed_both(tx, &ward, &me).await?;
                        let facts = facts_to_change(tx, &actor, now_us).await?;
                        let holder = account::find(tx, &ward).await?.ok_or(DeedError::NotFound("resident"))?;
                        let mandate = guarding(tx, &right, &ward, &me).await?;
                        let subject_state = Some(standing(holder.state));
                        Ok((Facts { subject_state, mandate, ..facts }, holder))
                    })
                },
                move |tx, holder, door| {
                    Box::pin(async move {
                        let now_us = door.now_us;
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
                        let shown = one_time::take(tx, KIND, &letters, None, None, now_us).await?;
                        let shown = shown.ok_or_else(no_device)?;
                        let use_id = door.use_id.as_str().to_owned();
                        let row = seals.sealed(Recovery {
                            id,
                            state: State::Approved,
                            officer: session,
                            officer_person: guardian,
                            approver: String::new(),
                            approver_person: String::new(),
                            evidence: String::new(),
                            asked_use: use_id.clone(),
                            approved_use: Some(use_id),
                            ..begun(By::Guardian, &holder, &shown, (now_us, stop_hash))?
                        });
                        recovery::insert(tx, &row).await?;
                        tell_all(tx, &mut hand, &holder.id, now_us, "recovery_by_guardian").await?;
                        Ok(Done::plain(holder).detail(json!({ "by": "guardian", "recovery": row.id })))
                    })
                },
            )
            .await?;
        self.tell_telephone(&holder, &secret, false);
        Ok(())
    }
}

/// The mandate by which somebody is this one's guardian now, if they are.
async fn guarding(tx: &mut Tx, hand: &Hand, ward: &str, me: &str) -> Result<Option<Mandate>, DeedError> {
    let own = edge::of_account(tx, ward).await?.into_iter().find(|row| {
        row.kind == "guardian" && row.principal == ward && row.actor == me && row.state == edge::State::Active
    });
    let Some(row) = own else { return Ok(None) };
    hand.right(&row)?;
    mandate(&row, 0).map(Some)
}
