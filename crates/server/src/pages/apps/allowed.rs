//! Apps that one allowed, and taking that back in one touch (rule R32). It does not know what hangs on it.

use super::shell::Shell;
use crate::pages::account::frame::moment;
use axum::response::Response;
use maud::{Markup, html};
use yima_oidc::scope::Claim;
use yima_province::{ActingFor, AllowedApp, AppDeletion, MergerNotice};

/// The list; `withdrawn` right after one was taken back.
#[must_use]
pub fn allowed(shell: &Shell<'_>, apps: &[AllowedApp], withdrawn: bool) -> Response {
    let (mark, cookie) = shell.form_mark();
    let title = shell.looks.say("我同意过的应用", "Apps that I allowed");
    let body = html! {
        @if withdrawn {
            section.letter role="status" {
                p { b { (shell.looks.say("已收回。", "Taken back.")) } }
                p { (shell.looks.say(
                    "它不能再从一码读这些资料。已经读走的，它要删除，我们会通知它；它手里最长 5 分钟的通行证，别的系统可能还认。",
                    "It reads nothing more from Yima. It has to delete what it read, and is told so; a pass of at most 5 minutes \
                      in its hands may still be taken elsewhere.")) }
            }
        }
        h1.title { (title) }
        @if apps.is_empty() {
            section.letter { p { (shell.looks.say("还没有。", "None yet.")) } }
        }
        @for app in apps { (one(shell, app, &mark)) }
        p { a.btn href="/account" { (shell.looks.say("回到账户", "To my account")) } }
    };
    shell.page(title, None, cookie, &body)
}

fn for_whom(shell: &Shell<'_>, given: &ActingFor) -> String {
    let name = &given.name;
    match (given.kind, shell.looks.chinese) {
        ("guardian", true) => format!("替 {name} 同意的（我是监护人）"),
        ("guardian", false) => format!("Agreed to for {name}, as their guardian"),
        (_, true) => format!("替企业 {name} 同意的"),
        (_, false) => format!("Agreed to for the enterprise {name}"),
    }
}

fn one(shell: &Shell<'_>, app: &AllowedApp, mark: &str) -> Markup {
    let words = |name: &&str| {
        let (zh, en) = Claim::parse(name).map_or(("", ""), Claim::words);
        shell.looks.say(zh, en)
    };
    let claims: Vec<_> = app.claims.iter().map(words).collect();
    let active = app.state == "active";
    html! {
        section.letter {
            p.owner { (app.owner) }
            @for of in &app.mergers { (of_merger(shell, of, active)) }
            @if let Some(given) = &app.given_for { p { b { (for_whom(shell, given)) } } }
            @if app.by_guardian {
                p { b { (shell.looks.say("监护人替你同意的", "Your guardian agreed to it for you")) } }
            }
            p { (shell.looks.say(&app.name_zh, &app.name_en)) " · " (shell.looks.say(&app.purpose_zh, &app.purpose_en)) }
            p.note {
                @if claims.is_empty() {
                    (shell.looks.say("只给了它自己的代号", "Only its own pseudonym"))
                } @else {
                    (shell.looks.say("给了：", "Given: ")) (claims.join(shell.looks.say("、", ", ")))
                }
                @if app.offline { " · " (shell.looks.say("你离开后也能读", "Also when you have left")) }
            }
            @if !app.audiences.is_empty() {
                p.note { (shell.looks.say("还可以替你去这些单位的接口：", "It may also go to these organisations' interfaces for you:")) }
                ul { @for api in &app.audiences {
                    li { b { (api.owner) } br; small { bdi { (api.resource) } } }
                } }
            }
            p.note {
                (match app.state {
                    "active" => shell.looks.say("有效", "In force"),
                    "withdrawn" => shell.looks.say("已收回", "Taken back"),
                    _ => shell.looks.say("已到期", "Over"),
                })
            }
            @if let Some(deletion) = &app.deletion { (of_deletion(shell, deletion)) }
            @if active {
                form method="post" action="/account/apps" {
                    input type="hidden" name="id" value=(app.id);
                    input type="hidden" name="mark" value=(mark);
                    input type="hidden" name="lang" value=(shell.looks.say("zh", "en"));
                    button.btn.stop type="submit" { (shell.looks.say("收回", "Take back")) }
                }
            }
        }
    }
}

/// Who holds what was given from a day on, and that it can be taken back (rule R20).
pub(super) fn of_merger(shell: &Shell<'_>, of: &MergerNotice, active: bool) -> Markup {
    let say = |zh: &'static str, en: &'static str| shell.looks.say(zh, en);
    let day = moment(of.effect_at).split(' ').next().unwrap_or_default().to_owned();
    let text = match (of.in_force, shell.looks.chinese) {
        (true, true) => format!("{} 已于 {day} 并入 {}，资料由后者保管。", of.from, of.to),
        (true, false) => format!("{} went on in {} on {day}, which holds the data now.", of.from, of.to),
        (false, true) => format!("{} 将于 {day} 并入 {}，资料由后者保管。", of.from, of.to),
        (false, false) => format!("{} goes on in {} on {day}, which holds the data from then on.", of.from, of.to),
    };
    html! {
        div.note role="note" {
            p { b { (text) } }
            p {
                (say("联系：", "Contact: ")) bdi { (of.contact) }
                @if active { " · " (say("用途不变；不愿意就收回。", "What it is for stays; take it back if you do not want that.")) }
            }
        }
    }
}

/// Whether the app was told to delete, and what it says of it (rule R32).
fn of_deletion(shell: &Shell<'_>, deletion: &AppDeletion) -> Markup {
    let say = |zh: &'static str, en: &'static str| shell.looks.say(zh, en);
    let day = |at| moment(at).split(' ').next().unwrap_or_default().to_owned();
    // The end of its last working day is the first moment of the next.
    html! {
        p.note {
            @match (deletion.told_at, deletion.state) {
                (None, "waiting") => { (say("还没有通知到它删除", "It has not been reached yet to be told to delete")) }
                (Some(at), _) => { (say("已通知它删除：", "Told to delete: ")) (day(at)) }
                (None, _) => {}
            }
            @match (deletion.state, deletion.answered_at) {
                ("deleted", Some(at)) => { " · " b { (say("它说已经删除：", "It says that it deleted: ")) } (day(at)) }
                ("kept", Some(at)) => {
                    " · " b { (say("它说有一些必须留着：", "It says that it must keep some: ")) } (day(at))
                    @if let Some(why) = &deletion.why { br; bdi { (why) } }
                }
                _ if deletion.overdue => {
                    " · " b { (say("已过期限，它没有答复，平台已看到：", "Overdue without an answer, and the platform sees it: ")) }
                    (day(deletion.due_at - 1))
                }
                _ => { " · " (say("最迟答复：", "It has to answer by: ")) (day(deletion.due_at - 1)) }
            }
        }
    }
}
