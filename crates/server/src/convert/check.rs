//! Verdicts and resolved receipts. It does not know how they came about.

use yima_code::Form;
use yima_province::{Checked, Resolved, ShownFor};
use yima_wire::Words;
use yima_wire::check::{Also, ResolveAnswer, ShownPost, Verdict, Waits};

/// A verdict, with the words that people read.
pub fn verdict(checked: Checked) -> Verdict {
    let Checked { verdict, short, scenario, also, at, receipt, waits, shown_for } = checked;
    let (kind, shown_for, post) = match shown_for {
        Some(ShownFor::Enterprise(name)) => (Some("enterprise"), Some(name), None),
        Some(ShownFor::Person) => (Some("person"), None, None),
        Some(ShownFor::Officer(Some(post))) => {
            let words = super::words(yima_province::post_words(&post.role));
            (Some("officer"), Some(post.office), Some(ShownPost { role: post.role, words, deputy: post.deputy }))
        }
        Some(ShownFor::Officer(None)) => (Some("officer"), None, None),
        None => (None, None, None),
    };
    let said = yima_code::Words::of(&verdict);
    Verdict {
        verdict: verdict.kind.as_str().to_owned(),
        reason: verdict.reason.map(|reason| reason.as_str().to_owned()),
        title: bilingual(said.title),
        advice: bilingual(said.advice),
        form: if short { Some("short".to_owned()) } else { verdict.form.map(Form::as_str).map(str::to_owned) },
        scenario,
        also: also.into_iter().map(|(scenario, name)| Also { scenario, name: super::words(name) }).collect(),
        assurance: verdict.assurance,
        age_band: verdict.age_band,
        benefit: verdict.benefit,
        acting: verdict.acting,
        late: verdict.late,
        skew_min: i32::from(verdict.skew_min),
        shown_for,
        shown_for_kind: kind.map(str::to_owned),
        post,
        at,
        receipt: Some(receipt).filter(|receipt| !receipt.is_empty()),
        confirmation: waits.map(|waits| Waits { id: waits.id, until_at: waits.until_at }),
    }
}

/// A resolved receipt.
pub fn resolved(resolved: Resolved) -> ResolveAnswer {
    ResolveAnswer {
        pseudonym: resolved.pseudonym,
        bound_card: resolved.bound_card,
        attributes: resolved.attributes.into_iter().collect(),
        withheld: resolved.withheld,
        receipt: resolved.receipt,
    }
}

pub(super) fn bilingual(words: yima_code::Bilingual) -> Words {
    Words { zh: words.zh.to_string(), en: words.en.to_string() }
}
