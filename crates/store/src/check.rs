//! The path of an online check: one read of all that the decision needs, and the burn of the token.
//! It does not decide: province gives the facts to the kernel and the verdict back to here.

use crate::db::value::{Row, args};
use crate::device::{self, Device};
use crate::standing::{Standing, standing_of};
use crate::{StoreError, Tx, account};

/// All that a decision about one shown token needs, read at one moment.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Account id.
    pub account: String,
    /// Its standing.
    pub state: account::State,
    /// GB/T 2260.
    pub region: String,
    /// 0 to 2.
    pub proofing: u8,
    /// The holder wants no paper.
    pub paper_off: bool,
    /// The holder wants no short numbers.
    pub short_off: bool,
    /// The newest device in that slot.
    pub device: Option<Device>,
    /// T1 drawn by that slot for that day.
    pub t1_count: u16,
    /// T0 drawn by that slot for that day.
    pub t0_count: u16,
    /// Why that slot and day is withdrawn, if it is.
    pub withdrawn: Option<String>,
}

/// How a token was burned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burned {
    /// Who checked it.
    pub checker: String,
    /// Hash of what was shown.
    pub bytes_hash: Vec<u8>,
    /// The verdict, as text that province wrote.
    pub verdict: String,
    /// Microseconds.
    pub burned_at: i64,
}

/// What became of a burn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Burn {
    /// This show was the first: admit by the verdict.
    First,
    /// Another was first, and this is how.
    Already(Burned),
}

/// Each of the others has one row at most, so the order is that of the devices which had the slot, as their index has it.
pub(crate) const FACTS: &str = concat!(
    "SELECT a.id, ",
    standing_of!("a."),
    ", a.region, a.paper_off, a.short_off, r.t1_count, r.t0_count, w.reason, ",
    device::columns!("d"),
    " FROM account a
    LEFT JOIN device d ON d.account = a.id AND d.slot = $2
    LEFT JOIN draw r ON r.account = a.id AND r.slot = $2 AND r.day = $3
    LEFT JOIN withdrawal w ON w.day = $3 AND w.account = a.id AND w.slot = $2
    WHERE a.handle = $1 ORDER BY d.enrolled_at DESC LIMIT 1"
);

/// The facts about a token that decrypted to (handle, slot, day); None when nobody has the handle.
/// The account and all that hangs on it stay as read until this deed is durable.
pub async fn facts(tx: &mut Tx, handle: &[u8; 8], slot: u8, day: u16) -> Result<Option<Facts>, StoreError> {
    account::rely_on_handle(tx, handle).await?;
    let row = tx.one(FACTS, args![handle, slot, day]).await?;
    row.map(|row| read_facts(tx, row)).transpose()
}

pub(crate) const BURN: &str = "INSERT INTO burn (day, id, checker, bytes_hash, verdict, burned_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day, id) DO NOTHING";

/// Burns a token: of any number of gates at once, one gets `First`. A row that another deed is
/// just writing is waited for.
pub async fn burn(tx: &mut Tx, day: u16, token_id: &[u8; 16], b: &Burned) -> Result<Burn, StoreError> {
    tx.make_day(day).await?;
    let args = args![day, token_id, &b.checker, &b.bytes_hash, &b.verdict, b.burned_at];
    if tx.execute(BURN, args).await? == 1 {
        return Ok(Burn::First);
    }
    let before = burned(tx, day, token_id).await?;
    Ok(Burn::Already(before.ok_or(StoreError::Inconsistent("burn: a row that stood is gone"))?))
}

/// How a token was burned, if it was.
pub async fn burned(tx: &mut Tx, day: u16, token_id: &[u8; 16]) -> Result<Option<Burned>, StoreError> {
    let sql = "SELECT checker, bytes_hash, verdict, burned_at FROM burn WHERE day = $1 AND id = $2";
    tx.one(sql, args![day, token_id]).await?.map(read_burned).transpose()
}

/// Counts a wrong MAC against a token id; how many it has now.
pub async fn bad_mac(tx: &mut Tx, day: u16, token_id: &[u8; 16]) -> Result<u32, StoreError> {
    let sql = "INSERT INTO bad_mac (day, id, tries) VALUES ($1, $2, 1)
               ON CONFLICT (day, id) DO UPDATE SET tries = bad_mac.tries + 1 RETURNING tries";
    let row = tx.one(sql, args![day, token_id]).await?;
    row.map_or(Err(StoreError::Inconsistent("bad_mac")), |mut row| row.take())
}

/// Wrong MACs so far of a token id.
pub async fn bad_macs(tx: &mut Tx, day: u16, token_id: &[u8; 16]) -> Result<u32, StoreError> {
    let row = tx.one("SELECT tries FROM bad_mac WHERE day = $1 AND id = $2", args![day, token_id]).await?;
    row.map_or(Ok(0), |mut row| row.take())
}

/// Counts a show of a form that has a cap a day; false when the cap was reached before.
/// `holder` is a card's id, or an account's.
pub async fn show_within_cap(
    tx: &mut Tx,
    day: u16,
    scenario: &str,
    form: &str,
    holder: &str,
    cap: u32,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO form_use (day, scenario, form, holder, shows) SELECT $1, $2, $3, $4, 1 WHERE $5 > 0
               ON CONFLICT (day, scenario, form, holder) DO UPDATE SET shows = form_use.shows + 1
               WHERE form_use.shows < $5";
    Ok(tx.execute(sql, args![day, scenario, form, holder, cap]).await? == 1)
}

fn read_facts(tx: &Tx, mut row: Row) -> Result<Facts, StoreError> {
    let account: String = row.take()?;
    let Standing { state, proofing, .. } = Standing::read(tx, &account, &mut row)?;
    Ok(Facts {
        account,
        state,
        proofing,
        region: row.take()?,
        paper_off: row.take()?,
        short_off: row.take()?,
        t1_count: row.take::<Option<u16>>()?.unwrap_or(0),
        t0_count: row.take::<Option<u16>>()?.unwrap_or(0),
        withdrawn: row.take()?,
        device: device::last_of(&mut row)?,
    })
}

fn read_burned(mut row: Row) -> Result<Burned, StoreError> {
    Ok(Burned { checker: row.take()?, bytes_hash: row.take()?, verdict: row.take()?, burned_at: row.take()? })
}
