import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type DocumentNode,
  executeSync,
  type GraphQLSchema,
  Kind,
  OperationTypeNode,
  print,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ClientOperation } from './client-operation.js';
import type { ResponseField } from './collect-fields.js';

/** Compiles an introspection field (`__schema` or `__type`) to a function of the client's variables. */
export type Introspect = (
  operation: ClientOperation,
  field: ResponseField,
) => (variables: Readonly<Record<string, unknown>>) => unknown;

/** Bounds of the cache of one schema. The size is the number of characters of a selection and of its result as JSON. */
const cacheLimits = { max: 32, maxSize: 16 * 1024 * 1024 };

/** Introspects a schema. Equal selections with equal variables are executed once. */
export function createIntrospection(schema: GraphQLSchema): Introspect {
  const cache = new LRUCache<string, Cached>({
    ...cacheLimits,
    sizeCalculation: ({ result }, key) => sizeOf(result) + key.length,
  });
  return (operation, field) => {
    const { document, variableNames } = introspectionQuery(operation, field);
    const text = print(document);
    return (variables) => {
      const used = Object.fromEntries(Object.entries(variables).filter(([name]) => variableNames.has(name)));
      const key = `${text} ${JSON.stringify(used)}`;
      const execute = (): Cached => ({ result: executeIntrospection(schema, document, used)[field.name] });
      return getOrCreate<string, Cached>(cache, key, execute).result;
    };
  };
}

function sizeOf(result: unknown): number {
  return String(JSON.stringify(result)).length;
}

interface Cached {
  result: unknown;
}

/** A query for just this field, and the variables that it uses. */
function introspectionQuery({ definition, fragments }: ClientOperation, { nodes }: ResponseField) {
  const selectionSet = { kind: Kind.SELECTION_SET, selections: nodes } as const;
  const reached = [...reachableFragments({ ...definition, selectionSet }, fragments, new Set())];
  const variableNames = new Set<string>();
  for (const node of [...nodes, ...reached])
    visit(node, { Variable: ({ name }) => void variableNames.add(name.value) });
  const variableDefinitions = (definition.variableDefinitions ?? []).filter((one) => isIn(one, variableNames));
  const operation = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions,
    selectionSet,
  } as const;
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...reached] };
  return { document, variableNames };
}

type Fragments = ClientOperation['fragments'];
type Fragment = Fragments extends ReadonlyMap<string, infer One> ? One : never;

function reachableFragments(
  node: Parameters<typeof visit>[0],
  fragments: Fragments,
  reached: Set<Fragment>,
): Set<Fragment> {
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (!fragment || reached.has(fragment)) return;
      reached.add(fragment);
      reachableFragments(fragment, fragments, reached);
    },
  });
  return reached;
}

function isIn({ variable }: VariableDefinitionNode, names: ReadonlySet<string>): boolean {
  return names.has(variable.name.value);
}

function executeIntrospection(schema: GraphQLSchema, document: DocumentNode, variableValues: Record<string, unknown>) {
  const { data, errors } = executeSync({ schema, document, rootValue: {}, variableValues });
  if (data && !errors) return data;
  throw errors?.[0] ?? new Error('The introspection query returned no data.');
}
