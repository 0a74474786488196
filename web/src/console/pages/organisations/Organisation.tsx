// One organisation: where it stands in the tree, who has a post in it, what personnel systems speak for it, and who acts for
// an enterprise. It does not change the tree: the list of organisations does.
import { useState, type ReactNode } from "react";
import { at } from "../../../api/at";
import type { OrganisationRow } from "../../../api/types";
import { useRead } from "../../api/use";
import { Terms } from "../../parts/card";
import { Icon } from "../../parts/icons";
import { Failed, Waiting } from "../../parts/said";
import { Standing } from "../../parts/standing";
import { may } from "../../shell/may";
import { href, useRoute } from "../../shell/route";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useLanguage, useWords } from "../../words/language";
import { regionName } from "../../words/regions";
import { AddMerger } from "./AddMerger";
import { Enterprise } from "./Enterprise";
import { Feeds } from "./Feeds";
import { Mergers } from "./Mergers";
import { words as mergerWords } from "./mergers.words";
import { words } from "./organisation.words";
import { words as listWords } from "./organisations.words";
import { TONES } from "./tones";
import { Posts } from "./Posts";
import { Representatives } from "./Representatives";
import "./organisations.css";

export default function Organisation() {
  const t = useWords(words);
  const merger = useWords(mergerWords);
  const me = useMe();
  const [merging, setMerging] = useState(false);
  const [mergers, setMergers] = useState(0);
  const { id } = useRoute();
  const found = useRead(id ? at("/organisations/{id}", { id }) : null);
  const named = useRead(at("/representatives"));
  const line = found.data?.line ?? [];
  const one = line.at(-1);
  const open = one?.state === "active";
  return (
    <div className="stack">
      <a className="press back" href={href("organisations")}>
        <Icon name="back" small />
        {t.back}
      </a>
      {found.problem && <Failed problem={found.problem} again={found.again} />}
      {!found.data && !found.problem && <Waiting />}
      {one && (
        <>
          <Head one={one} above={line.slice(0, -1)}>
            {open && one.credit_code && may(me.role, "propose_merger") && (
              <button type="button" className="press" onClick={() => setMerging(true)}>
                {merger.press}
              </button>
            )}
          </Head>
          <AddMerger open={merging} merged={one} onClose={() => setMerging(false)} changed={() => setMergers((n) => n + 1)} />
          <Mergers key={mergers} of={one.id} />
          {one.kind === "enterprise" && (
            <>
              <Representatives list={named} of={one.id} />
              <Enterprise key={named.data?.representatives.find((row) => row.organisation === one.id)?.state} organisation={one.id} open={open} changed={named.again} />
            </>
          )}
          <Posts organisation={one.id} open={open} />
          <Feeds organisation={one.id} open={open} />
        </>
      )}
    </div>
  );
}

function Head({ one, above, children }: { one: OrganisationRow; above: OrganisationRow[]; children?: ReactNode }) {
  const t = useWords(words);
  const kinds = useWords(listWords);
  const { language } = useLanguage();
  const { date } = useFormat();
  return (
    <section className="card who" aria-labelledby="what">
      <div className="who-head">
        <h2 id="what">{one.name}</h2>
        {children}
      </div>
      <Terms
        items={[
          [t.facts.state, <Standing key="s" tone={TONES[one.state]}>{kinds.states[one.state]}</Standing>],
          [t.facts.kind, kinds.kinds[one.kind]],
          ...(one.credit_code ? [[t.facts.code, <code key="c">{one.credit_code}</code>] as const] : []),
          [t.facts.region, regionName(one.region, language)],
          [t.facts.since, date(one.created_at)],
          [t.facts.source, one.source],
          [
            t.facts.under,
            above.length === 0
              ? t.top
              : above.map((higher, i) => (
                  <span key={higher.id}>
                    {i > 0 && " / "}
                    <a href={href("organisations", higher.id)}>{higher.name}</a>
                  </span>
                )),
          ],
        ]}
      />
    </section>
  );
}
