//! What a scenario demands of a code: the part of a reviewed manifest that a gate needs.
//! It does not know how manifests are written, reviewed or carried.

use crate::token::Form;

/// One scenario, as it travels in a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioRule {
    /// The number in a code's bytes; never 0, which stands for "any".
    pub id: u16,
    /// The name in files and on the command line.
    pub slug: String,
    /// What people call it.
    pub name: Bilingual,
    /// What the checker learns, in the words that the holder was told.
    pub sees: Bilingual,
    /// How much harm a wrong admission does.
    pub level: Level,
    /// Forms that are taken.
    pub forms: Forms,
    /// Takes codes signed for scenario 0; holds at level low only.
    pub any_scenario: bool,
    /// Takes codes signed for site 0; holds at level low only.
    pub any_site: bool,
    /// The least assurance, 0 to 3.
    pub assurance_min: u8,
    /// What the code must disclose.
    pub flavour: FlavourNeeded,
    /// Scenarios whose meaning a code shown here carries too, rising; at level low only.
    pub merged: Vec<u16>,
    /// The ages of a signed time that are taken, in seconds.
    pub age: AgeSpan,
    /// Seconds after its day that a code is still taken, marked as late; at most [`LATE_MAX_S`], at level low only.
    pub late_s: u32,
    /// Seconds after which an admitted code may be shown again; `None` for never.
    pub again_after_s: Option<u32>,
    /// A person stands at the gate.
    pub attended: bool,
    /// What happens when the checker's lists are old.
    pub offline: OfflineRule,
    /// What is recorded of a check.
    pub record: RecordClass,
    /// Uses of one paper code a day; `None` for no cap.
    pub t2_day_cap: Option<u16>,
    /// Short numbers taken a day and person, for the server; `None` for no cap.
    pub short_day_cap: Option<u16>,
}

/// The longest that a code of yesterday is taken: 48 h.
pub const LATE_MAX_S: u32 = 48 * 3600;

/// The same words in Chinese and in English.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// Both words at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Bilingual {
        Bilingual { zh: zh.into(), en: en.into() }
    }
}

/// How much harm a wrong admission does; above low, a relay must fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// A bus ride.
    Low = 0,
    /// A hotel room.
    Medium = 1,
    /// A deed that binds.
    High = 2,
}

impl Level {
    /// `low`, `medium` or `high`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
        }
    }
}

/// A set of forms: bit f for form number f, bit 0 for short numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Forms(u8);

impl Forms {
    /// Bits that stand for something.
    const KNOWN: u8 = 0b1_1111;

    /// No form.
    pub const NONE: Forms = Forms(0);

    /// A set from its bits; `None` when another bit is set.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Option<Forms> {
        if bits & !Forms::KNOWN == 0 { Some(Forms(bits)) } else { None }
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// This set with a form.
    #[must_use]
    pub const fn with(self, form: Form) -> Forms {
        Forms(self.0 | 1 << form.number())
    }

    /// This set with short numbers.
    #[must_use]
    pub const fn with_short(self) -> Forms {
        Forms(self.0 | 1)
    }

    /// Whether the form is in the set.
    #[must_use]
    pub const fn has(self, form: Form) -> bool {
        self.0 & 1 << form.number() != 0
    }

    /// Whether short numbers are in the set.
    #[must_use]
    pub const fn has_short(self) -> bool {
        self.0 & 1 != 0
    }
}

/// The disclosure that a scenario needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FlavourNeeded {
    /// Which of them.
    pub kind: FlavourKind,
    /// Bit n for band or benefit n; 0 takes every disclosed one.
    pub accepted: u16,
}

impl FlavourNeeded {
    /// Nothing needs to be disclosed.
    pub const NOTHING: FlavourNeeded = FlavourNeeded { kind: FlavourKind::Plain, accepted: 0 };
}

/// The kinds of disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FlavourKind {
    /// None: every flavour is taken.
    Plain = 0,
    /// An age band.
    AgeBand = 1,
    /// A benefit.
    Benefit = 2,
    /// That the bearer acts for the subject.
    Acting = 3,
}

/// Ages of a signed time, in seconds: checker's time less code's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AgeSpan {
    /// The least, usually negative: the device may be ahead.
    pub min_s: i16,
    /// The most.
    pub max_s: i16,
}

impl AgeSpan {
    /// What a gate takes unless its manifest narrows it.
    pub const USUAL: AgeSpan = AgeSpan { min_s: -30, max_s: 90 };

    /// The part of this span inside the usual one: a manifest narrows, never widens.
    #[must_use]
    pub fn narrowed(self) -> AgeSpan {
        AgeSpan { min_s: self.min_s.max(AgeSpan::USUAL.min_s), max_s: self.max_s.min(AgeSpan::USUAL.max_s) }
    }
}

/// What happens when the checker's lists are old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OfflineRule {
    /// The oldest bundle head, in seconds.
    pub stale_bundle_s: u32,
    /// The oldest urgent list, in seconds.
    pub stale_status_s: u32,
    /// And then.
    pub on_stale: OnStale,
}

/// The choice of a scenario whose lists are old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OnStale {
    /// Say so, and admit nobody by code.
    CouldNotCheck = 0,
    /// Admit, and mark the verdict as stale. Paper is never admitted this way.
    AcceptMarked = 1,
}

/// What is recorded of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RecordClass {
    /// A count an hour.
    Counted = 0,
    /// A record that only the shown code opens.
    Sealed = 1,
    /// Who, where and when: online, by legal duty.
    Named = 2,
}

impl RecordClass {
    /// `counted`, `sealed` or `named`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            RecordClass::Counted => "counted",
            RecordClass::Sealed => "sealed",
            RecordClass::Named => "named",
        }
    }
}

impl ScenarioRule {
    /// A rule of level low with the usual numbers, for tests and demonstrations to change.
    #[must_use]
    pub fn low(id: u16, slug: &str, name: Bilingual) -> ScenarioRule {
        ScenarioRule {
            id,
            slug: slug.to_owned(),
            sees: Bilingual::new("这个码是真的，现在有效", "that the code is genuine and good now"),
            name,
            level: Level::Low,
            forms: Forms::NONE.with(Form::T1).with(Form::T1c).with(Form::T0).with(Form::T2),
            any_scenario: false,
            any_site: false,
            assurance_min: 0,
            flavour: FlavourNeeded::NOTHING,
            merged: Vec::new(),
            age: AgeSpan::USUAL,
            late_s: 0,
            again_after_s: None,
            attended: false,
            offline: OfflineRule {
                stale_bundle_s: 48 * 3600,
                stale_status_s: 24 * 3600,
                on_stale: OnStale::CouldNotCheck,
            },
            record: RecordClass::Sealed,
            t2_day_cap: None,
            short_day_cap: None,
        }
    }
}
