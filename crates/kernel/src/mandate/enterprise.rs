//! Acting for an enterprise: a chain from its legal representative down to whoever acts, and what it lets them do now.
//! It does not know the enterprise's name, nor who may appoint whom in person.

use super::{Kind, Scope, Terms, in_force_along};
use crate::filing::{Service, Services};
use crate::id::{AccountId, OrganisationId};

/// An appointment is asked for anew after so long at most, seconds: three years.
pub const APPOINTED_LONGEST_S: i64 = 3 * 365 * 86_400;
/// A representative's mandate stands as long as the register says so; this is its end when nothing else ends it: 30 years.
pub const REPRESENTS_LONGEST_S: i64 = 30 * 365 * 86_400;
/// An offer that nobody accepted is over after so long, seconds: 7 days.
pub const OFFER_S: i64 = 7 * 86_400;
/// After a change of representative each appointment waits so many working days for the new one's word (R17).
pub const CONFIRM_WORKING_DAYS: u16 = 15;

/// One mandate of a chain, as it is read at use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it allows, and when.
    pub terms: Terms,
    /// What may be filed under it.
    pub services: Services,
    /// Who acts under it may appoint others under themselves.
    pub may_appoint: bool,
    /// Where it stands.
    pub stands: Stands,
}

/// Where a link stands, as far as it matters for a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// In force.
    Active,
    /// Waits for somebody's word: the new representative's, or the person's own.
    Waits,
    /// Over.
    Over,
}

/// What somebody wants to do for an enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForEnterprise {
    /// Act for it at all: pick it on the page, read what is filed under it.
    Act,
    /// Show its code.
    ShowCode,
    /// File something.
    File {
        /// Of which service.
        service: Service,
        /// Up to what amount, in fen.
        amount: i64,
    },
    /// Appoint somebody under oneself.
    Appoint,
    /// What the representative alone does: confirm appointments, read everything.
    Represent,
}

/// A chain in play, for one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    /// For which enterprise.
    pub enterprise: OrganisationId,
    /// Whether the enterprise may act.
    pub in_good_standing: bool,
    /// Who acts, by the last link.
    pub actor: AccountId,
    /// The representative's mandate first.
    pub links: Vec<Link>,
    /// What for.
    pub wish: ForEnterprise,
}

/// Why a chain does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotFor {
    /// There is no such chain, or it is somebody else's.
    Nobody,
    /// A link of it was ended, or its time is over; or the enterprise may not act.
    Over,
    /// It waits for the new representative's word, or was not accepted yet.
    Waits,
    /// It is narrower than this: another service, a higher amount, no right to appoint.
    Narrower,
}

impl Acting {
    /// Whether the chain lets this person do it now.
    ///
    /// # Errors
    /// [`NotFor`], the first rule that does not hold.
    pub fn allows(&self, actor: &AccountId, now_s: i64) -> Result<(), NotFor> {
        let (Some(root), Some(last)) = (self.links.first(), self.links.last()) else { return Err(NotFor::Nobody) };
        if self.actor != *actor || root.terms.kind != Kind::Representative {
            return Err(NotFor::Nobody);
        }
        if !self.in_good_standing {
            return Err(NotFor::Over);
        }
        // The nearest link says why: one that waits does so although the representative above it is over.
        match self.links.iter().rev().find(|link| link.stands != Stands::Active).map(|link| link.stands) {
            Some(Stands::Waits) => return Err(NotFor::Waits),
            Some(_) => return Err(NotFor::Over),
            None => {}
        }
        let (scope, fits) = match &self.wish {
            ForEnterprise::Act => (Scope::ReadNotices, true),
            ForEnterprise::ShowCode => (Scope::ShowCode, true),
            ForEnterprise::File { service, amount } => (
                Scope::File,
                self.links.iter().all(|link| link.services.has(*service))
                    && *amount >= 0
                    && self.links.iter().all(|link| link.terms.limit.is_none_or(|most| *amount <= most)),
            ),
            ForEnterprise::Appoint => (Scope::ReadNotices, last.may_appoint && self.links.len() < super::CHAIN_MAX),
            ForEnterprise::Represent => (Scope::ReadNotices, self.links.len() == 1),
        };
        let terms: Vec<Terms> = self.links.iter().map(|link| link.terms).collect();
        if !terms.iter().all(|link| link.runs(now_s)) {
            return Err(NotFor::Over);
        }
        match in_force_along(&terms, scope, now_s) {
            Ok(true) if fits => Ok(()),
            Ok(_) => Err(NotFor::Narrower),
            Err(_) => Err(NotFor::Nobody),
        }
    }
}

/// What an appointment may be under a link: nowhere wider than it.
///
/// # Errors
/// The first way in which it is, or that its end lies in the past.
pub fn appointed(under: &Link, child: &Link, now_s: i64) -> Result<(), NotAppointed> {
    if !under.may_appoint {
        return Err(NotAppointed::MayNotAppoint);
    }
    if child.terms.scopes.is_empty() || !child.terms.scopes.within(Kind::Agent.scopes()) {
        return Err(NotAppointed::Scopes);
    }
    if !child.services.within(under.services) || child.services.is_empty() {
        return Err(NotAppointed::Services);
    }
    if child.terms.until_s <= now_s || child.terms.until_s > now_s.saturating_add(APPOINTED_LONGEST_S) {
        return Err(NotAppointed::Until);
    }
    super::narrows(&under.terms, &child.terms).map_err(|why| match why {
        super::TooWide::Time => NotAppointed::Until,
        super::TooWide::Limit => NotAppointed::Limit,
        _ => NotAppointed::Scopes,
    })
}

/// Why nobody is appointed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAppointed {
    /// Whoever appoints may not.
    MayNotAppoint,
    /// A scope that is none of an agent's, or wider than one's own.
    Scopes,
    /// No service, or one that one does not have oneself.
    Services,
    /// It would outlive one's own mandate, three years, or has no time.
    Until,
    /// More than one's own amount.
    Limit,
}

#[cfg(test)]
mod tests {
    use super::super::Scopes;
    use super::*;

    fn id(n: u8) -> AccountId {
        AccountId::new(0, [n; 10])
    }

    fn link(kind: Kind, services: &str, limit: Option<i64>, until_s: i64) -> Link {
        let scopes = Scopes::of(&[Scope::ShowCode, Scope::ReadNotices, Scope::File]);
        Link {
            terms: Terms { kind, scopes, limit, from_s: 10, until_s, consent_by_s: None },
            services: Services::parse(services).expect("services"),
            may_appoint: kind == Kind::Representative,
            stands: Stands::Active,
        }
    }

    fn acting(links: Vec<Link>, wish: ForEnterprise) -> Acting {
        Acting { enterprise: OrganisationId::new(0, [9; 10]), in_good_standing: true, actor: id(1), links, wish }
    }

    #[test]
    fn decision_table() {
        let root = || link(Kind::Representative, &Services::ALL.text(), None, 1_000);
        let agent = || link(Kind::Agent, "tax annual_report", Some(500), 900);
        let file = |service, amount| ForEnterprise::File { service, amount };
        let with = |change: fn(&mut Link)| {
            let mut link = agent();
            change(&mut link);
            vec![root(), link]
        };
        type Row = (Vec<Link>, ForEnterprise, i64, Result<(), NotFor>);
        let table: Vec<Row> = vec![
            (vec![root(), agent()], file(Service::Tax, 500), 20, Ok(())),
            (vec![root(), agent()], file(Service::Tax, 501), 20, Err(NotFor::Narrower)),
            (vec![root(), agent()], file(Service::Tax, -1), 20, Err(NotFor::Narrower)),
            (vec![root(), agent()], file(Service::Permit, 1), 20, Err(NotFor::Narrower)),
            (vec![root(), agent()], file(Service::Tax, 1), 900, Err(NotFor::Over)),
            (vec![root(), agent()], file(Service::Tax, 1), 9, Err(NotFor::Over)),
            (vec![agent()], file(Service::Tax, 1), 20, Err(NotFor::Nobody)),
            (vec![], ForEnterprise::Act, 20, Err(NotFor::Nobody)),
            (vec![root()], ForEnterprise::Represent, 20, Ok(())),
            (vec![root(), agent()], ForEnterprise::Represent, 20, Err(NotFor::Narrower)),
            (vec![root()], ForEnterprise::Appoint, 20, Ok(())),
            (vec![root(), agent()], ForEnterprise::Appoint, 20, Err(NotFor::Narrower)),
            (with(|l| l.may_appoint = true), ForEnterprise::Appoint, 20, Ok(())),
            (with(|l| l.stands = Stands::Over), file(Service::Tax, 1), 20, Err(NotFor::Over)),
            (with(|l| l.stands = Stands::Waits), file(Service::Tax, 1), 20, Err(NotFor::Waits)),
            (
                vec![Link { stands: Stands::Over, ..root() }, Link { stands: Stands::Waits, ..agent() }],
                file(Service::Tax, 1),
                20,
                Err(NotFor::Waits),
            ),
            (
                with(|l| l.terms.scopes = Scopes::of(&[Scope::ReadNotices])),
                ForEnterprise::ShowCode,
                20,
                Err(NotFor::Narrower),
            ),
            (with(|l| l.terms.until_s = 1_001), file(Service::Tax, 1), 20, Err(NotFor::Nobody)),
        ];
        for (i, (links, wish, now, expected)) in table.into_iter().enumerate() {
            assert_eq!(acting(links, wish).allows(&id(1), now), expected, "row {i}");
        }
        let mine = acting(vec![root()], ForEnterprise::Act);
        assert_eq!(mine.allows(&id(2), 20), Err(NotFor::Nobody), "somebody else's");
        let stopped = Acting { in_good_standing: false, ..mine };
        assert_eq!(stopped.allows(&id(1), 20), Err(NotFor::Over), "the enterprise may not act");
        let mut deep: Vec<Link> =
            (0..3).map(|n| Link { may_appoint: true, ..link(Kind::Agent, "tax", Some(5), 900 - n) }).collect();
        deep.insert(0, root());
        assert_eq!(acting(deep[..3].to_vec(), ForEnterprise::Appoint).allows(&id(1), 20), Err(NotFor::Narrower));
        assert_eq!(acting(deep, ForEnterprise::Act).allows(&id(1), 20), Err(NotFor::Nobody), "a fourth link");
    }

    #[test]
    fn an_appointment_is_nowhere_wider() {
        let root = link(Kind::Representative, "tax permit", Some(100), 2_000);
        let child = |change: fn(&mut Link)| {
            let mut link = link(Kind::Agent, "tax", Some(100), 1_000);
            change(&mut link);
            link
        };
        let table = [
            (child(|_| ()), Ok(())),
            (child(|l| l.terms.limit = None), Err(NotAppointed::Limit)),
            (child(|l| l.terms.limit = Some(101)), Err(NotAppointed::Limit)),
            (child(|l| l.services = Services::ALL), Err(NotAppointed::Services)),
            (child(|l| l.services = Services::default()), Err(NotAppointed::Services)),
            (child(|l| l.terms.scopes = Scopes::of(&[Scope::Sign])), Err(NotAppointed::Scopes)),
            (child(|l| l.terms.scopes = Scopes::default()), Err(NotAppointed::Scopes)),
            (child(|l| l.terms.until_s = 2_001), Err(NotAppointed::Until)),
            (child(|l| l.terms.until_s = 20), Err(NotAppointed::Until)),
        ];
        for (i, (child, expected)) in table.into_iter().enumerate() {
            assert_eq!(appointed(&root, &child, 20), expected, "row {i}");
        }
        let agent = link(Kind::Agent, "tax", Some(100), 2_000);
        assert_eq!(appointed(&agent, &child(|_| ()), 20), Err(NotAppointed::MayNotAppoint));
    }
}
