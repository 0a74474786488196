//! What a post is: proposed, accepted with a passkey, renewed or over; a transfer; deputies.

use super::{Office, POST, code, first, press};
use reqwest::Method;
use serde_json::json;
use yima_kernel::assurance::Acr;
use yima_testkit::{Database, Town};

const DAY: i64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_post_counts_once_accepted_and_is_over_after_seven_days_of_silence() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let made = office.made(0, "counter").await;
        assert_eq!(made[POST]["state"], "pending");
        let id = made["id"].as_str().unwrap().to_owned();

        // Two factors are not enough, and neither is another person's passkey.
        let mut weak = office.browser(0, Acr::TwoFactor).await;
        let asked = press(&mut weak, &id, "accept", &[]).await;
        assert!(asked.to.starts_with("/account/step-up?for=accept-post"), "{} {}", asked.status, asked.to);
        let mut other = office.browser(1, Acr::Passkey).await;
        assert_eq!(press(&mut other, &id, "accept", &[]).await.status, 404);
        let mut own = office.browser(0, Acr::Passkey).await;
        assert!(own.get("/account/posts").await.body.contains("省厅 · 窗口人员"));
        assert_eq!(press(&mut own, &id, "accept", &[]).await.status, 303);
        assert_eq!(press(&mut own, &id, "accept", &[]).await.status, 409, "once");
        let path = format!("/Users/{id}");
        assert_eq!(office.scim(Method::GET, &path, None, &[]).await.body[POST]["state"], "active");

        // Each word of the feed is seven more days; silence ends it at the second, without anybody sweeping.
        office.town.clock.advance(6 * DAY);
        let renewed = office.scim(Method::PUT, &path, Some(office.user(0, "counter")), &[]).await;
        assert_eq!((renewed.status, &renewed.body[POST]["state"]), (200, &json!("active")), "{}", renewed.body);
        office.town.clock.advance(7 * DAY - 1);
        assert_eq!(office.scim(Method::GET, &path, None, &[]).await.body["active"], true);
        office.town.clock.advance(1);
        let over = office.scim(Method::GET, &path, None, &[]).await.body;
        assert_eq!((&over["active"], &over[POST]["state"]), (&json!(false), &json!("ended")));
        let mut own = office.browser(0, Acr::Passkey).await;
        assert!(own.get("/account/posts").await.body.contains("到期没有续"));

        // A feed that speaks again proposes anew: the person accepts anew.
        let again = office.scim(Method::PUT, &path, Some(office.user(0, "counter")), &[]).await;
        assert_eq!((again.status, &again.body[POST]["state"], &again.body["id"]), (200, &json!("pending"), &json!(id)));
        let next = first(&mut own, "accept").await;
        assert_ne!(next, id, "another post under the same name");
        assert_eq!(press(&mut own, &next, "leave", &[]).await.status, 303, "and may say no");
        assert_eq!(office.scim(Method::GET, &path, None, &[]).await.body[POST]["state"], "ended");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_transfer_ends_the_post_its_sessions_and_its_deputies_at_once() {
    for database in Database::all() {
        let office = Office::of(Town::open(&database).await).await;
        let (head, colleague) = (office.made(0, "head").await, office.made(1, "handler").await);
        let id = |made: &serde_json::Value| made["id"].as_str().unwrap().to_owned();
        let (head, colleague) = (id(&head), id(&colleague));
        let mut officer = office.browser(0, Acr::Passkey).await;
        let mut deputy = office.browser(1, Acr::Passkey).await;
        assert_eq!(press(&mut officer, &head, "accept", &[]).await.status, 303);

        // A deputy is of the same office, for thirty days at most, once they accepted; and appoints nobody.
        let named = code(&mut deputy).await;
        let fields = [("days", "7"), ("code", named.as_str())];
        assert_eq!(press(&mut officer, &head, "deputy", &fields).await.status, 409, "not yet of the office");
        assert_eq!(press(&mut deputy, &colleague, "accept", &[]).await.status, 303);
        let named = code(&mut deputy).await;
        for (days, given, status) in
            [("31", named.as_str(), 422), ("7", "aaaaa-aaaaa", 403), ("7", &named, 303), ("7", &named, 403)]
        {
            let shown = press(&mut officer, &head, "deputy", &[("days", days), ("code", given)]).await;
            assert_eq!(shown.status, status, "{days} days: {}", shown.body);
        }
        let acting = first(&mut deputy, "accept").await;
        assert_eq!(press(&mut deputy, &acting, "accept", &[]).await.status, 303);
        let third = code(&mut officer).await;
        let refused = press(&mut deputy, &acting, "deputy", &[("days", "7"), ("code", &third)]).await;
        assert_eq!(refused.status, 409, "never of a deputy");
        let held = office.posts(&office.top).await;
        assert!(held.contains(&("head".into(), "active".into(), String::new())), "{held:?}");

        // The transfer: one PATCH. The session that acted in the post is gone, and so is the deputy's post.
        let to = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
            { "op": "replace", "path": format!("{POST}:organisation"), "value": office.under }] });
        let moved = office.scim(Method::PATCH, &format!("/Users/{head}"), Some(to), &[]).await;
        assert_eq!((moved.status, &moved.body[POST]["state"]), (200, &json!("pending")), "{}", moved.body);
        assert_eq!(moved.body["id"], json!(head), "the feed's name for it stays");
        assert_eq!(officer.get("/account/posts").await.to, "/account/sign-in?next=/account/posts", "the session ended");
        assert_eq!(deputy.get("/account/posts").await.status, 200, "the deputy did nothing in the post");
        let mut ended: Vec<_> = office.posts(&office.top).await;
        ended.retain(|(_, state, _)| state == "ended");
        ended.sort();
        let row = |role: &str, why: &str| (role.to_owned(), "ended".to_owned(), why.to_owned());
        assert_eq!(ended, [row("head", "officer_ended"), row("head", "transferred")]);
        assert_eq!(office.posts(&office.under).await, [("head".into(), "pending".into(), String::new())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_operators_propose_renew_and_end_and_a_row_by_hand_stops_the_deed() {
    let mut office = Office::of(Town::open(&Database::Sqlite).await).await;
    let account = office.account(0).to_owned();
    let path = format!("/organisations/{}/posts", office.top);
    let wish = |role: &str| Some(json!({ "resident": account, "role": role }));
    assert_eq!(office.operator(Method::POST, &path, wish("king")).await.word(), "invalid");
    let made = office.operator(Method::POST, &path, wish("reviewer")).await.ok();
    assert_eq!(office.operator(Method::POST, &path, wish("reviewer")).await.word(), "conflict");
    let id = made["id"].as_str().unwrap().to_owned();
    office.later(6 * DAY).await;
    let renewed = office.operator(Method::POST, &format!("/posts/{id}/renew"), None).await.ok();
    assert_eq!(renewed["lease_until_at"], office.town.now() + 7 * DAY);
    let why = || Some(json!({ "reason": "test" }));
    let end = format!("/posts/{id}/end");
    assert_eq!(office.operator(Method::POST, &end, why()).await.word(), "ok");
    assert_eq!(office.operator(Method::POST, &end, why()).await.word(), "conflict");

    let again = office.operator(Method::POST, &path, wish("reviewer")).await.ok();
    let database = rusqlite::Connection::open(office.town.folder().join("yima.db")).unwrap();
    let id = again["id"].as_str().unwrap();
    database.execute("UPDATE post SET lease_until = lease_until + 1 WHERE id = ?1", [id]).unwrap();
    let ended = office.operator(Method::POST, &format!("/posts/{id}/end"), why()).await;
    assert_eq!(ended.word(), "server_error");
}
