//! /oauth2/authorize and the answer on its page: OpenID Connect Core 1.0 section 3.1.2. It does not know what is enough.

use super::form::refused;
use crate::app::{Answer, App};
use crate::cookies;
use crate::error::oauth::{OauthRefused, found, see_other};
use crate::error::{Code as HouseCode, Refused};
use crate::extract::PersonCaller;
use crate::pages::apps::{self, Looks, Shell};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use yima_oidc::form::Params;
use yima_province::{AppError, ConsentAnswer, Next};

/// Claims come under these names.
const CLAIM: &str = "c_";
/// Only our own addresses carry it.
const OURS: &str = "yima_seen";

/// A person comes from an app.
pub async fn ask(
    State(app): State<App>,
    caller: Option<PersonCaller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, OauthRefused> {
    let whole = Params::parse(query.unwrap_or_default().as_bytes());
    let looks = Looks::read(&app, &headers, whole.as_ref().unwrap_or(&Params::default()));
    let mut shell = Shell { app: &app, headers: &headers, looks, here: String::new() };
    let params = match whole {
        Ok(whole) => whole.without(&["lang", "size"]),
        Err(error) => return Ok(apps::stopped(&shell, &error)),
    };
    shell.here = format!("/oauth2/authorize?{}", params.encoded());
    let person = caller.map(|caller| caller.0);
    let next = app.province.authorize(person.as_ref(), &params, looks.chinese).await;
    let next = next.map_err(|error| refused(&app, error))?;
    // Behind a form the browser follows no redirect to another site.
    let behind_a_form = params.get(OURS).is_some();
    Ok(shown(&shell, next, behind_a_form))
}

/// The same by POST (OpenID Connect Core 1.0 section 3.1.2.1): a page of another site may send it, so nothing is done
/// before the browser comes again by GET.
pub async fn ask_by_form(State(app): State<App>, body: Bytes) -> Result<Response, OauthRefused> {
    let params = Params::parse(&body).map_err(|error| refused(&app, error.into()))?;
    Ok(see_other(&format!("/oauth2/authorize?{}", params.encoded())))
}

/// What a person pressed on our page.
pub async fn answer(State(app): State<App>, caller: PersonCaller, headers: HeaderMap, body: Bytes) -> Answer<Response> {
    let malformed = |_| Refused::new(HouseCode::Malformed, "form");
    let form = Params::parse(&body).map_err(malformed)?;
    if !cookies::form_is_ours(&app, &headers, form.get("mark").unwrap_or_default()) {
        return Err(Refused::new(HouseCode::CrossSite, "mark"));
    }
    let params = Params::parse(form.get("request").unwrap_or_default().as_bytes()).map_err(malformed)?;
    let given = form.pairs().iter().filter(|(_, value)| value == "give");
    let looks = Looks::read(&app, &headers, &form);
    let answer = ConsentAnswer {
        allow: form.get("answer") == Some("allow"),
        given: given.filter_map(|(name, _)| name.strip_prefix(CLAIM)).map(str::to_owned).collect(),
        shown: form.get("shown").unwrap_or_default().to_owned(),
        chinese: looks.chinese,
    };
    let here = format!("/oauth2/authorize?{}", params.encoded());
    let shell = Shell { app: &app, headers: &headers, looks, here };
    match app.province.answer_consent(&caller.0, &params, answer).await {
        Ok(next) => Ok(shown(&shell, next, true)),
        Err(AppError::Oauth(error)) => Ok(apps::stopped(&shell, &error)),
        Err(AppError::Deed(error)) => Err(error.into()),
    }
}

pub(super) fn shown(shell: &Shell<'_>, next: Next, behind_a_form: bool) -> Response {
    match next {
        Next::Stop(error) => apps::stopped(shell, &error),
        Next::Back(to) if behind_a_form => apps::on_the_way(shell, &to),
        Next::Back(to) => found(&to),
        Next::SignIn { next, signed_in } => {
            let to = Params::default().with("next", &next).encoded();
            // Who is signed in proves more in the same session; anybody else signs in.
            see_other(&if signed_in {
                format!("/account/step-up?for=app&{to}")
            } else {
                format!("/account/sign-in?{to}")
            })
        }
        Next::Ask(page) => apps::consent(shell, &page).into_response(),
        Next::Choose(page) => apps::choose(shell, &page),
        Next::GuardianFirst(to) => apps::guardian_first(shell, &to),
    }
}
