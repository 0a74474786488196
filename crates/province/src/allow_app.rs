//! A person allows an app, or says no: the grant, and the code that the app redeems. It does not know the page's words.

use crate::Province;
use crate::acting::{Acting, Under};
use crate::app_error::{AppError, refused};
use crate::authorize::{Known, Next, NotOpened, Opened, Ready};
use crate::claims_shown::Shown;
use crate::clients::{Client, stands};
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::standing;
use crate::mergers::{met, tell_if_ahead};
use crate::person_sessions::{Person, facts_of, facts_to_change};
use crate::under_mandate::{to_agree, told};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use yima_kernel::access::{Facts, Request};
use yima_kernel::assurance::Needed;
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, FamilyId, GrantId, OrganisationId};
use yima_kernel::subject::AccountState;
use yima_oidc::authorize::{self, Remembered};
use yima_oidc::error::{Code, OauthError};
use yima_oidc::exchange;
use yima_oidc::form::Params;
use yima_oidc::scope::{Claim, Scopes};
use yima_store::account;
use yima_store::app_grant::{self, Grant, State};
use yima_store::one_time::{self, OneTime};

/// A code lives so long, seconds (rule R26).
pub(crate) const CODE_S: i64 = 60;
const SECRET: usize = 24;
const MARK: usize = 16;

/// What a person pressed.
#[derive(Clone, Debug)]
pub struct ConsentAnswer {
    /// Yes, to what is named below.
    pub allow: bool,
    /// Claims that they give.
    pub given: Vec<String>,
    /// The hash of what they were shown.
    pub shown: String,
    /// In which language.
    pub chinese: bool,
}

/// What stands behind a code.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CodeBody {
    /// The request; a device has none.
    pub request: Option<Remembered>,
    pub grant: String,
    pub scopes: String,
    pub claims: String,
    /// The family that its tokens will be of, named now so that a replayed code can end them.
    pub family: FamilyId,
    pub acr: String,
    pub amr: String,
    pub auth_at: i64,
    pub session_until: i64,
    /// Under which mandate, as it stood then.
    #[serde(default)]
    pub acting: Option<Under>,
}

impl Province {
    /// Takes a person's answer on the page of consent.
    ///
    /// # Errors
    /// What the store says; everything of the protocol is a [`Next`]. When what is to be shown has changed meanwhile, the
    /// page comes again.
    pub async fn answer_consent(
        &self,
        person: &Person,
        params: &Params,
        answer: ConsentAnswer,
    ) -> Result<Next, AppError> {
        let opened = match self.open_request(params).await? {
            Ok(opened) => opened,
            Err(NotOpened::Here(error)) => return Ok(Next::Stop(error)),
            Err(NotOpened::There(back)) => return Ok(Next::Back(back)),
        };
        let known = match self.ready_for_consent(Some(person), &opened).await? {
            Ready::Next(next) => return Ok(next),
            Ready::Known(known) => known,
        };
        let mut shown = self.to_show(&opened, &known);
        match self.chosen(&opened.client, &mut shown, &answer, person) {
            Chosen::Stale => self.page(&opened, &known, answer.chinese).await.map(|page| Next::Ask(Box::new(page))),
            Chosen::No(code, why) => Ok(Next::Back(self.back(&opened.asked, &OauthError::new(code, why)))),
            Chosen::Yes => {
                let given = (shown.scopes.clone(), shown.given.clone());
                let (code, row) = self.fresh_app_code(person, &opened, &known, ("", given))?;
                let takes = Takes::Pushed(opened.pushed);
                let grant = Giving { known: *known, shown, chinese: answer.chinese, takes, row };
                self.allow(person, &opened.client, grant).await?;
                Ok(Next::Back(self.answered_code(&opened, &code)))
            }
        }
    }

    /// What was pressed, held against what is to be shown now.
    pub(crate) fn chosen(&self, client: &Client, shown: &mut Shown, answer: &ConsentAnswer, person: &Person) -> Chosen {
        let right = hex::encode(shown.hash(client, answer.chinese));
        if !bool::from(right.as_bytes().ct_eq(answer.shown.as_bytes())) {
            return Chosen::Stale;
        }
        let given: BTreeSet<Claim> = answer.given.iter().filter_map(|name| Claim::parse(name)).collect();
        let all = shown.claims();
        let needed = |claim: &Claim| client.metadata.claims.get(claim).is_some_and(|wanted| wanted.required);
        let lacks = all.iter().any(|claim| needed(claim) && claim.sensitive() && !given.contains(claim));
        if !answer.allow || lacks {
            return Chosen::No(Code::AccessDenied, "the person said no");
        }
        shown.given = all.iter().copied().filter(|claim| given.contains(claim) || needed(claim)).collect();
        shown.refused = all.difference(&shown.given).copied().collect();
        if shown.given.iter().any(|claim| claim.sensitive()) && !Needed::HEAVY.met_by(&person.standing, self.now_s()) {
            return Chosen::No(Code::UnmetAuthenticationRequirements, "this needs a fresh sign-in with a passkey");
        }
        Chosen::Yes
    }

    /// Writes the grant, and the row that its tokens will come of, in one deed.
    pub(crate) async fn allow(&self, person: &Person, client: &Arc<Client>, giving: Giving) -> Result<(), AppError> {
        let now_us = self.now_us();
        let Giving { known, shown, chinese, takes, mut row } = giving;
        let (grant, renews) = self.grant_of(client, &known, &shown, chinese);
        let mut body: CodeBody = serde_json::from_str(&row.body).map_err(DeedError::internal)?;
        body.grant.clone_from(&grant.id);
        row.body = serde_json::to_string(&body).map_err(DeedError::internal)?;
        let actor = person.actor();
        let facts_actor = actor.clone();
        let (client, account) = (Arc::clone(client), AccountId::parse(&grant.account).map_err(DeedError::internal)?);
        let deed = if grant.edge.is_empty() { Deed::AllowApp } else { Deed::AllowAppFor };
        let (hand, edge, mut rolls) = (self.hand(), grant.edge.clone(), self.chance.rolls());
        // For an enterprise the relation is the enterprise's, and its record has the deed as well.
        let enterprise = known.acting.as_ref().and_then(|acting| acting.enterprise.as_ref()).map(|one| one.id.clone());
        let about = known.acting.as_ref().map_or(account.as_str(), Acting::about).to_owned();
        let mut request = Request::of(actor, deed).about(account);
        if let Some(id) = &enterprise {
            request = request.for_organisation(OrganisationId::parse(id).map_err(DeedError::internal)?);
        }
        let detail = serde_json::json!({
            "client": client.id.as_str(), "owner": client.owner, "grant": grant.id, "given": words(&shown.given),
            "refused": words(&shown.refused), "until_at": grant.until_at / MICROS,
        });
        let done = self
            .short(
                request,
                move |tx| {
                    Box::pin(async move {
                        if edge.is_empty() {
                            let facts = facts_to_change(tx, &facts_actor, now_us).await?;
                            return Ok((Facts { subject_state: facts.actor_state, ..facts }, None));
                        }
                        let (facts, under) = to_agree(tx, &hand, &edge, &facts_actor, now_us).await?;
                        Ok((facts, Some(under)))
                    })
                },
                move |tx, under, _| {
                    Box::pin(async move {
                        if !stands(tx, &client).await? {
                            return Err(DeedError::Busy);
                        }
                        if !met(tx, &client, &about, now_us).await? {
                            return Err(DeedError::Conflict(Text::new(
                                "这个账户和这个单位的关系已经结束，不能再用",
                                "this account's relation to that organisation has ended for good",
                            )));
                        }
                        let kept = if renews { app_grant::renew(tx, &grant).await? } else { true };
                        if !kept {
                            return Err(DeedError::Busy);
                        }
                        if !renews {
                            app_grant::insert(tx, &grant).await?;
                            tell_if_ahead(tx, &client, &grant.account, &mut rolls, now_us).await?;
                        }
                        if !takes.take(tx, client.id.as_str(), now_us).await? {
                            return Err(DeedError::NotFound("request"));
                        }
                        one_time::put(tx, &row).await?;
                        Ok(told(Done::plain(()), under.as_ref(), detail))
                    })
                },
            )
            .await;
        match done {
            Err(DeedError::NotFound(_)) => {
                Err(refused(Code::InvalidRequestUri, "the request was answered before, or is over"))
            }
            done => Ok(done?),
        }
    }

    /// The row of an agreement, sealed: a new one, or the one that stands given anew.
    fn grant_of(&self, client: &Client, known: &Known, shown: &Shown, chinese: bool) -> (Grant, bool) {
        let mut grant = Grant {
            id: GrantId::new(self.now_ms(), self.chance.bytes()).to_string(),
            account: known.holder.id.clone(),
            client: client.id.to_string(),
            edge: known.acting.as_ref().map(|acting| acting.edge.clone()).unwrap_or_default(),
            scopes: shown.scopes.text(),
            claims: shown.claims_text(),
            shown_hash: shown.hash(client, chinese).to_vec(),
            from_at: self.now_us(),
            until_at: shown.until_at,
            state: State::Given,
            ended_at: None,
            reason: None,
            version: 1,
            seal: Vec::new(),
        };
        let before = known.grant.as_ref().filter(|before| before.edge == grant.edge);
        let renews = before.is_some();
        if let Some(before) = before {
            grant.id.clone_from(&before.id);
            grant.version = before.version + 1;
        }
        let sealer = self.sealer_of_rows();
        grant.seal = sealer.seal("app_grant", &grant.id, grant.version, &grant_fields(&grant)).to_vec();
        (grant, renews)
    }

    /// A code under an agreement that stands: signing in again is no new deed, and what the app does with the code is one.
    pub(crate) async fn code_again(
        &self,
        person: &Person,
        opened: &Opened,
        known: &Known,
        (grant, given): (String, (Scopes, BTreeSet<Claim>)),
    ) -> Result<String, AppError> {
        let (code, row) = self.fresh_app_code(person, opened, known, (&grant, given))?;
        let (actor, client, pushed, now_us) = (person.actor(), opened.client.clone(), opened.pushed, self.now_us());
        self.store
            .deed::<_, AppError, _>(move |tx| {
                Box::pin(async move {
                    let facts = facts_of(tx, &actor, now_us).await?;
                    let stands_still = app_grant::find(tx, &grant).await?.is_some_and(|g| g.state == State::Given);
                    let alive = !facts.actor_ended && facts.actor_state == Some(AccountState::Active);
                    if !alive || !stands_still {
                        return Err(refused(Code::LoginRequired, "the sign-in or the agreement has ended"));
                    }
                    if !stands(tx, &client).await? {
                        return Err(DeedError::Busy.into());
                    }
                    if !Takes::Pushed(pushed).take(tx, client.id.as_str(), now_us).await? {
                        return Err(refused(Code::InvalidRequestUri, "the request was answered before, or is over"));
                    }
                    Ok(one_time::put(tx, &row).await?)
                })
            })
            .await?;
        Ok(self.answered_code(opened, &code))
    }

    fn answered_code(&self, opened: &Opened, code: &str) -> String {
        authorize::answered(&opened.asked.redirect_uri, code, opened.asked.state.as_deref(), self.issuer())
    }

    fn fresh_app_code(
        &self,
        person: &Person,
        opened: &Opened,
        known: &Known,
        (grant, (scopes, given)): (&str, (Scopes, BTreeSet<Claim>)),
    ) -> Result<(String, OneTime), AppError> {
        // Rule R19: whoever acts carries no more than the mandate lets, whatever was agreed to.
        let (scopes, given) = match known.acting.as_ref().map(|acting| (acting.terms.kind, acting.terms.scopes)) {
            Some((kind, words)) => {
                let most = exchange::claims_within(kind, words);
                (scopes.and(&exchange::within(kind, words)), given.intersection(&most).copied().collect())
            }
            None => (scopes, given),
        };
        let secret: [u8; SECRET] = self.chance.bytes();
        // The code hangs on whom it is about: who takes the agreement back ends it.
        let (account, client) = (known.holder.id.clone(), opened.client.id.to_string());
        let mut bytes = secret.to_vec();
        bytes.extend(self.code_mark(&secret, &account, &client));
        let code = URL_SAFE_NO_PAD.encode(bytes);
        let now_us = self.now_us();
        let body = CodeBody {
            request: Some(opened.asked.remembered()),
            grant: grant.to_owned(),
            scopes: scopes.text(),
            claims: yima_oidc::scope::claims_text(&given),
            family: FamilyId::new(self.now_ms(), self.chance.bytes()),
            acr: person.standing.acr.as_str().to_owned(),
            amr: person.amr.join(" "),
            auth_at: person.standing.auth_at_s,
            session_until: person.until_at,
            acting: known.acting.as_ref().map(Acting::under),
        };
        let row = OneTime {
            id_hash: code_hash(&code).to_vec(),
            kind: "code".to_owned(),
            account: Some(account),
            client: Some(client),
            session: Some(person.session.to_string()),
            body: serde_json::to_string(&body).map_err(DeedError::internal)?,
            tries: 1,
            created_at: now_us,
            expires_at: now_us + CODE_S * MICROS,
        };
        Ok((code, row))
    }

    /// Was this code made by this program for this account and client? An inserted row opens nothing (rule R44).
    pub(crate) fn code_is_ours(&self, code: &str, account: &str, client: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(code) else { return false };
        let Some((secret, mark)) = bytes.split_first_chunk::<SECRET>() else { return false };
        self.code_mark(secret, account, client).as_slice().ct_eq(mark).into()
    }

    fn code_mark(&self, secret: &[u8; SECRET], account: &str, client: &str) -> [u8; MARK] {
        self.marked("code", &[secret, account.as_bytes(), client.as_bytes()])
    }

    /// Holds a grant's seal against its fields.
    pub(crate) fn grant_right(&self, grant: &Grant) -> Result<(), DeedError> {
        self.sealer_of_rows().right("app_grant", &grant.id, grant.version, &grant_fields(grant), &grant.seal)
    }
}

/// What an answer was to.
pub(crate) enum Chosen {
    /// Not to what is to be shown now.
    Stale,
    /// No.
    No(Code, &'static str),
    /// Yes.
    Yes,
}

/// What a grant is given with.
pub(crate) struct Giving {
    pub known: Known,
    pub shown: Shown,
    pub chinese: bool,
    pub takes: Takes,
    /// What its tokens will come of; its body is a [`CodeBody`] that lacks the grant.
    pub row: OneTime,
}

/// The one-time row that an answer uses up.
#[derive(Clone)]
pub(crate) enum Takes {
    /// A pushed request, if it was one.
    Pushed(Option<[u8; 32]>),
    /// The code that a device shows.
    UserCode([u8; 32]),
}

impl Takes {
    async fn take(&self, tx: &mut yima_store::Tx, client: &str, now_us: i64) -> Result<bool, yima_store::StoreError> {
        let (kind, hash) = match self {
            Self::Pushed(None) => return Ok(true),
            Self::Pushed(Some(hash)) => ("par", hash),
            Self::UserCode(hash) => ("user_code", hash),
        };
        Ok(one_time::take(tx, kind, hash, Some(client), None, now_us).await?.is_some())
    }
}

pub(crate) fn code_hash(code: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.code.v1\0", code.as_bytes()])
}

/// What of a grant counts for its seal.
pub(crate) fn grant_fields(grant: &Grant) -> [&[u8]; 7] {
    [
        grant.account.as_bytes(),
        grant.client.as_bytes(),
        grant.edge.as_bytes(),
        grant.scopes.as_bytes(),
        grant.claims.as_bytes(),
        &grant.shown_hash,
        grant.state.as_str().as_bytes(),
    ]
}

fn words(claims: &BTreeSet<Claim>) -> Vec<&'static str> {
    claims.iter().map(|claim| claim.as_str()).collect()
}

/// The standing of an account in a transaction that relies on it.
pub(crate) async fn subject_of(tx: &mut yima_store::Tx, id: &str) -> Result<Facts, DeedError> {
    account::rely_on(tx, id).await?;
    let state = account::find(tx, id).await?.map(|row| standing(row.state));
    Ok(Facts { subject_state: Some(state.unwrap_or(AccountState::Dead)), ..Facts::default() })
}
