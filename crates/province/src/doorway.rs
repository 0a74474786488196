//! The one way into a deed: read the facts, decide, hold an operator to the conditions, do, record the use, in one transaction.
//! It does not know any deed; a deed that wants to change something without a [`Permit`] does not compile.

use crate::Province;
use crate::clock::MICROS;
use crate::conditions::{hold, prepared_rightly, still_held};
use crate::error::DeedError;
use crate::mandates::tell_of_helper;
use crate::row_seal::RowSealer;
use crate::visits::{Helped, helping, is_helped};
use futures_util::future::BoxFuture;
use yima_kernel::access::{
    Facts, Permit, Refusal, Request, decide, open_to_suspended, waits_in_hold, waits_while_young,
};
use yima_kernel::deed::Deed;
use yima_kernel::id::UseId;
use yima_kernel::matrix::{Rule, rule};
use yima_kernel::subject::Actor;
use yima_kernel::usage::Outcome;
use yima_store::{Tx, device, recovery, uses};

/// What a deed hands back to the doorway: its answer, and what the use shall say.
pub(crate) struct Done<T> {
    /// The answer.
    pub value: T,
    /// What the use says.
    pub note: Note,
}

/// What a use says beside who, what and when.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// Whom it was about, when the request did not say.
    pub account: Option<String>,
    /// Slug.
    pub scenario: Option<String>,
    /// Site number.
    pub site: Option<u32>,
    /// Form of the code.
    pub form: Option<&'static str>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was refused.
    pub reason: Option<&'static str>,
    /// Purpose, in the manifest's words.
    pub purpose: Option<String>,
    /// Small facts as JSON.
    pub detail: Option<String>,
    /// False for what a gate recorded offline.
    pub online: bool,
    /// The same deed in the record of the other party.
    pub twin: Option<Twin>,
}

/// A use beside a use: what the record of the other party of a mandate says of the same deed.
#[derive(Clone, Debug)]
pub(crate) struct Twin {
    /// The other party.
    pub account: String,
    /// Small facts; the id of the use it stands beside is added.
    pub detail: serde_json::Value,
}

impl Default for Note {
    fn default() -> Self {
        Self {
            account: None,
            scenario: None,
            site: None,
            form: None,
            outcome: Outcome::Done,
            reason: None,
            purpose: None,
            detail: None,
            online: true,
            twin: None,
        }
    }
}

impl Note {
    /// With the officer who helps beside it, when somebody does.
    fn beside(self, helped: Option<&Helped>) -> Self {
        match helped {
            Some(helped) => Self { detail: helped.beside(self.detail), ..self },
            None => self,
        }
    }
}

impl<T> Done<T> {
    /// Done, with nothing more to say.
    pub fn plain(value: T) -> Self {
        Self { value, note: Note::default() }
    }

    /// Done to this account.
    pub fn to(value: T, account: impl Into<String>) -> Self {
        Self { value, note: Note { account: Some(account.into()), ..Note::default() } }
    }

    /// With small facts.
    pub fn detail(mut self, json: serde_json::Value) -> Self {
        self.note.detail = Some(json.to_string());
        self
    }

    /// At this scenario and site.
    pub fn at(mut self, scenario: impl Into<String>, site: Option<u32>) -> Self {
        self.note.scenario = Some(scenario.into());
        self.note.site = site;
        self
    }
}

/// What a deed was given by the doorway.
pub(crate) struct Door {
    /// The permission.
    pub permit: Permit,
    /// Id of the use that will record it.
    pub use_id: UseId,
    /// Unix microseconds.
    pub now_us: i64,
}

impl Door {
    /// Unix seconds.
    pub const fn now_s(&self) -> i64 {
        self.permit.at_s()
    }
}

impl Province {
    /// Refuses, and records, whoever may never do this deed, before anything is looked up for it: the answer tells them nothing
    /// about what is there.
    ///
    /// # Errors
    /// The refusal.
    pub(crate) async fn may_at_all(&self, actor: &Actor, deed: Deed) -> Result<(), DeedError> {
        if rule(actor.kind(), deed) != Rule::No {
            return Ok(());
        }
        self.short(
            Request::of(actor.clone(), deed),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            |_, (), _| Box::pin(async { Ok(Done::plain(())) }),
        )
        .await
    }

    /// A short deed: one transaction that reads `Facts`, decides, does, and records the use.
    ///
    /// A refusal is recorded too and leaves nothing else behind; an error of `read` or `act` undoes everything.
    pub(crate) async fn short<C, T, R, A>(&self, request: Request, read: R, act: A) -> Result<T, DeedError>
    where
        C: Send + 'static,
        T: Send + 'static,
        R: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<(Facts, C), DeedError>> + Clone + Send + 'static,
        A: for<'t> FnOnce(&'t mut Tx, C, &'t Door) -> BoxFuture<'t, Result<Done<T>, DeedError>>
            + Clone
            + Send
            + 'static,
    {
        let now_us = self.clock.now_us();
        let new_id = || UseId::new(u64::try_from(now_us / 1000).unwrap_or(0), self.chance.bytes());
        let (use_id, twin_id, organisation_id) = (new_id(), new_id(), new_id());
        let seals = self.sealer_of_rows();
        let ended = self
            .store
            .deed(move |tx| {
                Box::pin(async move {
                    let (facts, context) = read(tx).await?;
                    let helped = if is_helped(&request.actor) {
                        helping(tx, &seals, &request.actor, now_us).await?
                    } else {
                        None
                    };
                    let visit = helped.as_ref().map(|helped| helped.visit.clone());
                    let actor_suspended = facts.actor_suspended || suspended(tx, &request).await?;
                    let in_hold = facts.in_hold || in_hold(tx, &request, now_us).await?;
                    let young_until_s = young_until_s(tx, &seals, &request).await?;
                    let facts = Facts { actor_suspended, young_until_s, in_hold, visit, ..facts };
                    let decided = match decide(&request, &facts, now_us / MICROS) {
                        Ok(permit) => hold(tx, &seals, &request, &facts.about, now_us).await?.map(|()| permit),
                        Err(refusal) => Err(refusal),
                    };
                    if decided.is_ok() {
                        prepared_rightly(tx, &seals, &request.actor, &facts).await?;
                    }
                    // What hides the use of a search is an order that the program wrote.
                    if let Some(within) = &request.search {
                        crate::audit_delay::trusted_of(tx, &seals, &within.search.to_string()).await?;
                    }
                    match decided {
                        Err(refusal) => {
                            let (outcome, reason) = (Outcome::Refused, Some(refusal.as_str()));
                            let account = facts.about.first().map(|one| one.as_str().to_owned());
                            let account = account.filter(|_| request.subject.is_none());
                            let note = Note { account, outcome, reason, ..Note::default() }.beside(helped.as_ref());
                            append_for_organisation(tx, &organisation_id, now_us, &request, &note).await?;
                            append(tx, &use_id, now_us, &request, note).await?;
                            Ok(Err(refusal))
                        }
                        Ok(permit) => {
                            let door = Door { permit, use_id, now_us };
                            let mut done = act(tx, context, &door).await?;
                            done.note = done.note.beside(helped.as_ref());
                            append_for_organisation(tx, &organisation_id, now_us, &request, &done.note).await?;
                            append_both(tx, [&door.use_id, &twin_id], now_us, &request, done.note).await?;
                            // The end of a post may be of the caller's own: it looks before it changes anything.
                            if request.deed != Deed::ConfirmOperatorEnd {
                                still_held(tx, &seals, &request.actor, now_us).await?;
                            }
                            Ok::<_, DeedError>(Ok(done.value))
                        }
                    }
                })
            })
            .await?;
        ended.map_err(DeedError::Refused)
    }

    /// A look at what is the caller's own or at figures: decided like a deed, without a row of its own.
    pub(crate) async fn look<T, R>(&self, request: Request, mut facts: Facts, read: R) -> Result<T, DeedError>
    where
        T: Send + 'static,
        R: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, DeedError>> + Send + 'static,
    {
        let now_us = self.clock.now_us();
        let (seals, helped) = (self.sealer_of_rows(), is_helped(&request.actor));
        if !helped {
            decide(&request, &facts, now_us / MICROS).map_err(DeedError::Refused)?;
        }
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    if helped {
                        let visit = helping(tx, &seals, &request.actor, now_us).await?.map(|helped| helped.visit);
                        facts.visit = visit;
                        decide(&request, &facts, now_us / MICROS).map_err(DeedError::Refused)?;
                    }
                    if suspended(tx, &request).await? {
                        return Err(DeedError::Refused(Refusal::PhoneSuspended));
                    }
                    hold(tx, &seals, &request, &facts.about, now_us).await?.map_err(DeedError::Refused)?;
                    read(tx).await
                })
            })
            .await
    }
}

/// Whether the phone that asks waits since a recovery, for what it may not do then. A deed that changes or relies on its account
/// has locked that before, so that of it and a recovery one comes first. A draw reads its phone by itself, in one look.
async fn suspended(tx: &mut Tx, request: &Request) -> Result<bool, DeedError> {
    match &request.actor {
        Actor::Device { device, .. } if request.deed != Deed::DrawTokens && !open_to_suspended(request.deed) => {
            Ok(device::is_suspended(tx, device.as_str()).await?)
        }
        _ => Ok(false),
    }
}

/// Until when the phone that asks waits with this deed, since it was enrolled a short time ago. Read only for what waits then.
async fn young_until_s(tx: &mut Tx, seals: &RowSealer, request: &Request) -> Result<Option<i64>, DeedError> {
    match &request.actor {
        Actor::Device { device, .. } if waits_while_young(request) => {
            let phone = seals.device(tx, device.as_str()).await?;
            Ok(phone.and_then(|phone| phone.young_until).map(|at| at / MICROS))
        }
        _ => Ok(None),
    }
}

/// Whether the account that asks, or that is asked about, is in the hold after a recovery. Read only for what waits then,
/// after the deed has locked its accounts.
async fn in_hold(tx: &mut Tx, request: &Request, now_us: i64) -> Result<bool, DeedError> {
    if !waits_in_hold(&request.actor, request.deed) || matches!(request.actor, Actor::System) {
        return Ok(false);
    }
    let own = match &request.actor {
        Actor::Device { account, .. } | Actor::Person { account, .. } => Some(account),
        _ => None,
    };
    let subject = request.subject.as_ref().filter(|subject| Some(*subject) != own);
    for account in own.into_iter().chain(subject) {
        if recovery::hold_until(tx, account.as_str(), now_us).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Appends the use, and its twin when there is one.
pub(crate) async fn append_both(
    tx: &mut Tx,
    [id, twin_id]: [&UseId; 2],
    at_us: i64,
    request: &Request,
    mut note: Note,
) -> Result<(), DeedError> {
    tell_of_helper(tx, request.deed, &note, id, at_us).await?;
    if let Some(Twin { account, mut detail }) = note.twin.take() {
        detail["twin"] = id.as_str().into();
        let other = Note { account: Some(account), detail: Some(detail.to_string()), ..note.clone() };
        append(tx, twin_id, at_us, request, other).await?;
    }
    append(tx, id, at_us, request, note).await
}

/// What is done or refused for an organisation stands in its record too.
async fn append_for_organisation(
    tx: &mut Tx,
    id: &UseId,
    at_us: i64,
    request: &Request,
    note: &Note,
) -> Result<(), DeedError> {
    let Some(organisation) = &request.organisation else { return Ok(()) };
    // A refusal has no small facts of its own: it names at least who was refused.
    let who = request.subject.as_ref().map(|account| serde_json::json!({ "account": account.as_str() }).to_string());
    let account = Some(organisation.as_str().to_owned());
    let detail = note.detail.clone().or(who);
    append(tx, id, at_us, request, Note { account, detail, twin: None, ..note.clone() }).await
}

/// Appends the use, and its entry to the outbox, in the deed's own transaction.
pub(crate) async fn append(
    tx: &mut Tx,
    id: &UseId,
    at_us: i64,
    request: &Request,
    note: Note,
) -> Result<(), DeedError> {
    let gate = matches!(request.actor, Actor::Gate { .. }).then(|| request.actor.id().to_owned());
    let row = uses::Use {
        id: id.as_str().to_owned(),
        at: at_us,
        deed: request.deed.as_str().to_owned(),
        account: note.account.or_else(|| request.subject.as_ref().map(|a| a.as_str().to_owned())),
        actor_kind: request.actor.kind().as_str().to_owned(),
        actor: request.actor.id().to_owned(),
        scenario: note.scenario,
        site: note.site,
        gate,
        form: note.form.map(str::to_owned),
        outcome: note.outcome.as_str().to_owned(),
        reason: note.reason.map(str::to_owned),
        purpose: note.purpose,
        online: note.online,
        detail: note.detail,
    };
    uses::append(tx, &row, &entry(&row)).await?;
    match (&request.search, &row.account) {
        (Some(within), Some(account)) => crate::audit_delay::hide(tx, within, account, &row.id, at_us).await,
        _ => Ok(()),
    }
}

/// What the ledger will commit to: the use's words, length-prefixed, under a domain of its own.
fn entry(row: &uses::Use) -> [u8; 32] {
    let at = row.at.to_be_bytes();
    let parts: [&[u8]; 6] = [
        row.id.as_bytes(),
        &at,
        row.deed.as_bytes(),
        row.actor.as_bytes(),
        row.account.as_deref().unwrap_or("").as_bytes(),
        row.outcome.as_bytes(),
    ];
    let mut bytes = Vec::with_capacity(12 + parts.iter().map(|part| 4 + part.len()).sum::<usize>());
    bytes.extend(b"yima.use.v1\0");
    for part in parts {
        bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(part);
    }
    yima_keys::sha256(&[&bytes])
}
