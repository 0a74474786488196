//! The IETF Token Status List (draft-ietf-oauth-status-list), published beside the bundle for standard clients.
//! It gives the bytes to sign and reads signed ones; it does not sign, fetch, or know what an index belongs to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use std::fmt;
use std::io::{Read, Write};
use yima_keys::{SIGNATURE_BYTES, Suite};

/// The most statuses in a list: an index has 24 bits in a T2.
pub const SIZE_MAX: u32 = 1 << 24;
/// The most bytes of a signed list that is read.
pub const TOKEN_MAX: usize = 8 << 20;

const TYPE_JWT: &str = "statuslist+jwt";
const TYPE_CWT: &str = "application/statuslist+cwt";
/// COSE header parameter `typ` (RFC 9596).
const HEADER_TYPE: i64 = 16;
/// CWT claims `sub`, `exp`, `iat` (RFC 8392), `ttl` and `status_list` (the draft, section 14).
mod claim {
    pub(super) const SUB: i64 = 2;
    pub(super) const EXP: i64 = 4;
    pub(super) const IAT: i64 = 6;
    pub(super) const STATUS_LIST: i64 = 65_533;
    pub(super) const TTL: i64 = 65_534;
}

/// Why a list was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusListError {
    /// Not a status list, or not one spelling of it.
    Malformed,
    /// More statuses or bytes than are read.
    TooLarge,
    /// A status is 1, 2, 4 or 8 bits wide.
    Width,
    /// JOSE and COSE have no registered algorithm for the suite.
    Suite,
}

impl fmt::Display for StatusListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the bytes are not a status list",
            Self::TooLarge => "the status list is too large",
            Self::Width => "a status must be 1, 2, 4 or 8 bits wide",
            Self::Suite => "the suite has no registered algorithm for status list tokens",
        })
    }
}

impl std::error::Error for StatusListError {}

/// Statuses by index, packed from the least significant bit of each byte (the draft, section 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    bytes: Vec<u8>,
}

impl StatusList {
    /// A list of one-bit statuses: the `revoked` indices are 1 (INVALID), the others 0 (VALID).
    ///
    /// # Errors
    /// [`StatusListError::TooLarge`] above [`SIZE_MAX`], [`StatusListError::Malformed`] for an index beyond `size`.
    pub fn of_revoked(size: u32, revoked: impl IntoIterator<Item = u64>) -> Result<StatusList, StatusListError> {
        if size > SIZE_MAX {
            return Err(StatusListError::TooLarge);
        }
        let mut bytes = vec![0; size.div_ceil(8) as usize];
        for index in revoked.into_iter() {
            if index >= u64::from(size) {
                return Err(StatusListError::Malformed);
            }
            // INVARIANT: index < size <= 2^24, and there is a byte for every eight.
            bytes[(index / 8) as usize] |= 1 << (index % 8);
        }
        Ok(StatusList { bits: 1, bytes })
    }

    /// The list out of `lst`: zlib-compressed statuses of `bits` bits each.
    ///
    /// # Errors
    /// [`StatusListError::Width`], [`StatusListError::TooLarge`] for more than [`SIZE_MAX`] statuses (found while
    /// inflating, before more is kept), [`StatusListError::Malformed`] for bytes that are no whole zlib stream.
    pub fn inflate(bits: u8, lst: &[u8]) -> Result<StatusList, StatusListError> {
        if ![1, 2, 4, 8].contains(&bits) {
            return Err(StatusListError::Width);
        }
        let bytes_max = u64::from(SIZE_MAX) * u64::from(bits) / 8;
        let mut bytes = Vec::new();
        let mut decoder = ZlibDecoder::new(lst);
        let read = decoder.by_ref().take(bytes_max + 1).read_to_end(&mut bytes);
        read.map_err(|_| StatusListError::Malformed)?;
        if bytes.len() as u64 > bytes_max {
            return Err(StatusListError::TooLarge);
        }
        if decoder.total_in() != lst.len() as u64 {
            return Err(StatusListError::Malformed);
        }
        Ok(StatusList { bits, bytes })
    }

    /// zlib-compressed statuses, at the highest compression, as the draft asks.
    #[must_use]
    pub fn deflate(&self) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&self.bytes).expect("a Vec takes every byte");
        encoder.finish().expect("a Vec takes every byte")
    }

    /// The status at `index`; `None` beyond the list.
    #[must_use]
    pub fn status(&self, index: u32) -> Option<u8> {
        let at = u64::from(index) * u64::from(self.bits);
        let byte = self.bytes.get(usize::try_from(at / 8).ok()?)?;
        let mask = u8::MAX >> (8 - self.bits);
        Some(byte >> (at % 8) & mask)
    }

    /// Width of a status in bits.
    #[must_use]
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// How many statuses there are; up to seven more than were asked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() * 8 / usize::from(self.bits)
    }

    /// Whether there is no status at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// What a status list token says (the draft, section 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusToken {
    /// The list's URI.
    pub sub: String,
    /// Unix seconds when it was issued.
    pub issued_at: u32,
    /// Unix seconds when it ends.
    pub expires_at: u32,
    /// How long it may be cached, seconds.
    pub ttl_s: u32,
    /// The statuses.
    pub list: StatusList,
}

/// A token whose signature is still to be checked against [`SignedToken::signed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedToken {
    /// What it says.
    pub token: StatusToken,
    /// Its key's id, as the header says.
    pub kid: Vec<u8>,
    /// Its suite, as the header says.
    pub suite: Suite,
    /// The bytes that were signed.
    pub signed: Vec<u8>,
    /// r ‖ s, or R ‖ S.
    pub signature: [u8; SIGNATURE_BYTES],
}

impl StatusToken {
    /// The signing input of the JWT form; `kid` stands in its header as hex.
    ///
    /// # Errors
    /// [`StatusListError::Suite`] for SM2.
    pub fn jwt_signing_input(&self, suite: Suite, kid: &[u8]) -> Result<String, StatusListError> {
        let kid: String = kid.iter().map(|byte| format!("{byte:02x}")).collect();
        let header = serde_json::json!({ "alg": jose_name(suite)?, "kid": kid, "typ": TYPE_JWT });
        // Names in the order of the alphabet: the same bytes whatever else is built beside this crate.
        let claims = serde_json::json!({
            "exp": self.expires_at, "iat": self.issued_at,
            "status_list": { "bits": self.list.bits, "lst": URL_SAFE_NO_PAD.encode(self.list.deflate()) },
            "sub": self.sub, "ttl": self.ttl_s,
        });
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        Ok(format!("{}.{}", encode(header), encode(claims)))
    }

    /// The CWT form without its signature, and the bytes to sign.
    ///
    /// # Errors
    /// [`StatusListError::Suite`] for SM2.
    pub fn cwt_to_sign(&self, suite: Suite, kid: &[u8]) -> Result<CwtToSign, StatusListError> {
        let list = Value::Map(vec![
            (text("lst"), Value::Bytes(self.list.deflate())),
            (text("bits"), number(self.list.bits.into())),
        ]);
        let claims = Value::Map(vec![
            (number(claim::SUB), text(&self.sub)),
            (number(claim::EXP), number(self.expires_at.into())),
            (number(claim::IAT), number(self.issued_at.into())),
            (number(claim::STATUS_LIST), list),
            (number(claim::TTL), number(self.ttl_s.into())),
        ]);
        let header = HeaderBuilder::new()
            .algorithm(cose_algorithm(suite)?)
            .key_id(kid.to_vec())
            .value(HEADER_TYPE, text(TYPE_CWT))
            .build();
        let message = CoseSign1Builder::new().protected(header).payload(cbor(&claims)).build();
        Ok(CwtToSign(message))
    }
}

/// A CWT that waits for its signature.
#[derive(Clone, Debug)]
pub struct CwtToSign(CoseSign1);

impl CwtToSign {
    /// The Sig_structure (RFC 9052 section 4.4).
    #[must_use]
    pub fn signing_input(&self) -> Vec<u8> {
        self.0.tbs_data(&[])
    }

    /// The tagged COSE_Sign1.
    #[must_use]
    pub fn assemble(mut self, signature: [u8; SIGNATURE_BYTES]) -> Vec<u8> {
        use coset::TaggedCborSerializable as _;
        self.0.signature = signature.to_vec();
        self.0.to_tagged_vec().expect("a message of byte strings and numbers has an encoding")
    }
}

/// The JWT form: signing input and signature.
#[must_use]
pub fn assemble_jwt(signing_input: &str, signature: &[u8; SIGNATURE_BYTES]) -> String {
    format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Reads the JWT form; the caller looks the key up and checks the signature.
///
/// # Errors
/// [`StatusListError`]; a token above [`TOKEN_MAX`] is not read.
pub fn read_jwt(token: &str) -> Result<SignedToken, StatusListError> {
    const BAD: StatusListError = StatusListError::Malformed;
    if token.len() > TOKEN_MAX {
        return Err(StatusListError::TooLarge);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(BAD)?;
    let (header, claims) = signed.split_once('.').ok_or(BAD)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| BAD);
    let json = |part: &str| serde_json::from_slice::<serde_json::Value>(&decode(part)?).map_err(|_| BAD);
    let (header, claims) = (json(header)?, json(claims)?);
    if header["typ"] != TYPE_JWT {
        return Err(BAD);
    }
    let seconds = |name: &str| claims[name].as_u64().and_then(|seconds| u32::try_from(seconds).ok()).ok_or(BAD);
    let bits = claims["status_list"]["bits"].as_u64().and_then(|bits| u8::try_from(bits).ok()).ok_or(BAD)?;
    let lst = decode(claims["status_list"]["lst"].as_str().ok_or(BAD)?)?;
    let token = StatusToken {
        sub: claims["sub"].as_str().ok_or(BAD)?.to_owned(),
        issued_at: seconds("iat")?,
        expires_at: seconds("exp")?,
        ttl_s: seconds("ttl")?,
        list: StatusList::inflate(bits, &lst)?,
    };
    Ok(SignedToken {
        token,
        kid: unhex(header["kid"].as_str().ok_or(BAD)?).ok_or(BAD)?,
        suite: jose_suite(header["alg"].as_str().ok_or(BAD)?)?,
        signed: signed.as_bytes().to_vec(),
        signature: decode(signature)?.try_into().map_err(|_| BAD)?,
    })
}

/// Reads the CWT form, tagged; the caller looks the key up and checks the signature.
///
/// # Errors
/// [`StatusListError`]; a token above [`TOKEN_MAX`] is not read.
pub fn read_cwt(token: &[u8]) -> Result<SignedToken, StatusListError> {
    use coset::TaggedCborSerializable as _;
    const BAD: StatusListError = StatusListError::Malformed;
    if token.len() > TOKEN_MAX {
        return Err(StatusListError::TooLarge);
    }
    let message = CoseSign1::from_tagged_slice(token).map_err(|_| BAD)?;
    let header = &message.protected.header;
    let typed = header
        .rest
        .iter()
        .any(|(label, value)| *label == coset::Label::Int(HEADER_TYPE) && value.as_text() == Some(TYPE_CWT));
    let payload = message.payload.as_deref().ok_or(BAD)?;
    let claims: Value = ciborium::from_reader(payload).map_err(|_| BAD)?;
    if !typed || cbor(&claims) != payload {
        return Err(BAD);
    }
    let seconds = |name| claim_of(&claims, name).and_then(seconds_of).ok_or(BAD);
    let list = claim_of(&claims, claim::STATUS_LIST).ok_or(BAD)?;
    let bits = member(list, "bits").and_then(seconds_of).and_then(|bits| u8::try_from(bits).ok()).ok_or(BAD)?;
    let lst = member(list, "lst").and_then(Value::as_bytes).ok_or(BAD)?;
    let token = StatusToken {
        sub: claim_of(&claims, claim::SUB).and_then(Value::as_text).ok_or(BAD)?.to_owned(),
        issued_at: seconds(claim::IAT)?,
        expires_at: seconds(claim::EXP)?,
        ttl_s: seconds(claim::TTL)?,
        list: StatusList::inflate(bits, lst)?,
    };
    let suite = cose_suite(header.alg.as_ref().ok_or(BAD)?)?;
    let signature = message.signature.as_slice().try_into().map_err(|_| BAD)?;
    Ok(SignedToken { token, kid: header.key_id.clone(), suite, signed: message.tbs_data(&[]), signature })
}

fn jose_name(suite: Suite) -> Result<&'static str, StatusListError> {
    match suite {
        Suite::Es256 => Ok("ES256"),
        Suite::Ed25519 => Ok("EdDSA"),
        Suite::Sm2Sm3 => Err(StatusListError::Suite),
    }
}

fn jose_suite(name: &str) -> Result<Suite, StatusListError> {
    match name {
        "ES256" => Ok(Suite::Es256),
        "EdDSA" => Ok(Suite::Ed25519),
        _ => Err(StatusListError::Suite),
    }
}

fn cose_algorithm(suite: Suite) -> Result<iana::Algorithm, StatusListError> {
    match suite {
        Suite::Es256 => Ok(iana::Algorithm::ES256),
        Suite::Ed25519 => Ok(iana::Algorithm::EdDSA),
        Suite::Sm2Sm3 => Err(StatusListError::Suite),
    }
}

fn cose_suite(algorithm: &coset::Algorithm) -> Result<Suite, StatusListError> {
    let suites = [Suite::Es256, Suite::Ed25519];
    let is = |suite: &Suite| cose_algorithm(*suite).is_ok_and(|known| coset::Algorithm::Assigned(known) == *algorithm);
    suites.into_iter().find(is).ok_or(StatusListError::Suite)
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

fn number(value: i64) -> Value {
    Value::Integer(value.into())
}

fn cbor(value: &Value) -> Vec<u8> {
    value.clone().to_vec().expect("a value of maps, texts, bytes and numbers has an encoding")
}

fn claim_of(claims: &Value, name: i64) -> Option<&Value> {
    let name = number(name);
    claims.as_map()?.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn member<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    map.as_map()?.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}

fn seconds_of(value: &Value) -> Option<u32> {
    u32::try_from(i128::from(value.as_integer()?)).ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.map(|pair| if pair.len() == 2 && pair[0] != b'+' { byte(pair) } else { None }).collect()
}
