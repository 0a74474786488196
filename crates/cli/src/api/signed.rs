//! A device's signature on a request: HTTP Message Signatures (RFC 9421) in the platform's one profile.
//! It does not know what is asked for.

use crate::failure::Failure;
use crate::machine::chance;
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Method, Url};
use yima_keys::custody::IssuingKey;
use yima_wire::message_signature::{
    CONTENT_DIGEST, SIGNATURE, SIGNATURE_INPUT, SignatureParameters, content_digest_header, signature_base,
    signature_header,
};

/// The device's key, its name, and the corrected time at which it signs.
pub struct Signer<'a> {
    /// The device's own key.
    pub key: &'a IssuingKey,
    /// `dev_…`, or `new` while it is being enrolled.
    pub key_id: &'a str,
    /// Unix seconds, corrected by what the server said.
    pub created_at: i64,
}

impl Signer<'_> {
    /// The three headers that carry the signature.
    pub fn headers(&self, method: &Method, url: &Url, body: &[u8]) -> Result<[(&'static str, String); 3], Failure> {
        let digest = content_digest_header(&STANDARD.encode(yima_keys::sha256(&[body])));
        let parameters = SignatureParameters { created_at: self.created_at, key_id: self.key_id };
        let base = signature_base(method.as_str(), url.path(), url.query().unwrap_or(""), &digest, &parameters);
        let signature = self
            .key
            .sign(&[base.as_bytes()], &mut chance::source())
            .map_err(|why| Failure::machine("sign the request", why))?;
        Ok([
            (CONTENT_DIGEST, digest),
            (SIGNATURE_INPUT, parameters.header()),
            (SIGNATURE, signature_header(&STANDARD.encode(signature))),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::Signer;
    use crate::machine::chance;
    use base64::{Engine, engine::general_purpose::STANDARD};
    use reqwest::{Method, Url};
    use yima_keys::custody::IssuingKey;
    use yima_keys::{PublicKey, Suite};
    use yima_wire::message_signature::{SignatureParameters, parse_signature, signature_base};

    #[test]
    fn the_server_can_check_what_the_device_signs() {
        for suite in [Suite::Es256, Suite::Sm2Sm3] {
            let key = IssuingKey::generate(suite, &mut chance::source()).expect("a key");
            let signer = Signer { key: &key, key_id: "dev_a", created_at: 1_798_732_799 };
            let url = Url::parse("http://h:1/api/v1/record?before=use_1").expect("a url");
            let [digest, input, signature] = signer.headers(&Method::GET, &url, b"").expect("signed");
            let parameters = SignatureParameters::parse(&input.1).expect("in profile");
            let base = signature_base("GET", "/api/v1/record", "before=use_1", &digest.1, &parameters);
            let octets = STANDARD.decode(parse_signature(&signature.1).expect("in profile")).expect("base64");
            let public = PublicKey::parse(suite, &key.public()).expect("a point");
            let octets: [u8; 64] = octets.try_into().expect("64 octets");
            assert!(public.verify(&[base.as_bytes()], &octets).is_ok());
            assert!(public.verify(&[b"other"], &octets).is_err());
        }
    }
}
