//! One enterprise: file for it, appoint and dismiss agents, confirm them after a change, read what was filed and done.
//! It does not decide, and knows no amounts but those that it was sent.

use super::enterprises::{allowed, press, service, why, yuan};
use super::frame::{go, mark, moment, notice, page as whole, prove_more, refusal, sign_in_first, with_status};
use super::sent::{Fields, SentBy};
use super::visitor::Visitor;
use crate::app::App;
use crate::error::{Code, Refused};
use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use yima_province::{AgentRow, EnterprisePage, FilingRow, NewAgent, NewFiling, RecordRow};

const SERVICES: [&str; 5] = ["annual_report", "tax", "social_insurance", "housing_fund", "permit"];

/// GET /account/enterprises/{id}.
pub async fn page(State(app): State<App>, Path(id): Path<String>, mut visitor: Visitor) -> Response {
    shown(&app, &mut visitor, &id, None).await
}

async fn shown(app: &App, visitor: &mut Visitor, id: &str, refused: Option<&Refused>) -> Response {
    visitor.here = path(id);
    let Some(person) = visitor.person.clone() else { return sign_in_first(visitor) };
    let found = match app.province.enterprise_page(&person, id).await {
        Ok(found) => found,
        Err(error) => return refusal(visitor, &Refused::from(error)),
    };
    let looks = visitor.looks;
    let waiting: Vec<&AgentRow> = found.agents.iter().filter(|agent| agent.state == "suspended").collect();
    let body = html! {
        (notice(visitor, refused))
        p.hint { (found.own.credit_code) " · " (if found.own.represents { looks.t("你是法定代表人", "You are its legal representative") } else { looks.t("你是经办人", "You are an agent of it") }) }
        @if !found.own.in_force { div.notice { p { (why(visitor, &found.own)) } } }
        @if found.own.in_force {
            (file(visitor, &found))
            @if found.own.represents && !waiting.is_empty() { (confirm(visitor, &found, &waiting)) }
            @if found.own.represents || !found.agents.is_empty() { (agents(visitor, &found)) }
            @if found.own.may_appoint { (appoint(visitor, &found)) }
            (filings(visitor, &found.filings, found.own.represents))
            @if found.own.represents { (record(visitor, &found.record)) }
        }
        p.more { a href="/account/enterprises" { (looks.t("所有企业", "All enterprises")) } }
    };
    whole(visitor, &found.own.name.clone(), false, &body)
}

fn file(visitor: &Visitor, found: &EnterprisePage) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("办一件事", "File something")) }
            @if found.acting {
                form method="post" action=(format!("{}/file", path(&found.own.id))) {
                    (mark(visitor))
                    label { (looks.t("事项", "Service"))
                        select name="service" { @for word in &found.own.services { option value=(word) { (service(visitor, word)) } } } }
                    label { (looks.t("金额（元）", "Amount (yuan)"))
                        input name="amount" inputmode="decimal" maxlength="16" value="0" required; }
                    label { (looks.t("内容（500 字以内）", "What you file (at most 500 characters)"))
                        textarea name="text" rows="3" maxlength="500" required {} }
                    button.btn.primary type="submit" { (looks.t("提交", "File")) }
                }
            } @else {
                p.hint { (looks.t("先选定替它办事。", "Pick it first: from then on this browser acts for it.")) }
                (press(visitor, &format!("{}/act", path(&found.own.id)), looks.t("替它办事", "Act for it"), "btn primary"))
            }
        }
    }
}

fn confirm(visitor: &Visitor, found: &EnterprisePage, waiting: &[&AgentRow]) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("等你确认的经办人", "Agents who wait for your word")) }
            @if let Some(by) = waiting.iter().filter_map(|agent| agent.word_by_at).min() {
                p.hint { (looks.t("没有确认的，过了这一天自动结束：", "Whoever is not confirmed is over by itself on ")) (moment(by)) }
            }
            form method="post" action=(format!("{}/confirm", path(&found.own.id))) {
                (mark(visitor))
                @for agent in waiting {
                    label.pick { input type="checkbox" name="keep" value=(agent.id) checked;
                        span { b { (agent.name_masked) } " " (allowed(visitor, &agent.services, agent.limit_amount)) } }
                }
                button.btn.primary type="submit" { (looks.t("确认选中的", "Confirm those ticked")) }
            }
        }
    }
}

fn agents(visitor: &Visitor, found: &EnterprisePage) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("经办人", "Agents")) }
            @if found.agents.is_empty() && found.offers.is_empty() { p.hint { (looks.t("还没有", "None yet")) } }
            ul.list {
                @for agent in &found.agents {
                    li {
                        div.what {
                            b { (agent.name_masked) }
                            small { (allowed(visitor, &agent.services, agent.limit_amount)) " · " (looks.t("到 ", "until ")) (moment(agent.until_at)) }
                            @if agent.under_agent { small { (looks.t("由另一位经办人任命", "Appointed by another agent")) } }
                            @if agent.may_appoint { small { (looks.t("可以再任命别人", "May appoint others")) } }
                            @if agent.state == "suspended" { small.late { (looks.t("等确认", "Waits to be confirmed")) } }
                        }
                        (press(visitor, &format!("/account/enterprises/{}/dismiss", agent.id), looks.t("解除", "Dismiss"), "btn small stop"))
                    }
                }
                @for offer in &found.offers {
                    li {
                        div.what {
                            b { (offer.to_masked) }
                            small { (allowed(visitor, &offer.services, offer.limit_amount)) }
                            small.late { (looks.t("等本人接受，到 ", "Waits for their acceptance, until ")) (moment(offer.expires_at)) }
                        }
                        (press(visitor, &format!("/account/enterprises/{}/dismiss", offer.id), looks.t("收回", "Take back"), "btn small stop"))
                    }
                }
            }
        }
    }
}

fn appoint(visitor: &Visitor, found: &EnterprisePage) -> Markup {
    let looks = visitor.looks;
    html! {
        details {
            summary { (looks.t("任命经办人", "Appoint an agent")) }
            p.hint { (looks.t("填对方的身份证号。有没有这个人，这里不会说；本人会在自己的页面上看到并接受。",
                "Type the person's ID number. Whether there is such a resident is not told; they see the offer on their own page and accept it there.")) }
            form method="post" action=(format!("{}/appoint", path(&found.own.id))) {
                (mark(visitor))
                label { (looks.t("身份证号", "ID number")) input name="id_number" maxlength="18" autocomplete="off" required; }
                fieldset {
                    legend { (looks.t("可以办的事项", "Services")) }
                    @for word in SERVICES.iter().filter(|word| found.own.services.contains(word)) {
                        label.pick { input type="checkbox" name="services" value=(word); span { (service(visitor, word)) } }
                    }
                }
                label { (looks.t("每件限额（元，不填就和你一样）", "Highest amount of a filing in yuan; empty for your own"))
                    input name="limit" inputmode="decimal" maxlength="16"; }
                label { (looks.t("期限（天）", "For so many days")) input name="days" inputmode="numeric" maxlength="4" value="365" required; }
                label.pick { input type="checkbox" name="show_code" value="yes"; span { (looks.t("可以亮企业码", "May show the enterprise's code")) } }
                label.pick { input type="checkbox" name="may_appoint" value="yes"; span { (looks.t("可以再任命别人", "May appoint others")) } }
                button.btn.primary type="submit" { (looks.t("任命", "Appoint")) }
            }
        }
    }
}

fn filings(visitor: &Visitor, rows: &[FilingRow], represents: bool) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (if represents { looks.t("办过的事", "What was filed") } else { looks.t("我办过的事", "What I filed") }) }
            @if rows.is_empty() { p.hint { (looks.t("还没有", "Nothing yet")) } }
            ul.list {
                @for row in rows {
                    li {
                        div.what {
                            b { (service(visitor, &row.service)) " " (yuan(row.amount)) }
                            small { (row.text) }
                            small { (row.by) " · " (moment(row.lodged_at)) " · "
                                (if row.state == "lodged" { looks.t("已提交", "Lodged") } else { looks.t("已撤回", "Withdrawn") }) }
                            small { (looks.t("摘要 ", "Digest ")) code { (row.digest[..16]) } }
                        }
                        @if row.may_withdraw {
                            (press(visitor, &format!("/account/enterprises/filings/{}/withdraw", row.id), looks.t("撤回", "Withdraw"), "btn small stop"))
                        }
                    }
                }
            }
        }
    }
}

fn record(visitor: &Visitor, rows: &[RecordRow]) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("企业的记录", "The enterprise's record")) }
            ul.list {
                @for row in rows {
                    li { div.what {
                        b { (deed(visitor, &row.deed)) }
                        small { (moment(row.at)) @if !row.who.is_empty() { " · " (row.who) } }
                        @if row.outcome == "refused" {
                            small.late { (looks.t("没有办成：", "Refused: ")) (reason(visitor, row.reason.as_deref())) }
                        }
                    } }
                }
            }
        }
    }
}

fn deed(visitor: &Visitor, word: &str) -> &'static str {
    let looks = visitor.looks;
    match word {
        "propose_representative" => looks.t("登记提出法定代表人", "The register named a representative"),
        "approve_representative" => looks.t("登记复核法定代表人", "That was approved"),
        "accept_representation" => looks.t("法定代表人接受", "The representative accepted"),
        "confirm_agents" => looks.t("确认经办人", "Agents were confirmed"),
        "appoint_agent" => looks.t("任命经办人", "An agent was appointed"),
        "accept_appointment" => looks.t("经办人接受", "An agent accepted"),
        "dismiss_agent" => looks.t("任命结束", "An appointment ended"),
        "act_for" => looks.t("开始替企业办事", "Somebody began to act for it"),
        "lodge_filing" => looks.t("办一件事", "A filing"),
        "withdraw_filing" => looks.t("撤回一件事", "A filing was withdrawn"),
        "draw_acting" => looks.t("备企业码", "Codes were drawn"),
        "check" => looks.t("出示企业码", "A code was shown"),
        "allow_app_for" => looks.t("同意一个应用替它办", "An app was agreed to"),
        "take_token" => looks.t("在应用里替它办", "Somebody acted for it at an app"),
        "read_claims" => looks.t("应用读了登记资料", "An app read what the register says"),
        _ => looks.t("其他", "Something else"),
    }
}

fn reason(visitor: &Visitor, word: Option<&str>) -> &'static str {
    let looks = visitor.looks;
    match word {
        Some("mandate_over") => looks.t("授权已结束", "the mandate is over"),
        Some("mandate_waits") => looks.t("授权等确认", "the mandate waits to be confirmed"),
        Some("mandate_narrower") => looks.t("超出事项或限额", "beyond the services or the amount"),
        Some("withdrawn") => looks.t("码已失效", "the code was withdrawn"),
        Some("step_up") => looks.t("要再确认是本人", "a fresh proof was needed"),
        _ => looks.t("不允许", "not allowed"),
    }
}

/// POST /account/enterprises/{id}/file.
pub async fn lodge(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, sent): SentBy<Fields>,
) -> Response {
    let Some(amount) = fen(sent.one("amount")) else { return wrong_amount(&app, &mut visitor, &id).await };
    let new = NewFiling { service: sent.one("service").to_owned(), amount, text: sent.one("text").to_owned() };
    let done = app.province.lodge_filing(&person, new).await.map(drop);
    changed(&app, &mut visitor, &id, done.map_err(Refused::from), "file").await
}

/// POST /account/enterprises/{id}/appoint.
pub async fn appoint_one(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, sent): SentBy<Fields>,
) -> Response {
    let limit = sent.one("limit").trim();
    let limit_amount = if limit.is_empty() { None } else { fen(limit) };
    if limit_amount.is_none() && !limit.is_empty() {
        return wrong_amount(&app, &mut visitor, &id).await;
    }
    let new = NewAgent {
        id_number: sent.one("id_number").to_owned(),
        services: sent.all("services"),
        limit_amount,
        show_code: !sent.one("show_code").is_empty(),
        may_appoint: !sent.one("may_appoint").is_empty(),
        days: sent.one("days").trim().parse().unwrap_or(0),
    };
    let done = app.province.appoint_agent(&person, &id, new).await.map(drop);
    changed(&app, &mut visitor, &id, done.map_err(Refused::from), "appoint").await
}

/// POST /account/enterprises/{id}/confirm.
pub async fn confirm_all(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, sent): SentBy<Fields>,
) -> Response {
    let done = app.province.confirm_agents(&person, &id, sent.all("keep")).await.map(drop);
    changed(&app, &mut visitor, &id, done.map_err(Refused::from), "confirm-agents").await
}

/// POST /account/enterprises/filings/{id}/withdraw.
pub async fn withdraw(
    State(app): State<App>,
    Path(id): Path<String>,
    SentBy(mut visitor, person, _): SentBy<Fields>,
) -> Response {
    match app.province.withdraw_filing(&person, &id).await.map_err(Refused::from) {
        Ok(()) => go(&mut visitor, "/account/enterprises"),
        Err(refused) if refused.wants_step_up() => prove_more(&mut visitor, "file", &id, "/account/enterprises"),
        Err(refused) => refusal(&mut visitor, &refused),
    }
}

async fn changed(app: &App, visitor: &mut Visitor, id: &str, done: Result<(), Refused>, what: &str) -> Response {
    match done {
        Ok(()) => go(visitor, &path(id)),
        Err(refused) if refused.wants_step_up() => prove_more(visitor, what, id, &path(id)),
        Err(refused) => {
            let shown = shown(app, visitor, id, Some(&refused)).await;
            with_status(&refused, shown)
        }
    }
}

async fn wrong_amount(app: &App, visitor: &mut Visitor, id: &str) -> Response {
    let refused = Refused::new(Code::Invalid, "amount")
        .saying("金额写成数字，最多两位小数。", "Write the amount in figures, with two decimals at most.");
    let shown = shown(app, visitor, id, Some(&refused)).await;
    with_status(&refused, shown)
}

fn path(id: &str) -> String {
    format!("/account/enterprises/{id}")
}

/// Yuan as somebody types them, in fen; no more than two decimals, never negative.
fn fen(text: &str) -> Option<i64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let figures = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 11 || part.len() > 2 || !figures(whole) || !figures(part) {
        return None;
    }
    let part: i64 = if part.is_empty() { 0 } else { format!("{part:0<2}").parse().ok()? };
    Some(whole.parse::<i64>().ok()? * 100 + part)
}

#[cfg(test)]
mod tests {
    use super::fen;

    #[test]
    fn yuan_are_read_as_typed() {
        for (text, expected) in [
            ("0", Some(0)),
            ("12", Some(1_200)),
            (" 12.5 ", Some(1_250)),
            ("12.05", Some(1_205)),
            ("12.", Some(1_200)),
            ("", None),
            (".5", None),
            ("-1", None),
            ("1.005", None),
            ("1e3", None),
            ("123456789012", None),
        ] {
            assert_eq!(fen(text), expected, "{text}");
        }
    }
}
