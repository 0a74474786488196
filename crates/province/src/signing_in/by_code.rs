//! Signing in at another screen by a resident code (R9): the screen shows a challenge under the scenario `sign-in`, and the
//! phone answers it with a T1c of its own, sent by the device that drew it, with a passkey of that moment. Whatever else
//! is sent (T0, T1, paper, a short number, a code that is shown for somebody else) is `wrong_scenario`. What it opens is
//! what the other picture opens. It does not know how a passkey is proven.

use super::across::{
    AcrossAsked, AcrossShown, CODE, NEW_EVERY_S, Shown, allowed_hash, holder, modules, near_enough, shown_of, yes,
};
use super::passkey::{For, acr_of, not_proven, take};
use super::{Browser, PasskeyAsked, bound_hash};
use crate::Province;
use crate::check_code::AskTheStore;
use crate::check_token::stopped;
use crate::clock::MICROS;
use crate::doorway::{Done, Note};
use crate::error::DeedError;
use crate::home::{own, standing};
use crate::row_seal::RowSealer;
use serde_json::json;
use yima_code::check::{CheckerClock, Context, ListTimes, Place, check};
use yima_code::id::{IdForm, TokenId};
use yima_code::seen::SeenInMemory;
use yima_code::token::{Form, Presented, T1};
use yima_code::{Challenge, Reason, Verdict};
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::assurance::Acr;
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_kernel::usage::Outcome;
use yima_keys::sha256;
use yima_print::{Symbol, SymbolKind};
use yima_store::authenticator::Kind;
use yima_store::check::{self as store_check, Burn, Burned};
use yima_store::one_time;
use yima_store::{Tx, account, device};

/// The scenario of the challenge.
const SCENARIO: &str = "sign-in";
/// A screen stands at no registered place: whoever reads the challenge asks this province which one it is.
const SITE: u32 = 0;
const KIND: &str = "across_t1c";
const WHAT: &str = "across-code";

/// What a phone is told of the screen whose challenge it read.
#[derive(Clone, Debug)]
pub struct ScreenRead {
    /// Which screen, where, for what.
    pub asked: AcrossAsked,
    /// What the phone's passkey is asked; `None` when its holder has none.
    pub passkey: Option<PasskeyAsked>,
}

/// What the phone sends when its holder has said yes.
#[derive(Clone, Debug)]
pub struct ScreenAnswer {
    /// Digits of the challenge.
    pub challenge: String,
    /// Digits of the code that answers it.
    pub digits: String,
    /// What [`ScreenRead::passkey`] gave.
    pub ask: String,
    /// The passkey's answer, JSON.
    pub answer: String,
    /// They were asked once more, because the networks are of two cities.
    pub sure: bool,
}

/// A T1c whose signatures hold, and the slot that its id names.
#[derive(Clone)]
struct Answered {
    id: [u8; 16],
    named: TokenId,
    bytes_hash: [u8; 32],
}

impl Province {
    /// Whether a screen here can be signed in by a resident code: the manifest is in force.
    #[must_use]
    pub fn signs_in_by_code(&self) -> bool {
        self.manifest_in_force(SCENARIO).is_ok()
    }

    /// The challenge of this browser: the one that it shows while that is young, or a new one.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] while the manifest is not in force; when the store can't be written.
    pub async fn challenge_shown(&self, browser: &Browser, code: &str) -> Result<AcrossShown, DeedError> {
        let now_us = self.now_us();
        let young = self
            .across_row(KIND, code)
            .await?
            .filter(|row| row.session == Some(holder(browser)) && now_us - row.created_at < NEW_EVERY_S * MICROS);
        let (code, digits) = match young {
            Some(row) => (code.to_owned(), shown_of(&row)?.challenge.unwrap_or_default()),
            None => self.new_challenge(browser, now_us).await?,
        };
        let symbol = Symbol::new(SymbolKind::Challenge, &digits).map_err(DeedError::internal)?;
        Ok(AcrossShown { code, symbol: modules(&symbol), challenge: Some(digits) })
    }

    async fn new_challenge(&self, browser: &Browser, now_us: i64) -> Result<(String, String), DeedError> {
        let scenario = self.manifest_in_force(SCENARIO)?.id;
        let challenge = Challenge::unsigned(scenario, SITE, self.now_u32(), self.chance.bytes());
        let (code, digits) = (code_of(&challenge), challenge.to_digits());
        self.keep_across(KIND, &code, browser, &Shown::of(browser, Some(digits.clone())), now_us).await?;
        Ok((code, digits))
    }

    /// What a phone has read, for its holder to look at, with what its passkey is asked.
    ///
    /// # Errors
    /// Refusals of the decision; [`DeedError::NotFound`] when it is over, or no challenge of a screen of ours.
    pub async fn screen_read(&self, actor: &Actor, reader: &Browser, digits: &str) -> Result<ScreenRead, DeedError> {
        let (me, phone) = (own(actor)?, phone_of(actor)?);
        // A phone that may not answer does not look either.
        let request = Request::of(actor.clone(), Deed::SignInAcross).about(me.clone());
        self.look(request, Facts::default(), |_| Box::pin(async { Ok(()) })).await?;
        let code = code_of(&Challenge::from_digits(digits).ok_or(DeedError::NotFound("picture"))?);
        let now_us = self.now_us();
        let row = self.across_row(KIND, &code).await?.filter(|row| row.expires_at > now_us);
        let asked = self.screen_of(reader, &row.ok_or(DeedError::NotFound("picture"))?).await?;
        let rows = self.active_of(me.as_str()).await?;
        let bodies: Vec<String> = rows
            .iter()
            .filter(|row| row.kind == Kind::Passkey)
            .filter_map(|row| String::from_utf8(row.body.clone()).ok())
            .collect();
        if bodies.is_empty() {
            return Ok(ScreenRead { asked, passkey: None });
        }
        let proof = self.party()?.ask_proof(self.chance.bytes(), &bodies).map_err(not_proven)?;
        let passkey = Some(self.keep_challenge(proof, &about(&phone, me.as_str(), digits)).await?);
        Ok(ScreenRead { asked, passkey })
    }

    /// Lets the screen in as the holder of the phone, or says by a verdict why its code does not do that.
    ///
    /// # Errors
    /// [`DeedError::SignIn`] when the passkey does not hold; [`Refusal::StepUp`] when it is younger than a day;
    /// [`DeedError::NotFound`] when the challenge is over; [`DeedError::Invalid`] when the screen is too far away.
    pub async fn allow_by_code(
        &self,
        actor: &Actor,
        reader: &Browser,
        wish: ScreenAnswer,
    ) -> Result<Verdict, DeedError> {
        let (me, phone) = (own(actor)?, phone_of(actor)?);
        let challenge = Challenge::from_digits(&wish.challenge).ok_or(DeedError::NotFound("picture"))?;
        let (code, now_us) = (code_of(&challenge), self.now_us());
        let row = self.across_row(KIND, &code).await?.filter(|row| row.expires_at > now_us);
        let row = row.ok_or(DeedError::NotFound("picture"))?;
        let asked = self.screen_of(reader, &row).await?;
        near_enough(&asked, wish.sure)?;
        let passkey = self.answered(&wish.ask, &about(&phone, me.as_str(), &wish.challenge)).await?;
        let proven = self.proven_passkey(&passkey, &wish.answer, Some(me.as_str())).await?;
        if !acr_of(&proven.row, now_us).satisfies(Acr::Passkey) {
            return Err(DeedError::Refused(Refusal::StepUp));
        }
        let read = self.read_answer(&wish.digits, &challenge);
        let (seals, taken, allowed) = (self.sealer_of_rows(), bound_hash(KIND, &code), allowed_hash(&code));
        let sealer = seals.clone();
        self.short(
            Request::of(actor.clone(), Deed::SignInAcross).about(me.clone()),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, me.as_str()).await?;
                    let holder = account::find(tx, me.as_str()).await?.ok_or(DeedError::SignIn)?;
                    let device = sealer.device(tx, &phone).await?.ok_or(DeedError::SignIn)?;
                    let facts = Facts {
                        actor_ended: device.state != device::State::Live,
                        actor_state: Some(standing(holder.state)),
                        ..Facts::default()
                    };
                    Ok((facts, (holder.id, device.id)))
                })
            },
            move |tx, (account, phone), door| {
                Box::pin(async move {
                    let verdict = match &read {
                        Ok(answer) => taken_once(tx, &seals, answer, (&account, &phone), door.now_us).await?,
                        Err(verdict) => *verdict,
                    };
                    if !verdict.is_valid() {
                        return Ok(Done { value: verdict, note: noted(&verdict) });
                    }
                    proven.use_now(tx, &seals, door.now_us).await?;
                    take(tx, &passkey.ask_hash, door.now_us).await?;
                    let row = one_time::take(tx, KIND, &taken, None, None, door.now_us).await?;
                    let row = row.ok_or(DeedError::NotFound("picture"))?;
                    let shown = shown_of(&row)?;
                    one_time::put(tx, &yes(allowed, account, row.session, CODE, door.now_us)).await?;
                    let region = shown.region.map(|region| region.code);
                    let detail = json!({ "browser": shown.label, "by": CODE, "region": region });
                    Ok(Done { value: verdict, note: noted(&verdict) }.detail(detail))
                })
            },
        )
        .await
    }

    /// The part without the store: a T1c of its holder's own, under the scenario and for this challenge, that is signed.
    fn read_answer(&self, digits: &str, challenge: &Challenge) -> Result<Answered, Verdict> {
        let other = |form| Err(Verdict::because(Reason::WrongScenario, form));
        if matches!(digits.len(), 8 | 12) && digits.bytes().all(|b| b.is_ascii_digit()) {
            return other(None);
        }
        let presented = Presented::from_digits(digits).map_err(|why| Verdict::because(why.reason(), None))?;
        let token: &T1 = match &presented {
            Presented::T1c(token) if !token.fields().flags.acting() => token,
            _ => return other(Some(presented.form())),
        };
        let (live, now) = (self.live(), self.now_u32());
        let rule = live.bundle.rule(challenge.scenario).filter(|rule| rule.slug == SCENARIO);
        let Some(rule) = rule else { return other(Some(Form::T1c)) };
        let context = Context {
            place: Place { scenario: rule.id, site: SITE },
            rule,
            clock: CheckerClock::Trusted(now),
            issuers: &live.bundle,
            withdrawn: &AskTheStore { now },
            lists: ListTimes { bundle_at: Some(now), urgent_at: Some(now) },
            challenge: Some(challenge.open()),
            guardian_at: None,
        };
        let verdict = check(&presented, &context, &mut SeenInMemory::with_capacity(2));
        if !verdict.is_valid() {
            return Err(verdict);
        }
        let fields = token.fields();
        let set = self.keys.day(fields.day, fields.issuer_suite);
        let named = set.and_then(|set| set.ids.open(IdForm::Signed, fields.day, &fields.id));
        let named = named.ok_or_else(|| Verdict::because(Reason::UnknownCode, Some(Form::T1c)))?;
        Ok(Answered { id: fields.id, named, bytes_hash: sha256(&[&presented.to_bytes()]) })
    }
}

/// Whether the code is of this account and this phone, stands, and was shown nowhere; it is used up.
async fn taken_once(
    tx: &mut Tx,
    seals: &RowSealer,
    answer: &Answered,
    (account, phone): (&str, &str),
    now_us: i64,
) -> Result<Verdict, DeedError> {
    let no = |reason| Verdict::because(reason, Some(Form::T1c));
    let (named, day) = (&answer.named, answer.named.day.0);
    let facts = store_check::facts(tx, &named.handle.0, named.slot, day).await?;
    let Some(mut facts) = facts.filter(|facts| facts.account == account && named.issued_among(facts.t1_count)) else {
        return Ok(no(Reason::UnknownCode));
    };
    facts.device = facts.device.take().map(|device| seals.trusted(device)).transpose()?;
    if let Some(reason) = stopped(&facts) {
        return Ok(no(reason));
    }
    if facts.device.is_none_or(|device| device.id != phone) {
        return Ok(no(Reason::UnknownCode));
    }
    let verdict = Verdict { form: Some(Form::T1c), ..Verdict::valid(Form::T1c, crate::check_code::plain_flags()) };
    let burned = Burned {
        checker: SCENARIO.to_owned(),
        bytes_hash: answer.bytes_hash.to_vec(),
        verdict: verdict.kind.as_str().to_owned(),
        burned_at: now_us,
    };
    Ok(match store_check::burn(tx, day, &answer.id, &burned).await? {
        Burn::First => verdict,
        Burn::Already(_) => no(Reason::Replayed),
    })
}

fn noted(verdict: &Verdict) -> Note {
    Note {
        scenario: Some(SCENARIO.to_owned()),
        form: verdict.form.map(Form::as_str),
        outcome: if verdict.is_valid() { Outcome::Done } else { Outcome::Refused },
        reason: verdict.reason.map(Reason::as_str),
        ..Note::default()
    }
}

/// What a challenge is called in an address: the eight bytes that its answer carries.
fn code_of(challenge: &Challenge) -> String {
    hex::encode(challenge.short())
}

fn phone_of(actor: &Actor) -> Result<String, DeedError> {
    match actor {
        Actor::Device { device, .. } => Ok(device.to_string()),
        _ => Err(DeedError::Refused(Refusal::NotAllowed)),
    }
}

/// The passkey's proof is about this challenge, on this phone.
fn about<'a>(phone: &'a str, account: &'a str, digits: &'a str) -> For<'a> {
    For { what: WHAT, holder: phone, account: Some(account), text: digits, user_handle: None }
}
