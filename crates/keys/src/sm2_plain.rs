//! Checks SM2 signatures through the `sm2` crate: for keys that are met once, such as a holder's.
//! It knows ZA and the ranges of r and s (GB/T 32918.2-2016); it never signs.

use crate::sm2_table::Sm2Table;
use crate::suite::{BadKey, BadSignature};
use sm2::dsa::signature::MultipartVerifier;
use sm2::dsa::signature::hazmat::PrehashVerifier;
use sm2::dsa::{Signature, VerifyingKey};
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::{AffinePoint, PublicKey};

/// The user id in every ZA of this platform (GM/T 0009-2023 section 10).
pub const SM2_USER_ID: &str = "1234567812345678";

/// An SM2 key with its ZA.
#[derive(Clone)]
pub(crate) struct Sm2Key {
    stock: VerifyingKey,
    za: [u8; 32],
}

impl Sm2Key {
    pub(crate) fn parse(bytes: &[u8; 33]) -> Result<Sm2Key, BadKey> {
        if !matches!(bytes[0], 0x02 | 0x03) {
            return Err(BadKey);
        }
        // The crate refuses what is not on the curve, and the identity has no compressed form.
        let key = PublicKey::from_sec1_bytes(bytes).map_err(|_| BadKey)?;
        let za = za(key.as_affine());
        let stock = VerifyingKey::new(SM2_USER_ID, key).map_err(|_| BadKey)?;
        Ok(Sm2Key { stock, za })
    }

    pub(crate) fn point(&self) -> &AffinePoint {
        self.stock.as_affine()
    }

    pub(crate) fn verify(&self, message: &[&[u8]], signature: &[u8; 64]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
        self.stock.multipart_verify(message, &signature).map_err(|_| BadSignature)
    }

    /// The same check through precomputed multiples of this key.
    pub(crate) fn verify_by_table(
        &self,
        table: &Sm2Table,
        message: &[&[u8]],
        signature: &[u8; 64],
    ) -> Result<(), BadSignature> {
        table.verify(&self.message_digest(message), signature)
    }

    fn message_digest(&self, message: &[&[u8]]) -> [u8; 32] {
        use sm3::{Digest, Sm3};
        let mut hasher = Sm3::new_with_prefix(self.za);
        message.iter().for_each(|part| hasher.update(part));
        hasher.finalize().into()
    }
}

/// ZA = SM3(bits of the id, id, a, b, G, the key), GB/T 32918.2-2016 section 5.5.
fn za(key: &AffinePoint) -> [u8; 32] {
    let generator = AffinePoint::GENERATOR;
    let id_bits = (SM2_USER_ID.len() as u16 * 8).to_be_bytes();
    crate::hash::sm3(&[
        &id_bits,
        SM2_USER_ID.as_bytes(),
        &CURVE_A,
        &CURVE_B,
        &generator.x(),
        &generator.y(),
        &key.x(),
        &key.y(),
    ])
}

/// The curve's a = p - 3 (GB/T 32918.5-2017).
const CURVE_A: [u8; 32] = [
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfc,
];
/// The curve's b (GB/T 32918.5-2017).
const CURVE_B: [u8; 32] = [
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7, 0xf3, 0x97, 0x89,
    0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
];

/// Checks a signature over a digest e that the caller made with any user id; for tests against the standard.
///
/// # Errors
/// [`BadKey`] has no place here: a bad key is a [`BadSignature`] too.
pub fn verify_sm2_digest(key: &[u8; 33], digest: &[u8; 32], signature: &[u8; 64]) -> Result<(), BadSignature> {
    let key = Sm2Key::parse(key).map_err(|_| BadSignature)?;
    let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
    key.stock.verify_prehash(digest, &signature).map_err(|_| BadSignature)
}
