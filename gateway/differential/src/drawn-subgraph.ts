import {
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
} from 'graphql';
import { concreteType, type Entity, type FieldInfo, numberOf, type Values } from './drawn-values.js';
import { type FetchDocument, parseFetch } from './fetch-document.js';
import type { Failures } from './injected-failures.js';
import type { IsKey } from './key-fields.js';
import { nullableSchema } from './nullable-schema.js';

export interface FetchRequest {
  query: string;
  variables: Record<string, unknown>;
  /** `NULL` keeps nulls in their place. */
  onError?: unknown;
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
    respond({ query, variables, onError }, values, failures) {
      const fetch = parseFetch(query);
      const failed = failures.request(name, fetch);
      if (failed) return failed;
      const result = executeFetch(
        { name, schema, isKey, values, failures, keepsNulls: onError === 'NULL' },
        fetch,
        variables,
      );
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
  keepsNulls: boolean;
}

function executeFetch(
  execution: Execution,
  { document }: FetchDocument,
  variableValues: Record<string, unknown>,
): unknown {
  const { name, schema, values, failures, keepsNulls } = execution;
  return execute({
    schema: keepsNulls ? nullableSchema(schema) : schema,
    document,
    variableValues,
    typeResolver: (entity: Entity) => entity.type,
    fieldResolver(source: Entity | undefined, args: Record<string, unknown>, _context, info) {
      if (info.fieldName === '_entities') return resolveEntities(execution, args['representations']);
      const parent = source ?? { type: info.parentType.name, number: 0 };
      const field = keepsNulls ? fieldIn(schema, info) : info;
      failures.field(name, parent, field);
      return failures.isNulled(name, parent, field) ? null : values(parent, args, field);
    },
  });
}

/** The field in the schema of the subgraph, with its non-null types. */
function fieldIn(schema: GraphQLSchema, { parentType, fieldName, returnType }: GraphQLResolveInfo): FieldInfo {
  const type = schema.getType(parentType.name);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  return { schema, parentType, fieldName, returnType: field?.type ?? returnType };
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
