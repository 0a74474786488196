//! Asking for a correction or an explanation: what a person writes, and an officer decides. It does not know the officer.

use crate::Province;
use crate::error::DeedError;
use crate::rights::{RightsRow, written};
use serde::{Deserialize, Serialize};
use yima_kernel::deed::Deed;
use yima_kernel::rights::Right;
use yima_kernel::subject::Actor;
use yima_keys::person::{PersonName, Phone};

/// What may be corrected here. An ID number is corrected by the public security bureau, and comes with the register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Correctable {
    /// The name.
    Name,
    /// The telephone number.
    Phone,
    /// Where somebody is registered, GB/T 2260.
    Region,
}

/// What somebody wants corrected.
#[derive(Clone, Serialize, Deserialize)]
pub struct CorrectData {
    /// What.
    pub field: Correctable,
    /// To what.
    pub to: String,
    /// Why.
    pub why: String,
}

impl Correctable {
    /// Reads the word; `None` for what can't be corrected here.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "name" => Some(Self::Name),
            "phone" => Some(Self::Phone),
            "region" => Some(Self::Region),
            _ => None,
        }
    }
}

impl CorrectData {
    /// The value, if it can be one.
    pub(crate) fn checked(&self) -> Result<(), DeedError> {
        match self.field {
            Correctable::Name => PersonName::parse(&self.to)
                .map(drop)
                .map_err(|_| DeedError::invalid("to", "这不像一个姓名", "that is not a name as a register writes one")),
            Correctable::Phone => Phone::parse(&self.to)
                .map(drop)
                .map_err(|_| DeedError::invalid("to", "要 11 位手机号", "a mobile number has 11 digits")),
            Correctable::Region if self.to.len() == 6 && self.to.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
            Correctable::Region => {
                Err(DeedError::invalid("to", "要 6 位行政区划代码", "a region has 6 digits (GB/T 2260)"))
            }
        }
    }
}

impl Province {
    /// Asks for a correction; an officer decides it by evidence.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a value that can't be, [`DeedError::Conflict`] when one is under way, or under 14.
    pub async fn correct_data(&self, actor: &Actor, wish: CorrectData) -> Result<RightsRow, DeedError> {
        let wish = CorrectData { to: wish.to.trim().to_owned(), why: written("why", &wish.why)?, ..wish };
        wish.checked()?;
        let body = serde_json::to_value(&wish).map_err(DeedError::internal)?;
        let heavy = wish.field == Correctable::Phone;
        self.ask(actor, (Deed::CorrectData, Right::Correct, heavy), Some(&body)).await
    }

    /// Asks for the rules, or a decision, to be explained in writing.
    ///
    /// # Errors
    /// As [`Province::correct_data`].
    pub async fn explain_data(&self, actor: &Actor, question: &str) -> Result<RightsRow, DeedError> {
        let body = serde_json::json!({ "question": written("question", question)? });
        self.ask(actor, (Deed::ExplainData, Right::Explain, false), Some(&body)).await
    }

    /// Asks for deletion: a week in which any device stops it, then it is done and nothing brings it back.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] when one is under way, or under 14.
    pub async fn delete_data(&self, actor: &Actor) -> Result<RightsRow, DeedError> {
        self.ask(actor, (Deed::DeleteData, Right::Delete, true), None).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_corrected_and_to_what() {
        let wish = |field, to: &str| CorrectData { field, to: to.to_owned(), why: "why".to_owned() };
        for (field, to, good) in [
            (Correctable::Name, "王明华", true),
            (Correctable::Name, "", false),
            (Correctable::Phone, "13800138000", true),
            (Correctable::Phone, "1380013800", false),
            (Correctable::Region, "370102", true),
            (Correctable::Region, "3701", false),
            (Correctable::Region, "37010a", false),
        ] {
            assert_eq!(wish(field, to).checked().is_ok(), good, "{field:?} {to}");
        }
        for word in ["id_number", "state", "proofing", ""] {
            assert_eq!(Correctable::parse(word), None, "{word}");
        }
    }
}
