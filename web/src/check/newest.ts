// Fetches the newest bundle file: as a delta from the one at hand when the server still knows that, else whole.
// It trusts neither: whoever gets the file opens it against the floor.
import { sha256, toHex, type Bytes } from "../code/bytes";
import { BundleError } from "../code/bundle";
import { applyDelta } from "../code/delta";
import { API } from "../device/api";
import { noNetwork, readProblem } from "../shared/problem";

const DELTA = "application/yima-delta";

export interface Held { file: Bytes; etag: string }

/** The newest file and its tag; null when the one at hand is the newest. */
export async function newestBundle(held: Held | null): Promise<Held | null> {
  const response = await ask(held, held ? toHex(await sha256(held.file)) : null);
  if (response.status === 304) return null;
  const got = await taken(response);
  if (!held || response.headers.get("content-type") !== DELTA) return got;
  try {
    return { file: await applyDelta(held.file, got.file), etag: got.etag };
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    // A delta that does not fit costs one more request, never trust.
    return taken(await ask(null, null));
  }
}

async function ask(held: Held | null, from: string | null): Promise<Response> {
  const headers: Record<string, string> = held?.etag ? { "If-None-Match": held.etag } : {};
  const response = await fetch(`${API}/bundle${from ? `?from=${from}` : ""}`, { headers, cache: "no-store" }).catch(() => { throw noNetwork(); });
  if (!response.ok && response.status !== 304) throw await readProblem(response);
  return response;
}

const taken = async (response: Response): Promise<Held> =>
  ({ file: new Uint8Array(await response.arrayBuffer()), etag: response.headers.get("etag") ?? "" });
