//! What one allows apps: listed, and taken back in one touch, with every token that hangs on it (rule R32).
//! It does not know how the app is told.

use crate::Province;
use crate::allow_app::grant_fields;
use crate::app_deletions::{self, AppDeletion};
use crate::claims_shown::Shown;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::leave_apps;
use crate::person_sessions::facts_to_change;
use std::collections::BTreeMap;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_store::app_grant::{self, State};
use yima_store::{account, app_deletion, family};

/// What a person allowed an app.
#[derive(Clone, Debug)]
pub struct AllowedApp {
    /// `grn_…`
    pub id: String,
    /// `app_…`
    pub client: String,
    /// Legal name of the organisation.
    pub owner: String,
    /// Name of the app, Chinese.
    pub name_zh: String,
    /// English.
    pub name_en: String,
    /// What for, Chinese.
    pub purpose_zh: String,
    /// English.
    pub purpose_en: String,
    /// Claims that are given.
    pub claims: Vec<&'static str>,
    /// It goes on when they have left.
    pub offline: bool,
    /// Unix seconds.
    pub from_at: i64,
    /// Unix seconds.
    pub until_at: i64,
    /// `active`, `withdrawn` or `ended`.
    pub state: &'static str,
    /// What the app was told to delete, and what it said of it; since it was taken back.
    pub deletion: Option<AppDeletion>,
}

impl Province {
    /// One's own, newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn allowed_apps(&self, actor: &Actor) -> Result<Vec<AllowedApp>, DeedError> {
        let holder = holder(actor)?;
        let id = holder.to_string();
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(holder);
        let (rows, deletions) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    Ok((app_grant::of_account(tx, &id).await?, app_deletion::of_account(tx, &id).await?))
                })
            })
            .await?;
        let now_us = self.now_us();
        let mut deletions: BTreeMap<_, _> = deletions.into_iter().map(|row| (row.grant.clone(), row)).collect();
        let mut apps = Vec::with_capacity(rows.len());
        for row in rows {
            let client = self.client(&row.client).await?;
            let shown = Shown::of_grant(&row);
            let text = |get: fn(&yima_oidc::metadata::Metadata) -> &str| {
                client.as_ref().map(|client| get(&client.metadata).to_owned()).unwrap_or_default()
            };
            apps.push(AllowedApp {
                owner: client.as_ref().map(|client| client.owner.clone()).unwrap_or_default(),
                name_zh: text(|m| m.name_zh.as_str()),
                name_en: text(|m| m.name_en.as_str()),
                purpose_zh: text(|m| &m.purpose.zh),
                purpose_en: text(|m| &m.purpose.en),
                claims: shown.given.iter().map(|claim| claim.as_str()).collect(),
                offline: shown.scopes.has(yima_oidc::scope::Scope::OfflineAccess),
                from_at: row.from_at / MICROS,
                until_at: row.until_at / MICROS,
                state: match row.state {
                    State::Withdrawn => "withdrawn",
                    State::Given if row.until_at <= self.now_us() => "ended",
                    State::Given => "active",
                },
                deletion: deletions.remove(&row.id).map(|row| app_deletions::shown(row, now_us)),
                id: row.id,
                client: row.client,
            });
        }
        Ok(apps)
    }

    /// Takes it back: grant, families and codes end in one transaction, and the app is told.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such grant standing.
    pub async fn withdraw_app(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let holder = holder(actor)?;
        let (account, id, facts_actor, now_us) = (holder.to_string(), id.to_owned(), actor.clone(), self.now_us());
        let sealer = self.sealer_of_rows();
        let reference = self.random_text();
        self.short(
            Request::of(actor.clone(), Deed::WithdrawApp).about(holder),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    let facts = facts_to_change(tx, &facts_actor, now_us).await?;
                    let grant = app_grant::find(tx, &id).await?;
                    let own = grant.filter(|grant| grant.account == account && grant.state == State::Given);
                    Ok((facts, own.ok_or(DeedError::NotFound("app"))?))
                })
            },
            move |tx, grant, door| {
                Box::pin(async move {
                    let told = family::live_of_grant(tx, &grant.id).await?;
                    let mut after = grant.clone();
                    after.version += 1;
                    after.state = State::Withdrawn;
                    let seal = sealer.seal("app_grant", &after.id, after.version, &grant_fields(&after));
                    if !app_grant::withdraw(tx, &grant, "withdrawn", door.now_us, &seal).await? {
                        return Err(DeedError::NotFound("app"));
                    }
                    leave_apps::tell(tx, &told, door.now_us).await?;
                    leave_apps::tell_grant_ended(tx, &grant, reference, door.now_us).await?;
                    let detail =
                        serde_json::json!({ "grant": grant.id, "client": grant.client, "sign_ins": told.len() });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }
}

fn holder(actor: &Actor) -> Result<AccountId, DeedError> {
    match actor {
        Actor::Device { account, .. } | Actor::Person { account, .. } => Ok(account.clone()),
        _ => Err(DeedError::Refused(Refusal::NotAllowed)),
    }
}
