//! A private key in memory: a day's issuing key for its day, or a device's own key in the command line's file.
//! It does not know how long it is to live; whoever holds it drops it.

use super::{Custody, CustodyError};
use crate::es256::P256_HALF_ORDER;
use crate::{CryptoRng, SM2_USER_ID, Suite};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use p256::elliptic_curve::ff::PrimeField;
use p256::elliptic_curve::sec1::ToSec1Point;
use sm2::dsa::signature::RandomizedMultipartSigner;
use std::fmt;
use zeroize::Zeroizing;

/// Longest message that is joined on the stack, in octets: every signing input of a token fits.
const JOINED_LEN: usize = 512;
/// Draws of 32 octets before a random source is given up: a good one needs a second draw once in 2^32.
const DRAWS_MAX: usize = 16;

/// A private key ready to sign. Nothing of it is printed; AWS-LC wipes its copy, and ours is wiped on drop.
/// The SM2 library keeps its scalar in memory that it does not wipe.
pub struct IssuingKey {
    suite: Suite,
    secret: Zeroizing<[u8; 32]>,
    public: [u8; 33],
    signer: Signer,
}

enum Signer {
    Es256(EcdsaKeyPair),
    Sm2(Box<sm2::dsa::SigningKey>),
    Ed25519(Ed25519KeyPair),
}

impl IssuingKey {
    /// A fresh key.
    ///
    /// # Errors
    /// [`CustodyError::BadRandomness`] if the source gives no valid private key in 16 draws.
    pub fn generate(suite: Suite, rng: &mut dyn CryptoRng) -> Result<Self, CustodyError> {
        let mut secret = Zeroizing::new([0u8; 32]);
        for _ in 0..DRAWS_MAX {
            rng.fill_bytes(&mut *secret);
            if let Ok(key) = Self::from_secret(suite, &secret) {
                return Ok(key);
            }
        }
        Err(CustodyError::BadRandomness)
    }

    /// The key with this scalar (big-endian) or Ed25519 seed.
    ///
    /// # Errors
    /// [`CustodyError::BadSecret`] if the scalar is not in [1, n-1], or for SM2 in [1, n-2].
    pub fn from_secret(suite: Suite, secret: &[u8; 32]) -> Result<Self, CustodyError> {
        let (public, signer) = match suite {
            Suite::Es256 => es256(secret)?,
            Suite::Sm2Sm3 => sm2(secret)?,
            Suite::Ed25519 => ed25519(secret)?,
        };
        Ok(Self { suite, secret: Zeroizing::new(*secret), public, signer })
    }

    /// The suite that it signs with.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// The public half, as [`crate::PublicKey::parse`] takes it.
    #[must_use]
    pub fn public(&self) -> [u8; 33] {
        self.public
    }

    /// The secret itself, for a file that belongs to whoever the key belongs to.
    #[must_use]
    pub fn secret(&self) -> Zeroizing<[u8; 32]> {
        self.secret.clone()
    }

    /// Signs the parts, joined: r||s, low s for ES256, the default user id for SM2.
    ///
    /// SM2 takes chance from `rng` into its RFC 6979 nonce. AWS-LC draws its ECDSA nonces itself, and Ed25519 has none.
    ///
    /// # Errors
    /// [`CustodyError::NotSigned`] if the library fails, which none is known to do.
    pub fn sign(&self, parts: &[&[u8]], rng: &mut dyn CryptoRng) -> Result<[u8; 64], CustodyError> {
        match &self.signer {
            Signer::Es256(pair) => {
                let made = joined(parts, |message| pair.sign(&SystemRandom::new(), message));
                let mut signature = octets64(made.map_err(|_| CustodyError::NotSigned)?.as_ref())?;
                lower_s(&mut signature)?;
                Ok(signature)
            }
            Signer::Sm2(key) => {
                let made: Result<sm2::dsa::Signature, _> = key.try_multipart_sign_with_rng(rng, parts);
                Ok(made.map_err(|_| CustodyError::NotSigned)?.to_bytes().into())
            }
            Signer::Ed25519(pair) => {
                let made = joined(parts, |message| pair.try_sign(message));
                octets64(made.map_err(|_| CustodyError::NotSigned)?.as_ref())
            }
        }
    }

    /// Seals the key for the store; the context says what for, and is needed again.
    ///
    /// # Errors
    /// Those of [`Custody::wrap`].
    pub fn wrap(&self, custody: &dyn Custody, context: &str, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CustodyError> {
        let mut named = Zeroizing::new([0u8; 33]);
        named[0] = self.suite.number();
        named[1..].copy_from_slice(&*self.secret);
        custody.wrap(context, &*named, rng)
    }

    /// Opens what [`IssuingKey::wrap`] sealed.
    ///
    /// # Errors
    /// [`CustodyError::NotUnwrapped`] under another custody or context, or if it was no issuing key.
    pub fn unwrap(custody: &dyn Custody, context: &str, wrapped: &[u8]) -> Result<Self, CustodyError> {
        let named = custody.unwrap(context, wrapped)?;
        let (number, secret) = named.split_first().ok_or(CustodyError::NotUnwrapped)?;
        let suite = Suite::from_number(*number).ok_or(CustodyError::NotUnwrapped)?;
        let secret: &[u8; 32] = secret.try_into().map_err(|_| CustodyError::NotUnwrapped)?;
        Self::from_secret(suite, secret)
    }
}

impl fmt::Debug for IssuingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuingKey({} …)", self.suite)
    }
}

fn es256(secret: &[u8; 32]) -> Result<([u8; 33], Signer), CustodyError> {
    let scalar = p256::SecretKey::from_slice(secret).map_err(|_| CustodyError::BadSecret)?;
    let point = scalar.public_key().as_affine().to_sec1_point(false);
    let pair =
        EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, secret, point.as_bytes())
            .map_err(|_| CustodyError::BadSecret)?;
    Ok((compressed(point.as_bytes())?, Signer::Es256(pair)))
}

fn sm2(secret: &[u8; 32]) -> Result<([u8; 33], Signer), CustodyError> {
    // INVARIANT: d = n-1 has no signature, because (1+d) has no inverse (GB/T 32918.2 section 6.1).
    let below = sm2::Scalar::from_repr((*secret).into()).into_option().ok_or(CustodyError::BadSecret)?;
    if below == -sm2::Scalar::ONE {
        return Err(CustodyError::BadSecret);
    }
    let key = sm2::dsa::SigningKey::from_slice(SM2_USER_ID, secret).map_err(|_| CustodyError::BadSecret)?;
    let point = key.verifying_key().as_affine().to_sec1_point(true);
    let public = point.as_bytes().try_into().map_err(|_| CustodyError::BadSecret)?;
    Ok((public, Signer::Sm2(Box::new(key))))
}

fn ed25519(seed: &[u8; 32]) -> Result<([u8; 33], Signer), CustodyError> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| CustodyError::BadSecret)?;
    let mut public = [0u8; 33];
    public[1..].copy_from_slice(pair.public_key().as_ref());
    Ok((public, Signer::Ed25519(pair)))
}

/// 04 x y to 02/03 x.
pub(crate) fn compressed(point: &[u8]) -> Result<[u8; 33], CustodyError> {
    if point.len() != 65 || point[0] != 4 {
        return Err(CustodyError::BadSecret);
    }
    let mut public = [0u8; 33];
    public[0] = 2 | (point[64] & 1);
    public[1..].copy_from_slice(&point[1..33]);
    Ok(public)
}

/// Joins the parts on the stack where they fit, so that a token's signature allocates nothing here.
fn joined<T>(parts: &[&[u8]], f: impl FnOnce(&[u8]) -> T) -> T {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    if len > JOINED_LEN {
        return f(&parts.concat());
    }
    let mut message = [0u8; JOINED_LEN];
    let mut end = 0;
    for part in parts {
        message[end..end + part.len()].copy_from_slice(part);
        end += part.len();
    }
    f(&message[..end])
}

/// Replaces s by n - s where s > n/2: both verify, and only the low one is a code's (BIP 62's rule).
pub(crate) fn lower_s(signature: &mut [u8; 64]) -> Result<(), CustodyError> {
    if signature[32..] <= P256_HALF_ORDER[..] {
        return Ok(());
    }
    let s: [u8; 32] = signature[32..].try_into().map_err(|_| CustodyError::NotSigned)?;
    let s = p256::Scalar::from_repr(s.into()).into_option().ok_or(CustodyError::NotSigned)?;
    signature[32..].copy_from_slice(&(-s).to_repr());
    Ok(())
}

pub(crate) fn octets64(made: &[u8]) -> Result<[u8; 64], CustodyError> {
    made.try_into().map_err(|_| CustodyError::NotSigned)
}
