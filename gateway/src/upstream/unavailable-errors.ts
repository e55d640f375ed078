import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLFormattedError,
  Kind,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { fragmentsOf, operationsOf } from '../engine/definitions.js';
import type { SubgraphRequest } from '../engine/fetcher.js';

/** Most errors that one failed fetch tells; a long list of entities would repeat the same many times. */
const errorLimit = 100;

type Path = (string | number)[];

/** UPSTREAM_UNAVAILABLE at each field that the operation asked of the service, in the paths of the operation itself. */
export function unavailableErrors(service: string, request: Asked): GraphQLFormattedError[] {
  const { message, extensions } = wordsOf(service);
  return pathsOf(request).map((path) => ({ message, path, extensions: { ...extensions } }));
}

/** To make an error is some work, for it notes where it was made; these are the same for all who ask. */
const words = new LRUCache<string, Pick<GraphQLError, 'message' | 'extensions'>>({ max: 100 });

function wordsOf(service: string): Pick<GraphQLError, 'message' | 'extensions'> {
  const { message, extensions } = words.get(service) ?? upstreamUnavailable(service);
  words.set(service, { message, extensions });
  return { message, extensions };
}

type Asked = Pick<SubgraphRequest, 'query' | 'entities'>;

function pathsOf({ query, entities }: Asked): Path[] {
  const { atRoot, below } = askedBy(query);
  if (entities.length === 0) return atRoot.slice(0, errorLimit).map((name) => [name]);
  const paths: Path[] = [];
  for (const { name, representations } of entities)
    for (const [index, representation] of representations.entries()) {
      if (paths.length >= errorLimit) return paths.slice(0, errorLimit);
      const { __typename: type } = JSON.parse(representation) as { __typename: unknown };
      paths.push(...below(name, String(type)).map((field) => [name, index, field]));
    }
  return paths.slice(0, errorLimit);
}

/** The fields that a fetch asks for: those at its root, and those of entities of a type below one of them. */
interface Fields {
  atRoot: string[];
  below(name: string, type: string): string[];
}

/** What fetches are read again and again while a service is down: it must not cost more to fail than to succeed. */
const read = new LRUCache<string, Fields>({ max: 500 });

function askedBy(query: string): Fields {
  const fields = read.get(query) ?? fieldsOf(query);
  read.set(query, fields);
  return fields;
}

function fieldsOf(query: string): Fields {
  const document = parse(query, { noLocation: true });
  const fragments = fragmentsOf(document);
  const root = operationsOf(document)[0]?.selectionSet;
  const known = new Map<string, string[]>();
  return {
    atRoot: names(root, fragments),
    below(name, type) {
      const key = `${name} ${type}`;
      const set = root?.selections.find((selection) => isNamed(selection, name))?.selectionSet;
      const found = known.get(key) ?? names(set, fragments, type);
      known.set(key, found);
      return found;
    },
  };
}

/** The response names of the fields on a level, through fragments; of a type when there are fragments on just that. */
function names(
  set: SelectionSetNode | undefined,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  type?: string,
): string[] {
  const fits = set?.selections.some((selection) => isOn(selection, type)) ?? false;
  const found = (set?.selections ?? []).flatMap((selection): string[] => {
    switch (selection.kind) {
      case Kind.FIELD:
        return selection.name.value === '__typename' ? [] : [(selection.alias ?? selection.name).value];
      case Kind.INLINE_FRAGMENT:
        return fits && !isOn(selection, type) ? [] : names(selection.selectionSet, fragments);
      case Kind.FRAGMENT_SPREAD:
        return names(fragments.get(selection.name.value)?.selectionSet, fragments);
    }
  });
  return [...new Set(found)];
}

function isOn(selection: SelectionNode, type: string | undefined): boolean {
  return selection.kind === Kind.INLINE_FRAGMENT && selection.typeCondition?.name.value === type;
}

function isNamed(selection: SelectionNode, name: string): selection is FieldNode {
  return selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === name;
}
