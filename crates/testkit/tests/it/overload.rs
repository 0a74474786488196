//! Sixty-four devices that draw at once where one is signed at a time, while a gate goes on checking.
//! It does not know how long anything takes: what must hold holds at any speed.

use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::{NewPlace, Text};
use yima_testkit::{Database, Phone, Town};
use yima_wire::retry;

const DEVICES: u64 = 64;
/// Phones that drew before, whose codes are checked meanwhile.
const SHOWING: u64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn draws_are_sent_away_with_a_turn_and_no_check_is() {
    for database in Database::all() {
        let residents = u32::try_from(DEVICES + SHOWING).unwrap();
        let town = Arc::new(Town::with_draws_at_once(&database, residents, 1).await);
        let (gate, codes) = checks(&town).await;
        let drawers = drawers(&town).await;
        let (sent_away, served) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let drawing: Vec<_> = drawers
            .into_iter()
            .map(|phone| {
                tokio::spawn(until_drawn(Arc::clone(&town), phone, Arc::clone(&sent_away), Arc::clone(&served)))
            })
            .collect();
        let mut meanwhile = 0;
        for digits in codes {
            let answer = town.door.gate(&gate, "/api/v1/codes/check", json!({ "digits": digits })).await;
            assert_eq!((answer.word().as_str(), answer.body["verdict"].as_str()), ("ok", Some("valid")));
            meanwhile += u64::from(served.load(Ordering::SeqCst) < DEVICES);
        }
        for one in drawing {
            one.await.unwrap();
        }
        assert_eq!(served.load(Ordering::SeqCst), DEVICES);
        assert!(sent_away.load(Ordering::SeqCst) > 0, "more devices came at once than the lane and its room hold");
        assert!(meanwhile > 0, "checks and draws met");
    }
}

async fn checks(town: &Town) -> (String, Vec<String>) {
    let place = NewPlace { name: Text::new("站", "Stop"), scenario: "bus".to_owned(), region: "370102".to_owned() };
    let site = town.province.add_place(&Actor::System, place).await.unwrap().site;
    town.province.publish_bundle(&Actor::System).await.unwrap();
    let gate = town.province.add_gate(&Actor::System, "闸", site).await.unwrap().key;
    let mut codes = Vec::new();
    for (number, account) in (0..SHOWING).zip(town.accounts().await) {
        let mut phone = enrolled(town, &account, Suite::Es256, number).await;
        let _ = phone.draw(&town.door, town.now(), 32, 0).await.ok();
        codes.extend((0..32).map(|_| phone.show(town.now(), 1, site)));
    }
    (gate, codes)
}

/// Phones with their keys made; SM2, so that a draw is long beside its request.
async fn drawers(town: &Town) -> Vec<Phone> {
    let mut phones = Vec::new();
    for (number, account) in (SHOWING..).zip(town.accounts().await.into_iter().skip(usize::try_from(SHOWING).unwrap()))
    {
        let mut phone = enrolled(town, &account, Suite::Sm2Sm3, number).await;
        phone.wish(town.now(), (16, 16), &json!({ "flavour": "plain" }));
        phones.push(phone);
    }
    phones
}

async fn enrolled(town: &Town, account: &str, suite: Suite, number: u64) -> Phone {
    let (code, _) = town.province.issue_enrolment_code(&Actor::System, account).await.unwrap();
    let mut phone = Phone::new(suite, number);
    let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
    phone
}

/// Draws as a device does: not before the turn that it was given.
async fn until_drawn(town: Arc<Town>, mut phone: Phone, sent_away: Arc<AtomicU64>, served: Arc<AtomicU64>) {
    for tries in 1.. {
        let answer = phone.ask(&town.door, town.now()).await;
        if answer.status.is_success() {
            served.fetch_add(1, Ordering::SeqCst);
            return;
        }
        assert_eq!(answer.word(), "busy", "{}", answer.body);
        let told_s = answer.retry_after_s.expect("who is sent away is told when to come again");
        assert!((1..=yima_province::LONGEST_WAIT_S).contains(&told_s));
        sent_away.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_secs(retry::wait_s(tries, told_s, 0).into())).await;
    }
}
