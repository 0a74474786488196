//! The law of officers' posts: which there are, how long a lease lasts without a word, and who may be whose deputy.
//! It does not know organisations or the store.

use crate::id::AccountId;

/// Without a word of the personnel system a post is over after so long, seconds (R17: 7 days).
pub const LEASE_S: i64 = 7 * 86_400;
/// A deputy acts at most so long, days (R17).
pub const DEPUTY_DAYS_MAX: i64 = 30;
/// Deputies of one officer at once.
pub const DEPUTIES_MAX: u8 = 5;

/// What somebody is in an organisation. A closed list: other rules ask for "another post" and must know what that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostRole {
    /// 窗口人员: meets people.
    Counter,
    /// 经办人: works on files.
    Handler,
    /// 审核人: looks at what a colleague prepared.
    Reviewer,
    /// 负责人: answers for the office.
    Head,
}

impl PostRole {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Counter, Self::Handler, Self::Reviewer, Self::Head];

    /// The word in the store and in the feed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Handler => "handler",
            Self::Reviewer => "reviewer",
            Self::Head => "head",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A post as a rule looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its person accepted it, and it has not ended.
    pub active: bool,
    /// Unix seconds; silence until then ends it.
    pub lease_until_s: i64,
    /// It is a deputy's.
    pub deputy: bool,
}

impl Held {
    /// May its person act in it, now? A deputy's post needs the officer's to stand as well.
    #[must_use]
    pub const fn stands(self, officer: Option<Self>, now_s: i64) -> bool {
        let own = self.active && now_s < self.lease_until_s;
        match (self.deputy, officer) {
            (false, _) => own,
            (true, Some(officer)) => own && !officer.deputy && officer.active && now_s < officer.lease_until_s,
            (true, None) => false,
        }
    }
}

/// A post as a decision reads it: whose it is, and what has to stand for it to be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPost {
    /// Whose.
    pub account: AccountId,
    /// The post itself.
    pub held: Held,
    /// The officer's, of a deputy's.
    pub officer: Option<Held>,
    /// Its organisation, and every one above it, is in good standing.
    pub office_stands: bool,
}

impl InPost {
    /// May its person act in it, now?
    #[must_use]
    pub const fn stands(&self, now_s: i64) -> bool {
        self.office_stands && self.held.stands(self.officer, now_s)
    }
}

/// Until when a deputy acts: so many days, never more than the law's; `None` for a number that can't be.
#[must_use]
pub const fn deputy_until_s(days: i64, now_s: i64) -> Option<i64> {
    if days < 1 || days > DEPUTY_DAYS_MAX { None } else { Some(now_s + days * 86_400) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r17_silence_ends_a_post_and_a_deputy_ends_with_it() {
        let officer = Held { active: true, lease_until_s: 100, deputy: false };
        let deputy = Held { active: true, lease_until_s: 200, deputy: true };
        let table = [
            (officer, None, 99, true),
            (officer, None, 100, false),
            (Held { active: false, ..officer }, None, 50, false),
            (deputy, Some(officer), 99, true),
            (deputy, Some(officer), 100, false),
            (deputy, None, 50, false),
            (deputy, Some(Held { active: false, ..officer }), 50, false),
            (deputy, Some(Held { deputy: true, ..officer }), 50, false),
            (Held { lease_until_s: 50, ..deputy }, Some(officer), 50, false),
        ];
        for (i, (post, of, now, expected)) in table.into_iter().enumerate() {
            assert_eq!(post.stands(of, now), expected, "row {i}");
        }
    }

    #[test]
    fn r17_a_deputy_acts_for_thirty_days_at_most() {
        let day = 86_400;
        for (days, expected) in [(0, None), (1, Some(day)), (30, Some(30 * day)), (31, None), (-1, None)] {
            assert_eq!(deputy_until_s(days, 0), expected, "{days}");
        }
    }
}
