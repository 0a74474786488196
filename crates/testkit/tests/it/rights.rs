//! The rights of a person through the public door: a copy that is whole and one's own, and a deletion that no restored backup undoes.

use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_keys::custody::Lock;
use yima_province::clock::FrozenClock;
use yima_province::{ERASURES_FILE, Inbox, KEY_FILE, KeyPlace, Province, Setup};
use yima_testkit::{Database, Phone, Town, logged};

const WEEK_S: i64 = 7 * 86_400;

fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System }
}

/// A phone of the resident with this place in the register, and their account.
async fn phone(town: &Town, nth: usize) -> (Phone, String) {
    let number = &town.residents[nth].id_number;
    let found = town.province.find_residents(&clerk(), Some(number), None, None).await.unwrap();
    let account = found.items[0].id.clone();
    let (code, _) = town.province.issue_enrolment_code(&clerk(), &account).await.unwrap();
    let mut phone = Phone::new(Suite::Es256, nth as u64);
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    (phone, account)
}

async fn ask(town: &Town, phone: &mut Phone, path: &str, body: Option<Value>) -> yima_testkit::Answer {
    phone.send(&town.door, town.now(), Method::POST, path, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_whole_and_ones_own() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (mut mine, account) = phone(&town, 1).await;
        let (mut other, others) = phone(&town, 2).await;
        town.province.name_trusted(&clerk(), &account, &others, true).await.unwrap();
        assert_eq!(
            ask(&town, &mut other, "/api/v1/rights/explain", Some(json!({ "question": "别人的事" }))).await.word(),
            "ok"
        );
        assert_eq!(
            ask(&town, &mut mine, "/api/v1/rights/explain", Some(json!({ "question": "为什么" }))).await.word(),
            "ok"
        );
        assert_eq!(mine.draw(&town.door, town.now(), 4, 2).await.word(), "ok");
        town.clock.advance(1);
        let copy = ask(&town, &mut mine, "/api/v1/rights/copy", Some(json!({ "form": "json" }))).await;
        let person = &town.residents[1];
        let held = copy.clone().ok();
        assert_eq!(held["format"], "yima-held-1");
        assert_eq!((&held["about"], &held["account"]["id"]), (&json!(account), &json!(account)));
        assert_eq!(held["account"]["name"], json!(person.name));
        assert_eq!(held["account"]["id_number"], json!(person.id_number));
        assert_eq!(held["devices"].as_array().unwrap().len(), 1);
        let trusted = &held["trusted"][0];
        assert_eq!(trusted["state"], "pending");
        assert!(trusted["role"]["en"].as_str().unwrap().starts_with("They are told"), "{trusted}");
        let name = trusted["name_masked"].as_str().unwrap();
        assert!(name.contains('*') && !name.contains(&town.residents[2].name), "{name}");
        let asked: Vec<_> =
            held["requests"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
        assert_eq!(asked, ["copy", "explain"]);
        assert!(held["requests"][1]["body"].as_str().unwrap().contains("为什么"));
        let deeds: Vec<_> =
            held["record"].as_array().unwrap().iter().map(|one| one["deed"].as_str().unwrap()).collect();
        for deed in ["draw", "explain_data", "enrol", "enrolment_code"] {
            assert!(deeds.contains(&deed), "{deed} in {deeds:?}");
        }
        let text = String::from_utf8(copy.bytes).unwrap();
        assert!(!text.contains(&town.residents[2].id_number) && !text.contains("别人的事"), "nothing of anybody else");
        for lang in ["zh", "en"] {
            let pdf = ask(&town, &mut mine, "/api/v1/rights/copy", Some(json!({ "form": "pdf", "lang": lang }))).await;
            assert!(pdf.bytes.starts_with(b"%PDF-"), "{lang}: {}", pdf.word());
            if let Ok(kept) = std::env::var("YIMA_PAGES") {
                std::fs::write(format!("{kept}/copy-{lang}.pdf"), &pdf.bytes).unwrap();
            }
        }
        let wrong = ask(&town, &mut mine, "/api/v1/rights/copy", Some(json!({ "form": "xml" }))).await;
        assert_eq!(wrong.word(), "invalid");
        let home = mine.send(&town.door, town.now(), Method::GET, "/api/v1/device", None).await.ok();
        let told: Vec<_> = home["notices"].as_array().unwrap().iter().map(|n| n["kind"].as_str().unwrap()).collect();
        assert!(told.contains(&"copied") && told.contains(&"right_asked"), "{told:?}");
        assert!(!String::from_utf8_lossy(&logged()).contains(&person.id_number), "the log stays clean");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_touches_anothers_request() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (mut mine, _) = phone(&town, 1).await;
        let (mut other, _) = phone(&town, 2).await;
        let asked = ask(&town, &mut mine, "/api/v1/rights/delete", None).await.ok();
        let path = format!("/api/v1/rights/{}/stop", asked["id"].as_str().unwrap());
        assert_eq!(ask(&town, &mut other, &path, None).await.word(), "not_found");
        assert_eq!(ask(&town, &mut mine, &path, None).await.word(), "ok");
        assert_eq!(asked["hold_until"].as_i64().unwrap() - asked["asked_at"].as_i64().unwrap(), WEEK_S);
        // Monday 23 November, 15 working days: the end of Monday 14 December in Shanghai.
        assert_eq!(asked["due_at"], 1_797_264_000);
        // Twenty a day, and no more.
        for _ in 0..18 {
            assert_eq!(
                ask(&town, &mut mine, "/api/v1/rights/copy", Some(json!({ "form": "json" }))).await.word(),
                "ok"
            );
        }
        assert_eq!(ask(&town, &mut mine, "/api/v1/rights/copy", Some(json!({ "form": "json" }))).await.word(), "ok");
        assert_eq!(ask(&town, &mut mine, "/api/v1/rights/delete", None).await.word(), "too_many");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_backup_forgets_again_whom_it_had_forgotten() {
    let town = Town::open(&Database::Sqlite).await;
    let (mut mine, account) = phone(&town, 1).await;
    let (_, kept) = phone(&town, 2).await;
    let restored = tempfile::TempDir::new().unwrap();
    let copy = restored.path().join("yima.db");
    town.province.copy_store_to(&copy).await.unwrap();
    std::fs::copy(town.folder().join(KEY_FILE), restored.path().join(KEY_FILE)).unwrap();

    assert_eq!(ask(&town, &mut mine, "/api/v1/rights/delete", None).await.word(), "ok");
    town.clock.advance(WEEK_S);
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(ask(&town, &mut mine, "/api/v1/rights/lift", None).await.word(), "not_signed");
    let gone = town.province.resident(&clerk(), &account).await.unwrap();
    assert_eq!((gone.row.state, gone.row.proofing), ("dead", 0));
    let list = std::fs::read_to_string(town.folder().join(ERASURES_FILE)).unwrap();
    assert_eq!(list.trim(), account, "the list names the account, and nothing more");
    let number = &town.residents[1].id_number;
    let found = town.province.find_residents(&clerk(), Some(number), None, None).await.unwrap();
    assert!(found.items.is_empty(), "nobody is found by that number");

    // The backup from before still knows the person, until the list lies beside it.
    std::fs::copy(town.folder().join(ERASURES_FILE), restored.path().join(ERASURES_FILE)).unwrap();
    let setup = Setup {
        dir: restored.path().to_owned(),
        database: None,
        keys: KeyPlace::File(Lock::passphrase("town")),
        clock: Arc::new(FrozenClock::at(town.now())),
        seed: Some([8; 32]),
        messenger: Arc::new(Inbox::default()),
        demo: true,
    };
    let again = Province::open(setup).await.unwrap();
    let row = again.resident(&clerk(), &account).await.unwrap().row;
    assert_eq!(row.state, "dead");
    assert!(again.find_residents(&clerk(), Some(number), None, None).await.unwrap().items.is_empty());
    assert_eq!(again.resident(&clerk(), &kept).await.unwrap().row.state, "active", "and nobody else");
    again.close().await;
}
