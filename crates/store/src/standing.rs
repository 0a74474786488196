//! Whether an account opens anything: whose it is, how well that is known, what stops it. These columns are sealed together
//! (R44), and every read of them holds the seal, since nearly every deed turns on one.
//! It does not know who may stop an account, nor the key of the seals.

use crate::db::value::{Row, args};
use crate::words::words;
use crate::{StoreError, Tx};

words! {
    /// Whether an account's codes may be accepted at all.
    State { Active = "active", Suspended = "suspended", Dead = "dead" }
}

/// Whoever can stop an account, each by a bit: it goes on when none is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopper {
    /// An operator.
    Operator = 1,
    /// The person, who restricts the use of their data.
    Owner = 2,
    /// A death that is reported.
    Death = 4,
}

/// The sealed part of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) handle: [u8; 8],
    pub(crate) kind: String,
    pub(crate) blind_id: Vec<u8>,
    pub(crate) state: State,
    pub(crate) stopped_by: u8,
    pub(crate) proofing: u8,
    pub(crate) seen_by_two: bool,
    pub(crate) version: i64,
}

/// Its columns, each after a prefix (`"a."` or `""`), in the order that [`Standing::read`] takes them.
macro_rules! standing_of {
    ($a:literal) => {
        concat!(
            $a,
            "handle, ",
            $a,
            "kind, ",
            $a,
            "blind_id, ",
            $a,
            "state, ",
            $a,
            "stopped_by, ",
            $a,
            "proofing, ",
            $a,
            "seen_by_two, ",
            $a,
            "standing_version, ",
            $a,
            "standing_seal"
        )
    };
}
pub(crate) use standing_of;

impl Standing {
    /// Takes the columns of [`standing_of`] from a row.
    ///
    /// # Errors
    /// `Inconsistent` when the seal is not of this province; whoever holds the key has raised the alarm.
    pub(crate) fn read(tx: &Tx, id: &str, row: &mut Row) -> Result<Self, StoreError> {
        let standing = Self {
            handle: row.take()?,
            kind: row.take()?,
            blind_id: row.take()?,
            state: row.take()?,
            stopped_by: row.take()?,
            proofing: row.take()?,
            seen_by_two: row.take()?,
            version: row.take()?,
        };
        let seal: Option<Vec<u8>> = row.take()?;
        let Some(seals) = tx.seals.get() else { return Ok(standing) };
        let right = standing
            .with_fields(|fields| seals.is_right(TABLE, id, standing.version, fields, &seal.unwrap_or_default()));
        if right { Ok(standing) } else { Err(StoreError::Inconsistent("account.standing_seal")) }
    }

    /// How well it is known who this is at a session: what one officer alone saw counts as matched.
    pub(crate) fn proofing_of_sessions(&self) -> u8 {
        if self.seen_by_two { self.proofing } else { self.proofing.min(1) }
    }

    /// Its seal; empty in a store that was told of nobody who seals.
    pub(crate) fn seal(&self, tx: &Tx, id: &str) -> Vec<u8> {
        let Some(seals) = tx.seals.get() else { return Vec::new() };
        self.with_fields(|fields| seals.seal(TABLE, id, self.version, fields).to_vec())
    }

    /// Stopped by one more; false when that one did so before.
    pub(crate) fn stop(&mut self, by: Stopper) -> bool {
        let before = self.stopped_by;
        self.stopped_by |= by as u8;
        self.state = State::Suspended;
        self.stopped_by != before
    }

    /// No longer stopped by one; what another stopped stays so. False when this one had not stopped it.
    pub(crate) fn let_go(&mut self, by: Stopper) -> bool {
        let before = self.stopped_by;
        self.stopped_by &= !(by as u8);
        self.state = if self.stopped_by == 0 { State::Active } else { State::Suspended };
        self.stopped_by != before
    }

    /// Whether this one stops it.
    pub(crate) const fn is_stopped_by(&self, by: Stopper) -> bool {
        self.stopped_by & by as u8 != 0
    }

    fn with_fields<T>(&self, then: impl FnOnce(&[&[u8]]) -> T) -> T {
        let small = [self.stopped_by, self.proofing, u8::from(self.seen_by_two)];
        then(&[&self.handle, self.kind.as_bytes(), &self.blind_id, self.state.as_str().as_bytes(), &small])
    }
}

const TABLE: &str = "account";

/// Changes the sealed part of an account, unless `change` says false; false too when there is no such account. Whoever relies
/// on the account waits.
///
/// # Errors
/// `Inconsistent` when its seal is wrong: nothing is sealed over what somebody else wrote.
pub(crate) async fn change(
    tx: &mut Tx,
    id: &str,
    change: impl FnOnce(&mut Standing) -> bool + Send,
) -> Result<bool, StoreError> {
    let lock = concat!("UPDATE account SET version = version + 1 WHERE id = $1 RETURNING ", standing_of!(""));
    let Some(mut row) = tx.one(lock, args![id]).await? else { return Ok(false) };
    let mut standing = Standing::read(tx, id, &mut row)?;
    let before = standing.version;
    if !change(&mut standing) {
        return Ok(false);
    }
    standing.version += 1;
    let seal = standing.seal(tx, id);
    let sql =
        "UPDATE account SET handle = $3, blind_id = $4, state = $5, stopped_by = $6, proofing = $7, seen_by_two = $8,
               standing_version = $9, standing_seal = $10 WHERE id = $1 AND standing_version = $2";
    let args = args![
        id,
        before,
        &standing.handle,
        &standing.blind_id,
        standing.state,
        standing.stopped_by,
        standing.proofing,
        standing.seen_by_two,
        standing.version,
        &seal
    ];
    if tx.execute(sql, args).await? == 1 { Ok(true) } else { Err(tx.crossed()) }
}

#[cfg(test)]
mod tests {
    use super::{Standing, State, Stopper};

    #[test]
    fn it_goes_on_when_nobody_stops_it() {
        let mut standing = Standing {
            handle: [1; 8],
            kind: "resident".into(),
            blind_id: vec![2],
            state: State::Active,
            stopped_by: 0,
            proofing: 2,
            seen_by_two: false,
            version: 1,
        };
        assert!(standing.stop(Stopper::Owner) && !standing.stop(Stopper::Owner), "twice is once");
        assert!(standing.stop(Stopper::Operator) && standing.stop(Stopper::Death));
        for (by, state) in
            [(Stopper::Operator, State::Suspended), (Stopper::Death, State::Suspended), (Stopper::Owner, State::Active)]
        {
            assert!(standing.let_go(by) && !standing.let_go(by));
            assert_eq!(standing.state, state, "{by:?}");
        }
    }
}
