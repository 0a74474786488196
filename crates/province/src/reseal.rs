//! A new data key for sealed fields: announced, then current once every process knows it, then row by row in the background.
//! It does not touch the blind index: equal values stay findable while their sealing changes.

use crate::Province;
use crate::bindings;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use std::sync::Arc;
use std::time::Duration;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::custody::{Custody, SecretKey};
use yima_keys::person::{IdNumber, OfficeCard, PersonName, Phone};
use yima_keys::sealed::{Sealable, Sealed, SealedText, Spot};
use yima_store::account::{self, SealedField};
use yima_store::key_deed::{self, What};
use yima_store::operator::{self, Operator};
use yima_store::{Store, Tx, binding, setting};

/// From announcement to use: every server reads the data keys anew at each publication, three times within this.
const ANNOUNCE_US: i64 = 15 * 60 * 1_000_000;
/// Accounts that are sealed anew in one transaction.
const BATCH: u32 = 500;
/// Between two batches, so that deeds of people come first.
const PAUSE: Duration = Duration::from_millis(50);
/// Between two looks when nothing is to do.
const REST: Duration = Duration::from_secs(300);
/// Data keys stand under this and their number, wrapped, in hex.
const DATA: &str = "secret/data/";
const CURRENT: &str = "data-key/current";
const ANNOUNCED_AT: &str = "data-key/announced-at";
/// The last account, or after all of them the last bound card, that was sealed anew; [`OVER`] when all were.
const CURSOR: &str = "data-key/cursor";
const OVER: &str = "over";
/// How ids of bindings begin; those of accounts begin otherwise.
const BINDINGS: &str = "bnd_";

/// What a step of the background job did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resealing {
    /// Nothing is to do.
    Idle,
    /// A new key is announced; other processes have yet to read it.
    Announced,
    /// So many accounts were looked at.
    Batch(usize),
    /// Every row is under the current key.
    Over,
}

/// The data keys of the store, and which of them seals.
pub(crate) struct DataKeys {
    pub keys: Vec<(u32, SecretKey<32>)>,
    pub current: u32,
    announced_at: i64,
    cursor: String,
}

impl DataKeys {
    pub async fn read(store: &Store, custody: &dyn Custody) -> Result<Self, DeedError> {
        let all = store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(setting::all(tx).await?) })).await?;
        let mut found = Self { keys: Vec::new(), current: 1, announced_at: 0, cursor: OVER.to_owned() };
        for (name, value) in all {
            match name.as_str() {
                CURRENT => found.current = value.parse().map_err(DeedError::internal)?,
                ANNOUNCED_AT => found.announced_at = value.parse().map_err(DeedError::internal)?,
                CURSOR => found.cursor = value,
                _ => {
                    let Some(number) = name.strip_prefix(DATA).and_then(|number| number.parse().ok()) else { continue };
                    let wrapped = hex::decode(&value).map_err(DeedError::internal)?;
                    found
                        .keys
                        .push((number, SecretKey::unwrap(custody, &name, &wrapped).map_err(DeedError::internal)?));
                }
            }
        }
        Ok(found)
    }

    fn newest(&self) -> u32 {
        self.keys.iter().map(|(number, _)| *number).max().unwrap_or(0)
    }

    fn is_over(&self) -> bool {
        self.newest() == self.current && self.cursor == OVER
    }
}

impl Province {
    /// Makes and announces a new data key. Servers seal under it after a quarter of an hour, and seal all rows anew.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] while the rotation before is not over.
    pub async fn rotate_data_key(&self, actor: &Actor, reason: &str) -> Result<u32, DeedError> {
        if reason.trim().is_empty() || reason.chars().count() > 200 || !shown_text::is_line(reason) {
            return Err(DeedError::invalid("reason", "要写明原因，200 字以内", "say why, in at most 200 characters"));
        }
        let have = DataKeys::read(&self.store, self.keys.custody()).await?;
        if !have.is_over() {
            return Err(DeedError::Conflict(Text::new(
                "上一次轮换还没做完：服务会在后台接着做",
                "the rotation before is not over: a running server goes on with it",
            )));
        }
        let number = have.newest() + 1;
        let name = format!("{DATA}{number}");
        let mut rng = self.chance.rng();
        let key = SecretKey::<32>::generate(&mut rng);
        let wrapped = key.wrap(self.keys.custody(), &name, &mut rng).map_err(DeedError::internal)?;
        let detail = serde_json::json!({ "data_key": number, "reason": reason });
        let row = self.key_deed((What::DataKey, None), reason, key_deed::State::Unseen, actor);
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    setting::set(tx, &name, &hex::encode(wrapped)).await?;
                    setting::set(tx, ANNOUNCED_AT, &door.now_us.to_string()).await?;
                    key_deed::insert(tx, &row).await?;
                    Ok(Done::plain(number).detail(detail))
                })
            },
        )
        .await
    }

    /// Takes in data keys that another process announced or made current.
    pub(crate) async fn refresh_data_keys(&self) -> Result<DataKeys, DeedError> {
        let data = DataKeys::read(&self.store, self.keys.custody()).await?;
        self.sealer.adopt(&data.keys, data.current).map_err(DeedError::internal)?;
        Ok(data)
    }

    /// One step of the background job; after a kill the next process goes on where this one was.
    ///
    /// # Errors
    /// What the store says, or a row that does not open.
    pub async fn reseal_some(&self) -> Result<Resealing, DeedError> {
        let data = self.refresh_data_keys().await?;
        if data.is_over() {
            return Ok(Resealing::Idle);
        }
        if data.newest() > data.current {
            if self.now_us() < data.announced_at.saturating_add(ANNOUNCE_US) {
                return Ok(Resealing::Announced);
            }
            self.moved_on(Vec::new(), data.newest(), String::new()).await?;
            self.refresh_data_keys().await?;
            return Ok(Resealing::Batch(0));
        }
        if data.cursor.starts_with(BINDINGS) {
            return self.bindings_anew(data).await;
        }
        let after = data.cursor.clone();
        let rows = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    Ok(account::page(tx, None, yima_store::account::Page { after: &after, limit: BATCH }).await?)
                })
            })
            .await?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else {
            let anew = self.operators_anew().await?;
            self.moved_on(anew, data.current, BINDINGS.to_owned()).await?;
            return self.bindings_anew(DataKeys { cursor: BINDINGS.to_owned(), ..data }).await;
        };
        let mut anew = Vec::new();
        for row in &rows {
            self.account_anew(row, &mut anew)?;
        }
        self.moved_on(anew, data.current, last).await?;
        Ok(Resealing::Batch(rows.len()))
    }

    /// Seals anew in the background; ends with the program.
    pub async fn keep_resealing(self: Arc<Self>) {
        loop {
            match self.reseal_some().await {
                Ok(Resealing::Batch(_)) => tokio::time::sleep(PAUSE).await,
                Ok(_) => tokio::time::sleep(REST).await,
                Err(error) => {
                    tracing::error!(%error, "failed to seal fields anew; they stay readable, and it is tried again");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    fn account_anew(&self, row: &account::Account, anew: &mut Vec<Anew>) -> Result<(), DeedError> {
        let id = row.id.as_str();
        let of_account =
            |field, sealing: Option<Sealing>| sealing.map(|s| Anew { at: At::Account(field), id: id.to_owned(), s });
        let name = self.sealing::<PersonName>(&row.sealed_name, Spot { table: "account", field: "name", row: id })?;
        let number =
            self.sealing::<IdNumber>(&row.sealed_id_number, Spot { table: "account", field: "id_number", row: id })?;
        let phone = match &row.sealed_phone {
            Some(phone) => self.sealing::<Phone>(phone, Spot { table: "account", field: "phone", row: id })?,
            None => None,
        };
        anew.extend(of_account(SealedField::Name, name));
        anew.extend(of_account(SealedField::IdNumber, number));
        anew.extend(of_account(SealedField::Phone, phone));
        Ok(())
    }

    /// Cards of offices come last; the cursor is then the id of one.
    async fn bindings_anew(&self, data: DataKeys) -> Result<Resealing, DeedError> {
        let after = data.cursor;
        let rows = self.store.read::<_, DeedError, _>(move |tx| {
            Box::pin(async move { Ok(binding::live_page(tx, &after, BATCH).await?) })
        });
        let rows = rows.await?;
        let Some(last) = rows.last().map(|row| row.id.clone()) else {
            self.moved_on(Vec::new(), data.current, OVER.to_owned()).await?;
            return Ok(Resealing::Over);
        };
        let mut anew = Vec::new();
        for row in &rows {
            let Some(card) = &row.sealed_card else { continue };
            let sealing = self.sealing::<OfficeCard>(card, bindings::spot(&row.id))?;
            anew.extend(sealing.map(|s| Anew { at: At::Binding, id: row.id.clone(), s }));
        }
        self.moved_on(anew, data.current, last).await?;
        Ok(Resealing::Batch(rows.len()))
    }

    async fn operators_anew(&self) -> Result<Vec<Anew>, DeedError> {
        let rows =
            self.store.read::<_, DeedError, _>(|tx| Box::pin(async move { Ok(operator::all(tx).await?) })).await?;
        let mut anew = Vec::new();
        // A row by hand opens nothing under either key, and holds up no rotation.
        for row in self.sealer_of_rows().listed(rows) {
            let spot = Spot { table: "operator", field: "totp", row: &row.id };
            let sealing = self.sealing::<SealedText>(&row.totp_sealed, spot)?;
            anew.extend(sealing.map(|s| Anew { at: At::Operator, id: row.id.clone(), s }));
        }
        Ok(anew)
    }

    fn sealing<T: Sealable>(&self, stored: &[u8], spot: Spot<'_>) -> Result<Option<Sealing>, DeedError> {
        // Nothing is left of a deleted account's fields.
        if stored.is_empty() {
            return Ok(None);
        }
        let sealed = Sealed::<T>::from_bytes(stored.to_vec());
        if !self.sealer.needs_reseal(&sealed) {
            return Ok(None);
        }
        let fresh = self.sealer.reseal(&sealed, spot, &mut self.chance.rng()).map_err(DeedError::internal)?;
        Ok(Some(Sealing { before: stored.to_vec(), after: fresh.into_bytes() }))
    }

    /// Writes a batch with the place where the next one begins.
    async fn moved_on(&self, anew: Vec<Anew>, current: u32, cursor: String) -> Result<(), DeedError> {
        let detail = serde_json::json!({ "data_key": current, "sealed_anew": anew.len() });
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(Actor::System, Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    for one in &anew {
                        one.write(tx, &seals).await?;
                    }
                    setting::set(tx, CURRENT, &current.to_string()).await?;
                    setting::set(tx, CURSOR, &cursor).await?;
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }
}

/// A value before and after.
#[derive(Clone)]
struct Sealing {
    before: Vec<u8>,
    after: Vec<u8>,
}

#[derive(Clone)]
enum At {
    Account(SealedField),
    Binding,
    Operator,
}

/// A value sealed anew, and where it stands.
#[derive(Clone)]
struct Anew {
    at: At,
    id: String,
    s: Sealing,
}

impl Anew {
    async fn write(&self, tx: &mut Tx, seals: &RowSealer) -> Result<(), DeedError> {
        let Sealing { before, after } = &self.s;
        match self.at {
            At::Account(field) => account::seal_anew(tx, &self.id, field, before, after).await?,
            At::Binding => binding::seal_anew(tx, &self.id, before, after).await?,
            At::Operator => {
                if let Some(row) = seals.operator(tx, &self.id).await?.filter(|row| row.totp_sealed == *before) {
                    seals.change_operator(tx, Operator { totp_sealed: after.clone(), ..row }).await?;
                }
                true
            }
        };
        Ok(())
    }
}
