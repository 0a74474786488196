//! For whom somebody is at an app: themselves, or one of those whose mandate they have, a person or an enterprise (rule R18).
//! What is asked on our page, and what every token of such a sign-in hangs on from then on. It does not know pages.

use crate::Province;
use crate::allow_app::subject_of;
use crate::authorize::Opened;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::mandates::{By, Chain, Hand, ages, both, chain, chain_in_force, is_enterprise, said_for, terms};
use crate::person_sessions::{Person, facts_of, facts_to_change};
use serde::{Deserialize, Serialize};
use yima_kernel::access::Facts;
use yima_kernel::mandate::{CONSENT_LAPSES_S, ForEnterprise, Kind, Scope, Terms};
use yima_kernel::subject::Actor;
use yima_oidc::exchange;
use yima_oidc::pairwise;
use yima_oidc::tokens::{Act, Limits};
use yima_store::account::{self, Account};
use yima_store::app_grant::{self, Grant};
use yima_store::edge::{self, Edge, State};
use yima_store::organisation::Organisation;
use yima_store::{StoreError, Tx};

/// Whose consent to anything about themselves is a guardian's (PIPL article 31), years.
const OWN_CONSENT: u16 = 14;
/// What the page says for "myself".
pub(crate) const ONESELF: &str = "self";

/// A mandate that somebody can act under at an app now.
#[derive(Clone, Debug)]
pub(crate) struct Acting {
    /// `edg_…`
    pub edge: String,
    pub version: i64,
    pub terms: Terms,
    /// On whose account agreement, code and sign-in hang: the principal's; for an enterprise, which has none, the actor's.
    pub holder: Account,
    /// The enterprise for which they act; `None` for a person.
    pub enterprise: Option<Organisation>,
    /// A child under 14, whose guardian acts.
    pub child: bool,
    /// When what is agreed to under it lapses at the latest, Unix seconds: 90 days after a child is 14 (rule R16), or with
    /// the mandate over an enterprise.
    pub consent_ends_s: i64,
}

/// A mandate that counts now.
pub(crate) struct InForce {
    pub edge: Edge,
    /// Over an enterprise: from its representative down.
    pub chain: Option<Chain>,
}

/// What a mandate adds to a token.
pub(crate) struct Acted {
    kind: String,
    /// Whom the token is about, `res_…` or `org_…`.
    about: String,
    limits: Option<Limits>,
}

/// The same in the words of a token.
pub(crate) struct Acts {
    pub act: Act,
    pub sub: String,
    pub limits: Option<Limits>,
}

/// A mandate as it stood when it was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Under {
    pub edge: String,
    pub version: i64,
}

/// For whom a page says that somebody acts.
#[derive(Clone, Debug)]
pub struct ActingFor {
    /// `guardian`, `helper`, `agent` or `representative`.
    pub kind: &'static str,
    /// The other one's name, masked; an enterprise's as it is registered.
    pub name: String,
}

/// What the page asks.
#[derive(Clone, Debug)]
pub struct ActingPage {
    /// Legal name of the organisation.
    pub owner: String,
    /// Name of the app, Chinese.
    pub name_zh: String,
    /// English.
    pub name_en: String,
    /// (mandate, for whom).
    pub people: Vec<(String, ActingFor)>,
    /// The request, to be carried by the form.
    pub request: String,
    /// It is about a ticket alone: acting for oneself is no answer.
    pub ticket: bool,
}

/// For whom a request is.
pub(crate) enum Whom {
    Oneself,
    Another(Box<Acting>),
    /// The page has to ask.
    Unsaid(Box<ActingPage>),
    /// What was chosen is none any more.
    Nobody,
}

impl Acting {
    /// A guardian answers the letter of consent while the child is under 14 (rule R31).
    pub fn for_child(&self) -> bool {
        self.child && self.terms.kind == Kind::Guardian && self.terms.scopes.has(Scope::GiveConsent)
    }

    /// Who acts for an enterprise answers for it, as nobody else can; of people nobody answers for another but a guardian.
    pub fn may_consent(&self) -> bool {
        self.for_child() || self.enterprise.is_some()
    }

    /// Whom what is made is about, `res_…` or `org_…`.
    pub fn about(&self) -> &str {
        self.enterprise.as_ref().map_or(&self.holder.id, |one| &one.id)
    }

    pub fn under(&self) -> Under {
        Under { edge: self.edge.clone(), version: self.version }
    }
}

impl Province {
    /// What a request says of whom it is for. An app that is not registered for mandates never hears of any.
    pub(crate) async fn whom_for(&self, person: &Person, opened: &Opened) -> Result<Whom, DeedError> {
        let silent = opened.asked.prompt.none && opened.whom.is_none();
        if opened.client.metadata.mandates.is_empty() || silent || opened.whom.as_deref() == Some(ONESELF) {
            return Ok(Whom::Oneself);
        }
        let all = self.may_act(person, &opened.client).await?;
        Ok(match &opened.whom {
            Some(chosen) => match all.into_iter().find(|one| one.edge == *chosen) {
                Some(one) => Whom::Another(Box::new(one)),
                None => Whom::Nobody,
            },
            None if all.is_empty() => Whom::Oneself,
            None => {
                let request = self.marked_request(opened, opened.sent_at_s).encoded();
                Whom::Unsaid(Box::new(self.acting_page(&opened.client, &all, request, false)?))
            }
        })
    }

    pub(crate) fn acting_page(
        &self,
        client: &Client,
        all: &[Acting],
        request: String,
        ticket: bool,
    ) -> Result<ActingPage, DeedError> {
        let people = all.iter().map(|one| Ok((one.edge.clone(), self.whom(one)?)));
        Ok(ActingPage {
            owner: client.owner.clone(),
            name_zh: client.metadata.name_zh.as_str().to_owned(),
            name_en: client.metadata.name_en.as_str().to_owned(),
            people: people.collect::<Result<_, DeedError>>()?,
            request,
            ticket,
        })
    }

    /// For whom, as a page names them.
    pub(crate) fn whom(&self, acting: &Acting) -> Result<ActingFor, DeedError> {
        let name = match &acting.enterprise {
            Some(one) => one.name.clone(),
            None => self.name_of(&acting.holder)?.masked(),
        };
        Ok(ActingFor { kind: acting.terms.kind.as_str(), name })
    }

    /// The mandates under which a person can act at an app now. For an enterprise nobody acts at a screen that their phone
    /// let in (rule R9), as on our own page.
    pub(crate) async fn may_act(&self, person: &Person, client: &Client) -> Result<Vec<Acting>, DeedError> {
        let (me, kinds, here) =
            (person.account.to_string(), client.metadata.mandates.clone(), person.can_be_raised().is_ok());
        let (hand, now_us) = (self.hand(), self.now_us());
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let rule = ages(tx).await?;
                    let mut all = Vec::new();
                    for row in edge::of_account(tx, &me).await?.into_iter().filter(|row| row.actor == me) {
                        let terms = terms(&row)?;
                        let open =
                            kinds.contains(&terms.kind) && !exchange::within(terms.kind, terms.scopes).is_empty();
                        if !open || (is_enterprise(&row) && !here) {
                            continue;
                        }
                        let Some(InForce { edge: row, chain }) = in_force(tx, &hand, &row.id, now_us).await? else {
                            continue;
                        };
                        let on = if chain.is_some() { &row.actor } else { &row.principal };
                        let Some(holder) = account::find(tx, on).await? else { continue };
                        let (child, consent_ends_s) = if chain.is_some() {
                            (false, terms.ends_s())
                        } else {
                            let birth = hand.birth(&holder)?;
                            let child = rule.age_at(birth, now_us / MICROS) < OWN_CONSENT;
                            (child, rule.reached_s(birth, OWN_CONSENT) + CONSENT_LAPSES_S)
                        };
                        all.push(Acting {
                            edge: row.id,
                            version: row.version,
                            terms,
                            holder,
                            enterprise: chain.map(|chain| chain.organisation),
                            child,
                            consent_ends_s,
                        });
                    }
                    Ok(all)
                })
            })
            .await
    }

    /// Who acts for whom and how far, as tokens for this client's audiences say it (rule R21).
    pub(crate) fn acts(&self, client: &Client, edge: &str, acted: Acted) -> Acts {
        Acts {
            act: Act { sub: pairwise::act_sub(self.pairwise.expose(), &client.sector, edge), kind: acted.kind },
            sub: self.sub_of(client, &acted.about),
            limits: acted.limits,
        }
    }
}

impl InForce {
    pub fn acted(&self) -> Acted {
        Acted { kind: self.edge.kind.clone(), about: self.edge.principal.clone(), limits: self.limits() }
    }

    /// How far, where it is an enterprise for whom they act.
    pub fn limits(&self) -> Option<Limits> {
        self.chain.as_ref().map(Chain::limits)
    }
}

/// Is this somebody for whom a guardian decides? 14 is reached as the law says it (rule R16), whatever a code says of ages.
pub(crate) async fn is_child(tx: &mut Tx, hand: &Hand, holder: &Account, now_us: i64) -> Result<bool, DeedError> {
    Ok(ages(tx).await?.age_at(hand.birth(holder)?, now_us / MICROS) < OWN_CONSENT)
}

/// A mandate that counts now, with its seal; `None` when it ended, was suspended, ran out, or either account is not in
/// good standing; over an enterprise, when any link of its chain is so. Where something is decided by it, call [`behind`]
/// first: that locks it.
pub(crate) async fn in_force(tx: &mut Tx, hand: &Hand, id: &str, now_us: i64) -> Result<Option<InForce>, DeedError> {
    let Some(edge) = edge::find(tx, id).await? else { return Ok(None) };
    hand.right(&edge)?;
    if is_enterprise(&edge) {
        let chain = chain_in_force(tx, hand, &edge, now_us / MICROS).await?;
        return Ok(chain.map(|chain| InForce { edge, chain: Some(chain) }));
    }
    let row = edge;
    if row.state != State::Active || !terms(&row)?.runs(now_us / MICROS) {
        return Ok(None);
    }
    for party in [&row.principal, &row.actor] {
        if account::find(tx, party).await?.is_none_or(|one| one.state != account::State::Active) {
            return Ok(None);
        }
    }
    Ok(Some(InForce { edge: row, chain: None }))
}

/// Locks what a code, a ticket or a family hangs on, in the order of rule R27: account (both, where somebody acts), then
/// the mandate, be it the one under which they act or the one under which a guardian agreed. The subject's standing.
pub(crate) async fn behind(tx: &mut Tx, account: &str, edge: &str, grant: &str) -> Result<Facts, DeedError> {
    if edge.is_empty() {
        let facts = subject_of(tx, account).await?;
        let by = app_grant::find(tx, grant).await?.map(|grant| grant.edge).filter(|edge| !edge.is_empty());
        if let Some(by) = by {
            edge::rely_on(tx, &by).await?;
        }
        return Ok(facts);
    }
    // Parties of a mandate never change: they may be read before they are locked.
    let row = edge::find(tx, edge).await?.ok_or(DeedError::NotFound("mandate"))?;
    if is_enterprise(&row) {
        account::rely_on(tx, &row.actor).await?;
    } else {
        account::rely_on_both(tx, &row.principal, &row.actor).await?;
    }
    edge::rely_on(tx, edge).await?;
    let state = account::find(tx, account).await?.map(|row| standing(row.state));
    Ok(Facts { subject_state: state, ..Facts::default() })
}

/// What was agreed to under a mandate for whom somebody acts: their own word, or their guardian's. For an enterprise it is
/// the word of whoever acts under this very mandate: what they allowed an app for themselves says nothing of it.
pub(crate) async fn agreed_under(
    tx: &mut Tx,
    holder: &str,
    client: &str,
    (edge, enterprise): (&str, bool),
) -> Result<Option<Grant>, StoreError> {
    if !enterprise && let Some(own) = app_grant::standing(tx, holder, client, "").await? {
        return Ok(Some(own));
    }
    app_grant::standing(tx, holder, client, edge).await
}

/// What the guardian of a child agreed to for it at this client, under a mandate that counts now.
pub(crate) async fn given_by_guardian(
    tx: &mut Tx,
    hand: &Hand,
    child: &str,
    client: &str,
    now_us: i64,
) -> Result<Option<Grant>, DeedError> {
    for row in edge::of_account(tx, child).await?.into_iter().filter(|row| row.principal == child) {
        let given: Result<_, StoreError> = app_grant::standing(tx, child, client, &row.id).await;
        if let Some(grant) = given?
            && row.kind == Kind::Guardian.as_str()
            && in_force(tx, hand, &row.id, now_us).await?.is_some()
        {
            return Ok(Some(grant));
        }
    }
    Ok(None)
}

/// The end of what is given out while acting, microseconds (rule R19).
pub(crate) fn acting_until(edge: &Edge, grant: &Grant, now_us: i64) -> Result<i64, DeedError> {
    let mandate_s = terms(edge)?.ends_s();
    Ok(exchange::ends_s(now_us / MICROS, mandate_s, grant.until_at / MICROS) * MICROS)
}

/// A deed at an app, in the record of the one it is about, and of the one who acted. What is done for an enterprise stands
/// in the actor's own record, and in the enterprise's by the organisation of the request.
pub(crate) fn told<T>(done: Done<T>, under: Option<&InForce>, mut detail: serde_json::Value) -> Done<T> {
    match under {
        Some(InForce { edge, chain: Some(chain) }) => {
            detail["mandate"] = said_for(edge, &chain.organisation, "actor");
            done.detail(detail)
        }
        Some(InForce { edge, chain: None }) => both(done, edge, By::Actor, detail),
        None => done.detail(detail),
    }
}

/// Locks what a letter of consent for somebody else relies on, and reads what the decision needs.
pub(crate) async fn to_agree(
    tx: &mut Tx,
    hand: &Hand,
    edge: &str,
    actor: &Actor,
    now_us: i64,
) -> Result<(Facts, InForce), DeedError> {
    let row = edge::find(tx, edge).await?.ok_or(DeedError::NotFound("mandate"))?;
    if !is_enterprise(&row) {
        let held = hand.held(tx, edge, now_us).await?;
        let facts = facts_of(tx, actor, now_us).await?;
        let subject_state = Some(standing(held.principal.state));
        let facts = Facts { subject_state, mandate: Some(held.mandate()?), ..facts };
        return Ok((facts, InForce { edge: held.edge, chain: None }));
    }
    let facts = facts_to_change(tx, actor, now_us).await?;
    let row = edge::rely_on(tx, edge).await?.ok_or(DeedError::NotFound("mandate"))?;
    let found = chain(tx, hand, row.clone()).await?;
    let facts = Facts { acting: Some(found.acting(ForEnterprise::Act)?), ..facts };
    Ok((facts, InForce { edge: row, chain: Some(found) }))
}
