// Writing a new manifest or a new version of one: text on the left, what it changes on the right, before anything is sent.
import { App, Button, Modal, Select } from "antd";
import { useEffect, useId, useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { ManifestVersion } from "../../../api/types";
import { useDeed } from "../../api/use";
import { Failed } from "../../parts/said";
import { useLanguage, useWords } from "../../words/language";
import { factsOf } from "./manifest";
import { words } from "./scenarios.words";
import { Changes } from "./Toml";

/** As the server takes it. */
const MANIFEST_BYTES_MAX = 16 * 1024;

interface Props {
  open: boolean;
  active: ManifestVersion[];
  start: ManifestVersion | null;
  onClose: () => void;
  changed: () => void;
}

export function Propose({ open, active, start, onClose, changed }: Props) {
  const t = useWords(words).propose_page;
  const { message } = App.useApp();
  const { busy, problem, run, forget } = useDeed();
  const [from, setFrom] = useState<ManifestVersion | null>(start);
  const [text, setText] = useState(start?.toml ?? "");
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (open) {
      setFrom(start);
      setText(start?.toml ?? "");
      setSaid(null);
      forget();
    }
  }, [open, start, forget]);
  const submit = async (): Promise<void> => {
    const fault = !text.trim() ? t.need : new TextEncoder().encode(text).length > MANIFEST_BYTES_MAX ? t.large : null;
    setSaid(fault);
    if (!fault && (await run(() => send(at("/manage/scenarios"), { toml: text })))) {
      void message.info(t.done);
      changed();
      onClose();
    }
  };
  return (
    <Modal
      open={open}
      title={t.title}
      width={1180}
      onCancel={onClose}
      destroyOnHidden
      mask={{ closable: false }}
      footer={
        <div className="two-ways">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button type="primary" loading={busy} onClick={() => void submit()}>
            {t.send}
          </Button>
        </div>
      }
    >
      <p className="lead">{t.lead}</p>
      {problem && <Failed problem={problem} />}
      {said && (
        <p role="alert" className="standing stop">
          {said}
        </p>
      )}
      {!start && (
        <StartFrom
          active={active}
          from={from}
          onFrom={(one) => {
            setFrom(one);
            setText(one?.toml ?? "");
          }}
        />
      )}
      <Desk text={text} onText={setText} before={from?.toml ?? null} />
    </Modal>
  );
}

function StartFrom({
  active,
  from,
  onFrom,
}: {
  active: ManifestVersion[];
  from: ManifestVersion | null;
  onFrom: (one: ManifestVersion | null) => void;
}) {
  const t = useWords(words).propose_page;
  const { language } = useLanguage();
  const id = useId();
  return (
    <div className="choices">
      <label htmlFor={id}>{t.from}</label>
      <Select
        id={id}
        value={from?.slug ?? ""}
        onChange={(slug: string) => onFrom(active.find((one) => one.slug === slug) ?? null)}
        style={{ maxWidth: 320 }}
        options={[
          { value: "", label: t.blank },
          ...active.map((one) => ({ value: one.slug, label: factsOf(one.toml).name[language] || one.slug })),
        ]}
      />
    </div>
  );
}

function Desk({ text, onText, before }: { text: string; onText: (text: string) => void; before: string | null }) {
  const { propose_page: t, show } = useWords(words);
  const id = useId();
  return (
    <div className={before === null ? "desk" : "desk both"}>
      <div>
        <label htmlFor={id} className="quiet">
          {t.field}
        </label>
        <textarea
          id={id}
          className="toml-edit"
          value={text}
          onChange={(event) => onText(event.target.value)}
          spellCheck={false}
          wrap="off"
        />
      </div>
      {before !== null && (
        <div>
          <p className="quiet">{t.compare}</p>
          <Changes before={before} after={text} label={show.changes} />
        </div>
      )}
    </div>
  );
}
