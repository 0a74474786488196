//! Residents' accounts: who they are (sealed), what state they are in, and the lock that deeds which
//! rely on them take. It does not know names or numbers: those are sealed before they come here.

use crate::db::value::{Arg, Row, args};
pub use crate::standing::State;
use crate::standing::{Standing, Stopper, change, standing_of};
use crate::{StoreError, Tx};

/// An account as it is stored.
#[derive(Debug, Clone)]
pub struct Account {
    /// `res_…`, in time order.
    pub id: String,
    /// The 8 random bytes inside each of its token ids.
    pub handle: [u8; 8],
    /// `resident` for now.
    pub kind: String,
    /// Sealed by field in custody.
    pub sealed_name: Vec<u8>,
    /// Sealed by field in custody.
    pub sealed_id_number: Vec<u8>,
    /// Sealed by field in custody.
    pub sealed_phone: Option<Vec<u8>>,
    /// Keyed hash of the ID number, one account each.
    pub blind_id: Vec<u8>,
    /// Short keyed hash of name and city, shared by many; None until the name is indexed.
    pub blind_name: Option<u16>,
    /// GB/T 2260, 6 digits.
    pub region: String,
    /// Active, suspended, dead.
    pub state: State,
    /// 0 claimed, 1 matched, 2 seen at a counter.
    pub proofing: u8,
    /// The holder wants no paper codes accepted.
    pub paper_off: bool,
    /// The holder wants no short numbers accepted.
    pub short_off: bool,
    /// Microseconds.
    pub created_at: i64,
    /// Raised by every change of the account, its devices and its consents.
    pub version: i64,
}

/// Digits of a county in GB/T 2260.
const REGION_LEN: usize = 6;

/// Where a list of accounts goes on.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The last id seen, or "" for the first page.
    pub after: &'a str,
    /// Rows at most.
    pub limit: u32,
}

const INSERT: &str = "INSERT INTO account (id, handle, kind, sealed_name, sealed_id_number, sealed_phone, blind_id,
    blind_name, region, state, proofing, paper_off, short_off, created_at, version, stopped_by, standing_seal) VALUES";
const COLUMNS: usize = 17;
/// Accounts a statement; PostgreSQL takes 65,535 values at once.
const CHUNK: usize = 4_000;

/// Inserts many at once; false for each whose ID number has an account already, which stays as it is.
/// A handle that is taken is a `Conflict`: draw another.
pub async fn insert_many(tx: &mut Tx, accounts: &[Account]) -> Result<Vec<bool>, StoreError> {
    let mut new = Vec::with_capacity(accounts.len());
    for chunk in accounts.chunks(CHUNK) {
        new.extend(insert_chunk(tx, chunk).await?);
    }
    let many = new.iter().filter(|new| **new).count();
    crate::tally::add(tx, "accounts", i64::try_from(many).unwrap_or(i64::MAX)).await?;
    Ok(new)
}

async fn insert_chunk(tx: &mut Tx, accounts: &[Account]) -> Result<Vec<bool>, StoreError> {
    let seals: Vec<_> = accounts.iter().map(|a| new_standing(a).seal(tx, &a.id)).collect();
    let mut args = Vec::with_capacity(accounts.len() * COLUMNS);
    for (a, seal) in accounts.iter().zip(&seals) {
        args.extend_from_slice(args![
            &a.id,
            &a.handle,
            &a.kind,
            &a.sealed_name,
            &a.sealed_id_number,
            a.sealed_phone.as_deref(),
            &a.blind_id,
            a.blind_name,
            &a.region,
            a.state,
            a.proofing,
            a.paper_off,
            a.short_off,
            a.created_at,
            a.version,
            0_u8,
            seal
        ]);
    }
    tx.insert_many(INSERT, "ON CONFLICT (blind_id) DO NOTHING", COLUMNS, &args).await
}

/// What is sealed of an account that comes.
fn new_standing(a: &Account) -> Standing {
    Standing {
        handle: a.handle,
        kind: a.kind.clone(),
        blind_id: a.blind_id.clone(),
        state: a.state,
        stopped_by: 0,
        proofing: a.proofing,
        seen_by_two: false,
        version: 1,
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, ",
            standing_of!(""),
            ", sealed_name, sealed_id_number, sealed_phone, blind_name, region, paper_off, short_off, created_at, version
             FROM account ",
            $tail
        )
    };
}

async fn one(tx: &mut Tx, sql: &'static str, args: &[Arg<'_>]) -> Result<Option<Account>, StoreError> {
    let row = tx.one(sql, args).await?;
    row.map(|row| account(tx, row)).transpose()
}

async fn several(tx: &mut Tx, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Account>, StoreError> {
    let rows = tx.rows(sql, args).await?;
    rows.into_iter().map(|row| account(tx, row)).collect()
}

/// By id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Account>, StoreError> {
    one(tx, select!("WHERE id = $1"), args![id]).await
}

/// By the keyed hash of an ID number.
pub async fn by_blind_id(tx: &mut Tx, blind_id: &[u8]) -> Result<Option<Account>, StoreError> {
    one(tx, select!("WHERE blind_id = $1"), args![blind_id]).await
}

/// Where a list in the order of the name index goes on: behind this region and id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameKey {
    /// GB/T 2260, 6 digits; "" for the first page.
    pub region: String,
    /// `res_…`
    pub id: String,
}

/// Those that share a name's short hash in a county, or in a city by its first four digits, in the order of the index.
/// Most of them carry another name: who opens them compares.
pub async fn by_blind_name(
    tx: &mut Tx,
    blind_name: u16,
    region: &str,
    after: &NameKey,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let sql = select!(
        "WHERE blind_name = $1 AND region >= $2 AND region < $3 AND (region, id) > ($4, $5) ORDER BY region, id LIMIT $6"
    );
    // '~' sorts after every digit.
    let end = format!("{region}~");
    let args = args![blind_name, region, &end, &after.region, &after.id, limit];
    several(tx, sql, args).await
}

/// Accounts whose name is not indexed yet, in the order of the index.
pub async fn without_blind_name(tx: &mut Tx, after: &NameKey, limit: u32) -> Result<Vec<Account>, StoreError> {
    let sql = select!("WHERE blind_name IS NULL AND (region, id) > ($1, $2) ORDER BY region, id LIMIT $3");
    several(tx, sql, args![&after.region, &after.id, limit]).await
}

/// Whether anybody of a county or city has a name that is not indexed.
pub async fn lacks_blind_name(tx: &mut Tx, region: &str) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM account WHERE blind_name IS NULL AND region >= $1 AND region < $2 LIMIT 1";
    Ok(tx.one(sql, args![region, &format!("{region}~")]).await?.is_some())
}

/// Writes a name's short hash where there is none; no change that anybody relies on.
pub async fn set_blind_name(tx: &mut Tx, id: &str, blind_name: u16) -> Result<bool, StoreError> {
    let sql = "UPDATE account SET blind_name = $2 WHERE id = $1 AND blind_name IS NULL";
    Ok(tx.execute(sql, args![id, blind_name]).await? == 1)
}

/// Empties the name index of so many accounts; how many there were.
pub async fn forget_blind_names(tx: &mut Tx, limit: u32) -> Result<u64, StoreError> {
    let sql = "UPDATE account SET blind_name = NULL
               WHERE id IN (SELECT id FROM account WHERE blind_name IS NOT NULL ORDER BY id LIMIT $1)";
    tx.execute(sql, args![limit]).await
}

/// By the handle in a token id.
pub async fn by_handle(tx: &mut Tx, handle: &[u8; 8]) -> Result<Option<Account>, StoreError> {
    one(tx, select!("WHERE handle = $1"), args![handle]).await
}

/// In order of id; of one county (six digits of GB/T 2260), or of a city or province by its first digits, when given.
pub async fn page(tx: &mut Tx, region: Option<&str>, page: Page<'_>) -> Result<Vec<Account>, StoreError> {
    match region {
        Some(region) if region.len() < REGION_LEN => {
            let sql = select!("WHERE substr(region, 1, length($1)) = $1 AND id > $2 ORDER BY id LIMIT $3");
            several(tx, sql, args![region, page.after, page.limit]).await
        }
        Some(region) => {
            let sql = select!("WHERE region = $1 AND id > $2 ORDER BY id LIMIT $3");
            several(tx, sql, args![region, page.after, page.limit]).await
        }
        None => several(tx, select!("WHERE id > $1 ORDER BY id LIMIT $2"), args![page.after, page.limit]).await,
    }
}

/// Says that this deed relies on the account as it stands: whoever changes it, its devices or its
/// consents waits until this deed is durable. Call it before the read; never before `changed`.
pub async fn rely_on(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    tx.share("SELECT id FROM account WHERE id = $1 FOR SHARE", args![id]).await
}

/// `rely_on` by the handle in a token id.
pub async fn rely_on_handle(tx: &mut Tx, handle: &[u8; 8]) -> Result<(), StoreError> {
    tx.share("SELECT id FROM account WHERE handle = $1 FOR SHARE", args![handle]).await
}

/// Says that this deed changes the account, its devices or its consents; call it first of all.
/// False when there is no such account.
pub async fn changed(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    Ok(tx.execute("UPDATE account SET version = version + 1 WHERE id = $1", args![id]).await? == 1)
}

/// `rely_on` for two accounts at once, in the order of their ids whichever comes first.
pub async fn rely_on_both(tx: &mut Tx, one: &str, other: &str) -> Result<(), StoreError> {
    tx.share("SELECT id FROM account WHERE id IN ($1, $2) ORDER BY id FOR SHARE", args![one, other]).await
}

/// `changed` for two accounts at once, in the order of their ids; false when one of them is none.
pub async fn changed_both(tx: &mut Tx, one: &str, other: &str) -> Result<bool, StoreError> {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    Ok(changed(tx, first).await? && changed(tx, second).await?)
}

/// `changed` for one and `rely_on` for others at once, in the order of their ids; false when there is no such account.
pub async fn changed_beside(tx: &mut Tx, id: &str, others: &[String]) -> Result<bool, StoreError> {
    let mut all: Vec<&str> = others.iter().map(String::as_str).chain([id]).collect();
    all.sort_unstable();
    all.dedup();
    let mut found = false;
    for one in all {
        if one == id {
            found = changed(tx, one).await?;
        } else {
            rely_on(tx, one).await?;
        }
    }
    Ok(found)
}

/// Sets the state as an operator does; false when there is no such account, or it is dead, which nothing undoes.
/// An account that the person restricted stays suspended when an operator resumes it: read it again.
pub async fn set_state(tx: &mut Tx, id: &str, state: State) -> Result<bool, StoreError> {
    let set = move |standing: &mut Standing| {
        match state {
            _ if standing.state == State::Dead => return false,
            State::Active => drop(standing.let_go(Stopper::Operator)),
            State::Suspended => drop(standing.stop(Stopper::Operator)),
            State::Dead => standing.state = State::Dead,
        }
        true
    };
    change(tx, id, set).await
}

/// Switches processing off or on as the person does; false when it stands so already, or the account is dead.
/// An account that an operator suspended stays so: read it again.
pub async fn set_restricted(tx: &mut Tx, id: &str, restricted: bool) -> Result<bool, StoreError> {
    set_stopped(tx, id, Stopper::Owner, restricted).await
}

/// Suspends an account whose death is reported, or takes that back; false when it stands so already, or it is final.
/// What the person or an operator stopped stays stopped: read it again.
pub async fn set_reported_dead(tx: &mut Tx, id: &str, reported: bool) -> Result<bool, StoreError> {
    set_stopped(tx, id, Stopper::Death, reported).await
}

async fn set_stopped(tx: &mut Tx, id: &str, by: Stopper, stopped: bool) -> Result<bool, StoreError> {
    let set = move |standing: &mut Standing| {
        standing.state != State::Dead && if stopped { standing.stop(by) } else { standing.let_go(by) }
    };
    change(tx, id, set).await
}

/// Says how well it is known who somebody is (0 to 2), and whether two officers saw it; false when there is no such account.
pub async fn set_proofing(tx: &mut Tx, id: &str, proofing: u8, seen_by_two: bool) -> Result<bool, StoreError> {
    let set = move |standing: &mut Standing| {
        (standing.proofing, standing.seen_by_two) = (proofing, seen_by_two);
        true
    };
    change(tx, id, set).await
}

/// Whether two officers saw this person.
pub async fn seen_by_two(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    Ok(standing(tx, id).await?.is_some_and(|standing| standing.seen_by_two))
}

/// Whether the person switched processing off.
pub async fn is_restricted(tx: &mut Tx, id: &str) -> Result<bool, StoreError> {
    Ok(standing(tx, id).await?.is_some_and(|standing| standing.is_stopped_by(Stopper::Owner)))
}

async fn standing(tx: &mut Tx, id: &str) -> Result<Option<Standing>, StoreError> {
    let sql = concat!("SELECT ", standing_of!(""), " FROM account WHERE id = $1");
    let row = tx.one(sql, args![id]).await?;
    row.map(|mut row| Standing::read(tx, id, &mut row)).transpose()
}

/// A name that was corrected, sealed, with its index.
pub async fn set_name(tx: &mut Tx, id: &str, sealed_name: &[u8], blind_name: u16) -> Result<bool, StoreError> {
    let sql = "UPDATE account SET sealed_name = $2, blind_name = $3, version = version + 1 WHERE id = $1";
    Ok(tx.execute(sql, args![id, sealed_name, blind_name]).await? == 1)
}

/// A region that was corrected, with the name's index in it.
pub async fn set_region(tx: &mut Tx, id: &str, region: &str, blind_name: u16) -> Result<bool, StoreError> {
    let sql = "UPDATE account SET region = $2, blind_name = $3, version = version + 1 WHERE id = $1";
    Ok(tx.execute(sql, args![id, region, blind_name]).await? == 1)
}

/// The holder's switches: paper codes and short numbers.
pub async fn set_switches(tx: &mut Tx, id: &str, paper_off: bool, short_off: bool) -> Result<bool, StoreError> {
    let sql = "UPDATE account SET paper_off = $2, short_off = $3, version = version + 1 WHERE id = $1";
    Ok(tx.execute(sql, args![id, paper_off, short_off]).await? == 1)
}

/// A telephone number proved anew, sealed.
pub async fn set_phone(tx: &mut Tx, id: &str, sealed_phone: Option<&[u8]>) -> Result<bool, StoreError> {
    let sql = "UPDATE account SET sealed_phone = $2, version = version + 1 WHERE id = $1";
    Ok(tx.execute(sql, args![id, sealed_phone]).await? == 1)
}

/// A sealed column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedField {
    /// The name.
    Name,
    /// The ID number.
    IdNumber,
    /// The telephone number.
    Phone,
}

/// Puts a value that is sealed anew in the place of the old sealing, unless it was changed meanwhile.
/// What the row says stays as it is, so its version does too.
pub async fn seal_anew(
    tx: &mut Tx,
    id: &str,
    field: SealedField,
    before: &[u8],
    after: &[u8],
) -> Result<bool, StoreError> {
    let sql = match field {
        SealedField::Name => "UPDATE account SET sealed_name = $3 WHERE id = $1 AND sealed_name = $2",
        SealedField::IdNumber => "UPDATE account SET sealed_id_number = $3 WHERE id = $1 AND sealed_id_number = $2",
        SealedField::Phone => "UPDATE account SET sealed_phone = $3 WHERE id = $1 AND sealed_phone = $2",
    };
    Ok(tx.execute(sql, args![id, before, after]).await? == 1)
}

fn account(tx: &Tx, mut row: Row) -> Result<Account, StoreError> {
    let id: String = row.take()?;
    let Standing { handle, kind, blind_id, state, proofing, .. } = Standing::read(tx, &id, &mut row)?;
    Ok(Account {
        id,
        handle,
        kind,
        blind_id,
        state,
        proofing,
        sealed_name: row.take()?,
        sealed_id_number: row.take()?,
        sealed_phone: row.take()?,
        blind_name: row.take()?,
        region: row.take()?,
        paper_off: row.take()?,
        short_off: row.take()?,
        created_at: row.take()?,
        version: row.take()?,
    })
}
