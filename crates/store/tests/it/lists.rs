//! Lists that operators and auditors leaf through: by key, narrowed by filters, and never longer at work than they say.

use yima_store::account::{self, NameKey};
use yima_store::device::{self, State};
use yima_store::uses::{self, Stretch};
use yima_store::{Store, Tx};

use crate::town::{a_use, deed, end_phone, phone, resident, settle};

crate::on_both!(names_are_found_by_their_short_hash, devices_are_listed_newest_first, uses_are_listed_by_time);

async fn names_are_found_by_their_short_hash(store: Store) {
    settle(&store, 6).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let ids = |page: Vec<account::Account>| page.into_iter().map(|a| a.id).collect::<Vec<_>>();
            let all = account::without_blind_name(tx, &NameKey::default(), 4).await?;
            assert_eq!(all.iter().map(|a| &a.region[..]).collect::<Vec<_>>(), ["370102", "370102", "370102", "370202"]);
            let last = all.last().map(|a| NameKey { region: a.region.clone(), id: a.id.clone() }).unwrap();
            assert_eq!(ids(account::without_blind_name(tx, &last, 4).await?), [resident(3).id, resident(5).id]);
            for n in 0..5 {
                assert!(account::set_blind_name(tx, &resident(n).id, 7).await?);
            }
            assert!(!account::set_blind_name(tx, &resident(0).id, 8).await?, "it has one");
            assert_eq!(ids(account::without_blind_name(tx, &NameKey::default(), 9).await?), [resident(5).id]);

            let from = NameKey::default;
            assert_eq!(ids(account::by_blind_name(tx, 7, "3701", &from(), 2).await?), [resident(0).id, resident(2).id]);
            let behind = NameKey { region: "370102".into(), id: resident(2).id };
            assert_eq!(ids(account::by_blind_name(tx, 7, "3701", &behind, 2).await?), [resident(4).id]);
            let county = account::by_blind_name(tx, 7, "370202", &from(), 9).await?;
            assert_eq!(ids(county), [resident(1).id, resident(3).id]);
            assert_eq!(account::by_blind_name(tx, 8, "3701", &from(), 9).await?.len(), 0);
            assert_eq!(account::by_blind_name(tx, 7, "3703", &from(), 9).await?.len(), 0);

            assert!(account::lacks_blind_name(tx, "3702").await?, "number five");
            assert!(!account::lacks_blind_name(tx, "370102").await?);
            assert_eq!(account::forget_blind_names(tx, 3).await?, 3);
            assert_eq!(account::forget_blind_names(tx, 3).await?, 2);
            assert_eq!(account::without_blind_name(tx, &from(), 9).await?.len(), 6);
            Ok(())
        })
    })
    .await;
}

async fn devices_are_listed_newest_first(store: Store) {
    settle(&store, 5).await;
    deed(&store, |tx| {
        Box::pin(async move {
            assert!(end_phone(tx, &phone(3, 0).id, 9).await?);
            let any = device::Filter::default();
            let (first, next) = listed(tx, None, any, 2, 99).await?;
            assert_eq!(first, [phone(4, 0).id, phone(3, 0).id]);
            let (rest, end) = listed(tx, next.as_deref(), any, 9, 99).await?;
            assert_eq!(rest, [phone(2, 0).id, phone(1, 0).id, phone(0, 0).id]);
            assert_eq!(end, None);

            let ended = device::Filter { state: Some(State::Ended), ..any };
            let page = device::page(tx, None, ended, 9, 99).await?;
            let one = &page.items[0];
            assert_eq!((page.items.len(), &one.region[..], one.device.reason.as_deref()), (1, "370202", Some("lost")));
            let city = device::Filter { region: Some("3702"), state: Some(State::Live) };
            assert_eq!(listed(tx, None, city, 9, 99).await?, (vec![phone(1, 0).id], None));
            assert_eq!(
                listed(tx, None, ended, 9, 1).await?,
                (vec![], Some(phone(4, 0).id)),
                "one device was looked at, and it lives: go on behind it"
            );
            assert_eq!(listed(tx, Some(&phone(4, 0).id), ended, 9, 1).await?.0, [phone(3, 0).id]);
            Ok(())
        })
    })
    .await;
}

type Ids = (Vec<String>, Option<String>);

async fn listed(
    tx: &mut Tx,
    before: Option<&str>,
    f: device::Filter<'_>,
    limit: u32,
    scan: u32,
) -> Result<Ids, yima_store::StoreError> {
    let page = device::page(tx, before, f, limit, scan).await?;
    Ok((page.items.into_iter().map(|row| row.device.id).collect(), page.next))
}

async fn uses_are_listed_by_time(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            for (n, what) in ["check", "draw", "check", "check", "check", "enrol"].into_iter().enumerate() {
                uses::append(tx, &a_use(&format!("use_{}", n + 1), 50, what, None), b"entry").await?;
            }
            let any = uses::Filter::default();
            let checks = uses::Filter { deed: Some("check"), ..any };
            let whole = Stretch { from: "", before: "~", limit: 9, scan: 99 };
            let table = [
                (Stretch { limit: 2, ..whole }, checks, "use_5 use_4", Some("use_4")),
                (Stretch { before: "use_4", ..whole }, checks, "use_3 use_1", None),
                (Stretch { from: "use_3", before: "use_6", ..whole }, any, "use_5 use_4 use_3", None),
                (Stretch { scan: 2, ..whole }, checks, "use_5", Some("use_5")),
                (Stretch { scan: 1, ..whole }, checks, "", Some("use_6")),
                (whole, uses::Filter { gate: Some("gat_2"), ..checks }, "", None),
                (whole, uses::Filter { scenario: Some("library"), ..any }, "", None),
                (whole, uses::Filter { outcome: Some("refused"), ..any }, "", None),
                (whole, uses::Filter { actor_kind: Some("op-audit"), ..any }, "", None),
                (
                    Stretch { limit: 1, ..whole },
                    uses::Filter { actor_kind: Some("gate"), scenario: Some("bus"), ..any },
                    "use_6",
                    Some("use_6"),
                ),
            ];
            for (number, (stretch, filter, ids, next)) in table.into_iter().enumerate() {
                let page = uses::page(tx, stretch, filter).await?;
                let found: Vec<_> = page.items.iter().map(|one| &one.id[..]).collect();
                assert_eq!((found.join(" "), page.next.as_deref()), (ids.to_owned(), next), "row {number}");
            }
            Ok(())
        })
    })
    .await;
}
