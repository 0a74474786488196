//! Where a mandate stands, and the steps from one standing to the next; each consumes the one before.
//! It does not know who may take a step.

/// Undoing an end is possible for so many seconds: 7 days.
pub const UNDO_S: i64 = 7 * 86_400;

/// Where a mandate stands. Not `Copy`: a step uses it up.
#[derive(Debug, PartialEq, Eq)]
pub enum State {
    /// Proposed; waits for the principal's word.
    Pending,
    /// In force, as far as its time goes.
    Active,
    /// Stopped by an order, until that is lifted.
    Suspended,
    /// Over; `undo_until_s` while the principal may still undo the end.
    Ended {
        /// Unix seconds.
        undo_until_s: Option<i64>,
    },
}

/// What happens to a mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The principal said yes.
    Confirm,
    /// A protection or custody order.
    Suspend,
    /// The order was lifted.
    Resume,
    /// Ended, so that the principal may undo it.
    End,
    /// Ended for good: by the actor, by death, by age, or never confirmed.
    EndForGood,
    /// The principal undoes an end.
    Undo,
}

/// A step that does not lead on from where the mandate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongStep;

impl State {
    /// The next standing.
    ///
    /// # Errors
    /// [`WrongStep`]; nothing has changed.
    pub fn after(self, step: Step, now_s: i64) -> Result<Self, WrongStep> {
        match (self, step) {
            (Self::Pending, Step::Confirm) | (Self::Suspended, Step::Resume) => Ok(Self::Active),
            (Self::Active, Step::Suspend) => Ok(Self::Suspended),
            // What was never in force has nothing to undo.
            (Self::Pending, Step::End | Step::EndForGood)
            | (Self::Active | Self::Suspended, Step::EndForGood)
            | (Self::Suspended, Step::End) => Ok(Self::Ended { undo_until_s: None }),
            (Self::Active, Step::End) => Ok(Self::Ended { undo_until_s: Some(now_s.saturating_add(UNDO_S)) }),
            (Self::Ended { undo_until_s: Some(until) }, Step::Undo) if now_s < until => Ok(Self::Active),
            _ => Err(WrongStep),
        }
    }

    /// The word in the store and the API.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Ended { .. } => "ended",
        }
    }

    /// Reads the store's word; `undo_until_s` belongs to an ended one alone.
    #[must_use]
    pub fn parse(word: &str, undo_until_s: Option<i64>) -> Option<Self> {
        Some(match word {
            "pending" => Self::Pending,
            "active" => Self::Active,
            "suspended" => Self::Suspended,
            "ended" => Self::Ended { undo_until_s },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decision_table() {
        use Step::{Confirm, End, EndForGood, Resume, Suspend, Undo};
        let ended = |until| State::Ended { undo_until_s: until };
        let steps = [Confirm, Suspend, Resume, End, EndForGood, Undo];
        let soon = Some(100 + UNDO_S);
        // What stands, and after each step in the order above what it is then; a dash is a wrong step.
        type Row = (fn() -> State, [Option<&'static str>; 6]);
        let table: [Row; 6] = [
            (|| State::Pending, [Some("active"), None, None, Some("ended"), Some("ended"), None]),
            (|| State::Active, [None, Some("suspended"), None, Some("ended"), Some("ended"), None]),
            (|| State::Suspended, [None, None, Some("active"), Some("ended"), Some("ended"), None]),
            (|| State::Ended { undo_until_s: None }, [None; 6]),
            (|| State::Ended { undo_until_s: Some(101) }, [None, None, None, None, None, Some("active")]),
            (|| State::Ended { undo_until_s: Some(100) }, [None; 6]),
        ];
        for (make, after) in table {
            for (step, expected) in steps.into_iter().zip(after) {
                let got = make().after(step, 100).ok();
                assert_eq!(got.as_ref().map(State::as_str), expected, "{:?} {step:?}", make());
            }
        }
        assert_eq!(State::Active.after(End, 100), Ok(ended(soon)), "seven days to undo it");
        assert_eq!(State::Active.after(EndForGood, 100), Ok(ended(None)));
        assert_eq!(State::Suspended.after(End, 100), Ok(ended(None)), "an order is not undone by ending");
    }

    #[test]
    fn words_come_back() {
        for word in ["pending", "active", "suspended", "ended"] {
            assert_eq!(State::parse(word, None).expect("a word").as_str(), word);
        }
        assert_eq!(State::parse("gone", None), None);
    }
}
