//! The authorization request (RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2, RFC 9126, RFC 9207): read,
//! held against its client, and answered. It does not know who is signed in; that is handed in.

use crate::claims_request::{self, ClaimsRequest};
use crate::dpop::jkt_of;
use crate::error::{Code, OauthError};
use crate::form::{Params, with_query};
use crate::metadata::{GrantType, Metadata};
use crate::pkce::Challenge;
use crate::redirect::RedirectUri;
use crate::scope::{Claim, Scope, Scopes};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use yima_kernel::assurance::Acr;

/// Longest `state` and `nonce`, bytes: they come back in an address.
const ECHO_LEN_MAX: usize = 512;

/// A request that holds: nothing in it can be wrong any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which client.
    pub client_id: String,
    /// Where the answer goes, as it was asked.
    pub redirect_uri: String,
    /// Scopes, within the client's.
    pub scopes: Scopes,
    /// The `claims` parameter.
    pub wish: ClaimsRequest,
    /// Comes back.
    pub state: Option<String>,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// RFC 7636.
    pub challenge: Challenge,
    /// `prompt`
    pub prompt: Prompt,
    /// The oldest sign-in, seconds.
    pub max_age_s: Option<u32>,
    /// Any of these is enough; empty for all.
    pub acr: Vec<Acr>,
    /// RFC 9449 section 10: the key that will redeem the code.
    pub dpop_jkt: Option<[u8; 32]>,
    /// RFC 8707: the API that the token is for.
    pub resource: Option<String>,
}

/// `prompt` (OpenID Connect Core 1.0 section 3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Show nothing.
    pub none: bool,
    /// Sign in again.
    pub login: bool,
    /// Ask again.
    pub consent: bool,
}

/// How the one in front of the browser is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// How.
    pub acr: Acr,
    /// When, Unix seconds.
    pub auth_at_s: i64,
}

/// What comes next, before consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// They have to sign in: at least so, and anew where `fresh`.
    SignIn {
        /// The lowest context that is enough.
        acr: Option<Acr>,
        /// A session that lives is not enough.
        fresh: bool,
    },
    /// The sign-in is enough.
    Go,
}

/// Where errors may go, once it is certain: the address is one that this client registered (RFC 6749 section 4.1.2.1).
///
/// # Errors
/// `invalid_request`, to be shown on our own page and never sent anywhere.
pub fn destination<'c>(params: &Params, client: &'c Metadata) -> Result<&'c RedirectUri, OauthError> {
    let asked = params.need("redirect_uri", "redirect_uri is missing")?;
    let unknown = OauthError::new(Code::InvalidRequest, "redirect_uri is not registered for this client, byte by byte");
    client.redirect(asked).ok_or(unknown)
}

/// Reads a request whose client and destination are certain.
///
/// # Errors
/// Under the word of RFC 6749 section 4.1.2.1 or OpenID Connect Core 1.0 section 3.1.2.6, for the client.
pub fn parse(params: &Params, client_id: &str, client: &Metadata) -> Result<Asked, OauthError> {
    let wrong = |description| OauthError::new(Code::InvalidRequest, description);
    if params.get("request").is_some() {
        return Err(OauthError::new(Code::RequestNotSupported, "push the request instead (RFC 9126)"));
    }
    if params.need("response_type", "response_type is missing")? != "code" {
        return Err(OauthError::new(Code::UnsupportedResponseType, "only response_type code is offered"));
    }
    if !client.may(GrantType::AuthorizationCode) {
        return Err(OauthError::new(Code::UnauthorizedClient, "this client may not use authorization_code"));
    }
    if !matches!(params.get("response_mode"), None | Some("query")) {
        return Err(wrong("only response_mode query is offered"));
    }
    let echo = |name: &str| -> Result<Option<String>, OauthError> {
        match params.get(name) {
            Some(text) if text.len() > ECHO_LEN_MAX => Err(wrong("state and nonce have at most 512 bytes")),
            text => Ok(text.map(str::to_owned)),
        }
    };
    let scopes = Scopes::parse(params.get("scope").unwrap_or_default())?;
    if !scopes.has(Scope::OpenId) || !scopes.within(&client.scopes) {
        return Err(OauthError::new(Code::InvalidScope, "scope needs openid, and no more than this client registered"));
    }
    let wish = claims_request::parse(params.get("claims"))?;
    let resource = client.expect_resource(params.get("resource"))?;
    Ok(Asked {
        client_id: client_id.to_owned(),
        redirect_uri: params.get("redirect_uri").unwrap_or_default().to_owned(),
        acr: acr(params, &wish, client)?,
        scopes,
        wish,
        state: echo("state")?,
        nonce: echo("nonce")?,
        challenge: Challenge::parse(params.get("code_challenge"), params.get("code_challenge_method"))?,
        prompt: prompt(params.get("prompt"))?,
        max_age_s: max_age(params, client)?,
        dpop_jkt: match params.get("dpop_jkt") {
            None => None,
            Some(text) => Some(jkt_of(text).ok_or(wrong("dpop_jkt is a SHA-256 thumbprint in base64url"))?),
        },
        resource,
    })
}

fn prompt(words: Option<&str>) -> Result<Prompt, OauthError> {
    let mut prompt = Prompt::default();
    for word in words.unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(OauthError::new(Code::InvalidRequest, "prompt is none, login, consent or select_account")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(OauthError::new(Code::InvalidRequest, "prompt none stands alone"));
    }
    Ok(prompt)
}

fn max_age(params: &Params, client: &Metadata) -> Result<Option<u32>, OauthError> {
    let wrong = OauthError::new(Code::InvalidRequest, "max_age is a number of seconds");
    match params.get("max_age") {
        None => Ok(client.default_max_age_s),
        Some(text) => text.parse().map(Some).map_err(|_| wrong),
    }
}

/// An essential `acr` of the `claims` parameter, or `acr_values` (RFC 9470 section 4), or the client's own default.
/// Contexts that are not known here are passed over, unless all of them are.
fn acr(params: &Params, wish: &ClaimsRequest, client: &Metadata) -> Result<Vec<Acr>, OauthError> {
    let asked: Vec<&str> = if wish.acr.is_empty() {
        params.get("acr_values").unwrap_or_default().split(' ').filter(|word| !word.is_empty()).collect()
    } else {
        wish.acr.iter().map(String::as_str).collect()
    };
    if asked.is_empty() {
        return Ok(client.default_acr.clone());
    }
    let known: Vec<Acr> = asked.iter().filter_map(|word| Acr::parse(word)).collect();
    if known.is_empty() {
        return Err(OauthError::new(Code::UnmetAuthenticationRequirements, "none of acr_values is offered here"));
    }
    Ok(known)
}

/// Is the sign-in of whoever is there enough? `asked_at_s` is when this request already sent them to sign in, if it did.
///
/// # Errors
/// `login_required` where `prompt` forbids a page (section 3.1.2.6), `unmet_authentication_requirements` when they came
/// back from the sign-in and it still is not enough (RFC 9470 section 5).
pub fn step(asked: &Asked, present: Option<&Present>, asked_at_s: Option<i64>, now_s: i64) -> Result<Step, OauthError> {
    let acr = asked.acr.iter().copied().min_by_key(|acr| Acr::ALL.iter().position(|one| one == acr));
    let Some(present) = present else { return sign_in(asked, acr, false) };
    let strong = asked.acr.is_empty() || asked.acr.iter().any(|acr| present.acr.satisfies(*acr));
    let age_s = now_s.saturating_sub(present.auth_at_s);
    let proven_since = asked_at_s.is_some_and(|at| present.auth_at_s > at);
    let young = proven_since || asked.max_age_s.is_none_or(|most| age_s <= i64::from(most));
    let anew = proven_since || !asked.prompt.login;
    if strong && young && anew {
        return Ok(Step::Go);
    }
    if proven_since {
        return Err(OauthError::new(
            Code::UnmetAuthenticationRequirements,
            "the sign-in is not as strong as was asked for",
        ));
    }
    sign_in(asked, acr, !young || !anew)
}

fn sign_in(asked: &Asked, acr: Option<Acr>, fresh: bool) -> Result<Step, OauthError> {
    if asked.prompt.none {
        return Err(OauthError::new(Code::LoginRequired, "a sign-in is needed, and prompt none forbids to ask for it"));
    }
    Ok(Step::SignIn { acr, fresh })
}

/// The claims that a request asks about a person: by scope and by name, within what the client registered.
#[must_use]
pub fn claims(asked: &Asked, client: &Metadata) -> BTreeSet<Claim> {
    let by_scope = asked.scopes.claims();
    let all = by_scope.union(&asked.wish.claims).copied();
    all.filter(|claim| client.claims.contains_key(claim)).collect()
}

/// The address of a good answer: code, state and issuer (RFC 9207).
#[must_use]
pub fn answered(redirect_uri: &str, code: &str, state: Option<&str>, issuer: &str) -> String {
    let mut pairs = vec![("code", code)];
    pairs.extend(state.map(|state| ("state", state)));
    pairs.push(("iss", issuer));
    with_query(redirect_uri, &pairs)
}

/// The address of a bad answer (RFC 6749 section 4.1.2.1), with the issuer (RFC 9207 section 2).
#[must_use]
pub fn refused(redirect_uri: &str, error: &OauthError, state: Option<&str>, issuer: &str) -> String {
    let mut pairs = vec![("error", error.code.as_str()), ("error_description", error.description)];
    pairs.extend(state.filter(|state| state.len() <= ECHO_LEN_MAX).map(|state| ("state", state)));
    pairs.push(("iss", issuer));
    with_query(redirect_uri, &pairs)
}

/// What of a request must be remembered behind its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Where the code was sent.
    pub redirect_uri: String,
    /// RFC 7636.
    pub challenge: Challenge,
    /// For the ID token.
    pub nonce: Option<String>,
    /// RFC 9449 section 10, base64url.
    pub dpop_jkt: Option<String>,
    /// RFC 8707.
    pub resource: Option<String>,
}

impl Asked {
    /// That part of it.
    #[must_use]
    pub fn remembered(&self) -> Remembered {
        Remembered {
            redirect_uri: self.redirect_uri.clone(),
            challenge: self.challenge.clone(),
            nonce: self.nonce.clone(),
            dpop_jkt: self.dpop_jkt.as_ref().map(crate::dpop::jkt_text),
            resource: self.resource.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "response_type=code&client_id=app_1&redirect_uri=https%3A%2F%2Fa.cn%2Fcb&scope=openid+profile\
        &state=s&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

    fn client() -> Metadata {
        let words = serde_json::json!({ "zh": "用", "en": "use" });
        let claims = serde_json::json!({ "name": words, "region": words, "age_band": words });
        let text = serde_json::json!({ "client_name": "测试", "redirect_uris": ["https://a.cn/cb"], "scope": "openid profile",
            "yima_claims": claims, "yima_purpose": words, "yima_resources": ["https://api.a.cn/"] });
        Metadata::parse(&text.to_string()).unwrap()
    }

    fn asked(more: &[(&str, &str)]) -> Result<Asked, OauthError> {
        let params = Params::parse(GOOD.as_bytes()).unwrap();
        let params =
            more.iter().fold(
                params,
                |params, (name, value)| {
                    if value.is_empty() { params.without(&[name]) } else { params.with(name, value) }
                },
            );
        parse(&params, "app_1", &client())
    }

    #[test]
    fn rfc_6749_4_1_2_1_no_answer_goes_where_the_client_did_not_register() {
        let client = client();
        let to = |query: &str| {
            destination(&Params::parse(query.as_bytes()).unwrap(), &client).map(|uri| uri.as_str().to_owned())
        };
        assert!(to("redirect_uri=https://a.cn/cb").is_ok());
        for open in
            ["", "redirect_uri=https://evil.cn/cb", "redirect_uri=https://a.cn/cb/", "redirect_uri=https://a.cn/cb%3Fx"]
        {
            assert_eq!(to(open).unwrap_err().code, Code::InvalidRequest, "{open}");
        }
    }

    #[test]
    fn oidc_3_1_2_1_bad_requests_are_answered_under_the_right_word() {
        assert!(asked(&[]).is_ok());
        let table: &[(&[(&str, &str)], Code)] = &[
            (&[("response_type", "")], Code::InvalidRequest),
            (&[("response_type", "token")], Code::UnsupportedResponseType),
            (&[("response_type", "code id_token")], Code::UnsupportedResponseType),
            (&[("response_mode", "fragment")], Code::InvalidRequest),
            (&[("request", "a.b.c")], Code::RequestNotSupported),
            (&[("scope", "profile")], Code::InvalidScope),
            (&[("scope", "openid phone")], Code::InvalidScope),
            (&[("scope", "openid email")], Code::InvalidScope),
            (&[("code_challenge", "")], Code::InvalidRequest),
            (&[("code_challenge_method", "plain")], Code::InvalidRequest),
            (&[("code_challenge_method", "")], Code::InvalidRequest),
            (&[("prompt", "none login")], Code::InvalidRequest),
            (&[("prompt", "create")], Code::InvalidRequest),
            (&[("max_age", "-1")], Code::InvalidRequest),
            (&[("acr_values", "gold")], Code::UnmetAuthenticationRequirements),
            (&[("claims", "{\"userinfo\":{\"name\":{\"value\":\"x\"}}}")], Code::InvalidRequest),
            (&[("dpop_jkt", "x")], Code::InvalidRequest),
            (&[("resource", "https://evil.cn/")], Code::InvalidTarget),
        ];
        for (more, code) in table {
            assert_eq!(asked(more).unwrap_err().code, *code, "{more:?}");
        }
        let long = "s".repeat(ECHO_LEN_MAX + 1);
        assert_eq!(asked(&[("state", &long)]).unwrap_err().code, Code::InvalidRequest);
    }

    #[test]
    fn oidc_3_1_2_3_who_is_not_signed_in_well_enough_signs_in_unless_nothing_may_be_shown() {
        let there = |acr, at| Present { acr, auth_at_s: at };
        let go = |more: &[(&str, &str)], present: Option<Present>, sent| {
            step(&asked(more).unwrap(), present.as_ref(), sent, 1_000).map_err(|e| e.code)
        };
        let sign_in = |acr, fresh| Ok(Step::SignIn { acr, fresh });
        let table = [
            (go(&[], None, None), sign_in(None, false)),
            (go(&[], Some(there(Acr::OneTime, 1)), None), Ok(Step::Go)),
            (go(&[("prompt", "none")], None, None), Err(Code::LoginRequired)),
            (go(&[("prompt", "none")], Some(there(Acr::OneTime, 1)), None), Ok(Step::Go)),
            (go(&[("prompt", "login")], Some(there(Acr::Passkey, 999)), None), sign_in(None, true)),
            (go(&[("prompt", "login")], Some(there(Acr::Passkey, 999)), Some(990)), Ok(Step::Go)),
            (go(&[("prompt", "login")], Some(there(Acr::Passkey, 980)), Some(990)), sign_in(None, true)),
            (go(&[("max_age", "60")], Some(there(Acr::Passkey, 940)), None), Ok(Step::Go)),
            (go(&[("max_age", "60")], Some(there(Acr::Passkey, 939)), None), sign_in(None, true)),
            (go(&[("max_age", "0")], Some(there(Acr::Passkey, 995)), Some(990)), Ok(Step::Go)),
            (
                go(&[("max_age", "60"), ("prompt", "none")], Some(there(Acr::Passkey, 1)), None),
                Err(Code::LoginRequired),
            ),
            (
                go(&[("acr_values", "yima:3")], Some(there(Acr::TwoFactor, 999)), None),
                sign_in(Some(Acr::Passkey), false),
            ),
            (go(&[("acr_values", "yima:4 yima:2")], Some(there(Acr::TwoFactor, 999)), None), Ok(Step::Go)),
            (
                go(&[("acr_values", "yima:3")], Some(there(Acr::TwoFactor, 999)), Some(990)),
                Err(Code::UnmetAuthenticationRequirements),
            ),
            (
                go(&[("acr_values", "yima:1")], Some(there(Acr::Assisted, 999)), None),
                sign_in(Some(Acr::OneTime), false),
            ),
        ];
        for (i, (found, expected)) in table.into_iter().enumerate() {
            assert_eq!(found, expected, "row {i}");
        }
    }

    #[test]
    fn rfc_9207_2_every_answer_names_its_issuer() {
        let good = answered("https://a.cn/cb?x=1", "c", Some("s p"), "https://id.cn");
        assert_eq!(good, "https://a.cn/cb?x=1&code=c&state=s%20p&iss=https%3A%2F%2Fid.cn");
        let error = OauthError::new(Code::AccessDenied, "no");
        let bad = refused("https://a.cn/cb", &error, None, "https://id.cn");
        assert_eq!(bad, "https://a.cn/cb?error=access_denied&error_description=no&iss=https%3A%2F%2Fid.cn");
    }

    #[test]
    fn oidc_5_4_claims_come_by_scope_and_by_name_within_what_is_registered() {
        let asked =
            asked(&[("scope", "openid"), ("claims", r#"{"userinfo":{"region":null,"phone_number":null}}"#)]).unwrap();
        assert_eq!(claims(&asked, &client()), [Claim::Region].into());
    }
}
