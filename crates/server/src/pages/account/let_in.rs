//! The device that is signed in: it reads the letters of another one and lets it make a passkey, as one's own or for somebody in
//! one's care. It does not know what the other one shows.

use super::frame::{mark, notice, page as whole, prove_more, refusal, sign_in_first, with_status};
use super::next::escaped;
use super::sent::{SentBy, marked};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Query, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use yima_province::{DeedError, Person, Ward};

/// The letters, from a picture.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    n: String,
}

/// The letters, and that one holds the device.
#[derive(Deserialize)]
pub struct Device {
    mark: String,
    number: String,
    sure: Option<String>,
}

/// The letters, and for whom.
#[derive(Deserialize)]
pub struct ForWard {
    mark: String,
    number: String,
    ward: String,
}

marked!(Device, ForWard);

/// GET /account/let-in.
pub async fn page(State(app): State<App>, mut visitor: Visitor, Query(asked): Query<Asked>) -> Response {
    let Some(person) = visitor.person.clone() else { return sign_in_first(&mut visitor) };
    shown(&app, &mut visitor, &person, &asked.n, None).await
}

/// POST /account/let-in.
pub async fn device(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<Device>) -> Response {
    let done = if sent.sure.is_none() {
        Err(DeedError::invalid(
            "sure",
            "只放行你手里的设备：请勾选",
            "Let in only a device that you hold: tick the box",
        ))
    } else {
        app.province.let_device_in(&person, &visitor.browser, &sent.number).await
    };
    ended(&app, &mut visitor, &person, done, ("let-in", &sent.number)).await
}

/// POST /account/let-in/ward.
pub async fn ward(State(app): State<App>, SentBy(mut visitor, person, sent): SentBy<ForWard>) -> Response {
    let done = app.province.recover_ward(&person, &sent.ward, &sent.number).await;
    ended(&app, &mut visitor, &person, done, ("recover-ward", &sent.number)).await
}

async fn ended(
    app: &App,
    visitor: &mut Visitor,
    person: &Person,
    done: Result<(), DeedError>,
    (what, number): (&str, &str),
) -> Response {
    match done.map_err(Refused::from) {
        Ok(()) => let_in(visitor),
        Err(refused) if refused.wants_step_up() => {
            prove_more(visitor, what, "", &format!("/account/let-in?n={}", escaped(number)))
        }
        Err(refused) => {
            let page = shown(app, visitor, person, number, Some(&refused)).await;
            with_status(&refused, page)
        }
    }
}

async fn shown(app: &App, visitor: &mut Visitor, person: &Person, number: &str, refused: Option<&Refused>) -> Response {
    "/account/let-in".clone_into(&mut visitor.here);
    let found = match app.province.wards_of(person).await {
        Ok(wards) => app.province.device_showing(number).await.map(|label| (wards, label)),
        Err(error) => Err(error),
    };
    let (wards, label) = match found {
        Ok(found) => found,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        p { (looks.t(
            "在另一部设备上打开“找回账户”，扫它的图，或照着填它的八位找回号。",
            "Open Recover the account on the other device, then scan its picture or type its eight letters here.")) }
        @if let Some(label) = &label {
            div.notice role="status" { p { (looks.t("那部设备像是：", "That device seems to be: ")) b {
                (if label.is_empty() { looks.t("一个浏览器", "a browser") } else { label }) } } }
        }
        section {
            h2 { (looks.t("我自己的另一部设备", "Another device of mine")) }
            p { (looks.t(
                "它会做一个自己的通行密钥并登录，24 小时后才能办重要的事。这里什么都不停用。",
                "It makes a passkey of its own and is signed in; it does what matters after 24 hours. Nothing here ends.")) }
            form method="post" action="/account/let-in" {
                (mark(visitor)) (letters(visitor, number))
                label.check { input type="checkbox" name="sure" value="1" required; " "
                    (looks.t("那部设备就在我手里", "I hold that device in my hand")) }
                button.btn.primary type="submit" { (looks.t("放行", "Let it in")) }
            }
        }
        @if !wards.is_empty() { (for_wards(visitor, &wards, number)) }
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(visitor, looks.t("添加设备、帮家人找回", "Another device, or somebody in my care"), false, &body)
}

fn for_wards(visitor: &Visitor, wards: &[Ward], number: &str) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("我监护的家人", "Somebody in my care")) }
            p { (looks.t(
                "家人原来的登录方式和手机都会停用，除非在那部设备上勾选留下；所有浏览器退出。重要的事暂缓 24 到 72 小时，你和另一位监护人都能停止。",
                "Their old ways to sign in and their phones stop, but those that are ticked on that device; every browser is signed out. What matters waits for 24 to 72 hours, and any guardian can stop it.")) }
            p.hint { (looks.t(
                "你自己手机上替家人亮的码照常能用。",
                "Codes that your own phone shows for them go on as before.")) }
            form method="post" action="/account/let-in/ward" {
                (mark(visitor))
                label { (looks.t("为谁", "For whom"))
                    select name="ward" { @for one in wards { option value=(one.account) { (one.name_masked) } } } }
                (letters(visitor, number))
                button.btn type="submit" { (looks.t("为家人找回", "Recover their account")) }
            }
        }
    }
}

fn letters(visitor: &Visitor, number: &str) -> Markup {
    html! {
        label { (visitor.looks.t("那部设备上的找回号", "Letters on that device"))
            input name="number" value=(number) required autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="12" placeholder="abcd-efgh"; }
    }
}

fn let_in(visitor: &mut Visitor) -> Response {
    let looks = visitor.looks;
    let body = html! {
        div.notice role="status" { p { (looks.t(
            "已放行。请在那部设备上按“看看办好没有”，15 分钟内做好通行密钥。",
            "Let in. Press See whether it is done on that device, and make the passkey within 15 minutes.")) } }
        p { a.btn href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(visitor, looks.t("已放行", "Let in"), false, &body)
}
