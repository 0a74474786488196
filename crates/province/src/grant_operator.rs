//! The three posts are given by two persons: one proposes a natural person, another one confirms (rule R43).
//! The proposer is shown the second factor, whoever confirms the password: neither of the two could sign in in the new one's place.
//! It does not know who is fit for a post.

use crate::clock::MICROS;
use crate::conditions::named_alone;
use crate::devices::tell;
use crate::doorway::Done;
use crate::end_operator::{OperatorEndRow, ends};
use crate::error::{DeedError, Text};
use crate::name_operator::{OperatorNameRow, of_nobody_else, relied_on};
use crate::operator_rows::rests_until_s;
use crate::row_seal::RowSealer;
use crate::sign_in::{hash, stored, totp};
use crate::staff_names::{sign_in_name, staff_number};
use crate::two_persons::{Beside, OPEN_US, prepared};
use crate::{Province, secret_text};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::OperatorId;
use yima_kernel::subject::{Actor, Role};
use yima_keys::sealed::{Sealed, SealedText, Spot};
use yima_store::account::{self, Account};
use yima_store::operator::{self, Operator};
use yima_store::operator_grant::{self, OperatorGrant, State};
use yima_store::{Tx, operator_name};

const PASSWORD_CHARS: usize = 16;

/// Who is proposed.
#[derive(Clone)]
pub struct ProposeOperator {
    /// Sign-in name, 1 to 40 bytes.
    pub name: String,
    /// What tells natural persons apart: a staff number, 1 to 80 bytes.
    pub person: String,
    /// The post.
    pub role: Role,
    /// Their own whole ID number, which says what resident they are; hashed and forgotten.
    pub id_number: Option<String>,
}

impl ProposeOperator {
    /// With name and staff number in their one spelling.
    pub(crate) fn checked(self) -> Result<Self, DeedError> {
        let (name, person) = (sign_in_name(&self.name)?, staff_number(&self.person)?);
        Ok(Self { name, person, ..self })
    }
}

/// What the proposer hands to the new operator.
#[derive(Clone, Debug)]
pub struct ProposedOperator {
    /// `opr_…`
    pub id: String,
    /// TOTP secret, base 32; shown once.
    pub totp_secret: String,
    /// `otpauth://` address for an authenticator app; shown once.
    pub totp_uri: String,
}

/// A proposal as operators see it.
#[derive(Clone, Debug)]
pub struct OperatorGrantRow {
    /// `opr_…`
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Staff number or the like.
    pub person: String,
    /// `system`, `security` or `audit`.
    pub role: &'static str,
    /// `proposed`, `confirmed`, `refused` or `over`.
    pub state: &'static str,
    /// Operator id.
    pub proposed_by: String,
    /// The caller may decide it: it waits, and somebody else proposed it.
    pub may_decide: bool,
    /// The resident who they are, masked; None for whoever does not decide, and when nobody is named.
    pub resident_masked: Option<String>,
    /// Unix seconds.
    pub proposed_at: i64,
}

/// Somebody who holds or held a post.
#[derive(Clone, Debug)]
pub struct OperatorRow {
    /// `opr_…`
    pub id: String,
    /// Sign-in name.
    pub name: String,
    /// Staff number or the like.
    pub person: String,
    /// `system`, `security` or `audit`.
    pub role: &'static str,
    /// `active`, `suspended` or `ended`.
    pub state: &'static str,
    /// Unix seconds.
    pub since: i64,
    /// Until when they are suspended, Unix seconds.
    pub suspended_until_s: Option<i64>,
    /// It is known which resident they are.
    pub named: bool,
}

/// Who holds the posts, and who is proposed.
#[derive(Clone, Debug)]
pub struct Operators {
    /// By name, at most 500.
    pub operators: Vec<OperatorRow>,
    /// The newest first, at most 100.
    pub grants: Vec<OperatorGrantRow>,
    /// Proposed ends, the newest first, at most 100.
    pub ends: Vec<OperatorEndRow>,
    /// Which residents they are, as proposed, the newest first, at most 100.
    pub names: Vec<OperatorNameRow>,
    /// Nobody opens a file whose own is not known.
    pub named_alone: bool,
}

impl Province {
    /// Proposes that a natural person holds a post; nobody holds it before another operator confirms, within seven days.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for the name or the person; [`DeedError::Conflict`] when the name is taken or the person holds one
    /// of the three posts.
    pub async fn propose_operator(&self, actor: &Actor, wish: ProposeOperator) -> Result<ProposedOperator, DeedError> {
        let wish = wish.checked()?;
        let number = wish.id_number.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let sought = number.map(|text| self.by_number(text)).transpose()?;
        let ProposeOperator { name, person, role, .. } = wish;
        let id = OperatorId::new(self.now_ms(), self.chance.bytes()).to_string();
        let secret: [u8; 20] = self.chance.bytes();
        let made = totp(&secret)?.secret().to_base32();
        let mut row = OperatorGrant {
            totp_sealed: self.seal_totp(&id, &secret, &mut self.chance.rng())?,
            id: id.clone(),
            role: stored(role),
            state: State::Proposed,
            proposed_by: actor.id().to_owned(),
            proposed_at: self.now_us(),
            decided_by: None,
            decided_at: None,
            name: name.clone(),
            person,
            account: None,
            version: 0,
            seal: Vec::new(),
        };
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::ProposeOperator),
            move |tx| {
                Box::pin(async move {
                    let found = match sought {
                        Some(sought) => Some(relied_on(tx, sought).await?),
                        None => None,
                    };
                    Ok((Facts::default(), found))
                })
            },
            move |tx, found, _| {
                Box::pin(async move {
                    match found {
                        Some(holder) => {
                            let holder = holder.ok_or(DeedError::NotFound("resident"))?;
                            of_nobody_else(tx, &seals, &holder).await?;
                            row.account = Some(holder.id);
                        }
                        None if named_alone(tx).await? => return Err(number_needed()),
                        None => (),
                    }
                    nobody_yet(tx, &seals, &row.name, &row.person).await?;
                    let row = seals.next(row);
                    operator_grant::propose(tx, &row).await?;
                    let detail = serde_json::json!({ "operator": row.id, "role": row.role.as_str() });
                    let mut done = Done::plain(()).detail(detail);
                    done.note.account = row.account;
                    Ok(done)
                })
            },
        )
        .await?;
        let totp_uri = format!("otpauth://totp/Yima:{name}?secret={made}&issuer=Yima");
        Ok(ProposedOperator { id, totp_secret: made, totp_uri })
    }

    /// Confirms or refuses what another operator proposed. Confirmed, the password of the new one is shown, this once.
    ///
    /// # Errors
    /// Refused as the same person for one's own; [`DeedError::Conflict`] when it was decided, is over after seven days, or the
    /// person holds a post by now.
    pub async fn decide_operator(&self, actor: &Actor, id: &str, confirm: bool) -> Result<Option<String>, DeedError> {
        let id = OperatorId::parse(id).map_err(|_| DeedError::NotFound("operator"))?.to_string();
        let sought = id.clone();
        let found = self
            .store
            .read::<_, DeedError, _>(move |tx| Box::pin(async move { Ok(operator_grant::find(tx, &sought).await?) }))
            .await?
            .ok_or(DeedError::NotFound("operator"))?;
        let seals = self.sealer_of_rows();
        let found = seals.trusted(found)?;
        let (new, password) = if confirm {
            let (new, password) = self.operator_of(&found).await?;
            (Some(new), Some(password))
        } else {
            (None, None)
        };
        let (by, asker, proposer) = (actor.id().to_owned(), actor.clone(), found.proposed_by.clone());
        let (account, notice) = (found.account.clone(), self.new_row_id());
        self.short(
            Request::of(actor.clone(), Deed::ConfirmOperator),
            move |tx| {
                Box::pin(async move {
                    let holder = match &account {
                        Some(account) => {
                            account::changed(tx, account).await?;
                            account::find(tx, account).await?
                        }
                        None => None,
                    };
                    Ok((prepared(tx, Some(&proposer), &asker).await?, holder))
                })
            },
            move |tx, holder, door| {
                Box::pin(async move {
                    let state = if confirm { State::Confirmed } else { State::Refused };
                    let before = found.version;
                    let (decided_by, decided_at) = (Some(by), Some(door.now_us));
                    let found = seals.next(OperatorGrant { state, decided_by, decided_at, ..found });
                    if !operator_grant::decide(tx, &found, before, door.now_us - OPEN_US).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经有人定了，或提出超过七天",
                            "it was decided already, or is older than seven days",
                        )));
                    }
                    if let Some(new) = &new {
                        nobody_yet(tx, &seals, &new.name, &new.person).await?;
                        if let Some(holder) = &holder {
                            of_nobody_else(tx, &seals, holder).await?;
                            tell(tx, notice, &holder.id, door.now_us, "operator_named").await?;
                        }
                        operator::insert(tx, new).await?;
                    }
                    let detail = serde_json::json!({ "operator": id, "to": state.as_str() });
                    let mut done = Done::plain(()).detail(detail);
                    done.note.account = holder.map(|holder| holder.id);
                    Ok(done)
                })
            },
        )
        .await?;
        Ok(password)
    }

    /// The row of a new operator, and their password. The second factor is sealed anew, so that it is of today's key.
    async fn operator_of(&self, grant: &OperatorGrant) -> Result<(Operator, String), DeedError> {
        let spot = Spot { table: "operator", field: "totp", row: &grant.id };
        let sealed = Sealed::<SealedText>::from_bytes(grant.totp_sealed.clone());
        let secret = self.sealer.open(&sealed, spot).map_err(DeedError::internal)?;
        let secret = hex::decode(secret.expose()).map_err(DeedError::internal)?;
        let mut rng = self.chance.rng();
        let password = secret_text(&mut rng, PASSWORD_CHARS);
        let totp_sealed = self.seal_totp(&grant.id, &secret, &mut rng)?;
        let text = password.clone();
        let password_hash = self.hashing(move || hash(&text, &mut rng)).await??;
        let row = Operator {
            id: grant.id.clone(),
            name: grant.name.clone(),
            person: grant.person.clone(),
            role: grant.role,
            password_hash,
            totp_sealed,
            totp_step: 0,
            state: operator::State::Active,
            created_at: self.now_us(),
            suspended_until: 0,
            account: grant.account.clone(),
            version: 0,
            seal: Vec::new(),
        };
        Ok((self.sealer_of_rows().next(row), password))
    }

    /// Who holds the three posts, and who is proposed.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn operators(&self, actor: &Actor) -> Result<Operators, DeedError> {
        let (me, now_us, seals) = (actor.id().to_owned(), self.now_us(), self.sealer_of_rows());
        let request = Request::of(actor.clone(), Deed::SeeOperators);
        let (beside, grants, ends, names, named_alone) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let beside = Beside::of(tx, &seals, &me).await?;
                    let ends = ends(tx, &seals, &beside, now_us).await?;
                    let mut grants = Vec::new();
                    for row in seals.listed(operator_grant::newest(tx).await?) {
                        let holder = named(tx, row.account.as_deref(), row.state == State::Proposed).await?;
                        grants.push((row, holder));
                    }
                    let mut names = Vec::new();
                    for row in seals.listed(operator_name::newest(tx).await?) {
                        let holder = named(tx, Some(&row.account), row.state == operator_name::State::Proposed).await?;
                        names.push((row, holder));
                    }
                    Ok((beside, grants, ends, names, named_alone(tx).await?))
                })
            })
            .await?;
        let deciding = matches!(actor, Actor::Operator { role: Role::System | Role::Security, .. });
        let names = self.operator_names(names, &beside, deciding)?;
        let grants = grants.into_iter().map(|(one, holder)| {
            let over = one.state == State::Proposed && one.proposed_at <= now_us - OPEN_US;
            let may_decide = one.state == State::Proposed && !over && beside.is_others(Some(&one.proposed_by));
            let holder = holder.filter(|_| may_decide && deciding);
            let name = holder.map(|holder| self.name_of(&holder)).transpose()?;
            Ok(OperatorGrantRow {
                may_decide,
                resident_masked: name.map(|name| name.masked()),
                state: if over { "over" } else { one.state.as_str() },
                id: one.id,
                name: one.name,
                person: one.person,
                role: one.role.as_str(),
                proposed_by: one.proposed_by,
                proposed_at: one.proposed_at / MICROS,
            })
        });
        let grants = grants.collect::<Result<_, DeedError>>()?;
        let operators = beside.into_all().into_iter().map(|one| {
            let suspended_until_s = rests_until_s(&one, now_us);
            OperatorRow {
                id: one.id,
                name: one.name,
                person: one.person,
                role: one.role.as_str(),
                state: if suspended_until_s.is_some() { "suspended" } else { one.state.as_str() },
                since: one.created_at / MICROS,
                suspended_until_s,
                named: one.account.is_some(),
            }
        });
        Ok(Operators { operators: operators.collect(), grants, ends, names, named_alone })
    }
}

/// The name is free, and this person holds none of the three posts.
async fn nobody_yet(tx: &mut Tx, seals: &RowSealer, name: &str, person: &str) -> Result<(), DeedError> {
    let taken = |one: &Operator| one.name == name || (one.person == person && one.state == operator::State::Active);
    if seals.operators(tx).await?.iter().any(taken) { Err(holds_one()) } else { Ok(()) }
}

/// Whose name may be shown beside a proposal.
async fn named(tx: &mut Tx, account: Option<&str>, waits: bool) -> Result<Option<Account>, DeedError> {
    match account.filter(|_| waits) {
        Some(id) => Ok(account::find(tx, id).await?),
        None => Ok(None),
    }
}

fn number_needed() -> DeedError {
    DeedError::invalid(
        "id_number",
        "本平台要求登记管理员本人：请填身份证号",
        "this province asks which resident an operator is: the ID number is needed",
    )
}

pub(crate) fn holds_one() -> DeedError {
    DeedError::Conflict(Text::new(
        "登录名已被占用，或这个人已经担任三员之一",
        "the name is taken, or that person holds one of the three posts already",
    ))
}
