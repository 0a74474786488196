//! How long a statement may take on PostgreSQL (R29): a request's is undone while one of a long deed goes on waiting.

use crate::town::{empty_postgres, resident, settle};
use sqlx::{Connection as _, Executor as _};
use yima_store::{Store, StoreError, account, hurried};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r29_a_hurried_statement_waits_two_seconds_and_a_long_one_longer() {
    let url = empty_postgres().await;
    let store = Store::open(&format!("{url}?yima_statement_ms=200&yima_long_statement_ms=60000")).await.unwrap();
    settle(&store, 1).await;
    let change = |store: Store| async move {
        let id = resident(0).id;
        store
            .deed::<_, StoreError, _>(move |tx| Box::pin(async move { account::changed(tx, &id).await.map(drop) }))
            .await
    };
    let mut other = sqlx::PgConnection::connect(&url).await.unwrap();
    let mut held = other.begin().await.unwrap();
    held.execute("SELECT id FROM account FOR UPDATE").await.unwrap();
    let long = tokio::spawn(change(store.clone()));
    assert_eq!(hurried(change(store.clone())).await, Err(StoreError::Busy), "the row is held");
    assert!(!long.is_finished(), "the long one waits on");
    held.rollback().await.unwrap();
    assert_eq!(long.await.unwrap(), Ok(()));
    assert_eq!(hurried(change(store)).await, Ok(()), "the connection serves again");
}
