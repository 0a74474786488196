//! Cards of offices tied to residents: bound at a desk within agreement, ended by either side at once, found by the card.
//! It does not know what a card's number means, and shows it to nobody but the office that gave it out.

use crate::Province;
use crate::clock::MICROS;
use crate::desk::Desk;
use crate::devices::tell;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::home::{device_facts, own};
use crate::resolve_counts;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, BindingId};
use yima_kernel::scenario::BINDING;
use yima_kernel::subject::Actor;
use yima_keys::hmac_sha256;
use yima_keys::person::{OfficeCard, OfficeCardError};
use yima_keys::sealed::{Sealed, Spot};
use yima_store::binding::{self, Binding, EndedBy, State};
use yima_store::{Tx, account, gate};

/// What the desk is told of a card that it bound.
#[derive(Clone, Debug)]
pub struct BoundCard {
    /// `bnd_…`
    pub id: String,
    /// The scenario's own pseudonym.
    pub pseudonym: String,
    /// Unix seconds.
    pub bound_at: i64,
    /// Id of the use.
    pub receipt: String,
}

/// Whom a card belongs to, as the office may know it.
#[derive(Clone, Debug)]
pub struct FoundBound {
    /// The scenario's own pseudonym.
    pub pseudonym: String,
    /// Id of the use.
    pub receipt: String,
}

/// A card, as the resident sees it.
#[derive(Clone, Debug)]
pub struct OwnBinding {
    /// `bnd_…`
    pub id: String,
    /// Slug.
    pub scenario: String,
    /// The last characters of the number; empty once ended.
    pub card_masked: String,
    /// `active` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub bound_at: i64,
    /// Unix seconds.
    pub ended_at: Option<i64>,
}

/// A card about to be bound.
#[derive(Clone)]
struct Card {
    id: String,
    blind: Vec<u8>,
    sealed: Vec<u8>,
    notice: String,
}

impl Province {
    /// Ties a card to the holder behind a receipt; the same card again changes nothing.
    ///
    /// # Errors
    /// [`DeedError::Refused`] without agreement, [`DeedError::Conflict`] when the card or the holder is tied already.
    pub async fn bind_card(&self, actor: &Actor, receipt: &str, card: &str) -> Result<BoundCard, DeedError> {
        let desk = self.desk(actor)?;
        let number = parse(card)?;
        let held = self.held(&desk, receipt).await?;
        if held.form.as_deref() == Some("T2") {
            return Err(DeedError::invalid(
                "receipt",
                "纸质码可能是捡来的，不能用来绑卡；请居民用手机亮码",
                "paper may have been found by somebody else: ask for the code on the resident's phone",
            ));
        }
        let card = self.sealed_card(&desk, &number);
        let manifest = desk.manifest.clone();
        let subject = AccountId::parse(&held.account).map_err(DeedError::internal)?;
        let request = about(actor, Deed::BindCard, &desk, subject);
        let receipt = receipt.to_owned();
        let (bound, use_id) = self
            .short(
                request,
                move |tx| {
                    Box::pin(async move {
                        account::changed(tx, &held.account).await?;
                        let (facts, _) = desk.facts(tx, &held.account).await?;
                        Ok((facts, (held.account, desk)))
                    })
                },
                move |tx, (holder, desk), door| {
                    Box::pin(async move {
                        let bound = tie(tx, &desk, &holder, card, door.now_us).await?;
                        let detail = serde_json::json!({ "receipt": receipt, "binding": bound.id });
                        let use_id = door.use_id.as_str().to_owned();
                        Ok(desk.done((bound, use_id), detail))
                    })
                },
            )
            .await?;
        let pseudonym = self.pseudonym(&manifest, &bound.account);
        Ok(BoundCard { id: bound.id, pseudonym, bound_at: bound.bound_at / MICROS, receipt: use_id })
    }

    /// The pseudonym behind a card of this office, while the holder's agreement stands.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a card that is not bound here.
    pub async fn find_bound(&self, actor: &Actor, card: &str) -> Result<FoundBound, DeedError> {
        let desk = self.desk(actor)?;
        let blind = self.blind_card(&desk, &parse(card)?);
        let holder = self.holder_of_card(&desk, blind).await?;
        let manifest = desk.manifest.clone();
        let subject = AccountId::parse(&holder).map_err(DeedError::internal)?;
        let request = about(actor, Deed::FindBound, &desk, subject);
        let pseudonym = self.pseudonym(&manifest, &holder);
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    account::rely_on(tx, &holder).await?;
                    let (facts, _) = desk.facts(tx, &holder).await?;
                    Ok((facts, (holder, desk)))
                })
            },
            move |tx, (holder, desk), door| {
                Box::pin(async move {
                    let row = binding::by_card(tx, &desk.manifest.slug, &blind).await?;
                    let row = row.filter(|b| b.account == holder).ok_or(DeedError::NotFound("card"))?;
                    resolve_counts::count(tx, &desk).await?;
                    let found = FoundBound { pseudonym, receipt: door.use_id.as_str().to_owned() };
                    Ok(desk.done(found, serde_json::json!({ "binding": row.id })))
                })
            },
        )
        .await
    }

    /// The office ends the tie of one of its cards, lost or given back; no agreement is needed for that.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] for a card that is not bound here.
    pub async fn unbind_card(&self, actor: &Actor, card: &str) -> Result<(), DeedError> {
        let desk = self.desk(actor)?;
        let blind = self.blind_card(&desk, &parse(card)?);
        let holder = self.holder_of_card(&desk, blind).await?;
        let subject = AccountId::parse(&holder).map_err(DeedError::internal)?;
        let request =
            Request { scenario: Some(desk.manifest.id), ..Request::of(actor.clone(), Deed::UnbindCard).about(subject) };
        let notice = self.new_row_id();
        self.short(
            request,
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &holder).await?;
                    let row = gate::rely_on(tx, &desk.gate).await?;
                    let ended = row.is_none_or(|g| g.state != gate::State::Live);
                    Ok((Facts { actor_ended: ended, ..Facts::default() }, (holder, desk)))
                })
            },
            move |tx, (holder, desk), door| {
                Box::pin(async move {
                    let row = binding::by_card(tx, &desk.manifest.slug, &blind).await?;
                    let row = row.filter(|b| b.account == holder).ok_or(DeedError::NotFound("card"))?;
                    binding::end(tx, &holder, &row.id, door.now_us, EndedBy::Office).await?;
                    tell(tx, notice, &holder, door.now_us, "card_unbound").await?;
                    Ok(desk.done((), serde_json::json!({ "binding": row.id })))
                })
            },
        )
        .await
    }

    /// The resident ends a tie, from this moment on.
    ///
    /// # Errors
    /// [`DeedError::NotFound`] when there is no such tie that stands.
    pub async fn end_binding(&self, actor: &Actor, id: &str) -> Result<(), DeedError> {
        let holder = own(actor)?;
        let (account, id, device) = (holder.as_str().to_owned(), id.to_owned(), actor.clone());
        self.short(
            Request::of(actor.clone(), Deed::UnbindCard).about(holder),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &account).await?;
                    Ok((device_facts(tx, &device).await?, account))
                })
            },
            move |tx, account, door| {
                Box::pin(async move {
                    if !binding::end(tx, &account, &id, door.now_us, EndedBy::Resident).await? {
                        return Err(DeedError::NotFound("binding"));
                    }
                    Ok(Done::plain(()).detail(serde_json::json!({ "binding": id })))
                })
            },
        )
        .await
    }

    /// One's own cards, newest first.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn bindings(&self, actor: &Actor) -> Result<Vec<OwnBinding>, DeedError> {
        let holder = own(actor)?;
        let id = holder.as_str().to_owned();
        let request = Request::of(actor.clone(), Deed::SeeRecord).about(holder);
        let rows = self
            .look(request, Facts::default(), move |tx| Box::pin(async move { Ok(binding::of_account(tx, &id).await?) }))
            .await?;
        rows.into_iter().map(|row| self.shown(row)).collect()
    }

    /// The number of a card whose tie stands.
    pub(crate) fn card_of(&self, row: &Binding) -> Result<OfficeCard, DeedError> {
        let bytes = row.sealed_card.clone().ok_or_else(|| DeedError::internal("binding.sealed_card"))?;
        self.sealer.open(&Sealed::<OfficeCard>::from_bytes(bytes), spot(&row.id)).map_err(DeedError::internal)
    }

    fn shown(&self, row: Binding) -> Result<OwnBinding, DeedError> {
        let live = row.state == State::Live;
        Ok(OwnBinding {
            card_masked: if live { self.card_of(&row)?.masked() } else { String::new() },
            state: if live { "active" } else { "ended" },
            id: row.id,
            scenario: row.scenario,
            bound_at: row.bound_at / MICROS,
            ended_at: row.ended_at.map(|at| at / MICROS),
        })
    }

    async fn holder_of_card(&self, desk: &Desk, blind: [u8; 32]) -> Result<String, DeedError> {
        let slug = desk.manifest.slug.clone();
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    let found = binding::by_card(tx, &slug, &blind).await?;
                    found.map(|b| b.account).ok_or(DeedError::NotFound("card"))
                })
            })
            .await
    }

    /// Keyed, and under the scenario: the same number at two offices is not seen to be the same.
    fn blind_card(&self, desk: &Desk, card: &OfficeCard) -> [u8; 32] {
        let parts: [&[u8]; 4] = [b"office-card\0", desk.manifest.slug.as_bytes(), b"\0", card.expose().as_bytes()];
        hmac_sha256(self.pepper.expose(), &parts)
    }

    fn sealed_card(&self, desk: &Desk, number: &OfficeCard) -> Card {
        let id = BindingId::new(self.now_ms(), self.chance.bytes()).to_string();
        let sealed = self.sealer.seal(number, spot(&id), &mut self.chance.rng()).into_bytes();
        Card { blind: self.blind_card(desk, number).to_vec(), sealed, notice: self.new_row_id(), id }
    }
}

fn about(actor: &Actor, deed: Deed, desk: &Desk, subject: AccountId) -> Request {
    Request {
        scenario: Some(desk.manifest.id),
        attributes: vec![BINDING.to_owned()],
        ..Request::of(actor.clone(), deed).about(subject)
    }
}

pub(crate) const fn spot(id: &str) -> Spot<'_> {
    Spot { table: "binding", field: "sealed_card", row: id }
}

/// Ties, or finds that just this is tied already; the resident's devices are told of a new tie.
async fn tie(tx: &mut Tx, desk: &Desk, holder: &str, card: Card, now_us: i64) -> Result<Binding, DeedError> {
    let wish = Binding {
        id: card.id,
        account: holder.to_owned(),
        scenario: desk.manifest.slug.clone(),
        sealed_card: Some(card.sealed),
        blind_card: Some(card.blind),
        state: State::Live,
        bound_at: now_us,
        ended_at: None,
        ended_by: None,
    };
    if binding::bind(tx, &wish).await? {
        tell(tx, card.notice, holder, now_us, "card_bound").await?;
        return Ok(wish);
    }
    match binding::standing(tx, holder, &wish.scenario).await? {
        Some(before) if before.blind_card == wish.blind_card => Ok(before),
        Some(_) => Err(DeedError::Conflict(Text::new(
            "这位居民在这里已经绑了另一张卡，请先解绑那一张",
            "this resident has another card bound here; end that one first",
        ))),
        None => Err(DeedError::Conflict(Text::new(
            "这张卡已经绑在另一位居民名下，请先核对卡号",
            "this card is bound to somebody else; look at its number again",
        ))),
    }
}

fn parse(card: &str) -> Result<OfficeCard, DeedError> {
    OfficeCard::parse(card).map_err(|why| {
        let (zh, en) = match why {
            OfficeCardError::Empty => ("请填卡号", "give the card's number"),
            OfficeCardError::TooLong => ("卡号最多 64 个字符", "a card number has 64 characters at most"),
            OfficeCardError::Character => {
                ("卡号里有看不见的字符，请重新输入", "the number has a character that can't be seen; type it again")
            }
            OfficeCardError::IdNumber => (
                "这是身份证号，不是卡号；请填本单位自己的卡号",
                "this is an identity number; give the number of the office's own card",
            ),
        };
        DeedError::invalid("card", zh, en)
    })
}
