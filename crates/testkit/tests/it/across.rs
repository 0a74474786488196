//! Signing in at another screen by a picture (R9), through the public door: once, by the browser that showed it, within a
//! minute, with a passkey on the phone, and for little.

use crate::browsers::{Browser, Shown, one_of_sixteen};
use crate::passkeys::{joined, step_up};
use yima_province::DeedError;
use yima_testkit::{Database, Town};

const SCREEN: &str = "/account/across?next=/account";

/// The address that the screen asks again by itself.
fn again(shown: &Shown) -> String {
    let from = shown.body.split("data-again=\"").nth(1).unwrap_or_else(|| panic!("{}", shown.body));
    from.split('"').next().unwrap().replace("&amp;", "&")
}

fn code(address: &str) -> String {
    address.split("&c=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_signs_in_a_screen_once_and_opens_little() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let (mut phone, key) = joined(&town, &account, 1).await;
        let mut screen = Browser::new(&town);
        let first = again(&screen.get(SCREEN).await);
        // It stays for 20 seconds, then it is another one, and the one before still counts.
        assert_eq!(code(&again(&screen.get(&first).await)), code(&first));
        town.clock.advance(21);
        let second = again(&screen.get(&first).await);
        assert_ne!(code(&second), code(&first));

        // A sign-in of long ago is not enough on the phone: the passkey is asked again, about this screen.
        town.clock.advance(10);
        let read = format!("/account/across/allow?c={}", code(&first));
        let page = phone.get(&read).await;
        assert!(page.body.contains("Chromium · Linux") && page.body.contains("就在这台电脑前面吗"), "{}", page.body);
        town.clock.advance(400);
        let first = again(&screen.get(SCREEN).await);
        let (read, asked) = (format!("/account/across/allow?c={}", code(&first)), code(&first));
        let sent = phone.form(&read, "/account/across/allow", &[("c", &asked)]).await;
        assert!(
            sent.status == 303 && sent.to.starts_with("/account/step-up?for=across"),
            "{} {}",
            sent.status,
            sent.to
        );
        let raised = step_up(&mut phone, &key, &sent.to.clone(), "across", &asked).await;
        assert_eq!(raised.status, 303, "{}", raised.body);
        let done = phone.form(&read, "/account/across/allow", &[("c", &asked)]).await;
        assert!(done.status == 200 && done.body.contains("已确认"), "{} {}", done.status, done.body);
        // A second time is too late, and a stranger's browser gets nothing by the address.
        assert_eq!(phone.get(&read).await.status, 200, "what was read before still says what it was");
        let mut stranger = Browser::new(&town);
        assert_eq!(stranger.get(&first).await.status, 200);
        assert!(stranger.cookie("ys").is_none());

        // Of sixteen that ask at once, one is signed in.
        let mut screen = one_of_sixteen(&screen, &first).await;

        // It opens little: no step-up, and two hours at most.
        let page = screen.get("/account").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let refused = screen.get("/account/step-up?for=add-passkey&id=&next=/account").await;
        assert_eq!(refused.status, 200, "the page is shown");
        let why = step_up_refused(&mut screen, "/account/step-up?for=add-passkey&id=&next=/account").await;
        assert!(why.contains("picture"), "{why}");
        for _ in 0..5 {
            town.clock.advance(1_500);
            screen.get("/account").await;
        }
        let over = screen.get("/account").await;
        assert_eq!((over.status, over.to.as_str()), (303, "/account/sign-in?next=/account"));
    }
}

/// What the script is told when it asks for a proof.
async fn step_up_refused(screen: &mut Browser, page: &str) -> String {
    let asked = screen.ask(page, "step-up", serde_json::json!({ "for": "add-passkey", "id": "" })).await;
    assert!(asked.get("ask").is_none(), "{asked}");
    asked.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_over_after_a_minute_and_of_one_browser() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (mut phone, _) = joined(&town, &account, 1).await;
    let mut screen = Browser::new(&town);
    let first = again(&screen.get(SCREEN).await);
    town.clock.advance(61);
    let read = format!("/account/across/allow?c={}", code(&first));
    let page = phone.get(&read).await;
    assert!(page.status == 404 && page.body.contains("过期"), "{} {}", page.status, page.body);
    let nothing = phone.get("/account/across/allow?c=0123456789012345678901").await;
    assert_eq!(nothing.status, 404);

    // Somebody who is not signed in is asked who they are first, and comes back.
    let first = again(&screen.get(SCREEN).await);
    let read = format!("/account/across/allow?c={}", code(&first));
    let sent = Browser::new(&town).get(&read).await;
    assert!(sent.to.starts_with("/account/sign-in?next=/account/across/allow"), "{}", sent.to);

    // Allowed, but asked for too late.
    let done = phone.form(&read, "/account/across/allow", &[("c", &code(&first))]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    town.clock.advance(61);
    assert_eq!(screen.get(&first).await.status, 200);
    assert!(screen.cookie("ys").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_network_is_asked_twice_and_another_province_refused() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(0);
    let (phone, _) = joined(&town, &account, 1).await;
    let person = town.province.person(phone.cookie("ys").unwrap()).await.unwrap().unwrap();
    let at = |network: &str, region: Option<&str>| yima_province::Browser {
        cookie: format!("{network}-cookie"),
        network: network.to_owned(),
        region: region.map(|code| yima_province::Region { code: code.to_owned(), name: code.to_owned() }),
        ..yima_province::Browser::default()
    };
    let table = [
        ("192.0.2.0/24", None, false, true),
        ("198.51.100.0/24", None, false, false),
        ("198.51.100.0/24", None, true, true),
        ("203.0.113.0/24", Some("110000"), true, false),
    ];
    let reader = at("192.0.2.0/24", Some("370100"));
    for (network, region, sure, allowed) in table {
        let screen = at(network, region);
        let shown = town.province.across_shown(&screen, "").await.unwrap();
        let done = town.province.allow_across(&person, &reader, &shown.code, sure).await;
        match done {
            Ok(()) => assert!(allowed, "{network} {sure}"),
            Err(DeedError::Invalid { field: "picture", .. }) => assert!(!allowed, "{network} {sure}"),
            Err(other) => panic!("{other}"),
        }
        let signed_in = town.province.sign_in_across(&screen, &shown.code).await.unwrap();
        assert_eq!(signed_in.is_some(), allowed, "{network} {sure}");
    }
}
