//! Showing a code: a token that was never used is marked on disk, then completed for this place and moment.
//! It needs no server; when nothing is left it says so, and never shows a token twice.

use super::store::{Batch, KnownScenario, OnlineId, Pocket, PocketFile, ShownCode, Token, bytes, private_key};
use crate::failure::Failure;
use crate::machine::{chance, clock};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use yima_code::challenge::Challenge;
use yima_code::day::Day;
use yima_code::flags::{AgeBand, Benefit};
use yima_code::token::{Form, HolderPart, IssuerPart, T0};
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;

/// A code shown longer ago than this is forgotten, seconds: its sealed records are gone as well.
const SHOWN_KEPT_S: i64 = 30 * 86_400;
/// The flavour that discloses nothing.
const PLAIN: &str = "plain";
/// Seconds until a shown code should be renewed.
const RENEW_S: i64 = 30;

/// What a code is to be shown for.
pub struct Answer {
    /// Scenario, 0 for any.
    pub scenario: u16,
    /// Flavour that the scenario needs.
    pub flavour: String,
    /// Age bands or benefits that it serves; empty for every disclosed one.
    pub accepted: Vec<u8>,
    /// A plain code is shown where the device holds none that fits.
    pub or_plain: bool,
    /// The scenario whose meaning the code carries too: flavour and numbers above are its own.
    pub carries: Option<u16>,
    /// Site, 0 for any.
    pub site: u32,
    /// Form.
    pub form: Form,
    /// The mandate under which it is shown; none for one's own.
    pub mandate: Option<String>,
    /// The challenge to answer, for T1c.
    pub challenge: Option<Challenge>,
    /// Corrected time, Unix seconds.
    pub at: i64,
}

/// A code, ready to be shown.
#[derive(Serialize)]
pub struct Shown {
    /// Its digits.
    pub digits: String,
    /// `T1`, `T1c` or `T0`.
    pub form: &'static str,
    /// The scenario it was made for, 0 for any.
    pub scenario: u16,
    /// The site, 0 for any.
    pub site: u32,
    /// What it discloses.
    pub flavour: String,
    /// The scenario whose meaning it carries too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carries: Option<u16>,
    /// Why it discloses less than the scenario needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The corrected time it carries.
    pub at: i64,
    /// When to show a new one.
    pub renew_at: i64,
    /// Unused tokens of this kind that are left for the day.
    pub left: usize,
}

/// Makes a code and keeps the device before it is given out.
pub fn show(pocket: &mut Pocket, file: &PocketFile, wanted: &Answer) -> Result<Shown, Failure> {
    let suite = pocket.suite()?;
    let batch = pocket
        .batch_for(wanted.mandate.as_deref(), wanted.at)
        .ok_or_else(|| Failure::could_not("no tokens for this day: go online once, then `yima device draw`"))?;
    let choice = Choice::of(&batch.t1, wanted);
    let (digits, left) = match wanted.form {
        Form::T0 => online(batch, wanted)?,
        _ => offline(batch, suite, wanted, &choice)?,
    };
    pocket.shown.retain(|shown| wanted.at - shown.at < SHOWN_KEPT_S);
    pocket.shown.push(ShownCode { at: wanted.at, digits: digits.clone() });
    // INVARIANT: the used token is on the disk as used before anybody can see its code.
    file.keep(pocket)?;
    Ok(Shown {
        digits,
        form: wanted.form.as_str(),
        scenario: wanted.scenario,
        site: wanted.site,
        flavour: choice.flavour,
        carries: wanted.carries,
        note: choice.note,
        at: wanted.at,
        renew_at: wanted.at + RENEW_S,
        left,
    })
}

/// The scenario whose meaning a code shown for `known` carries too: one that this device has an unused token for.
///
/// It decides nothing: the checker reads what is disclosed, and whether the rule lets it be carried.
pub fn carried<'a>(pocket: &'a Pocket, known: &KnownScenario, at: i64) -> Option<&'a KnownScenario> {
    if known.flavour != PLAIN {
        return None;
    }
    let day = Day::shown_at(clock::as_u32(at)).0;
    let tokens = &pocket.batches.iter().find(|batch| batch.day == day)?.t1;
    let served = |other: &KnownScenario| {
        let fits = |token: &Token| token.says(&other.flavour, &other.accepted);
        tokens.iter().any(|token| token.secret.is_some() && fits(token))
    };
    pocket.scenarios.iter().find(|one| known.merged.contains(&one.id) && one.flavour != PLAIN && served(one))
}

/// Which of the device's tokens will do.
struct Choice {
    flavour: String,
    /// Numbers that fit; empty for any.
    accepted: Vec<u8>,
    note: Option<String>,
}

impl Choice {
    /// What the scenario needs, where the device was ever given such tokens for the day; else plain, and why.
    fn of(tokens: &[Token], wanted: &Answer) -> Self {
        let asked = Self { flavour: wanted.flavour.clone(), accepted: wanted.accepted.clone(), note: None };
        let online = wanted.form == Form::T0;
        if online || asked.flavour == PLAIN || !wanted.or_plain || tokens.iter().any(|token| asked.fits(token)) {
            // An online id says nothing by itself: the server answers what the scenario needs.
            return if online { Self { flavour: PLAIN.to_owned(), ..asked } } else { asked };
        }
        let mut held: Vec<u8> = tokens.iter().filter(|token| token.flavour == asked.flavour).map(disclosed).collect();
        held.dedup();
        let note = if held.is_empty() {
            format!(
                "这部手机没有能说明{}的码，出示的是普通码，这里多半不认：到窗口登记后再取一次 · \
                 this device holds no code that says {}, so a plain one is shown, which this scenario refuses: \
                 a counter can register it, then `yima device draw --plain 0 --t0 0`",
                spoken(&asked.flavour).0,
                spoken(&asked.flavour).1
            )
        } else {
            let has = held.iter().map(|number| named(&asked.flavour, *number)).collect::<Vec<_>>().join(", ");
            let serves =
                asked.accepted.iter().map(|number| named(&asked.flavour, *number)).collect::<Vec<_>>().join(", ");
            format!(
                "这里只认 this scenario serves: {serves}；手机上的码说的是 this device's codes say: {has}。\
                 出示的是普通码，什么也不透露 · a plain code is shown, which tells nothing"
            )
        };
        Self { flavour: PLAIN.to_owned(), accepted: Vec::new(), note: Some(note) }
    }

    fn fits(&self, token: &Token) -> bool {
        token.says(&self.flavour, &self.accepted)
    }
}

impl Token {
    /// Does it disclose this flavour, with one of these numbers? Empty for any.
    fn says(&self, flavour: &str, accepted: &[u8]) -> bool {
        self.flavour == flavour && (accepted.is_empty() || accepted.contains(&disclosed(self)))
    }
}

/// The age band or benefit that a token discloses, 0 for none.
fn disclosed(token: &Token) -> u8 {
    let part = bytes(&token.issuer_part, "a token").ok().and_then(|part| IssuerPart::from_bytes(&part).ok());
    part.map_or(0, |part| {
        let flags = part.fields().flags;
        flags.age_band_number().max(flags.benefit_number())
    })
}

fn spoken(flavour: &str) -> (&'static str, &'static str) {
    match flavour {
        "age_band" => ("年龄段", "an age band"),
        "benefit" => ("优待", "a benefit"),
        _ => ("代办", "a mandate"),
    }
}

fn named(flavour: &str, number: u8) -> String {
    let words = match flavour {
        "age_band" => AgeBand::new(number).and_then(AgeBand::words),
        _ => Benefit::new(number).and_then(Benefit::words),
    };
    words.map_or_else(|| number.to_string(), |(zh, en)| format!("{zh} {en}"))
}

fn offline(batch: &mut Batch, suite: Suite, wanted: &Answer, choice: &Choice) -> Result<(String, usize), Failure> {
    let (issuer_part, secret) = next_token(&mut batch.t1, choice)?;
    let part = IssuerPart::from_bytes(&issuer_part)
        .map_err(|why| Failure::bad_input(format!("the device file is damaged: {why}")))?;
    let mut holder = HolderPart::new(clock::as_u32(wanted.at), wanted.scenario, wanted.site);
    if let Some(challenge) = &wanted.challenge {
        holder = holder.answering(challenge.short());
    }
    let digits = complete(&private_key(suite, &secret)?, part, holder)?;
    let left = batch.t1.iter().filter(|token| token.secret.is_some() && choice.fits(token)).count();
    Ok((digits, left))
}

/// A drawn token and what the holder says with it, signed: the digits of the code.
pub fn complete(key: &IssuingKey, part: IssuerPart, holder: HolderPart) -> Result<String, Failure> {
    let message = holder.holder_message(&part);
    let signature =
        key.sign(&message.parts(), &mut chance::source()).map_err(|why| Failure::machine("sign the code", why))?;
    Ok(holder.assemble(part, signature).to_digits())
}

/// The next unused token that fits, its private key taken out of the pocket for good.
fn next_token(tokens: &mut [Token], choice: &Choice) -> Result<([u8; IssuerPart::BYTES], [u8; 32]), Failure> {
    let token = tokens.iter_mut().find(|token| choice.fits(token) && token.secret.is_some()).ok_or_else(|| {
        let flavour = &choice.flavour;
        Failure::could_not(format!(
            "no unused `{flavour}` token is left for today: draw more online, or show a paper card or a short number"
        ))
    })?;
    let secret = token.secret.take().unwrap_or_default();
    Ok((bytes(&token.issuer_part, "a token")?, bytes(&secret, "a token's key")?))
}

fn online(batch: &mut Batch, wanted: &Answer) -> Result<(String, usize), Failure> {
    let day = Day(batch.day);
    // The issuer of the day's tokens is the issuer of its online ids.
    let suite = batch
        .t1
        .first()
        .and_then(|token| bytes(&token.issuer_part, "a token").ok())
        .and_then(|part| IssuerPart::from_bytes(&part).ok())
        .map_or(Suite::Es256, |part| part.fields().issuer_suite);
    let unused: &mut OnlineId = batch
        .t0
        .iter_mut()
        .find(|one| one.key.is_some())
        .ok_or_else(|| Failure::could_not("no unused online id is left for today: `yima device draw` gets more"))?;
    let key: [u8; 16] = bytes(&unused.key.take().unwrap_or_default(), "an online id's key")?;
    let step = T0::step_at(day, clock::as_u32(wanted.at));
    let code = T0::make(suite, &key, unused.id, step, wanted.scenario, wanted.site);
    let left = batch.t0.iter().filter(|one| one.key.is_some()).count();
    Ok((code.to_digits(), left))
}

impl Answer {
    /// Reads a challenge as a checker shows it: 201 digits, or its 83 bytes in base64url.
    pub fn read_challenge(text: &str) -> Result<Challenge, Failure> {
        let from_bytes = || {
            let octets: [u8; Challenge::BYTES] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
            Challenge::from_bytes(&octets)
        };
        Challenge::from_digits(text)
            .or_else(from_bytes)
            .ok_or_else(|| Failure::bad_input("that is no challenge: give the digits that the checker's QR holds"))
    }
}
