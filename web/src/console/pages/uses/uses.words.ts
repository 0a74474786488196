import { pair } from "../../words/language";

export const words = pair(
  {
    note: "每一次办成的和没办成的，都在这里。没有姓名，改不了",
    filter: { deed: "做了什么", outcome: "结果", from: "从", to: "到", all: "全部", clear: "清空" },
    head: {
      at: "时间",
      deed: "做了什么",
      actor: "谁",
      scenario: "场景",
      site: "场所号",
      outcome: "结果",
      reason: "原因",
      form: "码",
      id: "编号",
    },
    none: "没有符合的记录",
    noneDo: "放宽时间或去掉一个条件再看。",
    empty: "还没有使用记录",
    emptyDo: "有人核验、登录或改动什么，这里就会有一条。",
    order: "新的在前",
  },
  {
    note: "Everything that was done or refused. No names; nothing can be changed",
    filter: { deed: "Deed", outcome: "Outcome", from: "From", to: "To", all: "All", clear: "Clear" },
    head: {
      at: "When",
      deed: "Deed",
      actor: "Who",
      scenario: "Scenario",
      site: "Site",
      outcome: "Outcome",
      reason: "Reason",
      form: "Code",
      id: "Id",
    },
    none: "No such uses",
    noneDo: "Widen the time, or drop a filter.",
    empty: "No uses yet",
    emptyDo: "One appears when somebody checks, signs in or changes something.",
    order: "newest first",
  },
);
