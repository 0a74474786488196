//! What an operator sees of an enterprise: who represents it, who acts for it and what was filed, as a list.
//! It never shows what a filing says, an amount, or whose number is whose: names are masked.

use super::is_enterprise;
use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::organisations;
use std::collections::HashMap;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::filing::{Service, Services};
use yima_kernel::mandate::Kind;
use yima_kernel::subject::Actor;
use yima_store::account::{self, Account};
use yima_store::edge::{self, Edge};
use yima_store::filing::{self, Filing};
use yima_store::{Tx, enterprise};

/// Filings of a card.
const FILINGS: u32 = 50;

/// Somebody who acts for an enterprise.
#[derive(Clone, Debug)]
pub struct ActsFor {
    /// `edg_…`
    pub id: String,
    /// Masked.
    pub name_masked: String,
    /// As its legal representative, else as an agent.
    pub represents: bool,
    /// `pending`, `active` or `suspended`.
    pub state: &'static str,
    /// Words of the closed list; of a representative all.
    pub services: Vec<&'static str>,
    /// In fen.
    pub limit_amount: Option<i64>,
    /// May appoint others.
    pub may_appoint: bool,
    /// Unix seconds.
    pub until_at: i64,
}

/// That something was filed.
#[derive(Clone, Debug)]
pub struct FiledRow {
    /// `fil_…`
    pub id: String,
    /// A word of the closed list.
    pub service: String,
    /// `lodged` or `withdrawn`.
    pub state: &'static str,
    /// Who lodged it, masked.
    pub by_masked: String,
    /// Unix seconds.
    pub lodged_at: i64,
}

/// The card of an enterprise.
#[derive(Clone, Debug)]
pub struct EnterpriseCard {
    /// The representative first.
    pub people: Vec<ActsFor>,
    /// The newest first, at most 50.
    pub filings: Vec<FiledRow>,
}

/// What is read in one go.
struct Found {
    edges: Vec<(Edge, Services)>,
    filings: Vec<Filing>,
    people: HashMap<String, Account>,
}

impl Province {
    /// Who acts for an enterprise now, and what was filed lately.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such organisation.
    pub async fn enterprise_card(&self, actor: &Actor, id: &str) -> Result<EnterpriseCard, DeedError> {
        let (id, hand) = (id.to_owned(), self.hand());
        let request = Request::of(actor.clone(), Deed::SeeOrganisations);
        let found = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    organisations::found(tx, &hand.seals, &id).await?;
                    let mut edges = Vec::new();
                    for row in edge::standing_over(tx, &id, false).await? {
                        if is_enterprise(&row) {
                            hand.right(&row)?;
                            let services = services(tx, &row).await?;
                            edges.push((row, services));
                        }
                    }
                    edges.sort_by_key(|(row, _)| row.kind != Kind::Representative.as_str());
                    let filings = filing::of_enterprise(tx, &id, FILINGS).await?;
                    let mut people = HashMap::new();
                    let ids = edges.iter().map(|(row, _)| &row.actor).chain(filings.iter().map(|row| &row.account));
                    for one in ids {
                        if !people.contains_key(one)
                            && let Some(row) = account::find(tx, one).await?
                        {
                            people.insert(one.clone(), row);
                        }
                    }
                    Ok(Found { edges, filings, people })
                })
            })
            .await?;
        let mut names = HashMap::new();
        for (id, one) in &found.people {
            names.insert(id.as_str(), self.name_of(one)?.masked());
        }
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let people = found.edges.iter().map(|(row, services)| ActsFor {
            id: row.id.clone(),
            name_masked: name(&row.actor),
            represents: row.kind == Kind::Representative.as_str(),
            state: row.state.as_str(),
            services: services.iter().map(Service::as_str).collect(),
            limit_amount: row.limit_amount,
            may_appoint: row.may_appoint,
            until_at: row.until_at / MICROS,
        });
        let filings = found.filings.iter().map(|row| FiledRow {
            id: row.id.clone(),
            service: row.service.clone(),
            state: row.state.as_str(),
            by_masked: name(&row.account),
            lodged_at: row.lodged_at / MICROS,
        });
        Ok(EnterpriseCard { people: people.collect(), filings: filings.collect() })
    }
}

async fn services(tx: &mut Tx, row: &Edge) -> Result<Services, DeedError> {
    if row.kind == Kind::Representative.as_str() {
        return Ok(Services::ALL);
    }
    let said = enterprise::offer_by_id(tx, &row.id).await?.ok_or_else(|| DeedError::internal("appointment"))?;
    Services::parse(&said.services).ok_or_else(|| DeedError::internal("appointment.services"))
}
