//! /Users: a personnel system makes, reads, changes and removes posts.
//! It does not know whether the person has an account, and neither does its caller.

use super::base;
use super::caller::{Body, FeedCaller, condition};
use crate::app::App;
use crate::error::scim::{ScimRefused, answer, created, not_modified, removed, resource};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::Deserialize;
use yima_province::{FeedPost, FeedWish, ListBy, NamedPerson};
use yima_wire::scim::{self, Filter, PAGE_MAX, UserIn, UserOut};

/// A patch without a condition is applied to what stands; somebody faster makes it once more.
const PATCH_TRIES: usize = 3;

/// Which, and how many.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    filter: Option<String>,
    start_index: Option<i64>,
    count: Option<i64>,
}

/// GET /Users (RFC 7644 section 3.4.2).
pub async fn list(
    State(app): State<App>,
    FeedCaller(actor): FeedCaller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ScimRefused> {
    let Query(asked) = asked.map_err(|_| ScimRefused::bad("invalidValue", "startIndex and count are whole numbers"))?;
    let by = match asked.filter.as_deref().map(Filter::parse) {
        None => ListBy::All,
        Some(Ok(Filter::Id(id))) => ListBy::Id(id),
        Some(Ok(Filter::UserName(name))) => ListBy::UserName(name),
        Some(Ok(Filter::ExternalId(id))) => ListBy::ExternalId(id),
        Some(Err(_)) => {
            let how = "a filter is `userName eq \"…\"`, `externalId eq \"…\"` or `id eq \"…\"`";
            return Err(ScimRefused::bad("invalidFilter", how));
        }
    };
    let start = u32::try_from(asked.start_index.unwrap_or(1).max(1)).unwrap_or(u32::MAX);
    let count = u32::try_from(asked.count.unwrap_or(i64::from(PAGE_MAX)).max(0)).unwrap_or(PAGE_MAX).min(PAGE_MAX);
    let page = app.province.feed_posts(&actor, by, start - 1, count).await?;
    let users: Vec<_> = page.posts.into_iter().map(|post| shape(&app, post).write()).collect();
    Ok(answer(&scim::list(&users, page.total, start)))
}

/// POST /Users (section 3.3).
pub async fn make(
    State(app): State<App>,
    FeedCaller(actor): FeedCaller,
    Body(body): Body,
) -> Result<Response, ScimRefused> {
    let wish = wish(read(&body)?, None)?;
    Ok(created(&shape(&app, app.province.feed_proposes(&actor, wish).await?)))
}

/// GET /Users/{id} (section 3.4.1).
pub async fn show(
    State(app): State<App>,
    FeedCaller(actor): FeedCaller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ScimRefused> {
    let user = shape(&app, found(&app, &actor, id).await?);
    if condition(&headers, header::IF_NONE_MATCH).is_some_and(|seen| seen == user.version) {
        return Ok(not_modified(&user.etag()));
    }
    Ok(resource(&user))
}

/// PUT /Users/{id} (section 3.5.1): counts as a renewal.
pub async fn replace(
    State(app): State<App>,
    FeedCaller(actor): FeedCaller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ScimRefused> {
    let wish = wish(read(&body)?, condition(&headers, header::IF_MATCH))?;
    Ok(resource(&shape(&app, app.province.feed_changes(&actor, &id, wish).await?)))
}

/// PATCH /Users/{id} (section 3.5.2): counts as a renewal.
pub async fn patch(
    State(app): State<App>,
    FeedCaller(actor): FeedCaller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Response, ScimRefused> {
    let seen = condition(&headers, header::IF_MATCH);
    let mut tries = 0;
    loop {
        let before = shape(&app, found(&app, &actor, id.clone()).await?);
        let after = scim::patched(before.as_sent(), &body).map_err(|why| ScimRefused::bad(why.0, why.1))?;
        let wish = wish(after, Some(seen.clone().unwrap_or(before.version)))?;
        tries += 1;
        match app.province.feed_changes(&actor, &id, wish).await {
            Err(yima_province::DeedError::Invalid { field: "seen", .. }) if seen.is_none() && tries < PATCH_TRIES => {}
            done => return Ok(resource(&shape(&app, done?))),
        }
    }
}

/// DELETE /Users/{id} (section 3.6).
pub async fn remove(
    State(app): State<App>,
    FeedCaller(actor): FeedCaller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ScimRefused> {
    app.province.feed_removes(&actor, &id, condition(&headers, header::IF_MATCH)).await?;
    Ok(removed())
}

async fn found(app: &App, actor: &yima_kernel::subject::Actor, id: String) -> Result<FeedPost, ScimRefused> {
    let page = app.province.feed_posts(actor, ListBy::Id(id), 0, 1).await?;
    page.posts.into_iter().next().ok_or_else(ScimRefused::not_found)
}

fn read(body: &serde_json::Value) -> Result<UserIn, ScimRefused> {
    UserIn::read(body).map_err(|why| ScimRefused::bad("invalidValue", why.0))
}

fn wish(user: UserIn, seen: Option<String>) -> Result<FeedWish, ScimRefused> {
    let person = match (user.id_number, user.invitation) {
        (Some(_), Some(_)) => {
            return Err(ScimRefused::bad("invalidValue", "idNumber or invitation, not both"));
        }
        (Some(number), None) => Some(NamedPerson::IdNumber(number)),
        (None, Some(code)) => Some(NamedPerson::Code(code)),
        (None, None) => None,
    };
    Ok(FeedWish {
        user_name: user.user_name,
        external_id: user.external_id,
        person,
        organisation: user.organisation,
        role: user.role,
        active: user.active,
        seen,
    })
}

fn shape(app: &App, post: FeedPost) -> UserOut {
    UserOut {
        location: format!("{}/Users/{}", base(app), post.resource),
        id: post.resource,
        user_name: post.user_name,
        external_id: post.external_id,
        organisation: post.organisation,
        role: post.role,
        state: post.state,
        made_at: post.made_at,
        changed_at: post.changed_at,
        lease_until: post.lease_until,
        version: post.version,
    }
}
