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
import { nodeOptions } from '@marquee/chassis/process/node-options';
import { schemaSettings } from '@marquee/chassis/postgres/open-database';
import { environments, serviceMemory } from '@marquee/deploy/environments';
import { gatewaySettings } from '@marquee/gateway/config';
import { issuerSettings } from '@marquee/local/config';
import { containerVariables } from '@marquee/local/launcher/compose';
import { portsOf } from '@marquee/local/launcher/instance';
import { openSecrets } from '@marquee/local/launcher/secrets';
import { subgraphs } from '@marquee/schema/services';
import { usersSettings } from '@marquee/users/config';
import { DCLinter } from 'dclint';
import { parse } from 'yaml';

/** The part of a compose service that the tests read. */
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
  test('is built from the only Dockerfile', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
    expect(files.filter((path) => /dockerfile|containerfile/i.test(path))).toEqual(['docker/Dockerfile']);
  });

  test('uses a base that is pinned by digest in every stage', () => {
    expect(dockerfile).toMatch(/^ARG BASE=node:24-bookworm-slim@sha256:[0-9a-f]{64}$/m);
    const bases = [...dockerfile.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(([, base]) => base);
    expect(bases.filter((base) => base !== '${BASE}' && base !== 'tools')).toEqual([]);
    expect(dockerfile).not.toMatch(/latest|--platform=linux/);
  });

  test('runs Node directly, as an unprivileged user, with a health check in Node', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER 1000:1000$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    // The smallest container of a deployment. Larger ones get their options from its task definition.
    const options = nodeOptions(serviceMemory(environments.dev));
    expect(last).toContain(`\nCMD ${JSON.stringify(['node', ...options, 'main.js']).replaceAll(',', ', ')}\n`);
    expect(last).toMatch(/^HEALTHCHECK .* CMD \["node", "health.js"\]$/m);
    expect(last).toMatch(/marquee\.sbom="\/app\/sbom\.cdx\.json"/);
    // Without these the image can be built for another CPU architecture without emulation.
    expect(last).not.toMatch(/^(RUN|ENTRYPOINT|SHELL|ADD) /m);
  });

  test('contains no secret and no address of a store, and defaults to production', () => {
    const names = [...dockerfile.matchAll(/^\s*(?:ENV|ARG)? *([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    const known = ['BASE', 'TURBO_TELEMETRY_DISABLED', 'VERSION', 'REVISION', 'NODE_ENV', 'HOST', 'PORT'];
    expect(names.sort()).toEqual([...known, 'SERVICE_VERSION', 'APOLLO_TELEMETRY_DISABLED'].sort());
    expect(dockerfile).toMatch(/^ENV NODE_ENV=production/m);
  });

  test('is built without local data, credentials and build output', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const pattern of ['.git', '**/.data', '**/dist', '**/node_modules', '**/.env*', '**/test'])
      expect(ignored).toContain(pattern);
  });

  test('keeps only the files of its packages that a service loads', async () => {
    const kept = [
      'pg/index.js',
      'pg/LICENSE',
      'typeorm/index.js',
      'zod/v4/classic/schemas.js',
      '@sentry/node/build/a.js',
    ];
    const unused = ['pg/index.d.ts', 'pg/index.js.map', 'pg/README.md', 'pg/test/a.js', 'typeorm/browser/index.js'];
    const others = ['sentry/dist/bin.cjs', '@sentry/bundler-plugins/a.js', '@types/pg/index.d.ts', 'zod/src/index.ts'];
    for (const path of [...kept, ...unused, ...others]) await createFile(join(scratch, 'strip/node_modules', path));
    await createFile(join(scratch, 'strip/users/dist/test/a.js.map'));
    await run(process.execPath, [join(root, 'docker/strip.mjs'), join(scratch, 'strip')]);
    expect(await filesBelow(join(scratch, 'strip/node_modules'))).toEqual(kept.sort());
    expect(await filesBelow(join(scratch, 'strip/users'))).toEqual(['dist/test/a.js.map']);
  });

  test('is healthy while the service responds 200', async () => {
    const server = createServer((request, response) => response.writeHead(request.url === '/ready' ? 200 : 503).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = (path: string) =>
      run(process.execPath, [join(root, 'docker/health.mjs'), path], { env: { PORT: String(port) } });
    await expect(check('/ready')).resolves.toBeDefined();
    await expect(check('/health')).rejects.toMatchObject({ code: 1 });
    await new Promise((resolve) => server.close(resolve));
    await expect(check('/ready')).rejects.toMatchObject({ code: 1 });
  });
});

describe('the compose file', () => {
  const compose = parse(read('docker/compose.yaml'), { merge: true });
  const services: Record<string, Container> = compose.services;
  const withSchema = subgraphs.filter(({ store }) => store === 'postgres').map(({ name }) => name);

  test('is up to date with the manifest of services, like the deploy workflows', async () => {
    const generator = join(root, 'docker/generate/main.mjs');
    const { stdout } = await run(process.execPath, [generator, '--check']);
    expect(stdout).toContain('files are up to date');
  });

  test('has no lint errors', () => {
    const rules = JSON.parse(read('docker/.dclintrc.json')).rules;
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const [result] = linter.lintFiles([join(root, 'docker/compose.yaml')], false);
    expect(result?.messages).toEqual([]);
  });

  test('restricts the privileges and memory of every container', () => {
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

  test('publishes ports only on the loopback interface', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.length).toBeGreaterThan(8);
    expect(published.filter((port: string) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('builds each image from the Dockerfile', () => {
    const made = Object.entries(services).filter(([, { image }]) => image.startsWith('marquee/'));
    const programs = ['gateway', 'issuer', 'events', ...subgraphs.map(({ name }) => name)];
    const migrations = withSchema.map((name) => `${name}-migration`);
    expect(made.map(([name]) => name).sort()).toEqual([...programs, ...migrations].sort());
    for (const [, { build, image }] of made)
      expect(build).toEqual({
        context: '..',
        dockerfile: 'docker/Dockerfile',
        args: { SERVICE: /^marquee\/(\w+):compose$/.exec(image)?.[1] },
      });
  });

  test('starts stores, then migrations, then services, then the gateway', () => {
    const waits = (name: string, condition: string) =>
      Object.entries(services[name]!.depends_on)
        .filter(([, on]) => on.condition === condition)
        .map(([on]) => on);
    for (const name of withSchema) {
      expect(waits(`${name}-migration`, 'service_healthy')).toEqual(['postgres']);
      expect(waits(name, 'service_completed_successfully')).toEqual([`${name}-migration`]);
    }
    for (const { name, store } of subgraphs) {
      const stores = [...(store === 'dynamodb' ? ['dynamodb'] : []), 'valkey'];
      expect(waits(name, 'service_healthy')).toEqual([...stores, 'events']);
    }
    const dependencies = ['issuer', ...subgraphs.map(({ name }) => name)];
    expect(waits('gateway', 'service_healthy')).toEqual(dependencies);
    for (const name of ['postgres', 'dynamodb', 'valkey', 'events']) expect(services[name]!.healthcheck).toBeDefined();
    expect(Object.keys(compose.volumes)).toEqual(['postgres', 'dynamodb', 'media']);
  });

  test('gives each program valid settings, with the addresses of the embedded run', async () => {
    const secrets = await openSecrets(join(scratch, 'secrets.json'));
    const ports = portsOf({ PORT: 4000 });
    const given: Record<string, string> = containerVariables({ ports, secrets, logLevel: 'info' });
    const read = (name: string, schema: Parameters<typeof readSettings>[0]) => {
      const variables = Object.entries(services[name]!.environment).map(([key, value]) => [key, filled(value, given)]);
      return readSettings(schema, { PORT: '4000', ...Object.fromEntries(variables) }) as Record<string, object>;
    };
    for (const name of withSchema) read(`${name}-migration`, schemaSettings);
    for (const { name } of subgraphs) read(name, await settingsOf(name));
    expect(read('users', usersSettings)['MEDIA_UPLOAD_URL']).toBe('http://localhost:4001');
    const { ISSUER_URL } = read('issuer', issuerSettings);
    const { COGNITO_ISSUER, SUBGRAPH_URLS = {} } = read('gateway', gatewaySettings);
    expect([ISSUER_URL, COGNITO_ISSUER]).toEqual(['http://localhost:4010', 'http://localhost:4010']);
    expect(Object.keys(SUBGRAPH_URLS)).toEqual(subgraphs.map(({ name }) => name));
    expect(services['gateway']!.ports).toEqual(['127.0.0.1:${GATEWAY_PORT:-4000}:4000']);
  });
});

async function settingsOf(name: string) {
  const config = (await import(`@marquee/${name}/config`)) as Record<string, Parameters<typeof readSettings>[0]>;
  return config[`${name}Settings`] as Parameters<typeof readSettings>[0];
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

async function createFile(path: string): Promise<void> {
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

/** Interpolates like Compose: `${NAME:-default}` and `${NAME:?error}`. */
function filled(value: string, given: Readonly<Record<string, string>>): string {
  return value.replace(/\$\{(\w+):(-|\?)([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    const found = given[name] ?? (kind === '-' ? rest : undefined);
    if (found === undefined) throw new Error(`${name} is not set`);
    return found;
  });
}
