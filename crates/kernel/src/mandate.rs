//! Mandates (授权关系): who may act for whom, in what, until when. Pure law: time and birth dates come in as arguments.
//! It does not know names, devices, or where an edge is stored.

mod age;
mod chain;
mod enterprise;
mod grant;
mod state;

pub use age::{AgeRule, Begins, Birth};
pub use chain::{CHAIN_MAX, TooWide, in_force_along, narrows};
pub use enterprise::{
    APPOINTED_LONGEST_S, Acting, CONFIRM_WORKING_DAYS, ForEnterprise, Link, NotAppointed, NotFor, OFFER_S,
    REPRESENTS_LONGEST_S, Stands, appointed,
};
pub use grant::{CONSENT_LAPSES_S, COURT_LONGEST_S, Evidence, Granted, HELPER_LONGEST_S, NoMandate, Wish, granted};
pub use state::{State, Step, UNDO_S, WrongStep};

use crate::id::{AccountId, EdgeId};

/// What sort of mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 监护人: of a child, or of an adult by a court's order.
    Guardian,
    /// 代办人: chosen by an elder, for a few everyday things.
    Helper,
    /// 企业经办人: acts for an enterprise.
    Agent,
    /// 法定代表人: the enterprise's legal representative.
    Representative,
    /// 代理人: stands in for an officer.
    Deputy,
    /// 近亲属: of somebody who died (PIPL article 49).
    Kin,
}

impl Kind {
    /// All, in the order of the table of caps.
    pub const ALL: [Self; 6] =
        [Self::Guardian, Self::Helper, Self::Agent, Self::Representative, Self::Deputy, Self::Kin];

    /// The word in the store and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guardian => "guardian",
            Self::Helper => "helper",
            Self::Agent => "agent",
            Self::Representative => "representative",
            Self::Deputy => "deputy",
            Self::Kin => "kin",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// For so many principals one person may act under this kind; each takes a slot, so nobody counts.
    #[must_use]
    pub const fn cap(self, care_worker: bool) -> u8 {
        match (self, care_worker) {
            (Self::Helper, true) => 40,
            (Self::Helper | Self::Deputy, _) => 5,
            (Self::Guardian | Self::Agent, _) => 12,
            (Self::Representative, _) => 32,
            (Self::Kin, _) => 8,
        }
    }

    /// The closed list of what may be done under it.
    #[must_use]
    pub const fn scopes(self) -> Scopes {
        use Scope as S;
        match self {
            Self::Guardian => {
                Scopes::of(&[S::ShowCode, S::Book, S::ReadNotices, S::ClaimBenefit, S::SeeRecord, S::GiveConsent])
            }
            Self::Helper => Scopes::of(&[S::ShowCode, S::Book, S::ReadNotices, S::ClaimBenefit]),
            Self::Agent => Scopes::of(&[S::ShowCode, S::ReadNotices, S::File]),
            Self::Representative => Scopes::of(&[S::ShowCode, S::ReadNotices, S::File, S::Sign]),
            Self::Deputy => Scopes::of(&[S::ReadNotices, S::File]),
            Self::Kin => Scopes::of(&[S::SeeRecord]),
        }
    }
}

/// One thing that may be done for somebody. What is not here can't be mandated: sign-in, numbers, recovery, deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// 代为亮码.
    ShowCode,
    /// 预约.
    Book,
    /// 看通知.
    ReadNotices,
    /// 领优待.
    ClaimBenefit,
    /// 看记录.
    SeeRecord,
    /// 代为同意, ordinary attributes alone.
    GiveConsent,
    /// 填报.
    File,
    /// 签署.
    Sign,
}

impl Scope {
    /// All, in the order of the bits.
    pub const ALL: [Self; 8] = [
        Self::ShowCode,
        Self::Book,
        Self::ReadNotices,
        Self::ClaimBenefit,
        Self::SeeRecord,
        Self::GiveConsent,
        Self::File,
        Self::Sign,
    ];

    /// The word in the store and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ShowCode => "show_code",
            Self::Book => "book",
            Self::ReadNotices => "read_notices",
            Self::ClaimBenefit => "claim_benefit",
            Self::SeeRecord => "see_record",
            Self::GiveConsent => "give_consent",
            Self::File => "file",
            Self::Sign => "sign",
        }
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// These.
    #[must_use]
    pub const fn of(list: &[Scope]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < list.len() {
            bits |= 1 << list[i] as u8;
            i += 1;
        }
        Self(bits)
    }

    /// Reads words with single spaces between them, as OAuth writes scopes; `None` for an unknown or a doubled one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut set = Self::default();
        for word in text.split(' ').filter(|_| !text.is_empty()) {
            let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == word)?;
            if set.has(scope) {
                return None;
            }
            set.0 |= 1 << scope as u8;
        }
        Some(set)
    }

    /// Whether it holds one.
    #[must_use]
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u8 != 0
    }

    /// Whether all of these are held by the other too.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Those that both hold.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The words, in the order of [`Scope::ALL`].
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Scope::ALL.into_iter().filter(move |scope| self.has(*scope)).map(Scope::as_str)
    }

    /// The words with spaces between them.
    #[must_use]
    pub fn text(self) -> String {
        self.words().collect::<Vec<_>>().join(" ")
    }
}

/// What a mandate allows, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of which kind.
    pub kind: Kind,
    /// In what.
    pub scopes: Scopes,
    /// Up to what amount, in fen; `None` where amounts don't matter.
    pub limit: Option<i64>,
    /// Unix seconds; from this second on it counts.
    pub from_s: i64,
    /// Unix seconds; from this second on it no longer counts.
    pub until_s: i64,
    /// Unix seconds by which the principal's own consent must be there; `None` when it is, or is not needed.
    pub consent_by_s: Option<i64>,
}

impl Terms {
    /// The first second at which it no longer counts, for whichever reason.
    #[must_use]
    pub fn ends_s(&self) -> i64 {
        self.consent_by_s.map_or(self.until_s, |by| by.min(self.until_s))
    }

    /// Whether time alone lets it count now.
    #[must_use]
    pub fn runs(&self, now_s: i64) -> bool {
        self.from_s <= now_s && now_s < self.ends_s()
    }
}

/// How much of the principal's record the actor may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Every entry, with places and times.
    Whole,
    /// Which day and which scenario.
    DayAndScenario,
    /// No entry.
    Nothing,
}

/// What an actor sees of a principal of this age: everything under 14, day and scenario from 14 to 17, nothing of an
/// adult unless the mandate says so; and nothing at all while an order hides it.
#[must_use]
pub fn sight(terms: &Terms, age: u16, hidden: bool) -> Sight {
    let asked = terms.scopes.has(Scope::SeeRecord);
    match (terms.kind, age) {
        _ if hidden => Sight::Nothing,
        (Kind::Guardian, 0..14) if asked => Sight::Whole,
        (Kind::Guardian, 14..18) if asked => Sight::DayAndScenario,
        (Kind::Guardian | Kind::Kin, 18..) if asked => Sight::Whole,
        _ => Sight::Nothing,
    }
}

/// A mandate as the decision reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Which.
    pub id: EdgeId,
    /// For whom.
    pub principal: AccountId,
    /// By whom.
    pub actor: AccountId,
    /// What it allows.
    pub terms: Terms,
    /// Active, and not suspended.
    pub active: bool,
    /// What it shows of the principal's record.
    pub sight: Sight,
}

impl Mandate {
    /// Whether it allows this actor a thing for this principal, now.
    #[must_use]
    pub fn allows(&self, actor: &AccountId, principal: &AccountId, scope: Scope, now_s: i64) -> bool {
        self.active
            && self.actor == *actor
            && self.principal == *principal
            && self.terms.scopes.has(scope)
            && self.terms.runs(now_s)
    }

    /// Whether this actor is the principal's guardian now: of a child, or of an adult by a court's order, as nobody else
    /// becomes one. A helper never is.
    #[must_use]
    pub fn is_guardian(&self, actor: &AccountId, principal: &AccountId, now_s: i64) -> bool {
        let both = self.actor == *actor && self.principal == *principal;
        self.active && both && self.terms.kind == Kind::Guardian && self.terms.runs(now_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_scopes_come_back_and_strange_ones_do_not() {
        for bits in 0..=u8::MAX {
            let set = Scopes(bits);
            assert_eq!(Scopes::parse(&set.text()), Some(set));
        }
        for bad in ["deletion", "show_code show_code", "show_code  book", " show_code", "SHOW_CODE"] {
            assert_eq!(Scopes::parse(bad), None, "{bad}");
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert!(!kind.scopes().is_empty() && kind.cap(true) >= kind.cap(false) && kind.cap(true) <= 64);
        }
    }

    #[test]
    fn what_is_seen_of_whom() {
        let terms = |kind, scopes| Terms { kind, scopes, limit: None, from_s: 0, until_s: 9, consent_by_s: None };
        let see = Scopes::of(&[Scope::SeeRecord, Scope::ShowCode]);
        let show = Scopes::of(&[Scope::ShowCode]);
        let table = [
            (Kind::Guardian, see, 0, false, Sight::Whole),
            (Kind::Guardian, see, 13, false, Sight::Whole),
            (Kind::Guardian, see, 14, false, Sight::DayAndScenario),
            (Kind::Guardian, see, 17, false, Sight::DayAndScenario),
            (Kind::Guardian, see, 18, false, Sight::Whole),
            (Kind::Guardian, show, 13, false, Sight::Nothing),
            (Kind::Guardian, show, 80, false, Sight::Nothing),
            (Kind::Guardian, see, 3, true, Sight::Nothing),
            (Kind::Helper, see, 80, false, Sight::Nothing),
            (Kind::Kin, see, 80, false, Sight::Whole),
        ];
        for (kind, scopes, age, hidden, expected) in table {
            assert_eq!(sight(&terms(kind, scopes), age, hidden), expected, "{} of {age}", kind.as_str());
        }
    }
}
