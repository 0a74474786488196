//! Another screen that a phone signs in. It does not know how that came about.

use super::check::bilingual;
use yima_code::{Reason, Verdict};
use yima_province::{Near, ScreenRead, Text};
use yima_wire::screen as wire;

/// Which screen.
pub fn read(read: ScreenRead) -> wire::ScreenRead {
    wire::ScreenRead {
        browser: read.asked.label,
        region: read.asked.region.map(|region| region.name),
        app: read.asked.app.map(|(zh, en)| super::words(Text::new(zh, en))),
        near: match read.asked.near {
            Near::Here => "here",
            Near::Unsure => "unsure",
            Near::Far => "far",
        }
        .to_owned(),
        passkey: read.passkey.map(|asked| wire::ScreenAsk { ask: asked.ask, options: asked.options }),
    }
}

/// Whether it is let in, in the words of the code's verdict where it is not.
pub fn allowed(verdict: &Verdict) -> wire::ScreenAllowed {
    let said = yima_code::Words::of(verdict);
    wire::ScreenAllowed {
        allowed: verdict.is_valid(),
        reason: verdict.reason.map(Reason::as_str).map(str::to_owned),
        title: bilingual(said.title),
        advice: bilingual(said.advice),
    }
}
