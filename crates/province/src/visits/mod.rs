//! Visits at a counter (R12): an officer saw who somebody is and helps them to sign in at a kiosk, for a few listed deeds. What
//! the deeds of officer, kiosk and resident share: the row under its seal, how one ends, and what the doorway asks of it.
//! It does not know pages. Why it is so: docs/decisions/0024.

mod begin;
mod end;
mod list;
mod open;

pub use begin::{BeginVisit, VisitBegun};
pub use list::{VisitRow, VisitShown};

use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_kernel::visit::{Visit, listable};
use yima_store::visit::{self, State, Visit as Row};
use yima_store::{Tx, session};

/// The code that opens it at the kiosk lives so long.
const CODE_S: i64 = 3 * 60;

/// The visit in which somebody acts.
#[derive(Clone, Debug)]
pub(crate) struct Helped {
    /// As the decision sees it.
    pub visit: Visit,
    /// Said in each use beside the resident.
    said: Value,
}

impl Helped {
    /// Small facts of a use, and the officer beside them.
    pub fn beside(&self, detail: Option<String>) -> Option<String> {
        let mut detail: Value = detail.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| json!({}));
        if let Some(fields) = detail.as_object_mut() {
            fields.insert("visit".to_owned(), self.said.clone());
        }
        Some(detail.to_string())
    }
}

/// Did this actor sign in with an officer's help?
pub(crate) fn is_helped(actor: &Actor) -> bool {
    matches!(actor, Actor::Person { standing, .. } if standing.acr == Acr::Assisted)
}

/// The visit of an actor who signed in with help, if it and its session stand now. The deed has locked its account before.
pub(crate) async fn helping(
    tx: &mut Tx,
    seals: &RowSealer,
    actor: &Actor,
    now_us: i64,
) -> Result<Option<Helped>, DeedError> {
    let Actor::Person { account, session: id, .. } = actor else { return Ok(None) };
    let live = session::live(tx, id.as_str(), now_us).await?.is_some_and(|row| row.account == account.as_str());
    let Some(row) = visit::of_session(tx, id.as_str()).await?.filter(|_| live) else { return Ok(None) };
    let row = seals.trusted(row)?;
    if row.state != State::Open || row.account != account.as_str() {
        return Ok(None);
    }
    let said = json!({ "id": row.id, "officer": row.officer, "site": row.site });
    Ok(Some(Helped { visit: decided(&row), said }))
}

/// A row as the decision sees it.
fn decided(row: &Row) -> Visit {
    Visit { deeds: row.deeds.split(' ').filter_map(listable).collect(), until_s: row.until_at / MICROS }
}

/// Ends one that stands, with what the kiosk was given. Its account is locked.
async fn end(tx: &mut Tx, seals: &RowSealer, row: Row, reason: &str, now_us: i64) -> Result<Row, DeedError> {
    if let Some(open) = &row.session {
        session::end(tx, &row.account, open, "visit_ended", now_us).await?;
    }
    let ended = Row { state: State::Ended, ended_at: Some(now_us), reason: Some(reason.to_owned()), ..row };
    seals.change_visit(tx, ended).await
}

fn over() -> DeedError {
    DeedError::Conflict(Text::new(
        "这次协助已经结束。要接着办，请工作人员再开一次",
        "This visit is over. To go on, the officer opens another one",
    ))
}

impl RowSealer {
    /// Writes a changed row: one version on, sealed anew. Of two that change it one is told that it was too late.
    async fn change_visit(&self, tx: &mut Tx, row: Row) -> Result<Row, DeedError> {
        let before = row.version;
        let row = self.next(row);
        if visit::change(tx, &row, before).await? { Ok(row) } else { Err(over()) }
    }
}

// Every column that the seal covers.
sealed_row!(Row, "visit", |v, work| {
    let ended = v.ended_at.map_or_else(Vec::new, |at| at.to_be_bytes().to_vec());
    let fields: [&[u8]; 15] = [
        v.account.as_bytes(),
        v.officer.as_bytes(),
        &v.site.to_be_bytes(),
        v.kiosk.as_bytes(),
        v.seen.as_str().as_bytes(),
        v.receipt.as_deref().unwrap_or("").as_bytes(),
        v.deeds.as_bytes(),
        v.state.as_str().as_bytes(),
        &v.code_hash,
        v.session.as_deref().unwrap_or("").as_bytes(),
        v.begun_use.as_bytes(),
        &v.begun_at.to_be_bytes(),
        &v.until_at.to_be_bytes(),
        &ended,
        v.reason.as_deref().unwrap_or("").as_bytes(),
    ];
    work(&fields)
});
