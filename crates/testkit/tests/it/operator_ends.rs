//! The end of an operator's post through the public door: one person stops at once and for a time, two end it.

use crate::operators::{answer as answer_grant, propose};
use crate::organisations::signed_in;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_province::{DeedError, NewOrganisation, ReadUses};
use yima_testkit::{Answer, Database, Lot, Town};

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

/// Who holds the posts, and what is proposed about them.
pub async fn listed(town: &Town, cookie: &str) -> Value {
    town.door.operator(cookie, Method::GET, OPERATORS, None).await.ok()
}

pub async fn id_of(town: &Town, cookie: &str, name: &str) -> String {
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

/// The one system operator of a province of three goes when a successor comes, at the server's own command line.
#[tokio::test(flavor = "multi_thread")]
async fn r43_the_last_one_in_a_post_goes_when_a_successor_comes_and_only_then() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let id = id_of(&town, &system, &town.operators[0].name).await;
        assert_eq!(press(&town, &security, &id, "end").await.word(), "conflict", "nobody else holds that post");
        let replace = async |name: &str, person: &str| {
            town.province.replace_last_operator(&Actor::System, &id, "left", (name, person)).await
        };
        let taken = [("", "staff 12"), ("zhao", ""), ("security", "staff 12"), ("zhao", "staff of audit")];
        for (name, person) in taken {
            assert!(replace(name, person).await.is_err(), "{name} {person}");
        }
        let own = replace("zhao", &format!("staff of {}", town.operators[0].name)).await;
        assert!(matches!(own, Err(DeedError::Conflict(_))), "nobody comes after themselves: {own:?}");
        assert_eq!(town.door.operator(&system, Method::GET, OPERATORS, None).await.status, 200, "nothing was done");

        town.clock.advance(1);
        let made = replace("zhao", "staff 12").await.unwrap();
        assert_eq!(town.door.operator(&system, Method::GET, OPERATORS, None).await.status, 401, "and signed out");
        let secret = totp_rs::Secret::try_from_base32(made.totp_secret).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
        let wish = json!({ "name": "zhao", "password": made.password, "totp": code });
        let came = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
        let zhao = came.cookie.unwrap();
        let all = listed(&town, &zhao).await;
        let of =
            |name: &str| all["operators"].as_array().unwrap().iter().find(|one| one["name"] == json!(name)).unwrap();
        assert_eq!((&of("zhao")["role"], &of("zhao")["state"]), (&json!("system"), &json!("active")));
        assert_eq!(of(&town.operators[0].name)["state"], "ended");
        for deed in ["add_operator", "confirm_operator_end"] {
            assert_eq!(uses(&town, deed).await, 1, "{deed} is in the record, once");
        }

        // Where somebody else holds the post, two persons do it at the console.
        newcomer(&town, (&zhao, &security), "wu", "staff 13", "system").await;
        let zhao = of("zhao")["id"].as_str().unwrap();
        let two = town.province.replace_last_operator(&Actor::System, zhao, "left", ("chen", "staff 14")).await;
        assert!(matches!(two, Err(DeedError::Conflict(_))), "{two:?}");
    }
}

/// How often a deed was done since the clock last moved.
async fn uses(town: &Town, deed: &str) -> usize {
    let auditor = Actor::Operator { operator: OperatorId::new(0, [1; 10]), role: Role::Audit };
    let (outcome, from_s) = (Some("done"), Some(town.now()));
    let wanted = ReadUses { deed: Some(deed), outcome, from_s, limit: Some(1_000), ..ReadUses::default() };
    town.province.uses(&auditor, wanted).await.unwrap().items.len()
}

fn new_office(name: String) -> NewOrganisation {
    let (region, source) = ("370000".to_owned(), "race".to_owned());
    NewOrganisation { enterprise: false, credit_code: None, name, region, parent: None, source }
}

/// Sixteen deeds of one operator run while they are stopped, or ended: whoever was told so sees none come after it.
#[tokio::test(flavor = "multi_thread")]
async fn r52_no_deed_of_an_operator_is_kept_after_their_end_was_acknowledged() {
    const ROUNDS: u64 = 10;
    let mut lot = Lot::of("r52_no_deed_of_an_operator_is_kept_after_their_end_was_acknowledged");
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        newcomer(&town, (&system, &security), "wu", "staff 12", "system").await;
        let id = id_of(&town, &system, "wu").await;
        let wu = Actor::Operator { operator: OperatorId::parse(&id).unwrap(), role: Role::System };
        let (mut done, mut refused) = (0, 0);
        for round in 0..ROUNDS {
            town.clock.advance(60);
            let deeds: Vec<_> = (0..16)
                .map(|nth| {
                    let (province, wu) = (Arc::clone(&town.province), wu.clone());
                    let begins = lot.start(12);
                    tokio::spawn(async move {
                        tokio::time::sleep(begins).await;
                        province.add_organisation(&wu, new_office(format!("office {round} {nth}"))).await.map(drop)
                    })
                })
                .collect();
            tokio::time::sleep(lot.start(12)).await;
            let ends = if round + 1 == ROUNDS {
                town.province.end_operator(&Actor::System, &id, "race").await
            } else {
                town.province.suspend_operator(&Actor::System, &id, "race").await.map(drop)
            };
            ends.unwrap();
            let kept = uses(&town, "add_organisation").await;
            let mut answered = 0;
            for deed in deeds {
                match deed.await.unwrap() {
                    Ok(()) => answered += 1,
                    Err(DeedError::Refused(_)) => refused += 1,
                    Err(other) => panic!("round {round}: {other:?}"),
                }
            }
            assert_eq!(uses(&town, "add_organisation").await, kept, "round {round}: kept after the end");
            assert_eq!(answered, kept, "round {round}");
            done += answered;
            if round + 1 < ROUNDS {
                town.province.lift_suspension(&Actor::System, &id).await.unwrap();
            }
        }
        println!("{database:?}: {done} deeds came before an end, {refused} after it");
        assert_eq!(done + refused, 16 * usize::try_from(ROUNDS).unwrap());
    }
}

/// The two who hold a post are ended at once, sixteen times: one of them stays.
#[tokio::test(flavor = "multi_thread")]
async fn r43_of_two_ends_at_once_one_finds_the_last_one_in_a_post() {
    let mut lot = Lot::of("r43_of_two_ends_at_once_one_finds_the_last_one_in_a_post");
    for database in Database::all() {
        let town = Town::open(&database).await;
        let mut stays = town.operators[1].name.clone();
        for round in 0..16 {
            let name = format!("second {round}");
            town.province.add_operator(&Actor::System, &name, &name, Role::Security).await.unwrap();
            let ends: Vec<_> = [stays.clone(), name]
                .into_iter()
                .map(|name| {
                    let province = Arc::clone(&town.province);
                    let begins = lot.start(2);
                    tokio::spawn(async move {
                        let id = province.operator_named(&name).await.unwrap();
                        tokio::time::sleep(begins).await;
                        (province.end_operator(&Actor::System, &id, "race").await, name)
                    })
                })
                .collect();
            let mut left = Vec::new();
            for end in ends {
                let (ended, name) = end.await.unwrap();
                match ended {
                    Ok(()) => {}
                    Err(DeedError::Conflict(_)) => left.push(name),
                    Err(other) => panic!("round {round}: {other:?}"),
                }
            }
            assert_eq!(left.len(), 1, "round {round}: {left:?}");
            stays = left.remove(0);
        }
    }
}
