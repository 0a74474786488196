//! The consent letter: who asks, what for, until when; then a line a claim. Yes and no are as large and as near.
//! It does not know what follows from either.

use super::acting::{guardian_at_device, whom};
use super::allowed::of_merger;
use super::shell::Shell;
use axum::response::Response;
use maud::{Markup, html};
use yima_province::{ConsentClaim, ConsentPage, DevicePage};

/// The page for a request that came with the browser.
#[must_use]
pub fn consent(shell: &Shell<'_>, page: &ConsentPage) -> Response {
    letter(shell, page, ("/oauth2/consent", "request"), &html! {})
}

/// The page for a device that shows this code: they compare it once more. A child under 14 is told who signs in there.
#[must_use]
pub fn consent_device(shell: &Shell<'_>, page: &DevicePage) -> Response {
    if page.guardian_first {
        return guardian_at_device(shell, page);
    }
    let compare = html! {
        p.owner { (shell.looks.say("设备屏幕上是这个码吗？", "Does the device show this code?")) }
        p.usercode { code { (page.user_code) } }
        @if let Some(region) = &page.region {
            p { (shell.looks.say("设备所在的地方（按网络看）：", "Where the device is, by its network: ")) b { bdi { (region) } } }
        }
        p { (shell.looks.say(
            "只有你面前的设备、你自己刚刚要登录的，才同意。别人发来的码一律不同意。",
            "Agree only for a device in front of you that you are signing in to yourself, never for a code that somebody sent you.")) }
    };
    letter(shell, &page.consent, ("/account/device", "user_code"), &compare)
}

fn letter(shell: &Shell<'_>, page: &ConsentPage, (action, carries): (&str, &str), first: &Markup) -> Response {
    let (mark, cookie) = shell.form_mark();
    let say = |zh: &'static str, en: &'static str| shell.looks.say(zh, en);
    let name = shell.looks.say(&page.name_zh, &page.name_en);
    let many = page.claims.len();
    let enterprise = page.acting_for.as_ref().is_some_and(|acting| matches!(acting.kind, "agent" | "representative"));
    let title = match (shell.looks.chinese, many) {
        (true, n) if enterprise && n > 0 => format!("{name}想看这家企业的 {n} 项资料"),
        (true, _) if enterprise => format!("{name}想让你代企业办事"),
        (false, n) if enterprise && n > 0 => format!("{name} asks for {n} items about this enterprise"),
        (false, _) if enterprise => format!("{name} asks you to act for this enterprise"),
        (true, 0) if page.acting_for.is_some() => format!("{name}想让你代人办事"),
        (true, n) if page.acting_for.is_some() => format!("{name}想看这个人的 {n} 项数据"),
        (false, 0) if page.acting_for.is_some() => format!("{name} asks you to act for somebody"),
        (false, n) if page.acting_for.is_some() => format!("{name} asks for {n} items about them"),
        (true, 0) => format!("{name}想让你登录"),
        (true, n) => format!("{name}想看你的 {n} 项数据"),
        (false, 0) => format!("{name} asks you to sign in"),
        (false, 1) => format!("{name} asks for 1 item"),
        (false, n) => format!("{name} asks for {n} items"),
    };
    let body = html! {
        section.letter {
            div.rim aria-hidden="true" {}
            (first)
            @if let Some(acting) = &page.acting_for {
                p.owner role="note" { (whom(shell, acting)) }
            }
            p.owner { (page.owner) }
            @for of in &page.mergers { (of_merger(shell, of, false)) }
            h1 { (title) }
            dl.terms {
                dt { (say("应用", "App")) }
                dd.app {
                    @if let Some(logo) = &page.logo {
                        // The name stands beside it: a picture says nothing of its own.
                        img.logo src=(format!("/oauth2/logo/{logo}")) width="40" height="40" alt="";
                    }
                    span { (name) }
                }
                dt { (say("用来", "For")) }
                dd { b { (shell.looks.say(&page.purpose_zh, &page.purpose_en)) } }
                dt { (say("期限", "Until")) }
                dd { (until(shell, page)) }
                @if !page.host.is_empty() {
                    dt { (say("回到", "Back to")) }
                    dd { bdi { (page.host) } }
                }
            }
        }
        form method="post" action=(action) {
            input type="hidden" name=(carries) value=(page.request);
            input type="hidden" name="shown" value=(page.shown);
            input type="hidden" name="lang" value=(say("zh", "en"));
            input type="hidden" name="mark" value=(mark);
            @if many > 0 {
                fieldset.ask {
                    legend { (say("每一项都写出真正给出去的值", "Each item shows what would really be given")) }
                    @for claim in &page.claims { (line(shell, claim)) }
                }
            }
            @if !page.audiences.is_empty() { (audiences(shell, page)) }
            p.note {
                @if page.claims.iter().all(|claim| !claim.sensitive) {
                    @if enterprise {
                        (say("它只拿到它自己给企业的代号和登记上公开的资料；它会知道有人代办，办哪些事项、金额上限多少，看不到你自己的资料。",
                            "It gets a pseudonym of its own for the enterprise and what the register says publicly; it is told that somebody acts, in which services and up to what amount, and nothing about yourself."))
                    } @else if page.acting_for.is_some() {
                        (say("它只拿到它自己给的代号，不会拿到身份证号；它会知道是监护人代为同意和操作的。",
                            "It gets pseudonyms of its own and no ID number; it is told that a guardian agreed and acts."))
                    } @else {
                        (say("它只拿到它自己给你的代号，不会拿到你的身份证号。", "It gets a pseudonym of its own for you, and not your ID number."))
                    }
                }
                @if page.offline {
                    (say("人离开以后，它还能继续读上面这些项，直到期限或收回。",
                        " It may go on reading these items when nobody is there, until the end above or until it is taken back."))
                }
                @if enterprise {
                    (say("你随时可以在账户页收回；你的任命一结束，它也就失效。",
                        " You can take it back on your account page at any time, and it ends with your appointment."))
                } @else if page.acting_for.is_some() {
                    (say("孩子自己随时可以收回；你的监护授权一结束，它也就失效。",
                        " The child can take it back at any time, and it ends with your mandate."))
                } @else {
                    (say("随时可以收回。", " You can take it back at any time."))
                }
            }
            div.end {
                button.btn type="submit" name="answer" value="refuse" formnovalidate { (say("不同意", "Refuse")) }
                button.btn.primary type="submit" name="answer" value="allow" {
                    @if many > 0 { (say("同意选中的", "Agree to what is chosen")) } @else { (say("同意", "Agree")) }
                }
            }
        }
    };
    shell.page(&title, None, cookie, &body)
}

/// Where else the app may go for them: each of these organisations knows them by a pseudonym of its own.
fn audiences(shell: &Shell<'_>, page: &ConsentPage) -> Markup {
    let say = |zh: &'static str, en: &'static str| shell.looks.say(zh, en);
    html! {
        section.ask.also aria-labelledby="audiences" {
            h2 id="audiences" { (say("它还可以替你去这些单位的接口", "It may also go to these organisations' interfaces for you")) }
            ul {
                @for one in &page.audiences {
                    li { b { (one.owner) } br; small { bdi { (one.resource) } } }
                }
            }
            p { (say("每个单位认你用的是它自己的代号，和这个应用的对不上；收回以后，这些单位那里马上也不算数。",
                "Each of them knows you by a pseudonym of its own that does not match this app's; once you take it back, it counts there no more, at once.")) }
        }
    }
}

fn until(shell: &Shell<'_>, page: &ConsentPage) -> String {
    let days = page.days;
    if shell.looks.chinese { format!("{days} 天后自动停") } else { format!("Ends by itself after {days} days") }
}

fn line(shell: &Shell<'_>, claim: &ConsentClaim) -> Markup {
    let say = |zh: &'static str, en: &'static str| shell.looks.say(zh, en);
    let name = format!("c_{}", claim.name);
    html! {
        div.claim {
            div {
                b { (shell.looks.say(claim.zh, claim.en)) }
                @if claim.sensitive { span.tag { (say("敏感", "Sensitive")) } }
                small { (say("会给出：", "Would give: ")) bdi { (claim.value) } }
                small { (shell.looks.say(&claim.why_zh, &claim.why_en)) }
            }
            @if claim.required && !claim.sensitive {
                span.must { (say("必需", "Needed")) input type="hidden" name=(name) value="give"; }
            } @else {
                div.pick role="radiogroup" aria-label=(shell.looks.say(claim.zh, claim.en)) {
                    label { input type="radio" name=(name) value="give" required; (say("给", "Give")) }
                    label.no { input type="radio" name=(name) value="keep" required; (say("不给", "Keep")) }
                }
            }
        }
    }
}
