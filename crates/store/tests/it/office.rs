//! What the office keeps: manifests under review, places, gates, keys, operators, settings, bundles.

use yima_store::scenario::{self, Review};
use yima_store::{Store, StoreError, bundle_part, day_key, gate, import_run, operator, setting, site};

use crate::town::deed;

crate::on_both!(
    a_manifest_needs_two_persons,
    places_and_gates_are_kept,
    day_keys_end,
    a_person_holds_one_post,
    sessions_end,
    settings_bundles_and_imports_are_kept,
);

async fn a_manifest_needs_two_persons(store: Store) {
    let review = |by, approve| Review { by, approve, note: "read", at: 9 };
    deed(&store, move |tx| {
        Box::pin(async move {
            assert_eq!(scenario::propose(tx, "bus", 1, "v1", "opr_1", 5).await?, 1);
            assert!(!scenario::review(tx, "bus", 1, review("opr_1", true)).await?, "one's own");
            assert!(scenario::review(tx, "bus", 1, review("opr_2", true)).await?);
            assert!(!scenario::review(tx, "bus", 1, review("opr_2", false)).await?, "done before");
            assert_eq!(scenario::propose(tx, "bus", 1, "v2", "opr_1", 6).await?, 2);
            assert_eq!(scenario::propose(tx, "bus", 1, "v3", "opr_1", 7).await?, 3);
            assert!(scenario::review(tx, "bus", 2, review("opr_2", false)).await?);
            assert_eq!(scenario::rely_on(tx, "bus").await?.unwrap().manifest, "v1");
            assert!(scenario::review(tx, "bus", 3, review("opr_2", true)).await?);
            let active = scenario::active(tx).await?;
            assert_eq!((active.len(), active[0].version, active[0].reviewed_by.as_deref()), (1, 3, Some("opr_2")));
            use scenario::State::{Active, Refused, Retired};
            let all: Vec<_> = scenario::all(tx).await?.into_iter().map(|v| (v.version, v.state)).collect();
            assert_eq!(all, [(3, Active), (2, Refused), (1, Retired)]);
            assert!(scenario::retire(tx, "bus").await?);
            assert!(scenario::rely_on(tx, "bus").await?.is_none());
            Ok(())
        })
    })
    .await;
}

async fn places_and_gates_are_kept(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let place = |id| site::Site {
                id,
                scenario: "bus".into(),
                name_zh: "泉城广场".into(),
                name_en: "Quancheng Square".into(),
                region: "370102".into(),
                note: String::new(),
                created_at: 5,
            };
            assert!(site::insert(tx, &place(7)).await?);
            assert!(!site::insert(tx, &place(7)).await?);
            assert!(site::insert(tx, &place(u32::MAX)).await?);
            assert_eq!(site::find(tx, 7).await?.unwrap().name_zh, "泉城广场");
            assert_eq!(site::page(tx, 7, 9).await?.into_iter().map(|s| s.id).collect::<Vec<_>>(), [u32::MAX]);

            let a_gate = |n: u8| gate::Gate {
                id: format!("gat_{n}"),
                name: "北门".into(),
                site: 7,
                scenario: "bus".into(),
                key_hash: vec![n; 32],
                state: gate::State::Live,
                created_at: 5,
                ended_at: None,
                seen: None,
            };
            gate::insert(tx, &a_gate(1)).await?;
            gate::insert(tx, &a_gate(2)).await?;
            assert_eq!(gate::by_key(tx, &[1; 32]).await?.unwrap().seen, None);
            let seen = gate::Seen { at: 99, bundle_version: 4, spool: 17, clock_off_s: -3 };
            assert!(gate::seen(tx, "gat_1", &seen).await?);
            assert_eq!(gate::rely_on(tx, "gat_1").await?.unwrap().seen, Some(seen));
            assert!(gate::end(tx, "gat_2", 9).await?);
            assert!(!gate::end(tx, "gat_2", 9).await?);
            let states: Vec<_> = gate::page(tx, "", 9).await?.into_iter().map(|g| g.state).collect();
            assert_eq!(states, [gate::State::Live, gate::State::Ended]);
            let any = gate::Filter::default();
            let table = [
                (any, "gat_1 gat_2"),
                (gate::Filter { state: Some(gate::State::Ended), ..any }, "gat_2"),
                (gate::Filter { late: Some((99, 4)), ..any }, ""),
                (gate::Filter { late: Some((100, 4)), ..any }, "gat_1"),
                (gate::Filter { late: Some((99, 5)), ..any }, "gat_1"),
                (gate::Filter { text: Some("北"), ..any }, "gat_1 gat_2"),
                (gate::Filter { text: Some("gat_2"), ..any }, "gat_2"),
                (gate::Filter { text: Some("library"), ..any }, ""),
            ];
            for (number, (filter, ids)) in table.into_iter().enumerate() {
                let found: Vec<_> = gate::listed(tx, "", filter, 9).await?.into_iter().map(|g| g.id).collect();
                assert_eq!(found.join(" "), ids, "row {number}");
            }
            assert_eq!(gate::listed(tx, "gat_1", any, 9).await?.len(), 1);
            assert!(gate::batch(tx, "gat_1", "b", 3, 9).await?);
            assert!(!gate::batch(tx, "gat_1", "b", 3, 9).await?);
            assert!(gate::batch(tx, "gat_2", "b", 3, 9).await?);
            Ok(())
        })
    })
    .await;
}

async fn day_keys_end(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let key = |kid: u8, day, purpose: &str| day_key::DayKey {
                kid: vec![kid; 4],
                day,
                suite: 1,
                purpose: purpose.into(),
                public_key: vec![2; 33],
                wrapped: Some(vec![9; 60]),
                state: day_key::State::Live,
                created_at: 5,
            };
            for (kid, day, purpose, new) in
                [(1, 10, "t1", true), (2, 10, "id", true), (3, 10, "t1", false), (4, 11, "id", true)]
            {
                assert_eq!(day_key::insert(tx, &key(kid, day, purpose)).await?, new, "{kid}");
            }
            assert_eq!(day_key::of_days(tx, 10, 10).await?.len(), 2);
            assert!(!day_key::wrap_anew(tx, &[2; 4], &[8; 60], &[7; 60]).await?, "it was changed meanwhile");
            assert!(day_key::wrap_anew(tx, &[2; 4], &[9; 60], &[7; 60]).await?);
            assert_eq!(day_key::find(tx, &[2; 4]).await?.unwrap().wrapped, Some(vec![7; 60]));
            assert!(day_key::withdraw(tx, &[1; 4]).await?);
            assert!(!day_key::withdraw(tx, &[1; 4]).await?);
            assert_eq!(day_key::destroy_before(tx, "id", 11).await?, 1);
            assert_eq!(day_key::destroy_before(tx, "id", 11).await?, 0);
            assert!(!day_key::wrap_anew(tx, &[2; 4], &[7; 60], &[6; 60]).await?, "what was destroyed stays so");
            use day_key::State::{Destroyed, Live, Withdrawn};
            let all: Vec<_> = day_key::of_days(tx, 0, 99)
                .await?
                .into_iter()
                .map(|k| (k.kid[0], k.state, k.wrapped.is_some()))
                .collect();
            assert_eq!(all, [(2, Destroyed, false), (1, Withdrawn, true), (4, Live, true)]);
            assert_eq!(day_key::find(tx, &[4; 4]).await?.unwrap().day, 11);
            Ok(())
        })
    })
    .await;
}

fn somebody(id: &str, name: &str, person: &str, role: operator::Role) -> operator::Operator {
    operator::Operator {
        id: id.into(),
        name: name.into(),
        person: person.into(),
        role,
        password_hash: "$argon2id$".into(),
        totp_sealed: vec![3; 40],
        totp_step: 0,
        state: operator::State::Active,
        created_at: 5,
        suspended_until: 0,
        account: None,
        version: 1,
        seal: vec![9; 32],
    }
}

async fn a_person_holds_one_post(store: Store) {
    use operator::Role::{Audit, Security, System};
    for (one, good) in [
        (somebody("opr_1", "wang", "P1", System), true),
        (somebody("opr_2", "wang2", "P1", Audit), false),
        (somebody("opr_2", "wang", "P2", Audit), false),
        (somebody("opr_2", "li", "P2", Security), true),
    ] {
        let done: Result<(), StoreError> =
            store.deed(move |tx| Box::pin(async move { operator::insert(tx, &one).await })).await;
        assert_eq!(done, if good { Ok(()) } else { Err(StoreError::Conflict) });
    }
    deed(&store, |tx| {
        Box::pin(async move {
            let wang = operator::by_name(tx, "wang").await?.unwrap();
            assert_eq!((wang.version, wang.seal.as_slice(), wang.role), (1, [9; 32].as_slice(), System));
            assert!(operator::succeeded(tx, "opr_1", 1, 1_000).await?);
            assert!(!operator::succeeded(tx, "opr_1", 1, 1_000).await?, "a step of the second factor counts once");
            assert!(!operator::succeeded(tx, "opr_1", 2, 1_001).await?, "of another version");
            assert!(operator::succeeded(tx, "opr_1", 1, 1_001).await?);
            let ended = operator::Operator {
                state: operator::State::Ended,
                suspended_until: 5,
                totp_sealed: vec![3; 50],
                version: 2,
                seal: vec![8; 32],
                ..wang
            };
            assert!(operator::change(tx, &ended, 1).await?);
            assert!(!operator::change(tx, &ended, 1).await?, "it was changed meanwhile");
            let found = operator::find(tx, "opr_1").await?.unwrap();
            assert_eq!((found.state, found.suspended_until, found.totp_step), (operator::State::Ended, 5, 1_001));
            assert_eq!((found.version, found.seal, found.totp_sealed), (2, vec![8; 32], vec![3; 50]));
            operator::insert(tx, &somebody("opr_3", "wang3", "P1", Audit)).await?;
            assert_eq!(operator::all(tx).await?.len(), 3);
            Ok(())
        })
    })
    .await;
}

async fn sessions_end(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            operator::insert(tx, &somebody("opr_1", "wang", "P1", operator::Role::System)).await?;
            let session = |n: u8, at| operator::Session {
                token_hash: vec![n; 32],
                operator: "opr_1".into(),
                created_at: at,
                idle_until: at + 30,
                until_at: at + 100,
            };
            operator::open_session(tx, &session(1, 0)).await?;
            assert!(operator::by_session(tx, &[1; 32], 29).await?.is_some());
            assert!(operator::by_session(tx, &[1; 32], 30).await?.is_none(), "idle");
            operator::touch_session(tx, &[1; 32], 500).await?;
            assert!(operator::by_session(tx, &[1; 32], 99).await?.is_some());
            assert!(operator::by_session(tx, &[1; 32], 100).await?.is_none(), "over");
            operator::open_session(tx, &session(2, 200)).await?;
            assert!(!operator::close_session(tx, &[1; 32]).await?, "went when the next opened");
            assert!(operator::close_session(tx, &[2; 32]).await?);
            operator::open_session(tx, &session(3, 200)).await?;
            let (session, wang) = operator::by_session(tx, &[3; 32], 201).await?.unwrap();
            assert_eq!((session.operator, session.until_at, wang.name.as_str()), ("opr_1".into(), 300, "wang"));
            assert_eq!(operator::end_sessions(tx, "opr_1").await?, 1);
            assert!(operator::by_session(tx, &[3; 32], 201).await?.is_none());
            Ok(())
        })
    })
    .await;
}

async fn settings_bundles_and_imports_are_kept(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            setting::set(tx, "a", "1").await?;
            setting::set(tx, "a", "2").await?;
            assert_eq!(setting::all(tx).await?, [("a".into(), "2".into())]);

            let part = |version, byte| bundle_part::Part {
                name: "head".into(),
                version,
                bytes: vec![byte; 10],
                published_at: 5,
            };
            for (version, byte, new) in [(1, 1, true), (2, 2, true), (2, 3, false), (10, 4, true)] {
                assert_eq!(bundle_part::publish(tx, &part(version, byte)).await?, new);
            }
            assert_eq!(bundle_part::latest(tx, "head").await?, Some(part(10, 4)));
            assert_eq!(bundle_part::find(tx, "head", 2).await?, Some(part(2, 2)));
            assert_eq!(bundle_part::forget_before(tx, "head", 10).await?, 2);

            let run = |read_bytes, state| import_run::ImportRun {
                file_hash: vec![1; 32],
                read_bytes,
                rows_read: 2,
                inserted: 1,
                duplicates: 1,
                rejected: 0,
                state,
                started_at: 5,
                updated_at: 6,
            };
            import_run::save(tx, &run(100, import_run::State::Running)).await?;
            import_run::save(tx, &run(200, import_run::State::Done)).await?;
            assert_eq!(import_run::find(tx, &[1; 32]).await?, Some(run(200, import_run::State::Done)));
            assert_eq!(import_run::find(tx, &[2; 32]).await?, None);
            Ok(())
        })
    })
    .await;
}
