//! No ID number, name or phone number of a resident is in any database, log, code, use or bundle: searched byte by byte.

use serde_json::json;
use std::path::Path;
use yima_keys::Suite;
use yima_testkit::{Database, Phone, Town, logged, tell};

const STORY: &str = "
place BusStop of bus
gate Turnstile at BusStop
counter gives Grandmother a code
Grandmother enrols Phone
Nurse enrols Other by password
Phone draws 8 and 4 online
Phone shows first for BusStop
Turnstile checks first: valid
Phone shows second online for BusStop
Turnstile checks second: valid
place Desk of library
gate Loans at Desk
Phone agrees to binding for library
Phone shows third for Desk
Loans checks third: valid
Loans binds third as LIB-7F3K-SECRET-0042
Loans sees the card of third: LIB-7F3K-SECRET-0042
Loans finds LIB-7F3K-SECRET-0042
audit opens /api/v1/uses
system opens /api/v1/devices
";

/// An office's card number, bound in the story.
const CARD: &str = "LIB-7F3K-SECRET-0042";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_names_a_resident_leaves_the_sealed_fields() {
    let town = Town::open(&Database::Sqlite).await;
    tell(&town, "secrets", STORY).await;
    let person = &town.residents[0];
    // A search by name, too, leaves nothing behind.
    let search = format!("system looks for {} in {}", person.name, &person.region[..4]);
    // A second factor is taken once: the operator who signs in again waits for the next.
    town.clock.advance(60);
    tell(&town, "secrets by name", &search).await;
    // Nor does a wrong password.
    let wish = json!({ "name": person.name, "id_number": person.id_number });
    town.door.send(reqwest::Method::POST, "/api/v1/enrolments/otp", Some(wish), &[]).await;
    let mut phone = Phone::new(Suite::Es256, 99);
    let proof = json!({ "challenge_id": "enr_00000000000000000000000000", "otp": "000000" });
    phone.enrol(&town.door, town.now(), proof).await;

    let mut places = vec![("the log".to_owned(), logged())];
    places.push(("the bundle".to_owned(), town.door.get("/api/v1/bundle").await.bytes));
    places.push(("the metrics".to_owned(), town.door.get("/metrics").await.bytes));
    files(&town.folder(), &mut places);
    assert!(places.len() >= 5, "the database was searched too");
    assert!(places[0].1.len() > 1000, "something was logged");
    for (place, bytes) in &places {
        assert!(
            !bytes.windows(CARD.len()).any(|window| window == CARD.as_bytes()),
            "a card's number stands in {place}"
        );
    }
    for resident in &town.residents {
        for secret in [&resident.id_number, &resident.name, &resident.phone] {
            for (place, bytes) in &places {
                let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                assert!(!found, "a name or number stands in {place}");
            }
        }
    }
}

fn files(folder: &Path, places: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, places);
        } else {
            places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}
