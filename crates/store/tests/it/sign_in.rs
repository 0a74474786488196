//! What signs people in, when deeds meet: a thing that counts once, tries that are counted, sessions that end while they
//! are read, an authenticator that two change at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use yima_store::authenticator::{self, Authenticator, Kind};
use yima_store::one_time::{self, OneTime};
use yima_store::session::{self, Rise, Session};
use yima_store::wrong_try::{self, Counter};
use yima_store::{Store, account, sign_in_name};

use crate::lot::Lot;
use crate::town::{deed, resident, settle};

crate::on_both!(
    sixteen_take_what_counts_once_and_one_has_it,
    sixteen_guesses_have_three_tries,
    a_one_time_row_is_of_its_kind_its_client_and_its_time,
    sixteen_tries_at_once_are_all_counted,
    a_session_that_was_ended_acts_no_more,
    one_rise_of_sixteen_gives_the_new_secret,
    an_authenticator_is_changed_by_one_of_two,
    a_sign_in_name_is_of_one_account,
);

fn one_time(n: u8, kind: &str) -> OneTime {
    OneTime {
        id_hash: vec![n; 32],
        kind: kind.into(),
        account: Some(resident(0).id),
        body: format!("{{\"n\":{n}}}"),
        tries: 3,
        created_at: 1_000,
        expires_at: 2_000,
        ..OneTime::default()
    }
}

async fn put(store: &Store, row: OneTime) {
    deed(store, move |tx| Box::pin(async move { one_time::put(tx, &row).await })).await;
}

async fn sixteen_take_what_counts_once_and_one_has_it(store: Store) {
    let mut lot = Lot::of("sixteen_take_what_counts_once_and_one_has_it");
    settle(&store, 1).await;
    for round in 0..20u8 {
        put(&store, one_time(round, "code")).await;
        let takers: Vec<_> = (0..16u8)
            .map(|n| {
                let store = store.clone();
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;

                    deed(&store, move |tx| {
                        Box::pin(async move {
                            let hash = [round; 32];
                            let peeked = one_time::peek(tx, "code", &hash).await?.unwrap();
                            account::changed(tx, peeked.account.as_deref().unwrap()).await?;
                            let took = one_time::take(tx, "code", &hash, None, Some(&[n]), 1_500).await?;
                            Ok(took.map(|_| n))
                        })
                    })
                    .await
                })
            })
            .collect();
        let mut took = Vec::new();
        for taker in takers {
            took.extend(taker.await.unwrap());
        }
        assert_eq!(took.len(), 1, "round {round}");
        let by = deed(&store, move |tx| Box::pin(async move { one_time::taken(tx, "code", &[round; 32]).await })).await;
        assert_eq!(by, Some((1_500, Some(took))));
    }
}

async fn sixteen_guesses_have_three_tries(store: Store) {
    let mut lot = Lot::of("sixteen_guesses_have_three_tries");
    settle(&store, 1).await;
    put(&store, one_time(1, "otp")).await;
    let guesses: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;

                let spent =
                    deed(&store, |tx| Box::pin(async move { one_time::spend_try(tx, "otp", &[1; 32], 1_500).await }));
                spent.await.is_some()
            })
        })
        .collect();
    let mut made = 0;
    for guess in guesses {
        made += u32::from(guess.await.unwrap());
    }
    assert_eq!(made, 3);
}

async fn a_one_time_row_is_of_its_kind_its_client_and_its_time(store: Store) {
    settle(&store, 1).await;
    put(&store, OneTime { client: Some("app_1".into()), ..one_time(1, "code") }).await;
    let table = [
        ("par", Some("app_1"), 1_500),
        ("code", Some("app_2"), 1_500),
        ("code", None, 1_500),
        ("code", Some("app_1"), 2_000),
    ];
    for (kind, client, at) in table {
        let took =
            deed(&store, move |tx| Box::pin(async move { one_time::take(tx, kind, &[1; 32], client, None, at).await }));
        assert_eq!(took.await, None, "{kind} {client:?} {at}");
    }
    let took = deed(&store, |tx| {
        Box::pin(async move { one_time::take(tx, "code", &[1; 32], Some("app_1"), None, 1_999).await })
    });
    assert_eq!(took.await.unwrap().body, "{\"n\":1}");
    put(&store, one_time(2, "otp")).await;
    let (ended, counted, gone) = deed(&store, |tx| {
        Box::pin(async move {
            let ended = one_time::end_of_account(tx, "otp", &resident(0).id, 1_500).await?;
            let counted = one_time::since(tx, "otp", &resident(0).id, 1_000, 5).await?;
            Ok((ended, counted, one_time::forget(tx, 1_900, 10).await?))
        })
    })
    .await;
    assert_eq!((ended, counted, gone), (1, 1, 1));
}

async fn sixteen_tries_at_once_are_all_counted(store: Store) {
    let mut lot = Lot::of("sixteen_tries_at_once_are_all_counted");
    let counter = || Counter { scope: "unknown", who: [7; 16], forgets_after: 0 };
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                deed(&store, move |tx| {
                    Box::pin(async move {
                        let counted = wrong_try::count(tx, &counter(), 1_000).await?;
                        if counted.is_some_and(|n| n >= 5) {
                            wrong_try::wait(tx, &counter(), 9_000).await?;
                        }
                        Ok(counted)
                    })
                })
                .await
            })
        })
        .collect();
    let mut counted = Vec::new();
    for one in tries {
        counted.extend(one.await.unwrap());
    }
    counted.sort_unstable();
    assert_eq!(counted, [1, 2, 3, 4, 5], "after the fifth all others wait");
    let after = deed(&store, move |tx| {
        Box::pin(async move {
            let waits = wrong_try::count(tx, &counter(), 8_999).await?;
            let goes_on = wrong_try::count(tx, &counter(), 9_000).await?;
            wrong_try::note(tx, "res_1", 10, "proof").await?;
            wrong_try::note(tx, "res_1", 10, "proof").await?;
            assert_eq!(wrong_try::noted(tx, "res_1", 10).await?, 2);
            assert_eq!(wrong_try::forget_noted(tx, 11, 10).await?, 1);
            assert_eq!(wrong_try::forget(tx, 8_000, 10).await?, 0, "one that waits is kept");
            wrong_try::clear(tx, &counter()).await?;
            Ok((waits, goes_on, wrong_try::in_a_row(tx, &counter()).await?))
        })
    });
    assert_eq!(after.await, (None, Some(6), 0));
}

fn session(n: u8) -> Session {
    Session {
        id: format!("ses_{n:026}"),
        token_hash: vec![n; 32],
        account: resident(0).id,
        acr: "yima:2".into(),
        amr: "pwd otp".into(),
        auth_at: 1_000,
        label: "Chromium · Linux".into(),
        authenticator: None,
        known_device: false,
        state: session::State::Live,
        created_at: 1_000,
        seen_at: 1_000,
        idle_until: 5_000,
        until_at: 9_000,
        ended_at: None,
        reason: None,
    }
}

/// A deed that relies on a session reads it under its account's lock: none is kept after the end was acknowledged.
async fn a_session_that_was_ended_acts_no_more(store: Store) {
    let mut lot = Lot::of("a_session_that_was_ended_acts_no_more");
    settle(&store, 1).await;
    for n in 0..20u8 {
        deed(&store, move |tx| Box::pin(async move { session::open(tx, &session(n)).await })).await;
        let ended = Arc::new(AtomicBool::new(false));
        let deeds: Vec<_> = (0..6)
            .map(|_| {
                let (store, ended) = (store.clone(), Arc::clone(&ended));
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;

                    deed(&store, move |tx| {
                        Box::pin(async move {
                            account::rely_on(tx, &resident(0).id).await?;
                            if session::live(tx, &session(n).id, 1_500).await?.is_none() {
                                return Ok(false);
                            }
                            for _ in 0..20 {
                                tokio::task::yield_now().await;
                            }
                            session::seen(tx, &session(n).id, 1_500, 6_000).await?;
                            Ok(ended.load(Ordering::SeqCst))
                        })
                    })
                    .await
                })
            })
            .collect();
        tokio::time::sleep(lot.start(3)).await;
        let done = deed(&store, move |tx| {
            Box::pin(async move { session::end(tx, &resident(0).id, &session(n).id, "signed_out", 1_500).await })
        });
        assert!(done.await);
        ended.store(true, Ordering::SeqCst);
        for one in deeds {
            assert!(!one.await.unwrap(), "a deed after the acknowledged end");
        }
        let found = deed(&store, move |tx| Box::pin(async move { session::by_token(tx, &[n; 32], 1_500).await }));
        assert!(found.await.is_none());
    }
}

async fn one_rise_of_sixteen_gives_the_new_secret(store: Store) {
    let mut lot = Lot::of("one_rise_of_sixteen_gives_the_new_secret");
    settle(&store, 1).await;
    deed(&store, |tx| Box::pin(async move { session::open(tx, &session(1)).await })).await;
    let rises: Vec<_> = (0..16u8)
        .map(|n| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                let rise = Rise {
                    token_hash: vec![100 + n; 32],
                    acr: "yima:3".into(),
                    amr: "pwd otp hwk".into(),
                    auth_at: 1_500,
                    authenticator: None,
                };
                deed(&store, move |tx| {
                    Box::pin(async move { session::rise(tx, &session(1).id, &[1; 32], &rise).await })
                })
                .await
            })
        })
        .collect();
    let mut risen = 0;
    for rise in rises {
        risen += u32::from(rise.await.unwrap());
    }
    assert_eq!(risen, 1);
    let old = deed(&store, |tx| Box::pin(async move { session::by_token(tx, &[1; 32], 1_600).await }));
    assert!(old.await.is_none(), "the secret of before opens nothing");
    let others = deed(&store, |tx| {
        Box::pin(async move { session::end_all_but(tx, &resident(0).id, "", "recovery", 1_700).await })
    });
    assert_eq!(others.await, [session(1).id]);
    let gone = deed(&store, |tx| Box::pin(async move { session::forget(tx, 9_001, 10).await }));
    assert_eq!(gone.await, 1);
}

fn passkey(n: u8) -> Authenticator {
    Authenticator {
        id: format!("aut_{n:026}"),
        account: resident(0).id,
        kind: Kind::Passkey,
        name: "手机".into(),
        credential_id: Some(vec![n; 16]),
        user_handle: Some(vec![9; 32]),
        body: b"{}".to_vec(),
        bound: true,
        attested: false,
        step: 0,
        state: authenticator::State::Active,
        heavy_from: 1_000,
        created_at: 1_000,
        used_at: None,
        ended_at: None,
        version: 1,
        seal: vec![1; 32],
    }
}

async fn an_authenticator_is_changed_by_one_of_two(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| Box::pin(async move { authenticator::insert(tx, &passkey(1)).await })).await;
    let changes: Vec<_> = (0..2)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let row = Authenticator { step: n, version: 2, ..passkey(1) };
                deed(&store, move |tx| Box::pin(async move { authenticator::change(tx, &row, 1).await })).await
            })
        })
        .collect();
    let mut changed = 0;
    for change in changes {
        changed += u32::from(change.await.unwrap());
    }
    assert_eq!(changed, 1);
    let twice = store.deed::<_, yima_store::StoreError, _>(|tx| {
        let row = Authenticator { id: "aut_other".into(), ..passkey(1) };
        Box::pin(async move { authenticator::insert(tx, &row).await })
    });
    assert_eq!(twice.await, Err(yima_store::StoreError::Conflict), "one passkey, one row");
}

async fn a_sign_in_name_is_of_one_account(store: Store) {
    settle(&store, 2).await;
    let choose = async |name: &'static str, n: u64| {
        deed(&store, move |tx| Box::pin(async move { sign_in_name::choose(tx, name, &resident(n).id, 1_000).await }))
            .await
    };
    assert!(choose("zhang.san", 0).await);
    assert!(!choose("zhang.san", 1).await, "taken");
    assert!(choose("zhang.san", 0).await, "one's own again");
    assert!(choose("zhang.si", 0).await);
    assert!(choose("zhang.san", 1).await, "given up");
    let whose = deed(&store, |tx| Box::pin(async move { sign_in_name::account_of(tx, "zhang.si").await }));
    assert_eq!(whose.await, Some(resident(0).id));
}
