//! After a change of representative: one list, on which the new one confirms who goes on. What is confirmed begins anew
//! under the new one, as it was; what is not ends by itself after fifteen working days. It does not know who was before.

use super::offers::edge_of;
use super::representatives::{insert, locked};
use super::{chain, changed_meanwhile, said_for};
use crate::Province;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::person_sessions::{Person, facts_to_change};
use std::collections::HashMap;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::mandate::{ForEnterprise, Kind};
use yima_store::edge::{self, Edge};
use yima_store::enterprise::{self, OfferState};

impl Province {
    /// Confirms those of the list who shall go on; a child only together with its parent. How many.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a child without its parent; refusals of the decision for whoever does not represent.
    pub async fn confirm_agents(&self, person: &Person, by: &str, keep: Vec<String>) -> Result<usize, DeedError> {
        let actor = person.actor();
        let at = self.enterprise_of(&person.account, by).await?;
        let (by, me, now_us) = (by.to_owned(), person.account.to_string(), self.now_us());
        let (hand, organisation) = (self.hand(), at.to_string());
        self.short(
            Request::of(actor.clone(), Deed::ConfirmAgents).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let edges = locked(tx, &organisation, &[&me]).await?;
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    let own = edges.iter().find(|e| e.id == by).cloned().ok_or(DeedError::NotFound("mandate"))?;
                    let own = chain(tx, &hand, own).await?;
                    let acting = Some(own.acting(ForEnterprise::Represent)?);
                    Ok((Facts { acting, ..facts }, (hand, edges, own)))
                })
            },
            move |tx, (mut hand, edges, own), door| {
                Box::pin(async move {
                    let root = own.last()?.clone();
                    let waiting: Vec<&Edge> =
                        edges.iter().filter(|e| e.state == edge::State::Suspended && keep.contains(&e.id)).collect();
                    if waiting.len() != keep.len() {
                        return Err(changed_meanwhile());
                    }
                    let mut anew: HashMap<&str, String> = HashMap::new();
                    for row in waiting {
                        let parent = row.parent.as_deref().unwrap_or_default();
                        let direct = edge::find(tx, parent)
                            .await?
                            .is_some_and(|above| above.kind == Kind::Representative.as_str());
                        let parent = match anew.get(parent) {
                            Some(made) => made.clone(),
                            None if direct => root.id.clone(),
                            None => {
                                return Err(DeedError::invalid(
                                    "keep",
                                    "他由另一位经办人任命，要连那一位一起确认",
                                    "another agent appointed this one: confirm that one too",
                                ));
                            }
                        };
                        let mut said = enterprise::offer_by_id(tx, &row.id).await?.ok_or_else(changed_meanwhile)?;
                        hand.seals().holds(&said)?;
                        hand.end_for_enterprise(tx, row, "confirmed", door.now_us).await?;
                        said.id = hand.new_edge(door.now_us);
                        said.parent = parent;
                        said.made_by.clone_from(&root.actor);
                        said.until_at = row.until_at.min(root.until_at);
                        said.created_at = door.now_us;
                        said.expires_at = door.now_us;
                        said.state = OfferState::Accepted;
                        said.version = 1;
                        hand.seals().seal_anew(&mut said);
                        let made = edge_of(&said, &row.actor, door.now_us)?;
                        insert(tx, &hand, &made).await?;
                        enterprise::offer(tx, &said).await?;
                        let notice = hand.row_id(door.now_us);
                        tell(tx, notice, &row.actor, door.now_us, "appointment_confirmed").await?;
                        anew.insert(&row.id, made.id);
                    }
                    let many = anew.len();
                    let detail = serde_json::json!({
                        "mandate": said_for(&root, &own.organisation, "actor"), "confirmed": many,
                    });
                    Ok(Done::plain(many).detail(detail))
                })
            },
        )
        .await
    }
}
