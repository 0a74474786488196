//! Organisations: one credit code each, changed by compare on the version, a tree that is walked up, and imports undone as one.

use yima_store::organisation::{self, Batch, BatchState, Kind, Organisation, State};
use yima_store::{Store, StoreError};

use crate::town::deed;

crate::on_both!(
    a_credit_code_stands_once,
    a_change_is_by_compare,
    the_tree_is_walked,
    of_eight_that_run_an_import_one_goes_on,
);

fn organisation(n: u32, parent: Option<u32>, code: Option<&str>) -> Organisation {
    Organisation {
        id: format!("org_{n}"),
        kind: if code.is_some() { Kind::Enterprise } else { Kind::Department },
        credit_code: code.map(str::to_owned),
        name: format!("name {n}"),
        region: "370000".into(),
        parent: parent.map(|n| format!("org_{n}")),
        state: State::Active,
        source: "register".into(),
        batch: Some("use_1".into()),
        created_at: 1,
        version: 1,
        seal: vec![1; 32],
    }
}

async fn a_credit_code_stands_once(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            assert!(organisation::insert(tx, &organisation(1, None, Some("91110000600037341L"))).await?);
            assert!(!organisation::insert(tx, &organisation(2, None, Some("91110000600037341L"))).await?);
            assert!(organisation::insert(tx, &organisation(3, None, None)).await?);
            assert!(organisation::insert(tx, &organisation(4, None, None)).await?, "departments have no code");
            let found = organisation::by_credit_code(tx, "91110000600037341L").await?;
            assert_eq!(found, Some(organisation(1, None, Some("91110000600037341L"))));
            Ok(())
        })
    })
    .await;
    let orphan = store
        .deed(|tx| Box::pin(async move { organisation::insert(tx, &organisation(9, Some(77), None)).await }))
        .await;
    assert_eq!(orphan, Err(StoreError::Conflict), "nobody stands under what is not there");
}

async fn a_change_is_by_compare(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let mut row = organisation(1, None, None);
            organisation::insert(tx, &row).await?;
            row.state = State::Suspended;
            row.version = 2;
            row.seal = vec![2; 32];
            assert!(organisation::update(tx, &row).await?);
            assert!(!organisation::update(tx, &row).await?, "somebody was faster");
            assert_eq!(organisation::find(tx, "org_1").await?, Some(row));
            Ok(())
        })
    })
    .await;
}

async fn the_tree_is_walked(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            for (n, parent) in [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(1)), (5, None)] {
                assert!(organisation::insert(tx, &organisation(n, parent, None)).await?);
            }
            let ids = |rows: Vec<Organisation>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(ids(organisation::children(tx, None, "", 9).await?), ["org_1", "org_5"]);
            assert_eq!(ids(organisation::children(tx, Some("org_1"), "", 9).await?), ["org_2", "org_4"]);
            assert_eq!(ids(organisation::children(tx, Some("org_1"), "org_2", 9).await?), ["org_4"]);
            assert_eq!(ids(organisation::line(tx, "org_3").await?), ["org_3", "org_2", "org_1"]);
            assert!(organisation::has_children(tx, "org_2").await? && !organisation::has_children(tx, "org_3").await?);
            assert_eq!(ids(organisation::of_batch(tx, "use_1", "org_3", 9).await?), ["org_4", "org_5"]);
            let ended = Organisation { state: State::Ended, version: 2, ..organisation(3, Some(2), None) };
            organisation::update(tx, &ended).await?;
            assert!(!organisation::has_children(tx, "org_2").await?, "the ended don't count");
            Ok(())
        })
    })
    .await;
}

async fn of_eight_that_run_an_import_one_goes_on(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let batch = Batch {
                kind: organisation::BatchKind::Organisations,
                id: "use_1".into(),
                file_hash: vec![3; 32],
                source: "register".into(),
                counts: "{}".into(),
                rows_read: 0,
                state: BatchState::Proposed,
                proposed_by: "system".into(),
                approved_by: None,
                signed_by: None,
                created_at: 1,
                updated_at: 1,
            };
            assert!(organisation::propose(tx, &batch).await?);
            assert!(!organisation::propose(tx, &batch).await?, "one file, one import");
            assert!(!organisation::batch_at(tx, "use_1", 0, 5, false, 2).await?, "not approved");
            assert!(organisation::approve_batch(tx, "use_1", "opr_1", 2).await?);
            assert!(!organisation::approve_batch(tx, "use_1", "opr_2", 2).await?);
            Ok(())
        })
    })
    .await;
    let all: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                deed(&store, |tx| Box::pin(async move { organisation::batch_at(tx, "use_1", 0, 5, false, 3).await }))
                    .await
            })
        })
        .collect();
    let mut winners = 0;
    for one in all {
        winners += u32::from(one.await.unwrap());
    }
    assert_eq!(winners, 1);
    deed(&store, |tx| {
        Box::pin(async move {
            assert!(organisation::batch_at(tx, "use_1", 5, 7, true, 4).await?);
            assert_eq!(
                organisation::find_batch(tx, "use_1").await?.map(|b| (b.rows_read, b.state)),
                Some((7, BatchState::Done))
            );
            assert!(
                organisation::undo_batch(tx, "use_1", 5).await? && !organisation::undo_batch(tx, "use_1", 6).await?
            );
            Ok(())
        })
    })
    .await;
}
