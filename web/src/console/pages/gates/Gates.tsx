// All gates: how long since each was seen, how old its bundle is, what it has not uploaded, how far its clock is off.
import { Button, Input, Segmented } from "antd";
import { useState } from "react";
import { at } from "../../../api/at";
import { send } from "../../api/client";
import type { Gate, GateKey } from "../../../api/types";
import { useRead } from "../../api/use";
import { Bench } from "../../parts/card";
import { EvidenceModal } from "../../parts/evidence-modal";
import { Icon } from "../../parts/icons";
import { Once } from "../../parts/once";
import { Paging, useTrail } from "../../parts/paging";
import { Empty, Failed, Waiting } from "../../parts/said";
import { useHeadNote } from "../../shell/head-note";
import { may } from "../../shell/may";
import { go, href, useRoute } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { AddGate } from "./AddGate";
import { GateRows } from "./GateRows";
import { words } from "./gates.words";

type Only = "all" | "late" | "ended";
const REFRESH_EVERY_S = 15;

export default function Gates() {
  const t = useWords(words);
  const me = useMe();
  const { number } = useFormat();
  const asked = useRoute().query;
  const only = (asked.get("only") ?? "all") as Only;
  const [text, setText] = useState(asked.get("find") ?? "");
  const [adding, setAdding] = useState(false);
  const [key, setKey] = useState<(GateKey & { name: string }) | null>(null);
  const [ending, setEnding] = useState<Gate | null>(null);
  const find = text.trim();
  const trail = useTrail(`${only}/${find}`);
  const choice = only === "all" ? undefined : only;
  const list = useRead(at("/gates", {}, { only: choice, find, after: trail.after }), REFRESH_EVERY_S);
  const figures = useRead(at("/stats/overview"), REFRESH_EVERY_S);
  const now_s = figures.data?.server_at ?? Date.now() / 1000;
  const gates = list.data?.items ?? [];
  const newest = Math.max(0, ...gates.map((gate) => (gate.bundle_version ?? 0) + (gate.bundle_lag ?? 0)));
  useHeadNote(figures.data ? t.note(newest, number(figures.data.gates)) : "");
  return (
    <>
      <Bench
        action={
          may(me.role, "add_gate") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              <Icon name="add" small />
              {t.add}
            </Button>
          )
        }
      >
        <Segmented
          value={only}
          onChange={(next) => go(href("gates", null, { only: next === "all" ? undefined : next }))}
          options={(["all", "late", "ended"] as const).map((value) => ({ value, label: t.only[value] }))}
        />
        <Input
          value={text}
          onChange={(event) => setText(event.target.value)}
          allowClear
          placeholder={t.filter}
          aria-label={t.filter}
          style={{ width: 240 }}
        />
      </Bench>
      {list.problem && <Failed problem={list.problem} again={list.again} />}
      {!list.problem && (
        <section className="card">
          <GateRows
            gates={gates}
            now_s={now_s}
            onEnd={may(me.role, "end_gate") ? setEnding : null}
            nothing={
              !list.data ? (
                <Waiting />
              ) : choice || find ? (
                <Empty title={t.found}>{t.foundDo}</Empty>
              ) : (
                <Empty title={t.none}>{may(me.role, "add_gate") ? t.noneDo : t.noneLook}</Empty>
              )
            }
          />
          <Paging trail={trail} next={list.data?.next} />
        </section>
      )}
      <AddGate
        open={adding}
        onClose={() => setAdding(false)}
        onKey={(made) => {
          setKey(made);
          list.again();
        }}
      />
      <Once title={t.key.title(key?.name ?? "")} secret={key?.key ?? null} onClose={() => setKey(null)}>
        {key && (
          <>
            <p className="quiet">{t.key.how}</p>
            <pre className="command">
              <code>{`yima gate run --server ${location.origin} --key-file gate.key --state ./gate`}</code>
            </pre>
          </>
        )}
      </Once>
      <EvidenceModal
        open={ending !== null}
        stop
        words={t.endWords}
        onClose={() => setEnding(null)}
        deed={async () => {
          if (ending) await send(at("/gates/{id}/end", { id: ending.id }));
          list.again();
        }}
      />
    </>
  );
}
