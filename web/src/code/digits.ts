// The decimal envelope of a token: a form digit, then the bytes as one big-endian number of fixed width.
// It knows the length of each form, nothing of the fields inside.
import { bigEndian, toBigInt, type Bytes } from "./bytes";

export type Form = "T1" | "T1c" | "T0" | "T2";

interface Shape { digit: number; length: number; digits: number }

const shape = (digit: number, length: number): Shape => ({ digit, length, digits: 1 + Math.ceil(8 * length * Math.log10(2)) });

export const SHAPES: Record<Form, Shape> = { T1: shape(1, 197), T1c: shape(2, 205), T0: shape(3, 25), T2: shape(4, 79) };

const byDigit = new Map(Object.entries(SHAPES).map(([form, s]) => [s.digit, form as Form]));

export function toDigits(form: Form, bytes: Uint8Array): string {
  const { digit, length, digits } = SHAPES[form];
  if (bytes.length !== length) throw new RangeError(`${form} has ${length} bytes`);
  return String(digit) + toBigInt(bytes).toString(10).padStart(digits - 1, "0");
}

export type Decoded = { form: Form; bytes: Bytes } | { malformed: true } | { unknownForm: true };

/** Reads digits strictly: ASCII 0-9 only, the exact count, and a number below 256^length. */
export function fromDigits(text: string): Decoded {
  if (text.length === 0 || text.length > 1000 || /[^0-9]/.test(text)) return { malformed: true };
  const form = byDigit.get(Number(text[0]));
  if (!form) return { unknownForm: true };
  const { length, digits, digit } = SHAPES[form];
  if (text.length !== digits) return { malformed: true };
  const value = BigInt(text.slice(1));
  if (value >= 1n << BigInt(8 * length)) return { malformed: true };
  const bytes = bigEndian(value, length);
  return bytes[0] === (0x10 | digit) ? { form, bytes } : { malformed: true };
}
