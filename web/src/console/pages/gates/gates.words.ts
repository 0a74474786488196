import { pair } from "../../words/language";

export const words = pair(
  {
    note: (version: string, n: string) => `最新核验包 v${version}，${n} 台在用`, add: "加闸机",
    only: { all: "全部", late: "没跟上", ended: "已停用" }, filter: "按名称、场所或编号找",
    head: { name: "闸机", place: "场所", scenario: "场景", seen: "多久没见", bundle: "核验包", spool: "未上传", clock: "时钟", state: "状态" },
    never: "还没来过", behind: (n: number) => `差 ${n} 版`, newest: "最新", slow: (s: string) => `慢 ${s}`, fast: (s: string) => `快 ${s}`, exact: "准", active: "在用", ended: "已停用", late: "没跟上",
    end: "停用", none: "还没有闸机", noneDo: "先加场所，再加闸机。密钥只显示一次，抄到闸机上就能用。", noneLook: "请系统管理员加闸机。", found: "没有符合的闸机", foundDo: "换个词，或看全部。",
    form: { title: "加闸机", lead: "场所决定它核验哪个场景。加好后给一把密钥，只显示一次。", name: "名称", nameHint: "例如：东门 1 号", place: "场所", need: "这一项要填", ok: "加上", cancel: "不做了" },
    key: { title: (name: string) => `${name} 的密钥`, how: "在闸机上这样用：" },
    endWords: { title: "停用这台闸机", lead: "密钥马上失效：不能联网核验，也拿不到新的核验包。没上传的离线记录会上传不了，请先让它联网一次。", ok: "停用", cancel: "不做了" },
  },
  {
    note: (version: string, n: string) => `Newest bundle v${version}, ${n} gates active`, add: "Add a gate",
    only: { all: "All", late: "Behind", ended: "Ended" }, filter: "Find by name, place or id",
    head: { name: "Gate", place: "Place", scenario: "Scenario", seen: "Last seen", bundle: "Bundle", spool: "Not uploaded", clock: "Clock", state: "State" },
    never: "never", behind: (n: number) => `${n} behind`, newest: "newest", slow: (s: string) => `${s} slow`, fast: (s: string) => `${s} fast`, exact: "exact", active: "Active", ended: "Ended", late: "Behind",
    end: "End", none: "No gates yet", noneDo: "Add a place, then a gate. Its key is shown once; copy it to the gate and it works.", noneLook: "Ask a system administrator to add one.", found: "No such gate", foundDo: "Try another word, or show all.",
    form: { title: "Add a gate", lead: "Its place decides which scenario it checks. You get a key, shown once.", name: "Name", nameHint: "e.g. East gate 1", place: "Place", need: "This is needed", ok: "Add", cancel: "Not now" },
    key: { title: (name: string) => `Key of ${name}`, how: "Use it on the gate like this:" },
    endWords: { title: "End this gate", lead: "Its key dies at once: no online checks, no new bundle. Offline records not yet uploaded can't be sent any more; let it connect once first.", ok: "End gate", cancel: "Not now" },
  },
);
