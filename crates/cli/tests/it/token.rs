//! A province whose keys lie in a PKCS#11 token, as its operator types it; SoftHSM stands for the module.

use crate::program::{Served, json, run_with};
use std::path::Path;
use std::process::Command;

const LIBRARIES: [&str; 3] =
    ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"];
const PIN: &str = "648219";

fn library() -> &'static str {
    let found = LIBRARIES.into_iter().find(|path| Path::new(path).exists());
    found.expect("SoftHSM is missing: apt-get install softhsm2")
}

/// A folder with tokens of its own; the machine's are not touched.
fn softhsm(folder: &Path, labels: &[&str]) -> String {
    let tokens = folder.join("tokens");
    std::fs::create_dir(&tokens).expect("made");
    let conf = folder.join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
    std::fs::write(&conf, text).expect("written");
    for label in labels {
        let words = ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "97310842"];
        let done = Command::new("softhsm2-util").args(words).env("SOFTHSM2_CONF", &conf).output();
        assert!(done.expect("softhsm2-util is missing: apt-get install softhsm2").status.success());
    }
    conf.display().to_string()
}

#[test]
fn a_province_lives_in_a_token_from_init_to_a_checked_code() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let conf = softhsm(folder.path(), &["province", "empty"]);
    let env = [("SOFTHSM2_CONF", conf.as_str()), ("YIMA_PKCS11_PIN", PIN)];
    let home = path("home");
    let with = |words: &[&str], exit: i32| run_with(&env, words, exit);
    let init = |token: &str, exit: i32| {
        let module = ["init", "--dir", &home, "--custody", "pkcs11", "--pkcs11-module", library()];
        let words = [&module[..], &["--pkcs11-token", token, "--json"]].concat();
        run_with(&env, &words, exit)
    };
    assert!(init("none", 2).1.contains("it has: "), "a missing token is named, with those that there are");
    init("province", 0);
    let files: Vec<String> = std::fs::read_dir(&home)
        .expect("the directory")
        .map(|one| one.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(!files.iter().any(|name| name == "keys.yima" || name == "passphrase"), "{files:?}");
    let kept = std::fs::read_to_string(path("home/yima.toml")).expect("the settings");
    assert!(kept.contains("pkcs11_token = \"province\"") && !kept.contains(PIN), "{kept}");

    // The settings are kept, so every later command knows; daily keys, SM2's too, are wrapped by the token.
    let root = with(&["key", "root", "--dir", &home], 0).0;
    std::fs::write(path("people.csv"), yima_province::demo::csv(7, 50)).expect("written");
    with(&["resident", "import", &path("people.csv"), "--dir", &home, "--json"], 0);
    let (code, bundle, device) = (enrolment_code(&env, &home), path("b.bin"), path("d.json"));
    let served = Served::start(&home, &env);
    let url = served.url();
    with(&["device", "enrol", "--server", &url, "--code", &code, "--out", &device, "--json"], 0);
    with(&["bundle", "fetch", "--server", &url, "--out", &bundle], 0);
    let shown = json(&with(&["device", "show", "--device", &device, "--scenario", "bus", "--json"], 0).0);
    let (digits, at) = (shown["digits"].as_str().expect("digits"), shown["at"].to_string());
    let check = ["code", "check", "--bundle", &bundle, "--scenario", "bus", "--at", &at, "--json", digits];
    assert_eq!(json(&with(&check, 0).0)["verdict"], "valid");
    drop(served);

    // Keys never leave a module; a backup names the token and holds no key.
    let (_, said) = with(&["key", "offline", "--role", "keys", "--out", &path("holders"), "--dir", &home], 1);
    assert!(said.contains("yima key holder"), "{said}");
    with(&["key", "rotate", "--wrapping", "--erase-old", "--reason", "drill", "--dir", &home], 0);
    with(&["key", "rotate", "--role", "lists-time", "--reason", "drill", "--dir", &home], 0);
    let rotated = with(&["key", "root", "--dir", &home], 0).0;
    assert_ne!(rotated, root);
    with(&["backup", "--dir", &home, "--out", &path("one.backup")], 0);
    with(&["restore", &path("one.backup"), "--dir", &path("other")], 0);
    assert_eq!(with(&["key", "root", "--dir", &path("other")], 0).0, rotated);
    with(&["doctor", "--dir", &home, "--listen", "127.0.0.1:0"], 0);
    with(&["key", "passphrase", "--dir", &home, "--new-passphrase-file", &path("people.csv")], 3);
    faults(&conf, &home);
}

/// What the environment says, the exit code, and words of the sentence.
type Fault<'a> = (&'a [(&'a str, &'a str)], i32, &'a str);

/// What an operator is told when something of the token is not as it should be.
fn faults(conf: &str, home: &str) {
    let pin = ("YIMA_PKCS11_PIN", PIN);
    let hsm = ("SOFTHSM2_CONF", conf);
    let table: [Fault<'_>; 6] = [
        (&[hsm], 2, "no PIN for the token"),
        (&[hsm, ("YIMA_PKCS11_PIN", "000000")], 3, "is not tried again"),
        (&[hsm, pin, ("YIMA_PKCS11_MODULE", "/nowhere/module.so")], 3, "no PKCS#11 module could be loaded"),
        (&[hsm, pin, ("YIMA_PKCS11_TOKEN", "empty")], 2, "was made with the token province"),
        (&[("SOFTHSM2_CONF", "/nowhere.conf"), pin], 4, ""),
        (&[hsm, pin, ("YIMA_CUSTODY", "file"), ("YIMA_PASSPHRASE", "x")], 2, "lie in the PKCS#11 token province"),
    ];
    for (env, exit, said) in table {
        let (_, remarks) = run_with(env, &["key", "root", "--dir", home], exit);
        assert!(remarks.contains(said), "{remarks}");
    }
    // Another token under the same name, without our keys.
    std::fs::write(format!("{home}/keys.pkcs11"), "empty\n").expect("written");
    let env = [hsm, pin, ("YIMA_PKCS11_TOKEN", "empty")];
    let (_, remarks) = run_with(&env, &["key", "root", "--dir", home], 2);
    assert!(remarks.contains("holds no keys of a province"), "{remarks}");
}

fn enrolment_code(env: &[(&str, &str)], home: &str) -> String {
    let id = yima_province::demo::csv(7, 50)
        .lines()
        .nth(1)
        .and_then(|line| line.split(',').nth(1))
        .expect("an id")
        .to_owned();
    let words = ["resident", "code", &id, "--dir", home, "--json"];
    json(&run_with(env, &words, 0).0)["code"].as_str().expect("a code").to_owned()
}
