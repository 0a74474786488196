//! Deeds that meet: two gates and one token, a revoke and a check, two draws, two imports.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use yima_store::check::{self, Burn, Burned};
use yima_store::draw::{self, Drawn};
use yima_store::{Store, account, device, enrolment, gate, import_run, short_number, tally, uses};

use crate::lot::Lot;
use crate::town::{a_use, deed, end_phone, phone, resident, settle};

crate::on_both!(
    sixteen_gates_and_one_token_one_admits,
    sixteen_gates_and_the_first_token_of_a_day_one_admits,
    a_revoke_that_was_acknowledged_is_seen_by_every_check,
    two_draws_at_once_share_no_number,
    a_code_enrols_once,
    two_enrolments_at_once_share_no_slot,
    an_import_that_runs_twice_changes_nothing,
    an_upload_that_comes_twice_counts_once,
    a_short_number_is_used_once,
);

async fn sixteen_gates_and_one_token_one_admits(store: Store) {
    let mut lot = Lot::of("sixteen_gates_and_one_token_one_admits");
    for round in 0..20 {
        sixteen_gates(&store, &mut lot, 2_500, round).await;
    }
}

/// Nobody has made room for these days: the first deeds that meet one do, at once.
async fn sixteen_gates_and_the_first_token_of_a_day_one_admits(store: Store) {
    let mut lot = Lot::of("sixteen_gates_and_the_first_token_of_a_day_one_admits");
    for round in 0..20 {
        sixteen_gates(&store, &mut lot, 3_000 + u16::from(round), round).await;
    }
}

async fn sixteen_gates(store: &Store, lot: &mut Lot, day: u16, token: u8) {
    let gates: Vec<_> = (0..16)
        .map(|n| {
            let store = store.clone();
            let mine =
                Burned { checker: format!("gat_{n}"), bytes_hash: vec![n; 32], verdict: "valid".into(), burned_at: 5 };
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                let burn = mine.clone();
                let burned =
                    deed(&store, move |tx| Box::pin(async move { check::burn(tx, day, &[token; 16], &burn).await }));
                (burned.await, mine)
            })
        })
        .collect();
    let (mut winners, mut losers) = (Vec::new(), Vec::new());
    for gate in gates {
        match gate.await.unwrap() {
            (Burn::First, mine) => winners.push(mine),
            (Burn::Already(by), _) => losers.push(by),
        }
    }
    assert_eq!((winners.len(), losers.len()), (1, 15));
    assert!(losers.iter().all(|by| *by == winners[0]));
}

/// A check decides on what it read, does other work, and leaves its use: if the end of the device
/// was acknowledged before that use is kept, the resident was told something untrue.
async fn a_revoke_that_was_acknowledged_is_seen_by_every_check(store: Store) {
    settle(&store, 40).await;
    let mut lies = 0;
    for n in 0..40 {
        let ended = Arc::new(AtomicBool::new(false));
        let checks: Vec<_> = (0..6)
            .map(|gate| {
                let (store, ended) = (store.clone(), Arc::clone(&ended));
                tokio::spawn(async move {
                    deed(&store, move |tx| {
                        Box::pin(async move {
                            let facts = check::facts(tx, &resident(n).handle, 0, 2_500).await?.unwrap();
                            if facts.device.unwrap().state == device::State::Ended {
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
        let id = phone(n, 0).id;
        let done = deed(&store, move |tx| {
            Box::pin(async move {
                account::changed(tx, &resident(n).id).await?;
                end_phone(tx, &id, 9).await
            })
        })
        .await;
        ended.store(true, Ordering::SeqCst);
        assert!(done);
        for check in checks {
            lies += u32::from(check.await.unwrap());
        }
    }
    assert_eq!(lies, 0, "uses kept after the device's end was acknowledged");
}

async fn two_draws_at_once_share_no_number(store: Store) {
    settle(&store, 1).await;
    let draws: Vec<_> = (0..4)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                deed(&store, move |tx| {
                    Box::pin(async move {
                        let (account, id) = (resident(0).id, format!("draw-{n}"));
                        let seen = draw::holder(tx, &account, "dev_none", (0, 2_500), true).await?.unwrap().drawn;
                        let request = draw::Request {
                            account: &account,
                            slot: 0,
                            day: 2_500,
                            request_id: &id,
                            keys_hash: &[n; 32],
                            t1: 10,
                            t0: 16,
                            t1_max: 32,
                            t0_max: 32,
                            seen,
                            at: 7,
                        };
                        draw::take(tx, &request).await
                    })
                })
                .await
            })
        })
        .collect();
    let mut firsts = Vec::new();
    let mut capped = 0;
    for draw in draws {
        match draw.await.unwrap() {
            Drawn::Numbers { t1_from, t0_from, again: false } => firsts.push((t1_from, t0_from)),
            Drawn::CapReached { t0_left: 0, .. } => capped += 1,
            other => panic!("{other:?}"),
        }
    }
    firsts.sort_unstable();
    assert_eq!((firsts, capped), (vec![(0, 0), (10, 16)], 2));
}

async fn a_code_enrols_once(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let code = enrolment::Code {
                code_hash: vec![1; 32],
                account: resident(0).id,
                issued_by: "opr_1".into(),
                issued_at: 1,
                expires_at: 100,
            };
            enrolment::issue_code(tx, &code).await
        })
    })
    .await;
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { deed(&store, |tx| Box::pin(enrolment::redeem_code(tx, &[1; 32], 50))).await })
        })
        .collect();
    let mut got = Vec::new();
    for one in tries {
        got.extend(one.await.unwrap());
    }
    assert_eq!(got, [resident(0).id]);
}

async fn two_enrolments_at_once_share_no_slot(store: Store) {
    settle(&store, 1).await;
    let tries: Vec<_> = (1..6)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                deed(&store, move |tx| {
                    Box::pin(async move {
                        let account = resident(0).id;
                        account::changed(tx, &account).await?;
                        let Ok(slot) = device::free_slot(tx, &account, 3, 0).await? else { return Ok(None) };
                        let device = device::Device { id: format!("dev_{n}"), slot, ..phone(0, slot) };
                        device::insert(tx, &device).await?;
                        Ok(Some(slot))
                    })
                })
                .await
            })
        })
        .collect();
    let mut slots = Vec::new();
    for one in tries {
        slots.extend(one.await.unwrap());
    }
    slots.sort_unstable();
    assert_eq!(slots, [1, 2], "the first phone has slot 0, and three may live");
}

async fn an_import_that_runs_twice_changes_nothing(store: Store) {
    let runs: Vec<_> = (0..2)
        .map(|run| {
            let store = store.clone();
            tokio::spawn(async move { import(&store, run).await })
        })
        .collect();
    let mut inserted = 0;
    for run in runs {
        inserted += run.await.unwrap();
    }
    assert_eq!(inserted, 3_000);
    assert_eq!(import(&store, 3).await, 0);
    assert_eq!(deed(&store, |tx| Box::pin(tally::all(tx))).await, [("accounts".to_owned(), 3_000)]);
}

/// The same people in batches of 700, with ids and handles of this run's own; two of one number a batch.
async fn import(store: &Store, run: u64) -> usize {
    let mut inserted = 0;
    for batch in (0..3_000_u64).collect::<Vec<_>>().chunks(700) {
        let mut people: Vec<_> = batch
            .iter()
            .map(|n| {
                let own = resident(n + (run + 1) * 1_000_000);
                account::Account { id: own.id, handle: own.handle, ..resident(*n) }
            })
            .collect();
        let own = resident(batch[0] + (run + 1) * 5_000_000);
        people.push(account::Account { id: own.id, handle: own.handle, ..people[0].clone() });
        inserted += deed(store, move |tx| {
            Box::pin(async move {
                let new = account::insert_many(tx, &people).await?;
                let new = new.into_iter().filter(|new| *new).count();
                let progress = import_run::ImportRun {
                    file_hash: run.to_le_bytes().to_vec(),
                    read_bytes: 1,
                    rows_read: 1,
                    inserted: 1,
                    duplicates: 0,
                    rejected: 0,
                    state: import_run::State::Running,
                    started_at: 1,
                    updated_at: 1,
                };
                import_run::save(tx, &progress).await?;
                Ok(new)
            })
        })
        .await;
    }
    inserted
}

async fn an_upload_that_comes_twice_counts_once(store: Store) {
    let tries: Vec<_> = (0..6)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { deed(&store, |tx| Box::pin(gate::batch(tx, "gat_1", "b1", 3, 9))).await })
        })
        .collect();
    let mut first = 0;
    for one in tries {
        first += u32::from(one.await.unwrap());
    }
    assert_eq!(first, 1);
}

async fn a_short_number_is_used_once(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let account = resident(0).id;
            let issued = short_number::issue(
                tx,
                short_number::New {
                    number_hash: &[1; 32],
                    account: &account,
                    slot: 0,
                    scenario: "window",
                    desk: "3",
                    issued_at: 10,
                    expires_at: 190,
                    desk_live_max: 50,
                    hour_ago_at: 0,
                    hourly_max: 6,
                },
            );
            assert_eq!(issued.await?, short_number::Issued::Done);
            Ok(())
        })
    })
    .await;
    let tries: Vec<_> = (0..6)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { deed(&store, |tx| Box::pin(short_number::redeem(tx, &[1; 32], "3", 20))).await })
        })
        .collect();
    let mut used = 0;
    for one in tries {
        used += u32::from(one.await.unwrap().is_some());
    }
    assert_eq!(used, 1);
}
