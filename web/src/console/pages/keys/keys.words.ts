import { pair } from "../../words/language";

export const words = pair(
  {
    note: "私钥只在保管处，不上这个页面", rotate: "轮换签发密钥",
    root: { title: "根指纹", lead: "新闸机第一次取核验包时，请逐组核对这串字。", bundle: "最新核验包" },
    daily: { title: "签发密钥", note: "每天、每种算法各一把，提前备好" }, standing: { title: "其他密钥", note: "给核验包和名单签字" },
    head: { kid: "密钥号", purpose: "用途", suite: "算法", day: "哪天的码", state: "状态", window: "有效时段" },
    states: { assigned: "已备好", active: "在用", retired: "已退役", destroyed: "已销毁" },
    purposes: { t1: "离线码 T1", t1c: "应答码 T1c", t0: "在线码 T0", t2: "纸质码 T2", root: "根", keys: "密钥名单", manifests: "场景清单", lists_time: "状态表与时间", lists: "状态表", time: "时间", id: "码号加密" } as Record<string, string>,
    to: "到", none: "没有这样的密钥", noneDo: "服务启动时会备好当天和明天的密钥；没有的话，请看服务的日志。",
    form: { title: "轮换签发密钥", lead: "下一个核验包起用新密钥签发。已经备好的码在到期前照样有效，核验包会同时带上新旧两把；居民什么都不用做。", suite: "算法", ok: "轮换", cancel: "不做了", evidence: { label: "依据", hint: "例如：每季例行轮换", need: "请写依据，最多 200 字", noId: "依据里不要写身份证号" }, done: "已轮换，随下一个核验包下发" },
  },
  {
    note: "Private keys stay in custody and never reach this page", rotate: "Rotate issuing keys",
    root: { title: "Root fingerprint", lead: "Compare it group by group when a new gate fetches its first bundle.", bundle: "Newest bundle" },
    daily: { title: "Issuing keys", note: "one a day and suite, ready ahead" }, standing: { title: "Other keys", note: "they sign the bundle and its lists" },
    head: { kid: "Key", purpose: "Purpose", suite: "Suite", day: "Codes of", state: "State", window: "Window" },
    states: { assigned: "Ready", active: "Active", retired: "Retired", destroyed: "Destroyed" },
    purposes: { t1: "Offline T1", t1c: "Challenge T1c", t0: "Online T0", t2: "Paper T2", root: "Root", keys: "List of keys", manifests: "Manifests", lists_time: "Lists and time", lists: "Lists", time: "Time", id: "Token ids" } as Record<string, string>,
    to: "to", none: "No such keys", noneDo: "The service prepares today's and tomorrow's keys when it starts; if there are none, read its log.",
    form: { title: "Rotate issuing keys", lead: "Codes are signed by the new key from the next bundle on. Codes already drawn stay valid until they expire, as the bundle carries both keys; residents do nothing.", suite: "Suite", ok: "Rotate", cancel: "Not now", evidence: { label: "Evidence", hint: "E.g. quarterly rotation", need: "Say why, in at most 200 characters", noId: "Leave ID numbers out of the evidence" }, done: "Rotated; travels with the next bundle" },
  },
);
