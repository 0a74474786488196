//! What a gate admitted without a network: uploaded once, counted once, and found by the one device that can open it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use reqwest::Method;
use serde_json::{Value, json};
use yima_code::Presented;
use yima_code::sealed_record::{RecordText, SealedRecord};
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Database, Phone, Town};

#[tokio::test(flavor = "multi_thread")]
async fn a_device_finds_its_own_record_and_nobody_else_can() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let place =
            NewPlace { name: Text::new("站", "Stop"), scenario: "bus".to_owned(), region: "370102".to_owned() };
        let site = town.province.add_place(&Actor::System, place).await.unwrap().site;
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let gate = town.province.add_gate(&Actor::System, "offline", site).await.unwrap();
        let shown = shown(&town, site).await;
        let text = RecordText { site, scenario: 1, time: u32::try_from(town.now()).unwrap() };
        let sealed = SealedRecord::seal(&shown, [7; 16], text);
        let row = json!({ "tag": B64.encode(sealed.tag), "nonce": B64.encode(sealed.nonce), "body": B64.encode(sealed.body) });
        let hour_at = town.now() - town.now() % 3600;
        let count = json!({ "hour_at": hour_at, "form": "T1", "verdict": "valid", "reason": "", "n": 1 });
        let batch = json!({ "batch_id": B64.encode([1; 16]), "counted": [count], "sealed": [row] });
        let first = town.door.gate(&gate.key, "/api/v1/gates/uploads", batch.clone()).await.ok();
        assert_eq!((first["accepted"].as_i64(), first["already"].as_bool()), (Some(2), Some(false)));
        let again = town.door.gate(&gate.key, "/api/v1/gates/uploads", batch).await.ok();
        assert_eq!((again["accepted"].as_i64(), again["already"].as_bool()), (Some(0), Some(true)));

        let day = yima_code::Day::of(u32::try_from(town.now()).unwrap()).0;
        let bits = town.door.get(&format!("/api/v1/record/buckets/{day}")).await.ok();
        assert_eq!(bits["prefix_digits"], 0, "one record hides in the whole day");
        let bucket = town.door.get(&format!("/api/v1/record/buckets/{day}/ab")).await.ok();
        assert_eq!(bucket["prefix"], "", "a longer prefix is shortened");
        let records = bucket["records"].as_array().unwrap();
        assert_eq!(records.len(), 1);
        let record = SealedRecord {
            tag: bytes(&records[0]["tag"]),
            nonce: bytes(&records[0]["nonce"]),
            body: bytes(&records[0]["body"]),
        };
        assert_eq!(record.open(&shown).unwrap(), text);
        let mut other = shown;
        other[196] ^= 1;
        assert!(record.open(&other).is_err());

        // Devices look for 30 days; after 35 nobody does, and the record is gone.
        for (days, left) in [(35, 1), (1, 0)] {
            town.clock.advance(days * 86_400);
            town.province.publish_bundle(&Actor::System).await.unwrap();
            let bucket = town.door.get(&format!("/api/v1/record/buckets/{day}/-")).await.ok();
            assert_eq!(bucket["records"].as_array().unwrap().len(), left, "after {days} more days");
        }
    }
}

/// A named admission as a gate uploads it.
fn named(digits: &str, at: i64, verdict: &str) -> Value {
    let reason = if verdict == "valid" { "" } else { "bad_holder_signature" };
    json!({ "digits": digits, "at": at, "verdict": verdict, "reason": reason })
}

/// The same code under another signature of the holder: what anybody can make who once saw the code.
fn forged(digits: &str) -> String {
    let mut bytes = Presented::from_digits(digits).unwrap().to_bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    Presented::from_bytes(&bytes).unwrap().to_digits()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_admission_counts_for_its_signatures_its_place_and_its_time() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let place =
            NewPlace { name: Text::new("网吧", "Net"), scenario: "netcafe".to_owned(), region: "370102".to_owned() };
        let place = town.province.add_place(&Actor::System, place).await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let gate = town.province.add_gate(&Actor::System, "offline", place.site).await.unwrap();
        let account = town.accounts().await.remove(0);
        let (code, _) = town.province.issue_enrolment_code(&Actor::System, &account).await.unwrap();
        let mut phone = Phone::new(Suite::Es256, 1);
        let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
        let _ = phone.draw(&town.door, town.now(), 8, 0).await.ok();
        let then = town.now();
        let (scenario, site) = (place.scenario_id, place.site);
        let mut answer = |site| phone.answer_at(then, scenario, site, [9; 8]);
        let (good, late, week) = (answer(site), answer(site), answer(site));
        let elsewhere = answer(site + 1);
        let table = [
            ("at once", 0, named(&good, then, "valid"), 1, 1),
            ("a forged one", 0, named(&forged(&late), then, "valid"), 0, 0),
            ("a forged one that was refused", 0, named(&forged(&late), then, "refused"), 0, 0),
            ("another place's", 0, named(&elsewhere, then, "valid"), 0, 0),
            ("another hour's", 0, named(&late, then - 3600, "valid"), 0, 0),
            ("five days later", 5, named(&late, then, "valid"), 1, 1),
            ("when nobody can tell any more whose it was", 7, named(&week, then, "valid"), 1, 0),
        ];
        for (n, (what, days, row, taken, seen)) in table.into_iter().enumerate() {
            let before = seen_by(&town, &mut phone).await;
            town.clock.advance(days * 86_400);
            town.province.publish_bundle(&Actor::System).await.unwrap();
            let batch = json!({ "batch_id": B64.encode([u8::try_from(n).unwrap(); 16]), "named": [row] });
            let answer = town.door.gate(&gate.key, "/api/v1/gates/uploads", batch).await.ok();
            assert_eq!(answer["accepted"], taken, "{what}");
            assert_eq!(seen_by(&town, &mut phone).await - before, seen, "{what}");
        }
    }
}

/// Offline checks in the holder's record.
async fn seen_by(town: &Town, phone: &mut Phone) -> usize {
    let record = phone.send(&town.door, town.now(), Method::GET, "/api/v1/record", None).await.ok();
    let entries = record["entries"].as_array().unwrap();
    entries.iter().filter(|entry| entry["deed"] == "check" && entry["online"] == false).count()
}

/// The bytes that a phone showed at the gate.
async fn shown(town: &Town, site: u32) -> Vec<u8> {
    let account = town.accounts().await.remove(0);
    let (code, _) = town.province.issue_enrolment_code(&Actor::System, &account).await.unwrap();
    let mut phone = Phone::new(Suite::Es256, 1);
    let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
    let _ = phone.draw(&town.door, town.now(), 1, 0).await.ok();
    Presented::from_digits(&phone.show(town.now(), 1, site)).unwrap().to_bytes()
}

fn bytes<const N: usize>(text: &Value) -> [u8; N] {
    B64.decode(text.as_str().unwrap()).unwrap().try_into().unwrap()
}
