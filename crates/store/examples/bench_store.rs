//! How fast the store is on this machine: imports residents, then burns tokens as an online check
//! does. `cargo run --release -p yima-store --example bench_store -- [URL] [RESIDENTS] [CALLERS] [SECONDS]`.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a bench reads a stopwatch and prints")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use yima_store::check::{self, Burned};
use yima_store::counted::{self, Counted};
use yima_store::{Store, StoreError, account, device, import_run, uses};

/// Residents a transaction.
const BATCH: u64 = 50_000;

#[tokio::main]
async fn main() -> Result<(), StoreError> {
    let mut args = std::env::args().skip(1);
    let url = args.next().unwrap_or_else(|| "sqlite:/tmp/yima-rates.db".into());
    let mut number = |default| args.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (residents, callers, seconds): (u64, u64, u64) = (number(200_000), number(64), number(10));
    let store = Store::open(&url).await?;
    import(&store, residents).await?;
    checks(&store, residents, callers, Duration::from_secs(seconds)).await?;
    println!("peak memory {} kB", peak_kb());
    store.close().await;
    Ok(())
}

async fn import(store: &Store, residents: u64) -> Result<(), StoreError> {
    let start = Instant::now();
    for from in (0..residents).step_by(usize::try_from(BATCH).unwrap_or(1)) {
        let batch = in_order((from..residents.min(from + BATCH)).map(resident).collect());
        store
            .deed::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    account::insert_many(tx, &batch).await?;
                    import_run::save(tx, &progress(from)).await
                })
            })
            .await?;
        if (from / BATCH).is_multiple_of(25) {
            println!("  {from} after {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    let took = start.elapsed().as_secs_f64();
    println!("import: {residents} residents in {took:.2} s, {:.0} a second", residents as f64 / took);
    Ok(())
}

/// Neighbours in every index are stored one after the other: each page of an index is touched once
/// a batch. Ids, handles and blind ids are as random as before.
fn in_order(mut batch: Vec<account::Account>) -> Vec<account::Account> {
    let (mut ids, mut handles) = (Vec::new(), Vec::new());
    for one in &batch {
        ids.push(one.id.clone());
        handles.push(one.handle);
    }
    handles.sort_unstable();
    batch.sort_unstable_by(|a, b| a.blind_id.cmp(&b.blind_id));
    for ((one, id), handle) in batch.iter_mut().zip(ids).zip(handles) {
        (one.id, one.handle) = (id, handle);
    }
    batch
}

async fn checks(store: &Store, residents: u64, callers: u64, how_long: Duration) -> Result<(), StoreError> {
    let holders = residents.min(1_000);
    store
        .deed::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                for n in 0..holders {
                    device::insert(tx, &phone(n * (residents / holders))).await?;
                }
                Ok(())
            })
        })
        .await?;
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let before_cpu = cpu_s();
    let start = Instant::now();
    let gates: Vec<_> = (0..callers)
        .map(|gate| {
            let (store, stop, done) = (store.clone(), Arc::clone(&stop), Arc::clone(&done));
            tokio::spawn(async move {
                let mut waits = Vec::new();
                for n in 0_u64.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let asked = Instant::now();
                    let holder = (n * 31 + gate) % holders * (residents / holders);
                    check(&store, gate, n, holder).await?;
                    waits.push(asked.elapsed().as_secs_f64() * 1_000.0);
                    done.fetch_add(1, Ordering::Relaxed);
                }
                Ok::<_, StoreError>(waits)
            })
        })
        .collect();
    tokio::time::sleep(how_long).await;
    stop.store(true, Ordering::Relaxed);
    let mut waits = Vec::new();
    for gate in gates {
        waits.extend(gate.await.map_err(|error| StoreError::Unavailable(error.to_string()))??);
    }
    waits.sort_by(f64::total_cmp);
    let (took, checks) = (start.elapsed().as_secs_f64(), done.load(Ordering::Relaxed) as f64);
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or(0.0);
    println!(
        "checks: {:.0} a second by {callers} callers, p50 {:.2} ms, p99 {:.2} ms, {:.0} us CPU each",
        checks / took,
        at(0.5),
        at(0.99),
        (cpu_s() - before_cpu) / checks * 1e6
    );
    Ok(())
}

async fn check(store: &Store, gate: u64, n: u64, holder: u64) -> Result<(), StoreError> {
    store
        .deed(move |tx| {
            Box::pin(async move {
                let mut token_id = [0; 16];
                token_id[..8].copy_from_slice(&mixed(gate * 1_000_000_007 + n));
                token_id[8..].copy_from_slice(&gate.to_le_bytes());
                let gate = format!("gat_{gate:026}");
                let id = format!("use_{n:013}{gate}");
                let facts = check::facts(tx, &mixed(holder), 0, 2_500).await?;
                let facts = facts.ok_or(StoreError::Inconsistent("the bench's own resident"))?;
                let burned =
                    Burned { checker: gate.clone(), bytes_hash: vec![1; 32], verdict: "valid".into(), burned_at: 1 };
                check::burn(tx, 2_500, &token_id, &burned).await?;
                let used = uses::Use {
                    id,
                    at: 1,
                    deed: "check_code".into(),
                    account: Some(facts.account),
                    actor_kind: "gate".into(),
                    actor: gate.clone(),
                    scenario: Some("bus".into()),
                    site: Some(7),
                    gate: Some(gate.clone()),
                    form: Some("T1".into()),
                    outcome: "valid".into(),
                    online: true,
                    ..uses::Use::default()
                };
                uses::append(tx, &used, &[3; 98]).await?;
                let what = Counted {
                    hour_at: 0,
                    scenario: "bus",
                    site: 7,
                    gate: &gate,
                    form: "T1",
                    verdict: "valid",
                    reason: "",
                    online: true,
                };
                counted::add(tx, &what, 1).await
            })
        })
        .await
}

/// SplitMix64: the same bytes for the same n, and spread as random ones are.
fn mixed(n: u64) -> [u8; 8] {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)).to_le_bytes()
}

fn resident(n: u64) -> account::Account {
    account::Account {
        id: format!("res_{n:026}"),
        handle: mixed(n),
        kind: "resident".into(),
        sealed_name: vec![1; 40],
        sealed_id_number: vec![2; 48],
        sealed_phone: Some(vec![3; 41]),
        blind_id: [mixed(n ^ 1 << 60), [7; 8], [8; 8], [9; 8]].concat(),
        blind_name: Some((n % 4_096) as u16),
        region: format!("37{:04}", n / 1_000 % 136),
        state: account::State::Active,
        proofing: 1,
        paper_off: false,
        short_off: false,
        created_at: 1,
        version: 1,
    }
}

fn phone(n: u64) -> device::Device {
    device::Device {
        id: format!("dev_{n:026}"),
        account: resident(n).id,
        slot: 0,
        suite: 1,
        public_key: vec![2; 33],
        label: "phone".into(),
        state: device::State::Live,
        attested: false,
        enrolled_at: 1,
        ended_at: None,
        reason: None,
        young_until: None,
        by_code: false,
        suspended_until: None,
        version: 1,
        // The store compares versions and never reads a seal.
        seal: vec![3; 32],
    }
}

fn progress(from: u64) -> import_run::ImportRun {
    import_run::ImportRun {
        file_hash: vec![1; 32],
        read_bytes: from.cast_signed(),
        rows_read: 0,
        inserted: 0,
        duplicates: 0,
        rejected: 0,
        state: import_run::State::Running,
        started_at: 1,
        updated_at: 1,
    }
}

/// User and system time of this process, in seconds (clock ticks are hundredths on Linux).
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.split_whitespace().skip(13).take(2).filter_map(|n| n.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn peak_kb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}
