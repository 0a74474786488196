//! Time-based second factors (RFC 6238): made, shown once, and each step used once.
//! It does not know accounts; the secret is sealed by whoever stores it.

use crate::error::DeedError;
use crate::sign_in::{matching_step, totp};
use crate::{Province, signing_in::authenticators::Fresh};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use yima_keys::sealed::{Sealed, SealedText, Spot};
use yima_print::Symbol;
use yima_store::authenticator::Authenticator;

/// A second factor that is offered: shown in the page, and given back with it.
#[derive(Clone, Debug)]
pub struct NewTotp {
    /// Base 32, to be typed into an app.
    pub secret: String,
    /// `otpauth://` URI, to be scanned.
    pub uri: String,
    /// The URI as a QR symbol, line by line, dark or not.
    pub symbol: Vec<Vec<bool>>,
    /// This program's mark over the secret and the browser.
    pub mark: String,
}

impl Province {
    /// Offers a second factor to a browser; nothing is stored before it comes back with right digits.
    ///
    /// # Errors
    /// [`DeedError::Internal`] alone.
    pub fn offer_totp(&self, holder: &str) -> Result<NewTotp, DeedError> {
        let secret: [u8; 20] = self.chance.bytes();
        let secret = totp(&secret)?.secret().to_base32();
        let host = self.public_host();
        let uri = format!("otpauth://totp/Yima:{host}?secret={secret}&issuer=Yima");
        let mark = self.totp_mark(holder, &secret);
        let symbol = Symbol::text(&uri).map_err(DeedError::internal)?;
        let line = |y| (0..symbol.size()).map(|x| symbol.dark(x, y)).collect();
        Ok(NewTotp { symbol: (0..symbol.size()).map(line).collect(), secret, uri, mark })
    }

    /// An offer that came back with its digits: the secret and the step that it proves. None when it was not offered to
    /// this browser, or the digits are not of now.
    pub(crate) fn taken_totp(&self, holder: &str, secret: &str, mark: &str, digits: &str) -> Option<(Vec<u8>, i64)> {
        if self.totp_mark(holder, secret) != mark {
            return None;
        }
        let bytes = base32(secret)?;
        let step = matching_step(&totp(&bytes).ok()?, &plain_digits(digits), self.now_s())?;
        Some((bytes, step))
    }

    /// The secret sealed for its row.
    pub(crate) fn seal_person_totp(&self, fresh: &Fresh, secret: &[u8]) -> Result<Vec<u8>, DeedError> {
        let text = SealedText::new(&hex::encode(secret)).ok_or_else(|| DeedError::internal("totp secret"))?;
        let spot = Spot { table: "authenticator", field: "totp", row: &fresh.id };
        Ok(self.sealer.seal(&text, spot, &mut self.chance.rng()).into_bytes())
    }

    /// The step whose digits these are, if it was not used before.
    pub(crate) fn person_step(&self, row: &Authenticator, digits: &str) -> Result<Option<i64>, DeedError> {
        let spot = Spot { table: "authenticator", field: "totp", row: &row.id };
        let sealed = Sealed::<SealedText>::from_bytes(row.body.clone());
        let secret = self.sealer.open(&sealed, spot).map_err(DeedError::internal)?;
        let secret = hex::decode(secret.expose()).map_err(DeedError::internal)?;
        let step = matching_step(&totp(&secret)?, &plain_digits(digits), self.now_s());
        Ok(step.filter(|step| *step > row.step))
    }

    fn totp_mark(&self, holder: &str, secret: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.marked("totp-offer", &[holder.as_bytes(), secret.as_bytes()]))
    }
}

/// Digits as people type them.
pub(crate) fn plain_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(12).collect()
}

/// RFC 4648 section 6, without padding.
fn base32(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0u32, 0u32);
    for letter in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|a| *a == letter)?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    (bytes.len() == 20).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::base32;
    use crate::sign_in::totp;

    #[test]
    fn what_is_shown_is_read_back() {
        for secret in [[0u8; 20], [0xff; 20], *b"12345678901234567890"] {
            assert_eq!(base32(&totp(&secret).unwrap().secret().to_base32()).as_deref(), Some(&secret[..]));
        }
        for bad in ["", "AAAA", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"] {
            assert_eq!(base32(bad), None, "{bad}");
        }
    }
}
