//! Officers keep out of their own and their kin's (rule R13): whom an edge joins is neither drawn nor answers, and nobody brings back
//! themselves. Which resident an operator is: proposed by one, agreed to by another, confirmed by the resident.

use crate::browsers::Browser;
use crate::operator_ends::{id_of, listed, newcomer};
use crate::posts::{department, press};
use crate::recovery::{officer, showing, signed_in};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use yima_kernel::assurance::Acr;
use yima_kernel::subject::{Actor, Role};
use yima_province::{NewPlace, Text};
use yima_store::StoreError;
use yima_store::edge::{self, Edge, State};
use yima_store::post::{self, Post, Source};
use yima_testkit::{Answer, Database, Town};

const OPERATORS: &str = "/api/v1/manage/operators";
const DAY: i64 = 86_400;
const US: i64 = 1_000_000;
/// Ids of edges, each another one.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Notes that an operator is the nth resident.
async fn is(town: &Town, operator: usize, resident: usize) {
    let number = &town.residents[resident].id_number;
    town.province.know_operator(&Actor::System, &town.operators[operator].name, number).await.unwrap();
}

/// The accounts of the residents in the order in which the town names them.
async fn accounts(town: &Town, system: &str) -> Vec<String> {
    let mut accounts = Vec::new();
    for resident in &town.residents {
        let wish = Some(json!({ "q": resident.id_number }));
        let found = town.door.operator(system, Method::POST, "/api/v1/residents/find", wish).await.ok();
        accounts.push(found["items"][0]["id"].as_str().unwrap().to_owned());
    }
    accounts
}

/// Joins two accounts by an edge of a kind, as `state`, until so many seconds from now; its id.
pub async fn joined(town: &Town, kind: &str, (principal, actor): (&str, &str), (state, for_s): (State, i64)) -> Edge {
    let now_us = town.now() * US;
    let edge = Edge {
        id: format!("edg_{:026}", NEXT.fetch_add(1, Ordering::Relaxed)),
        kind: kind.to_owned(),
        principal: principal.to_owned(),
        actor: actor.to_owned(),
        slot: 0,
        parent: None,
        scopes: "show_code".to_owned(),
        limit_amount: None,
        may_appoint: false,
        from_at: now_us - 30 * DAY * US,
        until_at: now_us + for_s * US,
        consent_by_at: None,
        evidence: "register".to_owned(),
        reference: "file 7".to_owned(),
        proofing: 2,
        state,
        hidden: false,
        made_by: "opr_1".to_owned(),
        created_at: now_us,
        ended_at: (state == State::Ended).then_some(now_us),
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: vec![0; 32],
    };
    let (store, row) = (town.store().await, edge.clone());
    let made = store.deed::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            yima_store::account::changed_both(tx, &row.principal, &row.actor).await?;
            edge::insert(tx, &row, 5, |_| vec![0; 32]).await
        })
    });
    assert!(matches!(made.await.unwrap(), edge::Inserted::InSlot(_)));
    store.close().await;
    edge
}

/// Ends it.
pub async fn parted(town: &Town, edge: Edge) {
    let store = town.store().await;
    let over = Edge { state: State::Ended, ended_at: Some(town.now() * US), version: edge.version + 1, ..edge };
    let ended = store.deed::<_, StoreError, _>(move |tx| Box::pin(async move { edge::change(tx, &over).await }));
    assert!(ended.await.unwrap());
    store.close().await;
}

/// A post of somebody in an office, with or without an officer whose deputy it is.
fn post_of(town: &Town, n: u32, account: &str, office: &str, parent: Option<&str>) -> Post {
    let now_us = town.now() * US;
    Post {
        id: format!("pst_{n:026}"),
        resource: format!("pst_{n:026}"),
        person: n.to_be_bytes().to_vec(),
        account: Some(account.to_owned()),
        organisation: office.to_owned(),
        role: "handler".to_owned(),
        parent: parent.map(str::to_owned),
        slot: 0,
        state: post::State::Active,
        source: if parent.is_some() { Source::Officer } else { Source::Operator },
        made_by: "opr_1".to_owned(),
        feed: None,
        user_name: None,
        external_id: None,
        batch: None,
        made_at: now_us,
        accepted_at: Some(now_us),
        renewed_at: now_us,
        lease_until: now_us + DAY * US,
        ended_at: None,
        reason: None,
        version: 1,
        seal: vec![0; 32],
    }
}

/// The first officer asks for this resident; the answer.
async fn begin(town: &Town, cookie: &str, resident: &str) -> Answer {
    let (_, letters) = showing(town).await;
    let wish = json!({ "resident": resident, "number": letters, "evidence": "身份证原件，人证一致" });
    officer(town, cookie, "", wish).await
}

/// What is asked of a colleague who is kept out says so in both languages.
fn keeps_out(said: &Answer) {
    assert_eq!(said.word(), "conflict", "{}", said.body);
    let text = said.body.to_string();
    assert!(text.contains("回避") && text.contains("keep out"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_whom_an_edge_joins_is_not_drawn() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, _security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let accounts = accounts(&town, &system).await;
        let [first, second, holder] = [&accounts[0], &accounts[1], &accounts[2]];
        is(&town, 0, 0).await;
        is(&town, 1, 1).await;

        // Of each kind, in both directions, between the two officers, and between each of them and the resident.
        let soon = (State::Active, DAY);
        let table = [
            ("guardian", (first, second), soon),
            ("guardian", (second, first), soon),
            ("helper", (first, second), soon),
            ("helper", (second, first), soon),
            ("kin", (first, second), soon),
            ("kin", (second, first), soon),
            ("deputy", (second, first), soon),
            // Whose child somebody is does not rest, nor wait.
            ("guardian", (first, second), (State::Suspended, DAY)),
            ("helper", (second, first), (State::Pending, DAY)),
            ("guardian", (holder, second), soon),
            ("helper", (second, holder), soon),
            ("kin", (holder, second), soon),
        ];
        for (kind, pair, standing) in table {
            let edge = joined(&town, kind, (pair.0, pair.1), standing).await;
            keeps_out(&begin(&town, &system, holder).await);
            parted(&town, edge).await;
        }
        for (kind, pair) in [("guardian", (holder, first)), ("helper", (first, holder)), ("kin", (holder, first))] {
            let edge = joined(&town, kind, (pair.0, pair.1), soon).await;
            assert_eq!(begin(&town, &system, holder).await.word(), "kin_file", "{kind} of the first officer");
            parted(&town, edge).await;
        }

        // Deputy of the other in an office.
        let office = department(&town, &system, "处", None).await;
        let store = town.store().await;
        let (of, deputy) = (
            post_of(&town, 1, first, &office, None),
            post_of(&town, 2, second, &office, Some("pst_00000000000000000000000001")),
        );
        let under = deputy.clone();
        let made = store.deed::<_, StoreError, _>(move |tx| {
            Box::pin(async move { Ok(post::insert(tx, &of).await? && post::insert(tx, &deputy).await?) })
        });
        assert!(made.await.unwrap());
        keeps_out(&begin(&town, &system, holder).await);
        let over = Post { state: post::State::Ended, ended_at: Some(town.now() * US), version: 2, ..under };
        let ended = store.deed::<_, StoreError, _>(move |tx| Box::pin(async move { post::change(tx, &over).await }));
        assert!(ended.await.unwrap());
        store.close().await;

        // Nobody is brought back by themselves: not the first officer, and the one who could be drawn is not.
        assert_eq!(begin(&town, &system, first).await.word(), "own_file");
        keeps_out(&begin(&town, &system, second).await);

        // What is over joins nobody: ended above, and here run out, though nobody wrote that down yet.
        let _late = joined(&town, "helper", (first, second), (State::Active, -1)).await;
        let begun = begin(&town, &system, holder).await;
        assert_eq!(begun.word(), "ok", "{}", begun.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_whoever_was_drawn_does_not_answer_for_kin() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let accounts = accounts(&town, &system).await;
        let id = begin(&town, &system, &accounts[2]).await.ok()["id"].as_str().unwrap().to_owned();
        let answer = format!("/{id}/answer");
        let yes = async || officer(&town, &security, &answer, json!({ "yes": true })).await.word();
        // Who they are was not known when one was drawn; it is now, and what joins them is read again.
        is(&town, 0, 0).await;
        is(&town, 1, 1).await;
        let soon = (State::Active, DAY);
        for pair in [(0, 1), (1, 0), (2, 1), (1, 2)] {
            for kind in ["guardian", "helper", "kin"] {
                let edge = joined(&town, kind, (&accounts[pair.0], &accounts[pair.1]), soon).await;
                assert_eq!(yes().await, "kin_file", "{kind} {pair:?}");
                parted(&town, edge).await;
            }
        }
        assert_eq!(yes().await, "ok");

        // Nor does anybody begin a visit or make a code for their own file, or their kin's.
        let own = joined(&town, "kin", (&accounts[3], &accounts[0]), soon).await;
        let counter =
            NewPlace { name: Text::new("窗口", "Window"), scenario: "hospital".into(), region: "370102".into() };
        let site = town.province.add_place(&Actor::System, counter).await.unwrap().site;
        town.province.publish_bundle(&Actor::System).await.unwrap();
        for (nth, word) in [(0, "own_file"), (3, "kin_file")] {
            let visit = json!({
                "deeds": ["see_record"], "face": true, "id_number": town.residents[nth].id_number, "kiosk": "1", "site": site,
            });
            let begun = town.door.operator(&system, Method::POST, "/api/v1/manage/visits", Some(visit)).await;
            let path = format!("/api/v1/residents/{}/enrolment-codes", accounts[nth]);
            let code = town.door.operator(&system, Method::POST, &path, None::<Value>).await;
            assert_eq!((begun.word(), code.word()), (word.to_owned(), word.to_owned()), "{nth}");
        }
        parted(&town, own).await;
    }
}

pub async fn name(town: &Town, cookie: &str, operator: &str, number: &str) -> Answer {
    let path = format!("{OPERATORS}/{operator}/name");
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "id_number": number }))).await
}

pub async fn agree(town: &Town, cookie: &str, id: &str, confirm: bool) -> String {
    let path = format!("/api/v1/manage/operator-names/{id}/answer");
    town.door.operator(cookie, Method::POST, &path, Some(json!({ "confirm": confirm }))).await.word()
}

/// A resident's browser, signed in a moment ago.
async fn browser(town: &Town, account: &str, acr: Acr) -> Browser {
    let mut browser = Browser::new(town);
    for pair in town.sign_in(account, acr).await.split("; ") {
        let (name, value) = pair.split_once('=').unwrap();
        browser.set_cookie(name, value);
    }
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_an_operator_is_named_by_two_persons_and_by_themselves() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        let accounts = accounts(&town, &system).await;
        let own = id_of(&town, &system, "system").await;
        let number = |nth: usize| town.residents[nth].id_number.clone();

        assert_eq!(name(&town, &security, &own, &number(0)).await.word(), "not_allowed");
        assert_eq!(name(&town, &system, &own, "12").await.word(), "invalid");
        assert_eq!(name(&town, &system, &own, "11010519491231002X").await.word(), "not_found", "nobody has it");
        let id = name(&town, &system, &own, &number(0)).await.ok()["id"].as_str().unwrap().to_owned();

        // Whoever decides sees a masked name, the others that it waits; nobody sees which account it is, nor the number.
        for (cookie, sees) in [(&system, false), (&security, true), (&audit, false)] {
            let all = listed(&town, cookie).await;
            assert_eq!(all["names"][0]["resident"].is_string(), sees, "{all}");
            assert_eq!(all["names"][0]["may_decide"], sees);
            let text = all.to_string();
            assert!(!text.contains(&number(0)) && !text.contains(&accounts[0]), "{text}");
            assert!(!text.contains(&town.residents[0].name), "{text}");
        }
        assert_eq!(agree(&town, &system, &id, true).await, "same_person");
        assert_eq!(agree(&town, &audit, &id, true).await, "not_allowed");
        let mut early = browser(&town, &accounts[0], Acr::Passkey).await;
        assert_eq!(press(&mut early, &id, "operator", &[]).await.status, 409, "nobody agreed yet");
        assert_eq!(agree(&town, &security, &id, true).await, "ok");
        assert_eq!(agree(&town, &security, &id, true).await, "conflict", "once");

        // Their own word, by a passkey of a moment ago, and of nobody else.
        let mut stranger = browser(&town, &accounts[1], Acr::Passkey).await;
        assert!(!stranger.get("/account/posts").await.body.contains(&id));
        assert_eq!(press(&mut stranger, &id, "operator", &[]).await.status, 404);
        let mut weak = browser(&town, &accounts[0], Acr::TwoFactor).await;
        let page = weak.get("/account/posts").await.body;
        assert!(page.contains(&id) && page.contains("系统管理员"), "{page}");
        assert!(press(&mut weak, &id, "operator", &[]).await.to.starts_with("/account/step-up"));
        assert_eq!(listed(&town, &system).await["operators"][2]["named"], false);
        assert_eq!(press(&mut early, &id, "operator", &[]).await.status, 303);
        assert_eq!(press(&mut early, &id, "operator", &[]).await.status, 409, "once");
        let all = listed(&town, &audit).await;
        let system_row = all["operators"].as_array().unwrap().iter().find(|one| one["name"] == "system").unwrap();
        assert_eq!((&system_row["named"], &all["names"][0]["state"]), (&json!(true), &json!("confirmed")));
        assert_eq!(begin(&town, &system, &accounts[0]).await.word(), "own_file");

        // Named once, and one resident is one operator.
        assert_eq!(name(&town, &system, &own, &number(3)).await.word(), "conflict");
        let auditor = id_of(&town, &system, "audit").await;
        assert_eq!(name(&town, &system, &auditor, &number(0)).await.word(), "conflict");
        assert!(town.province.know_operator(&Actor::System, "audit", &number(0)).await.is_err());

        // Nobody agrees to what is about themselves; and what waits too long is over, with either of the two words missing.
        let other = id_of(&town, &system, "security").await;
        let about = name(&town, &system, &other, &number(1)).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(agree(&town, &security, &about, true).await, "same_person");
        let waits = name(&town, &system, &auditor, &number(2)).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(agree(&town, &security, &waits, true).await, "ok");
        town.clock.advance(7 * DAY);
        let system = signed_in(&town, 0).await;
        let mut late = browser(&town, &accounts[2], Acr::Passkey).await;
        assert!(!late.get("/account/posts").await.body.contains(&waits));
        assert_eq!(press(&mut late, &waits, "operator", &[]).await.status, 409);
        let all = listed(&town, &system).await;
        let over =
            |id: &str| all["names"].as_array().unwrap().iter().any(|one| one["id"] == id && one["state"] == "over");
        assert!(over(&about) && over(&waits), "{all}");

        // A new one is named with the post, by the same two persons; their own file says so.
        let security = signed_in(&town, 1).await;
        let body = json!({ "id_number": number(4), "name": "qian", "person": "staff 11", "role": "system" });
        let made = town.door.operator(&system, Method::POST, OPERATORS, Some(body)).await.ok();
        let id = made["id"].as_str().unwrap();
        assert!(listed(&town, &security).await["grants"][0]["resident"].is_string());
        assert!(listed(&town, &system).await["grants"][0]["resident"].is_null());
        assert_eq!(crate::operators::answer(&town, &security, id, true).await.word(), "ok");
        let all = listed(&town, &security).await;
        let row = all["operators"].as_array().unwrap().iter().find(|one| one["name"] == "qian").unwrap();
        assert_eq!(row["named"], true);
        let again = json!({ "id_number": number(4), "name": "sun", "person": "staff 12", "role": "audit" });
        assert_eq!(town.door.operator(&system, Method::POST, OPERATORS, Some(again)).await.word(), "conflict");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_where_operators_have_to_be_named_nobody_else_opens_a_file() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (system, security, audit) =
            (signed_in(&town, 0).await, signed_in(&town, 1).await, signed_in(&town, 2).await);
        let accounts = accounts(&town, &system).await;
        let path = format!("{OPERATORS}/named");
        let ask = async |cookie: &str, named: bool| {
            town.door.operator(cookie, Method::POST, &path, Some(json!({ "named": named }))).await.word()
        };
        assert_eq!(ask(&system, true).await, "not_allowed");
        assert_eq!(ask(&audit, true).await, "not_allowed");
        assert_eq!(ask(&security, true).await, "conflict", "nobody could be brought back");
        is(&town, 0, 0).await;
        assert_eq!(ask(&security, true).await, "conflict");
        // Who is not named works as ever before the province asks for it, and may be drawn.
        let id = begin(&town, &system, &accounts[2]).await.ok()["id"].as_str().unwrap().to_owned();
        is(&town, 1, 1).await;
        assert_eq!(ask(&security, true).await, "ok");
        assert_eq!(listed(&town, &audit).await["named_alone"], true);
        assert_eq!(officer(&town, &security, &format!("/{id}/answer"), json!({ "yes": false })).await.word(), "ok");

        // A newcomer without a name does nothing in a file, and is told why; and new posts take a name.
        assert_eq!(crate::operators::propose(&town, &system, "zhao", "staff 9", "system").await.word(), "invalid");
        town.province.require_named(&Actor::System, false).await.unwrap();
        let other = newcomer(&town, (&system, &security), "zhao", "staff 9", "system").await;
        let third = town.province.add_operator(&Actor::System, "third", "staff 10", Role::Security).await.unwrap();
        let unnamed = crate::recovery::signed_in_as(&town, &third).await;
        town.province.require_named(&Actor::System, true).await.unwrap();
        let begun = begin(&town, &other, &accounts[2]).await;
        assert_eq!(begun.word(), "not_named", "{}", begun.body);
        let text = begun.body.to_string();
        assert!(text.contains("登记") && text.contains("named"), "{text}");
        let looked = town.door.operator(&other, Method::GET, &format!("/api/v1/residents/{}", accounts[2]), None).await;
        assert_eq!(looked.word(), "not_named");
        // The security operator who is not named is never drawn.
        for _ in 0..8 {
            let begun = begin(&town, &system, &accounts[3]).await.ok();
            assert_eq!(begun["approver"], "security");
            let id = begun["id"].as_str().unwrap();
            assert_eq!(officer(&town, &security, &format!("/{id}/answer"), json!({ "yes": false })).await.word(), "ok");
        }
        town.door.operator(&security, Method::POST, "/api/v1/operators/sign-out", None).await;
        keeps_out(&begin(&town, &system, &accounts[3]).await);
        assert_eq!(ask(&unnamed, false).await, "invalid", "at the command line alone");
    }
}
