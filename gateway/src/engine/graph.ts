import type { QueryPlan } from '@apollo/query-planner';
import type { DocumentNode, GraphQLError, GraphQLSchema } from 'graphql';
import type { OperationContext } from './context.js';
import type { Fetcher, SubgraphAnswer } from './fetcher.js';
import { Naming } from './naming.js';
import { kindsOf } from './plan/kinds.js';
import type { Planning } from './planning.js';
import { createPreparations, type Preparations } from './preparations.js';
import { compilePlan, type Prepared, type Preparing, type Result } from './prepared.js';
import { withoutRefused } from './refused.js';
import { shareFetches } from './sharing.js';
import { introspectionOf } from './shape/introspection.js';
import type { Refused } from './shape/operation.js';
import { Turns } from './turns.js';
import { type VariableFaults, variableFaultsOver } from './variables.js';

/** One operation on its way through the graph. */
export interface RunningOperation {
  document: DocumentNode;
  operationName: string | undefined;
  variables: Record<string, unknown>;
  context: OperationContext;
}

/** A loaded supergraph: prepares operations and runs them. */
export interface Graph {
  /** What clients see. */
  schema: GraphQLSchema;
  /** What composition wrote, with the marks that clients do not see. */
  supergraphSchema: GraphQLSchema;
  /** What is done once for each operation waits for its turn here. */
  turns: Turns;
  /** What of a document that was parsed does not fit what clients see; nothing, as a rule. */
  faults: Planning['faults'];
  variableFaults: VariableFaults;
  /**
   * Plans and compiles an operation of a valid document, once for all who ask while the document lives.
   *
   * @param refused fields of the document that are not for this caller: nothing of them is fetched, and in the answer
   * each is null with an error at its place
   * @throws GraphQLError for an operation that cannot be planned
   */
  prepare(document: DocumentNode, operationName: string | undefined, refused?: Refused): Promise<Prepared>;
  /**
   * The one place where operations run.
   * @param event what its subgraph sent, for a subscription: it is completed as a query is
   */
  execute(
    prepared: Prepared,
    operation: Pick<RunningOperation, 'variables' | 'context'>,
    event?: SubgraphAnswer,
  ): Promise<Result>;
  /** The operations that were prepared most often, most first. */
  hottest: Preparations['hottest'];
}

/** What keeps a plan from being run; nothing, as a rule. */
export type PlanFaults = (plan: QueryPlan) => readonly GraphQLError[];

const nothingRefused: Refused = new Map();

/** Makes a graph over what plans its operations. */
export function createGraph(
  { schema, supergraphSchema, added, faults, plan }: Planning,
  fetcher: Fetcher,
  planFaults: PlanFaults = () => [],
): Graph {
  const preparations = createPreparations();
  const shared = shareFetches(fetcher);
  const turns = new Turns();
  const over = { schema, planFaults, turns, kinds: kindsOf(supergraphSchema), introspecting: introspectionOf(schema) };
  return {
    schema,
    supergraphSchema,
    turns,
    faults,
    hottest: preparations.hottest,
    variableFaults: variableFaultsOver(schema),
    prepare: (document, operationName, refused = nothingRefused) =>
      preparations.get({ document, operationName }, refused, () =>
        prepare(plan, { ...over, document, operationName, refused, naming: new Naming(schema, added, document) }),
      ),
    execute(prepared, { variables, context }, event) {
      if (event) shared.changed();
      return prepared.run({ fetcher: shared, variables, context }, event);
    },
  };
}

async function prepare(
  plan: Planning['plan'],
  { planFaults, turns, ...preparing }: Preparing & { planFaults: PlanFaults; turns: Turns },
): Promise<Prepared> {
  const { document, operationName, refused, naming } = preparing;
  const planned = await plan(naming.document(withoutRefused(document, refused)), operationName);
  const [fault] = planFaults(planned);
  if (fault) throw fault;
  await turns.next();
  return compilePlan(planned, preparing);
}
