import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { freePort } from '@marquee/testkit/ports';
import { testKeys } from '@marquee/testkit/test-keys';
import { post } from '@marquee/testkit/test-service';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { visit } from '../fixtures/browser.js';
import { expectText } from '../fixtures/page-actions.js';
import { examplesDirectory, type PageGraph } from '../fixtures/page-graph.js';

/** The program of the landing page runs, and prints text like the expected one. */
export async function expectProgramPrints(name: string, expected: RegExp, graph: PageGraph): Promise<void> {
  await withProgram(name, graph, [], async (path) => {
    const { stdout } = await promisify(execFile)(process.execPath, [path]);
    expect(stdout).toMatch(expected);
  });
}

/** The program for real-time clients prints an activity that is posted. */
export async function expectLiveProgram(graph: PageGraph): Promise<void> {
  await withProgram('real-time', graph, [], async (path) => {
    const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
    while (!printed.includes('printed by the program') && child.exitCode === null)
      await postActivity(graph, 'printed by the program');
    child.kill();
    expect(printed).toContain('Noor Adeyemi printed by the program');
  });
}

/** The subgraph for service teams answers the gateway, and rejects requests without a signed caller. */
export async function expectSubgraphProgram(graph: PageGraph): Promise<void> {
  const [port, { signer, publicKeys }] = [await freePort(), await testKeys()];
  await withProgram('service-teams', graph, [['4007', String(port)]], async (path) => {
    const child = spawn(process.execPath, [path], { env: { CALLER_KEYS: publicKeys }, stdio: 'inherit' });
    const url = `http://127.0.0.1:${port}/graphql`;
    const query = '{ _entities(representations: [{ __typename: "Venue", id: "V1" }]) { ... on Venue { name } } }';
    const headers = { 'x-marquee-caller': await signer.sign({ kind: 'guest' }, 'venues') };
    while (child.exitCode === null && !(await isListening(url))) await wait(50);
    const signed = await post(url, query, {}, headers);
    const unsigned = await fetch(url, { method: 'POST', body: '{}' });
    child.kill();
    expect([signed.data, unsigned.status]).toEqual([{ _entities: [{ name: 'Harbour Hall' }] }, 401]);
  });
}

/** The React page posts an activity as another person, and shows those that others post. */
export async function expectReactPage(graph: PageGraph, browser: Browser): Promise<void> {
  const served = await servePage(graph);
  const { page, problems } = await visit(browser, served.url);
  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption('Sora Lindqvist');
  const message = `Seen on the React page ${Date.now()}`;
  await page.getByRole('textbox', { name: 'Message' }).fill(message);
  await page.getByRole('button', { name: 'Post' }).click();
  const activities = page.getByRole('list', { name: 'Newest activities' }).locator('li');
  await expectText(activities, `Sora Lindqvist ${message}`);
  // Subscriptions are not acknowledged, so the test posts until an event arrives.
  const live = `Live on the React page ${Date.now()}`;
  while ((await activities.filter({ hasText: live }).count()) === 0) await postActivity(graph, live);
  expect(problems.filter((problem) => !/^(request|socket) to /.test(problem))).toEqual([]);
  await page.context().close();
  served.close();
}

/** Copies a program, with the addresses of this graph, to a folder from which its packages are found. */
async function withProgram(
  name: string,
  graph: PageGraph,
  more: [string, string][],
  run: (path: string) => Promise<void>,
): Promise<void> {
  const text = await readFile(join(examplesDirectory, 'snippets', `${name}.mjs`), 'utf8');
  const directory = await mkdtemp(join(examplesDirectory, 'dist', 'program-'));
  const path = join(directory, `${name}.mjs`);
  await writeFile(path, withAddresses(text, graph, more));
  await run(path).finally(() => rm(directory, { recursive: true }));
}

function withAddresses(text: string, { url, issuer }: PageGraph, more: [string, string][] = []): string {
  const addresses: [string, string][] = [
    ['ws://localhost:4000', url.replace('http', 'ws')],
    ['http://localhost:4000', url],
    ['http://localhost:4010', issuer],
  ];
  return [...addresses, ...more].reduce((replaced, [from, to]) => replaced.replaceAll(from, to), text);
}

async function postActivity({ url }: PageGraph, message: string): Promise<void> {
  const mutation = 'mutation ($message: String!) { postActivity(input: { message: $message }) { __typename } }';
  await post(`${url}/graphql`, mutation, { message }, { 'x-dev-user-id': 'dev-freelancer-001' });
  await wait(100);
}

async function isListening(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

const types: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' };

/** Bundles the React page like `examples/serve-page.mjs`, and serves it at a port of its own. */
async function servePage(graph: PageGraph): Promise<{ url: string; close(): void }> {
  const directory = join(examplesDirectory, 'react-page');
  const { outputFiles } = await build({
    entryPoints: [join(directory, 'page.jsx')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const script = withAddresses(outputFiles[0]?.text ?? '', graph);
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    const text = name === 'page.js' ? script : readFile(join(directory, name), 'utf8');
    Promise.resolve(text).then(
      (found) => response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' }).end(found),
      () => response.writeHead(name === 'favicon.ico' ? 204 : 404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
}
