import { pair } from "../../words/language";

export const words = pair(
  {
    note: "每个场景是一份经人审过的清单，随核验包发到闸机",
    propose: "提交新清单",
    waiting: { title: "等人审", note: (n: number) => `${n} 份`, by: (who: string, when: string) => `${who} 提交，${when}`, review: "去审", own: "自己提交的，要另一位来审", look: "看看" },
    list: { title: "在用的场景", name: "场景", owner: "单位", region: "地区", level: "风险", record: "记录", keep: "留存", days: (n: number) => `${n} 天`, version: "版本", none: "还没有场景", noneDo: "提交一份清单，由另一位管理员审过就生效。也可以从 scenarios/ 里的十四份样例改。" },
    back: "回到场景列表",
    states: { proposed: "等人审", active: "在用", retired: "已换下", refused: "没通过" },
    version: (n: number) => `第 ${n} 版`,
    facts: { sees: "核验的人看到", purpose: "用途", level: "风险", state: "状态", by: "提交人", reviewer: "审核人", note: "审核意见", at: "提交时间", none: "—" },
    show: { manifest: "清单", changes: "改动", against: (n: number) => `与第 ${n} 版相比`, fresh: "这是第一版，没有可比的", same: "与在用的一字不差", kept: (n: number) => `…… ${n} 行没变 ……`, plus: "加", minus: "去" },
    versions: "全部版本", revise: "改出新版本",
    review: { title: "审这一版", lead: "通过后马上成为在用版本，随下一个核验包发到所有闸机。请逐行看改动。", own: "这一版是您自己提交的，要请另一位管理员来审。", role: "审计员只看，不审。", note: "意见", noteHint: "为什么通过，或要怎么改", need: "请写意见，提交人要看", approve: "通过并生效", refuse: "不通过", passed: "已生效，随下一个核验包下发", sent: "已退回，意见已留下" },
    propose_page: { title: "提交清单", lead: "TOML 格式，最多 16 KB。提交后由另一位管理员审，在那之前什么都不变。", field: "清单", need: "请填清单", large: "清单超过 16 KB", compare: "与在用版本相比", send: "提交", cancel: "不做了", done: "已提交，等另一位管理员审", from: "从哪一份改起", blank: "空白清单" },
  },
  {
    note: "Each scenario is a reviewed manifest that travels to the gates in the bundle",
    propose: "Propose a manifest",
    waiting: { title: "Waiting for review", note: (n: number) => `${n}`, by: (who: string, when: string) => `by ${who}, ${when}`, review: "Review", own: "Yours: somebody else reviews it", look: "Look" },
    list: { title: "In force", name: "Scenario", owner: "Owner", region: "Region", level: "Risk", record: "Record", keep: "Kept", days: (n: number) => `${n} days`, version: "Version", none: "No scenarios yet", noneDo: "Propose a manifest; it is in force when another administrator has reviewed it. The fourteen in scenarios/ are good beginnings." },
    back: "Back to scenarios",
    states: { proposed: "Waiting", active: "In force", retired: "Retired", refused: "Refused" },
    version: (n: number) => `Version ${n}`,
    facts: { sees: "What the checker sees", purpose: "Purpose", level: "Risk", state: "State", by: "Proposed by", reviewer: "Reviewed by", note: "Reviewer's note", at: "Proposed", none: "—" },
    show: { manifest: "Manifest", changes: "Changes", against: (n: number) => `against version ${n}`, fresh: "The first version: nothing to compare with", same: "Identical to the one in force", kept: (n: number) => `… ${n} lines unchanged …`, plus: "added", minus: "removed" },
    versions: "All versions", revise: "Make a new version",
    review: { title: "Review this version", lead: "Approved, it is in force at once and travels to every gate in the next bundle. Read every changed line.", own: "You proposed this version; another administrator has to review it.", role: "Auditors look, they don't review.", note: "Note", noteHint: "Why it is approved, or what to change", need: "Leave a note for the proposer", approve: "Approve, put in force", refuse: "Refuse", passed: "In force; travels with the next bundle", sent: "Sent back with your note" },
    propose_page: { title: "Propose a manifest", lead: "TOML, at most 16 KB. Another administrator reviews it; nothing changes before that.", field: "Manifest", need: "Enter the manifest", large: "The manifest is over 16 KB", compare: "Against the one in force", send: "Propose", cancel: "Not now", done: "Proposed; another administrator reviews it", from: "Start from", blank: "A blank manifest" },
  },
);
