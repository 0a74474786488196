// Issues a code that enrols one phone, and shows it once, large.
import { App, Button } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { EnrolmentCode, Resident } from "../../../api/types";
import { useDeed } from "../../api/use";
import { Icon } from "../../parts/icons";
import { Once } from "../../parts/once";
import { Failed } from "../../parts/said";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { words } from "./residents.words";

export function EnrolmentButton({ person }: { person: Resident }) {
  const t = useWords(words).code;
  const { moment } = useFormat();
  const { modal } = App.useApp();
  const { busy, run } = useDeed();
  const [code, setCode] = useState<EnrolmentCode | null>(null);
  if (person.state !== "active") return null;
  const issue = (): void =>
    void run(() =>
      send(at("/residents/{id}/enrolment-codes", { id: person.id })).then(setCode, (problem) => {
        modal.error({ title: t.title, content: <Failed problem={problem} />, icon: null });
      }),
    );
  return (
    <>
      <Button type="primary" loading={busy} onClick={issue}>
        <Icon name="phone" small />
        {t.press}
      </Button>
      <Once title={`${t.title} · ${person.name_masked}`} secret={code?.code ?? null} grouped onClose={() => setCode(null)}>
        {code && <p className="lead">{t.hint(moment(code.expires_at))}</p>}
      </Once>
    </>
  );
}
