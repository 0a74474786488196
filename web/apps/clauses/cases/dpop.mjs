// RFC 9449: proofs of possession, at the token endpoint and with the token.

import { get } from 'node:http';
import { pair, proof, random, thumbprint } from '../jose.mjs';
import { said } from '../side.mjs';

const keys = pair();
const at = (side, how = {}) => proof(how.keys ?? keys, { url: side.meta.token_endpoint, now: side.now(), ...how });
const itself = async (side, dpop) => said(await side.post('token_endpoint', side.apps.keyed, { grant_type: 'client_credentials' }, { dpop }));
const with_ = (how) => (side) => itself(side, at(side, typeof how === 'function' ? how(side, side.now()) : how));
const bound = (side) => side.tokens(side.apps.open, {}, { dpop: at(side) });
const shown = async (side, how = {}, scheme = 'DPoP') => {
  const token = (await bound(side)).access_token;
  const dpop = how === null ? {} : { dpop: proof(how.keys ?? keys, { method: 'GET', url: side.meta.userinfo_endpoint, now: side.now(), token, ...how }) };
  return said(await side.userinfo(token, { scheme, headers: dpop }));
};

export default [
  ['RFC 9449 5: a token is bound', 'DPoP', async (side) => (await bound(side)).token_type],
  ['RFC 9449 6.1: introspection tells the key', 'same', async (side) => {
    const token = (await side.tokens(side.apps.secret, {}, { dpop: at(side) })).access_token;
    return (await side.introspect(side.apps.secret, token)).json.cnf?.jkt === thumbprint(keys.public) ? 'same' : 'another';
  }],
  ['RFC 9449 4.3: a good proof', '200 ok', with_({})],
  ['RFC 9449 4.3: htm is another method', '400 invalid_dpop_proof', with_({ method: 'GET' })],
  ['RFC 9449 4.3: htu is another address', '400 invalid_dpop_proof', with_((side) => ({ url: side.meta.userinfo_endpoint }))],
  ['RFC 9449 4.3: htu with a query', '200 ok', with_((side) => ({ url: `${side.meta.token_endpoint}?x=1` }))],
  ['RFC 9449 4.3: no jti', '400 invalid_dpop_proof', with_({ claims: { jti: undefined } })],
  ['RFC 9449 4.3: no iat', '400 invalid_dpop_proof', with_({ claims: { iat: undefined } })],
  ['RFC 9449 8: iat of an hour ago asks for a nonce', '400 use_dpop_nonce', with_((side, now) => ({ claims: { iat: now - 3_600 } }))],
  ['RFC 9449 8: iat in an hour asks for a nonce', '400 use_dpop_nonce', with_((side, now) => ({ claims: { iat: now + 3_600 } }))],
  ['RFC 9449 8: a nonce that is not ours', '400 use_dpop_nonce', with_({ claims: { nonce: 'made-up' } })],
  ['RFC 9449 8: the nonce of the refusal is good', '200 ok', async (side) => {
    const refused = await side.post('token_endpoint', side.apps.keyed, { grant_type: 'client_credentials' }, { dpop: at(side, { claims: { nonce: 'made-up' } }) });
    return itself(side, at(side, { claims: { nonce: refused.headers.get('dpop-nonce') } }));
  }],
  ['RFC 9449 11.1: a proof counts once', '400 invalid_dpop_proof', async (side) => {
    const dpop = at(side);
    await itself(side, dpop);
    return itself(side, dpop);
  }],
  ['RFC 9449 4.3: typ is another', '400 invalid_dpop_proof', with_({ header: { typ: 'JWT' } })],
  ['RFC 9449 4.3: no key in the header', '400 invalid_dpop_proof', with_({ header: { jwk: undefined } })],
  ['RFC 9449 4.3: the private key in the header', '400 invalid_dpop_proof', with_({ header: { jwk: keys.private } })],
  ['RFC 9449 4.3: signed by another key', '400 invalid_dpop_proof', with_({ header: { jwk: pair().public } })],
  ['RFC 9449 11.6: alg none', '400 invalid_dpop_proof', with_({ header: { alg: 'none' } })],
  ['RFC 9449 11.6: HS256 with the public key', '400 invalid_dpop_proof', with_({ header: { alg: 'HS256' } })],
  ['RFC 9449 4.3: no JWT at all', '400 invalid_dpop_proof', (side) => itself(side, 'x')],
  ['RFC 9449 4.3: two proofs', '400', async (side) => (await itself(side, `${at(side)}, ${at(side)}`)).split(' ')[0]],
  ['RFC 9449 7.1: a bound token with its proof', '200 ok', (side) => shown(side)],
  ['RFC 9449 7.2: a bound token as Bearer', '401 invalid_token', (side) => shown(side, null, 'Bearer')],
  ['RFC 9449 7.1: a bound token without a proof', 'refused', async (side) => (/^40[01] /.test(await shown(side, null)) ? 'refused' : 'taken')],
  ['RFC 9449 7.1: no ath', '401 invalid_dpop_proof', (side) => shown(side, { claims: { ath: undefined } })],
  ['RFC 9449 7.1: ath of another token', '401 invalid_dpop_proof', (side) => shown(side, { token: 'another' })],
  ['RFC 9449 7.1: a proof by another key', '401 invalid_dpop_proof', (side) => shown(side, { keys: pair() })],
  ['RFC 9449 7.1: a proof of another method', '401 invalid_dpop_proof', (side) => shown(side, { method: 'POST' })],
  ['RFC 9449 7.1: a proof counts once at a resource', '401 invalid_dpop_proof', async (side) => {
    const token = (await bound(side)).access_token;
    const headers = { dpop: proof(keys, { method: 'GET', url: side.meta.userinfo_endpoint, now: side.now(), token }) };
    await side.userinfo(token, { scheme: 'DPoP', headers });
    return said(await side.userinfo(token, { scheme: 'DPoP', headers }));
  }],
  ['RFC 9449 4.3: two proofs at a resource', 'refused', async (side) => {
    const token = (await bound(side)).access_token;
    const dpop = [1, 2].map(() => proof(keys, { method: 'GET', url: side.meta.userinfo_endpoint, now: side.now(), token }));
    // fetch would send them as one.
    const status = await new Promise((done) => { get(side.meta.userinfo_endpoint, { headers: { authorization: `DPoP ${token}`, dpop } }, (answer) => done(answer.resume().statusCode)); });
    return status >= 400 ? 'refused' : 'taken';
  }],
  ['RFC 9449 7.1: a refusal asks for DPoP', 'DPoP', async (side) => {
    const answer = await side.userinfo((await bound(side)).access_token, { scheme: 'DPoP', headers: { dpop: 'x' } });
    return answer.headers.get('www-authenticate')?.split(' ')[0] ?? 'nothing';
  }],
  ['RFC 9449 7.1: a token that is no token asks for DPoP where it came so', 'DPoP', async (side) => {
    const headers = { dpop: proof(keys, { method: 'GET', url: side.meta.userinfo_endpoint, now: side.now(), token: 'x' }) };
    const answer = await side.userinfo('x', { scheme: 'DPoP', headers });
    return answer.headers.get('www-authenticate')?.split(' ')[0] ?? 'nothing';
  }],
  ['RFC 9449 7.1: a bare token as DPoP', 'refused', async (side) => {
    const token = (await side.tokens(side.apps.open)).access_token;
    const headers = { dpop: proof(keys, { method: 'GET', url: side.meta.userinfo_endpoint, now: side.now(), token }) };
    return (await side.userinfo(token, { scheme: 'DPoP', headers })).status === 401 ? 'refused' : 'taken';
  }],
  ['RFC 9449 5: a bound refresh token without a proof', 'refused', async (side) => {
    const tokens = await side.offline(side.apps.open, { dpop: at(side) });
    return (await side.refresh(side.apps.open, tokens.refresh_token)).status === 400 ? 'refused' : 'taken';
  }],
  ['RFC 9449 5: a bound refresh token by another key', '400 invalid_grant', async (side) => {
    const tokens = await side.offline(side.apps.open, { dpop: at(side) });
    return said(await side.refresh(side.apps.open, tokens.refresh_token, {}, { dpop: at(side, { keys: pair() }) }));
  }],
  ['RFC 9449 5: a bound refresh token by its key', '200 ok', async (side) => {
    const tokens = await side.offline(side.apps.open, { dpop: at(side) });
    return said(await side.refresh(side.apps.open, tokens.refresh_token, {}, { dpop: at(side) }));
  }],
  ['RFC 9449 10: a code is bound to dpop_jkt', '400 invalid_grant', async (side) => {
    const code = await side.code(side.apps.open, { dpop_jkt: thumbprint(keys.public) });
    return said(await side.post('token_endpoint', side.apps.open, code, { dpop: at(side, { keys: pair() }) }));
  }],
  ['RFC 9449 10: and comes with no bare token', '400 invalid_grant', async (side) => said(await side.post('token_endpoint', side.apps.open, await side.code(side.apps.open, { dpop_jkt: thumbprint(keys.public) })))],
  ['RFC 9449 10.1: a pushed request with another dpop_jkt than its proof', '400 invalid_dpop_proof', async (side) => {
    const url = side.meta.pushed_authorization_request_endpoint;
    const { params } = side.request(side.apps.open, { dpop_jkt: random() });
    const answer = await side.post(url, side.apps.open, params, { dpop: at(side, { url }) });
    return said(answer);
  }],
];
