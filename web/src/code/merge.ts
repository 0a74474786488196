// What else a valid code means at a scenario that carries others: boarding and a benefit, from one showing.
// It checks no code and never makes one pass; it reads what a verdict already discloses.
import type { Rule } from "./bundle";

export interface Told { verdict: string; form: string | null; assurance: number; age_band: number; benefit: number; stale: boolean }

const FORM_BIT: Record<string, number> = { T1: 2, T1c: 4, T0: 8, T2: 16 };
const ANY_SCENARIO = 1, ANY_SITE = 2, ATTENDED = 4, AGE_BAND = 1, BENEFIT = 2;
const on = (rule: Rule, bit: number): boolean => (rule.switches & bit) !== 0;
const pause = (rule: Rule): number => rule.againAfter ?? Infinity;
const cap = (rule: Rule): number => rule.capT2 || Infinity;

/** A low scenario that takes codes signed for any scenario and asks for a disclosure is carried, where nothing that it demands is done more loosely. */
export const mayCarry = (rule: Rule, other: Rule): boolean =>
  rule.id !== other.id && rule.level === 0 && other.level === 0 && on(other, ANY_SCENARIO) && (on(other, ANY_SITE) || !on(rule, ANY_SITE)) &&
  (other.flavour === AGE_BAND || other.flavour === BENEFIT) && other.ageMin <= rule.ageMin && rule.ageMax <= other.ageMax && rule.late <= other.late && pause(rule) >= pause(other) &&
  (on(rule, ATTENDED) || !on(other, ATTENDED)) && rule.staleBundle <= other.staleBundle && rule.staleStatus <= other.staleStatus && cap(rule) <= cap(other);

/** The scenarios whose meaning the verdict has too, in the order of the rule; one that is not in the bundle is left out. */
export function also(told: Told, rule: Rule, rules: ReadonlyMap<number, Rule>): Rule[] {
  if (told.verdict !== "valid" || told.form === null) return [];
  const form = FORM_BIT[told.form] ?? 0;
  return rule.merged.flatMap((id) => rules.get(id) ?? []).filter((other) => {
    const disclosed = other.flavour === AGE_BAND ? told.age_band : told.benefit;
    return mayCarry(rule, other) && disclosed > 0 && (other.accepted === 0 || (other.accepted & (1 << disclosed)) !== 0) &&
      (other.forms & form) !== 0 && told.assurance >= other.assuranceMin && (!told.stale || other.onStale === 1);
  });
}
