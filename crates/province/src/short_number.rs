//! Short numbers, for those who can't show a picture: spoken or typed, three minutes, once. It does not know desks' screens.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::{device_facts, own, standing};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::scenario::Form;
use yima_kernel::subject::Actor;
use yima_store::short_number::{self, Issued, New};
use yima_store::{Tx, account};

const LIFE_S: i64 = 180;
const DESK_LIVE_MAX: u32 = 50;
const HOURLY_MAX: u32 = 6;
const TRIES: usize = 8;

/// A short number.
#[derive(Clone, Debug)]
pub struct ShortNumber {
    /// 8 digits when bound to a desk, else 12 with a check digit.
    pub number: String,
    /// Unix seconds.
    pub expires_at: i64,
}

impl Province {
    /// Takes a short number for a scenario, bound to a desk when its site number is given.
    ///
    /// # Errors
    /// [`DeedError::TooMany`] beyond six an hour or fifty live at a desk.
    pub async fn take_short_number(
        &self,
        actor: &Actor,
        scenario: &str,
        desk: Option<u32>,
    ) -> Result<ShortNumber, DeedError> {
        let manifest = self.manifest_in_force(scenario)?;
        if !manifest.accepts(Form::Short) {
            return Err(DeedError::invalid("scenario", "这里不收短码", "short numbers are not taken there"));
        }
        if let Some(site) = desk {
            let known = self.site(site).is_some_and(|s| s.scenario == manifest.slug);
            if !known {
                return Err(DeedError::invalid("desk", "没有这个窗口号", "there is no such desk"));
            }
        }
        let Actor::Device { slot, .. } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        let slot = *slot;
        let candidates: Vec<(String, [u8; 32])> = (0..TRIES)
            .map(|_| {
                let number = if desk.is_some() { self.digits(8) } else { with_check_digit(self.digits(11)) };
                let hash = self.peppered("short", &number);
                (number, hash)
            })
            .collect();
        let holder = own(actor)?;
        let (id, device) = (holder.as_str().to_owned(), actor.clone());
        let slug = manifest.slug.clone();
        let desk_name = desk.map_or_else(String::new, |d| d.to_string());
        self.short(
            Request::of(actor.clone(), Deed::TakeShortNumber).about(holder),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &id).await?;
                    let row = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let facts = device_facts(tx, &device).await?;
                    Ok((Facts { subject_state: Some(standing(row.state)), ..facts }, row))
                })
            },
            move |tx, holder, door| {
                Box::pin(async move {
                    if holder.short_off {
                        return Err(DeedError::Conflict(Text::new(
                            "你关闭了短码",
                            "You have switched short numbers off",
                        )));
                    }
                    let wish = Wish { holder: &holder.id, slot, scenario: &slug, desk: &desk_name };
                    let number = issue_one(tx, &wish, &candidates, door.now_us).await?;
                    let made = ShortNumber { number, expires_at: door.now_s() + LIFE_S };
                    Ok(Done::plain(made).at(slug, desk))
                })
            },
        )
        .await
    }
}

/// For whom and where a number shall be.
struct Wish<'a> {
    holder: &'a str,
    slot: u8,
    scenario: &'a str,
    desk: &'a str,
}

/// Issues the first of the candidates that is free, within the limits of the holder and the desk.
async fn issue_one(
    tx: &mut Tx,
    wish: &Wish<'_>,
    candidates: &[(String, [u8; 32])],
    now_us: i64,
) -> Result<String, DeedError> {
    for (number, hash) in candidates {
        let new = New {
            number_hash: hash,
            account: wish.holder,
            slot: wish.slot,
            scenario: wish.scenario,
            desk: wish.desk,
            issued_at: now_us,
            expires_at: now_us + LIFE_S * MICROS,
            desk_live_max: DESK_LIVE_MAX,
            hour_ago_at: now_us - 3600 * MICROS,
            hourly_max: HOURLY_MAX,
        };
        match short_number::issue(tx, new).await? {
            Issued::Done => return Ok(number.clone()),
            Issued::Taken => {}
            Issued::DeskFull => return Err(too_many(60, "这个窗口的短码满了", "too many numbers live at that desk")),
            Issued::TooMany => return Err(too_many(600, "一小时最多六个短码", "six short numbers an hour at most")),
        }
    }
    Err(DeedError::Busy)
}

fn too_many(retry_after_s: u32, zh: &str, en: &str) -> DeedError {
    DeedError::TooMany { retry_after_s, why: Text::new(zh, en) }
}

/// Appends the check digit of ISO/IEC 7064 MOD 11-10.
fn with_check_digit(mut digits: String) -> String {
    let carry = digits.bytes().fold(10u32, |carry, digit| {
        let sum = (carry + u32::from(digit - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    let check = (11 - carry) % 10;
    digits.push(char::from_digit(check, 10).unwrap_or('0'));
    digits
}

#[cfg(test)]
mod tests {
    use super::with_check_digit;

    #[test]
    fn check_digit_of_iso_7064_mod_11_10() {
        // ISO/IEC 7064:2003, the example of a MOD 11,10 system: 0794 takes 5.
        assert_eq!(with_check_digit("0794".to_owned()), "07945");
    }
}
