//! What offline holders sign: a part is prepared here, signed elsewhere, and admitted when enough of them did.
//! It does not know files, nor who the holders are; a part is believed for its signatures alone.

use crate::bundle_job::{NEXT_ROOT, SignedBody, keep, newest_root, newest_version};
use crate::bundle_standing::Standing;
use crate::doorway::Done;
use crate::error::{DeedError, Text};
use crate::keyring::{DAYS_AHEAD, DAYS_AHEAD_MAX};
use crate::{Province, Published};
use std::sync::Arc;
use yima_code::bundle::{
    self, BundleError, KeysBody, ManifestsBody, Root, Signature, SignedRoot, verified_keys, verified_manifests,
};
use yima_code::day::Day;
use yima_kernel::access::{Facts, Request};
use yima_kernel::deed::Deed;
use yima_kernel::subject::Actor;
use yima_keys::custody::KeyUse;

const DAY_S: u32 = 24 * 3600;

/// The parts of a bundle that a quorum signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedPart {
    /// Names the signers.
    Root,
    /// Introduces issuer keys.
    Keys,
    /// Says what each scenario asks for.
    Manifests,
}

impl SignedPart {
    /// The word that files and the command line use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Keys => "keys",
            Self::Manifests => "manifests",
        }
    }

    /// Reads the word back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Root, Self::Keys, Self::Manifests].into_iter().find(|one| one.as_str() == text)
    }

    /// What is signed of a body.
    #[must_use]
    pub fn signing_input(self, body: &[u8]) -> Vec<u8> {
        match self {
            Self::Root => Root::signing_input(body),
            Self::Keys => KeysBody::signing_input(body),
            Self::Manifests => ManifestsBody::signing_input(body),
        }
    }
}

/// A part that waits for signatures, with the roots that say whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// Which part.
    pub part: SignedPart,
    /// The chain of roots, so that a holder can see that it leads back to the province that he knows.
    pub root_part: Vec<u8>,
    /// What is to be signed.
    pub body: Vec<u8>,
    /// What the province could sign itself, or others have signed before.
    pub signatures: Vec<Signature>,
}

impl Province {
    /// Prepares a new keys or manifests part for its holders; `days` is how far ahead kids are announced.
    ///
    /// # Errors
    /// [`DeedError::Invalid`] for fewer than 35 or more than 92 days.
    pub async fn prepare_part(&self, actor: &Actor, part: SignedPart, days: u16) -> Result<Unsigned, DeedError> {
        if !(DAYS_AHEAD..=DAYS_AHEAD_MAX).contains(&days) {
            return Err(DeedError::invalid(
                "days",
                format!("要 {DAYS_AHEAD} 到 {DAYS_AHEAD_MAX} 天"),
                format!("needs {DAYS_AHEAD} to {DAYS_AHEAD_MAX} days"),
            ));
        }
        if part == SignedPart::Keys {
            self.ensure_day_keys(days).await?;
        }
        let standing = self.standing().await?;
        let now = self.now_u32();
        let body = match part {
            SignedPart::Root => {
                return Err(DeedError::invalid("part", "根用轮换命令准备", "a root is made by rotating"));
            }
            SignedPart::Keys => {
                let version = newest_version(standing.keys_part.as_deref()) + 1;
                standing.keys_body(Day::of(now).0 + days, version, now, now + u32::from(days) * DAY_S)?
            }
            SignedPart::Manifests => {
                standing.manifests_body(newest_version(standing.manifests_part.as_deref()) + 1, now)?
            }
        };
        let root_part = self.root_for(&standing, part)?.0.to_vec();
        self.noted(actor, serde_json::json!({ "prepared": part.as_str(), "days": days })).await?;
        Ok(Unsigned { part, root_part, body, signatures: Vec::new() })
    }

    /// Takes a part that its holders signed, and publishes a bundle with it.
    ///
    /// # Errors
    /// [`DeedError::Conflict`], which says what is missing: a signature, a newer version, a key of ours.
    pub async fn admit_part(&self, actor: &Actor, sent: Unsigned) -> Result<Option<Arc<Published>>, DeedError> {
        let standing = self.standing().await?;
        match sent.part {
            SignedPart::Root => self.admit_root(actor, &standing, sent).await,
            SignedPart::Keys | SignedPart::Manifests => self.admit_signed(actor, &standing, sent).await,
        }
    }

    async fn admit_signed(
        &self,
        actor: &Actor,
        standing: &Standing,
        sent: Unsigned,
    ) -> Result<Option<Arc<Published>>, DeedError> {
        let (root_part, is_next) = self.root_for(standing, sent.part)?;
        let root = newest_root(root_part)?;
        let last = match sent.part {
            SignedPart::Keys => &standing.keys_part,
            _ => &standing.manifests_part,
        };
        let version = match sent.part {
            SignedPart::Keys => {
                let keys = verified_keys(&sent.body, &sent.signatures, &root).map_err(refused)?;
                self.expect_ours(standing, &keys)?;
                keys.version
            }
            _ => verified_manifests(&sent.body, &sent.signatures, &root).map_err(refused)?.version,
        };
        let newest = newest_version(last.as_deref());
        if version <= newest {
            return Err(stale(version, newest));
        }
        let bytes = bundle::keys_part(&sent.body, &sent.signatures).map_err(refused)?;
        let pending = is_next.then(|| (root.version, root_part.to_vec()));
        let (name, now_us) = (sent.part.as_str(), self.now_us());
        let detail = serde_json::json!({ "admitted": name, "version": version, "signers": signers(&sent.signatures) });
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    keep(tx, name, version, bytes, now_us).await?;
                    if let Some((version, part)) = pending {
                        keep(tx, "root", version, part, now_us).await?;
                        yima_store::bundle_part::forget_before(tx, NEXT_ROOT, i64::from(version) + 1).await?;
                    }
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        let published = self.publish_change(actor).await?;
        if is_next {
            self.let_go_of_unnamed(&root)?;
        }
        Ok(Some(published))
    }

    /// The root part under which a part is signed: one that waits for just this part, or the one in force.
    fn root_for<'s>(&self, standing: &'s Standing, part: SignedPart) -> Result<(&'s [u8], bool), DeedError> {
        let Some(next) = &standing.next_root else { return Ok((&standing.root, false)) };
        let awaited = self.part_awaited(standing, &newest_root(next)?)?;
        let is_next = awaited.is_none_or(|awaited| awaited == part);
        Ok((if is_next { next } else { &standing.root }, is_next))
    }

    /// A keys part that announces keys which this database does not hold would make codes that nobody can issue.
    fn expect_ours(&self, standing: &Standing, keys: &KeysBody) -> Result<(), DeedError> {
        let held = |kid: &[u8; 4], public: &[u8; 33]| {
            standing.keys.iter().any(|row| row.kid[..] == kid[..] && row.public_key[..] == public[..])
        };
        if keys.entries.iter().any(|entry| !held(&entry.kid, entry.key.bytes())) {
            return Err(DeedError::Conflict(Text::new(
                "里面有本库没有的签发密钥：请重新准备、重新签名",
                "it announces issuing keys that this database does not hold: prepare and sign it anew",
            )));
        }
        if keys.expires_at <= self.now_u32() {
            return Err(DeedError::Conflict(Text::new(
                "它已经过期：请重新准备、重新签名",
                "it has ended already: prepare and sign it anew",
            )));
        }
        Ok(())
    }

    /// Takes a root that both quorums signed. One whose new holders have yet to sign their part waits for that.
    pub(crate) async fn admit_root(
        &self,
        actor: &Actor,
        standing: &Standing,
        sent: Unsigned,
    ) -> Result<Option<Arc<Published>>, DeedError> {
        let root = Root::parse(&sent.body).map_err(refused)?;
        let newest = newest_root(&standing.root)?.version;
        if root.version != newest + 1 {
            return Err(stale(root.version, newest));
        }
        let signers = signers(&sent.signatures);
        let signed = SignedRoot { body: sent.body, signatures: sent.signatures };
        let part = bundle::with_next_root(&standing.root, signed).map_err(refused)?;
        let waits = self.part_awaited(standing, &root)?;
        let name = if waits.is_some() { NEXT_ROOT } else { "root" };
        let (version, now_us) = (root.version, self.now_us());
        let waits_for = waits.map(SignedPart::as_str);
        let detail = serde_json::json!({
            "admitted": "root", "version": version, "signers": signers, "waits_for": waits_for,
        });
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |tx, (), _| {
                Box::pin(async move {
                    yima_store::bundle_part::forget_before(tx, NEXT_ROOT, i64::from(version) + 1).await?;
                    keep(tx, name, version, part, now_us).await?;
                    Ok(Done::plain(()).detail(detail))
                })
            },
        )
        .await?;
        if waits.is_some() {
            return Ok(None);
        }
        let published = self.publish_change(actor).await?;
        self.let_go_of_unnamed(&root)?;
        Ok(Some(published))
    }

    /// The part that must be signed anew under this root before it can be published, by holders who are not here.
    fn part_awaited(&self, standing: &Standing, root: &Root) -> Result<Option<SignedPart>, DeedError> {
        let signed = |part: &Option<Vec<u8>>, is: &dyn Fn(&SignedBody<'_>) -> bool| {
            part.as_deref().and_then(SignedBody::of).is_some_and(|signed| is(&signed))
        };
        let keys = signed(&standing.keys_part, &|s| verified_keys(s.body, &s.signatures, root).is_ok());
        let manifests = signed(&standing.manifests_part, &|s| verified_manifests(s.body, &s.signatures, root).is_ok());
        let online = |used_for, role: &bundle::Role| {
            self.keys.at_hand(used_for, role).map(|keys| keys.len() >= usize::from(role.threshold))
        };
        if !keys && !online(KeyUse::Keys, &root.keys)? {
            return Ok(Some(SignedPart::Keys));
        }
        if !manifests && !online(KeyUse::Manifests, &root.manifests)? {
            return Ok(Some(SignedPart::Manifests));
        }
        Ok(None)
    }

    /// Leaves a use that says what was done to keys.
    pub(crate) async fn noted(&self, actor: &Actor, detail: serde_json::Value) -> Result<(), DeedError> {
        self.short(
            Request::of(actor.clone(), Deed::RotateKeys),
            |_| Box::pin(async { Ok((Facts::default(), ())) }),
            move |_, (), _| Box::pin(async move { Ok(Done::plain(()).detail(detail)) }),
        )
        .await
    }
}

fn signers(signatures: &[Signature]) -> Vec<String> {
    signatures.iter().map(|signature| signature.key_id.to_string()).collect()
}

fn stale(version: u32, newest: u32) -> DeedError {
    DeedError::Conflict(Text::new(
        format!("这是第 {version} 版，已有第 {newest} 版：请重新准备、重新签名"),
        format!("it is version {version}, and version {newest} stands already: prepare and sign it anew"),
    ))
}

fn refused(why: BundleError) -> DeedError {
    let zh = match why {
        BundleError::Quorum => "签名的人不够",
        BundleError::UnknownSigner => "有签名来自这个角色之外的密钥，也许是另一个平台的",
        BundleError::BadSignature => "有签名对不上",
        _ => "它不合格式",
    };
    DeedError::Conflict(Text::new(format!("不收：{zh}"), format!("it is not taken: {why} ({})", why.word())))
}
