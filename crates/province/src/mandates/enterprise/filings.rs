//! Filings: lodged for an enterprise by whoever acts for it in this browser, within the services and the amount of every
//! link; withdrawn by whoever lodged it or represents. It does not know what a filing says.

use super::pick::picked;
use super::{chain, is_enterprise, said_for};
use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_of};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::filing::Service;
use yima_kernel::id::{FilingId, OrganisationId};
use yima_kernel::mandate::{ForEnterprise, Kind};
use yima_kernel::shown_text;
use yima_store::filing::{self, Filing, State};
use yima_store::{edge, enterprise};

/// The longest text, characters.
const TEXT_MAX: usize = 500;
/// The highest amount, fen: ten thousand million yuan.
const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Something to file.
#[derive(Clone)]
pub struct NewFiling {
    /// A word of the closed list.
    pub service: String,
    /// In fen.
    pub amount: i64,
    /// What is filed, at most 500 characters.
    pub text: String,
}

/// A filing in a list.
#[derive(Clone, Debug)]
pub struct FilingRow {
    /// `fil_…`
    pub id: String,
    /// A word of the closed list.
    pub service: String,
    /// In fen.
    pub amount: i64,
    /// What was filed.
    pub text: String,
    /// SHA-256 of the text, hexadecimal.
    pub digest: String,
    /// `lodged` or `withdrawn`.
    pub state: &'static str,
    /// Unix seconds.
    pub lodged_at: i64,
    /// Masked.
    pub by: String,
    /// The caller may withdraw it.
    pub may_withdraw: bool,
}

impl Province {
    /// Files for the enterprise that this browser acts for.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a filing that can't be; refusals of the decision with the reason: the mandate is over,
    /// waits, or is narrower.
    pub async fn lodge_filing(&self, person: &Person, new: NewFiling) -> Result<String, DeedError> {
        let service = Service::parse(&new.service)
            .ok_or_else(|| DeedError::invalid("service", "没有这个事项", "there is no such service"))?;
        let text = new.text.trim().to_owned();
        if text.is_empty()
            || text.chars().count() > TEXT_MAX
            || !shown_text::is_prose(&text)
            || !(0..=AMOUNT_MAX).contains(&new.amount)
        {
            return Err(DeedError::invalid(
                "text",
                "内容要 1 到 500 字，金额不能为负",
                "a text of 1 to 500 characters, and an amount that is not negative",
            ));
        }
        let actor = person.actor();
        let (session, now_us, hand) = (person.session.to_string(), self.now_us(), self.hand());
        let at = self.acts_for_now(&session).await?;
        let id = FilingId::new(self.now_ms(), self.chance.bytes()).to_string();
        let sealed_text = self.sealed_text(&id, "filing", &text)?;
        let digest = yima_keys::sha256(&[text.as_bytes()]).to_vec();
        let (me, amount) = (person.account.to_string(), new.amount);
        self.short(
            Request::of(actor.clone(), Deed::LodgeFiling).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_of(tx, &actor, now_us).await?;
                    let wish = ForEnterprise::File { service, amount };
                    let (acting, found) = picked(tx, &hand, &session, wish).await?.ok_or_else(pick_first)?;
                    Ok((Facts { acting: acting.acting, ..facts }, found))
                })
            },
            move |tx, found, door| {
                Box::pin(async move {
                    let last = found.last()?;
                    let row = Filing {
                        id,
                        enterprise: found.organisation.id.clone(),
                        edge: last.id.clone(),
                        account: me,
                        service: service.as_str().to_owned(),
                        amount,
                        digest,
                        sealed_text,
                        state: State::Lodged,
                        lodged_at: door.now_us,
                        withdrawn_at: None,
                        withdrawn_by: None,
                    };
                    filing::lodge(tx, &row).await?;
                    let detail = serde_json::json!({
                        "mandate": said_for(last, &found.organisation, "actor"), "filing": row.id,
                        "service": row.service, "amount": amount, "digest": hex::encode(&row.digest),
                    });
                    Ok(Done::plain(row.id).detail(detail))
                })
            },
        )
        .await
    }

    /// Takes a filing back: one's own, or any as the representative.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for somebody else's, [`DeedError::Conflict`] for one that was withdrawn.
    pub async fn withdraw_filing(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let actor = person.actor();
        let found = {
            let id = id.to_owned();
            self.store
                .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(filing::find(tx, &id).await?) }))
                .await?
                .ok_or(DeedError::NotFound("filing"))?
        };
        let at = OrganisationId::parse(&found.enterprise).map_err(DeedError::internal)?;
        let (me, now_us, hand) = (person.account.to_string(), self.now_us(), self.hand());
        self.short(
            Request::of(actor.clone(), Deed::WithdrawFiling).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_of(tx, &actor, now_us).await?;
                    let mut mine: Vec<_> = edge::for_organisations(tx, &me).await?;
                    mine.retain(|e| {
                        is_enterprise(e) && e.principal == found.enterprise && e.state != edge::State::Ended
                    });
                    mine.sort_by_key(|e| e.kind != Kind::Representative.as_str());
                    let Some(own) = mine.into_iter().next() else { return Err(DeedError::NotFound("filing")) };
                    let own = edge::rely_on(tx, &own.id).await?.ok_or(DeedError::NotFound("filing"))?;
                    let own = chain(tx, &hand, own).await?;
                    if found.account != me && own.links.len() > 1 {
                        return Err(DeedError::NotFound("filing"));
                    }
                    Ok((Facts { acting: Some(own.acting(ForEnterprise::Act)?), ..facts }, (own, found, me)))
                })
            },
            move |tx, (own, found, me), door| {
                Box::pin(async move {
                    if !filing::withdraw(tx, &found.id, &me, door.now_us).await? {
                        return Err(DeedError::Conflict(Text::new("已经撤回", "it was withdrawn already")));
                    }
                    let detail = serde_json::json!({
                        "mandate": said_for(own.last()?, &own.organisation, "actor"), "filing": found.id,
                    });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// The enterprise of the mandate by which this browser acts, or acted until that was ended.
    async fn acts_for_now(&self, session: &str) -> Result<OrganisationId, DeedError> {
        let session = session.to_owned();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(acting) = enterprise::acting(tx, &session).await? else { return Ok(None) };
                    Ok(edge::find(tx, &acting.edge).await?)
                })
            })
            .await?
            .ok_or_else(pick_first)?;
        OrganisationId::parse(&found.principal).map_err(DeedError::internal)
    }
}

fn pick_first() -> DeedError {
    DeedError::Conflict(Text::new("先选替哪家企业办", "pick the enterprise to act for first"))
}
