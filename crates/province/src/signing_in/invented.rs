//! Passkeys and phones for invented residents, so that a province of millions can be measured with people in it. Only in a
//! demonstration: they share one key, which is nobody's. It does not know who asks them to sign in.

use super::authenticators::Fresh;
use super::passkey::not_proven;
use crate::Province;
use crate::error::{DeedError, Text};
use rand::Rng as _;
use yima_kernel::id::AuthenticatorId;
use yima_keys::Suite;
use yima_store::account::{self, Page};
use yima_store::authenticator::{self, Kind};
use yima_store::device::{self, Device, State};

/// Accounts that share a commit.
const BATCH: u32 = 20_000;

/// The id of an invented account's passkey.
#[must_use]
pub fn invented_credential(account: &str) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&hash("credential", account)[..16]);
    id
}

/// What stands for an invented account inside its passkey.
#[must_use]
pub fn invented_handle(account: &str) -> [u8; 32] {
    hash("handle", account)
}

fn hash(what: &str, account: &str) -> [u8; 32] {
    yima_keys::sha256(&[b"yima.invented.v1\0", what.as_bytes(), b"\0", account.as_bytes()])
}

impl Province {
    /// Gives every resident who has no way to sign in a passkey; how many. `make` is an authenticator: it answers the options
    /// of `navigator.credentials.create`, and its key is that of all. `tell` hears how many accounts were looked at. What was
    /// committed stays when it is broken off, and another run goes on.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] outside a demonstration, [`DeedError::SignIn`] when the answer does not hold.
    pub async fn invent_passkeys(
        &self,
        make: impl FnOnce(&serde_json::Value) -> String,
        mut tell: impl FnMut(u64),
    ) -> Result<u64, DeedError> {
        self.only_in_a_demonstration()?;
        let party = self.party()?;
        let asked = party.ask_new(self.chance.bytes(), &self.chance.bytes(), "演示", &[]).map_err(not_proven)?;
        let model = party.made(&asked.state, &make(&asked.options)).map_err(not_proven)?.body;
        let (mut after, mut seen, mut made) = (String::new(), 0, 0);
        loop {
            let (from, rng) = (after.clone(), self.chance.rng());
            let accounts = self
                .store
                .read::<_, DeedError, _>(move |tx| {
                    Box::pin(async move { Ok(account::page(tx, None, Page { after: &from, limit: BATCH }).await?) })
                })
                .await?;
            let Some(last) = accounts.last() else { return Ok(made) };
            seen += accounts.len() as u64;
            last.id.clone_into(&mut after);
            let ids = accounts.into_iter().map(|row| row.id).collect();
            made += self.invent_batch(&model, ids, rng).await?;
            tell(seen);
        }
    }

    /// Gives accounts a phone each, named by (device id, account id), in its first slot and under one key for all.
    ///
    /// # Errors
    /// [`DeedError::Conflict`] outside a demonstration; what the store says of an account that has one there.
    pub async fn invent_phones(
        &self,
        phones: Vec<(String, String)>,
        suite: Suite,
        public_key: [u8; 33],
    ) -> Result<(), DeedError> {
        self.only_in_a_demonstration()?;
        let seals = self.sealer_of_rows();
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    for (id, account) in phones {
                        let row = Device {
                            id,
                            account,
                            slot: 0,
                            suite: suite.number(),
                            public_key: public_key.to_vec(),
                            label: "演示".to_owned(),
                            state: State::Live,
                            attested: false,
                            enrolled_at: 1,
                            ended_at: None,
                            reason: None,
                            young_until: None,
                            by_code: false,
                            suspended_until: None,
                            version: 1,
                            seal: Vec::new(),
                        };
                        device::insert(tx, &seals.sealed(row)).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    fn only_in_a_demonstration(&self) -> Result<(), DeedError> {
        if self.is_demo() {
            return Ok(());
        }
        Err(DeedError::Conflict(Text::new(
            "只有演示环境里才能为虚构的居民添加通行密钥和手机",
            "Passkeys and phones are invented in a demonstration alone",
        )))
    }

    async fn invent_batch(
        &self,
        model: &str,
        accounts: Vec<String>,
        mut rng: rand::rngs::StdRng,
    ) -> Result<u64, DeedError> {
        let (seals, model, now_us, now_ms) = (self.sealer_of_rows(), model.to_owned(), self.now_us(), self.now_ms());
        let with_own = |id| {
            let mut chance = [0; 10];
            rng.fill_bytes(&mut chance);
            (id, AuthenticatorId::new(now_ms, chance).to_string())
        };
        let accounts: Vec<(String, String)> = accounts.into_iter().map(with_own).collect();
        self.store
            .deed::<_, DeedError, _>(move |tx| {
                Box::pin(async move {
                    let mut made = Vec::new();
                    for (id, own) in accounts {
                        if !authenticator::of_account(tx, &id).await?.is_empty() {
                            continue;
                        }
                        let credential_id = invented_credential(&id);
                        let body = yima_passkey::under_id(&model, &credential_id).map_err(DeedError::internal)?;
                        let fresh = Fresh {
                            credential_id: Some(credential_id.to_vec()),
                            user_handle: Some(invented_handle(&id).to_vec()),
                            body: body.into_bytes(),
                            bound: true,
                            ..Fresh::new(own, Kind::Passkey, "演示")
                        };
                        made.push(seals.authenticator(fresh, &id, true, now_us));
                    }
                    let new = authenticator::insert_many(tx, &made).await?;
                    Ok(new.into_iter().filter(|new| *new).count() as u64)
                })
            })
            .await
    }
}
