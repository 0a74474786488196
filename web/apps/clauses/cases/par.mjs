// RFC 9126: requests that are pushed.

import { said } from '../side.mjs';

const push = (side, more = {}, app = side.apps.secret) => {
  const { verifier, params } = side.request(app, more);
  return side.post('pushed_authorization_request_endpoint', app, params).then((answer) => ({ ...answer, verifier }));
};
const pushed = (more) => async (side) => said(await push(side, more));
const opened = async (side, uri, app = side.apps.secret) => side.asked(app, {}, { query: String(new URLSearchParams({ client_id: app.id, request_uri: uri })) });

export default [
  ['RFC 9126 2.2: a good request is taken', '201 no-store urn number', async (side) => {
    const answer = await push(side);
    return `${answer.status} ${answer.headers.get('cache-control')} ${answer.json.request_uri.split(':')[0]} ${typeof answer.json.expires_in}`;
  }],
  ['RFC 9126 4: it leads to a code', 'back code', async (side) => opened(side, (await push(side)).json.request_uri)],
  ['RFC 9126 4: and counts once', 'page 400', async (side) => {
    const uri = (await push(side)).json.request_uri;
    await opened(side, uri);
    return opened(side, uri);
  }],
  ['RFC 9126 2.2: it is its client\'s alone', 'page 400', async (side) => opened(side, (await push(side)).json.request_uri, side.apps.other)],
  ['RFC 9126 4: a request that was never pushed', 'page 400', (side) => opened(side, 'urn:ietf:params:oauth:request_uri:made-up')],
  ['RFC 9126 2.1: no request_uri is pushed', '400 invalid_request', pushed({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })],
  ['RFC 9126 2.3: a wrong secret', '401 invalid_client', async (side) => said(await push(side, {}, { ...side.apps.secret, secret: 'wrong' }))],
  ['RFC 9126 2.3: an address that is not registered', '400 invalid_request', pushed({ redirect_uri: 'https://evil.cn/cb' })],
  ['RFC 9126 2.3: no proof key', '400 invalid_request', pushed({ code_challenge: undefined, code_challenge_method: undefined })],
  ['RFC 9126 2.3: response_type token', '400 unsupported_response_type', pushed({ response_type: 'token' })],
  ['RFC 9126 2.3: by GET', 'refused', async (side) => ((await side.send(side.meta.pushed_authorization_request_endpoint)).status >= 400 ? 'refused' : 'taken')],
  ['RFC 9126 2.3: more than 64 KB', 'refused', async (side) => ((await push(side, { state: 's'.repeat(65_536) })).status >= 400 ? 'refused' : 'taken')],
  ['RFC 9126 2.1: a parameter stands twice', '400 invalid_request', async (side) => {
    const { params } = side.request(side.apps.secret);
    return said(await side.post('pushed_authorization_request_endpoint', side.apps.secret, `${new URLSearchParams(params)}&scope=openid`));
  }],
  ['RFC 9126 6: a client that must push does not', 'back invalid_request', (side) => side.asked(side.apps.pushed)],
  ['RFC 9126 6: a client that must push does', 'back code', async (side) => opened(side, (await push(side, {}, side.apps.pushed)).json.request_uri, side.apps.pushed)],
  ['RFC 9126 4: what stands beside request_uri does not count', 'back code', async (side) => {
    const uri = (await push(side)).json.request_uri;
    const query = new URLSearchParams({ client_id: side.apps.secret.id, request_uri: uri, scope: 'openid everything', redirect_uri: 'https://evil.cn/cb' });
    return side.asked(side.apps.secret, {}, { query: String(query) });
  }],
];
