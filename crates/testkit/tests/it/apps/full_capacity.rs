//! Who may have a post or represent an enterprise (rule R17): adults who are nobody's ward, whoever names them.

use super::acting::resident_of;
use super::world::World;
use crate::browsers::Browser;
use crate::organisations::signed_in;
use crate::posts::{POST, USER, first, press, said};
use reqwest::Method;
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;
use yima_testkit::Database;

const DAY: i64 = 86_400;
const CODE: &str = "91370000000000002T";

async fn post(world: &World, path: &str, body: Value) -> yima_testkit::Answer {
    // One code of an authenticator counts once.
    world.town.clock.advance(31);
    let system = signed_in(&world.town, 0).await;
    world.town.door.operator(&system, Method::POST, &format!("/api/v1{path}"), Some(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_nobody_under_eighteen_and_nobodys_ward_has_a_post_or_represents_an_enterprise() {
    for database in Database::all() {
        let world = World::new(&database).await;
        let (child, number) = resident_of(&world, "20160301", "501").await;
        // The town opens on 23 November 2026: 18 at 00:00 of 2 December.
        let young = resident_of(&world, "20081201", "503").await.0;
        let ward = resident_of(&world, "19800505", "505").await.0;
        let guardian = resident_of(&world, "19550505", "507").await.0;
        let until = world.town.now() + 300 * DAY;
        let court = json!({ "kind": "guardian", "actor": guardian, "evidence": "court", "reference": "file 7", "until_at": until });
        assert_eq!(post(&world, &format!("/residents/{ward}/mandates"), court).await.word(), "ok");
        let named = |kind: &str, code: Option<&str>| json!({ "kind": kind, "name": format!("{kind} 一"), "credit_code": code, "region": "370000", "source": "test" });
        let office = post(&world, "/organisations", named("department", None)).await.ok()["id"].clone();
        let firm = post(&world, "/organisations", named("enterprise", Some(CODE))).await.ok()["id"].clone();
        let (office, firm) = (office.as_str().unwrap(), firm.as_str().unwrap());
        let posts = format!("/organisations/{office}/posts");

        for who in [&child, &young, &ward] {
            let made = post(&world, &posts, json!({ "resident": who, "role": "head" }));
            assert_eq!(made.await.word(), "conflict");
            let named = json!({ "resident": who, "reference": "register" });
            assert_eq!(post(&world, &format!("/organisations/{firm}/representative"), named).await.word(), "conflict");
        }

        // A personnel system learns nothing of anybody's age; who is named does not get further than that.
        let feed = post(&world, &format!("/organisations/{office}/feeds"), json!({ "label": "hr" })).await.ok();
        let mut user = json!({ "schemas": [USER, POST], "userName": "g-1" });
        user[POST] = json!({ "role": "head", "idNumber": number });
        let made = said(&world.town, feed["token"].as_str().unwrap(), Method::POST, "/Users", Some(user), &[]).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let mut browser = Browser::new(&world.town);
        for pair in world.town.sign_in(&child, Acr::Passkey).await.split("; ") {
            let (name, value) = pair.split_once('=').unwrap();
            browser.set_cookie(name, value);
        }
        let id = first(&mut browser, "accept").await;
        let refused = press(&mut browser, &id, "accept", &[]).await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.body.contains("十八岁"), "says why: {}", refused.body);
        assert_eq!(press(&mut browser, &id, "leave", &[]).await.status, 303);

        // From 18 on.
        world.town.clock.advance(10 * DAY);
        let made = post(&world, &posts, json!({ "resident": young, "role": "counter" }));
        assert_eq!(made.await.word(), "ok");
        let named = json!({ "resident": young, "reference": "register" });
        assert_eq!(post(&world, &format!("/organisations/{firm}/representative"), named).await.word(), "ok");
    }
}
