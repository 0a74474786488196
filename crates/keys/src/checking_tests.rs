//! The checking half against the standards' own examples, and the SM2 table against the stock check.
//! Keys here are made from numbers and are worth nothing.

use crate::{KnownKey, PublicKey, SM2_USER_ID, Suite, sha256, sm3, verify_sm2_digest};
use sm2::dsa::signature::Signer as _;
use sm2::dsa::{Signature, SigningKey};

fn hex<const N: usize>(text: &str) -> [u8; N] {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    bytes.try_into().unwrap()
}

/// GB/T 32918.5-2017 appendix A.2: "message digest" on the recommended curve, under the default user id.
#[test]
fn the_example_of_gb_t_32918_5() {
    let key: [u8; 33] = hex("03 09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020");
    let digest: [u8; 32] = hex("F0B43E94 BA45ACCA ACE692ED 534382EB 17E6AB5A 19CE7B31 F4486FDF C0D28640");
    let signature: [u8; 64] = hex("F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3
         B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA");
    assert_eq!(verify_sm2_digest(&key, &digest, &signature), Ok(()));
    let key = PublicKey::parse(Suite::Sm2Sm3, &key).unwrap();
    assert_eq!(key.verify(&[b"message digest"], &signature), Ok(()));
    assert_eq!(key.verify(&[b"message ", b"digest"], &signature), Ok(()));
    assert_eq!(KnownKey::new(key).verify(&[b"message digest"], &signature), Ok(()));
}

#[test]
fn digests_of_the_standards() {
    // GB/T 32905-2016 A.1; FIPS 180-4 example; RFC 4231 case 2.
    assert_eq!(sm3(&[b"a", b"bc"]), hex("66c7f0f4 62eeedd9 d1f2d46b dc10e4e2 4167c487 5cf2f7a2 297da02b 8f4ba8e0"));
    assert_eq!(sha256(&[b"ab", b"c"]), hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    let mac = Suite::Es256.hmac(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
    assert_eq!(mac, hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    assert_ne!(Suite::Sm2Sm3.hmac(b"Jefe", &[b"what do ya want for nothing?"]), mac);
}

/// GB/T 32907-2016 A.1 and FIPS 197 appendix B.
#[test]
fn blocks_of_the_standards() {
    let key = hex("0123456789abcdeffedcba9876543210");
    let sm4 = crate::BlockKey::new(Suite::Sm2Sm3, &key);
    assert_eq!(sm4.encrypt(key), hex("681edf34d206965e86b3e94f536e4246"));
    assert_eq!(sm4.decrypt(hex("681edf34d206965e86b3e94f536e4246")), key);
    let aes = crate::BlockKey::new(Suite::Es256, &hex("2b7e151628aed2a6abf7158809cf4f3c"));
    assert_eq!(aes.encrypt(hex("3243f6a8885a308d313198a2e0370734")), hex("3925841d02dc09fbdc118597196a0b32"));
}

const SM2_ORDER: &str = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

fn signer(number: u32) -> (SigningKey, PublicKey) {
    let secret = sha256(&[b"checking test ", &number.to_be_bytes()]);
    let signer = SigningKey::from_slice(SM2_USER_ID, &secret).unwrap();
    let full = signer.verifying_key().to_sec1_bytes();
    let compressed: [u8; 33] = [&[2 + (full[64] & 1)], &full[1..33]].concat().try_into().unwrap();
    let key = PublicKey::parse(Suite::Sm2Sm3, &compressed).unwrap();
    (signer, key)
}

/// Signatures made from a good one that sit at every edge of the check.
fn variants(good: [u8; 64], chance: [u8; 32]) -> Vec<[u8; 64]> {
    let order: [u8; 32] = hex(SM2_ORDER);
    let (r, s) = good.split_at(32);
    let small = |value: u8| {
        let mut bytes = [0; 32];
        bytes[31] = value;
        bytes
    };
    let mut below = order;
    below[31] -= 1;
    let mut variants = vec![good];
    for half in [small(0), small(1), small(0x80), below, order, [0xff; 32], [0x80; 32], [0x7f; 32], chance] {
        variants.push([r, &half].concat().try_into().unwrap());
        variants.push([&half, s].concat().try_into().unwrap());
        variants.push([half, half].concat().try_into().unwrap());
    }
    for place in 0..4 {
        let mut changed = good;
        changed[usize::from(chance[place]) % 64] ^= 1 << (chance[place + 8] % 8);
        variants.push(changed);
    }
    variants
}

#[test]
fn the_table_takes_what_the_stock_check_takes() {
    let mut taken = 0;
    let mut refused = 0;
    for number in 0..4 {
        let (signer, key) = signer(number);
        let known = KnownKey::new(key.clone());
        for round in 0..6_u32 {
            let message = sha256(&[&number.to_be_bytes(), &round.to_be_bytes()]);
            let signature: Signature = signer.sign(&message);
            for variant in variants(signature.to_bytes().into(), sha256(&[&message])) {
                let stock = key.verify(&[&message], &variant);
                assert_eq!(known.verify(&[&message], &variant), stock, "{number} {round} {variant:02x?}");
                if stock.is_ok() { taken += 1 } else { refused += 1 }
            }
        }
    }
    assert_eq!(taken, 24);
    assert!(refused > 700);
}

#[test]
fn the_two_kinds_of_key_that_break_tables() {
    // The private key 1 makes the table of G twice; n - 2 is the largest that can sign.
    let mut largest: [u8; 32] = hex(SM2_ORDER);
    largest[31] -= 2;
    let mut one = [0; 32];
    one[31] = 1;
    for secret in [one, largest] {
        let signer = SigningKey::from_slice(SM2_USER_ID, &secret).unwrap();
        let full = signer.verifying_key().to_sec1_bytes();
        let compressed: [u8; 33] = [&[2 + (full[64] & 1)], &full[1..33]].concat().try_into().unwrap();
        let known = KnownKey::parse(Suite::Sm2Sm3, &compressed).unwrap();
        for round in 0..8_u8 {
            let signature: Signature = signer.sign(&[round]);
            assert_eq!(known.verify(&[&[round]], &signature.to_bytes().into()), Ok(()));
            assert!(known.verify(&[&[round + 1]], &signature.to_bytes().into()).is_err());
        }
    }
}

#[test]
fn keys_have_one_spelling() {
    let (_, key) = signer(1);
    let good = *key.bytes();
    for prefix in 0..=255 {
        let mut bytes = good;
        bytes[0] = prefix;
        let taken = PublicKey::parse(Suite::Sm2Sm3, &bytes).is_ok();
        assert_eq!(taken, matches!(prefix, 2 | 3), "{prefix}");
    }
    let mut identity = [0; 33];
    assert!(Suite::ALL.iter().all(|suite| PublicKey::parse(*suite, &identity).is_err()));
    identity[1] = 1;
    assert!(PublicKey::parse(Suite::Ed25519, &identity).is_err(), "small order");
}
