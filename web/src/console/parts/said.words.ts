import { pair } from "../words/language";

export const words = pair(
  {
    again: "再试一次",
    number: "报修时请报这个号",
    waiting: "正在取……",
    unreachable: { title: "连不上服务器", do: "请看看这台电脑的网络。码和闸机不受影响。" },
    busy: { title: "服务器忙", do: "请过一会儿再试。" },
    ours: { title: "我们这边出了问题", do: "没有改动任何东西。请再试一次；还不行，请把下面的号报给运维。" },
    role: { title: "这一项不归您的角色看", do: "系统、安全、审计由三个人分管。需要时请找负责的那一位。" },
    refused: { title: "这一步没办成", do: "请按提示做，或请另一位管理员来。" },
    full: { title: "服务器存不下了", do: "请找运维清出空间。已经办成的都还在。" },
    missing: { title: "没有找到", do: "可能已经删去，或者地址抄错了。请回到列表再找。" },
    conflict: { title: "和现在的情况对不上", do: "请先看看最新的情况，再决定要不要做。" },
    input: { title: "填写的内容要改一下", do: "请按提示改好再提交。" },
    large: { title: "文件太大", do: "请换一个小一些的文件。" },
    often: { title: "试得太频繁", do: "请等几分钟再试。" },
    ended: { title: "登录已结束", do: "请重新登录，回来还是这一页。" },
  },
  {
    again: "Try again",
    number: "Quote this number when you ask for help",
    waiting: "Fetching…",
    unreachable: { title: "The server can't be reached", do: "Check this computer's network. Codes and gates are not affected." },
    busy: { title: "The server is busy", do: "Try again in a moment." },
    ours: {
      title: "Something broke on our side",
      do: "Nothing was changed. Try again; if it stays, give operations the number below.",
    },
    role: {
      title: "Your role doesn't see this",
      do: "System, security and audit are three people's work. Ask the one in charge.",
    },
    refused: { title: "This was not done", do: "Do as it says, or ask another administrator." },
    full: { title: "The server is full", do: "Ask operations to make room. What was done is safe." },
    missing: { title: "Not found", do: "It may be gone, or the address is mistyped. Go back to the list and look again." },
    conflict: { title: "It clashes with what stands", do: "Look at the newest state first, then decide." },
    input: { title: "Something needs correcting", do: "Correct what is named and send again." },
    large: { title: "The file is too large", do: "Choose a smaller one." },
    often: { title: "Too many tries", do: "Wait a few minutes and try again." },
    ended: { title: "Your session has ended", do: "Sign in again: you will come back to this page." },
  },
);
