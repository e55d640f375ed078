import type { OperationContext } from '../../engine/operation-context.js';
import { satisfiesPolicy } from '../authorization/access-requirement.js';
import { callerShare } from './caller-share.js';

/** Decides for which callers a label of progressive overrides is active. */
export interface OverrideRule {
  /** Whether it differs between callers. */
  isPersonal: boolean;
  /** For people, for example `25 % of callers`. */
  description: string;
  isActive(context: OperationContext): boolean;
}

/** Finds the rule of a label. */
export type FindRule = (label: string) => OverrideRule;

const always: OverrideRule = { isPersonal: false, description: 'all callers', isActive: () => true };
const never: OverrideRule = { isPersonal: false, description: 'no callers', isActive: () => false };

/**
 * Reads the rules in `OVERRIDE_LABELS`. A label `percent(N)` needs none, and one without a rule is inactive.
 * @param settings each either a label, which is active for all callers, or `label=conditions`
 */
export function readOverrideRules(settings: readonly string[]): FindRule {
  const rules = new Map(
    settings.map((setting) => {
      const [label = '', conditions] = setting.split('=');
      return [label, conditions === undefined ? always : ruleOf(conditions)] as const;
    }),
  );
  return (label) => (percentageIn(label) === undefined ? (rules.get(label) ?? never) : ruleOf(label));
}

/** The labels that `OVERRIDE_LABELS` names. */
export function labelsOf(settings: readonly string[]): string[] {
  return settings.map((setting) => setting.split('=')[0] ?? '');
}

/** @param conditions alternatives separated by `|`, each of conditions that all hold, separated by `+` */
function ruleOf(conditions: string): OverrideRule {
  const alternatives = conditions.split('|').map((all) => all.split('+'));
  return {
    isPersonal: true,
    description: alternatives.map((all) => all.map(describe).join(' and ')).join(', or '),
    isActive: (context) => alternatives.some((all) => all.every((condition) => holds(condition, context))),
  };
}

/** A condition is a percentage, or a policy as in `@policy`. */
function holds(condition: string, context: OperationContext): boolean {
  const percentage = percentageIn(condition);
  return percentage === undefined ? satisfiesPolicy(condition, context.caller) : callerShare(context) < percentage;
}

function describe(condition: string): string {
  const percentage = percentageIn(condition);
  return percentage === undefined ? condition : `${percentage} % of callers`;
}

/** The number in `percent(12.5)`. */
function percentageIn(text: string): number | undefined {
  const [, number] = /^percent\((\d+(?:\.\d+)?)\)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}
