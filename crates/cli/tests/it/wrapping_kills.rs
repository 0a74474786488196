//! `yima key rotate --wrapping` killed with -9 twenty times, at other moments each: afterwards everything opens, and no
//! sealed name, number or telephone is lost. The last rotation, which runs to its end, erases every key before it.

use crate::program::{Served, begin, json, run};
use serde_json::Value;
use std::time::Duration;

const KILLS: u64 = 20;
const RESIDENTS: u32 = 40;

struct House {
    folder: tempfile::TempDir,
    people: String,
}

impl House {
    fn new() -> Self {
        let house =
            Self { folder: tempfile::tempdir().expect("a folder"), people: yima_province::demo::csv(11, RESIDENTS) };
        run(&["init", "--dir", &house.home(), "--json"], 0);
        let file = house.path("people.csv");
        std::fs::write(&file, &house.people).expect("written");
        run(&["resident", "import", &file, "--dir", &house.home(), "--json"], 0);
        house
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn home(&self) -> String {
        self.path("home")
    }

    fn id_numbers(&self) -> Vec<&str> {
        self.people.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect()
    }

    /// Every resident is found by the sealed number, and gets a code: the index, the data key and the custody are whole.
    fn opens(&self, some: usize) {
        for id in self.id_numbers().iter().step_by(some) {
            let found = json(&run(&["resident", "code", id, "--dir", &self.home(), "--json"], 0));
            assert!(found["code"].as_str().is_some_and(|code| code.len() >= 16), "{found}");
        }
    }

    /// How far the wrapping has come: what a rotation that runs to its end says.
    fn rotate(&self) -> Value {
        let words = ["key", "rotate", "--wrapping", "--erase-old", "--reason", "drill", "--json", "--dir"];
        json(&run(&[&words[..], &[&self.home()]].concat(), 0))
    }
}

#[test]
fn twenty_kills_of_a_rotation_lose_no_key_and_no_sealed_field() {
    let house = House::new();
    let home = house.home();
    let root = run(&["key", "root", "--dir", &home], 0);
    // How long one takes on this machine tells where kills fall that shall fall anywhere.
    let whole = house.path("whole");
    let words = ["key", "rotate", "--wrapping", "--erase-old", "--reason", "killed", "--json", "--dir", &home];
    let took = begin(&words, &whole).took();
    let custody = || std::fs::read(house.path("home/keys.yima")).expect("the custody");
    let mut finished = 0;
    for kill in 0..KILLS {
        let before = custody();
        let mut rotation = begin(&words, &house.path(&format!("kill-{kill}")));
        if kill % 2 == 0 {
            // Anywhere: a step through the run that visits each twentieth of it once, in no order.
            std::thread::sleep(took.mul_f64((kill * 7 % KILLS) as f64 / KILLS as f64));
        } else {
            // Where it hurts: the new key is made, and what is wrapped under the old one is on its way to it.
            rotation.until(|| custody() != before);
            std::thread::sleep(Duration::from_millis(kill * 3));
        }
        finished += u64::from(rotation.kill());
        house.opens(RESIDENTS as usize);
    }
    let last = house.rotate();
    // The first made key 2; each that came to its first step made one more.
    let began = last["wrapping"].as_u64().expect("a number") - 3;
    assert!(began > finished, "some died between their first step and their last: {began} began, {finished} ended");
    let again = house.rotate();
    assert!(again["wrapped_anew"].as_u64().is_some_and(|count| count > 200), "all was under the last one: {again}");
    assert_eq!(run(&["key", "root", "--dir", &home], 0), root);
    house.opens(1);
    // A server over it still issues, and what it issues is valid: day keys and the paper's keys are whole too.
    let code = json(&run(&["resident", "code", house.id_numbers()[0], "--dir", &home, "--json"], 0));
    let served = Served::start(&home, &[]);
    let (url, device, bundle) = (served.url(), house.path("d.json"), house.path("b.bin"));
    let enrolment = code["code"].as_str().expect("a code");
    let enrolled =
        json(&run(&["device", "enrol", "--server", &url, "--code", enrolment, "--out", &device, "--json"], 0));
    assert!(enrolled["name_masked"].as_str().is_some_and(|name| name.starts_with('*')), "the name opens: {enrolled}");
    run(&["bundle", "fetch", "--server", &url, "--out", &bundle], 0);
    let shown = json(&run(&["device", "show", "--device", &device, "--scenario", "bus", "--json"], 0));
    let (digits, at) = (shown["digits"].as_str().expect("digits"), shown["at"].to_string());
    let check = ["code", "check", "--bundle", &bundle, "--scenario", "bus", "--at", &at, "--json", digits];
    assert_eq!(json(&run(&check, 0))["verdict"], "valid");
}
