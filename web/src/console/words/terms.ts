// Short words for what the API names by a stable word: deeds, outcomes, reasons, forms, states.
// It does not know when they apply; a word it does not know is shown as it came.
import { pair, useWords } from "./language";

export const TERMS = pair(
  {
    deed: {
      check: "核验", resolve: "取属性", upload_records: "传离线记录", sync_gate: "闸机同步", request_otp: "要验证码", enrol: "绑定设备", draw: "备码",
      short_number: "取短号", check_in: "扫场所码", see_record: "看自己的记录", consent: "同意", withdraw: "撤回同意", change_settings: "改设置",
      end_device: "解绑设备", import: "导入居民", see_residents: "查居民", enrolment_code: "发绑定码", change_standing: "改居民状态",
      issue_card: "发纸质码", revoke_card: "作废纸质码", propose_scenario: "提交场景", review_scenario: "审场景", see_scenarios: "看场景",
      add_place: "加场所", add_gate: "加闸机", end_gate: "停闸机", see_figures: "看数字", read_uses: "查使用记录", see_keys: "看密钥",
      rotate_keys: "轮换密钥", publish_bundle: "发核验包", sign_in: "登录", add_operator: "加操作员",
    },
    outcome: { valid: "有效", refused: "不通过", could_not_check: "没查成", done: "已办" },
    reason: {
      malformed: "不是一码", unknown_form: "没见过的码式", unknown_suite: "没见过的算法", unknown_kid: "没见过的密钥", kid_withdrawn: "密钥已撤回",
      expired: "码过期", not_yet_valid: "还没生效", clock_slow: "手机慢了", clock_fast: "手机快了", stale_code: "旧码", wrong_scenario: "场景不符",
      wrong_site: "场所不符", form_not_accepted: "不收这种码", replayed: "已经用过", withdrawn: "已撤回", bad_issuer_signature: "签发签名不对",
      bad_holder_signature: "持有人签名不对", assurance_too_low: "实名等级不够", flavour_needed: "缺所需的凭证", challenge_needed: "要当面应答",
      challenge_wrong: "应答不对", challenge_expired: "应答过时", card_revoked: "纸质码已作废", card_expired: "纸质码到期", status_stale: "状态表太旧",
      bundle_stale: "核验包太旧", bundle_missing: "没有核验包", clock_untrusted: "闸机时钟不可信", cap_reached: "今天次数已满", needs_online: "要联网查",
      unknown_code: "查无此码", device_ended: "设备已解绑", person_suspended: "居民已暂停", guardian_needed: "要监护人在场", busy: "服务器忙",
      server_error: "服务器出错", not_allowed: "无权", not_yours: "不是自己的", actor_ended: "办事的人或设备已停用", subject_not_active: "居民不在用",
      same_person: "自己不能审自己", not_in_manifest: "清单里没有",
      flags_not_allowed: "密钥不许这样标", not_entitled: "没有这项权益", suite_mismatch: "算法与密钥不符", wrong_day: "不是当天的码", wrong_key_use: "密钥用错地方",
    },
    form: { T1: "离线码", T1c: "应答码", T0: "在线码", T2: "纸质码", short: "短号" },
    actor: { resident: "居民", gate: "闸机", operator: "操作员", system: "系统", stranger: "未登录", system_operator: "系统管理员", security_operator: "安全管理员", audit_operator: "审计员" },
    resident: { active: "在用", suspended: "已暂停", dead: "已故" },
    proofing: ["自己填报", "与人口库比对一致", "两名工作人员当面核过"],
    level: { low: "低", medium: "中", high: "高" },
    record: { counted: "只计数", sealed: "封存，只有本人能看", named: "记名" },
  },
  {
    deed: {
      check: "Check", resolve: "Resolve", upload_records: "Upload records", sync_gate: "Gate sync", request_otp: "Ask for a password", enrol: "Enrol a device",
      draw: "Draw codes", short_number: "Short number", check_in: "Check in", see_record: "See own record", consent: "Consent", withdraw: "Withdraw consent",
      change_settings: "Change settings", end_device: "End a device", import: "Import residents", see_residents: "Look up residents",
      enrolment_code: "Issue enrolment code", change_standing: "Change a resident's state", issue_card: "Issue paper code", revoke_card: "Revoke paper code",
      propose_scenario: "Propose scenario", review_scenario: "Review scenario", see_scenarios: "See scenarios", add_place: "Add place", add_gate: "Add gate",
      end_gate: "End gate", see_figures: "See figures", read_uses: "Read uses", see_keys: "See keys", rotate_keys: "Rotate keys",
      publish_bundle: "Publish bundle", sign_in: "Sign in", add_operator: "Add operator",
    },
    outcome: { valid: "Valid", refused: "Refused", could_not_check: "Not checked", done: "Done" },
    reason: {
      malformed: "Not a Yima code", unknown_form: "Unknown form", unknown_suite: "Unknown suite", unknown_kid: "Unknown key", kid_withdrawn: "Key withdrawn",
      expired: "Expired", not_yet_valid: "Not valid yet", clock_slow: "Phone slow", clock_fast: "Phone fast", stale_code: "Old code",
      wrong_scenario: "Other scenario", wrong_site: "Other place", form_not_accepted: "Form not accepted", replayed: "Already used", withdrawn: "Withdrawn",
      bad_issuer_signature: "Issuer signature wrong", bad_holder_signature: "Holder signature wrong", assurance_too_low: "Assurance too low",
      flavour_needed: "Proof missing", challenge_needed: "Challenge needed", challenge_wrong: "Challenge wrong", challenge_expired: "Challenge expired",
      card_revoked: "Card revoked", card_expired: "Card expired", status_stale: "Status list stale", bundle_stale: "Bundle stale",
      bundle_missing: "No bundle", clock_untrusted: "Gate clock untrusted", cap_reached: "Cap reached", needs_online: "Needs a network",
      unknown_code: "Unknown code", device_ended: "Device ended", person_suspended: "Resident suspended", guardian_needed: "Guardian needed",
      busy: "Server busy", server_error: "Server error", not_allowed: "Not allowed", not_yours: "Not theirs", actor_ended: "Actor ended",
      subject_not_active: "Resident not active", same_person: "Same person", not_in_manifest: "Not in the manifest",
      flags_not_allowed: "Flags not allowed", not_entitled: "Not entitled", suite_mismatch: "Suite mismatch", wrong_day: "Another day's code", wrong_key_use: "Key of another use",
    },
    form: { T1: "Offline", T1c: "Challenge", T0: "Online", T2: "Paper", short: "Short number" },
    actor: { resident: "Resident", gate: "Gate", operator: "Operator", system: "System", stranger: "Not signed in", system_operator: "System administrator", security_operator: "Security administrator", audit_operator: "Auditor" },
    resident: { active: "Active", suspended: "Suspended", dead: "Deceased" },
    proofing: ["Claimed", "Matched with the register", "Seen by two officers"],
    level: { low: "Low", medium: "Medium", high: "High" },
    record: { counted: "Counted only", sealed: "Sealed, for the holder alone", named: "Named" },
  },
);

export type Terms = typeof TERMS.zh;

export function useTerms(): Terms {
  return useWords(TERMS);
}

/** `named(terms.deed, "check")`: the word for it, or the word itself where there is none. */
export function named(table: Record<string, string>, word: string): string {
  return table[word] ?? word;
}
