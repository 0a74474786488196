//! My posts: what an office proposes is accepted or not, a post is left, a deputy is appointed and ended; and the code by
//! which an office names me. It does not decide who may do what.

use super::frame::{mark, moment, notice, page as whole, prove_more, refusal, sign_in_first, with_status};
use super::sent::{Marked, SentBy, marked};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use yima_province::{DeedError, NamedAs, OfficeRecord, OwnPost, PostCode};

/// A deputy to appoint.
#[derive(Deserialize)]
pub struct NewDeputy {
    mark: String,
    code: String,
    days: String,
}

marked!(NewDeputy);

/// GET /account/posts.
pub async fn page(State(app): State<App>, mut visitor: Visitor) -> Response {
    shown(&app, &mut visitor, None, None).await
}

/// POST /account/posts/code.
pub async fn code(State(app): State<App>, SentBy(mut visitor, person, _): SentBy<Marked>) -> Response {
    match app.province.make_post_code(&person).await {
        Ok(code) => shown(&app, &mut visitor, None, Some(&code)).await,
        Err(error) => ended(&app, &mut visitor, Err(error), ("post-code", "")).await,
    }
}

/// POST /account/posts/{id}/accept.
pub async fn accept(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.accept_post(&person, &id).await;
    ended(&app, &mut visitor, done, ("accept-post", &id)).await
}

/// POST /account/posts/{id}/operator.
pub async fn operator(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.confirm_operator_name(&person, &id).await;
    ended(&app, &mut visitor, done, ("be-operator", &id)).await
}

/// POST /account/posts/{id}/leave.
pub async fn leave(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
) -> Response {
    let done = app.province.leave_post(&person, &id).await;
    ended(&app, &mut visitor, done, ("leave-post", &id)).await
}

/// POST /account/posts/{id}/deputy.
pub async fn deputy(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, sent): SentBy<NewDeputy>,
) -> Response {
    let days = sent.days.trim().parse().unwrap_or(0);
    let done = app.province.appoint_deputy(&person, &id, &sent.code, days).await.map(drop);
    ended(&app, &mut visitor, done, ("appoint-deputy", &id)).await
}

async fn ended(app: &App, visitor: &mut Visitor, done: Result<(), DeedError>, (what, id): (&str, &str)) -> Response {
    match done.map_err(Refused::from) {
        Ok(()) => super::frame::go(visitor, "/account/posts"),
        Err(refused) if refused.wants_step_up() => prove_more(visitor, what, id, "/account/posts"),
        Err(refused) => {
            let page = shown(app, visitor, Some(&refused), None).await;
            with_status(&refused, page)
        }
    }
}

async fn shown(app: &App, visitor: &mut Visitor, refused: Option<&Refused>, code: Option<&PostCode>) -> Response {
    "/account/posts".clone_into(&mut visitor.here);
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let own = match app.province.posts_of(&person).await {
        Ok(own) => own,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let records = match app.province.office_records(&person).await {
        Ok(records) => records,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let named = match app.province.named_as(&person).await {
        Ok(named) => named,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let group = |state: &str| own.iter().filter(|post| post.state == state).collect::<Vec<_>>();
    let (pending, active, over) = (group("pending"), group("active"), group("ended"));
    let body = html! {
        (notice(visitor, refused))
        @for one in &named { (operator_named(visitor, one)) }
        @if !pending.is_empty() {
            section {
                h2 { (looks.t("等你接受", "Waiting for your word")) }
                p.hint { (looks.t("你接受之前，这些职务不算数。接受要用通行密钥确认。",
                    "None of these counts before you accept it. Accepting needs your passkey.")) }
                ul.list { @for post in pending { li {
                    (words(visitor, post))
                    div.acts {
                        (press(visitor, &post.id, "accept", "btn small primary", looks.t("接受", "Accept")))
                        (press(visitor, &post.id, "leave", "btn small stop", looks.t("不接受", "Refuse")))
                    }
                } } }
            }
        }
        section {
            h2 { (looks.t("正在担任", "Held now")) }
            @if active.is_empty() { p.hint { (looks.t("没有", "None")) } }
            ul.list { @for post in &active { li {
                (words(visitor, post))
                div.acts { (press(visitor, &post.id, "leave", "btn small stop", looks.t("离任", "Leave"))) }
                @if !post.deputy { (deputies(visitor, post)) }
            } } }
            @if !active.is_empty() { p.hint { (looks.t("手机上“家人”里可以亮公务码：核验的地方按清单要看的，会看到单位和职务。职务结束，码同时失效。",
                "On your phone, under Family, you can show an officer code: where the scenario's manifest asks, the checker sees office and post. It ends with the post.")) } }
        }
        @for record in &records { (office(visitor, record)) }
        section {
            h2 { (looks.t("给单位或同事的码", "A code for an office or a colleague")) }
            p.hint { (looks.t("不想报身份证号时，用它让单位登记你的职务，或让同事请你代理。一天内有效，只能用一次。",
                "With it an office can propose a post for you, or a colleague name you as deputy, without your ID number. It works once, within a day.")) }
            @if let Some(code) = code {
                div.notice role="status" {
                    p { b.code { (code.code) } }
                    p { (looks.t("只显示这一次，有效到 ", "Shown this once, good until ")) (moment(code.expires_at)) }
                }
            }
            form method="post" action="/account/posts/code" {
                (mark(visitor)) button.btn type="submit" { (looks.t("生成一个码", "Make a code")) }
            }
        }
        @if !over.is_empty() {
            section {
                h2 { (looks.t("已经结束", "Over")) }
                ul.list { @for post in over { li { (words(visitor, post)) } } }
            }
        }
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(visitor, looks.t("我的职务", "My posts"), false, &body)
}

/// That somebody says that this person is an operator of the platform.
fn operator_named(visitor: &Visitor, named: &NamedAs) -> Markup {
    let looks = visitor.looks;
    let post = match named.role {
        "system" => looks.t("系统管理员", "system administrator"),
        "security" => looks.t("安全管理员", "security administrator"),
        _ => looks.t("审计管理员", "auditor"),
    };
    html! {
        section {
            h2 { (looks.t("你是这位管理员吗？", "Are you this operator?")) }
            div.what {
                b { (post) " · " (named.name) }
                small { (looks.t("等你确认，到 ", "Waits for your word until ")) (moment(named.until_s)) }
            }
            p.hint { (looks.t("确认以后，你在这个岗位上办不了自己的事，也办不了和你有授权、代理关系的人的事；找回账户时也不会抽到你和他们一起办。别的管理员只看得到“已登记”。不是你就不用理会，到期作废。",
                "Once you confirm, that operator can do nothing in your file, nor in the file of anybody whom a mandate or a deputy's post joins with you, and is never drawn with them for a recovery. Other operators see no more than that it is known. Not you? Leave it: it runs out.")) }
            div.acts { (press(visitor, &named.id, "operator", "btn small primary", looks.t("是我，确认", "It is me: confirm"))) }
        }
    }
}

/// What was done with officer codes of an office, for whoever answers for it.
fn office(visitor: &Visitor, record: &OfficeRecord) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("公务码记录：", "Officer codes of ")) (record.office) }
            @if record.rows.is_empty() { p.hint { (looks.t("还没有人备过或亮过", "None was drawn or shown yet")) } }
            ul.list { @for row in &record.rows { li { div.what {
                b { (if row.deed == "check" { looks.t("核验", "Code checked") } else { looks.t("备码", "Codes drawn") })
                    " · " (match row.outcome.as_str() {
                        "done" => looks.t("完成", "done"),
                        "valid" => looks.t("有效", "valid"),
                        "refused" => looks.t("未通过", "refused"),
                        _ => looks.t("没能核验", "could not be checked"),
                    }) }
                small { (row.who) " · " (looks.t(&row.role.zh, &row.role.en)) " · " (moment(row.at)) }
            } } } }
        }
    }
}

fn words(visitor: &Visitor, post: &OwnPost) -> Markup {
    let looks = visitor.looks;
    html! {
        div.what {
            b { (post.organisation) " · " (role(visitor, &post.role))
                @if post.deputy { (looks.t("（代理）", " (deputy)")) } }
            small {
                (match post.source {
                    "scim" => looks.t("人事系统提出", "Named by a personnel system"),
                    "import" => looks.t("批量导入提出", "Named by an import"),
                    "officer" => looks.t("同事委托", "Named by a colleague"),
                    _ => looks.t("管理员提出", "Named by an operator"),
                })
                @if post.state != "ended" { " · " (looks.t("有效到 ", "Good until ")) (moment(post.lease_until)) }
                @else { " · " (why(visitor, post.reason.as_deref())) }
            }
        }
    }
}

fn deputies(visitor: &Visitor, post: &OwnPost) -> Markup {
    let looks = visitor.looks;
    html! {
        details.wide {
            summary { (looks.t("代理人", "Deputies")) " (" (post.deputies.len()) ")" }
            ul.list { @for (id, state, until) in &post.deputies { li {
                div.what { small {
                    (if *state == "pending" { looks.t("等对方接受", "Waits for their word") } else { looks.t("代理中", "Acts for you") })
                    " · " (looks.t("到 ", "until ")) (moment(*until))
                } }
                div.acts { (press(visitor, id, "leave", "btn small stop", looks.t("收回", "End"))) }
            } } }
            form method="post" action=(format!("/account/posts/{}/deputy", post.id)) {
                (mark(visitor))
                label { (looks.t("同事给你的码", "The code that your colleague gave you"))
                    input name="code" autocomplete="off" maxlength="16" required; }
                label { (looks.t("代理几天（最多 30）", "For how many days (30 at most)"))
                    input name="days" inputmode="numeric" maxlength="2" value="7" required; }
                button.btn type="submit" { (looks.t("委托代理", "Appoint")) }
            }
        }
    }
}

fn press(visitor: &Visitor, id: &str, verb: &str, class: &str, text: &str) -> Markup {
    html! {
        form method="post" action=(format!("/account/posts/{id}/{verb}")) {
            (mark(visitor)) button class=(class) type="submit" { (text) }
        }
    }
}

fn role(visitor: &Visitor, word: &str) -> &'static str {
    let looks = visitor.looks;
    match word {
        "counter" => looks.t("窗口人员", "Counter"),
        "handler" => looks.t("经办人", "Case handler"),
        "reviewer" => looks.t("审核人", "Reviewer"),
        _ => looks.t("负责人", "Head of office"),
    }
}

fn why(visitor: &Visitor, reason: Option<&str>) -> &'static str {
    let looks = visitor.looks;
    match reason {
        Some("left") => looks.t("本人离任或未接受", "Left, or not accepted"),
        Some("transferred") => looks.t("调到别的职务", "Moved to another post"),
        Some("merged") => looks.t("单位合并了", "The organisation was merged"),
        Some("officer_ended") => looks.t("被代理的职务已结束", "The officer's post ended"),
        Some("office" | "inactive" | "removed") => looks.t("单位撤销", "Ended by the office"),
        _ => looks.t("到期没有续", "Nobody renewed it"),
    }
}
