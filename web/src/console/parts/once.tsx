// A secret that is shown once, large enough to be read out or copied by hand; closing it is a deed of its own.
// It does not keep the secret: the caller drops it when the window closes.
import { Button, Modal } from "antd";
import { useState, type ReactNode } from "react";
import { pair, useWords } from "../words/language";
import { Icon } from "./icons";

interface Props {
  title: string;
  secret: string | null;
  children?: ReactNode;
  onClose: () => void;
  grouped?: boolean;
}

const words = pair(
  {
    copy: "复制",
    copied: "已复制",
    cannot: "没能复制，请手抄",
    done: "已经交给本人，关掉",
    doneKey: "已经存好，关掉",
    warn: "只显示这一次。关掉以后谁也看不到，只能重发。",
  },
  {
    copy: "Copy",
    copied: "Copied",
    cannot: "Not copied: please write it down",
    done: "Handed over, close",
    doneKey: "Stored, close",
    warn: "Shown only this once. After closing nobody can see it; a new one can be issued.",
  },
);

export function Once({ title, secret, children, onClose, grouped = false }: Props) {
  const t = useWords(words);
  return (
    <Modal
      open={secret !== null}
      title={title}
      onCancel={onClose}
      width={grouped ? 620 : 680}
      mask={{ closable: false }}
      keyboard={false}
      destroyOnHidden
      footer={
        <Button type="primary" onClick={onClose}>
          {grouped ? t.done : t.doneKey}
        </Button>
      }
    >
      {secret !== null && (
        <>
          <p className={grouped ? "once grouped" : "once"}>
            {grouped ? secret.split(/[\s-]+/).map((group) => <span key={group}>{group}</span>) : <code>{secret}</code>}
          </p>
          <div className="once-tools">
            <Copy text={secret} />
            <span>{t.warn}</span>
          </div>
          {children}
        </>
      )}
    </Modal>
  );
}

function Copy({ text }: { text: string }) {
  const t = useWords(words);
  const [said, setSaid] = useState<"copy" | "copied" | "cannot">("copy");
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setSaid("copied"),
      () => setSaid("cannot"),
    );
  };
  return (
    <Button onClick={copy} aria-live="polite">
      <Icon name="copy" small />
      {t[said]}
    </Button>
  );
}
