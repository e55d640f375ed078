import { type ConstDirectiveNode, type ConstValueNode, type GraphQLSchema, valueFromASTUntyped } from 'graphql';

/** Something of a schema that directives can stand at. */
export interface Marked {
  astNode?: { readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined;
}

/** The arguments of a directive where it stands, as plain values. */
export type DirectiveArgs = Readonly<Record<string, unknown>>;

/** Reads the directives of one specification in a supergraph, whatever they are called there. */
export interface LinkedDirectives {
  /** Of a directive as the specification names it; undefined where it does not stand. */
  of(marked: Marked | null | undefined, directive: string): DirectiveArgs | undefined;
}

/**
 * @param specification the end of its URL without the version, for instance `/cost`
 */
export function linkedDirectives(supergraph: GraphQLSchema, specification: string): LinkedDirectives {
  const names = new Map<string, string>();
  for (const link of linksTo(supergraph, specification))
    for (const { name, as } of importsOf(link)) names.set(name, as ?? name);
  const prefix = linksTo(supergraph, specification).map(prefixOf)[0];
  return {
    of(marked, directive) {
      const name = names.get(directive) ?? (prefix === directive ? directive : `${prefix ?? ''}__${directive}`);
      const found = marked?.astNode?.directives?.find((one) => one.name.value === name);
      return found && argumentsOf(found);
    },
  };
}

function linksTo(supergraph: GraphQLSchema, specification: string): ConstDirectiveNode[] {
  const links = (supergraph.astNode?.directives ?? []).filter(({ name }) => name.value === 'link');
  return links.filter((link) => new RegExp(`${specification}/v[0-9.]+$`).test(String(argumentsOf(link)['url'])));
}

/** A directive that bears its specification's name needs no import. */
function prefixOf(link: ConstDirectiveNode): string {
  const { url, as } = argumentsOf(link);
  return typeof as === 'string' ? as : (/([^/]+)\/v[0-9.]+$/.exec(String(url))?.[1] ?? '');
}

function importsOf(link: ConstDirectiveNode): { name: string; as?: string }[] {
  const imports = argumentsOf(link)['import'];
  return (Array.isArray(imports) ? imports : []).map((one: string | { name: string; as?: string }) => {
    const { name, as } = typeof one === 'string' ? { name: one } : { as: undefined, ...one };
    return { name: name.replace(/^@/, ''), ...(as !== undefined && { as: as.replace(/^@/, '') }) };
  });
}

function argumentsOf({ arguments: given = [] }: ConstDirectiveNode): DirectiveArgs {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, plain(value)]));
}

function plain(value: ConstValueNode): unknown {
  return valueFromASTUntyped(value);
}
