import type { PlanNode } from '@apollo/query-planner';
import { execute, type GraphQLSchema, isAbstractType, isObjectType, print } from 'graphql';
import type { JsonObject } from '@marquee/gateway/engine/json-object';
import { runMonolith } from '../monolith.js';
import { activeLabels, executorRuns, type PreparedTrial } from '../prepared-trial.js';
import { subgraphsOf } from '../trial.js';
import { executeHivePlan, type SendRequest } from './hive-executor.js';
import type { HivePlanner } from './hive-planner.js';
import type { IsType } from './hive-representations.js';
import { depthOf } from './plan-depth.js';

/**
 * What Hive's planner makes of an operation that the engine answers as the monolith does:
 * - `agrees`: its plan leads to the same data;
 * - `notPlanned`: it refuses the operation;
 * - `notExecuted`: its plan leads to a request that a subgraph refuses, or has a node that the executor here lacks;
 * - `otherData`: its plan leads to other data.
 */
export type OpinionKind = 'agrees' | 'notPlanned' | 'notExecuted' | 'otherData';

export interface Opinion {
  kind: OpinionKind;
  /** For a disagreement. */
  reason?: string;
  own: PlanSize;
  /** Undefined without a plan that was executed. */
  hive?: PlanSize;
}

/** The size of a plan, in the number of requests that are sent, and of fetches that follow one another at most. */
export interface PlanSize {
  requests: number;
  depth: number;
}

/** Asks for a plan, executes it without failures, and compares the data with that of the monolith. */
export async function askHive(planner: HivePlanner, judged: PreparedTrial): Promise<Opinion> {
  const { testbed, trial, prepared, coerced } = judged;
  const { requests } = await executorRuns(judged, { ...trial, failures: 'none' })(judged.subject);
  const own = { requests: requests.length, depth: depthOf(prepared.plan.node as PlanNode | undefined, coerced) };
  const { plan, error = 'There is no plan.' } = await planner.plan(print(trial.document), activeLabels(testbed, trial));
  if (!plan) return { kind: 'notPlanned', reason: error, own };
  const [data, sent]: [JsonObject, string[]] = [{}, []];
  const send = sender(judged, sent);
  try {
    const isType = typesOf(testbed.graph.supergraphSchema);
    await executeHivePlan(plan, { send, variables: coerced, isType, data });
  } catch (failure) {
    return { kind: 'notExecuted', reason: String(failure), own };
  }
  const hive = { requests: sent.length, depth: depthOf(plan.node, coerced) };
  const [expected, found] = [await expectedData(judged), await complete(judged, data)];
  if (expected === found) return { kind: 'agrees', own, hive };
  return { kind: 'otherData', reason: `${found} for ${expected}`, own, hive };
}

/** @param sent receives the subgraph of each request */
function sender({ testbed, trial }: PreparedTrial, sent: string[]): SendRequest {
  const subgraphs = subgraphsOf(testbed, { ...trial, failures: 'none' });
  return async (subgraph, { query, variables }) => {
    sent.push(subgraph);
    const { data, errors } = subgraphs.request(subgraph, { query, variables });
    if (errors?.[0] || !data) throw new Error(`${subgraph} refuses ${query}: ${errors?.[0]?.message ?? ''}`);
    return data;
  };
}

async function expectedData({ testbed, trial }: PreparedTrial): Promise<string> {
  const { data } = await runMonolith(testbed, { ...trial, failures: 'none' });
  return JSON.stringify(data);
}

/** The response of an operation from the merged data, by graphql-js. */
async function complete({ testbed, trial, coerced }: PreparedTrial, rootValue: JsonObject): Promise<string> {
  const { data } = await execute({
    schema: testbed.graph.schema,
    document: trial.document,
    variableValues: coerced,
    rootValue,
    typeResolver: ({ __typename: name }: JsonObject, _context, { schema }, abstract) => {
      if (isObjectType(schema.getType(String(name)))) return String(name);
      // A plan that requests no type has no use for it, so that any will do.
      return schema.getPossibleTypes(abstract)[0]?.name;
    },
    fieldResolver: (source: JsonObject, _args, _context, { path }) => source[path.key],
  });
  return JSON.stringify(data);
}

function typesOf(schema: GraphQLSchema): IsType {
  return (name, typeName) => {
    if (name === typeName) return true;
    const [object, type] = [schema.getType(name), schema.getType(typeName)];
    return isObjectType(object) && isAbstractType(type) && schema.isSubType(type, object);
  };
}
