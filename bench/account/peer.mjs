// The peer: npm oidc-provider with its memory store, one confidential client, access tokens as ES256 JWT (RFC 9068).
// It prints one JSON line with what the load needs, and serves until it is killed.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

// The library's notices go where nobody reads them: the bench hears one line, and a write to its closed pipe would end the peer.
console.info = console.error;

const port = Number(process.argv[2] ?? 0);
const issuer = `http://127.0.0.1:${port}`;
const OPAQUE = "urn:bench:opaque";
const jwk = (use, kid) => ({ ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), use, kid, alg: "ES256" });
const client = { client_id: "bench", client_secret: "bench-secret-of-thirty-two-octets" };
const provider = new Provider(issuer, {
  clients: [{ ...client, grant_types: ["client_credentials"], redirect_uris: [], response_types: [], id_token_signed_response_alg: "ES256" }],
  jwks: { keys: [jwk("sig", "a")] },
  scopes: ["read"],
  features: {
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "urn:bench",
      // Its introspection takes opaque tokens alone.
      getResourceServerInfo: (_, resource) => ({
        scope: "read",
        accessTokenTTL: 300,
        ...(resource === OPAQUE ? { accessTokenFormat: "opaque" } : { accessTokenFormat: "jwt", jwt: { sign: { alg: "ES256" } } }),
      }),
    },
  },
  cookies: { keys: ["bench"] },
});
provider.listen(port, "127.0.0.1", () => {
  const basic = Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64");
  console.log(JSON.stringify({
    name: "npm oidc-provider 9.13.3, memory store",
    pid: process.pid,
    url: issuer,
    discovery: "/.well-known/openid-configuration",
    jwks: "/jwks",
    token: "/token",
    introspect: "/token/introspection",
    basic,
    scope: "read",
    introspected: `&resource=${encodeURIComponent(OPAQUE)}`,
  }));
});
