//! What a person sees of the enterprises that they act for: their own mandates and offers, and of one of them whom it has
//! appointed, what was filed and, as its representative, its record. It does not change anything.

use super::super::{Hand, terms};
use super::{Chain, chain, is_enterprise};
use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::person_sessions::Person;
use std::collections::HashMap;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::filing::Services;
use yima_kernel::mandate::{ForEnterprise, Kind, Stands};
use yima_kernel::subject::Actor;
use yima_store::account::{self, Account};
use yima_store::edge::{self, Edge, State};
use yima_store::enterprise::{self, Appointment};
use yima_store::filing::{self, Filing};
use yima_store::uses::{self, Use};
use yima_store::{Tx, organisation};

use super::filings::FilingRow;

/// Filings and entries of a page.
const LISTED: u32 = 50;

/// An enterprise for which a person acts, or acted.
#[derive(Clone, Debug)]
pub struct OwnEnterprise {
    /// `edg_…`
    pub id: String,
    /// Registered name.
    pub name: String,
    /// GB 32100.
    pub credit_code: String,
    /// The person is its legal representative, else an agent.
    pub represents: bool,
    /// `pending`, `active`, `suspended` or `ended`.
    pub state: &'static str,
    /// Words of the closed list.
    pub services: Vec<&'static str>,
    /// In fen.
    pub limit_amount: Option<i64>,
    /// May show its code.
    pub may_show: bool,
    /// May appoint others.
    pub may_appoint: bool,
    /// It is in force along its whole chain.
    pub in_force: bool,
    /// Unix seconds.
    pub until_at: i64,
    /// Unix seconds by which the new representative's word is needed.
    pub word_by_at: Option<i64>,
    /// Why it ended or waits, in a word.
    pub reason: Option<String>,
}

/// An offer to act for an enterprise.
#[derive(Clone, Debug)]
pub struct OfferRow {
    /// `edg_…`
    pub id: String,
    /// Registered name of the enterprise.
    pub name: String,
    /// GB 32100.
    pub credit_code: String,
    /// To whom: an ID number, masked.
    pub to_masked: String,
    /// Words of the closed list.
    pub services: Vec<&'static str>,
    /// In fen.
    pub limit_amount: Option<i64>,
    /// May appoint others.
    pub may_appoint: bool,
    /// Unix seconds; when the mandate would end.
    pub until_at: i64,
    /// Unix seconds; when the offer ends.
    pub expires_at: i64,
}

/// What a person's page shows.
#[derive(Clone, Debug, Default)]
pub struct OwnEnterprises {
    /// Their mandates, the newest first.
    pub own: Vec<OwnEnterprise>,
    /// Offers to them.
    pub offers: Vec<OfferRow>,
    /// The mandate by which this browser acts.
    pub acting: Option<String>,
    /// Why that was ended under way, in a word.
    pub acting_ended: Option<String>,
}

/// Somebody who acts for an enterprise.
#[derive(Clone, Debug)]
pub struct AgentRow {
    /// `edg_…`
    pub id: String,
    /// Masked.
    pub name_masked: String,
    /// Appointed by an agent, not by the representative.
    pub under_agent: bool,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// Words of the closed list.
    pub services: Vec<&'static str>,
    /// In fen.
    pub limit_amount: Option<i64>,
    /// May appoint others.
    pub may_appoint: bool,
    /// Unix seconds.
    pub until_at: i64,
    /// Unix seconds by which the representative's word is needed.
    pub word_by_at: Option<i64>,
}

/// An entry of an enterprise's record.
#[derive(Clone, Debug)]
pub struct RecordRow {
    /// Unix seconds.
    pub at: i64,
    /// Who acted, masked; empty for an office or the platform.
    pub who: String,
    /// The deed's word.
    pub deed: String,
    /// `done`, `refused`, `valid`, …
    pub outcome: String,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// The page of one enterprise.
#[derive(Clone, Debug)]
pub struct EnterprisePage {
    /// The caller's mandate.
    pub own: OwnEnterprise,
    /// This browser acts by it.
    pub acting: bool,
    /// Whom the caller may dismiss: all as the representative, else those under them.
    pub agents: Vec<AgentRow>,
    /// Offers of theirs that wait.
    pub offers: Vec<OfferRow>,
    /// All as the representative, else one's own.
    pub filings: Vec<FilingRow>,
    /// For the representative alone.
    pub record: Vec<RecordRow>,
}

/// What is read in one go.
struct Found {
    chain: Chain,
    acting: bool,
    agents: Vec<(Edge, Services)>,
    offers: Vec<Appointment>,
    filings: Vec<Filing>,
    record: Vec<Use>,
    people: HashMap<String, Account>,
}

impl Province {
    /// One's own enterprises, and offers.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn own_enterprises(&self, actor: &Actor) -> Result<OwnEnterprises, DeedError> {
        let (account, session) = match actor {
            Actor::Person { account, session, .. } => (account, session.to_string()),
            Actor::Device { account, .. } => (account, String::new()),
            _ => return Err(DeedError::Refused(Refusal::NotAllowed)),
        };
        let (hand, now_us, me) = (self.hand(), self.now_us(), account.to_string());
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(account.clone());
        self.look(request, Facts::default(), move |tx| {
            Box::pin(async move {
                let mut shown = OwnEnterprises::default();
                for row in edge::for_organisations(tx, &me).await? {
                    let found = chain(tx, &hand, row).await?;
                    shown.own.push(own_row(&found, now_us / MICROS)?);
                }
                if let Some(own) = account::find(tx, &me).await? {
                    for offer in enterprise::offers_to(tx, &own.blind_id, now_us).await? {
                        hand.seals().holds(&offer)?;
                        shown.offers.push(offer_row(tx, offer).await?);
                    }
                }
                if let Some(acting) = enterprise::acting(tx, &session).await? {
                    shown.acting_ended = acting.ended_at.and(acting.reason);
                    shown.acting = Some(acting.edge);
                }
                Ok(shown)
            })
        })
        .await
    }

    /// One enterprise, by one's own mandate over it that is in force.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for another's; refusals of the decision for a mandate that is not in force.
    pub async fn enterprise_page(&self, person: &Person, id: &str) -> Result<EnterprisePage, DeedError> {
        self.enterprise_of(&person.account, id).await?;
        let (id, me, session) = (id.to_owned(), person.account.to_string(), person.session.to_string());
        let (hand, now_us) = (self.hand(), self.now_us());
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let found = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { read(tx, &hand, &id, (&me, &session), now_us).await })
            })
            .await?;
        self.shown_page(person.account.as_str(), found)
    }

    fn shown_page(&self, me: &str, found: Found) -> Result<EnterprisePage, DeedError> {
        let own = own_row(&found.chain, self.now_s())?;
        let mut names = HashMap::new();
        for (id, one) in &found.people {
            names.insert(id.as_str(), self.name_of(one)?.masked());
        }
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let root = found.chain.edges.first().map(|e| e.id.clone());
        let agents = found
            .agents
            .iter()
            .map(|(row, services)| AgentRow {
                id: row.id.clone(),
                name_masked: name(&row.actor),
                under_agent: row.parent != root && row.state == State::Active,
                state: row.state.as_str(),
                services: words(*services),
                limit_amount: row.limit_amount,
                may_appoint: row.may_appoint,
                until_at: row.until_at / MICROS,
                word_by_at: row.consent_by_at.map(|at| at / MICROS),
            })
            .collect();
        let mut filings = Vec::new();
        for row in &found.filings {
            filings.push(FilingRow {
                id: row.id.clone(),
                service: row.service.clone(),
                amount: row.amount,
                text: self.open_text(&row.id, "filing", &row.sealed_text)?,
                digest: hex::encode(&row.digest),
                state: row.state.as_str(),
                lodged_at: row.lodged_at / MICROS,
                by: name(&row.account),
                may_withdraw: row.state == filing::State::Lodged && (own.represents || row.account == me),
            });
        }
        let record = found
            .record
            .iter()
            .map(|row| RecordRow {
                at: row.at / MICROS,
                who: name(who(row).as_str()),
                deed: row.deed.clone(),
                outcome: row.outcome.clone(),
                reason: row.reason.clone(),
            })
            .collect();
        let mut offers = Vec::new();
        for offer in found.offers {
            offers.push(offer_shown(offer, own.name.clone(), own.credit_code.clone())?);
        }
        Ok(EnterprisePage { own, acting: found.acting, agents, offers, filings, record })
    }
}

async fn read(
    tx: &mut Tx,
    hand: &Hand,
    id: &str,
    (me, session): (&str, &str),
    now_us: i64,
) -> Result<Found, DeedError> {
    let row = edge::find(tx, id).await?.ok_or(DeedError::NotFound("mandate"))?;
    let chain = chain(tx, hand, row).await?;
    let own = chain.last()?.clone();
    let acting_now = enterprise::acting(tx, session).await?;
    let acting = acting_now.is_some_and(|a| a.edge == id && a.ended_at.is_none());
    let mut found = Found {
        chain,
        acting,
        agents: Vec::new(),
        offers: Vec::new(),
        filings: Vec::new(),
        record: Vec::new(),
        people: HashMap::new(),
    };
    let allows = found.chain.acting(ForEnterprise::Act)?;
    if allows.allows(&allows.actor, now_us / MICROS).is_err() {
        return Ok(found);
    }
    let represents = own.kind == Kind::Representative.as_str();
    let mut under = vec![own.id.clone()];
    for row in edge::standing_over(tx, &own.principal, false).await? {
        let below = row.parent.as_ref().is_some_and(|parent| under.contains(parent));
        if !is_enterprise(&row) || row.id == own.id || !(represents || below) || row.kind != Kind::Agent.as_str() {
            continue;
        }
        hand.right(&row)?;
        under.push(row.id.clone());
        let said = enterprise::offer_by_id(tx, &row.id).await?.ok_or_else(|| DeedError::internal("appointment"))?;
        hand.seals().holds(&said)?;
        found.agents.push((row, Services::parse(&said.services).unwrap_or_default()));
    }
    let offers = enterprise::offers_of(tx, &own.principal, now_us).await?;
    found.offers = offers.into_iter().filter(|o| represents || o.parent == own.id).collect();
    found.filings = if represents {
        filing::of_enterprise(tx, &own.principal, LISTED).await?
    } else {
        filing::by_person(tx, &own.principal, me, LISTED).await?
    };
    if represents {
        found.record = uses::of_account(tx, &own.principal, None, LISTED, now_us).await?;
    }
    let mut people: Vec<String> = found.agents.iter().map(|(e, _)| e.actor.clone()).collect();
    people.extend(found.filings.iter().map(|f| f.account.clone()));
    people.extend(found.record.iter().map(who));
    for one in people {
        if !found.people.contains_key(&one)
            && let Some(row) = account::find(tx, &one).await?
        {
            found.people.insert(one, row);
        }
    }
    Ok(found)
}

/// Who acted in an entry: whose mandate it was, else whoever did the deed.
fn who(row: &Use) -> String {
    let detail = row.detail.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok());
    let agent = detail.as_ref().and_then(|d| d["mandate"]["agent"].as_str()).map(str::to_owned);
    agent.or_else(|| detail.as_ref().and_then(|d| d["account"].as_str()).map(str::to_owned)).unwrap_or_default()
}

fn own_row(found: &Chain, now_s: i64) -> Result<OwnEnterprise, DeedError> {
    let (last, link) = (found.last()?, found.links.last().ok_or_else(|| DeedError::internal("an empty chain"))?);
    let terms = terms(last)?;
    let allows = |wish| -> Result<bool, DeedError> {
        let acting = found.acting(wish)?;
        Ok(acting.allows(&acting.actor, now_s).is_ok())
    };
    Ok(OwnEnterprise {
        id: last.id.clone(),
        name: found.organisation.name.clone(),
        credit_code: found.organisation.credit_code.clone().unwrap_or_default(),
        represents: last.kind == Kind::Representative.as_str(),
        state: if link.stands == Stands::Active && !terms.runs(now_s) { "ended" } else { last.state.as_str() },
        services: words(link.services),
        limit_amount: last.limit_amount,
        may_show: allows(ForEnterprise::ShowCode)?,
        may_appoint: allows(ForEnterprise::Appoint)?,
        in_force: allows(ForEnterprise::Act)?,
        until_at: last.until_at / MICROS,
        word_by_at: last.consent_by_at.map(|at| at / MICROS),
        reason: last.reason.clone(),
    })
}

async fn offer_row(tx: &mut Tx, offer: Appointment) -> Result<OfferRow, DeedError> {
    let one = organisation::find(tx, &offer.enterprise).await?.ok_or(DeedError::NotFound("organisation"))?;
    offer_shown(offer, one.name, one.credit_code.unwrap_or_default())
}

fn offer_shown(offer: Appointment, name: String, credit_code: String) -> Result<OfferRow, DeedError> {
    let services = Services::parse(&offer.services).ok_or_else(|| DeedError::internal("appointment.services"))?;
    Ok(OfferRow {
        name,
        credit_code,
        to_masked: offer.person_masked,
        services: words(services),
        limit_amount: offer.limit_amount,
        may_appoint: offer.may_appoint,
        until_at: offer.until_at / MICROS,
        expires_at: offer.expires_at / MICROS,
        id: offer.id,
    })
}

fn words(services: Services) -> Vec<&'static str> {
    services.iter().map(yima_kernel::filing::Service::as_str).collect()
}
