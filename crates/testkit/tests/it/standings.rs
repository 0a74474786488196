//! Accounts changed by hand in the database (R44): whose one is, how well that is known and what stops it is sealed, so the
//! change opens nothing, online, at a draw, on the phone and at the sign-in; and it is an alarm.

use crate::passkeys::{clerk, code, joined};
use reqwest::Method;
use serde_json::json;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Standing, Text};
use yima_testkit::{Database, Phone, Town};

struct Hand(rusqlite::Connection);

impl Hand {
    fn on(town: &Town) -> Self {
        let database = rusqlite::Connection::open(town.folder().join("yima.db")).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
        Self(database)
    }

    fn writes(&self, sql: &str, account: &str) {
        assert_eq!(self.0.execute(sql, [account]).unwrap(), 1, "{sql}");
    }
}

fn alarms() -> usize {
    String::from_utf8_lossy(&yima_testkit::logged()).matches("row_seal").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_an_account_changed_by_hand_opens_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let accounts = town.accounts().await;
    let (browser, _) = joined(&town, &accounts[0], 21).await;
    let mut phone = Phone::new(Suite::Es256, 21);
    let proof = json!({ "code": code(&town, &accounts[0]).await });
    assert_eq!(phone.enrol(&town.door, town.now(), proof).await.word(), "ok");
    assert_eq!(phone.draw(&town.door, town.now(), 8, 0).await.word(), "ok");
    let new = NewPlace { name: Text::new("借还台", "Desk"), scenario: "library".into(), region: "370102".into() };
    let place = town.province.add_place(&Actor::System, new).await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    let gate = town.province.add_gate(&Actor::System, "library", place.site).await.unwrap().key;
    let session = browser.cookie("ys").unwrap().to_owned();
    assert!(town.province.person(&session).await.unwrap().is_some());

    let hand = Hand::on(&town);
    let table = [
        ("better known than it is", "UPDATE account SET proofing = (proofing + 1) % 3 WHERE id = ?1"),
        ("seen by two", "UPDATE account SET seen_by_two = 1 WHERE id = ?1"),
        ("another's identity", "UPDATE account SET blind_id = x'00' WHERE id = ?1"),
        ("another seal", "UPDATE account SET standing_seal = zeroblob(32) WHERE id = ?1"),
        ("no seal", "UPDATE account SET standing_seal = NULL WHERE id = ?1"),
        ("a version more", "UPDATE account SET standing_version = standing_version + 1 WHERE id = ?1"),
    ];
    let kept = "CREATE TABLE kept AS SELECT * FROM account WHERE id = ?1";
    hand.0.execute(kept, [&accounts[0]]).unwrap();
    for (what, sql) in table {
        let before = alarms();
        hand.writes(sql, &accounts[0]);
        let digits = phone.show(town.now(), place.scenario_id, place.site);
        let checked = town.door.gate(&gate, "/api/v1/codes/check", json!({ "digits": digits })).await;
        assert_eq!(checked.status, 500, "{what}: could not");
        assert_eq!(phone.draw(&town.door, town.now(), 1, 0).await.status, 500, "{what}");
        assert_eq!(phone.send(&town.door, town.now(), Method::GET, "/api/v1/device", None).await.status, 500, "{what}");
        assert!(town.province.person(&session).await.is_err(), "{what}");
        assert!(alarms() >= before + 4, "{what}: each is an alarm");
        let back = "UPDATE account SET (proofing, seen_by_two, blind_id, standing_seal, standing_version) =
                    (SELECT proofing, seen_by_two, blind_id, standing_seal, standing_version FROM kept) WHERE id = ?1";
        hand.writes(back, &accounts[0]);
        assert!(town.province.person(&session).await.unwrap().is_some(), "{what}: and back again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r44_nobody_is_let_go_by_hand_and_a_change_seals_nothing_over_one() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let hand = Hand::on(&town);
    let set = async |to| town.province.change_standing(&clerk(), &account, to, "演示").await;
    set(Standing::Suspend).await.unwrap();
    hand.writes("UPDATE account SET state = 'active', stopped_by = 0 WHERE id = ?1", &account);
    for to in [Standing::Suspend, Standing::Resume] {
        assert!(set(to).await.is_err(), "{to:?}: nothing is sealed over what somebody else wrote");
    }
    hand.writes("UPDATE account SET state = 'suspended', stopped_by = 1 WHERE id = ?1", &account);
    set(Standing::Resume).await.unwrap();
}
