//! T1 and T1c: an issuer's part drawn the day before, and a holder's part signed when it is shown.
//! It does not know whether either signature holds.

use super::{Defect, Form, Presented, Unreadable, field, suite_nibble};
use crate::day::Day;
use crate::flags::Flags;
use crate::issuer::Kid;
use crate::signing::{Message, domain};
use yima_keys::Suite;

/// What an issuer signs for one token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuerFields {
    /// The issuing key's suite.
    pub issuer_suite: Suite,
    /// The holder key's suite.
    pub holder_suite: Suite,
    /// The issuing key's id.
    pub kid: Kid,
    /// The one-time token id.
    pub id: [u8; 16],
    /// The day that the token is good for.
    pub day: Day,
    /// What it says about the holder.
    pub flags: Flags,
    /// The holder's key, compressed.
    pub holder_key: [u8; 33],
}

/// Bytes that the issuer signs.
const ISSUER_SIGNED: usize = 59;

impl IssuerFields {
    /// The message that the issuer signs.
    #[must_use]
    pub fn issuer_message(&self) -> Message {
        Message::new(domain::T1_ISSUER, &self.signed_bytes())
    }

    /// The fields with their signature: what a device keeps until it is shown.
    #[must_use]
    pub fn assemble(self, issuer_signature: [u8; 64]) -> IssuerPart {
        IssuerPart { fields: self, issuer_signature }
    }

    fn signed_bytes(&self) -> [u8; ISSUER_SIGNED] {
        let mut bytes = [0; ISSUER_SIGNED];
        bytes[0] = Form::T1.byte_0();
        bytes[1] = self.issuer_suite.number() << 4 | self.holder_suite.number();
        bytes[2..6].copy_from_slice(&self.kid);
        bytes[6..22].copy_from_slice(&self.id);
        bytes[22..24].copy_from_slice(&self.day.0.to_be_bytes());
        bytes[24..26].copy_from_slice(&self.flags.bits().to_be_bytes());
        bytes[26..59].copy_from_slice(&self.holder_key);
        bytes
    }

    /// Reads bytes 1 to 58; byte 0 was checked by the caller.
    fn read(bytes: &[u8]) -> Result<IssuerFields, Unreadable> {
        let no_suite = Unreadable::Malformed(Defect::Suites);
        let issuer_suite = suite_nibble(bytes[1] >> 4)?;
        let holder_suite = suite_nibble(bytes[1] & 0x0f)?;
        let flags = Flags::from_bits(u16::from_be_bytes(field(bytes, 24)));
        let fields = IssuerFields {
            issuer_suite: issuer_suite.ok_or(no_suite)?,
            holder_suite: holder_suite.ok_or(no_suite)?,
            kid: field(bytes, 2),
            id: field(bytes, 6),
            day: Day(u16::from_be_bytes(field(bytes, 22))),
            flags: flags.map_err(|_| Unreadable::Malformed(Defect::Flags))?,
            holder_key: field(bytes, 26),
        };
        let prefix_fits = match fields.holder_suite {
            Suite::Es256 | Suite::Sm2Sm3 => matches!(fields.holder_key[0], 0x02 | 0x03),
            Suite::Ed25519 => fields.holder_key[0] == 0x00,
        };
        if prefix_fits { Ok(fields) } else { Err(Unreadable::Malformed(Defect::HolderKey)) }
    }
}

/// The 123 bytes that a device draws: the issuer's fields and signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerPart {
    fields: IssuerFields,
    issuer_signature: [u8; 64],
}

impl IssuerPart {
    /// Bytes of an issuer's part.
    pub const BYTES: usize = 123;

    /// Reads a drawn part, byte 0 of a T1 included.
    ///
    /// # Errors
    /// [`Unreadable`], the first rule of shape that does not hold.
    pub fn from_bytes(bytes: &[u8; IssuerPart::BYTES]) -> Result<IssuerPart, Unreadable> {
        if bytes[0] != Form::T1.byte_0() {
            return Err(Unreadable::Malformed(Defect::Byte0));
        }
        IssuerPart::read(bytes)
    }

    fn read(bytes: &[u8]) -> Result<IssuerPart, Unreadable> {
        Ok(IssuerPart { fields: IssuerFields::read(bytes)?, issuer_signature: field(bytes, ISSUER_SIGNED) })
    }

    /// The bytes, with a T1's byte 0.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; IssuerPart::BYTES] {
        let mut bytes = [0; IssuerPart::BYTES];
        bytes[..ISSUER_SIGNED].copy_from_slice(&self.fields.signed_bytes());
        bytes[ISSUER_SIGNED..].copy_from_slice(&self.issuer_signature);
        bytes
    }

    /// The fields.
    #[must_use]
    pub fn fields(&self) -> &IssuerFields {
        &self.fields
    }

    /// The issuer's signature over [`IssuerFields::issuer_message`].
    #[must_use]
    pub fn issuer_signature(&self) -> &[u8; 64] {
        &self.issuer_signature
    }
}

/// What the holder adds when a token is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolderPart {
    /// Corrected Unix time, a multiple of 5 s.
    time: u32,
    /// The scenario, 0 for any.
    pub scenario: u16,
    /// The site, 0 for any.
    pub site: u32,
    /// Of a T1c: the challenge that it answers.
    pub challenge: Option<[u8; 8]>,
}

impl HolderPart {
    /// A showing at this place now; `unix` is rounded down to 5 s.
    #[must_use]
    pub fn new(unix: u32, scenario: u16, site: u32) -> HolderPart {
        HolderPart { time: unix - unix % 5, scenario, site, challenge: None }
    }

    /// The same as an answer to a challenge, which makes it a T1c.
    #[must_use]
    pub fn answering(self, challenge: [u8; 8]) -> HolderPart {
        HolderPart { challenge: Some(challenge), ..self }
    }

    /// The signed time, Unix seconds.
    #[must_use]
    pub fn time(&self) -> u32 {
        self.time
    }

    /// The message that the holder signs for this issuer's part.
    #[must_use]
    pub fn holder_message(&self, issuer_part: &IssuerPart) -> Message {
        let mut body = [0; 141];
        let length = self.write(issuer_part, &mut body);
        let domain = if self.challenge.is_some() { domain::T1C_HOLDER } else { domain::T1_HOLDER };
        Message::new(domain, &body[..length])
    }

    /// The whole code.
    #[must_use]
    pub fn assemble(self, issuer_part: IssuerPart, holder_signature: [u8; 64]) -> Presented {
        let token = T1 { issuer_part, holder_part: self, holder_signature };
        if self.challenge.is_some() { Presented::T1c(token) } else { Presented::T1(token) }
    }

    fn form(&self) -> Form {
        if self.challenge.is_some() { Form::T1c } else { Form::T1 }
    }

    /// Writes the bytes before the holder's signature; returns 133 or 141.
    fn write(&self, issuer_part: &IssuerPart, body: &mut [u8; 141]) -> usize {
        body[..IssuerPart::BYTES].copy_from_slice(&issuer_part.to_bytes());
        body[0] = self.form().byte_0();
        body[123..127].copy_from_slice(&self.time.to_be_bytes());
        body[127..129].copy_from_slice(&self.scenario.to_be_bytes());
        body[129..133].copy_from_slice(&self.site.to_be_bytes());
        let Some(challenge) = self.challenge else { return 133 };
        body[133..].copy_from_slice(&challenge);
        141
    }
}

/// A T1, or with a challenge a T1c.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct T1 {
    issuer_part: IssuerPart,
    holder_part: HolderPart,
    holder_signature: [u8; 64],
}

impl T1 {
    /// Reads 197 or 205 bytes whose length and byte 0 were checked.
    pub(super) fn read(bytes: &[u8]) -> Result<T1, Unreadable> {
        let issuer_part = IssuerPart::read(bytes)?;
        let challenge = (bytes.len() == Form::T1c.bytes()).then(|| field(bytes, 133));
        let holder_part = HolderPart {
            time: u32::from_be_bytes(field(bytes, 123)),
            scenario: u16::from_be_bytes(field(bytes, 127)),
            site: u32::from_be_bytes(field(bytes, 129)),
            challenge,
        };
        if !holder_part.time.is_multiple_of(5) {
            return Err(Unreadable::Malformed(Defect::Time));
        }
        Ok(T1 { issuer_part, holder_part, holder_signature: field(bytes, bytes.len() - 64) })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut body = [0; 141];
        let length = self.holder_part.write(&self.issuer_part, &mut body);
        [&body[..length], &self.holder_signature].concat()
    }

    /// The issuer's fields.
    #[must_use]
    pub fn fields(&self) -> &IssuerFields {
        &self.issuer_part.fields
    }

    /// The issuer's part, as it was drawn.
    #[must_use]
    pub fn issuer_part(&self) -> &IssuerPart {
        &self.issuer_part
    }

    /// What the holder added.
    #[must_use]
    pub fn holder_part(&self) -> &HolderPart {
        &self.holder_part
    }

    /// The holder's signature over [`HolderPart::holder_message`].
    #[must_use]
    pub fn holder_signature(&self) -> &[u8; 64] {
        &self.holder_signature
    }
}
