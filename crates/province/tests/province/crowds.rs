//! What too few share is not said, and benefits come out of a register once.

use crate::town::{Town, import, key, public, today, town};
use yima_code::flags::{AgeBand, Benefit, Flavour};
use yima_code::token::IssuerPart;
use yima_kernel::subject::{Actor, Role};
use yima_keys::Suite;
use yima_province::*;

/// Ten of proofing 1; all but the first are 20 to 28 years old, and half of them are students.
fn classmates() -> String {
    let mut text = String::from("name,id_number,benefits\n王明华,11010519491231002X,1:2099-12-31\n");
    for (n, one) in (0u32..9).zip(demo::residents(3, 9)) {
        let head = format!("370102{}0101{n:03}", 1998 + n);
        let student = if n % 2 == 0 { "2:2026-09-01/2027-08-31" } else { "" };
        text.push_str(&format!("{},{head}{},{student}\n", one.name, check_digit(&head)));
    }
    text
}

/// GB 11643-1999.
fn check_digit(head: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

impl Town {
    async fn with_classmates(min_holders: u32) -> Self {
        let mut town = town().await;
        town.province = town.province.with_min_holders(min_holders);
        import(&town, classmates().leak()).await;
        town
    }

    /// A device of whoever has this ID number.
    async fn device_of(&self, clerk: &Actor, id_number: &str) -> (String, Actor) {
        let people = self.province.find_residents(clerk, Some(id_number), None, None).await.unwrap();
        let id = people.items[0].id.clone();
        let (code, _) = self.province.issue_enrolment_code(clerk, &id).await.unwrap();
        let wish = Enrol {
            proof: EnrolProof::Code(code),
            suite: Suite::Es256,
            public_key: public(&key(200)),
            label: "手机".into(),
        };
        let enrolled = self.province.enrol_device(wish).await.unwrap();
        (id, self.province.device(&enrolled.device_id).await.unwrap().unwrap().actor)
    }

    /// Assurance and flavour of a token that is drawn to say this.
    async fn said(&self, phone: &Actor, says: Disclosure, request: u8) -> Result<(u8, Flavour), DeedError> {
        let wish = Draw { request_id: [request; 16], day: today(), t1: vec![(says, public(&key(request)))], t0: 0 };
        let drawn = self.province.draw_tokens(phone, wish).await?;
        let flags = IssuerPart::from_bytes(&drawn.tokens[0].1).unwrap().fields().flags;
        Ok((flags.assurance.level(), flags.flavour))
    }
}

pub fn student() -> Flavour {
    Flavour::Benefit(Benefit::new(2).unwrap())
}

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
