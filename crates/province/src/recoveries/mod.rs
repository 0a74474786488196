//! Recoveries: what the deeds of both officers, of the person and of whoever stops it share. The row under its seal, the
//! notices, and what proofing a sign-in shows. It does not know pages. Why it is so: docs/decisions/0019.

mod ask;
mod hold;
mod officers;
pub(crate) mod phones;
mod stop;
mod waiting;
mod ward;

pub use ask::BeginRecovery;
pub use hold::StandingRecovery;
pub use phones::PhoneToKeep;
pub use waiting::RecoveryRow;
pub use ward::Ward;

use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::error::{DeedError, Text};
use crate::mandates::Hand;
use crate::row_seal::{RowSealer, sealed_row};
use yima_store::account::{self, Account};
use yima_store::one_time::Peeked;
use yima_store::recovery::{self, By, Recovery, Review, State};
use yima_store::{Tx, edge};

/// Who asks for it at a counter has so long until a colleague answers, and the resident so long again afterwards.
pub(crate) const OPEN_S: i64 = 15 * 60;
/// What matters waits so long after it (R14), and longer where another device could still say no.
pub(crate) const HOLD_S: i64 = 24 * 3600;
pub(crate) const HOLD_WITH_DEVICES_S: i64 = 72 * 3600;
/// One-time rows of this kind wait for an officer.
pub(crate) const KIND: &str = "recover";

/// A recovery as it begins at a moment, for the browser that showed its letters: nothing is made, suspended or looked at yet,
/// and who asks is still to be said.
fn begun(by: By, holder: &Account, shown: &Peeked, (now_us, stop_hash): (i64, Vec<u8>)) -> Result<Recovery, DeedError> {
    let body: serde_json::Value = serde_json::from_str(&shown.body).map_err(DeedError::internal)?;
    Ok(Recovery {
        id: String::new(),
        account: holder.id.clone(),
        by,
        state: State::Asked,
        officer: String::new(),
        officer_person: String::new(),
        approver: String::new(),
        approver_person: String::new(),
        evidence: String::new(),
        number: body["number"].as_str().unwrap_or_default().to_owned(),
        browser: hex::decode(shown.session.as_deref().unwrap_or_default()).map_err(DeedError::internal)?,
        asked_use: String::new(),
        approved_use: None,
        asked_at: now_us,
        expires_at: now_us + OPEN_S * MICROS,
        hold_until: None,
        ended_at: None,
        made: String::new(),
        suspended: String::new(),
        phones_suspended: None,
        phones_kept: None,
        proofing_before: holder.proofing,
        stop_hash,
        review: Review::None,
        reviewed_by: None,
        version: 1,
        seal: Vec::new(),
    })
}

impl Province {
    /// The letters that a browser's page shows to an officer: made of its cookie, which the officer never sees.
    pub(crate) fn recovery_number(&self, cookie: &str) -> String {
        const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
        let mark = self.marked("recovery", &[cookie.as_bytes()]);
        let letters = mark.iter().filter(|byte| **byte < 248).map(|byte| ALPHABET[usize::from(byte % 31)]);
        let text: String = letters.take(8).map(char::from).collect();
        format!("{}-{}", &text[..text.len().min(4)], &text[text.len().min(4)..])
    }

    pub(crate) fn recovery_number_hash(&self, number: &str) -> [u8; 32] {
        self.peppered("recovery-number", &crate::enrol_device::plain(number))
    }

    /// Tells the account's telephone, with an address that stops it by one touch.
    pub(crate) fn tell_telephone(&self, holder: &Account, secret: &str, held: bool) {
        let Some(phone) = self.phone_of(holder) else { return };
        let url = format!("{}/account/recover/stop?link={secret}", self.public_url());
        let text = if held {
            format!(
                "【一码】你的账户刚在窗口找回，重要的事暂缓办理。不是你？立即停止：{url} Your account was recovered at a counter. Not you? Stop it: {url}"
            )
        } else {
            format!(
                "【一码】有人在窗口为你的账户办理找回。不是你？立即停止：{url} Somebody asks at a counter to recover your account. Not you? Stop it: {url}"
            )
        };
        self.messenger.send(&phone, &text, self.now_s());
    }
}

impl RowSealer {
    /// Writes a changed row: one version on, sealed anew. Of two that change it one is told that it was too late.
    pub(crate) async fn change_recovery(&self, tx: &mut Tx, row: Recovery) -> Result<Recovery, DeedError> {
        let before = row.version;
        let row = self.next(row);
        if recovery::change(tx, &row, before).await? { Ok(row) } else { Err(over()) }
    }
}

/// Leaves a notice for the account and for everybody who is its guardian now.
pub(crate) async fn tell_all(
    tx: &mut Tx,
    hand: &mut Hand,
    account: &str,
    now_us: i64,
    kind: &str,
) -> Result<(), DeedError> {
    tell(tx, hand.row_id(now_us), account, now_us, kind).await?;
    for guardian in guardians(tx, hand, account, now_us).await? {
        tell(tx, hand.row_id(now_us), &guardian, now_us, "recovery_of_ward").await?;
    }
    Ok(())
}

/// The accounts of those who are guardians of an account now.
pub(crate) async fn guardians(tx: &mut Tx, hand: &Hand, account: &str, now_us: i64) -> Result<Vec<String>, DeedError> {
    let mut found = Vec::new();
    for row in edge::of_account(tx, account).await? {
        let now = row.from_at <= now_us && now_us < row.until_at;
        if row.kind == "guardian" && row.principal == account && row.state == edge::State::Active && now {
            hand.right(&row)?;
            found.push(row.actor);
        }
    }
    Ok(found)
}

/// The proofing that a sign-in shows: 2 says that two officers saw the person, so whoever made the first way to sign in by
/// the code of one officer is matched to the register and no more (R13).
pub(crate) async fn proofing_shown(tx: &mut Tx, holder: &Account) -> Result<u8, DeedError> {
    if holder.proofing <= 1 || account::seen_by_two(tx, &holder.id).await? {
        return Ok(holder.proofing);
    }
    Ok(1)
}

pub(crate) fn under_way() -> DeedError {
    DeedError::Conflict(Text::new(
        "这个账户正在办找回，或刚找回还在保护期。要重来，请先停止它",
        "A recovery of this account is under way or in its hold. To begin anew, stop it first",
    ))
}

pub(crate) fn no_device() -> DeedError {
    DeedError::invalid(
        "number",
        "没有设备正显示这个找回号。请居民在自己的手机上打开“找回账户”，照着念",
        "No device shows these letters now. The resident opens Recover the account on their own phone and reads them out",
    )
}

pub(crate) fn over() -> DeedError {
    DeedError::Conflict(Text::new(
        "这次找回已经结束、停止或超时，请重新办理",
        "This recovery is over, was stopped or came too late; begin anew",
    ))
}

// Every column that the seal covers.
sealed_row!(Recovery, "recovery", |r, with| {
    let number = |n: Option<i64>| n.map_or_else(Vec::new, |n| n.to_be_bytes().to_vec());
    let (hold, ended) = (number(r.hold_until), number(r.ended_at));
    let fields: [&[u8]; 22] = [
        r.account.as_bytes(),
        r.state.as_str().as_bytes(),
        r.officer.as_bytes(),
        r.officer_person.as_bytes(),
        r.approver.as_bytes(),
        r.approver_person.as_bytes(),
        r.evidence.as_bytes(),
        r.number.as_bytes(),
        &r.browser,
        r.asked_use.as_bytes(),
        r.approved_use.as_deref().unwrap_or("").as_bytes(),
        &r.asked_at.to_be_bytes(),
        &r.expires_at.to_be_bytes(),
        &hold,
        &ended,
        r.made.as_bytes(),
        r.suspended.as_bytes(),
        &[r.proofing_before],
        &r.stop_hash,
        r.review.as_str().as_bytes(),
        r.reviewed_by.as_deref().unwrap_or("").as_bytes(),
        // The word of before there was anybody but officers.
        if r.by == By::Officers { b"1" } else { r.by.as_str().as_bytes() },
    ];
    // Rows of before phones were asked about carry a seal without them.
    match (&r.phones_suspended, &r.phones_kept) {
        (None, None) => with(&fields),
        (suspended, kept) => {
            let phones = [suspended, kept].map(|list| list.as_deref().unwrap_or("").as_bytes());
            with(&[&fields[..], &phones].concat())
        }
    }
});
