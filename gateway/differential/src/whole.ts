import type { OperationResult } from '@marquee/gateway/engine/planner/prepared-operation';
import {
  execute,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type ObjectValueNode,
} from 'graphql';
import type { Arena } from './arena.js';
import type { Trial } from './trial.js';
import { createValues, type Thing } from './values.js';

/** A thing with the one that led to it. */
interface Surrounded extends Thing {
  around?: Surrounded;
}

/**
 * Answers as one service would that has everything: the measure where the stock executor is none, which knows
 * nothing of `@fromContext`.
 */
export async function runWhole(
  { graph, isKey }: Arena,
  { document, variables, world }: Trial,
): Promise<OperationResult> {
  const values = createValues(world, isKey);
  return execute({
    schema: graph.schema,
    document,
    variableValues: variables,
    typeResolver: (thing: Thing) => thing.type,
    fieldResolver(source: Surrounded | undefined, args: object, _context, info) {
      const parent = source ?? { type: info.parentType.name, number: 0 };
      const around = Object.fromEntries(
        contextArguments(graph.supergraphSchema, info).map(({ name, type, field }) => [
          name,
          values(near(parent, type), {}, infoOf(graph.schema, type, field)),
        ]),
      );
      return surrounded(values(parent, { ...args, ...around }, info), parent);
    },
  });
}

function near(thing: Surrounded, type: string): Thing {
  if (thing.type === type || !thing.around) return thing;
  return near(thing.around, type);
}

function surrounded(value: unknown, around: Surrounded): unknown {
  if (Array.isArray(value)) return value.map((one) => surrounded(one, around));
  return typeof value === 'object' && value !== null ? { ...value, around } : value;
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
  /** Where the value comes from. */
  type: string;
  field: string;
}

/** The arguments of a field that are fields of what is around it, as composition wrote them down. */
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
