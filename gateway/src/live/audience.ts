import type { FetchNode, PlanNode } from '@apollo/query-planner';
import { type Caller, unknownCaller } from '@marquee/chassis/identity/caller';
import {
  getNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { marksBroadcast } from './marks.js';

/** The same for one user or client, whatever their rights are now. */
export function subjectOf(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return `user ${caller.sub}`;
    case 'machine':
      return `machine ${caller.clientId}`;
    case 'guest':
    case 'gateway':
      return caller.kind;
    default:
      return unknownCaller(caller);
  }
}

/** The same for one caller with the same rights, however they connected. */
export function callerKey(caller: Caller): string {
  return `${subjectOf(caller)} ${callerClass(caller)}`;
}

/** The same for all callers of one role with the same scopes. */
export function callerClass(caller: Caller): string {
  switch (caller.kind) {
    case 'user':
      return JSON.stringify([caller.role, ...caller.scopes.toSorted()]);
    case 'machine':
      return JSON.stringify(['machine', ...caller.scopes.toSorted()]);
    case 'guest':
    case 'gateway':
      return caller.kind;
    default:
      return unknownCaller(caller);
  }
}

/**
 * Tells whether what other subgraphs add to an event looks alike to all callers of a class: every field that is asked
 * of them is marked so, or its type is. What is not marked may be someone's own.
 */
export function looksAlike(rest: PlanNode | undefined, supergraph: GraphQLSchema): boolean {
  return fetches(rest).every(({ operation }) =>
    parse(operation).definitions.every(
      (definition) =>
        definition.kind === Kind.OPERATION_DEFINITION && entitiesAlike(definition.selectionSet, supergraph),
    ),
  );
}

/** Below `_entities` every selection names its type first. A plan with fragments is taken for personal. */
function entitiesAlike({ selections: [entities] }: SelectionSetNode, supergraph: GraphQLSchema): boolean {
  if (entities?.kind !== Kind.FIELD) return false;
  return selectionAlike(entities.selectionSet, '', supergraph);
}

function selectionAlike(set: SelectionSetNode | undefined, typeName: string, supergraph: GraphQLSchema): boolean {
  return (set?.selections ?? []).every((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return selectionAlike(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, supergraph);
    const { value: name } = selection.name;
    if (name === '__typename') return true;
    const type = supergraph.getType(typeName);
    if (!isObjectType(type) && !isInterfaceType(type)) return false;
    const field = type.getFields()[name];
    if (!field || !(marksBroadcast(field) || marksBroadcast(type))) return false;
    return selectionAlike(selection.selectionSet, getNamedType(field.type).name, supergraph);
  });
}

function fetches(node: PlanNode | undefined): FetchNode[] {
  switch (node?.kind) {
    case undefined:
      return [];
    case 'Fetch':
      return [node];
    case 'Flatten':
      return fetches(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetches);
    case 'Condition':
      return [...fetches(node.ifClause), ...fetches(node.elseClause)];
    case 'Defer':
      return [...fetches(node.primary.node), ...node.deferred.flatMap((one) => fetches(one.node))];
  }
}
