//! Checking in at a place whose code the resident scanned (场所码). It does not know what a poster looks like.

use crate::Province;
use crate::doorway::{Done, Note};
use crate::error::{DeedError, Text};
use crate::home::{device_facts, own};
use yima_kernel::access::Request;
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::account;
use yima_store::check_in::{self, CheckIn};

/// Checked in.
#[derive(Clone, Debug)]
pub struct CheckedIn {
    /// Id of the use.
    pub receipt: String,
    /// Slug.
    pub scenario: String,
    /// The place.
    pub place: Text,
    /// Unix seconds.
    pub at: i64,
}

impl Province {
    /// Notes that the resident is at a place.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a site number that no place has.
    pub async fn check_in(&self, actor: &Actor, site: u32) -> Result<CheckedIn, DeedError> {
        let place = self.site(site).ok_or(DeedError::NotFound("place"))?;
        let purpose = self.manifest_in_force(&place.scenario)?.purpose.en;
        let holder = own(actor)?;
        let (account, device) = (holder.as_str().to_owned(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::CheckIn).about(holder),
            move |tx| {
                Box::pin(async move {
                    account::rely_on(tx, &account).await?;
                    Ok((device_facts(tx, &device).await?, account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    let row = CheckIn {
                        use_id: door.use_id.as_str().to_owned(),
                        account,
                        scenario: place.scenario.clone(),
                        site,
                        at: door.now_us,
                    };
                    check_in::insert(tx, &row).await?;
                    let value = CheckedIn {
                        receipt: row.use_id,
                        scenario: place.scenario.clone(),
                        place: place.name,
                        at: door.now_s(),
                    };
                    let note = Note {
                        scenario: Some(place.scenario),
                        site: Some(site),
                        purpose: Some(purpose),
                        ..Note::default()
                    };
                    Ok(Done { value, note })
                })
            },
        )
        .await
    }
}
