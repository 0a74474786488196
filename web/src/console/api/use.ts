// How a page reads (once, again, every so often) and how it does a deed (one at a time, its refusal kept).
// It does not know any path.
import type { Answer, At, Route, Sent } from "../../api/at";
import { useCallback, useEffect, useRef, useState } from "react";
import { find, read } from "./client";
import { Problem } from "./problem";

export interface Reading<T> {
  /** The last answer; it stays while a newer one is on its way. */
  data: T | null;
  problem: Problem | null;
  busy: boolean;
  again: () => void;
}

/** Reads `path` now and every `every_s` seconds while the page is visible; a null path reads nothing. */
export function useRead<R extends Route>(path: At<R> | null, every_s = 0): Reading<Answer<"get", R>> {
  return useAnswer<Answer<"get", R>>(path, (stop) => read(path as At<R>, stop), every_s);
}

/** The same where what is looked for may stand in no address: it is sent. Null looks for nothing. */
export function useFound<R extends Route>(path: At<R>, body: Sent<"post", R> | null): Reading<Answer<"post", R>> {
  const key = body === null ? null : `${path} ${JSON.stringify(body)}`;
  return useAnswer<Answer<"post", R>>(key, (stop) => find(path, body as Sent<"post", R>, stop), 0);
}

function useAnswer<T>(path: string | null, ask: (stop: AbortSignal) => Promise<T>, every_s: number): Reading<T> {
  const asking = useRef(ask);
  asking.current = ask;
  const [held, setHeld] = useState<{ path: string | null; data: T | null; problem: Problem | null }>({
    path,
    data: null,
    problem: null,
  });
  const [busy, setBusy] = useState(path !== null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    if (path === null) {
      setBusy(false);
      return undefined;
    }
    const stop = new AbortController();
    setBusy(true);
    asking
      .current(stop.signal)
      .then((data) => setHeld({ path, data, problem: null }))
      .catch((error: unknown) => {
        if (!stop.signal.aborted)
          setHeld((old) => ({ path, data: old.path === path ? old.data : null, problem: asProblem(error) }));
      })
      .finally(() => {
        if (!stop.signal.aborted) setBusy(false);
      });
    return () => stop.abort();
  }, [path, turn]);

  const again = useCallback(() => setTurn((n) => n + 1), []);
  useEvery(every_s, again);
  const current = held.path === path;
  return { data: current ? held.data : null, problem: current ? held.problem : null, busy, again };
}

export interface Doing {
  busy: boolean;
  problem: Problem | null;
  /** True when it was done; a refusal is kept in `problem` for the page to say. */
  run: (deed: () => Promise<unknown>) => Promise<boolean>;
  forget: () => void;
}

export function useDeed(): Doing {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const running = useRef(false);
  const run = useCallback(async (deed: () => Promise<unknown>) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await deed();
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  const forget = useCallback(() => setProblem(null), []);
  return { busy, problem, run, forget };
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, { title: String(error), code: "page_error" });
}

function useEvery(every_s: number, tick: () => void): void {
  useEffect(() => {
    if (every_s <= 0) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) tick();
    }, every_s * 1000);
    return () => clearInterval(timer);
  }, [every_s, tick]);
}
