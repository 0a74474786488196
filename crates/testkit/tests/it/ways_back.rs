//! Other ways back to an account: a guardian for a ward, one's own other device, and the second look at what two officers did.

use crate::browsers::Browser;
use crate::recovery::{approved, joined, new_passkey, officer, showing, sign_in, signed_in};
use crate::soft_passkey::SoftPasskey;
use reqwest::Method;
use serde_json::json;
use std::io::Cursor;
use yima_kernel::subject::{Actor, Role};
use yima_province::{Format, Import};
use yima_testkit::{Database, Town};

/// A child of nine who comes into the register; its account.
pub async fn child(town: &Town, cookie: &str) -> String {
    let head = "37010120170707501";
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let number = format!("{head}{}", char::from(b"10X98765432"[usize::try_from(sum % 11).unwrap()]));
    let csv = format!("name,id_number,phone,region\n颜小宁,{number},15499900001,370102\n");
    let import = Import {
        file_hash: yima_keys::sha256(&[csv.as_bytes()]),
        source: String::new(),
        signature: None,
        reader: Box::new(Cursor::new(csv)),
        format: Format::Csv,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap();
    let find = Some(json!({ "q": number }));
    let found = town.door.operator(cookie, Method::POST, "/api/v1/residents/find", find).await.ok();
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

pub async fn guardian(town: &Town, cookie: &str, ward: &str, actor: &str) {
    let body =
        json!({ "kind": "guardian", "actor": actor, "evidence": "register", "reference": "file 7", "scopes": [] });
    let path = format!("/api/v1/residents/{ward}/mandates");
    assert_eq!(town.door.operator(cookie, Method::POST, &path, Some(body)).await.word(), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_guardian_brings_a_child_back_and_the_other_one_stops_it() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        let accounts = town.accounts().await;
        let ward = child(&town, &cookies[0]).await;
        for parent in &accounts[..2] {
            guardian(&town, &cookies[0], &ward, parent).await;
        }
        let (mut mother, key) = joined(&town, &accounts[0], 1).await;
        let (mut father, _) = joined(&town, &accounts[1], 2).await;
        let (mut stranger, _) = joined(&town, &accounts[2], 3).await;
        let (mut old_browser, old) = joined(&town, &ward, 4).await;

        // The letters on the child's device; nobody but a guardian, and only with a passkey of a moment ago.
        let (mut phone, letters) = showing(&town).await;
        let fields = [("number", letters.as_str()), ("ward", ward.as_str())];
        let page = "/account/let-in";
        assert_eq!(stranger.form(page, "/account/let-in/ward", &fields).await.status, 403);
        let seen = mother.get(&format!("{page}?n={letters}")).await.body;
        assert!(seen.contains(&ward) && seen.contains("Chromium · Linux"), "{seen}");
        town.clock.advance(301);
        let more = mother.form(page, "/account/let-in/ward", &fields).await;
        assert!(more.to.starts_with("/account/step-up?for=recover-ward"), "{} {}", more.status, more.to);
        let (status, mut mother) = sign_in(&town, &key).await;
        assert_eq!(status, 303);
        let wrong = [("number", "2222-2222"), ("ward", ward.as_str())];
        assert_eq!(mother.form(page, "/account/let-in/ward", &wrong).await.status, 422);
        let done = mother.form(page, "/account/let-in/ward", &fields).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!(mother.form(page, "/account/let-in/ward", &fields).await.status, 409, "one at a time");

        // As after two officers: everything of before waits; the proofing does not rise, as nobody looked.
        let (new, made) = new_passkey(&mut phone, "/account/recover", "recover", "/account/recover/passkey", 5).await;
        assert_eq!((made.status, made.to.as_str()), (303, "/account"), "{}", made.body);
        assert_eq!(old_browser.get("/account").await.to, "/account/sign-in?next=/account");
        assert_eq!((sign_in(&town, &old).await.0, sign_in(&town, &new).await.0), (403, 303));
        let person = town.province.person(phone.cookie("ys").unwrap()).await.unwrap().unwrap();
        assert_eq!(person.standing.proofing.number(), 1, "the register says 2, and no two officers looked");
        assert!(phone.get("/account").await.body.contains("暂缓到"), "the hold");

        // The other parent sees it and stops it.
        let shown = father.get("/account").await.body;
        let stop = shown.split("action=\"/account/recover/").nth(1).unwrap().split('"').next().unwrap();
        let stopped = father.form("/account", &format!("/account/recover/{stop}"), &[]).await;
        assert_eq!(stopped.status, 200, "{}", stopped.body);
        assert_eq!((sign_in(&town, &old).await.0, sign_in(&town, &new).await.0), (303, 403));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_guardian_stops_what_two_officers_began_and_one_who_is_none_any_more_makes_nothing() {
    let town = Town::open(&Database::Sqlite).await;
    let cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
    let account = town.accounts().await.remove(0);
    let ward = child(&town, &cookies[0]).await;
    guardian(&town, &cookies[0], &ward, &account).await;
    let (mut parent, _) = joined(&town, &account, 1).await;
    let (mut phone, id) = approved(&town, &cookies, &ward).await;
    assert_eq!(parent.form("/account", &format!("/account/recover/{id}/stop"), &[]).await.status, 200);
    let late = phone.form("/account/recover", "/account/recover/passkey", &[("ask", "x"), ("answer", "{}")]).await;
    assert_eq!(late.status, 403, "{}", late.body);

    // The guardian says yes, and is suspended by an order before the device has made its key.
    let (mut phone, letters) = showing(&town).await;
    let fields = [("number", letters.as_str()), ("ward", ward.as_str())];
    assert_eq!(parent.form("/account/let-in", "/account/let-in/ward", &fields).await.status, 200);
    let listed = format!("/api/v1/residents/{ward}/mandates");
    let mandates = town.door.operator(&cookies[1], Method::GET, &listed, None).await.ok();
    let mandate = mandates.to_string().split("edg_").nth(1).unwrap()[..26].to_owned();
    let order = json!({ "order": "file 7" });
    let path = format!("/api/v1/mandates/edg_{mandate}/suspend");
    assert_eq!(town.door.operator(&cookies[1], Method::POST, &path, Some(order)).await.word(), "ok");
    let (_, made) = new_passkey(&mut phone, "/account/recover", "recover", "/account/recover/passkey", 2).await;
    assert_eq!(made.status, 409, "{}", made.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_one_device_lets_another_in_which_is_young_for_a_day() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let (mut old, key) = joined(&town, &account, 1).await;
        let (mut new, letters) = showing(&town).await;
        let early = new.form("/account/sign-in", "/account/recover/device", &[("ask", "x"), ("answer", "{}")]).await;
        assert_eq!(early.status, 403, "letters open nothing");
        let number = ("number", letters.as_str());
        assert_eq!(old.form("/account/let-in", "/account/let-in", &[number]).await.status, 422, "not in the hand");
        assert_eq!(old.form("/account/let-in", "/account/let-in", &[number, ("sure", "1")]).await.status, 200);
        assert_eq!(old.form("/account/let-in", "/account/let-in", &[number, ("sure", "1")]).await.status, 422, "once");
        let mut other = Browser::new(&town);
        let taken = other.form("/account/recover", "/account/recover/device", &[("ask", "x"), ("answer", "{}")]).await;
        assert_eq!(taken.status, 403, "another browser has no part in it");
        let (made, shown) = new_passkey(&mut new, "/account/recover", "device", "/account/recover/device", 2).await;
        assert_eq!((shown.status, shown.to.as_str()), (303, "/account"), "{}", shown.body);
        let acr = async |browser: &Browser| {
            let person = town.province.person(browser.cookie("ys").unwrap()).await.unwrap().unwrap();
            person.standing.acr.as_str()
        };
        assert_eq!(acr(&new).await, "yima:2", "young: nothing heavy for a day");
        assert_eq!(old.get("/account").await.status, 200, "nothing of before ended");
        assert_eq!((sign_in(&town, &key).await.0, sign_in(&town, &made).await.0), (303, 303));
        town.clock.advance(24 * 3600);
        let (status, later) = sign_in(&town, &made).await;
        assert_eq!((status, acr(&later).await), (303, "yima:3"));
    }
}

/// Two in a hundred are drawn; the draw is the program's own, so this goes on until one is.
#[tokio::test(flavor = "multi_thread")]
async fn r14_somebody_who_was_neither_looks_again_at_what_was_drawn() {
    let town = Town::open(&Database::Sqlite).await;
    let third = town.province.add_operator(&Actor::System, "third", "staff of third", Role::System).await.unwrap();
    let account = town.accounts().await.remove(0);
    let mut cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
    for n in 0..600_u16 {
        if n % 20 == 19 {
            // A little more than a day, for what was asked a day ago to the second still counts.
            town.clock.advance(90_000);
            cookies = [signed_in(&town, 0).await, signed_in(&town, 1).await];
        }
        let (mut phone, id) = approved(&town, &cookies, &account).await;
        let asked = phone.ask("/account/recover", "recover", json!({})).await;
        let (_, answer) = SoftPasskey::make_one_of_many(&asked["options"], &phone.origin(), n + 1, true);
        let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str()), ("name", "新手机")];
        let made = phone.form("/account/recover", "/account/recover/passkey", &fields).await;
        assert_eq!(made.to, "/account", "{}", made.body);
        let list = "/api/v1/manage/recoveries";
        let waiting = town.door.operator(&cookies[0], Method::GET, list, None).await.ok();
        let drawn = waiting.as_array().unwrap().iter().any(|row| row["id"] == *id);
        if !drawn {
            let stopped = phone.form("/account", &format!("/account/recover/{id}/stop"), &[]).await;
            assert_eq!(stopped.status, 200, "{}", stopped.body);
            continue;
        }
        let look = json!({ "right": true, "why": "录像和证件都对" });
        let path = format!("/{id}/review");
        for cookie in &cookies {
            assert_eq!(officer(&town, cookie, &path, look.clone()).await.word(), "same_person");
        }
        let other = crate::recovery::signed_in_as(&town, &third).await;
        let listed = town.door.operator(&other, Method::GET, list, None).await.ok();
        assert_eq!(listed[0]["to_review"], true);
        assert_eq!(officer(&town, &other, &path, json!({ "right": true, "why": "" })).await.word(), "invalid");
        // Nor by somebody who is kin of either of the two, or of the resident.
        let accounts = town.accounts().await;
        for (nth, name) in [(1, "system"), (2, "security"), (3, "third")] {
            town.province.know_operator(&Actor::System, name, &accounts[nth]).await.unwrap();
        }
        for kin in [0, 1, 2] {
            let soon = (yima_store::edge::State::Active, 3_600);
            let edge = crate::kin::joined(&town, "kin", (&accounts[kin], &accounts[3]), soon).await;
            assert_eq!(officer(&town, &other, &path, look.clone()).await.word(), "kin_file");
            crate::kin::parted(&town, edge).await;
        }
        assert_eq!(officer(&town, &other, &path, look.clone()).await.word(), "ok");
        assert_eq!(officer(&town, &other, &path, look).await.word(), "conflict", "once");
        println!("drawn for a second look: the {}. of those that were made", n + 1);
        return;
    }
    panic!("none of 600 was drawn, where two in a hundred should be");
}
