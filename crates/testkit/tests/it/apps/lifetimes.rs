//! How long what an app holds goes on, by the clause that bounds it.

use super::world::World;
use serde_json::{Value, json};
use yima_oidc::form::Params;
use yima_testkit::Database;

#[tokio::test(flavor = "multi_thread")]
async fn rfc_9700_4_14_a_refresh_token_in_use_ends_within_a_year() {
    let w = World::new(&Database::Sqlite).await;
    let app = w.app(json!({})).await;
    let mut token = w.signed_in(&app).await;
    let mut days = 0;
    loop {
        w.town.clock.advance(29 * 86_400);
        days += 29;
        let said = w.refresh(&app, &token).await;
        if said.status != 200 {
            assert_eq!(said.word(), "invalid_grant", "{}", said.text);
            break;
        }
        assert!(days <= 366, "used once a month it still goes on after {days} days");
        let next = said.json();
        if next.get("refresh_token").is_some_and(|fresh| fresh.is_string()) {
            token = next;
        }
    }
    assert!(days > 29, "it was refreshed at least once");
}

#[tokio::test(flavor = "multi_thread")]
async fn rfc_6749_6_a_token_of_less_scope_reads_less() {
    let w = World::new(&Database::Sqlite).await;
    let app = w.app(json!({})).await;
    let whole = w.signed_in(&app).await;
    let names = |told: Value| told.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(names(w.userinfo(&whole).await.json()), ["sub", "name", "region", "age_band"]);
    let refresh = whole["refresh_token"].as_str().unwrap();
    let less =
        Params::default().with("grant_type", "refresh_token").with("refresh_token", refresh).with("scope", "openid");
    let said = w.token(&app, &less).await;
    assert_eq!((said.status, said.json()["scope"].clone()), (200, json!("openid")), "{}", said.text);
    assert_eq!(names(w.userinfo(&said.json()).await.json()), ["sub"]);
    let more = less.without(&["scope"]).with("scope", "openid profile phone");
    assert_eq!(w.token(&app, &more).await.word(), "invalid_scope");
}
