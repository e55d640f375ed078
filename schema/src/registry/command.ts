import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diff } from '@graphql-inspector/core';
import { findOverrideLabels, type OverrideLabel } from '@marquee/chassis/graphql/override-labels';
import { buildSchema, parse } from 'graphql';
import { compose, type SubgraphSdl } from '../compose.js';
import { printSdl } from '../generate.js';
import { localUrl, subgraphs } from '../services.js';
import { canBeAllowed, type Check, check } from './check.js';
import { buildContract } from './contract.js';
import { openRegistry } from './open.js';
import { registerOperations } from './operations.js';
import { publish, PublicationRejected, rollback } from './publish.js';
import type { RegistryStore } from './store.js';
import { lastVersions, newestVersion, readSubgraphs, type Version, readVersion } from './versions.js';

export const registryUsage = `  check <service>                shows what publishing the service would change for clients
  publish <service>...           replaces the live schemas of the services
  history                        lists the last 20 versions
  diff <version> [<version>]     lists the changes of the public schema between two versions, or up to the live one
  rollback <version>             makes a previous version live again
  contract <tag>                 prints the supergraph of a contract
  labels                         lists the labels of progressive overrides, with their fields
  operations <client> <file>     registers the operations of a client (a persisted query manifest)
    --registry   a directory, or s3://bucket/prefix
    --sdl        a file with the SDL instead of the code; for several services, a directory with <service>.graphql
    --url        the URL of a service that is not in subgraphs/services.json
    --by         the name of the publisher in the history
    --allow      the reason for which check and publish accept changes that break operations in use; the history keeps it
`;

/** The options of the registry's commands. */
interface Options {
  registry: string;
  sdl?: string | undefined;
  url?: string | undefined;
  by: string;
  allow?: string | undefined;
}

/** An error whose message is printed without a stack trace. */
export class CommandError extends Error {}

type Command = (store: RegistryStore, operands: string[], options: Options) => Promise<string>;

const commands: Readonly<Record<string, Command>> = {
  async check(store, names, options) {
    const result = await check(store, await sdlsOf(names, options));
    if (result.passes) return `${describeCheck(result)}This may be published.\n`;
    if (options.allow === undefined || !canBeAllowed(result)) throw new PublicationRejected(result);
    return `${describeCheck(result)}This may be published, since it is allowed: ${options.allow}\n`;
  },
  async publish(store, names, options) {
    const { number } = await publish(store, await sdlsOf(names, options), options.by, options.allow);
    return `Version ${number} is live.\n`;
  },
  async history(store) {
    return (await lastVersions(store, 20)).map(describeVersion).join('') || 'Nothing has been published yet.\n';
  },
  async diff(store, [from, to]) {
    const versions = [await readVersion(store, numberOf(from)), await versionNamed(store, to)];
    const [before, after] = await Promise.all(versions.map(async (one) => apiOf(store, one)));
    const changes = await diff(before ?? null, after ?? null);
    return (
      changes.map(({ message, criticality }) => `${criticality.level.padEnd(12)} ${message}\n`).join('') ||
      'The public schema is the same.\n'
    );
  },
  async rollback(store, [version], { by }) {
    const { number, what } = await rollback(store, numberOf(version), by);
    return `Version ${number} is live: ${what}.\n`;
  },
  async contract(store, [tag = '']) {
    const { supergraph } = compose(await readSubgraphs(store, await versionNamed(store, undefined)));
    const contract = buildContract(supergraph, tag);
    if (contract !== undefined) return contract;
    throw new CommandError(`No reachable field has the tag "${tag}".`);
  },
  async labels(store) {
    const { supergraph } = compose(await readSubgraphs(store, await versionNamed(store, undefined)));
    const labels = findOverrideLabels(parse(supergraph, { noLocation: true }).definitions);
    return labels.map(describeLabel).join('') || 'No field has a label.\n';
  },
  async operations(store, [client = '', file = '']) {
    const count = await registerOperations(store, client, await readFile(file, 'utf8'));
    return `Registered operations of ${client}: ${count}\n`;
  },
};

export function isRegistryCommand(name: string | undefined): name is string {
  return name !== undefined && Object.hasOwn(commands, name);
}

/**
 * Runs a command and returns its output.
 * @param directory the default registry
 * @throws CommandError, CompositionError
 */
export async function registryCommand([name = '', ...rest]: string[], directory: string): Promise<string> {
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      registry: { type: 'string', default: directory },
      sdl: { type: 'string' },
      url: { type: 'string' },
      by: { type: 'string', default: userInfo().username },
      allow: { type: 'string' },
    },
  });
  if (values.allow?.trim() === '') throw new CommandError('--allow needs a reason.');
  const store = await openRegistry(values.registry);
  try {
    return await (commands[name] as Command)(store, positionals, values);
  } catch (failure) {
    if (!(failure instanceof PublicationRejected)) throw failure;
    const advice = canBeAllowed(failure.check) ? ' --allow "<reason>" publishes it in spite of that.' : '';
    throw new CommandError(`${describeCheck(failure.check)}This must not be published.${advice}`);
  }
}

function sdlsOf(names: string[], { sdl, url }: Options): Promise<SubgraphSdl[]> {
  if (names.length === 0) throw new CommandError('Name at least one service.');
  if (url !== undefined && names.length > 1) throw new CommandError('--url can be used with only one service.');
  const file = (name: string) => (sdl === undefined || names.length === 1 ? sdl : join(sdl, `${name}.graphql`));
  return Promise.all(names.map((name) => sdlOf(name, file(name), url)));
}

async function sdlOf(name: string, file: string | undefined, url: string | undefined): Promise<SubgraphSdl> {
  const known = subgraphs.find((subgraph) => subgraph.name === name);
  const address = url ?? (known && localUrl(known));
  if (address === undefined)
    throw new CommandError(`The service "${name}" is not in subgraphs/services.json: use --url and --sdl.`);
  if (file !== undefined) return { name, url: address, sdl: await readFile(file, 'utf8') };
  if (!known) throw new CommandError(`The service "${name}" is not in subgraphs/services.json: use --sdl.`);
  return { ...(await printSdl(known)), url: address };
}

function describeCheck({ problems, changes }: Check): string {
  const lines = changes.map(({ level, message, usedBy }) =>
    [`${level.padEnd(9)} ${message}`, ...usedBy.map((user) => `          used by ${user}`)].join('\n'),
  );
  return [...problems, ...lines].map((line) => `${line}\n`).join('');
}

function describeVersion({ number, at, by, what, allowed }: Version): string {
  const lines = allowed ? [`allowed: ${allowed.reason}`, ...allowed.changes] : [];
  const details = lines.map((line) => `         ${line}\n`).join('');
  return `${String(number).padStart(5)}  ${at}  ${what} (${by})\n${details}`;
}

function describeLabel({ name, fields }: OverrideLabel): string {
  const lines = fields.map(({ type, field, from, to }) => `  ${type}.${field}  from ${from} to ${to}\n`);
  return `${name}\n${lines.join('')}`;
}

async function apiOf(store: RegistryStore, version: Version) {
  return buildSchema(compose(await readSubgraphs(store, version)).api);
}

async function versionNamed(store: RegistryStore, number: string | undefined): Promise<Version> {
  if (number !== undefined) return readVersion(store, numberOf(number));
  const live = await newestVersion(store);
  if (live) return live;
  throw new CommandError('Nothing has been published yet.');
}

function numberOf(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d*$/.test(text)) return Number(text);
  throw new CommandError(
    `Expected the number of a version${text === undefined ? '' : `, not "${text}"`}; \`history\` lists them.`,
  );
}
