import { setImmediate as nextMacrotask } from 'node:timers/promises';
import {
  type DefinitionNode,
  type GraphQLNamedType,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  parse,
  specifiedDirectives,
} from 'graphql';
// What `buildASTSchema` of graphql-js consists of; that one builds everything in one synchronous call.
import { extendSchemaImpl } from 'graphql/utilities/extendSchema.js';
import { minorGc } from '../loop-throttle.js';

/** Characters of SDL per slice, and types that are resolved per slice. */
const textSlice = 2_000;
const typeSlice = 10;

/** Splits SDL between definitions into slices that are parsed in a few milliseconds each. */
export function sliceSdl(sdl: string): string[] {
  const slices: string[] = [];
  let open = '';
  for (const { loc } of parse(sdl).definitions) {
    open += `${sdl.slice(loc?.start, loc?.end)}\n`;
    if (open.length < textSlice) continue;
    slices.push(open);
    open = '';
  }
  return open === '' ? slices : [...slices, open];
}

/** Builds a schema from valid SDL. Yields to the event loop after each slice of a few milliseconds. */
export async function buildSchemaInSlices(slices: readonly string[]): Promise<GraphQLSchema> {
  const definitions: DefinitionNode[] = [];
  for (const slice of slices) {
    definitions.push(...parse(slice, { noLocation: true }).definitions);
    await yieldToEventLoop();
  }
  const config = extendSchemaImpl(emptyConfig, { kind: Kind.DOCUMENT, definitions }, { assumeValid: true });
  await yieldToEventLoop();
  for (const [index, type] of config.types.entries()) {
    resolveThunks(type);
    if (index % typeSlice === 0) await yieldToEventLoop();
  }
  const directives = new Map([...specifiedDirectives, ...config.directives].map((one) => [one.name, one]));
  const schema = new GraphQLSchema({
    ...defaultRootTypes(config.types),
    ...schemaDefinition(config),
    directives: [...directives.values()],
  });
  await yieldToEventLoop();
  return schema;
}

type Config = ReturnType<typeof extendSchemaImpl>;

const emptyConfig: Config = {
  description: undefined,
  types: [],
  directives: [],
  extensions: {},
  astNode: undefined,
  extensionASTNodes: [],
  assumeValid: true,
};

/** Runs other tasks before and after a minor collection, so that the pause is not added to that of the slice. */
async function yieldToEventLoop(): Promise<void> {
  await nextMacrotask();
  minorGc();
  await nextMacrotask();
}

/** Resolves the fields and interfaces of a type, which graphql-js would otherwise do on their first use. */
function resolveThunks(type: GraphQLNamedType): void {
  if (isUnionType(type)) type.getTypes();
  else if ('getFields' in type) type.getFields();
  if (isObjectType(type) || isInterfaceType(type)) type.getInterfaces();
}

/** The root types of a schema without a schema definition. */
function defaultRootTypes(types: readonly GraphQLNamedType[]) {
  const named = (name: string) => types.filter(isObjectType).find((type) => type.name === name) ?? null;
  return { query: named('Query'), mutation: named('Mutation'), subscription: named('Subscription') };
}

/** Everything else, with the root types of the schema definition if there is one. */
function schemaDefinition({ astNode, query, mutation, subscription, ...rest }: Config) {
  return { ...rest, astNode, ...(astNode && { query, mutation, subscription }) };
}
