//! An authenticator in software, for tests: makes a passkey and proves itself with it as a browser would say it.
//! It does not know the server; challenges come in, JSON goes out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};

/// User present, user verified.
const UP_UV: u8 = 0x05;
/// Credential data follows.
const AT: u8 = 0x40;
/// May be backed up, and is.
const SYNCED: u8 = 0x18;

pub struct SoftPasskey {
    pub key: SigningKey,
    pub id: [u8; 16],
    /// Of its person, base64url.
    pub handle: String,
    pub origin: String,
    /// Says that it verified its person.
    pub verifies: bool,
    synced: bool,
}

impl SoftPasskey {
    /// Answers what `navigator.credentials.create` was asked.
    pub fn make(options: &Value, origin: &str, number: u8, synced: bool) -> (Self, String) {
        Self::make_one_of_many(options, origin, u16::from(number), synced)
    }

    /// The same, where a test makes more of them than 255.
    pub fn make_one_of_many(options: &Value, origin: &str, number: u16, synced: bool) -> (Self, String) {
        let options = &options["publicKey"];
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        let handle = options["user"]["id"].as_str().unwrap().to_owned();
        assert_eq!(URL_SAFE_NO_PAD.decode(&handle).unwrap().len(), 32, "R8: the user handle is 32 bytes");
        let [high, low] = number.to_be_bytes();
        let mut secret = [low; 32];
        secret[..16].fill(high);
        let mut id = [low; 16];
        id[..8].fill(high);
        let key = SigningKey::from_slice(&secret).unwrap();
        let made = Self { key, id, handle, origin: origin.to_owned(), verifies: true, synced };
        let client = made.client_data("webauthn.create", options["challenge"].as_str().unwrap());
        let point = made.key.verifying_key().to_sec1_point(false);
        let mut data = made.authenticator_data(AT);
        data.extend([0; 16]);
        data.extend(16_u16.to_be_bytes());
        data.extend(made.id);
        // COSE_Key: kty EC2, alg ES256, crv P-256, x, y.
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().unwrap());
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().unwrap());
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let answer = json!({
            "id": URL_SAFE_NO_PAD.encode(made.id), "rawId": URL_SAFE_NO_PAD.encode(made.id), "type": "public-key",
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(object), "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            },
            "extensions": {},
        });
        (made, answer.to_string())
    }

    /// Answers what `navigator.credentials.get` was asked.
    pub fn prove(&self, options: &Value) -> String {
        let options = &options["publicKey"];
        assert_eq!(options["userVerification"], "required");
        let client = self.client_data("webauthn.get", options["challenge"].as_str().unwrap());
        let data = self.authenticator_data(0);
        let mut signed = data.clone();
        signed.extend(yima_keys::sha256(&[client.as_bytes()]));
        let signature: DerSignature = self.key.sign(&signed);
        json!({
            "id": URL_SAFE_NO_PAD.encode(self.id), "rawId": URL_SAFE_NO_PAD.encode(self.id), "type": "public-key",
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data), "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_bytes()), "userHandle": self.handle,
            },
            "extensions": {},
        })
        .to_string()
    }

    fn client_data(&self, of: &str, challenge: &str) -> String {
        json!({ "type": of, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string()
    }

    fn authenticator_data(&self, more: u8) -> Vec<u8> {
        let mut flags = UP_UV | more;
        if !self.verifies {
            flags &= !0x04;
        }
        if self.synced {
            flags |= SYNCED;
        }
        let mut data = yima_keys::sha256(&[b"localhost"]).to_vec();
        data.push(flags);
        data.extend(0_u32.to_be_bytes());
        data
    }
}
