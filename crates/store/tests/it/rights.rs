//! Requests under a right, restrictions and erasures: one of a kind at once, two who stop an account, and nothing left that names.

use yima_store::erasure::{self, Blanks};
use yima_store::rights_request::{self, Change, Kind, Request, State};
use yima_store::{Store, account, benefit, notice};

use crate::lot::Lot;
use crate::town::{deed, resident, settle};

crate::on_both!(
    of_a_kind_one_is_under_way,
    the_most_urgent_comes_first,
    of_sixteen_who_stop_and_do_one_wins,
    it_takes_both_to_lift_what_two_stopped,
    nothing_that_names_is_left,
);

fn request(id: &str, holder: u64, kind: Kind, state: State) -> Request {
    Request {
        id: id.into(),
        account: resident(holder).id,
        asked_by: "dev_1".into(),
        kind,
        sealed_body: Some(vec![7; 40]),
        sealed_answer: None,
        state,
        asked_at: 5,
        hold_until: 10,
        due_at: 20,
        handled_by: None,
        handled_at: None,
        version: 1,
    }
}

const fn change(from: State, to: State) -> Change<'static> {
    Change { from, to, by: "dev_2", at: 9, sealed_answer: None }
}

async fn of_a_kind_one_is_under_way(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            assert!(rights_request::insert(tx, &request("rgt_1", 0, Kind::Delete, State::Held)).await?);
            assert!(!rights_request::insert(tx, &request("rgt_2", 0, Kind::Delete, State::Held)).await?);
            assert!(rights_request::insert(tx, &request("rgt_3", 0, Kind::Explain, State::Waiting)).await?);
            assert!(rights_request::insert(tx, &request("rgt_4", 1, Kind::Delete, State::Held)).await?);
            assert!(rights_request::insert(tx, &request("rgt_5", 0, Kind::Copy, State::Done)).await?);
            assert!(
                rights_request::insert(tx, &request("rgt_6", 0, Kind::Copy, State::Done)).await?,
                "as often as asked"
            );
            assert!(rights_request::change(tx, "rgt_1", change(State::Held, State::Stopped)).await?);
            assert!(!rights_request::change(tx, "rgt_1", change(State::Held, State::Done)).await?, "it was stopped");
            assert!(rights_request::insert(tx, &request("rgt_7", 0, Kind::Delete, State::Held)).await?, "asked anew");
            Ok(())
        })
    })
    .await;
}

async fn the_most_urgent_comes_first(store: Store) {
    settle(&store, 3).await;
    deed(&store, |tx| {
        Box::pin(async move {
            for (id, holder, due_at) in [("rgt_1", 0, 30), ("rgt_2", 1, 10), ("rgt_3", 2, 20)] {
                let row = Request { due_at, ..request(id, holder, Kind::Delete, State::Held) };
                assert!(rights_request::insert(tx, &row).await?);
            }
            let ids = |rows: Vec<Request>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(ids(rights_request::open(tx, None, 2).await?), ["rgt_2", "rgt_3"]);
            assert_eq!(ids(rights_request::open(tx, Some((20, "rgt_3")), 2).await?), ["rgt_1"]);
            assert_eq!(ids(rights_request::deletions_to_do(tx, 9, 10).await?), [""; 0], "held");
            assert_eq!(ids(rights_request::deletions_to_do(tx, 10, 10).await?), ["rgt_2", "rgt_3", "rgt_1"]);
            assert!(rights_request::change(tx, "rgt_3", change(State::Held, State::Waiting)).await?);
            assert_eq!(ids(rights_request::deletions_to_do(tx, 10, 10).await?), ["rgt_2", "rgt_1"], "a case is open");
            assert!(rights_request::change(tx, "rgt_2", change(State::Held, State::Done)).await?);
            assert_eq!(ids(rights_request::closed(tx, None, 10).await?), ["rgt_2"]);
            Ok(())
        })
    })
    .await;
}

/// Fifteen devices stop a deletion in the moment in which the job does it: exactly one of them all had its way.
async fn of_sixteen_who_stop_and_do_one_wins(store: Store) {
    let mut lot = Lot::of("of_sixteen_who_stop_and_do_one_wins");
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move { rights_request::insert(tx, &request("rgt_1", 0, Kind::Delete, State::Held)).await })
    })
    .await;
    let all: Vec<_> = (0..16_u64)
        .map(|n| {
            let store = store.clone();
            let begins = lot.start(3);
            tokio::spawn(async move {
                tokio::time::sleep(begins).await;
                deed(&store, move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &resident(0).id).await?;
                        let to = if n == 0 { State::Done } else { State::Stopped };
                        rights_request::change(tx, "rgt_1", change(State::Held, to)).await
                    })
                })
                .await
            })
        })
        .collect();
    let mut winners = 0;
    for one in all {
        winners += u32::from(one.await.unwrap());
    }
    assert_eq!(winners, 1);
}

async fn it_takes_both_to_lift_what_two_stopped(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let id = resident(0).id;
            let id = id.as_str();
            use account::State::{Active, Suspended};
            assert!(account::set_restricted(tx, id, true).await?);
            assert!(!account::set_restricted(tx, id, true).await?, "twice is nothing");
            assert!(account::is_restricted(tx, id).await?);
            account::set_state(tx, id, Suspended).await?;
            account::set_state(tx, id, Active).await?;
            assert_eq!(account::find(tx, id).await?.map(|a| a.state), Some(Suspended), "the person's own stays");
            account::set_state(tx, id, Suspended).await?;
            assert!(account::set_restricted(tx, id, false).await?);
            assert_eq!(account::find(tx, id).await?.map(|a| a.state), Some(Suspended), "the operator's stays");
            account::set_state(tx, id, Active).await?;
            assert_eq!(account::find(tx, id).await?.map(|a| a.state), Some(Active));
            account::set_state(tx, id, account::State::Dead).await?;
            assert!(!account::set_restricted(tx, id, true).await?, "the dead switch nothing");
            Ok(())
        })
    })
    .await;
}

async fn nothing_that_names_is_left(store: Store) {
    settle(&store, 2).await;
    deed(&store, |tx| {
        Box::pin(async move {
            let before = resident(0);
            let id = before.id.as_str();
            let note = notice::Notice {
                id: "use_1".into(),
                account: id.into(),
                at: 1,
                kind: "drawn".into(),
                detail: String::new(),
            };
            notice::insert(tx, &note).await?;
            let held = benefit::Benefit {
                account: id.into(),
                number: 2,
                from_day: 1,
                until_day: 9,
                source: "school".into(),
                state: benefit::State::Held,
                given_at: 1,
                ended_at: None,
            };
            benefit::give(tx, &held).await?;
            rights_request::insert(tx, &request("rgt_1", 0, Kind::Explain, State::Waiting)).await?;
            rights_request::forget_contents(tx, id, 7).await?;
            let blanks = Blanks { blind_id: vec![9; 16], handle_until: 50 };
            assert!(erasure::erase(tx, id, 7, &blanks).await?);
            assert!(!erasure::erase(tx, id, 8, &blanks).await?, "once");
            assert!(!erasure::erase(tx, "res_nobody", 8, &blanks).await?);
            let after = account::find(tx, id).await?.expect("the row stays: others point to it");
            assert!(after.sealed_name.is_empty() && after.sealed_id_number.is_empty() && after.sealed_phone.is_none());
            assert_eq!((after.state, after.region.as_str()), (account::State::Dead, "000000"));
            assert!(account::by_blind_id(tx, &before.blind_id).await?.is_none());
            assert!(notice::of_account(tx, id, 9).await?.is_empty());
            assert!(benefit::of_account(tx, id).await?.is_empty());
            let left = rights_request::find(tx, "rgt_1").await?.expect("that it was asked stays");
            assert_eq!((left.sealed_body, left.state), (None, State::Stopped));
            assert_eq!(erasure::handles_over(tx, 49, 9).await?, [""; 0]);
            assert_eq!(erasure::handles_over(tx, 50, 9).await?, [id]);
            erasure::blank_handle(tx, id, &[1; 8]).await?;
            assert!(account::by_handle(tx, &before.handle).await?.is_none());
            assert_eq!(
                (erasure::handles_over(tx, 50, 9).await?, erasure::all(tx).await?),
                (vec![], vec![id.to_owned()])
            );
            assert!(
                account::find(tx, &resident(1).id).await?.is_some_and(|a| !a.sealed_name.is_empty()),
                "nobody else"
            );
            Ok(())
        })
    })
    .await;
}
