//! A device's HTTP Message Signature (RFC 9421, the profile of `yima_wire::message_signature`), taken from a request.
//! It checks the digest and the clock; whose key must hold is for the caller to say.

use crate::bytes;
use crate::error::{Code, Refused};
use axum::http::request::Parts;
use yima_keys::{PublicKey, SIGNATURE_BYTES, sha256};
use yima_wire::message_signature as profile;

/// A signature that fits the body and the clock, and still has to be checked.
#[derive(Debug)]
pub struct Claimed {
    /// Whose key is said to have made it.
    pub key_id: String,
    base: String,
    signature: [u8; SIGNATURE_BYTES],
}

impl Claimed {
    /// Takes it from the headers.
    ///
    /// # Errors
    /// `not_signed` for anything out of profile or a digest that differs, `clock` for a time out of the window.
    pub fn from_request(parts: &Parts, body: &[u8], now_s: i64) -> Result<Self, Refused> {
        let digest = header(parts, profile::CONTENT_DIGEST)?;
        let claimed = bytes::field_bytes(profile::parse_content_digest(digest).map_err(out_of_profile)?);
        if claimed.as_deref() != Some(&sha256(&[body])[..]) {
            return Err(not_signed("digest differs"));
        }
        let input = header(parts, profile::SIGNATURE_INPUT)?;
        let parameters = profile::SignatureParameters::parse(input).map_err(out_of_profile)?;
        if (parameters.created_at - now_s).abs() > profile::CREATED_WINDOW_S {
            return Err(Refused::new(Code::Clock, "created").at(now_s));
        }
        let signature = profile::parse_signature(header(parts, profile::SIGNATURE)?).map_err(out_of_profile)?;
        let signature = bytes::field_bytes(signature).and_then(|bytes| bytes.try_into().ok());
        let (method, uri) = (parts.method.as_str(), &parts.uri);
        let base = profile::signature_base(method, uri.path(), uri.query().unwrap_or_default(), digest, &parameters);
        let signature = signature.ok_or_else(|| not_signed("signature length"))?;
        Ok(Self { key_id: parameters.key_id.to_owned(), base, signature })
    }

    /// Did this key make it?
    ///
    /// # Errors
    /// `not_signed`, whatever the cause.
    pub fn check(&self, key: &PublicKey) -> Result<(), Refused> {
        key.verify(&[self.base.as_bytes()], &self.signature).map_err(|_| not_signed("signature"))
    }
}

/// The one answer for whatever is wrong with a signature.
pub fn not_signed(reason: &'static str) -> Refused {
    Refused::new(Code::NotSigned, reason)
}

fn out_of_profile(error: profile::OutOfProfile) -> Refused {
    not_signed(error.0)
}

fn header<'a>(parts: &'a Parts, name: &'static str) -> Result<&'a str, Refused> {
    let mut values = parts.headers.get_all(name).iter();
    match (values.next().and_then(|value| value.to_str().ok()), values.next()) {
        (Some(value), None) => Ok(value),
        _ => Err(not_signed(name)),
    }
}
