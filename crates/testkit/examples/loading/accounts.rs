//! Invented residents by the million: written as a register, imported, and each given a passkey. It does not serve them.

use crate::account::rows::cpu_us;
use crate::account::soft_passkey::SoftPasskey;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use yima_kernel::subject::Actor;
use yima_keys::custody::Lock;
use yima_province::clock::SystemClock;
use yima_province::demo::{self, Synthetic};
use yima_province::{Format, Import, Inbox, KeyPlace, Province, Setup, has_keys};

/// The key of all invented passkeys.
pub const KEY: u8 = 1;
/// Where the ceremony takes place; passkeys are of the host alone.
const ORIGIN: &str = "http://localhost:8080";
const SEED: u64 = 1;

/// Loads so many accounts into a folder, unless one lies there; prints what that took.
pub async fn load(folder: &Path, count: u32) {
    let there = has_keys(folder);
    let province = if there { Province::open(setup(folder)).await } else { Province::init(setup(folder), &[]).await };
    let province = province.unwrap();
    province.reached_at(ORIGIN);
    println!("| step | accounts | rate /s | CPU us an account | bytes on disk an account |\n|---|---|---|---|---|");
    let (cpu, start) = (cpu_us("self"), Instant::now());
    let import = Import {
        reader: Box::new(BufReader::with_capacity(1 << 16, Register::of(count))),
        file_hash: yima_keys::sha256(&[b"invented residents", &count.to_be_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    let done = province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    if !done.already {
        row(folder, "residents imported", done.total.inserted, cpu, start);
    }
    let (cpu, start) = (cpu_us("self"), Instant::now());
    let make = |options: &serde_json::Value| SoftPasskey::make(options, ORIGIN, KEY, false).1;
    let mut said = 0;
    let tell = |seen: u64| {
        if seen / 1_000_000 > said {
            said = seen / 1_000_000;
            eprintln!("{said} million accounts have a passkey after {:.0} s", start.elapsed().as_secs_f64());
        }
    };
    let made = province.invent_passkeys(make, tell).await.unwrap();
    province.close().await;
    row(folder, "a passkey for each", made, cpu, start);
}

fn row(folder: &Path, step: &str, many: u64, cpu: f64, start: Instant) {
    let (each, bytes) = (many.max(1) as f64, std::fs::metadata(folder.join("yima.db")).unwrap().len());
    let (rate, cpu) = (each / start.elapsed().as_secs_f64(), (cpu_us("self") - cpu) / each);
    println!("| {step} | {many} | {rate:.0} | {cpu:.1} | {:.0} |", bytes as f64 / each);
}

/// The province of a folder.
pub fn setup(folder: &Path) -> Setup {
    Setup {
        dir: folder.to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("a bench")),
        clock: Arc::new(SystemClock),
        seed: None,
        messenger: Arc::new(Inbox::default()),
        demo: true,
    }
}

/// A register as the import reads it, made line by line.
struct Register<I> {
    people: I,
    line: Vec<u8>,
    at: usize,
}

impl Register<()> {
    fn of(count: u32) -> Register<impl Iterator<Item = Synthetic>> {
        let line = b"name,id_number,phone,region\n".to_vec();
        Register { people: demo::residents(SEED, count), line, at: 0 }
    }
}

impl<I: Iterator<Item = Synthetic>> Read for Register<I> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.line.len() {
            let Some(one) = self.people.next() else { return Ok(0) };
            self.line = format!("{},{},{},{}\n", one.name, one.id_number, one.phone, one.region).into_bytes();
            self.at = 0;
        }
        let much = into.len().min(self.line.len() - self.at);
        into[..much].copy_from_slice(&self.line[self.at..self.at + much]);
        self.at += much;
        Ok(much)
    }
}
