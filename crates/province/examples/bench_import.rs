//! Import of synthetic residents, parsed, sealed and durable, on SQLite: rate, CPU a resident, bytes on disk, peak memory.
//! It does not know the command line. `cargo run --release -p yima-province --example bench_import -- [RESIDENTS …]`
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench, with a stopwatch")]

use std::sync::Arc;
use std::time::Instant;
use yima_kernel::subject::Actor;
use yima_keys::custody::Lock;
use yima_province::clock::SystemClock;
use yima_province::{Format, Import, Inbox, KeyPlace, Province, Setup, demo};

#[tokio::main]
async fn main() {
    let mut counts: Vec<u32> = std::env::args().skip(1).map(|n| n.parse().unwrap()).collect();
    if counts.is_empty() {
        counts = vec![100_000, 1_000_000];
    }
    println!(
        "| residents | rate /s | CPU us a resident | bytes on disk a resident | peak memory, MB (file included) |"
    );
    println!("|---|---|---|---|---|");
    for count in counts {
        measure(count).await;
    }
}

async fn measure(count: u32) {
    let dir = tempfile::tempdir().unwrap();
    let setup = Setup {
        dir: dir.path().to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("a bench")),
        clock: Arc::new(SystemClock),
        seed: None,
        messenger: Arc::new(Inbox::default()),
        demo: true,
    };
    let province = Province::init(setup, &[]).await.unwrap();
    let file = demo::csv(1, count);
    let import = Import {
        reader: Box::new(file.as_bytes()),
        file_hash: yima_keys::sha256(&[file.as_bytes()]),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    let (cpu, start) = (cpu_us(), Instant::now());
    let done = province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_us() - cpu);
    let rows = f64::from(count);
    province.close().await;
    let bytes = std::fs::metadata(dir.path().join("yima.db")).unwrap().len();
    println!(
        "| {} | {:.0} | {:.1} | {:.0} | {} |",
        done.total.inserted,
        rows / seconds,
        cpu as f64 / rows,
        bytes as f64 / rows,
        peak_mb()
    );
}

/// CPU of this process so far, user and system, microseconds (fields 14 and 15 of proc(5) stat, ticks of 10 ms).
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10_000
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
