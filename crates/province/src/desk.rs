//! What the deeds of a desk about one holder share: where it stands, whom its receipt names, the pace, and the facts.
//! It does not know what is given; resolving and binding do.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::{Done, Note};
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use yima_kernel::access::{Facts, Refusal};
use yima_kernel::deed::Deed;
use yima_kernel::grant::Consent;
use yima_kernel::id::ConsentId;
use yima_kernel::scenario::Manifest;
use yima_kernel::subject::Actor;
use yima_keys::hmac_sha256;
use yima_store::account::{self, Account};
use yima_store::{Tx, consent, gate, resolved, uses};

/// A receipt can be resolved for so long.
const RECEIPT_LIFE_S: i64 = 600;
/// Resolves of one resident in an hour of the clock, by one scenario's gates together: a day at a hospital needs fewer.
const OF_ONE_AN_HOUR: u32 = 20;
/// Resolves of one gate in an hour of the clock: a busy counter serves one person in ten seconds.
const BY_ONE_AN_HOUR: u32 = 400;
const HOUR: i64 = 3600 * MICROS;

/// A gate where somebody sits, in a deed about a holder.
#[derive(Clone)]
pub(crate) struct Desk {
    pub manifest: Manifest,
    pub site: u32,
    pub gate: String,
    /// Holds what its holder agreed to against its seal.
    seals: RowSealer,
    /// When the deed began, Unix microseconds.
    pub now_us: i64,
}

/// Whom a receipt speaks of.
pub(crate) struct Held {
    pub account: String,
    /// Form of the code that was shown.
    pub form: Option<String>,
}

impl Province {
    /// The desk that a gate is.
    pub(crate) fn desk(&self, actor: &Actor) -> Result<Desk, DeedError> {
        let Actor::Gate { gate, site, scenario } = actor else {
            return Err(DeedError::Refused(Refusal::NotAllowed));
        };
        let manifest = self.live().manifest(*scenario).cloned().ok_or(DeedError::NotFound("scenario"))?;
        Ok(Desk {
            manifest,
            site: *site,
            gate: gate.as_str().to_owned(),
            seals: self.sealer_of_rows(),
            now_us: self.now_us(),
        })
    }

    /// Whom a receipt of this desk speaks of: a valid check that the server made itself, ten minutes ago at most.
    pub(crate) async fn held(&self, desk: &Desk, receipt: &str) -> Result<Held, DeedError> {
        let (receipt, gate, slug) = (receipt.to_owned(), desk.gate.clone(), desk.manifest.slug.clone());
        let oldest = desk.now_us - RECEIPT_LIFE_S * MICROS;
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let found = uses::find(tx, &receipt).await?;
                    let own = found.filter(|u| {
                        u.deed == Deed::CheckCode.as_str()
                            && u.online
                            && u.actor == gate
                            && u.scenario.as_deref() == Some(slug.as_str())
                            && u.outcome == "valid"
                            && u.at >= oldest
                    });
                    let held = own.and_then(|u| Some(Held { account: u.account?, form: u.form }));
                    held.ok_or(DeedError::NotFound("receipt"))
                })
            })
            .await
    }

    /// HMAC-SHA256(own key, `yima.sub.v1` 00 ‖ u16 len ‖ sector ‖ u16 len ‖ account); the sector is the registered owner.
    pub(crate) fn pseudonym(&self, manifest: &Manifest, account: &str) -> String {
        let sector = manifest.owner.credit_code.as_bytes();
        let length = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
        let (sector_len, account_len) = (length(sector), length(account.as_bytes()));
        let parts: [&[u8]; 5] = [b"yima.sub.v1\0", &sector_len, sector, &account_len, account.as_bytes()];
        hex::encode(&hmac_sha256(self.pairwise.expose(), &parts)[..20])
    }
}

impl Desk {
    /// What the decision needs, after the caller has locked the account. The pace counts what will be refused, too.
    pub(crate) async fn facts(&self, tx: &mut Tx, account: &str) -> Result<(Facts, Account), DeedError> {
        let gate = gate::rely_on(tx, &self.gate).await?;
        self.hold_pace(tx, account).await?;
        let row = account::find(tx, account).await?.ok_or(DeedError::NotFound("receipt"))?;
        let standing = self.seals.standing_consent(tx, account, &self.manifest.slug).await?;
        let facts = Facts {
            actor_ended: gate.is_none_or(|g| g.state != gate::State::Live),
            subject_state: Some(crate::home::standing(row.state)),
            consents: standing.map(|c| law(c, self.manifest.id)).transpose()?.into_iter().collect(),
            manifest_attributes: self.manifest.attributes.clone(),
            ..Facts::default()
        };
        Ok((facts, row))
    }

    async fn hold_pace(&self, tx: &mut Tx, account: &str) -> Result<(), DeedError> {
        let hour_at = self.now_us - self.now_us.rem_euclid(HOUR);
        for (who, most) in [(self.gate.as_str(), BY_ONE_AN_HOUR), (account, OF_ONE_AN_HOUR)] {
            if resolved::pace(tx, who, &self.manifest.slug, hour_at).await? > most {
                let left = (hour_at + HOUR - self.now_us) / MICROS;
                return Err(DeedError::TooMany {
                    retry_after_s: u32::try_from(left).unwrap_or(0).max(1),
                    why: Text::new(
                        "这个小时查得太多了，请到下一个小时再试",
                        "too many in this hour; try again in the next",
                    ),
                });
            }
        }
        Ok(())
    }

    /// Done here, with small facts.
    pub(crate) fn done<T>(self, value: T, detail: serde_json::Value) -> Done<T> {
        let note = Note {
            scenario: Some(self.manifest.slug),
            site: Some(self.site),
            purpose: Some(self.manifest.purpose.en),
            detail: Some(detail.to_string()),
            ..Note::default()
        };
        Done { value, note }
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
