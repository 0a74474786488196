//! Rows of operators, and of what one of them proposes for another one to decide, under their seals: read, and changed by compare
//! on the version (rule R44, decision 0042). It does not know what a post may do.

use crate::clock::MICROS;
use crate::error::{DeedError, Text};
use crate::row_seal::{RowSealer, sealed_row};
use yima_store::Tx;
use yima_store::key_deed::KeyDeed;
use yima_store::operator::{self, Operator, Session, State};
use yima_store::operator_end::OperatorEnd;
use yima_store::operator_grant::OperatorGrant;
use yima_store::operator_name::OperatorName;

impl RowSealer {
    /// An operator by id, with a seal that fits.
    pub(crate) async fn operator(&self, tx: &mut Tx, id: &str) -> Result<Option<Operator>, DeedError> {
        operator::find(tx, id).await?.map(|row| self.trusted(row)).transpose()
    }

    /// The same of one who holds a post, suspended or not.
    pub(crate) async fn in_post(&self, tx: &mut Tx, id: &str) -> Result<Option<Operator>, DeedError> {
        Ok(self.operator(tx, id).await?.filter(|row| row.state == State::Active))
    }

    /// All of them. One whose seal does not fit stops the deed: somebody may be hidden behind it.
    pub(crate) async fn operators(&self, tx: &mut Tx) -> Result<Vec<Operator>, DeedError> {
        operator::all(tx).await?.into_iter().map(|row| self.trusted(row)).collect()
    }

    /// Whether an operator's post is held at a moment, and the account of their own file, when it is known. Read in the deed's own
    /// transaction: a session that was found a moment ago is no word about now.
    pub(crate) async fn in_office(
        &self,
        tx: &mut Tx,
        id: &str,
        now_us: i64,
    ) -> Result<(bool, Option<String>), DeedError> {
        match self.operator(tx, id).await? {
            Some(row) => Ok((holds(&row, now_us), row.account)),
            // No session is of an id without a row.
            None => Ok((true, None)),
        }
    }

    /// The sign-in name of the operator in post who this account is.
    pub(crate) async fn named_as(&self, tx: &mut Tx, account: &str) -> Result<Option<String>, DeedError> {
        for row in operator::of_account(tx, account).await? {
            let row = self.trusted(row)?;
            if row.state == State::Active {
                return Ok(Some(row.name));
            }
        }
        Ok(None)
    }

    /// Writes a changed row: one version on, sealed anew. Of two that change it one is told that it was too late.
    pub(crate) async fn change_operator(&self, tx: &mut Tx, row: Operator) -> Result<(), DeedError> {
        let before = row.version;
        if operator::change(tx, &self.next(row), before).await? {
            return Ok(());
        }
        Err(DeedError::Conflict(Text::new(
            "情况已经变化，请刷新后再办",
            "it changed meanwhile: look again and decide anew",
        )))
    }

    /// Ends a post and its sessions. The deed calls [`operator::change_posts`] first.
    pub(crate) async fn end_post(&self, tx: &mut Tx, row: Operator) -> Result<(), DeedError> {
        operator::end_sessions(tx, &row.id).await?;
        self.change_operator(tx, Operator { state: State::Ended, ..row }).await
    }

    /// The mark behind the secret of an operator's session: over whose it is and until when, so that a row which was written or
    /// given to somebody else by hand opens nothing.
    pub(crate) fn operator_session_mark(&self, secret: &[u8], row: &Session) -> [u8; 16] {
        let (from, until) = (row.created_at.to_be_bytes(), row.until_at.to_be_bytes());
        self.marked("operator-session", &[secret, row.operator.as_bytes(), &from, &until])
    }
}

/// The post is held at a moment, and doesn't rest.
pub(crate) fn holds(row: &Operator, now_us: i64) -> bool {
    row.state == State::Active && row.suspended_until <= now_us
}

/// Until when a post rests, Unix seconds; None for one that is held or over.
pub(crate) fn rests_until_s(row: &Operator, now_us: i64) -> Option<i64> {
    (row.state == State::Active && row.suspended_until > now_us).then_some(row.suspended_until / MICROS)
}

fn moment(at: Option<i64>) -> Vec<u8> {
    at.map(|at| at.to_be_bytes().to_vec()).unwrap_or_default()
}

// The last step of the second factor changes at each sign-in, and moves forward alone.
sealed_row!(Operator, "operator", |row, with| with(&[
    row.name.as_bytes(),
    row.person.as_bytes(),
    row.role.as_str().as_bytes(),
    row.password_hash.as_bytes(),
    &row.totp_sealed,
    row.state.as_str().as_bytes(),
    &row.suspended_until.to_be_bytes(),
    row.account.as_deref().unwrap_or_default().as_bytes(),
]));

sealed_row!(OperatorGrant, "operator_grant", |row, with| with(&[
    row.name.as_bytes(),
    row.person.as_bytes(),
    row.role.as_str().as_bytes(),
    &row.totp_sealed,
    row.account.as_deref().unwrap_or_default().as_bytes(),
    row.state.as_str().as_bytes(),
    row.proposed_by.as_bytes(),
    &row.proposed_at.to_be_bytes(),
    row.decided_by.as_deref().unwrap_or_default().as_bytes(),
    &moment(row.decided_at),
]));

sealed_row!(OperatorEnd, "operator_end", |row, with| with(&[
    row.operator.as_bytes(),
    row.reason.as_bytes(),
    row.state.as_str().as_bytes(),
    row.proposed_by.as_bytes(),
    &row.proposed_at.to_be_bytes(),
    row.decided_by.as_deref().unwrap_or_default().as_bytes(),
    &moment(row.decided_at),
]));

sealed_row!(OperatorName, "operator_name", |row, with| with(&[
    row.operator.as_bytes(),
    row.account.as_bytes(),
    row.state.as_str().as_bytes(),
    row.proposed_by.as_bytes(),
    &row.proposed_at.to_be_bytes(),
    row.decided_by.as_deref().unwrap_or_default().as_bytes(),
    &moment(row.decided_at),
    &moment(row.confirmed_at),
]));

sealed_row!(KeyDeed, "key_deed", |row, with| with(&[
    row.what.as_str().as_bytes(),
    row.reason.as_bytes(),
    row.state.as_str().as_bytes(),
    row.proposed_by.as_deref().unwrap_or_default().as_bytes(),
    &row.proposed_at.to_be_bytes(),
    row.decided_by.as_deref().unwrap_or_default().as_bytes(),
    &moment(row.decided_at),
    row.kid.as_deref().unwrap_or_default(),
]));

#[cfg(test)]
mod tests {
    use super::*;
    use yima_keys::custody::SecretKey;
    use yima_store::operator::Role;

    fn row() -> Operator {
        Operator {
            id: "opr_1".into(),
            name: "wang".into(),
            person: "P1".into(),
            role: Role::System,
            password_hash: "hash".into(),
            totp_sealed: vec![1; 50],
            totp_step: 0,
            state: State::Active,
            created_at: 5,
            suspended_until: 0,
            account: None,
            version: 0,
            seal: Vec::new(),
        }
    }

    #[test]
    fn r44_whatever_is_changed_in_a_row_of_an_operator_the_seal_is_wrong() {
        let seals = RowSealer::new(&SecretKey::from_octets(&[7; 32]));
        let good = seals.next(row());
        assert_eq!(good.version, 1);
        assert!(seals.trusted(good.clone()).is_ok());
        assert!(seals.trusted(Operator { totp_step: 9, ..good.clone() }).is_ok(), "changes at each sign-in");
        let table = [
            ("no seal", Operator { seal: Vec::new(), ..good.clone() }),
            ("id", Operator { id: "opr_2".into(), ..good.clone() }),
            ("name", Operator { name: "li".into(), ..good.clone() }),
            ("person", Operator { person: "P2".into(), ..good.clone() }),
            ("role", Operator { role: Role::Audit, ..good.clone() }),
            ("password", Operator { password_hash: "other".into(), ..good.clone() }),
            ("second factor", Operator { totp_sealed: vec![2; 50], ..good.clone() }),
            ("state", Operator { state: State::Ended, ..good.clone() }),
            ("suspension", Operator { suspended_until: 1, ..good.clone() }),
            ("account", Operator { account: Some("res_1".into()), ..good.clone() }),
            ("version", Operator { version: 2, ..good.clone() }),
        ];
        for (what, bad) in table {
            assert!(matches!(seals.trusted(bad), Err(DeedError::Internal(_))), "{what}");
        }
        let session = |operator: &str, until_at| Session {
            token_hash: vec![1; 32],
            operator: operator.into(),
            created_at: 5,
            idle_until: 6,
            until_at,
        };
        let mark = seals.operator_session_mark(&[3; 32], &session("opr_1", 9));
        assert_ne!(mark, seals.operator_session_mark(&[3; 32], &session("opr_2", 9)));
        assert_ne!(mark, seals.operator_session_mark(&[3; 32], &session("opr_1", 10)));
        assert_ne!(mark, seals.operator_session_mark(&[4; 32], &session("opr_1", 9)));
    }
}
