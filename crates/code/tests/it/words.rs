//! The words of every reason, and the table that pages are made from.

use crate::vectors::{current, pretty};
use std::collections::BTreeMap;
use yima_code::words::{MINUTES, for_reason, for_valid, verdict_word};
use yima_code::{Assurance, Flags, Form, Reason, Verdict, VerdictKind, Words};

#[derive(serde::Serialize)]
struct Said {
    verdict: &'static str,
    title: Both,
    advice: Both,
}

#[derive(serde::Serialize)]
struct Both {
    zh: &'static str,
    en: &'static str,
}

fn said(kind: VerdictKind, [title_zh, title_en, advice_zh, advice_en]: [&'static str; 4]) -> Said {
    let title = Both { zh: title_zh, en: title_en };
    Said { verdict: kind.as_str(), title, advice: Both { zh: advice_zh, en: advice_en } }
}

fn valid() -> Verdict {
    Verdict::valid(Form::T1, Flags::plain(Assurance::new(2).unwrap()))
}

#[test]
fn the_table_for_pages_is_current() {
    let kinds = [VerdictKind::Valid, VerdictKind::Refused, VerdictKind::CouldNotCheck];
    let verdicts: BTreeMap<_, _> = kinds
        .into_iter()
        .map(|kind| {
            let (zh, en) = verdict_word(kind);
            (kind.as_str(), Both { zh, en })
        })
        .collect();
    let good = |verdict: &Verdict| said(VerdictKind::Valid, for_valid(verdict));
    let valid = BTreeMap::from([
        ("plain", good(&valid())),
        ("late", good(&Verdict { late: true, ..valid() })),
        ("stale", good(&Verdict { stale: true, ..valid() })),
    ]);
    let reasons: BTreeMap<_, _> =
        Reason::ALL.iter().map(|reason| (reason.as_str(), said(reason.kind(), for_reason(*reason)))).collect();
    let table = serde_json::json!({
        "about": "The words for each verdict and reason; {minutes} is the size of skew_min.",
        "verdicts": verdicts, "valid": valid, "reasons": reasons,
    });
    current("reasons.json", &pretty(&table));
}

#[test]
fn every_reason_says_what_happened_and_what_to_do() {
    for reason in Reason::ALL {
        let words = for_reason(*reason);
        for text in words {
            assert!(!text.is_empty(), "{reason}");
            for banned in ["!", "！", "失败", "非法", "invalid", "error", "Error"] {
                assert!(!text.contains(banned), "{reason}: {text}");
            }
        }
        let [title_zh, title_en, advice_zh, advice_en] = words;
        let title_length = title_zh.replace(MINUTES, "10").chars().count();
        assert!(title_length <= 18 && advice_zh.chars().count() <= 32, "{reason}: a breath");
        assert!(title_en.is_ascii() && advice_en.is_ascii(), "{reason}");
        if reason.kind() == VerdictKind::CouldNotCheck && *reason != Reason::ServerError {
            assert!(advice_zh.contains("不是您的问题"), "{reason}: first say that it is not their fault");
        }
    }
}

#[test]
fn minutes_are_filled_in() {
    let slow = Verdict { skew_min: -3, ..Verdict::because(Reason::ClockSlow, Some(Form::T1)) };
    let words = Words::of(&slow);
    assert_eq!(words.title.zh, "这部手机慢了 3 分钟");
    assert_eq!(words.title.en, "This phone is 3 minutes slow");
    assert!(!words.advice.zh.contains(MINUTES));
    assert_eq!(Words::of(&valid()).title.en, "Valid");
}

#[test]
fn what_a_forger_could_learn_from_looks_alike() {
    let alike = [
        Reason::WrongKeyUse,
        Reason::SuiteMismatch,
        Reason::FlagsNotAllowed,
        Reason::WrongDay,
        Reason::BadIssuerSignature,
        Reason::BadHolderSignature,
    ];
    assert!(alike.iter().all(|reason| for_reason(*reason) == for_reason(alike[0])));
}

#[test]
fn names_come_back() {
    for reason in Reason::ALL {
        assert_eq!(Reason::from_name(reason.as_str()), Some(*reason));
    }
    assert_eq!(Reason::from_name("Malformed"), None);
}
