//! What residents have: accounts, devices, ways to enrol, paper codes, consents, notices.

use yima_store::account::{self, Page};
use yima_store::device::NoSlot;
use yima_store::{
    Store, StoreError, Tx, benefit, card, check, consent, crowd, device, draw, enrolment, notice, short_number, tally,
    withdrawal,
};

use crate::town::{deed, end_phone, phone, phone_next, resident, settle};

crate::on_both!(
    accounts_are_found_and_paged,
    a_dead_account_stays_dead,
    devices_take_rested_slots,
    r11_a_young_phone_is_vouched_for_once,
    a_phone_that_waits_holds_its_slot_and_goes_on_in_another,
    a_phone_goes_on_in_no_slot_of_a_newer_one,
    an_enrolment_code_and_a_password_work_once,
    a_withdrawal_lists_what_was_drawn,
    paper_codes_are_revoked_with_their_sheet,
    a_consent_is_withdrawn_by_its_version,
    short_numbers_keep_their_limits,
    wrong_numbers_lock_a_desk,
    notices_come_newest_first,
    a_benefit_stands_once_under_its_number,
    crowds_are_added_up,
);

async fn accounts_are_found_and_paged(store: Store) {
    settle(&store, 5).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let two = resident(2);
            for found in [
                account::find(tx, &two.id).await?,
                account::by_blind_id(tx, &two.blind_id).await?,
                account::by_handle(tx, &two.handle).await?,
            ] {
                let found = found.unwrap();
                assert_eq!(
                    (found.id, found.handle, found.sealed_name, found.sealed_phone),
                    (two.id.clone(), two.handle, vec![1; 44], None)
                );
            }
            assert!(account::find(tx, "res_none").await?.is_none());
            let ids = |page: Vec<account::Account>| page.into_iter().map(|a| a.id).collect::<Vec<_>>();
            let first = ids(account::page(tx, None, Page { after: "", limit: 3 }).await?);
            assert_eq!(first, [resident(0).id, resident(1).id, two.id.clone()]);
            let rest = account::page(tx, None, Page { after: &first[2], limit: 3 }).await?;
            assert_eq!(ids(rest), [resident(3).id, resident(4).id]);
            let there = account::page(tx, Some("370202"), Page { after: &resident(1).id, limit: 3 }).await?;
            assert_eq!(ids(there), [resident(3).id]);
            let city = account::page(tx, Some("3702"), Page { after: &resident(1).id, limit: 3 }).await?;
            assert_eq!(ids(city), [resident(3).id], "a city by its first digits");
            let none = account::page(tx, Some("3799"), Page { after: "", limit: 3 }).await?;
            assert!(none.is_empty());

            account::set_switches(tx, &two.id, true, false).await?;
            use account::SealedField::{IdNumber, Name, Phone};
            for (field, before) in [(Name, &two.sealed_name), (IdNumber, &two.sealed_id_number)] {
                assert!(account::seal_anew(tx, &two.id, field, before, &[6; 41]).await?);
                assert!(!account::seal_anew(tx, &two.id, field, before, &[7; 41]).await?, "it was changed meanwhile");
            }
            account::set_phone(tx, &two.id, Some(&[4; 40])).await?;
            assert!(account::seal_anew(tx, &two.id, Phone, &[4; 40], &[5; 40]).await?);
            let sealed = account::find(tx, &two.id).await?.unwrap();
            assert_eq!((sealed.sealed_name, sealed.sealed_id_number), (vec![6; 41], vec![6; 41]));
            let changed = account::find(tx, &two.id).await?.unwrap();
            assert_eq!((changed.paper_off, changed.short_off, changed.sealed_phone), (true, false, Some(vec![5; 40])));
            assert_eq!(changed.version, 4, "a device, the switches, the number");
            assert!(!account::changed(tx, "res_none").await?);
            Ok(())
        })
    })
    .await;
}

async fn a_dead_account_stays_dead(store: Store) {
    use account::State::{Active, Dead, Suspended};
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            for (state, done) in [(Suspended, true), (Active, true), (Dead, true), (Active, false), (Dead, false)] {
                assert_eq!(account::set_state(tx, &resident(0).id, state).await?, done, "{state:?}");
            }
            assert_eq!(account::find(tx, &resident(0).id).await?.unwrap().state, Dead);
            Ok(())
        })
    })
    .await;
}

async fn r11_a_young_phone_is_vouched_for_once(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let young = device::Device { young_until: Some(900), ..phone(0, 1) };
            device::insert(tx, &young).await?;
            assert_eq!(device::find(tx, &young.id).await?.unwrap().young_until, Some(900));
            assert_eq!(device::signer(tx, &young.id).await?.unwrap().0.young_until, Some(900));
            let known = |d: device::Device| device::Device { young_until: None, version: d.version + 1, ..d };
            let stands = device::find(tx, &young.id).await?.unwrap();
            assert!(device::vouched(tx, &known(stands.clone())).await?);
            assert!(!device::vouched(tx, &known(stands)).await?, "of two one was first");
            assert_eq!(device::find(tx, &young.id).await?.unwrap().young_until, None);
            Ok(())
        })
    })
    .await;
}

async fn devices_take_rested_slots(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let account = resident(0).id;
            assert_eq!(device::free_slot(tx, &account, 3, 0).await?, Ok(1));
            assert_eq!(device::free_slot(tx, &account, 1, 0).await?, Err(NoSlot::TooManyDevices));
            device::insert(tx, &phone(0, 1)).await?;
            let stale = phone_next(tx, &phone(0, 0).id).await?;
            assert!(end_phone(tx, &phone(0, 0).id, 500).await?);
            assert!(!device::end(tx, &stale).await?, "somebody changed it first");
            assert_eq!(device::free_slot(tx, &account, 3, 499).await?, Ok(2), "slot 0 rests");
            assert_eq!(device::free_slot(tx, &account, 3, 500).await?, Ok(0), "slot 0 has rested");
            let (signer, state) = device::signer(tx, &phone(0, 0).id).await?.unwrap();
            assert_eq!(
                (signer.state, signer.reason.as_deref(), state),
                (device::State::Ended, Some("lost"), account::State::Active)
            );
            assert!(device::find(tx, "dev_none").await?.is_none());
            let standing: Vec<_> = device::standing_of(tx, &account).await?.into_iter().map(|d| d.slot).collect();
            assert_eq!(standing, [1]);
            assert!(end_phone(tx, &phone(0, 1).id, 700).await?);
            assert!(device::standing_of(tx, &account).await?.is_empty());
            assert_eq!(device::of_account(tx, &account).await?.len(), 2);
            assert_eq!(tally::all(tx).await?, [("accounts".into(), 1), ("devices".into(), 0)]);
            Ok(())
        })
    })
    .await;
}

async fn a_phone_that_waits_holds_its_slot_and_goes_on_in_another(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            use device::State::{Ended, Live, Suspended};
            let (account, id) = (resident(0).id, phone(0, 0).id);
            let before = phone_next(tx, &id).await?;
            let waits = waiting(tx, &id, 900).await?;
            assert!(device::suspend(tx, &waits).await?);
            assert!(!device::suspend(tx, &waits).await?, "somebody changed it first");
            assert!(!device::end(tx, &before).await?, "what was read before it waited");
            assert!(device::is_suspended(tx, &id).await?);
            let found = device::find(tx, &id).await?.unwrap();
            assert_eq!((found.state, found.suspended_until, found.version), (Suspended, Some(900), 2));
            let (signer, _) = device::signer(tx, &id).await?.unwrap();
            assert_eq!(signer.state, Suspended);
            assert_eq!(device::standing_of(tx, &account).await?.len(), 1, "it holds its slot");
            assert_eq!(device::free_slot(tx, &account, 1, 0).await?, Ok(1), "its holder may have lost it");
            for (state, found) in [(Some(Suspended), 1), (Some(Live), 0), (None, 1)] {
                let page = device::page(tx, None, device::Filter { state, region: None }, 10, 10).await?;
                assert_eq!(page.items.len(), found, "{state:?}");
            }

            // It goes on in another slot, and the one that it left rests as an ended phone's does.
            assert_eq!(device::slot_to_go_on(tx, &before, 0).await?, None, "one that does not wait");
            assert_eq!(go_on(tx, &id, 0, 500).await?, Some(1));
            assert_eq!(go_on(tx, &id, 0, 500).await?, None, "it waits no more");
            let found = device::find(tx, &id).await?.unwrap();
            assert_eq!((found.state, found.slot, found.suspended_until), (Live, 1, None));
            assert_eq!(device::free_slot(tx, &account, 3, 499).await?, Ok(2));
            assert_eq!(device::free_slot(tx, &account, 3, 500).await?, Ok(0));

            // Over at its moment, and ended like any other.
            let waits = waiting(tx, &id, 900).await?;
            assert!(device::suspend(tx, &waits).await?);
            let over = device::suspended_over(tx, 899, 10).await?.len();
            assert_eq!((over, device::suspended_over(tx, 900, 10).await?.len()), (0, 1));
            assert!(end_phone(tx, &id, 901).await?);
            assert_eq!(device::find(tx, &id).await?.unwrap().state, Ended);
            assert!(!device::is_suspended(tx, &id).await? && device::suspended_over(tx, 999, 10).await?.is_empty());
            Ok(())
        })
    })
    .await;
}

/// A phone as it would wait.
async fn waiting(tx: &mut Tx, id: &str, until_at: i64) -> Result<device::Device, StoreError> {
    let row = phone_next(tx, id).await?;
    Ok(device::Device { state: device::State::Suspended, suspended_until: Some(until_at), ..row })
}

/// Lets a phone go on; its new slot.
async fn go_on(tx: &mut Tx, id: &str, rested_since_at: i64, at: i64) -> Result<Option<u8>, StoreError> {
    let row = phone_next(tx, id).await?;
    let Some(slot) = device::slot_to_go_on(tx, &row, rested_since_at).await? else { return Ok(None) };
    let left = row.slot;
    let goes_on = device::Device { slot, state: device::State::Live, suspended_until: None, ..row };
    assert!(device::resume(tx, &goes_on, left, at).await?);
    assert!(!device::resume(tx, &goes_on, left, at).await?, "somebody changed it first");
    Ok(Some(slot))
}

/// A slot is its newest phone's: in one that a newer phone had, however long it has rested, codes would be that ended phone's.
async fn a_phone_goes_on_in_no_slot_of_a_newer_one(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let (account, id) = (resident(0).id, phone(0, 0).id);
            let newer = device::Device { enrolled_at: phone(0, 0).enrolled_at + 1, ..phone(0, 1) };
            device::insert(tx, &newer).await?;
            assert!(end_phone(tx, &newer.id, 500).await?);
            let waits = waiting(tx, &id, 900).await?;
            assert!(device::suspend(tx, &waits).await?);
            assert_eq!(device::free_slot(tx, &account, 3, 600).await?, Ok(1), "it has rested, for a newer one");
            let slot = go_on(tx, &id, 600, 600).await?.unwrap();
            let found = check::facts(tx, &resident(0).handle, slot, 2_500).await?.unwrap().device.unwrap();
            assert_eq!((slot, found.id, found.state), (2, id, device::State::Live));
            Ok(())
        })
    })
    .await;
}

async fn an_enrolment_code_and_a_password_work_once(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let code = |hash: u8| enrolment::Code {
                code_hash: vec![hash; 32],
                account: resident(0).id,
                issued_by: "opr_1".into(),
                issued_at: 1,
                expires_at: 100,
            };
            for hash in 1..=3 {
                enrolment::issue_code(tx, &code(hash)).await?;
            }
            for (hash, at, good) in [(9, 50, false), (1, 100, false), (1, 99, true), (1, 99, false), (2, 50, true)] {
                assert_eq!(enrolment::redeem_code(tx, &[hash; 32], at).await?.is_some(), good, "{hash} {at}");
            }
            assert_eq!(enrolment::end_codes(tx, &resident(0).id, 60).await?, 1);
            assert_eq!(enrolment::redeem_code(tx, &[3; 32], 61).await?, None);

            let challenge = |id: &str, account: Option<String>| enrolment::Challenge {
                id: id.into(),
                account,
                code_hash: vec![5; 32],
                tries_left: 2,
                created_at: 10,
                expires_at: 100,
            };
            enrolment::challenge(tx, &challenge("enr_0", Some(resident(0).id))).await?;
            enrolment::challenge(tx, &challenge("enr_1", Some(resident(0).id))).await?;
            enrolment::challenge(tx, &challenge("enr_2", None)).await?;
            assert_eq!(enrolment::take_try(tx, "enr_0", 20).await?, None, "a newer one ended it");
            assert_eq!(enrolment::take_try(tx, "enr_1", 20).await?, Some((Some(resident(0).id), vec![5; 32])));
            assert!(enrolment::use_challenge(tx, "enr_1", 21).await?);
            assert!(!enrolment::use_challenge(tx, "enr_1", 22).await?);
            for (at, tries) in [(20, true), (100, false), (21, true), (22, false)] {
                assert_eq!(enrolment::take_try(tx, "enr_2", at).await?.is_some(), tries, "{at}");
            }
            assert_eq!(enrolment::challenges_since(tx, &resident(0).id, 10, 9).await?, 2);
            assert_eq!(enrolment::challenges_since(tx, &resident(0).id, 11, 9).await?, 0);
            Ok(())
        })
    })
    .await;
}

async fn a_withdrawal_lists_what_was_drawn(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            for (n, slot, day, t1) in [(0, 0, 9, 1), (0, 0, 10, 16), (0, 1, 10, 3), (0, 0, 11, 16), (1, 0, 10, 8)] {
                let request = draw::Request {
                    account: &resident(n).id,
                    slot,
                    day,
                    request_id: "r",
                    keys_hash: &[1; 32],
                    t1,
                    t0: 2,
                    t1_max: 32,
                    t0_max: 32,
                    seen: None,
                    at: 5,
                };
                draw::take(tx, &request).await?;
            }
            let one = |n, slot, day, t1_count| withdrawal::Withdrawn {
                day,
                handle: resident(n).handle,
                slot,
                suite: Some(1),
                t1_count,
            };
            assert_eq!(withdrawal::slot(tx, &resident(0).id, 0, 10, "lost", 6).await?, 2);
            assert_eq!(withdrawal::list(tx, 10).await?, [one(0, 0, 10, 16), one(0, 0, 11, 16)]);
            assert_eq!(
                withdrawal::account(tx, &resident(0).id, 10, "suspended", 7).await?,
                1,
                "slot 1; slot 0 is in already"
            );
            assert_eq!(withdrawal::account(tx, &resident(1).id, 10, "death", 7).await?, 1);
            assert_eq!(withdrawal::list(tx, 11).await?, [one(0, 0, 11, 16)]);
            assert_eq!(withdrawal::undo(tx, &resident(0).id, "suspended").await?, 1);
            assert_eq!(withdrawal::list(tx, 0).await?, [one(0, 0, 10, 16), one(1, 0, 10, 8), one(0, 0, 11, 16)]);
            Ok(())
        })
    })
    .await;
}

fn paper(id: &str, n: u64, idx: u32, sheet: Option<&str>) -> card::Card {
    card::Card {
        id: id.into(),
        account: resident(n).id,
        list: 1,
        idx,
        kind: if sheet.is_some() { card::Kind::Sheet } else { card::Kind::Card },
        sheet: sheet.map(str::to_owned),
        state: card::State::Active,
        expiry_month: 90,
        flags: 0x4000,
        kid: vec![1, 2, 3, 4],
        issued_at: 5,
        ended_at: None,
        reason: None,
    }
}

async fn paper_codes_are_revoked_with_their_sheet(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            for c in [
                paper("crd_1", 0, 900, None),
                paper("crd_2", 0, 50, Some("s")),
                paper("crd_3", 0, 70, Some("s")),
                paper("crd_4", 1, 60, None),
            ] {
                assert!(card::insert(tx, &c).await?);
            }
            assert!(!card::insert(tx, &paper("crd_5", 1, 900, None)).await?, "the index is taken");
            let (found, holder) = card::rely_on(tx, 1, 50).await?.unwrap();
            assert_eq!((found.id.as_str(), found.sheet.as_deref(), holder.id), ("crd_2", Some("s"), resident(0).id));
            assert!(card::rely_on(tx, 2, 50).await?.is_none());
            let one = card::find(tx, "crd_2").await?.unwrap();
            assert_eq!(card::revoke(tx, &one, "lost", 9).await?, 2);
            assert_eq!(card::revoke(tx, &one, "lost", 9).await?, 0);
            let mut revoked = card::revoked(tx, 1, 90).await?;
            revoked.sort_unstable();
            assert_eq!(revoked, [50, 70]);
            assert_eq!(card::revoked(tx, 1, 91).await?, [0; 0], "expired ones need no revoking");
            let lone = card::find(tx, "crd_1").await?.unwrap();
            assert_eq!(card::revoke(tx, &lone, "replaced", 9).await?, 1);
            account::set_state(tx, &resident(1).id, account::State::Suspended).await?;
            assert_eq!(card::of_stopped_holders(tx, 1).await?, [60]);
            assert_eq!(card::revoke_all(tx, &resident(1).id, "death", 9).await?, 1);
            assert_eq!(card::of_account(tx, &resident(0).id).await?.len(), 3);
            assert_eq!(tally::all(tx).await?.into_iter().find(|(what, _)| what == "cards"), Some(("cards".into(), 0)));
            Ok(())
        })
    })
    .await;
}

async fn a_consent_is_withdrawn_by_its_version(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let account = resident(0).id;
            let one = |id: &str, scenario: &str| consent::Consent {
                id: id.into(),
                account: resident(0).id,
                scenario: scenario.into(),
                attributes: "[]".into(),
                from_at: 5,
                until_at: 50,
                state: consent::State::Given,
                ended_at: None,
                version: 3,
                row_version: 1,
                seal: vec![3; 32],
            };
            let gone = |c: consent::Consent, row_version| {
                let (state, seal) = (consent::State::Withdrawn, vec![4; 32]);
                consent::Consent { state, ended_at: Some(6), row_version, seal, ..c }
            };
            consent::give(tx, &one("cns_1", "elder")).await?;
            consent::give(tx, &one("cns_3", "hotel")).await?;
            assert!(!consent::withdraw(tx, &gone(one("cns_1", "elder"), 3)).await?, "another version");
            assert!(consent::withdraw(tx, &gone(one("cns_1", "elder"), 2)).await?);
            assert!(!consent::withdraw(tx, &gone(one("cns_1", "elder"), 3)).await?, "it was withdrawn");
            consent::give(tx, &one("cns_2", "elder")).await?;
            assert_eq!(consent::standing(tx, &account, "elder").await?.map(|c| c.id).as_deref(), Some("cns_2"));
            let standing: Vec<_> = consent::standing_of(tx, &account).await?.into_iter().map(|c| c.id).collect();
            assert_eq!(standing, ["cns_2", "cns_3"]);
            assert!(consent::withdraw(tx, &gone(one("cns_2", "elder"), 2)).await?);
            assert!(consent::standing(tx, &account, "elder").await?.is_none());
            let found = consent::find(tx, "cns_1").await?.unwrap();
            assert_eq!((found.ended_at, found.row_version, found.seal), (Some(6), 2, vec![4; 32]));
            let all: Vec<_> = consent::of_account(tx, &account).await?.into_iter().map(|c| (c.id, c.state)).collect();
            use consent::State::{Given, Withdrawn};
            assert_eq!(all, [("cns_3".into(), Given), ("cns_2".into(), Withdrawn), ("cns_1".into(), Withdrawn)]);
            Ok(())
        })
    })
    .await;
}

async fn short_numbers_keep_their_limits(store: Store) {
    use short_number::Issued::{DeskFull, Done, Taken, TooMany};
    settle(&store, 3).await;
    deed(&store, |tx| {
        Box::pin(async move {
            for (hash, n, desk, at, want) in [
                (1, 0, "3", 10, Done),
                (1, 1, "3", 11, Taken),
                (2, 1, "3", 12, Done),
                (3, 2, "3", 13, DeskFull),
                (3, 2, "", 13, Done),
                (4, 0, "", 14, Done),
                (5, 0, "", 15, TooMany),
                (1, 2, "3", 200, Done),
            ] {
                let account = resident(n).id;
                let new = short_number::New {
                    number_hash: &[hash; 32],
                    account: &account,
                    slot: 0,
                    scenario: "window",
                    desk,
                    issued_at: at,
                    expires_at: at + 180,
                    desk_live_max: 2,
                    hour_ago_at: 0,
                    hourly_max: 2,
                };
                assert_eq!(short_number::issue(tx, new).await?, want, "{hash} {n} {desk} {at}");
            }
            for (hash, desk, at, whose) in [
                (9, "3", 20, None),
                (2, "4", 20, None),
                (2, "3", 192, None),
                (2, "3", 20, Some(1)),
                (2, "3", 21, None),
                (1, "3", 210, Some(2)),
            ] {
                let got = short_number::redeem(tx, &[hash; 32], desk, at).await?;
                assert_eq!(got.map(|r| r.account), whose.map(|n| resident(n).id), "{hash} {desk} {at}");
            }
            assert_eq!(short_number::forget_before(tx, 300, 9).await?, 3);
            Ok(())
        })
    })
    .await;
}

async fn wrong_numbers_lock_a_desk(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let rule = short_number::LockRule { wrong_max: 3, window: 100, lock: 50 };
            for (at, locks) in [(0, false), (10, false), (100, false), (110, false), (120, true), (171, false)] {
                assert_eq!(short_number::wrong(tx, "3", at, rule).await?, locks, "{at}");
            }
            assert_eq!(short_number::desk_locked_until(tx, "3", 169).await?, 170);
            assert_eq!(short_number::desk_locked_until(tx, "3", 170).await?, 0);
            assert_eq!(short_number::desk_locked_until(tx, "4", 0).await?, 0);
            Ok(())
        })
    })
    .await;
}

async fn notices_come_newest_first(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            let one = |n: i64, account: &str| notice::Notice {
                id: format!("ntc_{n}"),
                account: account.into(),
                at: n,
                kind: "draw".into(),
                detail: "{}".into(),
            };
            for n in [one(1, "res_1"), one(2, "res_2"), one(3, "res_1"), one(4, "res_1")] {
                notice::insert(tx, &n).await?;
            }
            assert_eq!(notice::of_account(tx, "res_1", 2).await?, [one(4, "res_1"), one(3, "res_1")]);
            Ok(())
        })
    })
    .await;
}

async fn a_benefit_stands_once_under_its_number(store: Store) {
    settle(&store, 2).await;
    let row = |number, from_day, until_day| benefit::Benefit {
        account: resident(0).id,
        number,
        from_day,
        until_day,
        source: "import".into(),
        state: benefit::State::Held,
        given_at: 5,
        ended_at: None,
    };
    deed(&store, move |tx| {
        Box::pin(async move {
            let account = resident(0).id;
            benefit::put(tx, &row(6, 10, 20)).await?;
            benefit::give(tx, &row(2, 10, 20)).await?;
            benefit::give(tx, &row(2, 15, 30)).await?;
            let held = benefit::of_account(tx, &account).await?;
            assert_eq!(held, [row(2, 15, 30), row(6, 10, 20)], "by number, the later one in place of the earlier");
            for (day, holds) in [(14, false), (15, true), (20, true), (30, true), (31, false)] {
                assert_eq!(held[0].holds_on(day), holds, "{day}");
                let bits = held.iter().filter(|one| one.holds_on(day)).map(|one| 1 << one.number).sum::<u16>();
                let read = draw::holder(tx, &account, "dev_none", (0, day), true).await?.unwrap();
                assert_eq!(read.held, bits, "{day}: as a draw reads them");
            }
            assert!(benefit::end(tx, &account, 2, 7).await?);
            assert!(!benefit::end(tx, &account, 2, 8).await?, "ended before");
            assert!(!benefit::end(tx, &account, 3, 8).await?, "never held");
            let ended = benefit::find(tx, &account, 2).await?.unwrap();
            assert_eq!((ended.state, ended.ended_at, ended.holds_on(20)), (benefit::State::Ended, Some(7), false));
            benefit::give(tx, &row(2, 15, 30)).await?;
            assert_eq!(benefit::find(tx, &account, 2).await?, Some(row(2, 15, 30)), "given anew");
            assert!(benefit::of_account(tx, &resident(1).id).await?.is_empty());
            Ok(())
        })
    })
    .await;
    for wrong in [row(0, 1, 2), row(16, 1, 2), row(1, 3, 2)] {
        let refused = store
            .deed::<_, yima_store::StoreError, _>(move |tx| Box::pin(async move { benefit::put(tx, &wrong).await }))
            .await;
        assert!(refused.is_err(), "the table itself refuses numbers and days that are none");
    }
}

async fn crowds_are_added_up(store: Store) {
    let key = |what: &str, month, proofing| crowd::Key { what: what.into(), month, proofing };
    deed(&store, move |tx| {
        Box::pin(async move {
            for (one, many) in [(key("born", 3, 2), 5), (key("born", 3, 2), -2), (key("benefit/2", 3, 2), 1)] {
                crowd::add(tx, &one, many).await?;
            }
            crowd::add(tx, &key("born", 4, 2), 0).await?;
            let mut all = crowd::all(tx).await?;
            all.sort_by(|a, b| a.0.what.cmp(&b.0.what));
            assert_eq!(all, [(key("benefit/2", 3, 2), 1), (key("born", 3, 2), 3)]);
            crowd::clear(tx).await?;
            assert!(crowd::all(tx).await?.is_empty());
            Ok(())
        })
    })
    .await;
}
