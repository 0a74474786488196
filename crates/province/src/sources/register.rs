//! A source is proposed by one person and approved by another, with a key or as one that comes without a signature; one person
//! ends a key at once, or calls a proposal off. It does not check a signature.

use super::{found, key_of, stepped, stored};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::residents::has_id_number;
use crate::two_persons::{Beside, OPEN_US, decided, prepared, reason, who};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::RegisteredKeyId;
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::PublicKey;
use yima_oidc::client_name::{is_nfkc, skeleton};
use yima_oidc::{jwk, jwt};
use yima_store::Tx;
use yima_store::registered_key::{self, Purpose, RegisteredKey, State};

/// Longest name of a source, characters.
const NAME_CHARS_MAX: usize = 80;
/// Sources that were ever registered at most.
pub(super) const SOURCES_MAX: u32 = 300;
/// Keys of one source that stand at once: the one that signs, and the next.
const KEYS_MAX: usize = 2;

/// A source to propose.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// Its name, as each import will give it, 1 to 80 characters.
    pub source: String,
    /// Its public key, a JWK or a PEM; None for one that comes without a signature.
    pub key: Option<String>,
    /// Why, and how it was made sure that the key is theirs: at most 200 characters.
    pub reason: String,
}

/// A key of a source, or a registration without one, as operators see it. Times are Unix seconds.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// `rky_…`
    pub id: String,
    /// The name of the source.
    pub source: String,
    /// Thumbprint of the key; None for one that comes without a signature.
    pub kid: Option<String>,
    /// `ES256` or `EdDSA`.
    pub alg: Option<&'static str>,
    /// Why.
    pub reason: String,
    /// `proposed`, `over`, `active`, `withdrawn` or `ended`.
    pub state: &'static str,
    /// Sign-in name; None for the server's own command line.
    pub proposed_by: Option<String>,
    /// When.
    pub proposed_s: i64,
    /// Sign-in name.
    pub decided_by: Option<String>,
    /// When it was ended or called off.
    pub ended_s: Option<i64>,
    /// The caller may approve it: it waits, and somebody else proposed it.
    pub may_decide: bool,
}

/// The register of sources.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Imports of registered sources alone are taken. It is so once the first one was approved, for good.
    pub closed: bool,
    /// Those that stand or wait by their source, then those of the past.
    pub items: Vec<SourceRow>,
}

impl Province {
    /// Proposes a source with a key, a further key of one, or that one comes without a signature. Nothing counts before another
    /// operator approves it, within seven days.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] names the field; [`DeedError::Conflict`] for a key that was registered before.
    pub async fn propose_source(&self, actor: &Actor, new: NewSource) -> Result<String, DeedError> {
        let NewSource { source, key, reason: why } = new;
        let key = key.map(|text| jwk::read_text(&text)).transpose().map_err(no_key)?;
        let mut row = RegisteredKey {
            id: RegisteredKeyId::new(self.now_ms(), self.chance.bytes()).to_string(),
            purpose: Purpose::Import,
            owner: name(&source)?,
            kid: key.as_ref().map(kid).transpose()?,
            public_key: key.as_ref().map(stored),
            reason: reason(&why)?,
            state: State::Proposed,
            proposed_by: who(actor),
            proposed_at: self.now_us(),
            decided_by: None,
            decided_at: None,
            ended_by: None,
            ended_at: None,
            version: 1,
            seal: Vec::new(),
        };
        self.sealer_of_rows().seal_anew(&mut row);
        self.short(
            Request::of(actor.clone(), Deed::ProposeSource),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    fits(tx, &row).await?;
                    registered_key::propose(tx, &row).await?;
                    Ok(Done::plain(row.id.clone()).detail(said(&row)))
                })
            },
        )
        .await
    }

    /// Approves what another operator proposed. A key ends that its source comes without a signature, and the other way round.
    ///
    /// # Errors
    /// Refused as the same person; [`DeedError::Conflict`] when it waits no more, or two keys of the source stand.
    pub async fn approve_source(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let (by, asker, seals) = (actor.id().to_owned(), actor.clone(), self.sealer_of_rows());
        let (id, reading) = (id.to_owned(), seals.clone());
        self.short(
            Request::of(actor.clone(), Deed::ApproveSource),
            move |tx| {
                Box::pin(async move {
                    registered_key::change(tx).await?;
                    let row = found(tx, &reading, &id).await?;
                    Ok((prepared(tx, row.proposed_by.as_deref(), &asker).await?, row))
                })
            },
            move |tx, mut row, door| {
                Box::pin(async move {
                    if row.state != State::Proposed || row.proposed_at <= door.now_us - OPEN_US {
                        return Err(decided());
                    }
                    fits(tx, &row).await?;
                    let standing = registered_key::active(tx, row.purpose, &row.owner).await?;
                    let (alike, others): (Vec<_>, Vec<_>) =
                        standing.into_iter().partition(|one| one.kid.is_some() == row.kid.is_some());
                    if alike.len() >= if row.kid.is_some() { KEYS_MAX } else { 1 } {
                        return Err(DeedError::Conflict(Text::new(
                            "这个来源已有两把在用的密钥，或已登记为不签名：先停用一把",
                            "two keys of that source stand already, or it comes without a signature already: end one first",
                        )));
                    }
                    let mut detail = said(&row);
                    detail["ended"] = others.iter().map(|one| one.id.as_str()).collect::<Vec<_>>().into();
                    for mut other in others {
                        seals.holds(&other)?;
                        over(&mut other, State::Ended, Some(by.clone()), door.now_us);
                        stepped(tx, &seals, &mut other).await?;
                    }
                    row.state = State::Active;
                    row.decided_by = Some(by);
                    row.decided_at = Some(door.now_us);
                    stepped(tx, &seals, &mut row).await?;
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// Ends a key, or a registration without one, at once; or calls a proposal off. An import that runs by it stops with its
    /// next part.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] without a reason; [`DeedError::Conflict`] when it stands no more.
    pub async fn end_source(&self, actor: &Actor, id: &str, why: &str) -> Result<(), DeedError> {
        let (id, why, by, seals) = (id.to_owned(), reason(why)?, who(actor), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::EndSource),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    registered_key::change(tx).await?;
                    let mut row = found(tx, &seals, &id).await?;
                    let to = match row.state {
                        State::Proposed => State::Withdrawn,
                        State::Active => State::Ended,
                        State::Withdrawn | State::Ended => {
                            return Err(DeedError::Conflict(Text::new("它已经停用", "it stands no more")));
                        }
                    };
                    over(&mut row, to, by, door.now_us);
                    stepped(tx, &seals, &mut row).await?;
                    let mut detail = said(&row);
                    detail["reason"] = why.into();
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await
    }

    /// The register of sources.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn sources(&self, actor: &Actor) -> Result<Sources, DeedError> {
        let (me, now_us, seals) = (actor.id().to_owned(), self.now_us(), self.sealer_of_rows());
        let reading = seals.clone();
        let (rows, closed, beside) = self
            .look(Request::of(actor.clone(), Deed::SeeOrganisations), Facts::default(), move |tx| {
                Box::pin(async move {
                    let rows = registered_key::listed(tx, Purpose::Import).await?;
                    let closed = !registered_key::owners(tx, Purpose::Import, 1).await?.is_empty();
                    Ok((rows, closed, Beside::of(tx, &reading, &me).await?))
                })
            })
            .await?;
        let items = rows.into_iter().map(|row| {
            seals.holds(&row)?;
            let waits = row.state == State::Proposed;
            let late = waits && row.proposed_at <= now_us - OPEN_US;
            Ok(SourceRow {
                alg: key_of(&row)?.and_then(|key| jwt::alg(key.suite())),
                may_decide: waits && !late && beside.is_others(row.proposed_by.as_deref()),
                state: if late { "over" } else { row.state.as_str() },
                proposed_s: row.proposed_at / MICROS,
                ended_s: row.ended_at.map(|at| at / MICROS),
                id: row.id,
                source: row.owner,
                kid: row.kid,
                reason: row.reason,
                proposed_by: beside.name(row.proposed_by),
                decided_by: beside.name(row.decided_by),
            })
        });
        Ok(Sources { closed, items: items.collect::<Result<_, DeedError>>()? })
    }
}

/// A registration has no twin: its key was never anybody's, and its name is that of a source or like none.
async fn fits(tx: &mut Tx, row: &RegisteredKey) -> Result<(), DeedError> {
    if let Some(kid) = &row.kid
        && registered_key::was_approved(tx, kid).await?
    {
        return Err(DeedError::Conflict(Text::new(
            "这把密钥登记过（哪怕已停用），请来源另做一把",
            "that key was registered before, ended or not: the source makes a new one",
        )));
    }
    let known = registered_key::owners(tx, row.purpose, SOURCES_MAX).await?;
    if known.contains(&row.owner) {
        return Ok(());
    }
    if let Some(like) = known.iter().find(|one| skeleton(one) == skeleton(&row.owner)) {
        return Err(DeedError::Conflict(Text::new(
            format!("与已登记的来源“{like}”太像，请用原来的名称"),
            format!("that looks like the source \"{like}\": use its name"),
        )));
    }
    if known.len() >= SOURCES_MAX as usize {
        return Err(DeedError::Conflict(Text::new(
            format!("登记过的来源已有 {SOURCES_MAX} 个"),
            format!("{SOURCES_MAX} sources were registered: that is the most"),
        )));
    }
    Ok(())
}

/// The name of a source, letter for letter.
fn name(text: &str) -> Result<String, DeedError> {
    let text = text.trim();
    let plain = is_nfkc(text) && shown_text::is_line(text) && !text.contains("  ");
    let plain = plain && text.chars().any(char::is_alphanumeric);
    let long = text.chars().count() > NAME_CHARS_MAX;
    if long || !plain || has_id_number(text) {
        return Err(DeedError::invalid(
            "source",
            "来源名称 1 到 80 字，要有字或数字，不用全角字母、看不见的符号和连续空格",
            "a source has a name of 1 to 80 characters with letters or digits, in Unicode normal form NFKC, without invisible marks and double blanks",
        ));
    }
    Ok(text.to_owned())
}

fn kid(key: &PublicKey) -> Result<String, DeedError> {
    let print = jwk::thumbprint(key).ok_or_else(|| DeedError::internal("a JWK of a suite without a form"))?;
    Ok(URL_SAFE_NO_PAD.encode(print))
}

fn no_key(why: jwk::NotAKey) -> DeedError {
    DeedError::invalid(
        "key",
        format!("要一把公钥：JWK，或 openssl pkey -pubout 写出的 PEM（ES256 或 Ed25519）：{why}"),
        format!("a public key is needed, a JWK or the PEM of openssl pkey -pubout (ES256 or Ed25519): {why}"),
    )
}

fn over(row: &mut RegisteredKey, to: State, by: Option<String>, at_us: i64) {
    row.state = to;
    row.ended_by = by;
    row.ended_at = Some(at_us);
}

/// What a use says of one.
fn said(row: &RegisteredKey) -> serde_json::Value {
    serde_json::json!({ "key": row.kid, "registered": row.id, "source": row.owner })
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn r47_a_source_has_one_spelling() {
        for good in ["省市场监管局", "Register of enterprises", "省人社厅 在岗名册"] {
            assert_eq!(name(good).unwrap(), good);
        }
        assert_eq!(name(" 省人社厅 ").unwrap(), "省人社厅");
        for bad in ["", "——", "Ｒegister", "省人社厅\u{200b}", "a  b", "a\nb", "110105194912310021", &"长".repeat(81)]
        {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }
}
