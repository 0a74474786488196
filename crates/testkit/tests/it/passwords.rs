//! A password through the public door: taken as it was typed, changed with the old one, told to the owner's phone, and
//! whoever else was signed in is out.

use crate::browsers::{Browser, Shown};
use crate::passkeys::code;
use crate::sign_in::{Owner, PASSWORD, try_password};
use serde_json::{Value, json};
use yima_keys::Suite;
use yima_testkit::{Database, Phone, Town};

/// 64 characters, letters of both sizes, a space at each end, other scripts.
const LONG: &str = " Correct Horse 电池 STAPLE — and sixty-four characters, all told! ";

async fn change(browser: &mut Browser, old: &str, new: &str) -> Shown {
    browser.form("/account/password", "/account/password/change", &[("old", old), ("new", new)]).await
}

async fn notices(town: &Town, phone: &mut Phone) -> Vec<Value> {
    let home = phone.send(&town.door, town.now(), reqwest::Method::GET, "/api/v1/device", None).await.ok();
    home["notices"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_wants_the_old_one_ends_other_sign_ins_and_is_told() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let mut owner = Owner::joined(&town).await;
        let account = town.province.person(owner.browser.cookie("ys").unwrap()).await.unwrap().unwrap().account;
        let mut phone = Phone::new(Suite::Es256, 5);
        let proof = json!({ "code": code(&town, account.as_str()).await });
        assert_eq!(phone.enrol(&town.door, town.now(), proof).await.word(), "ok");
        let told = notices(&town, &mut phone).await.len();
        town.clock.advance(60);
        let digits = owner.digits(town.now());
        let mut other = Browser::new(&town);
        assert_eq!(try_password(&mut other, "zhang.san", PASSWORD, &digits).await.status, 303);

        assert_eq!(change(&mut owner.browser, "not the old one", LONG).await.status, 403);
        for weak in ["short", "password123", "zhang.san123456", "yimashandong1"] {
            let refused = change(&mut owner.browser, PASSWORD, weak).await;
            assert_eq!(refused.status, 422, "{weak}: {}", refused.body);
            assert!(refused.body.contains("几个不相干的词"), "says what to do: {}", refused.body);
        }
        assert_eq!(other.get("/account").await.status, 200, "nothing of that ended anything");
        let done = change(&mut owner.browser, PASSWORD, LONG).await;
        assert_eq!((done.status, done.to.as_str()), (303, "/account"), "{}", done.body);
        assert_eq!(owner.browser.get("/account").await.status, 200, "who changed it goes on");
        let out = other.get("/account").await;
        assert_ne!(out.status, 200, "whoever else was signed in is out: {}", out.body);
        let now_told = notices(&town, &mut phone).await;
        assert!(
            now_told.len() > told && now_told.iter().any(|n| n.to_string().contains("登录密码改了")),
            "{now_told:?}"
        );

        // As it was typed, to the last space and the size of each letter; the old one is over.
        for (password, status) in [(PASSWORD, 403), (LONG.trim(), 403), (&LONG.to_lowercase(), 403), (LONG, 303)] {
            town.clock.advance(30 * 60);
            let digits = owner.digits(town.now());
            let shown = try_password(&mut Browser::new(&town), "zhang.san", password, &digits).await;
            assert_eq!(shown.status, status, "{password:?}");
        }
    }
}

/// Rules R4 and R6: whoever sits at somebody's open session can't try passwords there either.
#[tokio::test(flavor = "multi_thread")]
async fn r4_the_old_password_is_no_oracle() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let mut owner = Owner::joined(&town).await;
        for _ in 0..12 {
            assert_eq!(change(&mut owner.browser, "not the old one", LONG).await.status, 403);
        }
        let right = change(&mut owner.browser, PASSWORD, LONG).await;
        assert_eq!(right.status, 403, "after twelve wrong ones the right one waits: {}", right.to);
        // Whoever proved two factors long ago is asked to prove them first, whether the old password is right or wrong.
        town.clock.advance(6 * 60);
        for old in ["not the old one", PASSWORD] {
            let shown = change(&mut owner.browser, old, LONG).await;
            assert!(shown.status == 303 && shown.to.starts_with("/account/step-up"), "{} {}", shown.status, shown.to);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_masked_and_open_to_password_managers() {
    let town = Town::open(&Database::Sqlite).await;
    let mut owner = Owner::joined(&town).await;
    let change = owner.browser.get("/account/password").await.body;
    let sign_in = Browser::new(&town).get("/account/sign-in").await.body;
    for (page, fields) in [
        (&change, ["name=\"old\" autocomplete=\"current-password\"", "name=\"new\" autocomplete=\"new-password\""]),
        (&sign_in, ["name=\"password\" autocomplete=\"current-password\"", "type=\"password\""]),
    ] {
        for field in fields {
            assert!(page.contains(field), "{field} in {page}");
        }
        // Nothing on the page keeps anybody from pasting: no script of its own, no attribute.
        for forbidden in ["onpaste", "readonly", "autocomplete=\"off\""] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        for input in page.split("<input").skip(1) {
            let tag = input.split('>').next().unwrap();
            let is_password = ["password", "old", "new"].iter().any(|name| tag.contains(&format!("name=\"{name}\"")));
            assert_eq!(is_password, tag.contains("type=\"password\""), "{tag}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_of_an_authenticator_count_for_a_minute_and_a_half_at_most() {
    let town = Town::open(&Database::Sqlite).await;
    let owner = Owner::joined(&town).await;
    town.clock.advance(3_600);
    let digits = owner.digits(town.now());
    town.clock.advance(91);
    let late = try_password(&mut Browser::new(&town), "zhang.san", PASSWORD, &digits).await;
    assert_eq!(late.status, 403, "digits of a minute and a half ago");
    town.clock.advance(3_600);
    let ahead = owner.digits(town.now() + 91);
    let early = try_password(&mut Browser::new(&town), "zhang.san", PASSWORD, &ahead).await;
    assert_eq!(early.status, 403, "digits of a minute and a half ahead");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_over_a_live_one_gives_another_secret_of_256_bits() {
    let town = Town::open(&Database::Sqlite).await;
    let mut owner = Owner::joined(&town).await;
    let first = owner.browser.cookie("ys").unwrap().to_owned();
    town.clock.advance(60);
    let digits = owner.digits(town.now());
    let fields = [("identifier", "zhang.san"), ("password", PASSWORD), ("digits", digits.as_str())];
    let shown = owner.browser.form("/account/sign-out", "/account/sign-in", &fields).await;
    assert_eq!(shown.status, 303, "{}", shown.body);
    let second = owner.browser.cookie("ys").unwrap().to_owned();
    assert_ne!(first, second);
    assert!(town.province.person(&first).await.unwrap().is_none(), "the one of before is over");
    assert!(town.province.person(&second).await.unwrap().is_some());
    // Two secrets of 32 bytes share no run of eight characters but by a chance of one in 2^48 for each place.
    let windows = |text: &str| (0..text.len() - 8).map(|at| text[at..at + 8].to_owned()).collect::<Vec<_>>();
    let (old, new) = (windows(&first), windows(&second));
    assert!(new.iter().take(32).all(|run| !old.contains(run)), "{first} {second}");
    assert!(first.len() >= 43 && second.len() >= 43, "43 characters of base64 are 256 bits");
}
