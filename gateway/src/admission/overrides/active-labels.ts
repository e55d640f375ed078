import { memoizeWeak } from '@marquee/chassis/caching/memoize';
import { observedValue } from '@marquee/chassis/telemetry/instruments';
import type { DocumentNode } from 'graphql';
import type { Graph } from '../../engine/graph.js';
import type { ActiveLabels, OperationContext } from '../../engine/operation-context.js';
import type { FindRule, OverrideRule } from './override-rule.js';

/** Determines the labels of progressive overrides that are active for a caller, of those that a document meets. */
export type FindActiveLabels = (graph: Graph, document: DocumentNode, context: OperationContext) => ActiveLabels;

/** The result of every document without labels. */
export const noActiveLabels: ActiveLabels = [];

/**
 * Maximum of labels per document that differ between callers; each may double the number of its plans. Further ones, in
 * alphabetical order, are inactive in this document.
 */
const maxPersonalLabels = 4;

const ignoredLabels = observedValue('marquee.overrides.ignored');

export function createActiveLabels(findRule: FindRule): FindActiveLabels {
  const rulesOf = memoizeWeak((graph: Graph) => memoizeWeak((document: DocumentNode) => boundedRules(graph, document)));
  return (graph, document, context) =>
    rulesOf(graph)(document)
      .filter(([, rule]) => rule.isActive(context))
      .map(([label]) => label);

  function boundedRules(graph: Graph, document: DocumentNode): (readonly [string, OverrideRule])[] {
    const rules = graph.labelsIn(document).map((label) => [label, findRule(label)] as const);
    const personal = rules.filter(([, { isPersonal }]) => isPersonal);
    const ignored = new Set(personal.slice(maxPersonalLabels));
    ignoredLabels.value += ignored.size;
    return rules.filter((one) => !ignored.has(one));
  }
}
