//! The active apps in memory, held honest by a look at the store each second and by a lock in every deed that relies on one.
//! It does not know how an app came to be active.

use crate::Province;
use crate::error::DeedError;
use crate::mergers::line_from;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use subtle::ConstantTimeEq as _;
use yima_kernel::id::ClientId;
use yima_oidc::metadata::Metadata;
use yima_store::client::{self, Standing, Version};
use yima_store::{StoreError, Tx};

/// Clients in memory; beyond it all are read again.
const KEPT_MAX: usize = 4_096;
/// One is compared with the store so often, seconds: another process may have put a new version in force.
const LOOK_AGAIN_S: i64 = 1;

/// An active client.
pub(crate) struct Client {
    pub id: ClientId,
    pub version: u32,
    /// Legal name of the organisation.
    pub owner: String,
    /// Whom pseudonyms are for: where its line begins.
    pub sector: String,
    /// From that sector to the last successor that it was merged into, mergers in force alone (rule R20).
    pub line: Vec<String>,
    /// The last merger in force, of whomever, when this was read.
    mergers: u32,
    pub metadata: Metadata,
    secret_hash: Option<Vec<u8>>,
}

/// The active clients that were asked for since the start.
#[derive(Default)]
pub(crate) struct Clients(RwLock<HashMap<String, Kept>>);

/// One of them, and when its version was last compared with the store's, Unix seconds.
struct Kept {
    client: Arc<Client>,
    looked_at_s: AtomicI64,
}

impl Province {
    /// The active version of a client, from memory while that is a second old at most. What a deed does with it counts only
    /// where [`stands`] says so in the deed's own transaction.
    pub(crate) async fn client(&self, id: &str) -> Result<Option<Arc<Client>>, DeedError> {
        let Ok(id) = ClientId::parse(id) else { return Ok(None) };
        let now_s = self.now_s();
        let kept = {
            let all = self.clients.0.read().unwrap_or_else(PoisonError::into_inner);
            all.get(id.as_str()).map(|kept| (Arc::clone(&kept.client), kept.looked_at_s.load(Ordering::Relaxed)))
        };
        let asked = id.to_string();
        if let Some((client, looked_at_s)) = kept {
            if now_s - looked_at_s < LOOK_AGAIN_S {
                return Ok(Some(client));
            }
            let standing = self
                .store
                .read_one::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(client::active_version(tx, &asked).await?) })
                })
                .await?;
            if standing == Some(client.standing()) {
                let all = self.clients.0.read().unwrap_or_else(PoisonError::into_inner);
                if let Some(kept) = all.get(id.as_str()) {
                    kept.looked_at_s.store(now_s, Ordering::Relaxed);
                }
                return Ok(Some(client));
            }
            self.forget_client(id.as_str());
        }
        self.read_client(id).await
    }

    async fn read_client(&self, id: ClientId) -> Result<Option<Arc<Client>>, DeedError> {
        let (asked, seals) = (id.to_string(), self.sealer_of_rows());
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(row) = client::active(tx, &asked).await? else { return Ok(None) };
                    let line = line_from(tx, &seals, &row.sector).await?;
                    let standing = client::active_version(tx, &asked).await?;
                    Ok(standing.map(|(_, mergers)| (row, line, mergers)))
                })
            })
            .await?;
        let Some((row, line, mergers)) = found else { return Ok(None) };
        let client = Arc::new(self.client_of(id, &row, line, mergers)?);
        let mut all = self.clients.0.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT_MAX {
            all.clear();
        }
        let looked_at_s = AtomicI64::new(self.now_s());
        all.insert(row.id, Kept { client: Arc::clone(&client), looked_at_s });
        Ok(Some(client))
    }

    /// Another process may have put a new version in force: this one is forgotten, and read again when it is asked for.
    pub(crate) fn forget_client(&self, id: &str) {
        self.clients.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn client_of(&self, id: ClientId, row: &Version, line: Vec<String>, mergers: u32) -> Result<Client, DeedError> {
        self.sealer_of_rows().right("client", &row.id, i64::from(row.version), &fields(row), &row.seal)?;
        let metadata = Metadata::parse(&row.metadata)
            .map_err(|why| DeedError::internal(format!("stored metadata of {id} does not parse: {why}")))?;
        Ok(Client {
            id,
            version: row.version,
            owner: row.owner.clone(),
            sector: row.sector.clone(),
            line,
            mergers,
            metadata,
            secret_hash: row.secret_hash.clone(),
        })
    }

    /// Is this the client's secret?
    pub(crate) fn client_secret_right(&self, client: &Client, secret: &str) -> bool {
        let hash = self.peppered("client-secret", secret);
        client.secret_hash.as_ref().is_some_and(|kept| hash.as_slice().ct_eq(kept).into())
    }
}

impl Clients {
    /// A merger changed whose they are: each is read again when it is asked for.
    pub(crate) fn forget_all(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Client {
    /// What it is held against.
    pub(crate) const fn standing(&self) -> Standing {
        (self.version, self.mergers)
    }
}

/// Says that a deed relies on this version of a client and on where its line ends, and whether both still stand.
pub(crate) async fn stands(tx: &mut Tx, client: &Client) -> Result<bool, StoreError> {
    Ok(client::standing(tx, client.id.as_str()).await? == Some(client.standing()))
}

/// What of a version counts for its seal. Whether it is in force is part of it: a proposal can't be made active by hand.
pub(crate) fn fields(row: &Version) -> [&[u8]; 6] {
    [
        row.organisation.as_bytes(),
        row.owner.as_bytes(),
        row.sector.as_bytes(),
        row.metadata.as_bytes(),
        row.secret_hash.as_deref().unwrap_or_default(),
        row.state.as_str().as_bytes(),
    ]
}
