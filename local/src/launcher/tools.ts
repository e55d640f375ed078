import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Variables } from '@marquee/chassis/config/settings';
import { environment, type LauncherSettings } from '../config.js';
import { clientSecret } from '../issuer/clients.js';
import { type Copy, dataDirectory, type Ports, root } from './copy.js';
import { holderOf } from './lock.js';
import { Refusal } from './refusal.js';
import { readSecrets } from './secrets.js';
import { postgresVariables } from './subgraphs.js';
import { publicUrl } from './system.js';

/** A command-line program of a service, which works on the embedded run when it is not told otherwise. */
interface Tool {
  script: string;
  /** Set by a person who means another system than the embedded run. */
  decidedBy: string;
  embedded(copy: Pick<Copy, 'ports' | 'secrets'>): Variables;
}

const tools: Readonly<Record<string, Tool>> = {
  'promote-admin': {
    script: 'subgraphs/users/dist/promote-admin.js',
    decidedBy: 'DATABASE_URL',
    embedded: (copy) => postgresVariables(copy, 'users'),
  },
  'import-shows': {
    script: 'subgraphs/shows/dist/import-shows.js',
    decidedBy: 'GRAPH_URL',
    embedded: (copy) => ({
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
  if (tool === undefined) throw new Refusal(`There is no tool "${name}"; there are ${Object.keys(tools).join(', ')}.`);
  const given = environment();
  const env = given[tool.decidedBy] ? given : { ...given, ...tool.embedded(await running(settings, tool)) };
  const child = spawn(process.execPath, [join(root, tool.script), ...args], { stdio: 'inherit', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function running(
  settings: LauncherSettings,
  { decidedBy }: Tool,
): Promise<{ ports: Ports } & Pick<Copy, 'secrets'>> {
  const directory = dataDirectory(settings);
  const holder = holderOf(directory);
  const secrets = await readSecrets(join(directory, 'secrets.json'));
  if (holder && secrets) return { ports: holder.ports, secrets };
  throw new Refusal(
    `Nothing runs on ${directory}. Run \`npm start\` first, or set ${decidedBy} to use another system.`,
  );
}
