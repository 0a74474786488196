//! Agents: appointed by the representative or by an agent who may, nowhere wider than whoever appoints; they accept
//! themselves. A dismissal ends what hangs on it at once. It does not know what is filed.

use super::super::{Hand, wrong_step};
use super::representatives::{insert, leave_word, locked};
use super::{Chain, chain, is_enterprise, said_for, twin};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::{Done, Twin};
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_of, facts_to_change};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::filing::Services;
use yima_kernel::id::OrganisationId;
use yima_kernel::mandate::{ForEnterprise, Kind, Link, NotAppointed, OFFER_S, Scope, Scopes, Stands, Terms, appointed};
use yima_keys::person::IdNumber;
use yima_store::Tx;
use yima_store::account;
use yima_store::edge::{self, Edge};
use yima_store::enterprise::{self, Appointment, OfferState};

/// Offers of one enterprise that wait at once.
const OFFERS_MAX: usize = 50;

/// Whom to appoint, and for what.
#[derive(Clone)]
pub struct NewAgent {
    /// 18 characters.
    pub id_number: String,
    /// Words of the closed list.
    pub services: Vec<String>,
    /// The highest amount of a filing, in fen; `None` for as much as one may oneself.
    pub limit_amount: Option<i64>,
    /// May show the enterprise's code.
    pub show_code: bool,
    /// May appoint others under themselves.
    pub may_appoint: bool,
    /// For so many days.
    pub days: u16,
}

impl Province {
    /// Offers somebody to act for an enterprise under a mandate of one's own. Whether there is such a resident is not told:
    /// who there is finds the offer on their own page.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for what is wider than one's own mandate; refusals of the decision.
    pub async fn appoint_agent(&self, person: &Person, under: &str, new: NewAgent) -> Result<String, DeedError> {
        let number = IdNumber::parse(new.id_number.trim())
            .map_err(|_| DeedError::invalid("id_number", "身份证号不对", "that is no ID number"))?;
        let services = Services::parse(&new.services.join(" ")).ok_or_else(|| invalid(NotAppointed::Services))?;
        let actor = person.actor();
        let at = self.enterprise_of(&person.account, under).await?;
        let (blind, masked) = (self.sealer.blind(&number).as_bytes().to_vec(), number.masked());
        let (under, me, now_us) = (under.to_owned(), person.account.to_string(), self.now_us());
        let (hand, organisation) = (self.hand(), at.to_string());
        self.short(
            Request::of(actor.clone(), Deed::AppointAgent).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_of(tx, &actor, now_us).await?;
                    enterprise::change(tx, &organisation).await?;
                    let row = edge::rely_on(tx, &under).await?.ok_or(DeedError::NotFound("mandate"))?;
                    let found = chain(tx, &hand, row).await?;
                    let own = account::find(tx, &me).await?.ok_or(DeedError::NotFound("account"))?;
                    if own.blind_id == blind {
                        return Err(DeedError::invalid("id_number", "不用任命自己", "nobody appoints themselves"));
                    }
                    let acting = Some(found.acting(ForEnterprise::Appoint)?);
                    Ok((Facts { acting, ..facts }, (found, hand, blind, masked)))
                })
            },
            move |tx, (found, mut hand, blind, masked), door| {
                Box::pin(async move {
                    let parent = found.last()?;
                    let above = found.links.last().ok_or_else(wrong_step)?;
                    let until_s = door.now_s() + i64::from(new.days) * 86_400;
                    let limit = new.limit_amount.or(above.terms.limit);
                    let child = agent_link(&new, services, limit, door.now_s(), until_s);
                    appointed(above, &child, door.now_s()).map_err(invalid)?;
                    if enterprise::offers_of(tx, &found.organisation.id, door.now_us).await?.len() >= OFFERS_MAX {
                        return Err(DeedError::Conflict(Text::new(
                            "等待接受的任命太多，先收回几个",
                            "too many offers wait; take some back first",
                        )));
                    }
                    let mut row = Appointment {
                        id: hand.new_edge(door.now_us),
                        enterprise: found.organisation.id.clone(),
                        parent: parent.id.clone(),
                        person: blind,
                        person_masked: masked,
                        scopes: child.terms.scopes.text(),
                        services: services.text(),
                        limit_amount: limit,
                        may_appoint: new.may_appoint,
                        until_at: until_s * MICROS,
                        made_by: parent.actor.clone(),
                        created_at: door.now_us,
                        expires_at: door.now_us + OFFER_S * MICROS,
                        state: OfferState::Offered,
                        version: 1,
                        seal: Vec::new(),
                    };
                    row.seal = hand.seal_offer(&row);
                    enterprise::offer(tx, &row).await?;
                    if let Some(there) = account::by_blind_id(tx, &row.person).await? {
                        let notice = hand.row_id(door.now_us);
                        tell(tx, notice, &there.id, door.now_us, "appointment_offered").await?;
                    }
                    let detail = serde_json::json!({
                        "mandate": said_for(parent, &found.organisation, "actor"), "offer": row.id, "services": row.services,
                    });
                    Ok(Done::plain(row.id).detail(detail))
                })
            },
        )
        .await
    }

    /// Accepts an offer: the agent's own word. From now on they may pick the enterprise on their page.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for an offer to somebody else, [`DeedError::Conflict`] when whoever made it may not any more.
    pub async fn accept_appointment(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let actor = person.actor();
        let at = self.enterprise_of_offer(id).await?;
        let (id, me, now_us) = (id.to_owned(), person.account.to_string(), self.now_us());
        let (hand, organisation) = (self.hand(), at.to_string());
        self.short(
            Request::of(actor.clone(), Deed::AcceptAppointment).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    enterprise::change(tx, &organisation).await?;
                    let own = account::find(tx, &me).await?.ok_or(DeedError::NotFound("account"))?;
                    let offer = enterprise::offer_by_id(tx, &id).await?.ok_or(DeedError::NotFound("offer"))?;
                    hand.offer_right(&offer)?;
                    let waits = offer.state == OfferState::Offered && offer.expires_at > now_us;
                    if offer.person != own.blind_id || !waits {
                        return Err(DeedError::NotFound("offer"));
                    }
                    let above = edge::rely_on(tx, &offer.parent).await?.ok_or(DeedError::NotFound("offer"))?;
                    let above = chain(tx, &hand, above).await?;
                    Ok((facts, (hand, own, offer, above)))
                })
            },
            move |tx, (mut hand, own, mut offer, above), door| {
                Box::pin(async move {
                    still_may(&above, door.now_s())?;
                    if own.proofing == 0 {
                        return Err(DeedError::Conflict(Text::new(
                            "要先核验身份",
                            "your identity must be matched first",
                        )));
                    }
                    let row = edge_of(&offer, &own.id, door.now_us)?;
                    offer.state = OfferState::Accepted;
                    offer.version += 1;
                    offer.seal = hand.seal_offer(&offer);
                    if !enterprise::settle_offer(tx, &offer).await? {
                        return Err(wrong_step());
                    }
                    insert(tx, &hand, &row).await?;
                    let notice = hand.row_id(door.now_us);
                    tell(tx, notice, &above.last()?.actor, door.now_us, "appointment_accepted").await?;
                    let detail = serde_json::json!({
                        "mandate": said_for(&row, &above.organisation, "actor"), "services": offer.services,
                    });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Ends an appointment with every one under it, at once: by whoever stands above it, or by the agent. An offer that
    /// waits is taken back or declined by the same deed.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for one that is neither one's own nor under one's own.
    pub async fn dismiss_agent(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        if self.is_offer(id).await? {
            return self.settle_offer(person, id).await;
        }
        let actor = person.actor();
        let id = id.to_owned();
        let found = {
            let id = id.clone();
            self.store
                .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(edge::find(tx, &id).await?) }))
                .await?
        };
        let target = found.filter(is_enterprise).ok_or(DeedError::NotFound("mandate"))?;
        let at = OrganisationId::parse(&target.principal).map_err(DeedError::internal)?;
        let (me, now_us, hand) = (person.account.to_string(), self.now_us(), self.hand());
        self.short(
            Request::of(actor.clone(), Deed::DismissAgent).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let edges = locked(tx, &target.principal, &[&me]).await?;
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    let row = edges.iter().find(|e| e.id == id).cloned().ok_or(DeedError::NotFound("mandate"))?;
                    let above = chain(tx, &hand, row.clone()).await?;
                    if !may_end(&above, &me) {
                        return Err(DeedError::NotFound("mandate"));
                    }
                    Ok((facts, (hand, edges, row, above, me)))
                })
            },
            move |tx, (mut hand, edges, row, above, me), door| {
                Box::pin(async move {
                    if row.kind == Kind::Representative.as_str() && row.state != edge::State::Pending {
                        return Err(DeedError::Conflict(Text::new(
                            "法定代表人由登记变更，不能在这里辞去",
                            "a representative changes with the register, not here",
                        )));
                    }
                    let own = row.actor == me;
                    let why = if own { "resigned" } else { "dismissed" };
                    let ended = end_with_children(tx, &mut hand, &edges, &row, (why, &above), door.now_us).await?;
                    let told = if own { above.edges.iter().rev().nth(1) } else { Some(&row) };
                    let mut done = Done::plain(()).detail(serde_json::json!({
                        "mandate": said_for(&row, &above.organisation, "actor"), "why": why, "ended": ended,
                    }));
                    let other = told.map(|e| e.actor.clone()).filter(|other| *other != me);
                    for account in [Some(&me), other.as_ref()].into_iter().flatten() {
                        let notice = hand.row_id(door.now_us);
                        tell(tx, notice, account, door.now_us, "appointment_ended").await?;
                    }
                    done.note.twin = other.map(|account| Twin { account, ..twin(&row, &above.organisation, "office") });
                    Ok(done)
                })
            },
        )
        .await?;
        self.bundle_due.notify_one();
        Ok(())
    }

    async fn is_offer(&self, id: &str) -> Result<bool, DeedError> {
        let id = id.to_owned();
        let now_us = self.now_us();
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let found = enterprise::offer_by_id(tx, &id).await?;
                    Ok(found.is_some_and(|o| o.state == OfferState::Offered && o.expires_at > now_us))
                })
            })
            .await
    }

    async fn enterprise_of_offer(&self, id: &str) -> Result<OrganisationId, DeedError> {
        let id = id.to_owned();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(enterprise::offer_by_id(tx, &id).await?) }))
            .await?
            .ok_or(DeedError::NotFound("offer"))?;
        OrganisationId::parse(&found.enterprise).map_err(DeedError::internal)
    }

    /// Takes an offer back, or declines it.
    async fn settle_offer(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let actor = person.actor();
        let at = self.enterprise_of_offer(id).await?;
        let (id, me, now_us) = (id.to_owned(), person.account.to_string(), self.now_us());
        let (hand, organisation) = (self.hand(), at.to_string());
        self.short(
            Request::of(actor.clone(), Deed::DismissAgent).about(person.account.clone()).for_organisation(at),
            move |tx| {
                Box::pin(async move {
                    let facts = facts_to_change(tx, &actor, now_us).await?;
                    enterprise::change(tx, &organisation).await?;
                    let own = account::find(tx, &me).await?.ok_or(DeedError::NotFound("account"))?;
                    let offer = enterprise::offer_by_id(tx, &id).await?.ok_or(DeedError::NotFound("offer"))?;
                    hand.offer_right(&offer)?;
                    let above = edge::find(tx, &offer.parent).await?.ok_or(DeedError::NotFound("offer"))?;
                    let above = chain(tx, &hand, above).await?;
                    let declines = offer.person == own.blind_id;
                    if !declines && !may_end(&above, &me) {
                        return Err(DeedError::NotFound("offer"));
                    }
                    Ok((facts, (hand, offer, above, declines)))
                })
            },
            move |tx, (mut hand, mut offer, above, declines), door| {
                Box::pin(async move {
                    offer.state = if declines { OfferState::Declined } else { OfferState::Withdrawn };
                    offer.version += 1;
                    offer.seal = hand.seal_offer(&offer);
                    if !enterprise::settle_offer(tx, &offer).await? {
                        return Err(wrong_step());
                    }
                    let parent = above.last()?;
                    if declines {
                        let notice = hand.row_id(door.now_us);
                        tell(tx, notice, &parent.actor, door.now_us, "appointment_declined").await?;
                    }
                    let detail = serde_json::json!({
                        "mandate": said_for(parent, &above.organisation, "actor"), "offer": offer.id,
                        "to": offer.state.as_str(),
                    });
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }
}

/// The agent themselves, or whoever stands above them and is in force.
fn may_end(found: &Chain, me: &str) -> bool {
    let own = found.edges.last().is_some_and(|e| e.actor == me);
    own || found.edges.iter().rev().skip(1).any(|e| e.actor == me && e.state == edge::State::Active)
}

/// Whoever made an offer may still do so, or at least act.
pub(super) fn still_may(above: &Chain, now_s: i64) -> Result<(), DeedError> {
    let acting = above.acting(ForEnterprise::Appoint)?;
    acting.allows(&acting.actor, now_s).map_err(|_| {
        DeedError::Conflict(Text::new(
            "任命你的人现在不能任命了，请问问企业",
            "whoever offered it may not any more; ask the enterprise",
        ))
    })
}

fn agent_link(new: &NewAgent, services: Services, limit: Option<i64>, from_s: i64, until_s: i64) -> Link {
    let scopes: &[Scope] = if new.show_code {
        &[Scope::ShowCode, Scope::ReadNotices, Scope::File]
    } else {
        &[Scope::ReadNotices, Scope::File]
    };
    Link {
        terms: Terms { kind: Kind::Agent, scopes: Scopes::of(scopes), limit, from_s, until_s, consent_by_s: None },
        services,
        may_appoint: new.may_appoint,
        stands: Stands::Waits,
    }
}

/// The mandate that comes of an offer.
pub(super) fn edge_of(offer: &Appointment, actor: &str, now_us: i64) -> Result<Edge, DeedError> {
    if offer.until_at <= now_us {
        return Err(wrong_step());
    }
    Ok(Edge {
        id: offer.id.clone(),
        kind: Kind::Agent.as_str().to_owned(),
        principal: offer.enterprise.clone(),
        actor: actor.to_owned(),
        slot: 0,
        parent: Some(offer.parent.clone()),
        scopes: offer.scopes.clone(),
        limit_amount: offer.limit_amount,
        may_appoint: offer.may_appoint,
        from_at: now_us,
        until_at: offer.until_at,
        consent_by_at: None,
        evidence: "device".to_owned(),
        reference: offer.id.clone(),
        proofing: 1,
        state: edge::State::Active,
        hidden: false,
        made_by: offer.made_by.clone(),
        created_at: now_us,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: Vec::new(),
    })
}

/// Ends a mandate and all below it; how many. Each of the others below is told, and has it in their record.
pub(super) async fn end_with_children(
    tx: &mut Tx,
    hand: &mut Hand,
    edges: &[Edge],
    top: &Edge,
    (why, above): (&str, &Chain),
    now_us: i64,
) -> Result<usize, DeedError> {
    let mut gone = vec![top.id.clone()];
    hand.end_for_enterprise(tx, top, why, now_us).await?;
    // Parents come before their children, so one pass finds every depth.
    for row in edges {
        if row.parent.as_ref().is_some_and(|parent| gone.contains(parent)) && !gone.contains(&row.id) {
            let row = hand.end_for_enterprise(tx, row, "parent_ended", now_us).await?;
            leave_word(tx, hand, &row, &above.organisation, "appointment_ended", now_us).await?;
            gone.push(row.id);
        }
    }
    Ok(gone.len())
}

fn invalid(why: NotAppointed) -> DeedError {
    let (field, zh, en) = match why {
        NotAppointed::MayNotAppoint => ("under", "你不能再任命别人", "you may not appoint others"),
        NotAppointed::Scopes => ("scopes", "不能超出你自己的权限", "no wider than what you may do yourself"),
        NotAppointed::Services => (
            "services",
            "至少选一项，且不能超出你自己的事项",
            "at least one service, and none that you don't have yourself",
        ),
        NotAppointed::Until => {
            ("days", "不能晚于你自己的期限，最长三年", "no longer than your own mandate, and three years at most")
        }
        NotAppointed::Limit => ("limit_amount", "不能高于你自己的限额", "no higher than your own limit"),
    };
    DeedError::invalid(field, zh, en)
}
