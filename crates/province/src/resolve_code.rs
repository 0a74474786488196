//! Resolving a receipt: the scenario's own pseudonym, the office's own card where one is bound, and the attributes that
//! its manifest names and the resident agreed to. It does not know sectors beyond the owner's credit code.

use crate::Province;
use crate::benefits::words;
use crate::desk::{Desk, Held};
use crate::error::DeedError;
use crate::resolve_counts;
use std::collections::BTreeMap;
use yima_code::day::Day;
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::scenario::BINDING;
use yima_kernel::subject::Actor;
use yima_store::account::{self, Account};
use yima_store::benefit::{self, Benefit};
use yima_store::binding::{self, Binding};

const ATTRIBUTES_MAX: usize = 16;

/// What a scenario learns.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Pairwise pseudonym, when the manifest has one.
    pub pseudonym: Option<String>,
    /// The office's own card, when one is bound and the agreement to it stands.
    pub bound_card: Option<String>,
    /// Values given.
    pub attributes: BTreeMap<String, String>,
    /// Asked for and not given.
    pub withheld: Vec<String>,
    /// Id of the use.
    pub receipt: String,
}

/// What was read within the deed.
struct Read {
    holder: Account,
    given: Vec<String>,
    card: Option<Binding>,
    benefits: Vec<Benefit>,
    use_id: String,
}

impl Province {
    /// Resolves a receipt of the same gate.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a receipt that is another gate's, too old, or of no valid check;
    /// [`DeedError::TooMany`] when the gate, or the resident at this scenario, had enough of it this hour.
    pub async fn resolve_code(
        &self,
        actor: &Actor,
        receipt: &str,
        mut attributes: Vec<String>,
    ) -> Result<Resolved, DeedError> {
        if attributes.len() > ATTRIBUTES_MAX {
            return Err(DeedError::invalid("attributes", "最多 16 项", "at most 16 attributes"));
        }
        let desk = self.desk(actor)?;
        let manifest = desk.manifest.clone();
        let held = self.held(&desk, receipt).await?;
        let mut wanted = attributes.clone();
        if manifest.attributes.iter().any(|a| a == BINDING) {
            // The card comes by itself, in a field of its own.
            attributes.retain(|a| a != BINDING);
            wanted.clone_from(&attributes);
            wanted.push(BINDING.to_owned());
        }
        let read = self.read_holder(actor, desk, held, receipt.to_owned(), wanted).await?;
        let mut values = BTreeMap::new();
        for attribute in read.given.iter().filter(|a| *a != BINDING) {
            values.insert(attribute.clone(), self.value_of(attribute, &read)?);
        }
        attributes.retain(|a| !read.given.contains(a));
        Ok(Resolved {
            pseudonym: manifest.pseudonym.then(|| self.pseudonym(&manifest, &read.holder.id)),
            bound_card: read.card.map(|card| self.card_of(&card)).transpose()?.map(|card| card.expose().to_owned()),
            attributes: values,
            withheld: attributes,
            receipt: read.use_id,
        })
    }

    /// Decides what may be given, counts it, and records that it was.
    async fn read_holder(
        &self,
        actor: &Actor,
        desk: Desk,
        held: Held,
        receipt: String,
        wanted: Vec<String>,
    ) -> Result<Read, DeedError> {
        let subject = AccountId::parse(&held.account).map_err(DeedError::internal)?;
        let request = Request {
            scenario: Some(desk.manifest.id),
            attributes: wanted,
            ..Request::of(actor.clone(), Deed::ResolveCode).about(subject)
        };
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    account::rely_on(tx, &held.account).await?;
                    let (facts, holder) = desk.facts(tx, &held.account).await?;
                    Ok((facts, (holder, desk)))
                })
            },
            move |tx, (holder, desk), door| {
                Box::pin(async move {
                    let mut given = door.permit.attributes().to_vec();
                    let card = match given.iter().any(|a| a == BINDING) {
                        true => binding::standing(tx, &holder.id, &desk.manifest.slug).await?,
                        false => None,
                    };
                    given.retain(|a| a != BINDING || card.is_some());
                    resolve_counts::count(tx, &desk).await?;
                    let detail = serde_json::json!({ "receipt": receipt, "given": given });
                    let use_id = door.use_id.as_str().to_owned();
                    let benefits = benefit::of_account(tx, &holder.id).await?;
                    Ok(desk.done(Read { holder, given, card, benefits, use_id }, detail))
                })
            },
        )
        .await
    }

    fn value_of(&self, attribute: &str, read: &Read) -> Result<String, DeedError> {
        let holder = &read.holder;
        Ok(match attribute {
            "age_band" => self.age_band(holder)?.words().map_or_else(String::new, |(_, en)| en.to_owned()),
            "benefit" => {
                let today = Day::of(self.now_u32()).0;
                let held = read.benefits.iter().filter(|b| b.holds_on(today));
                held.map(|b| words(b.number).en).collect::<Vec<_>>().join(", ")
            }
            "region" => holder.region.clone(),
            "name" => self.name_of(holder)?.expose().to_owned(),
            "id_number" => self.id_number_of(holder)?.expose().to_owned(),
            _ => String::new(),
        })
    }
}
