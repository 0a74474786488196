//! Import of synthetic residents, parsed, sealed and durable, on SQLite: rate, CPU and bytes written a resident, bytes on disk, peak memory.
//! It does not know the command line. `cargo run --release -p yima-province --example bench_import -- [RESIDENTS …]`
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench, with a stopwatch")]

mod scale;

#[tokio::main]
async fn main() {
    let mut counts: Vec<u32> = std::env::args().skip(1).map(|n| n.parse().unwrap()).collect();
    if counts.is_empty() {
        counts = vec![100_000, 1_000_000, 10_000_000];
    }
    println!(
        "| residents | rate /s | CPU us a resident | bytes written a resident | bytes on disk a resident | peak memory, MB |"
    );
    println!("|---|---|---|---|---|---|");
    for count in counts {
        measure(count).await;
    }
}

async fn measure(count: u32) {
    let scale::Settled { province, dir, seconds, cpu_us, written, peak_mb } = scale::settled(count, &[], None).await;
    province.close().await;
    let bytes = std::fs::metadata(dir.path().join("yima.db")).unwrap().len();
    let rows = f64::from(count);
    println!(
        "| {count} | {:.0} | {:.1} | {:.0} | {:.0} | {peak_mb} |",
        rows / seconds,
        cpu_us as f64 / rows,
        written as f64 / rows,
        bytes as f64 / rows
    );
}
