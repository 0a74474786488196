//! What a check costs over the two signature checks inside it: digits in, verdict out, one JSON line a suite.
//! It measures CPU time of its own thread, in rounds that take turns, so that a busy machine disturbs both alike.
#![expect(clippy::print_stdout, reason = "its output is its result")]
#![expect(clippy::unwrap_used, reason = "its keys come from the tests, where a bad one may stop the run")]

#[path = "../tests/it/keys.rs"]
mod keys;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey, UnparsedPublicKey};
use keys::Signer;
use std::hint::black_box;
use std::sync::Arc;
use yima_code::issuer::NothingWithdrawn;
use yima_code::{
    Assurance, Bilingual, CheckerClock, Context, Day, Flags, HolderPart, IssuerEntry, IssuerFields, KeyUse, ListTimes,
    Place, Presented, ScenarioRule, SeenInMemory, check_digits,
};
use yima_keys::{KnownKey, Suite, sha256};

const TODAY: Day = Day(2_519);
const CODES: u32 = 256;
const ROUNDS: usize = 60;

fn main() {
    for issuer in [Suite::Es256, Suite::Sm2Sm3] {
        println!("{}", measure(issuer));
    }
}

/// A code with what a bare check of its two signatures needs.
struct Shown {
    digits: String,
    issuer_message: Vec<u8>,
    issuer_signature: [u8; 64],
    holder_key: [u8; 33],
    holder_message: Vec<u8>,
    holder_signature: [u8; 64],
}

fn measure(suite: Suite) -> serde_json::Value {
    let issuer = Signer::from_words(suite, "bench issuer");
    let now = TODAY.window().from + 36_000;
    let codes: Vec<Shown> = (0..CODES).map(|number| code(&issuer, number, now)).collect();
    let key = Arc::new(KnownKey::parse(suite, &issuer.public()).expect("the key was just made"));
    let entry = IssuerEntry {
        kid: [1; 4],
        key: Arc::clone(&key),
        key_use: KeyUse::T1,
        flags_mask: 0xfff0,
        region: 370_000,
        window: TODAY.window(),
        withdrawn: false,
    };
    let issuers = vec![entry];
    let rule = ScenarioRule::low(1, "bus", Bilingual::new("公交", "bus"));
    let context = Context {
        place: Place { scenario: 1, site: 7 },
        rule: &rule,
        clock: CheckerClock::Trusted(now),
        issuers: &issuers,
        withdrawn: &NothingWithdrawn,
        lists: ListTimes { bundle_at: Some(now), urgent_at: Some(now) },
        challenge: None,
        guardian_at: None,
    };
    let parsed = (suite == Suite::Es256)
        .then(|| ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, issuer.public()).expect("the key was just made"));
    let check = || {
        let mut seen = SeenInMemory::default();
        for shown in &codes {
            assert!(check_digits(black_box(&shown.digits), &context, &mut seen).is_valid());
        }
    };
    let bare = || {
        for shown in &codes {
            match &parsed {
                Some(key) => assert!(key.verify_sig(black_box(&shown.issuer_message), &shown.issuer_signature).is_ok()),
                None => assert!(key.verify(&[black_box(&shown.issuer_message)], &shown.issuer_signature).is_ok()),
            }
            let holder = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &shown.holder_key);
            assert!(holder.verify(black_box(&shown.holder_message), &shown.holder_signature).is_ok());
        }
    };
    let (check_us, bare_us, ratio) = compare(check, bare);
    serde_json::json!({
        "bench": "check_t1", "issuer": suite.name(), "holder": "es256", "checks": CODES as usize * ROUNDS,
        "check_us": round(check_us), "two_bare_verifications_us": round(bare_us), "ratio": round(ratio),
    })
}

fn code(issuer: &Signer, number: u32, now: u32) -> Shown {
    let holder = Signer::from_words(Suite::Es256, &format!("bench holder {number}"));
    let mut id = [0; 16];
    id.copy_from_slice(&sha256(&[&number.to_be_bytes()])[..16]);
    let fields = IssuerFields {
        issuer_suite: issuer.suite(),
        holder_suite: Suite::Es256,
        kid: [1; 4],
        id,
        day: TODAY,
        flags: Flags::plain(Assurance::new(2).expect("2 is a level")),
        holder_key: holder.public(),
    };
    let issuer_message = fields.issuer_message().to_vec();
    let issuer_signature = issuer.sign(&issuer_message);
    let issuer_part = fields.assemble(issuer_signature);
    let part = HolderPart::new(now, 1, 7);
    let holder_message = part.holder_message(&issuer_part).to_vec();
    let holder_signature = holder.sign(&holder_message);
    let presented: Presented = part.assemble(issuer_part, holder_signature);
    let (digits, holder_key) = (presented.to_digits(), fields.holder_key);
    Shown { digits, issuer_message, issuer_signature, holder_key, holder_message, holder_signature }
}

/// Microseconds a code for both, and the median of the rounds' ratios.
fn compare(check: impl Fn(), bare: impl Fn()) -> (f64, f64, f64) {
    check();
    bare();
    let mut rounds: Vec<(f64, f64)> =
        (0..ROUNDS).map(|_| (cpu_us(&check) / f64::from(CODES), cpu_us(&bare) / f64::from(CODES))).collect();
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (check_us, bare_us) = rounds[ROUNDS / 2];
    (check_us, bare_us, check_us / bare_us)
}

fn cpu_us(work: &impl Fn()) -> f64 {
    let before = thread_cpu_ns();
    work();
    (thread_cpu_ns() - before) as f64 / 1_000.0
}

/// Nanoseconds that this thread has run, as Linux counts them.
fn thread_cpu_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the bench runs on Linux");
    let first = text.split(' ').next().and_then(|field| field.parse().ok());
    first.expect("schedstat begins with the time on the processor")
}

fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
