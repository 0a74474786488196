// Who is at the desk: asked once at the start, set by signing in, dropped when the server says the session ended.
// It does not know what a role may see.
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { at } from "../../api/at";
import { read, send, SESSION_ENDED } from "../api/client";
import { Problem } from "../api/problem";
import { asProblem } from "../api/use";
import type { Me } from "../../api/types";

/** asking: not known yet; out: nobody (ended: there was somebody); in: `me`; unreachable: could not be asked. */
export type Session =
  { is: "asking" } | { is: "unreachable"; problem: Problem } | { is: "out"; ended: boolean } | { is: "in"; me: Me };

interface Desk {
  session: Session;
  enter: (me: Me) => void;
  leave: () => Promise<void>;
  ask: () => void;
}

const Desk = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(Desk);
  if (!desk) throw new Error("useDesk is called inside SessionProvider only");
  return desk;
}

/** The operator at the desk; pages are drawn only while there is one. */
export function useMe(): Me {
  const { session } = useDesk();
  if (session.is !== "in") throw new Error("pages are drawn only while somebody is signed in");
  return session.me;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [session, setSession] = useState<Session>({ is: "asking" });
  const ask = useCallback(() => {
    setSession({ is: "asking" });
    read(at("/operators/me"))
      .then((me) => setSession({ is: "in", me }))
      .catch((error: unknown) => setSession(withoutMe(asProblem(error))));
  }, []);
  useEffect(ask, [ask]);
  useEffect(() => {
    const ended = (): void => setSession((now) => (now.is === "in" ? { is: "out", ended: true } : now));
    addEventListener(SESSION_ENDED, ended);
    return () => removeEventListener(SESSION_ENDED, ended);
  }, []);
  const desk = useMemo<Desk>(
    () => ({
      session,
      ask,
      enter: (me) => setSession({ is: "in", me }),
      leave: async () => {
        await send(at("/operators/sign-out")).catch(() => undefined);
        setSession({ is: "out", ended: false });
      },
    }),
    [session, ask],
  );
  return <Desk value={desk}>{children}</Desk>;
}

function withoutMe(problem: Problem): Session {
  return problem.status === 401 || problem.status === 403 ? { is: "out", ended: false } : { is: "unreachable", problem };
}
