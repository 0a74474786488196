//! Where the four signing roles stand: at hand or offline, how many must sign, and when what they signed ends.
//! It does not sign, nor does it know who holds an offline key.

use crate::Province;
use crate::error::DeedError;
use crate::keyring::SUITES;
use std::collections::BTreeMap;
use yima_code::bundle::{KidUse, Role, Root};
use yima_keys::custody::KeyUse;

/// Operators are warned this long before announced keys run out, seconds: a week is enough to call a quorum together.
pub const WARN_BEFORE_S: i64 = 7 * 24 * 3600;

/// One signing role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleStanding {
    /// `root`, `keys`, `manifests` or `lists-time`.
    pub role: &'static str,
    /// How many keys must sign.
    pub threshold: u8,
    /// How many keys it has.
    pub keys: usize,
    /// How many of them lie in this custody.
    pub at_hand: usize,
    /// Unix seconds after which its last signature no longer counts; `None` where that does not end.
    pub ends_at: Option<i64>,
}

impl RoleStanding {
    /// The province can sign for it by itself.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.at_hand >= usize::from(self.threshold)
    }
}

/// All roles, and how long the announced keys last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signing {
    /// In the order root, keys, manifests, lists-time.
    pub roles: Vec<RoleStanding>,
    /// Version of the newest root.
    pub root_version: u32,
    /// Unix seconds until which codes can be issued with what is announced.
    pub announced_until: i64,
    /// Announced keys run out within a week, and the province can't sign for more by itself.
    pub runs_out: bool,
    /// Approved scenarios or places wait for reviewers who sign offline.
    pub awaits_reviewers: bool,
}

/// The four roles of a root, with the use of their keys.
pub(crate) fn roles_of(root: &Root) -> [(KeyUse, &Role); 4] {
    let [a, b, c, d] = root.roles();
    [(KeyUse::Root, a), (KeyUse::Keys, b), (KeyUse::Manifests, c), (KeyUse::ListsTime, d)]
}

impl Province {
    /// Ids (hex) of daily and paper keys that should be in use and do not open with this custody.
    #[must_use]
    pub fn unopened_keys(&self) -> Vec<String> {
        self.keys.unopened()
    }

    /// Where the signing roles stand.
    ///
    /// # Errors
    /// When the custody can't be read.
    pub fn signing(&self) -> Result<Signing, DeedError> {
        if let Err(error) = self.keys.custody().refresh() {
            tracing::warn!(%error, "the custody can't be read anew; what is known of it is told");
        }
        let live = self.live();
        let root = live.bundle.root();
        let announced_until = self.announced_until();
        let mut roles = Vec::with_capacity(4);
        for (used_for, role) in roles_of(root) {
            let ends_at = match used_for {
                KeyUse::Root => Some(i64::from(root.expires_at)),
                KeyUse::Keys => Some(announced_until),
                KeyUse::ListsTime => Some(i64::from(live.bundle.head().expires_at)),
                _ => None,
            };
            roles.push(RoleStanding {
                role: used_for.as_str(),
                threshold: role.threshold,
                keys: role.keys.len(),
                at_hand: self.keys.at_hand(used_for, role)?.len(),
                ends_at,
            });
        }
        let soon = announced_until < self.now_s() + WARN_BEFORE_S;
        Ok(Signing {
            runs_out: soon && !roles[1].is_online(),
            roles,
            root_version: root.version,
            announced_until,
            awaits_reviewers: live.awaits_reviewers,
        })
    }

    /// Unix seconds until which codes can be issued: the keys part ends, or a suite has no further day.
    #[must_use]
    pub fn announced_until(&self) -> i64 {
        let live = self.live();
        let keys = live.bundle.keys();
        let mut last = BTreeMap::new();
        for entry in keys.entries.iter().filter(|entry| entry.key_use == KidUse::T1) {
            let until = last.entry(entry.key.suite().number()).or_insert(0);
            *until = entry.window.until.max(*until);
        }
        let suites = SUITES.iter().map(|suite| last.get(&suite.number()).copied().unwrap_or(0));
        i64::from(suites.min().unwrap_or(0).min(keys.expires_at))
    }
}
