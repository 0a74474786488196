//! Deeds over keys through the public door: two persons, by natural person; one in danger, looked at afterwards.

use crate::operator_ends::newcomer;
use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::NewOrganisation;
use yima_testkit::{Answer, Database, Town};

const PATH: &str = "/api/v1/keys/deeds";
const DAY: i64 = 86_400;

async fn propose(town: &Town, cookie: &str, what: &str) -> Answer {
    let body = json!({ "reason": "quarterly", "what": what });
    town.door.operator(cookie, Method::POST, PATH, Some(body)).await
}

async fn answer(town: &Town, cookie: &str, id: &Value, agree: bool) -> String {
    let path = format!("{PATH}/{}/answer", id.as_str().unwrap());
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "agree": agree }))).await.word()
}

async fn void(town: &Town, cookie: &str) -> String {
    let body = json!({ "reason": "a copy was found" });
    town.door.operator(cookie, Method::POST, "/api/v1/keys/void-tokens", Some(body)).await.word()
}

/// The row of a deed as somebody sees it.
async fn row(town: &Town, cookie: &str, id: &Value) -> Value {
    let listed = town.door.operator(cookie, Method::GET, PATH, None).await.ok();
    listed["items"].as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap().clone()
}

/// How many paper keys there are.
async fn paper(town: &Town, security: &str) -> usize {
    let keys = town.door.operator(security, Method::GET, "/api/v1/keys", None).await.ok();
    keys["keys"].as_array().unwrap().iter().filter(|key| key["purpose"] == "t2").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_new_keys_take_two_persons_and_a_proposal_runs_out() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        for cookie in [&system, &audit] {
            assert_eq!(propose(&town, cookie, "paper_es256").await.word(), "not_allowed");
        }
        assert_eq!(propose(&town, &security, "wrapping").await.word(), "invalid", "at the command line alone");
        let before = paper(&town, &security).await;
        let id = propose(&town, &security, "paper_es256").await.ok()["id"].clone();
        assert_eq!(answer(&town, &security, &id, true).await, "same_person");
        assert_eq!(answer(&town, &audit, &id, true).await, "not_allowed");
        assert_eq!(paper(&town, &security).await, before, "nothing is done by one person");
        let seen = row(&town, &system, &id).await;
        assert_eq!((&seen["state"], &seen["may_decide"]), (&json!("proposed"), &json!(true)));
        assert_eq!(row(&town, &security, &id).await["may_decide"], false);
        assert_eq!(answer(&town, &system, &id, true).await, "ok");
        assert_eq!(paper(&town, &security).await, before + 1);
        assert_eq!(answer(&town, &system, &id, true).await, "conflict", "once");

        // Apps don't know the next token keys yet: agreed or not, it is not done, and the proposal stands until they do.
        let id = propose(&town, &security, "tokens").await.ok()["id"].clone();
        assert_eq!(answer(&town, &system, &id, true).await, "conflict");
        assert_eq!(row(&town, &system, &id).await["state"], "proposed");
        town.clock.advance(20 * 60);
        town.province.turn_token_keys().await.unwrap();
        town.clock.advance(DAY);
        town.province.turn_token_keys().await.unwrap();
        let system = signed_in(&town, 0).await;
        assert_eq!(answer(&town, &system, &id, true).await, "ok");
        let done = row(&town, &system, &id).await;
        assert_eq!((&done["state"], &done["decided_by"]), (&json!("agreed"), &json!(town.operators[0].name)));

        // Refused is refused, and what nobody agreed to is over after seven days.
        let security = signed_in(&town, 1).await;
        let refused = propose(&town, &security, "paper_sm2").await.ok()["id"].clone();
        assert_eq!(answer(&town, &system, &refused, false).await, "ok");
        assert_eq!(answer(&town, &system, &refused, true).await, "conflict");
        let late = propose(&town, &security, "paper_sm2").await.ok()["id"].clone();
        town.clock.advance(7 * DAY);
        let system = signed_in(&town, 0).await;
        assert_eq!(answer(&town, &system, &late, true).await, "conflict");
        let seen = row(&town, &system, &late).await;
        assert_eq!((&seen["state"], &seen["may_decide"]), (&json!("over"), &json!(false)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_key_that_leaked_is_void_at_once_and_somebody_else_looks_at_it() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let before = town.province.jwks();
        assert_eq!(void(&town, &system).await, "not_allowed");
        assert_eq!(void(&town, &security).await, "ok");
        let kids = |jwks: &str| -> Vec<Value> {
            let whole: Value = serde_json::from_str(jwks).unwrap();
            whole["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
        };
        let after = kids(&town.province.jwks());
        assert!(kids(&before).iter().all(|kid| !after.contains(kid)), "none of the leaked ones is shown");
        let listed = town.door.operator(&security, Method::GET, PATH, None).await.ok();
        let id = listed["items"][0]["id"].clone();
        let seen = row(&town, &security, &id).await;
        assert_eq!((&seen["what"], &seen["state"]), (&json!("void_tokens"), &json!("unseen")));
        assert_eq!(answer(&town, &security, &id, true).await, "same_person");
        town.clock.advance(8 * DAY);
        let system = signed_in(&town, 0).await;
        assert_eq!(row(&town, &system, &id).await["state"], "late", "it waits as long as it takes");
        assert_eq!(answer(&town, &system, &id, true).await, "ok");
        assert_eq!(row(&town, &system, &id).await["state"], "seen");

        // What the command line did is nobody's, and anybody else may say that it was not right.
        town.province.rotate_keys(&Actor::System, Suite::Es256, "drill").await.unwrap();
        let security = signed_in(&town, 1).await;
        let listed = town.door.operator(&security, Method::GET, PATH, None).await.ok();
        let done = listed["items"].as_array().unwrap().iter().find(|one| one["state"] == "unseen").unwrap();
        assert!(done.get("proposed_by").is_none() && done["may_decide"] == true, "{done}");
        assert_eq!(answer(&town, &security, &done["id"], false).await, "ok");
        assert_eq!(row(&town, &security, &done["id"]).await["state"], "disputed");
    }
}

/// Somebody who proposed in one post, left it and was given another is the same natural person.
#[tokio::test(flavor = "multi_thread")]
async fn r43_nobody_agrees_to_their_own_proposal_from_another_post() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let second = newcomer(&town, (&system, &security), "qian", "staff 10", "security").await;
        let id = propose(&town, &security, "paper_es256").await.ok()["id"].clone();
        let listed = town.door.operator(&system, Method::GET, "/api/v1/manage/operators", None).await.ok();
        let name = &town.operators[1].name;
        let own = listed["operators"].as_array().unwrap().iter().find(|one| one["name"] == json!(name)).unwrap();
        let (who, person) = (own["id"].as_str().unwrap(), own["person"].as_str().unwrap());
        crate::operator_ends::ended(&town, who, &system, &second).await;
        let moved = newcomer(&town, (&system, &second), "again", person, "system").await;
        assert_eq!(row(&town, &moved, &id).await["may_decide"], false);
        assert_eq!(answer(&town, &moved, &id, true).await, "same_person");
        assert_eq!(answer(&town, &system, &id, true).await, "ok");
    }
}

/// A natural person with two posts, one after the other: what they proposed from the first is theirs in the second.
#[tokio::test(flavor = "multi_thread")]
async fn r43_who_had_another_post_agrees_to_nothing_of_their_own() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let first = newcomer(&town, (&system, &security), "qian", "staff 10", "system").await;
        let firm = async |name: &str, credit: &str| {
            let new = NewOrganisation {
                enterprise: true,
                credit_code: Some(credit.to_owned()),
                name: name.to_owned(),
                region: String::new(),
                parent: None,
                source: "register".to_owned(),
            };
            town.province.add_organisation(&Actor::System, new).await.unwrap().id
        };
        let (merged, successor) =
            (firm("甲公司", "91370102MA3C2QTW1U").await, firm("乙公司", "91370102MA3C2QTW2Y").await);
        let resident = town.accounts().await.remove(0);
        let as_first = async |path: &str, body: Value| town.door.operator(&first, Method::POST, path, Some(body)).await;
        let named = json!({ "reference": "register 7", "resident": resident });
        assert_eq!(as_first(&format!("/api/v1/organisations/{merged}/representative"), named).await.word(), "ok");
        let day = town.now() + 20 * DAY;
        let merger = json!({
            "contact": "0531", "effect_at": day, "reference": "register 9", "successor": successor,
        });
        assert_eq!(as_first(&format!("/api/v1/organisations/{merged}/merge"), merger).await.word(), "ok");
        let zhao = json!({ "name": "zhao", "person": "staff 20", "role": "audit" });
        assert_eq!(as_first("/api/v1/manage/operators", zhao).await.word(), "ok");
        let listed = town.door.operator(&system, Method::GET, "/api/v1/manage/operators", None).await.ok();
        let own = listed["operators"].as_array().unwrap().iter().find(|one| one["name"] == "qian").unwrap();
        crate::operator_ends::ended(&town, own["id"].as_str().unwrap(), &system, &security).await;
        let moved = newcomer(&town, (&system, &security), "again", "STAFF10", "security").await;
        let press = async |cookie: &str, path: &str| town.door.operator(cookie, Method::POST, path, None).await.word();
        let waiting = async |path: &str, list: &str| {
            let listed = town.door.operator(&moved, Method::GET, path, None).await.ok();
            let row = listed[list][0].clone();
            assert_eq!(row["may_decide"], false, "{row}");
            row["id"].as_str().unwrap().to_owned()
        };
        let posts = town.door.operator(&moved, Method::GET, "/api/v1/manage/operators", None).await.ok();
        let zhao = posts["grants"].as_array().unwrap().iter().find(|one| one["name"] == "zhao").unwrap();
        assert_eq!(zhao["may_decide"], false, "{zhao}");
        let named = waiting("/api/v1/representatives", "representatives").await;
        let merger = waiting("/api/v1/organisations/mergers", "mergers").await;
        for path in [
            format!("/api/v1/organisations/mergers/{merger}/approve"),
            format!("/api/v1/representatives/{named}/approve"),
        ] {
            assert_eq!(press(&moved, &path).await, "same_person", "{path}");
            assert_eq!(press(&system, &path).await, "ok", "{path}");
        }
    }
}
