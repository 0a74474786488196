//! What a personnel system says: somebody has a post, still has it, has another one, has none. Each word counts as a renewal.
//! It looks at no account at all, so an answer can't tell who has one. It does not know SCIM's shapes.

use super::feeds::facts;
use super::office::{renewed, said, state_now};
use super::{New, end, place, rewritten, role_of, there_already, to_change};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::DeedError;
use crate::residents::has_id_number;
use crate::row_seal::RowSealer;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::PostId;
use yima_kernel::post::PostRole;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::person::IdNumber;
use yima_store::post::{self, By, Post, Source, State};
use yima_store::{Tx, account, post_code};

const NAME_MAX: usize = 64;

/// How a feed names a person.
#[derive(Clone)]
pub enum Named {
    /// By ID number: only its keyed hash goes on.
    IdNumber(String),
    /// By the code that the person made.
    Code(String),
}

/// What a feed says about one post.
#[derive(Clone)]
pub struct FeedWish {
    /// What it calls the person: at most 64 characters, never an ID number.
    pub user_name: String,
    /// What it calls its own row.
    pub external_id: Option<String>,
    /// Needed when the post is new.
    pub person: Option<Named>,
    /// `org_…`; the feed's own when absent.
    pub organisation: Option<String>,
    /// `counter`, `handler`, `reviewer`, `head`.
    pub role: String,
    /// The person has the post, in the feed's view.
    pub active: bool,
    /// The version that the feed saw, if it says so.
    pub seen: Option<String>,
}

/// A post, as its feed sees it: never the account.
#[derive(Clone, Debug)]
pub struct FeedPost {
    /// `pst_…`, the same for the whole life of the feed's row.
    pub resource: String,
    /// What the feed calls the person.
    pub user_name: String,
    /// What it calls its own row.
    pub external_id: Option<String>,
    /// `org_…`
    pub organisation: String,
    /// The role.
    pub role: String,
    /// `pending`, `active` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub made_at: i64,
    /// Unix seconds.
    pub changed_at: i64,
    /// Unix seconds: over then, without another word.
    pub lease_until: i64,
    /// Another one after each change.
    pub version: String,
}

/// Which posts of a feed.
#[derive(Clone, Debug)]
pub enum ListBy {
    /// All.
    All,
    /// By what it calls the person.
    UserName(String),
    /// By what it calls its own row.
    ExternalId(String),
    /// By the name of the resource.
    Id(String),
}

/// Some of them.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// This page.
    pub posts: Vec<FeedPost>,
    /// All that there are.
    pub total: u32,
}

impl Province {
    /// A feed says that somebody has a post; nothing is so before they accept it. The answer is the same whether there is such
    /// a person or not.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field; [`DeedError::Conflict`] when the name is taken, or the post is there.
    pub async fn feed_proposes(&self, actor: &Actor, wish: FeedWish) -> Result<FeedPost, DeedError> {
        let Read { wish, role, person } = self.read(wish)?;
        let person = person.ok_or_else(|| {
            DeedError::invalid("person", "要有身份证号或本人给的码", "an ID number, or the person's code, is needed")
        })?;
        let (top, made_by) = of_feed(actor)?;
        let (id, nobody, seals) = (self.new_post_id(), self.chance.bytes::<16>(), self.sealer_of_rows());
        let (by, read_seals) = (actor.clone(), seals.clone());
        self.short(
            Request::of(actor.clone(), Deed::ProposePost),
            move |tx| Box::pin(async move { Ok((facts(tx, &read_seals, &by).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let organisation = inside(tx, &seals, &top, wish.organisation.as_deref()).await?;
                    let person = match person {
                        Person::Hash(hash) => hash.to_vec(),
                        Person::Code(hash) => match post_code::redeem(tx, &hash, door.now_us).await? {
                            Some(account) => account::find(tx, &account).await?.map(|row| row.blind_id),
                            None => None,
                        }
                        // A code that is nobody's makes a post that nobody will accept: the same answer.
                        .unwrap_or_else(|| nobody.to_vec()),
                    };
                    let new = New {
                        id,
                        resource: None,
                        person,
                        organisation,
                        role,
                        source: Source::Scim,
                        made_by,
                        feed: Some(top),
                        user_name: Some(wish.user_name),
                        external_id: wish.external_id,
                    };
                    let mut row = new.row(&seals, door.now_us);
                    if !post::insert(tx, &row).await? {
                        return Err(there_already());
                    }
                    if !wish.active {
                        row = end(tx, &seals, &row.id, "inactive", door.now_us).await?;
                    }
                    let detail = said(&row);
                    Ok(Done::plain(shown(row, door.now_us)).detail(detail))
                })
            },
        )
        .await
    }

    /// A feed says how a post is now: it is renewed; or ended, with what hangs on it; or, in the same transaction, ended and
    /// another one proposed under the same name, which the person accepts anew.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field: `person` for another person, `seen` for a version that is not the newest.
    pub async fn feed_changes(&self, actor: &Actor, resource: &str, wish: FeedWish) -> Result<FeedPost, DeedError> {
        let Read { wish, role, person } = self.read(wish)?;
        let (top, made_by) = of_feed(actor)?;
        let (resource, id, seals) = (resource.to_owned(), self.new_post_id(), self.sealer_of_rows());
        let (by, read_seals, name, of) = (actor.clone(), seals.clone(), resource.clone(), top.clone());
        // Which deed it is depends on what stands; what is written is compared again under the lock.
        let now = self.store.read::<_, DeedError, _>(move |tx| Box::pin(async move { known(tx, &of, &name).await }));
        let now = now.await?;
        let same = |row: &Post| {
            row.role == role.as_str() && row.organisation == *wish.organisation.as_ref().unwrap_or(&row.organisation)
        };
        let deed = match (wish.active, same(&now)) {
            (false, _) => Deed::EndPost,
            (true, true) => Deed::RenewPost,
            (true, false) => Deed::MovePost,
        };
        self.short(
            Request::of(actor.clone(), deed),
            move |tx| Box::pin(async move { Ok((facts(tx, &read_seals, &by).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let before = known(tx, &top, &resource).await?;
                    seals.holds(&before)?;
                    if wish.seen.as_ref().is_some_and(|seen| *seen != version(&before)) {
                        return Err(DeedError::invalid("seen", "已经有更新的版本", "there is a newer version"));
                    }
                    let other = match person {
                        None => false,
                        Some(Person::Hash(hash)) => hash.as_slice() != before.person,
                        Some(Person::Code(_)) => true,
                    };
                    if other {
                        return Err(DeedError::invalid(
                            "other_person",
                            "一条记录始终是同一个人；换人请新建",
                            "a row is of one person for good: make another one",
                        ));
                    }
                    let after = change(tx, &seals, before, (wish, role), (id, top, made_by), door.now_us).await?;
                    let detail = said(&after);
                    let account = after.account.clone();
                    let value = shown(after, door.now_us);
                    Ok(match account {
                        Some(account) => Done::to(value, account).detail(detail),
                        None => Done::plain(value).detail(detail),
                    })
                })
            },
        )
        .await
    }

    /// A feed takes a post away, and its name with it.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it has none of that name.
    pub async fn feed_removes(&self, actor: &Actor, resource: &str, seen: Option<String>) -> Result<(), DeedError> {
        let (top, _) = of_feed(actor)?;
        let (resource, seals) = (resource.to_owned(), self.sealer_of_rows());
        let (by, read_seals) = (actor.clone(), seals.clone());
        self.short(
            Request::of(actor.clone(), Deed::EndPost),
            move |tx| Box::pin(async move { Ok((facts(tx, &read_seals, &by).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let row = known(tx, &top, &resource).await?;
                    if seen.is_some_and(|seen| seen != version(&row)) {
                        return Err(DeedError::invalid("seen", "已经有更新的版本", "there is a newer version"));
                    }
                    let row = if row.state == State::Ended {
                        let mut row = to_change(tx, &seals, &row.id).await?;
                        row.reason = Some("removed".to_owned());
                        rewritten(tx, &seals, &mut row).await?;
                        row
                    } else {
                        end(tx, &seals, &row.id, "removed", door.now_us).await?
                    };
                    let detail = said(&row);
                    Ok(match row.account {
                        Some(account) => Done::to((), account).detail(detail),
                        None => Done::plain(()).detail(detail),
                    })
                })
            },
        )
        .await
    }

    /// The posts of a feed in an order that stays, from the `skip`th on, `limit` at most.
    ///
    /// # Errors
    /// When the store can't be read.
    pub async fn feed_posts(&self, actor: &Actor, by: ListBy, skip: u32, limit: u32) -> Result<FeedPage, DeedError> {
        let (top, _) = of_feed(actor)?;
        let (now_us, seals) = (self.now_us(), self.sealer_of_rows());
        self.look(Request::of(actor.clone(), Deed::SeePosts), Facts::default(), move |tx| {
            Box::pin(async move {
                let (rows, total) = match &by {
                    ListBy::All => post::of_feed(tx, &top, By::All, (skip, limit)).await?,
                    ListBy::UserName(name) => post::of_feed(tx, &top, By::UserName(name), (skip, limit)).await?,
                    ListBy::ExternalId(name) => post::of_feed(tx, &top, By::ExternalId(name), (skip, limit)).await?,
                    ListBy::Id(id) => match known(tx, &top, id).await {
                        Ok(row) => (if skip == 0 && limit > 0 { vec![row] } else { Vec::new() }, 1),
                        Err(DeedError::NotFound(_)) => (Vec::new(), 0),
                        Err(error) => return Err(error),
                    },
                };
                rows.iter().try_for_each(|row| seals.holds(row))?;
                Ok(FeedPage { posts: rows.into_iter().map(|row| shown(row, now_us)).collect(), total })
            })
        })
        .await
    }

    fn read(&self, mut wish: FeedWish) -> Result<Read, DeedError> {
        wish.user_name = wish.user_name.trim().to_owned();
        for (field, text) in [("user_name", Some(&wish.user_name)), ("external_id", wish.external_id.as_ref())] {
            let Some(text) = text else { continue };
            if text.is_empty() || text.chars().count() > NAME_MAX || !shown_text::is_line(text) {
                return Err(DeedError::invalid(field, "要 1 到 64 个字符", "1 to 64 characters are needed"));
            }
            if has_id_number(text) {
                return Err(DeedError::invalid(
                    field,
                    "这里不要写身份证号，请用工号",
                    "no ID number here: use a staff number",
                ));
            }
        }
        let role = role_of(&wish.role)?;
        let person = match wish.person.take() {
            None => None,
            Some(Named::IdNumber(text)) => {
                let number = IdNumber::parse(&text)
                    .map_err(|_| DeedError::invalid("person", "身份证号不对", "that is no ID number"))?;
                Some(Person::Hash(*self.sealer.blind(&number).as_bytes()))
            }
            Some(Named::Code(text)) => Some(Person::Code(self.post_code_hash(&text))),
        };
        Ok(Read { wish, role, person })
    }

    pub(super) fn post_code_hash(&self, text: &str) -> [u8; 32] {
        let code: String = text.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        self.peppered("post-code", &code.to_ascii_lowercase())
    }
}

struct Read {
    wish: FeedWish,
    role: PostRole,
    person: Option<Person>,
}

#[derive(Clone)]
enum Person {
    Hash([u8; 16]),
    Code([u8; 32]),
}

fn of_feed(actor: &Actor) -> Result<(String, String), DeedError> {
    match actor {
        Actor::Feed { feed, organisation } => Ok((organisation.to_string(), feed.to_string())),
        _ => Err(DeedError::Refused(Refusal::NotAllowed)),
    }
}

/// The newest post under a name of this feed, unless it was removed.
async fn known(tx: &mut Tx, top: &str, resource: &str) -> Result<Post, DeedError> {
    PostId::parse(resource).map_err(|_| DeedError::NotFound("post"))?;
    let found = post::of_resource(tx, top, resource).await?;
    found.filter(|row| row.reason.as_deref() != Some("removed")).ok_or(DeedError::NotFound("post"))
}

/// An organisation of the feed's subtree that may act; one outside of it is not there.
async fn inside(tx: &mut Tx, seals: &RowSealer, top: &str, wish: Option<&str>) -> Result<String, DeedError> {
    let wish = wish.unwrap_or(top);
    let line = place(tx, seals, wish).await?;
    if line.iter().any(|above| above.id == top) {
        return Ok(wish.to_owned());
    }
    Err(DeedError::invalid("organisation", "没有这个单位", "there is no such organisation"))
}

async fn change(
    tx: &mut Tx,
    seals: &RowSealer,
    before: Post,
    (wish, role): (FeedWish, PostRole),
    (id, top, made_by): (String, String, String),
    now_us: i64,
) -> Result<Post, DeedError> {
    let over = before.state == State::Ended || before.lease_until <= now_us;
    let organisation = match &wish.organisation {
        Some(wish) => inside(tx, seals, &top, Some(wish)).await?,
        None => before.organisation.clone(),
    };
    if !wish.active {
        return if before.state == State::Ended {
            Ok(before)
        } else {
            end(tx, seals, &before.id, "inactive", now_us).await
        };
    }
    if !over && before.role == role.as_str() && before.organisation == organisation {
        let mut row = to_change(tx, seals, &before.id).await?;
        row.user_name = Some(wish.user_name);
        row.external_id = wish.external_id;
        renewed(tx, seals, &mut row, now_us).await.map_err(|error| match error {
            // The one who reads a name's newest row again finds what became of it.
            DeedError::Conflict(_) => DeedError::Busy,
            other => other,
        })?;
        return Ok(row);
    }
    if before.state != State::Ended {
        let why = if before.lease_until <= now_us { "silence" } else { "transferred" };
        end(tx, seals, &before.id, why, now_us).await?;
    }
    let new = New {
        id,
        resource: Some(before.resource),
        person: before.person,
        organisation,
        role,
        source: Source::Scim,
        made_by,
        feed: Some(top),
        user_name: Some(wish.user_name),
        external_id: wish.external_id,
    };
    let row = new.row(seals, now_us);
    if post::insert(tx, &row).await? { Ok(row) } else { Err(there_already()) }
}

fn version(row: &Post) -> String {
    hex::encode(row.seal.get(..8).unwrap_or_default())
}

fn shown(row: Post, now_us: i64) -> FeedPost {
    FeedPost {
        state: state_now(&row, now_us),
        version: version(&row),
        changed_at: row.ended_at.unwrap_or_else(|| row.renewed_at.max(row.accepted_at.unwrap_or(0))) / MICROS,
        resource: row.resource,
        user_name: row.user_name.unwrap_or_default(),
        external_id: row.external_id,
        organisation: row.organisation,
        role: row.role,
        made_at: row.made_at / MICROS,
        lease_until: row.lease_until / MICROS,
    }
}
