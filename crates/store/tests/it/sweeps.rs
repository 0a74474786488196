//! What has outlived its time goes, so many rows at a time, and what has not stays.

use crate::town::{deed, resident, settle};
use yima_store::enrolment::{self, Challenge};
use yima_store::notice::{self, Notice};
use yima_store::{Store, gate, resolved};

crate::on_both!(what_is_over_goes_and_what_is_not_stays);

async fn what_is_over_goes_and_what_is_not_stays(store: Store) {
    settle(&store, 1).await;
    deed(&store, |tx| {
        Box::pin(async move {
            for at in [10, 20, 30, 40] {
                let account = resident(0).id;
                let id = format!("not_{at}");
                notice::insert(tx, &Notice { id, account, at, kind: "draw".into(), detail: "{}".into() }).await?;
                let challenge = Challenge {
                    id: format!("enr_{at}"),
                    account: None,
                    code_hash: vec![0; 32],
                    tries_left: 3,
                    created_at: at - 5,
                    expires_at: at,
                };
                enrolment::challenge(tx, &challenge).await?;
                assert!(gate::batch(tx, "gat_1", &format!("b{at}"), 3, at).await?);
                resolved::pace(tx, &format!("gat_{at}"), "bus", at).await?;
            }
            for limit in [2, 9] {
                let gone = [
                    notice::forget_before(tx, 40, limit).await?,
                    enrolment::forget_challenges_before(tx, 40, limit).await?,
                    gate::forget_batches_before(tx, 40, limit).await?,
                    resolved::forget_pace_before(tx, 40, limit).await?,
                ];
                let expected = if limit == 2 { 2 } else { 1 };
                assert_eq!(gone, [expected; 4], "{limit} at most");
            }
            assert_eq!(notice::of_account(tx, &resident(0).id, 9).await?.len(), 1);
            assert!(
                enrolment::take_try(tx, "enr_40", 39).await?.is_some()
                    && enrolment::take_try(tx, "enr_30", 9).await?.is_none()
            );
            assert!(!gate::batch(tx, "gat_1", "b40", 3, 50).await?, "it came before");
            assert_eq!(resolved::pace(tx, "gat_40", "bus", 40).await?, 2);
            Ok(())
        })
    })
    .await;
}
