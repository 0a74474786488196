//! What a client is (RFC 7591 section 2), read into a type that can't be wrong. It does not know who reviewed it.

mod reading;

use crate::client_name::ClientName;
use crate::error::{Code, OauthError};
use crate::jwk::Jwk;
use crate::redirect::RedirectUri;
use crate::scope::{Claim, Scopes};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use yima_kernel::assurance::Acr;
use yima_kernel::id::ClientId;
use yima_kernel::mandate::Kind as MandateKind;
use yima_keys::Suite;

/// Longest metadata, bytes of JSON.
pub const LEN_MAX: usize = 32 * 1024;
/// Longest grant of a person, days.
pub const GRANT_DAYS_MAX: u16 = 366;

/// How a client proves who it is at the token endpoint (`token_endpoint_auth_method`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// It can't: an app on a person's device, or a page.
    None,
    /// A secret in `Authorization: Basic` (RFC 6749 section 2.3.1).
    SecretBasic,
    /// A secret in the body.
    SecretPost,
    /// A signed assertion (RFC 7523).
    PrivateKeyJwt,
}

impl AuthMethod {
    /// All.
    pub const ALL: [Self; 4] = [Self::SecretBasic, Self::SecretPost, Self::PrivateKeyJwt, Self::None];

    /// The registered word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Does the client hold a secret that we made?
    #[must_use]
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::SecretBasic | Self::SecretPost)
    }
}

/// A way to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
    /// RFC 6749 section 4.4.
    ClientCredentials,
    /// RFC 8628.
    DeviceCode,
    /// RFC 8693, for acting on somebody's behalf.
    TokenExchange,
}

impl GrantType {
    /// All that are offered.
    pub const ALL: [Self; 5] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::DeviceCode, Self::TokenExchange];

    /// The registered word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What a client asks to be told about a person, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedClaim {
    /// Without it the service can't be given; a reviewer agreed.
    pub required: bool,
    /// What for.
    pub why: Words,
}

/// An API of another app that a client's tokens may be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The app that the API is of, and that alone may ask what such a token is.
    pub client: ClientId,
    /// The address, one of that app's own `yima_resources`.
    pub resource: String,
}

/// A client, as it was registered.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// `client_name#zh`, or `client_name`.
    pub name_zh: ClientName,
    /// `client_name#en`, or `client_name`.
    pub name_en: ClientName,
    /// `redirect_uris`
    pub redirect_uris: Vec<RedirectUri>,
    /// `grant_types`
    pub grant_types: Vec<GrantType>,
    /// `token_endpoint_auth_method`
    pub auth_method: AuthMethod,
    /// `jwks`, by value (rule R38).
    pub keys: Vec<Jwk>,
    /// `scope`: those about people.
    pub scopes: Scopes,
    /// `yima_app_scopes`: words of the client's own, for tokens as itself.
    pub app_scopes: Vec<String>,
    /// `yima_claims`: what it may ask about a person, and why.
    pub claims: BTreeMap<Claim, WantedClaim>,
    /// `yima_purpose`: what for, or under which law.
    pub purpose: Words,
    /// `yima_grant_days`: the longest that a person's agreement lasts.
    pub grant_days: u16,
    /// `yima_resources`: addresses of its own that a token may be for (RFC 8707).
    pub resources: Vec<String>,
    /// `yima_audiences`: APIs of other apps, which a reviewer agreed that its people may take it to (rule R22).
    pub audiences: Vec<Audience>,
    /// `post_logout_redirect_uris`
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// `backchannel_logout_uri`
    pub backchannel_logout_uri: Option<RedirectUri>,
    /// `dpop_bound_access_tokens` (RFC 9449 section 5.2)
    pub dpop_bound: bool,
    /// `require_pushed_authorization_requests` (RFC 9126 section 6)
    pub pushed_only: bool,
    /// `id_token_signed_response_alg`: what its ID tokens and logout tokens are signed with, ES256 or Ed25519 (`EdDSA`).
    pub id_token_suite: Suite,
    /// `default_max_age`, seconds.
    pub default_max_age_s: Option<u32>,
    /// `default_acr_values`
    pub default_acr: Vec<Acr>,
    /// `yima_mandates`: under which mandates people may act for others at it (rule R18); without any it never hears of them.
    pub mandates: Vec<MandateKind>,
    /// `yima_logo`: the SHA-256 of its picture as it was made here, 64 hexadecimal digits.
    pub logo: Option<String>,
    /// `yima_private_network`: a private network in which its own server is told that sign-ins ended, and the bits that name
    /// it; named by an operator, never by the app (rule R39).
    pub private_network: Option<(IpAddr, u8)>,
    /// `contacts`: whom a reviewer calls, such as `陈工 0531-0000 0000` or an address of mail; never shown to people.
    pub contacts: Vec<String>,
}

/// Why metadata is not taken: which member, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotMetadata {
    /// The member.
    pub member: &'static str,
    /// The sentence.
    pub why: String,
}

impl fmt::Display for NotMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.member, self.why)
    }
}

impl std::error::Error for NotMetadata {}

impl Metadata {
    /// May it use this way to a token?
    #[must_use]
    pub fn may(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Can it prove who it is?
    #[must_use]
    pub const fn is_confidential(&self) -> bool {
        !matches!(self.auth_method, AuthMethod::None)
    }

    /// The registered address that an asked one is.
    #[must_use]
    pub fn redirect(&self, asked: &str) -> Option<&RedirectUri> {
        self.redirect_uris.iter().find(|one| one.is(asked))
    }

    /// Holds what is asked by `resource` (RFC 8707 section 2) against what this client registered.
    ///
    /// # Errors
    /// `invalid_target`.
    pub fn expect_resource(&self, asked: Option<&str>) -> Result<Option<String>, OauthError> {
        let known = |asked: &str| {
            self.resources.iter().any(|one| one == asked) || self.audiences.iter().any(|one| one.resource == asked)
        };
        if asked.is_some_and(|asked| !known(asked)) {
            return Err(OauthError::new(Code::InvalidTarget, "resource is none that this client registered"));
        }
        Ok(asked.map(str::to_owned))
    }

    /// The skeletons of its names.
    #[must_use]
    pub fn skeletons(&self) -> [String; 2] {
        [self.name_zh.skeleton(), self.name_en.skeleton()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn good() -> Value {
        json!({
            "client_name#zh": "泉城医院", "client_name#en": "Quancheng Hospital",
            "redirect_uris": ["https://hospital.example.cn/cb"],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile",
            "yima_claims": {
                "name": { "required": true, "zh": "挂号用", "en": "For registration" },
                "region": { "zh": "就近分诊", "en": "To send you nearby" },
                "age_band": { "zh": "分科", "en": "To find the ward" }
            },
            "yima_purpose": { "zh": "门诊挂号", "en": "Outpatient registration" }
        })
    }

    fn read(value: &Value) -> Result<Metadata, NotMetadata> {
        Metadata::parse(&value.to_string())
    }

    #[test]
    fn rfc_7591_2_metadata_becomes_a_type() {
        let client = read(&good()).unwrap();
        assert_eq!(client.auth_method, AuthMethod::SecretBasic);
        assert!(client.redirect("https://hospital.example.cn/cb").is_some());
        assert!(client.claims[&Claim::Name].required && !client.claims[&Claim::Region].required);
        assert_eq!(client.grant_days, 180);
        assert_eq!(client.id_token_suite, Suite::Es256, "unless it says otherwise");
        for (alg, suite) in [("ES256", Suite::Es256), ("EdDSA", Suite::Ed25519)] {
            let mut said = good();
            said["id_token_signed_response_alg"] = json!(alg);
            assert_eq!(read(&said).unwrap().id_token_suite, suite, "{alg}");
        }
        let mut called = good();
        called["contacts"] = json!(["陈工 0531-0000 0000", "it@hospital.example.cn"]);
        assert_eq!(read(&called).unwrap().contacts.len(), 2);
    }

    fn audience(resource: &str) -> Value {
        json!({ "client": "app_01hf7yat00aaaaaaaaaaaaaaaa", "resource": resource })
    }

    #[test]
    fn r22_the_api_of_another_app_is_named_with_that_app() {
        let mut named = good();
        named["yima_audiences"] = json!([audience("https://api.o.cn/")]);
        named["yima_resources"] = json!(["https://api.hospital.example.cn/"]);
        let client = read(&named).unwrap();
        assert_eq!(client.audiences[0].client.as_str(), "app_01hf7yat00aaaaaaaaaaaaaaaa");
        for good in [None, Some("https://api.o.cn/"), Some("https://api.hospital.example.cn/")] {
            assert_eq!(client.expect_resource(good).unwrap().as_deref(), good);
        }
        assert_eq!(client.expect_resource(Some("https://api.o.cn")).unwrap_err().code, Code::InvalidTarget);
    }

    #[test]
    fn rfc_7591_3_2_2_what_is_wrong_is_named() {
        let with = |name: &str, value: Value| {
            let mut all = good();
            all[name] = value;
            all
        };
        let table = [
            (with("client_name#zh", json!("一码医院")), "client_name#zh"),
            (with("redirect_uris", json!(["http://hospital.example.cn/cb"])), "redirect_uris"),
            (with("redirect_uris", json!([])), "redirect_uris"),
            (with("grant_types", json!(["implicit"])), "grant_types"),
            (with("grant_types", json!(["password"])), "grant_types"),
            (with("grant_types", json!(["refresh_token"])), "redirect_uris"),
            (with("response_types", json!(["token"])), "response_types"),
            (with("token_endpoint_auth_method", json!("client_secret_jwt")), "token_endpoint_auth_method"),
            (with("token_endpoint_auth_method", json!("private_key_jwt")), "jwks"),
            (with("subject_type", json!("public")), "subject_type"),
            (with("id_token_signed_response_alg", json!("none")), "id_token_signed_response_alg"),
            (with("id_token_signed_response_alg", json!("RS256")), "id_token_signed_response_alg"),
            (with("id_token_signed_response_alg", json!("Ed25519")), "id_token_signed_response_alg"),
            (with("id_token_signed_response_alg", json!(["EdDSA"])), "id_token_signed_response_alg"),
            (with("scope", json!("openid email")), "scope"),
            (with("scope", json!("openid profile phone")), "yima_claims"),
            (with("yima_claims", json!({ "name": {} })), "yima_claims"),
            (with("yima_purpose", json!({ "zh": "x" })), "yima_purpose"),
            (with("yima_purpose", json!({ "zh": "目的\u{202e}", "en": "x" })), "yima_purpose"),
            (with("yima_purpose", json!({ "zh": "目的", "en": "x\u{200b}" })), "yima_purpose"),
            (with("contacts", json!(["\u{2066}abc"])), "contacts"),
            (with("yima_grant_days", json!(400)), "yima_grant_days"),
            (with("backchannel_logout_uri", json!("cn.gov.app:/out")), "backchannel_logout_uri"),
            (with("yima_mandates", json!(["owner"])), "yima_mandates"),
            (with("yima_mandates", json!(["guardian", "deputy"])), "yima_mandates"),
            (
                with("grant_types", json!(["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"])),
                "yima_mandates",
            ),
            (with("yima_audiences", json!(["https://api.other.example.cn/"])), "yima_audiences"),
            (with("yima_audiences", json!([{ "client": "other", "resource": "https://api.o.cn/" }])), "yima_audiences"),
            (with("yima_audiences", json!([audience("https://api.o.cn/?a=b")])), "yima_audiences"),
            (
                with("yima_audiences", json!([audience("https://api.o.cn/"), audience("https://api.o.cn/")])),
                "yima_audiences",
            ),
            (with("yima_logo", json!("https://hospital.example.cn/logo.png")), "yima_logo"),
            (with("yima_logo", json!("A".repeat(64))), "yima_logo"),
            (with("yima_private_network", json!("127.0.0.0/8")), "yima_private_network"),
            (with("yima_private_network", json!("0.0.0.0/0")), "yima_private_network"),
            (with("yima_private_network", json!("192.168.0.0/8")), "yima_private_network"),
            (with("yima_private_network", json!("1.1.1.0/24")), "yima_private_network"),
            (with("logo_uri", json!("https://hospital.example.cn/logo.png")), "metadata"),
            (with("contacts", json!(["line\nbreak"])), "contacts"),
            (with("contacts", json!(["a", "b", "c", "d", "e", "f"])), "contacts"),
            (with("jwks_uri", json!("https://hospital.example.cn/jwks")), "metadata"),
            (json!([]), "metadata"),
        ];
        for (value, member) in table {
            assert_eq!(read(&value).unwrap_err().member, member, "{value}");
        }
    }
}
