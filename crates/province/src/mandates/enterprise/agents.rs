//! Appointing agents: an offer by the representative or by an agent who may, nowhere wider than whoever makes it. It does not
//! know how an offer is answered.

use super::super::{Hand, wrong_step};
use super::{Chain, chain, said_for};
use crate::Province;
use crate::clock::MICROS;
use crate::devices::tell;
use crate::doorway::{Done, Door};
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_of};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::filing::Services;
use yima_kernel::mandate::{ForEnterprise, Kind, Link, NotAppointed, OFFER_S, Scope, Scopes, Stands, Terms, appointed};
use yima_keys::person::IdNumber;
use yima_store::enterprise::{self, Appointment, OfferState};
use yima_store::{Tx, account, edge};

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
                    let to = (blind, masked);
                    let row = offered(tx, &mut hand, &found, (&new, services, to), door).await?;
                    let detail = serde_json::json!({
                        "mandate": said_for(found.last()?, &found.organisation, "actor"), "offer": row.id,
                        "services": row.services,
                    });
                    Ok(Done::plain(row.id).detail(detail))
                })
            },
        )
        .await
    }
}

/// Puts down the offer, nowhere wider than the mandate of whoever makes it, and tells whom it is to when they are there.
async fn offered(
    tx: &mut Tx,
    hand: &mut Hand,
    found: &Chain,
    (new, services, (person, person_masked)): (&NewAgent, Services, (Vec<u8>, String)),
    door: &Door,
) -> Result<Appointment, DeedError> {
    let parent = found.last()?;
    let above = found.links.last().ok_or_else(wrong_step)?;
    let until_s = door.now_s() + i64::from(new.days) * 86_400;
    let limit = new.limit_amount.or(above.terms.limit);
    let child = agent_link(new, services, limit, door.now_s(), until_s);
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
        person,
        person_masked,
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
    hand.seals().seal_anew(&mut row);
    enterprise::offer(tx, &row).await?;
    if let Some(there) = account::by_blind_id(tx, &row.person).await? {
        let notice = hand.row_id(door.now_us);
        tell(tx, notice, &there.id, door.now_us, "appointment_offered").await?;
    }
    Ok(row)
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
