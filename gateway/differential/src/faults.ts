import { GraphQLError, type GraphQLResolveInfo, isNonNullType } from 'graphql';
import type { FetchDocument } from './fetch-document.js';
import { hash } from './hash.js';
import { spoil } from './spoiling.js';
import type { SubgraphResponse } from './subgraph.js';
import type { Thing } from './values.js';

/**
 * How much goes wrong: `none`; `told` is what a sound subgraph can answer, nulls, errors and refusals; `broken` adds
 * answers that contradict the subgraph's schema; `absurd` adds those of which the shape is wrong.
 */
export const faultLevels = ['none', 'told', 'broken', 'absurd'] as const;
export type FaultLevel = (typeof faultLevels)[number];

/** Draws what goes wrong; the same in the same world, however often and together with what it is asked. */
export interface Faults {
  /** What a subgraph answers that cannot do anything. @throws Error for one that does not answer */
  whole(subgraph: string, fetch: FetchDocument): SubgraphResponse | undefined;
  /** @throws GraphQLError for a field that fails */
  field(subgraph: string, parent: Thing, info: GraphQLResolveInfo): void;
  emptied(subgraph: string, parent: Thing, info: GraphQLResolveInfo): boolean;
  /** The thing, null, or an error in its place. */
  entity(subgraph: string, thing: Thing): Thing | GraphQLError | null;
  raw(
    subgraph: string,
    fetch: FetchDocument,
    variables: Record<string, unknown>,
    answer: SubgraphResponse,
  ): SubgraphResponse;
}

const codes = ['NOT_FOUND', 'FORBIDDEN', undefined, 'INVALID_GRAPHQL'];

export function createFaults(world: number, level: FaultLevel): Faults {
  const told = level !== 'none';
  const broken = level === 'broken' || level === 'absurd';
  // One in `rate`.
  const happens = (what: string, rate: number): boolean => told && hash(`${world} ${what}`) % rate === 0;
  return {
    // All of a subgraph or nothing, for an executor may ask two things of it in one request.
    whole: (subgraph, fetch) =>
      happens(`whole ${subgraph}`, 16)
        ? wholeFailure(subgraph, fetch, hash(`${world} way ${subgraph}`) % 4)
        : undefined,
    field(subgraph, parent, { fieldName }) {
      const place = `${subgraph} ${parent.type}:${parent.number}.${fieldName}`;
      if (happens(`error ${place}`, 24)) throw refusal(place);
    },
    emptied: (subgraph, parent, { fieldName, returnType }) =>
      !isNonNullType(returnType) && happens(`null ${subgraph} ${parent.type}:${parent.number}.${fieldName}`, 16),
    entity(subgraph, thing) {
      const place = `${subgraph} ${thing.type}:${thing.number}`;
      if (happens(`entity error ${place}`, 14)) return refusal(place);
      return happens(`entity null ${place}`, 14) ? null : thing;
    },
    raw: (subgraph, fetch, variables, answer) =>
      broken ? spoil(`${world} ${subgraph}`, fetch, variables, answer, level === 'absurd') : answer,
  };
}

function refusal(place: string): GraphQLError {
  const code = codes[hash(place) % codes.length];
  return new GraphQLError(`refused: ${place}`, { extensions: { ...(code !== undefined && { code }), place } });
}

function wholeFailure(subgraph: string, { roots }: FetchDocument, way: number): SubgraphResponse {
  const message = `${subgraph} cannot`;
  const extensions = { code: 'UPSTREAM_UNAVAILABLE', service: subgraph };
  if (way === 0) throw new Error(`no connection to ${subgraph}`);
  if (way === 1) return { data: null, errors: [{ message }] };
  if (way === 2) return { errors: [{ message: '', extensions }] };
  return { data: null, errors: roots.map(({ name }) => ({ message, path: [name], extensions })) };
}
