//! Requests to the token endpoint (RFC 6749 sections 4.1.3, 4.4.2 and 6, RFC 8628 section 3.4, RFC 8693), read into what they are.
//! It does not know who asks, nor whether what is brought is good.

use crate::error::{Code, OauthError};
use crate::exchange::{self, Exchange};
use crate::form::Params;
use crate::metadata::{GrantType, Metadata};

/// Longest code, device code or refresh token, bytes.
const SECRET_LEN_MAX: usize = 256;

/// What is asked for.
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// RFC 6749 section 4.1.3, RFC 7636 section 4.5.
    Code {
        /// The code.
        code: String,
        /// Where it had been sent.
        redirect_uri: String,
        /// Of the challenge.
        verifier: String,
    },
    /// RFC 6749 section 6.
    Refresh {
        /// The token.
        token: String,
        /// Less than was granted.
        scope: Option<String>,
    },
    /// RFC 6749 section 4.4.2.
    ClientCredentials {
        /// Words of the client's own.
        scopes: Vec<String>,
        /// RFC 8707.
        resource: Option<String>,
    },
    /// RFC 8628 section 3.4.
    Device {
        /// The device code.
        code: String,
    },
    /// RFC 8693 section 2.1.
    Exchange(Exchange),
}

/// Reads a request of this client.
///
/// # Errors
/// `unsupported_grant_type`, `unauthorized_client`, `invalid_request`, `invalid_scope`, `invalid_target`.
pub fn parse(params: &Params, client: &Metadata) -> Result<TokenRequest, OauthError> {
    let word = params.need("grant_type", "grant_type is missing")?;
    let unknown = OauthError::new(Code::UnsupportedGrantType, "see grant_types_supported");
    let grant = GrantType::parse(word).ok_or(unknown)?;
    if !client.may(grant) {
        return Err(OauthError::new(Code::UnauthorizedClient, "this client is not registered for that grant type"));
    }
    let secret = |name: &str, missing: &'static str| -> Result<String, OauthError> {
        let found = params.need(name, missing)?;
        let fits = found.len() <= SECRET_LEN_MAX;
        if fits { Ok(found.to_owned()) } else { Err(OauthError::new(Code::InvalidGrant, "that was not made here")) }
    };
    Ok(match grant {
        GrantType::AuthorizationCode => TokenRequest::Code {
            code: secret("code", "code is missing")?,
            redirect_uri: params.need("redirect_uri", "redirect_uri is missing")?.to_owned(),
            verifier: params.need("code_verifier", "code_verifier is missing (RFC 7636)")?.to_owned(),
        },
        GrantType::RefreshToken => TokenRequest::Refresh {
            token: secret("refresh_token", "refresh_token is missing")?,
            scope: params.get("scope").map(str::to_owned),
        },
        GrantType::ClientCredentials => TokenRequest::ClientCredentials {
            scopes: app_scopes(params, client)?,
            resource: client.expect_resource(params.get("resource"))?,
        },
        GrantType::DeviceCode => TokenRequest::Device { code: secret("device_code", "device_code is missing")? },
        GrantType::TokenExchange => TokenRequest::Exchange(exchange::parse(params, client)?),
    })
}

fn app_scopes(params: &Params, client: &Metadata) -> Result<Vec<String>, OauthError> {
    let Some(asked) = params.get("scope") else { return Ok(client.app_scopes.clone()) };
    let asked: Vec<String> = asked.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let unknown = OauthError::new(Code::InvalidScope, "a scope is none that this client registered in yima_app_scopes");
    if asked.iter().all(|word| client.app_scopes.contains(word)) { Ok(asked) } else { Err(unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(grants: &[&str]) -> Metadata {
        let words = serde_json::json!({ "zh": "用", "en": "use" });
        let mut all = serde_json::json!({ "client_name": "测试", "scope": "openid", "grant_types": grants,
            "yima_app_scopes": ["waits:read"], "yima_purpose": words });
        if grants.contains(&"authorization_code") {
            all["redirect_uris"] = serde_json::json!(["https://a.cn/cb"]);
        }
        Metadata::parse(&all.to_string()).unwrap()
    }

    #[test]
    fn rfc_6749_5_2_bad_token_requests_are_refused_under_the_right_word() {
        let all = client(&["authorization_code", "refresh_token", "client_credentials"]);
        let device_only = client(&["urn:ietf:params:oauth:grant-type:device_code"]);
        let long = format!("grant_type=refresh_token&refresh_token={}", "x".repeat(SECRET_LEN_MAX + 1));
        let table = [
            (&all, "", Code::InvalidRequest),
            (&all, "grant_type=password&username=a&password=b", Code::UnsupportedGrantType),
            (&all, "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer", Code::UnsupportedGrantType),
            (&device_only, "grant_type=client_credentials", Code::UnauthorizedClient),
            (&device_only, "grant_type=authorization_code", Code::UnauthorizedClient),
            (&all, "grant_type=authorization_code&code=c&redirect_uri=r", Code::InvalidRequest),
            (&all, "grant_type=authorization_code&code=c&code_verifier=v", Code::InvalidRequest),
            (&all, "grant_type=authorization_code&redirect_uri=r&code_verifier=v", Code::InvalidRequest),
            (&all, "grant_type=refresh_token", Code::InvalidRequest),
            (&all, &long, Code::InvalidGrant),
            (&all, "grant_type=client_credentials&scope=openid", Code::InvalidScope),
            (&all, "grant_type=client_credentials&resource=https://evil.cn", Code::InvalidTarget),
        ];
        for (client, body, code) in table {
            let found = parse(&Params::parse(body.as_bytes()).unwrap(), client);
            assert_eq!(found.err().map(|e| e.code), Some(code), "{}", &body[..body.len().min(60)]);
        }
    }
}
