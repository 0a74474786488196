//! Chains by `parent`: each link at most as wide as the one before, at most three deep. It does not read links itself.

use super::{Kind, Scope, Terms};

/// Links in a chain at most.
pub const CHAIN_MAX: usize = 3;

/// Why a link is no part of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooWide {
    /// A scope that the parent lacks.
    Scopes,
    /// It would outlive the parent, or begin before it.
    Time,
    /// A higher amount.
    Limit,
    /// Of a kind that has no child, or is none.
    Kind,
    /// The fourth link.
    Depth,
    /// No link at all.
    Empty,
}

/// Which kind may stand under which: an agent under a representative or an agent, a deputy under an agent.
const fn under(parent: Kind, child: Kind) -> bool {
    matches!((parent, child), (Kind::Representative | Kind::Agent, Kind::Agent) | (Kind::Agent, Kind::Deputy))
}

/// Whether a child is nowhere wider than its parent.
///
/// # Errors
/// The first way in which it is.
pub fn narrows(parent: &Terms, child: &Terms) -> Result<(), TooWide> {
    let limit_wider = match (parent.limit, child.limit) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(most), Some(asked)) => asked > most,
    };
    let table = [
        (!under(parent.kind, child.kind), TooWide::Kind),
        (!child.scopes.within(parent.scopes), TooWide::Scopes),
        (child.from_s < parent.from_s || child.ends_s() > parent.ends_s(), TooWide::Time),
        (limit_wider, TooWide::Limit),
    ];
    table.into_iter().find(|(wider, _)| *wider).map_or(Ok(()), |(_, why)| Err(why))
}

/// Whether a chain, the root first, lets its last link do a thing now: every link is read at use.
///
/// # Errors
/// Why the chain is none. `Ok(false)` is a chain in which some link does not run or lacks the scope.
pub fn in_force_along(links: &[Terms], scope: Scope, now_s: i64) -> Result<bool, TooWide> {
    if links.is_empty() {
        return Err(TooWide::Empty);
    }
    if links.len() > CHAIN_MAX {
        return Err(TooWide::Depth);
    }
    for pair in links.windows(2) {
        narrows(&pair[0], &pair[1])?;
    }
    Ok(links.iter().all(|link| link.runs(now_s) && link.scopes.has(scope)))
}

#[cfg(test)]
mod tests {
    use super::super::Scopes;
    use super::*;

    fn terms(kind: Kind, scopes: &[Scope], until_s: i64, limit: Option<i64>) -> Terms {
        Terms { kind, scopes: Scopes::of(scopes), limit, from_s: 10, until_s, consent_by_s: None }
    }

    #[test]
    fn decision_table() {
        use Kind::{Agent, Deputy, Guardian, Helper, Representative};
        use Scope::{File, Sign};
        let parent = terms(Representative, &[File, Sign], 100, Some(50));
        let child = |kind, scopes: &[Scope], until, limit| terms(kind, scopes, until, limit);
        let table = [
            (child(Agent, &[File], 100, Some(50)), Ok(())),
            (child(Agent, &[File], 100, None), Err(TooWide::Limit)),
            (child(Agent, &[File], 100, Some(51)), Err(TooWide::Limit)),
            (child(Agent, &[File], 101, Some(1)), Err(TooWide::Time)),
            (child(Agent, &[File, Scope::Book], 100, Some(1)), Err(TooWide::Scopes)),
            (child(Deputy, &[File], 100, Some(1)), Err(TooWide::Kind)),
            (child(Helper, &[File], 100, Some(1)), Err(TooWide::Kind)),
            (Terms { from_s: 9, ..child(Agent, &[File], 100, Some(1)) }, Err(TooWide::Time)),
        ];
        for (i, (child, expected)) in table.into_iter().enumerate() {
            assert_eq!(narrows(&parent, &child), expected, "row {i}");
        }
        let guardian = terms(Guardian, &[Scope::ShowCode], 100, None);
        assert_eq!(narrows(&guardian, &guardian), Err(TooWide::Kind), "nobody acts while acting");
    }

    #[test]
    fn three_links_and_no_fourth() {
        let root = terms(Kind::Representative, &[Scope::File], 100, None);
        let agent = terms(Kind::Agent, &[Scope::File], 90, None);
        let deputy = terms(Kind::Deputy, &[Scope::File], 80, None);
        let ask = |links: &[Terms], now| in_force_along(links, Scope::File, now);
        assert_eq!(ask(&[root, agent, deputy], 79), Ok(true));
        assert_eq!(ask(&[root, agent, deputy], 80), Ok(false));
        assert_eq!(ask(&[root, agent, agent, deputy], 20), Err(TooWide::Depth));
        assert_eq!(ask(&[], 20), Err(TooWide::Empty));
        assert_eq!(in_force_along(&[root, agent], Scope::Sign, 20), Ok(false));
    }

    /// Every way to choose scopes, ends and limits: what a chain that holds allows, each of its parents allows.
    #[test]
    fn narrowing_never_widens() {
        let ends = [20, 50, 100];
        let limits = [None, Some(0), Some(7), Some(9)];
        let sets: Vec<Vec<Scope>> = (0..16u8)
            .map(|bits| {
                Scope::ALL
                    .into_iter()
                    .enumerate()
                    .filter(|(i, _)| *i < 4 && bits & 1 << i != 0)
                    .map(|(_, s)| s)
                    .collect()
            })
            .collect();
        let mut held = 0;
        for parent_set in &sets {
            for child_set in &sets {
                for (until, child_until) in ends.iter().flat_map(|a| ends.iter().map(move |b| (*a, *b))) {
                    for (limit, child_limit) in limits.iter().flat_map(|a| limits.iter().map(move |b| (*a, *b))) {
                        let parent = terms(Kind::Representative, parent_set, until, limit);
                        let child = terms(Kind::Agent, child_set, child_until, child_limit);
                        if narrows(&parent, &child).is_err() {
                            continue;
                        }
                        held += 1;
                        for now in [9, 10, 19, 20, 49, 50, 99, 100] {
                            assert!(!child.runs(now) || parent.runs(now));
                        }
                        assert_eq!(child.scopes.and(parent.scopes), child.scopes);
                        assert!(limit.is_none_or(|most| child_limit.is_some_and(|asked| asked <= most)));
                    }
                }
            }
        }
        assert!(held > 1_000, "{held}");
    }
}
