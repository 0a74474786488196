//! One person with many mandates in a province of many organisations, beside the same person before. The rows of mandates are
//! written past the deeds, which allow nobody so many; their seals are zeros, and no token reads them.

use super::people;
use super::rows::{Server, row};
use super::world::{RegisteredApp, World};
use yima_kernel::subject::Actor;
use yima_province::NewOrganisation;
use yima_store::edge::{self, Edge, State};
use yima_store::{Store, StoreError};

const MANDATES: usize = 500;
const ORGANISATIONS: usize = 10_000;
/// Runs of each, by turns.
const ROUNDS: usize = 3;

/// Prints both costs of a code flow, and their ratio.
pub async fn measure(server: Server<'_>, world: &World, app: &RegisteredApp, operations: usize) {
    let asks = people::code_flow(world, app).await;
    let mut before = Vec::new();
    for _ in 0..ROUNDS {
        before.push(row(server, "code flow, one mandate", operations, &asks).await);
    }
    settle(world).await;
    let mut after = Vec::new();
    for _ in 0..ROUNDS {
        after.push(row(server, "code flow, 500 mandates, 10,000 organisations", operations, &asks).await);
    }
    let least = |all: &[f64]| all.iter().copied().fold(f64::INFINITY, f64::min);
    println!("\nratio of the cheapest runs: {:.2}", least(&after) / least(&before));
}

async fn settle(world: &World) {
    for number in 0..ORGANISATIONS {
        let new = NewOrganisation {
            enterprise: false,
            credit_code: None,
            name: format!("测量单位{number}"),
            region: "370102".to_owned(),
            parent: None,
            source: "bench".to_owned(),
        };
        world.town.province.add_organisation(&Actor::System, new).await.unwrap();
    }
    let store = Store::open(&format!("sqlite:{}", world.town.folder().join("yima.db").display())).await.unwrap();
    let (principal, now) = (world.account.clone(), world.town.now() * 1_000_000);
    let done: Result<(), StoreError> = store
        .deed(move |tx| {
            Box::pin(async move {
                for number in 0..MANDATES {
                    edge::insert(tx, &mandate(&principal, number, now), 1, |_| vec![0; 32]).await?;
                }
                Ok(())
            })
        })
        .await;
    done.unwrap();
    store.close().await;
}

fn mandate(principal: &str, number: usize, now: i64) -> Edge {
    Edge {
        id: format!("edg_{number:026}"),
        kind: "helper".to_owned(),
        principal: principal.to_owned(),
        actor: format!("res_{number:026}"),
        slot: 0,
        parent: None,
        scopes: "see".to_owned(),
        limit_amount: None,
        may_appoint: false,
        from_at: now,
        until_at: now + 86_400_000_000,
        consent_by_at: None,
        evidence: "counter".to_owned(),
        reference: "bench".to_owned(),
        proofing: 1,
        state: State::Active,
        hidden: false,
        made_by: "bench".to_owned(),
        created_at: now,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: vec![0; 32],
    }
}
