//! What hangs on an enterprise beside its mandates: who the register names, offers to act for it, and browsers that do.
//! It does not know what an offer allows, nor whether a seal fits.

use crate::db::Hot;
use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx, account};

/// Rows of a list.
const LISTED: u32 = 200;

/// Says that this deed changes who acts for an enterprise: such deeds go one after the other. Lock accounts before, and
/// mandates after it. Who only acts under a mandate locks that row alone.
pub async fn change(tx: &mut Tx, enterprise: &str) -> Result<(), StoreError> {
    tx.change(Hot::Enterprise, enterprise).await
}

/// [`account::changed`] for several, in the order of their ids; ids that are no accounts are passed over.
pub async fn people_changed(tx: &mut Tx, people: &[&str]) -> Result<(), StoreError> {
    let mut people = people.to_vec();
    people.sort_unstable();
    people.dedup();
    for one in people {
        account::changed(tx, one).await?;
    }
    Ok(())
}

words! {
    /// How far a change of representative is.
    ChangeState { Proposed = "proposed", Approved = "approved", Refused = "refused" }
}

/// Whom the register names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepresentativeChange {
    /// `use_…`, the use that proposed it.
    pub id: String,
    /// `org_…`
    pub organisation: String,
    /// `res_…`
    pub account: String,
    /// Where the register's word is kept.
    pub reference: String,
    /// How far it is.
    pub state: ChangeState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Microseconds.
    pub created_at: i64,
}

macro_rules! select_change {
    ($tail:literal) => {
        concat!(
            "SELECT id, organisation, account, reference, state, proposed_by, created_at FROM representative_change ",
            $tail
        )
    };
}

/// Proposes a change; false when one waits already.
pub async fn propose(tx: &mut Tx, c: &RepresentativeChange) -> Result<bool, StoreError> {
    let sql = "INSERT INTO representative_change (id, organisation, account, reference, state, proposed_by, created_at)
               VALUES ($1, $2, $3, $4, 'proposed', $5, $6) ON CONFLICT DO NOTHING";
    let args = args![&c.id, &c.organisation, &c.account, &c.reference, &c.proposed_by, c.created_at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// By id.
pub async fn change_by_id(tx: &mut Tx, id: &str) -> Result<Option<RepresentativeChange>, StoreError> {
    tx.one(select_change!("WHERE id = $1"), args![id]).await?.map(change_row).transpose()
}

/// Those that wait, and what was decided lately.
pub async fn changes(tx: &mut Tx) -> Result<Vec<RepresentativeChange>, StoreError> {
    let sql = select_change!("ORDER BY id DESC LIMIT $1");
    tx.rows(sql, args![LISTED]).await?.into_iter().map(change_row).collect()
}

/// Decides one that waits; true for whoever is first.
pub async fn decide(tx: &mut Tx, id: &str, state: ChangeState, by: &str, at: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE representative_change SET state = $2, approved_by = $3, decided_at = $4
               WHERE id = $1 AND state = 'proposed'";
    Ok(tx.execute(sql, args![id, state, by, at]).await? == 1)
}

fn change_row(mut row: Row) -> Result<RepresentativeChange, StoreError> {
    Ok(RepresentativeChange {
        id: row.take()?,
        organisation: row.take()?,
        account: row.take()?,
        reference: row.take()?,
        state: row.take()?,
        proposed_by: row.take()?,
        created_at: row.take()?,
    })
}

/// Whom an import named as representative, in place of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedRepresentative {
    /// `use_…`
    pub batch: String,
    /// `org_…`
    pub organisation: String,
    /// `edg_…` that came of it.
    pub edge: String,
    /// `res_…`
    pub account: String,
    /// Who it was before, `res_…`.
    pub before: Option<String>,
    /// Microseconds.
    pub at: i64,
}

/// Notes one; false when that import named somebody for that enterprise already.
pub async fn imported(tx: &mut Tx, i: &ImportedRepresentative) -> Result<bool, StoreError> {
    let sql = "INSERT INTO representative_import (batch, organisation, edge, account, before_account, at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let args = args![&i.batch, &i.organisation, &i.edge, &i.account, i.before.as_deref(), i.at];
    Ok(tx.execute(sql, args).await? == 1)
}

/// Those of an import, by enterprise behind the last one seen.
pub async fn imported_by(
    tx: &mut Tx,
    batch: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<ImportedRepresentative>, StoreError> {
    let sql = "SELECT batch, organisation, edge, account, before_account, at FROM representative_import
               WHERE batch = $1 AND organisation > $2 ORDER BY organisation LIMIT $3";
    let rows = tx.rows(sql, args![batch, after, limit]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ImportedRepresentative {
                batch: row.take()?,
                organisation: row.take()?,
                edge: row.take()?,
                account: row.take()?,
                before: row.take()?,
                at: row.take()?,
            })
        })
        .collect()
}

/// How many representatives imports replaced since a moment, and how many there are that stand or wait.
pub async fn replaced(tx: &mut Tx, since_at: i64) -> Result<(u32, u32), StoreError> {
    let sql = "SELECT (SELECT count(*) FROM representative_import WHERE before_account IS NOT NULL AND at > $1),
               (SELECT count(*) FROM edge WHERE kind = 'representative' AND state <> 'ended')";
    tx.one(sql, args![since_at]).await?.map_or(Ok((0, 0)), |mut row| Ok((row.take()?, row.take()?)))
}

/// Whether a change for an enterprise waits to be reviewed.
pub async fn change_waits(tx: &mut Tx, organisation: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM representative_change WHERE organisation = $1 AND state = 'proposed'";
    Ok(tx.one(sql, args![organisation]).await?.is_some())
}

words! {
    /// Where an offer stands.
    OfferState { Offered = "offered", Accepted = "accepted", Declined = "declined", Withdrawn = "withdrawn" }
}

/// An offer to act for an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// `edg_…`, of the mandate that comes of it.
    pub id: String,
    /// `org_…`
    pub enterprise: String,
    /// The mandate under which it is made.
    pub parent: String,
    /// Blind index of the ID number.
    pub person: Vec<u8>,
    /// The ID number, masked.
    pub person_masked: String,
    /// Words with spaces between them.
    pub scopes: String,
    /// Words with spaces between them.
    pub services: String,
    /// In fen.
    pub limit_amount: Option<i64>,
    /// May appoint others.
    pub may_appoint: bool,
    /// Microseconds; when the mandate ends.
    pub until_at: i64,
    /// Who offered it.
    pub made_by: String,
    /// Microseconds.
    pub created_at: i64,
    /// Microseconds; when the offer ends.
    pub expires_at: i64,
    /// Where it stands.
    pub state: OfferState,
    /// Raised by every change.
    pub version: i64,
    /// Over its fields and version.
    pub seal: Vec<u8>,
}

macro_rules! select_offer {
    ($tail:literal) => {
        concat!(
            "SELECT id, enterprise, parent, person, person_masked, scopes, services, limit_amount, may_appoint,
             until_at, made_by, created_at, expires_at, state, version, seal FROM appointment ",
            $tail
        )
    };
}

/// Puts down an offer, or what a confirmed mandate says.
pub async fn offer(tx: &mut Tx, a: &Appointment) -> Result<(), StoreError> {
    let sql = "INSERT INTO appointment (id, enterprise, parent, person, person_masked, scopes, services, limit_amount,
               may_appoint, until_at, made_by, created_at, expires_at, state, version, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let args = args![
        &a.id,
        &a.enterprise,
        &a.parent,
        &a.person,
        &a.person_masked,
        &a.scopes,
        &a.services,
        a.limit_amount,
        a.may_appoint,
        a.until_at,
        &a.made_by,
        a.created_at,
        a.expires_at,
        a.state,
        a.version,
        &a.seal
    ];
    tx.execute(sql, args).await.map(drop)
}

/// By id.
pub async fn offer_by_id(tx: &mut Tx, id: &str) -> Result<Option<Appointment>, StoreError> {
    tx.one(select_offer!("WHERE id = $1"), args![id]).await?.map(offer_row).transpose()
}

/// Those that wait for somebody, by the blind index of their ID number.
pub async fn offers_to(tx: &mut Tx, person: &[u8], now_at: i64) -> Result<Vec<Appointment>, StoreError> {
    let sql = select_offer!("WHERE person = $1 AND state = 'offered' AND expires_at > $2 ORDER BY id LIMIT $3");
    tx.rows(sql, args![person, now_at, LISTED]).await?.into_iter().map(offer_row).collect()
}

/// Those of an enterprise that wait.
pub async fn offers_of(tx: &mut Tx, enterprise: &str, now_at: i64) -> Result<Vec<Appointment>, StoreError> {
    let sql = select_offer!("WHERE enterprise = $1 AND state = 'offered' AND expires_at > $2 ORDER BY id LIMIT $3");
    tx.rows(sql, args![enterprise, now_at, LISTED]).await?.into_iter().map(offer_row).collect()
}

/// Moves an offer on from where it waits, by compare on its version; true for whoever is first.
pub async fn settle_offer(tx: &mut Tx, a: &Appointment) -> Result<bool, StoreError> {
    let sql = "UPDATE appointment SET state = $2, version = $3, seal = $4
               WHERE id = $1 AND version = $3 - 1 AND state = 'offered'";
    Ok(tx.execute(sql, args![&a.id, a.state, a.version, &a.seal]).await? == 1)
}

fn offer_row(mut row: Row) -> Result<Appointment, StoreError> {
    Ok(Appointment {
        id: row.take()?,
        enterprise: row.take()?,
        parent: row.take()?,
        person: row.take()?,
        person_masked: row.take()?,
        scopes: row.take()?,
        services: row.take()?,
        limit_amount: row.take()?,
        may_appoint: row.take()?,
        until_at: row.take()?,
        made_by: row.take()?,
        created_at: row.take()?,
        expires_at: row.take()?,
        state: row.take()?,
        version: row.take()?,
        seal: row.take()?,
    })
}

/// For whom a browser acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingSession {
    /// `ses_…`
    pub session: String,
    /// Whose browser.
    pub account: String,
    /// Under which mandate.
    pub edge: String,
    /// Microseconds.
    pub began_at: i64,
    /// Microseconds; why in `reason`.
    pub ended_at: Option<i64>,
    /// In a word.
    pub reason: Option<String>,
}

/// From now on this browser acts under that mandate, and no other. Lock the account and rely on the mandate before.
pub async fn act_for(tx: &mut Tx, session: &str, account: &str, edge: &str, at: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO acting_session (session, account, edge, began_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (session) DO UPDATE SET edge = excluded.edge, began_at = excluded.began_at,
               account = excluded.account, ended_at = NULL, reason = NULL";
    tx.execute(sql, args![session, account, edge, at]).await.map(drop)
}

/// For whom this browser acts or acted last.
pub async fn acting(tx: &mut Tx, session: &str) -> Result<Option<ActingSession>, StoreError> {
    let sql = "SELECT session, account, edge, began_at, ended_at, reason FROM acting_session WHERE session = $1";
    let Some(mut row) = tx.one(sql, args![session]).await? else { return Ok(None) };
    Ok(Some(ActingSession {
        session: row.take()?,
        account: row.take()?,
        edge: row.take()?,
        began_at: row.take()?,
        ended_at: row.take()?,
        reason: row.take()?,
    }))
}

/// The person acts for nobody any more in this browser; forgotten, not ended.
pub async fn act_as_self(tx: &mut Tx, session: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM acting_session WHERE session = $1", args![session]).await.map(drop)
}

/// Ends whatever browsers do under a mandate; how many did.
pub async fn end_acting(tx: &mut Tx, edge: &str, reason: &str, at: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE acting_session SET ended_at = $3, reason = $2 WHERE edge = $1 AND ended_at IS NULL";
    tx.execute(sql, args![edge, reason, at]).await
}

/// Forgets browsers whose sessions are gone, so many at once.
pub async fn forget_acting(tx: &mut Tx, limit: u32) -> Result<u64, StoreError> {
    let sql = "DELETE FROM acting_session WHERE session IN (SELECT a.session FROM acting_session a
               WHERE NOT EXISTS (SELECT 1 FROM session s WHERE s.id = a.session) LIMIT $1)";
    tx.execute(sql, args![limit]).await
}
