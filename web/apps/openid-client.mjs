// openid-client as an app's developer uses it, unmodified, against a running server: discovery, PAR, code with PKCE, DPoP,
// refresh, userinfo, introspection, revocation, private_key_jwt, client credentials, logout.

import * as client from 'openid-client';
import { refused, same, walk } from './walk.mjs';

const { url, cookie, apps } = JSON.parse(process.env.YIMA_WORLD);
const issuer = new URL(url);
const insecure = { execute: [client.allowInsecureRequests] };
const back = 'https://hospital.example.cn/cb';

/** Signs in at an app; the tokens. */
const signIn = async (config, { push, dpop, more } = {}) => {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const asked = {
    redirect_uri: back,
    scope: 'openid profile offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  };
  const start = push
    ? await client.buildAuthorizationUrlWithPAR(config, asked, dpop ? { DPoP: dpop } : undefined)
    : client.buildAuthorizationUrl(config, asked);
  const called = await walk(start.href, { cookie });
  same(called.searchParams.get('iss'), url, 'RFC 9207: the answer names its issuer');
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  return client.authorizationCodeGrant(config, called, checks, undefined, dpop ? { DPoP: dpop } : undefined);
};

// A confidential client with a secret.
{
  const config = await client.discovery(issuer, apps.secret.id, apps.secret.secret, undefined, insecure);
  same(config.serverMetadata().issuer, url, 'discovery');
  const tokens = await signIn(config);
  const claims = tokens.claims();
  same([claims.aud, claims.acr, typeof claims.auth_time], [apps.secret.id, 'yima:3', 'number'], 'the ID token');
  const told = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
  same(Object.keys(told).sort(), ['age_band', 'name', 'region', 'sub'], 'userinfo');
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  same(next.refresh_token, tokens.refresh_token, 'R23: a confidential client keeps its refresh token');
  const known = await client.tokenIntrospection(config, next.access_token);
  same([known.active, known.client_id, known.token_type], [true, apps.secret.id, 'Bearer'], 'introspection');
  await client.tokenRevocation(config, next.refresh_token);
  same((await client.tokenIntrospection(config, next.access_token)).active, false, 'revocation ends the sign-in');
  await refused(client.refreshTokenGrant(config, next.refresh_token), 'invalid_grant', 'and its refresh token');
  const pushed = await signIn(config, { push: true });
  same(pushed.token_type, 'bearer', 'PAR');
}

// One whose ID tokens are signed by Ed25519 (RFC 8037); it checks their signature, which the code flow lets a client leave out.
{
  const chosen = { client_secret: apps.edwards.secret, id_token_signed_response_alg: 'EdDSA' };
  const config = await client.discovery(issuer, apps.edwards.id, chosen, undefined, insecure);
  client.enableNonRepudiationChecks(config);
  const tokens = await signIn(config);
  same(JSON.parse(atob(tokens.id_token.split('.')[0])).alg, 'EdDSA', 'an ID token by Ed25519');
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  same(next.claims().sub, tokens.claims().sub, 'and the one of a refresh');
  const other = await client.discovery(issuer, apps.edwards.id, { ...chosen, id_token_signed_response_alg: 'ES256' }, undefined, insecure);
  const fails = await signIn(other).then(() => 'taken', (error) => error.code);
  same(fails, 'OAUTH_INVALID_RESPONSE', 'one that was told ES256 does not take it');
}

// A public client, with and without a key.
{
  const config = await client.discovery(issuer, apps.open.id, undefined, client.None(), insecure);
  const tokens = await signIn(config);
  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  same(next.refresh_token !== tokens.refresh_token, true, 'R24: a public client without a key rotates');
  const key = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  const bound = await signIn(config, { dpop: key });
  same(bound.token_type, 'dpop', 'DPoP');
  const told = await client.fetchUserInfo(config, bound.access_token, bound.claims().sub, { DPoP: key });
  same(told.sub, bound.claims().sub, 'userinfo with DPoP');
  const kept = await client.refreshTokenGrant(config, bound.refresh_token, undefined, { DPoP: key });
  same(kept.refresh_token, bound.refresh_token, 'R23: a bound refresh token does not rotate');
  const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  await refused(client.refreshTokenGrant(config, bound.refresh_token, undefined, { DPoP: thief }), 'invalid_grant', 'a stolen bound refresh token');
  const pushed = await signIn(config, { push: true, dpop: key });
  same(pushed.token_type, 'dpop', 'PAR with DPoP');
  const out = client.buildEndSessionUrl(config, { id_token_hint: bound.id_token, post_logout_redirect_uri: 'https://hospital.example.cn/out', state: 'bye' });
  same(out.pathname, '/oauth2/logout', 'the address of logout');
}

// A client with a key of its own, as itself.
{
  const key = await crypto.subtle.importKey('jwk', apps.keyed.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const config = await client.discovery(issuer, apps.keyed.id, undefined, client.PrivateKeyJwt({ key, kid: 'k1' }), insecure);
  const tokens = await client.clientCredentialsGrant(config, { scope: 'waits:read' });
  same([tokens.token_type, tokens.scope], ['bearer', 'waits:read'], 'private_key_jwt and client credentials');
  await refused(client.clientCredentialsGrant(config, { scope: 'openid' }), 'invalid_scope', 'a scope about people');
}
