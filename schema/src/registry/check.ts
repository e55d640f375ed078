import { type Change, diff } from '@graphql-inspector/core';
import { mainGraph } from '@marquee/chassis/graphql/usage-report';
import { usedCoordinates } from '@marquee/chassis/graphql/schema-coordinates';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import { type Composed, CompositionError, type SubgraphSdl } from '../compose.js';
import { changeLevel, type ChangeLevel } from './change-level.js';
import { composeCached } from './compose-cache.js';
import { composeContract, contracts } from './contract.js';
import { registeredOperations } from './operations.js';
import type { RegistryStore } from './store.js';
import { type ObservedUse, recordedUsage, type RecordedUsage, usersOf } from './usage.js';
import { defaultUsageLimit, isOverLimit, type UsageLimit } from './usage-limit.js';
import { newestVersion, readSubgraphs } from './versions.js';

/** The effect of changed subgraphs on the live graph. */
export interface Check {
  /** The composition errors. If there are any, the changes are unknown. */
  problems: readonly string[];
  changes: readonly CheckedChange[];
  /** Whether it may be published: it composes, and breaks no client. */
  passes: boolean;
  /** The recorded use that was considered. */
  considered: Considered;
}

export interface Considered {
  limit: UsageLimit;
  /** The numbers of operations and of clients, by version, that gateways have reported in that period. */
  operations: number;
  clients: number;
}

/** Whether a check fails only because of elements in use, so that a publisher may decide to break their clients. */
export function canBeAllowed({ passes, problems }: Check): boolean {
  return !passes && problems.length === 0;
}

export interface CheckedChange {
  message: string;
  level: ChangeLevel;
  /** The registered operations that it would break, as `client: operation`, and contracts. Empty unless it is breaking. */
  usedBy: readonly string[];
  /** The recorded uses of the changed element. Empty unless the change is breaking. */
  observed: readonly ObservedUse[];
  /** Whether it is refused: it breaks a registered operation, a contract, or more uses than the limit allows. */
  isRefused: boolean;
}

/**
 * Checks what publishing the changed subgraphs would do. A breaking change does not pass if the changed element is used by
 * a registered operation, is part of a contract, or was used by clients in the last days; an unused element may be removed.
 */
export async function check(
  store: RegistryStore,
  changed: readonly SubgraphSdl[],
  limit: UsageLimit = defaultUsageLimit,
): Promise<Check> {
  const live = await liveSubgraphs(store);
  return checkAgainst(store, live, withChanged(live, changed), limit);
}

/** Compares two whole graphs. Subgraphs may be added and removed. */
export async function checkAgainst(
  store: RegistryStore,
  before: readonly SubgraphSdl[],
  after: readonly SubgraphSdl[],
  limit: UsageLimit = defaultUsageLimit,
): Promise<Check> {
  const nothing = { changes: [], considered: { limit, operations: 0, clients: 0 } };
  try {
    const next = composeCached(after);
    const last = before.length > 0 ? composeCached(before) : undefined;
    const compared = contracts.map((name) => compareContract(name, last, next));
    const problems = compared.flatMap((one) => one.problems);
    if (problems.length > 0) return { ...nothing, problems, passes: false };
    if (!last) return { ...nothing, problems: [], passes: true };
    return await evaluateChanges({ store, limit, last: buildSchema(last.api), next: buildSchema(next.api), compared });
  } catch (failure) {
    if (failure instanceof CompositionError) return { ...nothing, problems: failure.problems, passes: false };
    throw failure;
  }
}

/** The live subgraphs; none if nothing has been published. */
export async function liveSubgraphs(store: RegistryStore): Promise<SubgraphSdl[]> {
  const version = await newestVersion(store);
  return version ? readSubgraphs(store, version) : [];
}

export function withChanged(live: readonly SubgraphSdl[], changed: readonly SubgraphSdl[]): SubgraphSdl[] {
  const byName = new Map([...live, ...changed].map((subgraph) => [subgraph.name, subgraph]));
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The schemas of a contract before and after the change. */
interface ComparedContract {
  name: string;
  problems: readonly string[];
  last?: GraphQLSchema | undefined;
  next?: GraphQLSchema | undefined;
}

/** A contract must keep at least one field, because gateways that serve it cannot unload it. */
function compareContract(name: string, last: Composed | undefined, next: Composed): ComparedContract {
  try {
    const before = last && composeContract(last.supergraph, name);
    const after = composeContract(next.supergraph, name);
    const isEmptied = before !== undefined && after === undefined;
    const problems = isEmptied ? [`CONTRACT_EMPTY: nothing that can be reached is tagged "${name}" any more`] : [];
    return { name, problems, last: before?.api, next: after?.api };
  } catch (failure) {
    const problem = `CONTRACT_INVALID: the contract "${name}" cannot be served: ${(failure as Error).message}`;
    return { name, problems: [problem] };
  }
}

interface Comparison {
  store: RegistryStore;
  limit: UsageLimit;
  last: GraphQLSchema;
  next: GraphQLSchema;
  compared: readonly ComparedContract[];
}

async function evaluateChanges({ store, limit, last, next, compared }: Comparison): Promise<Check> {
  const usage = await recordedUsage(store, limit.days);
  const operations = (await registeredOperations(store)).map(({ client, name, document }) => ({
    name: `${client}: ${name}`,
    coordinates: usedCoordinates(document, last),
    // An operation that was already invalid is not broken by this change.
    breaks: validate(last, document).length === 0 && validate(next, document).length > 0,
  }));
  const own = (await diff(last, next)).map((change) => {
    const affected = affectedCoordinates(change);
    const users = operations.filter(({ coordinates }) => affected.some((coordinate) => coordinates.has(coordinate)));
    return checkedChange(change, { usedBy: users.map(({ name }) => name), graph: mainGraph, usage, limit });
  });
  const ofContracts = (await Promise.all(compared.map((one) => contractChanges(one, usage, limit)))).flat();
  const changes = merged(own, ofContracts);
  const passes = !changes.some(({ isRefused }) => isRefused) && !operations.some(({ breaks }) => breaks);
  const considered = { limit, operations: usage.operations, clients: usage.clients.length };
  return { problems: [], changes, passes, considered };
}

/** A contract is a client of everything that it contains: its users are not asked before a change. */
async function contractChanges(
  { name, last, next }: ComparedContract,
  usage: RecordedUsage,
  limit: UsageLimit,
): Promise<CheckedChange[]> {
  if (!last || !next) return [];
  const changes = await diff(last, next);
  const checked = changes.map((change) =>
    checkedChange(change, { usedBy: [`contract ${name}`], graph: name, usage, limit }),
  );
  return checked.filter(({ level }) => level === 'breaking');
}

interface ChangeUsers {
  usedBy: readonly string[];
  graph: string;
  usage: RecordedUsage;
  limit: UsageLimit;
}

function checkedChange(change: Change, { usedBy, graph, usage, limit }: ChangeUsers): CheckedChange {
  const [{ message }, level] = [change, changeLevel(change)];
  if (level !== 'breaking') return { message, level, usedBy: [], observed: [], isRefused: false };
  const observed = usersOf(usage, graph, affectedCoordinates(change));
  const uses = observed.reduce((sum, { count }) => sum + count, 0);
  const isRefused = usedBy.length > 0 || isOverLimit(limit, uses, usage.operations);
  return { message, level, usedBy, observed, isRefused };
}

/** Adds the users of contracts to the same changes of the public schema. Other changes affect only a contract. */
function merged(own: readonly CheckedChange[], ofContracts: readonly CheckedChange[]): CheckedChange[] {
  const byMessage = new Map(own.map((change) => [change.message, change]));
  for (const change of ofContracts) {
    const same = byMessage.get(change.message);
    const usedBy = [...(same?.usedBy ?? []), ...change.usedBy];
    const observed = [...(same?.observed ?? []), ...change.observed];
    const message = same ? change.message : `${change.message} (only in the ${change.usedBy.join()})`;
    byMessage.set(message, { ...change, message, usedBy, observed });
  }
  return [...byMessage.values()];
}

/** The schema coordinates that a change affects: an operation that uses none of them cannot notice it. */
function affectedCoordinates({ path = '', type, meta }: Change): string[] {
  const [parent = '', field] = path.split('.');
  // A new argument affects every use of its field, a new input field every use of its input type.
  if (type === 'FIELD_ARGUMENT_ADDED') return [`${parent}.${field}`];
  if (type === 'INPUT_FIELD_ADDED') return [parent];
  if (type === 'UNION_MEMBER_REMOVED') return [parent];
  // One that becomes required also affects the uses that leave it out.
  if (type === 'FIELD_ARGUMENT_TYPE_CHANGED' && isNowRequired(meta as TypeChange)) return [path, `${parent}.${field}`];
  if (type === 'INPUT_FIELD_TYPE_CHANGED' && isNowRequired(meta as TypeChange)) return [path, parent];
  return [path];
}

/** The types of an argument or an input field before and after a change. */
interface TypeChange {
  oldArgumentType?: string;
  newArgumentType?: string;
  oldInputFieldType?: string;
  newInputFieldType?: string;
}

function isNowRequired(change: TypeChange): boolean {
  const before = change.oldArgumentType ?? change.oldInputFieldType ?? '';
  const after = change.newArgumentType ?? change.newInputFieldType ?? '';
  return after.endsWith('!') && !before.endsWith('!');
}
