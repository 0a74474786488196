//! Paper as somebody holds it: a card is issued, printed, and its symbol read off the page.

use reqwest::Method;
use serde_json::json;
use std::process::Command;
use yima_testkit::Town;

/// A card of this resident, printed: its id, and the digits of its symbol.
pub async fn printed(town: &Town, cookie: &str, account: &str) -> (String, String) {
    let path = format!("/api/v1/residents/{account}/cards");
    let issued = town.door.operator(cookie, Method::POST, &path, Some(json!({ "kind": "card" }))).await.ok();
    let id = issued["id"].as_str().unwrap().to_owned();
    let url = format!("{}/api/v1/cards/{id}/pdf", town.door.url());
    let answer = reqwest::Client::new().get(url).header("cookie", cookie).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    (id, digits_on(&answer.bytes().await.unwrap()))
}

fn digits_on(pdf: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (file, page) = (dir.path().join("card.pdf"), dir.path().join("page"));
    std::fs::write(&file, pdf).unwrap();
    let drawn = Command::new("pdftoppm").args(["-r", "300", "-png", "-singlefile"]).arg(&file).arg(&page).status();
    assert!(drawn.unwrap().success(), "pdftoppm of poppler-utils draws the page");
    yima_print::read_digits(&std::fs::read(page.with_extension("png")).unwrap()).unwrap()
}
