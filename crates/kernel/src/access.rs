//! The one decision: may this actor do this deed, given these facts, now? It gives a [`Permit`] or a refusal with a reason.
//! Pure; INVARIANT: only this file can make a `Permit`, and a deed cannot be done without one.

use crate::assurance::needed;
use crate::deed::Deed;
use crate::grant::Consent;
use crate::id::{AccountId, AuditSearchId, DeviceId, OperatorId, OrganisationId};
use crate::mandate::{Acting, Mandate, NotFor, Scope, Sight};
use crate::matrix::{Rule, rule};
use crate::post::InPost;
use crate::scenario::SENSITIVE;
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
    /// The actor's device was enrolled a short time ago and nobody vouched for it: until when that counts, Unix seconds.
    pub young_until_s: Option<i64>,
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
    /// Which resident the officer is is not known, and the province asks for it.
    NotNamed,
    /// The phone was not kept by name in a recovery: it may stop that, and nothing else.
    PhoneSuspended,
    /// The phone was enrolled a short time ago and nobody vouched for it: what matters waits.
    PhoneYoung {
        /// Until when, Unix seconds.
        until_s: i64,
    },
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
            Self::NotNamed => "not_named",
            Self::PhoneSuspended => "phone_suspended",
            Self::PhoneYoung { .. } => "phone_young",
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
    grown_up(request, facts, now_s)?;
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

/// A phone that came by a message or by one officer's code waits with what a signed-in person needs a proof for (R11).
fn grown_up(request: &Request, facts: &Facts, now_s: i64) -> Result<(), Refusal> {
    match facts.young_until_s {
        Some(until_s) if now_s < until_s && waits_while_young(request) => Err(Refusal::PhoneYoung { until_s }),
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
        | Deed::ConfirmOperatorName
        | Deed::VouchForDevice
        // By a message alone, which may go to the very phone that was lost; a counter's code does not wait.
        | Deed::EnrolDevice => true,
        Deed::EndDevice => matches!(actor, Actor::Person { .. }),
        _ => false,
    }
}

/// What a phone that was enrolled a short time ago does not do until a passkey vouched for it, or its time has come (R11): what the
/// account page asks a proof for, helpers, a post's codes, and agreeing to give a number. Whatever stops something stays open.
#[must_use]
pub fn waits_while_young(request: &Request) -> bool {
    if !matches!(request.actor, Actor::Device { .. }) {
        return false;
    }
    match request.deed {
        Deed::GiveConsent => request.attributes.iter().any(|a| SENSITIVE.contains(&a.as_str())),
        Deed::InviteHelper
        | Deed::AcceptInvitation
        | Deed::ConfirmMandate
        | Deed::RestoreMandate
        | Deed::NameTrusted
        | Deed::AskForWard
        | Deed::DrawForPost => true,
        // Ending one stops something; letting a screen in asks the phone for a passkey itself.
        Deed::EndDevice | Deed::SignInAcross => false,
        deed => needed(deed).is_some(),
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
mod tests;
