//! Stories of the program as people run it: whole processes, real files, a demonstration of its own.
//! It does not look inside; what it sees is what a shell sees.

mod ceremony;
mod gate_kills;
mod gates;
mod import_kills;
mod program;
mod token;
mod wrapping_kills;

use program::{Demo, json, run};
use serde_json::Value;

#[test]
fn the_whole_way_online_and_offline_without_a_browser() {
    let demo = Demo::start(200);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (device, bundle, png) = (path("d.json"), path("b.bin"), path("x.png"));
    let url = demo.url();

    let enrolled =
        json(&run(&["device", "enrol", "--server", &url, "--code", &demo.code(0), "--out", &device, "--json"], 0));
    assert!(enrolled["device_id"].as_str().is_some_and(|id| id.starts_with("dev_")), "{enrolled}");
    assert_eq!(enrolled["root_fingerprint"], demo.ready["root_fingerprint"]);
    assert!(enrolled["tokens"].as_u64().is_some_and(|count| count >= 16), "{enrolled}");
    run(&["device", "enrol", "--server", &url, "--code", &demo.code(0), "--out", &path("again.json")], 1);
    run(&["bundle", "fetch", "--server", &url, "--out", &bundle], 0);

    let shown = json(&run(&["device", "show", "--device", &device, "--scenario", "bus", "--png", &png, "--json"], 0));
    let digits = shown["digits"].as_str().expect("digits").to_owned();
    let at = shown["at"].as_i64().expect("a time");
    assert_eq!((digits.len(), shown["form"].as_str()), (476, Some("T1")));

    // From here on there is no server.
    let gate = demo.gate("bus");
    drop(demo);
    let check = |digits: &str, more: &[&str], exit| {
        let mut words = vec!["code", "check", "--bundle", &bundle, "--json", digits];
        words.extend(more);
        json(&run(&words, exit))
    };
    let at_text = at.to_string();
    let verdict = check(&digits, &["--scenario", "bus", "--at", &at_text], 0);
    assert_eq!(
        (&verdict["verdict"], &verdict["form"], &verdict["scenario"]),
        (&"valid".into(), &"T1".into(), &"bus".into())
    );
    let from_image = run(
        &["code", "check", "--bundle", &bundle, "--scenario", "bus", "--at", &at_text, "--image", &png, "--json"],
        0,
    );
    assert_eq!(json(&from_image)["verdict"], "valid");

    let reason = |verdict: Value| verdict["reason"].as_str().unwrap_or("none").to_owned();
    let minute = |minutes: i64| (at + minutes * 60).to_string();
    let mut flipped = digits.clone().into_bytes();
    flipped[470] = if flipped[470] == b'1' { b'2' } else { b'1' };
    let flipped = String::from_utf8(flipped).expect("digits");
    let table: [(&str, &[&str], i32, &str); 7] = [
        (&digits, &["--scenario", "library", "--at", &at_text], 1, "wrong_scenario"),
        (&digits, &["--scenario", "bus", "--at", &minute(4)], 1, "clock_slow"),
        (&digits, &["--scenario", "bus", "--at", &minute(30)], 1, "stale_code"),
        (&digits, &["--scenario", "hotel", "--at", &at_text], 1, "form_not_accepted"),
        (&digits[1..], &["--scenario", "bus", "--at", &at_text], 2, "unknown_form"),
        (&flipped, &["--scenario", "bus", "--at", &at_text], 1, "bad_holder_signature"),
        ("+1", &["--scenario", "bus", "--at", &at_text], 1, "malformed"),
    ];
    for (digits, more, exit, expected) in table {
        let said = check(digits, more, exit);
        if expected != "unknown_form" {
            assert_eq!(reason(said.clone()), expected, "{said}");
        }
    }

    // A checker with a memory takes a code once, also over a restart.
    let state = path("state");
    let with_memory = ["--scenario", "bus", "--at", &at_text, "--state", &state];
    assert_eq!(check(&digits, &with_memory, 0)["verdict"], "valid");
    let later = (at + 60).to_string();
    let replay = check(&digits, &["--scenario", "bus", "--at", &later, "--state", &state], 1);
    assert_eq!(replay["reason"], "replayed");

    let inspected = json(&run(&["code", "inspect", &digits, "--json"], 0));
    assert_eq!(inspected["bytes"], 197);
    assert!(gate["key"].as_str().is_some_and(|key| key.starts_with("ygk_")));

    // Showing goes on without the server, and never shows a token twice.
    let second = json(&run(&["device", "show", "--device", &device, "--scenario", "bus", "--offline", "--json"], 0));
    assert_ne!(second["digits"].as_str().map(|text| text[..170].to_owned()), Some(digits[..170].to_owned()));
}

#[test]
fn a_code_carries_what_the_scenario_carries_unless_its_holder_says_not() {
    let demo = Demo::start(2_000);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (bundle, url) = (path("b.bin"), demo.url());
    let enrol = |code: &str, name: &str| {
        run(&["device", "enrol", "--server", &url, "--code", code, "--out", &path(name), "--json"], 0);
        path(name)
    };
    let elder = enrol(demo.ready["enrolment_codes_of"]["elder"].as_str().expect("an elder"), "elder.json");
    let student = enrol(demo.ready["enrolment_codes_of"]["student"].as_str().expect("a student"), "student.json");
    run(&["bundle", "fetch", "--server", &url, "--out", &bundle], 0);
    drop(demo);
    // Who shows, with which words, what the code says and carries, and what a checker of the bus reads in it.
    let table: [(&str, &[&str], &str, Option<u64>); 5] = [
        (&elder, &["--scenario", "bus"], "age_band", Some(9)),
        (&elder, &["--scenario", "bus", "--flavour", "plain"], "plain", None),
        (&elder, &["--scenario", "library"], "plain", None),
        (&elder, &["--scenario", "bus", "--form", "T0"], "plain", None),
        (&student, &["--scenario", "bus"], "plain", None),
    ];
    let show = |device: &str, more: &[&str]| {
        let words = [&["device", "show", "--device", device, "--offline", "--json"], more].concat();
        json(&run(&words, 0))
    };
    for (device, more, flavour, carries) in table {
        let shown = show(device, more);
        assert_eq!(
            (shown["flavour"].as_str(), shown["carries"].as_u64()),
            (Some(flavour), carries),
            "{more:?}: {shown}"
        );
        if shown["form"] == "T1" && more[1] == "bus" {
            let (digits, at) = (shown["digits"].as_str().expect("digits"), shown["at"].to_string());
            let check = ["code", "check", "--bundle", &bundle, "--scenario", "bus", "--at", &at, "--json", digits];
            let verdict = json(&run(&check, 0));
            let also = verdict["also"].as_array().map_or(0, Vec::len);
            assert_eq!((&verdict["verdict"], also), (&"valid".into(), usize::from(carries.is_some())), "{verdict}");
        }
    }
    // When the last code that says it is shown, the bus still takes a plain one.
    let mut flavours = Vec::new();
    while flavours.last().is_none_or(|last| last == "age_band") {
        flavours.push(show(&elder, &["--scenario", "bus"])["flavour"].as_str().expect("a flavour").to_owned());
    }
    assert_eq!((flavours.len(), flavours.last().map(String::as_str)), (4, Some("plain")), "three were left of four");
}

#[test]
fn a_demonstration_goes_on_and_one_of_another_version_is_made_anew() {
    let mut demo = Demo::start(50);
    let root = demo.ready["root_fingerprint"].clone();
    assert!(root.is_string(), "{}", demo.ready);
    demo = demo.start_again(50, |_| {});
    assert_eq!(demo.ready["root_fingerprint"], root, "the same province goes on");
    demo = demo.start_again(50, |dir| {
        let kept = std::fs::read_to_string(dir.join("demo.json")).expect("demo.json");
        let mut kept = json(&kept);
        kept["steps"] = 0.into();
        std::fs::write(dir.join("demo.json"), kept.to_string()).expect("written");
    });
    assert_ne!(demo.ready["root_fingerprint"], root, "its rows would not be this program's");
    assert!(!demo.operator().is_empty());
}

#[test]
fn a_damaged_or_missing_bundle_is_could_not_check() {
    let demo = Demo::start(50);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let bundle = path("b.bin");
    run(&["bundle", "fetch", "--server", &demo.url(), "--out", &bundle], 0);
    let digits = "1".repeat(476);
    let check = |bundle: &str| run(&["code", "check", "--bundle", bundle, "--scenario", "bus", &digits, "--json"], 2);
    assert_eq!(json(&check(&path("none.bin")))["reason"], "bundle_missing");
    let whole = std::fs::read(&bundle).expect("the bundle");
    for (name, bytes) in [
        ("short.bin", whole[..whole.len() - 1].to_vec()),
        ("long.bin", [&whole[..], &[0]].concat()),
        ("bent.bin", {
            let mut bent = whole.clone();
            let middle = bent.len() / 2;
            bent[middle] ^= 1;
            bent
        }),
    ] {
        std::fs::write(path(name), bytes).expect("written");
        assert_eq!(json(&check(&path(name)))["verdict"], "could_not_check", "{name}");
    }
}

#[test]
fn a_gate_answers_offline_and_reports_once_over_a_kill() {
    let demo = Demo::start(100);
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let device = path("d.json");
    let url = demo.url();
    run(&["device", "enrol", "--server", &url, "--code", &demo.code(1), "--out", &device], 0);
    let gate = demo.gate("bus");
    let key = gate["key"].as_str().expect("a key");
    let site = gate["site"].to_string();
    let show = || {
        let words =
            ["device", "show", "--device", &device, "--scenario", "bus", "--site", &site, "--offline", "--json"];
        json(&run(&words, 0))["digits"].as_str().expect("digits").to_owned()
    };
    let state = path("gate");
    let base = ["gate", "run", "--server", &url, "--key", key, "--state", &state, "--report-at-once"];

    // Online once, to learn where it stands; one admission is reported.
    let first = show();
    let lines = program::feed(&base, &format!("{first}\n{first}\n"), false);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines.iter().all(|line| json(line)["verdict"] == "valid"),
        "the same showing repeats its verdict: {lines:?}"
    );

    // Offline, then killed without a goodbye.
    let mut offline = base.to_vec();
    offline.push("--offline");
    let second = show();
    let lines = program::feed(&offline, &format!("{second}\n"), true);
    assert_eq!(json(&lines[0])["verdict"], "valid", "{lines:?}");

    // It still knows the code, and reports the admission when the network is back.
    let lines = program::feed(&offline, &format!("{first}\n"), false);
    assert_ne!(json(&lines[0])["verdict"], "could_not_check", "{lines:?}");
    program::feed(&base, "", false);
    let record = json(&run(&["device", "record", "--device", &device, "--json"], 0));
    let sealed = record["sealed"].as_array().expect("sealed records").len();
    assert_eq!(sealed, 2, "two admissions, each found once: {record}");
}

#[test]
fn a_backup_is_a_province_again_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (home, file, other) = (path("home"), path("one.backup"), path("other"));
    let made = json(&run(&["init", "--dir", &home, "--json"], 0));
    assert_eq!(made["operators"].as_array().map(Vec::len), Some(3));
    run(&["init", "--dir", &home], 3);
    std::fs::write(path("people.csv"), yima_province::demo::csv(7, 300)).expect("written");
    let import = ["resident", "import", &path("people.csv"), "--dir", &home, "--json"];
    assert_eq!(json(&run(&import, 0))["inserted"], 300);
    assert_eq!(json(&run(&import, 0))["already"], true);
    let root = run(&["key", "root", "--dir", &home], 0);
    run(&["backup", "--dir", &home, "--out", &file], 0);
    run(&["restore", &file, "--dir", &path("drill"), "--verify"], 0);
    run(&["restore", &file, "--dir", &other], 0);
    run(&["restore", &file, "--dir", &other], 3);
    // The passphrase is not in the backup.
    run(&["key", "root", "--dir", &other], 2);
    std::fs::copy(format!("{home}/passphrase"), format!("{other}/passphrase")).expect("copied");
    assert_eq!(run(&["key", "root", "--dir", &other], 0), root);
}

#[test]
fn a_real_one_has_secrets_of_its_own_nothing_of_the_demonstration_and_no_open_plain_door() {
    use std::io::{Read, Write};
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let made = ["one", "other"].map(|name| json(&run(&["init", "--dir", &path(name), "--json"], 0)));
    for (one, other) in
        made[0]["operators"].as_array().into_iter().flatten().zip(made[1]["operators"].as_array().into_iter().flatten())
    {
        for secret in ["password", "totp_secret"] {
            assert!(one[secret].is_string() && one[secret] != other[secret], "{one} {other}");
        }
    }
    for address in ["0.0.0.0:0", "[::]:0"] {
        let (_, remarks) = program::run_with(&[], &["serve", "--dir", &path("one"), "--listen", address], 3);
        assert!(remarks.contains("behind_tls = true"), "{remarks}");
    }
    let served = program::Served::start(&path("one"), &[]);
    let url = served.url();
    let address = url.strip_prefix("http://").expect("plain on loopback");
    let mut door = std::net::TcpStream::connect(address).expect("it listens");
    door.write_all(b"GET /api/v1/demo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").expect("asked");
    let mut answer = String::new();
    door.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}
