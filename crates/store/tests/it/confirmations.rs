//! A checker's question to the holder: opened once a token, answered once, over after its time; and the keys of gates.

use yima_store::confirmation::{self, Confirmation, State};
use yima_store::{Store, StoreError, check, checker_key, gate, site};

use crate::lot::Lot;
use crate::town::{deed, phone, resident, settle};

crate::on_both!(
    of_sixteen_gates_one_asks,
    of_sixteen_answers_one_counts,
    an_answer_and_the_end_of_its_minute_exclude_each_other,
    a_device_sees_what_waits_for_it_and_for_no_other,
    sixteen_wrong_macs_at_once_are_sixteen,
    a_gate_has_one_key_and_no_other_gate_has_it,
);

const DAY: u16 = 2_500;

fn question(n: u8, gate: u8) -> Confirmation {
    Confirmation {
        id: format!("cfm_{n}_{gate}"),
        account: resident(0).id,
        slot: 0,
        device: phone(0, 0).id,
        gate: format!("gat_{gate}"),
        site: 7,
        scenario: "hospital".into(),
        day: DAY,
        token: vec![n; 16],
        bytes_hash: vec![gate; 32],
        receipt: format!("use_{n}_{gate}"),
        state: State::Waiting,
        opened_at: 100,
        until_at: 160,
    }
}

async fn open(store: &Store, row: Confirmation) -> bool {
    deed(store, move |tx| Box::pin(async move { confirmation::open(tx, &row).await })).await
}

async fn answer(store: &Store, id: &str, state: State, at: i64) -> bool {
    let id = id.to_owned();
    deed(store, move |tx| Box::pin(async move { confirmation::answer(tx, &id, state, at).await })).await
}

async fn of_sixteen_gates_one_asks(store: Store) {
    let mut lot = Lot::of("of_sixteen_gates_one_asks");
    settle(&store, 1).await;
    for round in 0..10 {
        let gates: Vec<_> = (0..16)
            .map(|n| {
                let store = store.clone();
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;
                    let row = question(round, n);
                    let first =
                        deed(&store, move |tx| Box::pin(async move { confirmation::open(tx, &row).await })).await;
                    let stands = deed(&store, move |tx| {
                        Box::pin(async move { confirmation::of_token(tx, DAY, &[round; 16]).await })
                    })
                    .await
                    .unwrap();
                    (first, n, stands.gate)
                })
            })
            .collect();
        let (mut winners, mut seen) = (Vec::new(), Vec::new());
        for gate in gates {
            let (first, n, stands) = gate.await.unwrap();
            winners.extend(first.then(|| format!("gat_{n}")));
            seen.push(stands);
        }
        assert_eq!(winners.len(), 1);
        assert!(seen.iter().all(|stands| *stands == winners[0]), "every gate reads whose question it is");
    }
}

async fn of_sixteen_answers_one_counts(store: Store) {
    let mut lot = Lot::of("of_sixteen_answers_one_counts");
    settle(&store, 1).await;
    for round in 0..10 {
        assert!(open(&store, question(round, 1)).await);
        let answers: Vec<_> = (0..16)
            .map(|n| {
                let store = store.clone();
                let state = if n % 2 == 0 { State::Confirmed } else { State::Refused };
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;
                    (answer(&store, &format!("cfm_{round}_1"), state, 110).await, state)
                })
            })
            .collect();
        let mut counted = Vec::new();
        for one in answers {
            let (won, state) = one.await.unwrap();
            counted.extend(won.then_some(state));
        }
        let row = deed(&store, move |tx| Box::pin(async move { confirmation::of_token(tx, DAY, &[round; 16]).await }))
            .await
            .unwrap();
        assert_eq!(counted, [row.state]);
    }
}

async fn an_answer_and_the_end_of_its_minute_exclude_each_other(store: Store) {
    settle(&store, 1).await;
    for round in 0..10 {
        assert!(open(&store, question(round, 1)).await);
        let id = format!("cfm_{round}_1");
        assert!(!answer(&store, &id, State::Confirmed, 160).await, "the last moment is over");
        let (mine, other) = (id.clone(), store.clone());
        let confirming = tokio::spawn(async move { answer(&other, &mine, State::Confirmed, 159).await });
        let expired = deed(&store, move |tx| Box::pin(async move { confirmation::expire(tx, &id, 160).await })).await;
        assert_ne!(confirming.await.unwrap(), expired, "either the holder was in time, or nobody was");
    }
}

async fn a_device_sees_what_waits_for_it_and_for_no_other(store: Store) {
    settle(&store, 1).await;
    assert!(open(&store, question(1, 1)).await);
    assert!(open(&store, Confirmation { opened_at: 105, ..question(2, 1) }).await);
    assert!(open(&store, Confirmation { device: phone(0, 1).id, ..question(3, 1) }).await);
    assert!(open(&store, question(4, 1)).await);
    assert!(answer(&store, "cfm_4_1", State::Refused, 110).await);
    let waits = |at| {
        let store = store.clone();
        async move {
            let rows = deed(&store, move |tx| {
                Box::pin(async move { confirmation::waiting_for(tx, &phone(0, 0).id, at).await })
            })
            .await;
            rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(waits(120).await, ["cfm_2_1", "cfm_1_1"], "the newest first");
    assert_eq!(waits(160).await, Vec::<String>::new());
    let forgotten = deed(&store, |tx| Box::pin(async move { confirmation::forget_before(tx, 161).await })).await;
    assert_eq!(forgotten, 4);
}

async fn sixteen_wrong_macs_at_once_are_sixteen(store: Store) {
    let mut lot = Lot::of("sixteen_wrong_macs_at_once_are_sixteen");
    let tries: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                deed(&store, |tx| Box::pin(async move { check::bad_mac(tx, DAY, &[9; 16]).await })).await
            })
        })
        .collect();
    let mut counted = Vec::new();
    for one in tries {
        counted.push(one.await.unwrap());
    }
    counted.sort_unstable();
    assert_eq!(counted, (1..=16).collect::<Vec<_>>());
}

fn key(gate: &str, first: u8) -> checker_key::CheckerKey {
    checker_key::CheckerKey { gate: gate.into(), site: 7, suite: 1, public_key: vec![first; 33] }
}

async fn a_gate_has_one_key_and_no_other_gate_has_it(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let place = site::Site {
                id: 7,
                scenario: "bus".into(),
                name_zh: "站".into(),
                name_en: "Stop".into(),
                region: "370102".into(),
                note: String::new(),
                created_at: 1,
            };
            assert!(site::insert(tx, &place).await?);
            for n in 1..=3_u8 {
                let row = gate::Gate {
                    id: format!("gat_{n}"),
                    name: "front".into(),
                    site: 7,
                    scenario: "bus".into(),
                    key_hash: vec![n; 32],
                    state: gate::State::Live,
                    created_at: 1,
                    ended_at: None,
                    seen: None,
                };
                gate::insert(tx, &row).await?;
                checker_key::set(tx, &key(&row.id, 10 - n), 5).await?;
            }
            checker_key::set(tx, &key("gat_3", 1), 6).await?;
            assert_eq!(checker_key::of_gate(tx, "gat_3").await?, Some(key("gat_3", 1)), "in place of the one before");
            assert_eq!(checker_key::beside(tx, 7, "gat_3").await?, 2);
            gate::end(tx, "gat_1", 7).await?;
            let live = checker_key::of_live_gates(tx).await?;
            assert_eq!(live, [key("gat_3", 1), key("gat_2", 8)], "by suite and bytes; an ended gate's key is gone");
            Ok(())
        })
    })
    .await;
    let twice = store
        .deed::<_, StoreError, _>(|tx| Box::pin(async move { checker_key::set(tx, &key("gat_2", 1), 8).await }))
        .await;
    assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
}
