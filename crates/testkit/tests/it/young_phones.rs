//! Phones that were enrolled a moment ago (R11): one that came by a message, or by one officer's code beside others, shows codes and
//! stops whatever its holder will; what matters waits for a day, or for a passkey on the account page. Told on both databases.

use crate::browsers::Browser;
use crate::lost_phones::comes_back;
use crate::passkeys::{clerk, code, joined, step_up};
use crate::recovery::{approved, signed_in};
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_keys::Suite;
use yima_testkit::{Answer, Database, Phone, Town};

const DAY_S: i64 = 86_400;

async fn ask(town: &Town, phone: &mut Phone, method: Method, path: &str, body: Option<Value>) -> Answer {
    phone.send(&town.door, town.now(), method, path, body).await
}

/// Enrols a phone with a counter's code.
async fn by_code(town: &Town, account: &str, number: u64) -> Phone {
    let mut phone = Phone::new(Suite::Es256, number);
    let code = code(town, account).await;
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    phone
}

/// The account of the first resident, and a phone of theirs by name, ID number and what a message said.
async fn by_message(town: &Town, number: u64) -> (String, Phone) {
    let holder = &town.residents[0];
    let wish = json!({ "id_number": holder.id_number, "name": holder.name });
    let asked = town.door.send(Method::POST, "/api/v1/enrolments/otp", Some(wish), &[]).await.ok();
    let text = town.province.inbox().remove(0).text;
    let otp: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let mut phone = Phone::new(Suite::Es256, number);
    let proof = json!({ "challenge_id": asked["challenge_id"], "otp": otp });
    assert_eq!(phone.enrol(&town.door, town.now(), proof).await.word(), "ok");
    let page = town.province.find_residents(&clerk(), Some(&holder.id_number), None, None).await.unwrap();
    (page.items[0].id.clone(), phone)
}

async fn copied(town: &Town, phone: &mut Phone) -> String {
    let form = Some(json!({ "form": "json" }));
    ask(town, phone, Method::POST, "/api/v1/rights/copy", form).await.word()
}

/// Until when the phone waits, as its home screen says.
async fn young_until(town: &Town, phone: &mut Phone) -> Option<i64> {
    let home = ask(town, phone, Method::GET, "/api/v1/device", None).await.ok();
    home["devices"].as_array().unwrap().iter().find(|one| one["this"] == true).unwrap()["young_until"].as_i64()
}

/// Everything that waits, asked by this phone.
async fn what_matters(town: &Town, phone: &mut Phone) -> Vec<Answer> {
    let correct = json!({ "field": "name", "to": "王小明", "why": "改名了" });
    let sensitive = json!({ "scenario": "hotel", "attributes": ["name", "id_number"], "until_at": town.now() + 3_600 });
    let mut answers = Vec::new();
    for (path, body) in [
        ("rights/copy", Some(json!({ "form": "json" }))),
        ("rights/correct", Some(correct)),
        ("rights/restrict", None),
        ("rights/lift", None),
        ("rights/delete", None),
        ("mandates/invitations", Some(json!({ "scopes": ["show_code"] }))),
        ("trusted/invitations", None),
        ("consents", Some(sensitive)),
    ] {
        answers.push(ask(town, phone, Method::POST, &format!("/api/v1/{path}"), body).await);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_phone_by_message_waits_a_day_with_what_matters_and_shows_codes_at_once() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (_, mut phone) = by_message(&town, 1).await;
        assert_eq!(young_until(&town, &mut phone).await, Some(town.now() + DAY_S), "{database:?}");
        for answer in what_matters(&town, &mut phone).await {
            assert_eq!((answer.status.as_u16(), answer.word().as_str()), (403, "phone_young"), "{}", answer.body);
            let (zh, en) = (answer.body["detail_zh"].as_str().unwrap(), answer.body["detail"].as_str().unwrap());
            assert!(zh.contains("2026-11-24 10:00") && zh.contains("通行密钥") && zh.contains("窗口"), "{zh}");
            assert!(en.contains("2026-11-24 10:00") && en.contains("passkey") && en.contains("counter"), "{en}");
        }
        // What was asked in vain stands in the record, which it sees; it draws, shows, and agrees to a name.
        assert_eq!(phone.draw(&town.door, town.now(), 4, 2).await.word(), "ok");
        let number = Some(json!({ "scenario": "library" }));
        assert_eq!(ask(&town, &mut phone, Method::POST, "/api/v1/short-numbers", number).await.word(), "ok");
        let record = ask(&town, &mut phone, Method::GET, "/api/v1/record", None).await.ok();
        let refused = |one: &&Value| one["reason"] == "phone_young" && one["outcome"] == "refused";
        assert_eq!(record["entries"].as_array().unwrap().iter().filter(refused).count(), 8, "{record}");
        let name = json!({ "scenario": "hotel", "attributes": ["name"], "until_at": town.now() + 3_600 });
        assert_eq!(ask(&town, &mut phone, Method::POST, "/api/v1/consents", Some(name)).await.word(), "ok");

        town.clock.advance(DAY_S - 1);
        assert_eq!(copied(&town, &mut phone).await, "phone_young");
        town.clock.advance(1);
        assert_eq!(young_until(&town, &mut phone).await, None);
        for answer in what_matters(&town, &mut phone).await {
            assert_ne!(answer.word(), "phone_young", "{}", answer.body);
        }
        assert_eq!(copied(&town, &mut phone).await, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_the_first_phone_by_a_counters_code_is_trusted_and_the_next_ones_wait() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let accounts = town.accounts().await;
        let mut first = by_code(&town, &accounts[0], 1).await;
        assert_eq!((young_until(&town, &mut first).await, copied(&town, &mut first).await), (None, "ok".to_owned()));
        let mut second = by_code(&town, &accounts[0], 2).await;
        assert_eq!(copied(&town, &mut second).await, "phone_young", "{database:?}");
        assert_eq!(copied(&town, &mut first).await, "ok", "the older one is asked for nothing");

        // An officer who ends the phone first has no trusted one by it; a day after that it is the first again.
        let (cookie, path) = (signed_in(&town, 0).await, |id: &str| format!("/api/v1/devices/{id}/end"));
        for id in [&first.id, &second.id] {
            let lost = Some(json!({ "reason": "lost" }));
            assert_eq!(town.door.operator(&cookie, Method::POST, &path(id), lost).await.word(), "ok");
        }
        let mut third = by_code(&town, &accounts[0], 3).await;
        assert_eq!(copied(&town, &mut third).await, "phone_young");
        let end = Some(json!({ "reason": "unused" }));
        let own = path(&third.id);
        assert_eq!(ask(&town, &mut third, Method::POST, &own, end).await.word(), "ok");
        town.clock.advance(DAY_S);
        let mut fourth = by_code(&town, &accounts[0], 4).await;
        assert_eq!(copied(&town, &mut fourth).await, "ok");

        // Whoever signs in with a passkey has somebody to ask.
        let _ = joined(&town, &accounts[1], 5).await;
        let mut after = by_code(&town, &accounts[1], 5).await;
        assert_eq!(copied(&town, &mut after).await, "phone_young");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_passkey_on_the_account_page_vouches_for_a_phone() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let accounts = town.accounts().await;
        let (mut browser, key) = joined(&town, &accounts[0], 1).await;
        let (mut phone, mut other) = (by_code(&town, &accounts[0], 1).await, by_code(&town, &accounts[0], 2).await);
        let mut strangers = by_code(&town, &accounts[1], 3).await;
        let waits = by_code(&town, &accounts[1], 4).await.id;
        town.clock.advance(301);
        let page = browser.get("/account").await.body;
        let press = |id: &str| format!("/account/devices/{id}/vouch");
        assert!(page.contains(&press(&phone.id)) && page.contains("是我的手机"), "{page}");
        assert!(page.contains("新登记的，重要的事要等到 2026-11-24 10:00"), "{page}");

        // Neither an old proof nor one that is no passkey; then the press is named, proven, and pressed.
        let first = browser.form("/account", &press(&phone.id), &[]).await;
        assert_eq!(first.to, format!("/account/step-up?for=vouch-device&id={}&next=/account", phone.id));
        assert!(browser.get(&first.to).await.body.contains("这是我的手机：「手机」"));
        let mut weak = Browser::new(&town);
        let cookie = town.sign_in(&accounts[0], Acr::TwoFactor).await;
        weak.set_cookie("ys", cookie.split(['=', ';']).nth(1).unwrap());
        assert!(weak.form("/account", &press(&phone.id), &[]).await.to.starts_with("/account/step-up"));
        assert_eq!(copied(&town, &mut phone).await, "phone_young", "{database:?}");
        assert_eq!(step_up(&mut browser, &key, &first.to, "vouch-device", &phone.id).await.status, 303);
        let done = browser.form("/account", &press(&phone.id), &[]).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);

        // That phone does all at once, the other one waits on; both are told.
        assert_eq!((young_until(&town, &mut phone).await, copied(&town, &mut phone).await), (None, "ok".to_owned()));
        assert_eq!(copied(&town, &mut other).await, "phone_young");
        let home = ask(&town, &mut other, Method::GET, "/api/v1/device", None).await.ok();
        assert!(home["notices"].as_array().unwrap().iter().any(|one| one["kind"] == "device_vouched"), "{home}");
        assert!(!browser.get("/account").await.body.contains(&press(&phone.id)));

        // Nobody's phone but one's own, and none that does not wait.
        for id in [&waits, &phone.id, "dev_none"] {
            assert_eq!(browser.form("/account", &press(id), &[]).await.status, 404, "{id}");
        }
        assert_eq!(copied(&town, &mut strangers).await, "ok", "the stranger's first one never waited");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_what_one_officers_code_makes_beside_a_phone_vouches_for_nothing_that_day() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let mut own = by_code(&town, &account, 1).await;
        town.clock.advance(901);
        // The account has no way to sign in: a code makes the first one, and it is as young as the phone that it enrols.
        let (mut thief, key) = joined(&town, &account, 1).await;
        let mut thiefs = by_code(&town, &account, 2).await;
        let press = format!("/account/devices/{}/vouch", thiefs.id);
        assert!(thief.form("/account", &press, &[]).await.to.starts_with("/account/step-up?for=vouch-device"));
        let page = format!("/account/step-up?for=vouch-device&id={}&next=/account", thiefs.id);
        assert_eq!(step_up(&mut thief, &key, &page, "vouch-device", &thiefs.id).await.status, 303);
        assert!(thief.form("/account", &press, &[]).await.to.starts_with("/account/step-up"), "still young");
        assert_eq!(copied(&town, &mut thiefs).await, "phone_young", "{database:?}");
        let home = ask(&town, &mut own, Method::GET, "/api/v1/device", None).await.ok();
        let told = |kind: &str| home["notices"].as_array().unwrap().iter().any(|one| one["kind"] == kind);
        assert!(told("authenticator_added") && told("device_enrolled"), "its owner is told: {home}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_phone_in_the_hold_after_a_recovery_is_vouched_for_afterwards() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let (mut browser, _) = approved(&town, &cookies, &account).await;
        assert_eq!(comes_back(&mut browser, &[], 9).await.1.to, "/account");
        let mut phone = by_code(&town, &account, 1).await;
        let press = format!("/account/devices/{}/vouch", phone.id);
        assert_eq!(
            browser.form("/account", &press, &[]).await.status,
            403,
            "whoever came back vouches for nothing yet"
        );
        assert_eq!(copied(&town, &mut phone).await, "phone_young", "{database:?}");
        town.clock.advance(DAY_S);
        assert_eq!(copied(&town, &mut phone).await, "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_phone_of_a_moment_ago_stops_whatever_its_holder_will() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (account, mut young) = by_message(&town, 1).await;
        let (mut old, end) = (by_code(&town, &account, 2).await, |id: &str| format!("/api/v1/devices/{id}/end"));
        // Grown, and then a new one beside it.
        town.clock.advance(DAY_S);
        let asked = ask(&town, &mut old, Method::POST, "/api/v1/rights/delete", None).await.ok();
        let name = json!({ "scenario": "hotel", "attributes": ["name"], "until_at": town.now() + 3_600 });
        let consent = ask(&town, &mut old, Method::POST, "/api/v1/consents", Some(name)).await.ok();
        town.sign_in(&account, Acr::TwoFactor).await;
        let unused = || Some(json!({ "reason": "unused" }));
        let own = end(&young.id);
        assert_eq!(ask(&town, &mut young, Method::POST, &own, unused()).await.word(), "ok");
        let mut young = by_code(&town, &account, 3).await;
        assert_eq!(copied(&town, &mut young).await, "phone_young");
        let stop = format!("/api/v1/rights/{}/stop", asked["id"].as_str().unwrap());
        assert_eq!(ask(&town, &mut young, Method::POST, &stop, None).await.word(), "ok", "{database:?}");
        let withdraw = format!("/api/v1/consents/{}", consent["id"].as_str().unwrap());
        assert_eq!(ask(&town, &mut young, Method::DELETE, &withdraw, None).await.word(), "ok");
        let ended = ask(&town, &mut young, Method::POST, "/api/v1/account/sessions/end", None).await.ok();
        assert_eq!(ended["ended"], 1);
        assert_eq!(ask(&town, &mut young, Method::POST, &end(&old.id), unused()).await.word(), "ok");
    }
}
