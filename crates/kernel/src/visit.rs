//! A visit at a counter (R12): somebody signs in with an officer's help, for at most fifteen minutes, and does what the visit
//! lists. It does not know kiosks, nor how the officer saw who it is.

use crate::access::Refusal;
use crate::assurance::Acr;
use crate::deed::Deed;
use crate::subject::Actor;

/// A visit ends after this long in any case, seconds.
pub const VISIT_MAX_S: i64 = 15 * 60;

/// What a visit may list: none of these makes or removes a way to sign in, a mandate or a consent, or asks for a passkey.
pub const LISTABLE: [Deed; 6] =
    [Deed::SeeRecord, Deed::ChangeSettings, Deed::WithdrawApp, Deed::ExplainData, Deed::StopRequest, Deed::EndSession];

/// A visit as the decision sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// What it lists.
    pub deeds: Vec<Deed>,
    /// Unix seconds.
    pub until_s: i64,
}

/// Reads a deed that a visit may list by its word.
#[must_use]
pub fn listable(word: &str) -> Option<Deed> {
    LISTABLE.into_iter().find(|deed| deed.as_str() == word)
}

/// Whoever signed in with help does what the visit lists, and ends it; nobody else is asked.
///
/// # Errors
/// [`Refusal::ActorEnded`] without a visit that stands now; [`Refusal::NotInVisit`] for what it does not list.
pub fn helped(actor: &Actor, deed: Deed, visit: Option<&Visit>, now_s: i64) -> Result<(), Refusal> {
    let Actor::Person { standing, .. } = actor else { return Ok(()) };
    if standing.acr != Acr::Assisted {
        return Ok(());
    }
    let visit = visit.filter(|visit| now_s < visit.until_s).ok_or(Refusal::ActorEnded)?;
    let listed = visit.deeds.contains(&deed) && LISTABLE.contains(&deed);
    if listed || deed == Deed::EndVisit { Ok(()) } else { Err(Refusal::NotInVisit) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Facts, Request, decide};
    use crate::assurance::{Proofing, Standing, needed};
    use crate::id::{AccountId, SessionId};
    use crate::matrix::{Rule, rule};
    use crate::subject::ActorKind;

    fn person(acr: Acr) -> Actor {
        let standing = Standing { proofing: Proofing::Seen, acr, auth_at_s: 90 };
        Actor::Person { account: AccountId::new(1, [1; 10]), session: SessionId::new(1, [1; 10]), standing }
    }

    #[test]
    fn what_can_be_listed_is_ones_own_and_asks_for_no_passkey() {
        for deed in LISTABLE {
            assert_eq!(rule(ActorKind::Person, deed), Rule::Own, "{}", deed.as_str());
            assert!(needed(deed).is_none(), "{}", deed.as_str());
            assert_eq!(listable(deed.as_str()), Some(deed));
        }
        assert_eq!(listable("add_authenticator"), None);
    }

    #[test]
    fn r12_only_listed_deeds_pass_and_only_while_the_visit_stands() {
        let visit = |deeds: &[Deed], until_s| Some(Visit { deeds: deeds.to_vec(), until_s });
        let see = [Deed::SeeRecord];
        let table = [
            (Acr::Assisted, Deed::SeeRecord, visit(&see, 200), Ok(())),
            (Acr::Assisted, Deed::EndVisit, visit(&see, 200), Ok(())),
            (Acr::Assisted, Deed::WithdrawApp, visit(&see, 200), Err(Refusal::NotInVisit)),
            (Acr::Assisted, Deed::SeeRecord, visit(&see, 100), Err(Refusal::ActorEnded)),
            (Acr::Assisted, Deed::EndVisit, visit(&see, 100), Err(Refusal::ActorEnded)),
            (Acr::Assisted, Deed::SeeRecord, None, Err(Refusal::ActorEnded)),
            // A list that says more than can be listed gives no more.
            (Acr::Assisted, Deed::AllowApp, visit(&[Deed::AllowApp], 200), Err(Refusal::NotInVisit)),
            (Acr::Assisted, Deed::AddAuthenticator, visit(&[Deed::AddAuthenticator], 200), Err(Refusal::NotInVisit)),
            (Acr::OneTime, Deed::WithdrawApp, None, Ok(())),
        ];
        for (i, (acr, deed, visit, expected)) in table.into_iter().enumerate() {
            let request = Request::of(person(acr), deed).about(AccountId::new(1, [1; 10]));
            let facts = Facts { visit, ..Facts::default() };
            assert_eq!(decide(&request, &facts, 100).map(|_| ()), expected, "row {i}");
        }
    }
}
