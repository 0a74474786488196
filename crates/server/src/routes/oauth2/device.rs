//! POST /oauth2/device_authorization (RFC 8628 section 3.1) and the page /account/device. It does not know devices.

use super::form::{OfApp, refused};
use crate::app::{Answer, App};
use crate::cookies;
use crate::error::oauth::{OauthRefused, see_other};
use crate::error::{Code, Refused};
use crate::extract::PersonCaller;
use crate::pages::apps::{self, Looks, Shell};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};
use yima_oidc::form::Params;
use yima_province::{AppError, ConsentAnswer};

/// A device begins.
pub async fn begin(State(app): State<App>, OfApp(request): OfApp) -> Result<Json<Value>, OauthRefused> {
    let asked = app.province.ask_by_device(&request).await.map_err(|error| refused(&app, error))?;
    Ok(Json(json!({
        "device_code": asked.device_code, "user_code": asked.user_code, "verification_uri": asked.verification_uri,
        "verification_uri_complete": asked.verification_uri_complete, "expires_in": asked.expires_in,
        "interval": asked.interval,
    })))
}

/// The page where a person types the code.
pub async fn ask(
    State(app): State<App>,
    caller: Option<PersonCaller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    let params = Params::parse(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let typed = params.get("user_code").unwrap_or_default().to_owned();
    let here = format!("/account/device?{}", Params::default().with("user_code", &typed).encoded());
    if caller.is_none() {
        return Ok(see_other(&format!("/account/sign-in?{}", Params::default().with("next", &here).encoded())));
    }
    let looks = Looks::read(&app, &headers, &params);
    Ok(apps::type_code(&Shell { app: &app, headers: &headers, looks, here }, &typed, false))
}

/// What they typed or pressed.
pub async fn answer(
    State(app): State<App>,
    PersonCaller(person): PersonCaller,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Response> {
    let form = Params::parse(&body).map_err(|_| Refused::new(Code::Malformed, "form"))?;
    if !cookies::form_is_ours(&app, &headers, form.get("mark").unwrap_or_default()) {
        return Err(Refused::new(Code::CrossSite, "mark"));
    }
    let looks = Looks::read(&app, &headers, &form);
    let typed = form.get("user_code").unwrap_or_default().to_owned();
    let here = format!("/account/device?{}", Params::default().with("user_code", &typed).encoded());
    let shell = Shell { app: &app, headers: &headers, looks, here };
    if let Some(pressed) = form.get("answer") {
        let given = form.pairs().iter().filter(|(_, value)| value == "give");
        let answer = ConsentAnswer {
            allow: pressed == "allow",
            given: given.filter_map(|(name, _)| name.strip_prefix("c_")).map(str::to_owned).collect(),
            shown: form.get("shown").unwrap_or_default().to_owned(),
            chinese: looks.chinese,
        };
        match app.province.answer_device(&person, &typed, &answer).await {
            Ok(Some(allowed)) => return Ok(apps::decided(&shell, allowed)),
            Ok(None) => {}
            Err(AppError::Oauth(error)) => return Ok(apps::stopped(&shell, &error)),
            Err(AppError::Deed(error)) => return Err(error.into()),
        }
    }
    match app.province.device_page(&person, &typed, looks.chinese).await {
        Ok(Some(page)) => Ok(apps::consent_device(&shell, &page)),
        Ok(None) => Ok(apps::type_code(&shell, &typed, true)),
        Err(AppError::Oauth(error)) => Ok(apps::stopped(&shell, &error)),
        Err(AppError::Deed(error)) => Err(error.into()),
    }
}
