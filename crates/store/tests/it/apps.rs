//! Codes, refresh tokens and grants when many want them at once (rules R26 to R28 and R52).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use yima_store::app_grant::{self, Grant};
use yima_store::client::{self, Review, Version};
use yima_store::family::{self, Family};
use yima_store::one_time::{self, OneTime};
use yima_store::token_key::{self, TokenKey};
use yima_store::{Store, account, app_deletion, app_message, relation, seen_proof};

use crate::lot::Lot;
use crate::town::{deed, resident, settle};

crate::on_both!(
    r52_sixteen_redeem_one_code_and_one_wins,
    r52_sixteen_bring_one_refresh_token,
    r52_no_token_comes_of_an_acknowledged_withdrawal,
    r28_no_token_comes_of_a_client_that_was_stopped,
    a_client_is_reviewed_by_another_and_one_version_counts,
    a_grant_is_renewed_by_compare_on_version,
    a_relation_that_was_closed_is_never_used_again,
    what_was_seen_is_seen_once_and_messages_end,
    r39_one_client_that_does_not_answer_holds_up_no_other,
    r32_a_deletion_is_answered_once_and_what_was_kept_may_go_later,
    token_keys_move_on_once,
);

fn grant(n: u64) -> Grant {
    Grant {
        id: format!("grn_{n:026}"),
        account: resident(n).id,
        client: "app_1".into(),
        edge: String::new(),
        scopes: "openid".into(),
        claims: "name".into(),
        shown_hash: vec![1; 32],
        from_at: 1_000,
        until_at: 9_000_000,
        state: app_grant::State::Given,
        ended_at: None,
        reason: None,
        version: 1,
        seal: vec![2; 32],
    }
}

fn family(id: &str, n: u64) -> Family {
    Family {
        id: id.to_owned(),
        grant: grant(n).id,
        account: resident(n).id,
        client: "app_1".into(),
        session: None,
        edge: String::new(),
        scopes: "openid".into(),
        claims: "name".into(),
        sid: format!("sid-{id}"),
        nonce: None,
        resource: None,
        offline: true,
        acr: "yima:3".into(),
        amr: "hwk".into(),
        auth_at: 1,
        jkt: None,
        rotating: true,
        latest: 0,
        latest_at: 1_000,
        again: 0,
        state: family::State::Live,
        created_at: 1_000,
        used_at: 1_000,
        until_at: 9_000_000,
    }
}

fn code(hash: [u8; 32], n: u64) -> OneTime {
    OneTime {
        id_hash: hash.to_vec(),
        kind: "code".into(),
        account: Some(resident(n).id),
        client: Some("app_1".into()),
        body: "{}".into(),
        tries: 1,
        created_at: 1_000,
        expires_at: 61_000,
        ..OneTime::default()
    }
}

async fn given(store: &Store, n: u64) {
    deed(store, move |tx| {
        Box::pin(async move {
            account::changed(tx, &resident(n).id).await?;
            app_grant::insert(tx, &grant(n)).await
        })
    })
    .await;
}

/// The redemption of the province, in its order: account, grant, code, family. True when it made a family.
async fn redeem(store: &Store, n: u64, hash: [u8; 32], id: String) -> bool {
    deed(store, move |tx| {
        Box::pin(async move {
            account::rely_on(tx, &resident(n).id).await?;
            let standing = app_grant::find(tx, &grant(n).id).await?;
            if one_time::take(tx, "code", &hash, Some("app_1"), Some(&[1; 32]), 2_000).await?.is_none() {
                return Ok(false);
            }
            if standing.is_none_or(|grant| grant.state != app_grant::State::Given) {
                return Ok(false);
            }
            family::insert(tx, &family(&id, n)).await?;
            Ok(true)
        })
    })
    .await
}

async fn r52_sixteen_redeem_one_code_and_one_wins(store: Store) {
    let mut lot = Lot::of("r52_sixteen_redeem_one_code_and_one_wins");
    settle(&store, 1).await;
    given(&store, 0).await;
    for round in 0..20_u8 {
        deed(&store, move |tx| Box::pin(async move { one_time::put(tx, &code([round; 32], 0)).await })).await;
        let tries: Vec<_> = (0..16)
            .map(|_| {
                let store = store.clone();
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;
                    redeem(&store, 0, [round; 32], format!("fam_{round:026}")).await
                })
            })
            .collect();
        let mut winners = 0;
        for one in tries {
            winners += usize::from(one.await.unwrap());
        }
        assert_eq!(winners, 1, "round {round}");
        let other = deed(&store, move |tx| {
            Box::pin(async move { one_time::take(tx, "code", &[round; 32], Some("app_2"), None, 2_000).await })
        });
        assert!(other.await.is_none(), "another client takes nothing");
    }
}

async fn r52_sixteen_bring_one_refresh_token(store: Store) {
    let mut lot = Lot::of("r52_sixteen_bring_one_refresh_token");
    settle(&store, 1).await;
    given(&store, 0).await;
    for round in 0..20_u8 {
        let id = format!("fam_{round:026}");
        let mine = id.clone();
        deed(&store, move |tx| Box::pin(async move { family::insert(tx, &family(&mine, 0)).await })).await;
        let tries: Vec<_> = (0..16)
            .map(|_| {
                let (store, id) = (store.clone(), id.clone());
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;

                    deed(&store, move |tx| {
                        Box::pin(async move {
                            account::rely_on(tx, &resident(0).id).await?;
                            family::lock(tx, &id).await?;
                            let row = family::find(tx, &id).await?.expect("it stands");
                            match row.latest {
                                0 => {
                                    family::turn(tx, &id, 0, 2_000).await.map(|done| if done { "next" } else { "lost" })
                                }
                                _ if row.again < 2 => family::again(tx, &id, 1, row.again)
                                    .await
                                    .map(|done| if done { "again" } else { "lost" }),
                                _ => family::end(tx, &id, "refresh_replayed", 2_000).await.map(|_| "ended"),
                            }
                        })
                    })
                    .await
                })
            })
            .collect();
        let mut counts = std::collections::BTreeMap::new();
        for one in tries {
            *counts.entry(one.await.unwrap()).or_insert(0) += 1;
        }
        assert_eq!(counts.get("next"), Some(&1), "round {round}: {counts:?}");
        assert_eq!(counts.get("again"), Some(&2), "round {round}: {counts:?}");
        assert_eq!(counts.get("lost"), None, "round {round}: {counts:?}");
        let ended =
            deed(&store, move |tx| Box::pin(async move { family::find(tx, &id).await })).await.expect("it stands");
        assert_eq!(ended.state, family::State::Ended, "what comes after that ends it");
    }
}

async fn r52_no_token_comes_of_an_acknowledged_withdrawal(store: Store) {
    let mut lot = Lot::of("r52_no_token_comes_of_an_acknowledged_withdrawal");
    settle(&store, 40).await;
    let mut lies = 0;
    for n in 0..40_u64 {
        given(&store, n).await;
        let hash = [u8::try_from(n).expect("small"); 32];
        deed(&store, move |tx| Box::pin(async move { one_time::put(tx, &code(hash, n)).await })).await;
        let acknowledged = Arc::new(AtomicBool::new(false));
        let redeeming = {
            let (store, acknowledged) = (store.clone(), Arc::clone(&acknowledged));
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;

                let late = acknowledged.load(Ordering::SeqCst);
                let made = redeem(&store, n, hash, format!("fam_{n:026}")).await;
                late && made
            })
        };
        let withdrawing = {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;

                let done = deed(&store, move |tx| {
                    Box::pin(async move { app_grant::withdraw(tx, &grant(n), "withdrawn", 3_000, &[3; 32]).await })
                })
                .await;
                acknowledged.store(true, Ordering::SeqCst);
                done
            })
        };
        lies += usize::from(redeeming.await.unwrap());
        assert!(withdrawing.await.unwrap());
        let live = deed(&store, move |tx| Box::pin(async move { family::live_of_grant(tx, &grant(n).id).await })).await;
        assert!(live.is_empty(), "resident {n}: a family outlived its grant");
    }
    assert_eq!(lies, 0);
}

fn version(number: u32) -> Version {
    Version {
        id: "app_1".into(),
        version: number,
        organisation: "91370000000000001P".into(),
        owner: "泉城医院".into(),
        sector: "91370000000000001P".into(),
        metadata: "{}".into(),
        secret_hash: None,
        state: client::State::Proposed,
        proposed_by: "opr_1".into(),
        proposed_at: 1_000,
        reviewed_by: None,
        reviewed_at: None,
        note: None,
        seal: vec![1; 32],
    }
}

async fn proposed(store: &Store) -> u32 {
    deed(store, |tx| {
        Box::pin(async move {
            let number = client::next_version(tx, "app_1").await?;
            client::propose(tx, &version(number)).await?;
            Ok(number)
        })
    })
    .await
}

async fn reviewed(store: &Store, number: u32, by: &'static str, approve: bool) -> bool {
    deed(store, move |tx| {
        Box::pin(async move {
            let review = Review { by, approve, note: "", at: 2_000, seal: &[2; 32] };
            client::review(tx, "app_1", number, review).await
        })
    })
    .await
}

async fn a_client_is_reviewed_by_another_and_one_version_counts(store: Store) {
    let first = proposed(&store).await;
    let standing = |store: Store| async move {
        deed(&store, |tx| Box::pin(async move { client::standing(tx, "app_1").await })).await
    };
    assert_eq!(standing(store.clone()).await, None);
    assert!(!reviewed(&store, first, "opr_1", true).await, "nobody reviews their own");
    assert!(reviewed(&store, first, "opr_2", true).await);
    assert!(!reviewed(&store, first, "opr_2", true).await, "once");
    let second = proposed(&store).await;
    assert_eq!((first, second, standing(store.clone()).await), (1, 2, Some((1, 0))));
    assert!(reviewed(&store, second, "opr_2", true).await);
    assert_eq!(standing(store.clone()).await, Some((2, 0)));
    let third = proposed(&store).await;
    assert!(reviewed(&store, third, "opr_2", false).await, "refused");
    assert_eq!(standing(store.clone()).await, Some((2, 0)));
    assert!(deed(&store, |tx| Box::pin(async move { client::end(tx, "app_1").await })).await);
    assert_eq!(standing(store).await, None);
}

/// The acknowledgement of a stop means that no older deed is under way that relied on the client.
async fn r28_no_token_comes_of_a_client_that_was_stopped(store: Store) {
    let mut lot = Lot::of("r28_no_token_comes_of_a_client_that_was_stopped");
    let number = proposed(&store).await;
    assert!(reviewed(&store, number, "opr_2", true).await);
    let stopped = Arc::new(AtomicBool::new(false));
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let (store, stopped) = (store.clone(), Arc::clone(&stopped));
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;

                let mut lies = 0;
                for _ in 0..20 {
                    let late = stopped.load(Ordering::SeqCst);
                    let stands = deed(&store, |tx| Box::pin(async move { client::standing(tx, "app_1").await })).await;
                    lies += usize::from(late && stands.is_some());
                }
                lies
            })
        })
        .collect();
    tokio::time::sleep(lot.start(9)).await;
    assert!(deed(&store, |tx| Box::pin(async move { client::end(tx, "app_1").await })).await);
    stopped.store(true, Ordering::SeqCst);
    for taker in takers {
        assert_eq!(taker.await.unwrap(), 0);
    }
}

async fn a_grant_is_renewed_by_compare_on_version(store: Store) {
    settle(&store, 1).await;
    given(&store, 0).await;
    let renew = |store: Store, version| async move {
        deed(&store, move |tx| {
            Box::pin(async move {
                app_grant::renew(tx, &Grant { version, claims: "name -region".into(), ..grant(0) }).await
            })
        })
        .await
    };
    assert!(!renew(store.clone(), 3).await);
    assert!(renew(store.clone(), 2).await);
    assert!(!renew(store.clone(), 2).await, "somebody else was faster");
    let standing =
        deed(&store, |tx| Box::pin(async move { app_grant::standing(tx, &resident(0).id, "app_1", "").await }));
    assert_eq!(standing.await.map(|grant| (grant.version, grant.claims)), Some((2, "name -region".to_owned())));
}

async fn a_relation_that_was_closed_is_never_used_again(store: Store) {
    settle(&store, 1).await;
    let open = |store: Store| async move {
        deed(&store, |tx| Box::pin(async move { relation::open(tx, &resident(0).id, "org", 1, 1_000).await })).await
    };
    assert!(open(store.clone()).await && open(store.clone()).await);
    deed(&store, |tx| Box::pin(async move { relation::close_all(tx, &resident(0).id, 2_000).await })).await;
    assert!(!open(store).await);
}

async fn what_was_seen_is_seen_once_and_messages_end(store: Store) {
    let first = |store: Store| async move {
        deed(&store, |tx| Box::pin(async move { seen_proof::first(tx, &[7; 32], 5_000).await })).await
    };
    assert!(first(store.clone()).await);
    assert!(!first(store.clone()).await);
    let (gone, due) = deed(&store, |tx| {
        Box::pin(async move {
            let message = app_message::Message {
                id: "logout:1".into(),
                client: "app_1".into(),
                kind: "logout".into(),
                body: "{}".into(),
                tries: 0,
                created_at: 1_000,
            };
            app_message::put(tx, &message).await?;
            app_message::later(tx, "logout:1", 9_000).await?;
            let early = app_message::due(tx, 8_000, 5, 10).await?.len();
            let due = app_message::due(tx, 9_000, 5, 10).await?;
            assert_eq!((early, due[0].tries), (0, 1));
            app_message::end(tx, "logout:1", app_message::State::Taken, 9_001).await?;
            Ok((seen_proof::forget(tx, 6_000, 10).await?, app_message::due(tx, 99_000, 5, 10).await?.len()))
        })
    })
    .await;
    assert_eq!((gone, due), (1, 0));
}

async fn r39_one_client_that_does_not_answer_holds_up_no_other(store: Store) {
    let message = |client: &str, n: i64| app_message::Message {
        id: format!("logout:{client}:{n}"),
        client: client.into(),
        kind: "logout".into(),
        body: "{}".into(),
        tries: 0,
        created_at: n,
    };
    let names = |due: Vec<app_message::Message>| due.into_iter().map(|one| one.client).collect::<Vec<_>>();
    let (before, after, later) = deed(&store, move |tx| {
        Box::pin(async move {
            for n in 1..=30 {
                app_message::put(tx, &message("app_dead", n)).await?;
            }
            app_message::put(tx, &message("app_well", 31)).await?;
            let before = names(app_message::due(tx, 100, 5, 10).await?);
            app_message::client_waits(tx, "app_dead", 1_000).await?;
            let after = names(app_message::due(tx, 100, 5, 10).await?);
            Ok((before, after, names(app_message::due(tx, 1_000, 5, 10).await?).len()))
        })
    })
    .await;
    assert_eq!(before.iter().filter(|one| *one == "app_dead").count(), 5, "five of thirty");
    assert!(before.contains(&"app_well".to_owned()), "and the other is not behind them");
    assert_eq!((after, later), (vec!["app_well".to_owned()], 6));
}

async fn r32_a_deletion_is_answered_once_and_what_was_kept_may_go_later(store: Store) {
    use app_deletion::{Deletion, State};
    let row = Deletion {
        grant: "grn_1".into(),
        account: "acc_1".into(),
        client: "app_1".into(),
        sector: "s".into(),
        owner: "o".into(),
        reference: "ref".into(),
        asked_at: 1_000,
        due_at: 9_000,
        told_at: None,
        state: State::Waiting,
        answered_at: None,
        why: None,
    };
    let done = deed(&store, move |tx| {
        Box::pin(async move {
            app_deletion::put(tx, &row).await?;
            assert!(app_deletion::by_reference(tx, "ref", "another").await?.is_none());
            let found = app_deletion::by_reference(tx, "ref", "s").await?.unwrap();
            assert_eq!(app_deletion::waiting(tx, (i64::MIN, ""), 10).await?.len(), 1);
            assert_eq!(app_deletion::waiting(tx, (9_000, "grn_1"), 10).await?.len(), 0);
            assert_eq!(app_deletion::forget(tx, 9_000, 10).await?, 0, "what is waited for is not forgotten");
            let kept = app_deletion::answer(tx, &found, State::Kept, Some("law"), 2_000).await?;
            let again = app_deletion::answer(tx, &found, State::Kept, Some("law"), 2_001).await?;
            let gone = app_deletion::answer(tx, &found, State::Deleted, None, 3_000).await?;
            let back = app_deletion::answer(tx, &found, State::Kept, Some("law"), 4_000).await?;
            let last = app_deletion::of_account(tx, "acc_1").await?.remove(0);
            assert_eq!((last.told_at, last.answered_at, last.why), (Some(2_000), Some(3_000), None));
            assert_eq!(app_deletion::forget(tx, 3_001, 10).await?, 1);
            Ok([kept, again, gone, back])
        })
    })
    .await;
    assert_eq!(done, [true, false, true, false]);
}

async fn token_keys_move_on_once(store: Store) {
    use token_key::State;
    let key = TokenKey {
        kid: "id-1".into(),
        used_for: "id".into(),
        alg: "ES256".into(),
        public_key: vec![2; 33],
        wrapped: Some(vec![1; 60]),
        state: State::Prepared,
        created_at: 1,
        published_at: None,
        signing_at: None,
        retired_at: None,
    };
    deed(&store, move |tx| Box::pin(async move { token_key::insert(tx, &key).await })).await;
    let advance = |store: Store, from, to| async move {
        deed(&store, move |tx| Box::pin(async move { token_key::advance(tx, "id-1", from, to, 5).await })).await
    };
    assert!(advance(store.clone(), State::Prepared, State::Published).await);
    assert!(!advance(store.clone(), State::Prepared, State::Published).await, "another node was faster");
    assert!(advance(store.clone(), State::Published, State::Signing).await);
    assert!(advance(store.clone(), State::Signing, State::Retired).await);
    let all = deed(&store, |tx| Box::pin(async move { token_key::all(tx).await })).await;
    assert_eq!((all[0].state, &all[0].wrapped), (State::Retired, &None), "a key that signs no more keeps no secret");
}
