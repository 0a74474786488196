//! Which resident an operator is (rule R13, decision 0040): one operator proposes it by the ID number, another one agrees, and the
//! resident confirms. It does not know what follows: `conditions` and `recoveries` keep people out of their own and their kin's.

use crate::Province;
use crate::audit_search::Person as Sought;
use crate::clock::MICROS;
use crate::conditions::NAMED_ALONE;
use crate::devices::tell;
use crate::doorway::Done;
use crate::end_operator::operator_id;
use crate::error::{DeedError, Text};
use crate::person_sessions::{Person, facts_to_change};
use crate::row_seal::RowSealer;
use crate::two_persons::{Beside, OPEN_US, decided, prepared};
use serde_json::json;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::OperatorNameId;
use yima_kernel::subject::Actor;
use yima_keys::person::IdNumber;
use yima_store::account::{self, Account};
use yima_store::operator::{self, Operator, Role};
use yima_store::operator_name::{self, OperatorName, State};
use yima_store::{Tx, setting};

/// Which resident an operator is, as operators see it: a masked name, and only for whoever may decide.
#[derive(Clone, Debug)]
pub struct OperatorNameRow {
    /// `onm_…`
    pub id: String,
    /// Sign-in name of the operator.
    pub name: String,
    /// Staff number or the like.
    pub person: String,
    /// The resident's name, masked; None for whoever does not decide it.
    pub resident_masked: Option<String>,
    /// `proposed`, `agreed`, `refused`, `confirmed` or `over`.
    pub state: &'static str,
    /// Sign-in name.
    pub proposed_by: String,
    /// The caller may decide it: it waits, and they neither proposed it nor are named in it.
    pub may_decide: bool,
    /// Unix seconds.
    pub proposed_s: i64,
}

/// What waits for a resident's own word.
#[derive(Clone, Debug)]
pub struct NamedAs {
    /// `onm_…`
    pub id: String,
    /// Sign-in name of the operator.
    pub name: String,
    /// `system`, `security` or `audit`.
    pub role: &'static str,
    /// Unix seconds: over then.
    pub until_s: i64,
}

impl Province {
    /// Proposes which resident an operator is, by a whole ID number, which is hashed and forgotten.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for no ID number; [`DeedError::NotFound`] for nobody; [`DeedError::Conflict`] when the operator is
    /// named or has left, or this resident is another operator.
    pub async fn name_operator(&self, actor: &Actor, operator: &str, id_number: &str) -> Result<String, DeedError> {
        let (operator, sought) = (operator_id(operator)?, self.by_number(id_number)?);
        let id = OperatorNameId::new(self.now_ms(), self.chance.bytes()).to_string();
        let (by, seals) = (actor.id().to_owned(), self.sealer_of_rows());
        self.short(
            Request::of(actor.clone(), Deed::NameOperator),
            |tx| Box::pin(async move { Ok((Facts::default(), relied_on(tx, sought).await?)) }),
            move |tx, holder, door| {
                Box::pin(async move {
                    let holder = holder.ok_or(DeedError::NotFound("resident"))?;
                    nameable(tx, &seals, &operator).await?;
                    of_nobody_else(tx, &seals, &holder).await?;
                    let row = seals.next(OperatorName {
                        id: id.clone(),
                        operator: operator.clone(),
                        account: holder.id.clone(),
                        state: State::Proposed,
                        proposed_by: by,
                        proposed_at: door.now_us,
                        decided_by: None,
                        decided_at: None,
                        confirmed_at: None,
                        version: 0,
                        seal: Vec::new(),
                    });
                    operator_name::propose(tx, &row).await?;
                    Ok(Done::to(id.clone(), holder.id).detail(json!({ "named": id, "operator": operator })))
                })
            },
        )
        .await
    }

    /// Agrees to which resident an operator is, or refuses it. Agreed, it waits for the resident's own word, seven days.
    ///
    /// # Errors
    /// Refused as the same person for whoever proposed it and for the operator in question; [`DeedError::Conflict`] when it
    /// waits no more.
    pub async fn answer_operator_name(&self, actor: &Actor, id: &str, agree: bool) -> Result<(), DeedError> {
        let id = OperatorNameId::parse(id).map_err(|_| DeedError::NotFound("named operator"))?.to_string();
        let (asker, by, notice) = (actor.clone(), actor.id().to_owned(), self.new_row_id());
        let to = if agree { State::Agreed } else { State::Refused };
        let seals = self.sealer_of_rows();
        let reading = seals.clone();
        self.short(
            Request::of(actor.clone(), Deed::AgreeOperatorName),
            move |tx| {
                Box::pin(async move {
                    let row = operator_name::find(tx, &id).await?.ok_or(DeedError::NotFound("named operator"))?;
                    let row = reading.trusted(row)?;
                    account::rely_on(tx, &row.account).await?;
                    let mut facts = prepared(tx, Some(&row.proposed_by), &asker).await?;
                    if let Actor::Operator { operator, .. } = &asker
                        && operator::are_one_person(tx, &row.operator, operator.as_str()).await?
                    {
                        facts.prepared_by = Some(operator.clone());
                    }
                    Ok((facts, row))
                })
            },
            move |tx, row, door| {
                Box::pin(async move {
                    let before = row.version;
                    let (decided_by, decided_at) = (Some(by), Some(door.now_us));
                    let row = seals.next(OperatorName { state: to, decided_by, decided_at, ..row });
                    if !operator_name::decide(tx, &row, before, door.now_us - OPEN_US).await? {
                        return Err(decided());
                    }
                    if agree {
                        nameable(tx, &seals, &row.operator).await?;
                        tell(tx, notice, &row.account, door.now_us, "operator_name_asked").await?;
                    }
                    let detail = json!({ "named": row.id, "operator": row.operator, "to": to.as_str() });
                    Ok(Done::to((), row.account).detail(detail))
                })
            },
        )
        .await
    }

    /// What waits for this person's own word that they are an operator.
    ///
    /// # Errors
    /// Refusals of the decision.
    pub async fn named_as(&self, person: &Person) -> Result<Vec<NamedAs>, DeedError> {
        let (me, since_at) = (person.account.to_string(), self.now_us() - OPEN_US);
        let request = Request::of(person.actor(), Deed::SeeRecord).about(person.account.clone());
        let seals = self.sealer_of_rows();
        self.look(request, Facts::default(), move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for row in seals.listed(operator_name::agreed_for(tx, &me, since_at).await?) {
                    let of = operator::find(tx, &row.operator).await?.and_then(|of| seals.trusted(of).ok());
                    let Some(of) = of.filter(|of| of.state == operator::State::Active) else { continue };
                    let until_s = (row.decided_at.unwrap_or_default() + OPEN_US) / MICROS;
                    found.push(NamedAs { id: row.id, name: of.name, role: of.role.as_str(), until_s });
                }
                Ok(found)
            })
        })
        .await
    }

    /// Confirms, as the resident, to be the operator; needs a passkey of the last five minutes. From then on the operator keeps
    /// out of this file and of that of everybody whom an edge joins with it.
    ///
    /// # Errors
    /// [`yima_kernel::access::Refusal::StepUp`]; [`DeedError::NotFound`] when it is not theirs; [`DeedError::Conflict`] when it
    /// waits no more, or this resident is another operator by now.
    pub async fn confirm_operator_name(&self, person: &Person, id: &str) -> Result<(), DeedError> {
        let id = OperatorNameId::parse(id).map_err(|_| DeedError::NotFound("named operator"))?.to_string();
        let (actor, me, now_us) = (person.actor(), person.account.to_string(), self.now_us());
        let (mine, seals) = (me.clone(), self.sealer_of_rows());
        self.short(
            Request::of(person.actor(), Deed::ConfirmOperatorName).about(person.account.clone()),
            move |tx| {
                Box::pin(async move {
                    account::changed(tx, &mine).await?;
                    Ok((facts_to_change(tx, &actor, now_us).await?, ()))
                })
            },
            move |tx, (), door| {
                Box::pin(async move {
                    let row = operator_name::find(tx, &id).await?.filter(|row| row.account == me);
                    let row = seals.trusted(row.ok_or(DeedError::NotFound("named operator"))?)?;
                    let holder = account::find(tx, &me).await?.ok_or(DeedError::NotFound("resident"))?;
                    of_nobody_else(tx, &seals, &holder).await?;
                    let before = row.version;
                    let confirmed_at = Some(door.now_us);
                    let row = seals.next(OperatorName { state: State::Confirmed, confirmed_at, ..row });
                    if !operator_name::confirm(tx, &row, before, door.now_us - OPEN_US).await? {
                        return Err(decided());
                    }
                    let named = seals.in_post(tx, &row.operator).await?.filter(|one| one.account.is_none());
                    let named = named.ok_or_else(named_already)?;
                    seals.change_operator(tx, Operator { account: Some(me), ..named }).await?;
                    Ok(Done::plain(()).detail(json!({ "named": id, "operator": row.operator })))
                })
            },
        )
        .await
    }

    /// Lets no operator open a file whose own is not known; or lets them again, which whoever owns the data directory does alone.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] while nobody is named in the post that asks for recoveries, or in the one that answers.
    pub async fn require_named(&self, actor: &Actor, named: bool) -> Result<(), DeedError> {
        if !named && !matches!(actor, Actor::System) {
            return Err(DeedError::invalid(
                "named",
                "打开以后，只有数据目录的主人能在命令行关掉",
                "once it is on, whoever owns the data directory alone turns it off, at the command line",
            ));
        }
        let seals = self.sealer_of_rows();
        self.short(
            Request::of(actor.clone(), Deed::RequireNamed),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    if named {
                        both_posts(tx, &seals).await?;
                    }
                    setting::set(tx, NAMED_ALONE, if named { "1" } else { "0" }).await?;
                    Ok(Done::plain(()).detail(json!({ "named": named })))
                })
            },
        )
        .await
    }

    /// A resident by a whole ID number; it is hashed here and goes no further.
    pub(crate) fn by_number(&self, text: &str) -> Result<Sought, DeedError> {
        let number = IdNumber::parse(text.trim()).map_err(|_| {
            DeedError::invalid("id_number", "请输入完整的 18 位身份证号", "give a whole 18-character ID number")
        })?;
        Ok(Sought::Blind(*self.sealer.blind(&number).as_bytes()))
    }

    /// Rows of what was proposed, newest first. `deciding`: who looks sees whose names they decide about.
    pub(crate) fn operator_names(
        &self,
        rows: Vec<(OperatorName, Option<Account>)>,
        beside: &Beside,
        deciding: bool,
    ) -> Result<Vec<OperatorNameRow>, DeedError> {
        let now_us = self.now_us();
        let row = |(row, holder): (OperatorName, Option<Account>)| {
            let waits_since = row.decided_at.unwrap_or(row.proposed_at);
            let over = matches!(row.state, State::Proposed | State::Agreed) && waits_since <= now_us - OPEN_US;
            let others = [&row.proposed_by, &row.operator].into_iter().all(|one| beside.is_others(Some(one)));
            let may_decide = deciding && others && row.state == State::Proposed && !over;
            let masked = holder.filter(|_| may_decide).map(|holder| self.name_of(&holder)).transpose()?;
            Ok(OperatorNameRow {
                name: beside.name_of(&row.operator),
                person: beside.find(&row.operator).map(|one| one.person.clone()).unwrap_or_default(),
                resident_masked: masked.map(|name| name.masked()),
                state: if over { "over" } else { row.state.as_str() },
                proposed_by: beside.name_of(&row.proposed_by),
                may_decide,
                proposed_s: row.proposed_at / MICROS,
                id: row.id,
            })
        };
        rows.into_iter().map(row).collect()
    }
}

/// The resident that was sought, held as they stand; None for nobody, and for whom no post is.
pub(crate) async fn relied_on(tx: &mut Tx, sought: Sought) -> Result<Option<Account>, DeedError> {
    let Some(id) = sought.find(tx).await? else { return Ok(None) };
    account::rely_on(tx, &id).await?;
    Ok(account::find(tx, &id).await?.filter(|row| row.state == account::State::Active))
}

/// One natural person holds one of the three posts, whatever staff number they gave (rule R43).
pub(crate) async fn of_nobody_else(tx: &mut Tx, seals: &RowSealer, holder: &Account) -> Result<(), DeedError> {
    if seals.named_as(tx, &holder.id).await?.is_none() {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "这位居民已经登记为一位在任的管理员：一个人只能担任三员之一",
        "this resident is named as an operator in post already: a person holds one of the three posts",
    )))
}

/// The operator is in post, and nobody said who they are.
async fn nameable(tx: &mut Tx, seals: &RowSealer, id: &str) -> Result<(), DeedError> {
    match seals.in_post(tx, id).await?.ok_or(DeedError::NotFound("operator"))?.account {
        None => Ok(()),
        Some(_) => Err(named_already()),
    }
}

/// Recoveries take a system and a security operator: with none of either named, nobody could be brought back any more.
async fn both_posts(tx: &mut Tx, seals: &RowSealer) -> Result<(), DeedError> {
    let all = seals.listed(operator::all(tx).await?);
    let named =
        |role| all.iter().any(|one| one.role == role && one.state == operator::State::Active && one.account.is_some());
    if named(Role::System) && named(Role::Security) {
        return Ok(());
    }
    Err(DeedError::Conflict(Text::new(
        "系统管理员和安全管理员都至少要有一位登记过本人，才能打开：不然谁也办不了找回",
        "name at least one system and one security operator first: nobody could be recovered otherwise",
    )))
}

fn named_already() -> DeedError {
    DeedError::Conflict(Text::new(
        "这位管理员已经登记过本人，或已不在任。登记错了，由数据目录的主人在命令行更正",
        "this operator is named already, or has left. A wrong one is corrected at the command line of the server's own machine",
    ))
}
