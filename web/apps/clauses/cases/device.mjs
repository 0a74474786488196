// RFC 8628: a screen without a browser begins, and asks whether its person has decided.

import { said } from '../side.mjs';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const begin = (side, app = side.apps.screen, scope = 'openid profile') => side.post('device_authorization_endpoint', app, { scope });
const poll = (side, code, app = side.apps.screen) => side.post('token_endpoint', app, { grant_type: GRANT, device_code: code });

export default [
  ['RFC 8628 3.2: what a screen is told', 'device_code user_code verification_uri expires_in', async (side) => {
    const { json } = await begin(side);
    return ['device_code', 'user_code', 'verification_uri', 'expires_in'].filter((name) => json[name]).join(' ');
  }],
  ['RFC 8628 3.2: how often it asks', '5', async (side) => String((await begin(side)).json.interval ?? 5)],
  ['RFC 8628 6.1: a code to type has no vowels', 'BCDFGHJKLMNPQRSTVWXZ', async (side) => {
    const codes = await Promise.all([1, 2, 3].map(async () => (await begin(side)).json.user_code.replace('-', '')));
    return codes.every((code) => /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code)) ? 'BCDFGHJKLMNPQRSTVWXZ' : codes[0];
  }],
  ['RFC 8628 3.1: a client that is no screen', '400 unauthorized_client', async (side) => said(await begin(side, side.apps.secret))],
  ['RFC 8628 3.1: no client', '401 invalid_client', async (side) => said(await side.post('device_authorization_endpoint', undefined, { scope: 'openid' }))],
  ['RFC 8628 3.1: a scope that is not offered', '400 invalid_scope', async (side) => said(await begin(side, side.apps.screen, 'openid everything'))],
  ['RFC 8628 3.5: nobody has decided yet', '400 authorization_pending', async (side) => said(await poll(side, (await begin(side)).json.device_code))],
  ['RFC 8628 3.5: it asks too often', '400 slow_down', async (side) => {
    const code = (await begin(side)).json.device_code;
    await poll(side, code);
    return said(await poll(side, code));
  }],
  ['RFC 8628 3.4: a code of no meaning', '400 invalid_grant', async (side) => said(await poll(side, 'x'.repeat(43)))],
  ['RFC 8628 3.4: no code', '400 invalid_request', async (side) => said(await poll(side, undefined))],
  ['RFC 8628 3.4: a client of another grant', '400 unauthorized_client', async (side) => said(await poll(side, (await begin(side)).json.device_code, side.apps.secret))],
];
