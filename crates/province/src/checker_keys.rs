//! The key by which a gate signs its challenges: registered once by the gate itself, changed only by whoever holds it.
//! The private half never comes here, and a key vouches for nothing before a bundle names it.

use crate::Province;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use yima_code::bundle::CHECKERS_MAX;
use yima_code::signing::domain;
use yima_kernel::access::{Facts, Refusal, Request};
use yima_kernel::deed::Deed;
use yima_kernel::id::GateId;
use yima_kernel::subject::Actor;
use yima_keys::{PublicKey, Suite};
use yima_store::checker_key::{self, CheckerKey};
use yima_store::{Tx, gate};

/// A key, and who vouches for it.
pub struct SetCheckerKey {
    /// The public half.
    pub key: PublicKey,
    /// Its own signature over [`checker_key_message`]: whoever registers it holds it.
    pub proof: [u8; 64],
    /// The signature of the key that it replaces.
    pub by_old: Option<[u8; 64]>,
}

/// What a gate's key signs at its registration, and the old key for a new one.
#[must_use]
pub fn checker_key_message(gate: &GateId, key: &PublicKey) -> Vec<u8> {
    [domain::CHECKER_KEY, gate.as_str().as_bytes(), &[key.suite().number()], key.bytes()].concat()
}

impl Province {
    /// Registers a gate's key. The same key again changes nothing; another one needs the signature of the one before.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for a proof that does not hold, [`DeedError::Conflict`] for a second key without the
    /// first one's signature, and where a place has as many keys as a bundle takes.
    pub async fn set_checker_key(&self, actor: &Actor, wish: SetCheckerKey) -> Result<(), DeedError> {
        let Actor::Gate { gate: id, site, scenario } = actor else {
            return Err(DeedError::Refused(Refusal::NotAllowed));
        };
        let message = checker_key_message(id, &wish.key);
        if wish.key.verify(&[&message], &wish.proof).is_err() {
            return Err(DeedError::invalid(
                "proof",
                "要用这把私钥签名，证明它在闸机手里",
                "sign with the key itself, to prove that the gate holds it",
            ));
        }
        let slug = self.live().manifest(*scenario).map(|m| m.slug.clone()).unwrap_or_default();
        let (id, site) = (id.as_str().to_owned(), *site);
        let request = Request { scenario: Some(*scenario), ..Request::of(actor.clone(), Deed::SetCheckerKey) };
        let changed = self
            .short(
                request,
                move |tx| {
                    Box::pin(async move {
                        let before = checker_key::of_gate(tx, &id).await?;
                        let ended = gate::find(tx, &id).await?.is_none_or(|g| g.state != gate::State::Live);
                        Ok((Facts { actor_ended: ended, ..Facts::default() }, (id, before)))
                    })
                },
                move |tx, (id, before), door| {
                    Box::pin(async move {
                        let key = CheckerKey {
                            gate: id,
                            site,
                            suite: wish.key.suite().number(),
                            public_key: wish.key.bytes().to_vec(),
                        };
                        let again = before.as_ref() == Some(&key);
                        if !again {
                            expect_room(tx, &key).await?;
                            expect_old(before.as_ref(), &message, wish.by_old)?;
                            checker_key::set(tx, &key, door.now_us).await?;
                        }
                        let detail = serde_json::json!({ "again": again, "replaced": !again && before.is_some() });
                        Ok(Done::plain(!again).at(slug, Some(site)).detail(detail))
                    })
                },
            )
            .await?;
        if changed {
            self.bundle_due.notify_one();
        }
        Ok(())
    }
}

async fn expect_room(tx: &mut Tx, key: &CheckerKey) -> Result<(), DeedError> {
    if checker_key::beside(tx, key.site, &key.gate).await? as usize >= CHECKERS_MAX {
        return Err(DeedError::Conflict(Text::new(
            "这个地点的闸机钥匙已满，请先停用不用的闸机",
            "This place has as many gates with keys as a bundle takes: end one that is not used",
        )));
    }
    Ok(())
}

/// A second key is taken only from whoever holds the first.
fn expect_old(before: Option<&CheckerKey>, message: &[u8], by_old: Option<[u8; 64]>) -> Result<(), DeedError> {
    let Some(before) = before else { return Ok(()) };
    let bytes: [u8; 33] = before.public_key.as_slice().try_into().map_err(DeedError::internal)?;
    let suite = Suite::from_number(before.suite).ok_or_else(|| DeedError::internal("checker_key.suite"))?;
    let old = PublicKey::parse(suite, &bytes).map_err(DeedError::internal)?;
    match by_old {
        Some(signature) if old.verify(&[message], &signature).is_ok() => Ok(()),
        _ => Err(DeedError::Conflict(Text::new(
            "这台闸机已有一把钥匙：用旧钥匙签名才能换；旧的丢了，请管理员停用这台闸机再登记一台",
            "This gate has a key: the old one must sign for the new. If it is lost, end this gate and register another",
        ))),
    }
}
