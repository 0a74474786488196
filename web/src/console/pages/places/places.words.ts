import { pair } from "../../words/language";

export const words = pair(
  {
    note: "居民扫墙上的场所码登记，闸机按场所核验", add: "加场所",
    head: { name: "场所", scenario: "场景", region: "地区", site: "场所号", code: "场所码" },
    poster: "海报 PDF", none: "还没有场所", noneDo: "加一个场所，就能打印场所码海报，也才能给它加闸机。", noneLook: "请系统管理员加场所。",
    filter: "按名称找", found: "没有叫这个的场所", foundDo: "换个词再找，或清空。",
    form: { title: "加场所", lead: "加好就能打印海报。场所号和场所码由系统给，以后不变。", zh: "中文名", zhHint: "例如：济南市图书馆 东门", en: "英文名", enHint: "如 Jinan Library, East Gate", scenario: "场景", region: "区县", need: "这一项要填", ok: "加上", cancel: "不做了", done: "已加上，可以打印海报" },
  },
  {
    note: "Residents scan the place code to check in", add: "Add a place",
    head: { name: "Place", scenario: "Scenario", region: "Region", site: "Site", code: "Place code" },
    poster: "Poster PDF", none: "No places yet", noneDo: "Add a place: then its poster can be printed and gates can be added to it.", noneLook: "Ask a system administrator to add one.",
    filter: "Find by name", found: "No place of that name", foundDo: "Try another word, or clear it.",
    form: { title: "Add a place", lead: "The poster can be printed at once. Site number and place code are given by the system and stay.", zh: "Chinese name", zhHint: "e.g. 济南市图书馆 东门", en: "English name", enHint: "e.g. Jinan Library, East Gate", scenario: "Scenario", region: "County", need: "This is needed", ok: "Add", cancel: "Not now", done: "Added; the poster can be printed" },
  },
);
