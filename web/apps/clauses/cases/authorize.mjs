// RFC 6749 sections 3.1 and 4.1.1 to 4.1.2.1, RFC 9207: requests for authorization that are wrong, and where their errors go.

import { BACK } from '../oracle.mjs';

const asked = (more, how) => (side) => side.asked(side.apps.secret, more, how);
const twice = (name) => (side) => {
  const { params } = side.request(side.apps.secret);
  return side.asked(side.apps.secret, {}, { query: `${new URLSearchParams(params)}&${name}=${encodeURIComponent(params[name])}` });
};

export default [
  ['RFC 6749 4.1.1: a good request', 'back code', asked({})],
  ['RFC 6749 4.1.2: state comes back as it was sent', 'same', async (side) => {
    const state = 'a b&c=d/é%20"<码>';
    return (await side.ask(side.apps.secret, { state })).params.state === state ? 'same' : 'changed';
  }],
  ['RFC 9207 2: a good answer names its issuer', 'named', async (side) => ((await side.ask(side.apps.secret)).params.iss === side.issuer ? 'named' : 'nameless')],
  ['RFC 9207 2: a bad answer names its issuer', 'named', async (side) => ((await side.ask(side.apps.secret, { response_type: 'token' })).params.iss === side.issuer ? 'named' : 'nameless')],
  ['RFC 6749 4.1.2.1: a bad answer carries state', 'same', async (side) => ((await side.ask(side.apps.secret, { response_type: 'token', state: 's' })).params.state === 's' ? 'same' : 'lost')],
  ['RFC 6749 4.1.1: no response_type', 'back invalid_request', asked({ response_type: undefined })],
  ['RFC 6749 3.1.1: response_type token', 'back unsupported_response_type', asked({ response_type: 'token' })],
  ['RFC 6749 3.1.1: response_type of no meaning', 'back unsupported_response_type', asked({ response_type: 'everything' })],
  ['RFC 6749 4.1.2.1: an address of somebody else', 'page 400', asked({ redirect_uri: 'https://evil.cn/cb' })],
  ['RFC 9700 2.1: an address that begins like the registered one', 'page 400', asked({ redirect_uri: `${BACK}/../x` })],
  ['RFC 9700 2.1: an address with one more slash', 'page 400', asked({ redirect_uri: `${BACK}/` })],
  ['RFC 9700 2.1: an address with a query', 'page 400', asked({ redirect_uri: `${BACK}?x=1` })],
  ['RFC 6749 3.1.2: an address with a fragment', 'page 400', asked({ redirect_uri: `${BACK}#x` })],
  ['RFC 9700 4.1: a host that ends like the registered one', 'page 400', asked({ redirect_uri: 'https://hospital.example.cn@evil.cn/cb' })],
  ['RFC 6749 3.1.2.3: no address', 'page 400', asked({ redirect_uri: undefined })],
  ['RFC 6749 4.1.2.1: no client', 'page 400', asked({ client_id: undefined })],
  ['RFC 6749 4.1.2.1: an unknown client', 'page 400', asked({ client_id: 'app_00000000000000000000000000' })],
  ['RFC 6749 3.3: a scope that is not offered', 'back invalid_scope', asked({ scope: 'openid everything' })],
  ['RFC 6749 3.3: a scope that the client did not register', 'back invalid_scope', asked({ scope: 'openid phone' })],
  ['OIDC Core 3.1.2.1: a scope without openid', 'back invalid_scope', asked({ scope: 'profile' })],
  ['RFC 6749 4.1.2.1: the person refuses', 'back access_denied', (side) => side.asked(side.apps.secret, { prompt: 'consent' }, { person: 'refuse' })],
  ['RFC 6749 3.1: client_id stands twice', 'page 400', twice('client_id')],
  ['RFC 6749 3.1: state stands twice', 'page 400', twice('state')],
  ['RFC 6749 3.1: scope stands twice', 'page 400', twice('scope')],
  ['RFC 6749 3.1: an empty parameter counts as left out', 'back code', asked({ display: '', acr_values: '' })],
  ['RFC 6749 3.1: an unknown parameter is passed over', 'back code', asked({ 'made-up': 'x' })],
  ['RFC 6749 3.1: state of 2,000 characters', 'back invalid_request', asked({ state: 's'.repeat(2_000) })],
  ['RFC 6749 3.1: nonce of 2,000 characters', 'back invalid_request', asked({ nonce: 'n'.repeat(2_000) })],
  ['RFC 6749 3.1: a request of 12,000 characters', 'page 400', asked({ redirect_uri: `${BACK}?${'x'.repeat(12_000)}` })],
  ['OIDC Core 3.1.2.1: by POST', 'back code', asked({}, { method: 'POST' })],
  ['OIDC Core 6.1: a request object by value', 'back request_not_supported', asked({ request: 'eyJhbGciOiJub25lIn0.e30.' })],
  ['OIDC Core 6.2: a request object at an address of elsewhere', 'page 400', asked({ request_uri: 'https://evil.cn/request.jwt' })],
  ['OAuth Multiple Response Types 2.1: response_mode fragment', 'back invalid_request', async (side) => {
    const done = await side.ask(side.apps.secret, { response_mode: 'fragment' });
    return done.at.hash ? `fragment ${new URLSearchParams(done.at.hash.slice(1)).has('code') ? 'code' : 'error'}` : `back ${done.params.error}`;
  }],
  ['RFC 6749 4.1.1: a client of another grant', 'page 400', async (side) => side.asked(side.apps.screen)],
  ['RFC 9700 4.12: a form is answered by no 307', '303', async (side) => {
    const { params } = side.request(side.apps.secret);
    const answer = await side.send(side.meta.authorization_endpoint, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: String(new URLSearchParams(params)) });
    return `${answer.status}`;
  }],
];
