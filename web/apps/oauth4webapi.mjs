// oauth4webapi, the strict one: every answer is held against its RFC, signatures included.

import * as oauth from 'oauth4webapi';
import { same, walk } from './walk.mjs';

const { url, cookie, apps } = JSON.parse(process.env.YIMA_WORLD);
const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(url);

for (const algorithm of ['oidc', 'oauth2']) {
  const found = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
  const server = await oauth.processDiscoveryResponse(issuer, found);
  same(server.authorization_response_iss_parameter_supported, true, `discovery by ${algorithm}`);
}
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const client = { client_id: apps.open.id, token_endpoint_auth_method: 'none' };
const verifier = oauth.generateRandomCodeVerifier();
const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
const back = 'https://hospital.example.cn/cb';

const start = new URL(server.authorization_endpoint);
const asked = {
  client_id: client.client_id,
  redirect_uri: back,
  response_type: 'code',
  scope: 'openid profile',
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  max_age: '3600',
  acr_values: 'yima:3',
};
for (const [name, value] of Object.entries(asked)) start.searchParams.set(name, value);
const called = await walk(start.href, { cookie });
const params = oauth.validateAuthResponse(server, client, called, state);
const redeemed = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), params, back, verifier, insecure);
const tokens = await oauth.processAuthorizationCodeResponse(server, client, redeemed, { expectedNonce: nonce, maxAge: 3600, requireIdToken: true });
await oauth.validateApplicationLevelSignature(server, redeemed, insecure);
const claims = oauth.getValidatedIdTokenClaims(tokens);
same(claims.acr, 'yima:3', 'the ID token, its signature and auth_time');
same(tokens.refresh_token, undefined, 'no refresh token without offline_access');

const told = await oauth.userInfoRequest(server, client, tokens.access_token, insecure);
same((await oauth.processUserInfoResponse(server, client, claims.sub, told)).sub, claims.sub, 'userinfo');

const request = new Request(`${url}/resource`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
const access = await oauth.validateJwtAccessToken(server, request, url, insecure);
same([access.client_id, access.aud], [apps.open.id, url], 'RFC 9068: the access token by the keys of jwks_uri');

const again = await oauth.authorizationCodeGrantRequest(server, client, oauth.None(), params, back, verifier, insecure);
try {
  await oauth.processAuthorizationCodeResponse(server, client, again, { expectedNonce: nonce, requireIdToken: true });
  throw new Error('a code was taken twice');
} catch (error) {
  same(error.error, 'invalid_grant', 'RFC 6749 section 4.1.2: a code counts once');
}
