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
import type { ShapedField } from './fields.js';
import type { ShapedOperation } from './operation.js';

/** Answers what operations ask of the schema itself; the same question is answered once. */
export type Introspecting = (
  operation: ShapedOperation,
  field: ShapedField,
) => (variables: Readonly<Record<string, unknown>>) => unknown;

/** Most answers about a schema that are remembered; whole ones are large. */
const rememberedAnswers = 32;

export function introspectionOf(schema: GraphQLSchema): Introspecting {
  const known = new LRUCache<string, { answer: unknown }>({ max: rememberedAnswers });
  return (operation, field) => {
    const { document, names } = questionOf(operation, field);
    const text = print(document);
    return (variables) => {
      const used = Object.fromEntries(Object.entries(variables).filter(([name]) => names.has(name)));
      const key = `${text} ${JSON.stringify(used)}`;
      const found = known.get(key) ?? { answer: answerTo(schema, document, used)[field.name] };
      known.set(key, found);
      return found.answer;
    };
  };
}

/** The operation that asks for just this field, with the variables that it uses. */
function questionOf({ definition, fragments }: ShapedOperation, { nodes }: ShapedField) {
  const selectionSet = { kind: Kind.SELECTION_SET, selections: nodes } as const;
  const reached = [...fragmentsBelow({ ...definition, selectionSet }, fragments, new Set())];
  const names = new Set<string>();
  for (const node of [...nodes, ...reached]) visit(node, { Variable: ({ name }) => void names.add(name.value) });
  const variableDefinitions = (definition.variableDefinitions ?? []).filter((one) => isIn(one, names));
  const operation = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    variableDefinitions,
    selectionSet,
  } as const;
  const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...reached] };
  return { document, names };
}

type Fragments = ShapedOperation['fragments'];
type Fragment = Fragments extends ReadonlyMap<string, infer One> ? One : never;

function fragmentsBelow(node: Parameters<typeof visit>[0], fragments: Fragments, met: Set<Fragment>): Set<Fragment> {
  visit(node, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (!fragment || met.has(fragment)) return;
      met.add(fragment);
      fragmentsBelow(fragment, fragments, met);
    },
  });
  return met;
}

function isIn({ variable }: VariableDefinitionNode, names: ReadonlySet<string>): boolean {
  return names.has(variable.name.value);
}

function answerTo(schema: GraphQLSchema, document: DocumentNode, variableValues: Record<string, unknown>) {
  const { data, errors } = executeSync({ schema, document, rootValue: {}, variableValues });
  if (data && !errors) return data;
  throw errors?.[0] ?? new Error('The schema gave no answer.');
}
