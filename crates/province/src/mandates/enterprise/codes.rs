//! Enterprise codes (企业码): codes of the bearer's own handle, in a slot from 128 on that an appointment took. A check that
//! reads the slot finds the enterprise. It does not know how a code is drawn or verified.

use super::super::Hand;
use super::chain;
use crate::error::DeedError;
use yima_kernel::access::Facts;
use yima_kernel::mandate::{ForEnterprise, Kind};
use yima_store::account::{self, Account};
use yima_store::edge::Edge;
use yima_store::organisation::Organisation;
use yima_store::{Tx, edge};

/// Locks what a draw for an enterprise relies on, and reads it with what the decision needs: the mandate, whose handle the
/// codes bear, and the enterprise.
pub(crate) async fn enterprise_bearer(
    tx: &mut Tx,
    hand: &Hand,
    known: &Edge,
) -> Result<(Facts, (Edge, Account, Organisation)), DeedError> {
    account::rely_on(tx, &known.actor).await?;
    let row = edge::rely_on(tx, &known.id).await?.ok_or(DeedError::NotFound("mandate"))?;
    let found = chain(tx, hand, row).await?;
    let account = account::find(tx, &known.actor).await?.ok_or(DeedError::NotFound("mandate"))?;
    let facts = Facts {
        subject_state: Some(crate::home::standing(account.state)),
        acting: Some(found.acting(ForEnterprise::ShowCode)?),
        ..Facts::default()
    };
    let edge = found.last()?.clone();
    Ok((facts, (edge, account, found.organisation)))
}

/// The enterprise behind a code, and whether its mandate lets it be shown now; its row is locked by the caller.
pub(crate) async fn chain_of_code(
    tx: &mut Tx,
    hand: &Hand,
    row: &Edge,
    now_s: i64,
) -> Result<Option<(Organisation, bool)>, DeedError> {
    if !matches!(Kind::parse(&row.kind), Some(Kind::Agent | Kind::Representative)) {
        return Ok(None);
    }
    let found = chain(tx, hand, row.clone()).await?;
    let acting = found.acting(ForEnterprise::ShowCode)?;
    let good = acting.allows(&acting.actor, now_s).is_ok();
    Ok(Some((found.organisation, good)))
}
