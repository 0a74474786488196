//! What ends mandates over enterprises by itself: time, a word that never came, and the death or deletion of a person.
//! It does not end an account.

use super::super::{Hand, terms, wrong_step};
use super::dismissal::end_with_children;
use super::representatives::{leave_word, locked, word_by};
use super::{chain, is_enterprise, said_for};
use crate::Province;
use crate::devices::tell;
use crate::doorway::{Done, Note, append};
use crate::error::DeedError;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, OrganisationId};
use yima_kernel::mandate::{Kind, Step};
use yima_kernel::subject::Actor;
use yima_store::edge::{self, Edge};
use yima_store::{Tx, enterprise};

impl Province {
    /// Ends one whose time is over, with what hangs on it.
    pub(crate) async fn end_enterprise_over(&self, found: Edge) -> Result<(), DeedError> {
        let at = OrganisationId::parse(&found.principal).map_err(DeedError::internal)?;
        let about = AccountId::parse(&found.actor).map_err(DeedError::internal)?;
        let hand = self.hand();
        self.short(
            Request::of(Actor::System, Deed::DismissAgent).about(about).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let edges = locked(tx, &found.principal, &[]).await?;
                    let row = edges.iter().find(|e| e.id == found.id).cloned().ok_or_else(wrong_step)?;
                    let above = chain(tx, &hand, row.clone()).await?;
                    Ok((Facts::default(), (hand, edges, row, above)))
                })
            },
            move |tx, (mut hand, edges, row, above), door| {
                Box::pin(async move {
                    if terms(&row)?.ends_s() > door.now_s() {
                        return Err(wrong_step());
                    }
                    end_with_children(tx, &mut hand, &edges, &row, ("over", &above), door.now_us).await?;
                    let notice = hand.row_id(door.now_us);
                    tell(tx, notice, &row.actor, door.now_us, "appointment_ended").await?;
                    let detail =
                        serde_json::json!({ "mandate": said_for(&row, &above.organisation, "office"), "over": true });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }
}

impl Province {
    /// Ends every mandate over an enterprise that is no more, its representative's first; true when none is left.
    pub(crate) async fn end_mandates_over(&self, organisation: &str, why: &'static str) -> Result<bool, DeedError> {
        let at = OrganisationId::parse(organisation).map_err(DeedError::internal)?;
        let (id, mut hand) = (organisation.to_owned(), self.hand());
        let of = id.clone();
        let standing = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::standing_over(tx, &of, false).await?) }))
            .await?;
        if standing.is_empty() {
            return Ok(true);
        }
        self.short(
            Request::of(Actor::System, Deed::DismissAgent).for_organisation(at),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let edges = locked(tx, &id, &[]).await?;
                    let one = crate::organisations::found(tx, &hand.seals, &id).await?;
                    for row in &edges {
                        let row = hand.end_for_enterprise(tx, row, why, door.now_us).await?;
                        let represents = row.kind == Kind::Representative.as_str();
                        let kind = if represents { "representative_ended" } else { "appointment_ended" };
                        leave_word(tx, &mut hand, &row, &one, kind, door.now_us).await?;
                    }
                    let detail = serde_json::json!({ "ended": edges.len(), "organisation": id, "why": why });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(true)
    }
}

/// The enterprises for which somebody acts, to be locked before their mandates are.
pub(crate) async fn organisations_of(tx: &mut Tx, account: &str) -> Result<(), DeedError> {
    let mut found: Vec<String> = edge::for_organisations(tx, account).await?.into_iter().map(|e| e.principal).collect();
    found.sort_unstable();
    found.dedup();
    for one in found {
        enterprise::change(tx, &one).await?;
    }
    Ok(())
}

/// Ends what a person did for an enterprise who is gone; whoever they appointed is ended, and of a representative every
/// appointment waits for the next one. The account is locked, and the enterprise by [`organisations_of`].
pub(crate) async fn gone(tx: &mut Tx, hand: &mut Hand, row: &Edge, why: &str, now_us: i64) -> Result<(), DeedError> {
    let above = chain(tx, hand, row.clone()).await?;
    let edges: Vec<Edge> =
        edge::standing_over(tx, &row.principal, true).await?.into_iter().filter(is_enterprise).collect();
    if !edges.iter().any(|e| e.id == row.id) {
        return Ok(());
    }
    let detail = serde_json::json!({ "mandate": said_for(row, &above.organisation, "office") }).to_string();
    for account in [&row.actor, &row.principal] {
        let mut request = Request::of(Actor::System, Deed::DismissAgent);
        request.subject = AccountId::parse(account).ok();
        let note = Note { account: Some(account.clone()), detail: Some(detail.clone()), ..Note::default() };
        append(tx, &hand.use_id(now_us), now_us, &request, note).await?;
    }
    if row.kind != Kind::Representative.as_str() {
        return end_with_children(tx, hand, &edges, row, (why, &above), now_us).await.map(drop);
    }
    hand.end_for_enterprise(tx, row, why, now_us).await?;
    for other in edges.iter().filter(|e| e.id != row.id && e.state == edge::State::Active) {
        if other.kind == Kind::Agent.as_str() {
            let by = word_by(now_us);
            let other = hand.step_of(tx, other, Step::Suspend, "representative", Some(by), now_us).await?;
            leave_word(tx, hand, &other, &above.organisation, "appointment_waits", now_us).await?;
        }
    }
    Ok(())
}
