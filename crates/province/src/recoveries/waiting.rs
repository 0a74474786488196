//! What officers see of recoveries: those that wait for a colleague, and those that were drawn for a second look; and that
//! second look, by somebody who was neither of the two. It does not know what the resident's device shows beside letters.

use super::officers::officers_of;
use super::over;
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::residents::evidence;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, OperatorId};
use yima_kernel::subject::Actor;
use yima_store::recovery::{self, Recovery, Review};
use yima_store::{account, operator};

/// A recovery in the officers' list.
#[derive(Clone, Debug)]
pub struct RecoveryRow {
    /// `rcv_…`
    pub id: String,
    /// `res_…`
    pub resident: String,
    /// Masked.
    pub name_masked: String,
    /// `asked`, `approved`, `held`, `refused`, `stopped` or `over`.
    pub state: &'static str,
    /// Sign-in name of the first officer.
    pub officer: String,
    /// Sign-in name of the one who was drawn.
    pub approver: String,
    /// The asking officer was drawn and it waits for their word.
    pub yours: bool,
    /// It waits for a second look that the asking officer may take.
    pub to_review: bool,
    /// What was shown at the counter.
    pub evidence: String,
    /// The letters on the resident's device.
    pub number: String,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds.
    pub expires_at: i64,
}

impl Province {
    /// Recoveries that wait for a colleague or for a second look, the newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn recoveries(&self, actor: &Actor) -> Result<Vec<RecoveryRow>, DeedError> {
        let now_us = self.now_us();
        let request = Request::of(actor.clone(), Deed::SeeRecoveries);
        let found = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for row in recovery::waiting(tx, now_us).await? {
                        let holder = account::find(tx, &row.account).await?.ok_or(DeedError::NotFound("resident"))?;
                        let mut names = [String::new(), String::new()];
                        for (name, id) in names.iter_mut().zip([&row.officer, &row.approver]) {
                            *name = operator::find(tx, id).await?.map(|row| row.name).unwrap_or_default();
                        }
                        found.push((row, holder, names));
                    }
                    Ok(found)
                })
            })
            .await?;
        let me = actor.id();
        found
            .into_iter()
            .map(|(row, holder, [officer, approver])| {
                Ok(RecoveryRow {
                    name_masked: self.name_of(&holder)?.masked(),
                    state: row.state.as_str(),
                    officer,
                    approver,
                    yours: row.state == recovery::State::Asked && row.approver == me,
                    to_review: row.review == Review::Due && row.approver != me && row.officer != me,
                    asked_at: row.asked_at / MICROS,
                    expires_at: row.expires_at / MICROS,
                    id: row.id,
                    resident: row.account,
                    evidence: row.evidence,
                    number: row.number,
                })
            })
            .collect()
    }

    /// A second look at a recovery that was drawn for one, by somebody else.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::SamePerson`] for either of the two; [`DeedError::Conflict`] when none is due.
    pub async fn review_recovery(&self, actor: &Actor, id: &str, right: bool, why: &str) -> Result<(), DeedError> {
        let why = evidence("why", why)?;
        let row = self.recovery_row(id).await?;
        let subject = AccountId::parse(&row.account).map_err(DeedError::internal)?;
        let (seals, id, me) = (self.sealer_of_rows(), id.to_owned(), actor.id().to_owned());
        let reviewer = me.clone();
        self.short(
            Request::of(actor.clone(), Deed::ReviewRecovery).about(subject),
            move |tx| {
                Box::pin(async move {
                    let about = officers_of(tx, &seals, &row.account, &[&row.officer, &row.approver], &me).await?;
                    let row = recovery::find(tx, &id).await?.ok_or(DeedError::NotFound("recovery"))?;
                    let row = seals.trusted(row)?;
                    // Either of the two is somebody who prepared it.
                    let by = if row.approver == me { &row.approver } else { &row.officer };
                    let by = OperatorId::parse(by).map_err(DeedError::internal)?;
                    Ok((Facts { prepared_by: Some(by), about, ..Facts::default() }, (row, seals)))
                })
            },
            move |tx, (row, seals), _| {
                Box::pin(async move {
                    let person = seals.operator(tx, &reviewer).await?.map(|row| row.person).unwrap_or_default();
                    if person == row.officer_person || person == row.approver_person {
                        return Err(DeedError::Conflict(Text::new(
                            "办过的人不能复查",
                            "Whoever took part in it does not look at it again",
                        )));
                    }
                    if row.review != Review::Due {
                        return Err(over());
                    }
                    let review = if right { Review::Right } else { Review::Wrong };
                    let row =
                        seals.change_recovery(tx, Recovery { review, reviewed_by: Some(reviewer), ..row }).await?;
                    Ok(Done::plain(()).detail(json!({ "recovery": row.id, "right": right, "why": why })))
                })
            },
        )
        .await
    }
}
