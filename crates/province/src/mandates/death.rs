//! What ends with a person: when one of the two dies every mandate between them is over, for good; while an actor is
//! suspended nobody shows codes by them. It does not change the account itself.

use super::alone::after_guardian;
use super::{By, Hand, Held, enterprise, said};
use crate::devices::tell;
use crate::doorway::{Note, append};
use crate::error::DeedError;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::mandate::Step;
use yima_kernel::subject::Actor;
use yima_store::{Tx, account, edge, family_slot, trusted, withdrawal};

/// Ends every mandate of an account that is gone, by death or deletion; both records show it, the other party is told. The account is locked.
pub(crate) async fn end_all_of(
    tx: &mut Tx,
    hand: &mut Hand,
    by: &Actor,
    gone: &str,
    reason: &'static str,
    now_us: i64,
) -> Result<(), DeedError> {
    trusted::end_all_of(tx, gone, now_us).await?;
    enterprise::organisations_of(tx, gone).await?;
    for row in edge::standing_of(tx, gone).await? {
        hand.right(&row)?;
        if enterprise::is_enterprise(&row) {
            enterprise::gone(tx, hand, &row, reason, now_us).await?;
            continue;
        }
        let principal =
            account::find(tx, &row.principal).await?.ok_or_else(|| DeedError::internal("edge.principal"))?;
        let actor = account::find(tx, &row.actor).await?.ok_or_else(|| DeedError::internal("edge.actor"))?;
        let held = Held { edge: row, principal, actor, age: 0 };
        let row = hand.step_because(tx, &held, Step::EndForGood, Some(reason), now_us).await?;
        if row.actor == gone {
            let word = if reason == "death" { reason } else { "deleted" };
            after_guardian(tx, hand, &row, word, now_us).await?;
        }
        for (account, side) in [(&row.principal, By::Principal), (&row.actor, By::Actor)] {
            let id = AccountId::parse(account).map_err(DeedError::internal)?;
            let detail = serde_json::json!({ "mandate": said(&row, side, By::Office) });
            let request = Request::of(by.clone(), Deed::EndMandate).about(id);
            let note = Note { detail: Some(detail.to_string()), ..Note::default() };
            append(tx, &hand.use_id(now_us), now_us, &request, note).await?;
            if account != gone {
                let id = hand.row_id(now_us);
                tell(tx, id, account, now_us, "mandate_ended").await?;
            }
        }
    }
    Ok(())
}

/// Takes the codes that an account's devices drew for others out of use; what is drawn later has other slots.
pub(crate) async fn end_slots_of_actor(tx: &mut Tx, hand: &Hand, actor: &str, now_us: i64) -> Result<(), DeedError> {
    let slots = family_slot::end_of_actor(tx, actor, now_us).await?;
    Ok(withdrawal::slots(tx, &slots, hand.from_day, "actor_stopped", now_us).await?)
}
