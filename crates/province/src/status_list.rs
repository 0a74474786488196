//! The IETF Token Status List of paper codes, for wallets and gates of others. It does not know who fetches it.

use crate::Province;
use crate::bundle_job::CARD_LIST_SIZE;
use crate::error::DeedError;
use yima_code::day::Month;
use yima_code::status_list::{StatusList, StatusToken, assemble_jwt};
use yima_store::card;

/// A token says no more after this; a fresh one is made with each bundle.
const LIFE_S: u32 = 24 * 3600;
/// A holder of the token asks again after this.
const TTL_S: u32 = 3600;

/// The two encodings of a status list token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatusFormat {
    /// `application/statuslist+jwt`.
    Jwt,
    /// `application/statuslist+cwt`.
    Cwt,
}

impl Province {
    /// A signed status list token of what is revoked now; `None` for a list that does not exist.
    ///
    /// # Errors
    /// When the store or the key that signs lists is not at hand.
    pub async fn status_list(&self, list: u16, format: StatusFormat) -> Result<Option<Vec<u8>>, DeedError> {
        let Some(revoked) = self.revoked_cards(list).await? else { return Ok(None) };
        let sub = format!("urn:yima:status-list:{list}");
        let list = StatusList::of_revoked(CARD_LIST_SIZE, revoked).map_err(DeedError::internal)?;
        let now = self.now_u32();
        let token = StatusToken { sub, issued_at: now, expires_at: now.saturating_add(LIFE_S), ttl_s: TTL_S, list };
        self.sign_list(&token, format).map(Some)
    }

    async fn revoked_cards(&self, list: u16) -> Result<Option<Vec<u64>>, DeedError> {
        let month = Month::of(self.now_u32()).0;
        self.store
            .read(move |tx| {
                Box::pin(async move {
                    if !(1..=card::newest_list(tx).await?.max(1)).contains(&list) {
                        return Ok(None);
                    }
                    let mut revoked = card::revoked(tx, list, month).await?;
                    revoked.extend(card::of_stopped_holders(tx, list).await?);
                    Ok(Some(revoked.into_iter().map(u64::from).collect()))
                })
            })
            .await
    }

    fn sign_list(&self, token: &StatusToken, format: StatusFormat) -> Result<Vec<u8>, DeedError> {
        let key = self.keys.status().ok_or_else(|| DeedError::internal("no key for status lists"))?;
        let suite = key.issuing.suite();
        let mut rng = self.chance.rng();
        match format {
            StatusFormat::Jwt => {
                let input = token.jwt_signing_input(suite, &key.kid).map_err(DeedError::internal)?;
                let signature = key.issuing.sign(&[input.as_bytes()], &mut rng).map_err(DeedError::internal)?;
                Ok(assemble_jwt(&input, &signature).into_bytes())
            }
            StatusFormat::Cwt => {
                let message = token.cwt_to_sign(suite, &key.kid).map_err(DeedError::internal)?;
                let signature = key.issuing.sign(&[&message.signing_input()], &mut rng).map_err(DeedError::internal)?;
                Ok(message.assemble(signature))
            }
        }
    }
}
