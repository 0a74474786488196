//! Online checks over HTTP against a server of its own, durable before each answer: rate, p50, p99, CPU of the server a check.
//! The callers are a process of their own, so that their CPU is not counted; it does not know what a check does.
//! `cargo run --release -p yima-server --example bench_check_http -- [phones]`, and on PostgreSQL too when
//! `YIMA_BENCH_POSTGRES` names a server.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench, with a stopwatch")]

use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Database, Door, Phone, Town};

/// Callers at once, each a gate of its own: one gate asks about one person at a time.
const CALLERS: usize = 64;
/// T1 and T0 tokens that each phone draws.
const DRAWN: usize = 32;
/// Writes that are flushed one by one, to say what the disk allows.
const FLUSHES: u32 = 200;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, url, codes] = arguments.as_slice()
        && word == "call"
    {
        return call(url, Path::new(codes)).await;
    }
    let phones: u32 = arguments.first().map_or(600, |n| n.parse().unwrap());
    println!("One write and its fdatasync here, one after the other: {:.2} ms.\n", flush_ms());
    println!("| store | form | checks | rate /s | p50 ms | p99 ms | CPU us of the server a check |");
    println!("|---|---|---|---|---|---|---|");
    let postgres = std::env::var("YIMA_BENCH_POSTGRES").ok().map(Database::Postgres);
    for database in std::iter::once(Database::Sqlite).chain(postgres) {
        measure(&database, phones).await;
    }
}

async fn measure(database: &Database, phones: u32) {
    let town = Town::with_residents(database, phones).await;
    let (site, keys) = gates(&town).await;
    let codes = codes(&town, phones as usize, site).await;
    for (form, codes) in [("T1", codes.0), ("T0", codes.1)] {
        let file = written(&town, form, &codes, &keys);
        let cpu = cpu_us();
        let said = called(town.door.url(), &file).await;
        let cpu = (cpu_us() - cpu) / codes.len() as f64;
        println!("| {} | {form} | {} | {said} | {cpu:.0} |", town.province.store_kind(), codes.len());
    }
}

async fn gates(town: &Town) -> (u32, Vec<String>) {
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".to_owned(), region: "370102".to_owned() };
    let site = town.province.add_place(&Actor::System, place).await.unwrap().site;
    town.province.publish_bundle(&Actor::System).await.unwrap();
    let mut keys = Vec::new();
    for number in 0..CALLERS {
        keys.push(town.province.add_gate(&Actor::System, &format!("bench {number}"), site).await.unwrap().key);
    }
    (site, keys)
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

/// A file of the callers: the gate's key and the digits of a code, a line each.
fn written(town: &Town, form: &str, codes: &[String], keys: &[String]) -> PathBuf {
    let path = town.folder().join(form);
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for (code, key) in codes.iter().zip(keys.iter().cycle()) {
        writeln!(file, "{key} {code}").unwrap();
    }
    file.flush().unwrap();
    path
}

/// Starts this program as the callers; rate, p50 and p99 as it says them.
async fn called(url: &str, codes: &Path) -> String {
    let (url, codes) = (url.to_owned(), codes.to_owned());
    let callers = tokio::task::spawn_blocking(move || {
        let program = std::env::current_exe().unwrap();
        std::process::Command::new(program).arg("call").arg(url).arg(codes).output().unwrap()
    });
    let callers = callers.await.unwrap();
    assert!(callers.status.success(), "{}", String::from_utf8_lossy(&callers.stderr));
    String::from_utf8(callers.stdout).unwrap().trim().to_owned()
}

async fn call(url: &str, codes: &Path) {
    let text = std::fs::read_to_string(codes).unwrap();
    let lines: Arc<Vec<(String, String)>> = Arc::new(
        text.lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(key, code)| (key.to_owned(), code.to_owned()))
            .collect(),
    );
    let start = Instant::now();
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (lines, door) = (Arc::clone(&lines), Door::at(url));
            tokio::spawn(async move {
                let mut took = Vec::new();
                for (key, digits) in lines.iter().skip(caller).step_by(CALLERS) {
                    let begun = Instant::now();
                    let answer = door.gate(key, "/api/v1/codes/check", json!({ "digits": digits })).await;
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
    let elapsed = start.elapsed().as_secs_f64();
    took.sort();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
    println!("{:.0} | {:.1} | {:.1}", took.len() as f64 / elapsed, at(0.5), at(0.99));
}

/// What the disk under the temporary folder takes for a flushed write of one page.
fn flush_ms() -> f64 {
    let mut file = tempfile::tempfile().unwrap();
    let start = Instant::now();
    for _ in 0..FLUSHES {
        file.write_all(&[1; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    start.elapsed().as_secs_f64() * 1000.0 / f64::from(FLUSHES)
}

/// CPU time of this process, microseconds (Linux: 100 ticks a second).
fn cpu_us() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks * 10_000.0
}
