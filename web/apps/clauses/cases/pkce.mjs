// RFC 7636: proof keys, S256 alone.

import { sha256 } from '../jose.mjs';
import { said } from '../side.mjs';

const asked = (more) => (side) => side.asked(side.apps.open, more);
const redeemed = (more) => async (side) => said(await side.post('token_endpoint', side.apps.open, { ...await side.code(side.apps.open), ...more }));

export default [
  ['RFC 7636 4.3: no challenge', 'back invalid_request', asked({ code_challenge: undefined, code_challenge_method: undefined })],
  ['RFC 7636 4.3: no challenge of a client with a secret', 'back invalid_request', (side) => side.asked(side.apps.secret, { code_challenge: undefined, code_challenge_method: undefined })],
  ['RFC 7636 4.3: no method, which means plain', 'back invalid_request', asked({ code_challenge_method: undefined })],
  ['RFC 7636 4.4.1: plain', 'back invalid_request', asked({ code_challenge_method: 'plain' })],
  ['RFC 7636 4.3: a method without a challenge', 'back invalid_request', asked({ code_challenge: undefined })],
  ['RFC 7636 4.2: a challenge that no S256 makes', 'back invalid_request', asked({ code_challenge: 'short' })],
  ['RFC 7636 4.6: the right verifier', '200 ok', redeemed({})],
  ['RFC 7636 4.6: another verifier', '400 invalid_grant', redeemed({ code_verifier: 'x'.repeat(43) })],
  ['RFC 7636 4.5: no verifier', '400 invalid_request', redeemed({ code_verifier: undefined })],
  ['RFC 7636 4.1: a verifier that is too short', '400 invalid_grant', redeemed({ code_verifier: 'x'.repeat(42) })],
  ['RFC 7636 4.1: a verifier that is too long', '400 invalid_grant', redeemed({ code_verifier: 'x'.repeat(129) })],
  ['RFC 7636 4.6: the challenge itself as verifier', '400 invalid_grant', async (side) => {
    const code = await side.code(side.apps.open);
    return said(await side.post('token_endpoint', side.apps.open, { ...code, code_verifier: sha256(code.code_verifier) }));
  }],
  ['RFC 7636 4.6: a code after a wrong verifier', '400 invalid_grant', async (side) => {
    const code = await side.code(side.apps.open);
    await side.post('token_endpoint', side.apps.open, { ...code, code_verifier: 'x'.repeat(43) });
    return said(await side.post('token_endpoint', side.apps.open, code));
  }],
];
