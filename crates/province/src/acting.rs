//! For whom somebody is at an app: themselves, or one of those whose mandate they have, a person or an enterprise (rule R18).
//! What is asked on our page, and what every token of such a sign-in hangs on from then on. It does not know pages.

use crate::Province;
use crate::authorize::Opened;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::mandates::{ages, is_enterprise, terms};
use crate::person_sessions::Person;
use crate::under_mandate::{Acted, InForce, OWN_CONSENT, in_force};
use serde::{Deserialize, Serialize};
use yima_kernel::mandate::{CONSENT_LAPSES_S, Kind, Scope, Terms};
use yima_oidc::exchange;
use yima_oidc::pairwise;
use yima_oidc::tokens::{Act, Limits};
use yima_store::account::{self, Account};
use yima_store::edge;
use yima_store::organisation::Organisation;

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
        let name = match &acting.enterprise {
            Some(one) => one.name.clone(),
            None => self.name_of(&acting.holder)?.masked(),
        };
        Ok(ActingFor { kind: acting.terms.kind.as_str(), name })
    }

    /// The mandates under which a person can act at an app now; where one is chosen that one alone, so that a choice costs
    /// the same however many there are. For an enterprise nobody acts at a screen that their phone let in (rule R9), as on
    /// our own page.
    pub(crate) async fn may_act(
        &self,
        person: &Person,
        client: &Client,
        chosen: Option<&str>,
    ) -> Result<Vec<Acting>, DeedError> {
        let (me, kinds, here) =
            (person.account.to_string(), client.metadata.mandates.clone(), person.can_be_raised().is_ok());
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

    /// Who acts for whom and how far, as tokens for an audience of this sector say it (rule R21).
    pub(crate) fn acts(&self, sector: &str, edge: &str, acted: &Acted) -> Acts {
        Acts {
            act: Act { sub: pairwise::act_sub(self.pairwise.expose(), sector, edge), kind: acted.kind.clone() },
            sub: self.sub_at(sector, &acted.about),
            limits: acted.limits.clone(),
        }
    }
}
