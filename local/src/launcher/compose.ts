/** Starts and stops the containers of `docker/compose.yaml`, and supplies their variables. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Variables } from '@marquee/chassis/config/settings';
import { subgraphs } from '@marquee/schema/services';
import { environment, type LauncherSettings } from '../config.js';
import { dataDirectory, type Instance, portsOf, repositoryRoot } from './instance.js';
import { callerKeys, mediaIdKey, openSecrets, password, type Secrets, webhookKey } from './secrets.js';
import { publicUrl } from './stages.js';
import { databaseRole } from './subgraph-program.js';
import { UserError } from './user-error.js';

/**
 * `up` rebuilds changed images and returns once the gateway is ready. `down` stops everything and keeps the data;
 * `down --volumes` deletes them. Every other command of Docker Compose is passed on.
 * @throws UserError when Docker Compose is not installed
 */
export async function composeCommand([command = 'up', ...rest]: readonly string[], settings: LauncherSettings) {
  const directory = dataDirectory(settings);
  await mkdir(directory, { recursive: true });
  const ports = portsOf(settings);
  const secrets = await openSecrets(join(directory, 'secrets.json'));
  const env = { ...environment(), ...containerVariables({ ports, secrets, logLevel: settings.LOG_LEVEL }) };
  const args = command === 'up' ? ['up', '--build', '--detach', ...rest] : [command, ...rest];
  const code = await runProgram(composeProgram(), ['--project-name', 'marquee', '--file', file, ...args], env);
  return command === 'up' && code === 0 ? waitUntilReady(publicUrl({ ports }, 'gateway')) : code;
}

/** The variables of the compose file: ports and secrets. */
export function containerVariables({ ports, secrets, logLevel }: Pick<Instance, 'ports' | 'secrets' | 'logLevel'>) {
  const published = Object.entries(ports).map(([name, port]) => [`${name.toUpperCase()}_PORT`, String(port)]);
  return {
    ...(Object.fromEntries(published) as Record<string, string>),
    JAEGER_PORT: String(ports.gateway + 22),
    METRICS_PORT: String(ports.gateway + 23),
    LOG_LEVEL: logLevel,
    CALLER_SIGNING_KEY: JSON.stringify(secrets.callerKey),
    CALLER_KEYS: callerKeys(secrets),
    ISSUER_KEY: JSON.stringify(secrets.issuerKey),
    MEDIA_ID_KEY: mediaIdKey(secrets),
    WEBHOOK_KEYS: webhookKey(secrets),
    POSTGRES_PASSWORD: password(secrets, 'postgres'),
    ...Object.fromEntries(databasePasswords(secrets)),
  };
}

function databasePasswords(secrets: Secrets): [variable: string, password: string][] {
  return subgraphs
    .filter(({ store }) => store === 'postgres')
    .map(({ name }) => [`${name.toUpperCase()}_DATABASE_PASSWORD`, password(secrets, databaseRole(name))]);
}

/** Waits for the gateway, which starts after everything else. */
async function waitUntilReady(gateway: string): Promise<number> {
  for (const deadline = Date.now() + startTimeout; Date.now() < deadline; await wait(250)) {
    const response = await fetch(`${gateway}/ready`).catch(() => undefined);
    if (response?.ok) return printResult(`The graph is at ${gateway}`, 0);
  }
  return printResult(
    `${gateway} is not ready after ${startTimeout / 1000} s: see \`docker compose --project-name marquee logs gateway\``,
    1,
  );
}

function printResult(line: string, code: number): number {
  process.stdout.write(`${line}\n`);
  return code;
}

/** Milliseconds within which the gateway must become ready once its container has started. */
const startTimeout = 60_000;

const file = join(repositoryRoot, 'docker/compose.yaml');

/** The Compose plugin, or the older standalone program. */
function composeProgram(): readonly string[] {
  const programs = [['docker', 'compose'], ['docker-compose']];
  const found = programs.find(
    ([program = '', ...args]) => spawnSync(program, [...args, 'version'], { stdio: 'ignore' }).status === 0,
  );
  if (!found) throw new UserError('Docker Compose is not installed.');
  return found;
}

function runProgram(
  [program = '', ...first]: readonly string[],
  args: readonly string[],
  env: Variables,
): Promise<number> {
  const child = spawn(program, [...first, ...args], { stdio: 'inherit', env: { ...env } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
