import { getOrCreate, memoizeWeak } from '@marquee/chassis/caching/memoize';
import { badInput } from '@marquee/chassis/errors/errors';
import { type DocumentNode, type FieldNode, type GraphQLField, print, visit } from 'graphql';
import type { Graph } from '../engine/graph.js';
import { selectCursor } from './resume-cursor.js';
import { type ResumableDirective, resumableDirective } from './live-directives.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import { rootFields } from '../admission/root-fields.js';

/** A subscription as it is planned, with details of its root field. */
export interface RewrittenSubscription {
  document: DocumentNode;
  text: string;
  /** The field as the client wrote it. */
  field: FieldNode;
  /** The name or alias of the field in results. */
  responseName: string;
  definition: GraphQLField<unknown, unknown>;
  resumable: ResumableDirective | undefined;
}

const rewrites = new WeakMap<DocumentNode, Map<string | undefined, RewrittenSubscription>>();

/**
 * Rewrites a subscription so that it can be resumed, if its field is `@resumable`. Cached by document, because each
 * document belongs to one graph.
 * @throws GraphQLError if there is no field to subscribe to
 */
export function rewriteSubscription(graph: Graph, operation: AdmittedOperation): RewrittenSubscription {
  const { document, operationName } = operation;
  const byName = getOrCreate(rewrites, document, () => new Map<string | undefined, RewrittenSubscription>());
  return getOrCreate(byName, operationName, () => rewrite(graph, operation));
}

function rewrite(
  graph: Graph,
  { document: original, definition: operation }: AdmittedOperation,
): RewrittenSubscription {
  const field = rootFields(original, operation)[0]?.field;
  const definition = field && graph.schema.getSubscriptionType()?.getFields()[field.name.value];
  if (!definition) throw badInput({ path: 'query', message: 'there is no field to subscribe to' });
  const resumable = resumableDirective(graph.supergraphSchema, definition.name);
  const document = resumable ? selectCursor(original, operation, definition, resumable) : original;
  return {
    document,
    text: print(document),
    field,
    responseName: (field.alias ?? field.name).value,
    definition,
    resumable,
  };
}

/** Keeps only variables that the document uses: unused ones must not prevent sharing. */
export function usedVariables(document: DocumentNode, variables: Record<string, unknown>): Record<string, unknown> {
  const used = variableNames(document);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name)));
}

const variableNames = memoizeWeak((document: DocumentNode): ReadonlySet<string> => {
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  return names;
});
