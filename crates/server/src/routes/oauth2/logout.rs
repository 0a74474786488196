//! /oauth2/logout: OpenID Connect RP-Initiated Logout 1.0. It asks, for a link in an e-mail would sign people out else.
//! It does not know which apps are told.

use crate::app::{Answer, App};
use crate::cookies::{self, Cookie};
use crate::error::{Code, Refused};
use crate::extract::PersonCaller;
use crate::pages::apps::{self, Looks, Shell};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use yima_oidc::form::Params;

/// An app sends its person here to sign out.
pub async fn ask(
    State(app): State<App>,
    caller: Option<PersonCaller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Answer<Response> {
    let whole = Params::parse(query.unwrap_or_default().as_bytes());
    let looks = Looks::read(&app, &headers, whole.as_ref().unwrap_or(&Params::default()));
    let mut shell = Shell { app: &app, headers: &headers, looks, here: String::new() };
    let params = match whole {
        Ok(whole) => whole.without(&["lang", "size"]),
        Err(error) => return Ok(apps::stopped(&shell, &error)),
    };
    shell.here = format!("/oauth2/logout?{}", params.encoded());
    let person = caller.map(|caller| caller.0);
    match app.province.wish_to_leave(&params, person.as_ref()).await? {
        Err(error) => Ok(apps::stopped(&shell, &error)),
        Ok(wish) => match (person, wish.back.as_deref()) {
            (Some(_), _) => Ok(apps::leave(&shell, &wish, &params.encoded())),
            (None, Some(back)) => Ok(apps::on_the_way(&shell, back)),
            (None, None) => Ok(apps::left(&shell)),
        },
    }
}

/// What a person pressed; or an app's own form, which has no mark of ours and is asked about like a link.
pub async fn answer(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Answer<Response> {
    let malformed = |_| Refused::new(Code::Malformed, "form");
    let form = Params::parse(&body).map_err(malformed)?;
    let Some(request) = form.get("request") else {
        return Ok(crate::error::oauth::see_other(&format!("/oauth2/logout?{}", form.encoded())));
    };
    if !cookies::form_is_ours(&app, &headers, form.get("mark").unwrap_or_default()) {
        return Err(Refused::new(Code::CrossSite, "mark"));
    }
    let params = Params::parse(request.as_bytes()).map_err(malformed)?;
    let looks = Looks::read(&app, &headers, &form);
    let shell = Shell { app: &app, headers: &headers, looks, here: String::new() };
    if form.get("answer") != Some("leave") {
        return Ok(crate::error::oauth::see_other("/"));
    }
    let person = match Cookie::Session.read(&app, &headers) {
        Some(token) => app.province.person(token).await?,
        None => None,
    };
    let wish = app.province.wish_to_leave(&params, person.as_ref()).await?;
    if let Some(person) = &person {
        app.province.sign_person_out(person).await?;
    }
    let mut response = match wish {
        Ok(wish) if wish.back.is_some() => apps::on_the_way(&shell, wish.back.as_deref().unwrap_or_default()),
        _ => apps::left(&shell),
    };
    response.headers_mut().append(header::SET_COOKIE, Cookie::Session.set(&app, "", Some(0)));
    Ok(response)
}
