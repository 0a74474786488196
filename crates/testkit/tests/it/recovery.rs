//! Coming back to an account through the public door: two officers, the resident's own browser, the hold, and whoever
//! stops it; and the race of a recovery against its stop.

use crate::browsers::{Browser, Shown, field};
use crate::soft_passkey::SoftPasskey;
use reqwest::Method;
use serde_json::{Value, json};
use yima_keys::Suite;
use yima_province::NewOperator;
use yima_testkit::{Answer, Database, Lot, Phone, Town};

/// The cookies of an operator.
pub async fn signed_in(town: &Town, nth: usize) -> String {
    signed_in_as(town, &town.operators[nth]).await
}

pub async fn signed_in_as(town: &Town, operator: &NewOperator) -> String {
    let secret = operator.totp_uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let code = totp.generate(u64::try_from(town.now()).unwrap()).to_string();
    let wish = json!({ "name": operator.name, "password": operator.password, "totp": code });
    let answer = town.door.send(Method::POST, "/api/v1/operators/sign-in", Some(wish), &[]).await;
    assert!(answer.status.is_success(), "{}", answer.body);
    answer.cookie.unwrap()
}

pub async fn officer(town: &Town, cookie: &str, path: &str, body: Value) -> Answer {
    town.door.operator(cookie, Method::POST, &format!("/api/v1/manage/recoveries{path}"), Some(body)).await
}

/// A resident who joined with a passkey.
pub async fn joined(town: &Town, account: &str, number: u8) -> (Browser, SoftPasskey) {
    let mut browser = Browser::new(town);
    let code = crate::passkeys::code(town, account).await;
    browser.form("/account/join", "/account/join", &[("code", &code)]).await;
    let (key, shown) = new_passkey(&mut browser, "/account/join/ways", "join", "/account/join/passkey", number).await;
    assert_eq!(shown.to, "/account", "{}", shown.body);
    (browser, key)
}

pub async fn new_passkey(browser: &mut Browser, page: &str, what: &str, to: &str, number: u8) -> (SoftPasskey, Shown) {
    let asked = browser.ask(page, what, json!({})).await;
    let (key, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), number, true);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str()), ("name", "新手机")];
    let shown = browser.form(page, to, &fields).await;
    (key, shown)
}

pub async fn sign_in(town: &Town, key: &SoftPasskey) -> (u16, Browser) {
    let mut browser = Browser::new(town);
    let asked = browser.ask("/account/sign-in", "sign-in", json!({})).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    let shown = browser.form("/account/sign-in", "/account/sign-in/passkey", &fields).await;
    (shown.status, browser)
}

/// A browser that shows letters, and the letters.
pub async fn showing(town: &Town) -> (Browser, String) {
    let mut browser = Browser::new(town);
    let begun = browser.form("/account/recover", "/account/recover", &[]).await;
    assert_eq!(begun.to, "/account/recover", "{}", begun.body);
    let page = browser.get("/account/recover").await.body;
    let letters = page.split("<p class=\"key\"><b>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    (browser, letters)
}

/// Asked and answered by two officers.
pub async fn approved(town: &Town, cookies: &[String; 2], account: &str) -> (Browser, String) {
    let (browser, letters) = showing(town).await;
    let wish = json!({ "resident": account, "number": letters, "evidence": "身份证原件，人证一致" });
    let begun = officer(town, &cookies[0], "", wish).await.ok();
    let id = begun["id"].as_str().unwrap().to_owned();
    assert_eq!(begun["approver"], "security", "the colleague of another post who is present");
    assert_eq!(officer(town, &cookies[1], &format!("/{id}/answer"), json!({ "yes": true })).await.word(), "ok");
    (browser, id)
}

async fn phone(town: &Town, account: &str, number: u64) -> Phone {
    let mut phone = Phone::new(Suite::Es256, number);
    let code = crate::passkeys::code(town, account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    phone
}

async fn ask(town: &Town, phone: &mut Phone, method: Method, path: &str, body: Option<Value>) -> Answer {
    phone.send(&town.door, town.now(), method, path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_bring_somebody_back_and_what_matters_waits() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let mut phone = phone(&town, &account, 1).await;
        let (mut before, lost) = joined(&town, &account, 1).await;

        // The first officer alone gets nowhere: letters that nobody shows, no colleague present, no answer of one's own.
        let system = signed_in(&town, 0).await;
        let wish = |letters: &str| json!({ "resident": account, "number": letters, "evidence": "身份证原件" });
        let (mut browser, letters) = showing(&town).await;
        assert_eq!(officer(&town, &system, "", wish(&letters)).await.word(), "conflict", "nobody of another post");
        let security = signed_in(&town, 1).await;
        assert_eq!(officer(&town, &system, "", wish("2222-2222")).await.word(), "invalid");
        assert_eq!(officer(&town, &security, "", wish(&letters)).await.word(), "not_allowed");
        let id = officer(&town, &system, "", wish(&letters)).await.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(
            officer(&town, &system, &format!("/{id}/answer"), json!({ "yes": true })).await.word(),
            "not_allowed"
        );
        let page = browser.get("/account/recover").await.body;
        assert!(page.contains("第二位"), "{page}");
        let mark = browser.mark("/account/sign-in").await;
        let fields = [("ask", "x"), ("answer", "{}")];
        let early = browser.form_with(&mark, "/account/recover/passkey", &fields).await;
        assert_eq!(early.status, 403, "one officer opens nothing");
        let listed = town.door.operator(&security, Method::GET, "/api/v1/manage/recoveries", None).await.ok();
        assert_eq!((&listed[0]["yours"], &listed[0]["number"]), (&json!(true), &json!(letters)));

        // The second says yes: the resident's own browser makes the key, and everything of before is over.
        assert_eq!(officer(&town, &security, &format!("/{id}/answer"), json!({ "yes": true })).await.word(), "ok");
        let again = officer(&town, &security, &format!("/{id}/answer"), json!({ "yes": true })).await;
        assert_eq!(again.word(), "conflict");
        let mut stranger = Browser::new(&town);
        let taken =
            stranger.form("/account/recover", "/account/recover/passkey", &[("ask", "x"), ("answer", "{}")]).await;
        assert_eq!(taken.status, 403, "another browser has no part in it");
        let (key, done) = crate::lost_phones::comes_back(&mut browser, &[&phone.id], 2).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
        assert_eq!(before.get("/account").await.to, "/account/sign-in?next=/account", "every session ended");
        assert_eq!(sign_in(&town, &lost).await.0, 403, "the old one waits");
        let (status, mut back) = sign_in(&town, &key).await;
        assert_eq!(status, 303);
        let page = back.get("/account").await.body;
        assert!(page.contains("暂缓到") && page.contains("等你决定"), "{page}");

        // 72 hours, because a phone is alive: no deletion, no helper, no consent; the phone is told, and could stop it.
        let held = ask(&town, &mut phone, Method::GET, "/api/v1/recoveries", None).await.ok();
        assert_eq!(held[0]["hold_until"].as_i64().unwrap() - town.now(), 72 * 3600);
        for (path, body) in [
            ("/api/v1/rights/delete", json!(null)),
            ("/api/v1/rights/correct", json!({ "field": "phone", "to": "13800138000", "why": "换号" })),
            ("/api/v1/mandates/invitations", json!({ "scopes": ["show_code"] })),
        ] {
            let body = Some(body).filter(|body| !body.is_null());
            assert_eq!(ask(&town, &mut phone, Method::POST, path, body).await.word(), "in_hold", "{path}");
        }
        let home = ask(&town, &mut phone, Method::GET, "/api/v1/device", None).await.ok();
        let kinds: Vec<_> =
            home["notices"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        assert!(kinds.contains(&"recovery_began".to_owned()) && kinds.contains(&"recovered".to_owned()), "{kinds:?}");
        town.clock.advance(72 * 3600);
        assert_eq!(ask(&town, &mut phone, Method::POST, "/api/v1/rights/delete", None).await.word(), "ok");
        let late = ask(&town, &mut phone, Method::POST, &format!("/api/v1/recoveries/{id}/stop"), None).await;
        assert_eq!(late.word(), "conflict");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_touch_undoes_it_on_a_phone_and_by_the_message() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let accounts = town.accounts().await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let mut phone = phone(&town, &accounts[0], 3).await;
        let mut stranger = self::phone(&town, &accounts[1], 4).await;
        let (_, old) = joined(&town, &accounts[0], 3).await;
        let (mut browser, id) = approved(&town, &cookies, &accounts[0]).await;
        let (new, _) = new_passkey(&mut browser, "/account/recover", "recover", "/account/recover/passkey", 4).await;
        let stop = format!("/api/v1/recoveries/{id}/stop");
        assert_eq!(ask(&town, &mut stranger, Method::POST, &stop, None).await.word(), "not_found");
        assert_eq!(ask(&town, &mut phone, Method::POST, &stop, None).await.word(), "ok");
        assert_eq!(ask(&town, &mut phone, Method::POST, &stop, None).await.word(), "conflict", "once");
        assert_eq!(browser.get("/account").await.to, "/account/sign-in?next=/account", "its session ended");
        assert_eq!((sign_in(&town, &new).await.0, sign_in(&town, &old).await.0), (403, 303));

        // The same by the address in the message, before anything was made.
        let (mut browser, _) = approved(&town, &cookies, &accounts[0]).await;
        let message = town.province.inbox().remove(0).text;
        let link = message.split("/account").nth(1).unwrap().split(' ').next().unwrap();
        let mut anybody = Browser::new(&town);
        let shown = anybody.get(&format!("/account{link}")).await;
        let (mark, secret) = (field(&shown.body, "mark"), field(&shown.body, "link"));
        let fields = [("link", secret.as_str())];
        assert_eq!(anybody.form_with(&mark, "/account/recover/stop", &fields).await.status, 200);
        assert_eq!(anybody.form_with(&mark, "/account/recover/stop", &fields).await.status, 409);
        let refused =
            browser.form("/account/recover", "/account/recover/passkey", &[("ask", "x"), ("answer", "{}")]).await;
        assert_eq!(refused.status, 403, "{}", refused.body);
        assert_eq!(sign_in(&town, &old).await.0, 303);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_is_kept_by_name_stays_and_no_way_goes_in_or_out_during_the_hold() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
    let (_, old) = joined(&town, &account, 5).await;
    let (mut browser, _) = approved(&town, &cookies, &account).await;
    let page = browser.get("/account/recover").await.body;
    let way = page.split("name=\"keep\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let asked = browser.ask("/account/recover", "recover", json!({})).await;
    let (_, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), 6, true);
    let ask = asked["ask"].as_str().unwrap();
    let fields = [("ask", ask), ("answer", answer.as_str()), ("name", "新"), ("keep", way.as_str())];
    assert_eq!(browser.form("/account/recover", "/account/recover/passkey", &fields).await.to, "/account");
    let (status, mut kept) = sign_in(&town, &old).await;
    assert_eq!(status, 303, "kept by name");
    let removed = kept.form("/account", &format!("/account/ways/{way}/remove"), &[]).await;
    assert_eq!(removed.status, 403, "{}", removed.body);
    let person = town.province.person(kept.cookie("ys").unwrap()).await.unwrap().unwrap();
    assert_eq!(person.standing.proofing.number(), 2, "two officers saw them");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_one_officer_says_matched_and_no_more() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (browser, _) = joined(&town, &account, 7).await;
    let person = town.province.person(browser.cookie("ys").unwrap()).await.unwrap().unwrap();
    assert_eq!(person.standing.proofing.number(), 1, "the register says 2; one officer is not two");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_asks_for_twenty_in_a_day() {
    let town = Town::open(&Database::Sqlite).await;
    let accounts = town.accounts().await;
    let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
    for n in 0..21 {
        let (_, letters) = showing(&town).await;
        let wish = json!({ "resident": accounts[n % 4], "number": letters, "evidence": "身份证原件" });
        let begun = officer(&town, &cookies[0], "", wish).await;
        if n == 20 {
            assert_eq!(begun.word(), "too_many");
            break;
        }
        let id = begun.ok()["id"].as_str().unwrap().to_owned();
        assert_eq!(officer(&town, &cookies[1], &format!("/{id}/answer"), json!({ "yes": false })).await.word(), "ok");
    }
}

/// R52: a recovery against its stop, sixteen at once. Whatever came first, a stop that was acknowledged leaves no new key.
#[tokio::test(flavor = "multi_thread")]
async fn r52_a_recovery_and_its_stop_are_never_both() {
    let mut lot = Lot::of("r52_a_recovery_and_its_stop_are_never_both");
    for database in Database::all() {
        let town = Town::open(&database).await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let (mut stopped_first, mut stopped_after) = (0, 0);
        for (n, account) in (0u8..).zip(town.accounts().await) {
            let (_, old) = joined(&town, &account, 20 + 2 * n).await;
            let mut phone = phone(&town, &account, 40 + u64::from(n)).await;
            let (mut browser, id) = approved(&town, &cookies, &account).await;
            let asked = browser.ask("/account/recover", "recover", json!({})).await;
            let (new, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), 21 + 2 * n, true);
            let mark = browser.mark("/account/recover").await;
            let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str()), ("name", "新")];
            // Stops of some rounds come later than its recovery, so that both orders are seen.
            let begins = lot.start(90);
            let mut racers = Vec::new();
            let (mut stopper, _) = {
                let (status, browser) = sign_in(&town, &old).await;
                (browser, assert_eq!(status, 303))
            };
            let stop_mark = stopper.mark("/account").await;
            for turn in 0..16 {
                let recovers = turn % 2 == usize::from(n % 2);
                let mut one = if recovers { browser.clone() } else { stopper.clone() };
                let request = if recovers {
                    one.form_request(&mark, "/account/recover/passkey", &fields)
                } else {
                    one.form_request(&stop_mark, &format!("/account/recover/{id}/stop"), &[])
                };
                let late = if recovers { std::time::Duration::ZERO } else { begins + lot.start(6) };
                racers.push(tokio::spawn(async move {
                    tokio::time::sleep(late).await;
                    (recovers, one.send(request).await.status)
                }));
            }
            let stop = format!("/api/v1/recoveries/{id}/stop");
            tokio::time::sleep(begins).await;
            let by_phone = ask(&town, &mut phone, Method::POST, &stop, None).await.word() == "ok";
            let (mut recovered, mut stopped) = (0, u32::from(by_phone));
            for racer in racers {
                match racer.await.unwrap() {
                    (true, 303) => recovered += 1,
                    (false, 200) => stopped += 1,
                    _ => {}
                }
            }
            assert!(recovered <= 1 && stopped <= 1, "{recovered} {stopped}");
            let (with_new, with_old) = (sign_in(&town, &new).await.0 == 303, sign_in(&town, &old).await.0 == 303);
            assert!(with_new != with_old, "one of the two opens, never both and never none ({n})");
            assert_eq!(with_old, stopped == 1, "a stop that was acknowledged leaves no new key ({n})");
            assert!(recovered == 1 || stopped == 1, "somebody won");
            stopped_first += u32::from(stopped == 1 && recovered == 0);
            stopped_after += u32::from(stopped == 1 && recovered == 1);
        }
        println!("{database:?}: stopped before {stopped_first}, after {stopped_after} of 8");
    }
}
