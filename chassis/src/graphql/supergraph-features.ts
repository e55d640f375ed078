import { type DocumentNode, Kind, type SchemaDefinitionNode, type SchemaExtensionNode, visit } from 'graphql';
import { type DirectiveArgs, type DirectiveHolder, findDirectives } from './directives.js';
import { subgraphNames } from './override-labels.js';

const apollo = 'https://specs.apollo.dev';

/**
 * The features of supergraphs that the gateway executes: the versions by the URL of the specification. A supergraph that
 * needs another one for execution or security is refused, because responses would be wrong or contain protected data.
 * Features without such a purpose, such as directives of our own, need no entry.
 */
const supportedVersions: ReadonlyMap<string, readonly string[]> = new Map([
  [`${apollo}/core`, ['v0.1', 'v0.2']],
  [`${apollo}/link`, ['v1.0']],
  [`${apollo}/join`, ['v0.1', 'v0.2', 'v0.3', 'v0.4', 'v0.5']],
  [`${apollo}/tag`, ['v0.1', 'v0.2', 'v0.3']],
  [`${apollo}/inaccessible`, ['v0.1', 'v0.2']],
  [`${apollo}/authenticated`, ['v0.1']],
  [`${apollo}/requiresScopes`, ['v0.1']],
  [`${apollo}/policy`, ['v0.1']],
  [`${apollo}/context`, ['v0.1']],
  [`${apollo}/cost`, ['v0.1']],
  [`${apollo}/cacheTag`, ['v0.1']],
]);

/**
 * The features of a supergraph that the gateway does not execute, each described with its version, its subgraphs where
 * they are known, and the versions that are supported. Empty if the supergraph can be served.
 */
export function unsupportedFeatures(supergraph: DocumentNode): string[] {
  const joined = joinedDirectives(supergraph);
  const inSubgraphs = joined.flatMap(({ name, args, subgraphs }) => {
    const feature = name === 'link' ? featureIn(args['url']) : undefined;
    return feature && !isSupported(feature) ? [{ ...feature, subgraphs }] : [];
  });
  const identities = new Set(inSubgraphs.map(({ identity }) => identity));
  const inSupergraph = linkedFeatures(supergraph).filter((one) => !isSupported(one) && !identities.has(one.identity));
  const refused = new Set(inSubgraphs.flatMap(({ subgraphs }) => subgraphs));
  return [
    ...inSubgraphs.map((one) => `${describe(one)} in ${describeSubgraphs(one.subgraphs)} is not supported`),
    ...inSupergraph.map((one) => `${describe(one)} is not supported${alternatives(one.identity)}`),
    // A directive of a feature that is refused needs no error of its own.
    ...(inSupergraph.length > 0 ? [] : unknownDirectives(joined, refused)),
  ];
}

interface Feature {
  identity: string;
  version: string;
}

/** A directive of subgraphs that composition carries over without knowing it: `@join__directive`. */
interface JoinedDirective {
  name: string;
  args: DirectiveArgs;
  subgraphs: string[];
}

/** The features of a supergraph that concern execution or security. */
function linkedFeatures(supergraph: DocumentNode): Feature[] {
  const links = schemaNodes(supergraph).flatMap((node) => [
    ...findDirectives(node, 'link'),
    ...findDirectives(node, 'core'),
  ]);
  return links
    .filter(({ for: purpose }) => purpose === 'EXECUTION' || purpose === 'SECURITY')
    .flatMap(({ url, feature }) => featureIn(url ?? feature) ?? []);
}

function joinedDirectives(supergraph: DocumentNode): JoinedDirective[] {
  const names = subgraphNames(supergraph.definitions);
  const found: JoinedDirective[] = [];
  const enter = (node: DirectiveHolder): void => {
    for (const { name, args, graphs } of findDirectives(node, 'join__directive')) {
      const subgraphs = (Array.isArray(graphs) ? graphs : []).map((graph) => names.get(String(graph)) ?? String(graph));
      found.push({ name: String(name), args: (args ?? {}) as DirectiveArgs, subgraphs });
    }
  };
  visit(supergraph, {
    SchemaDefinition: { enter },
    SchemaExtension: { enter },
    ObjectTypeDefinition: { enter },
    InterfaceTypeDefinition: { enter },
    FieldDefinition: { enter },
  });
  return found;
}

/** Directives of no supported feature, in subgraphs without a feature that is refused. */
function unknownDirectives(joined: readonly JoinedDirective[], refused: ReadonlySet<string>): string[] {
  const unknown = joined.filter(
    ({ name, subgraphs }) => name !== 'link' && !isKnownDirective(name) && subgraphs.some((one) => !refused.has(one)),
  );
  const descriptions = unknown.map(
    ({ name, subgraphs }) => `the directive @${name} in ${describeSubgraphs(subgraphs)} is not supported`,
  );
  return [...new Set(descriptions)];
}

/** Directives of federation itself have its prefix, for example `federation__cacheTag`. */
function isKnownDirective(name: string): boolean {
  return supportedVersions.has(`${apollo}/${name.replace(/^federation__/, '')}`);
}

function isSupported({ identity, version }: Feature): boolean {
  return supportedVersions.get(identity)?.includes(version) ?? false;
}

function schemaNodes({ definitions }: DocumentNode): (SchemaDefinitionNode | SchemaExtensionNode)[] {
  return definitions.filter((one) => one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION);
}

function featureIn(url: unknown): Feature | undefined {
  const [, identity, version] = /^(.+)\/(v\d+\.\d+)\/?$/.exec(String(url)) ?? [];
  return identity !== undefined && version !== undefined
    ? { identity, version }
    : { identity: String(url), version: '' };
}

function describe({ identity, version }: Feature): string {
  const name = identity.split('/').at(-1) ?? identity;
  return version === '' ? `the feature "${identity}"` : `the feature ${name} ${version} (${identity}/${version})`;
}

function describeSubgraphs(subgraphs: readonly string[]): string {
  const names = subgraphs.map((name) => `"${name}"`).join(', ');
  return subgraphs.length === 1 ? `the subgraph ${names}` : `the subgraphs ${names}`;
}

function alternatives(identity: string): string {
  const versions = supportedVersions.get(identity);
  return versions ? `; supported: ${versions.join(', ')}` : '';
}
