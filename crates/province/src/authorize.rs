//! A person comes from an app: who asks, whether the sign-in is enough, whether they agreed before, and what is shown to
//! them otherwise. It does not know pages, and gives out nothing: `allow_app` does.

use crate::Province;
use crate::acting::{Acting, ActingPage, Whom};
use crate::app_error::{AppError, refused};
use crate::claims_shown::Shown;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::consent_page::ConsentPage;
use crate::error::DeedError;
use crate::person_sessions::Person;
use crate::under_mandate::{agreed_under, given_by_guardian, is_child};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeSet;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;
use yima_kernel::assurance::Needed;
use yima_kernel::mandate::Kind;
use yima_oidc::authorize::{self, Asked, Present, Step};
use yima_oidc::error::{Code, OauthError};
use yima_oidc::exchange;
use yima_oidc::form::Params;
use yima_oidc::pairwise;
use yima_oidc::redirect::RedirectUri;
use yima_oidc::scope::{Claim, Scope, Scopes};
use yima_oidc::tokens::{self, Kind as TokenKind};
use yima_store::account::{self, Account};
use yima_store::app_grant::{self, Grant};
use yima_store::one_time;

/// The parameter by which our own pages remember when a request was opened and when it sent its person to sign in.
const SEEN: &str = "yima_seen";
/// And the one by which they remember for whom the person is here. It counts under that mark alone.
const WHOM: &str = "yima_for";
/// A pushed request can be opened for so long, seconds (rule R34).
pub(crate) const PUSHED_OPEN_S: i64 = 60;
/// And once it is open, its person has so long.
pub(crate) const PUSHED_WHOLE_S: i64 = PUSHED_OPEN_S + 15 * 60;
/// Longest address that our own page of sign-in leads back to, bytes.
const NEXT_LEN_MAX: usize = 2_000;
/// The epoch of pseudonyms.
pub(crate) const EPOCH: u8 = 1;

/// What comes next.
pub enum Next {
    /// The client or its address is not certain: the error is shown here and goes nowhere (RFC 6749 section 4.1.2.1).
    Stop(OauthError),
    /// Back to the app, with a code or an error.
    Back(String),
    /// Sign in first, then come back to this path of ours.
    SignIn {
        /// Path and query.
        next: String,
        /// Somebody is signed in, and has to prove more, or anew.
        signed_in: bool,
    },
    /// Ask the person.
    Ask(Box<ConsentPage>),
    /// Ask for whom they are here (rule R18).
    Choose(Box<ActingPage>),
    /// They are under 14 and their guardian has not agreed yet (rule R31); this address takes that to the app.
    GuardianFirst(String),
}

/// A request whose client and destination are certain and that reads well.
pub(crate) struct Opened {
    pub client: Arc<Client>,
    pub asked: Asked,
    /// What stands behind a pushed one.
    pub pushed: Option<[u8; 32]>,
    /// The parameters as they came, with our mark.
    pub params: Params,
    pub opened_at_s: i64,
    pub sent_at_s: Option<i64>,
    /// What the person said on our own page of whom they act for; no app says it for them.
    pub whom: Option<String>,
}

/// How a request could not be opened.
pub(crate) enum NotOpened {
    Here(OauthError),
    There(String),
}

/// What is known of the person and their app.
pub(crate) struct Known {
    /// On whose account it hangs: the person's own, or whom they act for; of an enterprise there is none but the person's.
    pub holder: Account,
    pub grant: Option<Grant>,
    /// Under this mandate of theirs.
    pub acting: Option<Acting>,
    /// The holder is under 14: a guardian decides for them (rule R31).
    pub child: bool,
}

impl Province {
    /// A person, or nobody yet, comes with a request.
    ///
    /// # Errors
    /// What the store says; everything of the protocol is a [`Next`].
    pub async fn authorize(&self, person: Option<&Person>, params: &Params, chinese: bool) -> Result<Next, AppError> {
        let opened = match self.open_request(params).await? {
            Ok(opened) => opened,
            Err(NotOpened::Here(error)) => return Ok(Next::Stop(error)),
            Err(NotOpened::There(back)) => return Ok(Next::Back(back)),
        };
        match self.ready_for_consent(person, &opened).await? {
            Ready::Next(next) => Ok(next),
            Ready::Known(known) => self.covered_or_asked(person, opened, *known, chinese).await,
        }
    }

    /// Reads a request down to what is certain (and fetches a pushed one, which stays until its code is issued).
    pub(crate) async fn open_request(&self, sent: &Params) -> Result<Result<Opened, NotOpened>, AppError> {
        let here = |description| Ok(Err(NotOpened::Here(OauthError::new(Code::InvalidRequest, description))));
        let Some(client_id) = sent.get("client_id") else { return here("client_id is missing") };
        let Some(client) = self.client(client_id).await? else { return here("no such client is registered here") };
        let (opened_at_s, sent_at_s) = self.read_seen(sent);
        let whom = opened_at_s.and_then(|_| sent.get(WHOM)).map(str::to_owned);
        let (params, pushed) = match sent.get("request_uri") {
            None => (sent.clone(), None),
            Some(uri) => match self.pushed(uri, &client, opened_at_s).await? {
                Some((params, hash)) => (params, Some(hash)),
                None => {
                    return Ok(Err(NotOpened::Here(OauthError::new(
                        Code::InvalidRequestUri,
                        "this request was not pushed here, or it is over: begin again at the app",
                    ))));
                }
            },
        };
        if let Err(error) = authorize::destination(&params, &client.metadata) {
            return Ok(Err(NotOpened::Here(error)));
        }
        let late = client.metadata.pushed_only && pushed.is_none();
        let asked = if late {
            Err(OauthError::new(Code::InvalidRequest, "this client registered that its requests are pushed (RFC 9126)"))
        } else {
            authorize::parse(&params, client.id.as_str(), &client.metadata)
        };
        let asked = match asked {
            Ok(asked) => match self.audience(&client, asked.resource.as_deref()).await {
                Ok(_) => Ok(asked),
                Err(AppError::Oauth(error)) => Err(error),
                Err(error) => return Err(error),
            },
            wrong => wrong,
        };
        match asked {
            Ok(asked) => {
                let opened_at_s = opened_at_s.unwrap_or_else(|| self.now_s());
                Ok(Ok(Opened { client, asked, pushed, params: sent.clone(), opened_at_s, sent_at_s, whom }))
            }
            Err(error) => {
                let to = params.get("redirect_uri").unwrap_or_default();
                Ok(Err(NotOpened::There(authorize::refused(to, &error, params.get("state"), self.issuer()))))
            }
        }
    }

    /// Is the sign-in enough, and is it whom the app means? Then what is known of them.
    pub(crate) async fn ready_for_consent(&self, person: Option<&Person>, opened: &Opened) -> Result<Ready, AppError> {
        let back = |error: &OauthError| Ready::Next(Next::Back(self.back(&opened.asked, error)));
        // A visit at a counter opens no app: to apps nobody is signed in.
        let person = person.filter(|person| !person.is_helped());
        let present = person.map(|p| Present { acr: p.standing.acr, auth_at_s: p.standing.auth_at_s });
        let step = authorize::step(&opened.asked, present.as_ref(), opened.sent_at_s, self.now_s());
        let person = match (step, person) {
            (Err(error), _) => return Ok(back(&error)),
            (Ok(Step::SignIn { .. }), person) => return Ok(Ready::Next(self.sign_in_first(opened, person.is_some()))),
            (Ok(Step::Go), None) => return Ok(Ready::Next(self.sign_in_first(opened, false))),
            (Ok(Step::Go), Some(person)) => person,
        };
        if !self.is_whom_it_means(person, opened).await? {
            let error =
                OauthError::new(Code::LoginRequired, "somebody else is signed in than the one who was asked for");
            return Ok(back(&error));
        }
        let acting = match self.whom_for(person, opened).await? {
            Whom::Oneself => None,
            Whom::Another(acting) => Some(*acting),
            Whom::Unsaid(page) => return Ok(Ready::Next(Next::Choose(page))),
            Whom::Nobody => {
                let error = OauthError::new(Code::AccessDenied, "the mandate has ended, or is none for this app");
                return Ok(back(&error));
            }
        };
        let claims = self.asked_of(opened, acting.as_ref()).1;
        let sensitive = claims.iter().any(|claim| claim.sensitive());
        // Asked for once: who comes back and still has no passkey is told so by the page of consent.
        if sensitive
            && opened.sent_at_s.is_none()
            && !Needed::HEAVY.met_by(&person.standing, self.now_s())
            && !opened.asked.prompt.none
        {
            return Ok(Ready::Next(self.sign_in_first(opened, true)));
        }
        let known = self.known(person, opened, acting).await?;
        let holder = &known.holder;
        if holder.proofing == 0 && !claims.is_empty() {
            let error = OauthError::new(Code::AccessDenied, "who this person is has not been verified yet");
            return Ok(back(&error));
        }
        // Rule R31: their guardian's word, given while acting for them, lets them in; nothing else does.
        let guarded = known.acting.is_none() && known.child;
        if guarded && known.grant.as_ref().is_none_or(|grant| self.covers(grant, opened, &known).is_none()) {
            let error = OauthError::new(Code::AccessDenied, "a guardian decides for this person");
            let to = self.back(&opened.asked, &error);
            // Where no guardian can act, the page would promise what is not there.
            let can = opened.client.metadata.mandates.contains(&Kind::Guardian) && !opened.asked.prompt.none;
            return Ok(Ready::Next(if can { Next::GuardianFirst(to) } else { Next::Back(to) }));
        }
        Ok(Ready::Known(Box::new(known)))
    }

    /// Whose data it is about, and what was agreed to for it: by themselves, or by whoever decides for them.
    async fn known(&self, person: &Person, opened: &Opened, acting: Option<Acting>) -> Result<Known, AppError> {
        let (id, client, now_us) = (person.account.to_string(), opened.client.id.to_string(), self.now_us());
        let (hand, edge) =
            (self.hand(), acting.as_ref().map(|acting| (acting.edge.clone(), acting.enterprise.is_some())));
        let id = acting.as_ref().map_or(id, |acting| acting.holder.id.clone());
        let (holder, child, grant) = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let holder = account::find(tx, &id).await?.ok_or(DeedError::NotFound("resident"))?;
                    let child = is_child(tx, &hand, &holder, now_us).await?;
                    let grant = match edge {
                        Some((edge, enterprise)) => agreed_under(tx, &id, &client, (&edge, enterprise)).await?,
                        None => match app_grant::standing(tx, &id, &client, "").await? {
                            Some(own) => Some(own),
                            None => given_by_guardian(tx, &hand, &id, &client, now_us).await?,
                        },
                    };
                    Ok((holder, child, grant))
                })
            })
            .await?;
        if let Some(grant) = &grant {
            self.grant_right(grant)?;
        }
        let grown = acting.is_none() && !child;
        // From 14 on they are asked themselves, whatever their guardian had said.
        let grant = grant.filter(|grant| grant.edge.is_empty() || !grown);
        Ok(Known { holder, grant, acting, child })
    }

    async fn covered_or_asked(
        &self,
        person: Option<&Person>,
        opened: Opened,
        known: Known,
        chinese: bool,
    ) -> Result<Next, AppError> {
        let Some(person) = person else { return Err(refused(Code::LoginRequired, "nobody is signed in")) };
        let agreed = known.grant.as_ref().and_then(|grant| self.covers(grant, &opened, &known));
        match agreed {
            Some(given) if !(opened.asked.prompt.consent || is_anybody(&opened)) || !Self::may_be_asked(&known) => {
                let grant = known.grant.as_ref().map(|grant| grant.id.clone()).unwrap_or_default();
                self.code_again(person, &opened, &known, (grant, given)).await.map(Next::Back)
            }
            None if !Self::may_be_asked(&known) => {
                let why = "whom they act for has not allowed this app, and only they can";
                Ok(Next::Back(self.back(&opened.asked, &OauthError::new(Code::AccessDenied, why))))
            }
            _ if opened.asked.prompt.none => {
                let error = OauthError::new(Code::LoginRequired, "they have to be asked, and prompt none forbids it");
                Ok(Next::Back(self.back(&opened.asked, &error)))
            }
            _ => self.page(&opened, &known, chinese).await.map(|page| Next::Ask(Box::new(page))),
        }
    }

    /// What an earlier agreement gives of what is asked now; `None` when they have to be asked again.
    fn covers(&self, grant: &Grant, opened: &Opened, known: &Known) -> Option<(Scopes, BTreeSet<Claim>)> {
        let shown = Shown::of_grant(grant);
        let (scopes, asked) = self.asked_of(opened, known.acting.as_ref());
        // Who acts for somebody that decides themselves gets what those agreed to, and nobody can be asked for more.
        let wide = scopes.within(&shown.scopes) && asked.is_subset(&shown.claims())
            || known.acting.as_ref().is_some_and(|acting| !acting.may_consent());
        let lives = grant.until_at > self.now_us();
        let given = asked.intersection(&shown.given).copied().collect();
        (wide && lives && shown.is_current(&opened.client, grant)).then(|| (scopes.and(&shown.scopes), given))
    }

    /// The scopes and claims of a request that can be agreed to. A guardian answers for a child what the child will come with
    /// itself, but for what is sensitive; whoever acts for somebody that decides themselves gets no more than the mandate lets.
    pub(crate) fn asked_of(&self, opened: &Opened, acting: Option<&Acting>) -> (Scopes, BTreeSet<Claim>) {
        let claims = authorize::claims(&opened.asked, &opened.client.metadata);
        match acting {
            None => (opened.asked.scopes.clone(), claims),
            Some(acting) if acting.for_child() => {
                let claims = claims.into_iter().filter(|claim| !claim.sensitive()).collect();
                (opened.asked.scopes.without(Scope::IdNumber), claims)
            }
            Some(acting) => {
                let (kind, words) = (acting.terms.kind, acting.terms.scopes);
                let claims = claims.intersection(&exchange::claims_within(kind, words)).copied().collect();
                (opened.asked.scopes.and(&exchange::within(kind, words)), claims)
            }
        }
    }

    /// Can the one in front of the browser answer a letter of consent for whom it is about?
    fn may_be_asked(known: &Known) -> bool {
        known.acting.as_ref().map_or(!known.child, Acting::may_consent)
    }

    /// The same request, with what its person said of whom they act for; a path of ours.
    ///
    /// # Errors
    /// What is wrong with the request.
    pub async fn with_whom(&self, params: &Params, whom: &str) -> Result<Result<String, OauthError>, AppError> {
        let opened = match self.open_request(params).await? {
            Ok(opened) => opened,
            Err(NotOpened::Here(error)) => return Ok(Err(error)),
            Err(NotOpened::There(back)) => return Ok(Ok(back)),
        };
        let params = opened.params.without(&[WHOM]).with(WHOM, whom);
        let opened = Opened { params, ..opened };
        let request = self.marked_request(&opened, opened.sent_at_s);
        Ok(Ok(format!("/oauth2/authorize?{}", request.encoded())))
    }

    /// The address of an error for the app.
    pub(crate) fn back(&self, asked: &Asked, error: &OauthError) -> String {
        authorize::refused(&asked.redirect_uri, error, asked.state.as_deref(), self.issuer())
    }

    /// The person's pseudonym at a client's organisation.
    pub(crate) async fn sub_of(&self, client: &Client, account: &str) -> Result<String, DeedError> {
        Ok(self.sub_at(&self.sector_of(client, account).await?, account))
    }

    /// The same at a sector (rule R20).
    pub(crate) fn sub_at(&self, sector: &str, account: &str) -> String {
        pairwise::sub(self.pairwise.expose(), EPOCH, sector, account)
    }

    /// `sub` of the `claims` parameter, and `id_token_hint`.
    async fn is_whom_it_means(&self, person: &Person, opened: &Opened) -> Result<bool, DeedError> {
        let sub = self.sub_of(&opened.client, person.account.as_str()).await?;
        let hint = opened.params.get("id_token_hint").map(|token| {
            let ring = self.ring();
            tokens::read_hint(token, self.issuer(), |kid| ring.public(TokenKind::Id, kid))
        });
        let hinted = hint.is_none_or(|hint| hint.is_ok_and(|hint| hint.sub == sub));
        Ok(hinted && opened.asked.wish.sub.as_ref().is_none_or(|meant| *meant == sub))
    }

    fn sign_in_first(&self, opened: &Opened, signed_in: bool) -> Next {
        let request = self.marked_request(opened, Some(self.now_s()));
        let next = format!("/oauth2/authorize?{}", request.encoded());
        if next.len() > NEXT_LEN_MAX {
            let error =
                OauthError::new(Code::InvalidRequest, "the request is too long for an address: push it (RFC 9126)");
            return Next::Back(self.back(&opened.asked, &error));
        }
        Next::SignIn { next, signed_in }
    }

    pub(crate) fn marked_request(&self, opened: &Opened, sent_at_s: Option<i64>) -> Params {
        let sent = sent_at_s.unwrap_or(0);
        let mark = self.seen_mark(&opened.params, opened.opened_at_s, sent);
        opened.params.with(SEEN, &format!("{}.{sent}.{mark}", opened.opened_at_s))
    }

    /// When this request was opened, and when it sent its person to sign in, as far as our own mark says so.
    fn read_seen(&self, params: &Params) -> (Option<i64>, Option<i64>) {
        let read = || {
            let mut parts = params.get(SEEN)?.splitn(3, '.');
            let (opened, sent): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let mark = self.seen_mark(params, opened, sent);
            let right: bool = mark.as_bytes().ct_eq(parts.next()?.as_bytes()).into();
            let young = self.now_s() - opened <= PUSHED_WHOLE_S;
            (right && young).then_some((opened, (sent > 0).then_some(sent)))
        };
        read().map_or((None, None), |(opened, sent)| (Some(opened), sent))
    }

    fn seen_mark(&self, params: &Params, opened: i64, sent: i64) -> String {
        let request = params.without(&[SEEN]).encoded();
        let times = [opened.to_be_bytes(), sent.to_be_bytes()];
        URL_SAFE_NO_PAD.encode(self.marked("authorize", &[request.as_bytes(), &times[0], &times[1]]))
    }

    /// A pushed request of this client, while it may be opened, or is open.
    async fn pushed(
        &self,
        uri: &str,
        client: &Client,
        opened_at_s: Option<i64>,
    ) -> Result<Option<(Params, [u8; 32])>, AppError> {
        let hash = crate::push_request::uri_hash(uri);
        let row = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let taken = one_time::taken(tx, "par", &hash).await?;
                    Ok(one_time::peek(tx, "par", &hash).await?.filter(|_| taken.is_none()))
                })
            })
            .await?;
        let Some(row) = row.filter(|row| row.client.as_deref() == Some(client.id.as_str())) else { return Ok(None) };
        let now_us = self.now_us();
        let first = now_us - row.created_at <= PUSHED_OPEN_S * MICROS;
        let open = opened_at_s.is_some() && row.expires_at > now_us;
        if !first && !open {
            return Ok(None);
        }
        let params = Params::parse(row.body.as_bytes())?;
        Ok(Some((params, hash)))
    }
}

/// Whether a request can go on to its consent.
pub(crate) enum Ready {
    Next(Next),
    Known(Box<Known>),
}

/// Could another program on the person's device pass for this app? One without a secret or key, at a scheme of its own or on
/// a port of the device (RFC 8252 section 8.6): what was agreed to once is asked again each time.
fn is_anybody(opened: &Opened) -> bool {
    let metadata = &opened.client.metadata;
    !metadata.is_confidential() && !metadata.redirect(&opened.asked.redirect_uri).is_some_and(RedirectUri::is_web)
}
