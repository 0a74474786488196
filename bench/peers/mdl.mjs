// @auth0/mdl: an mdoc DeviceResponse (ISO 18013-5) issued, answered and verified, in microseconds of CPU a verification.
// Its keys and its certificate are made anew at each run; it prints one JSON line and knows nothing of Yima's code.
import { webcrypto } from "node:crypto";
import { DeviceResponse, Document, MDoc, Verifier } from "@auth0/mdl";
import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator, cryptoProvider } from "@peculiar/x509";

const ROUNDS = 5, WARM_UP = 40, VERIFICATIONS = 150;
const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
const SESSION = ["mdoc nonce", "gate", "https://gate.example/response", "gate nonce"];
const WANTED = {
  id: "age",
  input_descriptors: [{
    id: "org.iso.18013.5.1.mDL",
    format: { mso_mdoc: { alg: ["ES256"] } },
    constraints: { limit_disclosure: "required", fields: [{ path: ["$['org.iso.18013.5.1']['age_over_18']"], intent_to_retain: false }] },
  }],
};

async function keys() {
  const pair = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  return { pair, secret: await webcrypto.subtle.exportKey("jwk", pair.privateKey), open: await webcrypto.subtle.exportKey("jwk", pair.publicKey) };
}

cryptoProvider.set(webcrypto);
const [root, issuer, device] = [await keys(), await keys(), await keys()];
const now = Date.now();

/** A certificate of `subject`, by the root's key. */
async function certificate(subject, publicKey, extensions) {
  const made = await X509CertificateGenerator.create({
    serialNumber: "01", subject, issuer: "CN=Bench Root, C=CN", notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS),
    publicKey, signingKey: root.pair.privateKey, signingAlgorithm: P256, extensions,
  });
  return made.toString("pem");
}
const rootCertificate = await certificate("CN=Bench Root, C=CN", root.pair.publicKey, [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)]);
const issuerCertificate = await certificate("CN=Bench Issuer, C=CN", issuer.pair.publicKey, [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)]);

const document = await new Document("org.iso.18013.5.1.mDL")
  .addIssuerNameSpace("org.iso.18013.5.1", { family_name: "Jones", given_name: "Ava", birth_date: "2007-03-25", age_over_18: true })
  .useDigestAlgorithm("SHA-256")
  .addValidityInfo({ signed: new Date(now), validFrom: new Date(now), validUntil: new Date(now + DAY_MS) })
  .addDeviceKeyInfo({ deviceKey: device.open })
  .sign({ issuerPrivateKey: { ...issuer.secret, kid: "bench" }, issuerCertificate, alg: "ES256" });
const response = DeviceResponse.from(new MDoc([document]).encode())
  .usingPresentationDefinition(WANTED)
  .usingSessionTranscriptForOID4VP(...SESSION)
  .authenticateWithSignature({ ...device.secret, kid: "device" }, "ES256");
const encoded = (await response.sign()).encode();
const transcript = response.sessionTranscriptBytes;

const verifier = new Verifier([rootCertificate]);
async function cpuUs(count) {
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) {
    const { documents } = await verifier.verify(encoded, { encodedSessionTranscript: transcript });
    if (documents[0].getIssuerNameSpace("org.iso.18013.5.1").age_over_18 !== true) throw new Error("the answer was not read");
  }
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / count;
}

// A changed byte must be refused, else the figure below measures nothing.
const bent = Buffer.from(encoded);
bent[bent.length - 20] ^= 1;
await verifier.verify(bent, { encodedSessionTranscript: transcript }).then(() => { throw new Error("a bent answer was taken"); }, () => undefined);

await cpuUs(WARM_UP);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) rounds.push(await cpuUs(VERIFICATIONS));
rounds.sort((a, b) => a - b);
console.log(JSON.stringify({
  peer: "npm `@auth0/mdl`", does: "mdoc DeviceResponse: certificate, issuer, device, digests, validity", signatures: 2, bytes: encoded.length, us: rounds[ROUNDS >> 1],
}));
