//! How coarse a code must be so that nobody stands out: what it says is shared by enough holders, or it says less.
//! Pure; it does not know how holders are counted, and never makes a code say more than is known.

/// Levels of assurance, 0 to 3.
pub const LEVELS: usize = 4;

/// How many could be issued one value, by their own level of assurance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crowd {
    /// Under keys that nobody attested.
    pub unattested: [u64; LEVELS],
    /// Under attested keys.
    pub attested: [u64; LEVELS],
}

/// What a code would say of its holder beside what it discloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Assurance, 0 to 3.
    pub assurance: u8,
    /// The key was attested.
    pub attested: bool,
}

/// What a code may say so that at least `min` share it: the attested bit goes first, then assurance, level by level.
///
/// `None` when even the coarsest value is shared by fewer: a disclosure is then not made. Below `min` a holder counts
/// for the next lower level, where all of the level above that were too few join; so everybody of one level is treated alike.
#[must_use]
pub fn coarsened(said: Said, crowd: &Crowd, min: u64) -> Option<Said> {
    let own = usize::from(said.assurance.min(3));
    if min <= 1 || (said.attested && crowd.attested[own] >= min) {
        return Some(said);
    }
    let counts = sharing(crowd, min);
    let mut carried = 0;
    for level in (0..LEVELS).rev() {
        carried += counts[level];
        if carried >= min {
            if level <= own {
                return Some(Said { assurance: level_number(level), attested: false });
            }
            carried = 0;
        }
    }
    None
}

/// The same for a code that discloses nothing: nothing is left to leave out, so it is always issued, and where even all
/// together are too few, at the level that hides its holder among the most.
#[must_use]
pub fn coarsened_plain(said: Said, crowd: &Crowd, min: u64) -> Said {
    coarsened(said, crowd, min).unwrap_or_else(|| {
        let counts = sharing(crowd, min);
        let own = usize::from(said.assurance.min(3));
        let lowest = (0..own).find(|level| counts[*level] > 0).unwrap_or(own);
        Said { assurance: level_number(lowest), attested: false }
    })
}

/// Holders by level without the attested bit: those whose bit hides nobody among enough lose it.
fn sharing(crowd: &Crowd, min: u64) -> [u64; LEVELS] {
    std::array::from_fn(|level| {
        let attested = crowd.attested[level];
        crowd.unattested[level] + if attested < min { attested } else { 0 }
    })
}

fn level_number(level: usize) -> u8 {
    u8::try_from(level).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [u64; 4] = [0; 4];

    fn crowd(unattested: [u64; 4], attested: [u64; 4]) -> Crowd {
        Crowd { unattested, attested }
    }

    #[test]
    fn what_is_shared_by_enough_is_said_and_else_less() {
        let say = |assurance, attested| Said { assurance, attested };
        let plain = |assurance| Some(say(assurance, false));
        let table: [(Said, Crowd, Option<Said>, &str); 14] = [
            (say(2, false), crowd([0, 0, 100, 0], NONE), plain(2), "exactly enough"),
            (say(2, false), crowd([0, 0, 99, 0], NONE), None, "one too few, and nobody below"),
            (say(2, false), crowd([0, 50, 50, 0], NONE), plain(1), "two levels together"),
            (say(1, false), crowd([0, 50, 50, 0], NONE), plain(1), "the lower of the two stays"),
            (say(2, false), crowd([90, 5, 5, 0], NONE), plain(0), "three levels together"),
            (say(0, false), crowd([90, 5, 5, 0], NONE), plain(0), "those who were there before"),
            (say(2, false), crowd([0, 100, 40, 0], NONE), plain(1), "joins a level that stands alone"),
            (say(2, false), crowd([0, 0, 40, 500], NONE), None, "never raised to a level above"),
            (say(3, false), crowd([0, 0, 40, 500], NONE), plain(3), "the level above has enough"),
            (say(0, false), crowd([40, 100, 0, 0], NONE), None, "too few below a full level"),
            (say(2, true), crowd([0, 0, 500, 0], [0, 0, 100, 0]), Some(say(2, true)), "attested and enough"),
            (say(2, true), crowd([0, 0, 500, 0], [0, 0, 99, 0]), plain(2), "the attested bit goes first"),
            (say(2, true), crowd([0, 0, 60, 0], [0, 0, 40, 0]), plain(2), "and its holders join the others"),
            (say(2, false), crowd([0, 0, 60, 0], [0, 0, 100, 0]), None, "who do not stay to hide them when enough"),
        ];
        for (said, crowd, expected, why) in table {
            assert_eq!(coarsened(said, &crowd, 100), expected, "{why}");
        }
    }

    #[test]
    fn a_plain_code_is_always_issued_where_it_hides_best() {
        let table = [
            (2, [0, 0, 7, 0], 2, "all are alike: saying less would hide nobody"),
            (2, [0, 5, 2, 0], 1, "among seven instead of two"),
            (1, [0, 5, 2, 0], 1, "already there"),
            (2, [1, 5, 2, 0], 0, "among eight"),
            (2, [0, 100, 2, 0], 1, "the rule itself reaches"),
            (0, [0, 0, 0, 0], 0, "nobody was counted yet"),
            (3, [0, 0, 0, 0], 3, "nobody was counted yet"),
        ];
        for (own, counts, expected, why) in table {
            let said = Said { assurance: own, attested: false };
            let got = coarsened_plain(said, &crowd(counts, NONE), 100);
            assert_eq!(got, Said { assurance: expected, attested: false }, "{why}");
        }
    }

    #[test]
    fn nothing_is_ever_overstated_and_levels_are_treated_alike() {
        let counts = [0, 30, 99, 100, 250];
        for each in 0..counts.len().pow(4) {
            let by_level = std::array::from_fn(|level| counts[each / counts.len().pow(level as u32) % counts.len()]);
            for own in 0..4 {
                let said = Said { assurance: own, attested: false };
                let crowd = crowd(by_level, NONE);
                let Some(got) = coarsened(said, &crowd, 100) else { continue };
                assert!(got.assurance <= own && !got.attested, "{by_level:?}");
                let same = (0..4u8)
                    .filter(|other| coarsened(Said { assurance: *other, attested: false }, &crowd, 100) == Some(got));
                let sharing: u64 = same.map(|level| by_level[usize::from(level)]).sum();
                assert!(sharing >= 100 || by_level[usize::from(own)] == 0, "{by_level:?} at {own}: {sharing}");
            }
        }
    }

    #[test]
    fn a_town_that_wants_no_crowd_has_none() {
        let said = Said { assurance: 2, attested: true };
        assert_eq!(coarsened(said, &Crowd::default(), 1), Some(said));
        assert_eq!(coarsened(said, &Crowd::default(), 0), Some(said));
        assert_eq!(coarsened(said, &Crowd::default(), 2), None);
    }
}
