//! Adding, keeping and removing ways to sign in, and changing the password. What has to be proven first is decided by the
//! province; who has to prove more is sent there and comes back.

use super::frame::{mark, notice, page as whole, prove_more, refusal, sign_in_first, with_status};
use super::join::{ByPassword, name_field, password_form};
use super::own::changed;
use super::sent::{Marked, SentBy, marked};
use super::sign_in::passkey_form;
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::html;
use serde::Deserialize;
use yima_province::{DeedError, WayKind};

/// A passkey's answer.
#[derive(Deserialize)]
pub struct NewPasskey {
    mark: String,
    ask: String,
    answer: String,
    name: String,
}

/// Old and new.
#[derive(Deserialize)]
pub struct Change {
    mark: String,
    old: String,
    new: String,
}

marked!(NewPasskey, Change);

/// GET /account/passkey/add.
pub async fn passkey_page(State(app): State<App>, mut visitor: Visitor) -> Response {
    let Some(person) = visitor.person.clone() else { return sign_in_first(&mut visitor) };
    // Asked before anything is shown, so that nobody makes a passkey that is then refused.
    match app.province.may_add_passkey(&person).await.map_err(Refused::from) {
        Ok(()) => {}
        Err(refused) if refused.wants_step_up() => {
            return prove_more(&mut visitor, "add-passkey", "", "/account/passkey/add");
        }
        Err(refused) => return refusal(&mut visitor, &refused),
    }
    let looks = visitor.looks;
    let body = html! {
        p { (looks.t(
            "新加的通行密钥马上能登录；重要的事 24 小时后才认它。",
            "A new passkey signs in at once; for what matters it counts after 24 hours.")) }
        (passkey_form(&visitor, "add", "/account/passkey/add", looks.t("添加通行密钥", "Add a passkey"), &name_field(&visitor)))
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(&mut visitor, looks.t("添加通行密钥", "Add a passkey"), true, &body)
}

/// POST /account/passkey/add.
pub async fn add_passkey(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<NewPasskey>) -> Response {
    let done = app.province.add_passkey(&person, &sent.ask, &sent.answer, &sent.name).await;
    changed(&app, &mut visitor, done, ("add-passkey", "")).await
}

/// GET /account/password.
pub async fn password_page(State(app): State<App>, mut visitor: Visitor) -> Response {
    password(&app, &mut visitor, None).await
}

/// POST /account/password.
pub async fn add_password(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<ByPassword>) -> Response {
    let totp = (sent.secret.as_str(), sent.offer.as_str(), sent.digits.as_str());
    let done = app.province.add_password(&person, &sent.sign_in_name, &sent.password, totp).await;
    password_ended(&app, &mut visitor, done, "add-password").await
}

/// POST /account/password/change.
pub async fn change_password(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<Change>) -> Response {
    let done = app.province.change_password(&person, &visitor.browser, &sent.old, &sent.new).await;
    password_ended(&app, &mut visitor, done, "change-password").await
}

/// The form of a password again, with what was wrong; or a proof first; or the account, when it was done.
async fn password_ended(app: &App, visitor: &mut Visitor, done: Result<(), DeedError>, deed: &'static str) -> Response {
    match done.map_err(Refused::from) {
        Ok(()) => changed(app, visitor, Ok(()), ("", "")).await,
        Err(refused) if refused.wants_step_up() => prove_more(visitor, deed, "", "/account/password"),
        Err(refused) => {
            let shown = password(app, visitor, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

/// POST /account/password/on.
pub async fn passwords_on(State(app): State<App>, SentBy(mut visitor, person, _): SentBy<Marked>) -> Response {
    let done = app.province.turn_passwords_on(&person).await;
    changed(&app, &mut visitor, done, ("passwords-on", "")).await
}

/// POST /account/ways/{id}/remove.
pub async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.remove_way(&person, &id).await;
    changed(&app, &mut visitor, done, ("remove", &id)).await
}

/// POST /account/ways/{id}/keep.
pub async fn keep(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.keep_way(&person, &id).await;
    changed(&app, &mut visitor, done, ("keep", &id)).await
}

async fn password(app: &App, visitor: &mut Visitor, refused: Option<&Refused>) -> Response {
    "/account/password".clone_into(&mut visitor.here);
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let found = match app.province.ways_of(&person).await {
        Ok(own) => app.province.offer_totp(person.session.as_str()).map(|offer| (own, offer)),
        Err(error) => Err(error),
    };
    let (own, offer) = match found {
        Ok(found) => found,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let has_password = own.ways.iter().any(|way| way.kind == WayKind::Password && !way.suspended);
    let body = html! {
        (notice(visitor, refused))
        @if has_password {
            form method="post" action="/account/password/change" {
                (mark(visitor))
                label { (looks.t("现在的密码", "Present password"))
                    input type="password" name="old" autocomplete="current-password" maxlength="128" required; }
                label { (looks.t("新密码，至少 10 个字符", "New password, at least 10 characters"))
                    input type="password" name="new" autocomplete="new-password" minlength="10" maxlength="128" required; }
                button.btn.primary type="submit" { (looks.t("更改密码", "Change the password")) }
            }
        }
        details open[!has_password] {
            summary { (if has_password {
                looks.t("换一个验证器（密码一起换）", "Another authenticator app (with a new password)")
            } else {
                looks.t("设置密码和验证器", "Set a password and an authenticator app")
            }) }
            (password_form(visitor, "/account/password", &offer, &html! {}))
        }
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(visitor, looks.t("密码", "Password"), false, &body)
}
