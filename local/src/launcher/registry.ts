/** The registry of a copy: what its services publish when they start is what its gateway serves. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Variables } from '@marquee/chassis/config/settings';
import { systemEnvironment } from '../config.js';
import { repositoryRoot } from './instance.js';
import type { RunningProcess, ManagedProcess } from './managed-process.js';
import { UserError } from './user-error.js';
import { subgraphs } from './subgraphs.js';

/** Publishes the SDLs that are committed beside the code; it has no process of its own afterwards. */
export function registryProcess(directory: string): ManagedProcess {
  return {
    name: 'registry',
    async start(signal) {
      await publish(join(directory, 'registry'), signal);
      return withoutProcess();
    },
  };
}

/** Without a process there is nothing to end, but what was begun has to. */
function withoutProcess(): RunningProcess {
  let end: (how: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = resolve));
  return { ended, stop: async () => end('it was stopped'), kill: () => end('it was killed') };
}

/** Where the gateway finds the graph, and how soon it notices that another version is live. */
export function registryVariables(directory: string): Variables {
  const live = join(directory, 'registry', 'live');
  return {
    SUPERGRAPH: join(live, 'supergraph.graphql'),
    PARTNER_SUPERGRAPH: join(live, 'partner.graphql'),
    SUPERGRAPH_POLL_SECONDS: '0.5',
  };
}

async function publish(registry: string, signal: AbortSignal): Promise<void> {
  const names = subgraphs.map(({ name }) => name);
  const options = ['--registry', registry, '--sdl', join(repositoryRoot, 'schema/subgraphs'), '--by', 'npm start'];
  const program = [join(repositoryRoot, 'schema/dist/main.js'), 'publish', ...names, ...options];
  try {
    await promisify(execFile)(process.execPath, program, { cwd: repositoryRoot, env: systemEnvironment(), signal });
  } catch (failure) {
    const { stderr = '', message } = failure as { stderr?: string; message: string };
    throw new UserError(`The graph was not published in ${registry}: ${stderr === '' ? message : stderr}`);
  }
}
