import { execFile, execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '@marquee/chassis/config/settings';
import { schemaSettings } from '@marquee/chassis/postgres/open';
import { gatewaySettings } from '@marquee/gateway/config';
import { jobsSettings } from '@marquee/jobs/config';
import { issuerSettings } from '@marquee/local/config';
import { containerVariables } from '@marquee/local/launcher/compose';
import { portsOf } from '@marquee/local/launcher/instance';
import { openSecrets } from '@marquee/local/launcher/secrets';
import { nodeOptions } from '@marquee/local/process/node-options';
import { messagingSettings } from '@marquee/messaging/config';
import { showsSettings } from '@marquee/shows/config';
import { usersSettings } from '@marquee/users/config';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';

/** What is read here of a service of the compose file. */
interface Container {
  image: string;
  build: object;
  depends_on: Record<string, { condition: string }>;
  environment: Record<string, string>;
  healthcheck?: object;
  ports?: string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = read('docker/Dockerfile');
const run = promisify(execFile);

let scratch: string;
beforeAll(async () => void (scratch = await mkdtemp(join(tmpdir(), 'docker-'))));
afterAll(() => rm(scratch, { recursive: true }));

describe('the image', () => {
  test('is made by the one Dockerfile that there is', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
    expect(files.filter((path) => /dockerfile|containerfile/i.test(path))).toEqual(['docker/Dockerfile']);
  });

  test('stands on a base that is named by its digest, in every stage', () => {
    expect(dockerfile).toMatch(/^ARG BASE=node:24-bookworm-slim@sha256:[0-9a-f]{64}$/m);
    const bases = [...dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(([, base]) => base);
    expect(bases.filter((base) => base !== '${BASE}' && base !== 'tools')).toEqual([]);
    expect(dockerfile).not.toMatch(/latest|--platform=linux/);
  });

  test('runs Node itself, as nobody in particular, and is asked for its health by Node', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toContain(`\nCMD ${JSON.stringify(['node', ...nodeOptions, 'main.js']).replaceAll(',', ', ')}\n`);
    expect(last).toMatch(/^HEALTHCHECK .* CMD \["node", "health.js"\]$/m);
    expect(last).toMatch(/marquee\.sbom="\/app\/sbom\.cdx\.json"/);
    // So it can be made for a processor that the machine does not have.
    expect(last).not.toMatch(/^(RUN|ENTRYPOINT|SHELL|ADD) /m);
  });

  test('knows no secret and no store, and is for production unless it is told otherwise', () => {
    const names = [...dockerfile.matchAll(/^\s*(?:ENV|ARG)? *([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    const known = ['BASE', 'TURBO_TELEMETRY_DISABLED', 'VERSION', 'REVISION', 'NODE_ENV', 'HOST', 'PORT'];
    expect(names.sort()).toEqual([...known, 'SERVICE_VERSION', 'APOLLO_TELEMETRY_DISABLED'].sort());
    expect(dockerfile).toMatch(/^ENV NODE_ENV=production/m);
  });

  test('is made without what this machine has lying about', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const pattern of ['.git', '**/.data', '**/dist', '**/node_modules', '**/.env*', '**/test'])
      expect(ignored).toContain(pattern);
  });

  test('has of its packages what a service loads', async () => {
    const kept = [
      'pg/index.js',
      'pg/LICENSE',
      'typeorm/index.js',
      'zod/v4/classic/schemas.js',
      '@sentry/node/build/a.js',
    ];
    const unused = ['pg/index.d.ts', 'pg/index.js.map', 'pg/README.md', 'pg/test/a.js', 'typeorm/browser/index.js'];
    const others = ['sentry/dist/bin.cjs', '@sentry/bundler-plugins/a.js', '@types/pg/index.d.ts', 'zod/src/index.ts'];
    for (const path of [...kept, ...unused, ...others]) await place(join(scratch, 'strip/node_modules', path));
    await place(join(scratch, 'strip/users/dist/test/a.js.map'));
    await run(process.execPath, [join(root, 'docker/strip.mjs'), join(scratch, 'strip')]);
    expect(await filesBelow(join(scratch, 'strip/node_modules'))).toEqual(kept.sort());
    expect(await filesBelow(join(scratch, 'strip/users'))).toEqual(['dist/test/a.js.map']);
  });

  test('is healthy while the service answers 200', async () => {
    const server = createServer((request, response) => response.writeHead(request.url === '/ready' ? 200 : 503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = (path: string) =>
      run(process.execPath, [join(root, 'docker/health.mjs'), path], { env: { PORT: String(port) } });
    await expect(ask('/ready')).resolves.toBeDefined();
    await expect(ask('/health')).rejects.toMatchObject({ code: 1 });
    await new Promise((resolve) => server.close(resolve));
    await expect(ask('/ready')).rejects.toMatchObject({ code: 1 });
  });
});

describe('the compose file', () => {
  const compose = parse(read('docker/compose.yaml'), { merge: true });
  const services: Record<string, Container> = compose.services;
  const own = ['users', 'jobs', 'messaging', 'shows', 'gateway', 'issuer', 'users-migration', 'jobs-migration'];

  test('pleases its linter', () => {
    const rules = JSON.parse(read('docker/.dclintrc.json')).rules;
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const [result] = linter.lintFiles([join(root, 'docker/compose.yaml')], false);
    expect(result?.messages).toEqual([]);
  });

  test('confines every container', () => {
    for (const [name, service] of Object.entries(services))
      expect([name, service]).toEqual([
        name,
        expect.objectContaining({
          read_only: true,
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          mem_limit: expect.stringMatching(/^\d+m$/),
          image: expect.stringMatching(/:(?!latest)[\w.-]+$/),
        }),
      ]);
  });

  test('is open to this machine alone', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.length).toBeGreaterThan(8);
    expect(published.filter((port: string) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('makes each image of its own from the one Dockerfile', () => {
    const made = Object.entries(services).filter(([, { image }]) => image.startsWith('marquee/'));
    expect(made.map(([name]) => name).sort()).toEqual(own.sort());
    for (const [, { build, image }] of made)
      expect(build).toEqual({
        context: '..',
        dockerfile: 'docker/Dockerfile',
        args: { SERVICE: /^marquee\/(\w+):compose$/.exec(image)?.[1] },
      });
  });

  test('starts in order: stores, migrations, services, the gateway', () => {
    const waits = (name: string, condition: string) =>
      Object.entries(services[name]!.depends_on)
        .filter(([, on]) => on.condition === condition)
        .map(([on]) => on);
    for (const name of ['users', 'jobs']) {
      expect(waits(`${name}-migration`, 'service_healthy')).toEqual(['postgres']);
      expect(waits(name, 'service_completed_successfully')).toEqual([`${name}-migration`]);
    }
    for (const name of ['messaging', 'shows']) expect(waits(name, 'service_healthy')).toEqual(['dynamodb', 'valkey']);
    const others = ['issuer', 'users', 'jobs', 'messaging', 'shows'];
    expect(waits('gateway', 'service_healthy')).toEqual(others);
    for (const name of ['postgres', 'dynamodb', 'valkey']) expect(services[name]!.healthcheck).toBeDefined();
    expect(Object.keys(compose.volumes)).toEqual(['postgres', 'dynamodb', 'media']);
  });

  test('tells each program what it reads, by the addresses of the embedded run', async () => {
    const secrets = await openSecrets(join(scratch, 'secrets.json'));
    const ports = portsOf({ PORT: 4000 } as never);
    const given: Record<string, string> = containerVariables({ ports, secrets, logLevel: 'info' });
    const read = (name: string, schema: Parameters<typeof readSettings>[0]) => {
      const told = Object.entries(services[name]!.environment).map(([key, value]) => [key, filled(value, given)]);
      return readSettings(schema, { PORT: '4000', ...Object.fromEntries(told) }) as Record<string, object>;
    };
    read('users-migration', schemaSettings);
    read('jobs-migration', schemaSettings);
    read('jobs', jobsSettings);
    read('messaging', messagingSettings);
    read('shows', showsSettings);
    expect(read('users', usersSettings)['MEDIA_UPLOAD_URL']).toBe('http://localhost:4001');
    const { ISSUER_URL } = read('issuer', issuerSettings);
    const { COGNITO_ISSUER, SUBGRAPH_URLS = {} } = read('gateway', gatewaySettings);
    expect([ISSUER_URL, COGNITO_ISSUER]).toEqual(['http://localhost:4010', 'http://localhost:4010']);
    expect(Object.keys(SUBGRAPH_URLS)).toEqual(['users', 'jobs', 'messaging', 'shows']);
    expect(services['gateway']!.ports).toEqual(['127.0.0.1:${GATEWAY_PORT:-4000}:4000']);
  });
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

async function place(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** As Compose does it: `${NAME:-default}` and `${NAME:?complaint}`. */
function filled(value: string, given: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{(\w+):(-|\?)([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    const found = given[name] ?? (kind === '-' ? rest : undefined);
    if (found === undefined) throw new Error(`${name} is not given`);
    return found;
  });
}
