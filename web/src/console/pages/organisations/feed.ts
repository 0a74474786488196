// Whether a personnel system speaks. It is heard to the hour (the server notes no more), so silence is told from a day on.
import type { FeedRow } from "../../../api/types";

const SILENT_S = 25 * 3_600;

export type FeedStanding = { is: "ended"; at: number } | { is: "never" } | { is: "heard" } | { is: "silent"; for_s: number };

export function feedStanding(feed: FeedRow, now_s: number): FeedStanding {
  if (feed.ended_at) return { is: "ended", at: feed.ended_at };
  if (!feed.seen_at) return { is: "never" };
  const quiet_s = now_s - feed.seen_at;
  return quiet_s < SILENT_S ? { is: "heard" } : { is: "silent", for_s: quiet_s };
}
