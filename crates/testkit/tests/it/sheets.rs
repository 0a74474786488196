//! The printed sheet of one-time codes through the public door: two officers, one print, ten codes that each sign in once.

use crate::browsers::Browser;
use crate::recovery::{approved, joined, sign_in, signed_in};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;
use yima_testkit::{Database, Town};

const PAGE: &str = "/account/sign-in/sheet";

/// What stands on the paper: groups of five digits, two a code.
fn codes_on(pdf: &[u8]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sheet.pdf");
    std::fs::write(&file, pdf).unwrap();
    let done = Command::new("pdftotext").args(["-raw"]).arg(&file).arg("-").output().unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let five = |word: &str| word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
    // 12345 is the telephone line, and stands alone.
    words.windows(2).filter(|two| two.iter().all(|word| five(word))).map(|two| two.join(" ")).collect()
}

async fn print(browser: &mut Browser) -> (u16, Vec<u8>) {
    let mark = browser.mark("/account/sign-in").await;
    browser.file(&mark, "/account/recover/sheet", &[]).await
}

async fn by_code(town: &Town, who: &str, code: &str) -> (u16, Browser) {
    let mut browser = Browser::new(town);
    let shown = browser.form(PAGE, PAGE, &[("identifier", who), ("code", code)]).await;
    (shown.status, browser)
}

async fn left(town: &Town, cookie: &str, account: &str) -> Value {
    let path = format!("/api/v1/residents/{account}/sheet");
    town.door.operator(cookie, Method::GET, &path, None).await.ok()["left"].clone()
}

/// The account and the ID number of a resident.
async fn resident(town: &Town, cookie: &str, nth: usize) -> (String, String) {
    let one = &town.residents[nth];
    let body = json!({ "q": one.id_number });
    let found = town.door.operator(cookie, Method::POST, "/api/v1/residents/find", Some(body)).await.ok();
    (found["items"][0]["id"].as_str().unwrap().to_owned(), one.id_number.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_a_sheet_is_printed_once_and_each_code_signs_in_once() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let (account, who) = resident(&town, &cookies[0], 0).await;
        let (mut before, lost) = joined(&town, &account, 1).await;
        assert_eq!(left(&town, &cookies[0], &account).await, Value::Null);

        // Before both agreed, and in another browser, nothing is printed.
        let mut stranger = Browser::new(&town);
        assert_eq!(print(&mut stranger).await.0, 403);
        let (mut kiosk, _) = approved(&town, &cookies, &account).await;
        assert!(kiosk.get("/account/recover").await.body.contains("登录码纸"));
        assert_eq!(print(&mut stranger).await.0, 403);
        let (status, pdf) = print(&mut kiosk).await;
        assert_eq!(status, 200);
        let codes = codes_on(&pdf);
        assert_eq!(codes.len(), 10, "{codes:?}");
        assert_eq!(print(&mut kiosk).await.0, 403, "once");
        assert_eq!(kiosk.get("/account").await.to, "/account/sign-in?next=/account", "nobody is signed in by printing");
        assert_eq!(before.get("/account").await.to, "/account/sign-in?next=/account", "every session ended");
        assert_eq!(sign_in(&town, &lost).await.0, 403, "the old way waits");

        // A code signs in once, at the lowest rung, in the hold.
        assert_eq!(by_code(&town, &town.residents[1].id_number, &codes[0]).await.0, 403);
        let (status, mut back) = by_code(&town, &who, &codes[0]).await;
        assert_eq!(status, 303);
        assert_eq!(by_code(&town, &who, &codes[0]).await.0, 403, "used");
        let person = town.province.person(back.cookie("ys").unwrap()).await.unwrap().unwrap();
        assert_eq!(person.standing.acr.as_str(), "yima:1");
        assert_eq!(person.standing.proofing.number(), 2, "two officers saw this person");
        let page = back.get("/account").await.body;
        assert!(page.contains("还剩 9") && page.contains("暂缓到"), "{page}");
        let adding = back.get("/account/passkey/add").await;
        assert!(adding.to.starts_with("/account/step-up"), "no way is added by paper: {} {}", adding.status, adding.to);

        // Wrong ones are counted like passwords: the sixth try waits, right or wrong.
        for n in 0..4 {
            assert_eq!(by_code(&town, &who, &format!("00000 0000{n}")).await.0, 403);
        }
        assert_eq!(by_code(&town, &who, &codes[1]).await.0, 403, "it waits");
        town.clock.advance(16 * 60);
        assert_eq!(by_code(&town, &who, &codes[1]).await.0, 303);
        assert_eq!(left(&town, &signed_in(&town, 0).await, &account).await, json!(8));

        // A new sheet ends the old one, with the sign-ins that came of it.
        town.clock.advance(73 * 3600);
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let (mut kiosk, _) = approved(&town, &cookies, &account).await;
        let newer = codes_on(&print(&mut kiosk).await.1);
        assert_eq!(by_code(&town, &who, &codes[2]).await.0, 403);
        let (status, mut back) = by_code(&town, &who, &newer[0].replace(' ', "")).await;
        assert_eq!(status, 303);

        // Its owner ends it; so does a counter, and no other post.
        assert_eq!(back.form("/account", "/account/sheet/end", &[]).await.status, 303);
        assert!(!back.get("/account").await.body.contains("登录码纸"));
        assert_eq!(by_code(&town, &who, &newer[1]).await.0, 403);
        let end = format!("/api/v1/residents/{account}/sheet/end");
        assert_eq!(town.door.operator(&cookies[0], Method::POST, &end, None).await.word(), "conflict");
        assert_eq!(town.door.operator(&cookies[1], Method::POST, &end, None).await.word(), "not_allowed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_a_counter_ends_a_lost_sheet_and_a_stopped_recovery_ends_its_sheet() {
    let town = Town::open(&Database::Sqlite).await;
    let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
    let (first, one) = resident(&town, &cookies[0], 0).await;
    let (second, two) = resident(&town, &cookies[0], 1).await;
    let (mut kiosk, _) = approved(&town, &cookies, &first).await;
    let codes = codes_on(&print(&mut kiosk).await.1);
    let (_, mut back) = by_code(&town, &one, &codes[0]).await;
    let end = format!("/api/v1/residents/{first}/sheet/end");
    assert_eq!(town.door.operator(&cookies[0], Method::POST, &end, None).await.word(), "ok");
    assert_eq!(by_code(&town, &one, &codes[1]).await.0, 403);
    assert_eq!(back.get("/account").await.to, "/account/sign-in?next=/account", "what it opened ended with it");
    assert_eq!(left(&town, &cookies[0], &first).await, Value::Null);

    let (mut kiosk, id) = approved(&town, &cookies, &second).await;
    let codes = codes_on(&print(&mut kiosk).await.1);
    let (_, mut back) = by_code(&town, &two, &codes[0]).await;
    assert_eq!(back.form("/account", &format!("/account/recover/{id}/stop"), &[]).await.status, 200);
    assert_eq!(by_code(&town, &two, &codes[1]).await.0, 403, "a sheet of a stopped recovery opens nothing");
}
