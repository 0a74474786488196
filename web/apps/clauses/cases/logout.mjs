// OpenID Connect RP-Initiated Logout 1.0. The last ones, for they end the browser's sign-in.

import { OUT } from '../oracle.mjs';

const hint = async (side, app = side.apps.secret) => (await side.tokens(app)).id_token;
const leave = async (side, params, how = {}) => {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== undefined));
  const start = side.meta.end_session_endpoint;
  const done = how.method === 'POST' ? await side.walk(start, { ...how, body: String(query) }) : await side.walk(`${start}?${query}`, how);
  if (done.kind === 'back') return `back to ${done.at.origin}${done.at.pathname} ${done.params.state ?? ''}`.trim();
  return done.kind === 'page' ? `page ${done.status}` : done.kind;
};

export default [
  ['RP-Initiated Logout 2: a link asks first', 'asks to leave', async (side) => leave(side, { id_token_hint: await hint(side), post_logout_redirect_uri: OUT }, { person: 'look' })],
  ['RP-Initiated Logout 2: a link without anything asks too', 'asks to leave', (side) => leave(side, {}, { person: 'look' })],
  ['RP-Initiated Logout 2: by POST', 'asks to leave', async (side) => leave(side, { id_token_hint: await hint(side), post_logout_redirect_uri: OUT }, { person: 'look', method: 'POST' })],
  ['RP-Initiated Logout 3: an address that is not registered', 'page 400', async (side) => leave(side, { id_token_hint: await hint(side), post_logout_redirect_uri: 'https://evil.cn/' }, { person: 'look' })],
  ['RP-Initiated Logout 3: an address and nobody who asks', 'page 400', (side) => leave(side, { post_logout_redirect_uri: OUT }, { person: 'look' })],
  ['RP-Initiated Logout 2: client_id stands in for the hint', 'asks to leave', (side) => leave(side, { client_id: side.apps.secret.id, post_logout_redirect_uri: OUT }, { person: 'look' })],
  ['RP-Initiated Logout 4: client_id is not that of the hint', 'page 400', async (side) => leave(side, { id_token_hint: await hint(side), client_id: side.apps.other.id, post_logout_redirect_uri: OUT }, { person: 'look' })],
  ['RP-Initiated Logout 4: a forged hint leads nowhere', 'page 400', async (side) => leave(side, { id_token_hint: `${(await hint(side)).slice(0, -6)}AAAAAA`, post_logout_redirect_uri: OUT }, { person: 'look' })],
  ['RP-Initiated Logout 3: back to the app with state, signed out', `back to ${OUT} x, back login_required`, async (side) => {
    const done = await leave(side, { id_token_hint: await hint(side), post_logout_redirect_uri: OUT, state: 'x' });
    return `${done}, ${await side.asked(side.apps.secret, { prompt: 'none' })}`;
  }],
];
