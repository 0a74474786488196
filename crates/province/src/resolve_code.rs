//! Resolving a receipt: the scenario's own pseudonym, and the attributes that its manifest names and the resident agreed to.
//! It does not know sectors beyond the owner's credit code.

use crate::Province;
use crate::benefits::words;
use crate::clock::MICROS;
use crate::doorway::{Done, Note};
use crate::error::DeedError;
use std::collections::BTreeMap;
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::grant::Consent;
use yima_kernel::id::{AccountId, ConsentId};
use yima_kernel::scenario::Manifest;
use yima_kernel::subject::Actor;
use yima_keys::hmac_sha256;
use yima_store::account::{self, Account};
use yima_store::{benefit, consent, uses};

/// A receipt can be resolved for so long.
const RECEIPT_LIFE_S: i64 = 600;
/// Resolves of one resident an hour, by one scenario's gates together.
const RESOLVES_AN_HOUR: u32 = 20;
const ATTRIBUTES_MAX: usize = 16;

/// What a scenario learns.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Pairwise pseudonym, when the manifest has one.
    pub pseudonym: Option<String>,
    /// Values given.
    pub attributes: BTreeMap<String, String>,
    /// Asked for and not given.
    pub withheld: Vec<String>,
    /// Id of the use.
    pub receipt: String,
}

/// What was read for the decision.
struct Read {
    holder: Account,
    benefits: Vec<benefit::Benefit>,
}

impl Province {
    /// Resolves a receipt of the same gate.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a receipt that is another gate's, too old, or of no valid check.
    pub async fn resolve_code(
        &self,
        actor: &Actor,
        receipt: &str,
        attributes: Vec<String>,
    ) -> Result<Resolved, DeedError> {
        let Actor::Gate { site, scenario, .. } = actor else {
            return Err(DeedError::Refused(yima_kernel::access::Refusal::NotAllowed));
        };
        if attributes.len() > ATTRIBUTES_MAX {
            return Err(DeedError::invalid("attributes", "最多 16 项", "at most 16 attributes"));
        }
        let manifest = self.live().manifest(*scenario).cloned().ok_or(DeedError::NotFound("scenario"))?;
        let (site, gate) = (*site, actor.id().to_owned());
        let holder = self.holder_of(receipt, &gate).await?;
        let subject = AccountId::parse(&holder).map_err(DeedError::internal)?;
        let request = Request {
            scenario: Some(*scenario),
            attributes: attributes.clone(),
            ..Request::of(actor.clone(), Deed::ResolveCode).about(subject)
        };
        let slug = manifest.slug.clone();
        let number = manifest.id;
        let named = manifest.attributes.clone();
        let purpose = manifest.purpose.en.clone();
        let receipt = receipt.to_owned();
        let (read, given, use_id) = self
            .short(
                request,
                move |tx| {
                    Box::pin(async move {
                        account::rely_on(tx, &holder).await?;
                        let row = account::find(tx, &holder).await?.ok_or(DeedError::NotFound("receipt"))?;
                        let standing = consent::standing(tx, &holder, &slug).await?;
                        let facts = Facts {
                            subject_state: Some(crate::home::standing(row.state)),
                            consents: standing.map(|c| law(c, number)).transpose()?.into_iter().collect(),
                            manifest_attributes: named,
                            ..Facts::default()
                        };
                        Ok((facts, (row, slug)))
                    })
                },
                move |tx, (row, slug), door| {
                    Box::pin(async move {
                        let hour_ago = door.now_us - 3600 * MICROS;
                        let many =
                            uses::count_since(tx, &row.id, Deed::ResolveCode.as_str(), hour_ago, RESOLVES_AN_HOUR);
                        if many.await? >= RESOLVES_AN_HOUR {
                            return Err(DeedError::Busy);
                        }
                        let given = door.permit.attributes().to_vec();
                        let note = Note {
                            scenario: Some(slug),
                            site: Some(site),
                            purpose: Some(purpose),
                            detail: Some(serde_json::json!({ "receipt": receipt, "given": given }).to_string()),
                            ..Note::default()
                        };
                        let use_id = door.use_id.as_str().to_owned();
                        let benefits = benefit::of_account(tx, &row.id).await?;
                        Ok(Done { value: (Read { holder: row, benefits }, given, use_id), note })
                    })
                },
            )
            .await?;
        let mut values = BTreeMap::new();
        for attribute in &given {
            values.insert(attribute.clone(), self.value_of(attribute, &read)?);
        }
        let withheld = attributes.into_iter().filter(|a| !given.contains(a)).collect();
        let pseudonym = manifest.pseudonym.then(|| self.pseudonym(&manifest, &read.holder.id));
        Ok(Resolved { pseudonym, attributes: values, withheld, receipt: use_id })
    }

    async fn holder_of(&self, receipt: &str, gate: &str) -> Result<String, DeedError> {
        let (receipt, gate) = (receipt.to_owned(), gate.to_owned());
        let oldest = self.now_us() - RECEIPT_LIFE_S * MICROS;
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let found = uses::find(tx, &receipt).await?;
                    let own = found.filter(|u| {
                        u.deed == Deed::CheckCode.as_str() && u.actor == gate && u.outcome == "valid" && u.at >= oldest
                    });
                    own.and_then(|u| u.account).ok_or(DeedError::NotFound("receipt"))
                })
            })
            .await
    }

    /// HMAC-SHA256(own key, `yima.sub.v1` 00 ‖ u16 len ‖ sector ‖ u16 len ‖ account); the sector is the registered owner.
    fn pseudonym(&self, manifest: &Manifest, account: &str) -> String {
        let sector = manifest.owner.credit_code.as_bytes();
        let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
        let (sector_len, account_len) = (length(sector), length(account.as_bytes()));
        let parts: [&[u8]; 5] = [b"yima.sub.v1\0", &sector_len, sector, &account_len, account.as_bytes()];
        hex::encode(&hmac_sha256(self.pairwise.expose(), &parts)[..20])
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

fn law(row: consent::Consent, scenario: u16) -> Result<Consent, DeedError> {
    Ok(Consent {
        id: ConsentId::parse(&row.id).map_err(DeedError::internal)?,
        scenario,
        attributes: serde_json::from_str(&row.attributes).map_err(DeedError::internal)?,
        from_s: row.from_at / MICROS,
        until_s: row.until_at / MICROS,
    })
}
