//! A town whose residents share little: ten, of whom half are students, and what a token of theirs is made to say.

use crate::town::{Town, import, key, public, today, town};
use yima_code::flags::{Benefit, Flavour};
use yima_code::token::IssuerPart;
use yima_kernel::subject::Actor;
use yima_keys::Suite;
use yima_province::*;

/// Ten of proofing 1; all but the first are 20 to 28 years old, and half of them are students.
pub fn classmates() -> String {
    let mut text = String::from("name,id_number,benefits\n王明华,11010519491231002X,1:2099-12-31\n");
    for (n, one) in (0u32..9).zip(demo::residents(3, 9)) {
        let head = format!("370102{}0101{n:03}", 1998 + n);
        let student = if n % 2 == 0 { "2:2026-09-01/2027-08-31" } else { "" };
        text.push_str(&format!("{},{head}{},{student}\n", one.name, check_digit(&head)));
    }
    text
}

/// GB 11643-1999.
pub fn check_digit(head: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

impl Town {
    pub async fn with_classmates(min_holders: u32) -> Self {
        let mut town = town().await;
        town.province = town.province.with_min_holders(min_holders);
        import(&town, classmates().leak()).await;
        town
    }

    /// A device of whoever has this ID number.
    pub async fn device_of(&self, clerk: &Actor, id_number: &str) -> (String, Actor) {
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
    pub async fn said(&self, phone: &Actor, says: Disclosure, request: u8) -> Result<(u8, Flavour), DeedError> {
        let wish = Draw { request_id: [request; 16], day: today(), t1: vec![(says, public(&key(request)))], t0: 0 };
        let drawn = self.province.draw_tokens(phone, wish).await?;
        let flags = IssuerPart::from_bytes(&drawn.tokens[0].1).unwrap().fields().flags;
        Ok((flags.assurance.level(), flags.flavour))
    }
}

pub fn student() -> Flavour {
    Flavour::Benefit(Benefit::new(2).unwrap())
}
