//! Why a bundle was refused: one word for each rule of `docs/spec/verifier-bundle.md`.
//! It does not know what the gate does next; it keeps the bundle that it has.

use std::fmt;

/// The reason, in the order in which opening looks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BundleError {
    /// The file or a part is above its bound.
    TooLarge,
    /// Bytes that are not a bundle, or not the one spelling of it.
    Malformed,
    /// A part's size or SHA-256 is not what the head says.
    PartMismatch,
    /// A key is no point of its curve.
    BadKey,
    /// Root versions don't rise by one, or the epoch falls.
    RootChain,
    /// The pinned root does not stand in the chain.
    RootUnknown,
    /// The newest root is older than one that was accepted before.
    RootRollback,
    /// A signature by a key that the role does not name.
    UnknownSigner,
    /// A signature that does not hold.
    BadSignature,
    /// Too few signatures of a role.
    Quorum,
    /// The head's epoch is not the newest root's.
    EpochMismatch,
    /// The epoch is lower than one that was accepted before.
    EpochRollback,
    /// The head's version is lower than one this signer made before.
    VersionRollback,
    /// Another head of the same version by the same signer.
    Equivocation,
    /// The head's time is lower than one this signer gave before.
    TimeRollback,
    /// Past the expiry of the root or the head.
    Expired,
    /// The keys part is older than one of the same signers before.
    KeysRollback,
    /// The head claims to live longer than the keys part.
    BeyondKeys,
    /// Two entries bear one kid.
    DuplicateKid,
    /// One key serves two uses.
    KeyReused,
    /// The manifests part is older than one of the same reviewers before.
    ManifestsRollback,
    /// A scenario's rule contradicts the limits that hold for all.
    BadRule,
    /// A delta starts from another bundle than the one that is held.
    DeltaFrom,
    /// A delta's result is not the bundle that it promised: fetch the whole.
    DeltaResult,
}

impl BundleError {
    /// The reason in snake_case, as in vectors and logs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Malformed => "malformed",
            Self::PartMismatch => "part_mismatch",
            Self::BadKey => "bad_key",
            Self::RootChain => "root_chain",
            Self::RootUnknown => "root_unknown",
            Self::RootRollback => "root_rollback",
            Self::UnknownSigner => "unknown_signer",
            Self::BadSignature => "bad_signature",
            Self::Quorum => "quorum",
            Self::EpochMismatch => "epoch_mismatch",
            Self::EpochRollback => "epoch_rollback",
            Self::VersionRollback => "version_rollback",
            Self::Equivocation => "equivocation",
            Self::TimeRollback => "time_rollback",
            Self::Expired => "expired",
            Self::KeysRollback => "keys_rollback",
            Self::BeyondKeys => "beyond_keys",
            Self::DuplicateKid => "duplicate_kid",
            Self::KeyReused => "key_reused",
            Self::ManifestsRollback => "manifests_rollback",
            Self::BadRule => "bad_rule",
            Self::DeltaFrom => "delta_from",
            Self::DeltaResult => "delta_result",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::TooLarge => "the file is larger than a bundle may be",
            Self::Malformed => "the file is not a bundle, or is damaged",
            Self::PartMismatch => "a part is not the one that the head names",
            Self::BadKey => "a key is not valid for its suite",
            Self::RootChain => "the chain of roots is broken",
            Self::RootUnknown => "the bundle does not lead back to the pinned root",
            Self::RootRollback => "the root is older than the one already accepted",
            Self::UnknownSigner => "a signer is not named for this role",
            Self::BadSignature => "a signature does not hold",
            Self::Quorum => "too few signers vouch for a part",
            Self::EpochMismatch => "the epoch is not the one that the root names",
            Self::EpochRollback => "the epoch is lower than the one already accepted",
            Self::VersionRollback => "the bundle is older than the one already accepted",
            Self::Equivocation => "two different bundles bear the same version",
            Self::TimeRollback => "the bundle's time is before the one already accepted",
            Self::Expired => "the bundle has expired",
            Self::KeysRollback => "the keys part is older than the one already accepted",
            Self::BeyondKeys => "the bundle claims to outlive its keys part",
            Self::DuplicateKid => "two key entries bear the same identifier",
            Self::KeyReused => "one key serves two uses",
            Self::ManifestsRollback => "the scenarios are older than those already accepted",
            Self::BadRule => "a scenario's rule is outside the limits",
            Self::DeltaFrom => "the difference starts from another bundle",
            Self::DeltaResult => "the difference does not give the bundle that it promised",
        }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for BundleError {}
