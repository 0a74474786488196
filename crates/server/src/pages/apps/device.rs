//! Typing the code of a device, and what was decided. It does not know devices.

use super::shell::Shell;
use axum::response::Response;
use maud::html;

/// Asks for the code; `wrong` when the one before was none that waits.
#[must_use]
pub fn type_code(shell: &Shell<'_>, typed: &str, wrong: bool) -> Response {
    let (mark, cookie) = shell.form_mark();
    let title = shell.looks.say("在设备上登录", "Sign in on a device");
    let body = html! {
        form method="post" action="/account/device" {
            section.letter {
                h1 { (title) }
                p { (shell.looks.say("请输入电视、自助机屏幕上的 8 位字母。", "Type the 8 letters on the screen of the device.")) }
                @if wrong {
                    p.wrong role="alert" { (shell.looks.say("这个码不对，或已经用过、过期了。", "That code is wrong, used or over.")) }
                }
                label.field {
                    span { (shell.looks.say("设备上的码", "Code on the device")) }
                    input name="user_code" value=(typed) autocomplete="off" autocapitalize="characters" spellcheck="false" required;
                }
                input type="hidden" name="mark" value=(mark);
                input type="hidden" name="lang" value=(shell.looks.say("zh", "en"));
            }
            div.end {
                a.btn href="/" { (shell.looks.say("取消", "Cancel")) }
                button.btn.primary type="submit" { (shell.looks.say("下一步", "Go on")) }
            }
        }
    };
    shell.page(title, None, cookie, &body)
}

/// What was decided.
#[must_use]
pub fn decided(shell: &Shell<'_>, allowed: bool) -> Response {
    let title = if allowed {
        shell.looks.say("设备已登录", "The device is signed in")
    } else {
        shell.looks.say("没有让设备登录", "The device was not signed in")
    };
    let body = html! {
        section.letter {
            h1 { (title) }
            p { (shell.looks.say("可以看设备屏幕了。这一页可以关掉。", "Look at the device again. This page can be closed.")) }
        }
    };
    shell.page(title, None, None, &body)
}
