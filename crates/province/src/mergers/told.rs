//! Everybody with a standing agreement with an app of an organisation that goes on in another is told so, or that it was called
//! off. It does not word it; what is told of the successor stands on the page of one's apps.

use crate::Province;
use crate::chance::Rolls;
use crate::clients::Client;
use crate::devices::tell;
use crate::error::DeedError;
use rand::Rng;
use std::collections::BTreeSet;
use yima_store::Tx;
use yima_store::merger::{self, ALL_TOLD, Merger, State};

/// Agreements whose person is told in one transaction.
const AT_ONCE: u32 = 200;
/// Such transactions of one look; the next look goes on.
const PASSES: usize = 50;

impl Province {
    /// Tells the next people of a merger.
    pub(super) async fn tell_of_merger(&self, mut row: Merger) -> Result<(), DeedError> {
        for _ in 0..PASSES {
            if row.told_after == ALL_TOLD {
                return Ok(());
            }
            let (of, now_us, mut ids) = (row.clone(), self.now_us(), self.chance.rolls());
            let after = self
                .store
                .deed::<_, DeedError, _>(move |tx| {
                    Box::pin(async move {
                        let (people, agreements, after) = next(tx, &of).await?;
                        if !merger::told(tx, &of, agreements, &after).await? {
                            return Ok(None);
                        }
                        let kind = if of.state == State::Withdrawn { "merger_off" } else { "merger_ahead" };
                        for account in people {
                            tell(tx, notice_id(&of, &mut ids), &account, now_us, kind).await?;
                        }
                        Ok(Some(after))
                    })
                })
                .await?;
            match after {
                Some(after) => row.told_after = after,
                // Another process tells them, or it changed.
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

fn notice_id(of: &Merger, ids: &mut Rolls) -> String {
    let mut bytes = [0; 10];
    ids.fill_bytes(&mut bytes);
    format!("{}-{}", of.id, hex::encode(bytes))
}

/// Tells somebody who agrees while a merger of the organisation behind the app is ahead: their page may be older than that.
pub(crate) async fn tell_if_ahead(
    tx: &mut Tx,
    client: &Client,
    account: &str,
    ids: &mut Rolls,
    now_us: i64,
) -> Result<(), DeedError> {
    let last = client.line.last().map_or("", String::as_str);
    match merger::of_sector(tx, last).await? {
        Some(ahead) => tell(tx, notice_id(&ahead, ids), account, now_us, "merger_ahead").await,
        None => Ok(()),
    }
}

/// The accounts behind the next agreements, how many agreements they are, and how far that is.
async fn next(tx: &mut Tx, of: &Merger) -> Result<(BTreeSet<String>, i64, String), DeedError> {
    let (client, grant) = of.told_after.split_once('/').unwrap_or_default();
    for app in merger::clients_of(tx, &of.from_code).await?.into_iter().filter(|app| app.as_str() >= client) {
        let behind = if app == client { grant } else { "" };
        let found = merger::agreements(tx, &app, behind, AT_ONCE).await?;
        if let Some((last, _)) = found.last() {
            let after = format!("{app}/{last}");
            let many = i64::try_from(found.len()).unwrap_or(0);
            return Ok((found.into_iter().map(|(_, account)| account).collect(), many, after));
        }
    }
    Ok((BTreeSet::new(), 0, ALL_TOLD.to_owned()))
}
