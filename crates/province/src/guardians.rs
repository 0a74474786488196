//! When each gate last took a code of a bearer who acts for nobody: within ten seconds a ward may follow.
//! Kept in memory: a restart forgets it, and a ward is then asked for the guardian's code once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use yima_code::Verdict;
use yima_code::check::GUARDIAN_S;

/// Entries that are over are swept when there are more than so many: a province's busy gates of ten seconds.
const SWEEP_AT: usize = 4096;

#[derive(Default)]
pub(crate) struct Guardians(Mutex<HashMap<String, u32>>);

impl Guardians {
    /// When this gate last took such a code, if that was a moment ago.
    pub(crate) fn at(&self, gate: &str) -> Option<u32> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(gate).copied()
    }

    /// Notes a verdict that this gate was given; only a first showing by somebody who acts for nobody counts.
    pub(crate) fn note(&self, gate: &str, verdict: &Verdict, now: u32) {
        if !verdict.is_valid() || verdict.acting || verdict.repeated {
            return;
        }
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= SWEEP_AT {
            taken.retain(|_, at| now.saturating_sub(*at) <= GUARDIAN_S);
        }
        taken.insert(gate.to_owned(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yima_code::{Flags, Form, Reason};

    #[test]
    fn only_who_acts_for_nobody_and_was_taken_opens_the_way() {
        let plain = Verdict::valid(Form::T1, Flags::from_bits(0x8000).unwrap());
        let refused = Verdict::because(Reason::Expired, Some(Form::T1));
        let passes_over = [Verdict { acting: true, ..plain }, Verdict { repeated: true, ..plain }, refused];
        let guardians = Guardians::default();
        for verdict in passes_over {
            guardians.note("gat_1", &verdict, 100);
            assert_eq!(guardians.at("gat_1"), None);
        }
        guardians.note("gat_1", &plain, 100);
        assert_eq!((guardians.at("gat_1"), guardians.at("gat_2")), (Some(100), None), "a gate of its own");
    }

    #[test]
    fn it_stays_small() {
        let guardians = Guardians::default();
        let plain = Verdict::valid(Form::T1, Flags::from_bits(0x8000).unwrap());
        for n in 0..SWEEP_AT {
            guardians.note(&format!("gat_{n}"), &plain, 100);
        }
        guardians.note("gat_late", &plain, 200);
        assert_eq!(guardians.0.lock().unwrap().len(), 1);
    }
}
