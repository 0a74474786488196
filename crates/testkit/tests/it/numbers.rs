//! Telephone numbers through the public door: one that lay idle opens nothing until it is proven anew, and a change waits
//! 72 hours, told to the old number and every device, and stopped by one touch.

use crate::browsers::{Browser, Shown, field};
use crate::passkeys::{code, joined, step_up};
use crate::soft_passkey::SoftPasskey;
use reqwest::Method;
use serde_json::json;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::{AnswerRequest, CorrectData, Correctable, Decision};
use yima_testkit::{Database, Phone, Town};

const IDLE_S: i64 = 90 * 86_400;

fn newest(town: &Town) -> (String, String) {
    let inbox = town.province.inbox();
    (inbox[0].to.clone(), inbox[0].text.clone())
}

fn digits(text: &str) -> String {
    text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
}

async fn proven_anew(browser: &mut Browser, key: &SoftPasskey, what: &str) {
    let page = format!("/account/step-up?for={what}");
    assert_eq!(step_up(browser, key, &page, what, "").await.status, 303);
}

async fn again(browser: &mut Browser, key: &SoftPasskey) {
    browser.forget("ys");
    let asked = browser.ask("/account/sign-in", "sign-in", json!({})).await;
    let answer = key.prove(&asked["options"]);
    let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
    assert_eq!(browser.form("/account/sign-in", "/account/sign-in/passkey", &fields).await.status, 303);
}

async fn by_message(town: &Town, id_number: &str) -> usize {
    let before = town.province.inbox().len();
    let fields = [("identifier", id_number)];
    let shown = Browser::new(town).form("/account/sign-in", "/account/sign-in/message", &fields).await;
    assert_eq!((shown.status, shown.to.as_str()), (303, "/account/sign-in/message?next=/account"), "one answer");
    town.province.inbox().len() - before
}

/// Asks for a new number and types the digits that went to it.
async fn change(town: &Town, browser: &mut Browser, key: &SoftPasskey, to: &str) -> Shown {
    proven_anew(browser, key, "change-number").await;
    let sent = browser.form("/account/number", "/account/number/send", &[("to", to)]).await;
    assert!(sent.to.starts_with("/account/number?ask="), "{} {}", sent.status, sent.body);
    let (whither, text) = newest(town);
    assert!(whither.ends_with(&to[7..]) && text.contains("localhost"), "{whither} {text}");
    let page = browser.get(&sent.to).await.body;
    let (ask, right) = (field(&page, "ask"), digits(&text));
    let wrong = browser.form(&sent.to, "/account/number/digits", &[("ask", &ask), ("digits", "000000")]).await;
    assert_eq!(wrong.status, 403, "{}", wrong.body);
    browser.form(&sent.to, "/account/number/digits", &[("ask", &ask), ("digits", &right)]).await
}

/// The first account with its number, who joined with a passkey.
async fn somebody(town: &Town) -> (String, usize, Browser, SoftPasskey) {
    let account = town.accounts().await.remove(0);
    let (browser, key) = joined(town, &account, 1).await;
    let nth = nth_of(town, &account).await;
    (account, nth, browser, key)
}

async fn nth_of(town: &Town, account: &str) -> usize {
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    for (nth, resident) in town.residents.iter().enumerate() {
        let page = town.province.find_residents(&clerk, Some(&resident.id_number), None, None).await.unwrap();
        if page.items.iter().any(|row| row.id == account) {
            return nth;
        }
    }
    panic!("nobody is {account}")
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_a_number_that_lay_idle_opens_nothing_until_it_is_proven_anew() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, nth, mut browser, key) = somebody(&town).await;
        let id_number = town.residents[nth].id_number.clone();
        assert_eq!(by_message(&town, &id_number).await, 1);
        town.clock.advance(IDLE_S + 86_400);
        assert_eq!(by_message(&town, &id_number).await, 0, "somebody else may have it now");
        // Nor does it bring a device in.
        let before = town.province.inbox().len();
        let wish = json!({ "id_number": id_number, "name": town.residents[nth].name });
        let asked = town.door.send(Method::POST, "/api/v1/enrolments/otp", Some(wish), &[]).await;
        assert!(asked.status.is_success(), "{}", asked.body);
        assert_eq!(town.province.inbox().len(), before);

        again(&mut browser, &key).await;
        let page = browser.get("/account").await.body;
        assert!(page.contains("90 天没有用过"), "{page}");
        let sent = browser.form("/account/number", "/account/number/send", &[]).await;
        let page = browser.get(&sent.to).await.body;
        let (ask, right) = (field(&page, "ask"), digits(&newest(&town).1));
        let done = browser.form(&sent.to, "/account/number/digits", &[("ask", &ask), ("digits", &right)]).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account/number"), "{}", done.body);
        assert_eq!(by_message(&town, &id_number).await, 1);
        // Each sign-in by message proves it too.
        town.clock.advance(IDLE_S - 86_400);
        assert_eq!(by_message(&town, &id_number).await, 1);
    }
}

/// Asks for another number as the account's right, and an officer who saw the paper corrects it.
async fn corrected(town: &Town, browser: &Browser, to: &str) {
    let person = town.province.person(browser.cookie("ys").unwrap()).await.unwrap().unwrap();
    let wish = CorrectData { field: Correctable::Phone, to: to.to_owned(), why: "换号".to_owned() };
    let asked = town.province.correct_data(&person.actor(), wish).await.unwrap();
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    let answer = AnswerRequest {
        decision: Decision::Done,
        text: "已更正".to_owned(),
        evidence: "身份证原件和入网协议".to_owned(),
    };
    town.province.answer_request(&clerk, &asked.id, answer).await.unwrap();
}

async fn after(town: &Town, seconds: i64) {
    town.clock.advance(seconds);
    town.province.publish_bundle(&Actor::System).await.unwrap();
}

fn link_in(text: &str) -> String {
    text.split("stop?link=").nth(1).unwrap().split(' ').next().unwrap().to_owned()
}

/// Whoever lost the old number is served at a counter: nobody answers from it, and after three days the new one is known
/// from the day on which an officer saw the paper, however long the one before lay idle.
#[tokio::test(flavor = "multi_thread")]
async fn r7_a_number_that_an_officer_corrected_is_known_from_then_on() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, nth, mut browser, key) = somebody(&town).await;
        let id_number = town.residents[nth].id_number.clone();
        town.clock.advance(IDLE_S + 86_400);
        again(&mut browser, &key).await;
        corrected(&town, &browser, "13900001234").await;
        assert_eq!(by_message(&town, &id_number).await, 0, "neither the idle one nor the new one");
        after(&town, 72 * 3600 - 1).await;
        assert_eq!(by_message(&town, &id_number).await, 0, "72 hours");
        after(&town, 2).await;
        assert_eq!(by_message(&town, &id_number).await, 1);
        assert!(newest(&town).0.ends_with("1234"));
        // Known from the day at the counter, not from the end of the wait.
        town.clock.advance(IDLE_S - 72 * 3600);
        assert_eq!(by_message(&town, &id_number).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_a_number_that_an_officer_corrects_waits_is_told_and_is_stopped_by_one_touch() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (account, nth, mut browser, key) = somebody(&town).await;
        let mut phone = Phone::new(Suite::Es256, 1);
        let ticket = code(&town, &account).await;
        assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": ticket })).await.word(), "ok");
        let (id_number, old) = (town.residents[nth].id_number.clone(), town.residents[nth].phone.clone());
        let to_the_old = async |town: &Town| {
            assert_eq!(by_message(town, &id_number).await, 1);
            newest(town).0.ends_with(&old[7..])
        };
        // The old number is told and stops it, with no sign-in.
        corrected(&town, &browser, "13900001234").await;
        let (to, text) = newest(&town);
        assert!(to.ends_with(&old[7..]) && text.contains("窗口更正"), "{to} {text}");
        assert!(browser.get("/account").await.body.contains("139****1234"));
        assert!(to_the_old(&town).await, "no message opens anything at the new number yet");
        let link = link_in(&text);
        let page = format!("/account/number/stop?link={link}");
        let stopped = Browser::new(&town).form(&page, "/account/number/stop", &[("link", &link)]).await;
        assert_eq!(stopped.status, 200, "{}", stopped.body);
        after(&town, 73 * 3600).await;
        assert!(to_the_old(&town).await);
        // So does a device, which was told too.
        again(&mut browser, &key).await;
        corrected(&town, &browser, "13900001234").await;
        let me = phone.send(&town.door, town.now(), Method::GET, "/api/v1/device", None).await.ok();
        assert!(me["notices"].to_string().contains("窗口更正"), "{me}");
        let listed = phone.send(&town.door, town.now(), Method::GET, "/api/v1/number-changes", None).await.ok();
        let path = format!("/api/v1/number-changes/{}/stop", listed[0]["id"].as_str().unwrap());
        assert_eq!(phone.send(&town.door, town.now(), Method::POST, &path, None).await.word(), "ok");
        after(&town, 73 * 3600).await;
        assert!(to_the_old(&town).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_of_an_owners_change_and_an_officers_one_waits_the_later() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, nth, mut browser, key) = somebody(&town).await;
        let id_number = town.residents[nth].id_number.clone();
        change(&town, &mut browser, &key, "13900001234").await;
        let first = link_in(&newest(&town).1);
        corrected(&town, &browser, "13900005678").await;
        let page = format!("/account/number/stop?link={first}");
        let over = Browser::new(&town).form(&page, "/account/number/stop", &[("link", &first)]).await;
        assert_eq!(over.status, 409, "{}", over.body);
        let account = browser.get("/account").await.body;
        assert!(account.contains("139****5678") && !account.contains("139****1234"), "{account}");
        // And back: the owner, with a passkey and the number's own answer.
        assert_eq!(change(&town, &mut browser, &key, "13900009999").await.status, 303);
        let account = browser.get("/account").await.body;
        assert!(account.contains("139****9999") && !account.contains("139****5678"), "{account}");
        assert_eq!(change(&town, &mut browser, &key, "13900001234").await.status, 409);
        after(&town, 72 * 3600 + 1).await;
        assert_eq!(by_message(&town, &id_number).await, 1);
        assert!(newest(&town).0.ends_with("9999"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_a_change_of_number_waits_and_is_told_to_the_old_one() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, nth, mut browser, key) = somebody(&town).await;
        let old = town.residents[nth].phone.clone();
        let new = "13900001234";
        let done = change(&town, &mut browser, &key, new).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account/number"), "{}", done.body);
        let (to, text) = newest(&town);
        assert!(to.ends_with(&old[7..]) && text.contains("/account/number/stop?link="), "{to} {text}");
        let page = browser.get("/account").await.body;
        assert!(page.contains("139****1234"), "{page}");
        // A second one waits for the first.
        let second = change(&town, &mut browser, &key, "13900005678").await;
        assert_eq!(second.status, 409, "{}", second.body);
        town.clock.advance(72 * 3600 - 1);
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(by_message(&town, &town.residents[nth].id_number).await, 1);
        assert!(newest(&town).0.ends_with(&old[7..]), "72 hours");
        town.clock.advance(2);
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(by_message(&town, &town.residents[nth].id_number).await, 1);
        assert!(newest(&town).0.ends_with("1234"));
        again(&mut browser, &key).await;
        assert!(browser.get("/account").await.body.contains("139****1234"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r7_the_old_number_and_every_device_stop_a_change_by_one_touch() {
    let town = Town::open(&Database::Sqlite).await;
    let (account, nth, mut browser, key) = somebody(&town).await;
    let mut phone = Phone::new(Suite::Es256, 1);
    let ticket = code(&town, &account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": ticket })).await.word(), "ok");
    let old = town.residents[nth].phone.clone();
    let gone = async |town: &Town| {
        town.clock.advance(73 * 3600);
        town.province.publish_bundle(&Actor::System).await.unwrap();
        by_message(town, &town.residents[nth].id_number).await;
        newest(town).0.ends_with(&old[7..])
    };
    // By the message to the old number, without any sign-in.
    change(&town, &mut browser, &key, "13900001234").await;
    let text = newest(&town).1;
    let link = text.split("stop?link=").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let page = format!("/account/number/stop?link={link}");
    let mut stranger = Browser::new(&town);
    let wrong = stranger.form(&page, "/account/number/stop", &[("link", "AAAAAAAAAAAAAAAAAAAAAA")]).await;
    assert_eq!(wrong.status, 403);
    assert_eq!(stranger.form(&page, "/account/number/stop", &[("link", &link)]).await.status, 200);
    assert_eq!(stranger.form(&page, "/account/number/stop", &[("link", &link)]).await.status, 409, "once");
    assert!(gone(&town).await);
    // By a device; and by nobody else's.
    again(&mut browser, &key).await;
    change(&town, &mut browser, &key, "13900001234").await;
    let listed = phone.send(&town.door, town.now(), Method::GET, "/api/v1/number-changes", None).await.ok();
    assert_eq!(listed[0]["number_masked"], "139****1234");
    let path = format!("/api/v1/number-changes/{}/stop", listed[0]["id"].as_str().unwrap());
    let (mut other, _) = joined(&town, &town.accounts().await[1].clone(), 2).await;
    let to = format!("/account/number/{}/stop", listed[0]["id"].as_str().unwrap());
    assert_eq!(other.form("/account", &to, &[]).await.status, 404);
    assert_eq!(phone.send(&town.door, town.now(), Method::POST, &path, None).await.word(), "ok");
    assert!(gone(&town).await);
    // By a browser that is signed in.
    again(&mut browser, &key).await;
    change(&town, &mut browser, &key, "13900001234").await;
    let page = browser.get("/account").await.body;
    let to = page.split("action=\"/account/number/num_").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(browser.form("/account", &format!("/account/number/num_{to}"), &[]).await.to, "/account");
    assert!(gone(&town).await);
    // Without a passkey of the last five minutes nothing is asked for; a message's sign-in is not enough.
    again(&mut browser, &key).await;
    town.clock.advance(301);
    let sent = browser.form("/account/number", "/account/number/send", &[("to", "13900001234")]).await;
    assert!(sent.to.starts_with("/account/step-up?for=change-number"), "{}", sent.body);
}
