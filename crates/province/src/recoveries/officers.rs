//! Who may take part in a recovery beside the first officer (rule R13): drawn among the present, and kept apart from their kin, from
//! whoever they are deputy of, and from the resident. It does not know the recovery's row. Why it is so: docs/decisions/0040.

use crate::conditions::named_alone;
use crate::error::{DeedError, Text};
use crate::row_seal::RowSealer;
use yima_kernel::id::AccountId;
use yima_store::operator::{self, Operator, Role};
use yima_store::{Tx, account, staff};

/// The first officer, and one who is drawn: present, of another post that may answer, another person, kin or deputy of neither the
/// first nor the resident, and neither of the two. Where operators have to be named, only a named one is drawn.
pub(super) async fn two_of(
    tx: &mut Tx,
    seals: &RowSealer,
    officer: &str,
    resident: &str,
    lot: u64,
    now_us: i64,
) -> Result<(Operator, Operator), DeedError> {
    let first = seals.operator(tx, officer).await?.ok_or(DeedError::NotFound("operator"))?;
    let named = named_alone(tx).await?;
    let (mut others, mut kept_out): (Vec<Operator>, bool) = (Vec::new(), false);
    for other in seals.listed(operator::present(tx, now_us).await?) {
        if other.role != Role::Security || other.role == first.role || other.person == first.person {
            continue;
        }
        let apart = match &other.account {
            Some(own) => {
                let beside = first.account.iter().map(String::as_str).chain([resident]).collect::<Vec<_>>();
                strangers(tx, own, &beside, now_us).await?
            }
            None => !named,
        };
        if apart {
            others.push(other);
        } else {
            kept_out = true;
        }
    }
    if others.is_empty() && kept_out {
        return Err(DeedError::Conflict(Text::new(
            "在线的安全管理员要回避：与您或这位居民有亲属、授权或代理关系，或还没有登记本人。请别的安全管理员登录后再办",
            "The security administrators who are signed in have to keep out: joined with you or this resident as kin, by a mandate or as deputies, or not named yet. Ask another one to sign in",
        )));
    }
    if others.is_empty() {
        return Err(DeedError::Conflict(Text::new(
            "要两位不同岗位的人办：现在没有安全管理员在线，请他登录后再办",
            "This takes two officers of different posts: no security administrator is signed in now; ask one to sign in",
        )));
    }
    let many = u64::try_from(others.len()).unwrap_or(1);
    let drawn = usize::try_from(lot % many).unwrap_or(0);
    Ok((first, others.swap_remove(drawn)))
}

/// Neither one of them, nor joined with one of them.
async fn strangers(tx: &mut Tx, own: &str, others: &[&str], now_us: i64) -> Result<bool, DeedError> {
    for other in others {
        if own == *other || staff::joined(tx, own, other, now_us).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The accounts of whoever asks and of those who could be drawn: held as they stand with the resident's, so that no edge between two
/// of them is made while one is drawn.
pub(super) async fn accounts_of_officers(
    tx: &mut Tx,
    seals: &RowSealer,
    officer: &str,
    now_us: i64,
) -> Result<Vec<String>, DeedError> {
    let mut found: Vec<String> = account_of(tx, seals, officer).await?.into_iter().collect();
    for other in seals.listed(operator::present(tx, now_us).await?) {
        found.extend(other.account.filter(|_| other.role == Role::Security));
    }
    Ok(found)
}

/// Locks the resident's account to be changed, and beside it those of the officers who took part and of the one who asks now. The
/// former are files that the latter must not be joined with: kin and deputies of each other keep out.
pub(super) async fn officers_of(
    tx: &mut Tx,
    seals: &RowSealer,
    resident: &str,
    took_part: &[&str],
    me: &str,
) -> Result<Vec<AccountId>, DeedError> {
    let mut theirs = Vec::new();
    for officer in took_part.iter().filter(|officer| **officer != me) {
        theirs.extend(account_of(tx, seals, officer).await?);
    }
    let mine = account_of(tx, seals, me).await?;
    let beside: Vec<String> = theirs.iter().cloned().chain(mine).collect();
    account::changed_beside(tx, resident, &beside).await?;
    theirs.iter().map(|id| AccountId::parse(id).map_err(DeedError::internal)).collect()
}

/// The account of an operator, when it is known.
async fn account_of(tx: &mut Tx, seals: &RowSealer, operator: &str) -> Result<Option<String>, DeedError> {
    Ok(seals.operator(tx, operator).await?.and_then(|row| row.account))
}
