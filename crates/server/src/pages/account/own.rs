//! One's own account: who is signed in where, which devices show codes, which ways to sign in there are; each can be ended.
//! It does not know how a session ends.

use super::frame::{
    go, mark, moment, notice, page as whole, page_kept, prove_more, refusal, sign_in_first, with_cookies,
};
use super::sent::{Marked, SentBy, SentHere};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use yima_kernel::assurance::Acr;
use yima_province::{DeedError, OwnWays, SessionRow, Way, WayKind};

/// GET /account.
pub async fn page(State(app): State<App>, mut visitor: Visitor) -> Response {
    shown(&app, &mut visitor, None).await
}

/// The page, with what could not be done above it.
pub(super) async fn shown(app: &App, visitor: &mut Visitor, refused: Option<&Refused>) -> Response {
    "/account".clone_into(&mut visitor.here);
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let found = match app.province.ways_of(&person).await {
        Ok(own) => app.province.sessions_of(&person).await.map(|sessions| (own, sessions)),
        Err(error) => Err(error),
    };
    let standing = app.province.standing_recoveries(&person.actor()).await;
    let (kept, number) = (app.province.kept_of(&person).await, app.province.number_of(&person).await);
    let found = found.and_then(|(own, sessions)| Ok((own, sessions, standing?, kept?, number?)));
    let (own, sessions, standing, kept, number) = match found {
        Ok(found) => found,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        (super::recover::banner(visitor, &standing))
        (super::number::banner(visitor, number.change.as_ref()))
        p.who { (own.name_masked) @if app.province.is_demo() { " " span.demo { (looks.t("演示数据", "Demo data")) } } }
        @if own.wrong_tries > 0 {
            div.notice { p { (looks.t("过去 24 小时有人试登录没有成功：", "Failed tries to sign in within 24 hours: ")) (own.wrong_tries) } }
        }
        (ways(visitor, &own, app.province.now_s()))
        (browsers(visitor, &sessions))
        (super::kept::section(visitor, &kept))
        (super::number::section(visitor, &number))
        (devices(visitor, &own))
        nav.more.beside aria-label=(looks.t("别的页面", "Other pages")) {
            a href="/" { (looks.t("我的码", "My code")) }
            a href="/account/enterprises" { (looks.t("企业", "Enterprises")) }
            a href="/account/apps" { (looks.t("同意过的应用", "Apps I allowed")) }
            a href="/account/posts" { (looks.t("我的职务", "My posts")) }
            a href="/account/let-in" { (looks.t("添加设备、帮家人找回", "Another device, or somebody in my care")) }
        }
    };
    page_kept(visitor, looks.t("我的账户", "My account"), false, &body)
}

fn ways(visitor: &Visitor, own: &OwnWays, now_s: i64) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("登录方式", "Ways to sign in")) }
            @if own.ways.is_empty() {
                p.hint { (looks.t("还没有。请到窗口领登记码。", "None yet. Ask at a counter for an enrolment code.")) }
            }
            ul.list {
                @for way in &own.ways { li { (way_row(visitor, own, way, now_s)) } }
            }
            p.row {
                a.btn href="/account/passkey/add" { (looks.t("添加通行密钥", "Add a passkey")) }
                a.btn href="/account/password" { (looks.t("设置或更改密码", "Set or change the password")) }
            }
            @if own.passwords_off {
                div.notice { p { (looks.t("有人连续试错 100 次，新设备上的密码登录已关。",
                    "After 100 wrong tries in a row, passwords are off on new devices.")) } }
                form method="post" action="/account/password/on" {
                    (mark(visitor))
                    button.btn type="submit" { (looks.t("重新打开", "Turn them on again")) }
                }
            }
        }
    }
}

fn way_row(visitor: &Visitor, own: &OwnWays, way: &Way, now_s: i64) -> Markup {
    let looks = visitor.looks;
    html! {
        div.what {
            b { @match way.kind {
                WayKind::Passkey => (way.name),
                WayKind::Password => (looks.t("密码和验证器", "Password and authenticator app")),
                WayKind::Sheet => (looks.t("登录码纸", "Sheet of one-time codes")),
            } }
            small {
                @if way.kind == WayKind::Passkey {
                    (if way.bound { looks.t("只在一部设备里", "Kept on one device") } else { looks.t("在多部设备间同步", "Synced between devices") })
                    " · "
                } @else if way.kind == WayKind::Sheet {
                    (looks.t("还剩 ", "Left: ")) (way.codes_left) (looks.t(" 个码", "")) " · "
                } @else if let Some(name) = &own.sign_in_name {
                    (looks.t("登录名 ", "Sign-in name ")) (name) " · "
                }
                (match way.used_at {
                    Some(at) => format!("{}{}", looks.t("上次使用 ", "Last used "), moment(at)),
                    None => looks.t("还没用过", "Not used yet").to_owned(),
                })
            }
            @if way.kind == WayKind::Passkey && way.heavy_from > now_s {
                small.late { (looks.t("新加的，重要的事要等到 ", "New: for what matters from ")) (moment(way.heavy_from)) }
            }
            @if way.suspended {
                small.late { (looks.t("找回账户后停用，等你决定", "On hold since the recovery, until you decide")) }
            }
        }
        div.acts {
            @if way.suspended {
                form method="post" action=(format!("/account/ways/{}/keep", way.id)) {
                    (mark(visitor)) button.btn.small type="submit" { (looks.t("保留", "Keep")) }
                }
            }
            @let (to, word) = match way.kind {
                WayKind::Sheet => ("/account/sheet/end".to_owned(), looks.t("停用", "End")),
                _ => (format!("/account/ways/{}/remove", way.id), looks.t("移除", "Remove")),
            };
            form method="post" action=(to) {
                (mark(visitor)) button.btn.small.stop type="submit" { (word) }
            }
        }
    }
}

fn browsers(visitor: &Visitor, sessions: &[SessionRow]) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("在哪里登录着", "Where you are signed in")) }
            ul.list {
                @for row in sessions {
                    li {
                        div.what {
                            b { (if row.label.is_empty() { looks.t("浏览器", "Browser") } else { &row.label }) }
                            small {
                                (how(visitor, row.acr)) " · "
                                @if row.this { (looks.t("正在用的这个", "This one")) }
                                @else { (looks.t("最近 ", "Seen ")) (moment(row.seen_at)) }
                            }
                        }
                        @if !row.this {
                            form.acts method="post" action=(format!("/account/sessions/{}/end", row.id)) {
                                (mark(visitor)) button.btn.small.stop type="submit" { (looks.t("退出", "End")) }
                            }
                        }
                    }
                }
            }
            @if sessions.len() > 1 {
                form method="post" action="/account/sessions/others/end" {
                    (mark(visitor)) button.btn.stop type="submit" { (looks.t("退出其他所有的", "End all others")) }
                }
            }
        }
    }
}

fn how(visitor: &Visitor, acr: Acr) -> &'static str {
    let looks = visitor.looks;
    match acr {
        Acr::OneTime => looks.t("一次性的码", "One-time code"),
        Acr::TwoFactor => looks.t("两种方式", "Two factors"),
        Acr::Passkey | Acr::BoundPasskey => looks.t("通行密钥", "Passkey"),
        Acr::Assisted => looks.t("窗口协助", "With help at a counter"),
    }
}

fn devices(visitor: &Visitor, own: &OwnWays) -> Markup {
    let looks = visitor.looks;
    let live: Vec<_> = own.devices.iter().filter(|device| device.state != "ended").collect();
    html! {
        section {
            h2 { (looks.t("能亮码的手机", "Phones that show your code")) }
            @if live.is_empty() { p.hint { (looks.t("没有", "None")) } }
            ul.list {
                @for device in live {
                    li {
                        div.what {
                            b { (device.label) }
                            small { (looks.t("登记于 ", "Since ")) (moment(device.enrolled_at)) }
                            @if let (Some(until), "active") = (device.young_until, device.state) {
                                small.late {
                                    (looks.t("新登记的，重要的事要等到 ", "New: what matters waits until ")) (moment(until))
                                }
                            }
                            @if device.state == "suspended" {
                                small { (looks.t(
                                    "找回时没有留下：不能亮码，保护期满就停用",
                                    "Not kept in the recovery: it shows no codes, and ends with the hold")) }
                            }
                        }
                        @if device.state == "active" {
                            div.acts {
                                @if device.young_until.is_some() {
                                    form method="post" action=(format!("/account/devices/{}/vouch", device.id)) {
                                        (mark(visitor))
                                        button.btn.small type="submit" { (looks.t("是我的手机", "This phone is mine")) }
                                    }
                                }
                                form method="post" action=(format!("/account/devices/{}/end", device.id)) {
                                    (mark(visitor)) button.btn.small.stop type="submit" { (looks.t("停用", "End")) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// GET /account/sign-out.
pub async fn sign_out_page(mut visitor: Visitor) -> Response {
    if visitor.person.is_none() {
        return go(&mut visitor, "/account/sign-in");
    }
    let looks = visitor.looks;
    let body = html! {
        p { (looks.t("退出后，这个浏览器要重新登录。", "This browser will have to sign in again.")) }
        form method="post" action="/account/sign-out" {
            (mark(&visitor)) button.btn.primary type="submit" { (looks.t("退出登录", "Sign out")) }
        }
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(&mut visitor, looks.t("退出登录", "Sign out"), false, &body)
}

/// POST /account/sign-out.
pub async fn sign_out(State(app): State<App>, SentHere(mut visitor, _): SentHere<Marked>) -> Response {
    if let Some(person) = visitor.person.clone()
        && let Err(error) = app.province.sign_person_out(&person).await
        && !matches!(error, DeedError::NotFound(_))
    {
        return refusal(&mut visitor, &Refused::from(error));
    }
    visitor.is_signed_out();
    let answer = go(&mut visitor, "/account/sign-in");
    with_cookies(&mut visitor, answer)
}

/// POST /account/sessions/{id}/end.
pub async fn end_one(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.end_one_session(&person, &id).await;
    changed(&app, &mut visitor, done, ("", "")).await
}

/// POST /account/sessions/others/end.
pub async fn end_others(State(app): State<App>, SentBy(mut visitor, person, _): SentBy<Marked>) -> Response {
    let done = app.province.end_other_sessions(&person.actor()).await.map(drop);
    changed(&app, &mut visitor, done, ("", "")).await
}

/// POST /account/devices/{id}/end.
pub async fn end_device(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.end_device(&person.actor(), &id, "lost").await;
    changed(&app, &mut visitor, done, ("end-device", &id)).await
}

/// POST /account/devices/{id}/vouch.
pub async fn vouch_for_device(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.vouch_for_device(&person, &id).await;
    changed(&app, &mut visitor, done, ("vouch-device", &id)).await
}

/// After a change: back to the account, to the page that asks for more proof, or the account with what was refused.
pub(super) async fn changed(
    app: &App,
    visitor: &mut Visitor,
    done: Result<(), DeedError>,
    (what, id): (&str, &str),
) -> Response {
    match done.map_err(Refused::from) {
        Ok(()) => go(visitor, "/account"),
        Err(refused) if refused.wants_step_up() => prove_more(visitor, what, id, "/account"),
        Err(refused) => {
            let shown = shown(app, visitor, Some(&refused)).await;
            super::frame::with_status(&refused, shown)
        }
    }
}
