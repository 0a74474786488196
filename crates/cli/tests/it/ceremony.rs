//! The ceremony of those who sign offline, as they type it: roles leave, parts are prepared, signed and admitted.

use crate::program::{Served, json, run, run_with};
use serde_json::Value;

/// A folder with a province, and its holders' files with their passphrases.
struct Hall {
    folder: tempfile::TempDir,
}

/// A holder's file and what opens it.
struct Holder {
    file: String,
    passphrase: String,
}

impl Hall {
    fn new() -> Self {
        let hall = Self { folder: tempfile::tempdir().expect("a folder") };
        run(&["init", "--dir", &hall.home(), "--json"], 0);
        hall
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn home(&self) -> String {
        self.path("home")
    }

    fn offline(&self, role: &str) -> Vec<Holder> {
        let out = self.path(&format!("holders-{role}"));
        let said = json(&run(&["key", "offline", "--role", role, "--out", &out, "--dir", &self.home(), "--json"], 0));
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let holders = said["holders"].as_array().expect("holders");
        holders.iter().map(|one| Holder { file: text(&one["file"]), passphrase: text(&one["passphrase"]) }).collect()
    }

    fn prepare(&self, part: &str, out: &str) -> String {
        let out = self.path(out);
        run(&["bundle", "prepare", "--part", part, "--out", &out, "--dir", &self.home()], 0);
        out
    }

    fn sign(&self, input: &str, holder: &Holder, out: &str) -> String {
        let out = self.path(out);
        let words = ["bundle", "sign", "--in", input, "--key", &holder.file, "--out", &out];
        run_with(&[("YIMA_PASSPHRASE", &holder.passphrase)], &words, 0);
        out
    }

    fn admit(&self, part: &str, files: &[&str], exit: i32) -> String {
        let home = self.home();
        let mut words = vec!["bundle", "admit", "--part", part, "--dir", &home];
        words.extend(files);
        run_with(&[], &words, exit).1
    }

    /// What a gate with a memory of its own takes from a server.
    fn gate_takes(&self, gate: &str) -> Value {
        let served = Served::start(&self.home(), &[]);
        let bundle = self.path(gate);
        run(&["bundle", "fetch", "--server", &served.url(), "--out", &bundle], 0);
        json(&run(&["bundle", "show", &bundle, "--json"], 0))
    }

    fn doctor(&self, what: &str) -> (String, String) {
        let said = run(&["doctor", "--dir", &self.home(), "--listen", "127.0.0.1:0", "--json"], 0);
        let rows: Vec<Value> = said.lines().map(json).collect();
        let row = rows.iter().find(|row| row["what"].as_str().is_some_and(|word| word.contains(what))).expect("a row");
        (row["mark"].as_str().expect("mark").to_owned(), row["says"].as_str().expect("says").to_owned())
    }
}

#[test]
fn two_of_three_holders_announce_keys_and_nobody_else_does() {
    let hall = Hall::new();
    let first = hall.gate_takes("gate.bin");
    let (mark, says) = hall.doctor("roles");
    assert!(mark == "look" && says.contains("yima key offline --role root"), "{says}");
    let holders = hall.offline("keys");
    assert_eq!((holders.len(), hall.offline("root").len()), (3, 5));
    assert_eq!(hall.doctor("roles").0, "ok");
    run(&["key", "offline", "--role", "keys", "--out", &hall.path("more"), "--dir", &hall.home()], 1);
    run(&["key", "offline", "--role", "lists-time", "--out", &hall.path("more"), "--dir", &hall.home()], 1);

    // The server goes on with what was signed, and signs no key by itself: a new paper key is not announced.
    run(&["key", "rotate", "--suite", "es256", "--reason", "drill", "--dir", &hall.home(), "--json"], 0);
    let kept = hall.gate_takes("gate.bin");
    assert!(kept["version"].as_u64() > first["version"].as_u64(), "{kept}");
    assert_eq!((&kept["keys_version"], &kept["kids"]), (&first["keys_version"], &first["kids"]));

    let unsigned = hall.prepare("keys", "unsigned.yima");
    run(&["bundle", "prepare", "--part", "keys", "--days", "10", "--out", &hall.path("x"), "--dir", &hall.home()], 1);
    let one = hall.sign(&unsigned, &holders[0], "one.yima");
    let two = hall.sign(&unsigned, &holders[2], "two.yima");
    let wrong = ["bundle", "sign", "--in", &unsigned, "--key", &holders[1].file, "--out", &hall.path("never.yima")];
    run_with(&[("YIMA_PASSPHRASE", "a guess")], &wrong, 3);

    // Another province's holder is stopped at his own machine, and his signature at ours.
    let other = Hall::new();
    let strangers = other.offline("keys");
    let foreign = ["bundle", "sign", "--in", &unsigned, "--key", &strangers[0].file, "--out", &hall.path("f.yima")];
    let (_, said) = run_with(&[("YIMA_PASSPHRASE", &strangers[0].passphrase)], &foreign, 1);
    assert!(said.contains("not of the province of this key"), "{said}");
    let theirs = other.prepare("keys", "theirs.yima");
    let signed: Vec<String> = (0..2).map(|n| other.sign(&theirs, &strangers[n], &format!("signed-{n}.yima"))).collect();
    let said = hall.admit("keys", &[&signed[0], &signed[1]], 1);
    assert!(said.contains("unknown_signer"), "{said}");

    let said = hall.admit("keys", &[&one], 1);
    assert!(said.contains("quorum"), "{said}");
    hall.admit("manifests", &[&one, &two], 3);
    hall.admit("keys", &[&one, &two], 0);
    let taken = hall.gate_takes("gate.bin");
    assert_eq!(taken["keys_version"].as_u64(), first["keys_version"].as_u64().map(|n| n + 1), "{taken}");
    assert_eq!(taken["kids"].as_u64(), first["kids"].as_u64().map(|n| n + 1), "the new paper key is announced");
    let said = hall.admit("keys", &[&one, &two], 1);
    assert!(said.contains("stands already"), "{said}");
}

#[test]
fn a_new_root_is_signed_by_the_old_quorum_and_gates_follow() {
    let hall = Hall::new();
    let first = hall.gate_takes("gate.bin");
    let home = hall.home();

    // While the root is at home a new online key is one command.
    let rotate = ["key", "rotate", "--role", "lists-time", "--reason", "yearly", "--dir", &home, "--json"];
    let rotated = json(&run(&rotate, 0));
    assert_ne!(rotated["root_fingerprint"], first["root_fingerprint"]);
    let second = hall.gate_takes("gate.bin");
    assert_eq!((second["root_version"].as_u64(), &second["root_fingerprint"]), (Some(2), &rotated["root_fingerprint"]));

    // Offline, three of five holders sign it.
    let roots = hall.offline("root");
    let unsigned = hall.path("root.yima");
    run(&rotate, 3);
    run(&["key", "rotate", "--role", "lists-time", "--reason", "stolen", "--out", &unsigned, "--dir", &home], 0);
    let signed: Vec<String> = (0..3).map(|n| hall.sign(&unsigned, &roots[n], &format!("root-{n}.yima"))).collect();
    let said = hall.admit("root", &[&signed[0], &signed[1]], 1);
    assert!(said.contains("quorum"), "{said}");
    hall.admit("root", &[&signed[0], &signed[1], &signed[2]], 0);
    assert_eq!(hall.gate_takes("gate.bin")["root_version"], 3);
    hall.admit("root", &[&signed[0], &signed[1], &signed[2]], 1);
}

#[test]
fn the_root_and_the_announcers_change_at_home_and_gates_follow_both() {
    let hall = Hall::new();
    let home = hall.home();
    let first = hall.gate_takes("gate.bin");
    let rotate =
        |role: &str| json(&run(&["key", "rotate", "--role", role, "--reason", "yearly", "--dir", &home, "--json"], 0));
    let mut fingerprint = first["root_fingerprint"].clone();
    for (role, version) in [("keys", 2), ("root", 3), ("keys", 4), ("root", 5)] {
        let rotated = rotate(role);
        assert_eq!(rotated["role"], role);
        assert_ne!(rotated["root_fingerprint"], fingerprint, "{role}: another root");
        fingerprint = rotated["root_fingerprint"].clone();
        let taken = hall.gate_takes("gate.bin");
        assert_eq!((&taken["root_version"], &taken["root_fingerprint"]), (&version.into(), &fingerprint), "{role}");
        assert_eq!(taken["kids"], first["kids"], "{role}: what was announced is announced still");
    }
    // A gate that slept through all of it walks the whole chain from the root that it knew.
    assert_eq!(hall.doctor("province").0, "ok");
    let late = json(&run(&["bundle", "show", &hall.path("gate.bin"), "--json"], 0));
    assert_eq!(late["root_version"], 5);
    run(&["key", "rotate", "--role", "keys", "--reason", " ", "--dir", &home], 1);
    run(&["key", "rotate", "--role", "paper", "--reason", "typo", "--dir", &home], 3);
}

#[test]
fn a_root_of_new_people_needs_the_old_quorum_and_the_new_one() {
    let hall = Hall::new();
    let home = hall.home();
    hall.gate_takes("gate.bin");
    let fingerprint = run(&["key", "root", "--dir", &home], 0).trim().to_owned();
    let old = hall.offline("root");
    let new: Vec<Holder> = (0..5)
        .map(|n| {
            let one = Holder { file: hall.path(&format!("new-{n}.yima")), passphrase: format!("holder {n}") };
            let words = ["key", "holder", "--role", "root", "--root", &fingerprint, "--out", &one.file];
            run_with(&[("YIMA_PASSPHRASE", &one.passphrase)], &words, 0);
            one
        })
        .collect();
    let unsigned = hall.path("root.yima");
    let publics: Vec<String> = new.iter().map(|one| format!("{}.pub", one.file)).collect();
    let name = |count: usize, exit: i32| {
        let mut words =
            vec!["key", "rotate", "--role", "root", "--reason", "people", "--out", &unsigned, "--dir", &home];
        publics[..count].iter().for_each(|one| words.extend(["--public", one]));
        run(&words, exit);
    };
    name(2, 1);
    name(5, 0);
    let sign = |holders: &[Holder], word: &str| -> Vec<String> {
        let three = holders.iter().take(3).enumerate();
        three.map(|(n, one)| hall.sign(&unsigned, one, &format!("signed-{word}-{n}.yima"))).collect()
    };
    let (theirs, ours) = (sign(&old, "old"), sign(&new, "new"));
    let files = |all: &[&Vec<String>]| all.iter().flat_map(|some| some.iter().cloned()).collect::<Vec<_>>();
    for lacking in [files(&[&theirs]), files(&[&ours]), files(&[&theirs, &ours[..2].to_vec()])] {
        let lacking: Vec<&str> = lacking.iter().map(String::as_str).collect();
        let said = hall.admit("root", &lacking, 1);
        assert!(said.contains("quorum"), "{said}");
    }
    let whole = files(&[&theirs, &ours]);
    hall.admit("root", &whole.iter().map(String::as_str).collect::<Vec<_>>(), 0);
    assert_eq!(hall.gate_takes("gate.bin")["root_version"], 2);
    let after = run(&["key", "root", "--dir", &home], 0);
    assert_ne!(after.trim(), fingerprint, "the new people's root is the province's");
}

#[test]
fn reviewers_make_their_own_keys_and_their_root_waits_for_their_first_part() {
    let hall = Hall::new();
    let home = hall.home();
    hall.gate_takes("gate.bin");
    let fingerprint = run(&["key", "root", "--dir", &home], 0).trim().to_owned();
    let reviewers: Vec<Holder> = (0..2)
        .map(|n| {
            let one = Holder { file: hall.path(&format!("rev-{n}.yima")), passphrase: format!("reviewer {n}") };
            let words = ["key", "holder", "--role", "manifests", "--root", &fingerprint, "--out", &one.file];
            run_with(&[("YIMA_PASSPHRASE", &one.passphrase)], &words, 0);
            one
        })
        .collect();
    let publics: Vec<String> = reviewers.iter().map(|one| format!("{}.pub", one.file)).collect();
    let name = |role: &'static str, exit: i32| {
        let mut words = vec!["key", "rotate", "--role", role, "--reason", "people", "--dir", &home];
        publics.iter().for_each(|one| words.extend(["--public", one]));
        run(&words, exit);
    };
    name("keys", 3);
    name("manifests", 0);
    assert_eq!(hall.gate_takes("gate.bin")["root_version"], 1, "the new root waits");
    let part = hall.prepare("manifests", "manifests.yima");
    let signed: Vec<String> = (0..2).map(|n| hall.sign(&part, &reviewers[n], &format!("m-{n}.yima"))).collect();
    hall.admit("manifests", &[&signed[0]], 1);
    hall.admit("manifests", &[&signed[0], &signed[1]], 0);
    let taken = hall.gate_takes("gate.bin");
    assert_eq!(taken["root_version"], 2, "{taken}");
    assert_eq!(hall.doctor("reviewers").0, "ok");
}

#[test]
fn passphrases_and_wrapping_keys_change_and_looking_changes_nothing() {
    let hall = Hall::new();
    let home = hall.home();
    let root = run(&["key", "root", "--dir", &home], 0);
    let (_, before) = hall.doctor("province");
    run(&["key", "list", "--dir", &home], 0);
    assert_eq!(hall.doctor("province").1, before, "no command that looks publishes a bundle");

    let wrapping = ["key", "rotate", "--wrapping", "--erase-old", "--reason", "yearly", "--dir", &home, "--json"];
    let said = json(&run(&wrapping, 0));
    assert!(said["wrapping"] == 2 && said["wrapped_anew"].as_u64().is_some_and(|count| count > 200), "{said}");
    assert_eq!(run(&["key", "root", "--dir", &home], 0), root);

    run(&["key", "passphrase", "--dir", &home], 3);
    run_with(&[("YIMA_NEW_PASSPHRASE", "another one")], &["key", "passphrase", "--dir", &home], 0);
    run(&["key", "root", "--dir", &home], 2);
    let (said, _) = run_with(&[("YIMA_PASSPHRASE", "another one")], &["key", "root", "--dir", &home], 0);
    assert_eq!(said, root);
}
