// OpenID Connect Core 1.0 sections 2, 3.1.2 and 5: the sign-in, the ID token and userinfo. RFC 6750: how a token is borne.

import { createPublicKey, verify } from 'node:crypto';
import { read } from '../jose.mjs';
import { said } from '../side.mjs';

const asked = (more, how) => (side) => side.asked(side.apps.secret, more, how);
const challenge = (answer) => answer.headers.get('www-authenticate') ?? '';

export default [
  ['OIDC Core 3.1.2.1: prompt none, and nobody is signed in', 'back login_required', asked({ prompt: 'none' }, { signedIn: false })],
  ['OIDC Core 3.1.2.1: prompt none, signed in and agreed', 'back code', asked({ prompt: 'none' })],
  ['OIDC Core 3.1.2.6: prompt none, signed in and not agreed', 'back login_required', async (side) => side.asked(side.apps.other, { prompt: 'none' })],
  ['OIDC Core 3.1.2.1: prompt none with another', 'back invalid_request', asked({ prompt: 'none login' })],
  ['OIDC Core 3.1.2.1: a prompt of no meaning', 'back invalid_request', asked({ prompt: 'shout' })],
  ['OIDC Core 3.1.2.1: prompt login', 'sign-in', asked({ prompt: 'login' })],
  ['OIDC Core 3.1.2.1: prompt consent', 'consent', asked({ prompt: 'consent' }, { person: 'look' })],
  ['OIDC Core 3.1.2.3: nobody is signed in', 'sign-in', asked({}, { signedIn: false })],
  ['OIDC Core 3.1.2.1: max_age 0', 'sign-in', asked({ max_age: '0' })],
  ['OIDC Core 3.1.2.1: max_age 0 and prompt none', 'back login_required', asked({ max_age: '0', prompt: 'none' })],
  ['OIDC Core 3.1.2.1: max_age of a day', 'back code', asked({ max_age: '86400' })],
  ['OIDC Core 3.1.2.1: max_age of no number', 'back invalid_request', asked({ max_age: 'old' })],
  ['OIDC Core 3.1.2.1: max_age beneath nothing', 'back invalid_request', asked({ max_age: '-1' })],
  ['OIDC Core 3.1.2.1: acr_values that were met', 'back code', asked({ acr_values: 'yima:2' })],
  ['OIDC Core 3.1.2.1: acr_values that are not offered', 'back unmet_authentication_requirements', asked({ acr_values: 'urn:made-up' })],
  ['OIDC Core 5.5.1.1: an essential acr that is not offered', 'back invalid_request', asked({ claims: '{"id_token":{"acr":{"essential":true,"values":["urn:made-up"]}}}' })],
  ['OIDC Core 5.5: claims that are no JSON', 'back invalid_request', asked({ claims: '{' })],
  ['OIDC Core 5.5: claims that are a list', 'back invalid_request', asked({ claims: '[]' })],
  ['OIDC Core 5.5.1: sub is somebody else', 'back login_required', asked({ claims: '{"id_token":{"sub":{"value":"somebody"}}}', prompt: 'none' })],
  ['OIDC Core 3.1.2.1: a forged id_token_hint', 'back login_required', async (side) => {
    const hint = (await side.tokens(side.apps.secret)).id_token;
    return side.asked(side.apps.secret, { id_token_hint: `${hint.slice(0, -6)}AAAAAA`, prompt: 'none' });
  }],
  ['OIDC Core 3.1.2.1: an id_token_hint of the person', 'back code', async (side) => side.asked(side.apps.secret, { id_token_hint: (await side.tokens(side.apps.secret)).id_token, prompt: 'none' })],
  ['OIDC Core 3.1.2.1: ui_locales and display hinder nothing', 'back code', asked({ ui_locales: 'xx', display: 'page' })],
  ['OIDC Core 2: the ID token', 'iss aud sub nonce exp auth_time', async (side) => {
    const { verifier, params, asked: sent } = await side.ask(side.apps.secret, { max_age: '3600' });
    const body = { grant_type: 'authorization_code', code: params.code, redirect_uri: side.back, code_verifier: verifier };
    const claims = read((await side.post('token_endpoint', side.apps.secret, body)).json.id_token)[1];
    const right = {
      iss: claims.iss === side.issuer, aud: claims.aud === side.apps.secret.id, sub: claims.sub?.length > 0 && claims.sub.length <= 255,
      nonce: claims.nonce === sent.nonce, exp: claims.exp > claims.iat, auth_time: claims.auth_time <= claims.iat,
    };
    return Object.keys(right).filter((name) => right[name]).join(' ');
  }],
  ['OIDC Core 3.1.3.7: the ID token is signed by a key of jwks_uri', 'ES256 right', async (side) => {
    const token = (await side.tokens(side.apps.secret)).id_token;
    const [{ kid, alg }] = read(token);
    const jwk = (await side.send(side.meta.jwks_uri)).json.keys.find((key) => key.kid === kid);
    const [head, body, signature] = token.split('.');
    const key = { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
    return `${alg} ${verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')) ? 'right' : 'wrong'}`;
  }],
  ['OIDC Registration 2, RFC 8037 3.1: a client that chose EdDSA', 'EdDSA OKP Ed25519 right', async (side) => {
    const token = (await side.tokens(side.apps.edwards)).id_token;
    const [{ kid, alg }] = read(token);
    const jwk = (await side.send(side.meta.jwks_uri)).json.keys.find((key) => key.kid === kid);
    const [head, body, signature] = token.split('.');
    const right = verify(null, Buffer.from(`${head}.${body}`), createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(signature, 'base64url'));
    return `${alg} ${jwk.kty} ${jwk.crv} ${right ? 'right' : 'wrong'}`;
  }],
  ['OIDC Core 3.1.2.1: an id_token_hint by EdDSA', 'back code', async (side) => side.asked(side.apps.edwards, { id_token_hint: (await side.tokens(side.apps.edwards)).id_token, prompt: 'none' })],
  ['OIDC Core 5.4: claims of a scope are in no ID token', 'none', async (side) => ('name' in read((await side.tokens(side.apps.secret)).id_token)[1] ? 'name' : 'none')],
  ['OIDC Core 5.3.2: sub of userinfo is that of the ID token', 'same', async (side) => {
    const tokens = await side.tokens(side.apps.secret);
    return (await side.userinfo(tokens.access_token)).json.sub === read(tokens.id_token)[1].sub ? 'same' : 'another';
  }],
  ['OIDC Core 5.3.1: by POST', '200 ok', async (side) => said(await side.userinfo((await side.tokens(side.apps.secret)).access_token, { method: 'POST' }))],
  ['OIDC Core 5.4: userinfo gives what the scope stands for', 'age_band name region sub', async (side) => Object.keys((await side.userinfo((await side.tokens(side.apps.secret)).access_token)).json).sort().join(' ')],
  ['OIDC Core 5.4: userinfo without profile', 'sub', async (side) => Object.keys((await side.userinfo((await side.tokens(side.apps.secret, { scope: 'openid' })).access_token)).json).sort().join(' ')],
  ['RFC 6750 3.1: userinfo without a token', '401 Bearer, no error', async (side) => {
    const answer = await side.userinfo(undefined);
    return `${answer.status} ${challenge(answer).split(' ')[0]}, ${challenge(answer).includes('error=') ? 'an error' : 'no error'}`;
  }],
  ['RFC 6750 3.1: a token of no meaning', '401 Bearer invalid_token', async (side) => {
    const answer = await side.userinfo('made-up');
    return `${answer.status} ${challenge(answer).split(' ')[0]} ${challenge(answer).match(/error="(\w+)"/)?.[1]}`;
  }],
  ['RFC 6750 2.1: a scheme that is none', 'refused', async (side) => ((await side.userinfo('x', { scheme: 'Token' })).status >= 400 ? 'refused' : 'taken')],
  ['RFC 6750 2.2: the token in a form', 'refused', async (side) => {
    const body = new URLSearchParams({ access_token: (await side.tokens(side.apps.secret)).access_token });
    return (await side.post('userinfo_endpoint', undefined, String(body))).status >= 400 ? 'refused' : 'taken';
  }],
  ['RFC 6750 2.3: the token in the address', 'refused', async (side) => {
    const token = (await side.tokens(side.apps.secret)).access_token;
    return (await side.send(`${side.meta.userinfo_endpoint}?access_token=${token}`)).status >= 400 ? 'refused' : 'taken';
  }],
  ['RFC 6750 3.1: an ID token is no access token', '401 invalid_token', async (side) => said(await side.userinfo((await side.tokens(side.apps.secret)).id_token))],
  ['RFC 6750 3.1: a refresh token is no access token', '401 invalid_token', async (side) => said(await side.userinfo((await side.offline(side.apps.secret)).refresh_token))],
  ['RFC 6750 3.1: a token of an app as itself', '403 insufficient_scope', async (side) => said(await side.userinfo((await side.post('token_endpoint', side.apps.keyed, { grant_type: 'client_credentials' })).json.access_token))],
  ['RFC 8725 2.1: an access token with alg none', '401 invalid_token', async (side) => {
    const body = (await side.tokens(side.apps.secret)).access_token.split('.')[1] ?? 'e30';
    return said(await side.userinfo(`${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`));
  }],
];
