//! The conditions on an operator's deed with facts that come out of the store, not out of a test's hand: their post's lease, their
//! office, how many files they looked at, how many searches they asked for.

use crate::organisations::signed_in;
use crate::posts::{Office, press};
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_kernel::subject::Actor;
use yima_testkit::{Database, Town};

const DAY: i64 = 86_400;

/// Notes that an operator is the nth resident.
async fn is(office: &Office, operator: &str, nth: usize) {
    let number = office.town.residents[nth].id_number.clone();
    office.town.province.know_operator(&Actor::System, operator, &number).await.unwrap();
}

/// The nth resident has a post at the office, accepted.
async fn in_post(office: &Office, nth: usize) -> String {
    let id = office.made(nth, "counter").await["id"].as_str().unwrap().to_owned();
    let mut own = office.browser(nth, Acr::Passkey).await;
    assert_eq!(press(&mut own, &id, "accept", &[]).await.status, 303);
    id
}

async fn ask(office: &Office, cookie: &str, nth: usize) -> String {
    let now = office.town.now();
    let body = json!({
        "case_number": "2026-0042", "from": now - DAY, "person": office.town.residents[nth].id_number,
        "purpose": "complaint 7", "to": now,
    });
    office.town.door.operator(cookie, Method::POST, "/api/v1/manage/audit-searches", Some(body)).await.word()
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_an_auditor_keeps_out_of_their_own_office_and_nobody_acts_when_the_feed_is_silent() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        in_post(&office, 0).await;
        in_post(&office, 1).await;
        let auditor = office.town.operators[2].name.clone();
        is(&office, &auditor, 0).await;
        let cookie = signed_in(&office.town, 2).await;
        assert_eq!(ask(&office, &cookie, 1).await, "same_office");
        assert_eq!(ask(&office, &cookie, 2).await, "ok", "somebody of no office of theirs");
        // Seven days without a word: the auditor's post is over, and with it everything that they may do.
        office.town.clock.advance(7 * DAY);
        let cookie = signed_in(&office.town, 2).await;
        assert_eq!(ask(&office, &cookie, 2).await, "feed_silent");
        let looked = office.town.door.operator(&cookie, Method::GET, "/api/v1/uses", None).await;
        assert_eq!(looked.word(), "feed_silent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_an_auditor_asks_for_twenty_searches_a_day_and_no_more() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let auditor = office.town.operators[2].name.clone();
        is(&office, &auditor, 0).await;
        let cookie = signed_in(&office.town, 2).await;
        for nth in 0..20 {
            assert_eq!(ask(&office, &cookie, 1).await, "ok", "search {nth}");
        }
        assert_eq!(ask(&office, &cookie, 1).await, "too_many");
        office.town.clock.advance(DAY + 1);
        let cookie = signed_in(&office.town, 2).await;
        assert_eq!(ask(&office, &cookie, 1).await, "ok", "the next day");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_nobody_looks_at_more_than_three_hundred_files_in_an_hour() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let path = format!("/residents/{}", office.account(0));
        let mut said = Vec::new();
        for _ in 0..301 {
            said.push(office.operator(Method::GET, &path, None::<Value>).await.word());
            if said.last().is_some_and(|word| word != "ok") {
                break;
            }
        }
        // The office itself looked for five residents when it was made.
        assert_eq!((said.len(), said.last().map(String::as_str)), (296, Some("mass_reading")));
        let wish = Some(json!({ "q": office.town.residents[0].id_number }));
        assert_eq!(office.operator(Method::POST, "/residents/find", wish).await.word(), "mass_reading");
        office.town.clock.advance(3_601);
        let system = signed_in(&office.town, 0).await;
        let later = office.town.door.operator(&system, Method::GET, &format!("/api/v1{path}"), None).await;
        assert_eq!(later.word(), "ok", "an hour later");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r46_nobody_speaks_for_their_own_post_nor_opens_their_own_request() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let accepted = in_post(&office, 0).await;
        let waiting = office.made(1, "counter").await["id"].as_str().unwrap().to_owned();
        let mut browser = office.browser(0, Acr::Passkey).await;
        let shown = browser.json("/api/v1/rights/explain", &json!({ "question": "为什么" })).await;
        let asked: Value = serde_json::from_str(&shown.body).unwrap();
        let request = asked["id"].as_str().unwrap_or_else(|| panic!("{asked}")).to_owned();
        let system = office.town.operators[0].name.clone();
        let word = async |method: Method, path: String, body: Option<Value>| {
            office.town.door.operator(&office.system, method, &path, body).await.word()
        };
        let end = || Some(json!({ "reason": "test" }));
        assert_eq!(word(Method::GET, format!("/api/v1/manage/rights/{request}"), None).await, "ok");
        is(&office, &system, 0).await;
        assert_eq!(word(Method::GET, format!("/api/v1/manage/rights/{request}"), None).await, "own_file");
        assert_eq!(word(Method::POST, format!("/api/v1/posts/{accepted}/renew"), None).await, "own_file");
        assert_eq!(word(Method::POST, format!("/api/v1/posts/{accepted}/end"), end()).await, "own_file");
        // A post that waits is of nobody's account yet, and of theirs all the same.
        is(&office, &system, 1).await;
        assert_eq!(word(Method::POST, format!("/api/v1/posts/{waiting}/end"), end()).await, "own_file");
        is(&office, &system, 2).await;
        assert_eq!(word(Method::POST, format!("/api/v1/posts/{waiting}/end"), end()).await, "ok");
    }
}
