// How the page asks for a right: signed by this device. It knows paths, and nothing of what is shown.
import type { MyRights, RightsRequest } from "../api/types";
import { call, raw, type Signer } from "../device/api";
import { session } from "../resident/context";

async function signer(): Promise<Signer | undefined> {
  const identity = session.snapshot.identity;
  if (!identity) return undefined;
  const { signWith } = await import("../device/keys");
  return { keyId: identity.deviceId, sign: signWith(identity.key.privateKey), at: () => session.clock.at() };
}

const ask = async <T,>(method: string, path: string, body?: unknown): Promise<T> => call<T>(method, path, body, await signer());

export const mine = (): Promise<MyRights> => ask("GET", "/rights");
export const correct = (field: string, to: string, why: string): Promise<RightsRequest> => ask("POST", "/rights/correct", { field, to, why });
export const explain = (question: string): Promise<RightsRequest> => ask("POST", "/rights/explain", { question });
export const restrict = (): Promise<RightsRequest> => ask("POST", "/rights/restrict");
export const lift = (): Promise<void> => ask("POST", "/rights/lift");
export const remove = (): Promise<RightsRequest> => ask("POST", "/rights/delete");
export const stop = (id: string): Promise<void> => ask("POST", `/rights/${id}/stop`);

/** Fetches a copy and hands it to the browser as a file; nothing of it stays in the page. */
export async function takeCopy(form: "json" | "pdf", lang: "zh" | "en"): Promise<void> {
  const answer = await raw("POST", "/rights/copy", { form, lang }, await signer());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `yima-my-data.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
