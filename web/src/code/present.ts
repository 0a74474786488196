// A code that somebody shows, read by shape alone: fields out of digits, or why they are none. Keys and clocks are the business of `check`.
import { readUint, toHex, type Bytes } from "./bytes";
import { fromDigits, type Form } from "./digits";
import { readFlags, type Flags } from "./token";

export interface T1 {
  form: "T1" | "T1c"; bytes: Bytes; issuerSuite: number; holderSuite: number; kid: string; id: Bytes; day: number; flags: Flags; flagBits: number; holderKey: Bytes;
  issuerSigned: Bytes; issuerSignature: Bytes; time: number; scenario: number; site: number; challenge: string | null; holderSigned: Bytes; holderSignature: Bytes;
}
export interface T2 { form: "T2"; bytes: Bytes; issuerSuite: number; kid: string; list: number; index: number; expiry: number; flags: Flags; flagBits: number; issuerSigned: Bytes; issuerSignature: Bytes }
export type Presented = T1 | T2 | { form: "T0"; bytes: Bytes };
export type Unreadable = { reason: "malformed" | "unknown_form" | "unknown_suite"; form: null };

const malformed: Unreadable = { reason: "malformed", form: null };
const CHALLENGE_DIGIT = "5";

export function present(digits: string): Presented | Unreadable {
  const decoded = fromDigits(digits);
  if ("malformed" in decoded) return malformed;
  if ("unknownForm" in decoded) return unknownForm(digits);
  if (decoded.form === "T0") return { form: "T0", bytes: decoded.bytes };
  return decoded.form === "T2" ? readT2(decoded.bytes) : readSigned(decoded.form, decoded.bytes);
}

/** Longer than a bar code, no challenge: a form of another version. */
function unknownForm(digits: string): Unreadable {
  const ours = digits.length >= 40 && digits.length <= 1000 && digits[0] !== CHALLENGE_DIGIT;
  return ours ? { reason: "unknown_form", form: null } : malformed;
}

const nibbles = (bytes: Bytes): [number, number] => [(bytes[1] as number) >> 4, (bytes[1] as number) & 15];
const oneFlavour = (f: Flags): boolean => f.reserved === 0 && [f.acting, f.ageBand > 0, f.benefit > 0].filter(Boolean).length <= 1;

function readSigned(form: Form & ("T1" | "T1c"), bytes: Bytes): T1 | Unreadable {
  const [issuerSuite, holderSuite] = nibbles(bytes);
  if (issuerSuite > 3 || holderSuite > 3) return { reason: "unknown_suite", form: null };
  const flagBits = readUint(bytes, 24, 2), flags = readFlags(flagBits), time = readUint(bytes, 123, 4), holderKey = bytes.slice(26, 59);
  const prefix = holderKey[0] as number;
  const fits = holderSuite === 3 ? prefix === 0 : prefix === 2 || prefix === 3;
  if (!issuerSuite || !holderSuite || !oneFlavour(flags) || !fits || time % 5 !== 0) return malformed;
  const issuerSigned = bytes.slice(0, 59);
  issuerSigned[0] = 0x11;
  return {
    form, bytes, issuerSuite, holderSuite, kid: toHex(bytes.subarray(2, 6)), id: bytes.slice(6, 22), day: readUint(bytes, 22, 2), flags, flagBits, holderKey,
    issuerSigned, issuerSignature: bytes.slice(59, 123), time, scenario: readUint(bytes, 127, 2), site: readUint(bytes, 129, 4),
    challenge: form === "T1c" ? toHex(bytes.subarray(133, 141)) : null, holderSigned: bytes.slice(0, -64), holderSignature: bytes.slice(-64),
  };
}

function readT2(bytes: Bytes): T2 | Unreadable {
  const [issuerSuite, holderSuite] = nibbles(bytes);
  if (issuerSuite > 3 || holderSuite > 3) return { reason: "unknown_suite", form: null };
  const flagBits = readUint(bytes, 13, 2), flags = readFlags(flagBits);
  if (!issuerSuite || holderSuite || !oneFlavour(flags)) return malformed;
  return {
    form: "T2", bytes, issuerSuite, kid: toHex(bytes.subarray(2, 6)), list: readUint(bytes, 6, 2), index: readUint(bytes, 8, 3), expiry: readUint(bytes, 11, 2),
    flags, flagBits, issuerSigned: bytes.slice(0, 15), issuerSignature: bytes.slice(15),
  };
}
