//! The gate's own key: made once in the gate's folder, mode 0600, never anywhere else. It signs challenges, and what
//! this gate tells the gates beside it. It does not know whether a bundle vouches for it.

use crate::failure::Failure;
use crate::machine::{chance, files};
use crate::pocket::base64url;
use std::path::Path;
use yima_code::Challenge;
use yima_code::peer::{PEER_KEY_BYTES, key_bytes};
use yima_code::signing::Message;
use yima_keys::custody::IssuingKey;
use yima_keys::{PublicKey, Suite};
use yima_wire::gate::SetCheckerKey;
use zeroize::Zeroizing;

/// The file holds 64 hexadecimal digits.
const FILE_BYTES_MAX: u64 = 128;
const FILE: &str = "checker.key";

/// A gate's key, ready to sign.
pub struct GateKey {
    key: IssuingKey,
    public: PublicKey,
}

impl GateKey {
    /// Reads the key of a gate's folder, or makes it.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(FILE);
        let damaged = || {
            Failure::could_not(format!(
                "{} is damaged: put it back from a copy, or end this gate and register another",
                path.display()
            ))
        };
        let key = match files::read(&path, FILE_BYTES_MAX)? {
            Some(text) => {
                let text = Zeroizing::new(text);
                let mut secret = Zeroizing::new([0; 32]);
                hex::decode_to_slice(text.trim_ascii(), &mut *secret).map_err(|_| damaged())?;
                IssuingKey::from_secret(Suite::Es256, &secret).map_err(|_| damaged())?
            }
            None => {
                let key = IssuingKey::generate(Suite::Es256, &mut chance::source())
                    .map_err(|why| Failure::machine("make the gate's key", why))?;
                files::replace(&path, Zeroizing::new(hex::encode(*key.secret())).as_bytes())?;
                key
            }
        };
        let public = PublicKey::parse(Suite::Es256, &key.public()).map_err(|_| damaged())?;
        Ok(Self { key, public })
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// How gates name each other.
    pub fn name(&self) -> [u8; PEER_KEY_BYTES] {
        key_bytes(&self.public)
    }

    /// Signs a message of the format.
    pub fn sign(&self, message: &Message) -> Result<[u8; 64], Failure> {
        self.sign_parts(&message.parts())
    }

    /// The challenge with this gate's signature.
    pub fn signed(&self, challenge: Challenge) -> Result<Challenge, Failure> {
        Ok(Challenge { signature: self.sign(&challenge.checker_message())?, ..challenge })
    }

    /// What registers the key for a gate of this id: the key vouches for itself.
    pub fn registration(&self, gate: &str) -> Result<SetCheckerKey, Failure> {
        let gate = yima_kernel::id::GateId::parse(gate)
            .map_err(|why| Failure::could_not(format!("the server gave another id than a gate's: {why}")))?;
        let proof = self.sign_parts(&[&yima_province::checker_key_message(&gate, &self.public)])?;
        Ok(SetCheckerKey {
            suite: "ES256".to_owned(),
            public_key: base64url(self.public.bytes()),
            proof: base64url(&proof),
            by_old: None,
        })
    }

    fn sign_parts(&self, parts: &[&[u8]]) -> Result<[u8; 64], Failure> {
        self.key.sign(parts, &mut chance::source()).map_err(|why| Failure::machine("sign with the gate's key", why))
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE, GateKey};
    use std::os::unix::fs::PermissionsExt;
    use yima_code::Challenge;

    #[test]
    fn a_gate_keeps_its_key_for_itself_and_signs_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = GateKey::open(folder.path()).expect("made");
        let path = folder.path().join(FILE);
        assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
        let again = GateKey::open(folder.path()).expect("read");
        assert_eq!(again.name(), key.name());
        let challenge = again.signed(Challenge::unsigned(3, 7, 1_798_000_000, [1; 8])).expect("signed");
        assert!(challenge.signer(std::slice::from_ref(key.public())).is_some());
        std::fs::write(&path, "no key").expect("written");
        assert!(GateKey::open(folder.path()).is_err(), "a damaged key is not replaced in silence");
    }
}
