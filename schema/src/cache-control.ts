/**
 * Combines the `@cacheControl` hints of subgraphs. Composition keeps the hint of only one subgraph where several differ,
 * lets the hint of a type cover fields that other subgraphs add to it, and drops the hints of subgraphs that do not compose
 * the directive. Here the most restrictive hint counts, fields of subgraphs without a hint for their type are not
 * cacheable, and every subgraph's hints are kept.
 */
import { findDirective } from '@marquee/chassis/graphql/directives';
import { namedTypeOf } from '@marquee/chassis/graphql/named-type';
import {
  type ConstDirectiveNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';

interface Hint {
  maxAge?: number;
  scope?: string;
  inheritMaxAge?: boolean;
}

/** Hints by coordinate: `Type` or `Type.field`. */
type Hints = Map<string, Hint>;

/** Rewrites the hints of a supergraph. Returns the same text if it has the right ones. */
export function combineCacheControl(supergraph: string, subgraphs: readonly { typeDefs: DocumentNode }[]): string {
  const hints = hintsOf(subgraphs.map(({ typeDefs }) => typesOf(typeDefs)));
  if (hints.size === 0) return supergraph;
  const changed = new Set<string>();
  const apply = <Node extends { directives?: readonly ConstDirectiveNode[] }>(node: Node, at: string): Node => {
    const wanted = hints.get(at);
    if (JSON.stringify(hintOf(node)) === JSON.stringify(wanted)) return node;
    changed.add(at);
    const others = (node.directives ?? []).filter(({ name }) => name.value !== directive);
    return { ...node, directives: wanted ? [...others, directiveOf(wanted)] : others };
  };
  const document = parse(supergraph, { noLocation: true });
  const applyToType = (type: CacheableType): CacheableType => {
    const fields = fieldsOf(type).map((field) => apply(field, `${type.name.value}.${field.name.value}`));
    return apply('fields' in type ? { ...type, fields } : type, type.name.value);
  };
  const rewritten = visit(document, {
    ObjectTypeDefinition: applyToType,
    InterfaceTypeDefinition: applyToType,
    UnionTypeDefinition: applyToType,
  });
  if (changed.size === 0) return supergraph;
  const isDefined = document.definitions.some(
    (one) => one.kind === Kind.DIRECTIVE_DEFINITION && one.name.value === directive,
  );
  return isDefined ? `${print(rewritten)}\n` : `${print(rewritten)}\n\n${definition}\n`;
}

const directive = 'cacheControl';

/** For subgraphs that define the directive without composing it, as Apollo Server requires; their scope is an enum too. */
const definition =
  'directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean) on FIELD_DEFINITION | OBJECT | INTERFACE | UNION';

type CacheableType = Extract<
  DefinitionNode,
  { kind: Kind.OBJECT_TYPE_DEFINITION | Kind.INTERFACE_TYPE_DEFINITION | Kind.UNION_TYPE_DEFINITION }
>;

/** One type of one subgraph, with its extensions. */
interface SubgraphType {
  hint: Hint | undefined;
  fields: Map<string, { hint: Hint | undefined; isLeaf: boolean; isExternal: boolean }>;
}

type SubgraphTypes = ReadonlyMap<string, SubgraphType>;

function hintsOf(subgraphs: readonly SubgraphTypes[]): Hints {
  const hints: Hints = new Map();
  const names = new Set(subgraphs.flatMap((types) => [...types.keys()]));
  for (const name of names) {
    const types = subgraphs.flatMap((all) => all.get(name) ?? []);
    const own = types.flatMap(({ hint }) => hint ?? []);
    if (own.length > 0) hints.set(name, own.reduce(restricted));
    addFieldHints(hints, name, types);
  }
  return hints;
}

function addFieldHints(hints: Hints, name: string, types: readonly SubgraphType[]): void {
  const covered = types.filter(({ hint }) => hint);
  for (const field of new Set(types.flatMap(({ fields }) => [...fields.keys()]))) {
    const definitions = types.flatMap(({ fields }) => fields.get(field) ?? []).filter(({ isExternal }) => !isExternal);
    const own = definitions.flatMap(({ hint }) => hint ?? []);
    if (own.length > 0) hints.set(`${name}.${field}`, own.reduce(restricted));
    else if (
      covered.length > 0 &&
      definitions.some(({ isLeaf }) => isLeaf) &&
      !covered.some(({ fields }) => fields.get(field)?.isExternal === false)
    )
      hints.set(`${name}.${field}`, { maxAge: 0 });
  }
}

/** The shorter age and the narrower scope. An age that only one inherits is that of the other. */
function restricted(one: Hint, other: Hint): Hint {
  const ages = [one.maxAge, other.maxAge].filter((age) => age !== undefined);
  const scope = [one.scope, other.scope].includes('PRIVATE') ? 'PRIVATE' : (one.scope ?? other.scope);
  return {
    ...(ages.length > 0 && { maxAge: Math.min(...ages) }),
    ...(scope !== undefined && { scope }),
    ...(ages.length === 0 && one.inheritMaxAge && other.inheritMaxAge && { inheritMaxAge: true }),
  };
}

function typesOf({ definitions }: DocumentNode): SubgraphTypes {
  const types = new Map<string, SubgraphType>();
  const leaves = leafNames(definitions);
  for (const node of definitions) {
    if (!cacheableKinds.has(node.kind)) continue;
    const type = node as CacheableType;
    const known = types.get(type.name.value) ?? { hint: undefined, fields: new Map<string, never>() };
    const fields = fieldsOf(type).map((field) => {
      const isExternal = findDirective(field, 'external') !== undefined;
      return [field.name.value, { hint: hintOf(field), isLeaf: leaves(namedTypeOf(field.type)), isExternal }] as const;
    });
    types.set(type.name.value, { hint: known.hint ?? hintOf(type), fields: new Map([...known.fields, ...fields]) });
  }
  return types;
}

const cacheableKinds: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_EXTENSION,
  Kind.UNION_TYPE_DEFINITION,
  Kind.UNION_TYPE_EXTENSION,
]);

/** Scalars and enums: every type that is not an object, an interface or a union of this subgraph. */
function leafNames(definitions: readonly DefinitionNode[]): (name: string) => boolean {
  const composite = new Set(
    definitions.flatMap((one) => (cacheableKinds.has(one.kind) ? (one as CacheableType).name.value : [])),
  );
  return (name) => !composite.has(name);
}

function fieldsOf(type: CacheableType): readonly FieldDefinitionNode[] {
  return 'fields' in type ? (type.fields ?? []) : [];
}

/** As in Apollo Server, `inheritMaxAge` precedes `maxAge` in the same directive. */
function hintOf(node: { readonly directives?: readonly ConstDirectiveNode[] }): Hint | undefined {
  const args = findDirective(node as never, directive);
  if (!args) return undefined;
  const { maxAge, scope, inheritMaxAge } = args;
  return {
    ...(typeof maxAge === 'number' && inheritMaxAge !== true && { maxAge }),
    ...(typeof scope === 'string' && { scope }),
    ...(inheritMaxAge === true && { inheritMaxAge }),
  };
}

function directiveOf({ maxAge, scope, inheritMaxAge }: Hint): ConstDirectiveNode {
  const given = { maxAge, scope, inheritMaxAge };
  const args = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const list = args.length > 0 ? `(${args.join(', ')})` : '';
  const [type] = parse(`type Any @${directive}${list} { any: Int }`, { noLocation: true }).definitions;
  const [found] = type?.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.directives ?? []) : [];
  if (!found) throw new Error(`@${directive}${list} is not a directive.`);
  return found;
}
