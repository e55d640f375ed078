import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import { findOverrideLabels, type OverrideLabel } from '@marquee/chassis/graphql/override-labels';
import type { ActiveLabels, DeniedFields } from './operation-context.js';
import { createIntrospection } from './completion/schema-introspection.js';
import { type CachingRules, createGraphCaching } from './caching/graph-caching.js';
import { dedupeInflight } from './executor/dedupe-inflight.js';
import { createPossibleTypes } from './executor/possible-types.js';
import type { WorkOrigin } from './fair-queue.js';
import type { Fetcher, SubgraphResponse } from './fetcher.js';
import { EventLoopThrottle } from './loop-throttle.js';
import type { MissingEntities } from './missing-entity.js';
import type { OperationRequest } from './operation-context.js';
import { Requesters } from './requesters.js';
import type { ActiveIncrements } from './planner/active-increments.js';
import { AliasRewriter } from './planner/alias-rewriter.js';
import { createLabelFinder, type FindLabels } from './planner/document-labels.js';
import { expandIncrements, withoutStreams } from './planner/expand-increments.js';
import type { Planner } from './planner/in-process-planner.js';
import {
  type CompileInput,
  compilePlan,
  type OperationResult,
  type PreparedOperation,
} from './planner/prepared-operation.js';
import { createPreparedOperationCache, type PreparedOperationCache } from './planner/prepared-operation-cache.js';
import { toPlannerDocument } from './planner/planner-document.js';
import type { StartedOperation } from './planner/started-operation.js';
import { findStreamedLists } from './planner/streamed-plans.js';
import { createVariableValidator, type VariableValidator } from './planner/validate-variables.js';

/** A loaded supergraph, which prepares operations and executes them. */
export interface Graph {
  /** The API schema, which clients see. */
  schema: GraphQLSchema;
  /** The supergraph schema with its directives. */
  supergraphSchema: GraphQLSchema;
  /** Spaces out the work that is done once per operation. */
  throttle: EventLoopThrottle;
  /** Validates a document against the API schema. No errors if it is valid. */
  validate: Planner['validate'];
  validateVariables: VariableValidator;
  /**
   * Plans and compiles an operation of a valid document, once for all callers and for as long as the document exists.
   *
   * @param denied fields that are not fetched; each is null in the response, with an error at its path
   * @param origin who needs it: planning takes fair turns
   * @param increments the `@defer` and `@stream` directives that apply; without any there is one result
   * @param activeLabels the active ones of `labelsIn`; all others are inactive
   * @throws GraphQLError for an operation that cannot be planned, or whose plan the `ValidatePlan` hook rejects
   */
  prepare(
    document: DocumentNode,
    operationName: string | undefined,
    denied?: DeniedFields,
    origin?: WorkOrigin,
    increments?: ActiveIncrements,
    activeLabels?: ActiveLabels,
  ): Promise<PreparedOperation>;
  /** Formats the plan of an operation, which is planned again for it. */
  explain(operation: OperationRequest): Promise<string>;
  /** The labels of progressive overrides. */
  overrideLabels: readonly OverrideLabel[];
  /** The labels that plans of a document depend on. */
  labelsIn: FindLabels;
  /** Executes a query or mutation. */
  execute(
    prepared: PreparedOperation,
    operation: Pick<OperationRequest, 'variables' | 'context' | 'onError'>,
  ): Promise<OperationResult>;
  /**
   * Completes events of a subscription, as its subgraph sent them, with data that is fetched as for a query: once for all
   * events where possible. One result per event, in their order.
   */
  completeEvents(
    prepared: PreparedOperation,
    operation: Pick<OperationRequest, 'variables' | 'context' | 'onError'>,
    events: readonly SubgraphResponse[],
  ): Promise<OperationResult[]>;
  /** Executes an operation that was prepared for several results. */
  start(
    prepared: PreparedOperation,
    operation: Pick<OperationRequest, 'variables' | 'context' | 'onError'>,
  ): Promise<StartedOperation>;
  /** The operations that were prepared most often, the most used first. */
  mostUsed: PreparedOperationCache['mostUsed'];
}

/** Checks a plan for a supergraph before it is compiled. No errors if it may be executed. */
export type ValidatePlan = (plan: QueryPlan, supergraph: GraphQLSchema) => readonly GraphQLError[];

/** Decisions that a graph leaves to its owner. */
export interface GraphRules extends CachingRules {
  validatePlan: ValidatePlan;
  /** The response for references to entities that do not exist. Default: `null`. */
  missingEntities?: MissingEntities;
  /** The size in bytes at which a response is cut. Default: none. */
  maxResponseBytes?: number;
}

const nothingDenied: DeniedFields = new Map();
const noLabels: ActiveLabels = [];

export function createGraph(
  planner: Planner,
  fetcher: Fetcher,
  rules: Partial<GraphRules> = {},
  throttle = new EventLoopThrottle(),
): Graph {
  const { schema, supergraphSchema, validate } = planner;
  const cache = createPreparedOperationCache();
  const deduped = dedupeInflight(fetcher);
  return {
    schema,
    supergraphSchema,
    ...findLabels(planner),
    throttle,
    validate,
    mostUsed: cache.mostUsed,
    validateVariables: createVariableValidator(schema),
    explain: (operation) => explain(planner, operation),
    prepare: createPrepare({ planner, throttle, ...sharedInput(planner, rules) }, cache),
    execute: (prepared, { variables, context, onError }) =>
      prepared.run({ fetcher: deduped, variables, context, onError }),
    completeEvents(prepared, { variables, context, onError }, events) {
      deduped.invalidate();
      return prepared.completeEvents({ fetcher: deduped, variables, context, onError }, events);
    },
    start: (prepared, operation) => prepared.start({ ...operation, fetcher: deduped }),
  };
}

async function explain({ schema, plan }: Planner, operation: OperationRequest): Promise<string> {
  const { document, operationName, deniedFields = nothingDenied, activeLabels = noLabels, context } = operation;
  const planned = toPlannerDocument(schema, document, deniedFields);
  const found = await plan(planned, operationName, new Requesters(context.origin), activeLabels);
  // The module is large, and threads that only execute operations do not need it.
  const { prettyFormatQueryPlan } = await import('@apollo/query-planner');
  return prettyFormatQueryPlan(found);
}

function createPrepare(
  shared: { planner: Planner; throttle: EventLoopThrottle } & ReturnType<typeof sharedInput>,
  cache: PreparedOperationCache,
): Graph['prepare'] {
  return (document, operationName, denied = nothingDenied, origin, increments, activeLabels = noLabels) => {
    const operation = { document, operationName, increments, activeLabels };
    return cache.get(operation, denied, origin, (requesters) =>
      prepare({ ...shared, ...operation, denied, requesters }),
    );
  };
}

function findLabels({ supergraphSchema, plannerFields }: Planner): Pick<Graph, 'overrideLabels' | 'labelsIn'> {
  const types = Object.values(supergraphSchema.getTypeMap());
  const overrideLabels = findOverrideLabels(types.map(({ astNode }) => astNode));
  return { overrideLabels, labelsIn: createLabelFinder(overrideLabels, supergraphSchema, plannerFields) };
}

/** The input of preparations that is the same for all operations. */
function sharedInput(
  planner: Planner,
  { validatePlan = () => [], missingEntities = 'null', maxResponseBytes = Infinity, ...rules }: Partial<GraphRules>,
) {
  const { schema, supergraphSchema } = planner;
  return {
    schema,
    supergraphSchema,
    validatePlan,
    ...createGraphCaching(planner, rules),
    possibleTypes: createPossibleTypes(supergraphSchema),
    introspect: createIntrospection(schema),
    missingEntities,
    maxResponseBytes,
  };
}

interface PreparationInput extends Omit<CompileInput, 'aliases' | 'labels'> {
  planner: Planner;
  increments: ActiveIncrements | undefined;
  requesters: Requesters;
  activeLabels: ActiveLabels;
  validatePlan: ValidatePlan;
  throttle: EventLoopThrottle;
}

async function prepare({
  planner: { plan, plannerFields },
  validatePlan,
  throttle,
  increments,
  activeLabels,
  requesters,
  ...input
}: PreparationInput): Promise<PreparedOperation> {
  const { schema, operationName } = input;
  const { document, denied, labels } = expandIncrements(input.document, operationName, input.denied, increments);
  const aliases = new AliasRewriter(schema, plannerFields, document);
  const rewritten = aliases.rewrite(toPlannerDocument(schema, document, denied));
  const planned = await plan(labels ? withoutStreams(rewritten) : rewritten, operationName, requesters, activeLabels);
  const [error] = validatePlan(planned, input.supergraphSchema);
  if (error) throw error;
  await throttle.nextSlot(requesters);
  const streams = labels ? findStreamedLists(rewritten, operationName) : [];
  return compilePlan(planned, { ...input, document, denied, labels, aliases, streams });
}
