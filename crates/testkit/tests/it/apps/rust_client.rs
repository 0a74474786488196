//! The `openidconnect` crate as an app in Rust uses it, unmodified, against a running server: discovery, code with PKCE, the
//! ID token by the keys of the issuer, userinfo, refresh, introspection, revocation, and a device's code. It does not know
//! our code; the browser is the world's.

use super::devices::{press, television, typed};
use super::world::{BACK, World, query};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreDeviceAuthorizationResponse, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken,
    CoreSubjectIdentifierType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    DeviceAuthorizationUrl, HttpRequest, HttpResponse, IntrospectionUrl, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, ProviderMetadata, RedirectUrl, RequestTokenError, RevocationUrl, Scope,
    TokenIntrospectionResponse as _, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use yima_province::clock::{Clock as _, SystemClock};
use yima_testkit::{Database, Town};

/// What userinfo says beyond the claims that the crate knows.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct OfHere {
    region: Option<String>,
    age_band: Option<String>,
}

impl AdditionalClaims for OfHere {}

/// Addresses that RFC 8414 and RFC 8628 add to the discovery of OpenID.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Beyond {
    introspection_endpoint: IntrospectionUrl,
    revocation_endpoint: RevocationUrl,
    device_authorization_endpoint: DeviceAuthorizationUrl,
}

impl AdditionalProviderMetadata for Beyond {}

type Described = ProviderMetadata<
    Beyond,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The crate brings its own client of HTTP or takes one; ours is the one that the tests have. It ends TLS as a proxy does:
/// the town has none, and the crate revokes at an https address alone.
async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let mut request: reqwest::Request = request.try_into()?;
    let _ = request.url_mut().set_scheme("http");
    let answer = client.execute(request).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut said = HttpResponse::new(answer.bytes().await?.to_vec());
    *said.status_mut() = status;
    *said.headers_mut() = headers;
    Ok(said)
}

async fn world() -> (World, Described) {
    let now = SystemClock.now_us() / 1_000_000;
    let world = World::of(Town::open_at(&Database::Sqlite, now).await).await;
    let described = Described::discover_async(IssuerUrl::new(world.issuer()).unwrap(), &send).await.unwrap();
    (world, described)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openidconnect_crate_goes_the_whole_way() {
    let (world, described) = world().await;
    let app = world.app(json!({})).await;
    let secret = ClientSecret::new(app.secret.clone().unwrap());
    let more = described.additional_metadata().clone();
    let client = CoreClient::from_provider_metadata(described, ClientId::new(app.id.clone()), Some(secret))
        .set_redirect_uri(RedirectUrl::new(BACK.to_owned()).unwrap())
        .set_introspection_url(more.introspection_endpoint)
        .set_revocation_url(by_tls(&more.revocation_endpoint));

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "offline_access"].map(|word| Scope::new(word.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let page = world.browse(&format!("{}?{}", url.path(), url.query().unwrap())).await;
    let given = [("c_name", "give"), ("c_region", "give"), ("c_age_band", "keep")];
    let back = query(&world.press_on(&page, "allow", &given).await.leads_to());
    assert_eq!(back.get("state"), Some(state.secret().as_str()));

    let code = AuthorizationCode::new(back.get("code").unwrap().to_owned());
    let redeem = client.exchange_code(code.clone()).unwrap().set_pkce_verifier(verifier);
    let tokens = redeem.request_async(&send).await.unwrap();
    // The crate trusts RS256 alone until it is told what the app expects.
    let es256 = || client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256]);
    let claims = tokens.id_token().unwrap().claims(&es256(), &nonce).unwrap();
    assert_eq!(claims.auth_context_ref().map(|acr| acr.as_str()), Some("yima:3"));
    let wrong = Nonce::new("another".to_owned());
    assert!(tokens.id_token().unwrap().claims(&es256(), &wrong).is_err(), "and it holds the nonce");

    let subject = Some(claims.subject().clone());
    let asked = client.user_info(tokens.access_token().clone(), subject).unwrap();
    let told: UserInfoClaims<OfHere, CoreGenderClaim> = asked.request_async(&send).await.unwrap();
    assert!(told.name().is_some_and(|name| name.get(None).is_some()));
    let of_here = told.additional_claims();
    assert!(of_here.region.is_some() && of_here.age_band.is_none(), "what was kept back is not there: {of_here:?}");

    let token = tokens.refresh_token().unwrap().clone();
    let next = client.exchange_refresh_token(&token).unwrap().request_async(&send).await.unwrap();
    assert_ne!(next.access_token().secret(), tokens.access_token().secret());
    assert_eq!(next.refresh_token().map(|next| next.secret()), Some(token.secret()), "R23: it stays");
    // OpenID Connect Core 1.0 section 12.2: of the same person; a nonce need not be there.
    let again = next.id_token().unwrap().claims(&es256(), |_: Option<&Nonce>| Ok(())).unwrap();
    assert_eq!(again.subject(), claims.subject());

    let looked = client.introspect(next.access_token()).request_async(&send).await.unwrap();
    assert!(looked.active());
    assert_eq!(looked.sub(), Some(claims.subject().as_str()));
    assert_eq!(looked.client_id().map(|id| id.as_str()), Some(app.id.as_str()));
    let ended = CoreRevocableToken::RefreshToken(token.clone());
    client.revoke_token(ended).unwrap().request_async(&send).await.unwrap();
    let looked = client.introspect(next.access_token()).request_async(&send).await.unwrap();
    assert!(!looked.active(), "RFC 7009 section 2.1: what came of it ends with it");
    let over = client.exchange_refresh_token(&token).unwrap().request_async(&send).await;
    let Err(RequestTokenError::ServerResponse(refused)) = over else { panic!("a revoked token was taken") };
    assert_eq!(refused.error().as_ref(), "invalid_grant");

    let (_, stranger) = PkceCodeChallenge::new_random_sha256();
    let late = client.exchange_code(code).unwrap().set_pkce_verifier(stranger).request_async(&send).await;
    let Err(RequestTokenError::ServerResponse(refused)) = late else { panic!("a code was taken twice") };
    assert_eq!(refused.error().as_ref(), "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openidconnect_crate_takes_an_id_token_by_eddsa_where_the_app_chose_it() {
    let (world, described) = world().await;
    let app = world.app(json!({ "id_token_signed_response_alg": "EdDSA" })).await;
    let secret = ClientSecret::new(app.secret.clone().unwrap());
    let client = CoreClient::from_provider_metadata(described, ClientId::new(app.id.clone()), Some(secret))
        .set_redirect_uri(RedirectUrl::new(BACK.to_owned()).unwrap());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, _, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let page = world.browse(&format!("{}?{}", url.path(), url.query().unwrap())).await;
    let back = query(&world.press_on(&page, "allow", &[("c_name", "give")]).await.leads_to());
    let code = AuthorizationCode::new(back.get("code").unwrap().to_owned());
    let tokens = client.exchange_code(code).unwrap().set_pkce_verifier(verifier).request_async(&send).await.unwrap();
    let by = |alg| client.id_token_verifier().set_allowed_algs([alg]);
    let claims = tokens.id_token().unwrap().claims(&by(CoreJwsSigningAlgorithm::EdDsa), &nonce).unwrap();
    assert_eq!(claims.audiences().iter().map(|aud| aud.as_str()).collect::<Vec<_>>(), [app.id.as_str()]);
    let es256 = by(CoreJwsSigningAlgorithm::EcdsaP256Sha256);
    assert!(tokens.id_token().unwrap().claims(&es256, &nonce).is_err(), "and it is none of another algorithm");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_openidconnect_crate_waits_for_a_device() {
    let (world, described) = world().await;
    let app = television(&world).await;
    let device = described.additional_metadata().device_authorization_endpoint.clone();
    let client = CoreClient::from_provider_metadata(described, ClientId::new(app.id.clone()), None)
        .set_device_authorization_url(device);
    let asked = client.exchange_device_code().add_scope(Scope::new("profile".to_owned()));
    let shown: CoreDeviceAuthorizationResponse = asked.request_async(&send).await.unwrap();
    assert!(shown.verification_uri_complete().is_some_and(|uri| uri.secret().contains(shown.user_code().secret())));
    let page = typed(&world, shown.user_code().secret()).await;
    // It asks before its person has decided, is told to wait, and asks again.
    let pause = |pause: std::time::Duration| {
        world.town.clock.advance(i64::try_from(pause.as_secs()).unwrap() + 1);
        async {
            press(&world, &page, "allow").await;
        }
    };
    let waits = client.exchange_device_access_token(&shown).unwrap();
    let tokens = waits.request_async(&send, pause, None).await.unwrap();
    let es256 = client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::EcdsaP256Sha256]);
    let claims = tokens.id_token().unwrap().claims(&es256, |_: Option<&Nonce>| Ok(())).unwrap();
    assert_eq!(claims.auth_context_ref().map(|acr| acr.as_str()), Some("yima:2"));
}

fn by_tls(url: &RevocationUrl) -> RevocationUrl {
    RevocationUrl::new(url.url().as_str().replacen("http:", "https:", 1)).unwrap()
}
