//! What mandate comes of a wish: for whom, on what evidence, until when. It does not know who typed it in.

use super::{AgeRule, Birth, Kind, Scopes, State, Terms};

/// A helper's mandate lives 12 months at most, seconds.
pub const HELPER_LONGEST_S: i64 = 365 * 86_400;
/// A court's order over an adult is asked for anew after so long, seconds: three years.
pub const COURT_LONGEST_S: i64 = 3 * 365 * 86_400;
/// What a guardian did without the child's consent lapses so long after the child is 14, seconds: 90 days.
pub const CONSENT_LAPSES_S: i64 = 90 * 86_400;
/// From this age on the child's own consent is asked (PIPL article 31).
const OWN_CONSENT: u16 = 14;
/// From this age on nobody is a minor (Civil Code article 17).
const ADULT: u16 = 18;

/// On whose word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The population register.
    Register,
    /// A court's order.
    Court,
    /// What was shown at a counter.
    Counter,
    /// A registered care worker's number.
    CareWorker,
    /// The two devices alone.
    Device,
}

impl Evidence {
    /// All.
    pub const ALL: [Self; 5] = [Self::Register, Self::Court, Self::Counter, Self::CareWorker, Self::Device];

    /// The word in the store and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Court => "court",
            Self::Counter => "counter",
            Self::CareWorker => "care_worker",
            Self::Device => "device",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|evidence| evidence.as_str() == word)
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Of which kind.
    pub kind: Kind,
    /// In what.
    pub scopes: Scopes,
    /// On whose word.
    pub evidence: Evidence,
    /// The principal's.
    pub principal: Birth,
    /// The actor's.
    pub actor: Birth,
    /// The principal said yes, where the actor could not hear it.
    pub agreed: bool,
    /// Unix seconds, when an earlier end than the law's is wished.
    pub until_s: Option<i64>,
    /// Now, Unix seconds.
    pub now_s: i64,
}

/// What comes of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Granted {
    /// What it allows, and when.
    pub terms: Terms,
    /// Active, or waiting for the principal's word.
    pub state: State,
}

/// Why nothing comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMandate {
    /// This kind is not made here.
    Kind,
    /// No scope, or one that the kind does not have.
    Scopes,
    /// This evidence is none for it.
    Evidence,
    /// A minor acts for nobody.
    ActorNotAdult,
    /// Only an adult chooses a helper.
    PrincipalNotAdult,
    /// An adult has a guardian by a court's order alone, and that has an end.
    AdultNeedsCourt,
    /// The end lies in the past.
    Over,
}

/// Decides. A guardian's mandate over a child ends by itself at 18; a helper's after a year.
///
/// # Errors
/// [`NoMandate`], the first rule that does not hold.
pub fn granted(wish: &Wish, ages: &AgeRule) -> Result<Granted, NoMandate> {
    let refused = [
        (!matches!(wish.kind, Kind::Guardian | Kind::Helper), NoMandate::Kind),
        (wish.scopes.is_empty() || !wish.scopes.within(wish.kind.scopes()), NoMandate::Scopes),
        (ages.reached_s(wish.actor, ADULT) > wish.now_s, NoMandate::ActorNotAdult),
    ];
    if let Some((_, why)) = refused.into_iter().find(|(refused, _)| *refused) {
        return Err(why);
    }
    let (longest_s, consent_by_s, pending) =
        if wish.kind == Kind::Guardian { guardian(wish, ages)? } else { helper(wish, ages)? };
    let until_s = wish.until_s.unwrap_or(longest_s).min(longest_s);
    if until_s <= wish.now_s {
        return Err(NoMandate::Over);
    }
    let terms = Terms { kind: wish.kind, scopes: wish.scopes, limit: None, from_s: wish.now_s, until_s, consent_by_s };
    Ok(Granted { terms, state: if pending { State::Pending } else { State::Active } })
}

type Bounds = (i64, Option<i64>, bool);

fn guardian(wish: &Wish, ages: &AgeRule) -> Result<Bounds, NoMandate> {
    if !matches!(wish.evidence, Evidence::Register | Evidence::Court | Evidence::Counter) {
        return Err(NoMandate::Evidence);
    }
    let adult_s = ages.reached_s(wish.principal, ADULT);
    if adult_s <= wish.now_s {
        if wish.evidence != Evidence::Court || wish.until_s.is_none() {
            return Err(NoMandate::AdultNeedsCourt);
        }
        return Ok((wish.now_s + COURT_LONGEST_S, None, false));
    }
    let own_s = ages.reached_s(wish.principal, OWN_CONSENT);
    let old_enough = own_s <= wish.now_s;
    // A court does not ask; otherwise whoever is old enough is asked first, and the younger ones when they are.
    let pending = old_enough && !wish.agreed && wish.evidence != Evidence::Court;
    Ok((adult_s, (!old_enough).then_some(own_s + CONSENT_LAPSES_S), pending))
}

fn helper(wish: &Wish, ages: &AgeRule) -> Result<Bounds, NoMandate> {
    if !matches!(wish.evidence, Evidence::Counter | Evidence::CareWorker | Evidence::Device) {
        return Err(NoMandate::Evidence);
    }
    if ages.reached_s(wish.principal, ADULT) > wish.now_s {
        return Err(NoMandate::PrincipalNotAdult);
    }
    // Nobody's device says yes for somebody else: only a counter hears the elder at once.
    let heard = wish.agreed && wish.evidence != Evidence::Device;
    Ok((wish.now_s + HELPER_LONGEST_S, None, !heard))
}

#[cfg(test)]
mod tests {
    use super::super::Scope;
    use super::*;

    /// 2026-11-24 00:00 in Shanghai.
    const NOW: i64 = 1_795_449_600;

    fn wish(kind: Kind, principal: (u16, u8, u8), evidence: Evidence) -> Wish {
        let (year, month, day) = principal;
        Wish {
            kind,
            scopes: Scopes::of(&[Scope::ShowCode]),
            evidence,
            principal: Birth { year, month, day },
            actor: Birth { year: 1980, month: 5, day: 5 },
            agreed: false,
            until_s: None,
            now_s: NOW,
        }
    }

    #[test]
    fn decision_table() {
        use Evidence::{CareWorker, Counter, Court, Device, Register};
        use Kind::{Agent, Guardian, Helper};
        let child = (2016, 3, 1);
        let teen = (2010, 3, 1);
        let elder = (1950, 3, 1);
        let agreed = |w: Wish| Wish { agreed: true, ..w };
        let minor_actor = Birth { year: 2009, month: 1, day: 1 };
        let last_day = (2008, 11, 24);
        let table: Vec<(Wish, Result<&str, NoMandate>)> = vec![
            (wish(Guardian, child, Counter), Ok("active")),
            (wish(Guardian, child, Register), Ok("active")),
            (wish(Guardian, child, Device), Err(NoMandate::Evidence)),
            (wish(Guardian, child, CareWorker), Err(NoMandate::Evidence)),
            (wish(Guardian, teen, Counter), Ok("pending")),
            (agreed(wish(Guardian, teen, Counter)), Ok("active")),
            (wish(Guardian, teen, Court), Ok("active")),
            (wish(Guardian, last_day, Court), Ok("active")),
            (wish(Guardian, (2008, 11, 23), Register), Err(NoMandate::AdultNeedsCourt)),
            (wish(Guardian, elder, Counter), Err(NoMandate::AdultNeedsCourt)),
            (wish(Guardian, elder, Court), Err(NoMandate::AdultNeedsCourt)),
            (Wish { until_s: Some(NOW + 9), ..wish(Guardian, elder, Court) }, Ok("active")),
            (Wish { until_s: Some(NOW), ..wish(Guardian, elder, Court) }, Err(NoMandate::Over)),
            (Wish { actor: minor_actor, ..wish(Guardian, child, Court) }, Err(NoMandate::ActorNotAdult)),
            (wish(Helper, elder, Counter), Ok("pending")),
            (agreed(wish(Helper, elder, Counter)), Ok("active")),
            (agreed(wish(Helper, elder, CareWorker)), Ok("active")),
            (agreed(wish(Helper, elder, Device)), Ok("pending")),
            (wish(Helper, elder, Register), Err(NoMandate::Evidence)),
            (wish(Helper, teen, Counter), Err(NoMandate::PrincipalNotAdult)),
            (Wish { scopes: Scopes::default(), ..wish(Helper, elder, Counter) }, Err(NoMandate::Scopes)),
            (
                Wish { scopes: Scopes::of(&[Scope::GiveConsent]), ..wish(Helper, elder, Counter) },
                Err(NoMandate::Scopes),
            ),
            (wish(Agent, elder, Counter), Err(NoMandate::Kind)),
        ];
        for (i, (wish, expected)) in table.into_iter().enumerate() {
            let got = granted(&wish, &AgeRule::CHINA).map(|g| g.state);
            assert_eq!(got.as_ref().map(State::as_str).map_err(|e| *e), expected, "row {i}");
        }
    }

    #[test]
    fn a_guardian_ends_at_eighteen_and_asks_at_fourteen() {
        let made = granted(&wish(Kind::Guardian, (2016, 3, 1), Evidence::Counter), &AgeRule::CHINA).unwrap();
        let born = Birth { year: 2016, month: 3, day: 1 };
        assert_eq!(made.terms.until_s, AgeRule::CHINA.reached_s(born, 18));
        assert_eq!(made.terms.consent_by_s, Some(AgeRule::CHINA.reached_s(born, 14) + CONSENT_LAPSES_S));
        assert_eq!(made.terms.ends_s(), made.terms.consent_by_s.unwrap(), "without the child's word it ends there");
        assert!(made.terms.runs(NOW) && !made.terms.runs(NOW - 1));
        let helper = granted(&wish(Kind::Helper, (1950, 3, 1), Evidence::Counter), &AgeRule::CHINA).unwrap();
        assert_eq!(helper.terms.until_s, NOW + HELPER_LONGEST_S);
        let short = Wish { until_s: Some(NOW + 60), ..wish(Kind::Helper, (1950, 3, 1), Evidence::Counter) };
        assert_eq!(granted(&short, &AgeRule::CHINA).unwrap().terms.until_s, NOW + 60);
        let long = Wish { until_s: Some(i64::MAX), ..short };
        assert_eq!(granted(&long, &AgeRule::CHINA).unwrap().terms.until_s, NOW + HELPER_LONGEST_S);
    }
}
