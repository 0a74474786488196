// Numbers, times and ids as an operator reads them, in the language of the page.
// All times are those of the province (UTC+8), whatever the desk's computer thinks.
import { useMemo } from "react";
import { useLanguage, type Language } from "./language";

export interface Format {
  number: (n: number) => string;
  /** Short from ten thousand on: "85 万", "850 K". */
  compact: (n: number) => string;
  /** Part of a whole, "0.31%"; a dash where there is no whole. */
  share: (part: number, whole: number) => string;
  /** "11 月 23 日 22:14", with the year when it is another. */
  moment: (unix_s: number) => string;
  date: (unix_s: number) => string;
  /** "11 月 23 日 星期一" */
  day: (unix_s: number) => string;
  /** "22:14" */
  clock: (unix_s: number) => string;
  /** "08", to stand small behind a moment */
  second: (unix_s: number) => string;
  /** "3 分" "26 时" "4 天": how long, in one unit, rounded down. */
  lasting: (seconds: number) => string;
}

export function useFormat(): Format {
  const { language } = useLanguage();
  return useMemo(() => formatIn(language), [language]);
}

/** First and last characters of a long id; the whole id belongs in `title`. */
export function shortId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 6)}…${id.slice(-5)}`;
}

function formatIn(language: Language): Format {
  const zh = language === "zh";
  const number = new Intl.NumberFormat(zh ? "zh-CN" : "en-GB");
  const compact = new Intl.NumberFormat(zh ? "zh-CN" : "en-GB", { notation: "compact", maximumFractionDigits: 1 });
  const thisYear = local(Date.now() / 1000).getUTCFullYear();
  const date = (at: number): string => {
    const d = local(at);
    const year = d.getUTCFullYear() === thisYear ? "" : zh ? `${d.getUTCFullYear()} 年 ` : ` ${d.getUTCFullYear()}`;
    return zh ? `${year}${d.getUTCMonth() + 1} 月 ${d.getUTCDate()} 日` : `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]}${year}`;
  };
  return {
    number: (n) => number.format(n),
    compact: (n) => (n < 10_000 ? number.format(n) : compact.format(n).replace(/([万亿KMB])$/i, " $1")),
    share: (part, whole) => (whole > 0 ? percent(part / whole) : "—"),
    moment: (at) => `${date(at)} ${clock(at)}`,
    date,
    day: (at) => (zh ? `${date(at)} ${WEEK_ZH[local(at).getUTCDay()]}` : `${WEEK_EN[local(at).getUTCDay()]} ${date(at)}`),
    clock,
    second: (at) => local(at).toISOString().slice(17, 19),
    lasting: (seconds) => lasting(Math.max(0, Math.floor(seconds)), language),
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEK_ZH = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
const WEEK_EN = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const PROVINCE_OFFSET_S = 8 * 3600;

/** The province's wall clock, to be read with the `getUTC…` methods. */
function local(unix_s: number): Date {
  return new Date((unix_s + PROVINCE_OFFSET_S) * 1000);
}

function clock(unix_s: number): string {
  return local(unix_s).toISOString().slice(11, 16);
}

function percent(ratio: number): string {
  const p = ratio * 100;
  if (p === 0 || p === 100) return `${p}%`;
  return `${p >= 99.995 || p < 10 ? p.toFixed(2) : p.toFixed(1)}%`;
}

function lasting(s: number, language: Language): string {
  const zh = language === "zh";
  if (s < 60) return zh ? `${s} 秒` : `${s} s`;
  if (s < 3600) return zh ? `${Math.floor(s / 60)} 分` : `${Math.floor(s / 60)} min`;
  if (s < 48 * 3600) return zh ? `${Math.floor(s / 3600)} 时` : `${Math.floor(s / 3600)} h`;
  return zh ? `${Math.floor(s / 86400)} 天` : `${Math.floor(s / 86400)} d`;
}
