//! Whom the named admissions of an offline gate were of: each is believed for both signatures, its place and its time.
//! It does not know the gate's other records, nor what becomes of these.

use crate::Province;
use crate::error::DeedError;
use crate::keyring::{Keyring, purpose};
use crate::upload_records::Named;
use std::collections::HashMap;
use yima_code::day::Day;
use yima_code::id::{IdForm, TokenId, TokenIdKey};
use yima_code::token::{Presented, T1};
use yima_kernel::usage::Outcome;
use yima_keys::{PublicKey, Suite};
use yima_store::day_key::{self, DayKey};

/// Between the signed time and the admission: a phone's clock and a gate's are never further apart than that.
const APART_MAX_S: i64 = 600;
/// The oldest token of which a record is taken, and a day for its late hours.
const DAYS_BACK: u16 = 36;

/// An admission that the gate can have verified.
#[derive(Clone)]
pub(crate) struct Admission {
    pub at: i64,
    /// Names the holder; none once the day's id key is destroyed, after which nobody can tell.
    pub token: Option<TokenId>,
    pub form: &'static str,
    pub verdict: Outcome,
    pub reason: Option<&'static str>,
}

/// What is needed to read tokens of the days of a batch, and where the gate stands.
struct Reading {
    issuers: HashMap<[u8; 4], (u16, PublicKey)>,
    ids: HashMap<(u16, u8), TokenIdKey>,
    scenario: u16,
    site: u32,
}

impl Province {
    /// The admissions of a batch that hold. What anybody could have written is left out: it is no evidence.
    pub(crate) async fn admissions(
        &self,
        named: Vec<Named>,
        scenario: u16,
        site: u32,
    ) -> Result<Vec<Admission>, DeedError> {
        let tokens: Vec<_> = named.into_iter().filter_map(|one| Some((signed(&one.digits)?, one))).collect();
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let today = Day::of(self.now_u32()).0;
        let (from, to) = (today.saturating_sub(DAYS_BACK), today.saturating_add(1));
        let rows = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(day_key::of_days(tx, from, to).await?) }))
            .await?;
        let wanted = |row: &&DayKey| tokens.iter().any(|(token, _)| token.1.fields().day.0 == row.day);
        let rows: Vec<&DayKey> = rows.iter().filter(wanted).collect();
        let reading = Reading::of(&rows, &self.keys, scenario, site)?;
        // Two signatures each, up to two thousand times: no request waits behind them.
        let read = tokio::task::spawn_blocking(move || {
            tokens.iter().filter_map(|((form, token), one)| reading.admission(form, token, one)).collect()
        });
        read.await.map_err(DeedError::internal)
    }
}

/// A token of a phone, with the word for its form.
fn signed(digits: &str) -> Option<(&'static str, T1)> {
    let presented = Presented::from_digits(digits).ok()?;
    let form = presented.form().as_str();
    match presented {
        Presented::T1(token) | Presented::T1c(token) => Some((form, token)),
        Presented::T0(_) | Presented::T2(_) => None,
    }
}

impl Reading {
    /// Public halves of keys that were destroyed stand too: what they signed was good on its day.
    fn of(rows: &[&DayKey], keys: &Keyring, scenario: u16, site: u32) -> Result<Self, DeedError> {
        let (mut issuers, mut ids) = (HashMap::new(), HashMap::new());
        for row in rows {
            let suite = Suite::from_number(row.suite).ok_or_else(|| DeedError::internal("day_key.suite"))?;
            match row.purpose.as_str() {
                purpose::T1 => {
                    let kid = row.kid.as_slice().try_into().map_err(DeedError::internal)?;
                    let public: [u8; 33] = row.public_key.as_slice().try_into().map_err(DeedError::internal)?;
                    let public = PublicKey::parse(suite, &public).map_err(DeedError::internal)?;
                    issuers.insert(kid, (row.day, public));
                }
                purpose::ID => {
                    ids.extend(keys.id_key(row, suite)?.map(|key| ((row.day, row.suite), key)));
                }
                _ => {}
            }
        }
        Ok(Self { issuers, ids, scenario, site })
    }

    fn admission(&self, form: &'static str, token: &T1, named: &Named) -> Option<Admission> {
        let valid = named.verdict == "valid";
        if !self.is_signed(token) || valid && !self.is_here_and_then(token, named.at) {
            return None;
        }
        let fields = token.fields();
        let key = self.ids.get(&(fields.day.0, fields.issuer_suite.number()));
        let opened = key.map(|key| key.open(IdForm::Signed, fields.day, &fields.id));
        Some(Admission {
            at: named.at,
            token: match opened {
                Some(opened) => Some(opened?),
                None => None,
            },
            form,
            verdict: if valid { Outcome::Valid } else { Outcome::Refused },
            reason: yima_code::Reason::from_name(&named.reason).map(yima_code::Reason::as_str),
        })
    }

    /// Signed by the issuer of its day, and by the holder: a gate knows the first from any code that it ever saw.
    fn is_signed(&self, token: &T1) -> bool {
        let fields = token.fields();
        let Some((day, issuer)) = self.issuers.get(&fields.kid) else { return false };
        let Ok(holder) = PublicKey::parse(fields.holder_suite, &fields.holder_key) else { return false };
        let (part, told) = (token.issuer_part(), token.holder_part().holder_message(token.issuer_part()));
        *day == fields.day.0
            && issuer.suite() == fields.issuer_suite
            && issuer.verify(&fields.issuer_message().parts(), part.issuer_signature()).is_ok()
            && holder.verify(&told.parts(), token.holder_signature()).is_ok()
    }

    /// An admission is of a code that was signed for this place and that moment.
    fn is_here_and_then(&self, token: &T1, at: i64) -> bool {
        let told = token.holder_part();
        (told.scenario == self.scenario || told.scenario == 0)
            && (told.site == self.site || told.site == 0)
            && i64::from(told.time()).abs_diff(at) <= APART_MAX_S.unsigned_abs()
    }
}
