//! What one code may mean at a scenario that carries others; `vectors/merge.json` says it for every language.

use crate::vectors::{current, pretty, rule_json};
use serde_json::{Value, json};
use yima_code::flags::{AgeBand, Assurance, Benefit, Flags, Flavour};
use yima_code::merge::{also, may_carry};
use yima_code::rule::{AgeSpan, FlavourKind, FlavourNeeded, Forms, Level, OfflineRule, OnStale, ScenarioRule};
use yima_code::{Bilingual, Form, Reason, Verdict};

/// One row: a name, the carrying rule, the carried one, the verdict, and whether it is carried.
type Row = (&'static str, ScenarioRule, ScenarioRule, Verdict, bool);

fn bus() -> ScenarioRule {
    let low = ScenarioRule::low(1, "bus", Bilingual::new("公交", "bus"));
    let offline = OfflineRule { stale_bundle_s: 3_600, stale_status_s: 3_600, on_stale: OnStale::AcceptMarked };
    ScenarioRule { merged: vec![9], again_after_s: Some(600), late_s: 3_600, t2_day_cap: Some(4), offline, ..low }
}

fn elder() -> ScenarioRule {
    let flavour = FlavourNeeded { kind: FlavourKind::AgeBand, accepted: 0b1_1100_0000 };
    ScenarioRule {
        id: 9,
        slug: "elder".to_owned(),
        merged: Vec::new(),
        any_scenario: true,
        any_site: true,
        assurance_min: 1,
        flavour,
        ..bus()
    }
}

fn student() -> ScenarioRule {
    ScenarioRule { flavour: FlavourNeeded { kind: FlavourKind::Benefit, accepted: 0b100 }, ..elder() }
}

fn shown(flavour: Flavour) -> Verdict {
    let flags = Flags { assurance: Assurance::new(2).unwrap(), attested: false, flavour };
    Verdict::valid(Form::T1, flags)
}

fn aged(band: u8) -> Verdict {
    shown(Flavour::AgeBand(AgeBand::new(band).unwrap()))
}

fn of_the_verdict() -> Vec<Row> {
    let benefit = |n| shown(Flavour::Benefit(Benefit::new(n).unwrap()));
    let every = ScenarioRule { flavour: FlavourNeeded { kind: FlavourKind::AgeBand, accepted: 0 }, ..elder() };
    let no_paper = ScenarioRule { forms: Forms::NONE.with(Form::T1), ..elder() };
    let paper = Verdict { form: Some(Form::T2), ..aged(7) };
    let fresh =
        ScenarioRule { offline: OfflineRule { on_stale: OnStale::CouldNotCheck, ..elder().offline }, ..elder() };
    let sure = ScenarioRule { assurance_min: 3, ..elder() };
    vec![
        ("an elder boards", bus(), elder(), aged(7), true),
        ("too young for the benefit", bus(), elder(), aged(5), false),
        ("every band counts where none is named", bus(), every, aged(1), true),
        ("a plain code boards and says no more", bus(), elder(), shown(Flavour::Plain), false),
        ("a guardian's code discloses no age", bus(), elder(), shown(Flavour::Acting), false),
        ("a benefit is no age", bus(), elder(), benefit(2), false),
        ("a student boards", bus(), student(), benefit(2), true),
        ("another benefit", bus(), student(), benefit(3), false),
        ("paper, where both take it", bus(), elder(), paper, true),
        ("paper, where the carried one does not take it", bus(), no_paper, paper, false),
        ("an old list, where the carried one admits by it", bus(), elder(), Verdict { stale: true, ..aged(7) }, true),
        ("an old list, where it does not", bus(), fresh, Verdict { stale: true, ..aged(7) }, false),
        ("an old code, marked", bus(), elder(), Verdict { late: true, ..aged(7) }, true),
        ("a lower assurance than the carried one asks for", bus(), sure, aged(7), false),
        ("a refused code means nothing", bus(), elder(), Verdict::because(Reason::Replayed, Some(Form::T1)), false),
    ]
}

fn of_the_rules() -> Vec<Row> {
    let with = |change: fn(&mut ScenarioRule)| {
        let mut rule = elder();
        change(&mut rule);
        rule
    };
    let bus_with = |change: fn(&mut ScenarioRule)| {
        let mut rule = bus();
        change(&mut rule);
        rule
    };
    let no = |name, other| (name, bus(), other, aged(7), false);
    vec![
        no("the carried one takes no codes of other scenarios", with(|r| r.any_scenario = false)),
        no("the carried one is above low", with(|r| r.level = Level::Medium)),
        no("the carried one is attended, the bus is not", with(|r| r.attended = true)),
        no("a narrower age of codes", with(|r| r.age = AgeSpan { min_s: -15, max_s: 45 })),
        no("no old codes there", with(|r| r.late_s = 0)),
        no("a longer pause there", with(|r| r.again_after_s = Some(601))),
        no("once only there", with(|r| r.again_after_s = None)),
        no("fewer paper uses there", with(|r| r.t2_day_cap = Some(3))),
        no("fresher bundles there", with(|r| r.offline.stale_bundle_s = 3_599)),
        no("fresher lists there", with(|r| r.offline.stale_status_s = 3_599)),
        no("a scenario that asks for nothing has no further meaning", with(|r| r.flavour = FlavourNeeded::NOTHING)),
        no("one that asks for a guardian", with(|r| r.flavour.kind = FlavourKind::Acting)),
        ("the bus names nobody", bus_with(|r| r.merged.clear()), elder(), aged(7), false),
        ("the bus names another", bus_with(|r| r.merged = vec![8]), elder(), aged(7), false),
        ("the bus is above low", bus_with(|r| r.level = Level::Medium), elder(), aged(7), false),
        (
            "any site at the bus, one site there",
            bus_with(|r| r.any_site = true),
            with(|r| r.any_site = false),
            aged(7),
            false,
        ),
        ("an attended bus may", bus_with(|r| r.attended = true), with(|r| r.attended = true), aged(7), true),
        ("once only at the bus", bus_with(|r| r.again_after_s = None), with(|r| r.again_after_s = None), aged(7), true),
    ]
}

fn rule_with_merged(rule: &ScenarioRule) -> Value {
    let mut json = rule_json(rule);
    json["merged"] = json!(rule.merged);
    json
}

#[test]
fn one_showing_has_the_meanings_that_it_may_have() {
    let rows: Vec<Row> = of_the_verdict().into_iter().chain(of_the_rules()).collect();
    let mut vectors = Vec::new();
    for (name, rule, other, verdict, carried) in &rows {
        let carries = also(verdict, rule, |id| (id == other.id).then_some(other));
        assert_eq!(!carries.is_empty(), *carried, "{name}");
        assert!(!carried || may_carry(rule, other), "{name}");
        vectors.push(json!({
            "name": name, "rule": rule_with_merged(rule), "other": rule_with_merged(other), "carried": carried,
            "verdict": {
                "verdict": verdict.kind.as_str(), "form": verdict.form.map(Form::as_str),
                "assurance": verdict.assurance, "age_band": verdict.age_band, "benefit": verdict.benefit,
                "acting": verdict.acting, "late": verdict.late, "stale": verdict.stale,
            },
        }));
    }
    let about =
        "Whether a verdict under `rule` has the meaning of `other` too. See docs/spec/resident-code.md, part 8.";
    current("merge.json", &pretty(&json!({ "about": about, "vectors": vectors })));
}

#[test]
fn a_number_without_a_rule_is_left_out() {
    let rule = ScenarioRule { merged: vec![9, 11], ..bus() };
    assert!(also(&aged(7), &rule, |_| None).is_empty());
    let elder = elder();
    let found = also(&aged(7), &rule, |id| (id == 9).then_some(&elder));
    assert_eq!(found.iter().map(|r| r.id).collect::<Vec<_>>(), [9]);
}
