import { badInput } from '@marquee/chassis/errors/errors';
import { type DocumentNode, type FieldNode, type GraphQLField, print, visit } from 'graphql';
import type { Graph } from '../engine/graph.js';
import { selectCursor } from './resume-cursor.js';
import { type ResumableDirective, resumableDirective } from './live-directives.js';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import { rootFields } from '../admission/root-fields.js';

/** A subscription as it is planned, and what is known of its field. */
export interface RewrittenSubscription {
  document: DocumentNode;
  text: string;
  /** The field as the client wrote it. */
  field: FieldNode;
  /** What the field is called in results. */
  responseName: string;
  definition: GraphQLField<unknown, unknown>;
  resumable: ResumableDirective | undefined;
}

const known = new WeakMap<DocumentNode, Map<string | undefined, RewrittenSubscription>>();

/** Makes a subscription such that it can be resumed, where its field is marked so. Documents belong to one graph each. */
export function rewriteSubscription(graph: Graph, operation: AdmittedOperation): RewrittenSubscription {
  const { document, operationName } = operation;
  const names = known.get(document) ?? new Map<string | undefined, RewrittenSubscription>();
  known.set(document, names);
  const found = names.get(operationName) ?? rewrite(graph, operation);
  names.set(operationName, found);
  return found;
}

function rewrite(graph: Graph, { document: given, definition: operation }: AdmittedOperation): RewrittenSubscription {
  const field = rootFields(given, operation)[0]?.field;
  const definition = field && graph.schema.getSubscriptionType()?.getFields()[field.name.value];
  if (!definition) throw badInput({ path: 'query', message: 'there is no field to subscribe to' });
  const resumable = resumableDirective(graph.supergraphSchema, definition.name);
  const document = resumable ? selectCursor(given, operation, definition, resumable) : given;
  return {
    document,
    text: print(document),
    field,
    responseName: (field.alias ?? field.name).value,
    definition,
    resumable,
  };
}

/** The variables that a document uses, not only declares. */
export function usedVariables(document: DocumentNode, variables: Record<string, unknown>): Record<string, unknown> {
  const used = namesUsed(document);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name)));
}

const uses = new WeakMap<DocumentNode, ReadonlySet<string>>();

function namesUsed(document: DocumentNode): ReadonlySet<string> {
  const counted = uses.get(document);
  if (counted) return counted;
  const names = new Set<string>();
  visit(document, { VariableDefinition: () => false, Variable: ({ name }) => void names.add(name.value) });
  uses.set(document, names);
  return names;
}
