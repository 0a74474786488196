// A stand-in for the server, for pictures only: it answers in the API's shapes with invented values and vouches for nothing.
import { randomBytes } from "node:crypto";

const b64 = (bytes) => Buffer.from(bytes).toString("base64url");
const both = (zh, en) => ({ zh, en });
const now = () => Math.floor(Date.now() / 1000);
const scenario = (id, slug, zh, en, seesZh, seesEn, ownerZh, ownerEn, whyZh, whyEn, extra = {}) => ({ id, slug, name: both(zh, en), owner: both(ownerZh, ownerEn), purpose: both(whyZh, whyEn), sees: both(seesZh, seesEn), level: "low", forms: ["T1", "T0", "T2", "short"], flavour: "plain", record: "sealed", retention_days: 30, any_scenario: true, accepted: [], attributes: [], region: "370000", ...extra });
export const scenarios = [
  scenario(1, "bus", "公交乘车", "Bus", "有效或不通过。看不到姓名、证件号和账号", "Valid or not. No name, no ID number, no account", "山东公共交通联合运营中心（演示）", "Shandong Public Transport (demo)", "核验乘车人持有有效居民码", "Checks that the rider holds a valid code"),
  scenario(2, "metro", "地铁乘车", "Metro", "有效或不通过", "Valid or not", "济南轨道交通（演示）", "Jinan Metro (demo)", "核验乘车人", "Boarding"),
  scenario(3, "hospital", "医院挂号就诊", "Hospital registration", "有效或不通过，和本院自己的就诊代号。你同意后才看到姓名和年龄段", "Valid or not, and the hospital's own pseudonym. Name and age band only if you agree", "泉城社区医院（演示）", "Quancheng Community Hospital (demo)", "确认就诊人，调出就诊卡", "Confirms the patient", { level: "medium", forms: ["T1c", "T0", "short"], attributes: ["name", "age_band"], record: "named" }),
  scenario(4, "library", "图书馆入馆", "Library", "有效 · 有借阅资格", "Valid, library member", "山东省图书馆（演示）", "Shandong Library (demo)", "入馆和借阅", "Entry and loans"),
  scenario(6, "window", "政务窗口", "Government counter", "有效或不通过，和办件代号", "Valid or not, and a case number", "山东省政务服务中心（演示）", "Government Service Centre (demo)", "窗口办事", "Counter services", { level: "medium", forms: ["T1c", "T0"], attributes: ["name"] }),
  scenario(9, "elder", "老年优待", "Senior benefit", "有效 · 年龄段", "Valid, age band", "山东省老龄事业（演示）", "Senior affairs (demo)", "免费乘车入园", "Free entry", { flavour: "age_band", accepted: [6, 7, 8] }),
  scenario(11, "student", "学生优惠", "Student discount", "只看到有学生优惠。看不到姓名、学校和证件号", "That the student discount applies. No name, no school, no ID number", "山东省青少年服务中心（演示）", "Youth Service Centre (demo)", "核对是否享受学生优惠", "Checks the discount", { flavour: "benefit", accepted: [2] }),
];
const site = { site: 1042, name: both("泉城公园东门", "Quancheng Park, East Gate"), scenario: "library", scenario_id: 4, region: "370102", place_code: "1042" };

export const benefit = (number, zh, en, drawable = true) => ({ number, words: both(zh, en), from: "2026-09-01", until: "2027-08-31", source: "import", state: "held", drawable });
export const state = { verdict: null, empty: false, benefits: [] };
const entry = (id, ago, deed, slug, place, why, saw, outcome, extra = {}) => ({ id, at: now() - ago, deed, scenario: slug, scenario_name: both("", ""), place, who: both("", ""), why, saw, outcome, reason: null, form: "T1", online: true, ...extra });
const record = () => ({ next: null, entries: [
  entry("use_1", 1500, "check", "hospital", both("泉城社区医院 · 内科", "Quancheng Hospital"), both("门诊接诊", "Registration"), both("有效 · 就诊代号", "Valid, pseudonym"), "valid", { form: "T1c" }),
  entry("use_2", 4200, "check", "netcafe", both("星海网咖 · 登记台", "Xinghai Net Café"), both("上网登记", "Registration"), both("", ""), "refused", { reason: "replayed" }),
  entry("use_3", 7800, "check", "bus", both("公交 K52 · 泺源大街东口", "Bus K52"), both("上车", "Boarding"), both("有效", "Valid"), "valid", { online: false }),
  entry("use_4", 90000, "draw", "", both("", ""), both("", ""), both("", ""), "done", { form: null }),
  entry("use_5", 92000, "enrol", "", both("", ""), both("", ""), both("", ""), "done", { form: null }),
] });

function issuerPart({ flavour, benefit: number = 0 }) {
  const part = Buffer.concat([Buffer.from([0x11, 0x11]), randomBytes(121)]);
  part[24] = 0x40 | (flavour === "age_band" ? 6 : 0);
  part[25] = number << 4;
  return b64(part);
}

async function read(req) { const parts = []; for await (const part of req) parts.push(part); const text = Buffer.concat(parts).toString(); return text ? JSON.parse(text) : {}; }

export async function fake(req, res) {
  const url = new URL(req.url, "http://x");
  const path = url.pathname.slice("/api/v1".length);
  const body = await read(req);
  const send = (value, status = 200) => res.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  const at = now();
  if (path === "/scenarios") return send({ scenarios, demo: true });
  if (path === "/enrolments/otp") return send({ challenge_id: "otp_1", expires_at: at + 300 });
  if (path === "/demo") return send({ messages: [{ to: "138****8000", text: "【一码】验证码 402913，5 分钟内有效。", at }] });
  if (path === "/enrolments") return body.code === "BAD" ? send({ type: "", title: "", status: 403, code: "unknown_code", detail: "This code is not good any more. Ask the counter for a new one.", detail_zh: "这个办理码用不了了，请到窗口再要一个。", request_id: "x" }, 403) : send({ device_id: "dev_1", slot: 0, name_masked: "*明华", region: "370102", root_fingerprint: "2b78d3281d6797e1ab47f0003b7e60a4ed226e003984eb4bb9c45e7eade2a3c0", server_at: at });
  if (path === "/device") return send({ name_masked: "*明华", region: "370102", state: "active", settings: { paper_off: false, short_off: false }, flavours: ["plain", "age_band", ...(state.benefits.length ? ["benefit"] : [])], benefits: state.benefits, server_at: at, notices: [{ at, kind: "device_enrolled", words: both("添加了一部手机“我的手机”", "A device was added") }], devices: [{ id: "dev_1", label: "我的手机", slot: 0, state: "active", enrolled_at: at, ended_at: null, this: true }, { id: "dev_2", label: "旧手机", slot: 1, state: "active", enrolled_at: at - 8640000, ended_at: null, this: false }] });
  if (path === "/tokens/draw") return send({ day: body.day, from_at: at - 36000, until_at: at + 36000, server_at: at, tokens: body.t1.map((t) => ({ flavour: t.flavour, issuer_part: issuerPart(t) })), t0: Array.from({ length: body.t0 }, () => ({ id: b64(randomBytes(16)), key: b64(randomBytes(16)) })) });
  if (path === "/short-numbers") return send({ number: body.desk ? "40291385" : "402913857716", expires_at: at + 180 });
  if (path.startsWith("/sites/")) return send(site);
  if (path === "/check-ins") return send({ receipt: "use_9", scenario: "place", place: site.name, at });
  if (path === "/record") return send(state.empty ? { entries: [], next: null } : record());
  if (path.startsWith("/record/buckets")) return send({ day: 0, prefix: "", prefix_digits: 0, records: [] });
  if (path === "/consents") return send({ consents: state.empty ? [] : [{ id: "cns_1", scenario: "window", attributes: ["name"], from_at: at - 86400, until_at: at + 7776000, state: "active" }] });
  if (path === "/bindings") return send({ bindings: state.empty ? [] : [{ id: "bnd_1", scenario: "library", card_masked: "…42", state: "active", bound_at: at - 2592000, ended_at: null }] });
  if (path === "/resolves") return send({ shown_from: 10, counts: [{ year: 2026, scenario: "window", name: { zh: "窗口办事", en: "Counter service" }, owner: { zh: "山东省政务服务中心（演示）", en: "Shandong Service Centre (demo)" }, many: 42 }] });
  if (path === "/confirmations") return send({ confirmations: [] });
  if (path === "/gates/sync") return send({ server_at: at, bundle_version: 0, gate: "gat_1", site: 1042, scenario: state.gateScenario ?? "bus", scenario_id: 1 });
  if (path === "/codes/check" && state.verdict) return send({ form: "T1", scenario: "bus", assurance: 2, age_band: 0, benefit: 0, acting: false, late: false, skew_min: 0, at, receipt: "use_7", reason: null, ...state.verdict });
  return send({ type: "", title: "", status: 404, code: "not_found", detail: "No such thing.", detail_zh: "没有这个。", request_id: "x" }, 404);
}
