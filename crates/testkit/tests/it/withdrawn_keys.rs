//! A paper key is withdrawn by two persons, or at once by one; what it signed is refused online from then on, offline with the next
//! bundle, and how many cards that are is said before anybody agrees.

use crate::organisations::signed_in;
use crate::papers::printed;
use reqwest::Method;
use serde_json::{Value, json};
use yima_code::bundle::Bundle;
use yima_code::gate_state::GateFloor;
use yima_code::seen::SeenInMemory;
use yima_code::{CheckerClock, Context, ListTimes, Place, Reason, check_digits};
use yima_kernel::subject::Actor;
use yima_province::{GateKey, NewPlace, Text};
use yima_testkit::{Answer, Database, Town};

const PATH: &str = "/api/v1/keys/deeds";

/// A library that takes paper, and its gate.
async fn library(town: &Town) -> GateKey {
    let place =
        NewPlace { name: Text::new("图书馆", "Library"), scenario: "library".into(), region: "370102".into() };
    let site = town.province.add_place(&Actor::System, place).await.unwrap().site;
    let gate = town.province.add_gate(&Actor::System, "door", site).await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    gate
}

/// What the server says of a paper code at this gate: `valid`, or why not.
async fn online(town: &Town, gate: &GateKey, digits: &str) -> String {
    let said = town.door.gate(&gate.key, "/api/v1/codes/check", json!({ "digits": digits })).await.ok();
    said["reason"].as_str().or(said["verdict"].as_str()).unwrap().to_owned()
}

/// What a gate says that has this bundle and no network.
fn offline(town: &Town, file: &[u8], digits: &str) -> Option<Reason> {
    let now = u32::try_from(town.now()).unwrap();
    let opened = Bundle::open(file, &GateFloor::pinned(town.province.root_fingerprint()), now).unwrap();
    let (bundle, _) = opened.keep(|_| Ok::<_, std::convert::Infallible>(())).unwrap();
    let rule = &bundle.scenarios().iter().find(|one| one.rule.slug == "library").unwrap().rule;
    let context = Context {
        place: Place { scenario: rule.id, site: 0 },
        rule,
        clock: CheckerClock::Trusted(now),
        issuers: &bundle,
        withdrawn: &bundle,
        lists: ListTimes { bundle_at: Some(now), urgent_at: Some(now) },
        challenge: None,
        guardian_at: None,
    };
    check_digits(digits, &context, &mut SeenInMemory::with_capacity(4)).reason
}

/// The paper keys as security sees them: kid, state, codes under it.
async fn paper_keys(town: &Town, security: &str) -> Vec<(String, String, u64)> {
    let keys = town.door.operator(security, Method::GET, "/api/v1/keys", None).await.ok();
    let paper = keys["keys"].as_array().unwrap().iter().filter(|key| key["purpose"] == "t2");
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    paper.map(|key| (text(key, "kid"), text(key, "state"), key["cards"].as_u64().unwrap())).collect()
}

async fn propose(town: &Town, cookie: &str, kid: &str) -> Answer {
    let body = json!({ "kid": kid, "reason": "a copy was found", "what": "withdraw_paper" });
    town.door.operator(cookie, Method::POST, PATH, Some(body)).await
}

async fn answer(town: &Town, cookie: &str, id: &Value, agree: bool) -> String {
    let path = format!("{PATH}/{}/answer", id.as_str().unwrap());
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "agree": agree }))).await.word()
}

async fn bundle(town: &Town) -> Vec<u8> {
    town.door.get("/api/v1/bundle").await.bytes
}

/// The key under which new paper is signed.
async fn signs(town: &Town, security: &str) -> String {
    let keys = paper_keys(town, security).await;
    let most = keys.into_iter().filter(|(_, state, _)| state == "live").max_by_key(|(_, _, cards)| *cards);
    most.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_paper_key_is_withdrawn_by_two_persons_and_what_it_signed_is_refused() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        let gate = library(&town).await;
        let account = town.accounts().await.remove(0);
        let (card, digits) = printed(&town, &system, &account).await;
        let _second = printed(&town, &system, &account).await;
        let before = bundle(&town).await;
        assert_eq!((online(&town, &gate, &digits).await, offline(&town, &before, &digits)), ("valid".to_owned(), None));

        let kid = signs(&town, &security).await;
        for cookie in [&system, &audit] {
            assert_eq!(propose(&town, cookie, &kid).await.word(), "not_allowed");
        }
        for unknown in ["", "00000000", "zz"] {
            assert_eq!(propose(&town, &security, unknown).await.word(), "not_found", "{unknown}");
        }
        let id = propose(&town, &security, &kid).await.ok()["id"].clone();
        let listed = town.door.operator(&system, Method::GET, PATH, None).await.ok();
        let row = &listed["items"][0];
        assert_eq!(
            (&row["kid"], &row["cards"]),
            (&json!(kid), &json!(2)),
            "how many end with it is said before: {row}"
        );
        assert_eq!(answer(&town, &security, &id, true).await, "same_person");
        town.clock.advance(120);
        assert_eq!(online(&town, &gate, &digits).await, "valid", "nothing is done by one person");
        assert_eq!(answer(&town, &system, &id, true).await, "ok");
        assert_eq!(answer(&town, &system, &id, true).await, "conflict", "once");

        // Online at once, before any bundle says so; offline with the next one, and it says why.
        town.clock.advance(120);
        assert_eq!(online(&town, &gate, &digits).await, "kid_withdrawn");
        assert_eq!(offline(&town, &before, &digits), None, "a gate without a network can't know yet");
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let after = bundle(&town).await;
        assert_eq!(offline(&town, &after, &digits), Some(Reason::KidWithdrawn));
        assert_eq!(online(&town, &gate, &digits).await, "kid_withdrawn");
        let gone = paper_keys(&town, &security).await.into_iter().find(|(of, ..)| *of == kid).unwrap();
        assert_eq!(gone.1, "withdrawn");

        // Its paper is printed no more, and what comes in its place is good.
        let url = format!("/api/v1/cards/{card}/pdf");
        assert_eq!(town.door.operator(&system, Method::GET, &url, None).await.word(), "conflict");
        let replace = format!("/api/v1/cards/{card}/replace");
        assert_eq!(town.door.operator(&system, Method::POST, &replace, None).await.word(), "ok");
        let (_, fresh) = printed(&town, &system, &account).await;
        assert_eq!((online(&town, &gate, &fresh).await, offline(&town, &after, &fresh)), ("valid".to_owned(), None));
        assert_eq!(propose(&town, &security, &kid).await.word(), "conflict", "it is withdrawn already");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_paper_key_that_leaked_is_withdrawn_at_once_and_the_last_one_has_a_successor() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let gate = library(&town).await;
        let account = town.accounts().await.remove(0);
        let (_, digits) = printed(&town, &system, &account).await;
        let at_once = async |cookie: &str, kid: &str| {
            let body = Some(json!({ "kid": kid, "reason": "a copy was found" }));
            town.door.operator(cookie, Method::POST, "/api/v1/keys/withdraw-paper", body).await
        };
        let first = signs(&town, &security).await;
        assert_eq!(at_once(&system, &first).await.word(), "not_allowed");
        // The one that signed last, then whatever is left: a province in which nothing prints is closed.
        assert_eq!(at_once(&security, &first).await.ok()["cards"], 1);
        town.clock.advance(120);
        assert_eq!(online(&town, &gate, &digits).await, "kid_withdrawn");
        for (kid, state, _) in paper_keys(&town, &security).await {
            if state == "live" {
                assert_eq!(at_once(&security, &kid).await.word(), "ok");
            }
        }
        let left: Vec<_> =
            paper_keys(&town, &security).await.into_iter().filter(|(_, state, _)| state == "live").collect();
        assert_eq!(left.len(), 1, "the next one came with the last one's end: {left:?}");
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let (_, fresh) = printed(&town, &system, &account).await;
        assert_eq!(online(&town, &gate, &fresh).await, "valid");

        // It waits until somebody else has looked at it.
        let listed = town.door.operator(&system, Method::GET, PATH, None).await.ok();
        let done = listed["items"].as_array().unwrap().iter().find(|one| one["kid"] == json!(first)).unwrap();
        assert_eq!((&done["what"], &done["state"]), (&json!("withdraw_paper"), &json!("unseen")));
        assert_eq!(answer(&town, &security, &done["id"], true).await, "same_person");
        assert_eq!(answer(&town, &system, &done["id"], true).await, "ok");
    }
}
