import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import {
  execute,
  getArgumentValues,
  getVariableValues,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  type NamedTypeNode,
  type ObjectValueNode,
  typeFromAST,
} from 'graphql';
import type { Testbed } from './testbed.js';
import type { Trial } from './trial.js';
import { concreteType, createValues, type Entity, type FieldInfo } from './drawn-values.js';

/** An entity with its parent in the response. */
interface NestedEntity extends Entity {
  parent?: NestedEntity;
}

export interface MonolithResult extends OperationResult {
  /** The response names of the mutations, in the order of their execution. */
  mutations: string[];
}

/**
 * Executes an operation on the API schema, as a single service with all data would: without a plan, by graphql-js alone.
 * Its subgraphs never fail.
 */
export async function runMonolith(testbed: Testbed, { document, variables, world }: Trial): Promise<MonolithResult> {
  const { schema, supergraphSchema } = testbed.graph;
  const values = createValues(world, testbed.isKey, testbed.numbers);
  const mutations: string[] = [];
  const result = await execute({
    schema,
    document,
    variableValues: variables,
    typeResolver: ({ type: name, number }: Entity) => {
      const type = supergraphSchema.getType(name);
      return isAbstractType(type) ? concreteType(supergraphSchema, type, number) : name;
    },
    fieldResolver(source: NestedEntity | undefined, _args, _context, info) {
      if (info.parentType === schema.getMutationType()) mutations.push(String(info.path.key));
      const parent = source ?? { type: info.parentType.name, number: 0 };
      const field = findField(testbed, info.parentType.name, info.fieldName);
      const contextValues = contextArguments(supergraphSchema, info).map(({ name, type, field: source }) => {
        return [name, values(closest(parent, type), {}, findField(testbed, type, source))] as const;
      });
      const args = { ...argumentsOf(field, info, variables), ...Object.fromEntries(contextValues) };
      return nest(values(parent, args, field), parent);
    },
  });
  return { ...result, mutations };
}

/** A field as a subgraph defines it: with arguments, values and types that clients do not see. */
interface SubgraphField extends FieldInfo {
  definition: GraphQLField<unknown, unknown>;
}

/** @param type an object type, or an interface that is an object type in the subgraph (`@interfaceObject`) */
function findField({ subgraphs, graph }: Testbed, type: string, fieldName: string): SubgraphField {
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
  if (!node) return {};
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

function fieldOf(schema: GraphQLSchema, type: string, name: string): GraphQLField<unknown, unknown> | undefined {
  const found = schema.getType(type);
  return found && 'getFields' in found ? (found.getFields()[name] as GraphQLField<unknown, unknown>) : undefined;
}

interface ContextArgument {
  name: string;
  /** The field that provides the value. */
  type: string;
  field: string;
}

/** The `@fromContext` arguments of a field, from the directives of the supergraph. */
function contextArguments(schema: GraphQLSchema, { parentType, fieldName }: GraphQLResolveInfo): ContextArgument[] {
  const directives = fieldOf(schema, parentType.name, fieldName)?.astNode?.directives ?? [];
  const lists = directives.flatMap(({ arguments: given = [] }) =>
    given.filter((one) => one.name.value === 'contextArguments'),
  );
  const written = lists.flatMap(({ value }) => (value.kind === Kind.LIST ? value.values : []));
  return written
    .filter((one): one is ObjectValueNode & typeof one => one.kind === Kind.OBJECT)
    .map((one) => ({
      name: textIn(one, 'name'),
      type: contextType(schema, textIn(one, 'context')),
      field: textIn(one, 'selection').replace(/\W/g, ''),
    }));
}

function contextType(schema: GraphQLSchema, context: string): string {
  const types = Object.values(schema.getTypeMap());
  const marks = types.filter(({ astNode }) =>
    astNode?.directives?.some(({ arguments: given = [] }) =>
      given.some(({ value }) => value.kind === Kind.STRING && value.value === context),
    ),
  );
  return marks[0]?.name ?? '';
}

function textIn({ fields }: ObjectValueNode, name: string): string {
  const value = fields.find((field) => field.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : '';
}
