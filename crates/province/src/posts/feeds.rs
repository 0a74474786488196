//! What personnel systems sign in with: made by an operator for one organisation and what stands under it, shown once, ended
//! at once. It does not know what they say.

use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::residents::evidence;
use crate::row_seal::{RowSealer, sealed_row};
use crate::{Province, secret_text};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{FeedId, OrganisationId};
use yima_kernel::subject::Actor;
use yima_store::feed::{self, Feed};
use yima_store::{Tx, organisation};

/// 32 characters of 31 letters are 158 bits.
const TOKEN_LENGTH: usize = 32;
const PREFIX: &str = "yfd_";
/// That a feed was seen is written this seldom.
const SEEN_EVERY_US: i64 = 3_600 * MICROS;

/// A feed, as operators see it.
#[derive(Clone, Debug)]
pub struct FeedRow {
    /// `fee_…`
    pub id: String,
    /// What operators call it.
    pub label: String,
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds, to the hour.
    pub seen_at: Option<i64>,
    /// Unix seconds.
    pub ended_at: Option<i64>,
}

/// A feed just made; its token is shown once.
#[derive(Clone, Debug)]
pub struct NewFeed {
    /// `fee_…`
    pub id: String,
    /// `yfd_…`
    pub token: String,
}

impl Province {
    /// Lets the personnel system of an organisation in.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a label without words, or an organisation that may not act.
    pub async fn make_feed(&self, actor: &Actor, organisation: &str, label: &str) -> Result<NewFeed, DeedError> {
        let token = format!("{PREFIX}{}", secret_text(&mut self.chance.rng(), TOKEN_LENGTH));
        let mut row = Feed {
            id: FeedId::new(self.now_ms(), self.chance.bytes()).to_string(),
            organisation: organisation.to_owned(),
            label: evidence("label", label)?,
            token_hash: self.peppered("feed", &token).to_vec(),
            made_by: actor.id().to_owned(),
            made_at: self.now_us(),
            seen_at: None,
            ended_at: None,
            version: 1,
            seal: Vec::new(),
        };
        let seals = self.sealer_of_rows();
        seals.seal_anew(&mut row);
        let id = row.id.clone();
        self.short(
            Request::of(actor.clone(), Deed::MakeFeed),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    super::place(tx, &seals, &row.organisation).await?;
                    feed::insert(tx, &row).await?;
                    let detail = serde_json::json!({ "feed": row.id, "organisation": row.organisation });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        Ok(NewFeed { id, token })
    }

    /// Shuts a feed out: from this answer on nothing comes of it. What it named ends when its lease does.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it has ended.
    pub async fn end_feed(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let (id, seals) = (id.to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::EndFeed),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let mut row = feed::to_change(tx, &id).await?.ok_or(DeedError::NotFound("feed"))?;
                    seals.holds(&row)?;
                    if row.ended_at.is_some() {
                        return Err(DeedError::Conflict(Text::new("这个令牌已经停用", "this token has ended already")));
                    }
                    row.ended_at = Some(door.now_us);
                    row.version += 1;
                    seals.seal_anew(&mut row);
                    if !feed::end(tx, &row).await? {
                        return Err(DeedError::Busy);
                    }
                    Ok(Done::plain(()).detail(serde_json::json!({ "feed": id })))
                })
            },
        )
        .await
    }

    /// The feeds of an organisation, the newest first.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn feeds(&self, actor: &Actor, organisation: &str) -> Result<Vec<FeedRow>, DeedError> {
        let id = organisation.to_owned();
        let rows = self
            .look(Request::of(actor.clone(), Deed::SeePosts), Facts::default(), move |tx| {
                Box::pin(async move { Ok(feed::of_organisation(tx, &id).await?) })
            })
            .await?;
        let s = |at: i64| at / MICROS;
        let shown = |row: Feed| FeedRow {
            id: row.id,
            label: row.label,
            made_at: s(row.made_at),
            seen_at: row.seen_at.map(s),
            ended_at: row.ended_at.map(s),
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Whose a feed's token is; `None` for one that is unknown or ended.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn feed(&self, token: &str) -> Result<Option<Actor>, DeedError> {
        let (hash, now_us) = (self.peppered("feed", token), self.now_us());
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(feed::by_token(tx, &hash).await?) }))
            .await?;
        let Some(row) = found else { return Ok(None) };
        self.sealer_of_rows().holds(&row)?;
        if row.ended_at.is_some() {
            return Ok(None);
        }
        if row.seen_at.is_none_or(|at| now_us - at >= SEEN_EVERY_US) {
            let id = row.id.clone();
            self.store
                .deed::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(feed::seen(tx, &id, now_us).await?) }))
                .await?;
        }
        Ok(Some(Actor::Feed {
            feed: FeedId::parse(&row.id).map_err(DeedError::internal)?,
            organisation: OrganisationId::parse(&row.organisation).map_err(DeedError::internal)?,
        }))
    }
}

/// The facts about a feed for a deed of it: its token was not ended, and its organisation may act.
pub(super) async fn facts(tx: &mut Tx, seals: &RowSealer, actor: &Actor) -> Result<Facts, DeedError> {
    let Actor::Feed { feed: id, organisation: of } = actor else { return Ok(Facts::default()) };
    organisation::rely_on_tree(tx).await?;
    let row = feed::rely_on(tx, id.as_str()).await?.ok_or(DeedError::NotFound("feed"))?;
    seals.holds(&row)?;
    let ended = row.ended_at.is_some() || super::place(tx, seals, of.as_str()).await.is_err();
    Ok(Facts { actor_ended: ended, ..Facts::default() })
}

/// Shuts out whatever speaks for an organisation that is no more; how many.
pub(crate) async fn end_feeds_of(tx: &mut Tx, seals: &RowSealer, id: &str, now_us: i64) -> Result<u32, DeedError> {
    let mut ended = 0;
    for seen in feed::of_organisation(tx, id).await?.into_iter().filter(|row| row.ended_at.is_none()) {
        let mut row = feed::to_change(tx, &seen.id).await?.ok_or(DeedError::NotFound("feed"))?;
        seals.holds(&row)?;
        if row.ended_at.is_some() {
            continue;
        }
        row.ended_at = Some(now_us);
        row.version += 1;
        seals.seal_anew(&mut row);
        if !feed::end(tx, &row).await? {
            return Err(DeedError::Busy);
        }
        ended += 1;
    }
    Ok(ended)
}

sealed_row!(Feed, "feed", |f, with| {
    let ended = f.ended_at.map(|at| at.to_be_bytes().to_vec()).unwrap_or_default();
    with(&[
        f.organisation.as_bytes(),
        f.label.as_bytes(),
        &f.token_hash,
        f.made_by.as_bytes(),
        &f.made_at.to_be_bytes(),
        &ended,
    ])
});
