import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import {
  execute,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type ObjectValueNode,
} from 'graphql';
import type { Testbed } from './testbed.js';
import type { Trial } from './trial.js';
import { createValues, type Entity } from './drawn-values.js';

/** An entity with its parent in the response. */
interface NestedEntity extends Entity {
  parent?: NestedEntity;
}

/**
 * Executes an operation on the API schema, as a single service with all data would. It is the reference for supergraphs
 * with `@fromContext`, which the stock executor does not support.
 */
export async function runMonolith(
  { graph, isKey }: Testbed,
  { document, variables, world }: Trial,
): Promise<OperationResult> {
  const values = createValues(world, isKey);
  return execute({
    schema: graph.schema,
    document,
    variableValues: variables,
    typeResolver: (entity: Entity) => entity.type,
    fieldResolver(source: NestedEntity | undefined, args: object, _context, info) {
      const parent = source ?? { type: info.parentType.name, number: 0 };
      const contextValues = Object.fromEntries(
        contextArguments(graph.supergraphSchema, info).map(({ name, type, field }) => [
          name,
          values(closest(parent, type), {}, infoOf(graph.schema, type, field)),
        ]),
      );
      return nest(values(parent, { ...args, ...contextValues }, info), parent);
    },
  });
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

function infoOf(schema: GraphQLSchema, type: string, fieldName: string): GraphQLResolveInfo {
  const parentType = schema.getType(type);
  const field = fieldOf(schema, type, fieldName);
  return { schema, parentType, fieldName, returnType: field?.type } as GraphQLResolveInfo;
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
