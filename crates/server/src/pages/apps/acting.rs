//! For whom are you here: a button for oneself and one for each whom one may act for, all as large. And the page for a
//! child whose guardian has not agreed yet. They do not know who may act for whom.

use super::shell::Shell;
use axum::response::Response;
use maud::html;
use yima_province::{ActingFor, ActingPage, DevicePage};

/// The question.
#[must_use]
pub fn choose(shell: &Shell<'_>, page: &ActingPage) -> Response {
    let (mark, cookie) = shell.form_mark();
    let say = |zh: &'static str, en: &'static str| shell.looks.say(zh, en);
    let name = shell.looks.say(&page.name_zh, &page.name_en);
    let title = say("这次替谁办？", "Whom are you acting for?");
    let action = if page.ticket { "/oauth2/acting" } else { "/oauth2/for" };
    let body = html! {
        section.letter {
            div.rim aria-hidden="true" {}
            p.owner { (page.owner) }
            h1 { (title) }
            dl.terms {
                dt { (say("应用", "App")) }
                dd { (name) }
            }
            p { (say(
                "替人或替企业办的时候，应用会知道有人代办，看不到你自己的资料。双方的记录里都会写上。",
                "When you act for somebody or for an enterprise, the app is told so and sees nothing about yourself. Both records have it.")) }
        }
        form method="post" action=(action) {
            input type="hidden" name="request" value=(page.request);
            input type="hidden" name="lang" value=(say("zh", "en"));
            input type="hidden" name="mark" value=(mark);
            div.people {
                button.btn type="submit" name="whom" value="self" {
                    (if page.ticket { say("给自己办，回到应用", "For myself; back to the app") } else { say("给自己办", "For myself") })
                }
                @for (id, acting) in &page.people {
                    button.btn type="submit" name="whom" value=(id) { (whom(shell, acting)) }
                }
            }
            p.note { (say("代办的登录最长 5 分钟，委托或任命一结束就失效。",
                "Acting for somebody lasts five minutes at most, and ends with the mandate.")) }
        }
    };
    shell.page(title, None, cookie, &body)
}

/// For whom, in which role.
#[must_use]
pub fn whom(shell: &Shell<'_>, acting: &ActingFor) -> String {
    let name = &acting.name;
    match (acting.kind, shell.looks.chinese) {
        ("representative", true) => format!("替企业 {name} 办（我是法定代表人）"),
        ("representative", false) => format!("For the enterprise {name}, as its legal representative"),
        ("agent", true) => format!("替企业 {name} 办（我是经办人）"),
        ("agent", false) => format!("For the enterprise {name}, as its agent"),
        ("guardian", true) => format!("替 {name} 办（我是监护人）"),
        ("guardian", false) => format!("For {name}, as their guardian"),
        (_, true) => format!("替 {name} 办（我是代办人）"),
        (_, false) => format!("For {name}, as their helper"),
    }
}

/// A child under 14 whose guardian has not agreed to this app.
#[must_use]
pub fn guardian_first(shell: &Shell<'_>, back: &str) -> Response {
    let title = shell.looks.say("要先由监护人同意", "Your guardian agrees first");
    let body = html! {
        section.letter {
            h1 { (title) }
            p { (shell.looks.say(
                "你还不满 14 周岁，用不用这个应用由监护人定。",
                "You are not 14 yet, so your guardian decides whether you use this app.")) }
            p { (shell.looks.say(
                "请监护人自己登录这个应用，选“替你办”，看过要给的资料后同意。之后你就能登录了。",
                "Ask your guardian to sign in to this app, choose to act for you, and agree to what it asks for. Then you can sign in.")) }
            p { a.btn href=(back) { (shell.looks.say("回到应用", "Back to the app")) } }
        }
    };
    shell.page(title, None, None, &body)
}

/// A child under 14 who typed the code of a device: the one thing to press tells the device so.
pub(super) fn guardian_at_device(shell: &Shell<'_>, page: &DevicePage) -> Response {
    let (mark, cookie) = shell.form_mark();
    let title = shell.looks.say("你还不能让设备登录", "You can't sign a device in yet");
    let body = html! {
        form method="post" action="/account/device" {
            section.letter {
                p.owner { (page.consent.owner) }
                h1 { (title) }
                p { (shell.looks.say(
                    "你还不满 14 周岁，用不用这个应用由监护人定。在电视、自助机这样的设备上，监护人也不能替你登录。",
                    "You are not 14 yet, so your guardian decides whether you use this app. On a television or a kiosk nobody can sign in for you.")) }
                p { (shell.looks.say(
                    "可以请监护人用他们自己的账号在设备上登录；或者在手机、电脑上打开这个应用，先由监护人同意，你再登录。",
                    "Ask your guardian to sign in on the device as themselves; or open the app on a phone or computer, let your guardian agree first, and then sign in.")) }
                input type="hidden" name="user_code" value=(page.user_code);
                input type="hidden" name="mark" value=(mark);
                input type="hidden" name="lang" value=(shell.looks.say("zh", "en"));
            }
            div.end {
                button.btn.primary type="submit" name="answer" value="refuse" { (shell.looks.say("知道了，告诉设备", "I see; tell the device")) }
            }
        }
    };
    shell.page(title, None, cookie, &body)
}
