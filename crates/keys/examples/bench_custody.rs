//! What signing a day's batch and sealing a resident cost, in microseconds on one core:
//! `cargo run --release -p yima-keys --example bench_custody`.

#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "an example that reads a stopwatch and prints")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use elliptic_curve::rand_core::{Infallible, TryCryptoRng, TryRng};
use std::hint::black_box;
use std::time::Instant;
use yima_keys::Suite;
use yima_keys::custody::{IssuingKey, SealSuite, SecretKey};
use yima_keys::person::{IdNumber, PersonName, Phone};
use yima_keys::sealed::{Sealer, Spot};

/// Cheap numbers in place of chance: the cost of a real generator is its own.
struct Counting(u64);

impl TryRng for Counting {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.try_next_u64()? as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Ok(self.0 >> 7 ^ self.0)
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        for chunk in dst.chunks_mut(8) {
            let octets = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&octets[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// The least of fifty short rounds, in microseconds a call: on a busy machine some round is left alone.
fn cost(calls: u32, mut call: impl FnMut()) -> f64 {
    let mut round = || {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    };
    (0..50).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rng = &mut Counting(1);
    let body = [7u8; 59];
    for suite in Suite::ALL {
        let key = IssuingKey::generate(suite, rng)?;
        let ours = cost(64, || {
            black_box(key.sign(&[b"yima.t1.issuer.v1\0", &body], rng).is_ok());
        });
        println!("{suite}: sign a T1 issuer part {ours:.2} us, a batch of 16 {:.1} us", 16.0 * ours);
        if suite == Suite::Es256 {
            println!("{suite}: the bare library {:.2} us", bare(&key)?);
        }
    }
    for suite in [SealSuite::Aes256Gcm, SealSuite::Sm4Gcm] {
        let sealer = Sealer::new(suite, &[(1, SecretKey::generate(rng))], 1, &SecretKey::generate(rng))?;
        let id = IdNumber::parse("11010519491231002X")?;
        let (name, phone) = (PersonName::parse("王明华")?, Phone::parse("13800138000")?);
        let spot = |field| Spot { table: "residents", field, row: "res_01j8zq3v9k7m5n2p4r6t8w0x1y" };
        let resident = cost(1_000, || {
            black_box(sealer.seal(&id, spot("id_number"), rng).as_bytes().len());
            black_box(sealer.seal(&name, spot("name"), rng).as_bytes().len());
            black_box(sealer.seal(&phone, spot("phone"), rng).as_bytes().len());
            black_box(sealer.blind(&id));
        });
        println!("{suite:?}: three fields and a blind index {resident:.2} us");
    }
    Ok(())
}

/// AWS-LC alone, over one buffer that is there already.
fn bare(key: &IssuingKey) -> Result<f64, Box<dyn std::error::Error>> {
    let public = p256::SecretKey::from_slice(&*key.secret())?.public_key();
    let point = p256::elliptic_curve::sec1::ToSec1Point::to_sec1_point(public.as_affine(), false);
    let pair = EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &*key.secret(),
        point.as_bytes(),
    )?;
    let (chance, message) = (SystemRandom::new(), [7u8; 77]);
    Ok(cost(64, || {
        black_box(pair.sign(&chance, &message).is_ok());
    }))
}
