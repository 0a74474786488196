//! For whom one is at an app: /oauth2/for answers the page that stands before consent, /oauth2/acting gives an app a mandate
//! ticket for its exchange (RFC 8693). It does not know who may act for whom.

use super::authorize::shown;
use super::form::refused;
use crate::app::{Answer, App};
use crate::cookies;
use crate::error::oauth::{OauthRefused, see_other};
use crate::error::{Code as HouseCode, Refused};
use crate::extract::PersonCaller;
use crate::pages::apps::{self, Looks, Shell};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use yima_oidc::form::Params;
use yima_province::AppError;

/// An app asks for whom the person acts.
pub async fn ask(
    State(app): State<App>,
    caller: Option<PersonCaller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, OauthRefused> {
    let whole = Params::parse(query.unwrap_or_default().as_bytes()).map_err(|error| refused(&app, error.into()))?;
    let params = whole.without(&apps::OF_LOOKS);
    let looks = Looks::read(&app, &headers, &whole);
    let here = format!("/oauth2/acting?{}", params.encoded());
    let shell = Shell { app: &app, headers: &headers, looks, here };
    let person = caller.map(|caller| caller.0);
    let next = app.province.ask_whom(person.as_ref(), &params).await.map_err(|error| refused(&app, error))?;
    Ok(shown(&shell, next, false))
}

/// What they picked there: the ticket goes to the app.
pub async fn answer(State(app): State<App>, caller: PersonCaller, headers: HeaderMap, body: Bytes) -> Answer<Response> {
    let (form, params) = form_of(&app, &headers, &body)?;
    let here = format!("/oauth2/acting?{}", params.encoded());
    let shell = Shell { app: &app, headers: &headers, looks: Looks::read(&app, &headers, &form), here };
    match app.province.answer_whom(&caller.0, &params, form.get("whom").unwrap_or_default()).await {
        Ok(next) => Ok(shown(&shell, next, true)),
        Err(AppError::Oauth(error)) => Ok(apps::stopped(&shell, &error)),
        Err(AppError::Deed(error)) => Err(error.into()),
    }
}

/// What they picked before consent: the request goes on with it.
pub async fn choose(
    State(app): State<App>,
    _caller: PersonCaller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Response> {
    let (form, params) = form_of(&app, &headers, &body)?;
    let here = format!("/oauth2/authorize?{}", params.encoded());
    let shell = Shell { app: &app, headers: &headers, looks: Looks::read(&app, &headers, &form), here };
    match app.province.with_whom(&params, form.get("whom").unwrap_or_default()).await {
        Ok(Ok(path)) if path.starts_with("/oauth2/authorize?") => Ok(see_other(&path)),
        Ok(Ok(elsewhere)) => Ok(apps::on_the_way(&shell, &elsewhere)),
        Ok(Err(error)) | Err(AppError::Oauth(error)) => Ok(apps::stopped(&shell, &error)),
        Err(AppError::Deed(error)) => Err(error.into()),
    }
}

/// A form of our own page, and the request that it carries.
fn form_of(app: &App, headers: &HeaderMap, body: &Bytes) -> Answer<(Params, Params)> {
    let malformed = |_| Refused::new(HouseCode::Malformed, "form");
    let form = Params::parse(body).map_err(malformed)?;
    if !cookies::form_is_ours(app, headers, form.get("mark").unwrap_or_default()) {
        return Err(Refused::new(HouseCode::CrossSite, "mark"));
    }
    let params = Params::parse(form.get("request").unwrap_or_default().as_bytes()).map_err(malformed)?;
    Ok((form, params))
}
