//! A sign-in that is kept on one's own device through the public door: it opens again by the key of that device alone, as two
//! factors at most and as old as its proof, and ends with whatever ends sessions.

use crate::browsers::{Browser, Shown};
use crate::passkeys::{joined, step_up};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_province::Standing;
use yima_testkit::{Database, Town};

/// What a browser keeps: a key that never leaves it, and the id that it was given.
#[derive(Clone)]
struct Kept {
    key: SigningKey,
    id: String,
}

fn signed(key: &SigningKey, what: &str, ask: &str) -> String {
    let signature: Signature = key.sign(format!("yima.kept.v1\0{what}\0{ask}").as_bytes());
    URL_SAFE_NO_PAD.encode(signature.to_bytes())
}

async fn challenge(browser: &mut Browser, page: &str) -> (String, String) {
    let mark = browser.mark(page).await;
    let shown = browser.json("/account/kept/ask", &json!({ "mark": mark })).await;
    let body: Value = serde_json::from_str(&shown.body).unwrap();
    (mark, body["ask"].as_str().unwrap().to_owned())
}

async fn keep(browser: &mut Browser, number: u8) -> Result<Kept, Shown> {
    let key = SigningKey::from_slice(&[number; 32]).unwrap();
    let (mark, ask) = challenge(browser, "/account").await;
    let point = URL_SAFE_NO_PAD.encode(key.verifying_key().to_sec1_point(true).as_bytes());
    let wish = json!({ "mark": mark, "ask": ask, "key": point, "signature": signed(&key, "keep", &ask) });
    let shown = browser.json("/account/kept", &wish).await;
    if shown.status != 200 {
        return Err(shown);
    }
    let body: Value = serde_json::from_str(&shown.body).unwrap();
    Ok(Kept { key, id: body["id"].as_str().unwrap().to_owned() })
}

async fn open(browser: &mut Browser, kept: &Kept) -> u16 {
    browser.forget("ys");
    let (mark, ask) = challenge(browser, "/account/sign-in").await;
    let signature = signed(&kept.key, "open", &ask);
    let wish = json!({ "mark": mark, "id": kept.id, "ask": ask, "signature": signature });
    browser.json("/account/kept/open", &wish).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_kept_sign_in_opens_again_as_two_factors_and_as_old_as_its_proof() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let (mut browser, key) = joined(&town, &account, 1).await;
        let proved_at = town.now();
        let kept = keep(&mut browser, 7).await.unwrap_or_else(|shown| panic!("{}", shown.body));
        let page = browser.get("/account").await.body;
        assert!(page.contains(&format!("/account/kept/{}/end", kept.id)) && !page.contains("data-keep"), "{page}");

        town.clock.advance(13 * 3600);
        assert!(browser.get("/account").await.to.starts_with("/account/sign-in"), "the session is over");
        assert_eq!(open(&mut browser, &kept).await, 204);
        let person = town.province.person(browser.cookie("ys").unwrap()).await.unwrap().unwrap();
        assert_eq!((person.standing.acr, person.standing.auth_at_s), (Acr::TwoFactor, proved_at));
        assert!(person.known_device);
        // Nothing that asks for a fresh proof, not even of two factors: another device is not kept by it.
        assert!(browser.get("/account/passkey/add").await.to.starts_with("/account/step-up"));
        let shown = keep(&mut browser, 8).await.err().unwrap();
        assert!(shown.status == 401 && shown.body.contains("step_up"), "{}", shown.body);
        let shown = step_up(&mut browser, &key, "/account/step-up?for=keep-here", "keep-here", "").await;
        assert_eq!(shown.status, 303, "{}", shown.body);

        // 180 days in all, however often it is used.
        for _ in 0..17 {
            town.clock.advance(10 * 86_400);
            assert_eq!(open(&mut browser, &kept).await, 204);
        }
        town.clock.advance(10 * 86_400);
        assert_eq!(open(&mut browser, &kept).await, 403);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_only_the_key_of_the_device_answers_and_each_challenge_once() {
    let town = Town::open(&Database::Sqlite).await;
    let mut accounts = town.accounts().await;
    let (mut browser, _) = joined(&town, &accounts.remove(0), 1).await;
    let kept = keep(&mut browser, 7).await.unwrap_or_else(|shown| panic!("{}", shown.body));
    let other = Kept { key: SigningKey::from_slice(&[9; 32]).unwrap(), ..kept.clone() };
    let unknown = Kept { id: "kpt_00000000000000000000000000".to_owned(), ..kept.clone() };
    browser.forget("ys");
    for (what, wrong) in [("another key", &other), ("nothing that is kept", &unknown)] {
        assert_eq!(open(&mut browser, wrong).await, 403, "{what}");
    }
    // The answer that kept it opens nothing; a challenge of another browser neither; the same answer opens once.
    let (mark, ask) = challenge(&mut browser, "/account/sign-in").await;
    let wish = |ask: &str, what: &str| json!({ "mark": mark, "id": kept.id, "ask": ask, "signature": signed(&kept.key, what, ask) });
    assert_eq!(browser.json("/account/kept/open", &wish(&ask, "keep")).await.status, 403);
    let (_, foreign) = challenge(&mut Browser::new(&town), "/account/sign-in").await;
    assert_eq!(browser.json("/account/kept/open", &wish(&foreign, "open")).await.status, 403);
    let mut twin = browser.clone();
    assert_eq!(browser.json("/account/kept/open", &wish(&ask, "open")).await.status, 204);
    assert_eq!(twin.json("/account/kept/open", &wish(&ask, "open")).await.status, 403, "once");
    // A key that is kept for one is not kept for another, and a row that was written by hand opens nothing.
    let (mut second, _) = joined(&town, &accounts.remove(0), 2).await;
    assert_eq!(keep(&mut second, 7).await.err().map(|shown| shown.status), Some(409));
    let file = rusqlite::Connection::open(town.folder().join("yima.db")).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    file.execute("UPDATE kept_key SET until_at = until_at + 1", []).unwrap();
    assert_eq!(open(&mut browser, &kept).await, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_kept_sign_in_ends_with_whatever_ends_sessions() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (mut browser, key) = joined(&town, &account, 1).await;
    let again = async |browser: &mut Browser, number: u8| {
        let asked = browser.ask("/account/sign-in", "sign-in", json!({})).await;
        let answer = key.prove(&asked["options"]);
        let fields = [("ask", asked["ask"].as_str().unwrap()), ("answer", answer.as_str())];
        assert_eq!(browser.form("/account/sign-in", "/account/sign-in/passkey", &fields).await.status, 303);
        keep(browser, number).await.unwrap_or_else(|shown| panic!("{}", shown.body))
    };
    // Its owner signs out there.
    let kept = keep(&mut browser, 7).await.unwrap_or_else(|shown| panic!("{}", shown.body));
    assert_eq!(open(&mut browser, &kept).await, 204);
    browser.form("/account/sign-out", "/account/sign-out", &[]).await;
    assert_eq!(open(&mut browser, &kept).await, 403, "signed out is signed out");
    // Another browser of theirs ends it, or all others.
    let kept = again(&mut browser, 8).await;
    let mut desk = Browser::new(&town);
    let own = again(&mut desk, 9).await;
    let to = format!("/account/kept/{}/end", kept.id);
    assert_eq!(desk.form("/account", &to, &[]).await.to, "/account");
    assert!(browser.get("/account").await.to.starts_with("/account/sign-in"), "with the session that it opened");
    assert_eq!(open(&mut browser, &kept).await, 403);
    let kept = again(&mut browser, 10).await;
    assert_eq!(desk.form("/account", "/account/sessions/others/end", &[]).await.to, "/account");
    assert_eq!(open(&mut browser, &kept).await, 403);
    assert_eq!(open(&mut desk, &own).await, 204, "but the one that asked");
    // A stranger who is signed in ends nothing of anybody else's.
    let (mut stranger, _) = joined(&town, &town.accounts().await[1].clone(), 3).await;
    assert_eq!(stranger.form("/account", &format!("/account/kept/{}/end", own.id), &[]).await.status, 404);
    // An operator suspends the account; resumed, it is not kept any more.
    let clerk = Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System };
    town.province.change_standing(&clerk, &account, Standing::Suspend, "冒名").await.unwrap();
    assert_eq!(open(&mut desk, &own).await, 403);
    town.province.change_standing(&clerk, &account, Standing::Resume, "查清").await.unwrap();
    assert_eq!(open(&mut desk, &own).await, 403);
}
