// Signs a resident out of every browser: a computer was lost, or somebody else has signed in.
import { App, Button } from "antd";
import { at } from "../../../api/at";
import type { Resident } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

export function SignOutButton({ person }: { person: Resident }) {
  const { signOut: t, cancel } = useWords(words);
  const { modal, message } = App.useApp();
  const { busy, run } = useDeed();
  const end = (): void =>
    void run(() =>
      send(at("/residents/{id}/sign-ins/end", { id: person.id })).then(
        ({ ended }) => void message.success(t.done(ended)),
        (problem) => void modal.error({ title: t.press, content: <Failed problem={problem} />, icon: null }),
      ),
    );
  const ask = (): void =>
    void modal.confirm({ title: t.title, content: t.lead, icon: null, okText: t.press, cancelText: cancel, onOk: end });
  return (
    <Button loading={busy} onClick={ask}>
      {t.press}
    </Button>
  );
}
