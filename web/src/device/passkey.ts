// What a passkey of this device says to a question of the server (W3C Web Authentication), as JSON text.
// It knows bytes and their base64url, and not what the question is for.
import { fromB64, toB64, type Bytes } from "../code/bytes";

interface Asked { publicKey: { challenge: string; rpId?: string; timeout?: number; userVerification?: UserVerificationRequirement; allowCredentials?: { id: string; type: "public-key" }[] } }
const text = (buffer: ArrayBuffer): string => toB64(new Uint8Array(buffer) as Bytes);

/** Throws when its person says no, or there is none. */
export async function proves(options: unknown): Promise<string> {
  const { publicKey } = options as Asked;
  const { challenge, allowCredentials = [], rpId, timeout, userVerification } = publicKey;
  const key = (await navigator.credentials.get({
    publicKey: {
      challenge: fromB64(challenge), allowCredentials: allowCredentials.map(({ id, type }) => ({ id: fromB64(id), type })),
      ...(rpId === undefined ? {} : { rpId }), ...(timeout === undefined ? {} : { timeout }), ...(userVerification === undefined ? {} : { userVerification }),
    },
  })) as PublicKeyCredential;
  const { authenticatorData, clientDataJSON, signature, userHandle } = key.response as AuthenticatorAssertionResponse;
  return JSON.stringify({
    id: key.id, rawId: text(key.rawId), type: key.type, extensions: {},
    response: { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle && userHandle.byteLength > 0 ? text(userHandle) : null },
  });
}
