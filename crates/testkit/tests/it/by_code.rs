//! Signing in at another screen by a resident code (R9), through the public doors: only a T1c of the phone's own under the
//! scenario `sign-in` for that screen's challenge, with a passkey on the phone, once, and for little.

use crate::browsers::{Browser, Shown, one_of_sixteen};
use crate::passkeys::{code, joined};
use crate::soft_passkey::SoftPasskey;
use reqwest::Method;
use serde_json::json;
use yima_code::{Challenge, Presented};
use yima_keys::Suite;
use yima_province::{DeedError, ScreenAnswer};
use yima_testkit::{Answer, Database, Phone, Town};

const SCREEN: &str = "/account/across?next=/account&by=code";

/// The address that the screen asks again by itself.
fn again(shown: &Shown) -> String {
    let from = shown.body.split("data-again=\"").nth(1).unwrap_or_else(|| panic!("{}", shown.body));
    from.split('"').next().unwrap().replace("&amp;", "&")
}

fn named(address: &str) -> String {
    address.split("&c=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

/// A resident with a passkey and a phone, and what they send.
struct Holder {
    phone: Phone,
    key: SoftPasskey,
    /// The page of their own browser.
    own: Browser,
    account: String,
}

impl Holder {
    async fn of(town: &Town, nth: usize, number: u8) -> Self {
        let account = town.accounts().await.remove(nth);
        let (own, key) = joined(town, &account, number).await;
        let mut phone = Phone::new(Suite::Es256, u64::from(number));
        let given = code(town, &account).await;
        assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": given })).await.word(), "ok");
        assert_eq!(phone.draw(&town.door, town.now(), 12, 4).await.word(), "ok");
        Self { phone, key, own, account }
    }

    async fn reads(&mut self, town: &Town, challenge: &Challenge) -> Answer {
        let sent = json!({ "challenge": challenge.to_digits() });
        self.phone.send(&town.door, town.now(), Method::POST, "/api/v1/screens/read", Some(sent)).await
    }

    /// Reads the screen anew, has the passkey say yes, and sends these digits.
    async fn says_yes(&mut self, town: &Town, challenge: &Challenge, digits: &str) -> Answer {
        let read = self.reads(town, challenge).await.ok();
        let answer = self.key.prove(&read["passkey"]["options"]);
        let sent = json!({
            "answer": answer, "ask": read["passkey"]["ask"], "challenge": challenge.to_digits(), "digits": digits,
            "sure": true,
        });
        self.phone.send(&town.door, town.now(), Method::POST, "/api/v1/screens/allow", Some(sent)).await
    }
}

/// What a browser's page says in its symbol, while it is young.
async fn challenge(town: &Town, screen: &Browser, code: &str) -> Challenge {
    let browser =
        yima_province::Browser { cookie: screen.cookie("yb").unwrap().to_owned(), ..yima_province::Browser::default() };
    let shown = town.province.challenge_shown(&browser, code).await.unwrap();
    assert_eq!(shown.code, code, "it is shown again");
    Challenge::from_digits(&shown.challenge.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_a_code_that_answers_this_screen_signs_it_in_once_and_opens_little() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let mut holder = Holder::of(&town, 0, 1).await;
        let mut screen = Browser::new(&town);
        let first = again(&screen.get(SCREEN).await);
        assert!(first.ends_with("&by=code"), "it goes on as it began: {first}");
        // It stays for 20 seconds, then it is another one, and the one before still counts.
        assert_eq!(named(&again(&screen.get(&first).await)), named(&first));
        let asked = challenge(&town, &screen, &named(&first)).await;
        town.clock.advance(21);
        let next = again(&screen.get(&first).await);
        assert_ne!(named(&next), named(&first));

        // The phone hears which screen it is; nobody else learns anything by the digits.
        let read = holder.reads(&town, &asked).await.ok();
        assert_eq!((&read["near"], &read["app"]), (&json!("here"), &json!(null)), "{read}");
        let digits = holder.phone.answer(town.now(), &asked);
        let allowed = holder.says_yes(&town, &asked, &digits).await.ok();
        assert_eq!(allowed["allowed"], true, "{allowed}");
        assert_eq!(holder.says_yes_again(&town, &asked, &digits).await, "not_found", "once");
        let mut stranger = Browser::new(&town);
        assert_eq!(stranger.get(&next).await.status, 200);
        assert!(stranger.cookie("ys").is_none());

        // Of sixteen that ask at once, one is signed in.
        let mut screen = one_of_sixteen(&screen, &next).await;

        // It opens little: no step-up, so no settings, no post and no enterprise; and two hours at most.
        assert_eq!(screen.get("/account").await.status, 200);
        for (page, deed) in [
            ("/account/step-up?for=add-passkey&id=&next=/account", "add-passkey"),
            ("/account/step-up?for=accept-post&id=&next=/account", "accept-post"),
        ] {
            let asked = screen.ask(page, "step-up", json!({ "for": deed, "id": "" })).await;
            assert!(asked.get("ask").is_none() && asked.to_string().contains("picture"), "{asked}");
        }
        for _ in 0..5 {
            town.clock.advance(1_500);
            screen.get("/account").await;
        }
        let over = screen.get("/account").await;
        assert_eq!((over.status, over.to.as_str()), (303, "/account/sign-in?next=/account"));

        // Both uses stand in the record.
        let record = holder.phone.send(&town.door, town.now(), Method::GET, "/api/v1/record", None).await.ok();
        let deeds: Vec<_> =
            record["entries"].as_array().unwrap().iter().map(|one| one["deed"].as_str().unwrap()).collect();
        assert!(deeds.contains(&"sign_in_across") && deeds.contains(&"sign_in"), "{deeds:?}");
        drop(holder.own);
    }
}

impl Holder {
    /// The same yes again: the word of what it is answered.
    async fn says_yes_again(&mut self, town: &Town, challenge: &Challenge, digits: &str) -> String {
        let read = self.reads(town, challenge).await;
        if read.word() != "ok" {
            return read.word();
        }
        let answer = self.key.prove(&read.body["passkey"]["options"]);
        let sent = json!({
            "answer": answer, "ask": read.body["passkey"]["ask"], "challenge": challenge.to_digits(),
            "digits": digits, "sure": true,
        });
        let again = self.phone.send(&town.door, town.now(), Method::POST, "/api/v1/screens/allow", Some(sent)).await;
        match again.body["reason"].as_str() {
            Some("replayed") => "not_found".to_owned(),
            _ => again.word(),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_whatever_else_is_shown_is_of_the_wrong_scenario_and_signs_nobody_in() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let mut holder = Holder::of(&town, 0, 2).await;
        let mut other = Holder::of(&town, 1, 3).await;
        let mut screen = Browser::new(&town);
        let shown = again(&screen.get(SCREEN).await);
        let asked = challenge(&town, &screen, &named(&shown)).await;
        let now = town.now();
        // A card that was printed for the holder.
        let system = crate::recovery::signed_in(&town, 0).await;
        let (card, paper) = crate::papers::printed(&town, &system, &holder.account).await;
        assert!(matches!(Presented::from_digits(&paper), Ok(Presented::T2(_))), "{card}: {paper}");
        let elsewhere = Challenge::unsigned(6, 0, asked.time, [9; 8]);
        let (scenario, site) = (asked.scenario, asked.site);
        let phone = &mut holder.phone;
        let table = [
            ("T1", phone.show(now, scenario, site), "wrong_scenario"),
            ("T0", phone.show_online(now, scenario, site), "wrong_scenario"),
            ("short", "12345678".to_owned(), "wrong_scenario"),
            ("paper", paper, "wrong_scenario"),
            ("no paper", format!("4{}", "0".repeat(191)), "malformed"),
            ("T1c of another scenario", phone.answer(now, &elsewhere), "wrong_scenario"),
            ("T1c for another screen", phone.answer_at(now, scenario, site, [7; 8]), "challenge_wrong"),
            ("T1c of somebody else", other.phone.answer(now, &asked), "unknown_code"),
        ];
        for (what, digits, reason) in table {
            let said = holder.says_yes(&town, &asked, &digits).await.ok();
            assert_eq!((&said["allowed"], &said["reason"]), (&json!(false), &json!(reason)), "{what}");
        }
        assert_eq!(screen.get(&shown).await.status, 200, "nobody was signed in");

        // The same passkey's proof is of one challenge, one phone and one time; another's proves nothing here.
        let digits = holder.phone.answer(now, &asked);
        let read = holder.reads(&town, &asked).await.ok();
        let foreign = json!({
            "answer": other.key.prove(&read["passkey"]["options"]), "ask": read["passkey"]["ask"],
            "challenge": asked.to_digits(), "digits": digits, "sure": true,
        });
        let refused = holder.phone.send(&town.door, now, Method::POST, "/api/v1/screens/allow", Some(foreign)).await;
        assert_eq!(refused.word(), "not_accepted", "{}", refused.body);

        // A minute later the challenge is over.
        town.clock.advance(61);
        assert_eq!(holder.reads(&town, &asked).await.word(), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_without_a_passkey_and_from_another_province_no_code_signs_in() {
    let town = Town::open(&Database::Sqlite).await;
    let account = town.accounts().await.remove(2);
    let mut bare = Phone::new(Suite::Es256, 5);
    let given = code(&town, &account).await;
    assert_eq!(bare.enrol(&town.door, town.now(), json!({ "code": given })).await.word(), "ok");
    let mut screen = Browser::new(&town);
    let shown = again(&screen.get(SCREEN).await);
    let asked = challenge(&town, &screen, &named(&shown)).await;
    let sent = json!({ "challenge": asked.to_digits() });
    let read = bare.send(&town.door, town.now(), Method::POST, "/api/v1/screens/read", Some(sent)).await.ok();
    assert!(read.get("passkey").is_none(), "{read}");

    // Two networks: asked once more; two provinces: refused. By the province's own door, which is told both.
    let mut holder = Holder::of(&town, 0, 4).await;
    let actor = town.province.device(&holder.phone.id).await.unwrap().unwrap().actor;
    let at = |network: &str, region: Option<&str>| yima_province::Browser {
        cookie: format!("{network}-cookie"),
        network: network.to_owned(),
        region: region.map(|code| yima_province::Region { code: code.to_owned(), name: code.to_owned() }),
        ..yima_province::Browser::default()
    };
    let reader = at("192.0.2.0/24", Some("370100"));
    let table = [
        ("192.0.2.0/24", None, false, true),
        ("198.51.100.0/24", None, false, false),
        ("198.51.100.0/24", None, true, true),
        ("203.0.113.0/24", Some("110000"), true, false),
    ];
    for (network, region, sure, allowed) in table {
        let screen = at(network, region);
        let shown = town.province.challenge_shown(&screen, "").await.unwrap();
        let asked = Challenge::from_digits(&shown.challenge.unwrap()).unwrap();
        let read = town.province.screen_read(&actor, &reader, &asked.to_digits()).await.unwrap();
        let passkey = read.passkey.unwrap();
        let wish = ScreenAnswer {
            challenge: asked.to_digits(),
            digits: holder.phone.answer(town.now(), &asked),
            ask: passkey.ask,
            answer: holder.key.prove(&passkey.options),
            sure,
        };
        match town.province.allow_by_code(&actor, &reader, wish).await {
            Ok(verdict) => assert!(allowed && verdict.is_valid(), "{network} {sure}: {verdict:?}"),
            Err(DeedError::Invalid { field: "picture", .. }) => assert!(!allowed, "{network} {sure}"),
            Err(other) => panic!("{other}"),
        }
        let signed_in = town.province.sign_in_across(&screen, &shown.code).await.unwrap();
        assert_eq!(signed_in.is_some(), allowed, "{network} {sure}");
    }
}
