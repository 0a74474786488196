//! Operators propose, renew and end posts, and see those of an organisation. It does not know feeds.

use super::{New, end, place, role_of, there_already, to_change};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::full_capacity::full_capacity;
use crate::residents::{Page, evidence};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, PostId};
use yima_kernel::post::LEASE_S;
use yima_kernel::subject::Actor;
use yima_store::post::{self, Post, Source, State};
use yima_store::{Tx, account};

/// Rows on a page.
const PAGE: u32 = 100;

/// What an operator asks for.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// `res_…`
    pub resident: String,
    /// `counter`, `handler`, `reviewer`, `head`.
    pub role: String,
}

/// A post, as operators see it: never a name or a number of a person.
#[derive(Clone, Debug)]
pub struct PostRow {
    /// `pst_…`
    pub id: String,
    /// `res_…`, once accepted.
    pub account: Option<String>,
    /// `org_…`
    pub organisation: String,
    /// `counter`, `handler`, `reviewer`, `head`.
    pub role: String,
    /// The officer's post, of a deputy's.
    pub deputy_of: Option<String>,
    /// `pending`, `active` or `ended`; silence ends it whether somebody looked or not.
    pub state: &'static str,
    /// `scim`, `import`, `operator` or `officer`.
    pub source: &'static str,
    /// What the personnel system calls the person.
    pub user_name: Option<String>,
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds.
    pub accepted_at: Option<i64>,
    /// Unix seconds.
    pub lease_until: i64,
    /// Unix seconds.
    pub ended_at: Option<i64>,
    /// Why it ended.
    pub reason: Option<String>,
}

impl Province {
    /// Proposes that a resident has a post; nothing is so before they accept it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for the resident, the role or the organisation; [`DeedError::Conflict`] when it is there, or for
    /// somebody under 18.
    pub async fn propose_post(&self, actor: &Actor, organisation: &str, wish: NewPost) -> Result<PostRow, DeedError> {
        let resident = AccountId::parse(&wish.resident)
            .map_err(|_| DeedError::invalid("resident", "没有这位居民", "there is no such resident"))?;
        let (role, id) = (role_of(&wish.role)?, self.new_post_id());
        let (organisation, made_by, seals) = (organisation.to_owned(), actor.id().to_owned(), self.sealer_of_rows());
        let hand = self.hand();
        self.short(
            Request::of(actor.clone(), Deed::ProposePost).about(resident.clone()),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    account::rely_on(tx, resident.as_str()).await?;
                    let found = account::find(tx, resident.as_str()).await?;
                    let holder = found.filter(|row| row.state == account::State::Active).ok_or_else(|| {
                        DeedError::invalid("resident", "没有这位居民，或账户停用", "no such resident in good standing")
                    })?;
                    full_capacity(tx, &hand, &holder, door.now_us).await?;
                    place(tx, &seals, &organisation).await?;
                    let new = New {
                        id,
                        resource: None,
                        person: holder.blind_id,
                        organisation,
                        role,
                        source: Source::Operator,
                        made_by,
                        feed: None,
                        user_name: None,
                        external_id: None,
                    };
                    let row = new.row(&seals, door.now_us);
                    if !post::insert(tx, &row).await? {
                        return Err(there_already());
                    }
                    let detail = said(&row);
                    Ok(Done::plain(shown(row, door.now_us)).detail(detail))
                })
            },
        )
        .await
    }

    /// Says for an organisation without a personnel system that a post still stands: seven more days.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it is over, a deputy's, or named by a feed.
    pub async fn renew_post(&self, actor: &Actor, id: &str) -> Result<PostRow, DeedError> {
        let (id, seals) = (known(id)?, self.sealer_of_rows());
        let sought = id.clone();
        self.short(
            Request::of(actor.clone(), Deed::RenewPost),
            move |tx| Box::pin(async move { Ok((whose(tx, &sought).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let mut row = to_change(tx, &seals, &id).await?;
                    if row.feed.is_some() || row.parent.is_some() {
                        return Err(DeedError::Conflict(Text::new(
                            "这个职务由人事系统或本人续期，不在这里续",
                            "the personnel system or the officer speaks for this post, nobody here",
                        )));
                    }
                    renewed(tx, &seals, &mut row, door.now_us).await?;
                    let detail = said(&row);
                    Ok(Done::plain(shown(row, door.now_us)).detail(detail))
                })
            },
        )
        .await
    }

    /// Ends a post, with the sessions that acted in it and its deputies.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when it has ended.
    pub async fn end_post(&self, actor: &Actor, id: &str, reason: &str) -> Result<(), DeedError> {
        let (id, seals, why) = (known(id)?, self.sealer_of_rows(), evidence("reason", reason)?);
        let sought = id.clone();
        self.short(
            Request::of(actor.clone(), Deed::EndPost),
            move |tx| Box::pin(async move { Ok((whose(tx, &sought).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = end(tx, &seals, &id, "office", door.now_us).await?;
                    let mut detail = said(&row);
                    detail["why"] = why.into();
                    Ok(match row.account {
                        Some(account) => Done::to((), account).detail(detail),
                        None => Done::plain(()).detail(detail),
                    })
                })
            },
        )
        .await
    }

    /// The posts of an organisation, the newest first.
    ///
    /// # Errors
    /// [`DeedError::Internal`] when a row does not carry this program's seal.
    pub async fn posts(
        &self,
        actor: &Actor,
        organisation: &str,
        after: Option<&str>,
    ) -> Result<Page<PostRow>, DeedError> {
        let (id, after, now_us) = (organisation.to_owned(), after.unwrap_or_default().to_owned(), self.now_us());
        let seals = self.sealer_of_rows();
        let items = self
            .look(Request::of(actor.clone(), Deed::SeePosts), Facts::default(), move |tx| {
                Box::pin(async move {
                    let rows = post::of_organisation(tx, &id, &after, PAGE).await?;
                    rows.iter().try_for_each(|row| seals.holds(row))?;
                    Ok(rows.into_iter().map(|row| shown(row, now_us)).collect::<Vec<_>>())
                })
            })
            .await?;
        let next = items.last().filter(|_| items.len() == PAGE as usize).map(|last| last.id.clone());
        Ok(Page { items, next })
    }

    pub(super) fn new_post_id(&self) -> String {
        PostId::new(self.now_ms(), self.chance.bytes()).to_string()
    }
}

/// Seven more days for a post that is not over.
pub(super) async fn renewed(
    tx: &mut Tx,
    seals: &crate::row_seal::RowSealer,
    row: &mut Post,
    now_us: i64,
) -> Result<(), DeedError> {
    if row.state == State::Ended || row.lease_until <= now_us {
        return Err(DeedError::Conflict(Text::new("这个职务已经结束", "this post has ended already")));
    }
    row.renewed_at = now_us;
    row.lease_until = now_us + LEASE_S * MICROS;
    super::rewritten(tx, seals, row).await
}

/// Small facts for a use.
pub(super) fn said(row: &Post) -> serde_json::Value {
    serde_json::json!({ "post": row.id, "organisation": row.organisation, "role": row.role })
}

fn known(id: &str) -> Result<String, DeedError> {
    PostId::parse(id).map(String::from).map_err(|_| DeedError::NotFound("post"))
}

/// Where a post stands now, whatever was written.
pub(super) fn state_now(row: &Post, now_us: i64) -> &'static str {
    if row.lease_until <= now_us { State::Ended.as_str() } else { row.state.as_str() }
}

fn shown(row: Post, now_us: i64) -> PostRow {
    PostRow {
        state: state_now(&row, now_us),
        reason: row.reason.or_else(|| (row.lease_until <= now_us).then(|| "silence".to_owned())),
        id: row.id,
        account: row.account,
        organisation: row.organisation,
        role: row.role,
        deputy_of: row.parent,
        source: row.source.as_str(),
        user_name: row.user_name,
        made_at: row.made_at / MICROS,
        accepted_at: row.accepted_at.map(|at| at / MICROS),
        lease_until: row.lease_until / MICROS,
        ended_at: row.ended_at.map(|at| at / MICROS),
    }
}

/// Whose post it is or will be: their own file and their kin's are not an officer's to change (rule R46).
async fn whose(tx: &mut Tx, id: &str) -> Result<Facts, DeedError> {
    let Some(row) = post::find(tx, id).await? else { return Ok(Facts::default()) };
    let account = match row.account {
        Some(account) => Some(account),
        None => account::by_blind_id(tx, &row.person).await?.map(|holder| holder.id),
    };
    let about = account.iter().filter_map(|id| AccountId::parse(id).ok()).collect();
    Ok(Facts { about, ..Facts::default() })
}
