//! Enrolling a device: with a code from a counter, or with name, ID number and a one-time password.
//! The answer never tells a stranger who is known. It does not know how a message travels.

use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::standing;
use crate::young_phones::young_until;
use crate::{Province, secret_text};
use rand::Rng;
use subtle::ConstantTimeEq;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, ChallengeId, DeviceId};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::person::{IdNumber, PersonName, Phone};
use yima_keys::sealed::{Sealed, Spot};
use yima_keys::{PublicKey, Suite};
use yima_store::account::{self, Account};
use yima_store::device::{self, Device, NoSlot};
use yima_store::{Tx, enrolment, number, recovery};

const MICROS: i64 = crate::clock::MICROS;
/// A counter's code lives this long.
pub(crate) const CODE_LIFE_S: i64 = 24 * 3600;
const OTP_LIFE_S: i64 = 180;
const OTP_TRIES: u8 = 3;
const DEVICES_MAX: usize = 3;
/// A slot rests this long before another device takes it.
pub(crate) const SLOT_RESTS_S: i64 = 30 * 24 * 3600;

/// Who asks for a one-time password.
pub struct OtpRequest {
    /// Full name.
    pub name: String,
    /// ID number (GB 11643).
    pub id_number: String,
}

/// Where to bring it.
#[derive(Clone, Debug)]
pub struct OtpAnswer {
    /// `enr_…`
    pub challenge_id: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// What proves that the device may be enrolled.
pub enum EnrolProof {
    /// A code from a counter.
    Code(String),
    /// A one-time password.
    Otp {
        /// `enr_…`
        challenge_id: String,
        /// Digits.
        otp: String,
    },
}

/// A device to enrol. The caller has verified that the request is signed by `public_key`.
pub struct Enrol {
    /// The proof.
    pub proof: EnrolProof,
    /// The device key's suite.
    pub suite: Suite,
    /// Compressed point.
    pub public_key: [u8; 33],
    /// What the resident calls it.
    pub label: String,
}

/// Enrolled.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// `dev_…`
    pub device_id: String,
    /// Slot.
    pub slot: u8,
    /// Masked name.
    pub name_masked: String,
    /// GB/T 2260.
    pub region: String,
    /// Pin this.
    pub root_fingerprint: [u8; 32],
}

/// What a proof has shown so far.
#[derive(Clone)]
enum Proven {
    Account(String),
    Code([u8; 32], i64),
}

/// A code as people type it: spaces, hyphens and capitals don't matter.
pub(crate) fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(64).collect()
}

impl Province {
    /// Sends a one-time password to the number on file; the answer is the same when there is none.
    ///
    /// # Errors
    /// Only what says nothing about the person: overload, a full disk, and [`DeedError::TooMany`] while too many are typed
    /// wrongly in the whole province.
    pub async fn request_otp(&self, wish: OtpRequest) -> Result<OtpAnswer, DeedError> {
        self.messages.calm(self.now_s())?;
        let now_us = self.now_us();
        let id = ChallengeId::new(self.now_ms(), self.chance.bytes());
        let otp = self.digits(8);
        let known = self.matching_account(&wish).await?;
        if known.is_some() {
            self.messages.sent(self.now_s());
        }
        // Nothing goes to a number that lay idle: it may be somebody else's now.
        let phone = match &known {
            Some(row) => self.live_phone_of(row).await?,
            None => None,
        };
        let row = enrolment::Challenge {
            id: id.as_str().to_owned(),
            account: known.map(|a| a.id),
            code_hash: self.peppered("otp", &format!("{id}/{otp}")).to_vec(),
            tries_left: OTP_TRIES,
            created_at: now_us,
            expires_at: now_us + OTP_LIFE_S * MICROS,
        };
        let counted = phone.as_ref().map(|phone| self.counted(phone));
        let sent = self
            .short(
                Request::of(Actor::Stranger, Deed::RequestOtp),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let account = row.account.clone();
                        // Of two accounts with one number the deed counts the number, not either of them.
                        let within = match &counted {
                            Some(counted) => counted.one_more(tx, door.now_us).await?,
                            None => true,
                        };
                        if within {
                            enrolment::challenge(tx, &row).await?;
                        }
                        let done = Done::plain(within);
                        Ok(match account {
                            Some(account) => {
                                Done { note: crate::doorway::Note { account: Some(account), ..done.note }, ..done }
                            }
                            None => done,
                        })
                    })
                },
            )
            .await?;
        if let (true, Some(phone)) = (sent, phone) {
            let text = format!(
                "【一码】{otp} 是添加设备的验证码，3 分钟内有效。不要告诉任何人。 {otp} adds a device to your Yima account."
            );
            self.messenger.send(&phone, &text, self.now_s());
        }
        Ok(OtpAnswer { challenge_id: id.to_string(), expires_at: now_us / MICROS + OTP_LIFE_S })
    }

    /// Enrols a device. Wrong, used and expired proofs look alike.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] for any proof that does not hold; [`yima_kernel::access::Refusal::InHold`] for a message in the hold
    /// after a recovery.
    pub async fn enrol_device(&self, wish: Enrol) -> Result<Enrolled, DeedError> {
        let label = wish.label.trim().to_owned();
        if label.is_empty() || label.chars().count() > 40 || !shown_text::is_line(&label) {
            return Err(DeedError::invalid("label", "设备名要 1 到 40 个字", "a device name needs 1 to 40 characters"));
        }
        PublicKey::parse(wish.suite, &wish.public_key)
            .map_err(|_| DeedError::invalid("public_key", "公钥不在曲线上", "the public key is not on its curve"))?;
        let proven = self.proven(wish.proof).await?;
        let row = Device {
            id: DeviceId::new(self.now_ms(), self.chance.bytes()).to_string(),
            account: String::new(),
            slot: 0,
            suite: wish.suite.number(),
            public_key: wish.public_key.to_vec(),
            label,
            state: device::State::Live,
            attested: false,
            enrolled_at: self.now_us(),
            ended_at: None,
            reason: None,
            young_until: None,
            by_code: false,
            suspended_until: None,
            version: 1,
            seal: Vec::new(),
        };
        let (notice_id, now_us, seals) = (self.new_row_id(), self.now_us(), self.sealer_of_rows());
        let (row, holder) = self
            .short(
                Request::of(Actor::Stranger, Deed::EnrolDevice),
                move |tx| {
                    Box::pin(async move {
                        let (holder, by_code) = redeemed(tx, proven).await?;
                        // A message may reach the very phone that a recovery was asked for: a counter's code does not.
                        let in_hold = !by_code && recovery::hold_until(tx, &holder.id, now_us).await?.is_some();
                        let about = match in_hold {
                            true => vec![AccountId::parse(&holder.id).map_err(DeedError::internal)?],
                            false => Vec::new(),
                        };
                        let subject_state = Some(standing(holder.state));
                        let facts = Facts { subject_state, in_hold, about, ..Facts::default() };
                        Ok((facts, (holder, by_code)))
                    })
                },
                move |tx, (holder, by_code), door| {
                    Box::pin(async move {
                        let slot = take_slot(tx, &holder.id, door.now_us).await?;
                        let young_until = young_until(tx, &holder.id, by_code, door.now_us).await?;
                        let row = Device { slot, young_until, account: holder.id.clone(), by_code, ..row };
                        let row = seals.sealed(row);
                        device::insert(tx, &row).await?;
                        if !by_code {
                            number::proved(tx, &holder.id, door.now_us).await?;
                        }
                        tell(tx, notice_id, &holder.id, door.now_us, "device_enrolled").await?;
                        let young = row.young_until.map(|at| at / MICROS);
                        let detail = serde_json::json!({ "device": row.id, "slot": slot, "young_until": young });
                        let account = holder.id.clone();
                        Ok(Done::to((row, holder), account).detail(detail))
                    })
                },
            )
            .await?;
        Ok(Enrolled {
            device_id: row.id,
            slot: row.slot,
            name_masked: self.name_of(&holder)?.masked(),
            region: holder.region,
            root_fingerprint: self.root_fingerprint(),
        })
    }

    /// Uses a one-time password up, each try counted even when the enrolment fails later; a counter's code is
    /// used up only together with the enrolment.
    async fn proven(&self, proof: EnrolProof) -> Result<Proven, DeedError> {
        let now_us = self.now_us();
        let (challenge_id, otp) = match proof {
            EnrolProof::Code(code) => {
                return Ok(Proven::Code(self.peppered("enrolment-code", &plain(&code)), now_us));
            }
            EnrolProof::Otp { challenge_id, otp } => (challenge_id, otp),
        };
        self.messages.calm(self.now_s())?;
        let hash = self.peppered("otp", &format!("{challenge_id}/{}", plain(&otp)));
        let found = self.store.deed::<_, DeedError, _>(move |tx| {
            Box::pin(async move {
                let Some((account, expected)) = enrolment::take_try(tx, &challenge_id, now_us).await? else {
                    return Ok((None, false));
                };
                let right: bool = hash.as_slice().ct_eq(&expected).into();
                if !right || !enrolment::use_challenge(tx, &challenge_id, now_us).await? {
                    // Only what was sent can be guessed: whoever types at nothing closes nothing.
                    return Ok((None, account.is_some()));
                }
                Ok((account, false))
            })
        });
        let (found, wrong) = found.await?;
        if wrong {
            self.messages.wrong(self.now_s());
        }
        found.map(Proven::Account).ok_or(DeedError::SignIn)
    }

    async fn matching_account(&self, wish: &OtpRequest) -> Result<Option<Account>, DeedError> {
        let Ok(number) = IdNumber::parse(&wish.id_number) else { return Ok(None) };
        let blind = self.sealer.blind(&number);
        let found = self.store.read::<_, DeedError, _>(move |tx| {
            Box::pin(async move { Ok(account::by_blind_id(tx, blind.as_bytes()).await?) })
        });
        let Some(row) = found.await? else { return Ok(None) };
        let same =
            PersonName::parse(&wish.name).is_ok_and(|n| self.name_of(&row).is_ok_and(|own| own.expose() == n.expose()));
        Ok((same && row.state == account::State::Active).then_some(row))
    }

    pub(crate) fn phone_of(&self, row: &Account) -> Option<Phone> {
        let sealed = Sealed::<Phone>::from_bytes(row.sealed_phone.clone()?);
        self.sealer.open(&sealed, Spot { table: "account", field: "phone", row: &row.id }).ok()
    }

    /// Random decimal digits.
    pub(crate) fn digits(&self, count: usize) -> String {
        let mut rng = self.chance.rng();
        let mut text = String::with_capacity(count);
        while text.len() < count {
            let mut byte = [0u8; 1];
            rng.fill_bytes(&mut byte);
            if byte[0] < 250 {
                text.push(char::from(b'0' + byte[0] % 10));
            }
        }
        text
    }

    /// A fresh enrolment code, in groups of four, and the hash under which it is stored.
    pub(crate) fn fresh_code(&self) -> (String, [u8; 32]) {
        let raw = secret_text(&mut self.chance.rng(), 16);
        let shown =
            raw.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join("-");
        let hash = self.peppered("enrolment-code", &raw);
        (shown, hash)
    }
}

/// Whose device it will be, locked, and whether a counter's code said so, which is used up by it.
async fn redeemed(tx: &mut Tx, proven: Proven) -> Result<(Account, bool), DeedError> {
    // Whose a code is never changes: read without a lock, so that the account comes first (R27).
    let (account, code) = match proven {
        Proven::Account(account) => (Some(account), None),
        Proven::Code(hash, now_us) => (enrolment::account_of_code(tx, &hash).await?, Some((hash, now_us))),
    };
    let account = account.ok_or(DeedError::SignIn)?;
    account::changed(tx, &account).await?;
    let by_code = code.is_some();
    if let Some((hash, now_us)) = code {
        enrolment::redeem_code(tx, &hash, now_us).await?.ok_or(DeedError::SignIn)?;
    }
    let holder = account::find(tx, &account).await?.ok_or(DeedError::SignIn)?;
    Ok((holder, by_code))
}

async fn take_slot(tx: &mut Tx, account: &str, now_us: i64) -> Result<u8, DeedError> {
    let rested_since = now_us - SLOT_RESTS_S * MICROS;
    device::free_slot(tx, account, DEVICES_MAX, rested_since).await?.map_err(|why| match why {
        NoSlot::TooManyDevices => {
            DeedError::Conflict(Text::new("最多三部设备。请先停用一部", "Three devices at most; end one first"))
        }
        NoSlot::AllResting => DeedError::Conflict(Text::new(
            "近期换过太多设备，请过几天再来",
            "Too many devices were changed lately; come back in some days",
        )),
    })
}
