//! A code as CWT claims: the same fields one to one, for exchange and for checkers that speak CBOR and COSE.
//! It converts and never judges: whether a code is good, `check` says, on the code that comes back.
//!
//! The issuer's and the holder's signatures are over the code's own bytes and travel as claims. So the claims alone
//! are an unprotected claims set (RFC 9781, tag 601), and what a COSE_Sign1 around them signs is only that its signer
//! passes on this code. Both are in `docs/spec/exchange-forms.md`.

use crate::token::{Form, Presented};
use ciborium::Value;
use coset::{CborSerializable as _, CoseSign1, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _, iana};
use std::fmt;
use yima_keys::{SIGNATURE_BYTES, Suite};

/// No code's claims, in either form, are longer.
pub const CLAIMS_MAX: usize = 512;
/// Tag of an unprotected claims set (RFC 9781).
const TAG_UCCS: u64 = 601;
/// COSE private use: no algorithm or curve is registered for SM2.
const CURVE_SM2: i64 = -65_537;

/// Claims of a code that no registry names; private use (RFC 8392 section 9.1).
mod claim {
    pub(super) const IAT: i64 = 6;
    pub(super) const CTI: i64 = 7;
    pub(super) const CNF: i64 = 8;
    pub(super) const FORM: i64 = -70_000;
    pub(super) const SUITES: i64 = -70_001;
    pub(super) const KID: i64 = -70_002;
    pub(super) const DAY: i64 = -70_003;
    pub(super) const FLAGS: i64 = -70_004;
    pub(super) const ISSUER_SIGNATURE: i64 = -70_005;
    pub(super) const SCENARIO: i64 = -70_006;
    pub(super) const SITE: i64 = -70_007;
    pub(super) const CHALLENGE: i64 = -70_008;
    pub(super) const HOLDER_SIGNATURE: i64 = -70_009;
    pub(super) const LIST: i64 = -70_010;
    pub(super) const INDEX: i64 = -70_011;
    pub(super) const EXPIRY_MONTH: i64 = -70_012;
}

/// Why claims were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CwtError {
    /// Not claims of a code, or not the one spelling of them.
    Malformed,
    /// Longer than any code's claims.
    TooLarge,
    /// A T0 means something to its server alone and has no claims.
    NoClaims,
    /// COSE has no registered algorithm for the suite.
    Suite,
}

impl fmt::Display for CwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are not a code's claims",
            Self::TooLarge => "the bytes are longer than a code's claims",
            Self::NoClaims => "this form of code has no claims",
            Self::Suite => "the suite has no registered COSE algorithm",
        })
    }
}

impl std::error::Error for CwtError {}

/// The code as an unprotected claims set: tag 601 and the claims, deterministically encoded (RFC 8949 section 4.2.1).
///
/// # Errors
/// [`CwtError::NoClaims`] for a T0.
pub fn to_uccs(code: &Presented) -> Result<Vec<u8>, CwtError> {
    let tagged = Value::Tag(TAG_UCCS, Box::new(claims_of(code)?));
    Ok(encode(tagged))
}

/// The code out of an unprotected claims set.
///
/// # Errors
/// [`CwtError`]: other claims, missing ones, any other spelling than [`to_uccs`]'s.
pub fn from_uccs(bytes: &[u8]) -> Result<Presented, CwtError> {
    let Value::Tag(TAG_UCCS, claims) = decode(bytes)? else {
        return Err(CwtError::Malformed);
    };
    let code = code_of(&claims)?;
    if to_uccs(&code)? == bytes { Ok(code) } else { Err(CwtError::Malformed) }
}

/// A COSE_Sign1 around a code's claims that waits for the signature of whoever passes the code on.
#[derive(Clone, Debug)]
pub struct Passing(CoseSign1);

impl Passing {
    /// Prepares the message of the passing key `kid`.
    ///
    /// # Errors
    /// [`CwtError::NoClaims`] for a T0, [`CwtError::Suite`] for SM2.
    pub fn new(code: &Presented, suite: Suite, kid: &[u8]) -> Result<Passing, CwtError> {
        let header = HeaderBuilder::new().algorithm(algorithm(suite)?).key_id(kid.to_vec()).build();
        let payload = encode(claims_of(code)?);
        Ok(Passing(CoseSign1Builder::new().protected(header).payload(payload).build()))
    }

    /// The Sig_structure (RFC 9052 section 4.4).
    #[must_use]
    pub fn signing_input(&self) -> Vec<u8> {
        self.0.tbs_data(&[])
    }

    /// The tagged COSE_Sign1.
    #[must_use]
    pub fn assemble(mut self, signature: [u8; SIGNATURE_BYTES]) -> Vec<u8> {
        self.0.signature = signature.to_vec();
        self.0.to_tagged_vec().expect("a message of byte strings and numbers has an encoding")
    }
}

/// A code that somebody passed on; the passing signature is still to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The code, with its own two signatures, to be checked as any.
    pub code: Presented,
    /// The passing key's id.
    pub kid: Vec<u8>,
    /// The passing key's suite.
    pub suite: Suite,
    /// What the passing key signed.
    pub signed: Vec<u8>,
    /// The passing signature.
    pub signature: [u8; SIGNATURE_BYTES],
}

/// Reads a COSE_Sign1 around a code's claims.
///
/// # Errors
/// [`CwtError`]: any other headers, claims or spelling than [`Passing`] makes.
pub fn read_passed(bytes: &[u8]) -> Result<Passed, CwtError> {
    if bytes.len() > CLAIMS_MAX {
        return Err(CwtError::TooLarge);
    }
    let message = CoseSign1::from_tagged_slice(bytes).map_err(|_| CwtError::Malformed)?;
    let header = &message.protected.header;
    let (kid, suite) = (header.key_id.clone(), suite_of(header.alg.as_ref())?);
    let payload = message.payload.as_deref().ok_or(CwtError::Malformed)?;
    let code = code_of(&decode(payload)?)?;
    let signature = message.signature.as_slice().try_into().map_err(|_| CwtError::Malformed)?;
    let same = Passing::new(&code, suite, &kid)?;
    let signed = same.signing_input();
    if same.assemble(signature) != bytes {
        return Err(CwtError::Malformed);
    }
    Ok(Passed { code, kid, suite, signed, signature })
}

/// How a field of the code's bytes is written as a claim.
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Bytes,
    HolderKey,
}

/// A claim and the bytes it stands for: from, length.
type Field = (i64, usize, usize, Kind);

const T1_FIELDS: [Field; 12] = [
    (claim::IAT, 123, 4, Kind::Number),
    (claim::CTI, 6, 16, Kind::Bytes),
    (claim::CNF, 26, 33, Kind::HolderKey),
    (claim::FORM, 0, 1, Kind::Number),
    (claim::SUITES, 1, 1, Kind::Number),
    (claim::KID, 2, 4, Kind::Bytes),
    (claim::DAY, 22, 2, Kind::Number),
    (claim::FLAGS, 24, 2, Kind::Number),
    (claim::ISSUER_SIGNATURE, 59, 64, Kind::Bytes),
    (claim::SCENARIO, 127, 2, Kind::Number),
    (claim::SITE, 129, 4, Kind::Number),
    (claim::HOLDER_SIGNATURE, 133, 64, Kind::Bytes),
];

const T1C_FIELDS: [Field; 13] = [
    T1_FIELDS[0],
    T1_FIELDS[1],
    T1_FIELDS[2],
    T1_FIELDS[3],
    T1_FIELDS[4],
    T1_FIELDS[5],
    T1_FIELDS[6],
    T1_FIELDS[7],
    T1_FIELDS[8],
    T1_FIELDS[9],
    T1_FIELDS[10],
    (claim::CHALLENGE, 133, 8, Kind::Bytes),
    (claim::HOLDER_SIGNATURE, 141, 64, Kind::Bytes),
];

const T2_FIELDS: [Field; 8] = [
    (claim::FORM, 0, 1, Kind::Number),
    (claim::SUITES, 1, 1, Kind::Number),
    (claim::KID, 2, 4, Kind::Bytes),
    (claim::FLAGS, 13, 2, Kind::Number),
    (claim::ISSUER_SIGNATURE, 15, 64, Kind::Bytes),
    (claim::LIST, 6, 2, Kind::Number),
    (claim::INDEX, 8, 3, Kind::Number),
    (claim::EXPIRY_MONTH, 11, 2, Kind::Number),
];

fn fields(form: Form) -> Result<&'static [Field], CwtError> {
    match form {
        Form::T1 => Ok(&T1_FIELDS),
        Form::T1c => Ok(&T1C_FIELDS),
        Form::T2 => Ok(&T2_FIELDS),
        Form::T0 => Err(CwtError::NoClaims),
    }
}

/// The claims in the order of their encoded keys: 6, 7, 8, then -70,000 downwards.
fn claims_of(code: &Presented) -> Result<Value, CwtError> {
    let bytes = code.to_bytes();
    let claims = fields(code.form())?.iter().map(|&(name, at, length, kind)| {
        let field = &bytes[at..at + length];
        let value = match kind {
            Kind::Number => Value::Integer(as_number(field).into()),
            Kind::Bytes => Value::Bytes(field.to_vec()),
            Kind::HolderKey => confirmation(bytes[1] & 0x0f, field),
        };
        (Value::Integer(name.into()), value)
    });
    Ok(Value::Map(claims.collect()))
}

fn code_of(claims: &Value) -> Result<Presented, CwtError> {
    let claims = claims.as_map().ok_or(CwtError::Malformed)?;
    let form = number_claim(claims, claim::FORM)?;
    let form = u8::try_from(form).ok().and_then(|byte_0| Form::from_number(byte_0 & 0x0f));
    let form = form.ok_or(CwtError::Malformed)?;
    let mut bytes = vec![0; form.bytes()];
    for &(name, at, length, kind) in fields(form)? {
        let field = &mut bytes[at..at + length];
        match kind {
            Kind::Number => put_number(field, number_claim(claims, name)?)?,
            Kind::Bytes => put_bytes(field, value_of(claims, name)?)?,
            Kind::HolderKey => put_holder_key(field, value_of(claims, name)?)?,
        }
    }
    Presented::from_bytes(&bytes).map_err(|_| CwtError::Malformed)
}

/// `cnf` (RFC 8747) with the holder's COSE_Key.
fn confirmation(holder_suite: u8, key: &[u8]) -> Value {
    let pair = |name: i64, value: Value| (Value::Integer(name.into()), value);
    let (prefix, x) = (key[0], Value::Bytes(key[1..].to_vec()));
    let ed25519 = holder_suite == Suite::Ed25519.number();
    let curve = if holder_suite == Suite::Sm2Sm3.number() { CURVE_SM2 } else { iana::EllipticCurve::P_256 as i64 };
    let cose_key = if ed25519 {
        vec![pair(1, number(1)), pair(-1, number(iana::EllipticCurve::Ed25519 as i64)), pair(-2, x)]
    } else {
        vec![pair(1, number(2)), pair(-1, number(curve)), pair(-2, x), pair(-3, Value::Bool(prefix == 3))]
    };
    Value::Map(vec![pair(1, Value::Map(cose_key))])
}

/// The key's bytes; whether curve and suite agree is seen when the claims are made again.
fn put_holder_key(field: &mut [u8], confirmation: &Value) -> Result<(), CwtError> {
    let cose_key = value_of(confirmation.as_map().ok_or(CwtError::Malformed)?, 1)?;
    let cose_key = cose_key.as_map().ok_or(CwtError::Malformed)?;
    let (prefix, x) = field.split_at_mut(1);
    prefix[0] = match value_of(cose_key, -3).ok().and_then(Value::as_bool) {
        None => 0,
        Some(false) => 2,
        Some(true) => 3,
    };
    put_bytes(x, value_of(cose_key, -2)?)
}

fn value_of(map: &[(Value, Value)], name: i64) -> Result<&Value, CwtError> {
    let name = number(name);
    map.iter().find(|(key, _)| *key == name).map(|(_, value)| value).ok_or(CwtError::Malformed)
}

fn number_claim(map: &[(Value, Value)], name: i64) -> Result<u64, CwtError> {
    let value = value_of(map, name)?.as_integer().ok_or(CwtError::Malformed)?;
    u64::try_from(i128::from(value)).map_err(|_| CwtError::Malformed)
}

fn put_bytes(field: &mut [u8], value: &Value) -> Result<(), CwtError> {
    let bytes = value.as_bytes().filter(|bytes| bytes.len() == field.len());
    field.copy_from_slice(bytes.ok_or(CwtError::Malformed)?);
    Ok(())
}

fn put_number(field: &mut [u8], value: u64) -> Result<(), CwtError> {
    let bytes = value.to_be_bytes();
    let (high, low) = bytes.split_at(bytes.len() - field.len());
    if high.iter().any(|byte| *byte != 0) {
        return Err(CwtError::Malformed);
    }
    field.copy_from_slice(low);
    Ok(())
}

fn as_number(field: &[u8]) -> u64 {
    field.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn number(value: i64) -> Value {
    Value::Integer(value.into())
}

fn encode(value: Value) -> Vec<u8> {
    value.to_vec().expect("a value of maps, bytes and numbers has an encoding")
}

fn decode(bytes: &[u8]) -> Result<Value, CwtError> {
    if bytes.len() > CLAIMS_MAX {
        return Err(CwtError::TooLarge);
    }
    Value::from_slice(bytes).map_err(|_| CwtError::Malformed)
}

fn algorithm(suite: Suite) -> Result<iana::Algorithm, CwtError> {
    match suite {
        Suite::Es256 => Ok(iana::Algorithm::ES256),
        Suite::Ed25519 => Ok(iana::Algorithm::EdDSA),
        Suite::Sm2Sm3 => Err(CwtError::Suite),
    }
}

fn suite_of(named: Option<&coset::Algorithm>) -> Result<Suite, CwtError> {
    let is = |suite: &Suite| algorithm(*suite).is_ok_and(|known| named == Some(&coset::Algorithm::Assigned(known)));
    [Suite::Es256, Suite::Ed25519].into_iter().find(is).ok_or(CwtError::Suite)
}
