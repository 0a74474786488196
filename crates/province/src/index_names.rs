//! Filling the name index for residents that were imported before there was one: batch by batch, and it goes on where it stopped.
//! It keeps no mark of how far it came: what is missing says so itself.

use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::account::{self, NameKey};

/// Rows that share a commit: other deeds wait for it on SQLite, some milliseconds.
const BATCH: u32 = 1_000;
/// Digits of a city in GB/T 2260.
const CITY_LEN: usize = 4;

/// How far an indexing came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Indexed {
    /// Names that are indexed now and were not.
    pub names: u64,
    /// Names that could not be opened: the key that sealed them is missing.
    pub unreadable: u64,
}

impl Province {
    /// Indexes every name that is not yet, and tells after each batch. Nothing to do leaves no use.
    ///
    /// # Errors
    /// What the store says; call it again, it goes on where it was.
    pub async fn index_names(&self, actor: &Actor, mut tell: impl FnMut(Indexed)) -> Result<Indexed, DeedError> {
        let mut sum = Indexed::default();
        let mut after = NameKey::default();
        loop {
            let behind = after.clone();
            let rows = self
                .store
                .read::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(account::without_blind_name(tx, &behind, BATCH).await?) })
                })
                .await?;
            let Some(last) = rows.last() else { return Ok(sum) };
            after = NameKey { region: last.region.clone(), id: last.id.clone() };
            let hashed: Vec<_> = rows
                .iter()
                .filter_map(|row| {
                    let name = self.name_of(row).ok()?;
                    Some((row.id.clone(), self.sealer.blind_name(&name, city_of(&row.region))))
                })
                .collect();
            sum.unreadable += (rows.len() - hashed.len()) as u64;
            sum.names += self.write_index(actor, hashed).await?;
            tell(sum);
        }
    }

    async fn write_index(&self, actor: &Actor, hashed: Vec<(String, u16)>) -> Result<u64, DeedError> {
        self.short(
            Request::of(actor.clone(), Deed::IndexResidents),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    let mut written = 0;
                    for (id, hash) in &hashed {
                        written += u64::from(account::set_blind_name(tx, id, *hash).await?);
                    }
                    Ok(Done::plain(written).detail(serde_json::json!({ "names": written })))
                })
            },
        )
        .await
    }

    /// Empties the index, so that [`Province::index_names`] makes it anew: for another index key, or another folding of names.
    ///
    /// # Errors
    /// What the store says; call it again.
    pub async fn forget_name_index(&self, actor: &Actor) -> Result<(), DeedError> {
        loop {
            let many = self
                .short(
                    Request::of(actor.clone(), Deed::IndexResidents),
                    |_| Box::pin(async { Ok((Facts::default(), ())) }),
                    |tx, (), _| {
                        Box::pin(async move {
                            let many = account::forget_blind_names(tx, BATCH).await?;
                            Ok(Done::plain(many).detail(serde_json::json!({ "forgotten": many })))
                        })
                    },
                )
                .await?;
            if many == 0 {
                return Ok(());
            }
        }
    }

    /// [`Province::index_names`] beside a running server; once at its start is enough, because imports index what they bring.
    pub async fn index_names_meanwhile(self: std::sync::Arc<Self>) {
        match self.index_names(&Actor::System, |_| {}).await {
            Ok(Indexed { names: 0, unreadable: 0 }) => {}
            Ok(done) => tracing::info!(names = done.names, unreadable = done.unreadable, "names are indexed"),
            Err(error) => {
                tracing::error!(%error, "failed to index names; searches by name wait for `yima resident reindex`");
            }
        }
    }
}

/// The city of a county.
pub(crate) fn city_of(region: &str) -> &str {
    region.get(..CITY_LEN).unwrap_or(region)
}
