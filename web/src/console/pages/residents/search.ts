// What a typed text looks for: a number or id as it stands, a name within a region.
// It does not know who exists.
import { at, type At } from "../../../api/at";
import type { Asked } from "../../shell/asked";

/** Names hold no digits; ID numbers and ids do. */
export const isName = (text: string): boolean => text !== "" && !/[\d_]/.test(text);

/** Where to ask; null while a name waits for its region. */
export function searchOf({ text, born }: Asked, region: string | undefined, after: string | undefined): At<"/residents"> | null {
  if (!isName(text)) return at("/residents", {}, { q: text, region, after });
  return region ? at("/residents", {}, { name: text, born, region, after }) : null;
}
