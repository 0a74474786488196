//! Deeds that lock the same rows in opposite orders. The order of locks forbids that (R27); where it happens all the same,
//! one of the two is undone by PostgreSQL and runs again, and its caller knows nothing of it (R29).

use crate::town::{postgres, resident, settle};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Barrier;
use yima_store::{Store, StoreError, account};

/// Locks one account, waits until the other deed has locked its own, and then locks that one too. `runs` counts how often.
async fn crosswise(
    store: Store,
    first: u64,
    second: u64,
    both: Arc<Barrier>,
    runs: Arc<AtomicU32>,
) -> Result<(), StoreError> {
    store
        .deed::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                // Only the first runs of both meet; whoever runs again finds nobody to wait for.
                let meets = runs.fetch_add(1, Ordering::SeqCst) < 2;
                account::changed(tx, &resident(first).id).await?;
                if meets {
                    both.wait().await;
                }
                account::changed(tx, &resident(second).id).await?;
                Ok(())
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r29_of_two_deeds_that_cross_both_are_done_on_postgres() {
    let store = postgres().await;
    settle(&store, 2).await;
    let version = |n: u64| {
        let store = store.clone();
        async move {
            let look = store
                .read::<_, StoreError, _>(move |tx| Box::pin(async move { account::find(tx, &resident(n).id).await }));
            look.await.unwrap().unwrap().version
        }
    };
    let before = (version(0).await, version(1).await);
    let (both, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let one = tokio::spawn(crosswise(store.clone(), 0, 1, Arc::clone(&both), Arc::clone(&runs)));
    let other = tokio::spawn(crosswise(store.clone(), 1, 0, both, Arc::clone(&runs)));
    assert_eq!((one.await.unwrap(), other.await.unwrap()), (Ok(()), Ok(())));
    assert_eq!(runs.load(Ordering::SeqCst), 3, "one of them ran twice");
    assert_eq!((version(0).await, version(1).await), (before.0 + 2, before.1 + 2), "each deed was kept once");
}
