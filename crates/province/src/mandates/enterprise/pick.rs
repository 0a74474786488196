//! For whom a browser acts: a person, signed in as self, picks an enterprise, and is themselves again at a press.
//! It does not know what they will do.

use super::{Chain, chain, said_for};
use crate::Province;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::{Person, facts_of};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::mandate::{ForEnterprise, Stands};
use yima_store::enterprise::{self, ActingSession};
use yima_store::{Tx, edge};

impl Province {
    /// Acts for an enterprise in this browser.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for somebody else's mandate; refusals of the decision for one that is not in force.
    pub async fn act_for(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        // Nobody acts for an enterprise at a screen that their phone let in (rule R9).
        person.can_be_raised()?;
        let actor = person.actor();
        let at = self.enterprise_of(&person.account, id).await?;
        let (id, now_us, hand) = (id.to_owned(), self.now_us(), self.hand());
        let (me, session) = (person.account.to_string(), person.session.to_string());
        self.short(
            Request::of(actor.clone(), Deed::ActFor).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_of(tx, &actor, now_us).await?;
                    let row = edge::rely_on(tx, &id).await?.ok_or(DeedError::NotFound("mandate"))?;
                    let found = chain(tx, &hand, row).await?;
                    Ok((Facts { acting: Some(found.acting(ForEnterprise::Act)?), ..facts }, found))
                })
            },
            move |tx, found, door| {
                Box::pin(async move {
                    let last = found.last()?;
                    enterprise::act_for(tx, &session, &me, &last.id, door.now_us).await?;
                    let detail = serde_json::json!({ "mandate": said_for(last, &found.organisation, "actor") });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Acts for nobody but oneself in this browser again. What one says of oneself is no deed.
    ///
    /// # Errors
    /// The store's.
    pub async fn act_as_self(&self, person: &Person) -> Result<(), DeedError> {
        let session = person.session.to_string();
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move { Ok(enterprise::act_as_self(tx, &session).await?) })
            })
            .await
    }
}

/// The chain by which a browser acts, and what the decision reads of it. One that was ended under way is over, whatever
/// the mandate says by now. Call `facts_of` before.
pub(super) async fn picked(
    tx: &mut Tx,
    hand: &super::super::Hand,
    session: &str,
    wish: ForEnterprise,
) -> Result<Option<(Facts, Chain)>, DeedError> {
    let Some(ActingSession { edge: id, ended_at, .. }) = enterprise::acting(tx, session).await? else {
        return Ok(None);
    };
    let row = edge::rely_on(tx, &id).await?.ok_or(DeedError::NotFound("mandate"))?;
    let mut found = chain(tx, hand, row).await?;
    if ended_at.is_some()
        && let Some(last) = found.links.last_mut()
    {
        last.stands = Stands::Over;
    }
    let facts = Facts { acting: Some(found.acting(wish)?), ..Facts::default() };
    Ok(Some((facts, found)))
}
