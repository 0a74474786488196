//! The resident code: fields, spelling, signing input, the check, and what a checker needs for it.
//! It is pure: no file, network, clock or random number, so that a gate's maker can use it alone.

pub mod bundle;
pub mod challenge;
pub mod check;
pub mod cwt;
pub mod day;
pub mod digits;
pub mod flags;
pub mod gate_state;
pub mod id;
pub mod issuer;
pub mod merge;
pub mod peer;
pub mod reason;
pub mod record;
pub mod rice;
pub mod rule;
pub mod sealed_record;
pub mod seen;
pub mod signing;
pub mod status_list;
pub mod token;
pub mod urgent;
pub mod verdict;
pub mod words;

pub use challenge::{Challenge, OpenChallenge};
pub use check::{CheckerClock, Context, ListTimes, Place, check, check_digits};
pub use day::{Day, Month, Window};
pub use flags::{AgeBand, Assurance, Benefit, Flags, Flavour};
pub use issuer::{CardStanding, IssuerEntry, Issuers, KeyUse, Kid, Withdrawn};
pub use reason::{Reason, VerdictKind};
pub use rule::{Bilingual, ScenarioRule};
pub use seen::{Seen, SeenInMemory};
pub use token::{Form, HolderPart, IssuerFields, IssuerPart, Presented, T0, T1, T2, T2Fields, Unreadable};
pub use verdict::Verdict;
pub use words::Words;
