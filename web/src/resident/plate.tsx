// The plate: white in every theme, the code in whole pixels, the ring on the plate's own edge. It knows sizes, not tokens.
import type { ComponentChildren } from "preact";
import { Code, moduleSize, sizeOf } from "../shared/qr";
import type { Form } from "../code/digits";
import { useRoom } from "./context";

const RING = 5, CORNER = 20;

export function Ring({ width, height, turn, once }: { width: number; height: number; turn: number; once?: boolean }) {
  const r = CORNER, w = width, h = height, e = RING / 2;
  const d = `M${w / 2} ${e}H${w - e - r}a${r} ${r} 0 0 1 ${r} ${r}V${h - e - r}a${r} ${r} 0 0 1-${r} ${r}H${e + r}a${r} ${r} 0 0 1-${r}-${r}V${e + r}a${r} ${r} 0 0 1 ${r}-${r}Z`;
  return (
    <svg class={once ? "ring once" : "ring"} viewBox={`0 0 ${w} ${h}`} aria-hidden="true">
      <path class="t" d={d} /><path class="p" key={turn} pathLength={100} d={d} />
    </svg>
  );
}

export interface PlateProps { form: Form; digits: string | null; label: string; turn: number; once?: boolean; head?: ComponentChildren; foot: ComponentChildren; empty?: ComponentChildren }

export function Plate({ form, digits, label, turn, once, head, foot, empty }: PlateProps) {
  const width = Math.min(useRoom() - 24, 420);
  const room = width - 2 * RING - 1;
  const module = moduleSize(form, room, window.devicePixelRatio || 1);
  const side = sizeOf("T1") * moduleSize("T1", room, window.devicePixelRatio || 1);
  // Every form stands in the block of a T1: 57 modules and what its quiet zone needs beyond the lines above and below.
  const quiet = (side / 57) * 4;
  const top = head ? Math.max(quiet - 8, 12) : quiet;
  const below = Math.max(quiet - 14, 6);
  const code = sizeOf(form) * module;
  const height = Math.round((head ? 63 : RING) + top + side + below + (head ? 44 : 56) + RING + 2);
  return (
    <div class="plate" data-theme="light" style={{ width: `${width}px`, height: `${height}px` }}>
      {digits && <Ring width={width} height={height} turn={turn} {...(once ? { once } : {})} />}
      {head}
      {digits
        ? <div style={{ marginTop: `${Math.round(top + (side - code) / 2)}px`, marginBottom: "auto" }}><Code kind={form} digits={digits} room={room} label={label} /></div>
        : <div class="still">{empty}</div>}
      {digits && foot}
    </div>
  );
}

/** The eye of a code, waiting. */
export const Eye = () => (
  <svg class="eye" viewBox="0 0 70 70" aria-hidden="true">
    <path d="M5 0h60a5 5 0 0 1 5 5v60a5 5 0 0 1-5 5H5a5 5 0 0 1-5-5V5a5 5 0 0 1 5-5Zm5 10v50h50V10Z" fill="var(--line)" fill-rule="evenodd" />
    <rect x="20" y="20" width="30" height="30" rx="2" fill="var(--b2)" />
  </svg>
);
