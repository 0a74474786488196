//! What grows with the number of residents: CPU of an online check, and of a publication with 100,000 revoked cards and
//! 11,000 withdrawn phones, on SQLite. It does not know HTTP.
//! `cargo run --release -p yima-province --example bench_growth -- [--keep FOLDER] [RESIDENTS …]`; what was imported
//! stays in the folder for the next run.
#![expect(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a bench, with a stopwatch")]

mod scale;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use scale::cpu_us;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use yima_code::day::Day;
use yima_code::token::{HolderPart, IssuerPart};
use yima_kernel::id::{AccountId, DeviceId};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::IssuingKey;
use yima_province::{CheckCode, Disclosure, Draw, NewPlace, Province, Text};
use yima_store::{Store, StoreError, account, card, device, draw, withdrawal};

/// Phones that are withdrawn in the end: a second one of some holders where there are few.
const PHONES: usize = 11_000;
/// Holders who show codes before.
const SHOWING: usize = 5_000;
/// Codes that each of those shows: few, so that nearly every check meets another resident.
const CODES: usize = 6;
const CALLERS: usize = 64;
/// Tokens that a withdrawn phone drew.
const DRAWN: u16 = 16;
/// Cards, half of them revoked, and holders who are suspended.
const CARDS: u32 = 200_000;
const CARDS_A_HOLDER: u32 = 40;
const SUSPENDED: usize = 1_000;

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1).peekable();
    let keep = words.next_if(|word| word == "--keep").map(|_| PathBuf::from(words.next().unwrap()));
    let mut counts: Vec<u32> = words.map(|n| n.parse().unwrap()).collect();
    if counts.is_empty() {
        counts = vec![10_000, 1_000_000, 10_000_000];
    }
    println!(
        "| residents | import /s (CPU us each, peak MB) | bytes on disk a resident | CPU us a check | checks /s | publish with all of it new, ms (CPU ms) | publish after one more change, ms (CPU ms) | bundle, kB |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for count in counts {
        measure(count, keep.as_deref()).await;
    }
}

async fn measure(count: u32, keep: Option<&Path>) {
    let scale::Settled { province, dir, seconds, cpu_us: import_cpu_us, peak_mb, .. } =
        scale::settled(count, &manifests(), keep).await;
    let province = Arc::new(province);
    let file = dir.path().join("yima.db");
    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    // What the log still holds is part of it.
    let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
    let bytes = (size(file.clone()) + size(dir.path().join("yima.db-wal"))) as f64 / f64::from(count);
    let mut chance = StdRng::seed_from_u64(7);
    let until_ms = u64::try_from(province.now_us() / 1_000).unwrap();
    let accounts = sample(&store, until_ms, PHONES, &mut chance).await;
    enrol(&store, &accounts).await;
    let (gate, codes) = codes(&province, &accounts[..SHOWING], &mut chance).await;
    let (checks, check_cpu, check_s) = checked(&province, gate, codes).await;
    furnish(&store, &accounts).await;
    let first = published(&province).await;
    suspend_one(&store, &accounts[SUSPENDED]).await;
    let next = published(&province).await;
    println!(
        "| {count} | {:.0} ({:.1}, {peak_mb}) | {bytes:.0} | {:.0} | {:.0} | {:.0} ({:.0}) | {:.0} ({:.0}) | {:.0} |",
        f64::from(count) / seconds,
        import_cpu_us as f64 / f64::from(count),
        check_cpu / checks,
        checks / check_s,
        first.0,
        first.1,
        next.0,
        next.1,
        province.bundle().bytes.len() as f64 / 1e3
    );
    store.close().await;
}

fn manifests() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let toml = files.iter().filter(|path| path.extension().is_some_and(|e| e == "toml"));
    toml.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Accounts from all over the table: of each moment at which a batch was imported, behind ids of chance.
async fn sample(store: &Store, until_ms: u64, many: usize, chance: &mut StdRng) -> Vec<account::Account> {
    let from_ms = scale::MORNING.unsigned_abs() * 1_000;
    let mut own = StdRng::from_rng(chance);
    let mut found: Vec<account::Account> = store
        .read::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let mut moments = Vec::new();
                for ms in from_ms..=until_ms {
                    if behind(tx, ms, [0; 10])
                        .await?
                        .is_some_and(|one| one.id < AccountId::new(ms, [255; 10]).to_string())
                    {
                        moments.push(ms);
                    }
                }
                let mut found = Vec::new();
                for n in 0..many {
                    let mut by_chance = [0; 10];
                    own.fill_bytes(&mut by_chance);
                    found.extend(behind(tx, moments[n % moments.len()], by_chance).await?);
                }
                Ok(found)
            })
        })
        .await
        .unwrap();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    assert!(found.len() > SHOWING, "too few residents for {SHOWING} phones");
    // From the order of ids to one of chance.
    found.sort_by_key(|one| one.handle.map(u8::reverse_bits));
    found
}

async fn behind(tx: &mut yima_store::Tx, ms: u64, by_chance: [u8; 10]) -> Result<Option<account::Account>, StoreError> {
    let after = AccountId::new(ms, by_chance).to_string();
    Ok(account::page(tx, None, account::Page { after: &after, limit: 1 }).await?.into_iter().next())
}

fn device_id(account: &str) -> String {
    format!("dev_{}", account.trim_start_matches("res_"))
}

async fn enrol(store: &Store, accounts: &[account::Account]) {
    for some in accounts.chunks(1_000) {
        let some = some.to_vec();
        store
            .deed::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    for one in some {
                        let device = device::Device {
                            id: device_id(&one.id),
                            account: one.id,
                            slot: 0,
                            suite: Suite::Es256.number(),
                            public_key: vec![2; 33],
                            label: "手机".to_owned(),
                            state: device::State::Live,
                            attested: false,
                            enrolled_at: 1,
                            ended_at: None,
                            reason: None,
                            young_until: None,
                        };
                        device::insert(tx, &device).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }
}

/// A gate, and codes that were drawn and signed as phones do, in an order of chance.
async fn codes(province: &Province, accounts: &[account::Account], chance: &mut StdRng) -> (Actor, Vec<String>) {
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".to_owned(), region: "370102".to_owned() };
    let site = province.add_place(&Actor::System, place).await.unwrap().site;
    province.publish_bundle(&Actor::System).await.unwrap();
    let key = province.add_gate(&Actor::System, "bench", site).await.unwrap().key;
    let gate = province.gate(&key).await.unwrap().unwrap();
    let now = u32::try_from(province.now_s()).unwrap();
    let keys: Vec<_> = (0..CODES).map(|_| IssuingKey::generate(Suite::Es256, chance).unwrap()).collect();
    let mut shown = Vec::new();
    for one in accounts {
        let device = DeviceId::parse(&device_id(&one.id)).unwrap();
        let actor = Actor::Device { account: AccountId::parse(&one.id).unwrap(), device, slot: 0 };
        let t1 = keys.iter().map(|key| (Disclosure::Plain, key.public())).collect();
        let wish = Draw { request_id: [1; 16], day: Day::shown_at(now).0, t1, t0: 0 };
        let drawn = province.draw_tokens(&actor, wish).await.unwrap();
        for ((_, part), key) in drawn.tokens.iter().zip(&keys) {
            let part = IssuerPart::from_bytes(part).unwrap();
            let holder = HolderPart::new(now, 1, site);
            let signature = key.sign(&holder.holder_message(&part).parts(), chance).unwrap();
            shown.push((chance.next_u64(), holder.assemble(part, signature).to_digits()));
        }
    }
    shown.sort_unstable();
    (gate, shown.into_iter().map(|(_, digits)| digits).collect())
}

/// How many checks, their CPU in microseconds, and seconds.
async fn checked(province: &Arc<Province>, gate: Actor, codes: Vec<String>) -> (f64, f64, f64) {
    let (cpu, start) = (cpu_us(), Instant::now());
    let codes = Arc::new(codes);
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let (province, gate, codes) = (Arc::clone(province), gate.clone(), Arc::clone(&codes));
            tokio::spawn(async move {
                for digits in codes.iter().skip(caller).step_by(CALLERS) {
                    let wish = CheckCode { digits: digits.clone(), challenge: None };
                    let checked = province.check_code(&gate, wish).await.unwrap();
                    assert!(checked.verdict.is_valid(), "{:?}", checked.verdict);
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    (codes.len() as f64, (cpu_us() - cpu) as f64, start.elapsed().as_secs_f64())
}

/// Cards, suspended holders and withdrawn phones.
async fn furnish(store: &Store, accounts: &[account::Account]) {
    let holders: Vec<_> = accounts.iter().take((CARDS / CARDS_A_HOLDER) as usize).map(|one| one.id.clone()).collect();
    for (from, some) in (0..).step_by(100).zip(holders.chunks(100)) {
        let some = some.to_vec();
        store
            .deed::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    for (number, id) in (from..).zip(some) {
                        for card in 0..CARDS_A_HOLDER {
                            card::insert(tx, &a_card(&id, number * CARDS_A_HOLDER + card)).await?;
                        }
                        if number % 2 == 0 {
                            card::revoke_all(tx, &id, "lost", 2).await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }
    let phones: Vec<_> =
        (0..3).flat_map(|slot| accounts.iter().map(move |one| (one.id.clone(), slot))).take(PHONES).collect();
    for some in phones.chunks(1_000) {
        let some = some.to_vec();
        store
            .deed::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    for (account, slot) in some {
                        withdraw(tx, &account, slot).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }
    for one in &accounts[..SUSPENDED] {
        suspend_one(store, one).await;
    }
}

async fn suspend_one(store: &Store, one: &account::Account) {
    let id = one.id.clone();
    let done = store.deed::<_, StoreError, _>(move |tx| {
        Box::pin(async move { account::set_state(tx, &id, account::State::Suspended).await })
    });
    assert!(done.await.unwrap());
}

async fn withdraw(tx: &mut yima_store::Tx, account: &str, slot: u8) -> Result<(), StoreError> {
    let day = Day::of(u32::try_from(scale::MORNING).unwrap()).0;
    let (t1, _) = draw::counts(tx, account, slot, day).await?;
    let request = draw::Request {
        account,
        slot,
        day,
        request_id: "the rest",
        keys_hash: &[1; 32],
        t1: DRAWN - t1,
        t0: 0,
        t1_max: DRAWN,
        t0_max: DRAWN,
        seen: None,
        at: 2,
    };
    draw::take(tx, &request).await?;
    withdrawal::slot(tx, account, slot, day, "lost", 2).await?;
    Ok(())
}

fn a_card(account: &str, number: u32) -> card::Card {
    card::Card {
        id: format!("crd_{number:026}"),
        account: account.to_owned(),
        list: 1,
        // An odd step reaches every index of the list once.
        idx: number.wrapping_mul(104_729) % (1 << 20),
        kind: card::Kind::Card,
        sheet: None,
        state: card::State::Active,
        expiry_month: 90,
        flags: 0,
        kid: vec![1; 4],
        issued_at: 1,
        ended_at: None,
        reason: None,
    }
}

/// Milliseconds and CPU milliseconds of a publication.
async fn published(province: &Province) -> (f64, f64) {
    let (cpu, start) = (cpu_us(), Instant::now());
    province.publish_bundle(&Actor::System).await.unwrap();
    (start.elapsed().as_secs_f64() * 1e3, (cpu_us() - cpu) as f64 / 1e3)
}
