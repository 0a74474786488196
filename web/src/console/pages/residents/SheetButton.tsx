// Ends the printed sheet of sign-in codes of somebody who lost it; shown only to those who have one.
import { App, Button } from "antd";
import { at } from "../../../api/at";
import type { Resident } from "../../../api/types";
import { send } from "../../api/client";
import { useDeed, useRead } from "../../api/use";
import { Failed } from "../../parts/said";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

export function SheetButton({ person }: { person: Resident }) {
  const { sheet: t, cancel } = useWords(words);
  const { modal, message } = App.useApp();
  const { busy, run } = useDeed();
  const reading = useRead(at("/residents/{id}/sheet", { id: person.id }));
  const left = reading.data?.left;
  if (left === null || left === undefined) return null;
  const end = (): void =>
    void run(() =>
      send(at("/residents/{id}/sheet/end", { id: person.id })).then(
        () => {
          void message.success(t.done);
          reading.again();
        },
        (problem) => void modal.error({ title: t.title, content: <Failed problem={problem} />, icon: null }),
      ),
    );
  const ask = (): void =>
    void modal.confirm({ title: t.title, content: t.lead, icon: null, okText: t.do, cancelText: cancel, onOk: end });
  return (
    <Button loading={busy} onClick={ask}>
      {t.press(left)}
    </Button>
  );
}
