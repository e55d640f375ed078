import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import {
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { UpstreamOperation } from './upstream.js';

/** Most errors that one failed fetch tells; a long list of entities would repeat the same many times. */
const errorLimit = 100;

type Path = (string | number)[];

/** UPSTREAM_UNAVAILABLE at each field that the operation asked of the service, in the paths of the operation itself. */
export function unavailable(service: string, operation: UpstreamOperation): GraphQLFormattedError[] {
  const { message, extensions } = upstreamUnavailable(service);
  return pathsOf(operation)
    .slice(0, errorLimit)
    .map((path) => ({ message, path, extensions: { ...extensions } }));
}

function pathsOf({ query, variables }: UpstreamOperation): Path[] {
  const { definitions } = parse(query, { noLocation: true });
  const fragments = new Map(definitions.filter(isFragment).map((fragment) => [fragment.name.value, fragment]));
  const root = definitions.find(isOperation)?.selectionSet;
  const entities = root?.selections.find(isEntities)?.selectionSet;
  const representations = variables?.['representations'];
  if (entities && Array.isArray(representations))
    return representations.flatMap((representation: { __typename: string }, index) =>
      names(entities, fragments, representation.__typename).map((name) => ['_entities', index, name]),
    );
  return names(root, fragments).map((name) => [name]);
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

function isEntities(
  selection: SelectionNode,
): selection is SelectionNode & { kind: Kind.FIELD; selectionSet: SelectionSetNode } {
  return selection.kind === Kind.FIELD && selection.name.value === '_entities';
}

function isFragment(definition: { kind: Kind }): definition is FragmentDefinitionNode {
  return definition.kind === Kind.FRAGMENT_DEFINITION;
}

function isOperation(definition: { kind: Kind }): definition is OperationDefinitionNode {
  return definition.kind === Kind.OPERATION_DEFINITION;
}
