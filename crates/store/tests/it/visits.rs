//! Visits at a counter when deeds meet: one of sixteen opens one, one stands at a kiosk, and none is longer than may be; and a
//! death that two settle at once.

use yima_store::death::{self, Death};
use yima_store::visit::{self, Seen, State, Visit};
use yima_store::{Store, StoreError, account};

use crate::lot::Lot;
use crate::town::{deed, resident, settle};

crate::on_both!(
    r12_sixteen_open_one_visit_and_one_has_it,
    r12_at_a_kiosk_one_visit_stands_and_none_is_longer_than_a_quarter_of_an_hour,
    r51_a_death_has_two_sources_and_two_officers_and_is_settled_once,
);

fn a_visit(n: u8) -> Visit {
    Visit {
        id: format!("vis_{n:026}"),
        account: resident(0).id,
        officer: "opr_1".into(),
        site: 7,
        kiosk: n.to_string(),
        seen: Seen::Card,
        receipt: None,
        deeds: "see_record".into(),
        state: State::Waiting,
        code_hash: vec![n; 32],
        session: None,
        begun_use: "use_1".into(),
        begun_at: 1_000,
        until_at: 1_000 + 900_000_000,
        ended_at: None,
        reason: None,
        version: 1,
        seal: vec![9; 32],
    }
}

async fn put(store: &Store, row: Visit) -> Result<(), StoreError> {
    store.deed(move |tx| Box::pin(async move { visit::insert(tx, &row).await })).await
}

async fn r12_sixteen_open_one_visit_and_one_has_it(store: Store) {
    let mut lot = Lot::of("r12_sixteen_open_one_visit_and_one_has_it");
    settle(&store, 1).await;
    for round in 0..10u8 {
        put(&store, a_visit(round)).await.unwrap();
        let openers: Vec<_> = (0..16u8)
            .map(|n| {
                let store = store.clone();
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;
                    deed(&store, move |tx| {
                        Box::pin(async move {
                            account::changed(tx, &resident(0).id).await?;
                            let Some(row) = visit::by_code(tx, &[round; 32]).await? else { return Ok(false) };
                            let session = Some(format!("ses_{round:02}{n:02}"));
                            let open = Visit { state: State::Open, session, version: 2, ..row };
                            visit::change(tx, &open, 1).await
                        })
                    })
                    .await
                })
            })
            .collect();
        let mut opened = 0;
        for opener in openers {
            opened += u32::from(opener.await.unwrap());
        }
        assert_eq!(opened, 1, "round {round}");
    }
}

async fn r12_at_a_kiosk_one_visit_stands_and_none_is_longer_than_a_quarter_of_an_hour(store: Store) {
    settle(&store, 1).await;
    put(&store, a_visit(1)).await.unwrap();
    let second = Visit { kiosk: "1".into(), ..a_visit(2) };
    assert!(matches!(put(&store, second.clone()).await, Err(StoreError::Conflict)), "the kiosk is taken");
    let ended = Visit { state: State::Ended, ended_at: Some(5_000), version: 2, ..a_visit(1) };
    assert!(deed(&store, move |tx| Box::pin(async move { visit::change(tx, &ended, 1).await })).await);
    put(&store, second).await.unwrap();
    let long = Visit { until_at: 1_001 + 900_000_000, ..a_visit(3) };
    assert!(put(&store, long).await.is_err(), "the table knows the limit too");
    let unseen = Visit { receipt: None, seen: Seen::Code, ..a_visit(4) };
    assert!(put(&store, unseen).await.is_err(), "a code has a receipt");
    let of = |n: u8| Visit { receipt: Some("use_9".into()), seen: Seen::Code, ..a_visit(n) };
    put(&store, of(5)).await.unwrap();
    assert!(put(&store, of(6)).await.is_err(), "once");
}

fn a_death() -> Death {
    Death {
        id: "use_1".into(),
        account: resident(0).id,
        state: death::State::Reported,
        source: "hospital".into(),
        evidence: "file 7".into(),
        reported_by: "opr_1".into(),
        reported_at: 1_000,
        second_source: None,
        second_evidence: None,
        confirmed_by: None,
        confirmed_at: None,
        final_from: None,
        ended_at: None,
        undone_by: None,
        undone_why: None,
        ways: String::new(),
        version: 1,
    }
}

async fn r51_a_death_has_two_sources_and_two_officers_and_is_settled_once(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| Box::pin(async move { death::insert(tx, &a_death()).await })).await;
    let days_30 = 2_592_000_000_000;
    let confirmed = |source: &str, by: &str, final_from: i64| Death {
        state: death::State::Confirmed,
        second_source: Some(source.into()),
        second_evidence: Some("file 8".into()),
        confirmed_by: Some(by.into()),
        confirmed_at: Some(2_000),
        final_from: Some(final_from),
        ..a_death()
    };
    for (why, row) in [
        ("the same kind of source", confirmed("hospital", "opr_2", 2_000 + days_30)),
        ("the same officer", confirmed("police", "opr_1", 2_000 + days_30)),
        ("a day too soon", confirmed("police", "opr_2", 1_999 + days_30)),
    ] {
        let tried = store.deed(move |tx| Box::pin(async move { death::change(tx, &row).await })).await;
        assert!(tried.is_err(), "{why}");
    }
    let right = confirmed("police", "opr_2", 2_000 + days_30);
    let again = right.clone();
    assert!(deed(&store, move |tx| Box::pin(async move { death::change(tx, &right).await })).await);
    assert!(!deed(&store, move |tx| Box::pin(async move { death::change(tx, &again).await })).await, "one of two");
    let due = async |at| deed(&store, move |tx| Box::pin(async move { death::due(tx, at, 10).await })).await.len();
    assert_eq!((due(1_999 + days_30).await, due(2_000 + days_30).await), (0, 1));
}
