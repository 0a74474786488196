//! Consents: what a resident agreed to, for which scenario, until when. It does not know who stores them.

use crate::id::ConsentId;

/// A consent as the decision reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Which consent.
    pub id: ConsentId,
    /// Number of the scenario it is for.
    pub scenario: u16,
    /// Attribute names agreed to.
    pub attributes: Vec<String>,
    /// Unix seconds; from this second on it counts.
    pub from_s: i64,
    /// Unix seconds; from this second on it no longer counts.
    pub until_s: i64,
}

impl Consent {
    /// Does it allow this attribute at this scenario now?
    #[must_use]
    pub fn allows(&self, scenario: u16, attribute: &str, now_s: i64) -> bool {
        self.scenario == scenario
            && self.from_s <= now_s
            && now_s < self.until_s
            && self.attributes.iter().any(|a| a == attribute)
    }
}
