//! The PKCS#11 custody against SoftHSM, in a token of its own. It does not touch a token of the machine.

use super::*;
use crate::custody::tests::{a_key_lives_and_dies, rng, what_is_wrapped_opens_only_where_it_should};
use crate::custody::{FileCustody, wrapped_under};
use std::path::Path;
use std::process::Command;

const LIBRARIES: [&str; 3] =
    ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so"];

fn config() -> Pkcs11Config {
    let library = LIBRARIES.iter().map(PathBuf::from).find(|path| path.exists());
    Pkcs11Config {
        library: library.expect("SoftHSM is missing: apt-get install softhsm2"),
        token_label: "yima-test".to_owned(),
        pin: Zeroizing::new("648219".to_owned()),
    }
}

fn soft_hsm(dir: &Path, mut command: Command) {
    let tokens = dir.join("tokens");
    std::fs::create_dir_all(&tokens).unwrap();
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
    let conf = dir.join("softhsm2.conf");
    std::fs::write(&conf, text).unwrap();
    let done = command.env("SOFTHSM2_CONF", &conf).output();
    let done = done.expect("softhsm2-util is missing: apt-get install softhsm2");
    let said = [done.stdout, done.stderr].map(|out| String::from_utf8_lossy(&out).into_owned()).join("\n");
    assert!(done.status.success(), "{said}");
    assert!(!said.contains("0 passed"), "the inner test did not run: {said}");
}

/// The module reads its configuration from the environment, so the story runs in a process of its own.
#[test]
fn in_a_softhsm_token_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    config();
    let mut init = Command::new("softhsm2-util");
    init.args(["--init-token", "--free", "--label", "yima-test", "--pin", "648219", "--so-pin", "97310842"]);
    soft_hsm(dir.path(), init);
    let mut story = Command::new(std::env::current_exe().unwrap());
    story.args(["--ignored", "--exact", "custody::pkcs11::tests::story"]);
    soft_hsm(dir.path(), story);
}

#[test]
#[ignore = "run by in_a_softhsm_token_of_its_own, which gives it a token"]
fn story() {
    let empty = Pkcs11Custody::open(config());
    assert!(matches!(empty, Err(CustodyError::NoKeys(label)) if label == "yima-test"));
    let custody = Pkcs11Custody::create(config()).unwrap();
    let twice = Pkcs11Custody::create(config());
    assert!(matches!(twice, Err(CustodyError::Occupied(_))));
    let file = FileCustody::in_memory(SealSuite::Aes256Gcm, &mut rng(1)).unwrap();
    a_key_lives_and_dies(&custody, Suite::Es256);
    what_is_wrapped_opens_only_where_it_should(&custody, &file);

    for suite in [Suite::Sm2Sm3, Suite::Ed25519] {
        let refused = custody.generate(KeyUse::Root, suite, 1, &mut rng(2));
        assert!(matches!(refused, Err(CustodyError::Unsupported(_))), "{suite}");
    }
    let made = custody.generate(KeyUse::Root, Suite::Es256, 5, &mut rng(3)).unwrap();
    custody.activate(&made.key, 6, &mut rng(3)).unwrap();
    let wrapped = custody.wrap("x", b"secret", &mut rng(3)).unwrap();

    // A holder that opens the token later sees the same, and a lost session is opened anew.
    let again = Pkcs11Custody::open(config()).unwrap();
    assert_eq!(again.list().unwrap(), custody.list().unwrap());
    assert_eq!(&again.unwrap("x", &wrapped).unwrap()[..], b"secret");
    again.lock().session.logout().unwrap();
    let signature = again.sign(&made.key, &[b"after a logout"], &mut rng(4)).unwrap();
    let public = crate::PublicKey::parse(Suite::Es256, &made.public).unwrap();
    public.verify(&[b"after a logout"], &signature).unwrap();

    let no_token = Pkcs11Custody::open(Pkcs11Config { token_label: "none".to_owned(), ..config() });
    assert!(matches!(no_token, Err(CustodyError::NoToken(_, others)) if others.contains("yima-test")));
    let no_library = Pkcs11Custody::open(Pkcs11Config { library: "/nowhere.so".into(), ..config() });
    assert!(matches!(no_library, Err(CustodyError::NoModule(..))));
    let out = custody.hand_over(&made.key, &file, &mut rng(5));
    assert!(matches!(out, Err(CustodyError::Unsupported(_))), "a key never leaves the token");
    // What another holder made since is found when it is needed; what is erased opens nothing more.
    custody.rotate_wrapping(7, &mut rng(6)).unwrap();
    let newer = custody.wrap("x", b"newer", &mut rng(6)).unwrap();
    assert_eq!(&again.unwrap("x", &newer).unwrap()[..], b"newer");
    assert_eq!((wrapped_under(&wrapped), wrapped_under(&newer)), (Some(2), Some(3)));
    // Two holders never give one number to two keys: what the first of them wrapped would open nowhere.
    let third = Pkcs11Custody::open(config()).unwrap();
    assert_eq!(custody.rotate_wrapping(8, &mut rng(7)).unwrap(), 4);
    assert_eq!(third.rotate_wrapping(9, &mut rng(7)).unwrap(), 5);
    assert_eq!(again.erase_wrapping_before(3, &mut rng(6)).unwrap(), 2);
    assert_eq!(&again.unwrap("x", &newer).unwrap()[..], b"newer");
    assert_eq!(again.erase_wrapping_before(9, &mut rng(6)).unwrap(), 2, "never the newest");
    assert!(matches!(again.unwrap("x", &wrapped), Err(CustodyError::NotUnwrapped)));
    let no_pin = {
        drop((custody, again, third));
        Pkcs11Custody::open(Pkcs11Config { pin: Zeroizing::new("000000".to_owned()), ..config() })
    };
    assert!(matches!(no_pin, Err(CustodyError::WrongPin)));
}
