//! Sealed records: what a gate uploads of a check, which only the device that showed the code can find and open.
//! It does not know who showed it, nor when records are uploaded or fetched.

use crate::record::{record_key, record_tag};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// Bytes of a sealed record: tag 16, nonce 16, box 26.
pub const SEALED_LEN: usize = 58;
const TEXT_LEN: usize = 10;
const BOX_LEN: usize = TEXT_LEN + 16;

/// What a sealed record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordText {
    /// The place's number.
    pub site: u32,
    /// The scenario.
    pub scenario: u16,
    /// Unix seconds.
    pub time: u32,
}

/// A record as it is uploaded and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedRecord {
    /// By which the device finds it; it says nothing without the code.
    pub tag: [u8; 16],
    /// Random.
    pub nonce: [u8; 16],
    /// The encrypted text.
    pub body: [u8; BOX_LEN],
}

/// The record was not sealed with these bytes, or was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOurs;

impl std::fmt::Display for NotOurs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the record does not belong to this code")
    }
}

impl std::error::Error for NotOurs {}

impl SealedRecord {
    /// Seals what happened with the code whose bytes were `shown` (T1 or T1c); `nonce` is random.
    #[must_use]
    pub fn seal(shown: &[u8], nonce: [u8; 16], text: RecordText) -> SealedRecord {
        let tag = record_tag(shown);
        let mut body = [0; BOX_LEN];
        let (plain, mac) = body.split_at_mut(TEXT_LEN);
        plain.copy_from_slice(&text.to_bytes());
        let made = cipher(shown, &nonce)
            .seal_in_place_separate_tag(once(), Aad::from(&tag), plain)
            .expect("GCM takes ten bytes");
        mac.copy_from_slice(made.as_ref());
        SealedRecord { tag, nonce, body }
    }

    /// Opens the record with the bytes that the device showed.
    ///
    /// # Errors
    /// [`NotOurs`] for another code's record or changed bytes.
    pub fn open(&self, shown: &[u8]) -> Result<RecordText, NotOurs> {
        if self.tag != record_tag(shown) {
            return Err(NotOurs);
        }
        let mut body = self.body;
        let plain =
            cipher(shown, &self.nonce).open_in_place(once(), Aad::from(&self.tag), &mut body).map_err(|_| NotOurs)?;
        RecordText::from_bytes(plain).ok_or(NotOurs)
    }

    /// tag ‖ nonce ‖ box.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SEALED_LEN] {
        let mut bytes = [0; SEALED_LEN];
        bytes[..16].copy_from_slice(&self.tag);
        bytes[16..32].copy_from_slice(&self.nonce);
        bytes[32..].copy_from_slice(&self.body);
        bytes
    }

    /// Reads tag ‖ nonce ‖ box.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; SEALED_LEN]) -> SealedRecord {
        let mut record = SealedRecord { tag: [0; 16], nonce: [0; 16], body: [0; BOX_LEN] };
        record.tag.copy_from_slice(&bytes[..16]);
        record.nonce.copy_from_slice(&bytes[16..32]);
        record.body.copy_from_slice(&bytes[32..]);
        record
    }
}

impl RecordText {
    fn to_bytes(self) -> [u8; TEXT_LEN] {
        let mut bytes = [0; TEXT_LEN];
        bytes[..4].copy_from_slice(&self.site.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.scenario.to_be_bytes());
        bytes[6..].copy_from_slice(&self.time.to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<RecordText> {
        let (site, rest) = bytes.split_first_chunk()?;
        let (scenario, rest) = rest.split_first_chunk()?;
        Some(RecordText {
            site: u32::from_be_bytes(*site),
            scenario: u16::from_be_bytes(*scenario),
            time: u32::from_be_bytes(rest.try_into().ok()?),
        })
    }
}

/// AES-256-GCM under the key of one code and one nonce.
fn cipher(shown: &[u8], nonce: &[u8; 16]) -> LessSafeKey {
    let key = UnboundKey::new(&AES_256_GCM, &record_key(shown, nonce));
    LessSafeKey::new(key.expect("AES-256 takes any 32 bytes"))
}

/// Twelve zero bytes: a key seals once, for the random nonce went into the key.
fn once() -> Nonce {
    Nonce::assume_unique_for_key([0; NONCE_LEN])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_that_was_shown_opens_its_record() {
        let text = RecordText { site: 7, scenario: 3, time: 1_795_000_000 };
        let (mine, other) = ([0x11; 197], [0x12; 197]);
        let sealed = SealedRecord::seal(&mine, [9; 16], text);
        assert_eq!(SealedRecord::from_bytes(&sealed.to_bytes()).open(&mine), Ok(text));
        assert_eq!(sealed.open(&other), Err(NotOurs));
        for at in 0..SEALED_LEN {
            let mut bytes = sealed.to_bytes();
            bytes[at] ^= 1;
            assert_eq!(SealedRecord::from_bytes(&bytes).open(&mine), Err(NotOurs), "byte {at}");
        }
    }
}
