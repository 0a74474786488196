//! Consents: given claim by claim, listed, taken back in one step as easily as given. It does not know the page's words.

use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::home::{device_facts, own};
use crate::row_seal::{RowSealer, SealedRow};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::ConsentId;
use yima_kernel::scenario::BINDING;
use yima_kernel::subject::Actor;
use yima_store::binding::{self, EndedBy};
use yima_store::consent::{self, State};
use yima_store::{Tx, account};

/// The longest consent.
const LIFE_MAX_S: i64 = 366 * 24 * 3600;

/// What a resident agrees to.
pub struct GiveConsent {
    /// Slug.
    pub scenario: String,
    /// Attribute names.
    pub attributes: Vec<String>,
    /// Unix seconds.
    pub until_at: i64,
}

/// A consent.
#[derive(Clone, Debug)]
pub struct Consent {
    /// `cns_…`
    pub id: String,
    /// Slug.
    pub scenario: String,
    /// Attribute names.
    pub attributes: Vec<String>,
    /// Unix seconds.
    pub from_at: i64,
    /// Unix seconds.
    pub until_at: i64,
    /// `active`, `withdrawn` or `ended`.
    pub state: &'static str,
}

impl Province {
    /// One's own consents, newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn consents(&self, actor: &Actor) -> Result<Vec<Consent>, DeedError> {
        let holder = own(actor)?;
        let id = holder.as_str().to_owned();
        let now_us = self.now_us();
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(holder);
        let rows = self
            .look(request, Facts::default(), move |tx| Box::pin(async move { Ok(consent::of_account(tx, &id).await?) }))
            .await?;
        rows.into_iter().map(|row| shown(row, now_us)).collect()
    }

    /// Agrees that a scenario may learn attributes; a former consent for it ends.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for an attribute that the manifest does not name, or an end more than a year away.
    pub async fn give_consent(&self, actor: &Actor, wish: GiveConsent) -> Result<Consent, DeedError> {
        let manifest = self.manifest_in_force(&wish.scenario)?;
        let now_s = self.now_s();
        if wish.attributes.is_empty() || !wish.attributes.iter().all(|a| manifest.attributes.contains(a)) {
            return Err(DeedError::invalid(
                "attributes",
                "这个场景的清单里没有这一项",
                "this scenario's manifest does not name that attribute",
            ));
        }
        if wish.until_at <= now_s || wish.until_at > now_s + LIFE_MAX_S {
            return Err(DeedError::invalid("until_at", "最长一年", "a year at most, and not in the past"));
        }
        let holder = own(actor)?;
        let mut attributes = wish.attributes;
        attributes.sort();
        attributes.dedup();
        let row = consent::Consent {
            id: ConsentId::new(self.now_ms(), self.chance.bytes()).to_string(),
            account: holder.as_str().to_owned(),
            scenario: manifest.slug.clone(),
            attributes: serde_json::to_string(&attributes).map_err(DeedError::internal)?,
            from_at: self.now_us(),
            until_at: wish.until_at * MICROS,
            state: State::Given,
            ended_at: None,
            version: 1,
            row_version: 1,
            seal: Vec::new(),
        };
        let (now_us, device, seals) = (self.now_us(), actor.clone(), self.sealer_of_rows());
        let row = seals.sealed(row);
        let request = Request::of(actor.clone(), Deed::GiveConsent).about(holder);
        self.short(
            Request { attributes: attributes.clone(), ..request },
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &row.account).await?;
                    Ok((device_facts(tx, &device).await?, row))
                })
            },
            move |tx, row, _| {
                Box::pin(async move {
                    if let Some(before) = seals.standing_consent(tx, &row.account, &row.scenario).await? {
                        seals.withdraw_consent(tx, before, row.from_at).await?;
                    }
                    consent::give(tx, &row).await?;
                    if !attributes.iter().any(|a| a == BINDING) {
                        // A new agreement that leaves the card out takes back the one that had it.
                        binding::end_at(tx, &row.account, &row.scenario, now_us, EndedBy::Resident).await?;
                    }
                    let detail = serde_json::json!({ "consent": row.id, "attributes": attributes });
                    let slug = row.scenario.clone();
                    Ok(Done::plain(shown(row, now_us)?).at(slug, None).detail(detail))
                })
            },
        )
        .await
    }

    /// Takes a consent back; it stops now, and a card that was bound under it is forgotten.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such consent standing.
    pub async fn withdraw_consent(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let holder = own(actor)?;
        let account = holder.as_str().to_owned();
        let (id, device, seals) = (id.to_owned(), actor.clone(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::WithdrawConsent).about(holder),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    Ok((device_facts(tx, &device).await?, account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    let row = consent::find(tx, &id).await?;
                    let row = row.filter(|row| row.account == account && row.state == State::Given);
                    let row = seals.trusted(row.ok_or(DeedError::NotFound("consent"))?)?;
                    let slug = row.scenario.clone();
                    seals.withdraw_consent(tx, row, door.now_us).await?;
                    let unbound = binding::end_at(tx, &account, &slug, door.now_us, EndedBy::Resident).await?;
                    Ok(Done::plain(()).detail(serde_json::json!({ "consent": id, "unbound": unbound })))
                })
            },
        )
        .await
    }
}

impl RowSealer {
    /// The one that stands between an account and a scenario, with a seal that fits. The account is relied on or locked.
    pub(crate) async fn standing_consent(
        &self,
        tx: &mut Tx,
        account: &str,
        scenario: &str,
    ) -> Result<Option<consent::Consent>, DeedError> {
        consent::standing(tx, account, scenario).await?.map(|row| self.trusted(row)).transpose()
    }

    async fn withdraw_consent(&self, tx: &mut Tx, row: consent::Consent, at_us: i64) -> Result<(), DeedError> {
        let row = self.next(consent::Consent { state: State::Withdrawn, ended_at: Some(at_us), ..row });
        if consent::withdraw(tx, &row).await? { Ok(()) } else { Err(DeedError::Busy) }
    }

    /// Withdraws all that stand, of an account that ends.
    pub(crate) async fn withdraw_consents_of(&self, tx: &mut Tx, account: &str, at_us: i64) -> Result<(), DeedError> {
        account::changed(tx, account).await?;
        for row in consent::standing_of(tx, account).await? {
            self.withdraw_consent(tx, self.trusted(row)?, at_us).await?;
        }
        Ok(())
    }
}

/// Its own `version` is that of the manifest. When it was withdrawn is only told.
impl SealedRow for consent::Consent {
    const TABLE: &'static str = "consent";

    fn with_fields<T>(&self, with: impl FnOnce(&[&[u8]]) -> T) -> T {
        with(&[
            self.account.as_bytes(),
            self.scenario.as_bytes(),
            self.attributes.as_bytes(),
            &self.from_at.to_be_bytes(),
            &self.until_at.to_be_bytes(),
            self.state.as_str().as_bytes(),
            &self.version.to_be_bytes(),
        ])
    }

    fn head(&self) -> (&str, i64, &[u8]) {
        (&self.id, self.row_version, &self.seal)
    }

    fn put(&mut self, version: i64, seal: Vec<u8>) {
        (self.row_version, self.seal) = (version, seal);
    }
}

fn shown(row: consent::Consent, now_us: i64) -> Result<Consent, DeedError> {
    let state = match row.state {
        State::Withdrawn => "withdrawn",
        State::Given if row.until_at <= now_us => "ended",
        State::Given => "active",
    };
    Ok(Consent {
        attributes: serde_json::from_str(&row.attributes).map_err(DeedError::internal)?,
        id: row.id,
        scenario: row.scenario,
        from_at: row.from_at / MICROS,
        until_at: row.until_at / MICROS,
        state,
    })
}
