import {
  type DocumentNode,
  type FieldNode,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  type GraphQLField,
  type GraphQLSchema,
  isLeafType,
  OperationTypeNode,
  parse,
} from 'graphql';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import type { AdmittedOperation } from '../admission/admitted-operation.js';
import { rootFields } from '../admission/root-fields.js';
import { whileConnectedDirective, type WhileConnectedDirective } from './live-directives.js';

/** A value that a mutation set for as long as its connection is open, and the mutation that undoes it. */
export interface ConnectionEffect {
  /** The name of the mutation. */
  field: string;
  /** The same for mutations that differ only in the value. */
  key: string;
  /** Whether the value was set to true; false needs no undoing. */
  isSet: boolean;
  /** Seconds after which the effect ends by itself. */
  seconds: number;
  /** The mutation with the value false. */
  document: DocumentNode;
  variables: Record<string, unknown>;
}

/**
 * The effects of an operation's fields with `@whileConnected`, those without a denied field. A field that `@skip` leaves
 * out counts, too: undoing an effect that does not exist changes nothing.
 */
export function effectsOf(operation: AdmittedOperation): ConnectionEffect[] {
  const { graph, document, definition, deniedFields } = operation;
  if (definition.operation !== OperationTypeNode.MUTATION) return [];
  const marked = getOrCreate(markedFields, graph.supergraphSchema, findMarkedFields);
  // Most mutations have no such effect.
  if (marked.size === 0) return [];
  return rootFields(document, definition).flatMap(({ field }) => {
    const directive = marked.get(field.name.value);
    return directive && !deniedFields.has(field) ? effectOf(operation, field, directive) : [];
  });
}

const markedFields = new WeakMap<GraphQLSchema, ReadonlyMap<string, WhileConnectedDirective>>();

function findMarkedFields(supergraph: GraphQLSchema): ReadonlyMap<string, WhileConnectedDirective> {
  const names = Object.keys(supergraph.getMutationType()?.getFields() ?? {});
  return new Map(
    names.flatMap((name) => {
      const directive = whileConnectedDirective(supergraph, name);
      return directive ? [[name, directive]] : [];
    }),
  );
}

function effectOf(
  { graph, definition, variables }: AdmittedOperation,
  field: FieldNode,
  { argument, seconds }: WhileConnectedDirective,
): ConnectionEffect[] {
  const mutation = graph.schema.getMutationType()?.getFields()[field.name.value];
  const { coerced } = getVariableValues(graph.schema, definition.variableDefinitions ?? [], variables);
  if (!mutation || !coerced) return [];
  const args = getArgumentValues(mutation, field, coerced);
  const undoing = withFalse(args, argument);
  const key = `${mutation.name} ${JSON.stringify(undoing)}`;
  const isSet = valueAt(args, argument) === true;
  return [
    {
      field: mutation.name,
      key,
      isSet,
      seconds,
      document: documentOf(mutation, Object.keys(args)),
      variables: undoing,
    },
  ];
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => (part as Record<string, unknown> | null | undefined)?.[name], value);
}

function withFalse(value: Record<string, unknown>, [name = '', ...rest]: readonly string[]): Record<string, unknown> {
  const inner = value[name] as Record<string, unknown> | null | undefined;
  return { ...value, [name]: rest.length === 0 ? false : withFalse(inner ?? {}, rest) };
}

type Mutation = GraphQLField<unknown, unknown>;

/** One document for all calls, so that it is planned once. */
const documents = new WeakMap<Mutation, Map<string, DocumentNode>>();

function documentOf(mutation: Mutation, names: readonly string[]): DocumentNode {
  const known = getOrCreate(documents, mutation, () => new Map<string, DocumentNode>());
  return getOrCreate(known, names.join(' '), () => parse(textOf(mutation, names)));
}

function textOf({ name, args, type }: Mutation, names: readonly string[]): string {
  const given = args.filter((arg) => names.includes(arg.name));
  const variables = given.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const values = given.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isLeafType(getNamedType(type)) ? '' : '{ __typename }';
  return `mutation (${variables}) { ${name}(${values}) ${selection} }`;
}
