//! What a person was shown when they agreed, as one hash: if an app or its texts change, it is another, and they are asked
//! again (rule R31). It does not know the page.

use crate::clients::Client;
use std::collections::BTreeSet;
use yima_oidc::scope::{Claim, Scopes, claims_of};
use yima_store::app_grant::Grant;

/// What was, or is to be, shown and decided.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub scopes: Scopes,
    /// Claims that are given.
    pub given: BTreeSet<Claim>,
    /// Claims that were shown and refused.
    pub refused: BTreeSet<Claim>,
    /// Microseconds.
    pub until_at: i64,
}

impl Shown {
    /// Of a stored grant: a claim with a minus before it was refused.
    pub fn of_grant(grant: &Grant) -> Self {
        let refused = grant.claims.split(' ').filter_map(|word| word.strip_prefix('-')).filter_map(Claim::parse);
        Self {
            scopes: Scopes::parse(&grant.scopes).unwrap_or_default(),
            given: claims_of(&grant.claims),
            refused: refused.collect(),
            until_at: grant.until_at,
        }
    }

    /// Is what was shown what this version of the client shows?
    pub fn is_current(&self, client: &Client, grant: &Grant) -> bool {
        [true, false].into_iter().any(|chinese| self.hash(client, chinese) == grant.shown_hash.as_slice())
    }

    /// All claims that were shown.
    pub fn claims(&self) -> BTreeSet<Claim> {
        self.given.union(&self.refused).copied().collect()
    }

    /// As the store keeps it.
    pub fn claims_text(&self) -> String {
        let given = self.given.iter().map(|claim| claim.as_str().to_owned());
        let refused = self.refused.iter().map(|claim| format!("-{}", claim.as_str()));
        given.chain(refused).collect::<Vec<_>>().join(" ")
    }

    /// SHA-256 over client, version, who asks, purpose, each claim with its reason, scopes, end and language.
    pub fn hash(&self, client: &Client, chinese: bool) -> [u8; 32] {
        let words = |words: &yima_oidc::metadata::Words| if chinese { words.zh.clone() } else { words.en.clone() };
        let mut parts = vec![
            client.id.to_string(),
            client.version.to_string(),
            client.owner.clone(),
            client.metadata.name_zh.as_str().to_owned(),
            client.metadata.name_en.as_str().to_owned(),
            words(&client.metadata.purpose),
            self.scopes.text(),
            self.until_at.to_string(),
            if chinese { "zh" } else { "en" }.to_owned(),
        ];
        for claim in self.claims() {
            let wanted = client.metadata.claims.get(&claim);
            parts.push(claim.as_str().to_owned());
            parts.push(wanted.map(|wanted| words(&wanted.why)).unwrap_or_default());
            parts.push(wanted.is_some_and(|wanted| wanted.required).to_string());
        }
        let mut bytes = b"yima.shown.v1\0".to_vec();
        for part in parts {
            bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        yima_keys::sha256(&[&bytes])
    }
}
