//! What a client is (RFC 7591 section 2), read into a type that can't be wrong. It does not know who reviewed it.

use crate::client_name::ClientName;
use crate::error::{Code, OauthError};
use crate::jwk::{self, Jwk};
use crate::jwt::alg;
use crate::redirect::RedirectUri;
use crate::scope::{Claim, Scopes};
use crate::tokens::ID_TOKEN_SUITES;
use serde_json::Value;
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
const GRANT_DAYS: u16 = 180;
const URIS_MAX: usize = 20;
const WORDS_MAX: usize = 200;
const CONTACTS_MAX: usize = 5;
const CONTACT_CHARS_MAX: usize = 100;

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

const MEMBERS: [&str; 30] = [
    "client_name",
    "client_name#zh",
    "client_name#en",
    "redirect_uris",
    "response_types",
    "grant_types",
    "token_endpoint_auth_method",
    "jwks",
    "scope",
    "subject_type",
    "application_type",
    "id_token_signed_response_alg",
    "post_logout_redirect_uris",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "dpop_bound_access_tokens",
    "require_pushed_authorization_requests",
    "default_max_age",
    "default_acr_values",
    "client_uri",
    "yima_app_scopes",
    "yima_claims",
    "yima_purpose",
    "yima_grant_days",
    "yima_resources",
    "yima_audiences",
    "yima_mandates",
    "yima_logo",
    "yima_private_network",
    "contacts",
];

impl Metadata {
    /// Reads RFC 7591 metadata. A member that is not known here is refused, not dropped: what was reviewed is what holds.
    ///
    /// # Errors
    /// [`NotMetadata`] names the member.
    pub fn parse(text: &str) -> Result<Self, NotMetadata> {
        if text.len() > LEN_MAX {
            return Err(wrong("metadata", "at most 32 KiB"));
        }
        let value: Value = serde_json::from_str(text).map_err(|why| wrong("metadata", format!("not JSON: {why}")))?;
        let object = value.as_object().ok_or_else(|| wrong("metadata", "a JSON object is expected"))?;
        if let Some(stranger) = object.keys().find(|key| !MEMBERS.contains(&key.as_str())) {
            let shown: String = stranger.chars().filter(char::is_ascii_graphic).take(40).collect();
            return Err(wrong("metadata", format!("`{shown}` is not known here; known are {}", MEMBERS.join(", "))));
        }
        let read = Self {
            name_zh: name(&value, "client_name#zh")?,
            name_en: name(&value, "client_name#en")?,
            redirect_uris: uris(&value, "redirect_uris")?,
            grant_types: grant_types(&value)?,
            auth_method: auth_method(&value)?,
            keys: value
                .get("jwks")
                .map(jwk::read_set)
                .transpose()
                .map_err(|why| wrong("jwks", why))?
                .unwrap_or_default(),
            scopes: scopes(&value)?,
            app_scopes: app_scopes(&value)?,
            claims: claims(&value)?,
            purpose: words(value.get("yima_purpose"), "yima_purpose")?,
            grant_days: grant_days(&value)?,
            resources: resources(&value)?,
            audiences: audiences(&value)?,
            post_logout_redirect_uris: uris(&value, "post_logout_redirect_uris")?,
            backchannel_logout_uri: uri(&value, "backchannel_logout_uri")?,
            dpop_bound: flag(&value, "dpop_bound_access_tokens")?,
            pushed_only: flag(&value, "require_pushed_authorization_requests")?,
            id_token_suite: id_token_suite(&value)?,
            default_max_age_s: number(&value, "default_max_age")?,
            default_acr: default_acr(&value)?,
            mandates: mandates(&value)?,
            logo: logo(&value)?,
            private_network: private_network(&value)?,
            contacts: contacts(&value)?,
        };
        read.fits(&value)?;
        Ok(read)
    }

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

    /// What no member says alone.
    fn fits(&self, value: &Value) -> Result<(), NotMetadata> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let one_of = |name: &'static str, good: &str| match value.get(name) {
            None => Ok(()),
            Some(said) if said.as_str() == Some(good) => Ok(()),
            Some(_) => Err(wrong(name, format!("only `{good}` is offered"))),
        };
        one_of("subject_type", "pairwise")?;
        if value.get("response_types").is_some_and(|types| *types != serde_json::json!(["code"])) {
            return Err(wrong("response_types", "only [\"code\"] is offered"));
        }
        if !matches!(text("application_type"), None | Some("web" | "native")) {
            return Err(wrong("application_type", "web or native"));
        }
        let by_code = self.may(GrantType::AuthorizationCode);
        if by_code == self.redirect_uris.is_empty() {
            return Err(wrong("redirect_uris", "needed with the grant type authorization_code, and with no other"));
        }
        if !self.may(GrantType::AuthorizationCode)
            && !self.may(GrantType::ClientCredentials)
            && !self.may(GrantType::DeviceCode)
        {
            return Err(wrong("grant_types", "refresh_token alone leads nowhere"));
        }
        if (self.auth_method == AuthMethod::PrivateKeyJwt) == self.keys.is_empty() {
            return Err(wrong("jwks", "needed with private_key_jwt, and with no other method"));
        }
        if !self.is_confidential() && self.may(GrantType::ClientCredentials) {
            return Err(wrong(
                "token_endpoint_auth_method",
                "client_credentials needs a client that can prove who it is",
            ));
        }
        if !(self.mandates.is_empty() || self.is_confidential() || self.dpop_bound) {
            return Err(wrong(
                "yima_mandates",
                "tokens for somebody else go to a client that proves itself, or with dpop_bound_access_tokens",
            ));
        }
        let unused = self.mandates.is_empty();
        if (!unused && !by_code) || (unused && self.may(GrantType::TokenExchange)) {
            return Err(wrong(
                "yima_mandates",
                "needed with the grant type token-exchange, and only where people sign in by authorization_code",
            ));
        }
        let twice = |at: usize, one: &Audience| {
            self.resources.contains(&one.resource)
                || self.audiences[..at].iter().any(|two| two.resource == one.resource)
        };
        if self.audiences.iter().enumerate().any(|(at, one)| twice(at, one)) {
            return Err(wrong("yima_audiences", "an address stands once, here or in yima_resources"));
        }
        if let Some(bare) = self.scopes.claims().iter().find(|claim| !self.claims.contains_key(claim)) {
            return Err(wrong(
                "yima_claims",
                format!("say why `{}` is asked for, or leave its scope out", bare.as_str()),
            ));
        }
        Ok(())
    }
}

fn wrong(member: &'static str, why: impl fmt::Display) -> NotMetadata {
    NotMetadata { member, why: why.to_string() }
}

fn name(value: &Value, member: &'static str) -> Result<ClientName, NotMetadata> {
    let text = value.get(member).or_else(|| value.get("client_name")).and_then(Value::as_str);
    let text = text.ok_or_else(|| wrong(member, "give client_name, or one for each language"))?;
    ClientName::parse(text).map_err(|why| wrong(member, why))
}

fn list<'v>(value: &'v Value, member: &'static str) -> Result<Vec<&'v str>, NotMetadata> {
    let Some(found) = value.get(member) else { return Ok(Vec::new()) };
    let texts = found.as_array().and_then(|all| all.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    texts.filter(|all| all.len() <= URIS_MAX).ok_or_else(|| wrong(member, "a list of at most 20 texts"))
}

fn uris(value: &Value, member: &'static str) -> Result<Vec<RedirectUri>, NotMetadata> {
    list(value, member)?.into_iter().map(|text| RedirectUri::parse(text).map_err(|why| wrong(member, why))).collect()
}

fn uri(value: &Value, member: &'static str) -> Result<Option<RedirectUri>, NotMetadata> {
    let Some(found) = value.get(member) else { return Ok(None) };
    let text = found.as_str().ok_or_else(|| wrong(member, "an address is text"))?;
    let uri = RedirectUri::parse(text).map_err(|why| wrong(member, why))?;
    if text.starts_with("http") {
        Ok(Some(uri))
    } else {
        Err(wrong(member, "https is needed: a server is told, not an app"))
    }
}

fn grant_types(value: &Value) -> Result<Vec<GrantType>, NotMetadata> {
    if value.get("grant_types").is_none() {
        return Ok(vec![GrantType::AuthorizationCode]);
    }
    let read = |word| GrantType::parse(word).ok_or_else(|| wrong("grant_types", "one of them is not offered here"));
    list(value, "grant_types")?.into_iter().map(read).collect()
}

fn auth_method(value: &Value) -> Result<AuthMethod, NotMetadata> {
    let Some(found) = value.get("token_endpoint_auth_method") else { return Ok(AuthMethod::SecretBasic) };
    let said = found.as_str().unwrap_or_default();
    let all = AuthMethod::ALL.map(AuthMethod::as_str).join(", ");
    let found = AuthMethod::ALL.into_iter().find(|method| method.as_str() == said);
    found.ok_or_else(|| wrong("token_endpoint_auth_method", format!("one of {all}")))
}

fn scopes(value: &Value) -> Result<Scopes, NotMetadata> {
    let Some(found) = value.get("scope") else { return Ok(Scopes::default()) };
    let text = found.as_str().ok_or_else(|| wrong("scope", "text with blanks between"))?;
    Scopes::parse(text).map_err(|why| wrong("scope", why.description))
}

fn app_scopes(value: &Value) -> Result<Vec<String>, NotMetadata> {
    let read = |word: &str| {
        let good = !word.is_empty()
            && word.len() <= 60
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-".contains(&b));
        let own = Scopes::parse(word).is_err();
        if good && own {
            Ok(word.to_owned())
        } else {
            Err(wrong("yima_app_scopes", "words of letters, digits and ._:- that are no scopes about people"))
        }
    };
    list(value, "yima_app_scopes")?.into_iter().map(read).collect()
}

fn words(found: Option<&Value>, member: &'static str) -> Result<Words, NotMetadata> {
    let text = |name: &str| -> Option<String> {
        let text = found?.get(name)?.as_str()?.trim();
        let plain = !text.is_empty() && text.chars().count() <= WORDS_MAX && !text.chars().any(char::is_control);
        plain.then(|| text.to_owned())
    };
    match (text("zh"), text("en")) {
        (Some(zh), Some(en)) => Ok(Words { zh, en }),
        _ => Err(wrong(member, "say it in both languages, {\"zh\": ..., \"en\": ...}, 200 characters each at most")),
    }
}

fn claims(value: &Value) -> Result<BTreeMap<Claim, WantedClaim>, NotMetadata> {
    let Some(found) = value.get("yima_claims") else { return Ok(BTreeMap::new()) };
    let found = found.as_object().ok_or_else(|| wrong("yima_claims", "an object, a member a claim"))?;
    let mut read = BTreeMap::new();
    for (name, wish) in found {
        let claim = Claim::parse(name).ok_or_else(|| wrong("yima_claims", "one of the claims is not offered here"))?;
        let required = match wish.get("required") {
            None => false,
            Some(said) => said.as_bool().ok_or_else(|| wrong("yima_claims", "required is true or false"))?,
        };
        read.insert(claim, WantedClaim { required, why: words(Some(wish), "yima_claims")? });
    }
    Ok(read)
}

fn grant_days(value: &Value) -> Result<u16, NotMetadata> {
    let days = number(value, "yima_grant_days")?.map_or(Ok(GRANT_DAYS), u16::try_from);
    days.ok()
        .filter(|days| (1..=GRANT_DAYS_MAX).contains(days))
        .ok_or_else(|| wrong("yima_grant_days", "1 to 366 days"))
}

fn resources(value: &Value) -> Result<Vec<String>, NotMetadata> {
    list(value, "yima_resources")?.into_iter().map(|text| resource(text, "yima_resources")).collect()
}

fn resource(text: &str, member: &'static str) -> Result<String, NotMetadata> {
    match RedirectUri::parse(text) {
        Ok(uri) if uri.is_web() && !text.contains('?') => Ok(text.to_owned()),
        _ => Err(wrong(member, "https addresses without a query")),
    }
}

fn audiences(value: &Value) -> Result<Vec<Audience>, NotMetadata> {
    let shape = || wrong("yima_audiences", "at most 20 of {\"client\": \"app_...\", \"resource\": \"https://...\"}");
    let Some(found) = value.get("yima_audiences") else { return Ok(Vec::new()) };
    let found = found.as_array().filter(|all| all.len() <= URIS_MAX).ok_or_else(shape)?;
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let read = |one: &Value| {
        let (client, address) = text(one, "client").zip(text(one, "resource")).ok_or_else(shape)?;
        let client = ClientId::parse(&client).map_err(|_| shape())?;
        Ok(Audience { client, resource: resource(&address, "yima_audiences")? })
    };
    found.iter().map(read).collect()
}

fn flag(value: &Value, member: &'static str) -> Result<bool, NotMetadata> {
    value.get(member).map_or(Ok(false), |said| said.as_bool().ok_or_else(|| wrong(member, "true or false")))
}

/// OpenID Connect Dynamic Client Registration 1.0 section 2; its default of RS256 is not offered, so ours is ES256.
fn id_token_suite(value: &Value) -> Result<Suite, NotMetadata> {
    let Some(said) = value.get("id_token_signed_response_alg") else { return Ok(Suite::Es256) };
    let found = ID_TOKEN_SUITES.into_iter().find(|suite| alg(*suite).is_some_and(|alg| said.as_str() == Some(alg)));
    found.ok_or_else(|| wrong("id_token_signed_response_alg", "ES256 or EdDSA"))
}

fn number(value: &Value, member: &'static str) -> Result<Option<u32>, NotMetadata> {
    let Some(said) = value.get(member) else { return Ok(None) };
    let number = said.as_u64().and_then(|n| u32::try_from(n).ok());
    number.map(Some).ok_or_else(|| wrong(member, "a whole number"))
}

/// The kinds that are open to apps: one person for another, and for an enterprise.
fn mandates(value: &Value) -> Result<Vec<MandateKind>, NotMetadata> {
    let open = [MandateKind::Guardian, MandateKind::Helper, MandateKind::Agent, MandateKind::Representative];
    let read = |word: &str| MandateKind::parse(word).filter(|kind| open.contains(kind));
    let kinds = list(value, "yima_mandates")?.into_iter().map(read).collect::<Option<Vec<_>>>();
    kinds.ok_or_else(|| wrong("yima_mandates", "some of guardian, helper, agent and representative"))
}

fn logo(value: &Value) -> Result<Option<String>, NotMetadata> {
    let Some(said) = value.get("yima_logo") else { return Ok(None) };
    let hash = said.as_str().filter(|hash| hash.len() == 64 && hash.bytes().all(|b| b"0123456789abcdef".contains(&b)));
    hash.map(|hash| Some(hash.to_owned())).ok_or_else(|| {
        wrong("yima_logo", "a PNG or JPEG picture as data:image/png;base64,..., or the hash of one that was taken")
    })
}

/// RFC 1918 or RFC 4193, and no wider than those are.
fn private_network(value: &Value) -> Result<Option<(IpAddr, u8)>, NotMetadata> {
    let Some(said) = value.get("yima_private_network") else { return Ok(None) };
    let read = || {
        let (ip, bits) = said.as_str()?.split_once('/')?;
        let (ip, bits): (IpAddr, u8) = (ip.parse().ok()?, bits.parse().ok()?);
        let good = match ip {
            IpAddr::V4(ip) => ip.is_private() && (8..=32).contains(&bits) && (ip.octets()[0] == 10 || bits >= 12),
            IpAddr::V6(ip) => ip.segments()[0] & 0xfe00 == 0xfc00 && (7..=128).contains(&bits),
        };
        good.then_some((ip, bits))
    };
    read()
        .map(Some)
        .ok_or_else(|| wrong("yima_private_network", "a private network such as 10.3.0.0/16 or fd12:3456::/32"))
}

/// Who answers for the app. Plain text: a reviewer reads it, nothing is sent there.
fn contacts(value: &Value) -> Result<Vec<String>, NotMetadata> {
    let found = list(value, "contacts")?;
    let good = |text: &&str| {
        !text.trim().is_empty() && text.chars().count() <= CONTACT_CHARS_MAX && !text.chars().any(char::is_control)
    };
    if found.len() <= CONTACTS_MAX && found.iter().all(good) {
        Ok(found.into_iter().map(str::to_owned).collect())
    } else {
        Err(wrong("contacts", "at most 5 lines of at most 100 characters each"))
    }
}

fn default_acr(value: &Value) -> Result<Vec<Acr>, NotMetadata> {
    let read = |word| Acr::parse(word).ok_or_else(|| wrong("default_acr_values", "see acr_values_supported"));
    list(value, "default_acr_values")?.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
