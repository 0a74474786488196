//! The province's keys in use: the signing roles in custody, and the daily keys that are unwrapped for their days.
//! It does not know what is signed with them.

use crate::error::DeedError;
use rand::rngs::StdRng;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};
use yima_code::bundle::{KeyId, Role, Signature};
use yima_code::day::Day;
use yima_code::id::TokenIdKey;
use yima_keys::custody::{Custody, IssuingKey, KeyInfo, KeyState, KeyUse, SecretKey};
use yima_keys::{PublicKey, Suite};
use yima_store::day_key::{DayKey, State};

/// Daily keys are announced this many days ahead.
pub const DAYS_AHEAD: u16 = 35;
/// Those who sign offline may announce this many: a quarter, so that two ceremonies can be missed.
pub const DAYS_AHEAD_MAX: u16 = 92;
/// Token id keys are destroyed this many days after their day.
pub const ID_KEY_DAYS: u16 = 7;
/// Most paper keys held at once: a rotation a fortnight for as long as a card lives.
const PAPER_KEYS_MAX: usize = 32;
/// Suites that the province issues under.
pub const SUITES: [Suite; 2] = [Suite::Es256, Suite::Sm2Sm3];

/// Purposes of stored daily keys.
pub mod purpose {
    /// Signs T1.
    pub const T1: &str = "t1";
    /// Encrypts token ids.
    pub const ID: &str = "id";
    /// Derives keys of T0.
    pub const T0: &str = "t0";
    /// Signs T2.
    pub const T2: &str = "t2";
    /// Signs status list tokens.
    pub const STATUS: &str = "status";
}

/// The keys of one day and suite.
pub struct DaySet {
    /// Key id in T1.
    pub kid: [u8; 4],
    /// Signs T1.
    pub issuing: IssuingKey,
    /// Encrypts token ids.
    pub ids: TokenIdKey,
    /// Derives keys of T0.
    pub t0: SecretKey<32>,
}

/// A long-lived issuing key (paper, status lists).
pub struct LongKey {
    /// Its key id.
    pub kid: [u8; 4],
    /// Signs.
    pub issuing: IssuingKey,
}

/// All keys that the deeds use.
pub struct Keyring {
    custody: Arc<dyn Custody>,
    days: RwLock<HashMap<(u16, u8), Arc<DaySet>>>,
    /// Newest first: the first signs new paper, the others what is printed again.
    paper: RwLock<Vec<Arc<LongKey>>>,
    status: RwLock<Option<Arc<LongKey>>>,
    /// Kids of live keys that did not open at the last load.
    unopened: RwLock<BTreeSet<String>>,
}

/// The context that a wrapped key is bound to.
pub fn context(purpose: &str, suite: Suite, day: u16) -> String {
    format!("{purpose}/{}/{day}", suite.number())
}

impl Keyring {
    /// Over a custody, with nothing unwrapped yet.
    pub fn new(custody: Arc<dyn Custody>) -> Self {
        Self {
            custody,
            days: RwLock::new(HashMap::new()),
            paper: RwLock::new(Vec::new()),
            status: RwLock::new(None),
            unopened: RwLock::new(BTreeSet::new()),
        }
    }

    /// The custody.
    pub fn custody(&self) -> &dyn Custody {
        self.custody.as_ref()
    }

    /// The keys of a day, if they were made and live.
    pub fn day(&self, day: Day, suite: Suite) -> Option<Arc<DaySet>> {
        self.days.read().unwrap_or_else(PoisonError::into_inner).get(&(day.0, suite.number())).cloned()
    }

    /// The key that signs new paper.
    pub fn paper(&self) -> Option<Arc<LongKey>> {
        self.paper.read().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// The paper key of this id, while what it signed can be checked.
    pub fn paper_of(&self, kid: &[u8]) -> Option<Arc<LongKey>> {
        let all = self.paper.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|key| key.kid.as_slice() == kid).cloned()
    }

    /// The status lists' key.
    pub fn status(&self) -> Option<Arc<LongKey>> {
        self.status.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the keys of a day and suite, wrapped, ready to be stored.
    pub fn make_day(&self, day: Day, suite: Suite, at_us: i64, rng: &mut StdRng) -> Result<Vec<DayKey>, DeedError> {
        let issuing = IssuingKey::generate(suite, rng).map_err(DeedError::internal)?;
        let wrapped =
            issuing.wrap(self.custody(), &context(purpose::T1, suite, day.0), rng).map_err(DeedError::internal)?;
        let ids = SecretKey::<16>::generate(rng);
        let ids = ids.wrap(self.custody(), &context(purpose::ID, suite, day.0), rng).map_err(DeedError::internal)?;
        let t0 = SecretKey::<32>::generate(rng);
        let t0 = t0.wrap(self.custody(), &context(purpose::T0, suite, day.0), rng).map_err(DeedError::internal)?;
        let row = |purpose: &str, kid: Vec<u8>, public_key: Vec<u8>, wrapped: Vec<u8>| DayKey {
            kid,
            day: day.0,
            suite: suite.number(),
            purpose: purpose.to_owned(),
            public_key,
            wrapped: Some(wrapped),
            state: State::Live,
            created_at: at_us,
        };
        Ok(vec![
            row(purpose::T1, kid(rng).to_vec(), issuing.public().to_vec(), wrapped),
            row(purpose::ID, context(purpose::ID, suite, day.0).into_bytes(), Vec::new(), ids),
            row(purpose::T0, context(purpose::T0, suite, day.0).into_bytes(), Vec::new(), t0),
        ])
    }

    /// Makes a long-lived issuing key.
    pub fn make_long(
        &self,
        purpose: &str,
        suite: Suite,
        day: Day,
        at_us: i64,
        rng: &mut StdRng,
    ) -> Result<DayKey, DeedError> {
        let issuing = IssuingKey::generate(suite, rng).map_err(DeedError::internal)?;
        let wrapped =
            issuing.wrap(self.custody(), &context(purpose, suite, day.0), rng).map_err(DeedError::internal)?;
        Ok(DayKey {
            kid: kid(rng).to_vec(),
            day: day.0,
            suite: suite.number(),
            purpose: purpose.to_owned(),
            public_key: issuing.public().to_vec(),
            wrapped: Some(wrapped),
            state: State::Live,
            created_at: at_us,
        })
    }

    /// Unwraps what is needed now: the days of `rows` within `from..=to`, and the long-lived keys.
    ///
    /// Only kids that a signed keys part announces are taken: a gate would refuse what another key signs. A key that does
    /// not open is left out and named in the log and by [`Keyring::unopened`]: the others go on.
    pub fn load(&self, rows: &[DayKey], from: u16, to: u16, announced: &BTreeSet<[u8; 4]>) {
        let known = |row: &&DayKey| row.public_key.is_empty() || announced.iter().any(|kid| kid[..] == row.kid[..]);
        let rows: Vec<&DayKey> = rows.iter().filter(|row| row.state == State::Live).filter(known).collect();
        let mut unopened = BTreeSet::new();
        let mut days = HashMap::new();
        for (day, suite) in (from..=to).flat_map(|day| SUITES.map(|suite| (day, suite))) {
            match self.day_set(&rows, day, suite) {
                Ok(Some(set)) => {
                    days.insert((day, suite.number()), Arc::new(set));
                }
                Ok(None) => {}
                Err(error) => {
                    alarm(&error, day, suite.number());
                    let of_set = rows.iter().filter(|r| r.day == day && r.suite == suite.number());
                    let of_set =
                        of_set.filter(|r| [purpose::T1, purpose::ID, purpose::T0].contains(&r.purpose.as_str()));
                    unopened.extend(of_set.map(|r| shown_kid(r)));
                }
            }
        }
        *self.days.write().unwrap_or_else(PoisonError::into_inner) = days;
        let paper = self.long(&rows, purpose::T2, PAPER_KEYS_MAX, &mut unopened);
        *self.paper.write().unwrap_or_else(PoisonError::into_inner) = paper;
        let status = self.long(&rows, purpose::STATUS, 1, &mut unopened).into_iter().next();
        *self.status.write().unwrap_or_else(PoisonError::into_inner) = status;
        *self.unopened.write().unwrap_or_else(PoisonError::into_inner) = unopened;
    }

    /// Ids of live keys that did not open at the last load; of a day's set all, for none of it can be used.
    pub fn unopened(&self) -> Vec<String> {
        self.unopened.read().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn day_set(&self, rows: &[&DayKey], day: u16, suite: Suite) -> Result<Option<DaySet>, DeedError> {
        let find = |purpose: &str| {
            rows.iter()
                .find(|r| r.day == day && r.suite == suite.number() && r.purpose == purpose)
                .and_then(|r| r.wrapped.as_deref().map(|w| (*r, w)))
        };
        let (Some((t1, issuing)), Some((_, ids)), Some((_, t0))) =
            (find(purpose::T1), find(purpose::ID), find(purpose::T0))
        else {
            return Ok(None);
        };
        let open = |e: yima_keys::custody::CustodyError| DeedError::internal(e);
        let issuing = IssuingKey::unwrap(self.custody(), &context(purpose::T1, suite, day), issuing).map_err(open)?;
        let ids = SecretKey::<16>::unwrap(self.custody(), &context(purpose::ID, suite, day), ids).map_err(open)?;
        let t0 = SecretKey::<32>::unwrap(self.custody(), &context(purpose::T0, suite, day), t0).map_err(open)?;
        let kid = t1.kid.as_slice().try_into().map_err(DeedError::internal)?;
        Ok(Some(DaySet { kid, issuing, ids: TokenIdKey::new(suite, ids.expose()), t0 }))
    }

    /// The id key of a day that may be over, until it is destroyed; not kept.
    pub fn id_key(&self, row: &DayKey, suite: Suite) -> Result<Option<TokenIdKey>, DeedError> {
        let Some(wrapped) = row.wrapped.as_deref() else { return Ok(None) };
        let key = SecretKey::<16>::unwrap(self.custody(), &context(purpose::ID, suite, row.day), wrapped);
        Ok(Some(TokenIdKey::new(suite, key.map_err(DeedError::internal)?.expose())))
    }

    /// The long-lived keys of a purpose that open, newest first.
    fn long(&self, rows: &[&DayKey], purpose: &str, most: usize, unopened: &mut BTreeSet<String>) -> Vec<Arc<LongKey>> {
        let mut found: Vec<_> = rows.iter().filter(|r| r.purpose == purpose).collect();
        // Of those made at once the last one in the order of days and suites counts as the newest.
        found.reverse();
        found.sort_by_key(|r| std::cmp::Reverse(r.created_at));
        let mut keys = Vec::new();
        for row in found {
            if keys.len() == most {
                break;
            }
            match self.long_key(row) {
                Ok(key) => keys.extend(key),
                Err(error) => {
                    alarm(&error, row.day, row.suite);
                    unopened.insert(shown_kid(row));
                }
            }
        }
        keys
    }

    fn long_key(&self, row: &DayKey) -> Result<Option<Arc<LongKey>>, DeedError> {
        let Some(wrapped) = row.wrapped.as_deref() else { return Ok(None) };
        let suite = Suite::from_number(row.suite).ok_or_else(|| DeedError::internal("day_key.suite"))?;
        let issuing = IssuingKey::unwrap(self.custody(), &context(&row.purpose, suite, row.day), wrapped)
            .map_err(DeedError::internal)?;
        let kid = row.kid.as_slice().try_into().map_err(DeedError::internal)?;
        Ok(Some(Arc::new(LongKey { kid, issuing })))
    }

    /// A role over the active keys of a use.
    pub fn role(&self, used_for: KeyUse, threshold: u8) -> Result<Role, DeedError> {
        let all = self.custody.list().map_err(DeedError::internal)?;
        let active = all.iter().filter(|k| k.used_for == used_for && k.state == KeyState::Active);
        Ok(Role::new(threshold, active.map(public_key).collect::<Result<_, _>>()?))
    }

    /// The keys of a role that lie here and could sign.
    pub fn at_hand(&self, used_for: KeyUse, role: &Role) -> Result<Vec<KeyInfo>, DeedError> {
        let all = self.custody.list().map_err(DeedError::internal)?;
        let lives = |k: &KeyInfo| k.used_for == used_for && k.state <= KeyState::Active;
        let mut found = Vec::new();
        for info in all.into_iter().filter(lives) {
            if role.keys.contains(&public_key(&info)?) {
                found.push(info);
            }
        }
        Ok(found)
    }

    /// Signatures of a role over a message, as many as its threshold; fewer when the others are offline.
    pub fn sign_as(
        &self,
        used_for: KeyUse,
        role: &Role,
        message: &[u8],
        rng: &mut StdRng,
    ) -> Result<Vec<Signature>, DeedError> {
        let mut signatures = Vec::with_capacity(usize::from(role.threshold));
        for info in self.at_hand(used_for, role)?.into_iter().take(usize::from(role.threshold)) {
            if info.state == KeyState::Assigned {
                // Made for a root that now names it.
                let at = info.changed_at;
                self.custody.activate(&info.key, at, rng).map_err(DeedError::internal)?;
            }
            let bytes = self.custody.sign(&info.key, &[message], rng).map_err(DeedError::internal)?;
            signatures.push(Signature { key_id: KeyId::of(&public_key(&info)?), bytes });
        }
        signatures.sort_by_key(|s| s.key_id);
        Ok(signatures)
    }
}

fn alarm(error: &DeedError, day: u16, suite: u8) {
    tracing::error!(%error, day, suite, "a live key does not open and is left out; rotate it");
}

/// A key's id as the list of keys shows it.
fn shown_kid(row: &DayKey) -> String {
    hex::encode(&row.kid)
}

/// The public half, as bundles carry it.
pub fn public_key(info: &KeyInfo) -> Result<PublicKey, DeedError> {
    PublicKey::parse(info.suite, &info.public).map_err(DeedError::internal)
}

fn kid(rng: &mut StdRng) -> [u8; 4] {
    let mut kid = [0u8; 4];
    rand::Rng::fill_bytes(rng, &mut kid);
    kid
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FrozenClock;
    use crate::{Inbox, KeyPlace, Province, Setup};
    use yima_keys::custody::Lock;

    const NOON: i64 = 1_795_000_000;

    /// One broken row takes its own day and suite away, and nothing else: the province publishes and starts.
    #[tokio::test]
    async fn a_key_that_does_not_open_stops_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let setup = Setup {
            dir: folder.path().to_owned(),
            database: None,
            keys: KeyPlace::File(Lock::passphrase("town")),
            clock: Arc::new(FrozenClock::at(NOON)),
            seed: Some([7; 32]),
            messenger: Arc::new(Inbox::default()),
            demo: true,
        };
        let province = Province::init(setup, &[]).await.unwrap();
        let mut rows = province.standing().await.unwrap().keys;
        let today = Day::of(u32::try_from(NOON).unwrap());
        let announced: BTreeSet<[u8; 4]> =
            rows.iter().filter(|r| !r.public_key.is_empty()).map(|r| r.kid[..].try_into().unwrap()).collect();
        let broken = |r: &&mut DayKey| {
            r.purpose == purpose::T2 || r.day == today.0 && r.suite == Suite::Es256.number() && r.purpose == purpose::ID
        };
        for row in rows.iter_mut().filter(broken) {
            row.wrapped.as_mut().unwrap()[20] ^= 1;
        }
        province.keys.load(&rows, today.0, today.0 + 1, &announced);
        assert!(province.keys.day(today, Suite::Es256).is_none());
        assert!(province.keys.day(today, Suite::Sm2Sm3).is_some());
        assert!(province.keys.day(Day(today.0 + 1), Suite::Es256).is_some());
        assert!(province.keys.paper().is_none() && province.keys.status().is_some());
        assert_eq!(province.unopened_keys().len(), 3 + rows.iter().filter(|r| r.purpose == purpose::T2).count());
    }
}
