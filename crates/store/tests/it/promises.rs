//! What a deed may rely on, whatever it does: whole or not at all, answered when durable, not
//! taken back by a caller that leaves.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;
use yima_store::{Store, StoreError, account, setting, tally};

use crate::town::{address, deed, resident};

#[derive(Debug, PartialEq)]
enum Outcome {
    Rule,
    Store(StoreError),
}

impl From<StoreError> for Outcome {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

crate::on_both!(
    an_err_undoes_the_deed_and_an_ok_keeps_it,
    a_swallowed_error_can_not_be_committed,
    a_read_sees_what_is_durable_and_can_not_write,
    a_caller_that_leaves_does_not_take_the_deed_along,
    many_deeds_at_once_are_all_kept,
    a_panic_ends_one_deed_only,
    a_closed_store_says_so,
);

async fn value(store: &Store, key: &'static str) -> Option<String> {
    store.read(move |tx| Box::pin(setting::get(tx, key))).await.unwrap_or_else(|e: StoreError| panic!("{e}"))
}

async fn an_err_undoes_the_deed_and_an_ok_keeps_it(store: Store) {
    let refused: Result<(), Outcome> = store
        .deed(|tx| {
            Box::pin(async move {
                setting::set(tx, "a", "1").await?;
                Err(Outcome::Rule)
            })
        })
        .await;
    assert_eq!(refused, Err(Outcome::Rule));
    assert_eq!(value(&store, "a").await, None);
    deed(&store, |tx| Box::pin(setting::set(tx, "a", "2"))).await;
    assert_eq!(value(&store, "a").await.as_deref(), Some("2"));
}

async fn a_swallowed_error_can_not_be_committed(store: Store) {
    deed(&store, |tx| Box::pin(async move { account::insert_many(tx, &[resident(1)]).await })).await;
    let swallowed: Result<(), Outcome> = store
        .deed(|tx| {
            Box::pin(async move {
                setting::set(tx, "before", "1").await?;
                // The same id and handle with another number: a conflict that nobody provided for.
                let twin = account::Account { blind_id: vec![9; 32], ..resident(1) };
                assert_eq!(account::insert_many(tx, &[twin]).await, Err(StoreError::Conflict));
                assert_eq!(setting::set(tx, "after", "1").await, Err(StoreError::Conflict));
                Ok(())
            })
        })
        .await;
    assert_eq!(swallowed, Err(Outcome::Store(StoreError::Conflict)));
    assert_eq!((value(&store, "before").await, value(&store, "after").await), (None, None));
}

async fn a_read_sees_what_is_durable_and_can_not_write(store: Store) {
    deed(&store, |tx| Box::pin(setting::set(tx, "a", "1"))).await;
    assert_eq!(value(&store, "a").await.as_deref(), Some("1"));
    let written: Result<(), StoreError> = store.read(|tx| Box::pin(setting::set(tx, "a", "2"))).await;
    assert!(written.is_err());
    assert_eq!(value(&store, "a").await.as_deref(), Some("1"));
}

async fn a_caller_that_leaves_does_not_take_the_deed_along(store: Store) {
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (there, wait) = (Arc::clone(&reached), Arc::clone(&go_on));
    let mut call = Box::pin(store.deed::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            setting::set(tx, "left", "1").await?;
            there.notify_one();
            wait.notified().await;
            setting::set(tx, "right", "1").await
        })
    }));
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
    reached.notified().await;
    drop(call);
    go_on.notify_one();
    // On PostgreSQL the deed is a task of its own: it ends soon, but not by our waiting for it.
    while value(&store, "right").await.is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(value(&store, "left").await.as_deref(), Some("1"));
}

async fn many_deeds_at_once_are_all_kept(store: Store) {
    let deeds = (0..1_000).map(|n| {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .deed(move |tx| {
                    Box::pin(async move {
                        account::insert_many(tx, &[resident(n)]).await?;
                        if n % 10 == 0 { Err(Outcome::Rule) } else { Ok(()) }
                    })
                })
                .await
        })
    });
    let mut kept = 0;
    for deed in deeds.collect::<Vec<_>>() {
        kept += i64::from(deed.await.unwrap().is_ok());
    }
    let tallies = deed(&store, |tx| Box::pin(tally::all(tx))).await;
    assert_eq!((kept, tallies), (900, vec![("accounts".to_owned(), 900)]));
}

async fn a_panic_ends_one_deed_only(store: Store) {
    let ended: Result<(), StoreError> = store
        .deed(|tx| {
            Box::pin(async move {
                setting::set(tx, "a", "1").await?;
                panic!("a fault of the deed")
            })
        })
        .await;
    assert!(matches!(ended, Err(StoreError::Unavailable(_))), "{ended:?}");
    assert_eq!(value(&store, "a").await, None);
    deed(&store, |tx| Box::pin(setting::set(tx, "a", "2"))).await;
    assert_eq!(value(&store, "a").await.as_deref(), Some("2"));
}

async fn a_closed_store_says_so(store: Store) {
    deed(&store, |tx| Box::pin(setting::set(tx, "a", "1"))).await;
    store.clone().close().await;
    let late: Result<(), StoreError> = store.deed(|tx| Box::pin(setting::set(tx, "a", "2"))).await;
    assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
}

#[tokio::test]
async fn too_many_waiting_deeds_are_busy_and_a_copy_is_whole() {
    let (store, dir) = crate::town::sqlite().await;
    let (reached, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (there, wait) = (Arc::clone(&reached), Arc::clone(&go_on));
    let first = {
        let store = store.clone();
        tokio::spawn(async move {
            store
                .deed::<_, StoreError, _>(move |_| {
                    Box::pin(async move {
                        there.notify_one();
                        wait.notified().await;
                        Ok(())
                    })
                })
                .await
        })
    };
    reached.notified().await;
    let mut waiting: Vec<_> = (0..5_000)
        .map(|_| Box::pin(store.deed::<_, StoreError, _>(|tx| Box::pin(setting::set(tx, "a", "1")))))
        .collect();
    let busy =
        waiting.iter_mut().filter_map(|call| match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Some(answer),
            Poll::Pending => None,
        });
    let busy: Vec<_> = busy.collect();
    assert!(!busy.is_empty() && busy.iter().all(|answer| *answer == Err(StoreError::Busy)));
    go_on.notify_one();
    first.await.unwrap().unwrap();

    let copy = tempfile::TempDir::new().unwrap();
    store.copy_to(&copy.path().join("yima.db")).await.unwrap();
    let copied = Store::open(&address(copy.path())).await.unwrap();
    assert_eq!(value(&copied, "a").await, value(&store, "a").await);
    drop(dir);
}

#[tokio::test]
async fn addresses_and_files_that_are_none_are_refused() {
    let dir = tempfile::TempDir::new().unwrap();
    std::fs::write(dir.path().join("yima.db"), [7; 8192]).unwrap();
    for (url, want) in [
        ("mysql://nobody".to_owned(), "neither sqlite: nor postgres"),
        (address(dir.path()), "the file is damaged"),
        (format!("sqlite:{}/no/such/dir", dir.path().display()), "failed to reach the database"),
    ] {
        let error = Store::open(&url).await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(want), "{url}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_may_write_one_file() {
    let (serving, dir) = crate::town::sqlite().await;
    let importing = Store::open(&address(dir.path())).await.unwrap();
    let deeds = (0..200).map(|n| {
        let store = if n % 2 == 0 { serving.clone() } else { importing.clone() };
        tokio::spawn(async move {
            deed(&store, move |tx| Box::pin(async move { account::insert_many(tx, &[resident(n)]).await })).await
        })
    });
    for one in deeds.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), [true]);
    }
    assert_eq!(deed(&serving, |tx| Box::pin(tally::all(tx))).await, [("accounts".to_owned(), 200)]);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    let (store, dir) = crate::town::sqlite().await;
    store.close().await;
    // The header's user version (SQLite file format, 1.3.16) is where the last step is noted.
    let file = dir.path().join("yima.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&file, &bytes).unwrap();
    let error = Store::open(&address(dir.path())).await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("newer version"), "{error}");
    assert_eq!(std::fs::read(&file).unwrap()[60..64], 999_u32.to_be_bytes());
}
