import type { FetchNode, SubscriptionNode } from '@apollo/query-planner';
import { getOrCreate } from '@marquee/chassis/caching/memoize';
import {
  type FieldNode,
  getNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { fetchesIn } from '../engine/planner/plan-nodes.js';
import { isBroadcast, isBroadcastType } from './live-directives.js';

/** Which parts of a subscription are the same for all callers of a class. Without `@broadcast` a field may be personal. */
export interface Shareability {
  /** The events as the publishing subgraph resolves them: the root field and all selected fields have `@broadcast`. */
  event: boolean;
  /** The fields that other subgraphs add to the events. */
  rest: boolean;
}

const shareabilities = new WeakMap<SubscriptionNode, Shareability>();

export function shareabilityOf(plan: SubscriptionNode, supergraph: GraphQLSchema): Shareability {
  return getOrCreate(shareabilities, plan, ({ primary, rest }) => ({
    event: isFetchShareable(primary, (root) => isEventShareable(root, supergraph)),
    rest: fetchesIn(rest).every((fetch) => isFetchShareable(fetch, (root) => areEntitiesShareable(root, supergraph))),
  }));
}

/** A fetch with named fragments counts as personal. */
function isFetchShareable({ operation }: FetchNode, isRootShareable: (root: FieldNode) => boolean): boolean {
  return parse(operation).definitions.every((definition) => {
    const root = definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections[0] : undefined;
    return root?.kind === Kind.FIELD && isRootShareable(root);
  });
}

function isEventShareable({ name, selectionSet }: FieldNode, supergraph: GraphQLSchema): boolean {
  const field = supergraph.getSubscriptionType()?.getFields()[name.value];
  if (!field || !isBroadcast(field)) return false;
  return isSelectionShareable(selectionSet, getNamedType(field.type).name, supergraph);
}

/** Below `_entities` every selection is an inline fragment, which provides the type. */
function areEntitiesShareable({ selectionSet }: FieldNode, supergraph: GraphQLSchema): boolean {
  return isSelectionShareable(selectionSet, '', supergraph);
}

function isSelectionShareable(set: SelectionSetNode | undefined, typeName: string, supergraph: GraphQLSchema): boolean {
  return (set?.selections ?? []).every((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return isSelectionShareable(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, supergraph);
    const { value: name } = selection.name;
    if (name === '__typename') return true;
    const type = supergraph.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) return false;
    const field = type.getFields()[name];
    if (!field || !(isBroadcast(field) || isBroadcastType(type))) return false;
    return isSelectionShareable(selection.selectionSet, getNamedType(field.type).name, supergraph);
  });
}
