import { pair } from "../words/language";

export const words = pair(
  {
    title: "登录工作台", lead: "系统、安全、审计，三个人各管一摊。",
    name: "登录名", password: "密码", totp: "动态码", totpHint: "验证器里的 6 位数字，每 30 秒一换",
    enter: "登录", ended: "登录已结束，请重新登录。没存的内容还在这一页。",
    needName: "请填登录名", needPassword: "请填密码", needTotp: "请填 6 位数字",
    refused: { title: "没能登录", do: "登录名、密码、动态码里有一样对不上。动态码请等下一个再试；还不行，请找另一位管理员。" },
    locked: { title: "试得太频繁，先歇一会儿", do: "请几分钟后再试，或请另一位管理员帮忙。" },
    motto: ["一码在手", "去哪儿都只看该看的"], mottoNote: "谁看过、为什么看，居民自己都查得到。",
    demo: "演示用的登录名和动态码，印在 yima demo 的输出里。",
    roles: { system: "系统", security: "安全", audit: "审计" },
  },
  {
    title: "Sign in to the console", lead: "System, security and audit: three persons, three names.",
    name: "Name", password: "Password", totp: "One-time code", totpHint: "Six digits from your authenticator, new every 30 s",
    enter: "Sign in", ended: "Your session has ended. Sign in again to go on where you were.",
    needName: "Enter your name", needPassword: "Enter your password", needTotp: "Enter six digits",
    refused: { title: "Not signed in", do: "Name, password or one-time code doesn't match. Wait for the next code and try again, or ask another administrator." },
    locked: { title: "Too many tries", do: "Wait a few minutes, or ask another administrator for help." },
    motto: ["One code,", "and only what is needed is seen"], mottoNote: "Who looked, and why: every resident can see it.",
    demo: "The demonstration's names and codes are printed by yima demo.",
    roles: { system: "System", security: "Security", audit: "Audit" },
  },
);
