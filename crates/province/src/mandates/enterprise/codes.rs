//! Enterprise codes (企业码): codes of the bearer's own handle, in a slot from 128 on that an appointment took. A check that
//! reads the slot finds the enterprise. It does not know how a code is drawn or verified.

use super::super::Hand;
use super::{chain, is_enterprise};
use crate::error::DeedError;
use yima_kernel::access::Facts;
use yima_kernel::mandate::{ForEnterprise, Kind};
use yima_store::account::{self, Account};
use yima_store::edge::Edge;
use yima_store::organisation::Organisation;
use yima_store::{Tx, edge};

/// Whose handle a code under an enterprise's mandate bears, and for which enterprise.
pub(crate) struct Bearer {
    pub account: Account,
    pub edge: Edge,
    pub organisation: Organisation,
}

/// Locks what a draw for an enterprise relies on, and reads it with what the decision needs.
pub(crate) async fn bearer(tx: &mut Tx, hand: &Hand, id: &str) -> Result<(Facts, Bearer), DeedError> {
    let known = edge::find(tx, id).await?.filter(is_enterprise).ok_or(DeedError::NotFound("mandate"))?;
    account::rely_on(tx, &known.actor).await?;
    let row = edge::rely_on(tx, id).await?.ok_or(DeedError::NotFound("mandate"))?;
    let found = chain(tx, hand, row).await?;
    let account = account::find(tx, &known.actor).await?.ok_or(DeedError::NotFound("mandate"))?;
    let facts = Facts {
        subject_state: Some(crate::home::standing(account.state)),
        acting: Some(found.acting(ForEnterprise::ShowCode)?),
        ..Facts::default()
    };
    let edge = found.last()?.clone();
    Ok((facts, Bearer { account, edge, organisation: found.organisation }))
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
