//! The end of an operator's post through the public door: one person stops at once and for a time, two end it.

use crate::operators::{answer as answer_grant, propose};
use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use yima_testkit::{Answer, Database, Town};

const OPERATORS: &str = "/api/v1/manage/operators";
const DAY: i64 = 86_400;

async fn press(town: &Town, cookie: &str, id: &str, verb: &str) -> Answer {
    let body = json!({ "reason": "phone lost" });
    town.door.operator(cookie, Method::POST, &format!("{OPERATORS}/{id}/{verb}"), Some(body)).await
}

async fn answer(town: &Town, cookie: &str, end: &Value, confirm: bool) -> String {
    let path = format!("/api/v1/manage/operator-ends/{}/answer", end.as_str().unwrap());
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "confirm": confirm }))).await.word()
}

/// A new operator, by two persons, signed in.
pub async fn newcomer(town: &Town, (system, other): (&str, &str), name: &str, person: &str, role: &str) -> String {
    let made = propose(town, system, name, person, role).await.ok();
    let confirmed = answer_grant(town, other, made["id"].as_str().unwrap(), true).await.ok();
    let secret = totp_rs::Secret::try_from_base32(made["totp_secret"].as_str().unwrap()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
    let wish = json!({ "name": name, "password": confirmed["password"], "totp": code });
    let came = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
    assert!(came.status.is_success(), "{}", came.body);
    came.cookie.unwrap()
}

/// Ends a post by two persons.
pub async fn ended(town: &Town, id: &str, one: &str, other: &str) {
    let end = press(town, one, id, "end").await.ok()["id"].clone();
    assert_eq!(answer(town, other, &end, true).await, "ok");
}

async fn listed(town: &Town, cookie: &str) -> Value {
    town.door.operator(cookie, Method::GET, OPERATORS, None).await.ok()
}

async fn id_of(town: &Town, cookie: &str, name: &str) -> String {
    let all = listed(town, cookie).await;
    let own = all["operators"].as_array().unwrap().iter().find(|one| one["name"] == json!(name)).unwrap();
    own["id"].as_str().unwrap().to_owned()
}

/// Whether this operator can sign in now.
async fn comes_in(town: &Town, nth: usize) -> bool {
    let operator = &town.operators[nth];
    let secret = operator.totp_uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    let totp = totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(secret).unwrap()).build().unwrap();
    let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
    let wish = json!({ "name": operator.name, "password": operator.password, "totp": code });
    town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await.status.is_success()
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_one_person_stops_an_operator_at_once_and_not_for_ever() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        let own = id_of(&town, &system, &town.operators[0].name).await;
        let other = id_of(&town, &system, &town.operators[1].name).await;
        assert_eq!(press(&town, &audit, &other, "suspend").await.word(), "not_allowed");
        assert_eq!(press(&town, &system, &own, "suspend").await.word(), "invalid");
        assert_eq!(press(&town, &system, &other, "suspend").await.word(), "ok");
        let refused = town.door.operator(&security, Method::GET, "/api/v1/keys", None).await;
        assert_eq!(refused.status, 401, "{}", refused.body);
        town.clock.advance(30);
        assert!(!comes_in(&town, 1).await);
        let all = listed(&town, &system).await;
        let row = all["operators"].as_array().unwrap().iter().find(|one| one["id"] == json!(other)).unwrap();
        assert_eq!((&row["state"], &row["suspended_until"]), (&json!("suspended"), &json!(town.now() - 30 + 7 * DAY)));

        // It runs out by itself, and the same person doesn't do it again within thirty days.
        town.clock.advance(7 * DAY);
        assert!(comes_in(&town, 1).await);
        let system = signed_in(&town, 0).await;
        assert_eq!(press(&town, &system, &other, "suspend").await.word(), "conflict");
        assert_eq!(press(&town, &system, &other, "lift").await.word(), "conflict", "there is nothing to lift");
        town.clock.advance(24 * DAY);
        let system = signed_in(&town, 0).await;
        assert_eq!(press(&town, &system, &other, "suspend").await.word(), "ok");
        assert_eq!(press(&town, &system, &other, "lift").await.word(), "ok");
        town.clock.advance(30);
        assert!(comes_in(&town, 1).await, "lifted");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_two_persons_end_a_post_and_nobody_the_last_one() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        let id = id_of(&town, &system, &town.operators[1].name).await;
        assert_eq!(press(&town, &audit, &id, "end").await.word(), "not_allowed");
        assert_eq!(press(&town, &system, &id, "end").await.word(), "conflict", "nobody else holds that post");
        let second = newcomer(&town, (&system, &security), "qian", "staff 10", "security").await;
        let end = press(&town, &system, &id, "end").await.ok()["id"].clone();
        assert_eq!(press(&town, &second, &id, "end").await.word(), "conflict", "one proposal at a time");
        assert_eq!(answer(&town, &system, &end, true).await, "same_person");
        assert_eq!(answer(&town, &audit, &end, true).await, "not_allowed");
        assert_eq!(listed(&town, &second).await["ends"][0]["may_decide"], true);
        assert_eq!(answer(&town, &second, &end, true).await, "ok");
        assert_eq!(answer(&town, &second, &end, true).await, "conflict", "once");
        assert_eq!(town.door.operator(&security, Method::GET, "/api/v1/keys", None).await.status, 401);
        town.clock.advance(30);
        assert!(!comes_in(&town, 1).await);
        let again = press(&town, &system, &id, "suspend").await.word();
        assert_eq!(again, "conflict", "who has no post can't be stopped");

        // Of two ends that were proposed together the second finds the last one of that post, and a week without an answer is one.
        let third = newcomer(&town, (&system, &second), "sun", "staff 11", "security").await;
        let (two, three) = (id_of(&town, &system, "qian").await, id_of(&town, &system, "sun").await);
        let first = press(&town, &system, &two, "end").await.ok()["id"].clone();
        let other = press(&town, &second, &three, "end").await.ok()["id"].clone();
        assert_eq!(answer(&town, &third, &first, true).await, "ok");
        assert_eq!(answer(&town, &system, &other, true).await, "conflict", "the last one");
        assert_eq!(answer(&town, &system, &other, false).await, "ok");
        let fourth = newcomer(&town, (&system, &third), "wu", "staff 12", "system").await;
        let late = press(&town, &fourth, &id_of(&town, &system, &town.operators[0].name).await, "end").await.ok();
        town.clock.advance(7 * DAY);
        assert!(comes_in(&town, 0).await);
        town.clock.advance(30);
        let system = signed_in(&town, 0).await;
        assert_eq!(answer(&town, &system, &late["id"], true).await, "conflict");
        assert_eq!(
            listed(&town, &system).await["ends"].as_array().unwrap().iter().filter(|e| e["state"] == "over").count(),
            1
        );
    }
}
