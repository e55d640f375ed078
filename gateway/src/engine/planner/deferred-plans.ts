import type { QueryPlan } from '@apollo/query-planner';
import { deferName } from '@marquee/chassis/graphql/incremental-schema';
import { type DirectiveNode, type DocumentNode, visit } from 'graphql';
import { incrementalDirectivesOf } from '../incremental-directives.js';

/** Maximum of `@defer` directives that are tried one by one; each takes another run of the planner. */
const maxAttempts = 8;

/**
 * Plans a document with `@defer`. The planner cannot defer everything: it fails for some fields that other fields
 * require, and for fragments that narrow a union. A document for which it fails is planned with as many of its
 * directives as possible. The data of the other parts is fetched with the part around them, which changes when they are
 * delivered, and nothing else. For a document with fields that have arguments from `@fromContext`, the planner loses the
 * arguments; it is planned without its directives.
 *
 * @param contextFields names of the fields with `@fromContext`
 * @param plan throws if the planner fails
 */
export function planDeferred(
  document: DocumentNode,
  contextFields: ReadonlySet<string>,
  plan: (document: DocumentNode) => QueryPlan,
): QueryPlan {
  const defers = incrementalDirectivesOf(document);
  if (defers.length === 0) return plan(document);
  if (selects(document, contextFields)) return plan(onlyDefers(document, new Set()));
  try {
    return plan(document);
  } catch {
    return planSome(document, defers.slice(0, maxAttempts), plan);
  }
}

function selects(document: DocumentNode, fields: ReadonlySet<string>): boolean {
  let isFound = false;
  if (fields.size > 0) visit(document, { Field: ({ name }) => void (isFound ||= fields.has(name.value)) });
  return isFound;
}

function planSome(
  document: DocumentNode,
  defers: readonly DirectiveNode[],
  plan: (document: DocumentNode) => QueryPlan,
): QueryPlan {
  const kept = new Set<DirectiveNode>();
  let planned = plan(onlyDefers(document, kept));
  for (const defer of defers) {
    kept.add(defer);
    try {
      planned = plan(onlyDefers(document, kept));
    } catch {
      kept.delete(defer);
    }
  }
  return planned;
}

function onlyDefers(document: DocumentNode, kept: ReadonlySet<DirectiveNode>): DocumentNode {
  return visit(document, {
    Directive: (directive) => (directive.name.value !== deferName || kept.has(directive) ? undefined : null),
  });
}
