//! A redraw by everybody, simulated: all keys of a day are withdrawn, and 100 million devices want codes at once. The lane and
//! the rule of retries are the real ones, time is virtual, the seed is fixed; the cost of a draw is measured first.
//! `cargo run --release -p yima-province --example sim_redraw`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a simulation that prints its table")]

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use yima_keys::custody::IssuingKey;
use yima_keys::{PublicKey, Suite};
use yima_province::DrawLane;
use yima_wire::retry;

/// One simulated device stands for so many; the province's speed is divided by the same.
const SCALE: i64 = 1_000;
const DEVICES: u32 = 100_000;
/// Signing cores of the province ("13 cores of P-256"), and cores that read requests and check codes.
const SIGNING_CORES: i64 = 13;
const FRONT_CORES: f64 = 20.0;
/// Signatures of a day's batch: 16 plain tokens and two of each of two flavours.
const SIGNATURES: u32 = 20;
/// What a draw costs beside its signatures and the check of the device's own: JSON, the store, the use. Measured by
/// `bench_check_http` as the difference between a check and its two verifications.
const BESIDE_US: f64 = 150.0;
/// Reading a request of 2 kB and sending it away.
const SEND_AWAY_US: f64 = 40.0;
/// Online checks a second that go on meanwhile, and what each takes of a front core.
const CHECKS: f64 = 10_000.0;
const CHECK_US: f64 = 250.0;
/// Devices notice within so many seconds that their codes are void.
const NOTICE_S: i64 = 300;
/// A client without manners comes back after so many seconds, whatever it was told.
const NAIVE_S: i64 = 10;
/// The simulation gives up so long after the last device came first.
const END_S: i64 = 3 * 3_600;
const MICROS: i64 = 1_000_000;

#[derive(Clone, Copy, PartialEq)]
enum Retry {
    /// Not before the turn, and by chance after it.
    InTurn,
    /// By chance alone: Retry-After is not read.
    ByChance,
    /// Again and again.
    Naive,
}

fn main() {
    let draw_us = measured_us() + BESIDE_US;
    let every_us = (draw_us * SCALE as f64 / SIGNING_CORES as f64) as i64;
    println!(
        "A draw takes {draw_us:.0} us of a core ({SIGNATURES} signatures measured here); {SIGNING_CORES} cores give codes to"
    );
    println!(
        "{:.0} devices a second, so 100 million take {:.0} minutes at best.\n",
        1e6 / draw_us * SIGNING_CORES as f64,
        100.0 / 60.0 * draw_us / SIGNING_CORES as f64
    );
    println!(
        "| 100 million devices | tries a device | sent away | not even read | 50 % have codes | 90 % | 99 % | all | front busy, worst second | a check waits for a core, worst second |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for (name, within_s, retry) in [
        ("an ordinary day, moments spread over 12 h", 12 * 3_600, Retry::InTurn),
        ("redraw, each in its turn", NOTICE_S, Retry::InTurn),
        ("redraw, jitter that reads no Retry-After", NOTICE_S, Retry::ByChance),
        ("redraw, again after 10 s", NOTICE_S, Retry::Naive),
    ] {
        Run::new(every_us, retry).go(name, within_s);
    }
}

/// One run: the lane, the front, and who comes when.
struct Run {
    lane: DrawLane,
    every_us: i64,
    retry: Retry,
    chance: StdRng,
    /// (moment, device, tries); a device comes, or the place at the lane is done.
    coming: BinaryHeap<Reverse<(i64, u32, u32)>>,
    waiting: VecDeque<u32>,
    done_at: Vec<i64>,
    second: i64,
    in_second: u32,
    worst_second: u32,
    asked: u64,
    sent_away: u64,
    not_read: u64,
}

/// Stands for the lane's own event in the queue.
const LANE: u32 = u32::MAX;

impl Run {
    fn new(every_us: i64, retry: Retry) -> Self {
        Self {
            lane: DrawLane::new(1),
            every_us,
            retry,
            chance: StdRng::seed_from_u64(7),
            coming: BinaryHeap::new(),
            waiting: VecDeque::new(),
            done_at: Vec::new(),
            second: 0,
            in_second: 0,
            worst_second: 0,
            asked: 0,
            sent_away: 0,
            not_read: 0,
        }
    }

    fn go(mut self, name: &str, within_s: i64) {
        for device in 0..DEVICES {
            let at = (self.chance.next_u64() % (within_s * MICROS) as u64) as i64;
            self.coming.push(Reverse((at, device, 0)));
        }
        while let Some(Reverse((now, device, tries))) = self.coming.pop() {
            if now > (END_S + within_s) * MICROS || self.done_at.len() == DEVICES as usize {
                break;
            }
            if device == LANE { self.signed(now) } else { self.asks(now, device, tries) }
        }
        self.worst_second = self.worst_second.max(self.in_second);
        self.report(name);
    }

    fn asks(&mut self, now: i64, device: u32, tries: u32) {
        self.asked += 1;
        let told_s = if self.is_read(now) {
            match self.lane.enter(now) {
                Ok(()) => {
                    self.waiting.push_back(device);
                    if self.waiting.len() == 1 {
                        self.coming.push(Reverse((now + self.every_us, LANE, 0)));
                    }
                    return;
                }
                Err(later) => {
                    self.sent_away += 1;
                    later.retry_after_s
                }
            }
        } else {
            self.not_read += 1;
            0
        };
        let wait_us = match self.retry {
            Retry::Naive => NAIVE_S * MICROS,
            Retry::InTurn => i64::from(retry::wait_s(tries + 1, told_s, self.chance.next_u32())) * MICROS,
            Retry::ByChance => i64::from(retry::wait_s(tries + 1, 0, self.chance.next_u32())) * MICROS,
        };
        // Seconds are whole for everybody, moments are not.
        let within_a_second = i64::from(self.chance.next_u32() % 1_000_000);
        self.coming.push(Reverse((now + wait_us + within_a_second, device, tries.saturating_add(1))));
    }

    /// The front reads so many requests a second beside the checks; what comes beyond gets no answer.
    fn is_read(&mut self, now: i64) -> bool {
        if now / MICROS != self.second {
            self.worst_second = self.worst_second.max(self.in_second);
            (self.second, self.in_second) = (now / MICROS, 0);
        }
        self.in_second += 1;
        f64::from(self.in_second) * SCALE as f64 * SEND_AWAY_US + CHECKS * CHECK_US <= FRONT_CORES * 1e6
    }

    fn signed(&mut self, now: i64) {
        self.waiting.pop_front();
        self.lane.left(self.every_us);
        self.done_at.push(now);
        if !self.waiting.is_empty() {
            self.coming.push(Reverse((now + self.every_us, LANE, 0)));
        }
    }

    fn report(self, name: &str) {
        let share = |part: u64| 100.0 * part as f64 / self.asked as f64;
        let by = |share: f64| match self.done_at.get((f64::from(DEVICES) * share) as usize - 1) {
            Some(at) => format!("{:.1} min", *at as f64 / 60.0 / MICROS as f64),
            None => "never".to_owned(),
        };
        let busy =
            (f64::from(self.worst_second) * SCALE as f64 * SEND_AWAY_US + CHECKS * CHECK_US) / (FRONT_CORES * 1e6);
        // The mean wait of an M/D/1 queue, all front cores taken as one.
        let waits = if busy < 1.0 {
            format!("{:.3} ms", busy / (2.0 * (1.0 - busy)) * CHECK_US / FRONT_CORES / 1_000.0)
        } else {
            "without end".to_owned()
        };
        println!(
            "| {name} | {:.1} | {:.1} % | {:.1} % | {} | {} | {} | {} | {:.0} % | {waits} |",
            self.asked as f64 / f64::from(DEVICES),
            share(self.sent_away),
            share(self.not_read),
            by(0.5),
            by(0.9),
            by(0.99),
            by(1.0),
            busy * 100.0
        );
    }
}

/// Microseconds of CPU for the signatures of a draw and the check of the device's own.
fn measured_us() -> f64 {
    const ROUNDS: u32 = 200;
    let mut chance = StdRng::seed_from_u64(7);
    let issuing = IssuingKey::generate(Suite::Es256, &mut chance).unwrap();
    let device = PublicKey::parse(Suite::Es256, &issuing.public()).unwrap();
    let before = cpu_us();
    for round in 0..ROUNDS {
        let mut signature = [0; 64];
        for token in 0..SIGNATURES {
            signature = issuing.sign(&[&round.to_be_bytes(), &token.to_be_bytes()], &mut chance).unwrap();
        }
        device.verify(&[&round.to_be_bytes(), &(SIGNATURES - 1).to_be_bytes()], &signature).unwrap();
    }
    (cpu_us() - before) / f64::from(ROUNDS)
}

/// CPU of this thread, microseconds (the first number of schedstat is nanoseconds on a core).
fn cpu_us() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e3
}
