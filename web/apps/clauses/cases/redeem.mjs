// RFC 6749 sections 2.3, 3.2, 4.1.3, 4.4, 5.1 and 5.2: the token endpoint, and clients that do not prove themselves.

import { said } from '../side.mjs';

const token = (app, body, headers) => async (side) => said(await side.post('token_endpoint', side.apps[app], body, headers));
const redeemed = (app, more, headers) => async (side) => said(await side.post('token_endpoint', side.apps[app], { ...await side.code(side.apps.secret), ...more }, headers));
const itself = { grant_type: 'client_credentials' };

export default [
  ['RFC 6749 5.1: a good answer', '200 no-store Bearer number', async (side) => {
    const answer = await side.post('token_endpoint', side.apps.secret, await side.code(side.apps.secret));
    return `${answer.status} ${answer.headers.get('cache-control')} ${answer.json.token_type} ${typeof answer.json.expires_in}`;
  }],
  ['RFC 6749 4.1.2: a code counts once', '400 invalid_grant', async (side) => {
    const code = await side.code(side.apps.secret);
    await side.post('token_endpoint', side.apps.secret, code);
    return said(await side.post('token_endpoint', side.apps.secret, code));
  }],
  ['RFC 6749 4.1.2: a code that comes again from a thief ends its tokens', '401 invalid_token', async (side) => {
    const code = await side.code(side.apps.secret);
    const tokens = (await side.post('token_endpoint', side.apps.secret, code)).json;
    await side.post('token_endpoint', side.apps.secret, { ...code, code_verifier: 'x'.repeat(43) });
    return said(await side.userinfo(tokens.access_token));
  }],
  ['RFC 6749 4.1.2: a code that comes again at once, the same in all, leaves its tokens', '200 ok', async (side) => {
    const code = await side.code(side.apps.secret);
    const tokens = (await side.post('token_endpoint', side.apps.secret, code)).json;
    await side.post('token_endpoint', side.apps.secret, code);
    return said(await side.userinfo(tokens.access_token));
  }],
  ['RFC 6749 4.1.3: a code of another client', '400 invalid_grant', redeemed('other', {})],
  ['RFC 6749 4.1.3: another address', '400 invalid_grant', redeemed('secret', { redirect_uri: 'https://hospital.example.cn/other' })],
  ['RFC 6749 4.1.3: no address', '400 invalid_request', redeemed('secret', { redirect_uri: undefined })],
  ['RFC 6749 4.1.3: no code', '400 invalid_request', token('secret', { grant_type: 'authorization_code', redirect_uri: 'x', code_verifier: 'x'.repeat(43) })],
  ['RFC 6749 4.1.3: a code of no meaning', '400 invalid_grant', redeemed('secret', { code: 'x'.repeat(43) })],
  ['RFC 6749 4.1.3: a code of 4,000 characters', '400 invalid_grant', redeemed('secret', { code: 'x'.repeat(4_000) })],
  ['RFC 6749 5.2: no grant_type', '400 invalid_request', token('secret', {})],
  ['RFC 6749 5.2: an unknown grant_type', '400 unsupported_grant_type', token('secret', { grant_type: 'password', username: 'a', password: 'b' })],
  ['RFC 6749 5.2: a grant that the client did not register', '400 unauthorized_client', token('secret', itself)],
  ['RFC 6749 5.2: a wrong secret', '401 invalid_client Basic', async (side) => {
    const answer = await side.post('token_endpoint', { ...side.apps.secret, secret: 'wrong' }, itself);
    return `${said(answer)} ${answer.headers.get('www-authenticate')?.split(' ')[0]}`;
  }],
  ['RFC 6749 5.2: an unknown client', '401 invalid_client', async (side) => said(await side.post('token_endpoint', { id: 'nobody', secret: 'x' }, itself))],
  ['RFC 6749 5.2: no client', '401 invalid_client', async (side) => said(await side.post('token_endpoint', undefined, itself))],
  ['RFC 6749 2.3.1: the secret in the body', '200 ok', async (side) => {
    const { id, secret } = side.apps.secret;
    return said(await side.post('token_endpoint', undefined, { ...await side.code(side.apps.secret), client_id: id, client_secret: secret }));
  }],
  ['RFC 6749 2.3.1: a client with a secret comes without', '401 invalid_client', async (side) => said(await side.post('token_endpoint', { id: side.apps.secret.id }, await side.code(side.apps.secret)))],
  ['RFC 6749 2.3: two proofs at once', '400 invalid_request', redeemed('secret', { client_id: 'x', client_secret: 'y' })],
  ['RFC 6749 2.3: client_id of another than the one that proved itself', '401 invalid_client', async (side) => said(await side.post('token_endpoint', side.apps.secret, { ...await side.code(side.apps.secret), client_id: side.apps.other.id }))],
  ['RFC 6749 2.3.1: a header that cannot be read', '401 invalid_client', token(undefined, itself, { authorization: 'Basic !' })],
  ['RFC 6749 2.3.1: a secret in the address does not count', '401 invalid_client', async (side) => {
    const { id, secret } = side.apps.secret;
    return said(await side.post(`${side.meta.token_endpoint}?${new URLSearchParams({ client_id: id, client_secret: secret })}`, undefined, await side.code(side.apps.secret)));
  }],
  ['RFC 6749 3.2: by GET', 'refused', async (side) => ((await side.send(side.meta.token_endpoint)).status >= 400 ? 'refused' : 'taken')],
  ['RFC 6749 3.2: a parameter stands twice', '400 invalid_request', (side) => token('secret', 'grant_type=authorization_code&grant_type=authorization_code&code=x')(side)],
  ['RFC 6749 3.2: JSON', '400 invalid_request', token('secret', '{"grant_type":"client_credentials"}', { 'content-type': 'application/json' })],
  ['RFC 6749 3.2: a body of 100 KB', 'refused', async (side) => ((await side.post('token_endpoint', side.apps.secret, { ...itself, x: 'x'.repeat(100_000) })).status >= 400 ? 'refused' : 'taken')],
  ['RFC 6749 4.4: an app as itself', '200 ok', token('keyed', { ...itself, scope: 'waits:read' })],
  ['RFC 6749 4.4.3: no refresh token for an app as itself', 'none', async (side) => ((await side.post('token_endpoint', side.apps.keyed, itself)).json.refresh_token ? 'one' : 'none')],
  ['RFC 6749 4.4: an app as itself asks about people', '400 invalid_scope', token('keyed', { ...itself, scope: 'openid' })],
  ['RFC 6749 4.4: a public client as itself', '400 unauthorized_client', token('open', itself)],
];
