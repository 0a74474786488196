//! The one decision: may this actor do this deed, given these facts, now? It gives a [`Permit`] or a refusal with a reason.
//! Pure; INVARIANT: only this file can make a `Permit`, and a deed cannot be done without one.

use crate::assurance::needed;
use crate::deed::Deed;
use crate::grant::Consent;
use crate::id::{AccountId, AuditSearchId, DeviceId, OperatorId, OrganisationId};
use crate::mandate::{Acting, Mandate, NotFor, Scope, Sight};
use crate::matrix::{Rule, rule};
use crate::post::InPost;
use crate::subject::{AccountState, Actor};
use crate::visit::{Visit, helped};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub actor: Actor,
    /// What for.
    pub deed: Deed,
    /// The account it is about, when there is one.
    pub subject: Option<AccountId>,
    /// The scenario it is for, when there is one.
    pub scenario: Option<u16>,
    /// Attributes asked for, or that must have been agreed to.
    pub attributes: Vec<String>,
    /// The organisation for which it is asked; its record shows a refusal too.
    pub organisation: Option<OrganisationId>,
    /// The search of one person's uses within which it is asked: an order may delay what they see of it.
    pub search: Option<InSearch>,
}

/// A search of the uses of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InSearch {
    /// Which.
    pub search: AuditSearchId,
    /// It is asked for with an order, so that even a refusal is not seen at once.
    pub by_order: bool,
}

impl Request {
    /// A request about nobody in particular.
    #[must_use]
    pub const fn of(actor: Actor, deed: Deed) -> Self {
        Self { actor, deed, subject: None, scenario: None, attributes: Vec::new(), organisation: None, search: None }
    }

    /// The same, about an account.
    #[must_use]
    pub fn about(mut self, account: AccountId) -> Self {
        self.subject = Some(account);
        self
    }

    /// The same, within a search of somebody's uses.
    #[must_use]
    pub fn in_search(mut self, search: AuditSearchId, by_order: bool) -> Self {
        self.search = Some(InSearch { search, by_order });
        self
    }

    /// The same, for an organisation.
    #[must_use]
    pub fn for_organisation(mut self, organisation: OrganisationId) -> Self {
        self.organisation = Some(organisation);
        self
    }
}

/// What was read, in the same transaction, for the decision.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Standing of the account behind the actor (a resident's device), when there is one.
    pub actor_state: Option<AccountState>,
    /// The actor's device, gate or operator was ended.
    pub actor_ended: bool,
    /// The actor's device waits since a recovery that did not keep it by name.
    pub actor_suspended: bool,
    /// The one device that was asked, when another of the same person may not answer.
    pub asked_device: Option<DeviceId>,
    /// Standing of the subject, when there is one.
    pub subject_state: Option<AccountState>,
    /// Who prepared what is to be reviewed.
    pub prepared_by: Option<OperatorId>,
    /// Consents of the subject for the scenario.
    pub consents: Vec<Consent>,
    /// Attributes that the reviewed manifest names.
    pub manifest_attributes: Vec<String>,
    /// The one mandate in play.
    pub mandate: Option<Mandate>,
    /// The account came back a short time ago, and what matters waits.
    pub in_hold: bool,
    /// The one chain for an enterprise in play.
    pub acting: Option<Acting>,
    /// The one post in play.
    pub post: Option<InPost>,
    /// Whose files it is about beside the subject's, as only reading told; the conditions on operators look at them too.
    pub about: Vec<AccountId>,
    /// The visit at a counter in which the actor signed in with help.
    pub visit: Option<Visit>,
}

/// Why not. The reason goes to the use and to the log; a stranger is shown less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The matrix says no.
    NotAllowed,
    /// It is somebody else's.
    NotYours,
    /// The actor's device, gate, post or account has ended or is suspended.
    ActorEnded,
    /// The resident is suspended or dead.
    SubjectNotActive,
    /// The same person prepared it.
    SamePerson,
    /// The manifest does not name an attribute that was asked for.
    NotInManifest,
    /// The resident has not agreed to it.
    NotAgreed,
    /// A fresh or a stronger sign-in is needed (RFC 9470).
    StepUp,
    /// Nobody gave a mandate for it, or it is over, suspended or narrower.
    NotMandated,
    /// The account was recovered a short time ago: this waits until the hold is over.
    InHold,
    /// The mandate under which it would be done was ended, or its time is over.
    MandateOver,
    /// The mandate waits for the new representative's word, or for the person's own.
    MandateWaits,
    /// The mandate is narrower: another service, a higher amount.
    MandateNarrower,
    /// The officer's own file.
    OwnFile,
    /// The file of somebody with whom an edge joins the officer.
    KinFile,
    /// Somebody of the officer's own office.
    SameOffice,
    /// The officer looked at as many files as an hour allows.
    MassReading,
    /// The lease of the officer's post is over: the personnel feed fell silent.
    FeedSilent,
    /// The policy could not be evaluated.
    PolicyUnchecked,
    /// The visit at the counter does not list it.
    NotInVisit,
    /// The phone was not kept by name in a recovery: it may stop that, and nothing else.
    PhoneSuspended,
}

impl Refusal {
    /// The word in the use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NotYours => "not_yours",
            Self::ActorEnded => "actor_ended",
            Self::SubjectNotActive => "subject_not_active",
            Self::SamePerson => "same_person",
            Self::NotInManifest => "not_in_manifest",
            Self::NotAgreed => "not_agreed",
            Self::StepUp => "step_up",
            Self::NotMandated => "not_mandated",
            Self::InHold => "in_hold",
            Self::MandateOver => "mandate_over",
            Self::MandateWaits => "mandate_waits",
            Self::MandateNarrower => "mandate_narrower",
            Self::OwnFile => "own_file",
            Self::KinFile => "kin_file",
            Self::SameOffice => "same_office",
            Self::MassReading => "mass_reading",
            Self::FeedSilent => "feed_silent",
            Self::PolicyUnchecked => "policy_unchecked",
            Self::NotInVisit => "not_in_visit",
            Self::PhoneSuspended => "phone_suspended",
        }
    }
}

/// Permission as a value: the deed it allows, and what of it.
#[derive(Clone, Debug)]
pub struct Permit {
    request: Request,
    at_s: i64,
    /// Attributes that may be given.
    given: Vec<String>,
}

impl Permit {
    /// What was asked.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// When it was decided, Unix seconds.
    #[must_use]
    pub const fn at_s(&self) -> i64 {
        self.at_s
    }

    /// Attributes that may be given: asked for, named in the manifest, and agreed to.
    #[must_use]
    pub fn attributes(&self) -> &[String] {
        &self.given
    }
}

/// Decides. Default is refusal.
///
/// # Errors
/// A [`Refusal`] that names the first rule that does not hold.
pub fn decide(request: &Request, facts: &Facts, now_s: i64) -> Result<Permit, Refusal> {
    if facts.actor_suspended && !open_to_suspended(request.deed) {
        return Err(Refusal::PhoneSuspended);
    }
    if facts.actor_ended || facts.actor_state.is_some_and(|s| s != AccountState::Active) {
        return Err(Refusal::ActorEnded);
    }
    match rule(request.actor.kind(), request.deed) {
        Rule::No => Err(Refusal::NotAllowed),
        Rule::Yes => Ok(()),
        Rule::Own => own(request).and_then(|()| asked(request, facts)),
        Rule::Other => other(request, facts),
        Rule::Agreed => agreed(request, facts),
        Rule::Mandated => mandated(request, facts, now_s),
    }?;
    helped(&request.actor, request.deed, facts.visit.as_ref(), now_s)?;
    if facts.in_hold && waits_in_hold(&request.actor, request.deed) {
        return Err(Refusal::InHold);
    }
    stepped_up(request, now_s)?;
    if needs_living_subject(request.deed) && facts.subject_state.is_some_and(|s| s != AccountState::Active) {
        return Err(Refusal::SubjectNotActive);
    }
    let given = given(request, facts, now_s);
    if needs_all_agreed(request.deed) && given.len() < request.attributes.len() {
        return Err(Refusal::NotAgreed);
    }
    Ok(Permit { request: request.clone(), at_s: now_s, given })
}

fn own(request: &Request) -> Result<(), Refusal> {
    match (&request.actor, &request.subject, request.scenario) {
        (Actor::Device { account, .. } | Actor::Person { account, .. }, Some(subject), _) if account != subject => {
            Err(Refusal::NotYours)
        }
        (Actor::Gate { scenario, .. }, _, Some(asked)) if *scenario != asked => Err(Refusal::NotYours),
        (Actor::Device { .. } | Actor::Person { .. } | Actor::App { .. } | Actor::Gate { .. }, ..) => Ok(()),
        _ => Err(Refusal::NotAllowed),
    }
}

/// A heavy deed asks a signed-in person for a fresh and strong sign-in; a device signs each request anew.
fn stepped_up(request: &Request, now_s: i64) -> Result<(), Refusal> {
    match (&request.actor, needed(request.deed)) {
        (Actor::Person { standing, .. }, Some(needed)) if !needed.met_by(standing, now_s) => Err(Refusal::StepUp),
        _ => Ok(()),
    }
}

fn asked(request: &Request, facts: &Facts) -> Result<(), Refusal> {
    match (&request.actor, &facts.asked_device) {
        (Actor::Device { device, .. }, Some(asked)) if device != asked => Err(Refusal::NotYours),
        _ => Ok(()),
    }
}

fn other(request: &Request, facts: &Facts) -> Result<(), Refusal> {
    match (&request.actor, &facts.prepared_by) {
        (Actor::Operator { operator, .. }, Some(by)) if operator != by => Ok(()),
        _ => Err(Refusal::SamePerson),
    }
}

fn agreed(request: &Request, facts: &Facts) -> Result<(), Refusal> {
    own(request)?;
    if request.attributes.iter().all(|a| facts.manifest_attributes.contains(a)) {
        Ok(())
    } else {
        Err(Refusal::NotInManifest)
    }
}

/// The actor is a natural person, on their own device or signed in as themselves: nobody acts while acting.
fn mandated(request: &Request, facts: &Facts, now_s: i64) -> Result<(), Refusal> {
    if let Some(acting) = &facts.acting {
        return for_enterprise(request, acting, now_s);
    }
    if request.deed == Deed::DrawForPost {
        return in_post(request, facts.post.as_ref(), now_s);
    }
    let (Actor::Device { account, .. } | Actor::Person { account, .. }, Some(principal), Some(mandate)) =
        (&request.actor, &request.subject, &facts.mandate)
    else {
        return Err(Refusal::NotMandated);
    };
    if matches!(request.deed, Deed::RecoverWard | Deed::AskForWard | Deed::ObjectForWard) {
        return if mandate.is_guardian(account, principal, now_s) { Ok(()) } else { Err(Refusal::NotMandated) };
    }
    let scope = match request.deed {
        Deed::DrawActing => Scope::ShowCode,
        Deed::AllowAppFor | Deed::WithdrawAppFor => Scope::GiveConsent,
        Deed::SeeWardRecord if mandate.sight != Sight::Nothing => Scope::SeeRecord,
        _ => return Err(Refusal::NotMandated),
    };
    if mandate.allows(account, principal, scope, now_s) { Ok(()) } else { Err(Refusal::NotMandated) }
}

/// A natural person, signed in as self, by the chain from the enterprise's representative down to them.
fn for_enterprise(request: &Request, acting: &Acting, now_s: i64) -> Result<(), Refusal> {
    own(request)?;
    let (Actor::Device { account, .. } | Actor::Person { account, .. }) = &request.actor else {
        return Err(Refusal::NotMandated);
    };
    if request.organisation.as_ref().is_some_and(|asked| *asked != acting.enterprise) {
        return Err(Refusal::NotMandated);
    }
    acting.allows(account, now_s).map_err(|why| match why {
        NotFor::Nobody => Refusal::NotMandated,
        NotFor::Over => Refusal::MandateOver,
        NotFor::Waits => Refusal::MandateWaits,
        NotFor::Narrower => Refusal::MandateNarrower,
    })
}

/// An officer on their own device, in a post that stands.
fn in_post(request: &Request, post: Option<&InPost>, now_s: i64) -> Result<(), Refusal> {
    own(request)?;
    match (&request.actor, post) {
        (Actor::Device { account, .. }, Some(post)) if post.account == *account => {
            if post.stands(now_s) {
                Ok(())
            } else {
                Err(Refusal::MandateOver)
            }
        }
        _ => Err(Refusal::NotMandated),
    }
}

fn given(request: &Request, facts: &Facts, now_s: i64) -> Vec<String> {
    let Some(scenario) = request.scenario else { return Vec::new() };
    let agreed = |a: &&String| facts.consents.iter().any(|c| c.allows(scenario, a, now_s));
    request.attributes.iter().filter(agreed).cloned().collect()
}

/// What a phone does that a recovery did not keep by name (R3): it sees that recovery, and says that it was not its holder.
#[must_use]
pub const fn open_to_suspended(deed: Deed) -> bool {
    matches!(deed, Deed::SeeRecoveries | Deed::StopRecovery)
}

/// What an account does not do in the hold after a recovery (R14), nor have done to it: agreeing, mandates, deletion; and
/// whatever would take the means of stopping it from whoever had them before.
#[must_use]
pub const fn waits_in_hold(actor: &Actor, deed: Deed) -> bool {
    match deed {
        Deed::GiveConsent
        | Deed::AllowApp
        | Deed::AllowAppFor
        | Deed::InviteHelper
        | Deed::AcceptInvitation
        | Deed::ConfirmMandate
        | Deed::RestoreMandate
        | Deed::RegisterMandate
        | Deed::DeleteData
        | Deed::CorrectData
        | Deed::AddAuthenticator
        | Deed::AddFirstPasskey
        | Deed::RemoveAuthenticator
        | Deed::ChangePassword
        | Deed::ProveNumber
        | Deed::ChangeNumber
        | Deed::LetDeviceIn
        | Deed::JoinDevice
        | Deed::RecoverWard
        | Deed::NameTrusted
        | Deed::AcceptTrusted
        | Deed::AskForWard
        // By a message alone, which may go to the very phone that was lost; a counter's code does not wait.
        | Deed::EnrolDevice => true,
        Deed::EndDevice => matches!(actor, Actor::Person { .. }),
        _ => false,
    }
}

const fn needs_living_subject(deed: Deed) -> bool {
    matches!(
        deed,
        Deed::EnrolDevice
            | Deed::JoinAccount
            | Deed::DrawTokens
            | Deed::TakeShortNumber
            | Deed::IssueEnrolmentCode
            | Deed::GiveBenefit
            | Deed::IssueCard
            | Deed::ResolveCode
            | Deed::BindCard
            | Deed::FindBound
            | Deed::AllowApp
            | Deed::AllowAppFor
            | Deed::TakeToken
            | Deed::ReadClaims
            | Deed::RegisterMandate
            | Deed::InviteHelper
            | Deed::AcceptInvitation
            | Deed::DrawActing
            | Deed::DrawForPost
            | Deed::BeginRecovery
            | Deed::Recover
            | Deed::RecoverWard
            | Deed::JoinDevice
            | Deed::BeginVisit
            | Deed::OpenVisit
            | Deed::NameTrusted
            | Deed::AcceptTrusted
            | Deed::AskForWard
    )
}

/// A resolve gives what was agreed to; these are not done at all without agreement to everything that they name.
const fn needs_all_agreed(deed: Deed) -> bool {
    matches!(deed, Deed::BindCard | Deed::FindBound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assurance::{Acr, Proofing, Standing};
    use crate::id::{ConsentId, DeviceId, GateId, SessionId};
    use crate::post::Held;
    use crate::subject::Role;

    fn account(n: u8) -> AccountId {
        AccountId::new(1, [n; 10])
    }

    fn device(n: u8) -> Actor {
        Actor::Device { account: account(n), device: DeviceId::new(1, [n; 10]), slot: 0 }
    }

    fn gate(scenario: u16) -> Actor {
        Actor::Gate { gate: GateId::new(1, [1; 10]), site: 7, scenario }
    }

    fn operator(n: u8, role: Role) -> Actor {
        Actor::Operator { operator: OperatorId::new(1, [n; 10]), role }
    }

    #[test]
    fn decision_table() {
        let dead = Facts { subject_state: Some(AccountState::Dead), ..Facts::default() };
        let ended = Facts { actor_ended: true, ..Facts::default() };
        let asked = |n| Facts { asked_device: Some(DeviceId::new(1, [n; 10])), ..Facts::default() };
        let prepared = |n| Facts { prepared_by: Some(OperatorId::new(1, [n; 10])), ..Facts::default() };
        let table: Vec<(Request, Facts, Result<(), Refusal>)> = vec![
            (Request::of(device(1), Deed::DrawTokens).about(account(1)), Facts::default(), Ok(())),
            (Request::of(device(1), Deed::DrawTokens).about(account(2)), Facts::default(), Err(Refusal::NotYours)),
            (Request::of(device(1), Deed::DrawTokens).about(account(1)), ended, Err(Refusal::ActorEnded)),
            (Request::of(device(1), Deed::DrawTokens).about(account(1)), dead.clone(), Err(Refusal::SubjectNotActive)),
            (Request::of(device(1), Deed::ConfirmCheck).about(account(1)), asked(1), Ok(())),
            (Request::of(device(1), Deed::ConfirmCheck).about(account(1)), asked(2), Err(Refusal::NotYours)),
            (Request::of(device(1), Deed::RefuseCheck).about(account(2)), asked(1), Err(Refusal::NotYours)),
            (Request::of(Actor::Stranger, Deed::DrawTokens), Facts::default(), Err(Refusal::NotAllowed)),
            (
                Request { scenario: Some(2), ..Request::of(gate(1), Deed::CheckCode) },
                Facts::default(),
                Err(Refusal::NotYours),
            ),
            (Request { scenario: Some(1), ..Request::of(gate(1), Deed::CheckCode) }, Facts::default(), Ok(())),
            (Request::of(operator(1, Role::System), Deed::ReviewScenario), prepared(1), Err(Refusal::SamePerson)),
            (Request::of(operator(2, Role::Security), Deed::ReviewScenario), prepared(1), Ok(())),
            (Request::of(operator(2, Role::Audit), Deed::ReviewScenario), prepared(1), Err(Refusal::NotAllowed)),
            (
                Request::of(operator(1, Role::System), Deed::IssueCard).about(account(1)),
                dead,
                Err(Refusal::SubjectNotActive),
            ),
            (Request::of(operator(1, Role::System), Deed::ReadUses), Facts::default(), Err(Refusal::NotAllowed)),
        ];
        for (i, (request, facts, expected)) in table.into_iter().enumerate() {
            assert_eq!(decide(&request, &facts, 100).map(|_| ()), expected, "row {i}");
        }
    }

    #[test]
    fn r3_a_phone_that_was_not_kept_stops_the_recovery_and_does_nothing_else() {
        let waits = Facts { actor_suspended: true, ..Facts::default() };
        for deed in Deed::ALL {
            let request = Request::of(device(1), deed).about(account(1));
            let expected = match deed {
                Deed::SeeRecoveries | Deed::StopRecovery => Ok(()),
                _ => Err(Refusal::PhoneSuspended),
            };
            assert_eq!(decide(&request, &waits, 100).map(drop), expected, "{}", deed.as_str());
        }
    }

    #[test]
    fn codes_of_a_post_are_drawn_by_its_own_officer_while_it_stands() {
        let held = Held { active: true, lease_until_s: 100, deputy: false };
        let post = |n| InPost { account: account(n), held, officer: None, office_stands: true };
        let closed = InPost { office_stands: false, ..post(1) };
        let person = Actor::Person {
            account: account(1),
            session: SessionId::new(1, [1; 10]),
            standing: Standing { proofing: Proofing::Seen, acr: Acr::Passkey, auth_at_s: 50 },
        };
        let table = [
            (device(1), Some(post(1)), 99, Ok(())),
            (device(1), Some(post(1)), 100, Err(Refusal::MandateOver)),
            (device(1), Some(closed), 99, Err(Refusal::MandateOver)),
            (device(1), Some(post(2)), 99, Err(Refusal::NotMandated)),
            (device(1), None, 99, Err(Refusal::NotMandated)),
            (person, Some(post(1)), 99, Err(Refusal::NotAllowed)),
        ];
        for (i, (actor, post, now, expected)) in table.into_iter().enumerate() {
            let request = Request::of(actor, Deed::DrawForPost).about(account(1));
            let facts = Facts { post, ..Facts::default() };
            assert_eq!(decide(&request, &facts, now).map(drop), expected, "row {i}");
        }
    }

    #[test]
    fn acting_for_somebody_needs_their_mandate_with_that_scope_now() {
        use crate::mandate::{Kind, Scopes, Terms};
        let terms = Terms {
            kind: Kind::Guardian,
            scopes: Scopes::of(&[Scope::ShowCode]),
            limit: None,
            from_s: 50,
            until_s: 150,
            consent_by_s: None,
        };
        let mandate = Mandate {
            id: crate::id::EdgeId::new(1, [1; 10]),
            principal: account(2),
            actor: account(1),
            terms,
            active: true,
            sight: Sight::Nothing,
        };
        let with = |mandate| Facts { mandate: Some(mandate), ..Facts::default() };
        let short = Terms { consent_by_s: Some(100), ..terms };
        let table = [
            (1, 2, with(mandate.clone()), Ok(())),
            (1, 3, with(mandate.clone()), Err(Refusal::NotMandated)),
            (3, 2, with(mandate.clone()), Err(Refusal::NotMandated)),
            (1, 2, Facts::default(), Err(Refusal::NotMandated)),
            (1, 2, with(Mandate { active: false, ..mandate.clone() }), Err(Refusal::NotMandated)),
            (
                1,
                2,
                with(Mandate { terms: Terms { until_s: 100, ..terms }, ..mandate.clone() }),
                Err(Refusal::NotMandated),
            ),
            (1, 2, with(Mandate { terms: short, ..mandate.clone() }), Err(Refusal::NotMandated)),
            (
                1,
                2,
                Facts { subject_state: Some(AccountState::Dead), ..with(mandate.clone()) },
                Err(Refusal::SubjectNotActive),
            ),
        ];
        for (i, (actor, principal, facts, expected)) in table.into_iter().enumerate() {
            let request = Request::of(device(actor), Deed::DrawActing).about(account(principal));
            assert_eq!(decide(&request, &facts, 100).map(|_| ()), expected, "row {i}");
        }
        let seeing = Request::of(device(1), Deed::SeeWardRecord).about(account(2));
        let see = Terms { scopes: Scopes::of(&[Scope::SeeRecord]), ..terms };
        let whole = Mandate { terms: see, sight: Sight::Whole, ..mandate };
        assert!(decide(&seeing, &with(whole.clone()), 100).is_ok());
        let nothing = with(Mandate { sight: Sight::Nothing, ..whole.clone() });
        assert_eq!(decide(&seeing, &nothing, 100).map(|_| ()), Err(Refusal::NotMandated));
        // R31: whoever signed in answers for a child, where the mandate says so and for nobody else's.
        let standing = Standing { proofing: Proofing::Seen, acr: Acr::Passkey, auth_at_s: 90 };
        let person = |n: u8| Actor::Person { account: account(n), session: SessionId::new(1, [n; 10]), standing };
        let consents = Terms { scopes: Scopes::of(&[Scope::GiveConsent]), ..see };
        let guardian = with(Mandate { terms: consents, ..whole.clone() });
        let answer = |n, about| Request::of(person(n), Deed::AllowAppFor).about(account(about));
        assert!(decide(&answer(1, 2), &guardian, 100).is_ok());
        for (request, facts) in [
            (answer(1, 2), with(whole)),
            (answer(1, 2), Facts::default()),
            (answer(1, 3), guardian.clone()),
            (answer(3, 2), guardian.clone()),
        ] {
            assert_eq!(decide(&request, &facts, 100).map(|_| ()), Err(Refusal::NotMandated));
        }
        let by_device = Request::of(device(1), Deed::AllowAppFor).about(account(2));
        assert_eq!(decide(&by_device, &guardian, 100).map(|_| ()), Err(Refusal::NotAllowed), "by the page alone");
    }

    #[test]
    fn only_agreed_attributes_are_given_and_unnamed_ones_refused() {
        let mut request = Request { scenario: Some(9), ..Request::of(gate(9), Deed::ResolveCode) };
        request.attributes = vec!["age_band".into(), "region".into()];
        let consent = Consent {
            id: ConsentId::new(1, [0; 10]),
            scenario: 9,
            attributes: vec!["age_band".into()],
            from_s: 50,
            until_s: 150,
        };
        let mut facts = Facts {
            consents: vec![consent],
            manifest_attributes: vec!["age_band".into(), "region".into()],
            ..Facts::default()
        };
        let given = |f: &Facts, now| decide(&request, f, now).map(|p| p.attributes().to_vec());
        assert_eq!(given(&facts, 100), Ok(vec!["age_band".into()]));
        assert_eq!(given(&facts, 150), Ok(vec![]), "an ended consent gives nothing");
        facts.manifest_attributes.pop();
        assert_eq!(given(&facts, 100), Err(Refusal::NotInManifest));
    }

    #[test]
    fn a_card_is_tied_and_found_within_agreement_alone() {
        let agreed = |scenario, until_s| Facts {
            consents: vec![Consent {
                id: ConsentId::new(1, [0; 10]),
                scenario,
                attributes: vec!["binding".into()],
                from_s: 50,
                until_s,
            }],
            manifest_attributes: vec!["binding".into()],
            subject_state: Some(AccountState::Active),
            ..Facts::default()
        };
        let unnamed = Facts { manifest_attributes: Vec::new(), ..agreed(9, 150) };
        let suspended = Facts { subject_state: Some(AccountState::Suspended), ..agreed(9, 150) };
        let table = [
            (agreed(9, 150), Ok(())),
            (agreed(9, 100), Err(Refusal::NotAgreed)),
            (agreed(8, 150), Err(Refusal::NotAgreed)),
            (Facts { consents: Vec::new(), ..agreed(9, 150) }, Err(Refusal::NotAgreed)),
            (unnamed, Err(Refusal::NotInManifest)),
            (suspended, Err(Refusal::SubjectNotActive)),
        ];
        for deed in [Deed::BindCard, Deed::FindBound] {
            for (i, (facts, expected)) in table.iter().enumerate() {
                let request =
                    Request { scenario: Some(9), attributes: vec!["binding".into()], ..Request::of(gate(9), deed) };
                assert_eq!(decide(&request, facts, 100).map(|_| ()), *expected, "{} row {i}", deed.as_str());
            }
        }
        // Ending one asks for no agreement: it works for whoever is suspended, and after the consent is over.
        let end = Request { scenario: Some(9), ..Request::of(gate(9), Deed::UnbindCard) };
        let dead = Facts { subject_state: Some(AccountState::Dead), ..Facts::default() };
        assert!(decide(&end, &dead, 100).is_ok());
        assert_eq!(
            decide(&Request::of(device(1), Deed::UnbindCard).about(account(2)), &Facts::default(), 100).map(|_| ()),
            Err(Refusal::NotYours)
        );
    }
}
