//! A gate that is killed with -9 a hundred times while it answers and while it reports: every code is admitted once,
//! and every admission reaches the platform once, in its counts and in the holders' own records.

use crate::program::{Demo, Gate, http, json, run};
use std::thread;
use std::time::{Duration, Instant};

const KILLS: usize = 100;
/// Fed to the gate in each of its lives.
const CODES: usize = 2;
/// Tokens of a phone's day that this story uses.
const OF_A_PHONE: usize = 20;
/// After so long the same showing is no longer repeated.
const REPEATED: Duration = Duration::from_secs(12);

/// Phones that show one code after the other.
struct Phones {
    devices: Vec<String>,
    shown: usize,
    site: String,
}

impl Phones {
    fn enrol(demo: &Demo, folder: &tempfile::TempDir, site: String) -> Self {
        let many = (KILLS * CODES).div_ceil(OF_A_PHONE);
        let devices = (0..many).map(|n| {
            let device = folder.path().join(format!("d{n}.json")).display().to_string();
            run(&["device", "enrol", "--server", &demo.url(), "--code", &demo.code(n), "--out", &device], 0);
            run(&["device", "draw", "--device", &device, "--plain", "4", "--flavour", "0", "--t0", "0"], 0);
            device
        });
        Self { devices: devices.collect(), shown: 0, site }
    }

    fn show(&mut self) -> String {
        let device = &self.devices[self.shown / OF_A_PHONE];
        self.shown += 1;
        let words =
            ["device", "show", "--device", device, "--scenario", "bus", "--site", &self.site, "--offline", "--json"];
        json(&run(&words, 0))["digits"].as_str().expect("digits").to_owned()
    }

    /// Records that the holders find, each by the code that it showed.
    fn found(&self) -> usize {
        let sealed = |device: &String| {
            let record = json(&run(&["device", "record", "--device", device, "--json"], 0));
            record["sealed"].as_array().expect("sealed records").len()
        };
        self.devices.iter().map(sealed).sum()
    }
}

/// Valid checks that the platform counted at the place.
fn counted(demo: &Demo, cookie: &str, site: &str) -> i64 {
    let path = "/api/v1/stats/checks?by=site&from=0&to=4102444800";
    let bars = demo.as_operator(cookie, "GET", path, "");
    let bars = bars["bars"].as_array().expect("bars").iter();
    bars.filter(|bar| bar["key"] == site).map(|bar| bar["valid"].as_i64().expect("a count")).sum()
}

#[expect(clippy::disallowed_methods, reason = "a story over real processes runs on the machine's clock")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn a_hundred_kills_admit_no_code_twice_and_report_every_admission_once() {
    let demo = Demo::start(60);
    let folder = tempfile::tempdir().expect("a folder");
    let cookie = demo.operator();
    let gate = demo.gate("bus");
    let (key, site) = (gate["key"].as_str().expect("a key").to_owned(), gate["site"].to_string());
    let mut phones = Phones::enrol(&demo, &folder, site.clone());
    let state = folder.path().join("gate").display().to_string();
    let (url, before) = (demo.url(), counted(&demo, &cookie, &site));
    let words = ["--server", &url, "--key", &key, "--state", &state, "--report-at-once", "--every", "1"];
    let (mut unanswered, mut taken): (Vec<String>, Vec<(String, Instant)>) = (Vec::new(), Vec::new());
    let mut lives_cut_short = 0;
    for life in 0..KILLS {
        let codes: Vec<String> = unanswered.drain(..).chain((0..CODES).map(|_| phones.show())).collect();
        let mut running = Gate::start(&words);
        // What was admitted a while ago is admitted by no later life.
        if let Some((old, _)) = taken.iter().rfind(|(_, at)| at.elapsed() > REPEATED) {
            let verdict = running.ask("POST", "/check", old).expect("answered");
            assert_eq!(verdict["verdict"], "refused", "{verdict}");
        }
        let asked = now();
        let asking: Vec<_> = codes
            .into_iter()
            .map(|digits| {
                let url = running.url();
                thread::spawn(move || {
                    let said = http(&url, "POST", "/check", &[], &digits).map(|(_, body)| json(&body));
                    (digits, said)
                })
            })
            .collect();
        // Now before anything was read, now between two answers, now while the report is on its way.
        thread::sleep(Duration::from_millis(life as u64 * 13 % 90));
        running.kill();
        for one in asking {
            let (digits, said) = one.join().expect("asked");
            match said {
                // Refused as replayed: a life before wrote it down, and died before it could say so.
                Some(said) => {
                    assert!(said["verdict"] == "valid" || said["reason"] == "replayed", "{said}");
                    taken.push((digits, asked));
                }
                None => unanswered.push(digits),
            }
        }
        lives_cut_short += usize::from(!unanswered.is_empty());
    }
    assert!(lives_cut_short > 0, "the kills came while it answered");
    let last = Gate::start(&words);
    for digits in unanswered {
        let said = last.ask("POST", "/check", &digits).expect("answered");
        assert!(said["verdict"] == "valid" || said["reason"] == "replayed", "{said}");
    }
    last.until("done with reporting", |status| status["to_report"] == 0);
    let codes = KILLS * CODES;
    assert_eq!(counted(&demo, &cookie, &site) - before, i64::try_from(codes).expect("few"), "counted once each");
    assert_eq!(phones.found(), codes, "found once each by who showed it");
}
