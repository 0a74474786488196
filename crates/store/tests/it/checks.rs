//! What a check reads and leaves: facts at one moment, burns, MACs, caps, uses, statistics.

use yima_store::check::{self, Burn, Burned};
use yima_store::counted::{self, By, Counted, Line};
use yima_store::draw::{self, Drawn};
use yima_store::{Store, account, check_in, device, sealed_record, uses, withdrawal};

use crate::town::{a_use, deed, end_phone, phone, resident, settle};

crate::on_both!(
    the_facts_of_a_token_are_read_at_once,
    the_newest_device_of_a_slot_counts,
    a_draw_turns_on_its_own_device_and_counters,
    a_burn_tells_who_was_first,
    wrong_macs_and_caps_count_up,
    draws_follow_their_table,
    a_record_is_paged_by_time_and_an_audit_by_id,
    statistics_add_up,
    sealed_records_come_in_buckets,
    check_ins_are_listed_by_place,
);

const DAY: u16 = 2_500;

async fn facts(store: &Store, n: u64, slot: u8) -> Option<check::Facts> {
    deed(store, move |tx| Box::pin(async move { check::facts(tx, &resident(n).handle, slot, DAY).await })).await
}

async fn the_facts_of_a_token_are_read_at_once(store: Store) {
    settle(&store, 2).await;
    assert!(facts(&store, 77, 0).await.is_none(), "nobody has that handle");
    let plain = facts(&store, 0, 0).await.unwrap();
    assert_eq!(
        (plain.account.as_str(), plain.state, plain.region.as_str()),
        (resident(0).id.as_str(), account::State::Active, "370102")
    );
    assert_eq!((plain.t1_count, plain.t0_count), (0, 0));
    assert!(plain.withdrawn.is_none());
    assert_eq!(plain.device.map(|d| (d.id, d.state, d.attested)), Some((phone(0, 0).id, device::State::Live, false)));
    assert!(facts(&store, 0, 1).await.unwrap().device.is_none(), "no device had that slot");

    deed(&store, |tx| {
        Box::pin(async move {
            let account = resident(0).id;
            let request = draw::Request {
                account: &account,
                slot: 0,
                day: DAY,
                request_id: "a",
                keys_hash: &[1; 32],
                t1: 16,
                t0: 32,
                t1_max: 32,
                t0_max: 32,
                seen: None,
                at: 5,
            };
            draw::take(tx, &request).await?;
            end_phone(tx, &phone(0, 0).id, 8).await?;
            withdrawal::slot(tx, &account, 0, DAY, "lost", 8).await?;
            account::set_state(tx, &account, account::State::Suspended).await
        })
    })
    .await;
    let full = facts(&store, 0, 0).await.unwrap();
    assert_eq!((full.state, full.t1_count, full.t0_count), (account::State::Suspended, 16, 32));
    assert_eq!(full.withdrawn.as_deref(), Some("lost"));
    assert_eq!(full.device.map(|d| d.state), Some(device::State::Ended));
    let other = facts(&store, 1, 0).await.unwrap();
    assert!(other.withdrawn.is_none(), "what is another's stays another's");
}

/// The device that follows in a slot is the one that counts, whichever was stored first.
async fn the_newest_device_of_a_slot_counts(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            end_phone(tx, &phone(0, 0).id, 8).await?;
            let next = |id: &str, enrolled_at| device::Device { id: id.into(), enrolled_at, ..phone(0, 0) };
            device::insert(tx, &next("dev_newest", 1_000_000)).await?;
            end_phone(tx, "dev_newest", 1_000_001).await?;
            device::insert(tx, &next("dev_a_late_row", -1)).await
        })
    })
    .await;
    let device = facts(&store, 0, 0).await.unwrap().device.map(|d| (d.id, d.state));
    assert_eq!(device, Some(("dev_newest".into(), device::State::Ended)));
}

async fn a_draw_turns_on_its_own_device_and_counters(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let (account, own, other) = (resident(0).id, phone(0, 0), phone(1, 0).id);
            let found = draw::holder(tx, &account, &own.id, (0, DAY), true).await?.unwrap();
            assert_eq!((found.handle, found.state), (resident(0).handle, account::State::Active));
            let seen = found.device.map(|d| (d.id, d.state, d.seal));
            assert_eq!((seen, found.drawn), (Some((own.id.clone(), device::State::Live, vec![3; 32])), None));
            assert!(
                draw::holder(tx, &account, &other, (0, DAY), true).await?.unwrap().device.is_none(),
                "another's device"
            );
            assert!(draw::holder(tx, "res_nobody", &own.id, (0, DAY), true).await?.is_none());
            let request = draw::Request {
                account: &account,
                slot: 0,
                day: DAY,
                request_id: "a",
                keys_hash: &[1; 32],
                t1: 16,
                t0: 3,
                t1_max: 32,
                t0_max: 32,
                seen: None,
                at: 5,
            };
            draw::take(tx, &request).await?;
            for (slot, day, drawn) in [(0, DAY, Some((16, 3))), (1, DAY, None), (0, DAY + 1, None)] {
                let found = draw::holder(tx, &account, &own.id, (slot, day), true).await?.unwrap();
                assert_eq!(found.drawn, drawn, "slot {slot}, day {day}");
            }
            Ok(())
        })
    })
    .await;
}

fn burned(checker: &str) -> Burned {
    Burned { checker: checker.into(), bytes_hash: vec![4; 32], verdict: "valid".into(), burned_at: 6 }
}

async fn a_burn_tells_who_was_first(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            assert_eq!(check::burned(tx, DAY, &[3; 16]).await?, None);
            assert_eq!(check::burn(tx, DAY, &[3; 16], &burned("gat_1")).await?, Burn::First);
            assert_eq!(check::burn(tx, DAY, &[3; 16], &burned("gat_2")).await?, Burn::Already(burned("gat_1")));
            assert_eq!(check::burn(tx, DAY + 1, &[3; 16], &burned("gat_2")).await?, Burn::First);
            Ok(())
        })
    })
    .await;
}

async fn wrong_macs_and_caps_count_up(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            assert_eq!(check::bad_macs(tx, DAY, &[3; 16]).await?, 0);
            for n in 1..=11 {
                assert_eq!(check::bad_mac(tx, DAY, &[3; 16]).await?, n);
            }
            assert_eq!((check::bad_macs(tx, DAY, &[3; 16]).await?, check::bad_macs(tx, DAY, &[4; 16]).await?), (11, 0));
            for (holder, cap, within) in [
                ("crd_1", 2, true),
                ("crd_1", 2, true),
                ("crd_1", 2, false),
                ("crd_1", 3, true),
                ("crd_2", 0, false),
                ("crd_2", 1, true),
            ] {
                assert_eq!(check::show_within_cap(tx, DAY, "bus", "T2", holder, cap).await?, within, "{holder} {cap}");
            }
            Ok(())
        })
    })
    .await;
}

/// The same, whatever the look before had seen: nothing, the counters as they stand, or as they stood at another time.
async fn draws_follow_their_table(store: Store) {
    let numbers = |t1_from, t0_from, again| Drawn::Numbers { t1_from, t0_from, again };
    for (slot, saw) in [(0, "nothing"), (1, "what stands"), (2, "an older state"), (3, "what never was")] {
        deed(&store, move |tx| {
            Box::pin(async move {
                for (request_id, keys, day, t1, t0, want) in [
                    ("a", 1, DAY, 16, 32, numbers(0, 0, false)),
                    ("a", 1, DAY, 16, 32, numbers(0, 0, true)),
                    ("a", 2, DAY, 16, 32, Drawn::OtherKeys),
                    ("b", 2, DAY, 10, 0, numbers(16, 32, false)),
                    ("b", 2, DAY, 10, 0, numbers(16, 32, true)),
                    ("c", 3, DAY, 7, 0, Drawn::CapReached { t1_left: 6, t0_left: 0 }),
                    ("c", 3, DAY, 6, 1, Drawn::CapReached { t1_left: 6, t0_left: 0 }),
                    ("c", 3, DAY, 6, 0, numbers(26, 32, false)),
                    ("d", 4, DAY + 1, 33, 0, Drawn::CapReached { t1_left: 32, t0_left: 32 }),
                    ("d", 4, DAY + 1, 32, 32, numbers(0, 0, false)),
                ] {
                    let counts = draw::counts(tx, "res_1", slot, day).await?;
                    let seen = match saw {
                        "what stands" => Some(counts).filter(|counts| *counts != (0, 0)),
                        "an older state" => Some((0, 0)),
                        "what never was" => Some((3, 0)),
                        _ => None,
                    };
                    let request = draw::Request {
                        account: "res_1",
                        slot,
                        day,
                        request_id,
                        keys_hash: &[keys; 32],
                        t1,
                        t0,
                        t1_max: 32,
                        t0_max: 32,
                        seen,
                        at: 5,
                    };
                    assert_eq!(draw::take(tx, &request).await?, want, "{request_id} {keys} {day}, saw {saw}");
                }
                assert_eq!(draw::counts(tx, "res_1", slot, DAY).await?, (32, 32));
                assert_eq!(draw::counts(tx, "res_1", slot + 4, DAY).await?, (0, 0));
                Ok(())
            })
        })
        .await;
    }
}

async fn a_record_is_paged_by_time_and_an_audit_by_id(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            // A gate's late upload happened before what is stored already; two happened at one moment.
            for (id, at, what, account) in [
                ("use_1", 50, "check", Some("res_1")),
                ("use_2", 60, "draw", Some("res_1")),
                ("use_3", 40, "check", Some("res_1")),
                ("use_4", 60, "check", Some("res_1")),
                ("use_5", 70, "check", Some("res_2")),
                ("use_6", 80, "check", None),
            ] {
                uses::append(tx, &a_use(id, at, what, account), id.as_bytes()).await?;
            }
            let ids = |page: Vec<uses::Use>| page.into_iter().map(|one| one.id).collect::<Vec<_>>();
            let first = uses::of_account(tx, "res_1", None, 3, 0).await?;
            let last = first.last().map(|one| (one.at, one.id.clone())).unwrap();
            assert_eq!(ids(first), ["use_4", "use_2", "use_1"]);
            assert_eq!(ids(uses::of_account(tx, "res_1", Some((last.0, &last.1)), 3, 0).await?), ["use_3"]);
            assert_eq!(uses::count_since(tx, "res_1", "check", 50, 9).await?, 2);
            assert_eq!(uses::count_since(tx, "res_1", "check", 0, 1).await?, 1);
            let waiting = uses::waiting(tx, 4).await?;
            assert_eq!(
                waiting.iter().map(|one| one.entry.clone()).collect::<Vec<_>>(),
                [b"use_1", b"use_2", b"use_3", b"use_4"]
            );
            let one = uses::find(tx, "use_5").await?.unwrap();
            assert_eq!((one.site, one.scenario.as_deref(), one.online, one.form), (Some(7), Some("bus"), true, None));
            Ok(())
        })
    })
    .await;
}

async fn statistics_add_up(store: Store) {
    let add = |hour_at, scenario, verdict, reason| Counted {
        hour_at,
        scenario,
        site: 7,
        gate: "gat_1",
        form: "T1",
        verdict,
        reason,
        online: true,
    };
    deed(&store, move |tx| {
        Box::pin(async move {
            for (what, checks) in [
                (add(0, "bus", "valid", ""), 1),
                (add(0, "bus", "valid", ""), 2),
                (add(3_600, "bus", "refused", "replayed"), 1),
                (add(3_600, "metro", "valid", ""), 5),
                (add(7_200, "metro", "valid", ""), 100),
            ] {
                counted::add(tx, &what, checks).await?;
            }
            let line = |key: &str, verdict: &str, checks| Line { key: key.into(), verdict: verdict.into(), checks };
            for (by, want) in [
                (By::Hour, vec![line("0", "valid", 3), line("3600", "refused", 1), line("3600", "valid", 5)]),
                (By::Scenario, vec![line("bus", "refused", 1), line("bus", "valid", 3), line("metro", "valid", 5)]),
                (By::Reason, vec![line("", "valid", 8), line("replayed", "refused", 1)]),
                (By::Site, vec![line("7", "refused", 1), line("7", "valid", 8)]),
                (By::Gate, vec![line("gat_1", "refused", 1), line("gat_1", "valid", 8)]),
                (By::Form, vec![line("T1", "refused", 1), line("T1", "valid", 8)]),
            ] {
                assert_eq!(counted::by(tx, by, 0, 7_200).await?, want, "{by:?}");
            }
            Ok(())
        })
    })
    .await;
}

async fn sealed_records_come_in_buckets(store: Store) {
    let record = |first: u8, n: u8| sealed_record::SealedRecord {
        tag: [first, n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n],
        nonce: [n; 16],
        body: vec![n; 26],
    };
    deed(&store, move |tx| {
        Box::pin(async move {
            for one in [record(0x12, 1), record(0x1f, 2), record(0x20, 3), record(0xff, 4)] {
                assert!(sealed_record::insert(tx, DAY, &one).await?);
                assert!(!sealed_record::insert(tx, DAY, &one).await?);
            }
            for (prefix, bits, want) in [
                (0, 0, vec![record(0x12, 1), record(0x1f, 2), record(0x20, 3), record(0xff, 4)]),
                (0x1000_0000, 4, vec![record(0x12, 1), record(0x1f, 2)]),
                (0x2000_0000, 8, vec![record(0x20, 3)]),
                (0xff04_0000, 16, vec![record(0xff, 4)]),
                (0x3000_0000, 4, vec![]),
            ] {
                assert_eq!(sealed_record::bucket(tx, DAY, prefix, bits).await?, want, "{prefix:x}/{bits}");
            }
            assert_eq!(sealed_record::bucket(tx, DAY + 1, 0, 0).await?, []);
            assert_eq!((sealed_record::many(tx, DAY, 9).await?, sealed_record::many(tx, DAY, 2).await?), (4, 2));
            assert_eq!(sealed_record::forget_before(tx, DAY + 1, 3).await?, 3, "as many as asked");
            assert_eq!(sealed_record::forget_before(tx, DAY + 1, 3).await?, 1);
            Ok(())
        })
    })
    .await;
}

async fn check_ins_are_listed_by_place(store: Store) {
    let one = |n: i64, site| check_in::CheckIn {
        use_id: format!("use_{n}"),
        account: "res_1".into(),
        scenario: "place".into(),
        site,
        at: n,
    };
    deed(&store, move |tx| {
        Box::pin(async move {
            for check_in in [one(1, 7), one(2, 8), one(3, 7), one(4, 7)] {
                check_in::insert(tx, &check_in).await?;
            }
            assert_eq!(check_in::of_site(tx, 7, 100, 2).await?, [one(4, 7), one(3, 7)]);
            assert_eq!(check_in::of_site(tx, 7, 3, 2).await?, [one(1, 7)]);
            assert_eq!(check_in::forget_before(tx, "place", 3, 9).await?, 2);
            Ok(())
        })
    })
    .await;
}
