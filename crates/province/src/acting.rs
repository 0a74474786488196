//! For whom somebody is at an app: themselves, or one of those whose mandate they have (rule R18). What is asked on our
//! page, and what every token of such a sign-in hangs on from then on. It does not know pages and tokens.

use crate::Province;
use crate::allow_app::subject_of;
use crate::authorize::Opened;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::standing;
use crate::mandates::{By, Hand, ages, both, terms};
use crate::person_sessions::Person;
use serde::{Deserialize, Serialize};
use yima_kernel::access::Facts;
use yima_kernel::mandate::{CONSENT_LAPSES_S, Kind, Scope, Terms};
use yima_oidc::exchange;
use yima_oidc::pairwise;
use yima_oidc::tokens::Act;
use yima_store::account::{self, Account};
use yima_store::app_grant::{self, Grant};
use yima_store::edge::{self, Edge, State};
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
    pub principal: Account,
    /// Of the principal now.
    pub age: u16,
    /// When what is agreed to for a child lapses, Unix seconds: 90 days after it is 14 (rule R16).
    pub consent_ends_s: i64,
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
    /// `guardian` or `helper`.
    pub kind: &'static str,
    /// The other one's name, masked.
    pub name_masked: String,
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
    /// A guardian answers the letter of consent while the child is under 14 (rule R31); nobody answers for anybody else.
    pub fn may_consent(&self) -> bool {
        self.terms.kind == Kind::Guardian && self.terms.scopes.has(Scope::GiveConsent) && self.age < OWN_CONSENT
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
        let mut all = self.may_act(person, &opened.client, opened.whom.as_deref()).await?;
        Ok(match &opened.whom {
            Some(_) => all.pop().map_or(Whom::Nobody, |one| Whom::Another(Box::new(one))),
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
        let name_masked = self.name_of(&acting.principal)?.masked();
        Ok(ActingFor { kind: acting.terms.kind.as_str(), name_masked })
    }

    /// The mandates under which a person can act at an app now; where one is chosen that one alone, so that a choice costs
    /// the same however many there are.
    pub(crate) async fn may_act(
        &self,
        person: &Person,
        client: &Client,
        chosen: Option<&str>,
    ) -> Result<Vec<Acting>, DeedError> {
        let (me, kinds) = (person.account.to_string(), client.metadata.mandates.clone());
        let chosen = chosen.map(str::to_owned);
        let (hand, now_us) = (self.hand(), self.now_us());
        self.store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let rule = ages(tx).await?;
                    let mut all = Vec::new();
                    let rows = match &chosen {
                        Some(id) => edge::find(tx, id).await?.into_iter().filter(|row| row.actor == me).collect(),
                        None => edge::acted_by(tx, &me).await?,
                    };
                    for row in rows {
                        let Some(row) = in_force(tx, &hand, &row.id, now_us).await? else { continue };
                        let terms = terms(&row)?;
                        if !kinds.contains(&terms.kind) || exchange::within(terms.scopes).is_empty() {
                            continue;
                        }
                        let Some(principal) = account::find(tx, &row.principal).await? else { continue };
                        let birth = hand.birth(&principal)?;
                        all.push(Acting {
                            edge: row.id,
                            version: row.version,
                            terms,
                            age: rule.age_at(birth, now_us / MICROS),
                            consent_ends_s: rule.reached_s(birth, OWN_CONSENT) + CONSENT_LAPSES_S,
                            principal,
                        });
                    }
                    Ok(all)
                })
            })
            .await
    }

    /// Who acts, as tokens for this client's audiences say it (rule R21).
    pub(crate) fn act_of(&self, client: &Client, edge: &str, kind: String) -> Act {
        Act { sub: pairwise::act_sub(self.pairwise.expose(), &client.sector, edge), kind }
    }
}

/// A mandate that counts now, with its seal; `None` when it ended, was suspended, ran out, or either account is not in
/// good standing. Where something is decided by it, call [`behind`] first: that locks it.
pub(crate) async fn in_force(tx: &mut Tx, hand: &Hand, id: &str, now_us: i64) -> Result<Option<Edge>, DeedError> {
    let Some(row) = edge::find(tx, id).await? else { return Ok(None) };
    hand.right(&row)?;
    if row.state != State::Active || !terms(&row)?.runs(now_us / MICROS) {
        return Ok(None);
    }
    for party in [&row.principal, &row.actor] {
        if account::find(tx, party).await?.is_none_or(|one| one.state != account::State::Active) {
            return Ok(None);
        }
    }
    Ok(Some(row))
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
    account::rely_on_both(tx, &row.principal, &row.actor).await?;
    edge::rely_on(tx, edge).await?;
    let state = account::find(tx, account).await?.map(|row| standing(row.state));
    Ok(Facts { subject_state: state, ..Facts::default() })
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

/// A deed at an app, in the record of the one it is about, and of the one who acted.
pub(crate) fn told<T>(done: Done<T>, edge: Option<&Edge>, detail: serde_json::Value) -> Done<T> {
    match edge {
        Some(edge) => both(done, edge, By::Actor, detail),
        None => done.detail(detail),
    }
}
