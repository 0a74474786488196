//! A desk that tries for more than it may: other gates' receipts, consents that ended, residents and gates that ended
//! between check and resolve, and forty requests at once.

use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::{NewPlace, Resealing, Standing, Text};
use yima_testkit::{Answer, Database, Phone, Town, manifests};

const OF_ONE_AN_HOUR: usize = 20;

fn clerk() -> Actor {
    Actor::Operator { operator: OperatorId::new(0, [0; 10]), role: Role::System }
}

/// A desk of a scenario: key, id, site, number.
struct Desk {
    key: String,
    id: String,
    site: u32,
    number: u16,
}

impl Desk {
    async fn of(town: &Town, scenario: &str) -> Self {
        let name = Text::new("服务台", "Desk");
        let new = NewPlace { name, scenario: scenario.into(), region: "370102".into() };
        let place = town.province.add_place(&Actor::System, new).await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        let made = town.province.add_gate(&Actor::System, "desk", place.site).await.unwrap();
        Self { key: made.key.clone(), id: made.id.to_string(), site: place.site, number: place.scenario_id }
    }

    async fn check(&self, town: &Town, digits: &str) -> String {
        let checked = town.door.gate(&self.key, "/api/v1/codes/check", json!({ "digits": digits })).await.ok();
        assert_eq!(checked["verdict"], "valid", "{checked}");
        checked["receipt"].as_str().unwrap().to_owned()
    }

    /// Shows an online code, which its holder confirms.
    async fn confirmed(&self, town: &Town, phone: &mut Phone) -> String {
        let digits = phone.show_online(town.now(), self.number, self.site);
        let asked = town.door.gate(&self.key, "/api/v1/codes/check", json!({ "digits": digits })).await.ok();
        let path = format!("/api/v1/confirmations/{}/confirm", asked["confirmation"]["id"].as_str().unwrap());
        assert_eq!(phone.send(&town.door, town.now(), Method::POST, &path, Some(json!({}))).await.word(), "ok");
        self.check(town, &digits).await
    }

    async fn resolve(&self, town: &Town, receipt: &str, attributes: &[&str]) -> Answer {
        let body = json!({ "receipt": receipt, "attributes": attributes });
        town.door.gate(&self.key, "/api/v1/codes/resolve", body).await
    }

    async fn bind(&self, town: &Town, receipt: &str, card: &str) -> Answer {
        town.door.gate(&self.key, "/api/v1/bindings", json!({ "receipt": receipt, "card": card })).await
    }
}

async fn phone(town: &Town, nth: usize) -> Phone {
    let account = &town.accounts().await[nth];
    let (code, _) = town.province.issue_enrolment_code(&clerk(), account).await.unwrap();
    let mut phone = Phone::new(Suite::Es256, nth as u64);
    assert_eq!(phone.enrol(&town.door, town.now(), json!({ "code": code })).await.word(), "ok");
    assert_eq!(phone.draw(&town.door, town.now(), 8, 8).await.word(), "ok");
    phone
}

async fn agree(town: &Town, phone: &mut Phone, scenario: &str, attributes: &[&str], seconds: i64) -> Value {
    let body = json!({ "scenario": scenario, "attributes": attributes, "until_at": town.now() + seconds });
    phone.send(&town.door, town.now(), Method::POST, "/api/v1/consents", Some(body)).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_opens_nothing_for_another_gate_nor_after_its_time() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let (desk, other) = (Desk::of(&town, "hospital").await, Desk::of(&town, "hospital").await);
        let mut nurse = phone(&town, 0).await;
        agree(&town, &mut nurse, "hospital", &["name", "binding"], 3600).await;
        let receipt = desk.confirmed(&town, &mut nurse).await;
        assert_eq!(other.resolve(&town, &receipt, &["name"]).await.word(), "not_found");
        assert_eq!(other.bind(&town, &receipt, "H1").await.word(), "not_found");
        // A resolve's own receipt, and anything else that is no check, opens nothing either.
        let resolved = desk.resolve(&town, &receipt, &["name"]).await.ok();
        assert!(resolved["attributes"]["name"].is_string());
        let own = resolved["receipt"].as_str().unwrap();
        assert_eq!(desk.resolve(&town, own, &["name"]).await.word(), "not_found");
        // The ID number is not in this manifest, whoever agrees to what.
        assert_eq!(desk.resolve(&town, &receipt, &["id_number"]).await.word(), "not_in_manifest");
        town.clock.advance(600);
        assert!(desk.resolve(&town, &receipt, &[]).await.status.is_success(), "ten minutes to the second");
        town.clock.advance(1);
        assert_eq!(desk.resolve(&town, &receipt, &[]).await.word(), "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_between_check_and_resolve_gives_nothing() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let desk = Desk::of(&town, "hospital").await;
        let mut nurse = phone(&town, 0).await;
        agree(&town, &mut nurse, "hospital", &["name", "binding"], 60).await;
        let receipt = desk.confirmed(&town, &mut nurse).await;
        assert_eq!(desk.bind(&town, &receipt, "H1").await.word(), "ok");
        let before = desk.resolve(&town, &receipt, &["name"]).await.ok();
        assert_eq!((&before["bound_card"], before["attributes"]["name"].is_string()), (&json!("H1"), true));
        // The agreement ends by itself: name and card are withheld, the card does not open a way around it.
        town.clock.advance(60);
        let after = desk.resolve(&town, &receipt, &["name"]).await.ok();
        assert_eq!((&after["bound_card"], &after["withheld"]), (&Value::Null, &json!(["name"])));
        let found = town.door.gate(&desk.key, "/api/v1/bindings/find", json!({ "card": "H1" })).await;
        assert_eq!(found.word(), "not_agreed");
        // Agreeing anew, with the card, brings it back; without it, the tie has ended for good.
        agree(&town, &mut nurse, "hospital", &["binding"], 3600).await;
        assert_eq!(desk.resolve(&town, &receipt, &[]).await.ok()["bound_card"], "H1");
        agree(&town, &mut nurse, "hospital", &["name"], 3600).await;
        agree(&town, &mut nurse, "hospital", &["name", "binding"], 3600).await;
        assert_eq!(desk.resolve(&town, &receipt, &[]).await.ok()["bound_card"], Value::Null);
        let account = town.accounts().await[0].clone();
        town.province.change_standing(&clerk(), &account, Standing::Suspend, "test").await.unwrap();
        assert_eq!(desk.resolve(&town, &receipt, &["name"]).await.word(), "subject_not_active");
        assert_eq!(desk.bind(&town, &receipt, "H2").await.word(), "subject_not_active");
        town.province.change_standing(&clerk(), &account, Standing::Resume, "test").await.unwrap();
        town.province.end_gate(&clerk(), &desk.id).await.unwrap();
        assert_eq!(desk.resolve(&town, &receipt, &["name"]).await.word(), "gate_key_needed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_resolves_at_once_are_twenty_and_are_counted() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let desk = Desk::of(&town, "library").await;
        let mut nurse = phone(&town, 0).await;
        let receipt = desk.check(&town, &nurse.show(town.now(), desk.number, desk.site)).await;
        let one = || {
            let (door, key, receipt) = (town.door.clone(), desk.key.clone(), receipt.clone());
            let body = json!({ "receipt": receipt, "attributes": [] });
            tokio::spawn(async move { door.gate(&key, "/api/v1/codes/resolve", body).await.word() })
        };
        let all: Vec<_> = (0..2 * OF_ONE_AN_HOUR).map(|_| one()).collect();
        let mut words = Vec::new();
        for answer in all {
            words.push(answer.await.unwrap());
        }
        let given = words.iter().filter(|word| *word == "ok").count();
        assert_eq!(given, OF_ONE_AN_HOUR, "{words:?}");
        assert!(words.iter().all(|word| word == "ok" || word == "too_many"), "{words:?}");
        let told = town.door.get("/api/v1/resolves").await.ok();
        assert_eq!(told["counts"][0]["many"], OF_ONE_AN_HOUR);
        // Another resident at the same desk is not held up by that, nor the same one elsewhere.
        let mut student = phone(&town, 1).await;
        let theirs = desk.check(&town, &student.show(town.now(), desk.number, desk.site)).await;
        assert_eq!(desk.resolve(&town, &theirs, &[]).await.word(), "ok");
        let metro = Desk::of(&town, "metro").await;
        let elsewhere = metro.check(&town, &nurse.show(town.now(), metro.number, metro.site)).await;
        assert_eq!(metro.resolve(&town, &elsewhere, &[]).await.word(), "ok");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_card_offered_for_two_readers_at_once_ties_one() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let desk = Desk::of(&town, "library").await;
        let mut receipts = Vec::new();
        for nth in 0..3 {
            let mut reader = phone(&town, nth).await;
            agree(&town, &mut reader, "library", &["binding"], 3600).await;
            receipts.push(desk.check(&town, &reader.show(town.now(), desk.number, desk.site)).await);
        }
        let tries: Vec<_> = receipts
            .iter()
            .map(|receipt| {
                let (door, key) = (town.door.clone(), desk.key.clone());
                let body = json!({ "receipt": receipt, "card": "L0042" });
                tokio::spawn(async move { door.gate(&key, "/api/v1/bindings", body).await.word() })
            })
            .collect();
        let mut words = Vec::new();
        for one in tries {
            words.push(one.await.unwrap());
        }
        words.sort();
        assert_eq!(words, ["conflict", "conflict", "ok"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_carries_what_is_in_force_and_asks_for_no_more() {
    let town = Town::open(&Database::Sqlite).await;
    let bus = manifests().into_iter().find(|text| text.contains("slug = \"bus\"")).unwrap();
    assert!(bus.contains("merged = [9]"), "the shipped bus carries the elderly benefit");
    let table = [
        ("merged = [9]", true),    // the elderly benefit, as shipped
        ("merged = [600]", false), // nobody
        ("merged = [3]", false),   // a hospital is above low
        ("merged = [11]", false),  // the student discount is not made to be carried
    ];
    for (merged, taken) in table {
        let proposed = town.province.propose_scenario(&clerk(), &bus.replace("merged = [9]", merged)).await;
        assert_eq!(proposed.is_ok(), taken, "{merged}");
    }
    let hurried = bus.replace("again_after_s = 600", "again_after_s = 60");
    assert!(town.province.propose_scenario(&clerk(), &hurried).await.is_err(), "the benefit waits ten minutes");
}

/// The data key under which each live card is sealed.
async fn card_keys(town: &Town) -> Vec<Option<u32>> {
    use yima_keys::person::OfficeCard;
    use yima_keys::sealed::Sealed;
    let store = yima_store::Store::open(&format!("sqlite:{}", town.folder().join("yima.db").display())).await.unwrap();
    let rows = store.read::<_, yima_store::StoreError, _>(|tx| Box::pin(yima_store::binding::live_page(tx, "", 100)));
    let rows = rows.await.unwrap();
    store.close().await;
    rows.into_iter().map(|row| Sealed::<OfficeCard>::from_bytes(row.sealed_card.unwrap()).data_key()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bound_card_moves_to_a_new_data_key_and_still_opens() {
    let town = Town::open(&Database::Sqlite).await;
    let desk = Desk::of(&town, "hospital").await;
    let mut nurse = phone(&town, 0).await;
    agree(&town, &mut nurse, "hospital", &["binding"], 86_400).await;
    let receipt = desk.confirmed(&town, &mut nurse).await;
    assert_eq!(desk.bind(&town, &receipt, "H1").await.word(), "ok");
    assert_eq!(card_keys(&town).await, [Some(1)]);
    town.province.rotate_data_key(&Actor::System, "yearly").await.unwrap();
    town.clock.advance(16 * 60);
    let mut steps = 0;
    while town.province.reseal_some().await.unwrap() != Resealing::Idle {
        steps += 1;
        assert!(steps < 20, "it comes to an end");
    }
    assert_eq!(card_keys(&town).await, [Some(2)]);
    let receipt = desk.confirmed(&town, &mut nurse).await;
    assert_eq!(desk.resolve(&town, &receipt, &[]).await.ok()["bound_card"], "H1");
}
