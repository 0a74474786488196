// OpenID Connect Discovery 1.0, RFC 8414, RFC 7517: what a client reads first.

const NEEDED = ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri', 'response_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported'];
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'];

export default [
  ['OIDC Discovery 4.3: issuer is where the document was found', 'same', async (side) => (side.meta.issuer === side.issuer ? 'same' : side.meta.issuer)],
  ['OIDC Discovery 3: nothing that is required lacks', 'all', async (side) => NEEDED.filter((name) => !side.meta[name]).join(' ') || 'all'],
  ['OIDC Discovery 4.2: the document is JSON', '200 application/json', async (side) => {
    const answer = await side.send(`${side.issuer}/.well-known/openid-configuration`);
    return `${answer.status} ${answer.headers.get('content-type').split(';')[0]}`;
  }],
  ['RFC 8414 3: the document under the name of OAuth', '200 same issuer', async (side) => {
    const answer = await side.send(`${side.issuer}/.well-known/oauth-authorization-server`);
    return answer.json?.issuer === side.issuer ? `${answer.status} same issuer` : `${answer.status}`;
  }],
  ['RFC 8414 2: every endpoint is at the issuer', 'all', async (side) => {
    const away = Object.entries(side.meta).filter(([name, url]) => /_endpoint$|^jwks_uri$/.test(name) && !url.startsWith(`${side.issuer}/`));
    return away.map(([name]) => name).join(' ') || 'all';
  }],
  ['RFC 8414 2: methods of proof keys', 'S256', async (side) => side.meta.code_challenge_methods_supported.join(' ')],
  ['RFC 9207 3: answers are said to name their issuer', 'true', async (side) => String(side.meta.authorization_response_iss_parameter_supported)],
  ['OIDC Discovery 3: what ID tokens are signed with', 'ES256 EdDSA', async (side) => side.meta.id_token_signing_alg_values_supported.join(' ')],
  ['RFC 8725 3.2: no algorithm is none', 'no none', async (side) => (JSON.stringify(side.meta).includes('"none"]') && side.meta.id_token_signing_alg_values_supported.includes('none') ? 'none' : 'no none')],
  ['OIDC Discovery 3: response types', 'code', async (side) => side.meta.response_types_supported.join(', ')],
  ['OIDC Discovery 3: pseudonyms are pairwise alone', 'pairwise', async (side) => side.meta.subject_types_supported.join(' ')],
  ['RFC 7517 5: keys have names and nothing private', '200 application/jwk-set+json, named, public', async (side) => {
    const answer = await side.send(side.meta.jwks_uri);
    const keys = answer.json.keys;
    const named = keys.length > 0 && keys.every((key) => key.kid && key.kty) ? 'named' : 'nameless';
    const open = keys.some((key) => PRIVATE.some((member) => member in key)) ? 'private' : 'public';
    return `${answer.status} ${answer.headers.get('content-type').split(';')[0]}, ${named}, ${open}`;
  }],
  ['RFC 8414 3.1: the document is read by GET', 'refused', async (side) => ((await side.send(`${side.issuer}/.well-known/openid-configuration`, { method: 'POST' })).status >= 400 ? 'refused' : 'taken')],
];
