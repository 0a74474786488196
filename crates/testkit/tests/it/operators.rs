//! The three posts, given by two persons through the public door.

use crate::browsers::{Browser, Shown};
use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use yima_testkit::{Answer, Database, Town};

const PATH: &str = "/api/v1/manage/operators";

pub async fn propose(town: &Town, cookie: &str, name: &str, person: &str, role: &str) -> Answer {
    let body = json!({ "name": name, "person": person, "role": role });
    town.door.operator(cookie, Method::POST, PATH, Some(body)).await
}

pub async fn answer(town: &Town, cookie: &str, id: &str, confirm: bool) -> Answer {
    let body = json!({ "confirm": confirm });
    town.door.operator(cookie, Method::POST, &format!("{PATH}/{id}/answer"), Some(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_post_is_given_by_two_persons_and_nobody_holds_two() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        for cookie in [&security, &audit] {
            assert_eq!(propose(&town, cookie, "zhao", "staff 9", "audit").await.word(), "not_allowed");
        }
        let made = propose(&town, &system, "zhao", "staff 9", "audit").await.ok();
        let (id, secret) = (made["id"].as_str().unwrap(), made["totp_secret"].as_str().unwrap());

        // Not by whoever proposed it, and not by an auditor; until then nobody signs in.
        assert_eq!(answer(&town, &system, id, true).await.word(), "same_person");
        assert_eq!(answer(&town, &audit, id, true).await.word(), "not_allowed");
        let listed = town.door.operator(&security, Method::GET, PATH, None::<Value>).await.ok();
        assert_eq!(
            (&listed["grants"][0]["may_decide"], listed["operators"].as_array().unwrap().len()),
            (&json!(true), 3)
        );
        assert!(!listed.to_string().contains(secret), "the second factor is told to the proposer alone");
        let confirmed = answer(&town, &security, id, true).await.ok();
        let password = confirmed["password"].as_str().unwrap();
        assert_eq!(answer(&town, &security, id, true).await.word(), "conflict", "once");

        // With what both were shown, the new one signs in.
        let totp =
            totp_rs::Builder::new().with_secret(totp_rs::Secret::try_from_base32(secret).unwrap()).build().unwrap();
        let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
        let wish = json!({ "name": "zhao", "password": password, "totp": code });
        let came = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
        assert!(came.status.is_success(), "{}", came.body);

        // One natural person holds one post, by proposal too; and two who race for it are not both taken.
        assert_eq!(propose(&town, &system, "zhao2", "staff 9", "system").await.word(), "conflict");
        let one = propose(&town, &system, "qian", "staff 10", "system").await.ok();
        let two = propose(&town, &system, "qian2", "staff 10", "security").await.ok();
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        assert_eq!(answer(&town, &security, &id(&one), true).await.word(), "ok");
        assert_eq!(answer(&town, &security, &id(&two), true).await.word(), "conflict");
        assert_eq!(answer(&town, &security, &id(&two), false).await.word(), "ok");

        // What nobody confirmed is over after seven days.
        let late = propose(&town, &system, "sun", "staff 11", "security").await.ok();
        town.clock.advance(7 * 86_400);
        let security = signed_in(&town, 1).await;
        assert_eq!(answer(&town, &security, &id(&late), true).await.word(), "conflict");
        let listed = town.door.operator(&security, Method::GET, PATH, None::<Value>).await.ok();
        // The town's clock stands still: proposals of one moment are in no order.
        let grants = listed["grants"].as_array().unwrap();
        let sun = grants.iter().find(|one| one["name"] == "sun").unwrap();
        assert_eq!((&sun["state"], &sun["may_decide"]), (&json!("over"), &json!(false)));
    }
}

/// The digits of this operator's second factor now.
fn digits(town: &Town, nth: usize) -> String {
    let secret = totp_rs::Secret::try_from_base32(&town.operators[nth].totp_secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(town.now()).unwrap()).to_string()
}

async fn try_in(browser: &mut Browser, name: &str, password: &str, digits: &str) -> Shown {
    let wish = json!({ "name": name, "password": password, "totp": digits });
    browser.json("/api/v1/operators/sign-in", &wish).await
}

/// A browser that an operator had signed in on before, signed out.
async fn known_to(town: &Town, nth: usize) -> Browser {
    let mut browser = Browser::new(town);
    let (name, password) = (&town.operators[nth].name, &town.operators[nth].password);
    let came = try_in(&mut browser, name, password, &digits(town, nth)).await;
    assert_eq!(came.status, 200, "{}", came.body);
    assert!(browser.cookie("kd").is_some(), "known from then on");
    browser.forget("yima_op");
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_strangers_keep_no_operator_out() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (name, password) = (town.operators[0].name.as_str(), town.operators[0].password.as_str());
        let mut own = known_to(&town, 0).await;
        town.clock.advance(60);
        // Five wrong ones are free, and look like those of nobody's name.
        for _ in 0..5 {
            let wrong = try_in(&mut Browser::new(&town), name, "wrong password!", "000000").await;
            let nobody = try_in(&mut Browser::new(&town), "nobody", "wrong password!", "000000").await;
            let words = |shown: &Shown| serde_json::from_str::<Value>(&shown.body).unwrap()["code"].clone();
            assert_eq!((wrong.status, words(&wrong)), (nobody.status, words(&nobody)));
            assert_eq!(wrong.status, 403);
        }
        // From then on a device that they don't know waits, with the right password too; their own never does.
        let now = digits(&town, 0);
        assert_eq!(try_in(&mut Browser::new(&town), name, password, &now).await.status, 403, "a stranger waits");
        let mut of_another = known_to(&town, 1).await;
        assert_eq!(try_in(&mut of_another, name, password, &now).await.status, 403, "known to somebody else");
        let came = try_in(&mut own, name, password, &now).await;
        assert_eq!(came.status, 200, "{}", came.body);
        assert_eq!(try_in(&mut own, name, password, &now).await.status, 403, "digits count once");
        // Wrong ones on their own device are that device's.
        for _ in 0..5 {
            assert_eq!(try_in(&mut own, name, "wrong password!", "000000").await.status, 403);
        }
        town.clock.advance(30);
        assert_eq!(try_in(&mut own, name, password, &digits(&town, 0)).await.status, 403);
        town.clock.advance(61);
        assert_eq!(try_in(&mut own, name, password, &digits(&town, 0)).await.status, 200);
        town.clock.advance(60);
        let mut new = Browser::new(&town);
        assert_eq!(
            try_in(&mut new, name, password, &digits(&town, 0)).await.status,
            200,
            "after a minute a stranger may"
        );
        // A known device is known for half a year.
        town.clock.advance(180 * 86_400);
        for _ in 0..5 {
            try_in(&mut Browser::new(&town), name, "wrong password!", "000000").await;
        }
        assert_eq!(try_in(&mut own, name, password, &digits(&town, 0)).await.status, 403, "not any more");
    }
}

/// A resident turns passwords on again at a page; an operator has none, so nothing is ever switched off.
#[tokio::test(flavor = "multi_thread")]
async fn r4_a_hundred_wrong_ones_switch_off_no_operator() {
    let town = Town::open(&Database::Sqlite).await;
    let name = town.operators[0].name.as_str();
    for _ in 0..102 {
        town.clock.advance(16 * 60);
        assert_eq!(try_in(&mut Browser::new(&town), name, "wrong password!", "000000").await.status, 403);
    }
    town.clock.advance(61 * 60);
    let came = try_in(&mut Browser::new(&town), name, &town.operators[0].password, &digits(&town, 0)).await;
    assert_eq!(came.status, 200, "{}", came.body);
}
