//! Passkeys through the public door: joining with a counter's code, signing in without a name, proving more, adding and
//! removing; and each answer that must not hold.

use crate::browsers::{Browser, Shown};
use crate::soft_passkey::SoftPasskey;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::{invented_credential, invented_handle};
use yima_testkit::{Database, Phone, Town};

pub fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System }
}

pub async fn code(town: &Town, account: &str) -> String {
    town.province.issue_enrolment_code(&clerk(), account).await.unwrap().0
}

/// A resident who joined with a passkey and is signed in.
pub async fn joined(town: &Town, account: &str, number: u8) -> (Browser, SoftPasskey) {
    let mut browser = Browser::new(town);
    let code = code(town, account).await;
    let began = browser.form("/account/join", "/account/join", &[("code", &code)]).await;
    assert_eq!((began.status, began.to.as_str()), (303, "/account/join/ways"), "{}", began.body);
    let asked = browser.ask("/account/join/ways", "join", json!({})).await;
    let (key, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), number, number.is_multiple_of(2));
    let mark = browser.mark("/account/join/ways").await;
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", &answer), ("name", "钥匙")];
    let done = browser.form_with(&mark, "/account/join/passkey", &fields).await;
    assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
    (browser, key)
}

async fn sign_in(browser: &mut Browser, key: &SoftPasskey) -> Shown {
    let asked = browser.ask("/account/sign-in", "sign-in", json!({})).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    browser.form("/account/sign-in", "/account/sign-in/passkey", &fields).await
}

pub async fn step_up(browser: &mut Browser, key: &SoftPasskey, page: &str, deed: &str, id: &str) -> Shown {
    let asked = browser.ask(page, "step-up", json!({ "for": deed, "id": id })).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("for", deed), ("id", id), ("ask", asked["ask"].as_str().unwrap()), ("answer", &answer)];
    browser.form(page, "/account/step-up/passkey", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn join_sign_out_sign_in_without_a_name_prove_more_add_and_remove() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let (mut browser, key) = joined(&town, &account, 1).await;
        let page = browser.get("/account").await;
        assert!(page.body.contains("钥匙") && page.body.contains("只在一部设备里"), "{}", page.body);
        let again = browser.form("/account", "/account/sign-out", &[]).await;
        assert_eq!(again.to, "/account/sign-in");
        assert_eq!(browser.cookie("ys"), None, "the session's cookie is gone");
        assert_eq!(browser.get("/account").await.to, "/account/sign-in?next=/account");

        town.clock.advance(60);
        let done = sign_in(&mut browser, &key).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
        let before = browser.cookie("ys").unwrap().to_owned();

        // Six minutes later a passkey can't be added before more is proven; the session has another secret then.
        town.clock.advance(360);
        let page = browser.get("/account/passkey/add").await;
        assert_eq!(page.to, "/account/step-up?for=add-passkey&id=&next=/account/passkey/add");
        let risen = step_up(&mut browser, &key, &page.to, "add-passkey", "").await;
        assert_eq!(risen.status, 303, "{}", risen.body);
        assert_ne!(browser.cookie("ys").unwrap(), before, "a new secret at each rise (R11)");
        assert!(town.province.person(&before).await.unwrap().is_none(), "the old one opens nothing");

        let asked = browser.ask("/account/passkey/add", "add", json!({})).await;
        assert_eq!(asked["options"]["publicKey"]["excludeCredentials"].as_array().unwrap().len(), 1);
        let (young, answer) = SoftPasskey::make(&asked["options"], &browser.origin(), 2, true);
        let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str()), ("name", "平板")];
        let added = browser.form("/account/passkey/add", "/account/passkey/add", &fields).await;
        assert_eq!((added.status, added.to.as_str()), (303, "/account"), "{}", added.body);

        // The young one signs in, and does not remove the older one before a day is over (R8).
        let mut other = Browser::new(&town);
        assert_eq!(sign_in(&mut other, &young).await.status, 303);
        let page = other.get("/account").await.body;
        assert!(page.contains("在多部设备间同步"), "{page}");
        let older = page.split("/account/ways/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let path = format!("/account/ways/{older}/remove");
        let refused = other.form("/account", &path, &[]).await;
        assert!(refused.to.starts_with("/account/step-up?for=remove"), "{} {}", refused.status, refused.to);
        assert_eq!(step_up(&mut other, &young, &refused.to, "remove", &older).await.status, 303);
        assert!(other.form("/account", &path, &[]).await.to.starts_with("/account/step-up"), "still young");

        // A day later it does; the session that the older one opened ends.
        town.clock.advance(86_400);
        assert_eq!(sign_in(&mut other, &young).await.status, 303);
        let removed = other.form("/account", &path, &[]).await;
        assert_eq!((removed.status, removed.to.as_str()), (303, "/account"), "{}", removed.body);
        let refused = sign_in(&mut browser, &key).await;
        assert_eq!(refused.status, 403, "a removed passkey opens nothing");
        let last = other
            .get("/account")
            .await
            .body
            .split("/account/ways/")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        let last = other.form("/account", &format!("/account/ways/{last}/remove"), &[]).await;
        assert_eq!(last.status, 409, "the last one stays: {}", last.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_opens_once_and_only_what_it_was_asked_for() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (mut owner, mut key) = joined(&town, &account, 3).await;

    // The same answer sixteen times at once: one session.
    let mut browser = Browser::new(&town);
    let asked = browser.ask("/account/sign-in", "sign-in", json!({})).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    let mark = browser.mark("/account/sign-in").await;
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let mut one = browser.clone();
            let request = one.form_request(&mark, "/account/sign-in/passkey", &fields);
            tokio::spawn(async move { one.send(request).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in tries {
        statuses.push(one.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|s| **s == 303).count(), 1, "{statuses:?}");

    // Somebody else's browser can't use the challenge, and an answer without verification is none.
    let asked = browser.ask("/account/sign-in", "sign-in", json!({})).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    let mut stranger = Browser::new(&town);
    assert_eq!(stranger.form("/account/sign-in", "/account/sign-in/passkey", &fields).await.status, 403);
    key.verifies = false;
    assert_eq!(sign_in(&mut browser, &key).await.status, 403);
    key.verifies = true;

    // A challenge for one deed does not prove another one, a late one nothing.
    town.clock.advance(400);
    let page = "/account/step-up?for=add-passkey&id=&next=/account";
    let asked = owner.ask(page, "step-up", json!({ "for": "add-passkey" })).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("for", "change-password"), ("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    assert_eq!(owner.form(page, "/account/step-up/passkey", &fields).await.status, 403);
    let asked = owner.ask(page, "step-up", json!({ "for": "add-passkey" })).await;
    let answer = key.prove(&asked["options"]);
    town.clock.advance(301);
    let fields = [("for", "add-passkey"), ("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    assert_eq!(owner.form(page, "/account/step-up/passkey", &fields).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_of_another_site_or_person_is_none() {
    let town = Town::open(&Database::Sqlite).await;
    let accounts = town.accounts().await;
    let (mut browser, _) = joined(&town, &accounts[0], 5).await;
    let (_, other) = joined(&town, &accounts[1], 7).await;
    let page = "/account/step-up?for=add-passkey&id=&next=/account";
    let shown = step_up(&mut browser, &other, page, "add-passkey", "").await;
    assert_eq!(shown.status, 403, "another person's passkey does not raise this session");

    let mut stranger = Browser::new(&town);
    let code = code(&town, &accounts[2]).await;
    stranger.form("/account/join", "/account/join", &[("code", &code)]).await;
    let asked = stranger.ask("/account/join/ways", "join", json!({})).await;
    let (_, answer) = SoftPasskey::make(&asked["options"], "https://evil.example", 9, false);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", &answer), ("name", "x")];
    let shown = stranger.form("/account/join/ways", "/account/join/passkey", &fields).await;
    assert_eq!(shown.status, 403, "made at another site");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_joins_once_and_a_device_that_it_enrolled_opens_a_link() {
    let town = Town::open(&Database::Sqlite).await;
    let accounts = town.accounts().await;
    let (_, _) = joined(&town, &accounts[0], 11).await;
    let mut second = Browser::new(&town);
    let again = code(&town, &accounts[0]).await;
    let shown = second.form("/account/join", "/account/join", &[("code", &again)]).await;
    assert_eq!(shown.status, 409, "an account with ways to sign in is recovered at a counter, not joined");
    let shown = second.form("/account/join", "/account/join", &[("code", "aaaa-bbbb-cccc-dddd")]).await;
    assert_eq!(shown.status, 403);

    let mut phone = Phone::new(Suite::Es256, 4);
    let code = code(&town, &accounts[1]).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    let link = phone.send(&town.door, town.now(), Method::POST, "/api/v1/account/link", None).await.ok();
    let path = format!("/account{}", link["url"].as_str().unwrap().split("/account").nth(1).unwrap());
    let secret = path.split('=').nth(1).unwrap().to_owned();
    let mut browser = Browser::new(&town);
    let began = browser.form(&path, "/account/join", &[("link", &secret)]).await;
    assert_eq!(began.to, "/account/join/ways");
    let mut thief = Browser::new(&town);
    assert_eq!(thief.form(&path, "/account/join", &[("link", &secret)]).await.status, 403, "a link opens once");
    town.clock.advance(901);
    let late = phone.send(&town.door, town.now(), Method::POST, "/api/v1/account/link", None).await;
    assert_eq!(late.word(), "conflict", "only a moment after the enrolment");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_touch_on_a_phone_ends_all_browsers() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let mut phone = Phone::new(Suite::Es256, 4);
    let code = code(&town, &account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    let cookies = town.sign_in(&account, Acr::TwoFactor).await;
    let token = cookies.split(['=', ';']).nth(1).unwrap().to_owned();
    assert!(town.province.person(&token).await.unwrap().is_some());
    let ended = phone.send(&town.door, town.now(), Method::POST, "/api/v1/account/sessions/end", None).await.ok();
    assert_eq!(ended["ended"], 1);
    assert!(town.province.person(&token).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_written_by_hand_opens_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let accounts = town.accounts().await;
    let (browser, _) = joined(&town, &accounts[0], 13).await;
    let (mut thief, key) = joined(&town, &accounts[1], 15).await;
    let database = rusqlite::Connection::open(town.folder().join("yima.db")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(5)).unwrap();

    // The operator of the database gives their own session to somebody else, or a better sign-in.
    let own = thief.cookie("ys").unwrap().to_owned();
    let other = browser.cookie("ys").unwrap().to_owned();
    for sql in
        ["UPDATE session SET account = ?1 WHERE account = ?2", "UPDATE session SET acr = 'yima:4' WHERE ?1 <> ?2"]
    {
        database.execute(sql, [&accounts[0], &accounts[1]]).unwrap();
        assert!(town.province.person(&own).await.unwrap().is_none(), "{sql}");
    }
    assert!(town.province.person(&other).await.unwrap().is_none(), "the changed row of the other is no better");

    // And a passkey of their own to somebody else's account.
    database.execute("UPDATE authenticator SET account = ?1 WHERE account = ?2", [&accounts[0], &accounts[1]]).unwrap();
    thief.forget("ys");
    let shown = sign_in(&mut thief, &key).await;
    assert_eq!(shown.status, 500, "could not, and an alarm");
    assert_eq!(thief.cookie("ys"), None);
    let log = String::from_utf8_lossy(&yima_testkit::logged()).into_owned();
    assert!(log.contains("row_seal") && log.contains("session_mark"), "both alarms are in the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn invented_people_sign_in_and_who_has_a_way_keeps_it() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let mut accounts = town.accounts().await;
        let (mut own, own_key) = joined(&town, &accounts.remove(0), 3).await;
        let mut made = None;
        let origin = own.origin();
        let make = |options: &serde_json::Value| {
            let (key, answer) = SoftPasskey::make(options, &origin, 4, false);
            made = Some(key);
            answer
        };
        let many = town.province.invent_passkeys(make, |_| {}).await.unwrap();
        assert_eq!(many, accounts.len() as u64, "all but the one who joined");
        let mut key = made.unwrap();
        for account in &accounts {
            key.id = invented_credential(account);
            key.handle = URL_SAFE_NO_PAD.encode(invented_handle(account));
            let done = sign_in(&mut Browser::new(&town), &key).await;
            assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
        }
        own.forget("ys");
        assert_eq!(sign_in(&mut own, &own_key).await.status, 303);
        let again = |options: &serde_json::Value| SoftPasskey::make(options, &origin, 5, false).1;
        assert_eq!(town.province.invent_passkeys(again, |_| {}).await.unwrap(), 0, "once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn challenges_are_32_bytes_and_never_the_same() {
    let town = Town::open(&Database::Sqlite).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..32 {
        let asked = Browser::new(&town).ask("/account/sign-in", "sign-in", json!({})).await;
        let options =
            if asked["options"]["publicKey"].is_object() { &asked["options"]["publicKey"] } else { &asked["options"] };
        let challenge = URL_SAFE_NO_PAD.decode(options["challenge"].as_str().unwrap()).unwrap();
        assert_eq!(challenge.len(), 32);
        assert!(seen.insert(challenge), "asked twice");
    }
}
