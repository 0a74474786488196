//! Large-grid codes under many connections at once: one verdict to the gate that asked first, ten wrong MACs and no more,
//! one question and one answer. Told on SQLite and, where one is named, on PostgreSQL.

use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Database, Door, Phone, Town};

const AT_ONCE: usize = 16;

struct Scene {
    town: Town,
    phone: Phone,
    site: u32,
    scenario: u16,
    gates: [String; 2],
}

async fn scene(database: &Database, slug: &str) -> Scene {
    let town = Town::open(database).await;
    let place =
        NewPlace { name: Text::new("窗口", "Window"), scenario: slug.to_owned(), region: "370102".to_owned() };
    let place = town.province.add_place(&Actor::System, place).await.unwrap();
    let gates = [
        town.province.add_gate(&Actor::System, "front", place.site).await.unwrap().key,
        town.province.add_gate(&Actor::System, "back", place.site).await.unwrap().key,
    ];
    town.province.publish_bundle(&Actor::System).await.unwrap();
    let account = town.accounts().await.remove(0);
    let code = town.province.issue_enrolment_code(&Actor::System, &account).await.unwrap().0;
    let mut phone = Phone::new(Suite::Es256, 1);
    let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
    let _ = phone.draw(&town.door, town.now(), 1, 8).await.ok();
    Scene { site: place.site, scenario: place.scenario_id, town, phone, gates }
}

async fn check(door: Door, gate: String, digits: String) -> Value {
    door.gate(&gate, "/api/v1/codes/check", json!({ "digits": digits })).await.ok()
}

/// How often each answer was given.
async fn at_once(scene: &Scene, asks: Vec<(String, String)>) -> BTreeMap<String, usize> {
    let asking: Vec<_> =
        asks.into_iter().map(|(gate, digits)| tokio::spawn(check(scene.town.door.clone(), gate, digits))).collect();
    let mut answers = BTreeMap::new();
    for one in asking {
        let body = one.await.unwrap();
        let word = body["reason"].as_str().unwrap_or_else(|| body["verdict"].as_str().unwrap()).to_owned();
        *answers.entry(word).or_default() += 1;
    }
    answers
}

fn counts(list: &[(&str, usize)]) -> BTreeMap<String, usize> {
    list.iter().map(|(word, n)| ((*word).to_owned(), *n)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_gate_and_bytes_get_the_same_verdict_however_often_they_ask_at_once() {
    for database in Database::all() {
        let mut scene = scene(&database, "bus").await;
        let digits = scene.phone.show_online(scene.town.now(), scene.scenario, scene.site);
        let [front, back] = scene.gates.clone();
        let mine = at_once(&scene, vec![(front.clone(), digits.clone()); AT_ONCE]).await;
        assert_eq!(mine, counts(&[("valid", AT_ONCE)]), "{database:?}: a lost reply refuses nobody");
        scene.town.clock.advance(59);
        assert_eq!(at_once(&scene, vec![(front.clone(), digits.clone())]).await, counts(&[("valid", 1)]));
        assert_eq!(at_once(&scene, vec![(back, digits.clone()); 4]).await, counts(&[("replayed", 4)]));
        scene.town.clock.advance(2);
        assert_eq!(at_once(&scene, vec![(front, digits)]).await, counts(&[("replayed", 1)]), "a minute, and no more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_gates_that_ask_at_once_one_admits() {
    for database in Database::all() {
        let mut scene = scene(&database, "bus").await;
        for _ in 0..6 {
            let digits = scene.phone.show_online(scene.town.now(), scene.scenario, scene.site);
            let asks = scene.gates.clone().map(|gate| (gate, digits.clone())).to_vec();
            assert_eq!(at_once(&scene, asks).await, counts(&[("replayed", 1), ("valid", 1)]), "{database:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_macs_kill_an_id_and_nine_do_not() {
    for database in Database::all() {
        let mut scene = scene(&database, "bus").await;
        let front = scene.gates[0].clone();
        for (wrong, after) in [(9, "valid"), (10, "unknown_code")] {
            let digits = scene.phone.show_online(scene.town.now(), scene.scenario, scene.site);
            let asks = (0..wrong).map(|n| (front.clone(), bent(&digits, n))).collect();
            assert_eq!(at_once(&scene, asks).await, counts(&[("unknown_code", wrong)]), "{database:?}");
            assert_eq!(at_once(&scene, vec![(front.clone(), digits)]).await, counts(&[(after, 1)]), "{database:?}");
        }
    }
}

/// The same id under another MAC: the last bytes of the payload are the MAC's.
fn bent(digits: &str, n: usize) -> String {
    let yima_code::Presented::T0(token) = yima_code::Presented::from_digits(digits).unwrap() else { panic!("a T0") };
    let mut bytes = yima_code::Presented::T0(token).to_bytes();
    let last = bytes.len() - 1;
    bytes[last] ^= u8::try_from(n).unwrap() + 1;
    format!("3{}", yima_code::digits::encode(&bytes))
}

/// A gate that holds a confirmed question back would choose when its holder was there.
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_is_good_for_a_minute_and_not_for_the_day() {
    for database in Database::all() {
        let mut scene = scene(&database, "hospital").await;
        let front = scene.gates[0].clone();
        for (later, after) in [(100, "valid"), (125, "stale_code")] {
            let digits = scene.phone.show_online(scene.town.now(), scene.scenario, scene.site);
            let asked = check(scene.town.door.clone(), front.clone(), digits.clone()).await;
            let path = format!("/api/v1/confirmations/{}/confirm", asked["confirmation"]["id"].as_str().unwrap());
            let now = scene.town.now();
            let _ = scene.phone.send(&scene.town.door, now, Method::POST, &path, Some(json!({}))).await;
            scene.town.clock.advance(later);
            assert_eq!(at_once(&scene, vec![(front.clone(), digits)]).await, counts(&[(after, 1)]), "{later} s");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_is_opened_and_one_answer_counts() {
    for database in Database::all() {
        let mut scene = scene(&database, "hospital").await;
        let digits = scene.phone.show_online(scene.town.now(), scene.scenario, scene.site);
        let front = scene.gates[0].clone();
        let asked = at_once(&scene, vec![(front.clone(), digits.clone()); AT_ONCE]).await;
        assert_eq!(asked, counts(&[("confirmation_waits", AT_ONCE)]), "{database:?}");
        let now = scene.town.now();
        let waiting = scene.phone.send(&scene.town.door, now, Method::GET, "/api/v1/confirmations", None).await.ok();
        let questions = waiting["confirmations"].as_array().unwrap();
        assert_eq!(questions.len(), 1, "{database:?}: {waiting}");
        let path = format!("/api/v1/confirmations/{}/confirm", questions[0]["id"].as_str().unwrap());
        let mut answers = BTreeMap::new();
        for _ in 0..3 {
            let answer = scene.phone.send(&scene.town.door, now, Method::POST, &path, Some(json!({}))).await;
            *answers.entry(answer.word()).or_default() += 1;
        }
        assert_eq!(answers, counts(&[("conflict", 2), ("ok", 1)]), "{database:?}");
        let all = at_once(&scene, vec![(front, digits.clone()); AT_ONCE]).await;
        assert_eq!(all, counts(&[("valid", AT_ONCE)]), "{database:?}: burned once, answered alike");
        let other = scene.gates[1].clone();
        assert_eq!(at_once(&scene, vec![(other, digits)]).await, counts(&[("replayed", 1)]));
    }
}
