import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import { CompositionError, type SubgraphSdl } from '../compose.js';
import { composeCached } from './compose-cache.js';
import { buildContract, contracts } from './contract.js';
import { type ClientOperation, registeredOperations } from './operations.js';
import type { RegistryStore } from './store.js';
import { coordinatesOf } from './usage.js';
import { newestVersion, readSubgraphs } from './versions.js';

/** The effect of changed subgraphs on the live graph. */
export interface Check {
  /** The composition errors. If there are any, the changes are unknown. */
  problems: readonly string[];
  changes: readonly CheckedChange[];
  /** Whether it may be published: it composes, and breaks no registered operation of a client. */
  passes: boolean;
}

/** Whether a check fails only because of operations in use, so that a publisher may decide to break them. */
export function canBeAllowed({ passes, problems }: Check): boolean {
  return !passes && problems.length === 0;
}

export interface CheckedChange {
  message: string;
  level: 'breaking' | 'dangerous' | 'safe';
  /** The operations that it would break, as `client: operation`. Empty unless the change is breaking. */
  usedBy: readonly string[];
}

/**
 * Checks what publishing the changed subgraphs would do. A breaking change does not pass if a registered operation uses
 * the changed element; an unused element may be removed.
 */
export async function check(store: RegistryStore, changed: readonly SubgraphSdl[]): Promise<Check> {
  const live = await liveSubgraphs(store);
  return checkAgainst(store, live, withChanged(live, changed));
}

/** Compares two whole graphs. Subgraphs may be added and removed. */
export async function checkAgainst(
  store: RegistryStore,
  before: readonly SubgraphSdl[],
  after: readonly SubgraphSdl[],
): Promise<Check> {
  try {
    const next = composeCached(after);
    const last = before.length > 0 ? composeCached(before) : undefined;
    const problems = contracts.flatMap((name) => contractProblems(name, last?.supergraph, next.supergraph));
    if (problems.length > 0) return { problems, changes: [], passes: false };
    if (!last) return { problems: [], changes: [], passes: true };
    return await evaluateChanges(buildSchema(last.api), buildSchema(next.api), await registeredOperations(store));
  } catch (failure) {
    if (failure instanceof CompositionError) return { problems: failure.problems, changes: [], passes: false };
    throw failure;
  }
}

/** The live subgraphs; none if nothing has been published. */
async function liveSubgraphs(store: RegistryStore): Promise<SubgraphSdl[]> {
  const version = await newestVersion(store);
  return version ? readSubgraphs(store, version) : [];
}

export function withChanged(live: readonly SubgraphSdl[], changed: readonly SubgraphSdl[]): SubgraphSdl[] {
  const byName = new Map([...live, ...changed].map((subgraph) => [subgraph.name, subgraph]));
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** A contract must keep at least one field, because gateways that serve it cannot unload it. */
function contractProblems(name: string, last: string | undefined, next: string): string[] {
  try {
    const [before, after] = [last && buildContract(last, name), buildContract(next, name)];
    return before && !after ? [`CONTRACT_EMPTY: nothing that can be reached is tagged "${name}" any more`] : [];
  } catch (failure) {
    return [`CONTRACT_INVALID: the contract "${name}" cannot be served: ${(failure as Error).message}`];
  }
}

async function evaluateChanges(
  last: GraphQLSchema,
  next: GraphQLSchema,
  operations: ClientOperation[],
): Promise<Check> {
  const changes = await diff(last, next);
  const used = operations.map((operation) => ({
    name: `${operation.client}: ${operation.name}`,
    coordinates: coordinatesOf(operation.document, last),
    // An operation that was already invalid is not broken by this change.
    breaks: validate(last, operation.document).length === 0 && validate(next, operation.document).length > 0,
  }));
  const checked = changes.map((change) => {
    const affected = affectedCoordinates(change);
    const users = used.filter(({ coordinates }) => affected.some((coordinate) => coordinates.has(coordinate)));
    return { message: change.message, level: changeLevel(change), usedBy: users.map(({ name }) => name) };
  });
  const breaking = checked.filter(({ level }) => level === 'breaking');
  const passes = breaking.every(({ usedBy }) => usedBy.length === 0) && !used.some(({ breaks }) => breaks);
  return { problems: [], changes: checked.map(withoutUnneededUsers), passes };
}

/** Drops the users of elements that do not break. */
function withoutUnneededUsers(change: CheckedChange): CheckedChange {
  return change.level === 'breaking' ? change : { ...change, usedBy: [] };
}

/** The schema coordinates that a change affects: an operation that uses none of them cannot notice it. */
function affectedCoordinates({ path = '', type }: Change): string[] {
  const [parent = '', field] = path.split('.');
  // A new argument affects every use of its field, a new input field every use of its input type.
  if (type === 'FIELD_ARGUMENT_ADDED') return [`${parent}.${field}`];
  if (type === 'INPUT_FIELD_ADDED') return [parent];
  if (type === 'UNION_MEMBER_REMOVED') return [parent];
  return [path];
}

function changeLevel({ criticality }: Change): CheckedChange['level'] {
  switch (criticality.level) {
    case CriticalityLevel.Breaking:
      return 'breaking';
    case CriticalityLevel.Dangerous:
      return 'dangerous';
    case CriticalityLevel.NonBreaking:
      return 'safe';
  }
}
