import { type DocumentNode, parse } from 'graphql';
import { z } from 'zod';
import type { RegistryStore } from './store.js';

/** An operation that a client has in use. */
export interface ClientOperation {
  client: string;
  name: string;
  document: DocumentNode;
}

/**
 * Notes which operations a client has in use, in the place of what was noted of it before.
 * @param manifest a persisted query manifest: `{"operations": [{"id", "name", "type", "body"}]}`
 * @throws Error when it is none
 */
export async function registerOperations(store: RegistryStore, client: string, manifest: string): Promise<number> {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(client)) throw new Error(`"${client}" is no name for a client.`);
  const operations = readManifest(client, manifest);
  await store.replace(`operations/${client}.json`, manifest);
  return operations.length;
}

/** The operations of all clients. */
export async function registeredOperations(store: RegistryStore): Promise<ClientOperation[]> {
  const keys = await store.list('operations/');
  const lists = await Promise.all(
    keys.map(async (key) => {
      const client = key.slice('operations/'.length, -'.json'.length);
      return readManifest(client, (await store.read(key)) ?? '{"operations":[]}');
    }),
  );
  return lists.flat();
}

function readManifest(client: string, manifest: string): ClientOperation[] {
  const { operations } = manifestShape.parse(JSON.parse(manifest));
  return operations.map(({ name, body }) => ({ client, name, document: parse(body) }));
}

const manifestShape = z.object({
  operations: z.array(z.object({ name: z.string(), body: z.string() })),
});
