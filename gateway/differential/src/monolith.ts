import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  type GraphQLError,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  typeFromAST,
  visit,
} from 'graphql';
import { contextArguments } from './context-arguments.js';
import { concreteType, createValues, type Entity, type FieldInfo } from './drawn-values.js';
import { createFailures } from './injected-failures.js';
import { nullableSchema } from './nullable-schema.js';
import type { Testbed } from './testbed.js';
import type { Trial } from './trial.js';

export interface MonolithResult {
  data: unknown;
  /** The errors of all fields. Those below a null that the error of another field caused are not in a response. */
  errors: readonly GraphQLError[];
  /** The response names of the mutations, in the order of their execution. */
  mutations: string[];
}

/**
 * Executes an operation on the API schema, as a single service with all data would: without a plan, by graphql-js alone.
 * Failures other than those of fields do not occur in it.
 */
export async function runMonolith(testbed: Testbed, trial: Trial): Promise<MonolithResult> {
  const { schema } = testbed.graph;
  const { result, mutations } = await executeOn(schema, testbed, trial);
  if (!result.errors) return { data: result.data, errors: [], mutations };
  const nullable = await executeOn(nullableSchema(schema), testbed, trial);
  return { data: result.data, errors: nullable.result.errors ?? [], mutations: nullable.mutations };
}

/** Executes an operation with `onError: "NULL"`: every error leaves null in its own place. */
export async function runKeepingNulls(testbed: Testbed, trial: Trial): Promise<MonolithResult> {
  const { schema } = testbed.graph;
  const { result, mutations } = await executeOn(nullableSchema(schema), testbed, trial);
  const { errors = [], data } = result;
  const document = onlyIntrospection(trial.document);
  if (!document) return { data, errors, mutations };
  // Introspection describes the real schema.
  const { result: described } = await executeOn(schema, testbed, { ...trial, document });
  return { data: { ...data, ...described.data }, errors, mutations };
}

/** The introspection fields of an operation; undefined if it has none. */
function onlyIntrospection(document: DocumentNode): DocumentNode | undefined {
  const reduced = visit(document, {
    OperationDefinition(operation) {
      const selections = operation.selectionSet.selections.filter(
        (one) => one.kind === Kind.FIELD && ['__schema', '__type'].includes(one.name.value),
      );
      return selections.length > 0 ? { ...operation, selectionSet: { ...operation.selectionSet, selections } } : null;
    },
  });
  return getOperationAST(reduced) ? reduced : undefined;
}

interface MonolithRun {
  result: ExecutionResult;
  mutations: string[];
}

/** An entity with its parent in the response. */
interface NestedEntity extends Entity {
  parent?: NestedEntity;
}

async function executeOn(schema: GraphQLSchema, testbed: Testbed, trial: Trial): Promise<MonolithRun> {
  const { document, variables: variableValues } = trial;
  const { supergraphSchema } = testbed.graph;
  const mutations: string[] = [];
  const resolve = createResolver(testbed, trial);
  const result = await execute({
    schema,
    document,
    variableValues,
    typeResolver: ({ type: name, number }: Entity) => {
      const type = supergraphSchema.getType(name);
      return isAbstractType(type) ? concreteType(supergraphSchema, type, number) : name;
    },
    fieldResolver(source: NestedEntity | undefined, _args, _context, info) {
      if (info.parentType === schema.getMutationType()) mutations.push(String(info.path.key));
      return resolve(source ?? { type: info.parentType.name, number: 0 }, info);
    },
  });
  return { result, mutations };
}

type Resolve = (parent: NestedEntity, info: GraphQLResolveInfo) => unknown;

function createResolver(testbed: Testbed, { world, failures: level, variables }: Trial): Resolve {
  const values = createValues(world, testbed.isKey, testbed.numbers);
  const failures = createFailures(world, level === 'fields' ? level : 'none', testbed.isFailable);
  return (parent, info) => {
    const field = findField(testbed, info.parentType.name, info.fieldName);
    failures.field('', parent, field);
    if (failures.isNulled('', parent, field)) return null;
    const contextValues = contextArguments(testbed.graph.supergraphSchema, info).map(
      ({ name, type, field: source }) => {
        return [name, values(closest(parent, type), {}, findField(testbed, type, source))] as const;
      },
    );
    const args = { ...argumentsOf(field, info, variables), ...Object.fromEntries(contextValues) };
    return nest(values(parent, args, field), parent);
  };
}

/** A field as a subgraph defines it: with arguments, values and types that clients do not see. */
interface SubgraphField extends FieldInfo {
  definition: GraphQLField<unknown, unknown>;
}

const subgraphFields = new WeakMap<GraphQLSchema, Map<string, SubgraphField>>();

/** @param type an object type, or an interface that is an object type in the subgraph (`@interfaceObject`) */
function findField(testbed: Testbed, type: string, fieldName: string): SubgraphField {
  const known = getOrCreate(subgraphFields, testbed.graph.supergraphSchema, () => new Map<string, SubgraphField>());
  return getOrCreate(known, `${type}.${fieldName}`, () => searchField(testbed, type, fieldName));
}

function searchField({ subgraphs, graph }: Testbed, type: string, fieldName: string): SubgraphField {
  const object = graph.supergraphSchema.getType(type);
  const interfaces = isObjectType(object) ? object.getInterfaces().map(({ name }) => name) : [];
  for (const name of [type, ...interfaces])
    for (const { schema } of subgraphs.values()) {
      const parentType = schema.getType(name);
      const definition = isObjectType(parentType) ? parentType.getFields()[fieldName] : undefined;
      if (definition) return { schema, fieldName, parentType: { name }, returnType: definition.type, definition };
    }
  throw new Error(`No subgraph has the field ${type}.${fieldName}.`);
}

function argumentsOf(
  { schema, definition }: SubgraphField,
  { fieldNodes: [node], operation: { variableDefinitions = [] } }: GraphQLResolveInfo,
  variables: Record<string, unknown>,
): object {
  if (!node || definition.args.length === 0) return {};
  const known = variableDefinitions.filter(({ type }) => typeFromAST(schema, type as NamedTypeNode));
  const { coerced = {} } = getVariableValues(schema, known, variables);
  return getArgumentValues(definition, node, coerced);
}

/** The closest ancestor of a type, starting with the entity itself. */
function closest(entity: NestedEntity, type: string): Entity {
  if (entity.type === type || !entity.parent) return entity;
  return closest(entity.parent, type);
}

function nest(value: unknown, parent: NestedEntity): unknown {
  if (Array.isArray(value)) return value.map((one) => nest(one, parent));
  return typeof value === 'object' && value !== null ? { ...value, parent } : value;
}
