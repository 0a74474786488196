//! Offices' cards and counts of resolves: one card, one person; and nothing is left of a number whose tie has ended.

use yima_store::binding::{self, Binding, EndedBy, State};
use yima_store::resolved::{self, OfYear};
use yima_store::{Store, account};

use crate::lot::Lot;
use crate::town::{deed, resident, settle};

crate::on_both!(
    one_card_ties_one_person_and_one_person_has_one_card,
    what_has_ended_is_forgotten_and_can_be_tied_anew,
    of_sixteen_desks_that_tie_one_card_one_wins,
    of_sixteen_cards_for_one_person_one_is_tied,
    a_pace_is_counted_to_the_last_one,
    years_are_counted_by_scenario,
);

fn tie(id: &str, holder: u64, scenario: &str, card: u8) -> Binding {
    Binding {
        id: id.into(),
        account: resident(holder).id,
        scenario: scenario.into(),
        sealed_card: Some(vec![card; 40]),
        blind_card: Some(vec![card; 32]),
        state: State::Live,
        bound_at: 5,
        ended_at: None,
        ended_by: None,
    }
}

async fn one_card_ties_one_person_and_one_person_has_one_card(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            assert!(binding::bind(tx, &tie("bnd_1", 0, "library", 7)).await?);
            assert!(!binding::bind(tx, &tie("bnd_2", 0, "library", 8)).await?, "a second card for one person");
            assert!(!binding::bind(tx, &tie("bnd_3", 1, "library", 7)).await?, "a second person for one card");
            assert!(binding::bind(tx, &tie("bnd_4", 1, "hospital", 7)).await?, "another office's number is its own");
            assert!(binding::bind(tx, &tie("bnd_5", 1, "library", 8)).await?);
            let found = binding::by_card(tx, "library", &[7; 32]).await?;
            assert_eq!(found.map(|b| b.account), Some(resident(0).id));
            assert!(binding::by_card(tx, "metro", &[7; 32]).await?.is_none());
            let standing = binding::standing(tx, &resident(1).id, "library").await?;
            assert_eq!(standing.and_then(|b| b.sealed_card), Some(vec![8; 40]));
            Ok(())
        })
    })
    .await;
}

async fn what_has_ended_is_forgotten_and_can_be_tied_anew(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let (first, second) = (resident(0).id, resident(1).id);
            for (id, scenario) in [("bnd_1", "library"), ("bnd_2", "hospital"), ("bnd_3", "metro")] {
                assert!(binding::bind(tx, &tie(id, 0, scenario, 7)).await?);
            }
            assert!(!binding::end(tx, &second, "bnd_1", 9, EndedBy::Resident).await?, "somebody else's");
            assert!(binding::end(tx, &first, "bnd_1", 9, EndedBy::Resident).await?);
            assert!(!binding::end(tx, &first, "bnd_1", 10, EndedBy::Office).await?, "it has ended");
            assert!(binding::end_at(tx, &first, "hospital", 9, EndedBy::Office).await?);
            assert!(!binding::end_at(tx, &first, "hospital", 9, EndedBy::Office).await?);
            assert_eq!(binding::end_all(tx, &first, 11).await?, 1);
            let all = binding::of_account(tx, &first).await?;
            let told: Vec<_> = all.iter().map(|b| (b.id.as_str(), b.state, b.ended_by)).collect();
            use EndedBy::{Office, Province, Resident};
            assert_eq!(
                told,
                [
                    ("bnd_3", State::Ended, Some(Province)),
                    ("bnd_2", State::Ended, Some(Office)),
                    ("bnd_1", State::Ended, Some(Resident))
                ]
            );
            assert!(all.iter().all(|b| b.sealed_card.is_none() && b.blind_card.is_none()), "no number is left");
            assert!(binding::bind(tx, &tie("bnd_4", 1, "library", 7)).await?, "the card goes to somebody else");
            assert!(binding::bind(tx, &tie("bnd_5", 0, "library", 8)).await?, "the person gets another card");
            Ok(())
        })
    })
    .await;
}

async fn of_sixteen_desks_that_tie_one_card_one_wins(store: Store) {
    let mut lot = Lot::of("of_sixteen_desks_that_tie_one_card_one_wins");
    settle(&store, 16).await;
    let desks: Vec<_> = (0..16_u64)
        .map(|n| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                deed(&store, move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &resident(n).id).await?;
                        binding::bind(tx, &tie(&format!("bnd_{n}"), n, "library", 7)).await
                    })
                })
                .await
            })
        })
        .collect();
    let mut winners = 0;
    for desk in desks {
        winners += u32::from(desk.await.unwrap());
    }
    assert_eq!(winners, 1);
}

async fn of_sixteen_cards_for_one_person_one_is_tied(store: Store) {
    let mut lot = Lot::of("of_sixteen_cards_for_one_person_one_is_tied");
    settle(&store, 1).await;
    let desks: Vec<_> = (0..16_u8)
        .map(|n| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                deed(&store, move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &resident(0).id).await?;
                        binding::bind(tx, &tie(&format!("bnd_{n}"), 0, "library", n)).await
                    })
                })
                .await
            })
        })
        .collect();
    let mut winners = 0;
    for desk in desks {
        winners += u32::from(desk.await.unwrap());
    }
    assert_eq!(winners, 1);
}

/// Forty resolves at once are forty: none reads a number that another has just taken.
async fn a_pace_is_counted_to_the_last_one(store: Store) {
    let many: Vec<_> = (0..40)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                deed(&store, |tx| Box::pin(async move { resolved::pace(tx, "res_1", "library", 3_600).await })).await
            })
        })
        .collect();
    let mut counts = Vec::new();
    for one in many {
        counts.push(one.await.unwrap());
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=40).collect::<Vec<u32>>());
    deed(&store, |tx| {
        Box::pin(async move {
            assert_eq!(resolved::pace(tx, "res_1", "hospital", 3_600).await?, 1, "each scenario by itself");
            assert_eq!(resolved::pace(tx, "res_2", "library", 3_600).await?, 1, "each one by themselves");
            assert_eq!(resolved::pace(tx, "res_1", "library", 7_200).await?, 1, "a new hour");
            assert_eq!(resolved::pace(tx, "res_1", "library", 7_200).await?, 2);
            Ok(())
        })
    })
    .await;
}

async fn years_are_counted_by_scenario(store: Store) {
    deed(&store, |tx| {
        Box::pin(async move {
            for gate in ["gat_1", "gat_2", "gat_1"] {
                resolved::add(tx, 2026, "library", gate).await?;
            }
            resolved::add(tx, 2026, "hospital", "gat_3").await?;
            resolved::add(tx, 2027, "library", "gat_1").await?;
            let line = |year, scenario: &str, many| OfYear { year, scenario: scenario.into(), many };
            let told = resolved::by_year(tx).await?;
            assert_eq!(told, [line(2027, "library", 1), line(2026, "hospital", 1), line(2026, "library", 3)]);
            Ok(())
        })
    })
    .await;
}
