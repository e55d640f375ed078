/** The schema registry of an instance. The launcher publishes to it at start, and the gateway serves its live version. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Variables } from '@marquee/chassis/config/settings';
import { subgraphs } from '@marquee/schema/services';
import { systemEnvironment } from '../config.js';
import { fileStates } from './file-state.js';
import { repositoryRoot } from './instance.js';
import type { ManagedProcess, RunningProcess } from './managed-process.js';
import { UserError } from './user-error.js';

/**
 * Publishes the committed SDLs, unless nothing has changed since the last start: composition takes most of a second. It
 * counts as running until it is stopped, although no process remains.
 */
export function registryProcess(directory: string): ManagedProcess {
  return {
    name: 'registry',
    async start(signal) {
      const registry = join(directory, 'registry');
      const stateFile = join(registry, 'publication.txt');
      if (publicationState(registry) !== (await readFile(stateFile, 'utf8').catch(() => undefined))) {
        await publish(registry, signal);
        await writeFile(stateFile, publicationState(registry));
      }
      return processless();
    },
  };
}

/** The files that a publication reads, those of the program that publishes, and those that it writes. */
function publicationState(registry: string): string {
  const sources = ['package-lock.json', 'subgraphs/services.json', 'schema/subgraphs', 'schema/dist', 'chassis/dist'];
  const written = ['versions', 'live'].map((folder) => join(registry, folder));
  const states = [...sources.map((path) => join(repositoryRoot, path)), ...written].flatMap(fileStates);
  return states.filter((state) => !state.includes(copyOfGateway)).join('\n');
}

/** A part of the name of the copies that the gateway writes beside the published files. */
const copyOfGateway = '.last-good ';

function processless(): RunningProcess {
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  return { ended, stop: async () => end('stopped'), kill: () => end('killed') };
}

/** The gateway's settings for the registry of this instance, to which it also reports the use of the schema. */
export function registryVariables(directory: string): Variables {
  const registry = join(directory, 'registry');
  const live = join(registry, 'live');
  return {
    SUPERGRAPH: join(live, 'supergraph.graphql'),
    PARTNER_SUPERGRAPH: join(live, 'partner.graphql'),
    PARTNER_CHANGES: join(live, 'partner-changes.json'),
    SUPERGRAPH_POLL_SECONDS: '0.5',
    USAGE_REGISTRY: registry,
    PREVIEW_REGISTRY: registry,
  };
}

/** The services start later. A developer may remove a field that only the developer has used. */
const unchecked = ['--unasked', 'they start after the publication', '--days', '0'];

async function publish(registry: string, signal: AbortSignal): Promise<void> {
  const names = subgraphs.map(({ name }) => name);
  const options = ['--registry', registry, '--sdl', join(repositoryRoot, 'schema/subgraphs'), '--by', 'npm start'];
  const command = [join(repositoryRoot, 'schema/dist/main.js'), 'publish', ...names, ...options, ...unchecked];
  try {
    await promisify(execFile)(process.execPath, command, { cwd: repositoryRoot, env: systemEnvironment(), signal });
  } catch (failure) {
    const { stderr = '', message } = failure as { stderr?: string; message: string };
    throw new UserError(`The graph could not be published to ${registry}: ${stderr === '' ? message : stderr}`);
  }
}
