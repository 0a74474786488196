//! Two ladders that are never one: proofing says who somebody is, the authentication context (acr) how they signed in, now.
//! It does not know how a passkey or a password is checked.

use crate::deed::Deed;

/// How well it is known who a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proofing {
    /// Said so.
    Claimed = 0,
    /// Matched to the register or the national network identity.
    Matched = 1,
    /// Seen at a counter by two officers.
    Seen = 2,
}

impl Proofing {
    /// Reads the number in the store.
    #[must_use]
    pub const fn of(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Claimed),
            1 => Some(Self::Matched),
            2 => Some(Self::Seen),
            _ => None,
        }
    }

    /// The number in the store and in tokens.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }
}

/// How somebody signed in: the authentication context class (OpenID Connect Core 1.0 section 2, `acr`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acr {
    /// With an officer's help, during a visit. It stands outside the ladder and satisfies nothing but itself.
    Assisted,
    /// A one-time password, or a code scanned at another screen.
    OneTime,
    /// A password and a time-based second factor, or a device key that reopened a session.
    TwoFactor,
    /// A passkey with user verification.
    Passkey,
    /// An attested passkey bound to its device.
    BoundPasskey,
}

impl Acr {
    /// All, as `acr_values_supported` lists them.
    pub const ALL: [Self; 5] = [Self::OneTime, Self::TwoFactor, Self::Passkey, Self::BoundPasskey, Self::Assisted];

    /// The word in tokens, requests and the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Assisted => "yima:assisted",
            Self::OneTime => "yima:1",
            Self::TwoFactor => "yima:2",
            Self::Passkey => "yima:3",
            Self::BoundPasskey => "yima:4",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == word)
    }

    /// Is a sign-in like this enough where `asked` is asked for?
    #[must_use]
    pub fn satisfies(self, asked: Self) -> bool {
        match (self.rung(), asked.rung()) {
            (Some(have), Some(needed)) => have >= needed,
            _ => self == asked,
        }
    }

    const fn rung(self) -> Option<u8> {
        match self {
            Self::Assisted => None,
            Self::OneTime => Some(1),
            Self::TwoFactor => Some(2),
            Self::Passkey => Some(3),
            Self::BoundPasskey => Some(4),
        }
    }
}

/// Where a signed-in person stands on both ladders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub proofing: Proofing,
    /// How.
    pub acr: Acr,
    /// When they last proved it, Unix seconds.
    pub auth_at_s: i64,
}

/// What a deed asks of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The lowest rung.
    pub acr: Acr,
    /// The oldest proof, seconds.
    pub age_max_s: i64,
}

/// A proof with a passkey counts this long for a heavy deed, seconds.
pub const HEAVY_AGE_MAX_S: i64 = 300;

impl Needed {
    /// A passkey, a moment ago.
    pub const HEAVY: Self = Self { acr: Acr::Passkey, age_max_s: HEAVY_AGE_MAX_S };
    /// Two factors, a moment ago: for those who have no passkey yet.
    pub const FRESH: Self = Self { acr: Acr::TwoFactor, age_max_s: HEAVY_AGE_MAX_S };
    /// Two factors at any time in this session: what a message or a picture alone never opens (rules R7, R9).
    pub const TWO_FACTORS: Self = Self { acr: Acr::TwoFactor, age_max_s: i64::MAX };

    /// Is this sign-in enough, now?
    #[must_use]
    pub fn met_by(self, standing: &Standing, now_s: i64) -> bool {
        standing.acr.satisfies(self.acr) && now_s.saturating_sub(standing.auth_at_s) <= self.age_max_s
    }
}

/// What a deed asks of a signed-in person; `None` where any live session is enough.
#[must_use]
pub const fn needed(deed: Deed) -> Option<Needed> {
    match deed {
        Deed::EndDevice
        | Deed::AddAuthenticator
        | Deed::RemoveAuthenticator
        | Deed::SignInAcross
        | Deed::CopyData
        | Deed::CorrectData
        | Deed::LiftRestriction
        | Deed::DeleteData
        | Deed::AcceptRepresentation
        | Deed::ConfirmAgents
        | Deed::AppointAgent
        | Deed::AcceptAppointment
        | Deed::AcceptPost
        | Deed::ConfirmOperatorName
        | Deed::AppointDeputy
        | Deed::ChangeNumber
        | Deed::RecoverWard
        | Deed::VouchForDevice
        | Deed::LetDeviceIn => Some(Needed::HEAVY),
        Deed::AddFirstPasskey | Deed::ChangePassword | Deed::KeepSignIn | Deed::ProveNumber => Some(Needed::FRESH),
        Deed::RestrictData
        | Deed::ActFor
        | Deed::LodgeFiling
        | Deed::WithdrawFiling
        | Deed::DismissAgent
        | Deed::MakePostCode
        | Deed::EndPost => Some(Needed::TWO_FACTORS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_has_four_rungs_and_help_stands_outside() {
        use Acr::{Assisted, BoundPasskey, OneTime, Passkey, TwoFactor};
        let ladder = [OneTime, TwoFactor, Passkey, BoundPasskey];
        for (i, have) in ladder.into_iter().enumerate() {
            for (j, asked) in ladder.into_iter().enumerate() {
                assert_eq!(have.satisfies(asked), i >= j, "{} for {}", have.as_str(), asked.as_str());
            }
            assert!(!Assisted.satisfies(have) && !have.satisfies(Assisted), "{}", have.as_str());
        }
        assert!(Assisted.satisfies(Assisted));
    }

    #[test]
    fn r7_r9_what_a_message_or_a_picture_alone_never_opens() {
        let standing = |acr| Standing { proofing: Proofing::Matched, acr, auth_at_s: 0 };
        for deed in [
            Deed::RestrictData,
            Deed::ActFor,
            Deed::LodgeFiling,
            Deed::WithdrawFiling,
            Deed::DismissAgent,
            Deed::MakePostCode,
            Deed::EndPost,
        ] {
            let needed = needed(deed).unwrap();
            assert!(!needed.met_by(&standing(Acr::OneTime), 0), "{}", deed.as_str());
            assert!(!needed.met_by(&standing(Acr::Assisted), 0), "{}", deed.as_str());
            assert!(needed.met_by(&standing(Acr::TwoFactor), 12 * 3600), "{}", deed.as_str());
        }
    }

    #[test]
    fn a_heavy_deed_asks_for_a_passkey_of_the_last_five_minutes() {
        let standing = |acr, auth_at_s| Standing { proofing: Proofing::Matched, acr, auth_at_s };
        let table = [
            (Acr::Passkey, 700, true),
            (Acr::Passkey, 699, false),
            (Acr::BoundPasskey, 1_000, true),
            (Acr::TwoFactor, 1_000, false),
            (Acr::Assisted, 1_000, false),
        ];
        for (acr, at, expected) in table {
            assert_eq!(Needed::HEAVY.met_by(&standing(acr, at), 1_000), expected, "{} at {at}", acr.as_str());
        }
    }
}
