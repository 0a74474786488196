//! What a kiosk shows during a visit: whose it is, until when, and a section for each thing that the visit lists.
//! It does not read anything itself.

use super::frame::{mark, moment, notice, page as whole};
use super::visitor::Visitor;
use crate::error::Refused;
use axum::response::Response;
use maud::{Markup, html};
use yima_kernel::deed::Deed;
use yima_province::{AllowedApp, RecordEntry, RightsRow, Settings, VisitShown};

/// Newest entries of the record that are shown.
const ENTRIES: usize = 20;

/// What was read for the page; `None` for what the visit does not list.
pub struct Seen {
    /// The newest entries of the record.
    pub record: Vec<RecordEntry>,
    /// The switches.
    pub settings: Option<Settings>,
    /// Apps that were allowed something.
    pub apps: Option<Vec<AllowedApp>>,
    /// Requests under one's rights.
    pub requests: Option<Vec<RightsRow>>,
    /// Sessions, this one among them.
    pub sessions: Option<usize>,
}

/// The page.
pub fn shown(visitor: &mut Visitor, visit: &VisitShown, seen: &Seen, refused: Option<&Refused>) -> Response {
    let looks = visitor.looks;
    let body = html! {
        (notice(visitor, refused))
        div.notice role="status" {
            p { b { (visit.name_masked) } " · " (looks.t(&visit.place.zh, &visit.place.en)) " · "
                (looks.t("协助人 ", "helped by ")) (visit.officer) }
            p { (looks.t("到 ", "Until ")) b { (moment(visit.until_at)) }
                (looks.t(" 自动结束，之后这台机器上什么都不留。", "; then it ends by itself, and nothing stays on this machine.")) }
        }
        @if let Some(settings) = &seen.settings { (switches(visitor, settings)) }
        @if let Some(apps) = &seen.apps { (allowed(visitor, apps)) }
        @if let Some(requests) = &seen.requests { (asked(visitor, requests)) }
        @if visit.deeds.contains(&Deed::ExplainData) { (question(visitor)) }
        @if let Some(many) = seen.sessions { (sessions(visitor, many)) }
        (record(visitor, &seen.record))
        form method="post" action="/account/visit/end" {
            (mark(visitor)) button.btn.primary type="submit" { (looks.t("办完了，结束", "Done: end the visit")) }
        }
    };
    whole(visitor, looks.t("窗口协助", "Help at a counter"), false, &body)
}

fn switches(visitor: &Visitor, settings: &Settings) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("纸质码和报号", "Paper codes and spoken numbers")) }
            form method="post" action="/account/visit/settings" {
                (mark(visitor))
                label.check { input type="checkbox" name="paper" value="1" checked[!settings.paper_off]; " "
                    (looks.t("可以用纸质码", "Paper codes may be used")) }
                label.check { input type="checkbox" name="short" value="1" checked[!settings.short_off]; " "
                    (looks.t("可以报短号", "Spoken numbers may be used")) }
                button.btn type="submit" { (looks.t("保存", "Save")) }
            }
        }
    }
}

fn allowed(visitor: &Visitor, apps: &[AllowedApp]) -> Markup {
    let looks = visitor.looks;
    let standing: Vec<_> = apps.iter().filter(|app| app.state == "active").collect();
    html! {
        section {
            h2 { (looks.t("同意过的应用", "Apps that you allowed")) }
            @if standing.is_empty() { p.hint { (looks.t("没有", "None")) } }
            ul.list {
                @for app in standing {
                    li {
                        div.what {
                            b { (looks.t(&app.name_zh, &app.name_en)) }
                            small { (app.owner) " · " (looks.t(&app.purpose_zh, &app.purpose_en)) }
                        }
                        form.acts method="post" action=(format!("/account/visit/apps/{}/withdraw", app.id)) {
                            (mark(visitor)) button.btn.small.stop type="submit" { (looks.t("收回", "Take back")) }
                        }
                    }
                }
            }
        }
    }
}

fn asked(visitor: &Visitor, requests: &[RightsRow]) -> Markup {
    let looks = visitor.looks;
    let open: Vec<_> = requests.iter().filter(|one| matches!(one.state, "waiting" | "held")).collect();
    html! {
        section {
            h2 { (looks.t("还没办完的申请", "Requests that are open")) }
            @if open.is_empty() { p.hint { (looks.t("没有", "None")) } }
            ul.list {
                @for one in open {
                    li {
                        div.what {
                            b { (match one.kind {
                                "correct" => looks.t("更正", "Correct"),
                                "delete" => looks.t("注销", "Delete"),
                                "explain" => looks.t("解释规则", "Explain"),
                                "restrict" => looks.t("停止处理", "Restrict"),
                                _ => looks.t("申请", "A request"),
                            }) }
                            small { (looks.t("提出于 ", "Asked at ")) (moment(one.asked_at)) }
                        }
                        form.acts method="post" action=(format!("/account/visit/requests/{}/stop", one.id)) {
                            (mark(visitor)) button.btn.small.stop type="submit" { (looks.t("撤回", "Take back")) }
                        }
                    }
                }
            }
        }
    }
}

fn question(visitor: &Visitor) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("请平台解释规则", "Ask for the rules to be explained")) }
            form method="post" action="/account/visit/explain" {
                (mark(visitor))
                label { (looks.t("想问什么", "Your question"))
                    textarea name="question" rows="3" maxlength="1000" required {} }
                button.btn type="submit" { (looks.t("提交", "Ask")) }
            }
        }
    }
}

fn sessions(visitor: &Visitor, many: usize) -> Markup {
    let looks = visitor.looks;
    let others = many.saturating_sub(1);
    html! {
        section {
            h2 { (looks.t("在别处的登录", "Signed in elsewhere")) }
            p { (looks.t("别处还登录着：", "Signed in elsewhere: ")) b { (others) } }
            @if others > 0 {
                form method="post" action="/account/visit/sessions/end" {
                    (mark(visitor)) button.btn.stop type="submit" { (looks.t("全部退出", "End them all")) }
                }
            }
        }
    }
}

fn record(visitor: &Visitor, entries: &[RecordEntry]) -> Markup {
    let looks = visitor.looks;
    html! {
        section {
            h2 { (looks.t("最近的记录", "The newest of your record")) }
            @if entries.is_empty() { p.hint { (looks.t("没有", "None")) } }
            ul.list {
                @for one in entries.iter().take(ENTRIES) {
                    li { div.what {
                        b { (looks.t(&one.who.zh, &one.who.en)) " · " (deed(visitor, &one.deed)) }
                        small {
                            (moment(one.at))
                            @for part in [&one.place, &one.scenario_name, &one.role, &one.saw] {
                                @if !part.zh.is_empty() { " · " (looks.t(&part.zh, &part.en)) }
                            }
                            @if matches!(one.outcome.as_str(), "refused" | "could_not_check") { " · " (looks.t("没有成功", "did not succeed")) }
                        }
                    } }
                }
            }
        }
    }
}

fn deed(visitor: &Visitor, word: &str) -> &'static str {
    let t = |zh, en| visitor.looks.t(zh, en);
    match word {
        "check" => t("查看了码", "checked the code"),
        "resolve" | "find_bound" => t("查询", "looked up what you agreed to"),
        "sign_in" => t("登录", "signed in"),
        "open_visit" | "begin_visit" | "end_visit" => t("窗口协助", "help at a counter"),
        "take_token" | "read_claims" => t("应用读取", "an app read"),
        "withdraw_app" | "withdraw" => t("收回授权", "took an agreement back"),
        "allow_app" | "consent" => t("授权", "agreed"),
        "see_residents" => t("看过资料", "looked at the file"),
        "draw" => t("领码", "drew codes"),
        "change_settings" => t("改了设置", "changed settings"),
        "explain_data" | "stop_request" => t("个人信息申请", "a request about data"),
        "end_session" => t("退出登录", "ended a sign-in"),
        "enrol" | "enrolment_code" | "end_device" => t("设备", "a device"),
        _ => t("账户变动", "a change of the account"),
    }
}
