import { getOperationAST, GraphQLError, OperationTypeNode } from 'graphql';
import type { ErrorBehavior, OperationContext } from '../engine/operation-context.js';
import type { Engine } from '../engine/engine.js';
import type { Graph } from '../engine/graph.js';
import type { AdmittedOperation } from './admitted-operation.js';
import { type FieldAuthorizer, noneDenied } from './authorization/field-authorizer.js';
import type { LoadedDocument } from './documents/document-loader.js';
import { errorBehaviorIn, type OperationParams } from './operation-params.js';
import { noActiveLabels } from './overrides/active-labels.js';
import type { OperationRules } from './operation-rules.js';
import type { CostBudget } from './rates/cost-budget.js';
import { inputUnits } from './rates/input-size.js';
import { countRefusal, operationUnknown, type Refusal, refusalOf } from './refusals.js';
import { rootDenials } from './subscription-rules.js';
import type { Transport } from './transports.js';

/** Decides which operations run. Every transport calls it for every operation, and nothing runs without it. */
export interface Admission {
  /**
   * In this order: charges the bytes of a large request, reads `onError`, finds the document of a persisted query,
   * parses, measures and validates it, checks the contract of the caller, chooses the operation, checks the transport,
   * introspection and cost, validates the variables, and determines the fields that are denied to the caller. These do
   * not refuse the operation: each is null with an error.
   */
  admit(params: OperationParams, context: OperationContext, transport: Transport): Promise<AdmittedOperation | Refusal>;
  /** Admits an operation again on the graph that is loaded now: a subscription outlives its graph. */
  readmit(operation: AdmittedOperation): Promise<AdmittedOperation | Refusal>;
  /** The fields of a document that a caller may not have. */
  deniedFields: FieldAuthorizer;
}

export interface AdmissionOptions {
  engine: Pick<Engine, 'graph'>;
  rules: OperationRules;
  /** Charges operations by their cost; absent without a limit. */
  budget?: CostBudget | undefined;
}

export function createAdmission({ engine, rules, budget }: AdmissionOptions): Admission {
  return {
    deniedFields: rules.deniedFields,
    async admit(params, context, transport) {
      const units = budget ? inputUnits(params) : 0;
      const exceeded = units > 0 ? await budget?.takeInput({ context, units }) : undefined;
      if (exceeded) return refusalOf([exceeded]);
      // The default is not worth a call.
      const onError = params.onError === undefined ? undefined : errorBehaviorIn(params);
      if (onError instanceof GraphQLError) return refuse([onError]);
      const text = rules.persisted.resolve(params);
      if (typeof text !== 'string') return refuse([text]);
      const graph = engine.graph();
      const loading = rules.loadDocument(graph, text, context.origin);
      // A document that is cached is not worth a promise.
      const loaded = loading instanceof Promise ? await loading : loading;
      const operation = choose({ graph, text, context, onError }, loaded, params, rules);
      if (!('graph' in operation)) return refuse(operation);
      const unsupported = transport[operation.definition.operation];
      const violations = unsupported ? [unsupported()] : check(operation, rules);
      if (violations.length > 0) return refuse(violations);
      // Without a hash there is nothing to register.
      if (params.extensions ?? params.documentId) rules.persisted.register(params, text);
      return budget ? reserve(budget, operation, units) : operation;
    },
    readmit: (operation) => readmit(operation, engine.graph(), rules),
  };
}

async function readmit(
  { text, context, onError, operationName, variables }: AdmittedOperation,
  graph: Graph,
  rules: OperationRules,
): Promise<AdmittedOperation | Refusal> {
  const loaded = await rules.loadDocument(graph, text, context.origin);
  const operation = choose({ graph, text, context, onError }, loaded, { operationName, variables }, rules);
  if (!('graph' in operation)) return refusalOf(operation);
  const violations = check(operation, rules);
  return violations.length > 0 ? refusalOf(violations) : operation;
}

type Source = Pick<AdmittedOperation, 'graph' | 'text' | 'context'> & { onError: ErrorBehavior | undefined };

/** Returns the requested operation of a document, or the errors if the caller may not run it or it has none. */
function choose(
  { graph, text: sent, context, onError }: Source,
  loaded: LoadedDocument,
  params: OperationParams,
  rules: OperationRules,
): AdmittedOperation | readonly GraphQLError[] {
  const errors = rules.errorsFor(context.caller, loaded);
  if (errors.length > 0) return errors;
  const { document } = loaded;
  // Some clients send an empty name for an operation without one.
  const operationName = params.operationName === '' ? undefined : (params.operationName ?? undefined);
  const definition = getOperationAST(document, operationName);
  if (!definition) return [operationUnknown(document, operationName)];
  const variables = params.variables ?? {};
  // The text that was parsed first, so that thousands of subscriptions do not keep one each.
  const text = document.loc?.source.body ?? sent;
  const decided = { deniedFields: noneDenied, activeLabels: noActiveLabels, cost: 0 };
  return { graph, text, document, definition, operationName, variables, context, onError, ...decided };
}

function refuse(errors: readonly GraphQLError[]): Refusal {
  countRefusal(errors);
  return refusalOf(errors);
}

/** Reserves the cost of an operation. */
async function reserve(
  budget: CostBudget,
  operation: AdmittedOperation,
  units: number,
): Promise<AdmittedOperation | Refusal> {
  const error = await budget.reserve(operation, units);
  return error ? refusalOf([error]) : operation;
}

/** Checks an operation of a valid document, and determines its denied fields and active labels. */
function check(operation: AdmittedOperation, rules: OperationRules): readonly GraphQLError[] {
  const { graph, document, definition, context } = operation;
  const violations = rules.violations(operation);
  if (violations.length > 0) return violations;
  const invalid = graph.validateVariables(operation);
  if (invalid.length > 0) return rules.disclose(invalid);
  operation.deniedFields = rules.deniedFields(graph, document, context.caller);
  // Most graphs have no labels, which is not worth a call.
  if (graph.overrideLabels.length > 0) operation.activeLabels = rules.activeLabels(graph, document, context);
  return definition.operation === OperationTypeNode.SUBSCRIPTION ? rootDenials(operation) : [];
}
