//! Why a code was not taken: one name for each rule, and whether that refuses the code or only fails to check it.
//! It does not know the words that people read; `words` does.

use std::fmt;

/// The three answers to a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerdictKind {
    /// Every rule held.
    Valid,
    /// A rule did not hold: the code is not good here and now.
    Refused,
    /// The rules could not all be applied; that says nothing against the holder.
    CouldNotCheck,
}

impl VerdictKind {
    /// `valid`, `refused` or `could_not_check`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            VerdictKind::Valid => "valid",
            VerdictKind::Refused => "refused",
            VerdictKind::CouldNotCheck => "could_not_check",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<VerdictKind> {
        [VerdictKind::Valid, VerdictKind::Refused, VerdictKind::CouldNotCheck]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Declares the reasons once: variant, wire name, kind and meaning.
macro_rules! reasons {
    ($($variant:ident $name:literal $kind:ident $doc:literal),* $(,)?) => {
        /// The rule that did not hold, or could not be applied.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason { $(#[doc = $doc] $variant),* }

        impl Reason {
            /// Every reason, in the order of the checks.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),*];

            /// The name on the wire, in snake_case.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Reason::$variant => $name),* }
            }

            /// Whether it refuses, or only could not check.
            #[must_use]
            pub const fn kind(self) -> VerdictKind {
                match self { $(Reason::$variant => VerdictKind::$kind),* }
            }
        }
    };
}

reasons! {
    Malformed "malformed" Refused "Not the digits of a code: count, characters, range, byte 0, or a reserved bit.",
    UnknownForm "unknown_form" CouldNotCheck "The form digit belongs to no form of this version.",
    UnknownSuite "unknown_suite" CouldNotCheck "A suite of byte 1 is not known to this version.",
    FormNotAccepted "form_not_accepted" Refused "The scenario does not take this form.",
    NeedsOnline "needs_online" CouldNotCheck "A T0 or short number can be checked by the server only.",
    ClockUntrusted "clock_untrusted" CouldNotCheck "The checker's own clock was never set, or is behind what it knows.",
    BundleMissing "bundle_missing" CouldNotCheck "The checker holds no bundle.",
    BundleStale "bundle_stale" CouldNotCheck "The checker's bundle is older than the scenario allows.",
    UnknownKid "unknown_kid" CouldNotCheck "No key entry has this key id.",
    KidWithdrawn "kid_withdrawn" Refused "The key entry was withdrawn with all its codes.",
    WrongKeyUse "wrong_key_use" Refused "The key entry serves another kind of code.",
    SuiteMismatch "suite_mismatch" Refused "Byte 1 names another suite than the key entry's.",
    FlagsNotAllowed "flags_not_allowed" Refused "A flag is set that the key entry may not vouch for.",
    WrongDay "wrong_day" Refused "The code's day is not its key entry's day.",
    NotYetValid "not_yet_valid" Refused "The code's day, month or time is still to come.",
    Expired "expired" Refused "The code's day is over, and the scenario takes no old codes.",
    ClockSlow "clock_slow" Refused "The showing device's time is behind by minutes.",
    ClockFast "clock_fast" Refused "The showing device's time is ahead by minutes.",
    StaleCode "stale_code" Refused "The code was signed more than ten minutes ago.",
    WrongScenario "wrong_scenario" Refused "The code was signed for another scenario.",
    WrongSite "wrong_site" Refused "The code was signed for another place.",
    AssuranceTooLow "assurance_too_low" Refused "The holder's identification is weaker than the scenario demands.",
    FlavourNeeded "flavour_needed" Refused "The scenario needs a disclosure that the code does not make.",
    NotEntitled "not_entitled" Refused "The disclosed age band or benefit is not one that the scenario serves.",
    GuardianNeeded "guardian_needed" Refused "A ward's code at an unattended gate, without the guardian's own.",
    ChallengeNeeded "challenge_needed" Refused "Above level low, a T1 must answer a challenge.",
    Replayed "replayed" Refused "The code was taken before.",
    ChallengeWrong "challenge_wrong" Refused "The code answers no challenge that is open here.",
    ChallengeExpired "challenge_expired" Refused "The challenge is older than 60 s.",
    CapReached "cap_reached" Refused "The form's number of uses a day is reached.",
    StatusStale "status_stale" CouldNotCheck "The status or urgent list is missing, or older than the scenario allows.",
    Withdrawn "withdrawn" Refused "The code is on the urgent list.",
    CardRevoked "card_revoked" Refused "The paper code was revoked.",
    CardExpired "card_expired" Refused "The paper code's month is over.",
    BadIssuerSignature "bad_issuer_signature" Refused "The issuer's signature does not hold.",
    BadHolderSignature "bad_holder_signature" Refused "The holder's key or signature does not hold.",
    UnknownCode "unknown_code" Refused "Online only: the id names nobody, the MAC is wrong, or the number is used or over; they look alike.",
    DeviceEnded "device_ended" Refused "Online only: the device was ended.",
    PersonSuspended "person_suspended" Refused "Online only: the resident's code is suspended.",
    ConfirmationWaits "confirmation_waits" CouldNotCheck "Online only: the holder was asked to confirm on the device, and has not answered yet.",
    ConfirmationRefused "confirmation_refused" Refused "Online only: the holder said that they are not at that checker.",
    ConfirmationExpired "confirmation_expired" Refused "Online only: the holder did not answer within 60 s.",
    Busy "busy" CouldNotCheck "The checker has no room to remember one more code.",
    ServerError "server_error" CouldNotCheck "Something broke on the platform's side.",
}

impl Reason {
    /// The reason of that wire name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Reason> {
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
