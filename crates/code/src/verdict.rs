//! The answer to a shown code, with the little that a checker may know.
//! It does not know who the holder is, and holds nothing from a code that was refused but its form.

use crate::flags::Flags;
use crate::reason::{Reason, VerdictKind};
use crate::token::Form;

/// The answer to one showing. Disclosures stand in a valid one only: before that, nobody vouches for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Valid, refused or could-not-check.
    pub kind: VerdictKind,
    /// The rule that did not hold; `None` when valid.
    pub reason: Option<Reason>,
    /// The form, if the text could be read.
    pub form: Option<Form>,
    /// The holder's assurance, 0 to 3.
    pub assurance: u8,
    /// The disclosed age band, 0 for none.
    pub age_band: u8,
    /// The disclosed benefit, 0 for none.
    pub benefit: u8,
    /// The bearer acts for the subject.
    pub acting: bool,
    /// Valid although its day is over: an old code, to be shown as such.
    pub late: bool,
    /// Valid although the checker's lists are old, by the scenario's choice.
    pub stale: bool,
    /// The same showing as a moment ago: the verdict is repeated, and nobody else may pass on it.
    pub repeated: bool,
    /// Minutes that the showing device is fast (positive) or slow (negative), if that is the reason.
    pub skew_min: i16,
}

impl Verdict {
    const NOTHING: Verdict = Verdict {
        kind: VerdictKind::CouldNotCheck,
        reason: None,
        form: None,
        assurance: 0,
        age_band: 0,
        benefit: 0,
        acting: false,
        late: false,
        stale: false,
        repeated: false,
        skew_min: 0,
    };

    /// Every rule held.
    #[must_use]
    pub fn valid(form: Form, flags: Flags) -> Verdict {
        Verdict {
            kind: VerdictKind::Valid,
            form: Some(form),
            assurance: flags.assurance.level(),
            age_band: flags.age_band_number(),
            benefit: flags.benefit_number(),
            acting: flags.acting(),
            ..Verdict::NOTHING
        }
    }

    /// A rule did not hold, or could not be applied; the reason says which of the two.
    #[must_use]
    pub fn because(reason: Reason, form: Option<Form>) -> Verdict {
        Verdict { kind: reason.kind(), reason: Some(reason), form, ..Verdict::NOTHING }
    }

    /// Whether the holder may pass.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.kind == VerdictKind::Valid
    }
}
