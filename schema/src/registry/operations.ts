import { readOperationManifest } from '@marquee/chassis/graphql/operation-manifest';
import { type DocumentNode, parse } from 'graphql';
import type { RegistryStore } from './store.js';

/** A registered operation of a client. */
export interface ClientOperation {
  client: string;
  name: string;
  document: DocumentNode;
}

/**
 * Registers the operations of a client, replacing those registered before. Returns their number.
 * @param manifest a persisted query manifest, in the format that a gateway with trusted documents reads
 * @throws Error when the manifest or the client's name is invalid
 */
export async function registerOperations(store: RegistryStore, client: string, manifest: string): Promise<number> {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(client))
    throw new Error(`Invalid client name "${client}": expected letters, digits, dots, hyphens and underscores.`);
  const operations = read(client, manifest);
  await store.replace(`operations/${client}.json`, manifest);
  return operations.length;
}

/** The registered operations of all clients. */
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
    throw new Error(`The manifest of ${client} is invalid: ${(failure as Error).message}`, { cause: failure });
  }
}
