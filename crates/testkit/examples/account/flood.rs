//! A flood of wrong passwords: who is asked to come again, what the memory becomes, and how long others wait meanwhile.
//! It does not know how a password is hashed.

use super::browsers::Browser;
use super::callers::Calling;
use super::rows::{CALLERS, ask};
use serde_json::json;
use yima_testkit::Town;

/// Strangers at once.
const STRANGERS: usize = 64;
/// How long, seconds.
const SECONDS: u64 = 10;

/// Measures the key document alone and beside the flood, and prints both.
pub async fn measure(town: &Town) {
    let url = town.door.url();
    let keys = vec![ask("/oauth2/jwks", None, ""); CALLERS / 4];
    let quiet = Calling::start(url, usize::MAX >> 1, SECONDS, &keys).seen().await;
    let mut browser = Browser::new(town);
    let mark = browser.mark("/account/sign-in").await;
    let cookie = format!("yb={}", browser.cookie("yb").unwrap());
    let strangers: Vec<_> = (0..STRANGERS)
        .map(|n| json!({ "kind": "password", "mark": mark, "cookie": cookie, "who": format!("nobody{n}") }))
        .collect();
    let before = memory_mb("VmRSS");
    let flood = Calling::start(url, usize::MAX >> 1, SECONDS, &strangers);
    let beside = Calling::start(url, usize::MAX >> 1, SECONDS, &keys).seen().await;
    let flood = flood.seen().await;
    let of = |status: &str| flood.statuses.get(status).copied().unwrap_or_default();
    println!("\n| 64 strangers, {SECONDS} s | |\n|---|---|");
    println!("| answered as wrong (403) | {} |", of("403"));
    println!("| asked to come again (503), with Retry-After | {}, {} |", of("503"), flood.said_when);
    println!("| memory before, and at most (VmRSS, VmHWM), MB | {before}, {} |", memory_mb("VmHWM"));
    println!("| JWKS without the flood: p50, p99, ms | {:.2}, {:.2} |", quiet.p50_ms, quiet.p99_ms);
    println!("| JWKS beside it: p50, p99, ms | {:.2}, {:.2} |", beside.p50_ms, beside.p99_ms);
}

/// A figure of this process (proc(5) status).
pub fn memory_mb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
