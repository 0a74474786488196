// What a client signs and hashes, by Node's own cryptography: JWTs, proofs of possession, assertions, proof keys. It is told
// what to write, also where that is wrong, and checks nothing.

import { createHash, createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Random text, base64url. */
export const random = (bytes = 32) => randomBytes(bytes).toString('base64url');

/** SHA-256, base64url. */
export const sha256 = (text) => createHash('sha256').update(text).digest('base64url');

/** A key pair of P-256 as JWKs. */
export const pair = () => {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  return { private: jwk, public: publicOf(jwk) };
};

/** The public half of a JWK of P-256. */
export const publicOf = ({ kty, crv, x, y }) => ({ kty, crv, x, y });

/** A JWT by this key; `alg` none and HS256 (keyed with the public key's text) forge it. */
export const jwt = (jwk, header, claims) => {
  const input = `${part(header)}.${part(claims)}`;
  if (header.alg === 'none') return `${input}.`;
  if (header.alg === 'HS256') return `${input}.${createHmac('sha256', JSON.stringify(publicOf(jwk))).update(input).digest('base64url')}`;
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
};

/** RFC 9449 section 4.2; `header` and `claims` replace members, undefined leaves one out. */
export const proof = (keys, { method = 'POST', url, now, token, header = {}, claims = {} }) => jwt(
  keys.private,
  { typ: 'dpop+jwt', alg: 'ES256', jwk: keys.public, ...header },
  { htm: method, htu: url, iat: now, jti: random(12), ...(token ? { ath: sha256(token) } : {}), ...claims },
);

/** RFC 7523 section 3 for `private_key_jwt`. */
export const assertion = (app, issuer, now, { header = {}, claims = {}, jwk = app.jwk } = {}) => jwt(
  jwk,
  { typ: 'JWT', alg: 'ES256', kid: 'k1', ...header },
  { iss: app.id, sub: app.id, aud: issuer, iat: now, exp: now + 50, jti: random(12), ...claims },
);

/** Header and claims of a JWT, unchecked. */
export const read = (token) => token.split('.').slice(0, 2).map((text) => JSON.parse(Buffer.from(text, 'base64url')));

/** RFC 7638 for P-256. */
export const thumbprint = ({ crv, kty, x, y }) => sha256(JSON.stringify({ crv, kty, x, y }));
