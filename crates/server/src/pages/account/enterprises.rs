//! Enterprises of one's own: the list with offers, and one of them with its agents, filings and record. It does not decide:
//! each form calls a deed of the province.

use super::frame::{go, mark, moment, notice, page as whole, prove_more, refusal, sign_in_first, with_status};
use super::sent::{Marked, SentBy};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::Refused;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use yima_province::{DeedError, OfferRow, OwnEnterprise, OwnEnterprises};

/// GET /account/enterprises.
pub async fn page(State(app): State<App>, mut visitor: Visitor) -> Response {
    shown(&app, &mut visitor, None).await
}

async fn shown(app: &App, visitor: &mut Visitor, refused: Option<&Refused>) -> Response {
    "/account/enterprises".clone_into(&mut visitor.here);
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let found = match app.province.own_enterprises(&person.actor()).await {
        Ok(found) => found,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        p.hint { (looks.t("你总是以自己的身份登录；在这里选替哪家企业办事，或接受任命。",
            "You always sign in as yourself. Here you pick the enterprise to act for, or accept an appointment.")) }
        (acting(visitor, &found))
        @if !found.offers.is_empty() {
            section {
                h2 { (looks.t("等你接受的任命", "Offers that wait for you")) }
                ul.list { @for offer in &found.offers { li { (offer_to_me(visitor, offer)) } } }
            }
        }
        section {
            h2 { (looks.t("我替这些企业办事", "Enterprises I act for")) }
            @if found.own.is_empty() {
                p.hint { (looks.t("没有。法定代表人由登记机关登记后在这里接受；经办人由企业任命。",
                    "None. A legal representative is named by the register and accepts here; agents are appointed by the enterprise.")) }
            }
            ul.list { @for one in &found.own { li { (own(visitor, &found, one)) } } }
        }
        p.more { a href="/account" { (looks.t("回到账户", "Back to the account")) } }
    };
    whole(visitor, looks.t("企业", "Enterprises"), false, &body)
}

/// For whom this browser acts, or why that is over.
fn acting(visitor: &Visitor, found: &OwnEnterprises) -> Markup {
    let looks = visitor.looks;
    let one = found.acting.as_ref().and_then(|id| found.own.iter().find(|one| one.id == *id));
    html! {
        @if let Some(one) = one {
            div.notice role="status" {
                @if found.acting_ended.is_some() || !one.in_force {
                    p { (looks.t("不再替它办事：", "You no longer act for: ")) b { (one.name) } "。" (why(visitor, one)) }
                } @else {
                    p { (looks.t("正在替它办事：", "Acting for: ")) b { (one.name) } }
                }
                form method="post" action="/account/enterprises/self" {
                    (mark(visitor)) button.btn.small type="submit" { (looks.t("换回自己", "Be myself again")) }
                }
            }
        }
    }
}

/// Why a mandate is not in force, in a sentence.
pub(super) fn why(visitor: &Visitor, one: &OwnEnterprise) -> &'static str {
    let looks = visitor.looks;
    match (one.state, one.reason.as_deref()) {
        ("pending", _) => looks.t("等你本人接受。", "It waits for your own acceptance."),
        ("suspended", _) => looks.t(
            "法定代表人变了，等新的确认；确认前不能办新的事。",
            "The legal representative changed: it waits for the new one's word, and nothing new is filed before.",
        ),
        ("ended", Some("dismissed")) => looks.t("企业解除了任命。", "The enterprise dismissed you."),
        ("ended", Some("resigned")) => looks.t("你辞去了。", "You resigned."),
        ("ended", Some("merged")) => looks.t("企业合并了。", "The enterprise was merged into another."),
        ("ended", Some("parent_ended")) => looks.t("任命你的人不再经办了。", "Whoever appointed you acts no more."),
        ("ended", Some("register")) => {
            looks.t("登记机关变更了法定代表人。", "The register named another representative.")
        }
        ("ended", Some("confirmed")) => looks.t(
            "新的法定代表人重新确认了，见新的一条。",
            "The new representative confirmed you anew; see the new entry.",
        ),
        ("ended", _) => looks.t("已到期或结束。", "It is over."),
        _ => looks.t("企业已停用，或上一级授权已结束。", "The enterprise is suspended, or a mandate above is over."),
    }
}

fn own(visitor: &Visitor, found: &OwnEnterprises, one: &OwnEnterprise) -> Markup {
    let looks = visitor.looks;
    let here = found.acting.as_deref() == Some(one.id.as_str()) && found.acting_ended.is_none();
    html! {
        div.what {
            b { (one.name) }
            small { (one.credit_code) " · " (if one.represents { looks.t("法定代表人", "Legal representative") } else { looks.t("经办人", "Agent") }) }
            @if !one.represents { small { (allowed(visitor, &one.services, one.limit_amount)) " · " (looks.t("到 ", "until ")) (moment(one.until_at)) } }
            @if !one.in_force { small.late { (why(visitor, one)) } }
            @if let Some(by) = one.word_by_at.filter(|_| one.state == "suspended") {
                small.late { (looks.t("最晚 ", "At the latest by ")) (moment(by)) }
            }
        }
        div.acts {
            @if one.state == "pending" && one.represents {
                (press(visitor, &format!("/account/enterprises/{}/represent", one.id), looks.t("接受", "Accept"), "btn small primary"))
                (press(visitor, &format!("/account/enterprises/{}/dismiss", one.id), looks.t("不接受", "Decline"), "btn small stop"))
            }
            @if one.in_force {
                a.btn.small href=(format!("/account/enterprises/{}", one.id)) { (looks.t("打开", "Open")) }
                @if !here { (press(visitor, &format!("/account/enterprises/{}/act", one.id), looks.t("替它办事", "Act for it"), "btn small primary")) }
            }
            @if !one.represents && matches!(one.state, "active" | "suspended") {
                (press(visitor, &format!("/account/enterprises/{}/dismiss", one.id), looks.t("辞去", "Resign"), "btn small stop"))
            }
        }
    }
}

fn offer_to_me(visitor: &Visitor, offer: &OfferRow) -> Markup {
    let looks = visitor.looks;
    html! {
        div.what {
            b { (offer.name) }
            small { (offer.credit_code) }
            small { (allowed(visitor, &offer.services, offer.limit_amount)) " · " (looks.t("到 ", "until ")) (moment(offer.until_at)) }
            @if offer.may_appoint { small { (looks.t("可以再任命别人", "May appoint others")) } }
            small.late { (looks.t("请在此前决定：", "Decide before ")) (moment(offer.expires_at)) }
        }
        div.acts {
            (press(visitor, &format!("/account/enterprises/{}/accept", offer.id), looks.t("接受", "Accept"), "btn small primary"))
            (press(visitor, &format!("/account/enterprises/{}/dismiss", offer.id), looks.t("不接受", "Decline"), "btn small stop"))
        }
    }
}

/// A form that is one button.
pub(super) fn press(visitor: &Visitor, to: &str, label: &str, class: &str) -> Markup {
    html! { form method="post" action=(to) { (mark(visitor)) button class=(class) type="submit" { (label) } } }
}

/// Services and the highest amount, in words.
pub(super) fn allowed(visitor: &Visitor, services: &[&'static str], limit: Option<i64>) -> String {
    let looks = visitor.looks;
    let named: Vec<&str> = services.iter().map(|word| service(visitor, word)).collect();
    let most = match limit {
        Some(limit) => format!("{}{}", looks.t("每件不超过 ", "up to "), yuan(limit)),
        None => looks.t("不限金额", "any amount").to_owned(),
    };
    format!("{} · {most}", named.join(looks.t("、", ", ")))
}

/// The name of a service.
pub(super) fn service(visitor: &Visitor, word: &str) -> &'static str {
    let looks = visitor.looks;
    match word {
        "annual_report" => looks.t("年度报告", "Yearly report"),
        "tax" => looks.t("税务申报", "Taxes"),
        "social_insurance" => looks.t("社会保险", "Social insurance"),
        "housing_fund" => looks.t("住房公积金", "Housing fund"),
        "permit" => looks.t("行政许可", "Permits"),
        _ => looks.t("其他", "Other"),
    }
}

/// An amount in yuan.
pub(super) fn yuan(fen: i64) -> String {
    format!("¥{}.{:02}", fen / 100, fen % 100)
}

/// What a form does.
enum Press {
    Represent,
    Accept,
    Dismiss,
    Act,
}

/// POST /account/enterprises/self.
pub async fn be_self(State(app): State<App>, SentBy(mut visitor, person, _): SentBy<Marked>) -> Response {
    let done = app.province.act_as_self(&person).await;
    changed(&app, &mut visitor, done, ("", "")).await
}

/// POST /account/enterprises/{id}/represent.
pub async fn represent(app: State<App>, id: Path<String>, sent: SentBy<Marked>) -> Response {
    pressed(app, id, sent, Press::Represent).await
}

/// POST /account/enterprises/{id}/accept.
pub async fn accept(app: State<App>, id: Path<String>, sent: SentBy<Marked>) -> Response {
    pressed(app, id, sent, Press::Accept).await
}

/// POST /account/enterprises/{id}/dismiss: dismiss, resign, decline, take back.
pub async fn dismiss(app: State<App>, id: Path<String>, sent: SentBy<Marked>) -> Response {
    pressed(app, id, sent, Press::Dismiss).await
}

/// POST /account/enterprises/{id}/act.
pub async fn act(app: State<App>, id: Path<String>, sent: SentBy<Marked>) -> Response {
    pressed(app, id, sent, Press::Act).await
}

async fn pressed(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Marked>,
    press: Press,
) -> Response {
    let (done, what) = match press {
        Press::Represent => (app.province.accept_representation(&person, &id).await, "represent"),
        Press::Accept => (app.province.accept_appointment(&person, &id).await, "accept-appointment"),
        Press::Dismiss => (app.province.dismiss_agent(&person, &id).await, "dismiss"),
        Press::Act => {
            let done = app.province.act_for(&person, &id).await;
            if done.is_ok() {
                return go(&mut visitor, &format!("/account/enterprises/{id}"));
            }
            (done, "act-for")
        }
    };
    changed(&app, &mut visitor, done, (what, &id)).await
}

async fn changed(app: &App, visitor: &mut Visitor, done: Result<(), DeedError>, (what, id): (&str, &str)) -> Response {
    match done.map_err(Refused::from) {
        Ok(()) => go(visitor, "/account/enterprises"),
        Err(refused) if refused.wants_step_up() => prove_more(visitor, what, id, "/account/enterprises"),
        Err(refused) => {
            let shown = shown(app, visitor, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}
