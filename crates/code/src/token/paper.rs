//! T2: an issuer's statement on paper, with a place in a status list instead of a holder's key.
//! It does not know the face that is printed beside it.

use super::{Defect, Form, Presented, Unreadable, field, suite_nibble};
use crate::day::Month;
use crate::flags::Flags;
use crate::issuer::Kid;
use crate::signing::{Message, domain};
use yima_keys::Suite;

/// What an issuer signs for a paper code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct T2Fields {
    /// The issuing key's suite.
    pub issuer_suite: Suite,
    /// The issuing key's id.
    pub kid: Kid,
    /// The status list that can revoke it.
    pub list: u16,
    /// Its random place in that list, below 2^24.
    pub index: u32,
    /// The last month in which it is good, at most twelve after its issue.
    pub expiry: Month,
    /// What it says about the holder.
    pub flags: Flags,
}

/// One above the largest index.
pub const T2_INDEX_END: u32 = 1 << 24;
/// The longest life of a paper code, in months.
pub const T2_MONTHS_MAX: u16 = 12;

const ISSUER_SIGNED: usize = 15;

impl T2Fields {
    /// The message that the issuer signs.
    #[must_use]
    pub fn issuer_message(&self) -> Message {
        Message::new(domain::T2_ISSUER, &self.signed_bytes())
    }

    /// The whole code.
    #[must_use]
    pub fn assemble(self, issuer_signature: [u8; 64]) -> Presented {
        Presented::T2(T2 { fields: self, issuer_signature })
    }

    fn signed_bytes(&self) -> [u8; ISSUER_SIGNED] {
        debug_assert!(self.index < T2_INDEX_END, "an index has three bytes");
        let mut bytes = [0; ISSUER_SIGNED];
        bytes[0] = Form::T2.byte_0();
        bytes[1] = self.issuer_suite.number() << 4;
        bytes[2..6].copy_from_slice(&self.kid);
        bytes[6..8].copy_from_slice(&self.list.to_be_bytes());
        bytes[8..11].copy_from_slice(&self.index.to_be_bytes()[1..]);
        bytes[11..13].copy_from_slice(&self.expiry.0.to_be_bytes());
        bytes[13..15].copy_from_slice(&self.flags.bits().to_be_bytes());
        bytes
    }
}

/// A T2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct T2 {
    fields: T2Fields,
    issuer_signature: [u8; 64],
}

impl T2 {
    pub(super) fn read(bytes: &[u8]) -> Result<T2, Unreadable> {
        let issuer_suite = suite_nibble(bytes[1] >> 4)?;
        let holder_suite = suite_nibble(bytes[1] & 0x0f)?;
        let (Some(issuer_suite), None) = (issuer_suite, holder_suite) else {
            return Err(Unreadable::Malformed(Defect::Suites));
        };
        let [high, middle, low] = field(bytes, 8);
        let flags = Flags::from_bits(u16::from_be_bytes(field(bytes, 13)));
        let fields = T2Fields {
            issuer_suite,
            kid: field(bytes, 2),
            list: u16::from_be_bytes(field(bytes, 6)),
            index: u32::from_be_bytes([0, high, middle, low]),
            expiry: Month(u16::from_be_bytes(field(bytes, 11))),
            flags: flags.map_err(|_| Unreadable::Malformed(Defect::Flags))?,
        };
        Ok(T2 { fields, issuer_signature: field(bytes, ISSUER_SIGNED) })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        [&self.fields.signed_bytes()[..], &self.issuer_signature].concat()
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &T2Fields {
        &self.fields
    }

    /// The issuer's signature over [`T2Fields::issuer_message`].
    #[must_use]
    pub fn issuer_signature(&self) -> &[u8; 64] {
        &self.issuer_signature
    }
}
