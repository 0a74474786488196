//! Posts of officers: leases that a feed, an import, an operator or an officer proposes and the person accepts. This file has
//! what their deeds share: rows with their seals, whether a post stands, and the one way in which it ends.
//! It does not know SCIM, nor what a post allows.

mod codes;
mod deputy;
mod draw;
mod feed_wish;
mod feeds;
mod import;
mod office;
mod over;
mod own;
mod record;
mod rows;

pub use codes::OfficePost;
pub(crate) use codes::post_of_code;
pub use codes::role_words as post_words;
pub use draw::PostToShow;
pub use feed_wish::{FeedPage, FeedPost, FeedWish, ListBy, Named};
pub(crate) use feeds::end_feeds_of;
pub use feeds::{FeedRow, NewFeed};
pub use office::{NewPost, PostRow};
pub use own::{OwnPost, PostCode};
pub use record::{OfficeRecord, OfficeUse};

use crate::clock::MICROS;
use crate::devices::tell;
use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use crate::{leave_apps, organisations};
use std::collections::BTreeSet;
use yima_code::day::Day;
use yima_kernel::post::{Held, LEASE_S, PostRole};
use yima_store::organisation::{self, DEPTH_MAX, Organisation};
use yima_store::post::{self, Post, Source, State};
use yima_store::{Tx, account, family_slot, session, withdrawal};

/// A post about to be proposed.
struct New {
    id: String,
    resource: Option<String>,
    person: Vec<u8>,
    organisation: String,
    role: PostRole,
    source: Source,
    made_by: String,
    feed: Option<String>,
    user_name: Option<String>,
    external_id: Option<String>,
}

impl New {
    /// The row, pending for the length of a lease.
    fn row(self, seals: &RowSealer, now_us: i64) -> Post {
        let mut row = Post {
            resource: self.resource.unwrap_or_else(|| self.id.clone()),
            id: self.id,
            person: self.person,
            account: None,
            organisation: self.organisation,
            role: self.role.as_str().to_owned(),
            parent: None,
            slot: 0,
            state: State::Pending,
            source: self.source,
            made_by: self.made_by,
            feed: self.feed,
            user_name: self.user_name,
            external_id: self.external_id,
            batch: None,
            made_at: now_us,
            accepted_at: None,
            renewed_at: now_us,
            lease_until: now_us + LEASE_S * MICROS,
            ended_at: None,
            reason: None,
            version: 1,
            seal: Vec::new(),
        };
        seals.seal_anew(&mut row);
        row
    }
}

sealed_row!(Post, "post", |p, with| {
    let text = |text: &Option<String>| text.clone().unwrap_or_default().into_bytes();
    let time = |at: Option<i64>| at.map(|at| at.to_be_bytes().to_vec()).unwrap_or_default();
    let (account, parent, feed) = (text(&p.account), text(&p.parent), text(&p.feed));
    let (user_name, external_id) = (text(&p.user_name), text(&p.external_id));
    let (accepted, ended, reason) = (time(p.accepted_at), time(p.ended_at), text(&p.reason));
    let (batch, slot) = (text(&p.batch), [p.slot]);
    let (made, renewed, until) = (p.made_at.to_be_bytes(), p.renewed_at.to_be_bytes(), p.lease_until.to_be_bytes());
    with(&[
        p.resource.as_bytes(),
        &p.person,
        &account,
        p.organisation.as_bytes(),
        p.role.as_bytes(),
        &parent,
        &slot,
        p.state.as_str().as_bytes(),
        p.source.as_str().as_bytes(),
        p.made_by.as_bytes(),
        &feed,
        &user_name,
        &external_id,
        &batch,
        &made,
        &accepted,
        &renewed,
        &until,
        &ended,
        &reason,
    ])
});

/// One by id, locked to be changed, with a seal that fits.
async fn to_change(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<Post, DeedError> {
    let row = post::to_change(tx, id).await?.ok_or(DeedError::NotFound("post"))?;
    seals.holds(&row)?;
    Ok(row)
}

/// Writes a change with its next version and seal.
async fn rewritten(tx: &mut Tx, seals: &RowSealer, row: &mut Post) -> Result<(), DeedError> {
    row.version += 1;
    seals.seal_anew(row);
    if post::change(tx, row).await? { Ok(()) } else { Err(DeedError::Busy) }
}

fn held(row: &Post) -> Held {
    Held { active: row.state == State::Active, lease_until_s: row.lease_until / MICROS, deputy: row.parent.is_some() }
}

/// Relies on a post of a person whose account is locked or relied on: it stands, its organisation does, and so does the
/// officer's post of a deputy's. Whoever ends one waits until this deed is durable.
async fn standing(tx: &mut Tx, seals: &RowSealer, id: &str, account: &str, now_s: i64) -> Result<Post, DeedError> {
    let (row, officer, office_stands) = read(tx, seals, id).await?;
    if row.account.as_deref() != Some(account) {
        return Err(DeedError::NotFound("post"));
    }
    if !held(&row).stands(officer.as_ref().map(held), now_s) {
        return Err(not_standing());
    }
    if !office_stands {
        // Says which of the organisations above it does not.
        organisations::stands(tx, seals, &row.organisation, DEPTH_MAX).await?;
    }
    Ok(row)
}

/// A post with the officer's of a deputy's, and whether its organisation stands. Whoever ends one waits until this deed is
/// durable; rely on the account before.
async fn read(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<(Post, Option<Post>, bool), DeedError> {
    organisation::rely_on_tree(tx).await?;
    let seen = post::find(tx, id).await?.ok_or(DeedError::NotFound("post"))?;
    // The officer's before the deputy's: by id, as whoever ends them.
    let officer = match &seen.parent {
        Some(parent) => post::rely_on(tx, parent).await?,
        None => None,
    };
    let row = post::rely_on(tx, id).await?.ok_or(DeedError::NotFound("post"))?;
    for one in officer.iter().chain([&row]) {
        seals.holds(one)?;
    }
    let office_stands = office_stands(tx, seals, &row.organisation).await?;
    Ok((row, officer, office_stands))
}

async fn office_stands(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<bool, DeedError> {
    match organisations::stands(tx, seals, id, DEPTH_MAX).await {
        Ok(_) => Ok(true),
        Err(DeedError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn not_standing() -> DeedError {
    DeedError::Conflict(Text::new(
        "这个职务已经结束，或人事系统超过七天没有确认",
        "this post has ended, or nobody confirmed it for seven days",
    ))
}

/// Ends a post with everything that hangs on it: sessions that acted in it, its deputies and theirs. In one transaction,
/// with all accounts locked before the posts. [`DeedError::Busy`] when somebody accepted meanwhile: once more, then.
async fn end(tx: &mut Tx, seals: &RowSealer, id: &str, reason: &str, now_us: i64) -> Result<Post, DeedError> {
    let seen = post::find(tx, id).await?.ok_or(DeedError::NotFound("post"))?;
    let below = post::deputies_of(tx, id).await?;
    let locked: BTreeSet<String> = below.iter().chain([&seen]).filter_map(|row| row.account.clone()).collect();
    for account in &locked {
        account::changed(tx, account).await?;
    }
    let row = to_change(tx, seals, id).await?;
    if row.state == State::Ended {
        return Err(DeedError::Conflict(Text::new("这个职务已经结束", "this post has ended already")));
    }
    let mut all = vec![row];
    for deputy in post::deputies_of(tx, id).await? {
        all.push(to_change(tx, seals, &deputy.id).await?);
    }
    if all.iter().filter_map(|row| row.account.as_ref()).any(|account| !locked.contains(account)) {
        return Err(DeedError::Busy);
    }
    for row in all.iter_mut().filter(|row| row.state != State::Ended) {
        let why = if row.id == id { reason } else { "officer_ended" };
        end_row(tx, seals, row, why, now_us).await?;
    }
    Ok(all.swap_remove(0))
}

async fn end_row(tx: &mut Tx, seals: &RowSealer, row: &mut Post, reason: &str, now_us: i64) -> Result<(), DeedError> {
    row.state = State::Ended;
    row.ended_at = Some(now_us);
    row.reason = Some(reason.to_owned());
    rewritten(tx, seals, row).await?;
    let Some(account) = row.account.clone() else { return Ok(()) };
    let slots = family_slot::end_of_post(tx, &row.id, now_us).await?;
    withdrawal::slots(tx, &slots, shown_from(now_us), "post_ended", now_us).await?;
    for open in post::sessions_in(tx, &row.id).await? {
        if session::end(tx, &account, &open, "post_ended", now_us).await? {
            leave_apps::of_session(tx, &open, "post_ended", now_us).await?;
        }
    }
    tell(tx, format!("{}-end", row.id), &account, now_us, "post_ended").await
}

/// What was drawn for this day and later can still be shown.
fn shown_from(now_us: i64) -> u16 {
    Day::of(u32::try_from(now_us / MICROS).unwrap_or(u32::MAX)).0.saturating_sub(2)
}

/// Ends the posts of an account that is gone, by death or deletion, which is locked. Their deputies act no more from this
/// moment, because the officer's post does not stand, and are ended by the next look at what is over.
pub(crate) async fn end_all_of(
    tx: &mut Tx,
    seals: &RowSealer,
    account: &str,
    reason: &str,
    now_us: i64,
) -> Result<(), DeedError> {
    for row in post::standing_of(tx, account).await? {
        let mut row = to_change(tx, seals, &row.id).await?;
        if row.state != State::Ended {
            end_row(tx, seals, &mut row, reason, now_us).await?;
        }
    }
    Ok(())
}

/// Where a post is proposed: an organisation that may act, with the line above it.
async fn place(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<Vec<Organisation>, DeedError> {
    organisation::rely_on_tree(tx).await?;
    organisations::stands(tx, seals, id, DEPTH_MAX).await.map_err(|error| match error {
        DeedError::NotFound(_) => DeedError::invalid("organisation", "没有这个单位", "there is no such organisation"),
        DeedError::Conflict(why) => DeedError::Invalid { field: "organisation", why },
        other => other,
    })
}

fn role_of(word: &str) -> Result<PostRole, DeedError> {
    PostRole::parse(word).ok_or_else(|| {
        DeedError::invalid(
            "role",
            "职务只能是 counter、handler、reviewer、head",
            "a role is counter, handler, reviewer or head",
        )
    })
}

fn there_already() -> DeedError {
    DeedError::Conflict(Text::new(
        "这个人在这里已有同样的职务，或名称已被占用",
        "this person has that role there already, or the name is taken",
    ))
}
