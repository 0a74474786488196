//! Gates as a place has them: two beside each other without a platform, a desk that asks the holder, a challenge that
//! somebody vouches for. Whole processes; what they say is what a controller and a shell see.

use crate::program::{Demo, Gate, feed, free_address, http, json, run};
use serde_json::Value;
use std::thread;

/// A phone in a file, enrolled and supplied.
fn phone(demo: &Demo, number: usize, folder: &tempfile::TempDir) -> String {
    let device = folder.path().join(format!("d{number}.json")).display().to_string();
    run(&["device", "enrol", "--server", &demo.url(), "--code", &demo.code(number), "--out", &device], 0);
    device
}

fn show(device: &str, scenario: &str, site: &str, more: &[&str]) -> Value {
    let mut words = vec!["device", "show", "--device", device, "--scenario", scenario, "--site", site, "--json"];
    words.extend(more);
    json(&run(&words, 0))
}

fn digits(shown: &Value) -> String {
    shown["digits"].as_str().expect("digits").to_owned()
}

fn word(verdict: &Value) -> &str {
    verdict["reason"].as_str().unwrap_or_else(|| verdict["verdict"].as_str().expect("a verdict"))
}

/// Two running gates of one place: their folders, doors and keys.
struct Pair {
    words: [Vec<String>; 2],
}

impl Pair {
    fn at(demo: &Demo, folder: &tempfile::TempDir) -> (Self, String) {
        let first = demo.gate("bus");
        let cookie = demo.operator();
        let wish = serde_json::json!({"name": "后门", "site": first["site"]}).to_string();
        let second = demo.as_operator(&cookie, "POST", "/api/v1/gates", &wish);
        let doors = [free_address(), free_address()];
        let words = [(&first, 0, 1), (&second, 1, 0)].map(|(gate, own, other)| {
            let state = folder.path().join(format!("gate{own}")).display().to_string();
            let peer = format!("http://{}", doors[other]);
            [
                "--server",
                &demo.url(),
                "--key",
                gate["key"].as_str().expect("a key"),
                "--state",
                &state,
                "--every",
                "1",
                "--peer-listen",
                &doors[own],
                "--peer",
                &peer,
                "--peer-wait",
                "10000",
            ]
            .map(str::to_owned)
            .to_vec()
        });
        (Self { words }, first["site"].to_string())
    }

    fn start(&self, number: usize) -> Gate {
        let words: Vec<&str> = self.words[number].iter().map(String::as_str).collect();
        Gate::start(&words)
    }

    fn door(&self, number: usize) -> String {
        format!("http://{}", self.words[number][9])
    }
}

#[test]
fn two_gates_of_one_place_admit_a_code_once_without_the_platform() {
    let demo = Demo::start(60);
    let folder = tempfile::tempdir().expect("a folder");
    let device = phone(&demo, 0, &folder);
    let (pair, site) = Pair::at(&demo, &folder);
    let (mut front, mut back) = (pair.start(0), pair.start(1));
    // Both keys stand in one bundle, which both hold.
    let version = |gate: &Gate| gate.until("vouched for", |s| s["vouched"] == true)["bundle_version"].clone();
    let newest = version(&front).as_u64().max(version(&back).as_u64());
    for gate in [&front, &back] {
        gate.until("in step", |status| status["bundle_version"].as_u64() >= newest);
    }
    for gate in [&front, &back] {
        gate.until("among its peers", |status| status["alone"] == false);
    }
    // From here on there is no platform.
    drop(demo);
    let code = || digits(&show(&device, "bus", &site, &["--offline"]));
    for _ in 0..4 {
        let digits = code();
        let asking = [front.url(), back.url()].map(|url| {
            let digits = digits.clone();
            thread::spawn(move || http(&url, "POST", "/check", &[], &digits).map(|(_, body)| json(&body)))
        });
        let said = asking.map(|asked| asked.join().expect("asked").expect("answered"));
        let mut words = [word(&said[0]), word(&said[1])];
        words.sort_unstable();
        assert_eq!(words, ["replayed", "valid"], "of two at once one admits: {said:?}");
    }
    let digits = code();
    assert_eq!(word(&front.ask("POST", "/check", &digits).expect("answered")), "valid");
    assert_eq!(word(&back.ask("POST", "/check", &digits).expect("answered")), "replayed");
    assert_eq!(front.ask("GET", "/status", "").expect("runs")["alone"], false);

    // Alone: the verdict is given all the same, and said to be alone.
    back.kill();
    let alone = code();
    assert_eq!(word(&front.ask("POST", "/check", &alone).expect("answered")), "valid");
    front.until("alone", |status| status["alone"] == true);
    // What was taken meanwhile is asked for; then it holds without the other gate, too.
    let back = pair.start(1);
    back.until("among its peers", |status| status["alone"] == false);
    front.kill();
    assert_eq!(word(&back.ask("POST", "/check", &alone).expect("answered")), "replayed");
    assert_eq!(word(&back.ask("POST", "/check", &code()).expect("answered")), "valid");

    // A stranger on the place's network is not answered.
    let forged = serde_json::json!({"key": "AQ", "body": "AQ", "signature": "AQ"}).to_string();
    for path in ["/claim", "/seen"] {
        let (head, _) = http(&pair.door(1), "POST", path, &[], &forged).expect("answered");
        assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    }
    let (head, _) = http(&pair.door(1), "POST", "/check", &[], &alone).expect("answered");
    assert!(head.starts_with("HTTP/1.1 404"), "no code is checked at the peers' door: {head}");
}

#[test]
fn a_desk_asks_the_holder_and_waits_for_the_phone() {
    let demo = Demo::start(60);
    let folder = tempfile::tempdir().expect("a folder");
    let device = phone(&demo, 0, &folder);
    let gate = demo.gate("hospital");
    let (key, site) = (gate["key"].as_str().expect("a key").to_owned(), gate["site"].to_string());
    run(&["device", "confirm", "--device", &device, "--wait", "0"], 2);
    for (answer, expected) in [("--yes", "valid"), ("--not-me", "confirmation_refused")] {
        let code = digits(&show(&device, "hospital", &site, &["--form", "T0"]));
        let state = folder.path().join("desk").display().to_string();
        let (url, key) = (demo.url(), key.clone());
        let desk = thread::spawn(move || {
            let words = ["gate", "run", "--server", &url, "--key", &key, "--state", &state];
            feed(&words, &format!("{code}\n"), false)
        });
        let answered = json(&run(&["device", "confirm", "--device", &device, answer, "--json"], 0));
        let asked = &answered["confirmation"];
        assert!(asked["place"]["zh"].as_str().is_some_and(|name| !name.is_empty()), "the place is named: {answered}");
        assert!(asked["purpose"]["en"].as_str().is_some_and(|words| !words.is_empty()), "{answered}");
        let lines = desk.join().expect("the desk ended");
        assert_eq!(word(&json(&lines[0])), expected, "one line in, one line out: {lines:?}");
    }
    let record = json(&run(&["device", "record", "--device", &device, "--json"], 0));
    let deeds: Vec<_> = record["entries"].as_array().expect("entries").iter().map(|one| &one["deed"]).collect();
    assert!(deeds.iter().any(|deed| *deed == "confirm_check") && deeds.iter().any(|deed| *deed == "refuse_check"));
}

#[test]
fn a_phone_names_who_vouches_for_a_challenge_or_says_that_nobody_does() {
    let demo = Demo::start(60);
    let folder = tempfile::tempdir().expect("a folder");
    let device = phone(&demo, 0, &folder);
    let gate = demo.gate("hospital");
    let (key, site) = (gate["key"].as_str().expect("a key"), gate["site"].to_string());
    let state = folder.path().join("desk").display().to_string();
    let desk = Gate::start(&["--server", &demo.url(), "--key", key, "--state", &state, "--every", "1"]);
    desk.until("vouched for", |status| status["vouched"] == true);
    let told = desk.ask("GET", "/challenge", "").expect("a challenge");
    let challenge = told["digits"].as_str().expect("digits");
    let shown = show(&device, "hospital", &site, &["--challenge", challenge]);
    assert!(shown["vouched_by"]["zh"].as_str().is_some_and(|name| !name.is_empty()), "{shown}");
    assert_eq!(word(&desk.ask("POST", "/check", &digits(&shown)).expect("answered")), "valid");

    // The same digits with another nonce: nobody signed that.
    let forged = yima_code::Challenge::from_digits(challenge).expect("a challenge");
    let forged = yima_code::Challenge { nonce: [7; 8], ..forged }.to_digits();
    assert_eq!(show(&device, "hospital", &site, &["--challenge", &forged])["vouched_by"], Value::Null);
    // Without a network the phone still knows the desk, by the bundle that it holds.
    drop(demo);
    let again = show(&device, "hospital", &site, &["--challenge", challenge, "--offline"]);
    assert!(again["vouched_by"]["en"].as_str().is_some_and(|name| !name.is_empty()), "{again}");
}
