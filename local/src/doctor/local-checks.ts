import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { LauncherSettings } from '../config.js';
import { clientSecret, machineClients } from '../issuer/clients.js';
import { publicUrl } from '../launcher/stages.js';
import { postgresVariables } from '../launcher/subgraph-program.js';
import { type RunningInstance, runningInstance } from '../launcher/tools.js';
import type { Check, Finding } from './examination.js';
import { graphChecks, queryGraph } from './graph-checks.js';

/**
 * The checks of the embedded run.
 * @throws UserError when it is not running
 */
export async function localChecks(settings: LauncherSettings): Promise<Check[]> {
  const instance = await runningInstance(settings, 'DATA_DIR');
  return [
    ...graphChecks(publicUrl(instance, 'gateway')),
    { subject: 'administrator', examine: () => administrator(instance) },
    { subject: 'caller keys', examine: () => callerKeys(instance) },
    { subject: 'sign-in clients', examine: () => signInClients(instance) },
    { subject: 'registry', examine: () => registry(instance) },
    { subject: 'mail', examine: async () => ({ found: 'not needed: the local issuer signs people in without it' }) },
    {
      subject: 'firewall limits',
      examine: async () => ({ found: 'not needed: nothing outside this machine has access' }),
    },
  ];
}

/** Only an administrator can grant a role. */
async function administrator(instance: RunningInstance): Promise<Finding> {
  const statement = `select handle from users where role = 'ADMIN' and is_active order by created_at`;
  const rows = await select<{ handle: string }>(instance, 'users', statement);
  if (rows.length > 0) return { found: rows.map(({ handle }) => handle).join(', ') };
  return { lack: 'no active user has the role ADMIN', remedy: 'npm run promote-admin -- <email or sub>' };
}

/** Every service must accept the gateway's signature of a caller. */
async function callerKeys(instance: RunningInstance): Promise<Finding> {
  const token = await text(`${publicUrl(instance, 'issuer')}/token?user=dev-admin-001`);
  const query = `{ me { id } taxonomy(category: STYLE) { id } shows(first: 1) { edges { cursor } }
    conversations(first: 1) { edges { cursor } } }`;
  const { errors = [] } = await queryGraph(publicUrl(instance, 'gateway'), query, token);
  if (errors.length === 0) return { found: 'every service accepts the signature of the gateway' };
  const names = errors.map(({ message, extensions }) => extensions?.service ?? message);
  const remedy = 'Restart it. If that does not help, read the logs of these services.';
  return { lack: `requests of a user fail in ${[...new Set(names)].join(', ')}`, remedy };
}

async function signInClients(instance: RunningInstance): Promise<Finding> {
  const url = `${publicUrl(instance, 'issuer')}/oauth2/token`;
  const refused: string[] = [];
  for (const { id } of machineClients) {
    const authorization = `Basic ${Buffer.from(`${id}:${clientSecret(id)}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const response = await fetch(url, { method: 'POST', headers: { authorization }, body });
    if (!response.ok) refused.push(`${id} (${response.status})`);
  }
  if (refused.length === 0) return { found: machineClients.map(({ id }) => id).join(', ') };
  return { lack: `the issuer refuses ${refused.join(', ')}`, remedy: 'Read the log of the issuer.' };
}

async function registry({ directory }: RunningInstance): Promise<Finding> {
  const live = join(directory, 'registry/live');
  const remedy = 'Restart it: the launcher publishes the committed schemas.';
  for (const file of ['supergraph.graphql', 'partner.graphql']) {
    const sdl = await readFile(join(live, file), 'utf8').catch(() => '');
    if (!sdl.includes('join__Graph')) return { lack: `${file} is not published in ${live}`, remedy };
  }
  return { found: `the supergraph and the contract of partners are published in ${live}` };
}

async function select<Row extends object>(
  instance: RunningInstance,
  schema: string,
  statement: string,
): Promise<Row[]> {
  const { DATABASE_URL } = postgresVariables(instance, schema);
  const client = new pg.Client({ connectionString: DATABASE_URL, options: `-c search_path=${schema},public` });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function text(url: string): Promise<string> {
  const response = await fetch(url, { headers: { accept: 'text/plain' } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.text()).trim();
}
