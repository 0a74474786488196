//! Codes of a counter that enrol a device: one counts once, and no deed about them waits for another that waits for it.

use crate::passkeys::code;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use yima_keys::Suite;
use yima_testkit::{Database, Lot, Phone, Town};

#[tokio::test(flavor = "multi_thread")]
async fn r52_of_sixteen_phones_with_one_code_one_is_enrolled() {
    let mut lot = Lot::of("r52_of_sixteen_phones_with_one_code_one_is_enrolled");
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let ticket = code(&town, &account).await;
        let (door, now) = (town.door.clone(), town.now());
        let phones: Vec<_> = (0..16)
            .map(|n| {
                let (door, ticket) = (door.clone(), ticket.clone());
                let begins = lot.start(8);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;
                    let mut phone = Phone::new(Suite::Es256, n);
                    phone.enrol(&door, now, json!({ "code": ticket })).await.word()
                })
            })
            .collect();
        let mut words = Vec::new();
        for phone in phones {
            words.push(phone.await.unwrap());
        }
        words.sort();
        assert_eq!(words.iter().filter(|word| *word == "ok").count(), 1, "{words:?}");
        assert!(words.iter().all(|word| word == "ok" || word == "not_accepted"), "{words:?}");
    }
}

/// Whoever ends an account's codes has locked the account first; an enrolment that had locked its code before it would wait
/// for them, and they for it.
#[tokio::test(flavor = "multi_thread")]
async fn r27_an_enrolment_waits_for_its_account_with_no_lock_on_its_code() {
    let Some(database) = Database::all().into_iter().find(|one| matches!(one, Database::Postgres(_))) else { return };
    let town = Town::open(&database).await;
    let account = town.accounts().await.remove(0);
    let ticket = code(&town, &account).await;
    let (mut other, mut looking) = (town.postgres().await.unwrap(), town.postgres().await.unwrap());
    let lock = format!("UPDATE account SET version = version + 1 WHERE id = '{account}'");
    other.execute("BEGIN").await.unwrap();
    other.execute(AssertSqlSafe(lock)).await.unwrap();
    let (door, now) = (town.door.clone(), town.now());
    let enrolling =
        tokio::spawn(
            async move { Phone::new(Suite::Es256, 1).enrol(&door, now, json!({ "code": ticket })).await.word() },
        );
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while looking.fetch_one(waits).await.unwrap().get::<i64, _>(0) == 0 {
        assert!(!enrolling.is_finished(), "it did not wait for the account");
        tokio::task::yield_now().await;
    }
    let codes = format!("SELECT 1 FROM enrolment_code WHERE account = '{account}' FOR UPDATE NOWAIT");
    other.execute(AssertSqlSafe(codes)).await.expect("the code is locked by one who waits for the account");
    let end = format!("UPDATE enrolment_code SET expires_at = 0 WHERE account = '{account}'");
    other.execute(AssertSqlSafe(end)).await.unwrap();
    other.execute("COMMIT").await.unwrap();
    assert_eq!(enrolling.await.unwrap(), "not_accepted", "ended while it waited");
}
