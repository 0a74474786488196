// Token bytes that the device makes: it must build the very bytes of the vectors from their own parts, and sign as the check demands.
import { expect, test } from "vitest";
import { fromHex, toHex, type Bytes } from "../src/code/bytes";
import { challengeDigits, isVouched, makeChallenge, readChallenge } from "../src/code/challenge";
import { fromDigits, SHAPES, toDigits } from "../src/code/digits";
import { compress, decompress, lowS, P256_ORDER, scalarsAllowed } from "../src/code/point";
import { decodeRice, RiceError } from "../src/code/rice";
import { verify } from "../src/code/suite";
import { challengeHash, makeT0, makeT1, makeT1c, readT1 } from "../src/code/token";
import { makeKey, signWith } from "../src/device/keys";
import { encode } from "uqr";
import { modules, moduleSize, sizeOf } from "../src/shared/qr";
import { dayStart } from "../src/shared/times";
import { load } from "./vectors";

const { vectors } = load<{ vectors: { name: string; steps: { digits: string; expect: { verdict: string; repeated: boolean } }[] }[] }>("accept.json");
const codes = vectors.flatMap((v) => v.steps.filter((s) => s.expect.verdict === "valid" && !s.expect.repeated).map((s) => s.digits)).filter((d) => /^[12]/.test(d));

test("the counts of the format", () => expect(Object.values(SHAPES).map((s) => [s.length, s.digits])).toEqual([[197, 476], [205, 495], [25, 62], [79, 192]]));

test.each(codes.map((c) => [c.slice(0, 24), c]))("is rebuilt from its parts: %s", async (_, digits) => {
  const decoded = fromDigits(digits);
  if (!("form" in decoded)) throw new Error("a vector that should be a code is none");
  const { bytes } = decoded, said = readT1(bytes);
  const issuerPart = bytes.slice(0, 123);
  issuerPart[0] = 0x11;
  let signed: Bytes | undefined;
  const sign = async (message: Bytes) => { signed = message; return said.holderSignature; };
  const where = { scenario: said.scenario, site: said.site };
  const made = said.challenge ? await makeT1c(issuerPart, said.at + 3, where, said.challenge, sign) : await makeT1(issuerPart, said.at + 4, where, sign);
  expect(toDigits(decoded.form, made)).toBe(digits);
  expect(await verify(said.holderSuite, said.holderKey, signed as Bytes, said.holderSignature)).toBe(true);
});

test("a key of this device signs with low s and a compressed point", async () => {
  const key = await makeKey();
  expect(compress(decompress(key.publicKey) as Bytes)).toEqual(key.publicKey);
  for (let i = 0; i < 24; i++) {
    const message = new Uint8Array([i]);
    const signature = await signWith(key.privateKey)(message);
    expect(scalarsAllowed(signature)).toBe(true);
    expect(await verify(1, key.publicKey, message, signature)).toBe(true);
    const high = new Uint8Array(signature);
    high.set(fromHex((P256_ORDER - BigInt("0x" + toHex(signature.subarray(32)))).toString(16).padStart(64, "0")), 32);
    expect(await verify(1, key.publicKey, message, high)).toBe(false);
    expect(lowS(high)).toEqual(signature);
  }
});

test("T0 counts its steps from the opening of the day", async () => {
  const made = await makeT0(1, new Uint8Array(16).fill(7), new Uint8Array(16).fill(9), 1_000_013, 1_000_000, { scenario: 1, site: 1042 });
  expect([made.length, made[0], made[17], made[18]]).toEqual([25, 0x13, 0, 2]);
  expect(toDigits("T0", made)).toHaveLength(62);
});

test("a challenge comes back from its digits", async () => {
  const made = await makeChallenge(3, 1042, 1_798_000_000, new Uint8Array(8).fill(1));
  const digits = challengeDigits(made);
  expect(digits).toHaveLength(201);
  expect(readChallenge(digits)).toEqual(made);
  expect(readChallenge(digits.slice(1))).toBeNull();
  expect(await challengeHash(made.bytes)).toHaveLength(8);
});

test("a challenge is vouched for by a key of its place, and by nobody else", async () => {
  interface Shown { bytes: string; digits: string }
  const { challenge } = load<{ challenge: { checker_key: string; signed: Shown; unsigned: Shown } }>("parts.json");
  const place = [{ suite: 1, bytes: fromHex(challenge.checker_key) }];
  const signed = readChallenge(challenge.signed.digits), unsigned = readChallenge(challenge.unsigned.digits);
  if (!signed || !unsigned) throw new Error("the vectors are challenges");
  expect([await isVouched(signed, place), await isVouched(signed, []), await isVouched(unsigned, place)]).toEqual([true, false, false]);
  for (const at of [1, 5, 7, 11]) {
    const bent = { ...signed, bytes: signed.bytes.slice() };
    bent.bytes[at] = (bent.bytes[at] as number) ^ 1;
    expect(await isVouched(bent, place)).toBe(false);
  }
  const own = await makeKey();
  const made = await makeChallenge(3, 1042, 1_798_000_000, new Uint8Array(8).fill(1), signWith(own.privateKey));
  expect(await isVouched(made, [{ suite: 1, bytes: own.publicKey }])).toBe(true);
});

test("Rice sets are read as the specification prints them", () => {
  const bytes = fromHex("010000000300000001a8");
  expect([...decodeRice(bytes, 0, { countMax: 9, universe: 100 }).values]).toEqual([3, 5, 6]);
  for (const bad of ["010000000300000001a9", "0100000003", "300000000000000000", "01ffffffff00000001a8", "010000000300000002a800"]) {
    expect(() => decodeRice(fromHex(bad), 0, { countMax: 9, universe: 100 })).toThrow(RiceError);
  }
});

test.each([["T1", 57], ["T0", 25], ["challenge", 37]] as const)("%s is drawn at its own version, with whole modules", (kind, size) => {
  const digits = { T1: "1".repeat(476), T0: "3".repeat(62), challenge: "5".repeat(201) }[kind];
  expect(modules(kind, digits)).toHaveLength(size);
  expect(sizeOf(kind)).toBe(size);
  for (const ratio of [1, 1.5, 2, 3]) expect(Math.abs(((moduleSize(kind, 325, ratio) * ratio) % 1) - 0.5)).toBeGreaterThan(0.49);
});
test("a symbol that is full holds no more", () => expect(() => encode("1".repeat(553), { ecc: "M", minVersion: 10, maxVersion: 10 })).toThrow());

interface Parts {
  t0: { suite: number; id: string; key: string; step: number; scenario: number; site: number; digits: string }[];
  days: { day: number; from: number; until: number }[];
  challenge: { scenario: number; signed: { bytes: string; digits: string; short?: string } };
}
const parts = load<Parts>("parts.json");
test("T0 vectors speak of both suites", () => expect(new Set(parts.t0.map((t) => t.suite))).toEqual(new Set([1, 2])));
test.each(parts.t0.map((t) => [t.suite, t.digits, t] as const))("T0 under suite %i, %s, is made byte by byte", async (suite, digits, t) => {
  const made = await makeT0(suite, fromHex(t.id), fromHex(t.key), 1_000_000 + t.step * 5, 1_000_000, { scenario: t.scenario, site: t.site });
  expect(toDigits("T0", made)).toBe(digits);
});
test.each(parts.days.map((d) => [d.day, d] as const))("day %s opens at three", (day, d) => expect(dayStart(day) + 3 * 3600).toBe(d.from));
test("a signed challenge is read", async () => {
  const { signed, scenario } = parts.challenge;
  const read = readChallenge(signed.digits);
  expect(read).toMatchObject({ scenario, signed: true });
  expect(toHex(read?.bytes as Bytes)).toBe(signed.bytes);
  if (signed.short) expect(toHex(await challengeHash(fromHex(signed.bytes)))).toBe(signed.short);
});
