//! The three posts are given by two persons: one proposes a natural person, another one confirms (rule R43).
//! The proposer is shown the second factor, whoever confirms the password: neither of the two could sign in in the new one's place.
//! It does not know who is fit for a post.

use crate::clock::MICROS;
use crate::doorway::Done;
use crate::end_operator::{OperatorEndRow, ends};
use crate::error::{DeedError, Text};
use crate::sign_in::{hash, stored, totp};
use crate::two_persons::{OPEN_US, prepared};
use crate::{Province, secret_text};
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::OperatorId;
use yima_kernel::shown_text;
use yima_kernel::subject::{Actor, Role};
use yima_keys::sealed::{Sealed, SealedText, Spot};
use yima_store::operator::{self, Operator};
use yima_store::operator_grant::{self, OperatorGrant, State};

const PASSWORD_CHARS: usize = 16;

/// Who is proposed.
#[derive(Clone, Debug)]
pub struct ProposeOperator {
    /// Sign-in name, 1 to 40 bytes.
    pub name: String,
    /// What tells natural persons apart: a staff number, 1 to 80 bytes.
    pub person: String,
    /// The post.
    pub role: Role,
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
}

impl Province {
    /// Proposes that a natural person holds a post; nobody holds it before another operator confirms, within seven days.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for the name or the person; [`DeedError::Conflict`] when the name is taken or the person holds one
    /// of the three posts.
    pub async fn propose_operator(&self, actor: &Actor, wish: ProposeOperator) -> Result<ProposedOperator, DeedError> {
        let (name, person) = (wish.name.trim().to_owned(), wish.person.trim().to_owned());
        let plain = |text: &str, most: usize| !text.is_empty() && text.len() <= most && shown_text::is_line(text);
        if !plain(&name, 40) {
            return Err(DeedError::invalid("name", "登录名要 1 到 40 个字节", "a sign-in name has 1 to 40 bytes"));
        }
        if !plain(&person, 80) {
            return Err(DeedError::invalid(
                "person",
                "要填工号，80 个字节以内",
                "a staff number of at most 80 bytes is needed",
            ));
        }
        let id = OperatorId::new(self.now_ms(), self.chance.bytes()).to_string();
        let secret: [u8; 20] = self.chance.bytes();
        let made = totp(&secret)?.secret().to_base32();
        let row = OperatorGrant {
            totp_sealed: self.seal_totp(&id, &secret, &mut self.chance.rng())?,
            id: id.clone(),
            role: stored(wish.role),
            state: State::Proposed,
            proposed_by: actor.id().to_owned(),
            proposed_at: self.now_us(),
            decided_by: None,
            decided_at: None,
            name: name.clone(),
            person,
        };
        self.short(
            Request::of(actor.clone(), Deed::ProposeOperator),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    let taken = operator::all(tx).await?.into_iter().any(|one| {
                        one.name == row.name || (one.person == row.person && one.state == operator::State::Active)
                    });
                    if taken {
                        return Err(holds_one());
                    }
                    operator_grant::propose(tx, &row).await?;
                    let detail = serde_json::json!({ "operator": row.id, "role": row.role.as_str() });
                    Ok(Done::plain(()).detail(detail))
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
        let (new, password) = if confirm {
            let (new, password) = self.operator_of(&found).await?;
            (Some(new), Some(password))
        } else {
            (None, None)
        };
        let (by, asker, proposer) = (actor.id().to_owned(), actor.clone(), found.proposed_by.clone());
        self.short(
            Request::of(actor.clone(), Deed::ConfirmOperator),
            move |tx| Box::pin(async move { Ok((prepared(tx, Some(&proposer), &asker).await?, ())) }),
            move |tx, (), door| {
                Box::pin(async move {
                    let state = if confirm { State::Confirmed } else { State::Refused };
                    let span = (door.now_us - OPEN_US, door.now_us);
                    if !operator_grant::decide(tx, &id, state, &by, span).await? {
                        return Err(DeedError::Conflict(Text::new(
                            "已经有人定了，或提出超过七天",
                            "it was decided already, or is older than seven days",
                        )));
                    }
                    if let Some(new) = &new {
                        let taken = operator::all(tx).await?.into_iter().any(|one| {
                            one.name == new.name || (one.person == new.person && one.state == operator::State::Active)
                        });
                        if taken {
                            return Err(holds_one());
                        }
                        operator::insert(tx, new).await?;
                    }
                    let detail = serde_json::json!({ "operator": id, "to": state.as_str() });
                    Ok(Done::plain(()).detail(detail))
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
            failures: 0,
            locked_until: 0,
            created_at: self.now_us(),
            suspended_until: 0,
        };
        Ok((row, password))
    }

    /// Who holds the three posts, and who is proposed.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn operators(&self, actor: &Actor) -> Result<Operators, DeedError> {
        let (me, now_us) = (actor.id().to_owned(), self.now_us());
        let request = Request::of(actor.clone(), Deed::SeeOperators);
        let asker = me.clone();
        let (operators, grants, ends) = self
            .look(request, Facts::default(), move |tx| {
                Box::pin(async move {
                    let operators = operator::all(tx).await?;
                    let ends = ends(tx, &operators, &asker, now_us).await?;
                    Ok((operators, operator_grant::newest(tx).await?, ends))
                })
            })
            .await?;
        let operators = operators.into_iter().map(|one| {
            let suspended = one.state == operator::State::Active && one.suspended_until > now_us;
            OperatorRow {
                id: one.id,
                name: one.name,
                person: one.person,
                role: one.role.as_str(),
                state: if suspended { "suspended" } else { one.state.as_str() },
                since: one.created_at / MICROS,
                suspended_until_s: suspended.then_some(one.suspended_until / MICROS),
            }
        });
        let grants = grants.into_iter().map(|one| {
            let over = one.state == State::Proposed && one.proposed_at <= now_us - OPEN_US;
            OperatorGrantRow {
                may_decide: one.state == State::Proposed && !over && one.proposed_by != me,
                state: if over { "over" } else { one.state.as_str() },
                id: one.id,
                name: one.name,
                person: one.person,
                role: one.role.as_str(),
                proposed_by: one.proposed_by,
                proposed_at: one.proposed_at / MICROS,
            }
        });
        Ok(Operators { operators: operators.collect(), grants: grants.collect(), ends })
    }
}

fn holds_one() -> DeedError {
    DeedError::Conflict(Text::new(
        "登录名已被占用，或这个人已经担任三员之一",
        "the name is taken, or that person holds one of the three posts already",
    ))
}
