//! Apps of organisations under review: proposed, reviewed by another person, stopped, listed. It does not know what an app
//! asks a person; a version is what was reviewed, or it does not count.

use crate::client_logos::taken_out;
use crate::clients::fields;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::mergers::sector_for;
use crate::row_seal::RowSealer;
use crate::two_persons::prepared_in;
use crate::{Province, secret_text};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::ClientId;
use yima_kernel::scenario::credit_code_valid;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_oidc::metadata::Metadata;
use yima_store::client::{self, Review, State, Version};
use yima_store::{Tx, client_logo, one_time, organisation};

/// Characters of a secret: 31^43 is beyond 2^210.
const SECRET_CHARS: usize = 43;
const PAGE: u32 = 100;
/// The kind of a one-time row by which an organisation may register an app.
pub(crate) const INVITATION: &str = "register";
const OWNER_CHARS_MAX: usize = 80;

/// A version of a client, with who prepared and who reviewed it.
#[derive(Clone, Debug)]
pub struct ClientVersion {
    /// `app_…`, the `client_id`.
    pub id: String,
    /// From 1.
    pub version: u32,
    /// Credit code of the organisation.
    pub organisation: String,
    /// Its legal name.
    pub owner: String,
    /// Whom pseudonyms are for: apps of one sector know a person by one name.
    pub sector: String,
    /// RFC 7591, JSON.
    pub metadata: String,
    /// `proposed`, `active`, `refused`, `retired` or `ended`.
    pub state: &'static str,
    /// Operator id, or `system`.
    pub proposed_by: String,
    /// Operator id.
    pub reviewed_by: Option<String>,
    /// Unix seconds.
    pub reviewed_at: Option<i64>,
    /// What the reviewer said.
    pub note: Option<String>,
    /// Unix seconds.
    pub at: i64,
}

/// By which way an app comes.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    /// An operator prepares it.
    Operator,
    /// Its organisation, by a token that is used up: the hash.
    Invited([u8; 32]),
    /// Anybody, in a sandbox: in force at once, under nobody's name.
    Sandbox,
}

/// What is proposed.
pub struct ProposeClient {
    /// The client that gets a new version; `None` for a new client.
    pub id: Option<String>,
    /// Credit code of the organisation (GB 32100).
    pub organisation: String,
    /// Its legal name, as in the register of credit codes.
    pub owner: String,
    /// RFC 7591, JSON.
    pub metadata: String,
}

/// A version that waits for review, and the secret that its organisation is handed, once.
#[derive(Clone, Debug)]
pub struct ProposedClient {
    /// The version.
    pub version: ClientVersion,
    /// Shown once and kept as a hash; only where the client proves itself by a secret.
    pub secret: Option<String>,
}

impl Province {
    /// Proposes an app or a new version of one; it counts only after somebody else reviewed it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the member of the metadata that is wrong; [`DeedError::Conflict`] for a name that people
    /// would take for another app's.
    pub async fn propose_client(&self, actor: &Actor, wish: ProposeClient) -> Result<ProposedClient, DeedError> {
        self.propose(actor, Deed::ProposeClient, actor.id(), wish, Entry::Operator).await
    }

    /// The same for whoever may: `by` is who proposes it.
    pub(crate) async fn propose(
        &self,
        actor: &Actor,
        deed: Deed,
        by: &str,
        wish: ProposeClient,
        entry: Entry,
    ) -> Result<ProposedClient, DeedError> {
        let (sent, logo) = taken_out(wish.metadata)?;
        let wish = ProposeClient { metadata: sent, ..wish };
        let metadata = Metadata::parse(&wish.metadata)
            .map_err(|why| DeedError::invalid("metadata", format!("应用资料有误。{why}"), why.to_string()))?;
        if !matches!(entry, Entry::Sandbox) {
            expect_owner(&wish)?;
        }
        let new = wish.id.is_none();
        let id = match &wish.id {
            Some(id) => ClientId::parse(id).map_err(|_| DeedError::NotFound("client"))?,
            None => ClientId::new(self.now_ms(), self.chance.bytes()),
        };
        let secret = metadata.auth_method.has_secret().then(|| secret_text(&mut self.chance.rng(), SECRET_CHARS));
        let mut row = Version {
            id: id.to_string(),
            version: 0,
            organisation: wish.organisation.clone(),
            owner: wish.owner,
            // Strangers of a sandbox share no pseudonyms.
            sector: if matches!(entry, Entry::Sandbox) { id.to_string() } else { wish.organisation },
            metadata: wish.metadata,
            secret_hash: secret.as_ref().map(|secret| self.peppered("client-secret", secret).to_vec()),
            state: State::Proposed,
            proposed_by: by.to_owned(),
            proposed_at: self.now_us(),
            reviewed_by: None,
            reviewed_at: None,
            note: None,
            seal: Vec::new(),
        };
        let seal = self.sealer_of_rows();
        let (skeletons, named) = (metadata.skeletons(), metadata.logo);
        let made = self
            .short(
                Request::of(actor.clone(), deed),
                |_| Box::pin(async { Ok((Facts::default(), ())) }),
                move |tx, (), door| {
                    Box::pin(async move {
                        if let Entry::Invited(hash) = entry {
                            let taken = one_time::take(tx, INVITATION, &hash, None, None, door.now_us).await?;
                            taken.ok_or(DeedError::NotFound("invitation"))?;
                        }
                        organisation::rely_on_tree(tx).await?;
                        row.version = client::next_version(tx, &row.id).await?;
                        if (row.version == 1) != new {
                            return Err(DeedError::NotFound("client"));
                        }
                        if !matches!(entry, Entry::Sandbox) {
                            let before = client::whose(tx, &row.id).await?.map(|(sector, _)| sector);
                            row.sector = sector_for(tx, &seal, &row.organisation, before).await?;
                        }
                        expect_own_name(tx, &row, &skeletons).await?;
                        match (logo, named) {
                            (Some(logo), _) => client_logo::keep(tx, &logo.hash, &logo.png, door.now_us).await?,
                            (None, Some(named)) => expect_logo(tx, &named).await?,
                            (None, None) => {}
                        }
                        row.seal = seal.seal("client", &row.id, i64::from(row.version), &fields(&row)).to_vec();
                        client::propose(tx, &row).await?;
                        if matches!(entry, Entry::Sandbox) {
                            put_in_force(tx, &seal, &mut row, door.now_us).await?;
                        }
                        let detail =
                            serde_json::json!({ "client": row.id, "version": row.version, "owner": row.owner });
                        Ok(Done::plain(shown(row)).detail(detail))
                    })
                },
            )
            .await?;
        Ok(ProposedClient { version: made, secret })
    }

    /// Puts a proposed version in force, or refuses it. Nobody reviews their own.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such proposal.
    pub async fn review_client(
        &self,
        actor: &Actor,
        id: &str,
        version: u32,
        approve: bool,
        note: &str,
    ) -> Result<(), DeedError> {
        if note.chars().count() > 400 || !shown_text::is_prose(note) {
            return Err(DeedError::invalid("note", "最多 400 个字", "at most 400 characters"));
        }
        let (id, note, by) = (id.to_owned(), note.to_owned(), actor.id().to_owned());
        let by = if by == "system" { "system:command line".to_owned() } else { by };
        let (seal, wanted, asking) = (self.sealer_of_rows(), id.clone(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::ReviewClient),
            move |tx| {
                Box::pin(async move {
                    let found = client::find(tx, &wanted, version).await?;
                    let found = found.filter(|v| v.state == State::Proposed).ok_or(DeedError::NotFound("proposal"))?;
                    Ok((prepared_in(tx, &found.proposed_by, &asking).await?, found))
                })
            },
            move |tx, mut row, door| {
                Box::pin(async move {
                    seal.right("client", &row.id, i64::from(row.version), &fields(&row), &row.seal)?;
                    organisation::rely_on_tree(tx).await?;
                    if approve {
                        let before = client::whose(tx, &row.id).await?.map(|(sector, _)| sector);
                        if sector_for(tx, &seal, &row.organisation, before).await? != row.sector {
                            return Err(DeedError::Conflict(Text::new(
                                "单位在提出以后合并了，请再提一版",
                                "its organisation was merged since it was proposed: propose it anew",
                            )));
                        }
                    }
                    row.state = if approve { State::Active } else { State::Refused };
                    let made = seal.seal("client", &row.id, i64::from(row.version), &fields(&row));
                    let review = Review { by: &by, approve, note: &note, at: door.now_us, seal: &made };
                    if !client::review(tx, &id, version, review).await? {
                        return Err(DeedError::NotFound("proposal"));
                    }
                    let detail = serde_json::json!({ "client": id, "version": version, "approve": approve });
                    Ok(Done::plain(id).detail(detail))
                })
            },
        )
        .await
        .map(|id| self.forget_client(&id))
    }

    /// Stops an app: no token is given to it any more, and those that are out are void at our own doors.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when it is not active.
    pub async fn end_client(&self, actor: &Actor, id: &str, reason: &str) -> Result<(), DeedError> {
        if reason.trim().is_empty() || reason.chars().count() > 200 || !shown_text::is_line(reason) {
            return Err(DeedError::invalid("reason", "要写明原因，200 字以内", "say why, in at most 200 characters"));
        }
        let (wanted, reason) = (id.to_owned(), reason.to_owned());
        self.short(
            Request::of(actor.clone(), Deed::EndClient),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    if !client::end(tx, &wanted).await? {
                        return Err(DeedError::NotFound("client"));
                    }
                    Ok(Done::plain(()).detail(serde_json::json!({ "client": wanted, "reason": reason })))
                })
            },
        )
        .await?;
        self.forget_client(id);
        Ok(())
    }

    /// Versions of apps, by app; `after` is the `next` of the page before. `state` keeps those that stand so.
    ///
    /// # Errors
    /// Refusals of the decision; [`DeedError::Invalid`] for a state that there is not.
    pub async fn list_clients(
        &self,
        actor: &Actor,
        after: Option<&str>,
        state: Option<&str>,
    ) -> Result<(Vec<ClientVersion>, Option<String>), DeedError> {
        let state = state.map(state_of).transpose()?;
        let after = after.unwrap_or_default().to_owned();
        let request = Request::of(actor.clone(), Deed::SeeClients);
        let rows = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { Ok(client::page(tx, &after, state, PAGE).await?) })
            })
            .await?;
        let next = rows.last().filter(|_| rows.len() == PAGE as usize).map(|row| row.id.clone());
        Ok((rows.into_iter().map(shown).collect(), next))
    }

    /// All versions of one app, the newest first, so that a reviewer sees what a proposal changes.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such app.
    pub async fn client_versions(&self, actor: &Actor, id: &str) -> Result<Vec<ClientVersion>, DeedError> {
        let id = ClientId::parse(id).map_err(|_| DeedError::NotFound("client"))?.to_string();
        let request = Request::of(actor.clone(), Deed::SeeClients);
        let rows = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move { Ok(client::versions(tx, &id, PAGE).await?) })
            })
            .await?;
        if rows.is_empty() {
            return Err(DeedError::NotFound("client"));
        }
        Ok(rows.into_iter().map(shown).collect())
    }
}

fn state_of(word: &str) -> Result<State, DeedError> {
    [State::Proposed, State::Active, State::Refused, State::Retired, State::Ended]
        .into_iter()
        .find(|state| state.as_str() == word)
        .ok_or_else(|| DeedError::invalid("state", "没有这种状态", "proposed, active, refused, retired or ended"))
}

pub(crate) fn expect_owner(wish: &ProposeClient) -> Result<(), DeedError> {
    if !credit_code_valid(&wish.organisation) {
        return Err(DeedError::invalid(
            "organisation",
            "要填 18 位统一社会信用代码，校验位要对",
            "a credit code of 18 characters with its check character is needed (GB 32100)",
        ));
    }
    let plain = !wish.owner.trim().is_empty() && shown_text::is_line(&wish.owner);
    if !plain || wish.owner.chars().count() > OWNER_CHARS_MAX {
        return Err(DeedError::invalid("owner", "要填单位全称", "the organisation's full legal name is needed"));
    }
    Ok(())
}

/// In a sandbox nobody reviews it.
async fn put_in_force(tx: &mut Tx, seals: &RowSealer, row: &mut Version, now_us: i64) -> Result<(), DeedError> {
    row.state = State::Active;
    let seal = seals.seal("client", &row.id, i64::from(row.version), &fields(row));
    let review = Review { by: "system:sandbox", approve: true, note: "sandbox", at: now_us, seal: &seal };
    client::review(tx, &row.id, row.version, review).await?;
    Ok(())
}

/// No two apps of different organisations have names that people take for one another.
async fn expect_own_name(tx: &mut Tx, row: &Version, skeletons: &[String; 2]) -> Result<(), DeedError> {
    for other in client::all_active(tx).await? {
        let Ok(metadata) = Metadata::parse(&other.metadata) else { continue };
        let alike = metadata.skeletons().iter().any(|skeleton| skeletons.contains(skeleton));
        if alike && other.id != row.id && other.organisation != row.organisation {
            return Err(DeedError::Conflict(Text::new(
                "另一个单位的应用已经用了看起来一样的名字",
                "an app of another organisation has a name that people would take for this one",
            )));
        }
    }
    Ok(())
}

/// A hash is of a picture that was taken before, such as that of the version before.
async fn expect_logo(tx: &mut Tx, hash: &str) -> Result<(), DeedError> {
    client_logo::find(tx, hash).await?.map(drop).ok_or_else(|| {
        DeedError::invalid(
            "metadata",
            "yima_logo 写的图片这里没有，请把图片本身写进来",
            "yima_logo names a picture that was never taken here: send the picture itself",
        )
    })
}

fn shown(row: Version) -> ClientVersion {
    ClientVersion {
        id: row.id,
        version: row.version,
        organisation: row.organisation,
        owner: row.owner,
        sector: row.sector,
        metadata: row.metadata,
        state: row.state.as_str(),
        proposed_by: row.proposed_by,
        reviewed_by: row.reviewed_by,
        reviewed_at: row.reviewed_at.map(|at| at / MICROS),
        note: row.note,
        at: row.proposed_at / MICROS,
    }
}
