//! What no server can go below: one P-256 signature checked, by the library that ours are checked with, and by the one that
//! reads a browser's answer. It does not know what is signed.

use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use std::hint::black_box;

const TIMES: u32 = 4_000;

/// Prints both, CPU microseconds of this thread.
pub fn print() {
    let key = SigningKey::from_slice(&[1; 32]).unwrap();
    let (message, point) = ([7; 69], key.verifying_key().to_sec1_point(false));
    let signature: DerSignature = key.sign(&message);
    let (x, y) = (point.x().unwrap(), point.y().unwrap());
    let fast = timed(|| yima_keys::verify_es256_der(x, y, &[&message], signature.as_bytes()).unwrap());
    let plain = timed(|| {
        let key = VerifyingKey::from_sec1_bytes(black_box(point.as_bytes())).unwrap();
        key.verify(&message, &DerSignature::try_from(signature.as_bytes()).unwrap()).unwrap();
    });
    println!("\none P-256 verification, key read anew: aws-lc {fast:.1} us, the p256 crate {plain:.1} us\n");
}

fn timed(check: impl Fn()) -> f64 {
    check();
    let start = thread_us();
    for _ in 0..TIMES {
        check();
    }
    (thread_us() - start) / f64::from(TIMES)
}

/// CPU of this thread so far, microseconds (proc(5) schedstat).
fn thread_us() -> f64 {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1_000.0
}
