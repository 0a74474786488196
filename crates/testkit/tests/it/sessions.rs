//! Sign-ins in browsers, seen and ended: by their owner one at a time, at a counter all at once.

use crate::browsers::Browser;
use crate::passkeys::{code, joined};
use reqwest::Method;
use serde_json::json;
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::{Person, Standing};
use yima_testkit::{Database, Phone, Town};

async fn person(town: &Town, browser: &Browser) -> Option<Person> {
    town.province.person(browser.cookie("ys").unwrap()).await.unwrap()
}

/// Another browser of the same person.
async fn beside(town: &Town, account: &str) -> Browser {
    let mut browser = Browser::new(town);
    let cookies = town.sign_in(account, Acr::Passkey).await;
    browser.set_cookie("ys", cookies.split(';').next().unwrap().strip_prefix("ys=").unwrap());
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_each_and_ends_one() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (mut own, _) = joined(&town, &account, 6).await;
    let (second, third) = (beside(&town, &account).await, beside(&town, &account).await);
    let page = own.get("/account").await.body;
    let ends: Vec<&str> =
        page.split("action=\"/account/sessions/").skip(1).map(|rest| rest.split('/').next().unwrap()).collect();
    assert_eq!(ends.iter().filter(|id| **id != "others").count(), 2, "one for each other browser: {ends:?}");
    let id = person(&town, &second).await.unwrap().session.as_str().to_owned();
    assert!(ends.contains(&id.as_str()), "{id} in {ends:?}");
    let done = own.form("/account", &format!("/account/sessions/{id}/end"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(person(&town, &second).await.is_none(), "ended");
    assert!(person(&town, &third).await.is_some() && person(&town, &own).await.is_some(), "and no other");
    // Somebody else's can't be ended, nor seen to be there.
    let other = town.accounts().await.remove(1);
    let (mut stranger, _) = joined(&town, &other, 8).await;
    let id = person(&town, &third).await.unwrap().session.as_str().to_owned();
    let refused = stranger.form("/account", &format!("/account/sessions/{id}/end"), &[]).await;
    assert_eq!(refused.status, 404, "{}", refused.body);
    assert!(person(&town, &third).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_signs_somebody_out_of_all_and_their_phone_is_told() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let mut phone = Phone::new(Suite::Es256, 15);
        let proof = json!({ "code": code(&town, &account).await });
        assert_eq!(phone.enrol(&town.door, town.now(), proof).await.word(), "ok");
        let browsers = [beside(&town, &account).await, beside(&town, &account).await];
        let other = beside(&town, &town.accounts().await.remove(1)).await;
        let officer = |role| Actor::Operator { operator: OperatorId::new(0, [3; 10]), role };
        for role in [Role::Security, Role::Audit] {
            let refused = town.province.end_sign_ins_of(&officer(role), &account).await;
            assert!(refused.is_err(), "{role:?} has no counter");
        }
        assert!(person(&town, &browsers[0]).await.is_some());
        let nobody = "res_00000000000000000000000000";
        assert!(town.province.end_sign_ins_of(&officer(Role::System), nobody).await.is_err());
        let ended = town.province.end_sign_ins_of(&officer(Role::System), &account).await.unwrap();
        assert_eq!(ended, 2);
        for browser in &browsers {
            assert!(person(&town, browser).await.is_none());
        }
        assert!(person(&town, &other).await.is_some(), "nobody else's");
        let home = phone.send(&town.door, town.now(), Method::GET, "/api/v1/device", None).await.ok();
        assert!(home["notices"].to_string().contains("窗口替你退出"), "{home}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_of_a_signed_in_person_shows_the_way_out() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (mut own, _) = joined(&town, &account, 6).await;
    for path in ["/account", "/account/password", "/account/enterprises", "/account/posts", "/account/recover"] {
        let page = own.get(path).await;
        assert!(page.status != 200 || page.body.contains("href=\"/account/sign-out\""), "{path}: {}", page.body);
    }
    let stranger = Browser::new(&town).get("/account/sign-in").await;
    assert!(!stranger.body.contains("/account/sign-out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_a_counter_is_over_after_its_day() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (code, until) = {
        let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
        town.province.issue_enrolment_code(&clerk, &account).await.unwrap()
    };
    assert!(until - town.now() <= 86_400, "a day at most");
    town.clock.advance(until - town.now() + 1);
    let mut browser = Browser::new(&town);
    let late = browser.form("/account/join", "/account/join", &[("code", &code)]).await;
    assert_ne!(late.to, "/account/join/ways", "{} {}", late.status, late.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_suspended_reported_dead_or_erased_is_signed_in_nowhere() {
    const DAY: i64 = 86_400;
    let town = Town::open(&Database::Sqlite).await;
    let (officer, accounts) =
        (Actor::Operator { operator: OperatorId::new(0, [3; 10]), role: Role::System }, town.accounts().await);
    let [suspended, dead, erased] = [&accounts[0], &accounts[1], &accounts[2]];
    let me = person(&town, &beside(&town, erased).await).await.unwrap();
    town.province.delete_data(&me.actor()).await.unwrap();
    town.clock.advance(7 * DAY);
    let browsers = [beside(&town, suspended).await, beside(&town, dead).await, beside(&town, erased).await];
    for browser in &browsers {
        assert!(person(&town, browser).await.is_some());
    }
    town.province.change_standing(&officer, suspended, Standing::Suspend, "冒名").await.unwrap();
    town.province.report_death(&officer, dead, "hospital", "死亡证明 7 号").await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    for (browser, whose) in browsers.iter().zip(["suspended", "dead", "erased"]) {
        assert!(person(&town, browser).await.is_none(), "{whose}");
    }
    town.province.change_standing(&officer, suspended, Standing::Resume, "查清").await.unwrap();
    assert!(person(&town, &browsers[0]).await.is_none(), "what was ended does not come back");
}
