//! Token ids: one encrypted block that names a device of a subject, to whoever holds the day's id key.
//! It stores nothing and knows no person; the handle is random and means something in the store only.

use crate::day::Day;
use yima_keys::{BlockKey, Suite};

/// A day's id key of one suite: random, unrelated to signing keys, destroyed seven days after its day.
#[derive(Debug)]
pub struct TokenIdKey(BlockKey);

/// Which codes an id is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum IdForm {
    /// T1 and T1c.
    Signed = 0x11,
    /// T0.
    Tiny = 0x13,
}

/// Eight random bytes that stand for a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(pub [u8; 8]);

/// What a token id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenId {
    /// The subject.
    pub handle: Handle,
    /// The day.
    pub day: Day,
    /// One device of the subject under one mandate.
    pub slot: u8,
    /// The server's counter of (subject, slot, day), from 0.
    pub number: u16,
}

impl TokenIdKey {
    /// Takes 16 random bytes; the cipher is AES-128, or SM4 under SM2 issuers.
    #[must_use]
    pub fn new(suite: Suite, key: &[u8; 16]) -> TokenIdKey {
        TokenIdKey(BlockKey::new(suite, key))
    }

    /// The id that stands in a code.
    #[must_use]
    pub fn seal(&self, form: IdForm, id: TokenId) -> [u8; 16] {
        let mut block = [0; 16];
        block[0] = form as u8;
        block[1..9].copy_from_slice(&id.handle.0);
        block[9..11].copy_from_slice(&id.day.0.to_be_bytes());
        block[11] = id.slot;
        block[12..14].copy_from_slice(&id.number.to_be_bytes());
        self.0.encrypt(block)
    }

    /// What an id names, if its form, its day and its zeros are right.
    ///
    /// The caller has two duties: to have checked the issuer's signature of a T1 before, and to compare
    /// `number` with the count issued after; without the latter a few random strings name somebody.
    #[must_use]
    pub fn open(&self, form: IdForm, day: Day, id: &[u8; 16]) -> Option<TokenId> {
        let [tag, handle @ .., day_1, day_0, slot, number_1, number_0, zero_1, zero_0] = self.0.decrypt(*id);
        let opened = TokenId {
            handle: Handle(handle),
            day: Day(u16::from_be_bytes([day_1, day_0])),
            slot,
            number: u16::from_be_bytes([number_1, number_0]),
        };
        let agrees = tag == form as u8 && opened.day == day && [zero_1, zero_0] == [0, 0];
        agrees.then_some(opened)
    }
}

impl TokenId {
    /// Whether this number was given out, when `count` numbers of its day and slot were.
    #[must_use]
    pub fn issued_among(&self, count: u16) -> bool {
        self.number < count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: TokenId =
        TokenId { handle: Handle(*b"\x01\x02\x03\x04\x05\x06\x07\x08"), day: Day(2_519), slot: 3, number: 17 };

    #[test]
    fn an_id_opens_under_its_own_key_form_and_day_alone() {
        for suite in Suite::ALL {
            let key = TokenIdKey::new(suite, &[7; 16]);
            let other = TokenIdKey::new(suite, &[8; 16]);
            let id = key.seal(IdForm::Signed, ID);
            assert_eq!(key.open(IdForm::Signed, Day(2_519), &id), Some(ID));
            assert_eq!(key.open(IdForm::Tiny, Day(2_519), &id), None);
            assert_eq!(key.open(IdForm::Signed, Day(2_520), &id), None);
            assert_eq!(other.open(IdForm::Signed, Day(2_519), &id), None);
            for bit in 0..128 {
                let mut changed = id;
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(key.open(IdForm::Signed, Day(2_519), &changed), None, "bit {bit}");
            }
        }
    }

    #[test]
    fn numbers_from_zero() {
        assert!(ID.issued_among(18));
        assert!(!ID.issued_among(17));
    }
}
