//! Showing a code: a token that was never used is marked on disk, then completed for this place and moment.
//! It needs no server; when nothing is left it says so, and never shows a token twice.

use super::store::{Batch, OnlineId, Pocket, PocketFile, ShownCode, Token, bytes, private_key};
use crate::failure::Failure;
use crate::machine::{chance, clock};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use yima_code::challenge::Challenge;
use yima_code::day::Day;
use yima_code::token::{Form, HolderPart, IssuerPart, T0};
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;

/// A code shown longer ago than this is forgotten, seconds: its sealed records are gone as well.
const SHOWN_KEPT_S: i64 = 30 * 86_400;
/// Seconds until a shown code should be renewed.
const RENEW_S: i64 = 30;

/// What a code is to be shown for.
pub struct Answer {
    /// Scenario, 0 for any.
    pub scenario: u16,
    /// Flavour that the scenario needs.
    pub flavour: String,
    /// Site, 0 for any.
    pub site: u32,
    /// Form.
    pub form: Form,
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
        .batch_at(wanted.at)
        .ok_or_else(|| Failure::could_not("no tokens for this day: go online once, then `yima device draw`"))?;
    let (digits, left) = match wanted.form {
        Form::T0 => online(batch, wanted)?,
        _ => offline(batch, suite, wanted)?,
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
        at: wanted.at,
        renew_at: wanted.at + RENEW_S,
        left,
    })
}

fn offline(batch: &mut Batch, suite: Suite, wanted: &Answer) -> Result<(String, usize), Failure> {
    let (issuer_part, secret) = next_token(&mut batch.t1, &wanted.flavour)?;
    let part = IssuerPart::from_bytes(&issuer_part)
        .map_err(|why| Failure::bad_input(format!("the device file is damaged: {why}")))?;
    let mut holder = HolderPart::new(clock::as_u32(wanted.at), wanted.scenario, wanted.site);
    if let Some(challenge) = &wanted.challenge {
        holder = holder.answering(challenge.short());
    }
    let digits = complete(&private_key(suite, &secret)?, part, holder)?;
    let left = batch.t1.iter().filter(|token| token.secret.is_some() && token.flavour == wanted.flavour).count();
    Ok((digits, left))
}

/// A drawn token and what the holder says with it, signed: the digits of the code.
pub fn complete(key: &IssuingKey, part: IssuerPart, holder: HolderPart) -> Result<String, Failure> {
    let message = holder.holder_message(&part);
    let signature =
        key.sign(&message.parts(), &mut chance::source()).map_err(|why| Failure::machine("sign the code", why))?;
    Ok(holder.assemble(part, signature).to_digits())
}

/// The next unused token of the flavour, its private key taken out of the pocket for good.
fn next_token(tokens: &mut [Token], flavour: &str) -> Result<([u8; IssuerPart::BYTES], [u8; 32]), Failure> {
    let token = tokens.iter_mut().find(|token| token.flavour == flavour && token.secret.is_some()).ok_or_else(|| {
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
