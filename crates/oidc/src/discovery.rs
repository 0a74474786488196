//! What a client reads first: OpenID Connect Discovery 1.0 and RFC 8414, one document under two addresses.
//! It does not know the keys; they are a document of their own.

use crate::jwt::alg;
use crate::metadata::{AuthMethod, GrantType};
use crate::scope::{Claim, Scope};
use crate::tokens::ID_TOKEN_SUITES;
use serde_json::{Value, json};
use yima_kernel::assurance::Acr;

/// The document of an issuer.
#[must_use]
pub fn document(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    let claims = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "proofing", "act"];
    let claims: Vec<_> = claims.into_iter().chain(Claim::ALL.map(Claim::as_str)).collect();
    let proofs = ["ES256", "EdDSA"];
    json!({
        "issuer": issuer,
        "authorization_endpoint": at("/oauth2/authorize"),
        "token_endpoint": at("/oauth2/token"),
        "userinfo_endpoint": at("/oauth2/userinfo"),
        "jwks_uri": at("/oauth2/jwks"),
        "pushed_authorization_request_endpoint": at("/oauth2/par"),
        "introspection_endpoint": at("/oauth2/introspect"),
        "revocation_endpoint": at("/oauth2/revoke"),
        "end_session_endpoint": at("/oauth2/logout"),
        "registration_endpoint": at("/oauth2/register"),
        "device_authorization_endpoint": at("/oauth2/device_authorization"),
        "scopes_supported": Scope::ALL.map(Scope::as_str),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GrantType::ALL.map(GrantType::as_str),
        "acr_values_supported": Acr::ALL.map(Acr::as_str),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ID_TOKEN_SUITES.into_iter().filter_map(alg).collect::<Vec<_>>(),
        "token_endpoint_auth_methods_supported": AuthMethod::ALL.map(AuthMethod::as_str),
        "token_endpoint_auth_signing_alg_values_supported": proofs,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "introspection_endpoint_auth_signing_alg_values_supported": proofs,
        "revocation_endpoint_auth_methods_supported": AuthMethod::ALL.map(AuthMethod::as_str),
        "revocation_endpoint_auth_signing_alg_values_supported": proofs,
        "dpop_signing_alg_values_supported": proofs,
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": claims,
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "require_pushed_authorization_requests": false,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["zh-CN", "en"],
        "service_documentation": at("/api/docs"),
        "yima_deletions_endpoint": at("/oauth2/deletions"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_8414_2_every_endpoint_is_under_the_issuer() {
        let document = document("https://id.cn");
        for (name, value) in document.as_object().unwrap() {
            if name.ends_with("_endpoint") || name == "jwks_uri" {
                assert!(value.as_str().unwrap().starts_with("https://id.cn/oauth2/"), "{name}");
            }
        }
        assert_eq!(document["subject_types_supported"], json!(["pairwise"]));
        assert_eq!(document["id_token_signing_alg_values_supported"], json!(["ES256", "EdDSA"]));
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    }
}
