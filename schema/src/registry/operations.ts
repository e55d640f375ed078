import { readOperationManifest } from '@marquee/chassis/graphql/operation-manifest';
import { type DocumentNode, parse } from 'graphql';
import type { RegistryStore } from './store.js';

/** An operation that a client has in use. */
export interface ClientOperation {
  client: string;
  name: string;
  document: DocumentNode;
}

/**
 * Notes which operations a client has in use, in the place of what was noted of it before.
 * @param manifest a persisted query manifest, which a gateway with trusted documents takes as it is
 * @throws Error when it is none
 */
export async function registerOperations(store: RegistryStore, client: string, manifest: string): Promise<number> {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(client)) throw new Error(`"${client}" is no name for a client.`);
  const operations = read(client, manifest);
  await store.replace(`operations/${client}.json`, manifest);
  return operations.length;
}

/** The operations of all clients. */
export async function registeredOperations(store: RegistryStore): Promise<ClientOperation[]> {
  const keys = await store.list('operations/');
  const lists = await Promise.all(
    keys.map(async (key) => {
      const client = key.slice('operations/'.length, -'.json'.length);
      const manifest = await store.read(key);
      return manifest === undefined ? [] : read(client, manifest);
    }),
  );
  return lists.flat();
}

function read(client: string, manifest: string): ClientOperation[] {
  try {
    return readOperationManifest(manifest).map(({ name, body }) => ({ client, name, document: parse(body) }));
  } catch (failure) {
    throw new Error(`The manifest of ${client} cannot be used: ${(failure as Error).message}`, { cause: failure });
  }
}
