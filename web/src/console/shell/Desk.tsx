// Chooses between asking, signing in and working, by the session alone.
// It does not know how a session is made.
import { Failed, Waiting } from "../parts/said";
import { Mark } from "../parts/icons";
import { SignIn } from "./SignIn";
import { Shell } from "./Shell";
import { useDesk } from "./session";

export function Desk() {
  const { session, ask } = useDesk();
  switch (session.is) {
    case "in":
      return <Shell />;
    case "out":
      return <SignIn ended={session.ended} />;
    case "asking":
      return (
        <div className="alone">
          <Mark />
          <Waiting />
        </div>
      );
    case "unreachable":
      return (
        <div className="alone">
          <Mark />
          <Failed problem={session.problem} again={ask} />
        </div>
      );
  }
}
