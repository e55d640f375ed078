/** The schema registry of an instance. The launcher publishes to it at start, and the gateway serves its live version. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Variables } from '@marquee/chassis/config/settings';
import { subgraphs } from '@marquee/schema/services';
import { systemEnvironment } from '../config.js';
import { repositoryRoot } from './instance.js';
import type { ManagedProcess, RunningProcess } from './managed-process.js';
import { UserError } from './user-error.js';

/** Publishes the committed SDLs. It counts as running until it is stopped, although no process remains. */
export function registryProcess(directory: string): ManagedProcess {
  return {
    name: 'registry',
    async start(signal) {
      await publish(join(directory, 'registry'), signal);
      return processless();
    },
  };
}

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
