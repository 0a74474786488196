import { pair } from "../words/language";

export const words = pair(
  {
    product: "一码", desk: "工作台", skip: "跳到正文", menu: "主导航",
    groups: { nouns: "名词 Nouns", ground: "底座 Foundation" },
    pages: { overview: "一览", residents: "居民", scenarios: "场景", uses: "使用记录", places: "场所", gates: "闸机", keys: "密钥" },
    titles: { overview: "全省一览", residents: "居民", scenarios: "应用场景", uses: "使用记录", places: "场所与场所码", gates: "闸机与核验包", keys: "密钥" },
    other: { overview: "Overview", residents: "Residents", scenarios: "Scenarios", uses: "Uses", places: "Places", gates: "Gates", keys: "Keys" },
    roles: { system: "系统管理员", security: "安全管理员", audit: "审计员" },
    limits: { system: "三员分立：看不到使用记录和密钥", security: "三员分立：看不到居民和使用记录", audit: "三员分立：只能看，不能改" },
    leave: "退出", demo: "演示数据", speak: "English", speakShort: "EN", dark: "深色", light: "浅色",
    find: { label: "找居民或闸机", hint: "姓名、身份证号、居民或闸机编号" },
    nowhere: { title: "没有这一页", do: "地址可能抄错了，或者这一页不归您的角色看。", home: "回到一览" },
    others: { title: "这一页不归您的角色看", do: (page: string, roles: string) => `${page}归${roles}看。系统、安全、审计由三个人分管，需要时请找那一位。`, and: "和" },
  },
  {
    product: "Yima", desk: "Console", skip: "Skip to content", menu: "Main",
    groups: { nouns: "Nouns", ground: "Foundation" },
    pages: { overview: "Overview", residents: "Residents", scenarios: "Scenarios", uses: "Uses", places: "Places", gates: "Gates", keys: "Keys" },
    titles: { overview: "The province at a glance", residents: "Residents", scenarios: "Scenarios", uses: "Uses", places: "Places and their codes", gates: "Gates and their bundles", keys: "Keys" },
    other: { overview: "一览", residents: "居民", scenarios: "场景", uses: "使用记录", places: "场所", gates: "闸机", keys: "密钥" },
    roles: { system: "System administrator", security: "Security administrator", audit: "Auditor" },
    limits: { system: "Sees no uses and no keys", security: "Sees no residents and no uses", audit: "Looks, changes nothing" },
    leave: "Sign out", demo: "DEMO DATA", speak: "中文", speakShort: "中", dark: "Dark", light: "Light",
    find: { label: "Find a resident or a gate", hint: "Name, ID number, resident or gate id" },
    nowhere: { title: "There is no such page", do: "The address may be mistyped, or your role doesn't have this page.", home: "Back to the overview" },
    others: { title: "Your role doesn't see this page", do: (page: string, roles: string) => `${page}: for the ${roles}. System, security and audit are three persons' work; ask the one in charge.`, and: " and the " },
  },
);
