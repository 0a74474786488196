//! /account/apps: what one allowed apps, and taking it back. It does not decide whose it is.

use crate::app::{Answer, App};
use crate::cookies;
use crate::error::oauth::see_other;
use crate::error::{Code, Refused};
use crate::extract::PersonCaller;
use crate::pages::apps::{self, Looks, Shell};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yima_oidc::form::Params;

const HERE: &str = "/account/apps?page=1";

/// The list.
pub async fn list(
    State(app): State<App>,
    caller: Option<PersonCaller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let Some(PersonCaller(person)) = caller else {
        return Ok(see_other("/account/sign-in?next=/account/apps"));
    };
    let allowed = app.province.allowed_apps(&person.actor()).await?;
    let looks = Looks::read(&app, &headers, &params);
    let shell = Shell { app: &app, headers: &headers, looks, here: HERE.to_owned() };
    Ok(apps::allowed(&shell, &allowed, params.get("done").is_some()))
}

/// Takes one back.
pub async fn withdraw(
    State(app): State<App>,
    PersonCaller(person): PersonCaller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Response> {
    let form = Params::parse(&body).map_err(|_| Refused::new(Code::Malformed, "form"))?;
    if !cookies::form_is_ours(&app, &headers, form.get("mark").unwrap_or_default()) {
        return Err(Refused::new(Code::CrossSite, "mark"));
    }
    app.province.withdraw_app(&person.actor(), form.get("id").unwrap_or_default()).await?;
    Ok(see_other("/account/apps?done=1"))
}
