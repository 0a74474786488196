//! Judges a proof by a passkey of ES256, step by step as Web Authentication Level 3 section 7.2 orders them. The library reads
//! the bytes; the signature is checked with aws-lc, which takes a fraction of what the library's own P-256 takes.
//! It does not know keys of other sorts, which the library judges, nor where a challenge was kept.

use crate::error::PasskeyError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use url::Url;
use webauthn_rs_core::internals::AuthenticatorData;
use webauthn_rs_core::proto::{
    Authentication, COSEAlgorithm, COSEKeyType, CollectedClientData, Credential, ECDSACurve, PublicKeyCredential,
};

/// The site that an answer must be for.
pub struct Site<'a> {
    pub origins: &'a [Url],
    /// SHA-256 of its id.
    pub rp_id_hash: &'a [u8; 32],
}

/// What was kept when the proof was asked for. It is the library's JSON: what it may hold besides and we never ask for is
/// refused, so that nothing is passed over.
pub struct Asking {
    challenge: Vec<u8>,
}

/// A public key of ES256 on P-256.
pub struct Es256<'a> {
    x: &'a [u8],
    y: &'a [u8],
}

/// What an answer that holds says of its authenticator.
#[derive(Debug, PartialEq, Eq)]
pub struct Seen {
    /// 0 where it does not count.
    pub counter: u32,
    /// It lies in a backup now.
    pub backed_up: bool,
}

#[derive(Deserialize)]
struct Kept {
    policy: String,
    challenge: String,
    appid: Option<String>,
    allow_backup_eligible_upgrade: bool,
}

impl Asking {
    /// Reads what [`crate::Party::ask_proof`] gave to keep.
    pub fn read(state: &str) -> Result<Self, PasskeyError> {
        let kept: Kept = serde_json::from_str(state).map_err(|_| PasskeyError::Kept)?;
        if kept.policy != "required" || kept.appid.is_some() || kept.allow_backup_eligible_upgrade {
            return Err(PasskeyError::Kept);
        }
        let challenge = URL_SAFE_NO_PAD.decode(kept.challenge).map_err(|_| PasskeyError::Kept)?;
        Ok(Self { challenge })
    }
}

impl<'a> Es256<'a> {
    /// The key of a passkey; None when it is of another sort.
    pub fn of(kept: &'a Credential) -> Option<Self> {
        match (&kept.cred.key, kept.cred.type_) {
            (COSEKeyType::EC_EC2(key), COSEAlgorithm::ES256) if key.curve == ECDSACurve::SECP256R1 => {
                Some(Self { x: &key.x, y: &key.y })
            }
            _ => None,
        }
    }
}

impl Seen {
    /// Whether the stored passkey must be written anew.
    pub fn changes(&self, kept: &Credential) -> bool {
        self.counter > kept.counter || self.backed_up != kept.backup_state
    }
}

impl Site<'_> {
    /// Judges an answer by the passkey that it names. The numbers are steps of section 7.2; 5 and 6 (whose passkey it is)
    /// are the caller's, and no extension was asked for (18).
    pub fn judge(
        &self,
        answer: &PublicKeyCredential,
        asking: &Asking,
        kept: &Credential,
        key: &Es256<'_>,
    ) -> Result<Seen, PasskeyError> {
        if answer.raw_id != kept.cred_id {
            return Err(PasskeyError::NotProven);
        }
        let signed = &answer.response;
        let data = AuthenticatorData::<Authentication>::try_from(signed.authenticator_data.as_slice())?;
        // 8 and 9: the client data.
        let client: CollectedClientData =
            serde_json::from_slice(&signed.client_data_json).map_err(|_| PasskeyError::NotProven)?;
        // 10 to 12: its type, challenge and origin.
        let same_origin = |origin: &Url| *origin == client.origin || same_tuple(origin, &client.origin);
        if client.type_ != "webauthn.get"
            || client.challenge != asking.challenge
            || !self.origins.iter().any(same_origin)
        {
            return Err(PasskeyError::NotProven);
        }
        // 15 to 17: this site, somebody there, and who it is verified by the device.
        if signed.authenticator_data.get(..32) != Some(&self.rp_id_hash[..]) || !data.user_present {
            return Err(PasskeyError::NotProven);
        }
        if !data.user_verified {
            return Err(PasskeyError::NotVerified);
        }
        // 18 and 19: whether it can be in a backup never changes, and only such a passkey is in one.
        if data.backup_eligible != kept.backup_eligible || (data.backup_state && !kept.backup_eligible) {
            return Err(PasskeyError::NotProven);
        }
        // 20 and 21: the signature over both.
        let hash = yima_keys::sha256(&[&signed.client_data_json]);
        yima_keys::verify_es256_der(key.x, key.y, &[&signed.authenticator_data, &hash], &signed.signature)
            .map_err(|_| PasskeyError::NotProven)?;
        // 22: a counter only rises; one that never moved does not count.
        if (data.counter > 0 || kept.counter > 0) && data.counter <= kept.counter {
            return Err(PasskeyError::Copied);
        }
        Ok(Seen { counter: data.counter, backed_up: data.backup_state })
    }
}

/// Scheme, host and port of both are the same; what is opaque is the same as nothing.
fn same_tuple(one: &Url, other: &Url) -> bool {
    let (one, other) = (one.origin(), other.origin());
    one.is_tuple() && one == other
}
