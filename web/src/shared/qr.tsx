// A code as a picture: numeric mode, fixed version and level, one path, whole device pixels. It does not know what the digits say.
import { encode } from "uqr";
import type { Form } from "../code/digits";

const SYMBOL: Record<Form | "challenge", { version: number; ecc: "M" | "Q" }> = {
  T1: { version: 10, ecc: "M" }, T1c: { version: 10, ecc: "M" }, T0: { version: 2, ecc: "M" }, T2: { version: 7, ecc: "Q" }, challenge: { version: 5, ecc: "M" },
};

export function modules(kind: Form | "challenge", digits: string): boolean[][] {
  const { version, ecc } = SYMBOL[kind];
  return encode(digits, { ecc, minVersion: version, maxVersion: version, boostEcc: false, border: 0 }).data;
}

export const sizeOf = (kind: Form | "challenge"): number => 17 + 4 * SYMBOL[kind].version;

/** Runs of dark modules, row by row. */
export function pathOf(grid: boolean[][]): string {
  let d = "";
  grid.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      d += `M${start} ${y}h${x - start + 1}v1h-${x - start + 1}z`;
    }
  });
  return d;
}

/** The largest module, in CSS pixels, that is whole on this screen and leaves four quiet modules a side inside `room`. */
export function moduleSize(kind: Form | "challenge", room: number, ratio: number): number {
  return Math.max(1 / ratio, Math.floor((room / (sizeOf(kind) + 8)) * ratio) / ratio);
}

export function Code({ kind, digits, room, label }: { kind: Form | "challenge"; digits: string; room: number; label: string }) {
  const side = sizeOf(kind) * moduleSize(kind, room, window.devicePixelRatio || 1);
  const n = sizeOf(kind);
  return <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${n} ${n}`} width={side} height={side}><path d={pathOf(modules(kind, digits))} /></svg>;
}
