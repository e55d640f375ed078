import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/signature';
import { Pool } from 'undici';
import type { ServiceName } from '../../../world/sdl.js';
import type { Callers } from './callers.js';

/** What a service answered; its shape is that of the document. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- written for known documents only
export type Found = any;

/** Sends what the plans send. */
export interface Fetches {
  root(service: ServiceName, query: string, variables: object, caller: Caller): Promise<Found>;
  /** Entities by key, each asked for once. */
  entities(service: ServiceName, ask: EntityQuestion, keys: readonly string[], caller: Caller): Promise<Entities>;
}

/** How entities of a type are asked for. */
export interface EntityQuestion {
  type: string;
  key: string;
  fields: string;
}

export type Entities = ReadonlyMap<string, Found>;

export function openFetches(services: Readonly<Record<ServiceName, string>>, { sign }: Callers): Fetches {
  const pools = new Map(
    Object.entries(services).map(([name, url]) => [name, new Pool(new URL(url).origin, { connections: 64 })]),
  );
  return { root, entities };

  async function root(service: ServiceName, query: string, variables: object, caller: Caller): Promise<Found> {
    const signed = await sign(caller, service);
    const headers = { 'content-type': 'application/json', accept: 'application/json', [callerHeader]: signed };
    const body = JSON.stringify({ query, variables });
    const answer = await pools.get(service)?.request({ method: 'POST', path: '/graphql', headers, body });
    return (JSON.parse((await answer?.body.text()) ?? '') as { data: Found }).data;
  }

  async function entities(
    service: ServiceName,
    { type, key, fields }: EntityQuestion,
    keys: readonly string[],
    caller: Caller,
  ): Promise<Entities> {
    const asked = [...new Set(keys)];
    const representations = asked.map((value) => ({ __typename: type, [key]: value }));
    const query = `query($representations:[_Any!]!){_entities(representations:$representations){...on ${type}{${fields}}}}`;
    const { _entities: found } = (await root(service, query, { representations }, caller)) as { _entities: Found[] };
    return new Map(asked.map((value, index) => [value, found[index]]));
  }
}
