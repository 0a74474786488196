//! What our tokens say: ID tokens (OpenID Connect Core 1.0 section 2), access tokens (RFC 9068), logout tokens (OpenID
//! Connect Back-Channel Logout 1.0 section 2.4). It does not know the keys: whoever signs hands in a signer.

use crate::jwt::{self, NotAToken};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use yima_keys::{PublicKey, Suite};

/// Longest life of an access token and an ID token, seconds.
pub const LIFE_S: i64 = 300;
/// Life of a logout token, seconds.
pub const LOGOUT_LIFE_S: i64 = 120;
/// How far clocks may be apart, seconds.
pub const SKEW_S: i64 = 60;

/// What an ID token may be signed with, and so a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.6): each
/// client chooses. Access tokens are ES256.
pub const ID_TOKEN_SUITES: [Suite; 2] = [Suite::Es256, Suite::Ed25519];

/// A kind of token: each is signed by keys of its own and says so in `typ`, so that none passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// For the app that the person signs in to.
    Id,
    /// For an API.
    Access,
    /// To tell an app that somebody left.
    Logout,
}

impl Kind {
    /// All.
    pub const ALL: [Self; 3] = [Self::Id, Self::Access, Self::Logout];

    /// The suites of its keys: one key of each signs at any time.
    #[must_use]
    pub const fn suites(self) -> &'static [Suite] {
        match self {
            Self::Id | Self::Logout => &ID_TOKEN_SUITES,
            Self::Access => &[Suite::Es256],
        }
    }

    /// The word in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Access => "access",
            Self::Logout => "logout",
        }
    }

    /// `typ` of the header.
    #[must_use]
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Id => "JWT",
            Self::Access => "at+jwt",
            Self::Logout => "logout+jwt",
        }
    }
}

/// How somebody signed in, as tokens say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// When they last proved who they are, Unix seconds.
    pub auth_time: i64,
    /// How.
    pub acr: String,
    /// With what (RFC 8176).
    pub amr: Vec<String>,
    /// How well it is known who they are: 0 claimed, 1 matched, 2 seen at a counter.
    pub proofing: u8,
}

/// Who acts for the subject (RFC 8693 section 4.1); one deep, for nobody acts while acting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The one who acts, under this mandate, to this audience (rule R21).
    pub sub: String,
    /// `guardian`, `helper`, `agent` or `representative`.
    pub kind: String,
}

/// What may be filed for an enterprise, along the whole chain from its representative to the one who acts, at the moment
/// of the token. Introspection says what it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Words of the closed list of services.
    pub services: Vec<String>,
    /// The highest amount of one filing, in fen; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_amount: Option<i64>,
}

/// Claims of an ID token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdToken {
    /// Issuer.
    pub iss: String,
    /// The person, to this client's organisation.
    pub sub: String,
    /// `client_id`.
    pub aud: String,
    /// End.
    pub exp: i64,
    /// Begin.
    pub iat: i64,
    /// The request's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The sign-in at this client, random (rule R21).
    pub sid: String,
    /// How they signed in; of the one who acts, where somebody does.
    #[serde(flatten)]
    pub signed_in: SignedIn,
    /// Who acts for `sub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// How far, where `sub` is an enterprise.
    #[serde(rename = "yima_mandate", default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Limits>,
}

/// A key that the bearer has to prove (RFC 9449 section 6, RFC 7800).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Thumbprint.
    pub jkt: String,
}

/// Claims of an access token (RFC 9068 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessToken {
    /// Issuer.
    pub iss: String,
    /// The person, or the client where it acts as itself.
    pub sub: String,
    /// The one API that it is for.
    pub aud: String,
    /// End.
    pub exp: i64,
    /// Begin.
    pub iat: i64,
    /// Random.
    pub jti: String,
    /// Whom it was given to.
    pub client_id: String,
    /// What for.
    pub scope: String,
    /// The sign-in at this client; absent where no person is behind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// How they signed in; absent where no person is behind it.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub signed_in: Option<SignedIn>,
    /// The key that it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Who acts for `sub`, where somebody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// How far, where `sub` is an enterprise.
    #[serde(rename = "yima_mandate", default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<Limits>,
}

impl AccessToken {
    /// Is it this issuer's, begun and not over? The rest of [`read_access`], for a token whose signature was checked before.
    #[must_use]
    pub fn counts(&self, issuer: &str, now_s: i64) -> bool {
        self.iss == issuer && self.exp > now_s && self.iat <= now_s + SKEW_S
    }
}

/// Claims of a logout token.
#[must_use]
pub fn logout_token((iss, aud, jti): (&str, &str, &str), sid: &str, now_s: i64) -> Value {
    json!({
        "iss": iss, "aud": aud, "iat": now_s, "exp": now_s + LOGOUT_LIFE_S, "jti": jti, "sid": sid,
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} }
    })
}

/// Says that a person took back what they had allowed: all of their sign-ins at the client are over (Back-Channel Logout 1.0
/// section 2.4, `sub` and no `sid`), and what it holds of them is to be deleted by a time. `deletion` is for its answer.
#[must_use]
pub fn grant_ended_token(
    (iss, aud, jti): (&str, &str, &str),
    (sub, deletion, due_s): (&str, &str, i64),
    now_s: i64,
) -> Value {
    json!({
        "iss": iss, "aud": aud, "iat": now_s, "exp": now_s + LOGOUT_LIFE_S, "jti": jti, "sub": sub,
        "events": {
            "http://schemas.openid.net/event/backchannel-logout": {},
            "urn:yima:event:grant-ended": { "deletion": deletion, "due_at": due_s }
        }
    })
}

/// Signs claims as a token of a kind, by a key of one of its suites.
///
/// # Errors
/// What the signer says.
pub fn sign<C: Serialize, E>(
    kind: Kind,
    (suite, kid): (Suite, &str),
    claims: &C,
    signer: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
) -> Result<String, E> {
    jwt::sign(suite, kind.typ(), kid, claims, signer)
}

/// Reads an access token of ours with the key that its header names; it must not be over.
///
/// # Errors
/// [`NotAToken`]; [`NotAToken::Malformed`] for claims of another shape, another issuer and a token that is over.
pub fn read_access(
    token: &str,
    issuer: &str,
    now_s: i64,
    key: impl FnOnce(&str) -> Option<PublicKey>,
) -> Result<AccessToken, NotAToken> {
    let claims = verified(token, Kind::Access, key)?;
    let read: AccessToken = serde_json::from_value(claims).map_err(|_| NotAToken::Malformed)?;
    if read.counts(issuer, now_s) { Ok(read) } else { Err(NotAToken::Malformed) }
}

/// Reads an ID token of ours that a client brings back as a hint: it may be over (RP-Initiated Logout 1.0 section 2).
///
/// # Errors
/// As [`read_access`], without regard to its end.
pub fn read_hint(token: &str, issuer: &str, key: impl FnOnce(&str) -> Option<PublicKey>) -> Result<IdToken, NotAToken> {
    let read: IdToken = serde_json::from_value(verified(token, Kind::Id, key)?).map_err(|_| NotAToken::Malformed)?;
    if read.iss == issuer { Ok(read) } else { Err(NotAToken::Malformed) }
}

fn verified(token: &str, kind: Kind, key: impl FnOnce(&str) -> Option<PublicKey>) -> Result<Value, NotAToken> {
    let read = jwt::read(token)?;
    let key = key(read.kid().unwrap_or_default()).ok_or(NotAToken::Signature)?;
    read.verified_by(&key, Some(&kind.typ().to_ascii_lowercase()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use yima_keys::custody::IssuingKey;

    /// Somebody else who signs.
    pub(crate) struct Signer(IssuingKey);

    fn rng() -> rand::rngs::StdRng {
        rand::SeedableRng::seed_from_u64(9)
    }

    impl Signer {
        pub(crate) fn new(suite: Suite, number: u8) -> Self {
            Self(IssuingKey::from_secret(suite, &[number; 32]).unwrap())
        }

        pub(crate) fn public(&self) -> PublicKey {
            PublicKey::parse(self.0.suite(), &self.0.public()).unwrap()
        }

        pub(crate) fn sign(&self, typ: &str, kid: &str, claims: &Value) -> String {
            jwt::sign(self.0.suite(), typ, kid, claims, |input| self.0.sign(&[input], &mut rng())).unwrap()
        }

        pub(crate) fn signed(&self, input: &[u8]) -> [u8; 64] {
            self.0.sign(&[input], &mut rng()).unwrap()
        }

        pub(crate) fn proof(&self, typ: &str, claims: &Value) -> String {
            self.proof_showing(typ, claims, &self.public())
        }

        pub(crate) fn proof_showing(&self, typ: &str, claims: &Value, shown: &PublicKey) -> String {
            let header = json!({ "alg": jwt::alg(self.0.suite()), "typ": typ, "jwk": crate::jwk::write(shown, "x") });
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let input = format!("{}.{}", part(&header), part(claims));
            let signature = self.0.sign(&[input.as_bytes()], &mut rng()).unwrap();
            format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn access() -> AccessToken {
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
            signed_in: Some(SignedIn { auth_time: 990, acr: "yima:3".into(), amr: vec!["hwk".into()], proofing: 2 }),
            cnf: None,
            act: None,
            mandate: None,
        }
    }

    #[test]
    fn rfc_9068_4_an_access_token_is_read_by_its_kind_its_key_and_its_end() {
        let signer = Signer::new(Suite::Es256, 1);
        let claims = serde_json::to_value(access()).unwrap();
        let token = signer.sign("at+jwt", "k", &claims);
        let read = |token: &str, issuer: &str, now| {
            read_access(token, issuer, now, |kid| (kid == "k").then(|| signer.public()))
        };
        assert_eq!(read(&token, "https://id.cn", 1_000), Ok(access()));
        assert!(read(&token, "https://id.cn", 1_300).is_err(), "over");
        assert!(read(&token, "https://other.cn", 1_000).is_err(), "of another issuer");
        assert_eq!(read(&signer.sign("JWT", "k", &claims), "https://id.cn", 1_000), Err(NotAToken::Type));
        assert_eq!(read(&signer.sign("at+jwt", "x", &claims), "https://id.cn", 1_000), Err(NotAToken::Signature));
        let other = Signer::new(Suite::Es256, 2).sign("at+jwt", "k", &claims);
        assert_eq!(read(&other, "https://id.cn", 1_000), Err(NotAToken::Signature));
    }

    /// RFC 8725 section 2.1: a token signed by HMAC with our public key as its secret, and one signed by nobody.
    #[test]
    fn rfc_8725_2_1_alg_none_and_the_public_key_as_a_secret_are_refused() {
        let signer = Signer::new(Suite::Es256, 1);
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = serde_json::to_value(access()).unwrap();
        for alg in ["none", "None", "HS256", "ES384", "EdDSA"] {
            let input = format!("{}.{}", part(&json!({ "alg": alg, "typ": "at+jwt", "kid": "k" })), part(&claims));
            let mac = yima_keys::hmac_sha256(signer.public().bytes(), &[input.as_bytes()]);
            for signature in [String::new(), URL_SAFE_NO_PAD.encode(mac), URL_SAFE_NO_PAD.encode([mac, mac].concat())] {
                let token = format!("{input}.{signature}");
                assert!(read_access(&token, "https://id.cn", 1_000, |_| Some(signer.public())).is_err(), "{alg}");
            }
        }
    }
}
