/**
 * The changes of a contract between its published versions, for the page of its users. They are stored next to the
 * contract, because gateways do not read the versions of the graph.
 */
import { diff } from '@graphql-inspector/core';
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';
import { changeLevel, type ChangeLevel } from './change-level.js';
import type { Contract } from './contract.js';
import type { RegistryStore } from './store.js';
import type { Version } from './versions.js';

/** One version of a contract. */
interface ContractVersion {
  /** The number of the version of the graph. */
  version: number;
  /** The time of publication, in ISO 8601. */
  at: string;
  /** Empty for the first version. */
  changes: readonly { level: ChangeLevel; message: string }[];
}

/** Number of versions that are kept. */
const keptVersions = 50;

/** Makes a contract live, and adds its changes to `live/<name>-changes.json`, the newest first. */
export async function writeContract(
  store: RegistryStore,
  name: string,
  { supergraph, api }: Contract,
  { number, at }: Pick<Version, 'number' | 'at'>,
): Promise<void> {
  const before = await store.read(`live/${name}.graphql`);
  const key = `live/${name}-changes.json`;
  const changes = before === undefined ? [] : await changesOf(apiOf(before), api);
  const earlier = await readEarlier(store, key);
  if (changes.length > 0 || earlier.length === 0) {
    const others = earlier.filter(({ version }) => version !== number);
    const versions = [{ version: number, at, changes }, ...others].slice(0, keptVersions);
    await store.replace(key, `${JSON.stringify(versions, null, 2)}\n`);
  }
  // Written last: after a failure in between, the changes are computed again.
  await store.replace(`live/${name}.graphql`, supergraph);
}

async function readEarlier(store: RegistryStore, key: string): Promise<ContractVersion[]> {
  const text = await store.read(key);
  return text === undefined ? [] : (JSON.parse(text) as ContractVersion[]);
}

async function changesOf(before: GraphQLSchema, after: GraphQLSchema): Promise<ContractVersion['changes']> {
  return (await diff(before, after)).map((change) => ({ level: changeLevel(change), message: change.message }));
}

function apiOf(supergraph: string): GraphQLSchema {
  const built = Supergraph.build(supergraph, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  return built.apiSchema().toGraphQLJSSchema();
}
