import { execute, GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isAbstractType } from 'graphql';
import type { Faults } from './faults.js';
import { type FetchDocument, readFetch } from './fetch-document.js';
import type { IsKey } from './keys.js';
import { concreteType, numberOf, type Thing, type Values } from './values.js';

/** What a fetch asks a subgraph for. */
export interface FetchRequest {
  query: string;
  variables: Record<string, unknown>;
}

export interface SubgraphResponse {
  data?: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
}

/** A subgraph that draws what it answers; the same request gets the same answer. */
export interface Subgraph {
  name: string;
  /** @throws Error where it is drawn that the subgraph cannot be reached */
  answer(request: FetchRequest, values: Values, faults: Faults): SubgraphResponse;
}

export function createSubgraph(name: string, schema: GraphQLSchema, isKey: IsKey): Subgraph {
  return {
    name,
    answer({ query, variables }, values, faults) {
      const fetch = readFetch(query);
      const whole = faults.whole(name, fetch);
      if (whole) return whole;
      const result = run({ name, schema, isKey, values, faults }, fetch, variables);
      return faults.raw(name, fetch, variables, JSON.parse(JSON.stringify(result)) as SubgraphResponse);
    },
  };
}

interface Run {
  name: string;
  schema: GraphQLSchema;
  isKey: IsKey;
  values: Values;
  faults: Faults;
}

function run(drawing: Run, { document }: FetchDocument, variableValues: Record<string, unknown>): unknown {
  const { name, schema, values, faults } = drawing;
  return execute({
    schema,
    document,
    variableValues,
    typeResolver: (thing: Thing) => thing.type,
    fieldResolver(source: Thing | undefined, args: Record<string, unknown>, _context, info) {
      if (info.fieldName === '_entities') return entities(drawing, args['representations']);
      const parent = source ?? { type: info.parentType.name, number: 0 };
      faults.field(name, parent, info);
      return faults.emptied(name, parent, info) ? null : values(parent, args, info);
    },
  });
}

function entities(run: Run, representations: unknown): unknown[] {
  return (representations as Record<string, unknown>[]).map((one) => run.faults.entity(run.name, thingOf(run, one)));
}

function thingOf({ schema, isKey }: Run, representation: Record<string, unknown>): Thing {
  const type = schema.getType(String(representation['__typename']));
  if (!type) throw new GraphQLError(`no type ${String(representation['__typename'])}`);
  const number = numberOf(representation, isKey);
  return { type: isAbstractType(type) ? concreteType(schema, type, number) : type.name, number };
}
