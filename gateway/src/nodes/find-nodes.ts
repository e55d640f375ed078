import { upstreamUnavailable } from '@marquee/chassis/errors/errors';
import type { GraphQLError } from 'graphql';
import type { Fetcher } from '../engine/fetcher.js';
import type { OperationContext } from '../engine/operation-context.js';
import type { NodeOwner, NodeType } from './node-owners.js';

/** A reference to an object, from which its service resolves its fields. */
export interface NodeReference {
  __typename: string;
  id: string;
  /** The key of its type, if that is not `id`. */
  [key: string]: string;
}

export type FoundNode = NodeReference | GraphQLError | null;

/** The objects with these ids that one service has, and whether it could look up all of them. */
interface Answer {
  owner: NodeOwner;
  types: (NodeType | undefined)[];
  isAvailable: boolean;
}

/**
 * Finds the types of objects by their ids: one request to each service.
 * @returns for each id its object; null if the caller may see none; UPSTREAM_UNAVAILABLE if it was not found and a service
 * that may have it did not answer or could not look it up
 */
export async function findNodes(
  ids: readonly string[],
  owners: readonly NodeOwner[],
  services: Fetcher,
  context: OperationContext,
): Promise<FoundNode[]> {
  const distinct = [...new Set(ids)];
  const answers = await Promise.all(owners.map((owner) => ask(owner, distinct, services, context)));
  const missing = answers.find(({ isAvailable }) => !isAvailable)?.owner;
  const found = new Map(
    distinct.map((id, index) => [id, answers.map(({ types }) => types[index]).find((type) => type !== undefined)]),
  );
  return ids.map((id) => {
    const type = found.get(id);
    if (type !== undefined) return referenceTo(type, id);
    return missing ? upstreamUnavailable(missing.subgraph) : null;
  });
}

/** Codes of errors after which an object may exist. */
const failures: readonly unknown[] = ['INTERNAL', 'UPSTREAM_UNAVAILABLE'];

/** A refusal of the service counts like an object that does not exist. */
async function ask(
  owner: NodeOwner,
  ids: readonly string[],
  services: Fetcher,
  context: OperationContext,
): Promise<Answer> {
  const references = ids.flatMap((id) => owner.types.map((type) => ({ __typename: type.name, [type.key]: id })));
  const representations = references.map((reference) => JSON.stringify(reference));
  const body = `{"query":${JSON.stringify(owner.query)},"variables":{"of":[${representations.join(',')}]}}`;
  const request = { query: owner.query, operationName: undefined, kind: 'query', body } as const;
  const entities = [{ name: '_entities', representations }];
  const { data, errors = [] } = await services.fetch(owner.subgraph, { ...request, entities }, context);
  const answer = data?.['_entities'] as (Entity | null)[] | null | undefined;
  const received = answer ?? [];
  const types = ids.map((_, index) => {
    const candidates = received.slice(index * owner.types.length, (index + 1) * owner.types.length);
    return owner.types[candidates.findIndex((entity) => entity && entity.isGone !== true)];
  });
  const hasFailed = errors.some(({ extensions }) => failures.includes(extensions?.['code']));
  return { owner, types, isAvailable: Array.isArray(answer) && !hasFailed };
}

function referenceTo({ name, key }: NodeType, id: string): NodeReference {
  return { __typename: name, id, [key]: id };
}

interface Entity {
  isGone?: boolean;
}
