//! Help at a counter through the public door: an officer begins a visit, a kiosk opens it by a short code, and only what it lists
//! is done, for a quarter of an hour at most (R12).

use crate::browsers::Browser;
use crate::recovery::signed_in;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};
use yima_code::Challenge;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Answer, Database, Phone, Town};

async fn place(town: &Town) -> (u32, u16) {
    let place = NewPlace { name: Text::new("窗口", "Window"), scenario: "hospital".into(), region: "370102".into() };
    let place = town.province.add_place(&Actor::System, place).await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    (place.site, place.scenario_id)
}

async fn begin(town: &Town, officer: &str, wish: Value) -> Answer {
    town.door.operator(officer, Method::POST, "/api/v1/manage/visits", Some(wish)).await
}

async fn visits(town: &Town, officer: &str) -> Value {
    town.door.operator(officer, Method::GET, "/api/v1/manage/visits", None).await.ok()
}

fn by_card(town: &Town, who: usize, site: u32, kiosk: &str, deeds: &[&str]) -> Value {
    json!({ "id_number": town.residents[who].id_number, "face": true, "site": site, "kiosk": kiosk, "deeds": deeds })
}

async fn open(kiosk: &mut Browser, begun: &Value) -> u16 {
    let code = begun["code"].as_str().unwrap();
    kiosk.form("/account/visit", "/account/visit", &[("code", code)]).await.status
}

/// Does the kiosk show a visit that stands?
async fn stands(kiosk: &mut Browser) -> bool {
    kiosk.get("/account/visit").await.body.contains("/account/visit/end")
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_an_officer_helps_and_only_what_the_visit_lists_is_done() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (site, _) = place(&town).await;
        let (system, security) = (signed_in(&town, 0).await, signed_in(&town, 1).await);
        let wish = |deeds: &[&str]| by_card(&town, 0, site, "1", deeds);

        // Who may begin one, and for what.
        assert_eq!(begin(&town, &security, wish(&["see_record"])).await.word(), "not_allowed");
        let mut unknown = wish(&["see_record"]);
        unknown["id_number"] = json!("11010519491231002X");
        assert_eq!(begin(&town, &security, unknown).await.word(), "not_allowed", "they don't learn who is registered");
        assert_eq!(begin(&town, &system, wish(&["delete_data"])).await.word(), "invalid");
        assert_eq!(begin(&town, &system, wish(&[])).await.word(), "invalid");
        let mut unseen = wish(&["see_record"]);
        unseen["face"] = json!(false);
        assert_eq!(begin(&town, &system, unseen).await.word(), "invalid", "the face was not compared");
        let mut nobody = wish(&["see_record"]);
        nobody["id_number"] = json!("11010519491231002X");
        assert_eq!(begin(&town, &system, nobody).await.word(), "not_found");
        let begun = begin(&town, &system, wish(&["explain_data"])).await.ok();
        let account = visits(&town, &system).await[0]["resident"].as_str().unwrap().to_owned();
        let mut phone = Phone::new(Suite::Es256, 1);
        let code = crate::passkeys::code(&town, &account).await;
        assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");

        // The kiosk: wrong letters open nothing, the right ones once.
        let mut kiosk = Browser::new(&town);
        kiosk.set_cookie("kd", "whoever-was-here-before");
        assert_eq!(open(&mut kiosk, &json!({ "code": "2222-2222" })).await, 403);
        assert_eq!(open(&mut kiosk, &begun).await, 303);
        assert_eq!(open(&mut Browser::new(&town), &begun).await, 403, "once");
        let page = kiosk.get("/account/visit").await.body;
        assert!(page.contains(begun["name_masked"].as_str().unwrap()) && page.contains("system"), "{page}");
        assert!(!page.contains("/account/visit/settings"), "what is not listed is not shown");
        assert_eq!(kiosk.cookie("kd"), None, "nobody is known there");
        let person = town.province.person(kiosk.cookie("ys").unwrap()).await.unwrap().unwrap();
        assert_eq!(
            (person.standing.acr.as_str(), person.until_at),
            ("yima:assisted", begun["until_at"].as_i64().unwrap())
        );

        // Elsewhere nobody is signed in: not in the account, not at apps, not at the API, and nothing raises it.
        assert_eq!(kiosk.get("/account").await.to, "/account/visit");
        let ask = kiosk.get("/account/passkey/add").await;
        assert_eq!(ask.to, "/account/visit");
        let cookies = format!("ys={}", kiosk.cookie("ys").unwrap());
        let headers = [("cookie", cookies), ("sec-fetch-site", "same-origin".to_owned())];
        for path in ["/api/v1/rights", "/api/v1/recoveries", "/api/v1/apps"] {
            assert_eq!(town.door.send(Method::GET, path, None, &headers).await.word(), "sign_in_needed", "{path}");
        }
        let direct = town.province.delete_data(&person.actor()).await;
        assert!(direct.is_err(), "the doorway lets nothing pass that is not listed");

        // What is listed is done by the resident, and both records name the help.
        let refused = kiosk.form("/account/visit", "/account/visit/settings", &[]).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        let asked = kiosk.form("/account/visit", "/account/visit/explain", &[("question", "为什么")]).await;
        assert_eq!((asked.status, asked.to.as_str()), (303, "/account/visit"), "{}", asked.body);
        let record = phone.send(&town.door, town.now(), Method::GET, "/api/v1/record", None).await.ok();
        let entry = record["entries"].as_array().unwrap().iter().find(|one| one["deed"] == "explain_data").unwrap();
        assert_eq!(entry["who"]["en"], "You");
        assert_eq!(entry["role"]["en"], "At a counter, with an officer's help");
        let audit = signed_in(&town, 2).await;
        let uses = town.door.operator(&audit, Method::GET, "/api/v1/uses?deed=explain_data", None).await.ok();
        assert!(uses.to_string().contains("opr_"), "the officer stands beside the resident: {uses}");
        let home = phone.send(&town.door, town.now(), Method::GET, "/api/v1/device", None).await.ok();
        assert!(home["notices"].to_string().contains("visit_began"), "{home}");

        // A quarter of an hour, and it is over; the kiosk forgets.
        town.clock.advance(15 * 60 - 1);
        assert!(stands(&mut kiosk).await);
        town.clock.advance(1);
        let over = kiosk.get("/account/visit").await;
        assert_eq!(over.clears.as_deref(), Some("\"cache\", \"cookies\", \"storage\""), "{}", over.body);
        assert_eq!((kiosk.cookie("ys"), kiosk.cookie("yk"), kiosk.cookie("yb")), (None, None, None));
        assert!(town.province.explain_data(&person.actor(), "why").await.is_err(), "over is over at the doorway too");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_visit_ends_by_either_of_the_two_and_by_the_next_one() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (site, _) = place(&town).await;
        let system = signed_in(&town, 0).await;
        let deeds = ["see_record"];
        let mut kiosk = Browser::new(&town);

        // By the officer.
        let begun = begin(&town, &system, by_card(&town, 0, site, "1", &deeds)).await.ok();
        assert_eq!(open(&mut kiosk, &begun).await, 303);
        let path = format!("/api/v1/manage/visits/{}/end", begun["id"].as_str().unwrap());
        assert_eq!(town.door.operator(&system, Method::POST, &path, None).await.word(), "ok");
        assert_eq!(town.door.operator(&system, Method::POST, &path, None).await.word(), "conflict");
        assert!(kiosk.get("/account/visit").await.clears.is_some());

        // By the resident, at the kiosk.
        let begun = begin(&town, &system, by_card(&town, 1, site, "1", &deeds)).await.ok();
        assert_eq!(open(&mut kiosk, &begun).await, 303);
        let token = kiosk.cookie("ys").unwrap().to_owned();
        let left = kiosk.form("/account/visit", "/account/visit/end", &[]).await;
        assert!(left.clears.is_some() && left.status == 200, "{}", left.body);
        assert!(town.province.person(&token).await.unwrap().is_none(), "its session ended");

        // By the next one at that kiosk, whichever browser stands there; another kiosk goes on.
        let first = begin(&town, &system, by_card(&town, 0, site, "1", &deeds)).await.ok();
        let elsewhere = begin(&town, &system, by_card(&town, 2, site, "2", &deeds)).await.ok();
        let mut other = Browser::new(&town);
        assert_eq!((open(&mut kiosk, &first).await, open(&mut other, &elsewhere).await), (303, 303));
        let next = begin(&town, &system, by_card(&town, 1, site, "1", &deeds)).await.ok();
        assert!(!stands(&mut kiosk).await && stands(&mut other).await);
        // The same browser under another name of a kiosk: what stood in it ends as well.
        assert_eq!(open(&mut other, &next).await, 303);
        let states = visits(&town, &system).await.to_string();
        let many = |word: &str| states.matches(&format!("\"state\":\"{word}\"")).count();
        assert_eq!((many("open"), many("ended")), (1, 4), "{states}");

        // Letters live for three minutes.
        let begun = begin(&town, &system, by_card(&town, 3, site, "3", &deeds)).await.ok();
        town.clock.advance(180);
        assert_eq!(open(&mut kiosk, &begun).await, 403);
        let all = visits(&town, &system).await;
        let late = all.as_array().unwrap().iter().find(|row| row["id"] == begun["id"]).unwrap();
        assert_eq!(late["state"], "ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_code_that_answered_this_counter_says_who_it_is_once() {
    let town = Town::open(&Database::Sqlite).await;
    let (site, scenario) = place(&town).await;
    let (elsewhere, _) = place(&town).await;
    let gate = town.province.add_gate(&Actor::System, "window", site).await.unwrap().key;
    let system = signed_in(&town, 0).await;
    let account = town.accounts().await.remove(0);
    let mut phone = Phone::new(Suite::Es256, 9);
    let code = crate::passkeys::code(&town, &account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    assert_eq!(phone.draw(&town.door, town.now(), 4, 0).await.word(), "ok");
    let challenge = challenge(&town, site, scenario);
    let check = json!({
        "digits": phone.answer(town.now(), &challenge),
        "challenge": URL_SAFE_NO_PAD.encode(challenge.to_bytes()),
    });
    let checked = town.door.gate(&gate, "/api/v1/codes/check", check).await.ok();
    assert_eq!(checked["verdict"], "valid", "{checked}");
    let wish = |site: u32, receipt: &Value| json!({ "receipt": receipt, "face": true, "site": site, "kiosk": "1", "deeds": ["see_record"] });
    let receipt = &checked["receipt"];
    assert_eq!(begin(&town, &system, wish(elsewhere, receipt)).await.word(), "not_found", "of another counter");
    assert_eq!(begin(&town, &system, wish(site, receipt)).await.word(), "ok");
    assert_eq!(begin(&town, &system, wish(site, receipt)).await.word(), "conflict", "once");
    assert_eq!(visits(&town, &system).await[0]["resident"], account);
    // A code that answered nobody says less, however valid it is; and so does one of three minutes ago.
    town.clock.advance(121);
    assert_eq!(begin(&town, &system, wish(site, receipt)).await.word(), "not_found");
}

fn challenge(town: &Town, site: u32, scenario: u16) -> Challenge {
    Challenge::unsigned(scenario, site, u32::try_from(town.now()).unwrap(), [7; 8])
}
