//! What the officer sees of the visits of the last hours, and what the kiosk shows of its own. It does not know who may end one.

use super::decided;
use crate::Province;
use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::person_sessions::Person;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_store::visit::{self, State};
use yima_store::{account, operator};

/// An officer sees so much of the day.
const LISTED_US: i64 = 12 * 3_600 * MICROS;

/// A visit in its officer's list.
#[derive(Clone, Debug)]
pub struct VisitRow {
    /// `vis_…`
    pub id: String,
    /// `res_…`
    pub resident: String,
    /// Masked.
    pub name_masked: String,
    /// Name of the place.
    pub place: Text,
    /// Which kiosk.
    pub kiosk: String,
    /// `card` or `code`.
    pub seen: &'static str,
    /// Words of deeds.
    pub deeds: Vec<&'static str>,
    /// `waiting`, `open` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub begun_at: i64,
    /// Unix seconds at which it is over.
    pub until_at: i64,
}

/// What a kiosk shows of its visit.
#[derive(Clone, Debug)]
pub struct VisitShown {
    /// Masked.
    pub name_masked: String,
    /// Sign-in name of the officer.
    pub officer: String,
    /// Name of the place.
    pub place: Text,
    /// What may be done.
    pub deeds: Vec<Deed>,
    /// Unix seconds.
    pub until_at: i64,
}

impl Province {
    /// The visits that this officer began in the last hours, the newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn visits(&self, actor: &Actor) -> Result<Vec<VisitRow>, DeedError> {
        let (now_us, me) = (self.now_us(), actor.id().to_owned());
        let found = self
            .look(Request::of(actor.clone(), Deed::SeeVisits), Facts::default(), move |tx| {
                Box::pin(async move {
                    let mut found = Vec::new();
                    for row in visit::of_officer(tx, &me, now_us - LISTED_US).await? {
                        let holder = account::find(tx, &row.account).await?.ok_or(DeedError::NotFound("resident"))?;
                        found.push((row, holder));
                    }
                    Ok(found)
                })
            })
            .await?;
        found
            .into_iter()
            .map(|(row, holder)| {
                let over = row.until_at <= now_us
                    || (row.state == State::Waiting && row.begun_at + super::CODE_S * MICROS <= now_us);
                Ok(VisitRow {
                    name_masked: self.name_of(&holder)?.masked(),
                    place: self.place_named(row.site),
                    state: if over { State::Ended.as_str() } else { row.state.as_str() },
                    deeds: decided(&row).deeds.into_iter().map(Deed::as_str).collect(),
                    seen: row.seen.as_str(),
                    begun_at: row.begun_at / MICROS,
                    until_at: row.until_at / MICROS,
                    id: row.id,
                    resident: row.account,
                    kiosk: row.kiosk,
                })
            })
            .collect()
    }

    /// The visit in which this person is signed in; None when it does not stand.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn visit_shown(&self, person: &Person) -> Result<Option<VisitShown>, DeedError> {
        let (session, account, now_us) = (person.session.to_string(), person.account.to_string(), self.now_us());
        let seals = self.sealer_of_rows();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let Some(row) = visit::of_session(tx, &session).await? else { return Ok(None) };
                    let row = seals.trusted(row)?;
                    if row.state != State::Open || row.until_at <= now_us || row.account != account {
                        return Ok(None);
                    }
                    let holder = account::find(tx, &row.account).await?.ok_or(DeedError::NotFound("resident"))?;
                    let officer = operator::find(tx, &row.officer).await?.map(|one| one.name).unwrap_or_default();
                    Ok(Some((row, holder, officer)))
                })
            })
            .await?;
        let Some((row, holder, officer)) = found else { return Ok(None) };
        Ok(Some(VisitShown {
            name_masked: self.name_of(&holder)?.masked(),
            officer,
            place: self.place_named(row.site),
            deeds: decided(&row).deeds,
            until_at: row.until_at / MICROS,
        }))
    }

    fn place_named(&self, site: u32) -> Text {
        self.live().site(site).map_or_else(|| Text::new("", ""), |site| site.name.clone())
    }
}
