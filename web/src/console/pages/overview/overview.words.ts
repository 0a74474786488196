import { pair } from "../../words/language";

export const words = pair(
  {
    note: (day: string, clock: string) => `${day} ${clock}，每 10 秒更新`,
    kpi: { checks: "过去 24 小时核验", valid: "有效", refused: "不通过", unchecked: "没查成", people: "居民", devices: (n: string) => `${n} 部设备` },
    tiles: { title: "各市核验", note: "次，过去 24 小时", legend: "方格示意，不代表边界", unchecked: (share: string) => `没查成 ${share}`, none: "还没有核验", label: (city: string, checks: string, share: string) => `${city}：${checks} 次，没查成 ${share}` },
    hours: {
      title: "每小时核验", note: "次，过去 24 小时", table: "看数字", chart: "看图", hour: "时", valid: "有效", refused: "不通过", unchecked: "没查成", before: "前一天",
      label: (peak: string, hour: string) => `过去 24 小时每小时的核验次数，${hour} 最高，${peak} 次`, none: "过去 24 小时没有核验", do: "有闸机联网核验或传上离线记录后，这里就有数。",
    },
    why: { title: "不通过的原因", note: (n: string) => `${n} 次`, uses: "逐条看", none: "没有不通过的", do: "过去 24 小时里每一次都查成、也都通过了。", rest: "其他" },
    why_hints: { clock_slow: "手机时钟慢，已提示校时", clock_fast: "手机时钟快，已提示校时", expired: "过了当天的有效时段", stale_code: "亮出后放久了，换新即可", wrong_scenario: "签给了别的场景", replayed: "同一个码第二次", bad_issuer_signature: "送安全员看", bad_holder_signature: "送安全员看", withdrawn: "已挂失或撤回", unknown_code: "码对不上任何人" } as Record<string, string>,
    gates: { title: "闸机与核验包", note: (n: string) => `${n} 台`, all: "全部闸机", name: "闸机", place: "场所", bundle: "包", seen: "多久没见", never: "还没来过", fresh: "跟得上", late: "没跟上", none: "还没有闸机", do: "先加场所，再在闸机页加一台。" , bar: (fresh: string, late: string) => `跟得上 ${fresh} 台，没跟上 ${late} 台`, behind: (n: number) => `差 ${n} 版` },
    todo: {
      title: "要人管的事", note: (n: number) => `${n} 件`, none: "现在没有要人管的事", noneDo: "闸机都跟得上，也没有等人审的场景。", look: "去看", review: "去审",
      late: (n: string) => `${n} 台闸机没跟上`, lateDo: "一小时没来，或核验包落后",
      clock: (n: string) => `${n} 台闸机时钟偏了`, clockDo: "偏 1 分钟以上。请校时，否则会冤枉手机",
      spool: (n: string) => `${n} 条离线记录还没传上来`, spoolDo: "闸机联网后会自己传，不会丢",
      proposals: (n: number) => `${n} 份场景清单等人审`, proposalsDo: "提交的人不能审自己的",
      unchecked: (share: string) => `没查成占 ${share}`, uncheckedDo: "居民没有做错。先看闸机的网络和核验包",
    },
    bySlug: { title: "各场景核验", note: "次，过去 24 小时" },
  },
  {
    note: (day: string, clock: string) => `${day}, ${clock}, every 10 s`,
    kpi: { checks: "Checks in 24 hours", valid: "Valid", refused: "Refused", unchecked: "Not checked", people: "Residents", devices: (n: string) => `${n} devices` },
    tiles: { title: "Checks by city", note: "last 24 hours", legend: "◆ not checked. Squares, no borders", unchecked: (share: string) => `◆ ${share}`, none: "No checks yet", label: (city: string, checks: string, share: string) => `${city}: ${checks} checks, ${share} not checked` },
    hours: {
      title: "Checks by hour", note: "24 h", table: "Numbers", chart: "Chart", hour: "Hour", valid: "Valid", refused: "Refused", unchecked: "Not checked", before: "Day before",
      label: (peak: string, hour: string) => `Checks in each of the last 24 hours; the most at ${hour}: ${peak}`, none: "No checks in 24 hours", do: "Figures appear when a gate checks online or uploads what it did offline.",
    },
    why: { title: "Why refused", note: (n: string) => `${n} times`, uses: "One by one", none: "Nothing was refused", do: "Every check of the last 24 hours was made and passed.", rest: "Other" },
    why_hints: { clock_slow: "slow phone, told so", clock_fast: "fast phone, told so", expired: "past its day", stale_code: "shown too long ago", wrong_scenario: "signed for another", replayed: "shown twice", bad_issuer_signature: "tell security", bad_holder_signature: "tell security", withdrawn: "lost or withdrawn", unknown_code: "names nobody" } as Record<string, string>,
    gates: { title: "Gates and bundles", note: (n: string) => `${n} gates`, all: "All gates", name: "Gate", place: "Place", bundle: "Bundle", seen: "Last seen", never: "never", fresh: "Up to date", late: "Behind", none: "No gates yet", do: "Add a place first, then a gate on the gates page.", bar: (fresh: string, late: string) => `${fresh} up to date, ${late} behind`, behind: (n: number) => `${n} behind` },
    todo: {
      title: "Needs somebody", note: (n: number) => `${n}`, none: "Nothing needs anybody now", noneDo: "All gates keep up, and no scenario waits for review.", look: "Look", review: "Review",
      late: (n: string) => `${n} gate${n === "1" ? " is" : "s are"} behind`, lateDo: "Away for an hour, or with an old bundle",
      clock: (n: string) => `${n} gate clock${n === "1" ? " is" : "s are"} off`, clockDo: "Over a minute: phones are blamed for it",
      spool: (n: string) => `${n} offline records not uploaded`, spoolDo: "Sent when the network is back; none is lost",
      proposals: (n: number) => `${n} manifest${n === 1 ? " waits" : "s wait"} for review`, proposalsDo: "Nobody reviews their own",
      unchecked: (share: string) => `${share} not checked`, uncheckedDo: "Look at the gates and their network first",
    },
    bySlug: { title: "Checks by scenario", note: "last 24 hours" },
  },
);
