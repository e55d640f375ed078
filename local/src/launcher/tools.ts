import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { environment, type LauncherSettings } from '../config.js';
import { clientSecret } from '../issuer/clients.js';
import { dataDirectory, type Instance, repositoryRoot } from './instance.js';
import { readHolder } from './lock.js';
import { UserError } from './user-error.js';
import { readSecrets } from './secrets.js';
import { postgresVariables } from './subgraph-program.js';
import { publicUrl } from './stages.js';

/** A command-line program of a service. By default it works on the embedded run. */
interface Tool {
  script: string;
  /** The variable whose presence points the tool at another system. */
  overrideVariable: string;
  embeddedVariables(instance: Pick<Instance, 'ports' | 'secrets'>): Variables;
}

const tools: Readonly<Record<string, Tool>> = {
  'promote-admin': {
    script: 'subgraphs/users/dist/promote-admin.js',
    overrideVariable: 'DATABASE_URL',
    embeddedVariables: (instance) => postgresVariables(instance, 'users'),
  },
  'import-shows': {
    script: 'subgraphs/shows/dist/import-shows.js',
    overrideVariable: 'GRAPH_URL',
    embeddedVariables: (instance) => ({
      GRAPH_URL: `${publicUrl(instance, 'gateway')}/graphql`,
      TOKEN_URL: `${publicUrl(instance, 'issuer')}/oauth2/token`,
      CLIENT_ID: 'dev-ingest',
      CLIENT_SECRET: clientSecret('dev-ingest'),
    }),
  },
};

/**
 * Runs a service's tool and returns its exit code.
 * @throws UserError when the tool is unknown, or when it needs the embedded run and that is not running
 */
export async function toolCommand(name: string, args: readonly string[], settings: LauncherSettings): Promise<number> {
  const tool = tools[name];
  if (tool === undefined)
    throw new UserError(`There is no command "${name}". Available tools: ${Object.keys(tools).join(', ')}.`);
  const inherited = environment();
  const env = inherited[tool.overrideVariable]
    ? inherited
    : { ...inherited, ...tool.embeddedVariables(await runningInstance(settings, tool.overrideVariable)) };
  const child = spawn(process.execPath, [join(repositoryRoot, tool.script), ...args], { stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** What other programs need to know of the embedded run. */
export type RunningInstance = Pick<Instance, 'directory' | 'ports' | 'secrets'>;

/**
 * Finds the embedded run.
 * @param overrideVariable the variable that selects another system instead
 * @throws UserError when it is not running
 */
export async function runningInstance(settings: LauncherSettings, overrideVariable: string): Promise<RunningInstance> {
  const directory = dataDirectory(settings);
  const holder = readHolder(directory);
  const secrets = await readSecrets(join(directory, 'secrets.json'));
  if (holder && secrets) return { directory, ports: holder.ports, secrets };
  throw new UserError(
    `No instance is running on ${directory}. Run \`npm start\` first, or set ${overrideVariable} to use another system.`,
  );
}
