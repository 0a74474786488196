//! What one allows apps: listed, and taken back in one touch, with every token that hangs on it (rule R32). Beside what is
//! given for oneself: for an enterprise, and by a guardian for a child (rule R31). It does not know how the app is told.

use crate::Province;
use crate::acting::ActingFor;
use crate::allow_app::grant_fields;
use crate::app_deletions::{self, AppDeletion};
use crate::audiences::ConsentAudience;
use crate::claims_shown::Shown;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::grants_over::OVER;
use crate::leave_apps;
use crate::mandates::{By, Hand, both, chain, is_enterprise};
use crate::mergers::MergerNotice;
use crate::person_sessions::{facts_of, facts_to_change};
use crate::under_mandate::in_force;
use std::collections::BTreeMap;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::mandate::Kind;
use yima_kernel::subject::Actor;
use yima_store::account::Account;
use yima_store::app_grant::{self, Grant, State};
use yima_store::edge::{self, Edge};
use yima_store::{Tx, account, app_deletion, family};

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
    /// For whom it was given, when not for oneself.
    pub given_for: Option<ActingFor>,
    /// A guardian gave it for the one whose list this is.
    pub by_guardian: bool,
    /// APIs of other organisations that its tokens may be for, while it is in force (rule R22).
    pub audiences: Vec<ConsentAudience>,
    /// What the app was told to delete, and what it said of it; since it was taken back or ran out.
    pub deletion: Option<AppDeletion>,
    /// The organisation behind it went on in another one, or will: who holds the data then (rule R20).
    pub mergers: Vec<MergerNotice>,
}

/// A grant of a list, with what stands behind it.
struct Listed {
    grant: Grant,
    /// The mandate behind it has ended.
    over: bool,
    whose: Whose,
}

/// For whom a grant was given.
enum Whose {
    Own,
    ByGuardian,
    Child(Box<Account>),
    Enterprise { kind: &'static str, name: String },
}

impl Province {
    /// One's own, and what one gave for children in one's care; the newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn allowed_apps(&self, actor: &Actor) -> Result<Vec<AllowedApp>, DeedError> {
        let holder = holder(actor)?;
        let id = holder.to_string();
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(holder);
        let (hand, now_us) = (self.hand(), self.now_us());
        let (rows, deletions) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    for grant in app_grant::of_account(tx, &id).await? {
                        rows.push(own_row(tx, &hand, grant, now_us).await?);
                    }
                    for edge in edge::of_account(tx, &id).await? {
                        if edge.actor == id && edge.kind == Kind::Guardian.as_str() {
                            rows.extend(given_under(tx, &hand, &edge, now_us).await?);
                        }
                    }
                    rows.sort_by(|a, b| b.grant.id.cmp(&a.grant.id));
                    Ok((rows, app_deletion::of_account(tx, &id).await?))
                })
            })
            .await?;
        let mut deletions: BTreeMap<_, _> = deletions.into_iter().map(|row| (row.grant.clone(), row)).collect();
        let mut apps = Vec::with_capacity(rows.len());
        for Listed { grant: row, over, whose } in rows {
            let client = self.client(&row.client).await?;
            let shown = Shown::of_grant(&row);
            let state = match row.state {
                State::Withdrawn if row.reason.as_deref() == Some(OVER) => "ended",
                State::Withdrawn => "withdrawn",
                State::Given if over || row.until_at <= now_us => "ended",
                State::Given => "active",
            };
            let audiences = match &client {
                Some(client) if state == "active" => self.audiences_of(client).await?,
                _ => Vec::new(),
            };
            let text = |get: fn(&yima_oidc::metadata::Metadata) -> &str| {
                client.as_ref().map(|client| get(&client.metadata).to_owned()).unwrap_or_default()
            };
            let mergers = match &client {
                Some(client) => self.merger_notices(client).await?,
                None => Vec::new(),
            };
            apps.push(AllowedApp {
                mergers,
                owner: client.as_ref().map(|client| client.owner.clone()).unwrap_or_default(),
                name_zh: text(|m| m.name_zh.as_str()),
                name_en: text(|m| m.name_en.as_str()),
                purpose_zh: text(|m| &m.purpose.zh),
                purpose_en: text(|m| &m.purpose.en),
                claims: shown.given.iter().map(|claim| claim.as_str()).collect(),
                offline: shown.scopes.has(yima_oidc::scope::Scope::OfflineAccess),
                from_at: row.from_at / MICROS,
                until_at: row.until_at / MICROS,
                state,
                audiences,
                by_guardian: matches!(whose, Whose::ByGuardian),
                given_for: match whose {
                    Whose::Own | Whose::ByGuardian => None,
                    Whose::Child(child) => {
                        Some(ActingFor { kind: Kind::Guardian.as_str(), name: self.name_of(&child)?.masked() })
                    }
                    Whose::Enterprise { kind, name } => Some(ActingFor { kind, name }),
                },
                deletion: deletions.remove(&row.id).map(|row| app_deletions::shown(row, now_us)),
                id: row.id,
                client: row.client,
            });
        }
        Ok(apps)
    }

    /// Takes it back: grant, families and codes end in one transaction, and the app is told. A guardian takes back what they
    /// gave for a child in the same way; both records have it.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such grant standing.
    pub async fn withdraw_app(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let holder = holder(actor)?;
        let (account, id, facts_actor, now_us) = (holder.to_string(), id.to_owned(), actor.clone(), self.now_us());
        let (sealer, hand) = (self.sealer_of_rows(), self.hand());
        let child = self.child_of_grant(&account, &id).await?;
        let request = match &child {
            Some((child, _)) => Request::of(actor.clone(), Deed::WithdrawAppFor).about(child.clone()),
            None => Request::of(actor.clone(), Deed::WithdrawApp).about(holder),
        };
        let reference = self.random_text();
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    let (facts, whose, edge) = match child {
                        Some((child, edge)) => {
                            let held = hand.held(tx, &edge, now_us).await?;
                            let facts = facts_of(tx, &facts_actor, now_us).await?;
                            let facts = Facts { mandate: Some(held.mandate()?), ..facts };
                            (facts, child.to_string(), Some(held.edge))
                        }
                        None => {
                            account::changed(tx, &account).await?;
                            (facts_to_change(tx, &facts_actor, now_us).await?, account, None)
                        }
                    };
                    let grant = app_grant::find(tx, &id).await?;
                    let own = grant.filter(|grant| grant.account == whose && grant.state == State::Given);
                    Ok((facts, (own.ok_or(DeedError::NotFound("app"))?, edge)))
                })
            },
            move |tx, (grant, edge), door| {
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
                    Ok(match edge {
                        Some(edge) => both(Done::plain(()), &edge, By::Actor, detail),
                        None => Done::plain(()).detail(detail),
                    })
                })
            },
        )
        .await
    }

    /// The child for whom this person gave a grant as their guardian, and the mandate; `None` for one of their own.
    async fn child_of_grant(&self, me: &str, id: &str) -> Result<Option<(AccountId, String)>, DeedError> {
        let (me, id) = (me.to_owned(), id.to_owned());
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(grant) = app_grant::find(tx, &id).await? else { return Ok(None) };
                    let by = edge::find(tx, &grant.edge).await?;
                    let mine = by.is_some_and(|edge| edge.actor == me && edge.kind == Kind::Guardian.as_str());
                    Ok(Some((grant.account, grant.edge)).filter(|(account, _)| mine && *account != me))
                })
            })
            .await?;
        found.map(|(child, edge)| Ok((AccountId::parse(&child).map_err(DeedError::internal)?, edge))).transpose()
    }
}

/// A grant of one's own account: for oneself, by one's guardian, or for an enterprise.
async fn own_row(tx: &mut Tx, hand: &Hand, grant: Grant, now_us: i64) -> Result<Listed, DeedError> {
    let Some(edge) = edge::find(tx, &grant.edge).await? else {
        return Ok(Listed { grant, over: false, whose: Whose::Own });
    };
    let over = in_force(tx, hand, &edge.id, now_us).await?.is_none();
    if !is_enterprise(&edge) {
        return Ok(Listed { grant, over, whose: Whose::ByGuardian });
    }
    let kind = Kind::parse(&edge.kind).ok_or_else(|| DeedError::internal("edge.kind"))?.as_str();
    let name = chain(tx, hand, edge).await?.organisation.name;
    Ok(Listed { grant, over, whose: Whose::Enterprise { kind, name } })
}

/// What was given for a child under a guardian's mandate, while that is in force: afterwards the child's list alone has it.
async fn given_under(tx: &mut Tx, hand: &Hand, edge: &Edge, now_us: i64) -> Result<Vec<Listed>, DeedError> {
    if in_force(tx, hand, &edge.id, now_us).await?.is_none() {
        return Ok(Vec::new());
    }
    let Some(child) = account::find(tx, &edge.principal).await? else { return Ok(Vec::new()) };
    let given = app_grant::of_account(tx, &child.id).await?.into_iter().filter(|grant| grant.edge == edge.id);
    Ok(given.map(|grant| Listed { grant, over: false, whose: Whose::Child(Box::new(child.clone())) }).collect())
}

fn holder(actor: &Actor) -> Result<AccountId, DeedError> {
    match actor {
        Actor::Device { account, .. } | Actor::Person { account, .. } => Ok(account.clone()),
        _ => Err(DeedError::Refused(Refusal::NotAllowed)),
    }
}
