//! A batch of an import: its rows sealed as accounts in the order of the indexes, and written with what comes beside them.
//! It does not know the file, nor how far the import is.

use crate::Province;
use crate::benefits::bring;
use crate::clock::MICROS;
use crate::crowds::Sums;
use crate::error::DeedError;
use crate::import_order::Hashed;
use crate::import_rows::Granted;
use rand::Rng;
use rand::rngs::StdRng;
use yima_code::day::Day;
use yima_kernel::id::AccountId;
use yima_keys::person::BirthDate;
use yima_keys::sealed::Spot;
use yima_store::account::{self, Account, State};
use yima_store::{Tx, benefit};

impl Province {
    /// Seals rows in the order in which they come, with ids and handles that ascend in it.
    pub(crate) fn sealed_accounts(&self, rows: Vec<Hashed>, proofing: u8, now_us: i64, rng: &mut StdRng) -> Sealed {
        let ms = u64::try_from(now_us / 1000).unwrap_or(0);
        let ids = ascending(rows.len(), || AccountId::new(ms, random(rng)));
        let handles = neighbours(rows.len(), rng);
        let mut accounts = Vec::with_capacity(rows.len());
        let mut beside = Vec::with_capacity(rows.len());
        for (Hashed { row, blind_id, blind_name }, (id, handle)) in rows.into_iter().zip(ids.into_iter().zip(handles)) {
            let id = id.to_string();
            let spot = |field| Spot { table: "account", field, row: &id };
            accounts.push(Account {
                handle,
                kind: "resident".to_owned(),
                sealed_name: self.sealer.seal(&row.name, spot("name"), rng).into_bytes(),
                sealed_id_number: self.sealer.seal(&row.id_number, spot("id_number"), rng).into_bytes(),
                sealed_phone: row.phone.as_ref().map(|p| self.sealer.seal(p, spot("phone"), rng).into_bytes()),
                blind_id: blind_id.to_vec(),
                blind_name: Some(blind_name),
                region: row.region,
                state: State::Active,
                proofing,
                paper_off: false,
                short_off: false,
                created_at: now_us,
                version: 1,
                id,
            });
            beside.push((row.id_number.birth(), row.benefits));
        }
        Sealed { accounts, beside }
    }
}

/// A sealed batch, and what is counted and given beside the accounts, in the same order.
#[derive(Default)]
pub(crate) struct Sealed {
    accounts: Vec<Account>,
    beside: Vec<(BirthDate, Vec<Granted>)>,
}

impl Sealed {
    /// How many rows it has.
    pub(crate) fn rows(&self) -> u64 {
        self.accounts.len() as u64
    }

    /// Writes new residents with their benefits, and brings benefits to residents known before; how many are new.
    pub(crate) async fn bring_in(&self, tx: &mut Tx, now_us: i64) -> Result<u64, DeedError> {
        let fresh = account::insert_many(tx, &self.accounts).await?;
        let mut sums = Sums::default();
        for ((account, (birth, granted)), new) in self.accounts.iter().zip(&self.beside).zip(&fresh) {
            if *new {
                sums.born(*birth, account.proofing, 1);
                for one in granted {
                    let row = vouched(&account.id, one, now_us);
                    benefit::put(tx, &row).await?;
                    sums.benefit(&row, account.proofing, 1);
                }
            } else if !granted.is_empty()
                && let Some(known) = account::by_blind_id(tx, &account.blind_id).await?
            {
                for one in granted {
                    bring(tx, &known, &vouched(&known.id, one, now_us)).await?;
                }
            }
        }
        sums.add(tx).await?;
        Ok(fresh.iter().filter(|new| **new).count() as u64)
    }
}

/// A benefit on the word of the register that is imported.
fn vouched(account: &str, granted: &Granted, now_us: i64) -> benefit::Benefit {
    let today = Day::of(u32::try_from(now_us / MICROS).unwrap_or(0));
    // A register that names a day gone by, and no first one, brings what is over already.
    let from = granted.from.unwrap_or(today).min(granted.until);
    benefit::Benefit {
        account: account.to_owned(),
        number: granted.number,
        from_day: from.0,
        until_day: granted.until.0,
        source: "import".to_owned(),
        state: benefit::State::Held,
        given_at: now_us,
        ended_at: None,
    }
}

fn ascending<T: Ord>(count: usize, mut make: impl FnMut() -> T) -> Vec<T> {
    let mut made: Vec<T> = (0..count).map(|_| make()).collect();
    made.sort_unstable();
    made
}

/// Different handles that begin with the same random bytes: a batch is then one run in their index and not a row on
/// each of its pages. A handle leaves the program only inside an encrypted block, so its likeness to another shows nothing.
fn neighbours(count: usize, rng: &mut StdRng) -> Vec<[u8; 8]> {
    let prefix = random::<3>(rng);
    let mut made = Vec::with_capacity(count);
    while made.len() < count {
        made.extend((made.len()..count).map(|_| {
            let mut handle = random::<8>(rng);
            handle[..3].copy_from_slice(&prefix);
            handle
        }));
        made.sort_unstable();
        made.dedup();
    }
    made
}

fn random<const N: usize>(rng: &mut StdRng) -> [u8; N] {
    let mut bytes = [0u8; N];
    rng.fill_bytes(&mut bytes);
    bytes
}
