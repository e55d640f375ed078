import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { OperationContext } from './context.js';
import type { Fetcher, SubgraphAnswer } from './fetcher.js';
import type { Naming } from './naming.js';
import { graphqlError } from './plan/failure.js';
import { JointFetches } from './plan/joint-fetches.js';
import type { Kinds } from './plan/kinds.js';
import type { Place } from './plan/place.js';
import { compileReceiving, type Receive } from './plan/root-fetch.js';
import type { Run, Step } from './plan/run.js';
import { compileStep } from './plan/step.js';
import { copied, type Value } from './plan/value.js';
import type { Introspecting } from './shape/introspection.js';
import { decide, type Refused, shapedOperation } from './shape/operation.js';
import { compileShaper, type Shaper } from './shape/response.js';

/** An operation that is planned and compiled, for all who send it. */
export interface Prepared {
  plan: QueryPlan;
  /** @param event for a subscription, what its subgraph sent */
  run(running: Running, event?: SubgraphAnswer): Promise<Result>;
}

/** What one execution of a prepared operation runs with. */
export interface Running {
  fetcher: Fetcher;
  variables: Record<string, unknown>;
  context: OperationContext;
}

/** An answer; without data when the operation could not run at all. */
export interface Result {
  data?: Value | null;
  errors?: readonly GraphQLError[];
}

export interface Preparing {
  /** What clients see. */
  schema: GraphQLSchema;
  /** What types subgraphs speak of. */
  kinds: Kinds;
  introspecting: Introspecting;
  document: DocumentNode;
  operationName: string | undefined;
  refused: Refused;
  naming: Naming;
}

/** Most errors that one operation tells of values which subgraphs left out against their schema. */
const faultLimit = 20;

/** Compiles a plan, and the form of the answers of the operation that it is for. */
export function compilePlan(plan: QueryPlan, preparing: Preparing): Prepared {
  const { schema, document, operationName, naming, introspecting } = preparing;
  const operation = shapedOperation(schema, document, operationName, preparing);
  const compiling = { kinds: preparing.kinds, decide: decide.bind(undefined, operation), joint: new JointFetches() };
  const { receive, node } = parted(plan, preparing.kinds);
  const step = node && compileStep(node, compiling);
  const shaper = compileShaper(operation, introspecting);
  return {
    plan,
    async run(running, event) {
      const run: Run = { ...running, data: {}, errors: [], departures: [] };
      try {
        await perform(run, { receive, step, event });
        return answer(run, shaper, naming);
      } catch (failure) {
        return { errors: [graphqlError(failure as Error)] };
      }
    },
  };
}

/** What comes of itself, and what is fetched. */
function parted({ node }: QueryPlan, kinds: Kinds): { receive?: Receive; node: PlanNode | undefined } {
  if (node?.kind !== 'Subscription') return { node };
  return { receive: compileReceiving(node.primary, kinds), node: node.rest };
}

interface Performed {
  receive: Receive | undefined;
  step: Step | undefined;
  event: SubgraphAnswer | undefined;
}

function perform(run: Run, { receive, step, event }: Performed): Promise<void> | undefined {
  const root: Place = { path: [], data: run.data };
  if ((receive === undefined) !== (event === undefined)) throw new Error('A subscription runs for its events.');
  // An event is shared by all who get it, and what is fetched is written into it.
  if (receive && event) receive(run, root, { ...event, data: copied(event.data) });
  return step?.(run, root);
}

function answer({ data: known, variables, errors: told }: Run, shaper: Shaper, naming: Naming): Result {
  const { data, faults, refusals } = shaper(known, variables);
  const errors = [...(told.length > 0 ? naming.errors(told) : faults.slice(0, faultLimit)), ...refusals];
  return errors.length > 0 ? { errors, data } : { data };
}
