// Times as people read them, in the issuer's time zone (UTC+8 all year). It does not know which clock gave the seconds.
import { currentLang } from "./words";

const OFFSET_S = 8 * 3600;
/** Unix seconds of 2020-01-01T00:00 in the issuer's zone, where civil days count from. */
export const EPOCH_AT = 1577836800 - OFFSET_S;

/** Civil day since 2020-01-01 in the issuer's zone. */
export const civilDay = (at: number): number => Math.floor((at - EPOCH_AT) / 86400);
/** The day whose window [03:00, 04:00 next day) a new code belongs to: before 03:00 it is still yesterday's. */
export const codeDay = (at: number): number => civilDay(at - 3 * 3600);
export const dayStart = (day: number): number => EPOCH_AT + day * 86400;

const local = (at: number): Date => new Date((at + OFFSET_S) * 1000);
const two = (n: number): string => String(n).padStart(2, "0");

export const hourMinute = (at: number): string => `${two(local(at).getUTCHours())}:${two(local(at).getUTCMinutes())}`;
export const hourMinuteSecond = (at: number): string => `${hourMinute(at)}:${two(local(at).getUTCSeconds())}`;
export const isoDate = (at: number): string => local(at).toISOString().slice(0, 10);

const weekZh = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
const monthEn = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const weekEn = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

export function longDay(at: number): string {
  const d = local(at);
  return currentLang() === "zh"
    ? `${d.getUTCMonth() + 1} 月 ${d.getUTCDate()} 日 ${weekZh[d.getUTCDay()]}`
    : `${weekEn[d.getUTCDay()]} ${d.getUTCDate()} ${monthEn[d.getUTCMonth()]}`;
}
export function dayAndTime(at: number): string {
  const d = local(at);
  return currentLang() === "zh"
    ? `${d.getUTCMonth() + 1} 月 ${d.getUTCDate()} 日 ${hourMinute(at)}`
    : `${d.getUTCDate()} ${monthEn[d.getUTCMonth()]} ${hourMinute(at)}`;
}
/** "2 小时" / "2 hours": for ages of things, never for a person's wait. */
export function span(seconds: number): string {
  const zh = currentLang() === "zh";
  const minutes = Math.max(0, Math.round(seconds / 60));
  const plural = (n: number, unit: string) => `${n} ${unit}${n === 1 ? "" : "s"}`;
  if (minutes < 90) return zh ? `${minutes} 分钟` : plural(minutes, "minute");
  const hours = Math.round(minutes / 60);
  if (hours < 48) return zh ? `${hours} 小时` : plural(hours, "hour");
  const days = Math.round(hours / 24);
  return zh ? `${days} 天` : plural(days, "day");
}
