import { type ConstDirectiveNode, type GraphQLSchema, valueFromASTUntyped } from 'graphql';

/** An element of a schema, such as a type or a field, or its AST node. */
export type DirectiveHolder =
  { readonly astNode?: DirectiveNodes | null | undefined } | ({ readonly kind: string } & DirectiveNodes);

interface DirectiveNodes {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** The arguments of an applied directive by name. Enum values are strings; omitted arguments are absent. */
export type DirectiveArgs = Readonly<Record<string, unknown>>;

/** Reads the directives of one core specification, under the names that a supergraph gives them. */
export interface LinkedDirectives {
  /** The arguments of a directive, named as in its specification; undefined if the element does not have it. */
  find(element: DirectiveHolder | null | undefined, directive: string): DirectiveArgs | undefined;
}

/** The arguments of the first directive with this name, or undefined if the element does not have it. */
export function findDirective(element: DirectiveHolder | null | undefined, name: string): DirectiveArgs | undefined {
  const found = directivesOf(element).find((directive) => directive.name.value === name);
  return found && argumentsOf(found);
}

/** The arguments of every directive with this name, in order: for repeatable directives such as `@key`. */
export function findDirectives(element: DirectiveHolder | null | undefined, name: string): DirectiveArgs[] {
  return directivesOf(element)
    .filter((directive) => directive.name.value === name)
    .map(argumentsOf);
}

/**
 * Finds the directives of a specification by the `@link` directives of a schema, which may rename or prefix them
 * (core schema specification, "Name conventions").
 *
 * @param specification the end of the specification's URL without its version, for instance `/cost`
 */
export function linkedDirectives(schema: GraphQLSchema, specification: string): LinkedDirectives {
  const links = findDirectives(schema, 'link').filter(({ url }) => isVersionOf(specification, String(url)));
  const names = new Map<string, string>();
  for (const link of links) for (const { name, as } of importsOf(link)) names.set(name, as ?? name);
  const prefix = links.map(prefixOf)[0];
  return {
    find(element, directive) {
      const name = names.get(directive) ?? (prefix === directive ? directive : `${prefix ?? ''}__${directive}`);
      return findDirective(element, name);
    },
  };
}

function directivesOf(element: DirectiveHolder | null | undefined): readonly ConstDirectiveNode[] {
  if (!element) return [];
  const holder = 'kind' in element ? element : element.astNode;
  return holder?.directives ?? [];
}

function argumentsOf({ arguments: args = [] }: ConstDirectiveNode): DirectiveArgs {
  return Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}

function isVersionOf(specification: string, url: string): boolean {
  return new RegExp(`${specification}/v[0-9.]+$`).test(url);
}

/** A directive that has the name of its specification needs no import. */
function prefixOf({ url, as }: DirectiveArgs): string {
  return typeof as === 'string' ? as : (/([^/]+)\/v[0-9.]+$/.exec(String(url))?.[1] ?? '');
}

function importsOf(link: DirectiveArgs): { name: string; as?: string }[] {
  const imports = Array.isArray(link['import']) ? (link['import'] as (string | { name: string; as?: string })[]) : [];
  return imports.map((imported) => {
    const { name, as } =
      typeof imported === 'string' ? { name: imported, as: undefined } : { as: undefined, ...imported };
    return { name: name.replace(/^@/, ''), ...(as !== undefined && { as: as.replace(/^@/, '') }) };
  });
}
