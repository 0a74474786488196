//! Posts whose time is over are written as ended, with what hangs on them, and what was drawn in an office that may not act is
//! withdrawn. That they allow nothing more is decided at each use, not here.

use super::{end, office::said, office_stands, shown_from};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::{account, family_slot, organisation, post, withdrawal};

/// So many at once; the next look takes the next ones.
const AT_ONCE: u32 = 500;

impl Province {
    /// Ends posts that nobody renewed, and deputies whose officer is gone.
    pub(crate) async fn end_posts_over(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let ids = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let mut ids = post::over(tx, now_us, AT_ONCE).await?;
                    ids.extend(post::orphans(tx, AT_ONCE).await?);
                    Ok(ids)
                })
            })
            .await?;
        for id in ids {
            match self.end_one_post(&id).await {
                // Somebody ended or renewed it a moment ago.
                Ok(()) | Err(DeedError::Conflict(_)) => {}
                Err(error) => tracing::error!(%error, id, "a post whose time is over could not be ended"),
            }
        }
        Ok(())
    }

    /// Withdraws what officers drew in offices that may not act now: online it counts no more since the office was stopped, and
    /// offline from the next bundle on. When the office acts again they draw anew.
    pub(crate) async fn end_codes_of_stopped_offices(&self) -> Result<(), DeedError> {
        let posts = self
            .store
            .read::<_, DeedError, _>(|tx| {
                Box::pin(async move { Ok(family_slot::of_stopped_offices(tx, AT_ONCE).await?) })
            })
            .await?;
        for id in posts {
            let (seals, now_us) = (self.sealer_of_rows(), self.now_us());
            self.store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move {
                        let Some(row) = post::find(tx, &id).await? else { return Ok(()) };
                        let Some(holder) = &row.account else { return Ok(()) };
                        account::changed(tx, holder).await?;
                        organisation::rely_on_tree(tx).await?;
                        // It may act again since a moment.
                        if office_stands(tx, &seals, &row.organisation).await? {
                            return Ok(());
                        }
                        let slots = family_slot::end_of_post(tx, &id, now_us).await?;
                        Ok(withdrawal::slots(tx, &slots, shown_from(now_us), "office_stopped", now_us).await?)
                    })
                })
                .await?;
        }
        Ok(())
    }

    /// Ends the posts in an organisation that is no more; true when none is left.
    pub(crate) async fn end_posts_of(&self, organisation: &str, why: &'static str) -> Result<bool, DeedError> {
        let of = organisation.to_owned();
        let ids = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(post::standing_in(tx, &of, AT_ONCE).await?) }))
            .await?;
        let mut left = ids.len() >= AT_ONCE as usize;
        for id in ids {
            let (seals, post) = (self.sealer_of_rows(), id.clone());
            let done = self
                .short(
                    Request::of(Actor::System, Deed::EndPost),
                    |_| Box::pin(async { Ok((Facts::default(), ())) }),
                    move |tx, (), door| {
                        Box::pin(async move {
                            let row = end(tx, &seals, &post, why, door.now_us).await?;
                            let detail = said(&row);
                            Ok(match row.account {
                                Some(account) => Done::to((), account).detail(detail),
                                None => Done::plain(()).detail(detail),
                            })
                        })
                    },
                )
                .await;
            match done {
                // It ended with its officer's a moment ago.
                Ok(()) | Err(DeedError::Conflict(_)) => {}
                Err(error) => {
                    tracing::error!(%error, id, "a post in a merged organisation could not be ended");
                    left = true;
                }
            }
        }
        Ok(!left)
    }

    async fn end_one_post(&self, id: &str) -> Result<(), DeedError> {
        let (id, seals) = (id.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(Actor::System, Deed::EndPost),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = end(tx, &seals, &id, "silence", door.now_us).await?;
                    let alone = match &row.parent {
                        Some(officer) => post::find(tx, officer).await?.is_none_or(|of| of.state == post::State::Ended),
                        None => false,
                    };
                    if row.lease_until > door.now_us && !alone {
                        return Err(DeedError::Conflict(crate::error::Text::new("已续期", "it was renewed")));
                    }
                    let detail = said(&row);
                    Ok(match row.account {
                        Some(account) => Done::to((), account).detail(detail),
                        None => Done::plain(()).detail(detail),
                    })
                })
            },
        )
        .await
    }
}
