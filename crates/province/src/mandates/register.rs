//! A counter registers a mandate from evidence: a guardian, or an elder's helper. It keeps a word and a file number of
//! the evidence, never the document.

use super::alone::lost_capacity;
use super::{By, Hand, ages, both};
use crate::Province;
use crate::clock::MICROS;
use crate::doorway::{Done, Door};
use crate::error::{DeedError, Text};
use crate::home::standing;
use crate::residents::evidence as reference_text;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::{AccountId, EdgeId};
use yima_kernel::mandate::{Evidence, Granted, Kind, NoMandate, Scopes, Wish, granted};
use yima_kernel::subject::Actor;
use yima_keys::person::Phone;
use yima_keys::sealed::{Sealed, Spot};
use yima_store::account::{self, Account, State};
use yima_store::edge::{self, Edge, Inserted};
use yima_store::{Tx, trusted, ward_alone};

/// What a counter asks for.
#[derive(Clone, Debug)]
pub struct RegisterMandate {
    /// `guardian` or `helper`.
    pub kind: String,
    /// `res_…` of the one who acts.
    pub actor: String,
    /// Words of the kind's closed list; all of them when empty.
    pub scopes: Vec<String>,
    /// `register`, `court`, `counter` or `care_worker`.
    pub evidence: String,
    /// Where the evidence is kept: a file number, at most 200 characters, no ID number.
    pub reference: String,
    /// The principal said yes at this counter, and the actor was not in the room.
    pub agreed: bool,
    /// Unix seconds, when it shall end before the law ends it.
    pub until_at: Option<i64>,
}

/// A mandate about to be made.
#[derive(Clone)]
pub(super) struct New {
    pub id: String,
    pub kind: Kind,
    pub scopes: Scopes,
    pub evidence: Evidence,
    pub reference: String,
    pub agreed: bool,
    pub until_s: Option<i64>,
    pub made_by: String,
}

impl Province {
    /// Registers a mandate over a resident; what the law still asks the resident's own word for waits for it.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for what the law does not allow, [`DeedError::Conflict`] when there is one between the two
    /// or the actor acts for as many as may be.
    pub async fn register_mandate(
        &self,
        actor: &Actor,
        principal: &str,
        wish: RegisterMandate,
    ) -> Result<String, DeedError> {
        let subject = AccountId::parse(principal).map_err(|_| DeedError::NotFound("resident"))?;
        let acts = AccountId::parse(&wish.actor)
            .map_err(|_| DeedError::invalid("actor", "没有这位居民", "there is no such resident"))?;
        if subject == acts {
            return Err(DeedError::invalid("actor", "不能给自己授权", "nobody needs a mandate over themselves"));
        }
        let new = New {
            id: self.new_edge_id(),
            kind: Kind::parse(&wish.kind).ok_or_else(|| invalid(NoMandate::Kind))?,
            scopes: scopes(&wish.kind, &wish.scopes)?,
            evidence: Evidence::parse(&wish.evidence)
                .filter(|e| *e != Evidence::Device)
                .ok_or_else(|| invalid(NoMandate::Evidence))?,
            reference: reference_text("reference", &wish.reference)?,
            agreed: wish.agreed,
            until_s: wish.until_at,
            made_by: actor.id().to_owned(),
        };
        let mut hand = self.hand();
        self.short(
            Request::of(actor.clone(), Deed::RegisterMandate).about(subject.clone()),
            move |tx| Box::pin(async move { two(tx, subject.as_str(), acts.as_str()).await }),
            move |tx, (principal, acts), door| {
                Box::pin(async move {
                    let row = make(tx, &mut hand, &principal, &acts, &new, door).await?;
                    let kind = if row.state == edge::State::Active { "mandate_made" } else { "mandate_proposed" };
                    hand.tell_both(tx, &row, door.now_us, kind).await?;
                    let more = serde_json::json!({ "evidence": row.evidence, "reference": row.reference });
                    let id = row.id.clone();
                    Ok(both(Done::plain(id), &row, By::Office, more))
                })
            },
        )
        .await
    }

    pub(super) fn new_edge_id(&self) -> String {
        EdgeId::new(self.now_ms(), self.chance.bytes()).to_string()
    }
}

/// Locks two accounts and reads them; the principal's standing is for the decision.
pub(super) async fn two(tx: &mut Tx, principal: &str, acts: &str) -> Result<(Facts, (Account, Account)), DeedError> {
    account::changed_both(tx, principal, acts).await?;
    let principal = account::find(tx, principal).await?.ok_or(DeedError::NotFound("resident"))?;
    let acts = account::find(tx, acts).await?.ok_or(DeedError::NotFound("resident"))?;
    let about = AccountId::parse(&acts.id).into_iter().collect();
    Ok((Facts { subject_state: Some(standing(principal.state)), about, ..Facts::default() }, (principal, acts)))
}

/// Makes a mandate between two accounts that are locked.
pub(super) async fn make(
    tx: &mut Tx,
    hand: &mut Hand,
    principal: &Account,
    acts: &Account,
    new: &New,
    door: &Door,
) -> Result<Edge, DeedError> {
    both_may(tx, hand, principal, acts, new.kind).await?;
    let Granted { terms, state } = terms_of(tx, hand, principal, acts, new, door.now_s()).await?;
    let row = Edge {
        id: new.id.clone(),
        kind: new.kind.as_str().to_owned(),
        principal: principal.id.clone(),
        actor: acts.id.clone(),
        slot: 0,
        parent: None,
        scopes: terms.scopes.text(),
        limit_amount: terms.limit,
        may_appoint: false,
        from_at: door.now_us,
        until_at: terms.until_s * MICROS,
        consent_by_at: terms.consent_by_s.map(|s| s * MICROS),
        evidence: new.evidence.as_str().to_owned(),
        reference: new.reference.clone(),
        proofing: acts.proofing,
        state: super::stored(&state),
        hidden: false,
        made_by: new.made_by.clone(),
        created_at: door.now_us,
        ended_at: None,
        undo_until_at: None,
        reason: None,
        version: 1,
        seal: Vec::new(),
    };
    let cap = new.kind.cap(new.evidence == Evidence::CareWorker);
    match edge::insert(tx, &row, cap, |row| hand.seal(row)).await? {
        Inserted::InSlot(_) => {}
        Inserted::Exists => {
            return Err(DeedError::Conflict(Text::new(
                "两人之间已有一份同样的授权",
                "there is such a mandate between the two already",
            )));
        }
        Inserted::CapReached => {
            return Err(DeedError::Conflict(Text::new(
                format!("一个人最多替 {cap} 位办，名额已满"),
                format!("one person acts for {cap} at most, and does"),
            )));
        }
    }
    if new.kind == Kind::Guardian {
        // Somebody is there again; and whoever comes under guardianship guards nobody alone.
        ward_alone::close(tx, &principal.id, &new.made_by, "guardian", door.now_us).await?;
        lost_capacity(tx, hand, &principal.id, door.now_us).await?;
    }
    edge::find(tx, &row.id).await?.ok_or_else(|| DeedError::internal("edge: a row that was made is gone"))
}

/// Whether these two may stand in such a mandate at all, whatever it says.
async fn both_may(tx: &mut Tx, hand: &Hand, principal: &Account, acts: &Account, kind: Kind) -> Result<(), DeedError> {
    if acts.state != State::Active || acts.proofing == 0 || principal.proofing == 0 {
        return Err(DeedError::Conflict(Text::new(
            "双方都要是核验过身份、状态正常的居民",
            "both must be residents in good standing whose identity was matched",
        )));
    }
    if kind == Kind::Helper && same_phone(hand, principal, acts)? {
        return Err(DeedError::invalid(
            "actor",
            "老人留的号码和代办人的是同一个：请先登记老人自己的号码",
            "the elder's only number is the helper's: register a number of the elder's own first",
        ));
    }
    if kind == Kind::Helper && trusted::told(tx, &principal.id).await?.as_ref() == Some(&acts.id) {
        return Err(DeedError::Conflict(Text::new(
            "这个人是老人信任的人，要留意代办人；先取消，才能当代办人",
            "this is the elder's trusted person, who is told of helpers: that ends before they help",
        )));
    }
    Ok(())
}

async fn terms_of(
    tx: &mut Tx,
    hand: &Hand,
    principal: &Account,
    acts: &Account,
    new: &New,
    now_s: i64,
) -> Result<Granted, DeedError> {
    let wish = Wish {
        kind: new.kind,
        scopes: new.scopes,
        evidence: new.evidence,
        principal: hand.birth(principal)?,
        actor: hand.birth(acts)?,
        agreed: new.agreed,
        until_s: new.until_s,
        now_s,
    };
    granted(&wish, &ages(tx).await?).map_err(invalid)
}

/// The chosen scopes; a counter that chooses none means all of the kind.
pub(super) fn scopes(kind: &str, words: &[String]) -> Result<Scopes, DeedError> {
    let kind = Kind::parse(kind).ok_or_else(|| invalid(NoMandate::Kind))?;
    if words.is_empty() {
        return Ok(kind.scopes());
    }
    Scopes::parse(&words.join(" ")).filter(|set| set.within(kind.scopes())).ok_or_else(|| invalid(NoMandate::Scopes))
}

fn same_phone(hand: &Hand, one: &Account, other: &Account) -> Result<bool, DeedError> {
    let open = |row: &Account| -> Result<Option<Phone>, DeedError> {
        let Some(sealed) = row.sealed_phone.clone() else { return Ok(None) };
        let spot = Spot { table: "account", field: "phone", row: &row.id };
        hand.sealer.open(&Sealed::<Phone>::from_bytes(sealed), spot).map(Some).map_err(DeedError::internal)
    };
    Ok(open(one)?.zip(open(other)?).is_some_and(|(a, b)| a.expose() == b.expose()))
}

fn invalid(why: NoMandate) -> DeedError {
    let (field, zh, en) = match why {
        NoMandate::Kind => {
            ("kind", "窗口只登记监护（guardian）和代办（helper）", "a counter registers a guardian or a helper")
        }
        NoMandate::Scopes => ("scopes", "有一项不能委托", "one of these can't be mandated"),
        NoMandate::Evidence => ("evidence", "这样的依据不够", "this evidence does not do for it"),
        NoMandate::ActorNotAdult => ("actor", "未满十八周岁不能替别人办", "who is under 18 acts for nobody"),
        NoMandate::PrincipalNotAdult => {
            ("kind", "未成年人由监护人办，不设代办人", "a minor has guardians, not helpers")
        }
        NoMandate::AdultNeedsCourt => (
            "evidence",
            "成年人的监护要有法院文书和截止日期",
            "an adult has a guardian by a court's order alone, with an end date",
        ),
        NoMandate::Over => ("until_at", "截止时间已过", "that end lies in the past"),
    };
    DeedError::invalid(field, zh, en)
}
