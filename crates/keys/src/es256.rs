//! Checks ES256 signatures with aws-lc, and demands the low half of s.
//! It does not know SM2, and it never signs.

use crate::suite::{BadKey, BadSignature};
use aws_lc_rs::digest;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;

/// Half of the order n of P-256, rounded down (FIPS 186-5; SEC 2 section 2.4.2): the largest s taken.
pub const P256_HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d,
    0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// A P-256 key, held in the form that aws-lc checks with.
#[derive(Clone)]
pub(crate) struct Es256Key(ParsedPublicKey);

impl Es256Key {
    pub(crate) fn parse(bytes: &[u8; 33]) -> Result<Es256Key, BadKey> {
        if !matches!(bytes[0], 0x02 | 0x03) {
            return Err(BadKey);
        }
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes).map(Es256Key).map_err(|_| BadKey)
    }

    pub(crate) fn verify(&self, message: &[&[u8]], signature: &[u8; 64]) -> Result<(), BadSignature> {
        if signature[32..] > P256_HALF_ORDER[..] {
            return Err(BadSignature);
        }
        self.verify_any_s(message, signature)
    }

    /// With either half of s, as RFC 7518 section 3.4 takes it: for the signatures of others' programs.
    pub(crate) fn verify_any_s(&self, message: &[&[u8]], signature: &[u8; 64]) -> Result<(), BadSignature> {
        let mut context = digest::Context::new(&digest::SHA256);
        message.iter().for_each(|part| context.update(part));
        // aws-lc demands r and s in [1, n-1].
        self.0.verify_digest_sig(&context.finish(), signature).map_err(|_| BadSignature)
    }
}

/// Checks an ECDSA signature over P-256 and SHA-256 in DER (RFC 3279 section 2.2.3), with either half of s, by a key of these
/// coordinates: as authenticators sign (Web Authentication Level 3 section 6.5.5).
///
/// # Errors
/// [`BadSignature`] whatever the cause, coordinates that are no point included.
pub fn verify_es256_der(x: &[u8], y: &[u8], message: &[&[u8]], signature: &[u8]) -> Result<(), BadSignature> {
    if x.len() != 32 || y.len() != 32 {
        return Err(BadSignature);
    }
    let mut point = [4u8; 65];
    point[1..33].copy_from_slice(x);
    point[33..].copy_from_slice(y);
    let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).map_err(|_| BadSignature)?;
    let mut context = digest::Context::new(&digest::SHA256);
    message.iter().for_each(|part| context.update(part));
    key.verify_digest_sig(&context.finish(), signature).map_err(|_| BadSignature)
}

/// The two coordinates of a compressed P-256 point, as a JWK carries them (RFC 7518 section 6.2.1); `None` for no point.
#[must_use]
pub fn p256_coordinates(key: &[u8; 33]) -> Option<([u8; 32], [u8; 32])> {
    let point = p256::PublicKey::from_sec1_bytes(key).ok()?.as_affine().to_sec1_point(false);
    let bytes: &[u8; 65] = point.as_bytes().try_into().ok()?;
    let (x, y) = bytes[1..].split_at(32);
    Some((x.try_into().ok()?, y.try_into().ok()?))
}

/// The compressed point with these coordinates; `None` where they are not on the curve.
#[must_use]
pub fn p256_compressed(x: &[u8; 32], y: &[u8; 32]) -> Option<[u8; 33]> {
    let mut key = [0u8; 33];
    key[0] = 2 | (y[31] & 1);
    key[1..].copy_from_slice(x);
    p256_coordinates(&key).filter(|(_, root)| root == y).map(|_| key)
}
