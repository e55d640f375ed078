import { execute, GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isAbstractType } from 'graphql';
import { concreteType, type Entity, numberOf, type Values } from './drawn-values.js';
import { type FetchDocument, parseFetch } from './fetch-document.js';
import type { Failures } from './injected-failures.js';
import type { IsKey } from './key-fields.js';

export interface FetchRequest {
  query: string;
  variables: Record<string, unknown>;
}

export interface SubgraphResponse {
  data?: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
}

/** A subgraph with pseudo-random responses. Equal requests get equal responses. */
export interface Subgraph {
  name: string;
  schema: GraphQLSchema;
  /** @throws Error for a lost connection */
  respond(request: FetchRequest, values: Values, failures: Failures): SubgraphResponse;
}

export function createSubgraph(name: string, schema: GraphQLSchema, isKey: IsKey): Subgraph {
  return {
    name,
    schema,
    respond({ query, variables }, values, failures) {
      const fetch = parseFetch(query);
      const failed = failures.request(name, fetch);
      if (failed) return failed;
      const result = executeFetch({ name, schema, isKey, values, failures }, fetch, variables);
      return failures.corrupt(name, fetch, variables, JSON.parse(JSON.stringify(result)) as SubgraphResponse);
    },
  };
}

interface Execution {
  name: string;
  schema: GraphQLSchema;
  isKey: IsKey;
  values: Values;
  failures: Failures;
}

function executeFetch(
  execution: Execution,
  { document }: FetchDocument,
  variableValues: Record<string, unknown>,
): unknown {
  const { name, schema, values, failures } = execution;
  return execute({
    schema,
    document,
    variableValues,
    typeResolver: (entity: Entity) => entity.type,
    fieldResolver(source: Entity | undefined, args: Record<string, unknown>, _context, info) {
      if (info.fieldName === '_entities') return resolveEntities(execution, args['representations']);
      const parent = source ?? { type: info.parentType.name, number: 0 };
      failures.field(name, parent, info);
      return failures.isNulled(name, parent, info) ? null : values(parent, args, info);
    },
  });
}

function resolveEntities(execution: Execution, representations: unknown): unknown[] {
  return (representations as Record<string, unknown>[]).map((one) => {
    const entity = entityOf(execution, one);
    if (entity) execution.failures.entities(execution.name, entity);
    return entity && execution.failures.entity(execution.name, entity);
  });
}

/** Null if a key is null, for there is no such entity. */
function entityOf({ schema, isKey }: Execution, representation: Record<string, unknown>): Entity | null {
  const type = schema.getType(String(representation['__typename']));
  if (!type) throw new GraphQLError(`no type ${String(representation['__typename'])}`);
  const isKeyNull = Object.entries(representation).some(([name, value]) => value === null && isKey(type.name, name));
  if (isKeyNull) return null;
  const number = numberOf(representation, isKey);
  return { type: isAbstractType(type) ? concreteType(schema, type, number) : type.name, number };
}
