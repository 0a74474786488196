//! Client metadata read member by member (RFC 7591 section 2), each wrong one named with what to do. It does not know what a
//! client is for.

use super::{Audience, AuthMethod, GRANT_DAYS_MAX, GrantType, LEN_MAX, Metadata, NotMetadata, WantedClaim, Words};
use crate::client_name::ClientName;
use crate::jwk;
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
use yima_kernel::shown_text;
use yima_keys::Suite;

const GRANT_DAYS: u16 = 180;
const URIS_MAX: usize = 20;
const WORDS_MAX: usize = 200;
const CONTACTS_MAX: usize = 5;
const CONTACT_CHARS_MAX: usize = 100;

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
        let plain = !text.is_empty() && text.chars().count() <= WORDS_MAX && shown_text::is_line(text);
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
    let good =
        |text: &&str| !text.trim().is_empty() && text.chars().count() <= CONTACT_CHARS_MAX && shown_text::is_line(text);
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
