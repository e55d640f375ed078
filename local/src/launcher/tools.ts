import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { environment, type LauncherSettings } from '../config.js';
import { clientSecret } from '../issuer/clients.js';
import { type Instance, dataDirectory, type Ports, repositoryRoot } from './instance.js';
import { readHolder } from './lock.js';
import { UserError } from './user-error.js';
import { readSecrets } from './secrets.js';
import { postgresVariables } from './subgraphs.js';
import { publicUrl } from './stages.js';

/** A command-line program of a service, which works on the embedded run when it is not told otherwise. */
interface Tool {
  script: string;
  /** Set by a person who means another system than the embedded run. */
  overrideVariable: string;
  embeddedVariables(copy: Pick<Instance, 'ports' | 'secrets'>): Variables;
}

const tools: Readonly<Record<string, Tool>> = {
  'promote-admin': {
    script: 'subgraphs/users/dist/promote-admin.js',
    overrideVariable: 'DATABASE_URL',
    embeddedVariables: (copy) => postgresVariables(copy, 'users'),
  },
  'import-shows': {
    script: 'subgraphs/shows/dist/import-shows.js',
    overrideVariable: 'GRAPH_URL',
    embeddedVariables: (copy) => ({
      GRAPH_URL: `${publicUrl(copy, 'gateway')}/graphql`,
      TOKEN_URL: `${publicUrl(copy, 'issuer')}/oauth2/token`,
      CLIENT_ID: 'dev-ingest',
      CLIENT_SECRET: clientSecret('dev-ingest'),
    }),
  },
};

/**
 * Runs a service's tool and returns its exit code.
 * @throws Refusal when it is to work on the embedded run and that does not run
 */
export async function toolCommand(name: string, args: readonly string[], settings: LauncherSettings): Promise<number> {
  const tool = tools[name];
  if (tool === undefined)
    throw new UserError(`There is no tool "${name}"; there are ${Object.keys(tools).join(', ')}.`);
  const given = environment();
  const env = given[tool.overrideVariable]
    ? given
    : { ...given, ...tool.embeddedVariables(await runningInstance(settings, tool)) };
  const child = spawn(process.execPath, [join(repositoryRoot, tool.script), ...args], { stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function runningInstance(
  settings: LauncherSettings,
  { overrideVariable }: Tool,
): Promise<{ ports: Ports } & Pick<Instance, 'secrets'>> {
  const directory = dataDirectory(settings);
  const holder = readHolder(directory);
  const secrets = await readSecrets(join(directory, 'secrets.json'));
  if (holder && secrets) return { ports: holder.ports, secrets };
  throw new UserError(
    `Nothing runs on ${directory}. Run \`npm start\` first, or set ${overrideVariable} to use another system.`,
  );
}
