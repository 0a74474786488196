//! Who comes into the register, who works in it, and how a phone comes to its first code.

use crate::town::{NOON, PEOPLE, code_of, import, key, public, town};
use std::io::Read;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::*;

#[tokio::test]
async fn import_takes_good_rows_once() {
    let town = town().await;
    let first = import(&town, PEOPLE).await;
    assert_eq!((first.total.inserted, first.total.duplicates, first.total.rejected), (1, 1, 1));
    assert!(import(&town, PEOPLE).await.already);
}

/// A file that can't be read to its end, as when its disk goes: nothing of it is taken before it was read, and the next run takes all.
#[tokio::test]
async fn an_import_whose_file_broke_off_is_done_by_the_next_run() {
    const ROWS: u32 = 41_000;
    let town = town().await;
    let csv = demo::csv(3, ROWS);
    let whole = |reader: Box<dyn std::io::BufRead + Send>| Import {
        reader,
        file_hash: yima_keys::sha256(&[b"one file"]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 1,
    };
    let (readable, _) = csv.split_at(csv.len() - 4_000);
    let broken = std::io::Cursor::new(readable.to_owned()).chain(Gone);
    let broken = whole(Box::new(std::io::BufReader::new(broken)));
    let ended = town.province.import_residents(&Actor::System, broken, |_| {}).await;
    assert!(matches!(ended, Err(DeedError::Invalid { field: "file", .. })), "{ended:?}");
    let again = whole(Box::new(std::io::Cursor::new(csv)));
    let mut told = Vec::new();
    let again = town.province.import_residents(&Actor::System, again, |progress| told.push(progress)).await.unwrap();
    assert_eq!((again.resumed_at, again.already), (0, false));
    let rows = u64::from(ROWS);
    assert_eq!(again.total, Progress { read: rows, rows, inserted: rows, duplicates: 0, rejected: 0 });
    let told: Vec<_> = told.iter().map(|progress| (progress.read, progress.rows)).collect();
    assert_eq!(told, [(40_000, 0), (rows, 0), (rows, 40_000), (rows, rows)]);
}

/// A reader that fails at once.
struct Gone;

impl Read for Gone {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk is gone"))
    }
}

#[tokio::test]
async fn roles_are_apart_and_the_second_factor_is_used_once() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let made = town.province.add_operator(&Actor::System, "lin", "staff-1", Role::Audit).await.unwrap();
    let totp = code_of(&made.totp_secret, NOON);
    let wish = |password: &str, totp: &str| SignIn { name: "lin".into(), password: password.into(), totp: totp.into() };
    assert!(matches!(town.province.sign_in(&Browser::default(), wish("wrong", &totp)).await, Err(DeedError::SignIn)));
    let session = town.province.sign_in(&Browser::default(), wish(&made.password, &totp)).await.unwrap();
    assert!(
        matches!(town.province.sign_in(&Browser::default(), wish(&made.password, &totp)).await, Err(DeedError::SignIn)),
        "digits once"
    );
    let auditor = session.me.actor;
    assert!(matches!(town.province.find_residents(&auditor, None, None, None).await, Err(DeedError::Refused(_))));
    let uses =
        town.province.uses(&auditor, ReadUses { outcome: Some("refused"), ..ReadUses::default() }).await.unwrap();
    assert_eq!(uses.items[0].deed, "see_residents", "the refusal is on record");
    let taken = town.province.add_operator(&Actor::System, "lin2", "staff-1", Role::System).await;
    assert!(matches!(taken, Err(DeedError::Conflict(_))), "one person, one post");
    town.clock.advance(16 * 60);
    assert!(town.province.session(&session.token).await.unwrap().is_none(), "idle sessions end");
}

#[tokio::test]
async fn an_otp_enrols_and_strangers_learn_nothing() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let wish = |name: &str| OtpRequest { name: name.into(), id_number: "11010519491231002X".into() };
    let unknown = town.province.request_otp(wish("没有此人")).await.unwrap();
    assert!(town.province.inbox().is_empty());
    let known = town.province.request_otp(wish("王明华")).await.unwrap();
    assert_eq!(unknown.expires_at, known.expires_at);
    let text = town.province.inbox()[0].text.clone();
    let otp: String = text.chars().filter(char::is_ascii_digit).take(8).collect();
    let enrol = |challenge_id: &str, otp: &str| Enrol {
        proof: EnrolProof::Otp { challenge_id: challenge_id.into(), otp: otp.into() },
        suite: Suite::Es256,
        public_key: public(&key(9)),
        label: "旧手机".into(),
    };
    assert!(matches!(town.province.enrol_device(enrol(&unknown.challenge_id, &otp)).await, Err(DeedError::SignIn)));
    assert!(matches!(town.province.enrol_device(enrol(&known.challenge_id, "00000000")).await, Err(DeedError::SignIn)));
    assert_eq!(town.province.enrol_device(enrol(&known.challenge_id, &otp)).await.unwrap().slot, 0);
    assert!(matches!(town.province.enrol_device(enrol(&known.challenge_id, &otp)).await, Err(DeedError::SignIn)));
}
