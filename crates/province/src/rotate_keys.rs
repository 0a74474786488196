//! New keys for a signing role: root N+1 names them, signed by the old and the new root quorum, and gates follow.
//! It does not know where offline holders keep theirs; it is told their public halves.

use crate::bundle_job::newest_root;
use crate::error::{DeedError, Text};
use crate::key_ceremony::{SignedPart, Unsigned};
use crate::keyring::public_key;
use crate::setup::{ROLES, ROOT_LIFE_S};
use crate::signing_roles::roles_of;
use crate::{Province, Published};
use std::sync::Arc;
use yima_code::bundle::{KeyId, Role, Root, SIGNERS_MAX, Signature};
use yima_kernel::shown_text;
use yima_kernel::subject::Actor;
use yima_keys::custody::{KeyState, KeyUse};
use yima_keys::{PublicKey, Suite};
use yima_store::key_deed::What;

/// Whose keys a role gets.
pub enum NewKeys {
    /// The custody makes them: the role stays, or comes, online.
    Here,
    /// Holders made them on their own machines, and hand over the public halves.
    Of(Vec<PublicKey>),
}

/// How far a rotation came.
pub enum Rotated {
    /// The new root is published.
    Published(Arc<Published>),
    /// The new root waits for signatures of holders who are not here.
    ToSign(Unsigned),
    /// The new root is signed, and waits for the first part of its new holders.
    WaitsForPart,
}

impl Province {
    /// Gives a signing role new keys.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for keys that can't make a role; what the custody says.
    pub async fn rotate_role(
        &self,
        actor: &Actor,
        used_for: KeyUse,
        keys: NewKeys,
        reason: &str,
    ) -> Result<Rotated, DeedError> {
        if reason.trim().is_empty() || reason.chars().count() > 200 || !shown_text::is_line(reason) {
            return Err(DeedError::invalid("reason", "要写明原因，200 字以内", "say why, in at most 200 characters"));
        }
        let standing = self.standing().await?;
        let old = newest_root(&standing.root)?;
        let role = self.new_role(used_for, keys, &old)?;
        let next = next_root(&old, used_for, role, self.now_u32())?;
        let body = next.to_bytes().map_err(DeedError::internal)?;
        let signatures = self.sign_root(&old, &next, &body)?;
        let detail = serde_json::json!({ "role": used_for.as_str(), "root": next.version, "reason": reason });
        self.noted_for_review(actor, What::Role, reason, detail).await?;
        let met = |role: &Role| signed_by(role, &signatures) >= usize::from(role.threshold);
        let whole = met(&old.root) && met(&next.root);
        let made = Unsigned { part: SignedPart::Root, root_part: standing.root.clone(), body, signatures };
        if !whole {
            return Ok(Rotated::ToSign(made));
        }
        let published = self.admit_root(actor, &standing, made).await?;
        Ok(published.map_or(Rotated::WaitsForPart, Rotated::Published))
    }

    fn new_role(&self, used_for: KeyUse, keys: NewKeys, old: &Root) -> Result<Role, DeedError> {
        let before = roles_of(old).into_iter().find(|(of, _)| *of == used_for).map(|(_, role)| role);
        let threshold = before.map(|role| role.threshold).ok_or_else(|| no_such_role(used_for))?;
        let keys = match keys {
            NewKeys::Here => self.made_here(used_for)?,
            NewKeys::Of(_) if used_for == KeyUse::ListsTime => {
                return Err(DeedError::invalid(
                    "public",
                    "列表与时间角色必须在线",
                    "the lists-time role signs every few minutes, so its key lies here",
                ));
            }
            NewKeys::Of(keys) => keys,
        };
        let role = Role::new(threshold, keys);
        let distinct = role.keys.windows(2).all(|pair| pair[0] != pair[1]);
        if !distinct || role.keys.len() < usize::from(threshold) || role.keys.len() > SIGNERS_MAX {
            return Err(DeedError::invalid(
                "public",
                format!("要 {threshold} 到 {SIGNERS_MAX} 把不同的公钥"),
                format!("needs {threshold} to {SIGNERS_MAX} different public keys"),
            ));
        }
        Ok(role)
    }

    /// New key pairs of a role, assigned: they sign once a root names them.
    fn made_here(&self, used_for: KeyUse) -> Result<Vec<PublicKey>, DeedError> {
        let count = ROLES.iter().find(|(of, _)| *of == used_for).map_or(0, |(_, count)| *count);
        let mut rng = self.chance.rng();
        (0..count)
            .map(|_| {
                let made = self.keys.custody().generate(used_for, Suite::Es256, self.now_s(), &mut rng);
                public_key(&made.map_err(DeedError::internal)?)
            })
            .collect()
    }

    /// Whatever of both root quorums lies here.
    fn sign_root(&self, old: &Root, next: &Root, body: &[u8]) -> Result<Vec<Signature>, DeedError> {
        let message = Root::signing_input(body);
        let mut rng = self.chance.rng();
        let mut signatures = self.keys.sign_as(KeyUse::Root, &old.root, &message, &mut rng)?;
        for more in self.keys.sign_as(KeyUse::Root, &next.root, &message, &mut rng)? {
            if !signatures.iter().any(|one| one.key_id == more.key_id) {
                signatures.push(more);
            }
        }
        signatures.sort_by_key(|one| one.key_id);
        Ok(signatures)
    }

    /// Erases role keys that the published root no longer names. The old online key is only retired:
    /// a server that has not seen the new root yet signs times with it for some minutes more.
    pub(crate) fn let_go_of_unnamed(&self, root: &Root) -> Result<(), DeedError> {
        let custody = self.keys.custody();
        let mut rng = self.chance.rng();
        for info in custody.list().map_err(DeedError::internal)? {
            let Some((_, role)) = roles_of(root).into_iter().find(|(of, _)| *of == info.used_for) else { continue };
            let named = role.key(KeyId::of(&public_key(&info)?)).is_some();
            let end = match (info.used_for, info.state) {
                _ if named => continue,
                (KeyUse::ListsTime, KeyState::Assigned | KeyState::Active) => KeyState::Retired,
                (KeyUse::ListsTime, _) | (_, KeyState::Destroyed) => continue,
                _ => KeyState::Destroyed,
            };
            custody.advance(&info.key, end, self.now_s(), &mut rng).map_err(DeedError::internal)?;
        }
        Ok(())
    }
}

fn next_root(old: &Root, used_for: KeyUse, role: Role, now: u32) -> Result<Root, DeedError> {
    let mut next = old.clone();
    next.version = old.version.checked_add(1).ok_or_else(|| DeedError::internal("root version"))?;
    next.expires_at = now.saturating_add(ROOT_LIFE_S);
    match used_for {
        KeyUse::Root => next.root = role,
        KeyUse::Keys => next.keys = role,
        KeyUse::Manifests => next.manifests = role,
        KeyUse::ListsTime => next.lists = role,
        other => return Err(no_such_role(other)),
    }
    Ok(next)
}

fn signed_by(role: &Role, signatures: &[Signature]) -> usize {
    signatures.iter().filter(|one| role.key(one.key_id).is_some()).count()
}

fn no_such_role(used_for: KeyUse) -> DeedError {
    DeedError::Conflict(Text::new(
        format!("{} 不是签名角色", used_for.as_str()),
        format!("{} is no signing role of the bundle", used_for.as_str()),
    ))
}
