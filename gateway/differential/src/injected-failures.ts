import { GraphQLError, isNonNullType } from 'graphql';
import { corruptResponse } from './corrupt-response.js';
import type { SubgraphResponse } from './drawn-subgraph.js';
import type { Entity, FieldInfo } from './drawn-values.js';
import type { FetchDocument } from './fetch-document.js';
import { hash } from './hash.js';

/**
 * The kinds of failures that are injected:
 * - `none`;
 * - `fields`: fields that fail or are null, wherever they are resolved, so that the monolith fails alike;
 * - `errors`: those of a correct subgraph that reports all errors: failed fields and entities, lost connections;
 * - `valid`: also nulls without an error;
 * - `invalid`: also values that contradict the subgraph's schema;
 * - `malformed`: also values of the wrong shape, such as a scalar for a list.
 */
export const failureLevels = ['none', 'fields', 'errors', 'valid', 'invalid', 'malformed'] as const;
export type FailureLevel = (typeof failureLevels)[number];

/** Draws failures, deterministically by world and place, however often and in whatever requests a place is requested. */
export interface Failures {
  /** The response of a subgraph that fails entirely. @throws Error for a lost connection */
  request(subgraph: string, fetch: FetchDocument): SubgraphResponse | undefined;
  /** @throws GraphQLError for a field that fails */
  field(subgraph: string, parent: Entity, info: ResolverInfo): void;
  /** Whether a nullable field is null. */
  isNulled(subgraph: string, parent: Entity, info: ResolverInfo): boolean;
  /** The entity, or null or an error in its place. */
  entity(subgraph: string, entity: Entity): Entity | GraphQLError | null;
  /** @throws GraphQLError for an entity for which the whole list of entities fails */
  entities(subgraph: string, entity: Entity): void;
  /** Replaces values of a response by invalid ones. */
  corrupt(
    subgraph: string,
    fetch: FetchDocument,
    variables: Record<string, unknown>,
    response: SubgraphResponse,
  ): SubgraphResponse;
}

/** The part of `GraphQLResolveInfo` that failures depend on. */
export type ResolverInfo = Pick<FieldInfo, 'parentType' | 'fieldName' | 'returnType'>;

/** Whether a field may fail although the monolith cannot know which subgraph resolves it in which request. */
export type IsFailable = (info: ResolverInfo) => boolean;

const codes = ['NOT_FOUND', 'FORBIDDEN', undefined, 'INVALID_GRAPHQL'];

const noFailures: Failures = {
  request: () => undefined,
  field: () => undefined,
  isNulled: () => false,
  entity: (_, entity) => entity,
  entities: () => undefined,
  corrupt: (_subgraph, _fetch, _variables, response) => response,
};

/** @param world every world has other failures */
export function createFailures(world: number, level: FailureLevel, isFailable: IsFailable): Failures {
  const happens = (event: string, oneIn: number): boolean => hash(`${world} ${event}`) % oneIn === 0;
  if (level === 'none') return noFailures;
  if (level === 'fields') return fieldFailures(happens, isFailable);
  const isInvalid = level === 'invalid' || level === 'malformed';
  const isSilent = level !== 'errors';
  return {
    // By subgraph and not by request, for an executor may merge two fetches into one request.
    request: (subgraph, fetch) =>
      happens(`whole ${subgraph}`, 16) ? failRequest(subgraph, fetch, hash(`${world} way ${subgraph}`) % 4) : undefined,
    field(subgraph, parent, { fieldName }) {
      const place = `${subgraph} ${parent.type}:${parent.number}.${fieldName}`;
      if (happens(`error ${place}`, 24)) throw fieldError(place);
    },
    isNulled: (subgraph, parent, { fieldName, returnType }) =>
      isSilent &&
      !isNonNullType(returnType) &&
      happens(`null ${subgraph} ${parent.type}:${parent.number}.${fieldName}`, 16),
    entity(subgraph, entity) {
      const place = `${subgraph} ${entity.type}:${entity.number}`;
      if (happens(`entity error ${place}`, 14)) return fieldError(place);
      return isSilent && happens(`entity null ${place}`, 14) ? null : entity;
    },
    entities(subgraph, { type, number }) {
      const place = `${subgraph} ${type}:${number} with all others`;
      if (happens(`entities ${place}`, 40)) throw fieldError(place);
    },
    corrupt: (subgraph, fetch, variables, response) =>
      isInvalid ? corruptResponse(`${world} ${subgraph}`, fetch, variables, response, level === 'malformed') : response,
  };
}

/** The same in every subgraph. */
function fieldFailures(happens: (event: string, oneIn: number) => boolean, isFailable: IsFailable): Failures {
  const placeOf = ({ number }: Entity, { parentType, fieldName }: ResolverInfo): string =>
    `${parentType.name}:${number}.${fieldName}`;
  return {
    ...noFailures,
    field(_, parent, info) {
      const place = placeOf(parent, info);
      if (happens(`error ${place}`, 10) && isFailable(info)) throw fieldError(place);
    },
    isNulled: (_, parent, info) =>
      !isNonNullType(info.returnType) && happens(`null ${placeOf(parent, info)}`, 16) && isFailable(info),
  };
}

function fieldError(place: string): GraphQLError {
  const code = codes[hash(place) % codes.length];
  return new GraphQLError(`refused: ${place}`, { extensions: { ...(code !== undefined && { code }), place } });
}

function failRequest(subgraph: string, { roots }: FetchDocument, way: number): SubgraphResponse {
  const message = `${subgraph} cannot`;
  const extensions = { code: 'UPSTREAM_UNAVAILABLE', service: subgraph };
  if (way === 0) throw new Error(`no connection to ${subgraph}`);
  if (way === 1) return { data: null, errors: [{ message }] };
  if (way === 2) return { errors: [{ message: '', extensions }] };
  return { data: null, errors: roots.map(({ name }) => ({ message, path: [name], extensions })) };
}
