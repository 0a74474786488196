// A small batch for somebody else, or in a post: drawn while this device is switched to it, and dropped when the mandate or
// the post is over, or the device goes on in another slot. It knows their doors, not what a code says.
import { codeDay } from "../shared/times";
import { asProblem } from "../shared/problem";
import type { DrawAnswer, PostsToShow } from "../api/types";
import type { Acting } from "../resident/session";
import type { Batch } from "./batch";
import type { Clock } from "./clock";
import type { DeviceStore, Identity } from "./store";

/** What says that nothing is shown under this mandate any more; an enterprise's says why. */
const OVER = new Set(["not_mandated", "not_found", "mandate_over", "mandate_waits", "mandate_narrower"]);
/** Acting tokens and online ids of one draw; the server gives twice as many a day. */
const PAIRS = 4, ONLINE = 8, LOW = 3, DAY_MAX = 16;
interface Asking { clock: Clock; snapshot: { acting: Acting | null; family: Acting[] }; ask<T>(method: string, path: string, body?: unknown): Promise<T>; knowFamily(family: Acting[]): Promise<void> }

/** Whether what this device drew in a post still counts: an office that was suspended ends it, and so does another device that draws. */
async function counts(session: Asking, post: string): Promise<boolean> {
  const { posts } = await session.ask<PostsToShow>("GET", "/posts");
  return posts.some((one) => one.id === post && one.drawn_here);
}

/** Draws when few are left. Without a mandate in force the device turns back to its owner. */
export async function fill(session: Asking, batch: Batch): Promise<void> {
  const acting = session.snapshot.acting;
  const at = session.clock.at();
  const day = codeDay(at);
  if (acting?.kind === "post" && batch.count(day) > 0 && !(await counts(session, acting.id))) await batch.clear();
  if (!acting || batch.fresh(at, "T1", "acting").length >= LOW || batch.count(day) >= DAY_MAX) return;
  const more = Array.from({ length: PAIRS }, () => ({ flavour: "acting" }));
  try {
    await batch.draw({ day, size: { plain: 0, t0: ONLINE }, more }, (request) => session.ask<DrawAnswer>("POST", `/${acting.kind === "post" ? "posts" : "mandates"}/${acting.id}/draw`, request));
  } catch (error) {
    const { code } = asProblem(error);
    if (OVER.has(code)) await session.knowFamily(session.snapshot.family.filter((one) => one.id !== acting.id));
    else if (code !== "too_many") throw error;
  }
}

/** Drops every code, one's own and others', and keeps who this device is now. */
export async function forgetCodes(store: DeviceStore, identity: Identity): Promise<void> {
  await store.dropTokens((await store.tokens()).map((token) => token.id));
  await store.set("identity", identity);
}
