// What a typed text looks for: a number or id as it stands, a name within a region. It is sent, and stands in no address.
// It does not know who exists.
import type { Sent } from "../../../api/at";
import type { Asked } from "../../shell/asked";

type Wanted = Sent<"post", "/residents/find">;

/** Names hold no digits; ID numbers and ids do. */
export const isName = (text: string): boolean => text !== "" && !/[\d_]/.test(text);

/** Whom to find; null while a name waits for its region. */
export function searchOf({ text, born }: Asked, region: string | undefined, after: string | undefined): Wanted | null {
  if (!isName(text)) return { ...(text && { q: text }), ...(region && { region }), ...(after && { after }) };
  return region ? { name: text, ...(born !== null && { born }), region, ...(after && { after }) } : null;
}
