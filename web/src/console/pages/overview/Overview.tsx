// The province at a glance: what was checked, where, when, why not, by which gates, and what needs somebody.
// It counts nothing itself; every figure is the server's.
import { useMemo } from "react";
import { at, type At } from "../../../api/at";
import type { Grouping } from "../../../api/types";
import { useRead } from "../../api/use";
import { Failed, Waiting } from "../../parts/said";
import { useHeadNote } from "../../shell/head-note";
import { useMe } from "../../shell/session";
import { useFormat } from "../../words/format";
import { useWords } from "../../words/language";
import { GatesCard } from "./GatesCard";
import { HoursCard } from "./HoursCard";
import { Kpi } from "./Kpi";
import "./overview.css";
import { words } from "./overview.words";
import { ReasonsCard } from "./ReasonsCard";
import { ResolvesCard } from "./ResolvesCard";
import { TilesCard } from "./TilesCard";
import { TodoCard } from "./TodoCard";
import { hoursOf } from "./figures";

const DAY_S = 86_400;
const FIGURES_EVERY_S = 10;
const BARS_EVERY_S = 30;

export default function Overview() {
  const t = useWords(words);
  const format = useFormat();
  const me = useMe();
  const figures = useRead(at("/stats/overview"), FIGURES_EVERY_S);
  const now_s = figures.data?.server_at ?? null;
  useHeadNote(now_s === null ? "" : t.note(format.day(now_s), format.clock(now_s)));
  // The window moves once an hour, so that its address, and with it the reading, stays the same in between.
  const hour_s = now_s === null ? null : Math.floor(now_s / 3600) * 3600;
  const bars = (by: Grouping, back_s: number): At<"/stats/checks"> | null =>
    hour_s === null ? null : at("/stats/checks", {}, { by, from: hour_s + 3600 - back_s, to: hour_s + 3600 });
  const byHour = useRead(bars("hour", 2 * DAY_S), BARS_EVERY_S);
  const bySite = useRead(bars("site", DAY_S), BARS_EVERY_S);
  const byReason = useRead(bars("reason", DAY_S), BARS_EVERY_S);
  const gates = useRead(at("/gates"), BARS_EVERY_S);
  const resolves = useRead(at("/resolves"));
  const manifests = useRead(at("/manage/scenarios"), BARS_EVERY_S);
  const hours = useMemo(() => (byHour.data && hour_s !== null ? hoursOf(byHour.data.bars, hour_s) : null), [byHour.data, hour_s]);
  if (!figures.data || now_s === null)
    return figures.problem ? <Failed problem={figures.problem} again={figures.again} /> : <Waiting />;
  const late = figures.data.gates_late;
  return (
    <div className="overview">
      <Kpi figures={figures.data} hours={hours} />
      <TilesCard reading={bySite} />
      <HoursCard hours={hours} reading={byHour} />
      <ReasonsCard reading={byReason} refused={figures.data.refused_day} role={me.role} />
      <GatesCard reading={gates} figures={figures.data} late={late} />
      <TodoCard
        figures={figures.data}
        gates={gates.data?.items ?? []}
        late={late}
        manifests={manifests.data?.items ?? []}
        me={me}
      />
      <ResolvesCard reading={resolves} />
    </div>
  );
}
