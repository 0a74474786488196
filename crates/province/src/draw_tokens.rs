//! Drawing a day's batch: numbers are taken in the store, then each token is signed. No token is kept.
//! It does not know how a device holds its keys.

use crate::Province;
use crate::crowds::Holder;
use crate::disclosure::{Disclosure, HeldOn, Speaker};
use crate::doorway::{Done, Note};
use crate::error::{DeedError, Text};
use crate::home::{own, standing};
use crate::keyring::{DaySet, SUITES};
use rand::rngs::StdRng;
use yima_code::day::Day;
use yima_code::flags::Flags;
use yima_code::id::{Handle, IdForm, TokenId};
use yima_code::token::{IssuerFields, t0_key};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::scenario::Flavour;
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite, sha256};
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
    /// What each T1 discloses, and its holder key.
    pub t1: Vec<(Disclosure, [u8; 33])>,
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

/// The first numbers that were taken, and what each T1 shall say.
pub(crate) struct Numbers {
    pub t1_from: u16,
    pub t0_from: u16,
    pub handle: [u8; 8],
    pub suite: Suite,
    pub flags: Vec<Flags>,
    /// The subject's slot: of a device of their own, or of a mandate.
    pub slot: u8,
}

impl Province {
    /// Draws a batch. A request that comes again with the same keys gets the same numbers, signed anew.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a wrong day, flavour or key; [`DeedError::NotHeld`] and [`DeedError::TooFewHolders`] for a
    /// disclosure that can't be made; [`DeedError::TooMany`] beyond the day's cap. No number is then taken.
    pub async fn draw_tokens(&self, actor: &Actor, wish: Draw) -> Result<Drawn, DeedError> {
        let day = self.drawable(wish.day)?;
        let Actor::Device { device, slot, .. } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        if wish.t1.len() > usize::from(T1_MAX) || wish.t0 > T0_MAX || (wish.t1.is_empty() && wish.t0 == 0) {
            return Err(DeedError::invalid("t1", "一次要 1 到 32 个码", "ask for 1 to 32 codes at a time"));
        }
        self.announced(day)?;
        let numbers = self.take_numbers(actor, device.as_str().to_owned(), *slot, &wish).await?;
        self.signed_batch(&numbers, day, &wish)
    }

    /// The keys of a day are announced, under one suite at least.
    pub(crate) fn announced(&self, day: Day) -> Result<(), DeedError> {
        if SUITES.iter().all(|suite| self.keys.day(day, *suite).is_none()) {
            return Err(DeedError::Conflict(Text::new(
                "那天的签发密钥还没有公布，暂时不能备那天的码",
                "the issuing keys of that day are not announced yet, so its codes can't be drawn",
            )));
        }
        Ok(())
    }

    /// Signs what numbers were taken for.
    pub(crate) fn signed_batch(&self, numbers: &Numbers, day: Day, wish: &Draw) -> Result<Drawn, DeedError> {
        let set = self.keys.day(day, numbers.suite).ok_or_else(|| DeedError::internal("no keys for that day"))?;
        let batch = Batch { set: &set, numbers, day, slot: numbers.slot };
        let tokens = batch.sign(&wish.t1, &mut self.chance.rng())?;
        let t0 = (numbers.t0_from..numbers.t0_from + wish.t0)
            .map(|number| {
                let id = batch.token_id(number, IdForm::Tiny);
                (id, t0_key(numbers.suite, set.t0.expose(), &id))
            })
            .collect();
        let window = day.window();
        Ok(Drawn { day: day.0, from_at: window.from.into(), until_at: window.until.into(), tokens, t0 })
    }

    /// Today's and tomorrow's codes can be drawn, and yesterday's while their last hour runs.
    pub(crate) fn drawable(&self, day: u16) -> Result<Day, DeedError> {
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
        let wanted = Wanted { speaker: self.speaker(), day: Day(day), keys: wish.t1.clone() };
        let seals = self.sealer_of_rows();
        let benefits = wish.t1.iter().any(|(wish, _)| matches!(wish, Disclosure::Benefit(_)));
        self.short(
            Request::of(actor.clone(), Deed::DrawTokens).about(account_id),
            move |tx| {
                Box::pin(async move {
                    let holder = draw::holder(tx, &id, &device_id, (slot, day), benefits).await?;
                    let mut holder = holder.ok_or(DeedError::NotFound("resident"))?;
                    let device = seals.trusted(holder.device.take().ok_or(DeedError::NotFound("device"))?)?;
                    let facts = Facts {
                        actor_ended: device.state == device::State::Ended,
                        actor_suspended: device.state == device::State::Suspended,
                        subject_state: Some(standing(holder.state)),
                        ..Facts::default()
                    };
                    let suite = Suite::from_number(device.suite).ok_or_else(|| DeedError::internal("device.suite"))?;
                    Ok((facts, (id, holder, suite)))
                })
            },
            move |tx, (id, holder, suite), door| {
                Box::pin(async move {
                    let who = Holder { id: &id, proofing: holder.proofing, sealed_id_number: &holder.sealed_id_number };
                    let flags = wanted.flags(who, HeldOn(holder.held), suite)?;
                    let request = draw::Request {
                        account: &id,
                        slot,
                        day,
                        request_id: &request_id,
                        keys_hash: &keys_hash,
                        t1,
                        t0,
                        t1_max: T1_MAX,
                        t0_max: T0_MAX,
                        seen: holder.drawn,
                        at: door.now_us,
                    };
                    let (t1_from, t0_from) = taken(draw::take(tx, &request).await?)?;
                    // Three numbers need no tree of values on a path that everybody takes each day.
                    let detail = format!(r#"{{"day":{day},"t0":{t0},"t1":{t1}}}"#);
                    let numbers = Numbers { t1_from, t0_from, handle: holder.handle, suite, flags, slot };
                    Ok(Done { value: numbers, note: Note { detail: Some(detail), ..Note::default() } })
                })
            },
        )
        .await
    }
}

pub(crate) fn taken(taken: Taken) -> Result<(u16, u16), DeedError> {
    match taken {
        Taken::Numbers { t1_from, t0_from, .. } => Ok((t1_from, t0_from)),
        Taken::OtherKeys => Err(DeedError::Conflict(Text::new(
            "同一请求换了钥匙，请用新的请求号",
            "the same request came with other keys; use a new request id",
        ))),
        Taken::CapReached { t1_left, t0_left } => Err(cap_reached(t1_left, t0_left)),
    }
}

/// What is to be certified, and who can say what.
#[derive(Clone)]
struct Wanted {
    speaker: Speaker,
    day: Day,
    keys: Vec<(Disclosure, [u8; 33])>,
}

impl Wanted {
    /// The flags of each token; before any number is taken, so that a refusal costs none.
    fn flags(&self, holder: Holder<'_>, held: HeldOn, suite: Suite) -> Result<Vec<Flags>, DeedError> {
        // A batch asks for few things many times: each is looked up once.
        let mut known: Vec<(Disclosure, Flags)> = Vec::with_capacity(4);
        let mut flags = Vec::with_capacity(self.keys.len());
        for (wish, key) in &self.keys {
            if !PublicKey::may_be(suite, key) {
                return Err(DeedError::invalid("holder_key", "这不是公钥", "a holder key is no compressed public key"));
            }
            if let Some((_, same)) = known.iter().find(|(before, _)| before == wish) {
                flags.push(*same);
                continue;
            }
            let new = self.speaker.flags_by(holder, held, *wish, self.day)?;
            known.push((*wish, new));
            flags.push(new);
        }
        Ok(flags)
    }
}

/// A batch with its numbers, to be signed.
struct Batch<'a> {
    set: &'a DaySet,
    numbers: &'a Numbers,
    day: Day,
    slot: u8,
}

impl Batch<'_> {
    fn sign(
        &self,
        wanted: &[(Disclosure, [u8; 33])],
        rng: &mut StdRng,
    ) -> Result<Vec<(Flavour, [u8; 123])>, DeedError> {
        let Numbers { t1_from, suite, flags, .. } = self.numbers;
        let mut tokens = Vec::with_capacity(wanted.len());
        for (((wish, key), flags), number) in wanted.iter().zip(flags).zip(*t1_from..) {
            let fields = IssuerFields {
                issuer_suite: *suite,
                holder_suite: *suite,
                kid: self.set.kid,
                id: self.token_id(number, IdForm::Signed),
                day: self.day,
                flags: *flags,
                holder_key: *key,
            };
            let message = fields.issuer_message();
            let signature = self.set.issuing.sign(&message.parts(), rng).map_err(DeedError::internal)?;
            tokens.push((wish.flavour(), fields.assemble(signature).to_bytes()));
        }
        Ok(tokens)
    }

    fn token_id(&self, number: u16, form: IdForm) -> [u8; 16] {
        let id = TokenId { handle: Handle(self.numbers.handle), day: self.day, slot: self.slot, number };
        self.set.ids.seal(form, id)
    }
}

pub(crate) fn keys_hash(wish: &Draw) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(wish.t1.len() * 35 + 2);
    bytes.extend(wish.t0.to_be_bytes());
    for (disclosure, key) in &wish.t1 {
        bytes.extend(disclosure.octets());
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
