//! What a whole draw of sixteen T1 costs over sixteen bare signatures in the same run: CPU, many draws at once sharing commits.
//! It knows no HTTP. `cargo run --release -p yima-province --example bench_draw -- [DEVICES] [AT ONCE]`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench")]

use std::path::Path;
use std::sync::Arc;
use yima_code::day::Day;
use yima_code::flags::{Assurance, Flags};
use yima_code::token::IssuerFields;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_keys::custody::{IssuingKey, Lock};
use yima_province::clock::FrozenClock;
use yima_province::{
    Disclosure, Draw, Enrol, EnrolProof, Format, GiveBenefit, Import, Inbox, KeyPlace, Province, Setup, demo,
};

/// 2026-11-23 10:00:00 in Shanghai.
const MORNING: i64 = 1_795_399_200;
/// Tokens of a draw.
const BATCH: usize = 16;
/// Draws of a device: two a day fill its 32 numbers, today's and tomorrow's.
const DRAWS: u32 = 4;

/// Rounds of sixteen bare signatures after each turn, on each core.
const SIGNED: u32 = 400;

type Keys = Vec<(Disclosure, [u8; 33])>;

#[tokio::main]
async fn main() {
    let mut words = std::env::args().skip(1).map(|n| n.parse::<u32>().unwrap());
    let (devices, at_once) = (words.next().unwrap_or(1_500), words.next().unwrap_or(64));
    println!("| suite | batch | 16 bare signatures, us | whole draw, us | ratio |");
    println!("|---|---|---|---|---|");
    for suite in [Suite::Es256, Suite::Sm2Sm3] {
        for (name, disclosures) in [("16 plain", [0, 0]), ("12 plain, 2 age band, 2 benefit", [2, 2])] {
            let (province, actors, _dir) = town(devices, suite).await;
            let keys = keys(suite, disclosures);
            let (drawn, bare) = draws(&Arc::new(province), &actors, &keys, (suite, at_once)).await;
            println!("| {suite} | {name} | {bare:.0} | {drawn:.0} | {:.3} |", drawn / bare);
        }
    }
}

/// A province whose residents have a device each; in memory where the machine has a file system in memory, so that
/// waiting for a disk is not counted.
async fn town(devices: u32, suite: Suite) -> (Province, Vec<Actor>, tempfile::TempDir) {
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let setup = Setup {
        dir: dir.path().to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("a bench")),
        clock: Arc::new(FrozenClock::at(MORNING)),
        seed: None,
        messenger: Arc::new(Inbox::default()),
        demo: true,
    };
    let province = Province::init(setup, &[]).await.unwrap().with_min_holders(1);
    let file = demo::csv(1, devices);
    let import = Import {
        reader: Box::new(file.as_bytes()),
        file_hash: yima_keys::sha256(&[file.as_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    let mut actors = Vec::new();
    let mut after = None;
    while actors.len() < devices as usize {
        let page = province.find_residents(&Actor::System, None, None, after.as_deref()).await.unwrap();
        for row in &page.items {
            actors.push(enrolled(&province, &row.id, suite).await);
        }
        after = page.next;
    }
    (province, actors, dir)
}

async fn enrolled(province: &Province, id: &str, suite: Suite) -> Actor {
    let wish = GiveBenefit { number: 2, from: None, until: "2027-08-31".to_owned(), source: "a bench".to_owned() };
    province.give_benefit(&Actor::System, id, wish).await.unwrap();
    let (code, _) = province.issue_enrolment_code(&Actor::System, id).await.unwrap();
    let public_key = IssuingKey::generate(suite, &mut rng()).unwrap().public();
    let wish = Enrol { proof: EnrolProof::Code(code), suite, public_key, label: "phone".to_owned() };
    let device = province.enrol_device(wish).await.unwrap();
    province.device(&device.device_id).await.unwrap().unwrap().actor
}

fn keys(suite: Suite, [bands, benefits]: [usize; 2]) -> Keys {
    let says = |n: usize| match n {
        n if n < bands => Disclosure::AgeBand,
        n if n < bands + benefits => Disclosure::Benefit(Some(2)),
        _ => Disclosure::Plain,
    };
    (0..BATCH).map(|n| (says(n), IssuingKey::generate(suite, &mut rng()).unwrap().public())).collect()
}

/// CPU of a draw, and of sixteen bare signatures, microseconds. They are measured by turns, a draw of everybody and then
/// signatures, since a shared machine is now faster and now slower.
async fn draws(province: &Arc<Province>, actors: &[Actor], keys: &Keys, (suite, at_once): (Suite, u32)) -> (f64, f64) {
    let today = Day::shown_at(u32::try_from(MORNING).unwrap());
    let (mut drawn, mut signed) = (0.0, 0.0);
    for turn in 0..DRAWS {
        let day = if turn < 2 { today } else { today.next() };
        let start = cpu_us();
        for some in actors.chunks(at_once as usize) {
            let drawing: Vec<_> = some
                .iter()
                .map(|actor| {
                    let (province, actor, t1) = (Arc::clone(province), actor.clone(), keys.clone());
                    let request_id = [u8::try_from(turn).unwrap(); 16];
                    tokio::spawn(async move {
                        province
                            .draw_tokens(&actor, Draw { request_id, day: day.0, t1, t0: 0 })
                            .await
                            .unwrap()
                            .tokens
                            .len()
                    })
                })
                .collect();
            for one in drawing {
                assert_eq!(one.await.unwrap(), BATCH);
            }
        }
        drawn += (cpu_us() - start) / actors.len() as f64;
        signed += bare(suite, SIGNED).await;
    }
    (drawn / f64::from(DRAWS), signed / f64::from(DRAWS))
}

/// CPU of sixteen signatures over the same message, microseconds: on every core at once, as the draws are, since two
/// threads of one core that are both at work take longer each than one alone.
async fn bare(suite: Suite, rounds: u32) -> f64 {
    let cores = std::thread::available_parallelism().unwrap().get();
    // Threads that stay: one that ends takes its time out of what `cpu_us` adds up.
    let signing: Vec<_> = (0..cores).map(|_| tokio::task::spawn_blocking(move || signatures(suite, rounds))).collect();
    let mut total = 0.0;
    for one in signing {
        total += one.await.unwrap();
    }
    total / (f64::from(rounds) * cores as f64)
}

/// CPU of this thread for sixteen signatures, so many rounds, microseconds.
fn signatures(suite: Suite, rounds: u32) -> f64 {
    let key = IssuingKey::generate(suite, &mut rng()).unwrap();
    let fields = IssuerFields {
        issuer_suite: suite,
        holder_suite: suite,
        kid: [1; 4],
        id: [2; 16],
        day: Day(2_519),
        flags: Flags::plain(Assurance::new(1).unwrap()),
        holder_key: key.public(),
    };
    let message = fields.issuer_message();
    let mut chance = rng();
    let start = thread_us();
    for _ in 0..rounds {
        for _ in 0..BATCH {
            std::hint::black_box(key.sign(&message.parts(), &mut chance).unwrap());
        }
    }
    thread_us() - start
}

fn rng() -> rand::rngs::StdRng {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).unwrap();
    rand::SeedableRng::from_seed(seed)
}

/// CPU of this process's threads so far, microseconds (proc(5) schedstat of each task).
fn cpu_us() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    tasks.map(|task| on_cpu_us(&task.unwrap().path().join("schedstat"))).sum()
}

/// CPU of this thread so far, microseconds.
fn thread_us() -> f64 {
    on_cpu_us(Path::new("/proc/thread-self/schedstat"))
}

fn on_cpu_us(schedstat: &Path) -> f64 {
    let line = std::fs::read_to_string(schedstat).unwrap();
    line.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1_000.0
}
