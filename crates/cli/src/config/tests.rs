//! Which layer comes first, what a token leaves in the file, and that wrong settings are named.

use super::{Door, Home, TokenArgs, settle};
use yima_server::Tls;

fn home(folder: &std::path::Path, text: &str) -> Home {
    std::fs::write(folder.join("yima.toml"), text).expect("written");
    Home { dir: Some(folder.to_owned()), ..Home::default() }
}

#[test]
fn flags_come_before_the_file_and_the_file_before_defaults() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = settle(&home(folder.path(), ""), &Door::default()).expect("settled");
    assert_eq!((plain.listen.port(), plain.database.is_some(), plain.behind_tls), (8080, false, false));
    assert_eq!(plain.min_holders, 10_000);
    let small = settle(&home(folder.path(), "min_holders = 500"), &Door::default()).expect("settled");
    assert_eq!(small.min_holders, 500);
    let file = home(
        folder.path(),
        "listen = \"0.0.0.0:9\"\ndatabase_url = \"postgres://a\"\ntls = \"self-signed\"\nstranger = 1",
    );
    let settled = settle(&file, &Door::default()).expect("settled");
    assert_eq!(
        (settled.listen.port(), settled.database.as_ref().map(|url| url.expose().to_owned())),
        (9, Some("postgres://a".to_owned()))
    );
    assert!(matches!(settled.tls, Tls::SelfSigned { .. }));
    assert_eq!(format!("{:?}", settled.database), "Some(…)", "a secret is never printed");
    let door = Door { listen: "127.0.0.1:7".parse().ok(), tls: Some("off".to_owned()), ..Door::default() };
    let settled = settle(&file, &door).expect("settled");
    assert!(settled.listen.port() == 7 && matches!(settled.tls, Tls::Off));
}

#[test]
fn a_token_is_remembered_without_its_pin() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut given = home(folder.path(), "log = \"warn\"\n");
    given.token = TokenArgs {
        custody: Some("pkcs11".to_owned()),
        pkcs11_module: Some("/lib/hsm.so".into()),
        pkcs11_token: Some("a \"token\"".to_owned()),
        pkcs11_pin_file: None,
    };
    let settled = settle(&given, &Door::default()).expect("settled");
    settled.remember_token().expect("written");
    settled.remember_token().expect("written again");
    let later = Home { dir: Some(folder.path().to_owned()), ..Home::default() };
    let later = settle(&later, &Door::default()).expect("settled");
    assert_eq!((later.token.clone(), later.log.as_str()), (settled.token, "warn"));
    assert_eq!(later.token.map(|token| token.label), Some("a \"token\"".to_owned()));
}

#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in [
        "custody = \"pkcs11\"",
        "custody = \"paper\"",
        "min_holders = \"few\"",
        "rights_working_days = 16",
        "rights_hold_days = 6",
        "min_holders = -1",
        "listen = 8080",
        "listen = \"here\"",
        "tls = \"on\"",
        "tls = \"files\"",
        "behind_tls = \"yes\"",
        "dir =",
    ] {
        assert!(settle(&home(folder.path(), text), &Door::default()).is_err(), "{text}");
    }
}
