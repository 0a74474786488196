// RFC 7523 and OpenID Connect Core 9: an app proves itself by its key. RFC 8725: forged signatures.

import { assertion, pair, random } from '../jose.mjs';
import { said } from '../side.mjs';

const by = (how) => async (side) => {
  const app = side.apps.keyed;
  const made = typeof how === 'function' ? how(side, side.now()) : how;
  return said(await side.post('token_endpoint', app, { grant_type: 'client_credentials', client_assertion: assertion(app, side.issuer, side.now(), made) }));
};
const claims = (of) => by((side, now) => ({ claims: of(side, now) }));

export default [
  ['RFC 7523 3: a good assertion', '200 ok', by({})],
  ['RFC 7523 3: aud is the token endpoint', '401 invalid_client', claims((side) => ({ aud: side.meta.token_endpoint }))],
  ['RFC 7523 3: aud is a list that holds the issuer', '401 invalid_client', claims((side) => ({ aud: [side.issuer] }))],
  ['RFC 7523 3: aud is somebody else', '401 invalid_client', claims(() => ({ aud: 'https://evil.cn' }))],
  ['RFC 7523 3: no aud', '401 invalid_client', claims(() => ({ aud: undefined }))],
  ['RFC 7523 3: over for five minutes', '401 invalid_client', claims((side, now) => ({ iat: now - 350, exp: now - 300 }))],
  ['RFC 7523 3: no exp', '401 invalid_client', claims(() => ({ exp: undefined }))],
  ['RFC 7523 3: lives a day', '401 invalid_client', claims((side, now) => ({ exp: now + 86_400 }))],
  ['RFC 7523 3: begins in an hour', '401 invalid_client', claims((side, now) => ({ nbf: now + 3_600, exp: now + 3_650, iat: undefined }))],
  ['RFC 7523 3: no jti', '401 invalid_client', claims(() => ({ jti: undefined }))],
  ['RFC 7523 3: jti counts once', '401 invalid_client', async (side) => {
    const used = { jti: random(12) };
    await claims(() => used)(side);
    return claims(() => used)(side);
  }],
  ['RFC 7523 3: iss is another client', '401 invalid_client', claims((side) => ({ iss: side.apps.secret.id }))],
  ['RFC 7523 3: sub is another client', '401 invalid_client', claims((side) => ({ sub: side.apps.secret.id }))],
  ['RFC 7523 3: a key that is not registered', '401 invalid_client', by(() => ({ jwk: pair().private }))],
  ['RFC 7523 3: a key id that is not registered', '401 invalid_client', by({ header: { kid: 'k2' } })],
  ['RFC 8725 2.1: alg none', '401 invalid_client', by({ header: { alg: 'none' } })],
  ['RFC 8725 2.1: HS256 with the public key', '401 invalid_client', by({ header: { alg: 'HS256' } })],
  ['RFC 7515 4.1.11: a critical header that is not known', '401 invalid_client', by({ header: { crit: ['made-up'], 'made-up': 1 } })],
  ['RFC 7521 4.2: another type of assertion', '401 invalid_client', async (side) => {
    const body = { grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer', client_assertion: assertion(side.apps.keyed, side.issuer, side.now()) };
    return said(await side.post('token_endpoint', undefined, body));
  }],
  ['OIDC Core 9: a client with a key comes without', '401 invalid_client', async (side) => said(await side.post('token_endpoint', { id: side.apps.keyed.id }, { grant_type: 'client_credentials' }))],
];
