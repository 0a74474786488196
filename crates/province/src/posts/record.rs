//! The record of an office: when an officer drew codes in a post and where one was shown, for whoever answers for the office.
//! The officer's own record says the same. It does not change anything.

use super::codes::{role_words, to_show};
use crate::Province;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::person_sessions::Person;
use crate::row_seal::RowSealer;
use std::collections::{HashMap, HashSet};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::post::PostRole;
use yima_store::account::Account;
use yima_store::uses::{self, Use};
use yima_store::{Tx, account, post};

/// Entries of an office that are looked at.
const LISTED: u32 = 50;

/// What is shown of one office.
#[derive(Clone, Debug)]
pub struct OfficeRecord {
    /// Registered name.
    pub office: String,
    /// The newest first.
    pub rows: Vec<OfficeUse>,
}

/// One use of an officer code.
#[derive(Clone, Debug)]
pub struct OfficeUse {
    /// Unix seconds.
    pub at: i64,
    /// Whose post it was, masked; empty when that account is gone.
    pub who: String,
    /// The post.
    pub role: Text,
    /// `draw_for_post` or `check`.
    pub deed: String,
    /// `done`, `valid`, `refused` or `could_not_check`.
    pub outcome: String,
}

/// What is read in one go: offices with their uses, and who held the posts.
type Found = (Vec<(String, Vec<Use>)>, HashMap<String, Account>);

impl Province {
    /// The records of the offices that a person answers for: they are its head, or stand in for it.
    ///
    /// # Errors
    /// [`DeedError::Internal`] when a row does not carry this program's seal.
    pub async fn office_records(&self, person: &Person) -> Result<Vec<OfficeRecord>, DeedError> {
        let (me, now_s, seals) = (person.account.to_string(), self.now_s(), self.sealer_of_rows());
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let (offices, holders) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { read_records(tx, &seals, &me, now_s).await })
            })
            .await?;
        let mut names = HashMap::new();
        for (post, holder) in &holders {
            names.insert(post.as_str(), self.name_of(holder)?.masked());
        }
        let shown = |row: Use| {
            let (post, role) = in_post(&row)?;
            let who = names.get(post.as_str()).cloned().unwrap_or_default();
            Some(OfficeUse { at: row.at / MICROS, who, role, deed: row.deed, outcome: row.outcome })
        };
        Ok(offices
            .into_iter()
            .map(|(office, uses)| OfficeRecord { office, rows: uses.into_iter().filter_map(shown).collect() })
            .collect())
    }
}

async fn read_records(tx: &mut Tx, seals: &RowSealer, me: &str, now_s: i64) -> Result<Found, DeedError> {
    let (mut offices, mut holders): Found = Default::default();
    // Two offices may have one name.
    let mut seen = HashSet::new();
    for (own, _) in to_show(tx, seals, me, now_s).await? {
        if own.role != PostRole::Head.as_str() || !seen.insert(own.organisation.clone()) {
            continue;
        }
        let found = uses::of_account(tx, &own.organisation, None, LISTED, now_s * MICROS).await?;
        for (id, _) in found.iter().filter_map(in_post) {
            if holders.contains_key(&id) {
                continue;
            }
            let account = post::find(tx, &id).await?.and_then(|row| row.account);
            if let Some(account) = account
                && let Some(holder) = account::find(tx, &account).await?
            {
                holders.insert(id, holder);
            }
        }
        offices.push((own.office, found));
    }
    Ok((offices, holders))
}

/// The post of a use, and what people call it.
fn in_post(row: &Use) -> Option<(String, Text)> {
    let detail = serde_json::from_str::<serde_json::Value>(row.detail.as_deref()?).ok()?;
    let text = |name: &str| detail.get("post")?.get(name)?.as_str().map(str::to_owned);
    Some((text("id")?, role_words(&text("role")?)))
}
