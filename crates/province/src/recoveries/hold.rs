//! What a person sees of recoveries that can be stopped: their own, and those of whom they are the guardian of.
//! It does not know how a stop undoes them.

use super::guardians;
use crate::Province;
use crate::clock::MICROS;
use crate::error::DeedError;
use crate::rights::holder;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::edge;
use yima_store::recovery::{self, State};

/// A recovery that can be stopped.
#[derive(Clone, Debug)]
pub struct StandingRecovery {
    /// `rcv_…`
    pub id: String,
    /// One's own account; otherwise that of somebody in one's care.
    pub own: bool,
    /// `asked`, `approved` or `held`.
    pub state: &'static str,
    /// Unix seconds.
    pub asked_at: i64,
    /// Unix seconds until which what matters waits, once it is held.
    pub hold_until: Option<i64>,
}

impl Province {
    /// The recoveries that this person may stop.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn standing_recoveries(&self, actor: &Actor) -> Result<Vec<StandingRecovery>, DeedError> {
        let me = holder(actor)?;
        let (id, now_us, hand) = (me.as_str().to_owned(), self.now_us(), self.hand());
        let request = Request::of(actor.clone(), Deed::SeeRecoveries).about(me);
        self.look(request, Facts::default(), move |tx| {
            Box::pin(async move {
                let mut whose = vec![id.clone()];
                for row in edge::of_account(tx, &id).await? {
                    if row.actor == id && guardians(tx, &hand, &row.principal, now_us).await?.contains(&id) {
                        whose.push(row.principal);
                    }
                }
                let mut found = Vec::new();
                for account in whose {
                    let Some(row) = recovery::standing(tx, &account, now_us).await? else { continue };
                    found.push(StandingRecovery {
                        own: account == id,
                        state: row.state.as_str(),
                        asked_at: row.asked_at / MICROS,
                        hold_until: row.hold_until.filter(|_| row.state == State::Held).map(|at| at / MICROS),
                        id: row.id,
                    });
                }
                Ok(found)
            })
        })
        .await
    }
}
