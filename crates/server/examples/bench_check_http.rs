//! Online checks over HTTP against a server of its own on SQLite, durable before each answer: rate, p50, p99, CPU a request.
//! It does not know what a check does. `cargo run --release -p yima-server --example bench_check_http -- [phones] [seconds]`
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench, with a stopwatch")]

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Database, Phone, Town};

/// Callers at once.
const CALLERS: usize = 64;
/// T1 and T0 tokens that each phone draws.
const DRAWN: usize = 32;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let phones: usize = arguments.next().map_or(600, |n| n.parse().unwrap());
    let town = Town::with_residents(&Database::Sqlite, u32::try_from(phones).unwrap()).await;
    let (site, key) = gate(&town).await;
    let codes = codes(&town, phones, site).await;
    println!("| form | checks | rate /s | p50 ms | p99 ms | CPU us a check (server and load generator) |");
    println!("|---|---|---|---|---|---|");
    for (form, codes) in [("T1", codes.0), ("T0", codes.1)] {
        measure(&town, form, codes, &key).await;
    }
}

async fn gate(town: &Town) -> (u32, String) {
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".to_owned(), region: "370102".to_owned() };
    let site = town.province.add_place(&Actor::System, place).await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    let gate = town.province.add_gate(&Actor::System, "bench", site.site).await.unwrap();
    (site.site, gate.key)
}

async fn codes(town: &Town, phones: usize, site: u32) -> (Vec<String>, Vec<String>) {
    let (mut signed, mut online) = (Vec::new(), Vec::new());
    for (number, account) in town.accounts().await.into_iter().take(phones).enumerate() {
        let (code, _) = town.province.issue_enrolment_code(&Actor::System, &account).await.unwrap();
        let mut phone = Phone::new(Suite::Es256, number as u64);
        let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
        let _ = phone.draw(&town.door, town.now(), DRAWN, DRAWN).await.ok();
        for _ in 0..DRAWN {
            signed.push(phone.show(town.now(), 1, site));
            online.push(phone.show_online(town.now(), 1, site));
        }
    }
    (signed, online)
}

async fn measure(town: &Town, form: &str, codes: Vec<String>, key: &str) {
    let (codes, next) = (Arc::new(codes), Arc::new(AtomicU64::new(0)));
    let (cpu, start) = (cpu_us(), Instant::now());
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (codes, next, door, key) = (Arc::clone(&codes), Arc::clone(&next), town.door.clone(), key.to_owned());
            tokio::spawn(async move {
                let mut took = Vec::new();
                while let Some(digits) = codes.get(usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap()) {
                    let begun = Instant::now();
                    let answer = door.gate(&key, "/api/v1/codes/check", json!({ "digits": digits })).await;
                    took.push(begun.elapsed());
                    assert_eq!(answer.body["verdict"], "valid", "{}", answer.body);
                }
                took
            })
        })
        .collect();
    let mut took: Vec<Duration> = Vec::new();
    for caller in callers {
        took.extend(caller.await.unwrap());
    }
    let (elapsed, cpu) = (start.elapsed().as_secs_f64(), cpu_us() - cpu);
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    let n = took.len();
    println!("| {form} | {n} | {:.0} | {:.1} | {:.1} | {:.0} |", n as f64 / elapsed, at(0.5), at(0.99), cpu / n as f64);
}

/// CPU time of this process, microseconds (Linux: 100 ticks a second).
fn cpu_us() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks * 10_000.0
}
