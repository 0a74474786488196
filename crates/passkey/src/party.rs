//! The relying party: it asks a browser for a new passkey or for a proof, and judges the answer. User verification is
//! always required, passkeys are discoverable, and attestation is not asked for. The states it hands out are kept by the
//! caller, once and for a short time; it does not know where.

use crate::assertion::{Asking, Es256, Seen, Site};
use crate::error::PasskeyError;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;
use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::proto::{
    AuthenticationState, Credential, PublicKeyCredential, RegisterPublicKeyCredential, RegistrationState,
    UserVerificationPolicy,
};

/// A challenge lives so long (R8).
pub const CHALLENGE_S: u64 = 300;

/// This site as passkeys know it: its exact host.
pub struct Party {
    core: WebauthnCore,
    rp_id: String,
    rp_id_hash: [u8; 32],
}

/// What a browser is asked, and what to keep until it answers.
#[derive(Clone, Debug)]
pub struct Asked {
    /// JSON of `PublicKeyCredentialCreationOptions` or `PublicKeyCredentialRequestOptions` under `publicKey`, binary
    /// fields in base64url.
    pub options: Value,
    /// JSON; holds the challenge.
    pub state: String,
}

/// A passkey just made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id, up to 1,023 bytes.
    pub credential_id: Vec<u8>,
    /// The public key and what belongs to it, as JSON.
    pub body: String,
    /// It can't leave its device (BE = 0); otherwise it is synced or can be.
    pub bound: bool,
}

/// What an answer says about itself, before anything is proven.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Which passkey.
    pub credential_id: Vec<u8>,
    /// Whose, when the answer says so; 32 bytes of ours.
    pub user_handle: Option<Vec<u8>>,
    answer: PublicKeyCredential,
}

/// An answer that holds.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The stored JSON as it is now, when its counter or backup state changed.
    pub changed: Option<String>,
    /// It can't leave its device.
    pub bound: bool,
}

#[cfg(test)]
impl Claimed {
    pub(crate) fn answer(&self) -> &PublicKeyCredential {
        &self.answer
    }
}

impl Party {
    /// A relying party at this origin, `https://host[:port]` or `http://localhost[:port]`; its id is the exact host.
    ///
    /// # Errors
    /// [`PasskeyError::Origin`].
    pub fn new(name: &str, origin: &str) -> Result<Self, PasskeyError> {
        let url = Url::parse(origin).map_err(|_| PasskeyError::Origin)?;
        let Some(Host::Domain(host)) = url.host() else { return Err(PasskeyError::Origin) };
        if url.scheme() != "https" && !(url.scheme() == "http" && host == "localhost") {
            return Err(PasskeyError::Origin);
        }
        let rp_id = host.to_owned();
        let timeout = Duration::from_secs(CHALLENGE_S);
        // The safe wrapper of this library fixes user handles at 16 bytes and passkeys that can't be discovered; what it
        // warns of is held here: verification is required in every challenge, and the states are kept by the server.
        let core = WebauthnCore::new_unsafe_experts_only(name, &rp_id, vec![url], timeout, Some(false), Some(false));
        let rp_id_hash = yima_keys::sha256(&[rp_id.as_bytes()]);
        Ok(Self { core, rp_id, rp_id_hash })
    }

    /// The relying party id.
    #[must_use]
    pub fn rp_id(&self) -> &str {
        &self.rp_id
    }

    /// Asks for a new passkey. `name` is what the device shows in its list; never a name or number of a person.
    /// `exclude` are the ids of passkeys that this person has already.
    ///
    /// # Errors
    /// [`PasskeyError::Form`] for an empty name.
    pub fn ask_new(
        &self,
        challenge: [u8; 32],
        user_handle: &[u8; 32],
        name: &str,
        exclude: &[Vec<u8>],
    ) -> Result<Asked, PasskeyError> {
        let builder = self.core.new_challenge_register_builder(user_handle, name, name)?;
        let builder = builder
            .user_verification_policy(UserVerificationPolicy::Required)
            .require_resident_key(true)
            .exclude_credentials(Some(exclude.to_vec()));
        let (options, state) = self.core.generate_challenge_register(builder)?;
        asked(challenge, json_of(&options)?, json_of(&state)?)
    }

    /// Judges the answer to [`Party::ask_new`].
    ///
    /// # Errors
    /// Why it does not hold.
    pub fn made(&self, state: &str, answer: &str) -> Result<Made, PasskeyError> {
        let state: RegistrationState = serde_json::from_str(state).map_err(|_| PasskeyError::Kept)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer).map_err(|_| PasskeyError::Form)?;
        let made = self.core.register_credential(&answer, &state, None)?;
        Ok(Made {
            credential_id: made.cred_id.as_slice().to_vec(),
            bound: !made.backup_eligible,
            body: serde_json::to_string(&made).map_err(|_| PasskeyError::Form)?,
        })
    }

    /// Asks for a proof with one of these passkeys (their stored JSON), or with any of this site when none is named.
    ///
    /// # Errors
    /// [`PasskeyError::Kept`].
    pub fn ask_proof(&self, challenge: [u8; 32], bodies: &[String]) -> Result<Asked, PasskeyError> {
        let allowed = bodies.iter().map(|body| credential(body)).collect::<Result<Vec<_>, _>>()?;
        let builder = self.core.new_challenge_authenticate_builder(allowed, Some(UserVerificationPolicy::Required))?;
        let (options, mut state) = self.core.generate_challenge_authenticate(builder)?;
        // What it was asked of is read again from the row at the answer, so it is not kept here as well.
        state.set_allowed_credentials(Vec::new());
        asked(challenge, json_of(&options)?, json_of(&state)?)
    }

    /// Which passkey an answer claims to be of.
    ///
    /// # Errors
    /// [`PasskeyError::Form`].
    pub fn claimed(&self, answer: &str) -> Result<Claimed, PasskeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer).map_err(|_| PasskeyError::Form)?;
        Ok(Claimed {
            credential_id: answer.get_credential_id().to_vec(),
            user_handle: answer.get_user_unique_id().map(<[u8]>::to_vec),
            answer,
        })
    }

    /// Judges the answer to [`Party::ask_proof`], read by [`Party::claimed`], by the stored JSON of the passkey that it claims.
    ///
    /// # Errors
    /// Why it does not hold.
    pub fn proven(&self, state: &str, claimed: &Claimed, body: &str) -> Result<Proven, PasskeyError> {
        let mut kept = credential(body)?;
        let seen = match Es256::of(&kept) {
            Some(key) => {
                let site = Site { origins: self.core.get_allowed_origins(), rp_id_hash: &self.rp_id_hash };
                site.judge(&claimed.answer, &Asking::read(state)?, &kept, &key)?
            }
            None => self.by_library(state, claimed, &kept)?,
        };
        let changed = if seen.changes(&kept) {
            kept.counter = seen.counter;
            kept.backup_state = seen.backed_up;
            Some(serde_json::to_string(&kept).map_err(|_| PasskeyError::Kept)?)
        } else {
            None
        };
        Ok(Proven { changed, bound: !kept.backup_eligible })
    }

    /// The library's own judgement, for keys of every sort; ours over ES256 must never differ from it.
    pub(crate) fn by_library(&self, state: &str, claimed: &Claimed, kept: &Credential) -> Result<Seen, PasskeyError> {
        let state: AuthenticationState = serde_json::from_str(state).map_err(|_| PasskeyError::Kept)?;
        let result = self.core.authenticate_single_credential(&claimed.answer, &state, kept)?;
        if !result.user_verified() {
            return Err(PasskeyError::NotVerified);
        }
        Ok(Seen { counter: result.counter(), backed_up: result.backup_state() })
    }
}

/// The stored JSON of a passkey under another id: invented people share a key, and no two passkeys an id.
///
/// # Errors
/// [`PasskeyError::Kept`].
pub fn under_id(body: &str, credential_id: &[u8]) -> Result<String, PasskeyError> {
    let mut kept = credential(body)?;
    kept.cred_id = credential_id.to_vec();
    serde_json::to_string(&kept).map_err(|_| PasskeyError::Kept)
}

pub(crate) fn credential(body: &str) -> Result<Credential, PasskeyError> {
    serde_json::from_str(body).map_err(|_| PasskeyError::Kept)
}

fn json_of(value: &impl serde::Serialize) -> Result<Value, PasskeyError> {
    serde_json::to_value(value).map_err(|_| PasskeyError::Form)
}

/// Puts the challenge that was handed in where the library rolled one of its own.
fn asked(challenge: [u8; 32], mut options: Value, mut state: Value) -> Result<Asked, PasskeyError> {
    let challenge = json!(URL_SAFE_NO_PAD.encode(challenge));
    for place in [options.pointer_mut("/publicKey/challenge"), state.pointer_mut("/challenge")] {
        *place.ok_or(PasskeyError::Form)? = challenge.clone();
    }
    Ok(Asked { options, state: state.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relying_party_is_a_name_over_tls_or_this_machine() {
        let table = [
            ("https://yima.example", Some("yima.example")),
            ("https://id.yima.example:8443", Some("id.yima.example")),
            ("http://localhost:8080", Some("localhost")),
            ("http://yima.example", None),
            ("https://127.0.0.1", None),
            ("https://[::1]", None),
            ("http://127.0.0.1:8080", None),
            ("yima.example", None),
            ("", None),
        ];
        for (origin, expected) in table {
            assert_eq!(
                Party::new("Yima", origin).ok().map(|party| party.rp_id),
                expected.map(str::to_owned),
                "{origin}"
            );
        }
    }

    #[test]
    fn the_challenge_is_the_one_that_was_handed_in_and_verification_is_required() {
        let party = Party::new("Yima", "http://localhost:8080").unwrap();
        let new = party.ask_new([7; 32], &[9; 32], "Yima 1234", &[vec![1; 16]]).unwrap();
        let proof = party.ask_proof([7; 32], &[]).unwrap();
        let challenge = URL_SAFE_NO_PAD.encode([7; 32]);
        for asked in [&new, &proof] {
            assert_eq!(asked.options["publicKey"]["challenge"], challenge);
            assert!(asked.state.contains(&challenge), "{}", asked.state);
        }
        let options = &new.options["publicKey"];
        assert_eq!(options["user"]["id"], URL_SAFE_NO_PAD.encode([9; 32]));
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["attestation"], "none");
        assert_eq!(options["excludeCredentials"].as_array().map(Vec::len), Some(1));
        assert_eq!(proof.options["publicKey"]["userVerification"], "required");
    }

    #[test]
    fn what_is_no_answer_is_refused_by_name() {
        let party = Party::new("Yima", "http://localhost:8080").unwrap();
        let new = party.ask_new([7; 32], &[9; 32], "Yima 1234", &[]).unwrap();
        for answer in ["", "{}", "[]", "{\"id\":\"AA\"}"] {
            assert_eq!(party.made(&new.state, answer).err(), Some(PasskeyError::Form), "{answer}");
            assert_eq!(party.claimed(answer).err(), Some(PasskeyError::Form), "{answer}");
        }
    }
}
