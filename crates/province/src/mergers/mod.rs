//! Mergers of organisations (rule R20, decision 0035): the line of sectors from a merged organisation to its last successor, by
//! which name a person is known on it, and what people are told. It does not know why organisations merge.

mod decide;
mod effect;
mod in_line;
mod told;

pub use decide::{MergerRow, NewMerger};
pub(crate) use in_line::none_ahead;
pub(crate) use told::tell_if_ahead;

use crate::Province;
use crate::authorize::EPOCH;
use crate::clients::Client;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use yima_store::merger::{self, LINE_MAX, Merger, State};
use yima_store::{Tx, relation};

/// People have so long between the second person's word and the day on which it counts.
pub(crate) const NOTICE_DAYS: i64 = 15;
/// And it is not put down longer before.
const AHEAD_DAYS: i64 = 366;
const DAY_S: i64 = 86_400;

/// Who holds what was given to an app, or will from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergerNotice {
    /// Registered name of the organisation that goes on in another.
    pub from: String,
    /// Registered name of the one that goes on.
    pub to: String,
    /// How it is reached (Personal Information Protection Law article 22).
    pub contact: String,
    /// Unix seconds.
    pub effect_at: i64,
    /// It has taken effect.
    pub in_force: bool,
}

impl MergerNotice {
    fn of(m: Merger) -> Self {
        Self {
            from: m.from_name,
            to: m.to_name,
            contact: m.contact,
            effect_at: m.effect_at / MICROS,
            in_force: m.state == State::InForce,
        }
    }
}

impl Province {
    /// The sector under which an app knows somebody: the first of its line that they have met, else the last successor. Whoever
    /// has a standing agreement has met one of the line, and nobody meets an earlier one later on, so that it stays.
    pub(crate) async fn sector_of(&self, client: &Client, about: &str) -> Result<String, DeedError> {
        if client.line.len() < 2 {
            return Ok(client.sector.clone());
        }
        let about = about.to_owned();
        let met = self
            .store
            .read_one::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(relation::met(tx, &about, EPOCH).await?) }))
            .await?;
        Ok(first_of(&client.line, &met).to_owned())
    }

    /// What people are told of the organisation behind an app.
    pub(crate) async fn merger_notices(&self, client: &Client) -> Result<Vec<MergerNotice>, DeedError> {
        let (sector, seals) = (client.sector.clone(), self.sealer_of_rows());
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { ahead_of(tx, &seals, &sector).await }))
            .await?;
        // A version that names the successor itself says what the notice would.
        let said = found.iter().rposition(|m| m.to_name == client.owner).map_or(0, |at| at + 1);
        Ok(found.into_iter().skip(said).map(MergerNotice::of).collect())
    }
}

/// The line of a sector: itself, then each that it went on in; mergers in force alone.
pub(crate) async fn line_from(tx: &mut Tx, seals: &RowSealer, sector: &str) -> Result<Vec<String>, DeedError> {
    let mut line = vec![sector.to_owned()];
    let found = ahead_of(tx, seals, sector).await?;
    line.extend(found.into_iter().take_while(|m| m.state == State::InForce).map(|m| m.to_code));
    Ok(line)
}

/// The mergers of a line, those in force first and one after them that is approved, each with a seal that fits.
async fn ahead_of(tx: &mut Tx, seals: &RowSealer, sector: &str) -> Result<Vec<Merger>, DeedError> {
    let (mut found, mut at) = (Vec::<Merger>::new(), sector.to_owned());
    while found.len() < LINE_MAX {
        let Some(next) = merger::of_sector(tx, &at).await? else { break };
        seals.holds(&next)?;
        at.clone_from(&next.to_code);
        let last = next.state != State::InForce;
        found.push(next);
        if last {
            break;
        }
    }
    Ok(found)
}

/// Opens the relation of somebody to an app's organisation, or finds the one that they have on its line; false when it was
/// closed for good. The deed relies on the client by [`crate::clients::stands`] before.
pub(crate) async fn met(tx: &mut Tx, client: &Client, about: &str, now_us: i64) -> Result<bool, DeedError> {
    let sector = match client.line.as_slice() {
        [only] => only.clone(),
        line => first_of(line, &relation::met(tx, about, EPOCH).await?).to_owned(),
    };
    Ok(relation::open(tx, about, &sector, EPOCH, now_us).await?)
}

fn first_of<'a>(line: &'a [String], met: &[String]) -> &'a str {
    line.iter().find(|sector| met.contains(sector)).or(line.last()).map_or("", String::as_str)
}

/// The sector that a new version of an app begins in, and whether its organisation may still have apps: one that names a
/// successor of its line stays in it. The deed relies on the tree of organisations before.
pub(crate) async fn sector_for(
    tx: &mut Tx,
    seals: &RowSealer,
    organisation: &str,
    before: Option<String>,
) -> Result<String, DeedError> {
    if let Some(gone) = merger::of_sector(tx, organisation).await?.filter(|m| m.state == State::InForce) {
        seals.holds(&gone)?;
        return Err(DeedError::Conflict(Text::new(
            format!("{} 已并入 {}（{}），请写合并后的单位", gone.from_name, gone.to_name, gone.to_code),
            format!("{} was merged into {} ({}): name that organisation", gone.from_name, gone.to_name, gone.to_code),
        )));
    }
    if let Some(before) = before
        && line_from(tx, seals, &before).await?.iter().any(|code| code == organisation)
    {
        return Ok(before);
    }
    Ok(organisation.to_owned())
}

sealed_row!(Merger, "merger", |m, with| {
    let nth = m.nth.map(|n| n.to_be_bytes().to_vec()).unwrap_or_default();
    with(&[
        m.merged.as_bytes(),
        m.successor.as_bytes(),
        m.from_code.as_bytes(),
        m.to_code.as_bytes(),
        m.from_name.as_bytes(),
        m.to_name.as_bytes(),
        m.contact.as_bytes(),
        m.reference.as_bytes(),
        &m.effect_at.to_be_bytes(),
        m.state.as_str().as_bytes(),
        m.proposed_by.as_bytes(),
        m.decided_by.as_deref().unwrap_or_default().as_bytes(),
        &nth,
    ])
});

/// Writes a step with its next version and seal.
async fn stepped(tx: &mut Tx, seals: &RowSealer, m: &mut Merger) -> Result<(), DeedError> {
    m.version += 1;
    seals.seal_anew(m);
    if merger::step(tx, m).await? {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "情况已经变化，请刷新后再定",
        "it changed meanwhile: look again and decide anew",
    )))
}

/// By id, with a seal that fits.
async fn found(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<Merger, DeedError> {
    let row = merger::find(tx, id).await?.ok_or(DeedError::NotFound("merger"))?;
    seals.holds(&row)?;
    Ok(row)
}
