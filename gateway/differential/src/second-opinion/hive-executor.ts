import type {
  BatchFetchNode,
  EntityBatchAlias,
  FetchNode,
  FlattenNodePathSegment,
  PlanNode,
  QueryPlan,
} from '@graphql-hive/router-query-planner';
import type { SubgraphRequest } from '@marquee/gateway/engine/fetcher';
import { copyJson, isJsonObject, type JsonObject, merge } from '@marquee/gateway/engine/json-object';
import { type IsType, represent, rewrite } from './hive-representations.js';

/** Sends a request of a plan and returns its data. */
export type SendRequest = (
  subgraph: string,
  request: { query: string; kind: SubgraphRequest['kind']; variables: Record<string, unknown> },
) => Promise<JsonObject>;

export interface HiveExecution {
  send: SendRequest;
  /** With default values. */
  variables: Readonly<Record<string, unknown>>;
  isType: IsType;
  data: JsonObject;
}

/** Executes a plan of Hive's planner in the simplest way: without failures, batching or deduplication of requests. */
export async function executeHivePlan({ node }: QueryPlan, execution: HiveExecution): Promise<void> {
  if (node) await executeNode(node, execution);
}

async function executeNode(node: PlanNode, execution: HiveExecution): Promise<void> {
  switch (node.kind) {
    case 'Sequence':
      for (const one of node.nodes) await executeNode(one, execution);
      return;
    case 'Parallel':
      await Promise.all(node.nodes.map((one) => executeNode(one, execution)));
      return;
    case 'Condition': {
      const chosen = execution.variables[node.condition] === true ? node.ifClause : node.elseClause;
      return chosen && executeNode(chosen, execution);
    }
    case 'Fetch':
      return fetchRoot(node, execution);
    case 'Flatten':
      if (node.node.kind !== 'Fetch') throw new Error(`A ${node.node.kind} node in a Flatten node is not supported.`);
      return fetchEntities(node.path, node.node, execution);
    case 'BatchFetch':
      return fetchBatches(node, execution);
    case 'Subscription':
    case 'Defer':
      throw new Error(`${node.kind} nodes are not supported.`);
  }
}

async function fetchRoot(node: FetchNode, execution: HiveExecution): Promise<void> {
  const data = await execution.send(node.serviceName, requestOf(node, execution, {}));
  rewrite(data, node.outputRewrites, execution.isType);
  merge(execution.data, data);
}

async function fetchEntities(
  path: readonly FlattenNodePathSegment[],
  node: FetchNode,
  execution: HiveExecution,
): Promise<void> {
  const alias = { ...node, alias: '_entities', representationsVariableName: 'representations', paths: [path] };
  await fetchAliases(node, [alias as unknown as EntityBatchAlias], execution);
}

function fetchBatches(node: BatchFetchNode, execution: HiveExecution): Promise<void> {
  return fetchAliases(node, node.entityBatch.aliases, execution);
}

async function fetchAliases(
  node: FetchNode | BatchFetchNode,
  aliases: readonly EntityBatchAlias[],
  execution: HiveExecution,
): Promise<void> {
  const batches = aliases.map((alias) => ({ alias, ...collect(alias, execution) }));
  if (batches.every(({ representations }) => representations.length === 0)) return;
  const variables = Object.fromEntries(
    batches.map(({ alias, representations }) => [alias.representationsVariableName, representations]),
  );
  const data = await execution.send(node.serviceName, requestOf(node, execution, variables));
  for (const { alias, entities } of batches)
    for (const [index, entity] of entities.entries()) {
      const [result] = [(data[alias.alias] as unknown[])[index]];
      if (!isJsonObject(result)) continue;
      const { __typename: typename } = entity;
      const own = { __typename: typename, ...copyJson(result) };
      rewrite(own, alias.outputRewrites, execution.isType);
      merge(entity, typename === undefined ? own : keepType(own, typename, execution));
    }
}

/** A subgraph that knows an interface as an object sends its name, which must not replace the type of an entity. */
function keepType(result: JsonObject, typename: unknown, { isType }: HiveExecution): JsonObject {
  const sent = result['__typename'];
  return isType(String(typename), String(sent)) ? { ...result, __typename: typename } : result;
}

interface Collected {
  entities: JsonObject[];
  representations: JsonObject[];
}

function collect({ paths, requires, inputRewrites }: EntityBatchAlias, execution: HiveExecution): Collected {
  const found: Collected = { entities: [], representations: [] };
  const reached = new Set(paths.flatMap((path) => objectsAt(execution.data, path, execution.isType)));
  for (const entity of reached) {
    const representation = represent(entity, requires, execution);
    if (representation?.['__typename'] === undefined) continue;
    rewrite(representation, inputRewrites, execution.isType);
    found.entities.push(entity);
    found.representations.push(representation);
  }
  return found;
}

function objectsAt(value: unknown, path: readonly FlattenNodePathSegment[], isType: IsType): JsonObject[] {
  const [segment, ...rest] = path;
  if (Array.isArray(value)) {
    const next = segment === '@' ? rest : path;
    return value.flatMap((item) => objectsAt(item, next, isType));
  }
  if (!isJsonObject(value)) return [];
  if (segment === undefined) return [value];
  if (segment === '@') return [];
  if ('Field' in segment) return objectsAt(value[segment.Field], rest, isType);
  const matches = segment.TypeCondition.some((type) => isType(String(value['__typename']), type));
  return matches ? objectsAt(value, rest, isType) : [];
}

function requestOf(
  { operation: query, operationKind: kind = 'query', variableUsages = [] }: FetchNode | BatchFetchNode,
  { variables: all }: HiveExecution,
  representations: Record<string, unknown>,
): Parameters<SendRequest>[1] {
  const used = Object.entries(all).filter(([name]) => variableUsages.includes(name));
  return { query, kind, variables: { ...Object.fromEntries(used), ...representations } };
}
