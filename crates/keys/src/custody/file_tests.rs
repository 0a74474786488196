//! The key file on a real disk: locks, damage, kills in the middle, two holders at once.

use super::tests::rng;
use super::*;
use std::fs;
use std::path::{Path, PathBuf};

fn home() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("keys.yima");
    (dir, path)
}

fn create(path: &Path, lock: &Lock) -> FileCustody {
    FileCustody::create(path, SealSuite::Aes256Gcm, lock, Argon2Cost::light(), &mut rng(1)).unwrap()
}

fn error(path: &Path, lock: &Lock) -> String {
    FileCustody::open(path, lock).err().map_or("opened".to_owned(), |error| error.to_string())
}

#[test]
fn a_file_opens_again_with_its_lock_alone() {
    let key = Lock::key_from_text(&"5a".repeat(32)).unwrap();
    let other_key = Lock::key_from_text(&"5b".repeat(32)).unwrap();
    let (pass, other_pass) = (Lock::passphrase("open sesame"), Lock::passphrase("Open sesame"));
    for (suite, lock, wrong, other_kind, needs) in [
        (SealSuite::Aes256Gcm, &key, &other_key, &pass, "a key-encryption key"),
        (SealSuite::Sm4Gcm, &pass, &other_pass, &key, "a passphrase"),
    ] {
        let (_dir, path) = home();
        let cost = Argon2Cost::light();
        let custody = FileCustody::create(&path, suite, lock, cost, &mut rng(1)).unwrap();
        let made = custody.generate(KeyUse::Root, Suite::Sm2Sm3, 1, &mut rng(2)).unwrap();
        custody.activate(&made.key, 2, &mut rng(3)).unwrap();
        let wrapped = custody.wrap("x", b"secret", &mut rng(4)).unwrap();
        drop(custody);

        let again = FileCustody::open(&path, lock).unwrap();
        assert_eq!(again.list().unwrap().len(), 1);
        again.sign(&made.key, &[b"x"], &mut rng(5)).unwrap();
        assert_eq!(&again.unwrap("x", &wrapped).unwrap()[..], b"secret");
        assert_eq!(error(&path, wrong), "the passphrase or key does not open this key file");
        assert_eq!(error(&path, other_kind), format!("this key file is opened by {needs}"));
        let twice = FileCustody::create(&path, suite, lock, cost, &mut rng(1));
        assert!(matches!(twice, Err(CustodyError::Exists(_))));
    }
}

#[test]
fn a_file_that_was_cut_or_bent_is_said_to_be() {
    let (_dir, path) = home();
    let lock = Lock::key_from_text(&"5a".repeat(32)).unwrap();
    create(&path, &lock).generate(KeyUse::Keys, Suite::Es256, 1, &mut rng(2)).unwrap();
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        fs::write(&path, &whole[..at]).unwrap();
        assert!(matches!(FileCustody::open(&path, &lock), Err(CustodyError::Truncated)), "cut at {at}");
        let mut bent = whole.clone();
        bent[at] ^= 1;
        fs::write(&path, &bent).unwrap();
        let refusal = FileCustody::open(&path, &lock).err();
        let said = matches!(refusal, Some(CustodyError::Damaged(_) | CustodyError::Truncated | CustodyError::Newer(_)));
        assert!(said, "octet {at}: {refusal:?}");
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    assert!(matches!(FileCustody::open(&path, &lock), Err(CustodyError::Damaged(_))));
    fs::remove_file(&path).unwrap();
    assert!(matches!(FileCustody::open(&path, &lock), Err(CustodyError::Missing(_))));
}

#[test]
fn a_file_that_asks_for_too_much_work_is_refused_before_it_gets_it() {
    let (_dir, path) = home();
    let lock = Lock::passphrase("p");
    create(&path, &lock);
    for (at, octets) in [(12, [0xff; 4]), (16, [0xff; 4]), (20, [0xff; 4]), (12, [0; 4])] {
        let mut file = fs::read(&path).unwrap();
        let end = file.len() - 32;
        file[at..at + 4].copy_from_slice(&octets);
        let checksum = crate::sha256(&[&file[..end]]);
        file[end..].copy_from_slice(&checksum);
        fs::write(path.with_extension("greedy"), &file).unwrap();
        let refusal = FileCustody::open(&path.with_extension("greedy"), &lock).err();
        assert!(matches!(refusal, Some(CustodyError::Damaged(_))), "{at}: {refusal:?}");
    }
}

#[test]
fn what_a_kill_leaves_behind_does_no_harm() {
    let (dir, path) = home();
    let lock = Lock::passphrase("p");
    let custody = create(&path, &lock);
    // Killed while the new file was half written: the old one still stands, and the next change goes over the rest.
    fs::write(dir.path().join("keys.yima.new"), &fs::read(&path).unwrap()[..50]).unwrap();
    assert!(FileCustody::open(&path, &lock).is_ok());
    custody.generate(KeyUse::Root, Suite::Ed25519, 1, &mut rng(2)).unwrap();
    assert_eq!(FileCustody::open(&path, &lock).unwrap().list().unwrap().len(), 1);
    assert!(!dir.path().join("keys.yima.new").exists());
}

#[test]
#[cfg(unix)]
fn its_owner_alone_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, path) = home();
    let custody = create(&path, &Lock::passphrase("p"));
    custody.generate(KeyUse::Root, Suite::Ed25519, 1, &mut rng(2)).unwrap();
    for entry in fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
}

#[test]
fn a_change_that_can_not_be_written_did_not_happen() {
    let (dir, path) = home();
    let lock = Lock::passphrase("p");
    let custody = create(&path, &lock);
    // A directory where the new file must go stands for a full disk.
    fs::create_dir(dir.path().join("keys.yima.new")).unwrap();
    let refusal = custody.generate(KeyUse::Root, Suite::Es256, 1, &mut rng(2));
    assert!(matches!(refusal, Err(CustodyError::Io("write the key file", _))), "{refusal:?}");
    assert!(custody.list().unwrap().is_empty());
    fs::remove_dir(dir.path().join("keys.yima.new")).unwrap();
    custody.generate(KeyUse::Root, Suite::Es256, 1, &mut rng(3)).unwrap();
    assert_eq!(FileCustody::open(&path, &lock).unwrap().list().unwrap().len(), 1);
}

#[test]
fn two_holders_lose_nothing_of_each_other() {
    let (_dir, path) = home();
    let lock = Lock::passphrase("p");
    create(&path, &lock);
    std::thread::scope(|scope| {
        for holder in 0..4 {
            let (path, lock) = (&path, &lock);
            scope.spawn(move || {
                let custody = FileCustody::open(path, lock).unwrap();
                for n in 0..5 {
                    custody
                        .generate(KeyUse::Ledger, Suite::Ed25519, n, &mut rng(100 + holder * 10 + n as u64))
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(FileCustody::open(&path, &lock).unwrap().list().unwrap().len(), 20);
}

#[test]
fn the_passphrase_changes() {
    let (_dir, path) = home();
    let (old, new) = (Lock::passphrase("old"), Lock::key_from_text(&"11".repeat(32)).unwrap());
    let custody = create(&path, &old);
    let stale = FileCustody::open(&path, &old).unwrap();
    let made = custody.generate(KeyUse::Root, Suite::Es256, 1, &mut rng(2)).unwrap();
    stale.refresh().unwrap();
    assert_eq!(stale.list().unwrap(), std::slice::from_ref(&made));
    custody.relock(&new, Argon2Cost::light(), &mut rng(3)).unwrap();
    assert_eq!(error(&path, &old), "this key file is opened by a key-encryption key");
    assert_eq!(FileCustody::open(&path, &new).unwrap().info(&made.key).unwrap(), made);
    let late = stale.generate(KeyUse::Root, Suite::Es256, 1, &mut rng(4));
    assert!(matches!(late, Err(CustodyError::LockChanged)), "{late:?}");
}

#[test]
fn no_secret_stands_in_the_file_and_a_destroyed_one_is_gone_from_it() {
    let (_dir, path) = home();
    let lock = Lock::key_from_text(&"5a".repeat(32)).unwrap();
    let custody = create(&path, &lock);
    let made = custody.generate(KeyUse::Root, Suite::Es256, 1, &mut rng(2)).unwrap();
    let long = fs::read(&path).unwrap();
    assert!(!long.windows(4).any(|w| w == b"root" || w == &made.public[1..5]));
    custody.destroy(&made.key, 2, &mut rng(3)).unwrap();
    let short = fs::read(&path).unwrap();
    // 43 characters of base64url are gone; "assigned" became "destroyed".
    assert_eq!(long.len() - short.len(), 43 - 1);
    let again = FileCustody::open(&path, &lock).unwrap();
    assert!(again.sign(&made.key, &[b"x"], &mut rng(4)).is_err());
}

#[test]
fn a_holder_takes_a_key_over_and_the_old_place_forgets_it() {
    let dir = tempfile::tempdir().unwrap();
    let rng = &mut rng(11);
    let home = FileCustody::in_memory(SealSuite::Aes256Gcm, rng).unwrap();
    let made = home.generate(KeyUse::Keys, Suite::Es256, 1, rng).unwrap();
    home.activate(&made.key, 2, rng).unwrap();
    let (path, lock) = (dir.path().join("keys-1.yima"), Lock::passphrase("one holder's own"));
    let holder = FileCustody::create(&path, SealSuite::Aes256Gcm, &lock, Argon2Cost::light(), rng).unwrap();
    home.hand_over(&made.key, &holder, rng).unwrap();
    holder.set_label("root:00", rng).unwrap();

    let again = FileCustody::open(&path, &lock).unwrap();
    assert_eq!((again.label().as_str(), again.list().unwrap()), ("root:00", home.list().unwrap()));
    let signature = again.sign(&made.key, &[b"a test"], rng).unwrap();
    crate::PublicKey::parse(Suite::Es256, &made.public).unwrap().verify(&[b"a test"], &signature).unwrap();
    home.destroy(&made.key, 3, rng).unwrap();
    assert!(matches!(home.sign(&made.key, &[b"x"], rng), Err(CustodyError::NotActive(_, KeyState::Destroyed))));
    assert!(matches!(home.hand_over(&made.key, &holder, rng), Err(CustodyError::NotActive(..))));
    assert_eq!(again.info(&made.key).unwrap().state, KeyState::Active);
}

#[test]
fn a_newer_wrapping_key_is_found_and_an_erased_one_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rng = &mut rng(12);
    let (path, lock) = (dir.path().join("keys.yima"), Lock::passphrase("a"));
    let one = FileCustody::create(&path, SealSuite::Aes256Gcm, &lock, Argon2Cost::light(), rng).unwrap();
    let other = FileCustody::open(&path, &lock).unwrap();
    let old = one.wrap("x", b"old", rng).unwrap();
    assert_eq!(one.rotate_wrapping(1, rng).unwrap(), 2);
    let newer = one.wrap("x", b"new", rng).unwrap();
    assert_eq!((wrapped_under(&old), wrapped_under(&newer), wrapped_under(b"?")), (Some(1), Some(2), None));
    assert_eq!(&other.unwrap("x", &newer).unwrap()[..], b"new", "made by another process");
    assert_eq!(wrapped_under(&other.wrap("x", b"z", rng).unwrap()), Some(2));
    assert_eq!((one.erase_wrapping_before(9, rng).unwrap(), one.wrapping_number().unwrap()), (1, 2));
    assert_eq!(&one.unwrap("x", &newer).unwrap()[..], b"new");
    assert!(matches!(one.unwrap("x", &old), Err(CustodyError::NotUnwrapped)));
}
