import { setImmediate as others } from 'node:timers/promises';
import {
  type DefinitionNode,
  GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type GraphQLNamedType,
  parse,
  specifiedDirectives,
} from 'graphql';
import { keepWhatIsNew } from '../lasting.js';
// What graphql's own `buildASTSchema` is made of; that builds everything at once.
import { extendSchemaImpl } from 'graphql/utilities/extendSchema.js';

/** Characters of text that are parsed at a time, and types that are built. */
const textSlice = 2_000;
const typeSlice = 10;

/** The definitions of a text, in parts that are small enough to be parsed at a time. */
export function slicesOf(sdl: string): string[] {
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

/** Builds a schema from text that is known to be right, with a breath after each slice of a few milliseconds. */
export async function schemaOf(slices: readonly string[]): Promise<GraphQLSchema> {
  const definitions: DefinitionNode[] = [];
  for (const slice of slices) {
    definitions.push(...parse(slice, { noLocation: true }).definitions);
    await breathe();
  }
  const config = extendSchemaImpl(nothing, { kind: Kind.DOCUMENT, definitions }, { assumeValid: true });
  await breathe();
  for (const [index, type] of config.types.entries()) {
    settle(type);
    if (index % typeSlice === 0) await breathe();
  }
  const directives = new Map([...specifiedDirectives, ...config.directives].map((one) => [one.name, one]));
  const schema = new GraphQLSchema({
    ...rootsOf(config.types),
    ...definedRoots(config),
    directives: [...directives.values()],
  });
  await breathe();
  return schema;
}

type Config = ReturnType<typeof extendSchemaImpl>;

const nothing: Config = {
  description: undefined,
  types: [],
  directives: [],
  extensions: {},
  astNode: undefined,
  extensionASTNodes: [],
  assumeValid: true,
};

/** Lets others have the loop, before and after the slice is moved to where it stays. */
async function breathe(): Promise<void> {
  await others();
  keepWhatIsNew();
  await others();
}

/** Builds what a type would build when somebody first looks at it. */
function settle(type: GraphQLNamedType): void {
  if (isUnionType(type)) type.getTypes();
  else if ('getFields' in type) type.getFields();
  if (isObjectType(type) || isInterfaceType(type)) type.getInterfaces();
}

/** The types that a schema begins with when it does not say which. */
function rootsOf(types: readonly GraphQLNamedType[]) {
  const named = (name: string) => types.filter(isObjectType).find((type) => type.name === name) ?? null;
  return { query: named('Query'), mutation: named('Mutation'), subscription: named('Subscription') };
}

/** What the text itself says. */
function definedRoots({ astNode, query, mutation, subscription, ...rest }: Config) {
  return { ...rest, astNode, ...(astNode && { query, mutation, subscription }) };
}
