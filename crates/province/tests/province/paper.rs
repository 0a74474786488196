//! Codes on paper: printed, read back, revoked, with a benefit, and under new keys.

use crate::town::{NOON, PEOPLE, Town, import, printed_digits, refused, today, town};
use yima_code::day::Day;
use yima_code::token::{Form, T0};
use yima_code::{Reason, VerdictKind};
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::*;

#[tokio::test]
async fn a_paper_card_is_taken_until_it_is_revoked() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let people = town.province.find_residents(&clerk, None, None, None).await.unwrap();
    let card = town.province.issue_card(&clerk, &people.items[0].id, CardKind::Card).await.unwrap();
    let pdf = town.province.card_pdf(&clerk, &card.id, None).await.unwrap();
    let digits = printed_digits(&pdf);
    let first = town.check(&digits).await;
    assert!(first.is_valid(), "{first:?}");
    let wish = CheckCode { digits: digits.clone(), challenge: None };
    let shown = town.province.check_code(&town.gate, wish).await.unwrap();
    let bound = town.province.bind_card(&town.gate, &shown.receipt, "L0042").await;
    assert!(matches!(bound, Err(DeedError::Invalid { field: "receipt", .. })), "paper may have been found");
    for _ in 2..6 {
        assert!(town.check(&digits).await.is_valid(), "the bus takes a card six times a day");
    }
    assert_eq!(refused(&town.check(&digits).await), Some(Reason::CapReached));
    town.province.revoke_card(&clerk, &card.id, "lost").await.unwrap();
    assert_eq!(refused(&town.check(&digits).await), Some(Reason::CardRevoked));
    assert!(matches!(town.province.card_pdf(&clerk, &card.id, None).await, Err(DeedError::Conflict(_))));
}

/// What the issuer signs of a paper code: form, suites, kid, list, index, expiry, flags.
fn t2_fields(digits: &str) -> Vec<u8> {
    yima_code::token::Presented::from_digits(digits).unwrap().to_bytes()[..15].to_vec()
}

#[tokio::test]
async fn paper_keys_rotate_at_once_and_a_card_is_printed_again_under_its_own() {
    let town = town().await;
    import(&town, PEOPLE).await;
    let clerk = town.operator(Role::System).await;
    let keeper = town.operator(Role::Security).await;
    let people = town.province.find_residents(&clerk, None, None, None).await.unwrap();
    let card = town.province.issue_card(&clerk, &people.items[0].id, CardKind::Card).await.unwrap();
    let printed = printed_digits(&town.province.card_pdf(&clerk, &card.id, None).await.unwrap());
    for _ in 0..2 {
        town.clock.advance(1);
        town.province.rotate_keys(&Actor::System, Suite::Es256, "drill").await.unwrap();
        town.province.publish_bundle(&keeper).await.unwrap();
    }
    let paper = town.province.keys(&keeper).await.unwrap().into_iter().filter(|k| k.purpose == "t2").count();
    assert_eq!(paper, 4, "one of each suite, and two new ones");
    let again = town.province.card_pdf(&clerk, &card.id, None).await.unwrap();
    let (again, once) = (printed_digits(&again), printed);
    assert_eq!(t2_fields(&again), t2_fields(&once), "the same card under the key that it was issued with");
    assert!(town.check(&again).await.is_valid());
    let fresh = town.province.issue_card(&clerk, &people.items[0].id, CardKind::Card).await.unwrap();
    let fresh = printed_digits(&town.province.card_pdf(&clerk, &fresh.id, None).await.unwrap());
    assert_ne!(t2_fields(&fresh)[2..6], t2_fields(&again)[2..6], "another kid");
}

#[tokio::test]
async fn paper_says_a_benefit_for_as_long_as_it_is_true_and_ends_with_it() {
    let town = Town::with_classmates(1).await;
    let clerk = town.operator(Role::System).await;
    let (id, _) = town.device_of(&clerk, "11010519491231002X").await;
    let issue = async |says| town.province.issue_card_saying(&clerk, &id, CardKind::Card, says).await;
    let plain = issue(Disclosure::Plain).await.unwrap();
    assert_eq!((plain.says, plain.expires.as_str()), (None, "2027-11"), "twelve months");
    let band = issue(Disclosure::AgeBand).await.unwrap();
    assert_eq!(band.says.unwrap().en, "70 to 79");
    assert_eq!(band.expires, "2027-11", "eighty in December 2029");
    assert!(matches!(issue(Disclosure::Benefit(Some(2))).await, Err(DeedError::NotHeld(_))));
    let give = async |until: &str| {
        let wish = GiveBenefit { number: 2, from: None, until: until.into(), source: "pass".into() };
        town.province.give_benefit(&clerk, &id, wish).await.unwrap()
    };
    for (until, last) in [("2027-08-31", "2027-08"), ("2027-08-30", "2027-07"), ("2031-01-01", "2027-11")] {
        give(until).await;
        assert_eq!(issue(Disclosure::Benefit(Some(2))).await.unwrap().expires, last, "{until}");
    }
    give("2026-11-29").await;
    assert!(matches!(issue(Disclosure::Benefit(Some(2))).await, Err(DeedError::Conflict(_))), "no whole month is left");
    give("2026-11-30").await;
    let card = issue(Disclosure::Benefit(Some(2))).await.unwrap();
    assert_eq!((card.expires.as_str(), card.says.unwrap().en.as_str()), ("2026-11", "student benefit"));
    let digits = printed_digits(&town.province.card_pdf(&clerk, &card.id, None).await.unwrap());
    let valid = town.check(&digits).await;
    assert!(valid.is_valid() && valid.benefit == 2, "{valid:?}");
    let again = town.province.replace_card(&clerk, &card.id).await.unwrap();
    assert_eq!(again.says.map(|words| words.zh), Some("学生优待".to_owned()), "a new card says what the old one said");
    town.province.end_benefit(&clerk, &id, 2, "left school").await.unwrap();
    let rows = town.province.resident(&clerk, &id).await.unwrap().cards;
    let active = rows.iter().filter(|c| c.state == "active");
    let mut active: Vec<_> = active.map(|c| c.says.clone().map(|w| w.en)).collect();
    active.sort();
    assert_eq!(active, [None, Some("70 to 79".to_owned())], "only what says the benefit is revoked");
    assert!(matches!(town.province.replace_card(&clerk, &again.id).await, Err(DeedError::NotHeld(_))));
}

#[tokio::test]
async fn elders_are_taken_at_their_bench_on_paper_by_phone_and_by_word() {
    let town = Town::with_classmates(1).await;
    let (clerk, keeper) = (town.operator(Role::System).await, town.operator(Role::Security).await);
    let elder = include_str!("../../../../scenarios/elder.toml");
    let version = town.province.propose_scenario(&clerk, elder).await.unwrap().version;
    town.province.review_scenario(&keeper, "elder", version, true, "read it").await.unwrap();
    town.province.publish_bundle(&keeper).await.unwrap();
    let new = NewPlace { name: Text::new("优待窗口", "Bench"), scenario: "elder".into(), region: "370102".into() };
    let site = town.province.add_place(&clerk, new).await.unwrap().site;
    let made = town.province.add_gate(&clerk, "优待窗口", site).await.unwrap();
    let desk = town.province.gate(&made.key).await.unwrap().unwrap();
    let check = async |digits: &str| {
        let wish = CheckCode { digits: digits.into(), challenge: None };
        town.province.check_code(&desk, wish).await.unwrap().verdict
    };
    let (id, phone) = town.device_of(&clerk, "11010519491231002X").await;
    let card = town.province.issue_card_saying(&clerk, &id, CardKind::Card, Disclosure::AgeBand).await.unwrap();
    let digits = printed_digits(&town.province.card_pdf(&clerk, &card.id, None).await.unwrap());
    let seen = check(&digits).await;
    assert_eq!((seen.kind, seen.age_band, seen.form), (VerdictKind::Valid, 7, Some(Form::T2)), "{seen:?}");
    let number = town.province.take_short_number(&phone, "elder", None).await.unwrap().number;
    let seen = check(&number).await;
    assert_eq!((seen.kind, seen.age_band), (VerdictKind::Valid, 7), "the register answers for a spoken number");
    let wish = Draw { request_id: [9; 16], day: today(), t1: vec![], t0: 2 };
    let t0 = town.province.draw_tokens(&phone, wish).await.unwrap().t0;
    let step = T0::step_at(Day(today()), u32::try_from(NOON).unwrap());
    let for_the_bench = T0::make(Suite::Es256, &t0[0].1, t0[0].0, step, 9, site).to_digits();
    assert_eq!(check(&for_the_bench).await.age_band, 7);
    let for_anybody = T0::make(Suite::Es256, &t0[1].1, t0[1].0, step, 0, 0).to_digits();
    assert_eq!(refused(&check(&for_anybody).await), Some(Reason::FlavourNeeded), "not shown to say an age");
}
