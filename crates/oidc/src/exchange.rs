//! Token exchange (RFC 8693) for one thing: a person acts for another at an app, under a mandate. The request read, the
//! token of the one who acts held against it, and how wide and how long the result is (rules R18 and R19).
//! It does not know whether ticket, mandate and agreement are good: whoever reads them says so.

use crate::error::{Code, OauthError};
use crate::form::Params;
use crate::metadata::Metadata;
use crate::scope::{Claim, Scope, Scopes};
use crate::tokens::{AccessToken, LIFE_S};
use std::collections::BTreeSet;
use yima_kernel::mandate::{Kind, Scope as Word, Scopes as Words};

/// `subject_token_type` of a mandate ticket: RFC 8693 section 3 leaves types beyond its own to URIs of whoever makes them.
pub const MANDATE_TICKET: &str = "urn:yima:params:oauth:token-type:mandate-ticket";
/// RFC 8693 section 3.
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// Longest ticket, bytes.
const TICKET_LEN_MAX: usize = 128;
/// Longest token of the one who acts, bytes.
const TOKEN_LEN_MAX: usize = 4096;

/// A request that reads well (RFC 8693 section 2.1).
#[derive(Clone, PartialEq, Eq)]
pub struct Exchange {
    /// `subject_token`: the ticket that Yima's own page gave.
    pub ticket: String,
    /// `actor_token`: this client's own access token of the one who acts.
    pub actor_token: String,
    /// `scope`: no more than this; without it, all that there is.
    pub scopes: Option<Scopes>,
    /// `resource` (RFC 8707): the API that the result is for.
    pub resource: Option<String>,
}

/// Reads a request (RFC 8693 section 2.1).
///
/// # Errors
/// `invalid_request` for what is missing or of another type (section 2.2.2), `invalid_target` for an API that this client
/// did not register, `invalid_scope`.
pub fn parse(params: &Params, client: &Metadata) -> Result<Exchange, OauthError> {
    let wrong = |description| Err(OauthError::new(Code::InvalidRequest, description));
    let ticket = params.need("subject_token", "subject_token is missing: the mandate ticket")?;
    if params.need("subject_token_type", "subject_token_type is missing")? != MANDATE_TICKET {
        return wrong("subject_token_type is urn:yima:params:oauth:token-type:mandate-ticket");
    }
    let actor_token = params.need("actor_token", "actor_token is missing: your access token of the one who acts")?;
    if params.need("actor_token_type", "actor_token_type is missing")? != ACCESS_TOKEN {
        return wrong("actor_token_type is urn:ietf:params:oauth:token-type:access_token");
    }
    if params.get("requested_token_type").is_some_and(|asked| asked != ACCESS_TOKEN) {
        return wrong("requested_token_type is urn:ietf:params:oauth:token-type:access_token");
    }
    if params.get("audience").is_some() {
        return Err(OauthError::new(Code::InvalidTarget, "name the API by resource (RFC 8707)"));
    }
    if ticket.len() > TICKET_LEN_MAX || actor_token.len() > TOKEN_LEN_MAX {
        return wrong("that was not made here");
    }
    let resource = client.expect_resource(params.get("resource"))?;
    Ok(Exchange {
        ticket: ticket.to_owned(),
        actor_token: actor_token.to_owned(),
        scopes: params.get("scope").map(Scopes::parse).transpose()?,
        resource,
    })
}

/// Holds the token of the one who acts against the client that brings it, and the key that it was bound to against the
/// key of this request; its `sid`, by which the sign-in is found.
///
/// # Errors
/// `invalid_request` (RFC 8693 section 2.2.2: a token that is not valid, or not acceptable by policy). Depth is one: a
/// token that has an `act` is nobody's to act with (section 4.1).
pub fn actor<'t>(token: &'t AccessToken, client_id: &str, jkt: Option<&str>) -> Result<&'t str, OauthError> {
    let wrong = |description| Err(OauthError::new(Code::InvalidRequest, description));
    if token.client_id != client_id {
        return wrong("actor_token is another client's");
    }
    if token.act.is_some() {
        return wrong("nobody acts while acting: actor_token has an act itself");
    }
    if token.cnf.as_ref().is_some_and(|key| jkt != Some(key.jkt.as_str())) {
        return wrong("actor_token is bound to another DPoP key than this request");
    }
    match token.sid.as_deref() {
        Some(sid) => Ok(sid),
        None => wrong("no person is behind actor_token"),
    }
}

/// What a mandate of this kind and these words lets an app be told at all. Who may do something for somebody at an app may
/// say who that is; nothing sensitive, and nothing that goes on when they have left (rules R15 and R19). An enterprise has
/// no telephone here, and whoever only shows its code does nothing for it at an app.
#[must_use]
pub fn within(kind: Kind, mandate: Words) -> Scopes {
    let deals = [Word::Book, Word::ClaimBenefit, Word::File].into_iter().any(|word| mandate.has(word));
    let list = match (deals, is_enterprise(kind)) {
        (true, true) => "openid profile",
        (false, true) => "",
        (true, false) => "openid profile phone",
        (false, false) => "openid",
    };
    if mandate.is_empty() { Scopes::default() } else { Scopes::parse(list).unwrap_or_default() }
}

/// The claims of [`within`]: an enterprise has a name and a region, and no age.
#[must_use]
pub fn claims_within(kind: Kind, mandate: Words) -> BTreeSet<Claim> {
    let has = |claim: &Claim| !is_enterprise(kind) || matches!(claim, Claim::Name | Claim::Region);
    within(kind, mandate).claims().into_iter().filter(has).collect()
}

const fn is_enterprise(kind: Kind) -> bool {
    matches!(kind, Kind::Agent | Kind::Representative)
}

/// Asked ∩ mandate ∩ agreement ∩ client (rule R19).
///
/// # Errors
/// `invalid_scope` when nothing is left (RFC 8693 section 2.2.2, RFC 6749 section 5.2).
pub fn given(
    asked: Option<&Scopes>,
    (kind, mandate): (Kind, Words),
    agreed: &Scopes,
    client: &Scopes,
) -> Result<Scopes, OauthError> {
    let most = within(kind, mandate).and(agreed).and(client);
    let given = asked.map_or_else(|| most.clone(), |asked| most.and(asked));
    if given.has(Scope::OpenId) {
        Ok(given)
    } else {
        Err(OauthError::new(Code::InvalidScope, "scope needs openid, within mandate, agreement and registration"))
    }
}

/// The second at which the result ends: five minutes, or sooner with the mandate or the agreement (rule R19).
#[must_use]
pub fn ends_s(now_s: i64, mandate_until_s: i64, agreed_until_s: i64) -> i64 {
    (now_s + LIFE_S).min(mandate_until_s).min(agreed_until_s)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::{Act, Confirmation};

    fn client() -> Metadata {
        let words = serde_json::json!({ "zh": "用", "en": "use" });
        Metadata::parse(
            &serde_json::json!({
                "client_name": "测试", "scope": "openid", "yima_purpose": words, "yima_mandates": ["helper"],
                "redirect_uris": ["https://a.cn/cb"], "yima_resources": ["https://a.cn/api"],
                "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:token-exchange"],
            })
            .to_string(),
        )
        .unwrap()
    }

    fn request() -> Params {
        [
            ("subject_token", "ticket"),
            ("subject_token_type", MANDATE_TICKET),
            ("actor_token", "token"),
            ("actor_token_type", ACCESS_TOKEN),
        ]
        .into_iter()
        .fold(Params::default(), |params, (name, value)| params.with(name, value))
    }

    #[test]
    fn rfc_8693_2_1_a_request_names_both_tokens_and_their_types() {
        let good = parse(&request().with("scope", "openid").with("resource", "https://a.cn/api"), &client()).unwrap();
        assert_eq!((good.ticket.as_str(), good.actor_token.as_str()), ("ticket", "token"));
        let long = "x".repeat(TICKET_LEN_MAX + 1);
        let table = [
            (request().without(&["subject_token"]), Code::InvalidRequest),
            (request().without(&["subject_token_type"]), Code::InvalidRequest),
            (request().without(&["actor_token"]), Code::InvalidRequest),
            (request().without(&["actor_token_type"]), Code::InvalidRequest),
            (request().with("subject_token_type", ACCESS_TOKEN), Code::InvalidRequest),
            (request().with("actor_token_type", MANDATE_TICKET), Code::InvalidRequest),
            (
                request().with("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token"),
                Code::InvalidRequest,
            ),
            (request().with("subject_token", &long), Code::InvalidRequest),
            (request().with("audience", "other"), Code::InvalidTarget),
            (request().with("resource", "https://evil.cn"), Code::InvalidTarget),
            (request().with("scope", "everything"), Code::InvalidScope),
        ];
        for (params, code) in table {
            assert_eq!(parse(&params, &client()).err().map(|e| e.code), Some(code), "{}", params.encoded());
        }
    }

    fn token() -> AccessToken {
        AccessToken {
            iss: "https://id.cn".into(),
            sub: "s".into(),
            aud: "https://id.cn".into(),
            exp: 1_300,
            iat: 1_000,
            jti: "j".into(),
            client_id: "app_1".into(),
            scope: "openid".into(),
            sid: Some("sid".into()),
            signed_in: None,
            cnf: None,
            act: None,
            mandate: None,
        }
    }

    #[test]
    fn rfc_8693_4_1_the_one_who_acts_is_this_clients_and_acts_for_nobody_else() {
        let bound = |jkt: &str| AccessToken { cnf: Some(Confirmation { jkt: jkt.into() }), ..token() };
        let acting = AccessToken { act: Some(Act { sub: "a".into(), kind: "helper".into() }), ..token() };
        let table = [
            (token(), "app_1", None, true),
            (token(), "app_1", Some("k"), true),
            (bound("k"), "app_1", Some("k"), true),
            (token(), "app_2", None, false),
            (bound("k"), "app_1", None, false),
            (bound("k"), "app_1", Some("other"), false),
            (AccessToken { sid: None, ..token() }, "app_1", None, false),
            (acting, "app_1", None, false),
        ];
        for (i, (token, client, jkt, good)) in table.into_iter().enumerate() {
            let found = actor(&token, client, jkt);
            assert_eq!(found.is_ok(), good, "row {i}");
            if let Err(error) = found {
                assert_eq!(error.code, Code::InvalidRequest, "row {i}");
            }
        }
    }

    /// Every set of words of a mandate, and every three sets of scopes: never wider than any of the four.
    #[test]
    fn r19_a_result_is_never_wider_than_any_of_the_four() {
        let sets: Vec<Scopes> = (0..1 << Scope::ALL.len())
            .map(|bits: usize| {
                let words: Vec<_> = Scope::ALL
                    .iter()
                    .enumerate()
                    .filter(|(i, _)| bits & 1 << i != 0)
                    .map(|(_, s)| s.as_str())
                    .collect();
                Scopes::parse(&words.join(" ")).unwrap()
            })
            .collect();
        let mut held = 0;
        for (kind, word) in Kind::ALL.into_iter().flat_map(|kind| Word::ALL.map(|word| (kind, word))) {
            let mandate = Words::of(&[word]);
            for agreed in &sets {
                for client in &sets {
                    for asked in sets.iter().map(Some).chain([None]) {
                        let Ok(given) = given(asked, (kind, mandate), agreed, client) else { continue };
                        held += 1;
                        assert!(given.within(agreed) && given.within(client) && given.within(&within(kind, mandate)));
                        assert!(asked.is_none_or(|asked| given.within(asked)));
                        assert!(!given.has(Scope::OfflineAccess) && !given.has(Scope::IdNumber));
                    }
                }
            }
        }
        assert!(held > 10_000, "{held}");
        assert!(given(None, (Kind::Helper, Words::default()), &sets[31], &sets[31]).is_err(), "a mandate for nothing");
        let shows = Words::of(&[Word::ShowCode, Word::ReadNotices]);
        assert!(given(None, (Kind::Agent, shows), &sets[31], &sets[31]).is_err(), "who shows its code files nothing");
        let files = claims_within(Kind::Agent, Words::of(&[Word::File]));
        assert_eq!(files, BTreeSet::from([Claim::Name, Claim::Region]), "an enterprise has no age and no telephone");
    }

    #[test]
    fn r19_five_minutes_or_sooner() {
        assert_eq!(ends_s(1_000, 9_000, 9_000), 1_300);
        assert_eq!(ends_s(1_000, 1_100, 9_000), 1_100);
        assert_eq!(ends_s(1_000, 9_000, 1_050), 1_050);
    }
}
