import type { QueryPlan } from '@apollo/query-planner';
import { badInput } from '@marquee/chassis/errors/errors';
import type { Caller } from '@marquee/chassis/identity/caller';
import {
  type DocumentNode,
  getOperationAST,
  type GraphQLError,
  type OperationDefinitionNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Graph } from '../engine/graph.js';
import { createFieldAuthorizer, type FieldAuthorizer } from './authorization/field-authorizer.js';
import type { ContractRule } from './authorization/contract-rule.js';
import { type Cost, costModel } from './limits/operation-cost.js';
import { createDocumentLoader, type LoadedDocument } from './documents/document-loader.js';
import { countFetches } from './limits/plan-fetches.js';
import { introspectionErrors } from './authorization/introspection-rule.js';
import type { Variables } from './limits/list-size.js';
import type { Manifest } from './documents/trusted-manifest.js';
import { type PersistedDocuments, createPersistedDocuments } from './documents/persisted-documents.js';
import { countRefusal } from './refusals.js';
import type { GuardSettings } from '../guard-settings.js';
import { createTrustedDocuments } from './documents/trusted-documents.js';

/** One operation of a document that was read, and who asks for it. */
export interface GuardedOperation {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Variables;
  caller: Caller;
}

/**
 * What every operation passes, whichever road it comes on: `text`, then `read`, then `faults`, and once it is planned
 * `validatePlan`. It knows no road.
 */
export interface Guard {
  /** The document of a request, and the keeping of it. */
  persisted: PersistedDocuments;
  /** Parses, measures and validates; the same text once, and after that without a wait. */
  loadDocument(graph: Graph, text: string): LoadedDocument | Promise<LoadedDocument>;
  /** What keeps this caller from running it with these variables: nothing, as a rule. */
  faults(graph: Graph, operation: GuardedOperation): readonly GraphQLError[];
  /** The fields that this caller may not have: they are null with an error, and the rest of the answer stands. */
  deniedFields: FieldAuthorizer;
  /** What is wrong with how it would be fetched. */
  validatePlan(plan: QueryPlan): readonly GraphQLError[];
  /** The sha256 of a document that was read and that the manifest has. */
  trustedHash(document: DocumentNode): string | undefined;
}

export interface GuardOptions {
  settings: GuardSettings & { NODE_ENV: string };
  manifest: Manifest;
  /** Who is kept to a contract; nobody, as a rule. */
  confinement?: ContractRule | undefined;
}

export function createGuard({ settings, manifest, confinement }: GuardOptions): Guard {
  const costs = costReader(settings);
  const openToAll = settings.NODE_ENV !== 'production';
  const trusted = createTrustedDocuments(manifest);
  return {
    persisted: createPersistedDocuments(settings, manifest),
    loadDocument: createDocumentLoader(settings, trusted.note),
    faults(graph, { document, operationName, variables, caller }) {
      const outside = confinement?.(document, caller) ?? [];
      if (outside.length > 0) return outside;
      const hidden = openToAll ? [] : introspectionErrors(document, caller);
      const operation = getOperationAST(document, operationName);
      if (hidden.length > 0 || !operation) return hidden;
      return costFaults(costs(graph, document, operation), withDefaults(operation, variables), settings.GUARD_COST);
    },
    deniedFields: createFieldAuthorizer(),
    validatePlan: (plan) => countRefusal(fetchFaults(countFetches(plan), settings.GUARD_FETCHES)),
    trustedHash: trusted.hash,
  };
}

/** Costs are read once for each operation of a document that is remembered. */
function costReader(
  settings: GuardSettings,
): (graph: Graph, document: DocumentNode, one: OperationDefinitionNode) => Cost {
  const models = new WeakMap<Graph, ReturnType<typeof costModel>>();
  const known = new WeakMap<OperationDefinitionNode, Cost>();
  return (graph, document, operation) => {
    const model = models.get(graph) ?? costModel(graph.supergraphSchema, settings.GUARD_LIST_SIZE);
    models.set(graph, model);
    const cost = known.get(operation) ?? model(document, operation);
    known.set(operation, cost);
    return cost;
  };
}

function withDefaults({ variableDefinitions = [] }: OperationDefinitionNode, variables: Variables): Variables {
  const defaults = variableDefinitions.flatMap(({ variable, defaultValue }) =>
    defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
  );
  return defaults.length > 0 ? { ...Object.fromEntries(defaults), ...variables } : variables;
}

function costFaults({ faults, of }: Cost, variables: Variables, limit: number): readonly GraphQLError[] {
  const cost = of(variables);
  if (cost <= limit) return faults;
  const message = `an operation costs at most ${limit}; this one may cost ${cost}: ask for shorter lists`;
  return [...faults, badInput({ path: 'query', message })];
}

function fetchFaults(fetches: number, limit: number): readonly GraphQLError[] {
  if (fetches <= limit) return [];
  return [
    badInput({ path: 'query', message: `an operation takes at most ${limit} fetches; this one takes ${fetches}` }),
  ];
}
