// "Who saw my code" on the device: sealed records found among public buckets and opened with the codes this device showed.
// It knows buckets and tags; online entries come from the server as they are.
import { fromB64, toHex } from "../code/bytes";
import { openRecord } from "../code/record";
import { civilDay } from "../shared/times";
import type { Bucket, BucketDay } from "../api/types";
import { call } from "./api";
import type { DeviceStore, Shown } from "./store";

export interface Found { id: string; at: number; site: number; scenario: number; seenAt: number }

/** Uploads come up to an hour late, so a code of one day may lie in the next day's bucket. */
const DAYS_LATE = 1;

/** Looks for records of codes shown in the last days that were not found yet; fetches whole buckets, never a tag. */
export async function findSealed(store: DeviceStore, now: number, daysBack: number): Promise<Found[]> {
  const have = new Set((await store.found<Found>()).map((f) => f.id));
  const digits = new Map<number, Promise<number>>();
  const wanted = (await store.shown()).filter((s) => s.at >= now - daysBack * 86400 && !have.has(s.tag));
  const buckets = new Map<string, Map<string, Shown>>();
  for (const shown of wanted) {
    for (let day = civilDay(shown.at); day <= Math.min(civilDay(shown.at) + DAYS_LATE, civilDay(now)); day++) {
      if (!digits.has(day)) digits.set(day, prefixDigits(day));
      const path = `${day}/${shown.tag.slice(0, await digits.get(day)) || "-"}`;
      buckets.set(path, (buckets.get(path) ?? new Map<string, Shown>()).set(shown.tag, shown));
    }
  }
  for (const [path, mine] of buckets) await searchBucket(store, path, mine);
  return store.found<Found>();
}

/** How many digits of a tag hide it among at least 64 others on that day; never more than four. */
async function prefixDigits(day: number): Promise<number> {
  const said = await call<BucketDay>("GET", `/record/buckets/${day}`);
  return Math.max(0, Math.min(4, Math.floor(said.prefix_digits)));
}

async function searchBucket(store: DeviceStore, path: string, mine: Map<string, Shown>): Promise<void> {
  const bucket = await call<Bucket>("GET", `/record/buckets/${path}`);
  for (const sealed of bucket.records) {
    const tag = fromB64(sealed.tag);
    const shown = mine.get(toHex(tag));
    if (!shown) continue;
    const note = await openRecord(shown.bytes, { tag, nonce: fromB64(sealed.nonce), body: fromB64(sealed.body) });
    if (note) await store.saveFound({ id: shown.tag, at: note.at, site: note.site, scenario: note.scenario, seenAt: shown.at } as Found);
  }
}
