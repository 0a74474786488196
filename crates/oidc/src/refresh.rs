//! Refresh tokens (RFC 6749 section 6, RFC 9700 section 4.14): text that carries its own seal, and the rule of a family
//! that rotates. It does not know the store: what stands in a family's row is handed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use yima_kernel::id::FamilyId;
use yima_keys::hmac_sha256;

/// A successor is given out again for so long, seconds (rule R24).
pub const AGAIN_S: i64 = 30;
/// And so often.
pub const AGAIN_MAX: u32 = 2;

/// A refresh token that this platform made for this client: its family and its number there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Which family.
    pub family: FamilyId,
    /// Its place in a family that rotates; 0 in one that does not.
    pub number: u32,
}

/// Writes the token: `family.number.HMAC(key, …)`. The same bytes come again, so a lost reply can be answered again.
#[must_use]
pub fn write(key: &[u8; 32], family: &FamilyId, number: u32, client: &str) -> String {
    format!("{family}.{number}.{}", URL_SAFE_NO_PAD.encode(mac(key, family, number, client)))
}

/// Reads a token that this client brings; `None` for whatever was not made for it.
#[must_use]
pub fn read(key: &[u8; 32], token: &str, client: &str) -> Option<Refresh> {
    let mut parts = token.splitn(3, '.');
    let family = FamilyId::parse(parts.next()?).ok()?;
    let number_text = parts.next()?;
    let number: u32 = number_text.parse().ok()?;
    let seal = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    let right: bool = mac(key, &family, number, client).as_slice().ct_eq(&seal).into();
    (right && number.to_string() == number_text).then_some(Refresh { family, number })
}

fn mac(key: &[u8; 32], family: &FamilyId, number: u32, client: &str) -> [u8; 32] {
    hmac_sha256(key, &[b"yima.refresh.v1\0", family.as_str().as_bytes(), &number.to_be_bytes(), client.as_bytes()])
}

/// What to do with a token of a family that rotates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The newest one: give the next, and remember that this one was used.
    Next,
    /// The one before it came again within moments: the reply was lost; give the newest again.
    Again,
    /// A token that was used up: somebody else has it. The family ends.
    Stolen,
}

/// The rule of R24, on what the family's row says: the number of its newest token, when that was made, and how often it
/// was given out again. Times are Unix seconds.
#[must_use]
pub const fn turn(number: u32, latest: u32, latest_at_s: i64, again: u32, now_s: i64) -> Turn {
    if number == latest {
        return Turn::Next;
    }
    if number + 1 == latest && again < AGAIN_MAX && now_s.saturating_sub(latest_at_s) <= AGAIN_S {
        return Turn::Again;
    }
    Turn::Stolen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_6749_6_a_token_is_its_clients_alone() {
        let family = FamilyId::new(1, [2; 10]);
        let token = write(&[1; 32], &family, 7, "app_a");
        assert_eq!(read(&[1; 32], &token, "app_a"), Some(Refresh { family: family.clone(), number: 7 }));
        assert_eq!(read(&[1; 32], &token, "app_b"), None);
        assert_eq!(read(&[2; 32], &token, "app_a"), None);
        let seal = token.rsplit('.').next().unwrap();
        for forged in
            [format!("{family}.8.{seal}"), format!("{family}.07.{seal}"), format!("{family}.7."), String::new()]
        {
            assert_eq!(read(&[1; 32], &forged, "app_a"), None, "{forged}");
        }
    }

    #[test]
    fn rfc_9700_4_14_a_lost_reply_is_told_from_a_thief() {
        let table = [
            (3, 3, 1_000, 0, 9_999, Turn::Next),
            (2, 3, 1_000, 0, 1_030, Turn::Again),
            (2, 3, 1_000, 1, 1_030, Turn::Again),
            (2, 3, 1_000, 2, 1_030, Turn::Stolen),
            (2, 3, 1_000, 0, 1_031, Turn::Stolen),
            (1, 3, 1_000, 0, 1_001, Turn::Stolen),
            (4, 3, 1_000, 0, 1_001, Turn::Stolen),
        ];
        for (number, latest, at, again, now, expected) in table {
            assert_eq!(turn(number, latest, at, again, now), expected, "{number} of {latest} at {now}, {again} times");
        }
    }
}
