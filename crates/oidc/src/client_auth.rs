//! What a client brings to prove who it is (RFC 6749 section 2.3, RFC 7521 section 4.2): read, one way at a time.
//! It does not know the client, its secret or its keys.

use crate::error::{Code, OauthError};
use crate::form::{Params, decoded};
use crate::metadata::AuthMethod;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `client_assertion_type` of a signed assertion (RFC 7523 section 2.2).
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Longest `Authorization` header that is looked at, bytes.
const HEADER_LEN_MAX: usize = 1024;

/// Who a client says it is, and what it brings for that.
#[derive(Clone, PartialEq, Eq)]
pub struct Brought {
    /// `client_id`; for an assertion its `sub`, which nobody has believed yet.
    pub client_id: String,
    /// The method that it used.
    pub method: AuthMethod,
    /// The secret or the assertion; empty for none.
    pub proof: String,
}

/// Reads what came in the header and in the body.
///
/// # Errors
/// `invalid_request` for more than one way at once (RFC 6749 section 2.3), `invalid_client` for none or an unreadable one.
pub fn read(authorization: Option<&str>, params: &Params) -> Result<Brought, OauthError> {
    let named = params.get("client_id");
    let assertion = (params.get("client_assertion"), params.get("client_assertion_type"));
    let brought = match (authorization, params.get("client_secret"), assertion) {
        (Some(header), None, (None, None)) => basic(header)?,
        (None, Some(secret), (None, None)) => Brought {
            client_id: named.ok_or(no_client())?.to_owned(),
            method: AuthMethod::SecretPost,
            proof: secret.to_owned(),
        },
        (None, None, (Some(jwt), Some(JWT_BEARER))) => {
            Brought { client_id: subject(jwt)?, method: AuthMethod::PrivateKeyJwt, proof: jwt.to_owned() }
        }
        (None, None, (None, None)) => {
            Brought { client_id: named.ok_or(no_client())?.to_owned(), method: AuthMethod::None, proof: String::new() }
        }
        (None, None, _) => {
            return Err(OauthError::new(Code::InvalidClient, "the assertion and its type come together"));
        }
        _ => return Err(OauthError::new(Code::InvalidRequest, "a client proves who it is in one way at a time")),
    };
    if named.is_some_and(|named| named != brought.client_id) {
        return Err(OauthError::new(Code::InvalidClient, "client_id is not the client that proved itself"));
    }
    Ok(brought)
}

fn basic(header: &str) -> Result<Brought, OauthError> {
    let wrong = || OauthError::new(Code::InvalidClient, "the Authorization header is not Basic with id and secret");
    let (scheme, rest) = header.split_once(' ').ok_or_else(wrong)?;
    if !scheme.eq_ignore_ascii_case("basic") || header.len() > HEADER_LEN_MAX {
        return Err(wrong());
    }
    let both = STANDARD.decode(rest.trim()).map_err(|_| wrong())?;
    let at = both.iter().position(|byte| *byte == b':').ok_or_else(wrong)?;
    // RFC 6749 section 2.3.1: both are form-encoded first.
    Ok(Brought {
        client_id: decoded(&both[..at]).map_err(|_| wrong())?,
        method: AuthMethod::SecretBasic,
        proof: decoded(&both[at + 1..]).map_err(|_| wrong())?,
    })
}

fn subject(jwt: &str) -> Result<String, OauthError> {
    let read = crate::jwt::read(jwt).ok();
    let sub = read.as_ref().and_then(|token| token.claims.get("sub")).and_then(serde_json::Value::as_str);
    sub.map(str::to_owned).ok_or(OauthError::new(Code::InvalidClient, "the assertion names no client in sub"))
}

const fn no_client() -> OauthError {
    OauthError::new(Code::InvalidClient, "no client_id and no proof of a client")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn rfc_6749_2_3_1_basic_is_form_encoded_first() {
        let header = format!("Basic {}", STANDARD.encode("app%5F1:a%3Ab"));
        let found = read(Some(&header), &params("grant_type=x")).unwrap();
        assert_eq!((found.client_id.as_str(), found.proof.as_str()), ("app_1", "a:b"));
        assert_eq!(found.method, AuthMethod::SecretBasic);
    }

    #[test]
    fn rfc_6749_2_3_one_way_at_a_time() {
        let header = format!("Basic {}", STANDARD.encode("app_1:s"));
        let jwt = "client_assertion=a.b.c&client_assertion_type=x";
        let table = [
            (Some(header.as_str()), "client_secret=s&client_id=app_1", Code::InvalidRequest),
            (Some(&header), jwt, Code::InvalidRequest),
            (None, "client_secret=s&client_assertion=a", Code::InvalidRequest),
            (None, jwt, Code::InvalidClient),
            (None, "client_assertion=a.b.c", Code::InvalidClient),
            (Some(&header), "client_id=app_2", Code::InvalidClient),
            (Some("Basic !"), "", Code::InvalidClient),
            (Some("Bearer x"), "", Code::InvalidClient),
            (None, "", Code::InvalidClient),
            (None, "client_secret=s", Code::InvalidClient),
        ];
        for (header, body, code) in table {
            assert_eq!(read(header, &params(body)).err().map(|e| e.code), Some(code), "{header:?} {body}");
        }
        assert_eq!(read(None, &params("client_id=app_1")).ok().map(|b| b.method), Some(AuthMethod::None));
    }
}
