//! The conditions on an operator's deed: gathers the few facts that the policies speak of, and asks them.
//! It does not know any policy; `crates/policy` does, and the doorway calls this for every deed of an operator.

use crate::clock::MICROS;
use crate::error::DeedError;
use crate::row_seal::RowSealer;
use std::sync::LazyLock;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::AccountId;
use yima_kernel::subject::Actor;
use yima_policy::{About, Ask, BadPolicy, House, OFFICES_MAX};
use yima_store::{StoreError, Tx, operator, setting, staff};

/// Files that one operator may look at within an hour.
const READS_MAX: u32 = 300;
const HOUR_US: i64 = 3_600 * MICROS;
/// One more than may be looked at, so that too many are seen to be too many.
const OFFICES_READ: u32 = OFFICES_MAX as u32 + 1;

/// The setting by which operators have to be named; "1" when they do.
pub(crate) const NAMED_ALONE: &str = "operators_named";

/// Read when the first operator comes: a province that only checks codes keeps none of it in memory.
static HOUSE: LazyLock<Result<House, BadPolicy>> = LazyLock::new(House::load);

/// The conditions as a lawyer reads them.
///
/// # Errors
/// [`DeedError::Internal`] when the policies do not parse.
pub fn conditions() -> Result<String, DeedError> {
    yima_policy::print().map_err(DeedError::internal)
}

/// May this be done, the matrix allowing it? `about` are files beside that of the request's subject; each is looked at.
/// Yes for whoever is no operator.
///
/// # Errors
/// What the store says, and a row of the operator whose seal does not fit; the refusal itself is the inner one.
pub(crate) async fn hold(
    tx: &mut Tx,
    seals: &RowSealer,
    request: &Request,
    about: &[AccountId],
    now_us: i64,
) -> Result<Result<(), Refusal>, DeedError> {
    let Actor::Operator { operator, role } = &request.actor else { return Ok(Ok(())) };
    let house = match &*HOUSE {
        Ok(house) => house,
        Err(why) => {
            tracing::error!(%why, "no operator can do anything until the policies are read");
            return Ok(Err(Refusal::PolicyUnchecked));
        }
    };
    let (in_office, own) = seals.in_office(tx, operator.as_str(), now_us).await?;
    if !in_office {
        return Ok(Err(Refusal::ActorEnded));
    }
    let (offices, lease) = match &own {
        Some(own) => (staff::offices(tx, own, OFFICES_READ).await?, staff::lease_until(tx, own).await?),
        None => (Vec::new(), None),
    };
    let named = own.is_none() && named_alone(tx).await?;
    let reads = if reading(request.deed) {
        staff::reads_since(tx, operator.as_str(), now_us - HOUR_US, READS_MAX).await?
    } else {
        0
    };
    let ask = Ask {
        officer: operator.as_str(),
        role: *role,
        person: own.as_deref(),
        named,
        offices: &offices,
        lease_until_s: lease.map(|at| at / MICROS),
        deed: request.deed,
        about: None,
        now_s: now_us / MICROS,
        reads,
        reads_max: READS_MAX,
    };
    let files: Vec<&AccountId> = request.subject.iter().chain(about).collect();
    if files.is_empty() {
        return Ok(house.decide(&ask));
    }
    for file in files {
        let person = file.as_str();
        let kin = match &own {
            Some(own) => staff::joined(tx, own, person, now_us).await?,
            None => false,
        };
        let there = if offices.is_empty() { Vec::new() } else { staff::offices(tx, person, OFFICES_READ).await? };
        let held = house.decide(&Ask { about: Some(About { person, kin, offices: &there }), ..ask });
        if held.is_err() {
            return Ok(held);
        }
    }
    Ok(Ok(()))
}

/// Whether the operator whose deed this is was ended or stopped while it ran: then it is undone, begins anew, and is refused as
/// any deed of somebody who is not in office. Nothing to ask for whoever is no operator.
///
/// # Errors
/// What undoes it.
pub(crate) async fn still_held(tx: &mut Tx, seals: &RowSealer, actor: &Actor, now_us: i64) -> Result<(), DeedError> {
    let Actor::Operator { operator: id, .. } = actor else { return Ok(()) };
    operator::rely_on_posts(tx).await?;
    if seals.in_office(tx, id.as_str(), now_us).await?.0 { Ok(()) } else { Err(operator::left_meanwhile(tx).into()) }
}

/// Whoever prepared what this deed decides: their row carries its seal, as that of whoever decides does by now. So the two are told
/// apart by rows of this program.
///
/// # Errors
/// When the seal does not fit.
pub(crate) async fn prepared_rightly(
    tx: &mut Tx,
    seals: &RowSealer,
    actor: &Actor,
    facts: &Facts,
) -> Result<(), DeedError> {
    match (actor, &facts.prepared_by) {
        (Actor::Operator { operator, .. }, Some(by)) if by != operator => {
            seals.operator(tx, by.as_str()).await.map(drop)
        }
        _ => Ok(()),
    }
}

/// Whether nobody opens a file whose own is not known.
pub(crate) async fn named_alone(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(setting::get(tx, NAMED_ALONE).await?.as_deref() == Some("1"))
}

/// Deeds whose uses are counted as looks at files.
const fn reading(deed: Deed) -> bool {
    matches!(deed, Deed::SeeResidents | Deed::SeeMandates | Deed::SeeRequests)
}
