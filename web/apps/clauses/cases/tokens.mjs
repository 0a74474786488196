// RFC 6749 section 6, RFC 7009 and RFC 7662: tokens go on, are ended, and are asked about.

import { said } from '../side.mjs';

const active = async (side, app, token) => String((await side.introspect(app, token)).json.active);
const revoke = (side, app, token, more = {}) => side.post('revocation_endpoint', app, { token, ...more });

export default [
  ['RFC 6749 6: a refresh token gives a new access token', 'another', async (side) => {
    const tokens = await side.offline(side.apps.secret);
    const next = (await side.refresh(side.apps.secret, tokens.refresh_token)).json;
    return next.access_token && next.access_token !== tokens.access_token ? 'another' : 'none';
  }],
  ['OIDC Core 11: no refresh token without offline_access', 'none', async (side) => ((await side.tokens(side.apps.secret)).refresh_token ? 'one' : 'none')],
  ['OIDC Core 11: offline_access without prompt consent', 'one', async (side) => ((await side.tokens(side.apps.secret, { scope: 'openid profile offline_access' })).refresh_token ? 'one' : 'none')],
  ['OIDC Core 12.2: sub of a refreshed ID token is the same', 'same', async (side) => {
    const sub = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url')).sub;
    const tokens = await side.offline(side.apps.secret);
    return sub((await side.refresh(side.apps.secret, tokens.refresh_token)).json.id_token) === sub(tokens.id_token) ? 'same' : 'another';
  }],
  ['RFC 6749 6: less scope', 'openid', async (side) => (await side.refresh(side.apps.secret, (await side.offline(side.apps.secret)).refresh_token, { scope: 'openid' })).json.scope],
  ['RFC 6749 6: more scope', '400 invalid_scope', async (side) => said(await side.refresh(side.apps.secret, (await side.offline(side.apps.secret)).refresh_token, { scope: 'openid profile phone' }))],
  ['RFC 6749 6: a refresh token after a refusal of its scope is as good as before', '200 ok', async (side) => {
    const token = (await side.offline(side.apps.open)).refresh_token;
    for (let time = 0; time < 4; time += 1) await side.refresh(side.apps.open, token, { scope: 'openid profile phone' });
    return said(await side.refresh(side.apps.open, token));
  }],
  ['RFC 6749 6: a refresh token of another client', '400 invalid_grant', async (side) => said(await side.refresh(side.apps.other, (await side.offline(side.apps.secret)).refresh_token))],
  ['RFC 6749 6: a refresh token of no meaning', '400 invalid_grant', async (side) => said(await side.refresh(side.apps.secret, 'x'.repeat(43)))],
  ['RFC 6749 6: a refresh token of 4,000 characters', '400 invalid_grant', async (side) => said(await side.refresh(side.apps.secret, 'x'.repeat(4_000)))],
  ['RFC 6749 6: no refresh token', '400 invalid_request', async (side) => said(await side.refresh(side.apps.secret, undefined))],
  ['RFC 6749 6: an access token is no refresh token', '400 invalid_grant', async (side) => said(await side.refresh(side.apps.secret, (await side.tokens(side.apps.secret)).access_token))],
  ['RFC 9700 4.14.2: of a public client it rotates', 'another', async (side) => {
    const token = (await side.offline(side.apps.open)).refresh_token;
    return (await side.refresh(side.apps.open, token)).json.refresh_token === token ? 'same' : 'another';
  }],
  ['RFC 9700 4.14.2: of a client that proves itself it stays', 'same', async (side) => {
    const token = (await side.offline(side.apps.secret)).refresh_token;
    return (await side.refresh(side.apps.secret, token)).json.refresh_token === token ? 'same' : 'another';
  }],
  ['RFC 9700 4.14.2: the same again at once, as after a lost reply', '200 ok', async (side) => {
    const token = (await side.offline(side.apps.open)).refresh_token;
    await side.refresh(side.apps.open, token);
    return said(await side.refresh(side.apps.open, token));
  }],
  ['RFC 9700 4.14.2: an older one ends the sign-in', '400 invalid_grant', async (side) => {
    const first = (await side.offline(side.apps.open)).refresh_token;
    const second = (await side.refresh(side.apps.open, first)).json.refresh_token;
    const third = (await side.refresh(side.apps.open, second)).json.refresh_token;
    await side.refresh(side.apps.open, first);
    return said(await side.refresh(side.apps.open, third));
  }],
  ['RFC 7009 2.1: a refresh token is ended', '200 ok, 400 invalid_grant', async (side) => {
    const token = (await side.offline(side.apps.secret)).refresh_token;
    return `${said(await revoke(side, side.apps.secret, token))}, ${said(await side.refresh(side.apps.secret, token))}`;
  }],
  ['RFC 7009 2.1: the access token ends with its refresh token', '401 invalid_token', async (side) => {
    const tokens = await side.offline(side.apps.secret);
    await revoke(side, side.apps.secret, tokens.refresh_token);
    return said(await side.userinfo(tokens.access_token));
  }],
  ['RFC 7009 2.1: an access token is ended', '401 invalid_token', async (side) => {
    const token = (await side.tokens(side.apps.secret)).access_token;
    await revoke(side, side.apps.secret, token);
    return said(await side.userinfo(token));
  }],
  ['RFC 7009 2.1: a wrong token_type_hint hinders nothing', '401 invalid_token', async (side) => {
    const token = (await side.tokens(side.apps.secret)).access_token;
    await revoke(side, side.apps.secret, token, { token_type_hint: 'refresh_token' });
    return said(await side.userinfo(token));
  }],
  ['RFC 7009 2.1: a token of another client stays', '200 ok', async (side) => {
    const token = (await side.tokens(side.apps.secret)).access_token;
    await revoke(side, side.apps.other, token);
    return said(await side.userinfo(token));
  }],
  ['RFC 7009 2.1: another client is told nothing', '200 ok', async (side) => said(await revoke(side, side.apps.other, (await side.tokens(side.apps.secret)).access_token))],
  ['RFC 7009 2.2: an unknown token', '200 ok', async (side) => said(await revoke(side, side.apps.secret, 'x'.repeat(43)))],
  ['RFC 7009 2.1: no token', '400 invalid_request', async (side) => said(await revoke(side, side.apps.secret, undefined))],
  ['RFC 7009 2.1: no client', '401 invalid_client', async (side) => said(await revoke(side, undefined, 'x'))],
  ['RFC 7009 5: a public client ends its own', '401 invalid_token', async (side) => {
    const token = (await side.tokens(side.apps.open)).access_token;
    await revoke(side, side.apps.open, token);
    return said(await side.userinfo(token));
  }],
  ['RFC 7662 2.2: an access token is told', 'true its scope', async (side) => {
    const { json } = await side.introspect(side.apps.secret, (await side.tokens(side.apps.secret)).access_token);
    return `${json.active} ${json.scope === 'openid profile' && json.client_id === side.apps.secret.id ? 'its scope' : 'another'}`;
  }],
  ['RFC 7662 2.2: a refresh token is told', 'true', async (side) => active(side, side.apps.secret, (await side.offline(side.apps.secret)).refresh_token)],
  ['RFC 7662 2.2: an ended token', '{"active":false}', async (side) => {
    const token = (await side.tokens(side.apps.secret)).access_token;
    await revoke(side, side.apps.secret, token);
    return (await side.introspect(side.apps.secret, token)).text;
  }],
  ['RFC 7662 2.2: an unknown token', '{"active":false}', async (side) => (await side.introspect(side.apps.secret, 'x')).text],
  ['RFC 7662 2.2: an ID token is no token', '{"active":false}', async (side) => (await side.introspect(side.apps.secret, (await side.tokens(side.apps.secret)).id_token)).text],
  ['RFC 7662 4: a token of another client', '{"active":false}', async (side) => (await side.introspect(side.apps.other, (await side.tokens(side.apps.secret)).access_token)).text],
  ['RFC 7662 2.1: no client', '401 invalid_client', async (side) => said(await side.introspect(undefined, 'x'))],
  ['RFC 7662 2.1: a public client asks', '401 invalid_client', async (side) => {
    const answer = await side.introspect(side.apps.open, (await side.tokens(side.apps.open)).access_token);
    return answer.json.active === undefined ? said(answer) : answer.text;
  }],
  ['RFC 7662 2.1: no token', '400 invalid_request', async (side) => said(await side.introspect(side.apps.secret, undefined))],
  ['RFC 7662 2.1: by GET', 'refused', async (side) => ((await side.send(`${side.meta.introspection_endpoint}?token=x`)).status >= 400 ? 'refused' : 'taken')],
];
