//! A statement that waits too long is undone, and its caller is told when to come again (R29).

use crate::organisations::signed_in;
use reqwest::{Method, StatusCode};
use serde_json::json;
use sqlx::{Connection as _, Executor as _};
use yima_testkit::{Database, Town};

#[tokio::test(flavor = "multi_thread")]
async fn r29_a_statement_over_its_limit_is_a_503_with_a_time_to_come_back() {
    for database in Database::all() {
        let town = Town::open(&database).await;
        let Some(mut other) = town.postgres().await else { continue };
        let system = signed_in(&town, 0).await;
        let person = "/api/v1/manage/operators";
        let wish = |name: &str| json!({ "name": name, "person": name, "role": "audit" });
        // Somebody else holds the table: each statement upon it waits.
        let mut held = other.begin().await.unwrap();
        held.execute("LOCK TABLE operator_grant IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let told = town.door.operator(&system, Method::POST, person, Some(wish("zhao"))).await;
        assert_eq!((told.status, told.retry_after_s), (StatusCode::SERVICE_UNAVAILABLE, Some(1)), "{}", told.body);
        assert_eq!(told.word(), "busy");
        held.rollback().await.unwrap();
        let made = town.door.operator(&system, Method::POST, person, Some(wish("zhao"))).await;
        assert_eq!(made.word(), "ok", "nothing of it was kept, and it goes on once the table is free");
    }
}
