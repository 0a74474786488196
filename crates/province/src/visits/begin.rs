//! The officer's side: who it is was seen by an ID card, or by a code that answered this counter's challenge and a photo; what
//! may be done is listed; a short code opens it at one kiosk. It does not know what the kiosk shows.

use super::{CODE_S, end};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::Done;
use crate::enrol_device::plain;
use crate::error::{DeedError, Text};
use crate::home::standing;
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, UseId, VisitId};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_kernel::visit::{LISTABLE, VISIT_MAX_S, listable};
use yima_keys::person::IdNumber;
use yima_store::account::{self, Account};
use yima_store::uses;
use yima_store::visit::{self, Seen, State, Visit as Row};

/// A code that was checked at this counter says who it is for so long.
const CHECKED_WITHIN_S: i64 = 120;
/// Longest name of a kiosk, characters.
const KIOSK_MAX: usize = 20;

/// What the officer writes.
#[derive(Clone, Debug)]
pub struct BeginVisit {
    /// Read off the ID card, or typed from it; hashed and forgotten.
    pub id_number: Option<String>,
    /// Instead: `use_…`, the receipt of a code that answered the challenge of a gate of this place a moment ago.
    pub receipt: Option<String>,
    /// The officer compared the face with the photo, of the card or of the register.
    pub face: bool,
    /// The place.
    pub site: u32,
    /// Which kiosk there.
    pub kiosk: String,
    /// Words of deeds.
    pub deeds: Vec<String>,
}

/// A visit that waits at its kiosk.
#[derive(Clone, Debug)]
pub struct VisitBegun {
    /// `vis_…`
    pub id: String,
    /// Eight letters for the kiosk, shown once.
    pub code: String,
    /// Unix seconds until which the code opens it.
    pub code_until: i64,
    /// Unix seconds at which it is over.
    pub until_at: i64,
    /// Masked name, to be compared.
    pub name_masked: String,
}

impl Province {
    /// Begins a visit. One that stands at the same kiosk ends.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for what was not seen or can't be listed; [`DeedError::NotFound`] for nobody, and for a receipt
    /// that says nothing now.
    pub async fn begin_visit(&self, actor: &Actor, wish: BeginVisit) -> Result<VisitBegun, DeedError> {
        self.may_at_all(actor, Deed::BeginVisit).await?;
        let kiosk = kiosk(&wish.kiosk)?;
        let deeds = deeds(&wish.deeds)?;
        if self.live().site(wish.site).is_none() {
            return Err(DeedError::NotFound("place"));
        }
        if !wish.face {
            return Err(DeedError::invalid("face", "请先核对本人和照片", "Compare the face with the photo first"));
        }
        let (holder, seen) = self.seen_at_counter(&wish).await?;
        let subject = AccountId::parse(&holder.id).map_err(DeedError::internal)?;
        let (code, now_us) = (self.visit_code(), self.now_us());
        let mut row = Row {
            id: VisitId::new(self.now_ms(), self.chance.bytes()).to_string(),
            account: holder.id.clone(),
            officer: actor.id().to_owned(),
            site: wish.site,
            kiosk,
            seen,
            receipt: wish.receipt.filter(|_| seen == Seen::Code),
            deeds,
            state: State::Waiting,
            code_hash: self.visit_code_hash(&code).to_vec(),
            session: None,
            begun_use: String::new(),
            begun_at: now_us,
            until_at: now_us + VISIT_MAX_S * MICROS,
            ended_at: None,
            reason: None,
            version: 1,
            seal: Vec::new(),
        };
        let begun = VisitBegun {
            id: row.id.clone(),
            code,
            code_until: now_us / MICROS + CODE_S,
            until_at: row.until_at / MICROS,
            name_masked: self.name_of(&holder)?.masked(),
        };
        let (notice, seals) = (self.new_row_id(), self.sealer_of_rows());
        let (site, name, id) = (row.site, row.kiosk.clone(), row.account.clone());
        self.short(
            Request::of(actor.clone(), Deed::BeginVisit).about(subject),
            move |tx| {
                Box::pin(async move {
                    // Who stands at this kiosk loses it, and both accounts are locked in one order.
                    let before = visit::at_kiosk(tx, site, &name).await?;
                    match before.map(|before| before.account).filter(|other| *other != id) {
                        Some(other) => account::changed_both(tx, &id, &other).await?,
                        None => account::changed(tx, &id).await?,
                    };
                    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    Ok((Facts { subject_state: Some(standing(holder.state)), ..Facts::default() }, ()))
                })
            },
            move |tx, (), door| {
                Box::pin(async move {
                    if let Some(before) = visit::at_kiosk(tx, row.site, &row.kiosk).await? {
                        end(tx, &seals, seals.trusted(before)?, "next", door.now_us).await?;
                    }
                    door.use_id.as_str().clone_into(&mut row.begun_use);
                    let row = seals.sealed(row);
                    visit::insert(tx, &row).await?;
                    tell(tx, notice, &row.account, door.now_us, "visit_began").await?;
                    let detail = json!({
                        "deeds": row.deeds, "kiosk": row.kiosk, "seen": row.seen.as_str(), "until": row.until_at / MICROS,
                        "visit": { "id": row.id, "officer": row.officer, "site": row.site },
                    });
                    Ok(Done { note: crate::doorway::Note { site: Some(row.site), ..Default::default() }, value: () }
                        .detail(detail))
                })
            },
        )
        .await?;
        Ok(begun)
    }

    /// Whom the officer saw, and how.
    async fn seen_at_counter(&self, wish: &BeginVisit) -> Result<(Account, Seen), DeedError> {
        let number = wish.id_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let receipt = wish.receipt.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match (number, receipt) {
            (Some(text), None) => {
                let number = IdNumber::parse(text).map_err(|_| {
                    DeedError::invalid(
                        "id_number",
                        "不是有效的身份证号，请再读一次卡",
                        "That is no ID number; read the card again",
                    )
                })?;
                let blind = self.sealer.blind(&number);
                let found = self
                    .store
                    .read_one::<_, DeedError, _>(move |tx| {
                        Box::pin(async move { Ok(account::by_blind_id(tx, blind.as_bytes()).await?) })
                    })
                    .await?;
                found.map(|holder| (holder, Seen::Card)).ok_or(DeedError::NotFound("resident"))
            }
            (None, Some(receipt)) => self.seen_by_code(receipt, wish.site).await.map(|holder| (holder, Seen::Code)),
            _ => Err(DeedError::invalid(
                "id_number",
                "读身份证，或填刚在本窗口核验的动态码的回执号，二选一",
                "The ID card, or the receipt of a code that answered this counter's challenge: one of the two",
            )),
        }
    }

    /// Whose code answered the challenge of a gate of this place within the last two minutes.
    async fn seen_by_code(&self, receipt: &str, site: u32) -> Result<Account, DeedError> {
        let id = UseId::parse(receipt).map_err(|_| DeedError::NotFound("receipt"))?.as_str().to_owned();
        let since = self.now_us() - CHECKED_WITHIN_S * MICROS;
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let found = uses::find(tx, &id).await?.filter(|one| {
                        one.deed == Deed::CheckCode.as_str()
                            && one.outcome == "valid"
                            && one.form.as_deref() == Some("T1c")
                            && one.site == Some(site)
                            && one.online
                            && one.at >= since
                            // Shown for somebody else: whose face is at the counter is not whose code it is.
                            && !one.detail.as_deref().is_some_and(|detail| detail.contains("\"mandate\""))
                    });
                    let account = found.and_then(|one| one.account).ok_or(DeedError::NotFound("receipt"))?;
                    account::find(tx, &account).await?.ok_or(DeedError::NotFound("resident"))
                })
            })
            .await
    }

    fn visit_code(&self) -> String {
        const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
        let mut text = String::new();
        while text.len() < 8 {
            let [byte] = self.chance.bytes::<1>();
            // 248 = 8 * 31: each letter is as likely as any other.
            if byte < 248 {
                text.push(char::from(ALPHABET[usize::from(byte % 31)]));
            }
        }
        format!("{}-{}", &text[..4], &text[4..])
    }

    pub(super) fn visit_code_hash(&self, code: &str) -> [u8; 32] {
        self.peppered("visit-code", &plain(code))
    }
}

/// A kiosk's name as it is kept.
fn kiosk(text: &str) -> Result<String, DeedError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > KIOSK_MAX || !shown_text::is_line(text) {
        return Err(DeedError::invalid(
            "kiosk",
            "写明是哪台自助机，20 字以内",
            "Say which kiosk, in at most 20 characters",
        ));
    }
    Ok(text.to_owned())
}

/// The list, in one order; whatever shows one's own things shows the record too, so that the list says so.
fn deeds(words: &[String]) -> Result<String, DeedError> {
    let mut asked = Vec::new();
    for word in words {
        asked.push(listable(word).ok_or_else(|| {
            DeedError::invalid("deeds", "有一项不能在窗口协助办理", "One of these can't be done with help at a counter")
        })?);
    }
    if asked.is_empty() {
        return Err(DeedError::Invalid { field: "deeds", why: Text::new("至少选一项", "List one deed at least") });
    }
    asked.push(Deed::SeeRecord);
    let listed: Vec<&str> = LISTABLE.into_iter().filter(|deed| asked.contains(deed)).map(Deed::as_str).collect();
    Ok(listed.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{deeds, kiosk};

    #[test]
    fn a_visit_lists_what_can_be_listed_and_no_more() {
        let of = |words: &[&str]| deeds(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["withdraw_app"]).unwrap(), "see_record withdraw_app");
        assert_eq!(of(&["end_session", "see_record", "end_session"]).unwrap(), "see_record end_session");
        for bad in [&[][..], &["add_authenticator"], &["see_record", "delete_data"], &["begin_visit"]] {
            assert!(of(bad).is_err(), "{bad:?}");
        }
        assert_eq!(kiosk(" 3 号 ").unwrap(), "3 号");
        assert!(kiosk("").is_err() && kiosk(&"一".repeat(21)).is_err() && kiosk("a\nb").is_err());
    }
}
