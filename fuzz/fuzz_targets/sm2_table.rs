//! SM2 by the table beside the stock crate, for any key, digest, r and s: both say yes, or both say no.
//! Half of the inputs are made to fit: e is computed from s and t, as no hash would let a fuzzer find it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sm2::elliptic_curve::ops::Reduce;
use sm2::elliptic_curve::point::AffineCoordinates;
use sm2::elliptic_curve::{PrimeField, group::Group};
use sm2::{FieldBytes, ProjectivePoint, Scalar};
use std::sync::LazyLock;
use yima_keys::{KnownKey, Suite, sha256, verify_sm2_digest};

/// A secret, its key, and the key with its table: a table costs some four thousand additions, so few are made.
static KEYS: LazyLock<Vec<(Scalar, [u8; 33], KnownKey)>> = LazyLock::new(|| {
    let chance = (0..6_u8).map(|number| scalar(&sha256(&[b"sm2 table ", &[number]])));
    // With 1, 2 and -1 the multiples of the key meet those of the generator.
    let small = [Scalar::ONE, Scalar::ONE + Scalar::ONE, -Scalar::ONE];
    chance
        .chain(small)
        .map(|secret| (secret, public(&secret)))
        .map(|(secret, key)| (secret, key, known(&key)))
        .collect()
});

fuzz_target!(|data: &[u8]| {
    let Some((choice, data)) = data.split_first() else { return };
    let Some(([a, b, e], rest)) = three(data) else { return };
    let (secret, key, known) = &KEYS[usize::from(choice & 0x0f) % KEYS.len()];
    match choice >> 6 {
        0 => drop(agree(key, known, &e, &[a, b].concat())),
        1 => any_key(rest, &e, &[a, b].concat()),
        _ => fitting(secret, key, known, (a, b), e),
    }
});

fn any_key(bytes: &[u8], digest: &[u8; 32], signature: &[u8]) {
    let Some(bytes) = bytes.first_chunk::<33>() else { return };
    if let Ok(known) = KnownKey::parse(Suite::Sm2Sm3, bytes) {
        agree(bytes, &known, digest, signature);
    }
}

/// For any s and t there is an e that fits: e = r - x with r = t - s and x of the point s G + t P.
fn fitting(secret: &Scalar, key: &[u8; 33], known: &KnownKey, (s, t): ([u8; 32], [u8; 32]), spoil: [u8; 32]) {
    let (s, t) = (scalar(&s), scalar(&t));
    let r = t - s;
    let point = ProjectivePoint::GENERATOR * (s + t * secret);
    let zero = |number: &Scalar| bool::from(number.is_zero());
    let holds = !zero(&r) && !zero(&s) && !zero(&t) && !bool::from(point.is_identity());
    let e = r - <Scalar as Reduce<FieldBytes>>::reduce(&point.to_affine().x());
    let (digest, mut signature) = (e.to_repr().into(), [r.to_repr(), s.to_repr()].concat());
    assert_eq!(agree(key, known, &digest, &signature), holds);
    signature[usize::from(spoil[0] & 63)] ^= spoil[1];
    agree(key, known, &digest, &signature);
}

/// Whether both take it; they never differ.
fn agree(key: &[u8; 33], known: &KnownKey, digest: &[u8; 32], signature: &[u8]) -> bool {
    let signature: &[u8; 64] = signature.try_into().expect("two halves");
    let stock = verify_sm2_digest(key, digest, signature).is_ok();
    assert_eq!(known.verify_sm2_digest(digest, signature).is_ok(), stock);
    stock
}

fn three(data: &[u8]) -> Option<([[u8; 32]; 3], &[u8])> {
    let (a, rest) = data.split_first_chunk::<32>()?;
    let (b, rest) = rest.split_first_chunk::<32>()?;
    let (e, rest) = rest.split_first_chunk::<32>()?;
    Some(([*a, *b, *e], rest))
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&FieldBytes::from(*bytes))
}

fn public(secret: &Scalar) -> [u8; 33] {
    let point = (ProjectivePoint::GENERATOR * secret).to_affine();
    let prefix = 2 + u8::from(bool::from(point.y_is_odd()));
    let mut key = [prefix; 33];
    key[1..].copy_from_slice(&point.x());
    key
}

fn known(key: &[u8; 33]) -> KnownKey {
    KnownKey::parse(Suite::Sm2Sm3, key).expect("a multiple of the generator")
}
