import { getOrCreate } from '@marquee/chassis/caching/memoize';
import { LRUCache } from 'lru-cache';
import { type GraphQLSchema, OperationTypeNode, type SelectionNode } from 'graphql';
import { type ClientOperation, evaluateCondition, isExcluded } from '../completion/client-operation.js';
import type { CacheHints } from './cache-hints.js';
import type { CacheHint, CachePolicy } from './cache-policy.js';
import { type HintSource, selectionHints } from './selection-hints.js';

/** The policy of a response as far as the schema determines it; undefined if it may not be cached. */
export type OperationPolicy = (variables: Readonly<Record<string, unknown>>) => CachePolicy | undefined;

/** Maximum of policies per operation, one for each combination of values of its conditions. */
const maxVariants = 16;

/**
 * Compiles the policy of an operation. Undefined for operations that are never cacheable: they cost nothing at run time.
 * @param supergraph the supergraph schema
 */
export function compileOperationPolicy(
  operation: ClientOperation,
  supergraph: GraphQLSchema,
  hints: CacheHints,
): OperationPolicy | undefined {
  const { definition, conditions, fragments, denied } = operation;
  const root = supergraph.getQueryType();
  // A denied field is an error, and responses with errors are not cacheable.
  if (definition.operation !== OperationTypeNode.QUERY || !root || denied.size > 0) return undefined;
  const hintsWithout = (isLeftOut: HintSource['isExcluded']): CacheHint[] =>
    selectionHints(
      { schema: supergraph, hints, fragments, isExcluded: isLeftOut },
      definition.selectionSet,
      [root.name],
      'root',
    );
  if (conditions.length > 0 && hintsWithout(isConditional).some(({ maxAge }) => maxAge === 0)) return undefined;
  const policyFor = (values: ReadonlyMap<string, boolean>) =>
    policyOf(hintsWithout((selection) => isExcluded(selection, values)));
  return conditions.length > 0 ? compileVariants(operation, policyFor) : always(policyFor(new Map()));
}

function always(policy: CachePolicy | undefined): OperationPolicy | undefined {
  return policy && (() => policy);
}

function compileVariants(
  operation: ClientOperation,
  policyFor: (values: ReadonlyMap<string, boolean>) => CachePolicy | undefined,
): OperationPolicy {
  const variants = new LRUCache<string, { policy: CachePolicy | undefined }>({ max: maxVariants });
  return (variables) => {
    const values = new Map(operation.conditions.map((name) => [name, evaluateCondition(operation, name, variables)]));
    return getOrCreate(variants, [...values.values()].join(), () => ({ policy: policyFor(values) })).policy;
  };
}

function isConditional({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name }) => name.value === 'skip' || name.value === 'include');
}

/** The policy within all hints; undefined if none has a maximum age, or one forbids caching. */
export function policyOf(hints: readonly CacheHint[]): CachePolicy | undefined {
  const ages = hints.flatMap(({ maxAge }) => (maxAge === undefined ? [] : [maxAge]));
  if (ages.length === 0) return undefined;
  const scope = hints.some((hint) => hint.scope === 'PRIVATE') ? 'PRIVATE' : 'PUBLIC';
  const maxAge = Math.min(...ages);
  return maxAge > 0 ? { maxAge, scope } : undefined;
}
