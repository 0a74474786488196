// Reads the vectors that all languages share. It knows where they lie, not what they test.
import { existsSync, readFileSync } from "node:fs";

const root = new URL("../../vectors/", import.meta.url);
export const has = (name: string): boolean => existsSync(new URL(name, root));
export const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, root), "utf8")) as T;
export const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, root)));
