import type { Caller } from '@marquee/chassis/identity/caller';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { Pool } from 'undici';
import type { ServiceName } from '../../../stub-subgraphs/stub-schema.js';
import type { CallerVerifier } from './caller-verifier.js';

/** Sends the fetches of the plans. Responses have the shape of their selection. */
export interface SubgraphClient {
  root<Data>(service: ServiceName, query: string, variables: object, caller: Caller): Promise<Data>;
  /** Fetches entities by key; duplicate keys are fetched once. */
  entities<Entity = object>(
    service: ServiceName,
    selection: EntitySelection,
    keys: readonly string[],
    caller: Caller,
  ): Promise<ReadonlyMap<string, Entity>>;
}

/** The entity type, its key field and the selected fields. */
export interface EntitySelection {
  type: string;
  key: string;
  fields: string;
}

export function openSubgraphClient(
  services: Readonly<Record<ServiceName, string>>,
  { sign }: CallerVerifier,
): SubgraphClient {
  const pools = new Map(
    Object.entries(services).map(([name, url]) => [name, new Pool(new URL(url).origin, { connections: 64 })]),
  );
  return { root, entities };

  async function root<Data>(service: ServiceName, query: string, variables: object, caller: Caller): Promise<Data> {
    const signed = await sign(caller, service);
    const headers = { 'content-type': 'application/json', accept: 'application/json', [callerHeader]: signed };
    const body = JSON.stringify({ query, variables });
    const response = await pools.get(service)?.request({ method: 'POST', path: '/graphql', headers, body });
    return (JSON.parse((await response?.body.text()) ?? '') as { data: Data }).data;
  }

  async function entities<Entity>(
    service: ServiceName,
    { type, key, fields }: EntitySelection,
    keys: readonly string[],
    caller: Caller,
  ): Promise<ReadonlyMap<string, Entity>> {
    const uniqueKeys = [...new Set(keys)];
    const representations = uniqueKeys.map((value) => ({ __typename: type, [key]: value }));
    const query = `query($representations:[_Any!]!){_entities(representations:$representations){...on ${type}{${fields}}}}`;
    const { _entities: found } = await root<{ _entities: Entity[] }>(service, query, { representations }, caller);
    return new Map(uniqueKeys.map((value, index) => [value, found[index] as Entity]));
  }
}
