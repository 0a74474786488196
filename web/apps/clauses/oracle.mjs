// The oracle: npm oidc-provider with the same clients, its own defaults where the suite does not need otherwise, and a person
// who agrees to everything. It knows nothing of Yima but the words for levels of sign-in.

import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';
import { publicOf } from './jose.mjs';

export const BACK = 'https://hospital.example.cn/cb';
export const OUT = 'https://hospital.example.cn/out';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

const clients = ({ secret, other, pushed, open, keyed, screen, edwards }) => {
  const web = { redirect_uris: [BACK], post_logout_redirect_uris: [OUT], response_types: ['code'], grant_types: ['authorization_code', 'refresh_token'], scope: 'openid profile offline_access' };
  const none = { redirect_uris: [], response_types: [], scope: 'openid profile offline_access' };
  const all = [
    { ...web, client_id: secret.id, client_secret: secret.secret },
    { ...web, client_id: other.id, client_secret: other.secret },
    { ...web, client_id: edwards.id, client_secret: edwards.secret, id_token_signed_response_alg: 'EdDSA' },
    { ...web, client_id: pushed.id, client_secret: pushed.secret, require_pushed_authorization_requests: true },
    { ...web, client_id: open.id, token_endpoint_auth_method: 'none' },
    {
      ...none, client_id: keyed.id, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256',
      grant_types: ['client_credentials'], scope: 'waits:read', jwks: { keys: [{ ...publicOf(keyed.jwk), kid: 'k1' }] },
    },
    // It takes no pairwise screen without a key.
    { ...none, subject_type: 'public', client_id: screen.id, token_endpoint_auth_method: 'none', grant_types: [DEVICE, 'refresh_token'] },
  ];
  return all.map((one) => ({ id_token_signed_response_alg: 'ES256', subject_type: 'pairwise', ...one }));
};

const configuration = (apps) => ({
  clients: clients(apps),
  jwks: { keys: [{ ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'a', alg: 'ES256' }, { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), use: 'sig', kid: 'b', alg: 'EdDSA' }] },
  scopes: ['openid', 'offline_access', 'phone', 'waits:read'],
  responseTypes: ['code'],
  enableHttpPostMethods: true,
  claims: { openid: ['sub'], profile: ['name', 'region', 'age_band'] },
  acrValues: ['yima:1', 'yima:2', 'yima:3', 'yima:4'],
  subjectTypes: ['pairwise', 'public'],
  pairwiseIdentifier: async (ctx, account) => `pairwise-${account}`,
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'A', region: '370102', age_band: '18-59' }) }),
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  enabledJWA: {
    idTokenSigningAlgValues: ['ES256', 'EdDSA'],
    clientAuthSigningAlgValues: ['ES256', 'EdDSA'],
    dPoPSigningAlgValues: ['ES256', 'EdDSA'],
  },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => false },
    introspection: { enabled: true, allowedPolicy: (ctx, client, token) => client.clientAuthMethod !== 'none' && token.clientId === client.clientId },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AccessToken: 300, AuthorizationCode: 60, ClientCredentials: 300, DeviceCode: 600, Grant: 3600, IdToken: 300, Interaction: 600, RefreshToken: 86400, Session: 3600 },
  cookies: { keys: ['oracle'], long: { sameSite: 'none' } },
});

/** The page between: signs in who says `x-person: sign-in`, agrees to all for everybody who is signed in and does not say otherwise. */
const interact = async (provider, request, response) => {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  const says = request.headers['x-person'];
  if (prompt.name === 'login') {
    return says === 'sign-in' ? finish({ login: { accountId: 'person', acr: 'yima:3', amr: ['hwk', 'user'] } }) : response.end('page: sign-in');
  }
  if (says === 'look') return response.end('page: consent');
  if (says === 'refuse') return finish({ error: 'access_denied', error_description: 'no' });
  const known = grantId && await provider.Grant.find(grantId);
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return finish({ consent: { grantId: await grant.save() } });
};

/** Serves it on a free port of this machine; gives its issuer, and what stops it. */
export const oracle = async (apps) => {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration(apps));
  const own = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) return own(request, response);
    return interact(provider, request, response).catch((error) => { response.statusCode = 500; response.end(String(error)); });
  });
  return { issuer, stop: () => { server.close(); server.closeAllConnections(); } };
};
