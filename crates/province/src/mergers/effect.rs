//! A merger on its day: the merged organisation ends, what stands under it goes to the successor, and whoever relied on its apps
//! as they were is done before. Posts and mandates there end afterwards, one by one; that they count no more is decided at
//! each use, since the organisation has ended. It does not know who decided it.

use super::decide::{CHILDREN_MAX, both_stand, said};
use super::{found, stepped};
use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::organisations::{self, rewritten};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::merger::{self, Merger, State};
use yima_store::organisation;

impl Province {
    /// Lets mergers take effect whose day has come, tells people, and ends what hung on what is merged.
    pub(crate) async fn see_to_mergers(&self) -> Result<(), DeedError> {
        let now_us = self.now_us();
        let (due, untold) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok((merger::due(tx, now_us).await?, merger::untold(tx).await?)) })
            })
            .await?;
        for row in untold {
            self.tell_of_merger(row).await?;
        }
        for row in due {
            match self.take_effect(&row.id).await {
                Ok(()) => {}
                // Somebody was faster, or the successor may not act: operators see that it waits.
                Err(error) => tracing::error!(%error, merger = row.id, "a merger could not take effect on its day"),
            }
        }
        let unsettled =
            self.store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(merger::unsettled(tx).await?) })).await?;
        for row in unsettled {
            self.settle(row).await?;
        }
        Ok(())
    }

    async fn take_effect(&self, id: &str) -> Result<(), DeedError> {
        let (id, seals) = (id.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(Actor::System, Deed::MergeOrganisations),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    organisation::change_tree(tx).await?;
                    let mut row = found(tx, &seals, &id).await?;
                    if row.state != State::Approved || row.effect_at > door.now_us {
                        return Err(DeedError::Conflict(Text::new("已经变化", "it changed meanwhile")));
                    }
                    let mut from = organisations::found(tx, &seals, &row.merged).await?;
                    let mut to = organisations::found(tx, &seals, &row.successor).await?;
                    let under = organisation::children(tx, Some(&from.id), "", CHILDREN_MAX + 1).await?;
                    if under.len() > CHILDREN_MAX as usize {
                        return Err(DeedError::Conflict(Text::new("下级太多", "too many stand directly under it")));
                    }
                    // One that goes on in something under itself: that takes its place.
                    if to.parent.as_deref() == Some(from.id.as_str()) {
                        to.parent.clone_from(&from.parent);
                        rewritten(tx, &seals, &mut to).await?;
                    }
                    both_stand(tx, &seals, &from, &to).await?;
                    for mut child in under.into_iter().filter(|child| child.id != to.id) {
                        seals.holds(&child)?;
                        child.parent = Some(to.id.clone());
                        rewritten(tx, &seals, &mut child).await?;
                    }
                    from.state = organisation::State::Ended;
                    rewritten(tx, &seals, &mut from).await?;
                    let feeds = crate::posts::end_feeds_of(tx, &seals, &from.id, door.now_us).await?;
                    // Whoever relied on an app of this line met the sector as it was, and is done before this goes on (R28).
                    let apps = merger::clients_of(tx, &row.from_code).await?;
                    for app in &apps {
                        merger::change_client(tx, app).await?;
                    }
                    row.state = State::InForce;
                    row.nth = Some(merger::next_nth(tx).await?);
                    stepped(tx, &seals, &mut row).await?;
                    let mut detail = said(&row);
                    detail["apps"] = apps.len().into();
                    detail["feeds"] = feeds.into();
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.clients.forget_all();
        Ok(())
    }

    /// Ends posts in an organisation that was merged, and mandates over it.
    async fn settle(&self, row: Merger) -> Result<(), DeedError> {
        let posts = self.end_posts_of(&row.merged, "merged").await?;
        let mandates = self.end_mandates_over(&row.merged, "merged").await?;
        if posts && mandates {
            let now_us = self.now_us();
            self.store
                .deed::<_, DeedError, _>(move |tx| {
                    let id = row.id.clone();
                    Box::pin(async move { Ok(merger::settled(tx, &id, now_us).await?) })
                })
                .await?;
        }
        Ok(())
    }
}
