//! Drawing a day's batch: numbers are taken in the store, then each token is signed. No token is kept.
//! It does not know how a device holds its keys.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::{own, standing};
use crate::keyring::{DaySet, SUITES};
use std::sync::Arc;
use yima_code::day::Day;
use yima_code::flags::{AgeBand, Assurance, Flags, Flavour as CodeFlavour};
use yima_code::id::{Handle, IdForm, TokenId};
use yima_code::token::{IssuerFields, t0_key};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::scenario::Flavour;
use yima_kernel::subject::Actor;
use yima_keys::person::IdNumber;
use yima_keys::sealed::{Sealed, Spot};
use yima_keys::{PublicKey, Suite, sha256};
use yima_store::account::{self, Account};
use yima_store::device;
use yima_store::draw::{self, Drawn as Taken};

/// T1 a slot and day.
pub const T1_MAX: u16 = 32;
/// T0 a slot and day.
pub const T0_MAX: u16 = 32;

/// What a device asks for.
pub struct Draw {
    /// Its own name for the request.
    pub request_id: [u8; 16],
    /// Today or tomorrow.
    pub day: u16,
    /// Flavour and holder key of each T1.
    pub t1: Vec<(Flavour, [u8; 33])>,
    /// How many T0.
    pub t0: u16,
}

/// The batch, in the order asked.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// The day.
    pub day: u16,
    /// Unix seconds.
    pub from_at: i64,
    /// Unix seconds.
    pub until_at: i64,
    /// What the issuer says and signs of each token.
    pub tokens: Vec<(Flavour, [u8; 123])>,
    /// Id and key of each T0.
    pub t0: Vec<([u8; 16], [u8; 16])>,
}

/// The first numbers that were taken, for whom, and under which suite.
struct Numbers {
    t1_from: u16,
    t0_from: u16,
    holder: Account,
    suite: Suite,
}

impl Province {
    /// Draws a batch. A request that comes again with the same keys gets the same numbers, signed anew.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a wrong day, flavour or key; [`DeedError::TooMany`] beyond the day's cap.
    pub async fn draw_tokens(&self, actor: &Actor, wish: Draw) -> Result<Drawn, DeedError> {
        let day = self.drawable(wish.day)?;
        let Actor::Device { device, slot, .. } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        if wish.t1.len() > usize::from(T1_MAX) || wish.t0 > T0_MAX || (wish.t1.is_empty() && wish.t0 == 0) {
            return Err(DeedError::invalid("t1", "一次要 1 到 32 个码", "ask for 1 to 32 codes at a time"));
        }
        if SUITES.iter().all(|suite| self.keys.day(day, *suite).is_none()) {
            return Err(DeedError::Conflict(Text::new(
                "那天的签发密钥还没有公布，暂时不能备那天的码",
                "the issuing keys of that day are not announced yet, so its codes can't be drawn",
            )));
        }
        let slot = *slot;
        let numbers = self.take_numbers(actor, device.as_str().to_owned(), slot, &wish).await?;
        let set = self.keys.day(day, numbers.suite).ok_or_else(|| DeedError::internal("no keys for that day"))?;
        let age_band = self.age_band(&numbers.holder)?;
        let mut rng = self.chance.rng();
        let (flavours, keys): (Vec<_>, Vec<_>) = wish.t1.into_iter().unzip();
        let mut tokens = Vec::with_capacity(keys.len());
        for ((flavour, key), number) in flavours.into_iter().zip(keys).zip(numbers.t1_from..) {
            PublicKey::parse(numbers.suite, &key)
                .map_err(|_| DeedError::invalid("holder_key", "公钥不在曲线上", "a holder key is not on its curve"))?;
            let fields = IssuerFields {
                issuer_suite: numbers.suite,
                holder_suite: numbers.suite,
                kid: set.kid,
                id: self.token_id(&set, &numbers.holder, day, slot, number, IdForm::Signed),
                day,
                flags: flags(&numbers.holder, flavour, age_band)?,
                holder_key: key,
            };
            let message = fields.issuer_message();
            let signature = set.issuing.sign(&message.parts(), &mut rng).map_err(DeedError::internal)?;
            tokens.push((flavour, fields.assemble(signature).to_bytes()));
        }
        let t0 = (numbers.t0_from..numbers.t0_from + wish.t0)
            .map(|number| {
                let id = self.token_id(&set, &numbers.holder, day, slot, number, IdForm::Tiny);
                (id, t0_key(numbers.suite, set.t0.expose(), &id))
            })
            .collect();
        let window = day.window();
        Ok(Drawn { day: day.0, from_at: window.from.into(), until_at: window.until.into(), tokens, t0 })
    }

    /// Today's and tomorrow's codes can be drawn, and yesterday's while their last hour runs.
    fn drawable(&self, day: u16) -> Result<Day, DeedError> {
        let shown = Day::shown_at(self.now_u32());
        if day == shown.0 || day == shown.next().0 || day == Day::of(self.now_u32()).0 {
            Ok(Day(day))
        } else {
            Err(DeedError::invalid(
                "day",
                "只能备今天和明天的码。请先校准手机时间",
                "only today's and tomorrow's codes can be drawn; correct the device's clock first",
            ))
        }
    }

    async fn take_numbers(
        &self,
        actor: &Actor,
        device_id: String,
        slot: u8,
        wish: &Draw,
    ) -> Result<Numbers, DeedError> {
        let account_id = own(actor)?;
        let id = account_id.as_str().to_owned();
        let request_id = hex::encode(wish.request_id);
        let keys_hash = keys_hash(wish);
        let (day, t1, t0) = (wish.day, u16::try_from(wish.t1.len()).unwrap_or(u16::MAX), wish.t0);
        self.short(
            Request::of(actor.clone(), Deed::DrawTokens).about(account_id),
            move |tx| {
                Box::pin(async move {
                    account::rely_on(tx, &id).await?;
                    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let device = device::find(tx, &device_id).await?.ok_or(DeedError::NotFound("device"))?;
                    let facts = Facts {
                        actor_ended: device.state != device::State::Live,
                        subject_state: Some(standing(holder.state)),
                        ..Facts::default()
                    };
                    let suite = Suite::from_number(device.suite).ok_or_else(|| DeedError::internal("device.suite"))?;
                    Ok((facts, (holder, suite)))
                })
            },
            move |tx, (holder, suite), door| {
                Box::pin(async move {
                    let request = draw::Request {
                        account: &holder.id,
                        slot,
                        day,
                        request_id: &request_id,
                        keys_hash: &keys_hash,
                        t1,
                        t0,
                        t1_max: T1_MAX,
                        t0_max: T0_MAX,
                        at: door.now_us,
                    };
                    let (t1_from, t0_from) = match draw::take(tx, &request).await? {
                        Taken::Numbers { t1_from, t0_from, .. } => (t1_from, t0_from),
                        Taken::OtherKeys => {
                            return Err(DeedError::Conflict(Text::new(
                                "同一请求换了钥匙，请用新的请求号",
                                "the same request came with other keys; use a new request id",
                            )));
                        }
                        Taken::CapReached { t1_left, t0_left } => return Err(cap_reached(t1_left, t0_left)),
                    };
                    let detail = serde_json::json!({ "day": day, "t1": t1, "t0": t0 });
                    Ok(Done::plain(Numbers { t1_from, t0_from, holder, suite }).detail(detail))
                })
            },
        )
        .await
    }

    fn token_id(&self, set: &Arc<DaySet>, holder: &Account, day: Day, slot: u8, number: u16, form: IdForm) -> [u8; 16] {
        set.ids.seal(form, TokenId { handle: Handle(holder.handle), day, slot, number })
    }

    /// The age band of a holder on the province's civil day.
    pub(crate) fn age_band(&self, holder: &Account) -> Result<AgeBand, DeedError> {
        let birth = self.id_number_of(holder)?.birth();
        let (year, month, day) = civil(Day::of(self.now_u32()));
        let before_birthday = (month, day) < (birth.month, birth.day);
        let years = year.saturating_sub(birth.year).saturating_sub(u16::from(before_birthday));
        Ok(AgeBand::of_years(years))
    }

    /// The ID number of an account, opened. It never leaves the program but by an approved resolve.
    pub(crate) fn id_number_of(&self, holder: &Account) -> Result<IdNumber, DeedError> {
        let sealed = Sealed::<IdNumber>::from_bytes(holder.sealed_id_number.clone());
        let spot = Spot { table: "account", field: "id_number", row: &holder.id };
        self.sealer.open(&sealed, spot).map_err(DeedError::internal)
    }
}

fn civil(day: Day) -> (u16, u8, u8) {
    let text = day.to_string();
    let mut parts = text.split('-').map(|p| p.parse::<u16>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let (year, month, day) = (next(), next(), next());
    (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
}

/// What a token says of its holder: assurance by proofing, and at most one disclosure.
pub(crate) fn flags(holder: &Account, flavour: Flavour, age_band: AgeBand) -> Result<Flags, DeedError> {
    let assurance = Assurance::new(holder.proofing.min(3)).ok_or_else(|| DeedError::internal("account.proofing"))?;
    let flavour = match flavour {
        Flavour::Plain => CodeFlavour::Plain,
        Flavour::AgeBand => CodeFlavour::AgeBand(age_band),
        Flavour::Benefit | Flavour::Acting => {
            return Err(DeedError::invalid("flavour", "你没有这一项可以出示", "you hold nothing of that kind to show"));
        }
    };
    Ok(Flags { assurance, attested: false, flavour })
}

fn keys_hash(wish: &Draw) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(wish.t1.len() * 34 + 2);
    bytes.extend(wish.t0.to_be_bytes());
    for (flavour, key) in &wish.t1 {
        bytes.push(*flavour as u8);
        bytes.extend(key);
    }
    sha256(&[b"yima.draw.v1\0", &bytes])
}

fn cap_reached(t1_left: u16, t0_left: u16) -> DeedError {
    DeedError::TooMany {
        retry_after_s: 3600,
        why: Text::new(
            format!("这一天的码备满了（还可备 {t1_left} 个离线码、{t0_left} 个在线码）"),
            format!("this day's codes are drawn: {t1_left} offline and {t0_left} online ones are left"),
        ),
    }
}
