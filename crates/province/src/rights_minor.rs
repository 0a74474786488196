//! Whose word a wish about somebody's own data is: under 14 a guardian's (Personal Information Protection Law article 31), from
//! 14 on their own, of which every guardian is told; what rule R16 calls heavy can be objected to. It does not know the rights.

use crate::clock::MICROS;
use crate::devices::tell;
use crate::error::{DeedError, Text};
use crate::mandates::{Hand, OBJECTION_S};
use crate::recoveries::guardians;
use crate::under_mandate::is_child;
use yima_store::rights_request::{self, Change, Request, State};
use yima_store::{Tx, account};

/// How the id of a mandate begins: what carries it was asked by a guardian.
const MANDATE: &str = "edg_";

/// A guardian asked for it.
pub(crate) fn by_guardian(row: &Request) -> bool {
    row.asked_by.starts_with(MANDATE)
}

/// Lets nobody under 14 decide by themselves. Lock or rely on the account first.
pub(crate) async fn not_a_child(tx: &mut Tx, hand: &Hand, id: &str, now_us: i64) -> Result<(), DeedError> {
    if decided_for(tx, hand, id, now_us).await? {
        return Err(guardian_decides());
    }
    Ok(())
}

/// A guardian decides for this account.
pub(crate) async fn decided_for(tx: &mut Tx, hand: &Hand, id: &str, now_us: i64) -> Result<bool, DeedError> {
    let holder = account::find(tx, id).await?.ok_or(DeedError::NotFound("resident"))?;
    // Of who was deleted no day of birth is left.
    Ok(!holder.sealed_id_number.is_empty() && is_child(tx, hand, &holder, now_us).await?)
}

/// Lets nobody under 14 undo what a guardian asked, as long as there is a guardian.
pub(crate) async fn not_against_guardian(
    tx: &mut Tx,
    hand: &Hand,
    row: &Request,
    now_us: i64,
) -> Result<(), DeedError> {
    if by_guardian(row)
        && decided_for(tx, hand, &row.account, now_us).await?
        && !guardians(tx, hand, &row.account, now_us).await?.is_empty()
    {
        return Err(DeedError::Conflict(Text::new(
            "这是监护人替你提出的，由监护人在“家人”页撤回",
            "your guardian asked for this, and takes it back on their Family page",
        )));
    }
    Ok(())
}

/// Where somebody has guardians, lets what is heavy wait for their objection; the guardians to be told.
pub(crate) async fn heard_by_guardians(
    tx: &mut Tx,
    hand: &Hand,
    row: &mut Request,
    heavy: bool,
    now_us: i64,
) -> Result<Vec<String>, DeedError> {
    let all = guardians(tx, hand, &row.account, now_us).await?;
    if heavy && !all.is_empty() {
        row.state = State::Held;
        row.hold_until = row.hold_until.max(now_us + OBJECTION_S * MICROS);
    }
    Ok(all)
}

/// Tells guardians what somebody in their care asked by themselves.
pub(crate) async fn tell_guardians(
    tx: &mut Tx,
    all: &[String],
    row: &Request,
    heavy: bool,
    now_us: i64,
) -> Result<(), DeedError> {
    let kind = if heavy { "ward_wishes" } else { "ward_did" };
    for (nth, guardian) in all.iter().enumerate() {
        tell(tx, format!("{}-guardian-{nth}", row.id), guardian, now_us, kind).await?;
    }
    Ok(())
}

/// Takes out of a guardian's way what the child asked by itself.
pub(crate) async fn out_of_the_way(tx: &mut Tx, mandate: &str, asked: &Request, now_us: i64) -> Result<(), DeedError> {
    for row in rights_request::of_account(tx, &asked.account).await? {
        if row.kind != asked.kind || by_guardian(&row) || !matches!(row.state, State::Held | State::Waiting) {
            continue;
        }
        let change = Change { from: row.state, to: State::Stopped, by: mandate, at: now_us, sealed_answer: None };
        if rights_request::change(tx, &row.id, change).await? {
            tell(tx, format!("{}-instead", row.id), &row.account, now_us, "right_stopped").await?;
        }
    }
    Ok(())
}

fn guardian_decides() -> DeedError {
    DeedError::Conflict(Text::new(
        "未满十四岁，这件事由监护人决定：请监护人在自己手机的“家人”页提出。没有登记监护人的，请家人到窗口登记",
        "under 14 a guardian decides this: they ask on the Family page of their own phone. Where none is registered, the family goes to a counter",
    ))
}
