//! Two deeds about one resident that meet: what was acknowledged first holds for the other, whichever began first.
//! The first is played by a connection that holds what it would hold, so that no test waits for luck.

use reqwest::Method;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use std::sync::Arc;
use std::time::Duration;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::{DeedError, GiveBenefit, GiveConsent, NewPlace, Standing, Text};
use yima_testkit::{Database, Phone, Town};

fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System }
}

async fn phone(town: &Town, nth: usize) -> Phone {
    let account = &town.accounts().await[nth];
    let (code, _) = town.province.issue_enrolment_code(&clerk(), account).await.unwrap();
    let mut phone = Phone::new(Suite::Es256, nth as u64);
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    phone
}

async fn desk(town: &Town, scenario: &str) -> (u32, String) {
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: scenario.to_owned(), region: "370102".to_owned() };
    let site = town.province.add_place(&Actor::System, place).await.unwrap().site;
    town.province.publish_bundle(&Actor::System).await.unwrap();
    (site, town.province.add_gate(&Actor::System, "desk", site).await.unwrap().key)
}

async fn short_number(town: &Town, phone: &mut Phone, scenario: &str) -> String {
    let wish = Some(json!({ "scenario": scenario }));
    let taken = phone.send(&town.door, town.now(), Method::POST, "/api/v1/short-numbers", wish).await.ok();
    taken["number"].as_str().unwrap().to_owned()
}

async fn holding(held: &mut PgConnection, sql: String) {
    held.execute("BEGIN").await.unwrap();
    held.execute(AssertSqlSafe(sql)).await.unwrap();
}

/// The statement by which the first account was suspended a moment ago, under the seal that it had then.
async fn suspension(town: &Town, database: &mut PgConnection) -> String {
    let account = &town.accounts().await[0];
    town.province.change_standing(&clerk(), account, Standing::Suspend, "演示").await.unwrap();
    let sql = "SELECT format('UPDATE account SET state = %L, stopped_by = %s, standing_version = %s, standing_seal = %L
               WHERE id = %L', state, stopped_by, standing_version, standing_seal, id) FROM account WHERE id = $1";
    let suspends = sqlx::query_scalar(sql).bind(account).fetch_one(database).await.unwrap();
    town.province.change_standing(&clerk(), account, Standing::Resume, "演示").await.unwrap();
    suspends
}

/// Long enough for a deed that does not wait to be over.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(700)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_number_waits_for_a_suspension_under_way() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, key) = desk(&town, "library").await;
        let mut phone = phone(&town, 0).await;
        let Some(mut suspending) = town.postgres().await else { continue };
        let suspends = suspension(&town, &mut suspending).await;
        let number = short_number(&town, &mut phone, "library").await;
        holding(&mut suspending, suspends).await;
        let door = town.door.clone();
        let check =
            tokio::spawn(async move { door.gate(&key, "/api/v1/codes/check", json!({ "digits": number })).await });
        a_moment().await;
        suspending.execute("COMMIT").await.unwrap();
        let verdict = check.await.unwrap().ok();
        assert_eq!(verdict["reason"], "person_suspended", "{verdict}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoken_number_ends_with_the_phone_that_took_it() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, key) = desk(&town, "library").await;
        let mut phone = phone(&town, 0).await;
        let number = short_number(&town, &mut phone, "library").await;
        town.province.end_device(&clerk(), &phone.id, "stolen").await.unwrap();
        let verdict = town.door.gate(&key, "/api/v1/codes/check", json!({ "digits": number })).await.ok();
        assert_eq!(verdict["reason"], "device_ended", "{verdict}");
    }
}

/// A request whose signature was verified a moment before its device was ended does nothing any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_was_ended_meanwhile_does_nothing() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (site, _) = desk(&town, "library").await;
        let thief = phone(&town, 0).await;
        let own = phone(&town, 0).await;
        let actor = town.province.device(&thief.id).await.unwrap().unwrap().actor;
        town.province.end_device(&clerk(), &thief.id, "stolen").await.unwrap();
        let province = &town.province;
        let consent = GiveConsent {
            scenario: "hospital".to_owned(),
            attributes: vec!["name".to_owned()],
            until_at: town.now() + 3600,
        };
        let done = [
            ("consent", province.give_consent(&actor, consent).await.map(drop)),
            ("withdraw", province.withdraw_consent(&actor, "cns_x").await),
            ("settings", province.change_settings(&actor, Some(true), None).await.map(drop)),
            ("short number", province.take_short_number(&actor, "library", None).await.map(drop)),
            ("end", province.end_device(&actor, &own.id, "lost").await),
            ("unbind", province.end_binding(&actor, "bnd_x").await),
            ("check in", province.check_in(&actor, site).await.map(drop)),
        ];
        for (what, done) in done {
            let ended = matches!(done, Err(DeedError::Refused(yima_kernel::access::Refusal::ActorEnded)));
            assert!(ended, "{what}: {done:?}");
        }
    }
}

/// One resident's benefit moves from one month to another while somebody else's moves back.
#[tokio::test(flavor = "multi_thread")]
async fn benefits_that_move_crosswise_never_wait_for_each_other() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let accounts = town.accounts().await;
        let give = |n: usize, until: &str| {
            let (province, id) = (Arc::clone(&town.province), accounts[n].clone());
            let wish = GiveBenefit { number: 2, from: None, until: until.to_owned(), source: "学籍".to_owned() };
            tokio::spawn(async move { province.give_benefit(&clerk(), &id, wish).await.map(drop) })
        };
        let months = ["2027-03-31", "2027-08-31"];
        for (n, month) in months.iter().enumerate() {
            give(n, month).await.unwrap().unwrap();
        }
        for round in 1..60 {
            let both = [give(0, months[round % 2]), give(1, months[(round + 1) % 2])];
            for one in both {
                one.await.unwrap().unwrap_or_else(|why| panic!("round {round}: {why}"));
            }
        }
    }
}

/// A copy of the database (`pg_dump`) holds every table for hours; withdrawals are published meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_forgotten_now_stops_no_publication() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let Some(mut copying) = town.postgres().await else { continue };
        holding(&mut copying, "LOCK TABLE burn IN ACCESS SHARE MODE".to_owned()).await;
        town.clock.advance(12 * 86_400);
        let before = town.province.bundle().version;
        let published = town.province.publish_bundle(&Actor::System).await.unwrap();
        assert!(published.version > before);
        copying.close().await.unwrap();
    }
}
