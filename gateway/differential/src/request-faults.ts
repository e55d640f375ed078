import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import { canonicalJson } from './canonical-json.js';
import { parseFetch } from './fetch-document.js';
import { entityFieldsOf } from './normalize-requests.js';
import type { SentRequest } from './outcome.js';

export const repeatedRepresentation = 'repeated representation';

/**
 * Finds a request that contradicts itself or the plan: of the wrong kind, with properties that differ from its body, or
 * sent more often than the number of its fetches in the plan. Returns undefined for valid requests.
 *
 * @param conditions the values of variables, with defaults
 */
export function findRequestFault(
  plan: QueryPlan,
  conditions: Conditions,
  requests: readonly SentRequest[],
): string | undefined {
  for (const request of requests) {
    const fault = findContradiction(request);
    if (fault !== undefined) return fault;
  }
  return findRepetition(fetchesOf(plan, conditions), requests);
}

function findContradiction({ query, operationName, kind, variables, entities, sent }: SentRequest): string | undefined {
  const { operation, roots } = parseFetch(query);
  if (kind !== String(operation.operation)) return 'kind of a request';
  if (sent['query'] !== query || sent['operationName'] !== operationName) return 'body of a request';
  if (operation.name?.value !== operationName) return 'operation name of a request';
  const expected = roots.flatMap(({ name, representations }) =>
    representations === undefined ? [] : [{ name, representations: variables[representations] }],
  );
  const given = entities.map(({ name, representations }) => {
    return { name, representations: representations.map((one) => JSON.parse(one) as unknown) };
  });
  return canonicalJson(expected) === canonicalJson(given) ? undefined : 'entities of a request';
}

/** Finds a root fetch or a representation that is sent more often than fetches of the plan have it. */
function findRepetition(fetches: readonly FetchNode[], requests: readonly SentRequest[]): string | undefined {
  const counts = new Map<string, number>();
  const countOf = (key: string): number => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
  const repeated = requests.map((request) => {
    const { subgraph, query, variables } = request;
    const fields = entityFieldsOf(request);
    if (!fields) {
      const count = countOf(`${subgraph} ${query} ${canonicalJson(variables)}`);
      return count > rootFetchLimit(fetches, request) ? 'repeated request' : undefined;
    }
    const isRepeated = fields.some(({ content, representations }) =>
      representations.some((one) => {
        const count = countOf(`${content} ${one}`);
        return count > 1 && count > representationLimit(fetches, content);
      }),
    );
    return isRepeated ? repeatedRepresentation : undefined;
  });
  return repeated.find((fault) => fault !== undefined);
}

function rootFetchLimit(fetches: readonly FetchNode[], { subgraph, query }: SentRequest): number {
  return fetches.filter(({ serviceName, operation }) => serviceName === subgraph && operation === query).length;
}

/** A representation occurs once for each fetch with these selections. Rewriting makes equal ones of entities of two types. */
function representationLimit(fetches: readonly FetchNode[], content: string): number {
  const same = fetches.filter(({ serviceName, operation, requires }) => {
    const [field] = requires ? (entityFieldsOf(requestOf(serviceName, operation)) ?? []) : [];
    return field !== undefined && content.startsWith(field.content.slice(0, -'{}'.length));
  });
  return same.some(({ inputRewrites }) => inputRewrites) ? Infinity : same.length;
}

/** A request of a fetch with one entity, for its content. */
function requestOf(subgraph: string, query: string): SentRequest {
  const variables = { representations: [{}] };
  return { subgraph, query, variables, operationName: undefined, kind: 'query', entities: [], sent: {} };
}

type Conditions = Readonly<Record<string, unknown>>;

/** The fetches of a plan under these conditions. */
function fetchesOf({ node }: QueryPlan, conditions: Conditions): FetchNode[] {
  if (node?.kind !== 'Subscription') return node ? fetchesIn(node, conditions) : [];
  return node.rest ? fetchesIn(node.rest, conditions) : [];
}

function fetchesIn(node: PlanNode, conditions: Conditions): FetchNode[] {
  switch (node.kind) {
    case 'Fetch':
      return [node];
    case 'Flatten':
      return fetchesIn(node.node, conditions);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((one) => fetchesIn(one, conditions));
    case 'Condition': {
      const chosen = conditions[node.condition] === true ? node.ifClause : node.elseClause;
      return chosen ? fetchesIn(chosen, conditions) : [];
    }
    case 'Defer': {
      const parts = [node.primary.node, ...node.deferred.map((one) => one.node)];
      return parts.flatMap((one) => (one ? fetchesIn(one, conditions) : []));
    }
  }
}
