//! A gate's own key: registered by the gate, named by the bundle, changed only by whoever holds it, gone with the gate.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use yima_code::bundle::Bundle;
use yima_code::gate_state::GateFloor;
use yima_kernel::id::GateId;
use yima_kernel::subject::Actor;
use yima_keys::custody::IssuingKey;
use yima_keys::{PublicKey, Suite};
use yima_province::{NewPlace, Text, checker_key_message};
use yima_testkit::{Database, Town};

fn key(n: u8) -> IssuingKey {
    IssuingKey::from_secret(Suite::Es256, &[n; 32]).unwrap()
}

fn sign(by: &IssuingKey, message: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(by.sign(&[message], &mut StdRng::seed_from_u64(1)).unwrap())
}

/// A registration of `new` for a gate, proven by `proof` and, if any, vouched for by `old`.
fn wish(gate: &str, new: &IssuingKey, proof: &IssuingKey, old: Option<&IssuingKey>) -> Value {
    let public = PublicKey::parse(Suite::Es256, &new.public()).unwrap();
    let message = checker_key_message(&GateId::parse(gate).unwrap(), &public);
    json!({
        "suite": "ES256", "public_key": URL_SAFE_NO_PAD.encode(new.public()),
        "proof": sign(proof, &message), "by_old": old.map(|old| sign(old, &message)),
    })
}

/// The keys that the newest bundle names for a place.
async fn named(town: &Town, site: u32) -> Vec<[u8; 33]> {
    town.province.publish_bundle(&Actor::System).await.unwrap();
    let file = town.door.get("/api/v1/bundle").await.bytes;
    let floor = GateFloor::pinned(town.province.root_fingerprint());
    let opened = Bundle::open(&file, &floor, u32::try_from(town.now()).unwrap()).unwrap();
    let (bundle, _) = opened.keep(|_| Ok::<_, std::convert::Infallible>(())).unwrap();
    bundle.site(site).unwrap().checkers.iter().map(|key| *key.bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_names_the_keys_of_live_gates_and_a_key_changes_hands_only_by_itself() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let name = Text::new("窗口", "Window");
        let place = NewPlace { name, scenario: "hospital".to_owned(), region: "370102".to_owned() };
        let site = town.province.add_place(&Actor::System, place).await.unwrap().site;
        let front = town.province.add_gate(&Actor::System, "front", site).await.unwrap();
        let back = town.province.add_gate(&Actor::System, "back", site).await.unwrap();
        let set = async |gate: &yima_province::GateKey, wish: Value| {
            town.door.gate(&gate.key, "/api/v1/gates/key", wish).await.word()
        };
        assert_eq!(
            set(&front, wish(&front.id, &key(1), &key(2), None)).await,
            "invalid",
            "whoever registers it holds it"
        );
        assert_eq!(set(&front, wish(&back.id, &key(1), &key(1), None)).await, "invalid", "the proof names the gate");
        assert_eq!(set(&front, wish(&front.id, &key(1), &key(1), None)).await, "ok");
        assert_eq!(set(&front, wish(&front.id, &key(1), &key(1), None)).await, "ok", "the same again changes nothing");
        assert_eq!(named(&town, site).await, [key(1).public()], "{database:?}");
        assert_eq!(set(&front, wish(&front.id, &key(3), &key(3), None)).await, "conflict", "a second needs the first");
        assert_eq!(set(&front, wish(&front.id, &key(3), &key(3), Some(&key(2)))).await, "conflict", "and no stranger");
        assert_eq!(set(&back, wish(&back.id, &key(1), &key(1), None)).await, "conflict", "one key is one gate's");
        assert_eq!(set(&back, wish(&back.id, &key(4), &key(4), None)).await, "ok");
        assert_eq!(set(&front, wish(&front.id, &key(3), &key(3), Some(&key(1)))).await, "ok");
        let mut both = [key(3).public(), key(4).public()];
        both.sort_unstable();
        assert_eq!(named(&town, site).await, both, "{database:?}: in the order of the format");
        town.province.end_gate(&clerk(), &front.id).await.unwrap();
        assert_eq!(named(&town, site).await, [key(4).public()], "an ended gate vouches for nothing");
        assert_eq!(set(&front, wish(&front.id, &key(3), &key(3), None)).await, "gate_key_needed");
    }
}

fn clerk() -> Actor {
    let operator = yima_kernel::id::OperatorId::new(0, [0; 10]);
    Actor::Operator { operator, role: yima_kernel::subject::Role::System }
}
