//! One's own posts: seen, accepted with a passkey, left; and the code by which an office names oneself.
//! It does not know who proposes them.

use super::office::{said, state_now};
use super::{end, held, place, rewritten, to_change};
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::full_capacity::full_capacity;
use crate::person_sessions::{Person, facts_to_change};
use crate::{Province, secret_text};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::PostId;
use yima_store::post::{self, Post, State};
use yima_store::{account, organisation, post_code};

/// A code lives so long: a personnel office works by day.
const CODE_LIFE_S: i64 = 24 * 3_600;
const CODES_HOURLY_MAX: u32 = 6;
/// Characters of a code, of an alphabet of 31.
const CODE_LENGTH: usize = 10;

/// A post, as its person sees it.
#[derive(Clone, Debug)]
pub struct OwnPost {
    /// `pst_…`
    pub id: String,
    /// Registered name of the organisation.
    pub organisation: String,
    /// `counter`, `handler`, `reviewer`, `head`.
    pub role: String,
    /// `pending`, `active` or `ended`.
    pub state: &'static str,
    /// It is a deputy's.
    pub deputy: bool,
    /// `scim`, `import`, `operator` or `officer`.
    pub source: &'static str,
    /// Unix seconds: over then, unless whoever names it says that it stands.
    pub lease_until: i64,
    /// Why it ended.
    pub reason: Option<String>,
    /// Its deputies that have not ended: (`pst_…`, `pending` or `active`, until, Unix seconds).
    pub deputies: Vec<(String, &'static str, i64)>,
}

/// A code, shown once.
#[derive(Clone, Debug)]
pub struct PostCode {
    /// Ten characters in two groups.
    pub code: String,
    /// Unix seconds.
    pub expires_at: i64,
}

impl Province {
    /// This person's posts, the newest first.
    ///
    /// # Errors
    /// [`DeedError::Internal`] when a row does not carry this program's seal.
    pub async fn posts_of(&self, person: &Person) -> Result<Vec<OwnPost>, DeedError> {
        let (id, now_us, seals) = (person.account.clone(), self.now_us(), self.sealer_of_rows());
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        self.look(request, Facts::default(), move |tx| {
            Box::pin(async move {
                let Some(holder) = account::find(tx, id.as_str()).await? else { return Ok(Vec::new()) };
                let mut own = Vec::new();
                for row in post::of_person(tx, &holder.blind_id).await? {
                    seals.holds(&row)?;
                    let name = organisation::find(tx, &row.organisation).await?.map(|of| of.name).unwrap_or_default();
                    let deputies = post::deputies_of(tx, &row.id).await?;
                    own.push(shown(row, name, &deputies, now_us));
                }
                Ok(own)
            })
        })
        .await
    }

    /// Accepts a post that was proposed for this person; needs a passkey of the last five minutes.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`]; [`DeedError::NotFound`] when it is not theirs; [`DeedError::Conflict`] when
    /// it is over, or its organisation or its officer is, or they are under 18.
    pub async fn accept_post(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let id = PostId::parse(id).map_err(|_| DeedError::NotFound("post"))?.to_string();
        let (actor, now_us, seals) = (person.actor(), self.now_us(), self.sealer_of_rows());
        let (me, asked, sought) = (person.account.to_string(), id.clone(), person.account.to_string());
        let hand = self.hand();
        self.short(
            Request::of(person.actor(), Deed::AcceptPost).about(person.account.clone()),
            move |tx| {
                Box::pin(async move {
                    // The officer's account too, so that none becomes a deputy of somebody who is just leaving.
                    let seen = post::find(tx, &asked).await?.ok_or(DeedError::NotFound("post"))?;
                    let officer = match &seen.parent {
                        Some(parent) => post::find(tx, parent).await?.and_then(|row| row.account),
                        None => None,
                    };
                    account::changed_both(tx, &sought, officer.as_deref().unwrap_or(&sought)).await?;
                    Ok((facts_to_change(tx, &actor, now_us).await?, ()))
                })
            },
            move |tx, (), door| {
                Box::pin(async move {
                    let holder = account::find(tx, &me).await?.ok_or(DeedError::NotFound("post"))?;
                    let seen = post::find(tx, &id).await?.ok_or(DeedError::NotFound("post"))?;
                    place(tx, &seals, &seen.organisation).await.map_err(of_page)?;
                    let officer = match &seen.parent {
                        Some(parent) => Some(to_change(tx, &seals, parent).await?),
                        None => None,
                    };
                    let mut row = to_change(tx, &seals, &id).await?;
                    if row.person != holder.blind_id || row.account.as_ref().is_some_and(|of| *of != me) {
                        return Err(DeedError::NotFound("post"));
                    }
                    if row.state != State::Pending || holder.proofing == 0 {
                        return Err(over());
                    }
                    full_capacity(tx, &hand, &holder, door.now_us).await?;
                    row.state = State::Active;
                    row.account = Some(me.clone());
                    row.accepted_at = Some(door.now_us);
                    if !held(&row).stands(officer.as_ref().map(held), door.now_s()) {
                        return Err(over());
                    }
                    rewritten(tx, &seals, &mut row).await?;
                    let detail = said(&row);
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Leaves a post, or says no to one that was proposed; or ends a deputy of one's own.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it is not theirs; [`DeedError::Conflict`] when it has ended.
    pub async fn leave_post(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let id = PostId::parse(id).map_err(|_| DeedError::NotFound("post"))?.to_string();
        let (me, session) = (person.account.to_string(), person.session.to_string());
        let (seals, now_us) = (self.sealer_of_rows(), self.now_us());
        self.short(
            Request::of(person.actor(), Deed::EndPost).about(person.account.clone()),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let holder = account::find(tx, &me).await?.ok_or(DeedError::NotFound("post"))?;
                    let seen = post::find(tx, &id).await?.ok_or(DeedError::NotFound("post"))?;
                    let officer = match &seen.parent {
                        Some(parent) => post::find(tx, parent).await?.and_then(|row| row.account),
                        None => None,
                    };
                    if seen.person != holder.blind_id && officer.as_deref() != Some(&me) {
                        return Err(DeedError::NotFound("post"));
                    }
                    if yima_store::session::live(tx, &session, now_us).await?.is_none() {
                        return Err(DeedError::SignIn);
                    }
                    let row = end(tx, &seals, &id, "left", door.now_us).await?;
                    let detail = said(&row);
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Makes a code by which a personnel office or a colleague names this person, instead of their ID number.
    ///
    /// # Errors
    /// [`DeedError::TooMany`] beyond six an hour.
    pub async fn make_post_code(&self, person: &Person) -> Result<PostCode, DeedError> {
        let raw = secret_text(&mut self.chance.rng(), CODE_LENGTH);
        let hash = self.post_code_hash(&raw);
        let (actor, now_us, me) = (person.actor(), self.now_us(), person.account.to_string());
        let expires_at = self
            .short(
                Request::of(person.actor(), Deed::MakePostCode).about(person.account.clone()),
                move |tx| Box::pin(async move { Ok((facts_to_change(tx, &actor, now_us).await?, ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        let until = door.now_us + CODE_LIFE_S * MICROS;
                        let hour_ago = door.now_us - 3_600 * MICROS;
                        let kept =
                            post_code::make(tx, &hash, &me, (door.now_us, until), (hour_ago, CODES_HOURLY_MAX)).await?;
                        if !kept {
                            return Err(DeedError::TooMany {
                                retry_after_s: 600,
                                why: Text::new("一小时最多六个码", "six codes an hour at most"),
                            });
                        }
                        Ok(Done::plain(until / MICROS))
                    })
                },
            )
            .await?;
        Ok(PostCode { code: format!("{}-{}", &raw[..5], &raw[5..]), expires_at })
    }
}

fn over() -> DeedError {
    DeedError::Conflict(Text::new(
        "这份提议已经过期、撤回或不再成立",
        "this proposal is over, was taken back, or stands no more",
    ))
}

/// On a page nobody fills an organisation in.
fn of_page(error: DeedError) -> DeedError {
    match error {
        DeedError::Invalid { .. } => over(),
        other => other,
    }
}

fn shown(row: Post, organisation: String, deputies: &[Post], now_us: i64) -> OwnPost {
    OwnPost {
        state: state_now(&row, now_us),
        deputies: deputies
            .iter()
            .filter(|deputy| deputy.lease_until > now_us)
            .map(|deputy| (deputy.id.clone(), deputy.state.as_str(), deputy.lease_until / MICROS))
            .collect(),
        id: row.id,
        organisation,
        role: row.role,
        deputy: row.parent.is_some(),
        source: row.source.as_str(),
        lease_until: row.lease_until / MICROS,
        reason: row.reason,
    }
}
