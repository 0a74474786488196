// Invented answers of the API, for drawing the console's pages without a server. They are used by the screens here and nowhere else.
const now = Math.floor(Date.UTC(2026, 10, 23, 14, 20, 8) / 1000);
const hour = Math.floor(now / 3600) * 3600;
const both = (zh, en) => ({ zh, en });
const CITIES = [["3701", 251], ["3702", 268], ["3703", 98], ["3704", 52], ["3705", 40], ["3706", 148], ["3707", 163], ["3708", 131], ["3709", 86], ["3710", 62], ["3711", 37], ["3713", 170], ["3714", 85], ["3715", 80], ["3716", 58], ["3717", 114]];
const day = [2, 1, 1, 1, 4, 30, 120, 330, 353, 226, 191, 175, 186, 166, 172, 185, 225, 315, 292, 165, 118, 80, 44, 18];

export const me = (role) => ({ id: `opr_01J9${role}`, name: { system: "系统管理员 01", security: "安全管理员 01", audit: "审计员 01" }[role], role, until_at: now + 3600, demo: true });

export const overview = { residents: 10_000, devices: 3_214, scenarios: 14, gates: 6, gates_late: 2, checks_day: 18_427, refused_day: 571, unchecked_day: 129, server_at: now, demo: true };

const hours = Array.from({ length: 48 }, (_, i) => {
  const at = hour - (47 - i) * 3600;
  const n = day[((at + 28_800) / 3600) % 24] * (i < 24 ? 5 : 5.2);
  return { key: String(at), label: "", region: "", valid: Math.round(n * 0.962), refused: Math.round(n * 0.031), could_not: Math.round(n * 0.007) };
});
const sites = CITIES.map(([code, n], i) => ({ key: String(1000 + i), label: "", region: `${code}02`, valid: n * 9, refused: Math.round(n * 0.3), could_not: code === "3717" ? 21 : Math.round(n * 0.02) }));
const reasons = [["expired", 214], ["wrong_scenario", 97], ["replayed", 68], ["clock_slow", 91], ["withdrawn", 26], ["flavour_needed", 49], ["bad_holder_signature", 16], ["unknown_code", 10]].map(([key, refused]) => ({ key, label: "", region: "", valid: 0, refused, could_not: 0 }));
export const bars = (by) => ({ bars: { hour: hours, site: sites, reason: reasons, scenario: [] }[by] ?? [] });

const gate = (i, name, place, scenario, ago, lag, spool, off, state = "active") => ({ id: `gat_01JD8W${i}K3M`, name, site: 1000 + i, place, scenario, state, last_seen_at: ago === null ? null : now - ago, bundle_version: ago === null ? null : 8123 - lag, bundle_lag: ago === null ? null : lag, spool, clock_off_s: off });
export const gates = { items: [gate(1, "泉城路 3 号", "济南地铁 泉城公园站", "metro", 720, 0, 0, 0), gate(2, "17 路车载", "青岛公交 17 路", "bus", 2280, 0, 34, -1), gate(3, "102 路车载", "菏泽公交 102 路", "bus", 93_600, 2, 210, -184), gate(4, "东门 1 号", "济南市图书馆", "library", 540, 0, 0, 1), gate(5, "挂号 2 窗", "烟台毓璜顶医院", "hospital", 1260, 1, 0, 5), gate(6, "新闸机", "临沂政务大厅", "window", null, 0, 0, 0), gate(7, "旧闸机", "日照公园", "park", 864_000, 40, 0, 0, "ended")] };

const surnames = ["明华", "秀英", "建国", "玉兰", "志强", "丽", "子涵", "德福", "晓梅", "海涛", "桂花", "伟"];
export const residents = { items: surnames.map((name, i) => ({ id: `res_01JD8W3K${i}QY7VZ4N5T2M8H`, name_masked: `*${name}`, region: `${CITIES[i][0]}02`, state: i === 3 ? "suspended" : i === 7 ? "dead" : "active", proofing: i % 3 })), next: "res_x" };
export const resident = { ...residents.items[0], devices: [{ id: "dev_01JD8W1", label: "华为 Mate 60", slot: 0, state: "active", enrolled_at: now - 864_000, ended_at: null, this: false }, { id: "dev_01JD8W2", label: "小米 13", slot: 1, state: "ended", enrolled_at: now - 8_640_000, ended_at: now - 900_000, this: false }], cards: [{ id: "crd_01JD8", kind: "card", state: "active", issued_at: now - 400_000, expires: "2027-10" }, { id: "crd_01JD9", kind: "sheet", state: "revoked", issued_at: now - 4_000_000, expires: "2027-03", says: both("学生优待", "student benefit") }], benefits: [{ number: 2, words: both("学生优待", "student benefit"), from: "2026-09-01", until: "2027-08-31", source: "import", state: "held", drawable: true }, { number: 4, words: both("军人优待", "service benefit"), from: "2026-01-01", until: "2028-12-31", source: "窗口核验优待证", state: "held", drawable: false }, { number: 6, words: both("献血荣誉", "blood donor"), from: "2020-01-01", until: "2025-12-31", source: "import", state: "over", drawable: false }] };
export const enrolment = { code: "K7QF-2M9X-TR4W-8HNC", expires_at: now + 1800 };

const toml = (slug, id, zh, en, extra = "") => `# 演示数据
id = ${id}
slug = "${slug}"
region = "370000"
level = "low"
forms = ["T1", "T1c", "T0", "T2", "short"]
any_scenario = true
assurance_min = 1
age = [-30, 90]
late_s = 172800
flavour = "plain"
record = "sealed"
retention_days = 30
attributes = []${extra}

[name]
zh = "${zh}"
en = "${en}"

[place]
zh = "车上"
en = "On board"

[purpose]
zh = "乘车"
en = "Ride"

[sees]
zh = "一个有效的码，不知道是谁"
en = "A valid code, not whose"

[owner]
zh = "省交通运输厅"
en = "Department of Transport"
credit_code = "11370000004502345X"

[offline]
stale_bundle_s = 86400
stale_status_s = 86400
on_stale = "could_not_check"
`;
const version = (slug, id, zh, en, over = {}) => ({ slug, id, version: 1, state: "active", toml: toml(slug, id, zh, en), proposed_by: "系统管理员 01", reviewed_by: "安全管理员 01", note: "合规", at: now - 5_000_000, ...over });
export const manifests = { items: [
  version("bus", 1, "公交乘车", "Bus"), version("metro", 2, "地铁进站", "Metro"), version("hospital", 3, "挂号就医", "Hospital"), version("library", 4, "图书馆", "Library"), version("park", 5, "公园入园", "Park"), version("window", 6, "亮码办事", "Government window"), version("hotel", 7, "酒店入住", "Hotel"),
  version("bus", 1, "公交乘车", "Bus", { version: 2, state: "proposed", toml: toml("bus", 1, "公交乘车", "Bus", "\nagain_after_s = 60").replace("late_s = 172800", "late_s = 86400").replace("retention_days = 30", "retention_days = 7"), proposed_by: "系统管理员 02", reviewed_by: null, note: null, at: now - 7200 }),
] };
export const places = { items: CITIES.map(([code], i) => ({ site: 1000 + i, name: both(["泉城公园站", "17 路公交", "市图书馆", "人民公园"][i % 4], ["Quancheng Park station", "Bus line 17", "City library", "People’s Park"][i % 4]), scenario: ["metro", "bus", "library", "park"][i % 4], scenario_id: 1, region: `${code}02`, place_code: String(4000271000 + i * 7919).padStart(14, "0") })) };
export const scenarios = { scenarios: manifests.items.slice(0, 7).map(({ slug, id }) => ({ id, slug, name: both({ bus: "公交乘车", metro: "地铁进站", hospital: "挂号就医", library: "图书馆", park: "公园入园", window: "亮码办事", hotel: "酒店入住" }[slug], slug), owner: both("", ""), purpose: both("", ""), sees: both("", ""), level: "low", region: "370000" })), demo: true };
export const uses = { items: Array.from({ length: 24 }, (_, i) => ({ id: `use_01JD8W3K9QY7VZ4N5T2M${String(i).padStart(2, "0")}`, at: now - i * 37, deed: ["check", "check", "draw", "check", "sign_in", "check_in", "check", "issue_card"][i % 8], actor_kind: ["gate", "gate", "resident", "gate", "operator", "resident", "gate", "operator"][i % 8], actor: ["gat_01JD8W1K3M", "gat_01JD8W2K3M", "res_01JD8W3K0QY7VZ4N5T2M8H", "gat_01JD8W3K3M", "opr_01J9system", "res_01JD8W3K1QY7VZ", "gat_01JD8W5K3M", "opr_01J9system"][i % 8], scenario: ["bus", "metro", null, "library", null, "place", "bus", null][i % 8], site: [1001, 1002, null, 1004, null, 1003, 1001, null][i % 8], outcome: ["valid", "refused", "done", "valid", "done", "done", "could_not_check", "done"][i % 8], reason: [null, "replayed", null, null, null, null, "bundle_stale", null][i % 8], form: ["T1", "T1", null, "T0", null, null, "T2", null][i % 8] })), next: "use_x" };
const key = (kid, purpose, suite, d, state) => ({ kid, suite, purpose, day: d, state, from_at: d === null ? now - 3_000_000 : 1_577_808_000 + d * 86_400 + 10_800, until_at: d === null ? now + 30_000_000 : 1_577_808_000 + (d + 1) * 86_400 + 14_400 });
export const keys = { keys: [key("a91f03c2", "t1", "ES256", 2519, "assigned"), key("07be44d1", "t1", "SM2", 2519, "assigned"), key("5c22e8fa", "t1", "ES256", 2518, "active"), key("91d7b630", "t1", "SM2", 2518, "active"), key("3fd01122", "t1", "ES256", 2517, "retired"), key("be11aa09", "t1", "ES256", 2510, "destroyed"), { ...key("d45c91e7", "t2", "ES256", null, "live"), cards: 1204 }, { ...key("0a3bc41f", "t2", "ES256", null, "withdrawn"), cards: 88 }, key("6b3f28c0", "root", "ES256", null, "active"), key("118c0a5d", "keys", "ES256", null, "active"), key("fa90be71", "manifests", "ES256", null, "active"), key("20c6d3e4", "lists-time", "ES256", null, "active")], root_fingerprint: "9f2c4be07a1d83e65c90b7f4128ed36a5b0f9c7e214d86a3f0517b2ec94d6a18", bundle_version: 8123 };

const role = (name, threshold, keys, online, ends_at) => ({ role: name, threshold, keys, online, ends_at });
/** The signing roles at home, as a new province has them. */
const AT_HOME = { roles: [role("root", 3, 5, true, now + 150_000_000), role("keys", 2, 3, true, now + 3_000_000), role("manifests", 2, 2, true, null), role("lists-time", 1, 1, true, now + 900)], root_version: 1, announced_until: now + 3_000_000, runs_out: false, awaits_reviewers: false };
/** Offline, as they should be. */
const OFFLINE = { ...AT_HOME, root_version: 4, roles: AT_HOME.roles.map((one) => ({ ...one, online: one.role === "lists-time" })) };
/** Offline, and everybody late. */
const LATE = { ...OFFLINE, announced_until: now + 3 * 86_400, runs_out: true, awaits_reviewers: true, roles: OFFLINE.roles.map((one) => (one.role === "keys" ? { ...one, ends_at: now + 3 * 86_400 } : one)) };
export const signing = { home: AT_HOME, offline: OFFLINE, late: LATE };

const counted = (year, scenario, zh, en, ownerZh, ownerEn, many) => ({ year, scenario, name: both(zh, en), owner: both(ownerZh, ownerEn), many });
export const resolves = { shown_from: 10, counts: [counted(2026, "window", "政务窗口", "Government counter", "山东省政务服务中心（演示）", "Government Service Centre (demo)", 1042), counted(2026, "hospital", "医院挂号就诊", "Hospital registration", "泉城社区医院（演示）", "Quancheng Community Hospital (demo)", 318), counted(2026, "hotel", "酒店入住", "Hotel check-in", "山东省酒店行业服务中心（演示）", "Hotels of Shandong (demo)", null), counted(2025, "window", "政务窗口", "Government counter", "山东省政务服务中心（演示）", "Government Service Centre (demo)", 866)] };

const search = (i, state, own, purpose, more) => ({ id: `aud_01JD8W${i}QY7VZ4N5T2M8H`, person: `res_01JD8W3K${i}QY7VZ4N5T2M8H`, case_number: `2026-监-00${40 + i}`, purpose, from: now - 30 * 86_400, to: now, state, own, asked_at: now - i * 7_200, orders: [], ...more });
const order = (state, own, days) => ({ id: `dly_01JD8W${days}`, authority: "济南市中级人民法院", order_number: "（2026）鲁01令7号", until_at: now + days * 86_400, state, may_answer: state === "waiting" && !own });

export const searches = (own) => ({ items: [search(1, "waiting", own, "投诉件 7：有人说窗口多次查看其信息", { orders: [order("waiting", own, 60)] }), search(2, "approved", own, "内部检查：柜台误查", { until_at: now + 6 * 86_400, orders: [order("agreed", own, 90)] }), search(3, "refused", own, "重复申请"), search(4, "approved", false, "巡查", { until_at: now - 86_400 })] });

const metadata = (more) => JSON.stringify({ "client_name#zh": "泉城挂号", "client_name#en": "Quancheng registration", redirect_uris: ["https://hospital.example.cn/callback"], grant_types: ["authorization_code", "refresh_token"], token_endpoint_auth_method: "private_key_jwt", scope: "openid profile", yima_claims: { name: { required: true, zh: "挂号用", en: "For registration" } }, yima_purpose: { zh: "门诊挂号", en: "Outpatient registration" }, yima_grant_days: 180, contacts: ["陈工 0531-0000 0000", "it@hospital.example.cn"], ...more });
const app = (version, state, more, over) => ({ id: "app_01JD8W3K6QY7VZ4N5T2M8HXABC", version, organisation: "91370000000000001J", owner: "山东泉城社区医院（演示）", sector: "91370000000000001J", metadata: metadata(more), state, proposed_by: "opr_01J9system", reviewed_by: state === "proposed" ? null : "opr_01J9security", reviewed_at: state === "proposed" ? null : now - 80_000, note: state === "proposed" ? null : "合同编号 7，地址逐个核对", at: now - 86_400 * (3 - version), ...over });
const apps = [app(2, "proposed", { redirect_uris: ["https://hospital.example.cn/callback", "https://m.hospital.example.cn/auth/return/from/yima?channel=outpatient"], yima_mandates: ["guardian", "helper"], grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:token-exchange"] }, { proposed_by: "organisation:91370000000000001J" }), app(1, "active", {})];
const stopped = app(1, "ended", { "client_name#zh": "旧公园年票", "client_name#en": "Park pass (old)", contacts: undefined }, { id: "app_01JD8W3K6QY7VZ4N5T2M8HXOLD", owner: "济南市公园管理处" });

const org = (i, kind, name, more) => ({ id: `org_01JD8W3K${i}QY7VZ4N5T2M8HX`, kind, name, region: "370102", state: "active", source: "省编办 2026-11 名册", created_at: now - 30 * 86_400, has_children: false, ...more });
const tree = [org(1, "department", "山东省卫生健康委员会", { region: "370000", has_children: true }), org(2, "department", "济南市历下区政务服务中心", { has_children: true }), org(3, "enterprise", "山东泉城社区医院（演示）", { credit_code: "91370000000000001J" }), org(4, "enterprise", "某物流公司", { credit_code: "91370000000000002G", state: "suspended" })];
const post = (i, role, state, source, more) => ({ id: `pst_01JD8W${i}`, organisation: tree[2].id, role, state, source, made_at: now - 9 * 86_400, lease_until_at: now + 4 * 86_400, ...more });
const posts = { items: [post(1, "head", "active", "scim", { account: "res_01JD8W3K6QY7VZ4N5T2M8H", accepted_at: now - 8 * 86_400 }), post(2, "counter", "pending", "scim", { user_name: "zhang.san" }), post(3, "counter", "active", "operator", { account: "res_01JD8W3K7QY7VZ4N5T2M8H" }), post(4, "handler", "active", "officer", { account: "res_01JD8W3K8QY7VZ4N5T2M8H", deputy_of: "pst_01JD8W1" }), post(5, "reviewer", "ended", "scim", { account: "res_01JD8W3K9QY7VZ4N5T2M8H", ended_at: now - 86_400, reason: "silence" })] };
const feeds = { feeds: [{ id: "fee_1", label: "省人社厅人事管理系统", made_at: now - 40 * 86_400, seen_at: now - 1_800 }, { id: "fee_2", label: "医院自己的人事系统", made_at: now - 40 * 86_400, seen_at: now - 3 * 86_400 }, { id: "fee_3", label: "新接的", made_at: now - 600 }, { id: "fee_4", label: "旧的", made_at: now - 400 * 86_400, seen_at: now - 90 * 86_400, ended_at: now - 80 * 86_400 }] };
const acts = (i, name, more) => ({ id: `edg_${i}`, name_masked: name, represents: false, state: "active", services: ["tax"], may_appoint: false, until_at: now + 200 * 86_400, ...more });
const card = { people: [acts(1, "*明华", { represents: true, may_appoint: true, services: ["annual_report", "tax", "social_insurance", "housing_fund", "permit"] }), acts(2, "*秀英", { services: ["tax", "social_insurance"], limit_amount: 500_000_00, may_appoint: true }), acts(3, "*建国", { services: ["permit"], limit_amount: 0, state: "suspended" })], filings: [{ id: "fil_1", service: "tax", state: "lodged", by_masked: "*秀英", lodged_at: now - 7_200 }, { id: "fil_2", service: "annual_report", state: "withdrawn", by_masked: "*明华", lodged_at: now - 90_000 }] };
const named = { representatives: [{ id: "use_1", organisation: tree[2].id, name: tree[2].name, resident: "res_01JD8W3K6QY7VZ4N5T2M8H", name_masked: "*志强", reference: "登记〔2026〕118 号", state: "proposed", may_decide: true, created_at: now - 5_000 }] };
const merger = (i, state, may_decide, told, all_told) => ({ id: `use_m${i}`, merged: tree[2].id, merged_name: tree[2].name, successor: tree[1].id, successor_name: tree[1].name, contact: "0531-0000-0000", reference: "鲁政字〔2026〕9 号", effect_at: now + 40 * 86_400, state, may_decide, told, all_told, created_at: now - 3 * 86_400 });
const source = (i, state, by, more) => ({ id: `rky_0${i}`, source: "省市场监管局", reason: "登记〔2026〕12 号，指纹电话核对", state, proposed_by: by, proposed_at: now - i * 86_400, may_decide: false, ...more });
const sources = (role) => ({ closed: true, items: [source(1, "active", "security", { kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", alg: "EdDSA", decided_by: "system" }), source(2, "proposed", "security", { kid: "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", alg: "ES256", reason: "每年换一次", may_decide: role === "system" }), source(3, "active", undefined, { source: "省人社厅", reason: "还没有签名设备，2027 年起签", decided_by: "system" }), source(4, "over", "system", { source: "省公安厅" }), source(5, "ended", "system", { source: "省人社厅", kid: "3yQ7bK0vXn2mR8dZ1sWfT5hJ9cLpE6uA4gNiOqYxBzM", alg: "ES256", decided_by: "security", ended_at: now - 3 * 86_400 })] });
const mergers = { mergers: [merger(1, "proposed", true, 0, false), merger(2, "approved", false, 12840, false), merger(3, "in_force", false, 312, true)] };
const imports = { imports: [{ id: "use_9", kind: "representatives", state: "proposed", source: "省市场监管局", signed_by: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", rows: 5210, new: 31, known: 5177, differs: 4, rejected: 2, rows_read: 0, proposed_by: "system", created_at: now - 3_600 }, { id: "use_8", kind: "posts", state: "running", source: "省人社厅", rows: 820, new: 36, known: 781, differs: 2, rejected: 3, rows_read: 0, proposed_by: "system:command line", approved_by: "opr_01J9security", created_at: now - 4_000 }, { id: "use_7", kind: "organisations", state: "proposed", source: "省市场监管局", rows: 12_480, new: 12_401, known: 66, differs: 3, rejected: 13, rows_read: 0, proposed_by: "system:command line", created_at: now - 9_000 }] };

const duty = (i, owner, days, overdue, told) => ({ client: `app_0${i}`, owner, reference: `Zk3n0aYpQ5uT9wX2bL7e${i}g`, state: "waiting", asked_at: now - days * 86_400, due_at: now - days * 86_400 + 21 * 86_400, told_at: told ? now - days * 86_400 + 40 : null, answered_at: null, overdue, why: null });
const duties = { items: [duty(1, "泉城医院管理中心", 30, true, true), duty(2, "齐鲁书店有限公司", 24, true, false), duty(3, "山东省图书馆", 3, false, true)] };
const grant = (i, role, state, may_decide) => ({ id: `opr_9${i}`, name: ["zhao", "qian", "sun"][i], person: `工号 100${i}`, role, state, proposed_by: "opr_01J9system", may_decide, proposed_at: now - 7_200 * (i + 1) });
const operators = (role) => ({ operators: ["system", "security", "audit"].map((one, i) => ({ id: `opr_01J9${one}`, name: one, person: `工号 000${i}`, role: one, state: "active", named: i !== 1, since_at: now - 200 * 86_400 })), grants: [grant(0, "audit", "proposed", role === "security"), grant(1, "system", "confirmed", false), grant(2, "security", "over", false)], ends: [{ id: "oen_01", name: "qian", reason: "调离，工作已交接", state: "proposed", proposed_by: "system", may_decide: role === "security", proposed_at: now - 3600 }, { id: "oen_02", name: "sun", reason: "退休", state: "confirmed", proposed_by: "security", may_decide: false, proposed_at: now - 86_400 * 9 }], names: [{ id: "onm_02", name: "zhao", person: "工号 0007", ...(role === "security" ? { resident: "赵*" } : {}), state: "proposed", proposed_by: "system", may_decide: role === "security", proposed_at: now - 1_800 }, { id: "onm_01", name: "audit", person: "工号 0002", state: "confirmed", proposed_by: "system", may_decide: false, proposed_at: now - 86_400 * 3 }], named_alone: false });
const keyDeed = (i, what, state, by, more) => ({ id: `kdd_0${i}`, what, reason: "每季例行轮换", state, proposed_by: by, proposed_at: now - 3600 * i, may_decide: false, ...more });
export const keyDeeds = (role) => ({ items: [keyDeed(1, "paper_sm2", "proposed", "security", { may_decide: role === "system" }), keyDeed(6, "withdraw_paper", "proposed", "security", { may_decide: role === "system", reason: "备份盘遗失", kid: "d45c91e7", cards: 1204 }), keyDeed(2, "void_tokens", "late", "security", { may_decide: role === "system", reason: "备份盘遗失" }), keyDeed(3, "wrapping", "unseen", undefined, { may_decide: role !== "audit" }), keyDeed(4, "tokens", "agreed", "security", { decided_by: "system" }), keyDeed(5, "paper_es256", "disputed", undefined, { decided_by: "system" })] });

/** What stands under an address that names something. */
function under(path) {
  if (path === "/manage/clients/deletions") return duties;
  if (path.startsWith("/manage/clients/")) return { versions: apps };
  if (path.endsWith("/posts")) return posts;
  if (path.endsWith("/feeds")) return feeds;
  if (path.endsWith("/enterprise")) return card;
  return { line: [tree[0], tree[1], tree[2]] };
}

/** The answer to `GET path`, or null for what the fixtures do not know. */
export function answer(path, search, role, over = {}) {
  const fixed = { "/operators/me": me(role), "/stats/overview": overview, "/residents": search.get("q") ? { items: [] } : residents, "/manage/scenarios": manifests, "/places": places, "/gates": gates, "/scenarios": scenarios, "/uses": uses, "/keys": { ...keys, signing: AT_HOME }, "/resolves": resolves, "/residents/find": residents, "/manage/audit-searches": searches(role === "audit"), "/organisations": { items: tree.filter((one) => !search.get("credit_code") || one.credit_code === search.get("credit_code")) }, "/organisations/mergers": mergers, "/organisations/imports": imports, "/sources": sources(role), "/representatives": named, "/manage/operators": operators(role), "/keys/deeds": keyDeeds(role) };
  if (path === "/manage/clients") return { items: search.get("state") === "proposed" ? [apps[0]] : [apps[1], stopped] };
  if (!fixed[path] && /^\/(manage\/clients|organisations)\//.test(path)) return over[path] ?? under(path);
  if (path === "/stats/checks") return bars(search.get("by"));
  if (path.startsWith("/residents/") && path !== "/residents/find") return resident;
  if (path.startsWith("/manage/audit-searches/")) return uses;
  return over[path] ?? fixed[path] ?? null;
}
