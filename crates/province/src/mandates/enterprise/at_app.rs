//! Acting for an enterprise at an app (rules R18 and R19): whether the chain counts now, how far it goes, and what the app is
//! told of the enterprise. It does not know tickets, codes or tokens.

use super::{Chain, chain};
use crate::Province;
use crate::error::DeedError;
use crate::mandates::Hand;
use yima_kernel::id::OrganisationId;
use yima_kernel::mandate::ForEnterprise;
use yima_oidc::scope::Claim;
use yima_oidc::tokens::Limits;
use yima_store::edge::{self, Edge};
use yima_store::organisation::Organisation;
use yima_store::{Tx, account};

use super::is_enterprise;

impl Chain {
    /// What may be filed along all of its links.
    pub(crate) fn limits(&self) -> Limits {
        let root = self.links.first().map(|link| link.services).unwrap_or_default();
        let all = root.iter().filter(|service| self.links.iter().all(|link| link.services.has(*service)));
        Limits {
            services: all.map(|service| service.as_str().to_owned()).collect(),
            limit_amount: self.links.iter().filter_map(|link| link.terms.limit).min(),
        }
    }
}

/// The chain of a mandate over an enterprise, when it lets its actor act now and they are in good standing.
pub(crate) async fn chain_in_force(
    tx: &mut Tx,
    hand: &Hand,
    row: &Edge,
    now_s: i64,
) -> Result<Option<Chain>, DeedError> {
    let found = chain(tx, hand, row.clone()).await?;
    let acting = found.acting(ForEnterprise::Act)?;
    let actor = account::find(tx, &row.actor).await?;
    let stands = actor.is_some_and(|actor| actor.state == account::State::Active);
    Ok(Some(found).filter(|_| stands && acting.allows(&acting.actor, now_s).is_ok()))
}

/// What an app is told of an enterprise: what anybody reads in the register. The name comes with the credit code, by which
/// the register knows the enterprise.
pub(crate) fn enterprise_claims(
    one: &Organisation,
    claims: impl Iterator<Item = Claim>,
) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    for claim in claims {
        match claim {
            Claim::Name => {
                told.push(("name", one.name.clone()));
                told.extend(one.credit_code.clone().map(|code| ("yima_credit_code", code)));
            }
            Claim::Region => told.push(("region", one.region.clone())),
            Claim::AgeBand | Claim::PhoneNumber | Claim::IdNumber => {}
        }
    }
    told
}

/// The same, as the page says it.
pub(crate) fn enterprise_shown(one: &Organisation, claim: Claim) -> String {
    let told = enterprise_claims(one, std::iter::once(claim)).into_iter().map(|(_, value)| value);
    told.collect::<Vec<_>>().join(" · ")
}

/// How the page calls a claim of an enterprise, Chinese and English.
pub(crate) const fn enterprise_words(claim: Claim) -> (&'static str, &'static str) {
    match claim {
        Claim::Name => ("企业名称和信用代码", "Registered name and credit code"),
        Claim::Region => ("登记地", "Where it is registered"),
        other => other.words(),
    }
}

impl Province {
    /// The enterprise whose record a deed under this mandate stands in too; `None` for a mandate over a person, and for none.
    pub(crate) async fn enterprise_behind(&self, edge: &str) -> Result<Option<OrganisationId>, DeedError> {
        if edge.is_empty() {
            return Ok(None);
        }
        let edge = edge.to_owned();
        let found = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &edge).await?) }))
            .await?;
        let over = found.filter(is_enterprise);
        over.map(|row| OrganisationId::parse(&row.principal).map_err(DeedError::internal)).transpose()
    }
}
