//! Two servers over one database: what they publish in turn is one story, and tells nothing by how it differs.

use serde_json::json;
use yima_code::bundle::{Bundle, peek_root_fingerprint};
use yima_code::gate_state::GateFloor;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::Published;
use yima_testkit::{Database, Phone, Town};

/// The values of the urgent list, day by day.
fn urgent(published: &Published, now: i64) -> Vec<(u16, Vec<u64>)> {
    let pinned = GateFloor::pinned(peek_root_fingerprint(&published.bytes).unwrap());
    let opened = Bundle::open(&published.bytes, &pinned, u32::try_from(now).unwrap()).unwrap();
    let (bundle, _) = opened.keep(|_| Ok::<_, ()>(())).unwrap();
    bundle.urgent().list.days().map(|(day, values)| (day, values.to_vec())).collect()
}

/// An id among random ones is hidden only as long as the random ones stay: two paddings share nothing but the ids.
#[tokio::test(flavor = "multi_thread")]
async fn the_padding_of_the_urgent_list_is_the_same_whoever_publishes() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let account = town.accounts().await.remove(0);
        let (code, _) = town.province.issue_enrolment_code(&Actor::System, &account).await.unwrap();
        let mut phone = Phone::new(Suite::Es256, 1);
        let _ = phone.enrol(&town.door, town.now(), json!({ "code": code })).await.ok();
        let _ = phone.draw(&town.door, town.now(), 16, 0).await.ok();
        let other = town.beside(9).await;
        town.province.end_device(&Actor::System, &phone.id, "lost").await.unwrap();
        let first = urgent(&town.province.publish_bundle(&Actor::System).await.unwrap(), town.now());
        assert_eq!(first.iter().map(|(_, values)| values.len()).collect::<Vec<_>>(), [1024]);
        let second = urgent(&other.publish_bundle(&Actor::System).await.unwrap(), town.now());
        assert!(first == second, "a list that is padded anew gives the phone's ids away");
        let third = urgent(&town.province.publish_bundle(&Actor::System).await.unwrap(), town.now());
        assert!(first == third);
        other.close().await;
    }
}
