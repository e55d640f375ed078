import { readFile } from 'node:fs/promises';
import { diff } from '@graphql-inspector/core';
import { findOverrideLabels, type OverrideLabel } from '@marquee/chassis/graphql/override-labels';
import { buildSchema, parse } from 'graphql';
import { compose } from '../compose.js';
import { subgraphs } from '../services.js';
import { canBeAllowed, type Check, check } from './check.js';
import { describeCheck } from './check-report.js';
import { CommandError, RefusalReport } from './command-error.js';
import { type CommandOptions, publishOptions, readOptions, formatOf } from './command-options.js';
import { buildContract } from './contract.js';
import { lintCommand } from './lint-command.js';
import { openRegistry } from './open.js';
import { registerOperations } from './operations.js';
import { previewStore, publishPreview } from './preview.js';
import { publish, PublicationRejected, rollback, unpublish } from './publish.js';
import { publishRemovals } from './removals.js';
import { restore } from './restore.js';
import { checkServed, servedSdl } from './running-service.js';
import { readSdls } from './sdl-sources.js';
import type { RegistryStore } from './store.js';
import { describeUsage, recordedUsage } from './usage.js';
import { lastVersions, newestVersion, readSubgraphs, type Version, readVersion } from './versions.js';

type Command = (store: RegistryStore, operands: string[], options: CommandOptions) => Promise<string>;

const commands: Readonly<Record<string, Command>> = {
  async check(store, names, options) {
    const result = await check(store, await readSdls(names, options), options.limit);
    const { allow } = options;
    if (!result.passes && (allow === undefined || !canBeAllowed(result))) throw new PublicationRejected(result);
    const report = describeCheck(result, formatOf(options), allow);
    if (formatOf(options) !== 'text') return report;
    return `${report}This may be published${result.passes ? '.' : `, since it is allowed: ${allow}`}\n`;
  },
  async publish(store, names, options) {
    const sdls = await readSdls(names, options);
    if (options.removals) {
      const version = await publishRemovals(store, sdls, options.by, publishOptions(options));
      return version ? `Version ${version.number} is live.\n` : 'Nothing is removed.\n';
    }
    if (options.ask !== undefined && sdls.length > 1)
      throw new CommandError('--ask can be used with only one service.');
    if (options.unasked === undefined) for (const sdl of sdls) await checkServed(sdl, options);
    const note = options.unasked === undefined ? undefined : `the services were not asked: ${options.unasked}`;
    const { number } = await publish(store, sdls, options.by, { ...publishOptions(options), note });
    return `Version ${number} is live.\n`;
  },
  async delete(store, [name], options) {
    if (name === undefined) throw new CommandError('Name the service.');
    const { number } = await unpublish(store, name, options.by, publishOptions(options));
    return `Version ${number} is live.\n`;
  },
  async introspect(_, [url], options) {
    if (url === undefined) throw new CommandError('Give the URL of the subgraph.');
    return `${(await servedSdl(options.name ?? new URL(url).hostname, url, options)).trimEnd()}\n`;
  },
  async lint(_, names, options) {
    return lintCommand(await readSdls(names.length > 0 ? names : subgraphs.map(({ name }) => name), options), options);
  },
  async usage(store, _, { limit }) {
    return describeUsage(await recordedUsage(store, limit.days));
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
  async restore(store, [name, version], { by, expect }) {
    if (name === undefined) throw new CommandError('Name the service.');
    const expected = expect === undefined ? undefined : numberOf(expect);
    const { number, what } = await restore(store, { name, number: numberOf(version), expected, by });
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
  const { options, operands } = readOptions(rest, directory);
  const main = await openRegistry(options.registry);
  const store = options.graph === undefined ? main : previewStore(main, options.graph);
  try {
    if (options.graph !== undefined && name === 'publish')
      return await publishToPreview(main, store, operands, options);
    return await (commands[name] as Command)(store, operands, options);
  } catch (failure) {
    if (failure instanceof PublicationRejected) throw refusal(failure.check, options);
    throw failure;
  }
}

/** The services of a preview may start later: no client depends on it. */
async function publishToPreview(
  main: RegistryStore,
  preview: RegistryStore,
  names: string[],
  options: CommandOptions,
): Promise<string> {
  const { number } = await publishPreview(main, preview, await readSdls(names, options), options.by);
  return `Version ${number} of ${options.graph} is live.\n`;
}

function refusal(result: Check, options: CommandOptions): CommandError {
  const format = formatOf(options);
  const report = describeCheck(result, format, options.allow);
  if (format !== 'text') return new RefusalReport(report);
  const advice = canBeAllowed(result) ? ' --allow "<reason>" publishes it in spite of that.' : '';
  return new CommandError(`${report}This must not be published.${advice}`);
}

function describeVersion({ number, at, by, what, allowed, note }: Version): string {
  const lines = [
    ...(allowed ? [`allowed: ${allowed.reason}`, ...allowed.changes] : []),
    ...(note === undefined ? [] : [note]),
  ];
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
