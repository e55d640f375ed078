import { getOrCreate } from '@marquee/chassis/caching/memoize';
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
import { fragmentsOf, operationsOf } from '../engine/document-definitions.js';
import type { SubgraphRequest } from '../engine/fetcher.js';

/** Maximum number of errors for one failed fetch: a long list of entities would only repeat the same error. */
const maxErrors = 100;

type Path = (string | number)[];

/** An UPSTREAM_UNAVAILABLE error for each field that the fetch selects, with paths relative to the fetch. */
export function unavailableErrors(service: string, request: Fetch): GraphQLFormattedError[] {
  return errorsOfFields(getOrCreate<string, ErrorTemplate>(templates, service, upstreamUnavailable), request);
}

/** The same error for each field that the fetch selects. */
export function errorsOfFields({ message, extensions }: ErrorTemplate, request: Fetch): GraphQLFormattedError[] {
  return pathsOf(request).map((path) => ({ message, path, extensions: { ...extensions } }));
}

/** Creating a GraphQLError captures a stack trace, which is expensive; message and extensions depend on the service only. */
const templates = new LRUCache<string, ErrorTemplate>({ max: 100 });

type ErrorTemplate = Pick<GraphQLError, 'message' | 'extensions'>;

type Fetch = Pick<SubgraphRequest, 'query' | 'entities'>;

function pathsOf({ query, entities }: Fetch): Path[] {
  const { rootFields, fieldsOfType } = getOrCreate<string, SelectedFields>(parsedFetches, query, parseFetch);
  if (entities.length === 0) return rootFields.slice(0, maxErrors).map((name) => [name]);
  const paths: Path[] = [];
  for (const { name, representations } of entities)
    for (const [index, representation] of representations.entries()) {
      if (paths.length >= maxErrors) return paths.slice(0, maxErrors);
      const { __typename: type } = JSON.parse(representation) as { __typename: unknown };
      paths.push(...fieldsOfType(name, String(type)).map((field) => [name, index, field]));
    }
  return paths.slice(0, maxErrors);
}

/** The response names of the fields that a fetch selects. */
interface SelectedFields {
  rootFields: string[];
  /** The fields selected on entities of a type, below the `_entities` field with this response name. */
  fieldsOfType(name: string, type: string): string[];
}

/**
 * While a service is down, the same fetches fail repeatedly: a failure must not cost more than a success. The size is the
 * number of characters.
 */
const parsedFetches = new LRUCache<string, SelectedFields>({
  max: 500,
  maxSize: 1024 * 1024,
  sizeCalculation: (_, query) => query.length + 1,
});

function parseFetch(query: string): SelectedFields {
  const document = parse(query, { noLocation: true });
  const fragments = fragmentsOf(document);
  const root = operationsOf(document)[0]?.selectionSet;
  const fieldsByType = new Map<string, string[]>();
  return {
    rootFields: responseNames(root, fragments),
    fieldsOfType(name, type) {
      return getOrCreate(fieldsByType, `${name} ${type}`, () => {
        const entities = root?.selections.find((selection) => hasResponseName(selection, name));
        return responseNames(entities?.selectionSet, fragments, type);
      });
    },
  };
}

/** The response names on one level, through fragments. If there are inline fragments on `type`, only theirs. */
function responseNames(
  set: SelectionSetNode | undefined,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  type?: string,
): string[] {
  const hasFragmentOnType = set?.selections.some((selection) => isOn(selection, type)) ?? false;
  const found = (set?.selections ?? []).flatMap((selection): string[] => {
    switch (selection.kind) {
      case Kind.FIELD:
        return selection.name.value === '__typename' ? [] : [(selection.alias ?? selection.name).value];
      case Kind.INLINE_FRAGMENT:
        return hasFragmentOnType && !isOn(selection, type) ? [] : responseNames(selection.selectionSet, fragments);
      case Kind.FRAGMENT_SPREAD:
        return responseNames(fragments.get(selection.name.value)?.selectionSet, fragments);
    }
  });
  return [...new Set(found)];
}

function isOn(selection: SelectionNode, type: string | undefined): boolean {
  return selection.kind === Kind.INLINE_FRAGMENT && selection.typeCondition?.name.value === type;
}

function hasResponseName(selection: SelectionNode, name: string): selection is FieldNode {
  return selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === name;
}
