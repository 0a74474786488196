//! What every custody must do, whichever it is; the PKCS#11 tests run the same story.

use super::*;
use crate::PublicKey;
use elliptic_curve::rand_core::{Infallible, TryCryptoRng, TryRng};

/// SHA-256 in counter mode: the same chance in each run.
pub(crate) struct Seeded(u64, u64);

pub(crate) fn rng(seed: u64) -> Seeded {
    Seeded(seed, 0)
}

impl TryRng for Seeded {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_be_bytes(octets))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(32) {
            self.1 += 1;
            let block = crate::sha256(&[&self.0.to_be_bytes(), &self.1.to_be_bytes()]);
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}

/// The life of a key, for any custody.
pub(crate) fn a_key_lives_and_dies(custody: &dyn Custody, suite: Suite) {
    let rng = &mut rng(7);
    let made = custody.generate(KeyUse::ListsTime, suite, 1_000, rng).unwrap();
    assert_eq!((made.state, made.made_at, made.used_for), (KeyState::Assigned, 1_000, KeyUse::ListsTime));
    let refused = custody.sign(&made.key, &[b"early"], rng).unwrap_err();
    assert!(matches!(refused, CustodyError::NotActive(_, KeyState::Assigned)), "{refused}");
    assert!(custody.active(KeyUse::ListsTime, suite).unwrap().is_none());

    let active = custody.activate(&made.key, 2_000, rng).unwrap();
    assert_eq!((active.state, active.changed_at), (KeyState::Active, 2_000));
    assert_eq!(custody.active(KeyUse::ListsTime, suite).unwrap(), Some(active.clone()));
    let public = PublicKey::parse(suite, &made.public).unwrap();
    for (parts, joined) in [
        (&[&b"yima.t1.issuer.v1\0"[..], b"body"][..], &b"yima.t1.issuer.v1\0body"[..]),
        (&[], b""),
        (&[&[7u8; 3000][..], b"", b"x"], &[&[7u8; 3000][..], b"x"].concat()),
    ] {
        // Twenty signatures: half of those by libraries have a high s, which the check refuses.
        for _ in 0..20 {
            let signature = custody.sign(&made.key, parts, rng).unwrap();
            public.verify(&[joined], &signature).unwrap();
            public.verify(&[joined, b"more"], &signature).unwrap_err();
        }
    }

    custody.retire(&made.key, 3_000, rng).unwrap();
    assert!(matches!(custody.sign(&made.key, &[b"late"], rng), Err(CustodyError::NotActive(_, KeyState::Retired))));
    assert!(matches!(custody.activate(&made.key, 3_001, rng), Err(CustodyError::Backwards(..))));
    custody.destroy(&made.key, 4_000, rng).unwrap();
    let end = custody.info(&made.key).unwrap();
    assert_eq!((end.state, end.public, end.made_at, end.changed_at), (KeyState::Destroyed, made.public, 1_000, 4_000));
    assert!(custody.list().unwrap().contains(&end));
    let nobody = KeyRef::fresh(1, rng);
    assert!(matches!(custody.info(&nobody), Err(CustodyError::UnknownKey(_))));
    assert!(matches!(custody.sign(&nobody, &[], rng), Err(CustodyError::UnknownKey(_))));
}

/// Wrapping, for any custody.
pub(crate) fn what_is_wrapped_opens_only_where_it_should(custody: &dyn Custody, other: &dyn Custody) {
    let rng = &mut rng(8);
    let secret = SecretKey::<32>::generate(rng);
    let wrapped = secret.wrap(custody, "t0/2521", rng).unwrap();
    assert_ne!(wrapped, secret.wrap(custody, "t0/2521", rng).unwrap(), "the nonce is fresh");
    let number = custody.rotate_wrapping(9, rng).unwrap();
    assert_eq!(number, 2);
    let newer = secret.wrap(custody, "t0/2521", rng).unwrap();
    for each in [&wrapped, &newer] {
        assert_eq!(SecretKey::<32>::unwrap(custody, "t0/2521", each).unwrap().expose(), secret.expose());
        let refusals = [
            SecretKey::<32>::unwrap(custody, "t0/2522", each).err(),
            SecretKey::<32>::unwrap(other, "t0/2521", each).err(),
            SecretKey::<16>::unwrap(custody, "t0/2521", each).err(),
            SecretKey::<32>::unwrap(custody, "t0/2521", &each[..each.len() - 1]).err(),
            SecretKey::<32>::unwrap(custody, "t0/2521", &[]).err(),
            IssuingKey::unwrap(custody, "t0/2521", each).err(),
        ];
        for refusal in refusals {
            assert!(matches!(refusal, Some(CustodyError::NotUnwrapped)), "{refusal:?}");
        }
        for at in 0..each.len() {
            let mut bent = each.clone();
            bent[at] ^= 0x40;
            assert!(custody.unwrap("t0/2521", &bent).is_err(), "octet {at}");
        }
    }
    for suite in Suite::ALL {
        let key = IssuingKey::generate(suite, rng).unwrap();
        let wrapped = key.wrap(custody, "issuing/2521", rng).unwrap();
        let back = IssuingKey::unwrap(custody, "issuing/2521", &wrapped).unwrap();
        assert_eq!((back.suite(), back.public()), (suite, key.public()));
        assert!(!wrapped.windows(8).any(|w| w == &key.secret()[..8]));
    }
    assert!(custody.wrap("big", &[0; WRAP_LEN_MAX + 1], rng).is_err());
}

#[test]
fn file_custody_in_memory() {
    for (sealed_by, suite) in [
        (SealSuite::Aes256Gcm, Suite::Es256),
        (SealSuite::Sm4Gcm, Suite::Sm2Sm3),
        (SealSuite::Aes256Gcm, Suite::Ed25519),
    ] {
        let custody = FileCustody::in_memory(sealed_by, &mut rng(1)).unwrap();
        let other = FileCustody::in_memory(sealed_by, &mut rng(2)).unwrap();
        a_key_lives_and_dies(&custody, suite);
        what_is_wrapped_opens_only_where_it_should(&custody, &other);
    }
}

#[test]
fn nothing_secret_is_printed() {
    let rng = &mut rng(3);
    let key = IssuingKey::generate(Suite::Es256, rng).unwrap();
    let words = [
        (format!("{key:?}"), "IssuingKey(es256 …)"),
        (format!("{:?}", SecretKey::<16>::generate(rng)), "SecretKey<16>(…)"),
        (format!("{:?}", Lock::passphrase("open sesame")), "Passphrase(…)"),
    ];
    for (printed, wanted) in words {
        assert_eq!(printed, wanted);
    }
}

#[test]
fn secrets_that_are_no_keys() {
    let order_less_one = |hex: &str| -> [u8; 32] {
        let octet = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap();
        std::array::from_fn(octet)
    };
    let p256_order = order_less_one("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let sm2_less_one = order_less_one("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122");
    for (suite, secret, good) in [
        (Suite::Es256, [0; 32], false),
        (Suite::Es256, [0xff; 32], false),
        (Suite::Es256, p256_order, false),
        (Suite::Es256, [1; 32], true),
        (Suite::Sm2Sm3, [0; 32], false),
        (Suite::Sm2Sm3, sm2_less_one, false),
        (Suite::Sm2Sm3, [1; 32], true),
        (Suite::Ed25519, [0; 32], true),
    ] {
        assert_eq!(IssuingKey::from_secret(suite, &secret).is_ok(), good, "{suite} {}", secret[0]);
    }
    struct Zeros;
    impl TryRng for Zeros {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            Ok(0)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            Ok(0)
        }
        fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
            dst.fill(0);
            Ok(())
        }
    }
    impl TryCryptoRng for Zeros {}
    assert!(matches!(IssuingKey::generate(Suite::Es256, &mut Zeros), Err(CustodyError::BadRandomness)));
}

#[test]
fn lock_keys_are_read_from_text() {
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    for (text, good) in [
        (hex, true),
        ("  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n", true),
        ("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true),
        (&hex[2..], false),
        ("", false),
        ("correct horse battery staple", false),
    ] {
        match Lock::key_from_text(text) {
            Ok(Lock::Key(key)) => assert!(good && key[31] == 0x1f, "{text}"),
            other => assert!(!good && matches!(other, Err(CustodyError::BadLockKey)), "{text}"),
        }
    }
}
