//! Mandates that meet: two for the last slot, an end and a use, a death and a draw, and what a change compares.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use yima_store::edge::{self, Edge, Inserted, State};
use yima_store::family_slot::{self, FamilySlot, Under};
use yima_store::{Store, account, check, device, draw, uses, withdrawal};

use crate::lot::Lot;
use crate::town::{a_use, deed, phone, resident, settle};

crate::on_both!(
    two_for_the_last_slot_one_has_it,
    an_end_that_was_acknowledged_is_seen_by_every_use,
    a_change_compares_on_the_version,
    an_undone_end_comes_back_unless_its_slot_was_given,
    a_slot_is_taken_by_one_device_and_rests,
    crosswise_mandates_never_wait_for_each_other,
    an_invitation_is_used_once,
);

const DAY: u16 = 2_500;

fn helper(n: u64, principal: u64, actor: u64) -> Edge {
    Edge {
        id: format!("edg_{n:026}"),
        kind: "helper".into(),
        principal: resident(principal).id,
        actor: resident(actor).id,
        slot: 0,
        parent: None,
        scopes: "show_code book".into(),
        limit_amount: None,
        may_appoint: false,
        from_at: 1_000,
        until_at: 9_000_000,
        consent_by_at: None,
        evidence: "counter".into(),
        reference: "file 7".into(),
        proofing: 2,
        state: State::Active,
        hidden: false,
        made_by: "opr_1".into(),
        created_at: 1_000,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: vec![],
    }
}

async fn make(store: &Store, edge: Edge) -> Inserted {
    deed(store, move |tx| {
        Box::pin(async move {
            account::changed_both(tx, &edge.principal, &edge.actor).await?;
            edge::insert(tx, &edge, 5, |row| vec![row.slot; 32]).await
        })
    })
    .await
}

/// Without any lock on the accounts: the index alone holds the cap.
async fn make_unlocked(store: &Store, edge: Edge) -> Inserted {
    deed(store, move |tx| Box::pin(async move { edge::insert(tx, &edge, 5, |row| vec![row.slot; 32]).await })).await
}

async fn end(store: &Store, id: String) {
    deed(store, move |tx| {
        Box::pin(async move {
            let row = edge::find(tx, &id).await?.unwrap();
            account::changed_both(tx, &row.principal, &row.actor).await?;
            let row = edge::to_change(tx, &id).await?.unwrap();
            let ended = Edge { state: State::Ended, ended_at: Some(2_000), version: row.version + 1, ..row };
            assert!(edge::change(tx, &ended).await?);
            let slots = family_slot::end_of_edge(tx, &id, 2_000).await?;
            withdrawal::slots(tx, &slots, DAY, "mandate_ended", 2_000).await
        })
    })
    .await;
}

async fn two_for_the_last_slot_one_has_it(store: Store) {
    let mut lot = Lot::of("two_for_the_last_slot_one_has_it");
    settle(&store, 40).await;
    for n in 1..5 {
        assert!(matches!(make(&store, helper(n, n, 0)).await, Inserted::InSlot(_)));
    }
    let rivals: Vec<_> = (5..21)
        .map(|n| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                make_unlocked(&store, helper(n, n, 0)).await
            })
        })
        .collect();
    let mut got = Vec::new();
    for rival in rivals {
        got.push(rival.await.unwrap());
    }
    let winners = got.iter().filter(|i| **i == Inserted::InSlot(4)).count();
    let losers = got.iter().filter(|i| **i == Inserted::CapReached).count();
    assert_eq!((winners, losers), (1, 15), "{got:?}");
    assert_eq!(make(&store, helper(30, 1, 0)).await, Inserted::Exists, "one between two");
    // The sixteenth pair at once is one too.
    let twins: Vec<_> = (31..35)
        .map(|n| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                make_unlocked(&store, helper(n, 30, 31)).await
            })
        })
        .collect();
    let mut made = 0;
    for twin in twins {
        match twin.await.unwrap() {
            Inserted::InSlot(0) => made += 1,
            other => assert_eq!(other, Inserted::Exists),
        }
    }
    assert_eq!(made, 1);
}

async fn take_slot(store: &Store, edge: &Edge, actor: u64, at: i64) -> Option<u8> {
    let wish = FamilySlot {
        principal: edge.principal.clone(),
        slot: 0,
        under: Under::Mandate(edge.id.clone()),
        device: phone(actor, 0).id,
        suite: 1,
        taken_at: at,
    };
    deed(store, move |tx| Box::pin(async move { family_slot::take(tx, &wish, at - 100).await })).await
}

/// A check decides on what it read, does other work, and leaves its use: none is kept after the end was acknowledged.
async fn an_end_that_was_acknowledged_is_seen_by_every_use(store: Store) {
    let mut lot = Lot::of("an_end_that_was_acknowledged_is_seen_by_every_use");
    settle(&store, 60).await;
    let mut lies = 0;
    for n in 0..20 {
        // The actor's id is now the smaller, now the greater one.
        let (principal, actor) = if n % 2 == 0 { (n, n + 30) } else { (n + 30, n) };
        let row = helper(n, principal, actor);
        make(&store, row.clone()).await;
        assert_eq!(take_slot(&store, &row, actor, 1_500).await, Some(128));
        let ended = Arc::new(AtomicBool::new(false));
        let checks: Vec<_> = (0..6)
            .map(|gate| {
                let (store, ended) = (store.clone(), Arc::clone(&ended));
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;

                    deed(&store, move |tx| {
                        Box::pin(async move {
                            let handle = resident(principal).handle;
                            let behind = family_slot::rely_on(tx, &handle, 128, 0).await?.unwrap();
                            let row = edge::find(tx, &behind.edge).await?.unwrap();
                            let facts = check::facts(tx, &handle, 128, DAY).await?.unwrap();
                            if row.state != State::Active || !behind.live {
                                return Ok(false);
                            }
                            for _ in 0..50 {
                                tokio::task::yield_now().await;
                            }
                            let used = a_use(&format!("use_{n}_{gate}"), 5, "check", Some(&facts.account));
                            uses::append(tx, &used, b"entry").await?;
                            Ok(ended.load(Ordering::SeqCst))
                        })
                    })
                    .await
                })
            })
            .collect();
        tokio::time::sleep(lot.start(3)).await;
        end(&store, row.id).await;
        ended.store(true, Ordering::SeqCst);
        for check in checks {
            lies += u32::from(check.await.unwrap());
        }
    }
    assert_eq!(lies, 0, "uses kept after the mandate's end was acknowledged");
}

async fn a_change_compares_on_the_version(store: Store) {
    settle(&store, 4).await;
    make(&store, helper(1, 1, 0)).await;
    let rivals: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                deed(&store, |tx| {
                    Box::pin(async move {
                        let row = edge::find(tx, &helper(1, 1, 0).id).await?.unwrap();
                        let next = Edge { state: State::Suspended, version: 2, ..row };
                        edge::change(tx, &next).await
                    })
                })
                .await
            })
        })
        .collect();
    let mut changed = 0;
    for rival in rivals {
        changed += u32::from(rival.await.unwrap());
    }
    assert_eq!(changed, 1);
}

async fn an_undone_end_comes_back_unless_its_slot_was_given(store: Store) {
    settle(&store, 12).await;
    make(&store, helper(1, 1, 0)).await;
    end(&store, helper(1, 1, 0).id).await;
    let undo = |store: Store| async move {
        deed(&store, |tx| {
            Box::pin(async move {
                let row = edge::to_change(tx, &helper(1, 1, 0).id).await?.unwrap();
                let version = row.version + 1;
                edge::change(tx, &Edge { state: State::Active, ended_at: None, version, ..row }).await
            })
        })
        .await
    };
    assert!(undo(store.clone()).await);
    end(&store, helper(1, 1, 0).id).await;
    assert_eq!(make(&store, helper(2, 2, 0)).await, Inserted::InSlot(0), "the lowest that is free");
    assert!(!undo(store.clone()).await, "somebody else has it");
}

async fn a_slot_is_taken_by_one_device_and_rests(store: Store) {
    settle(&store, 6).await;
    let (first, second) = (helper(1, 1, 0), helper(2, 1, 2));
    make(&store, first.clone()).await;
    make(&store, second.clone()).await;
    assert_eq!(take_slot(&store, &first, 0, 1_500).await, Some(128));
    assert_eq!(take_slot(&store, &first, 0, 1_501).await, None, "one device a mandate");
    assert_eq!(take_slot(&store, &second, 2, 1_502).await, Some(129));
    deed(&store, |tx| {
        Box::pin(async move {
            let request = draw::Request {
                account: &resident(1).id,
                slot: 128,
                day: DAY,
                request_id: "a",
                keys_hash: &[1; 32],
                t1: 4,
                t0: 2,
                t1_max: 32,
                t0_max: 32,
                seen: None,
                at: 1_600,
            };
            draw::take(tx, &request).await.map(drop)
        })
    })
    .await;
    end(&store, first.id.clone()).await;
    let gone = deed(&store, |tx| Box::pin(async move { withdrawal::list(tx, DAY).await })).await;
    assert_eq!(gone.iter().map(|w| (w.slot, w.suite, w.t1_count)).collect::<Vec<_>>(), [(128, Some(1), 4)]);
    let third = helper(3, 1, 3);
    make(&store, third.clone()).await;
    assert_eq!(take_slot(&store, &third, 3, 2_050).await, Some(130), "128 rests");
    let free = deed(&store, |tx| Box::pin(async move { device::free_slot(tx, &resident(1).id, 3, 0).await })).await;
    assert_eq!(free, Ok(1), "own devices have slots of their own");
}

/// Two elders who help each other, ended and used crosswise by many at once: nobody may be told of a deadlock.
async fn crosswise_mandates_never_wait_for_each_other(store: Store) {
    settle(&store, 4).await;
    let (there, back) = (helper(1, 1, 2), helper(2, 2, 1));
    for (row, actor) in [(&there, 2), (&back, 1)] {
        make(&store, row.clone()).await;
        take_slot(&store, row, actor, 1_500).await;
    }
    let mut tasks = Vec::new();
    for n in 0..24u64 {
        let (store, principal) = (store.clone(), 1 + n % 2);
        let id = if principal == 1 { there.id.clone() } else { back.id.clone() };
        tasks.push(tokio::spawn(async move {
            deed(&store, move |tx| {
                Box::pin(async move {
                    if n % 4 < 2 {
                        let behind = family_slot::rely_on(tx, &resident(principal).handle, 128, 0).await?;
                        assert!(behind.is_some());
                        return Ok(());
                    }
                    let row = edge::find(tx, &id).await?.unwrap();
                    account::changed_both(tx, &row.principal, &row.actor).await?;
                    let row = edge::to_change(tx, &id).await?.unwrap();
                    assert!(edge::change(tx, &Edge { version: row.version + 1, ..row }).await?);
                    Ok(())
                })
            })
            .await
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

async fn an_invitation_is_used_once(store: Store) {
    use yima_store::invitation::{self, Invitation};
    settle(&store, 2).await;
    let made = Invitation {
        code_hash: vec![7; 32],
        principal: resident(1).id,
        scopes: "book".into(),
        made_at: 1_000,
        expires_at: 2_000,
    };
    let again = Invitation { code_hash: vec![8; 32], made_at: 1_100, ..made.clone() };
    deed(&store, move |tx| {
        Box::pin(async move {
            assert!(invitation::make(tx, &made, 0, 2).await?);
            assert!(invitation::make(tx, &again, 0, 2).await?);
            assert!(!invitation::make(tx, &Invitation { code_hash: vec![9; 32], ..again }, 0, 2).await?);
            assert_eq!(invitation::whose(tx, &[7; 32], 1_200).await?, None, "a newer one was made");
            assert_eq!(invitation::whose(tx, &[8; 32], 1_999).await?, Some(resident(1).id));
            assert_eq!(invitation::redeem(tx, &[8; 32], 2_000).await?, None, "over");
            Ok(())
        })
    })
    .await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                deed(&store, |tx| Box::pin(async move { invitation::redeem(tx, &[8; 32], 1_500).await })).await
            })
        })
        .collect();
    let mut used = 0;
    for one in tries {
        used += u32::from(one.await.unwrap().is_some());
    }
    assert_eq!(used, 1);
}
