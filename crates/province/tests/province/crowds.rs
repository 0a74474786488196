//! What too few share is not said, and benefits come out of a register once.

use crate::classmates::{check_digit, student};
use crate::town::{Town, import};
use yima_code::flags::{AgeBand, Flavour};
use yima_kernel::subject::{Actor, Role};
use yima_province::*;

#[tokio::test]
async fn what_too_few_share_is_not_said_and_the_counts_follow_the_residents() {
    let town = Town::with_classmates(5).await;
    let clerk = town.operator(Role::System).await;
    assert_eq!(town.province.holders(), (5, 10));
    let (_, elder) = town.device_of(&clerk, "11010519491231002X").await;
    let head = "370102199801010000";
    let (id, phone) = town.device_of(&clerk, &format!("{}{}", &head[..17], check_digit(&head[..17]))).await;

    assert_eq!(town.said(&phone, Disclosure::Benefit(None), 1).await.unwrap(), (1, student()), "five students");
    let band = town.said(&phone, Disclosure::AgeBand, 2).await.unwrap();
    assert_eq!(band, (1, Flavour::AgeBand(AgeBand::of_years(20))), "nine of that age");
    let alone = town.said(&elder, Disclosure::Benefit(Some(1)), 3).await;
    assert!(matches!(alone, Err(DeedError::TooFewHolders(_))), "one old man would be known by it: {alone:?}");
    assert!(matches!(town.said(&elder, Disclosure::AgeBand, 3).await, Err(DeedError::TooFewHolders(_))));
    assert_eq!(town.said(&elder, Disclosure::Plain, 3).await.unwrap(), (1, Flavour::Plain), "no number was used up");
    let home = town.province.home(&elder).await.unwrap();
    assert_eq!((home.flavours, home.benefits[0].drawable), (vec!["plain"], false));
    let home = town.province.home(&phone).await.unwrap();
    assert_eq!((home.flavours, home.benefits.len()), (vec!["plain", "age_band", "benefit"], 1));

    // One of the five goes: four are too few, with the next look at the counts.
    town.province.end_benefit(&clerk, &id, 2, "left school").await.unwrap();
    let wish = |until: &str| GiveBenefit { number: 2, from: None, until: until.into(), source: "register".into() };
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert!(matches!(town.said(&phone, Disclosure::Benefit(None), 4).await, Err(DeedError::NotHeld(_))));
    town.province.give_benefit(&clerk, &id, wish("2027-08-31")).await.unwrap();
    town.province.give_benefit(&clerk, &id, wish("2028-08-31")).await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(town.said(&phone, Disclosure::Benefit(None), 4).await.unwrap().1, student(), "counted once, not twice");
    let others = town.province.find_residents(&clerk, None, None, None).await.unwrap().items;
    let other = others.iter().find(|one| one.id != id).unwrap();
    for (to, left) in [(Standing::Suspend, 9), (Standing::Suspend, 9), (Standing::Resume, 10)] {
        town.province.change_standing(&clerk, &other.id, to, "story").await.unwrap();
        town.province.publish_bundle(&Actor::System).await.unwrap();
        assert_eq!(town.province.holders().1, left, "{to:?}");
    }
    town.province.report_death(&clerk, &other.id, "hospital", "story").await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(town.province.holders().1, 9, "who is reported dead hides nobody");
    town.province.undo_death(&clerk, &other.id, "story").await.unwrap();
    town.province.publish_bundle(&Actor::System).await.unwrap();
    assert_eq!(town.province.holders().1, 10, "and is there again when that is taken back");
}

#[tokio::test]
async fn a_rare_assurance_is_lowered_until_enough_share_it() {
    let mut town = Town::with_classmates(1).await;
    let better = "name,id_number\n赵小六,370102199002030016\n";
    let head = "37010219900203001";
    let better = better.replace("370102199002030016", &format!("{head}{}", check_digit(head)));
    let import = Import {
        reader: Box::new(std::io::Cursor::new(better.clone())),
        file_hash: yima_keys::sha256(&[better.as_bytes()]),
        format: Format::Csv,
        source: String::new(),
        signature: None,
        rejects: Box::new(std::io::sink()),
        proofing: 2,
    };
    assert_eq!(town.province.import_residents(&Actor::System, import, |_| {}).await.unwrap().total.inserted, 1);
    let clerk = town.operator(Role::System).await;
    let (_, phone) = town.device_of(&clerk, &format!("{head}{}", check_digit(head))).await;
    assert_eq!(town.said(&phone, Disclosure::Plain, 1).await.unwrap(), (2, Flavour::Plain), "the rule is off");
    town.province = town.province.with_min_holders(10);
    assert_eq!(town.said(&phone, Disclosure::Plain, 2).await.unwrap(), (1, Flavour::Plain), "like the ten others");
    assert_eq!(town.said(&phone, Disclosure::AgeBand, 3).await.unwrap().0, 1, "with nine others of that age");
    town.province = town.province.with_min_holders(100);
    assert_eq!(town.said(&phone, Disclosure::Plain, 4).await.unwrap(), (1, Flavour::Plain), "all eleven, and no fewer");
}

#[tokio::test]
async fn a_register_brings_benefits_once_and_never_back() {
    let town = Town::with_classmates(1).await;
    let clerk = town.operator(Role::System).await;
    let (id, _) = town.device_of(&clerk, "11010519491231002X").await;
    let held = async || town.province.resident(&clerk, &id).await.unwrap().benefits;
    let until =
        |rows: &[yima_province::Benefit]| rows.iter().map(|b| (b.number, b.until.clone(), b.state)).collect::<Vec<_>>();
    assert_eq!(until(&held().await), [(1, "2099-12-31".to_owned(), "held")]);
    let known = "name,id_number,benefits\n王明华,11010519491231002X,1:2060-01-01; 6:2020-05-05\n";
    assert_eq!(import(&town, known).await.total.duplicates, 1);
    let both = [(1, "2099-12-31".to_owned(), "held"), (6, "2020-05-05".to_owned(), "over")];
    assert_eq!(until(&held().await), both, "nothing is shortened, and what is over is over");
    town.province.end_benefit(&clerk, &id, 1, "moved away").await.unwrap();
    let again = "name,id_number,benefits\n王明华,11010519491231002X,1:2100-01-01;6:2099-01-01\n";
    import(&town, again).await;
    let ended = [(1, "2099-12-31".to_owned(), "ended"), (6, "2099-01-01".to_owned(), "held")];
    assert_eq!(until(&held().await), ended, "what an operator ended stays ended; the other lasts longer");
    let wrong = "name,id_number,benefits\n王明华,11010519491231002X,1:never\n";
    assert_eq!(import(&town, wrong).await.total.rejected, 1);
}
