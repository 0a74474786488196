//! Checking a presented code online: the same pure check as in a gate, then what only the platform knows,
//! one burn and one use, in one transaction. It does not know how digits were read.

use crate::Province;
use crate::check_token::{ShownToken, finish_token};
use crate::clock::MICROS;
use crate::confirmations::Waits;
use crate::devices::tell;
use crate::disclosure::Speaker;
use crate::doorway::{Done, Door, Note};
use crate::error::{DeedError, Text};
use crate::keyring::SUITES;
use crate::live::Live;
use crate::mandates::{Hand, Shown};
use crate::posts::OfficePost;
use std::sync::Arc;
use yima_code::check::{CheckerClock, Context, ListTimes, Place, check};
use yima_code::day::Day;
use yima_code::flags::{Assurance, Flags, Flavour};
use yima_code::id::IdForm;
use yima_code::issuer::{CardStanding, Withdrawn};
use yima_code::rule::{FlavourKind, Level, ScenarioRule};
use yima_code::seen::SeenInMemory;
use yima_code::token::{Form, Presented, T0, t0_key};
use yima_code::{Challenge, Reason, Verdict, VerdictKind, merge};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_kernel::usage::Outcome;
use yima_keys::{Suite, sha256};
use yima_store::account::{self, State};
use yima_store::check;
use yima_store::counted::{self, Counted};
use yima_store::{Tx, card, device, gate, short_number};

/// Wrong short numbers lock a desk.
const LOCK: short_number::LockRule = short_number::LockRule { wrong_max: 5, window: 600 * MICROS, lock: 600 * MICROS };

/// Until the store has said how well the holder was identified.
pub(crate) const NO_ASSURANCE: Assurance = match Assurance::new(0) {
    Some(none) => none,
    None => unreachable!(),
};

/// Of a code that says nothing by itself.
pub(crate) const fn plain_flags() -> Flags {
    Flags { assurance: NO_ASSURANCE, attested: false, flavour: Flavour::Plain }
}

/// What a checker read.
pub struct CheckCode {
    /// Digits of a code, or a short number.
    pub digits: String,
    /// The challenge that it showed, 80 bytes or as digits in bytes.
    pub challenge: Option<Vec<u8>>,
}

/// What it is told.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The verdict.
    pub verdict: Verdict,
    /// True for a short number, which is no form of code.
    pub short: bool,
    /// Slug.
    pub scenario: String,
    /// Further scenarios whose meaning the code carries here: slug and name.
    pub also: Vec<(String, Text)>,
    /// Unix seconds.
    pub at: i64,
    /// Id of the use.
    pub receipt: String,
    /// The question to the holder that the verdict waits for.
    pub waits: Option<Waits>,
    /// For whom the code was shown, where it was for somebody else; with a valid verdict alone.
    pub shown_for: Option<ShownFor>,
}

/// On whose behalf a code was shown, as far as a checker is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownFor {
    /// A person: the checker is not told who, nor whether a child or an elder.
    Person,
    /// An enterprise, by its registered name.
    Enterprise(String),
    /// The bearer's own office; which, and in which post, where the scenario's manifest asks for it.
    Officer(Option<OfficePost>),
}

/// What the pure part found, for the transaction to finish.
#[derive(Clone)]
enum Found {
    /// Nothing to look up.
    Over(Verdict),
    /// A token that names a slot.
    Token(ShownToken),
    /// A T0 with a wrong MAC: counted, and refused like an unknown one.
    WrongMac { day: u16, id: [u8; 16] },
    /// A paper code.
    Card { verdict: Verdict, list: u16, index: u32 },
    /// A short number.
    Short { hash: [u8; 32] },
}

/// Where the gate stands, and by which rule.
#[derive(Clone)]
pub(crate) struct Stand {
    pub scenario: String,
    pub site: u32,
    pub gate: String,
    pub rule: ScenarioRule,
    /// For a question to the holder, if one must be asked.
    pub question_id: String,
    pub live: Arc<Live>,
    purpose: String,
    /// The manifest asks for office and post of an officer.
    officer: bool,
    today: u16,
    /// Answers for forms that carry no flags.
    pub speaker: Speaker,
    /// Reads the mandate behind a code that is shown for somebody else.
    pub hand: Hand,
    /// For a notice to whom it was shown for.
    pub notice_id: String,
    /// When this gate last took a guardian's own code, perhaps.
    pub guardian_at: Option<u32>,
}

/// How a check ended: the verdict, whom the code named, and what it waits for.
pub(crate) struct Ended {
    pub verdict: Verdict,
    pub account: Option<String>,
    pub waits: Option<Waits>,
    /// The mandate under which it was shown.
    pub shown: Option<Shown>,
}

impl From<(Verdict, Option<String>)> for Ended {
    fn from((verdict, account): (Verdict, Option<String>)) -> Self {
        Self { verdict, account, waits: None, shown: None }
    }
}

/// Online, the store says what was taken back.
pub(crate) struct AskTheStore {
    pub now: u32,
}

impl Withdrawn for AskTheStore {
    fn token(&self, _id: &[u8; 16]) -> bool {
        false
    }

    fn card(&self, _list: u16, _index: u32) -> CardStanding {
        CardStanding::Good { list_at: self.now }
    }
}

impl Province {
    /// Checks what a gate read, for the scenario and site that it is registered for.
    ///
    /// # Errors
    /// Only what is no verdict: an ended gate, overload, a full disk.
    pub async fn check_code(&self, actor: &Actor, wish: CheckCode) -> Result<Checked, DeedError> {
        let Actor::Gate { gate, site, scenario } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        let live = self.live();
        let rule = live.bundle.rule(*scenario).ok_or(DeedError::NotFound("scenario"))?.clone();
        let manifest = live.manifest(*scenario).ok_or(DeedError::NotFound("scenario"))?;
        let short = matches!(wish.digits.len(), 8 | 12);
        let found = self.look_at(&live, &wish, &rule, *site, gate.as_str());
        let request = Request { scenario: Some(*scenario), ..Request::of(actor.clone(), Deed::CheckCode) };
        if let Some(waiting) = self.same_question(&request, &found, &rule).await? {
            return Ok(waiting);
        }
        let stand = Stand {
            scenario: rule.slug.clone(),
            site: *site,
            gate: gate.as_str().to_owned(),
            purpose: manifest.purpose.en.clone(),
            officer: manifest.officer,
            today: Day::of(self.now_u32()).0,
            question_id: self.new_confirmation_id(),
            speaker: self.speaker(),
            hand: self.hand(),
            notice_id: self.new_row_id(),
            guardian_at: self.guardians.at(gate.as_str()),
            rule,
            live,
        };
        let checked = self
            .short(
                request,
                move |tx| {
                    Box::pin(async move {
                        let row = gate::rely_on(tx, &stand.gate).await?;
                        let ended = row.is_none_or(|g| g.state != gate::State::Live);
                        Ok((Facts { actor_ended: ended, ..Facts::default() }, stand))
                    })
                },
                move |tx, stand, door| {
                    Box::pin(async move {
                        let Ended { verdict, account, waits, shown } = finish(tx, found, &stand, door).await?;
                        count(tx, &stand, &verdict, short, door.now_us).await?;
                        let also = also(&stand, &verdict);
                        let shown = shown.as_ref();
                        let shown_for =
                            shown.filter(|_| verdict.is_valid()).map(|shown| shown.on_behalf(stand.officer));
                        tell_shown(tx, &stand, &verdict, shown, door.now_us).await?;
                        let note = note(&stand, &verdict, &also, short, account, shown);
                        let receipt = door.use_id.as_str().to_owned();
                        let scenario = stand.scenario;
                        let at = door.now_s();
                        let value = Checked { verdict, short, scenario, also, at, receipt, waits, shown_for };
                        Ok(Done { value, note })
                    })
                },
            )
            .await?;
        self.guardians.note(gate.as_str(), &checked.verdict, self.now_u32());
        Ok(checked)
    }

    /// A gate that asks on while the holder has not answered is told so, and nothing is written.
    async fn same_question(
        &self,
        request: &Request,
        found: &Found,
        rule: &ScenarioRule,
    ) -> Result<Option<Checked>, DeedError> {
        let Found::Token(shown) = found else { return Ok(None) };
        if shown.form != IdForm::Tiny || rule.level == Level::Low {
            return Ok(None);
        }
        let asked = self.still_waits(request.clone(), shown.named.day.0, shown.id, shown.bytes_hash).await?;
        Ok(asked.map(|(waits, receipt)| {
            let verdict = Verdict::because(Reason::ConfirmationWaits, Some(Form::T0));
            let verdict = Verdict { repeated: true, ..verdict };
            let at = self.now_s();
            Checked {
                verdict,
                short: false,
                scenario: rule.slug.clone(),
                also: Vec::new(),
                at,
                receipt,
                waits: Some(waits),
                shown_for: None,
            }
        }))
    }

    /// The part without the store: shape, time, place, signatures, and which slot a token names.
    fn look_at(&self, live: &Live, wish: &CheckCode, rule: &ScenarioRule, site: u32, gate: &str) -> Found {
        if matches!(wish.digits.len(), 8 | 12) && wish.digits.bytes().all(|b| b.is_ascii_digit()) {
            return if rule.forms.has_short() {
                Found::Short { hash: self.peppered("short", &wish.digits) }
            } else {
                Found::Over(Verdict::because(Reason::FormNotAccepted, None))
            };
        }
        let presented = match Presented::from_digits(&wish.digits) {
            Ok(presented) => presented,
            Err(unreadable) => return Found::Over(Verdict::because(unreadable.reason(), None)),
        };
        if let Presented::T0(token) = &presented {
            return self.look_at_t0(token, rule, site);
        }
        let now = self.now_u32();
        let challenge = wish.challenge.as_deref().and_then(read_challenge).filter(|c| c.site == site);
        let context = Context {
            place: Place { scenario: rule.id, site },
            rule,
            clock: CheckerClock::Trusted(now),
            issuers: &live.bundle,
            withdrawn: &AskTheStore { now },
            lists: ListTimes { bundle_at: Some(now), urgent_at: Some(now) },
            challenge: challenge.map(|c| c.open()),
            guardian_at: self.guardians.at(gate),
        };
        let verdict = check(&presented, &context, &mut SeenInMemory::with_capacity(2));
        if !verdict.is_valid() {
            return Found::Over(verdict);
        }
        match &presented {
            Presented::T1(token) | Presented::T1c(token) => {
                let fields = token.fields();
                let set = self.keys.day(fields.day, fields.issuer_suite);
                match set.and_then(|set| set.ids.open(IdForm::Signed, fields.day, &fields.id)) {
                    Some(named) => Found::Token(ShownToken {
                        verdict,
                        id: fields.id,
                        named,
                        form: IdForm::Signed,
                        bytes_hash: sha256(&[&presented.to_bytes()]),
                        untimely: None,
                    }),
                    None => Found::Over(Verdict::because(Reason::UnknownCode, verdict.form)),
                }
            }
            Presented::T2(paper) => Found::Card { verdict, list: paper.fields().list, index: paper.fields().index },
            Presented::T0(_) => Found::Over(Verdict::because(Reason::UnknownCode, verdict.form)),
        }
    }

    /// A T0 carries no day: the id opens under one of the keys that are live, or names nobody.
    fn look_at_t0(&self, token: &T0, rule: &ScenarioRule, site: u32) -> Found {
        let form = Some(Form::T0);
        if !rule.forms.has(Form::T0) {
            return Found::Over(Verdict::because(Reason::FormNotAccepted, form));
        }
        let now = self.now_u32();
        let today = Day::of(now).0;
        let days = [today, today.saturating_sub(1)].map(Day);
        let opened = days.into_iter().flat_map(|day| SUITES.map(|suite| (day, suite))).find_map(|(day, suite)| {
            let set = self.keys.day(day, suite)?;
            set.ids.open(IdForm::Tiny, day, token.id()).map(|named| (named, suite, set))
        });
        let Some((named, suite, set)) = opened else {
            return Found::Over(Verdict::because(Reason::UnknownCode, form));
        };
        if !named.day.window().holds(now) {
            return Found::Over(Verdict::because(Reason::Expired, form));
        }
        let key = t0_key(suite, set.t0.expose(), token.id());
        if !takes(token, suite, &key, rule, site) {
            return Found::WrongMac { day: named.day.0, id: *token.id() };
        }
        // A code for any scenario was not shown to tell this one something.
        let for_this_one = token.place(suite, &key, rule.id, site).is_some_and(|(scenario, _)| scenario == rule.id);
        if rule.flavour.kind != FlavourKind::Plain && !for_this_one {
            return Found::Over(Verdict::because(Reason::FlavourNeeded, form));
        }
        let age_s = i64::from(now) - i64::from(T0::step_begins(named.day, token.step()));
        let plain = plain_flags();
        let bytes_hash = sha256(&[&Presented::T0(*token).to_bytes()]);
        Found::Token(ShownToken {
            verdict: Verdict::valid(Form::T0, plain),
            id: *token.id(),
            named,
            form: IdForm::Tiny,
            bytes_hash,
            untimely: out_of_time(age_s, rule),
        })
    }
}

/// Was the MAC made for this place, or for any where the rule takes that?
fn takes(token: &T0, suite: Suite, key: &[u8; 16], rule: &ScenarioRule, site: u32) -> bool {
    match token.place(suite, key, rule.id, site) {
        Some((0, _)) => rule.any_scenario,
        Some((_, 0)) => rule.any_site || site == 0,
        Some(_) => true,
        None => false,
    }
}

fn out_of_time(age_s: i64, rule: &ScenarioRule) -> Option<Verdict> {
    let age = rule.age.narrowed();
    if (i64::from(age.min_s)..=i64::from(age.max_s) + 5).contains(&age_s) {
        return None;
    }
    let minutes = i16::try_from((-age_s + age_s.signum() * -30) / 60).unwrap_or(0);
    let reason = match age_s {
        601.. => Reason::StaleCode,
        0.. => Reason::ClockSlow,
        -600.. => Reason::ClockFast,
        _ => Reason::NotYetValid,
    };
    Some(Verdict { skew_min: minutes, ..Verdict::because(reason, Some(Form::T0)) })
}

/// A challenge as its bytes, or as the digits that its picture says.
fn read_challenge(bytes: &[u8]) -> Option<Challenge> {
    match <&[u8; Challenge::BYTES]>::try_from(bytes) {
        Ok(exact) => Challenge::from_bytes(exact),
        Err(_) => Challenge::from_digits(std::str::from_utf8(bytes).ok()?),
    }
}

/// What only the platform knows; the account, when a code named one.
async fn finish(tx: &mut Tx, found: Found, stand: &Stand, door: &Door) -> Result<Ended, DeedError> {
    match found {
        Found::Over(verdict) => Ok((verdict, None).into()),
        Found::WrongMac { day, id } => {
            check::bad_mac(tx, day, &id).await?;
            Ok((Verdict::because(Reason::UnknownCode, Some(Form::T0)), None).into())
        }
        Found::Token(shown) => finish_token(tx, shown, stand, door).await,
        Found::Card { verdict, list, index } => Ok(finish_card(tx, verdict, list, index, stand).await?.into()),
        Found::Short { hash } => Ok(finish_short(tx, &hash, stand, door.now_us).await?.into()),
    }
}

async fn finish_card(
    tx: &mut Tx,
    verdict: Verdict,
    list: u16,
    index: u32,
    stand: &Stand,
) -> Result<(Verdict, Option<String>), DeedError> {
    let no = |reason| Verdict::because(reason, Some(Form::T2));
    let Some((row, holder)) = card::rely_on(tx, list, index).await? else {
        return Ok((no(Reason::UnknownCode), None));
    };
    let account = Some(holder.id.clone());
    // The bundle in force may be older than the withdrawal of the key.
    if !crate::withdraw_key::is_live(tx, &row.kid).await? {
        return Ok((no(Reason::KidWithdrawn), account));
    }
    if row.state != card::State::Active || holder.paper_off {
        return Ok((no(Reason::CardRevoked), account));
    }
    if holder.state != State::Active {
        return Ok((no(Reason::PersonSuspended), account));
    }
    let cap = stand.rule.t2_day_cap.map_or(u32::MAX >> 1, u32::from);
    if !check::show_within_cap(tx, stand.today, &stand.scenario, "T2", &row.id, cap).await? {
        return Ok((no(Reason::CapReached), account));
    }
    Ok((verdict, account))
}

async fn finish_short(
    tx: &mut Tx,
    hash: &[u8; 32],
    stand: &Stand,
    now_us: i64,
) -> Result<(Verdict, Option<String>), DeedError> {
    let no = |reason| Verdict::because(reason, None);
    let desk = stand.site.to_string();
    if short_number::desk_locked_until(tx, &desk, now_us).await? > 0 {
        return Ok((no(Reason::Busy), None));
    }
    let mut redeemed = short_number::redeem(tx, hash, &desk, now_us).await?;
    if redeemed.is_none() {
        redeemed = short_number::redeem(tx, hash, "", now_us).await?;
    }
    let Some(named) = redeemed.filter(|r| r.scenario == stand.scenario) else {
        short_number::wrong(tx, &desk, now_us, LOCK).await?;
        return Ok((no(Reason::UnknownCode), None));
    };
    account::rely_on(tx, &named.account).await?;
    let holder = account::find(tx, &named.account).await?.ok_or_else(|| DeedError::internal("short_number.account"))?;
    let devices = stand.hand.seals().devices_of(tx, &holder.id).await?;
    let stands = |state| devices.iter().any(|d| d.slot == named.slot && d.state == state);
    if stands(device::State::Suspended) {
        return Ok((no(Reason::Withdrawn), Some(holder.id)));
    }
    if !stands(device::State::Live) {
        return Ok((no(Reason::DeviceEnded), Some(holder.id)));
    }
    if holder.state != State::Active || holder.short_off {
        return Ok((no(Reason::PersonSuspended), Some(holder.id)));
    }
    let cap = stand.rule.short_day_cap.map_or(u32::MAX >> 1, u32::from);
    if !check::show_within_cap(tx, stand.today, &stand.scenario, "short", &holder.id, cap).await? {
        return Ok((no(Reason::CapReached), Some(holder.id)));
    }
    if holder.proofing < stand.rule.assurance_min {
        return Ok((no(Reason::AssuranceTooLow), Some(holder.id)));
    }
    let assurance = Assurance::new(holder.proofing.min(3)).unwrap_or(NO_ASSURANCE);
    let flags = Flags { assurance, attested: false, flavour: Flavour::Plain };
    let verdict = Verdict { form: None, ..Verdict::valid(Form::T0, flags) };
    // The number was taken for this scenario, so its holder means to tell what it needs.
    let answer = stand.speaker.answer(tx, &holder.id, &stand.rule, Day(stand.today)).await?;
    Ok((answer.on(verdict), Some(holder.id)))
}

fn form_word(verdict: &Verdict, short: bool) -> Option<&'static str> {
    if short { Some("short") } else { verdict.form.map(Form::as_str) }
}

async fn count(tx: &mut Tx, stand: &Stand, verdict: &Verdict, short: bool, now_us: i64) -> Result<(), DeedError> {
    let hour_us = 3600 * MICROS;
    let counted = Counted {
        hour_at: now_us - now_us.rem_euclid(hour_us),
        scenario: &stand.scenario,
        site: stand.site,
        gate: &stand.gate,
        form: form_word(verdict, short).unwrap_or(""),
        verdict: verdict.kind.as_str(),
        reason: verdict.reason.map_or("", Reason::as_str),
        online: true,
    };
    Ok(counted::add(tx, &counted, 1).await?)
}

/// Slugs and names of the scenarios whose meaning the verdict has too.
fn also(stand: &Stand, verdict: &Verdict) -> Vec<(String, Text)> {
    let carried = merge::also(verdict, &stand.rule, |id| stand.live.bundle.rule(id));
    let named = |rule: &ScenarioRule| (rule.slug.clone(), Text::new(rule.name.zh.clone(), rule.name.en.clone()));
    carried.into_iter().map(named).collect()
}

/// Whoever's code was shown for them is told; a lost reply that is given again is told once.
async fn tell_shown(
    tx: &mut Tx,
    stand: &Stand,
    verdict: &Verdict,
    shown: Option<&Shown>,
    now_us: i64,
) -> Result<(), DeedError> {
    match shown.and_then(Shown::told) {
        Some(principal) if verdict.is_valid() && !verdict.repeated => {
            tell(tx, stand.notice_id.clone(), principal, now_us, "shown_for_you").await
        }
        _ => Ok(()),
    }
}

fn note(
    stand: &Stand,
    verdict: &Verdict,
    also: &[(String, Text)],
    short: bool,
    account: Option<String>,
    shown: Option<&Shown>,
) -> Note {
    let slugs: Vec<&str> = also.iter().map(|(slug, _)| slug.as_str()).collect();
    let mut detail = serde_json::Map::new();
    if !slugs.is_empty() {
        detail.insert("also".to_owned(), slugs.into());
    }
    if let Some(shown) = shown {
        let (key, said) = shown.said();
        detail.insert(key.to_owned(), said);
    }
    Note {
        account,
        scenario: Some(stand.scenario.clone()),
        site: Some(stand.site),
        form: form_word(verdict, short),
        outcome: match verdict.kind {
            VerdictKind::Valid => Outcome::Valid,
            VerdictKind::Refused => Outcome::Refused,
            VerdictKind::CouldNotCheck => Outcome::CouldNotCheck,
        },
        reason: verdict.reason.map(Reason::as_str),
        purpose: Some(stand.purpose.clone()),
        detail: (!detail.is_empty()).then(|| serde_json::Value::Object(detail).to_string()),
        online: true,
        twin: shown.map(Shown::twin),
    }
}
