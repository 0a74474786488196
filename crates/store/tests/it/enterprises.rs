//! A dismissal and a filing at once (rule R52): none is lodged after the dismissal was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use yima_store::edge::{self, Edge, Inserted, State};
use yima_store::filing::{self, Filing};
use yima_store::organisation::{self, Kind, Organisation};
use yima_store::{Store, account, enterprise};

use crate::lot::Lot;
use crate::town::{deed, resident, settle};

crate::on_both!(r52_no_filing_after_an_acknowledged_dismissal, one_offer_is_settled_once);

/// Rounds of the race.
const ROUNDS: u64 = 40;
/// Filings that are lodged at once in each.
const AT_ONCE: u64 = 4;

fn firm(n: u64) -> Organisation {
    Organisation {
        id: format!("org_{n:026}"),
        kind: Kind::Enterprise,
        credit_code: Some(format!("9137010000000{n:05}")),
        name: "泉城商贸".into(),
        region: "370100".into(),
        parent: None,
        state: organisation::State::Active,
        source: "register".into(),
        batch: None,
        created_at: 1_000,
        version: 1,
        seal: vec![1; 32],
    }
}

fn agent(n: u64) -> Edge {
    Edge {
        id: format!("edg_{n:026}"),
        kind: "agent".into(),
        principal: firm(n).id,
        actor: resident(n).id,
        slot: 0,
        parent: None,
        scopes: "read_notices file".into(),
        limit_amount: None,
        may_appoint: false,
        from_at: 1_000,
        until_at: 9_000_000,
        consent_by_at: None,
        evidence: "device".into(),
        reference: "offer".into(),
        proofing: 1,
        state: State::Active,
        hidden: false,
        made_by: "res_1".into(),
        created_at: 1_000,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: vec![],
    }
}

async fn appointed(store: &Store, n: u64) {
    deed(store, move |tx| {
        Box::pin(async move {
            assert!(organisation::insert(tx, &firm(n)).await?);
            account::changed(tx, &resident(n).id).await?;
            let made = edge::insert(tx, &agent(n), 12, |row| vec![row.slot; 32]).await?;
            assert!(matches!(made, Inserted::InSlot(0)));
            Ok(())
        })
    })
    .await;
}

/// Lodges one as the deed does: the account, then the mandate, then what the mandate says.
async fn lodge(store: &Store, n: u64, nth: u64) -> bool {
    deed(store, move |tx| {
        Box::pin(async move {
            account::rely_on(tx, &resident(n).id).await?;
            let row = edge::rely_on(tx, &agent(n).id).await?.expect("a mandate");
            if row.state != State::Active {
                return Ok(false);
            }
            let filing = Filing {
                id: format!("fil_{:026}", n * AT_ONCE + nth),
                enterprise: row.principal,
                edge: row.id,
                account: row.actor,
                service: "tax".into(),
                amount: 1,
                digest: vec![1; 32],
                sealed_text: vec![2],
                state: filing::State::Lodged,
                lodged_at: 2_000,
                withdrawn_at: None,
                withdrawn_by: None,
            };
            filing::lodge(tx, &filing).await?;
            Ok(true)
        })
    })
    .await
}

/// Dismisses as the deed does: people, the enterprise, its mandates.
async fn dismiss(store: &Store, n: u64) {
    deed(store, move |tx| {
        Box::pin(async move {
            enterprise::people_changed(tx, &[&resident(n).id]).await?;
            enterprise::change(tx, &firm(n).id).await?;
            let row = edge::standing_over(tx, &firm(n).id, true).await?.remove(0);
            let ended = Edge { state: State::Ended, ended_at: Some(2_000), version: row.version + 1, ..row };
            assert!(edge::change(tx, &ended).await?);
            enterprise::end_acting(tx, &ended.id, "dismissed", 2_000).await?;
            Ok(())
        })
    })
    .await;
}

async fn r52_no_filing_after_an_acknowledged_dismissal(store: Store) {
    let mut lot = Lot::of("r52_no_filing_after_an_acknowledged_dismissal");
    settle(&store, ROUNDS).await;
    let mut lies = 0;
    for n in 0..ROUNDS {
        appointed(&store, n).await;
        let acknowledged = Arc::new(AtomicBool::new(false));
        let filing: Vec<_> = (0..AT_ONCE)
            .map(|nth| {
                let (store, acknowledged) = (store.clone(), Arc::clone(&acknowledged));
                let begins = lot.start(3);
                tokio::spawn(async move {
                    tokio::time::sleep(begins).await;

                    let late = acknowledged.load(Ordering::SeqCst);
                    lodge(&store, n, nth).await && late
                })
            })
            .collect();
        let dismissing = {
            let (store, acknowledged) = (store.clone(), Arc::clone(&acknowledged));
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;

                dismiss(&store, n).await;
                acknowledged.store(true, Ordering::SeqCst);
            })
        };
        for one in filing {
            lies += usize::from(one.await.unwrap());
        }
        dismissing.await.unwrap();
        assert!(!lodge(&store, n, 99).await, "firm {n}: lodged after the dismissal");
    }
    assert_eq!(lies, 0);
}

async fn one_offer_is_settled_once(store: Store) {
    use yima_store::enterprise::{Appointment, OfferState};
    settle(&store, 2).await;
    appointed(&store, 0).await;
    let offer = Appointment {
        id: "edg_offer".into(),
        enterprise: firm(0).id,
        parent: agent(0).id,
        person: vec![7; 32],
        person_masked: "370***********002X".into(),
        scopes: "file".into(),
        services: "tax".into(),
        limit_amount: Some(500),
        may_appoint: false,
        until_at: 9_000_000,
        made_by: resident(0).id,
        created_at: 1_000,
        expires_at: 8_000,
        state: OfferState::Offered,
        version: 1,
        seal: vec![1; 32],
    };
    let put = offer.clone();
    deed(&store, move |tx| Box::pin(async move { enterprise::offer(tx, &put).await })).await;
    let found = deed(&store, |tx| Box::pin(async move { enterprise::offers_to(tx, &[7; 32], 2_000).await })).await;
    assert_eq!(found, std::slice::from_ref(&offer));
    let mut lot = Lot::of("one_offer_is_settled_once");
    let rivals: Vec<_> = (0..16)
        .map(|n| {
            let (store, offer) = (store.clone(), offer.clone());
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                let state = if n % 2 == 0 { OfferState::Accepted } else { OfferState::Withdrawn };
                let next = Appointment { state, version: 2, ..offer };
                deed(&store, move |tx| Box::pin(async move { enterprise::settle_offer(tx, &next).await })).await
            })
        })
        .collect();
    let mut won = 0;
    for rival in rivals {
        won += usize::from(rival.await.unwrap());
    }
    assert_eq!(won, 1);
    let late = deed(&store, |tx| Box::pin(async move { enterprise::offers_to(tx, &[7; 32], 2_000).await })).await;
    assert!(late.is_empty());
}
