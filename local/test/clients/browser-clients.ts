import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Closers } from '@marquee/chassis/process/closers';
import type { Page } from 'playwright-core';
import { openBrowser, visit } from '../fixtures/browser.js';
import { serveScriptPage } from '../fixtures/script-page.js';
import { type BrowserClient, browserClients, type BrowserPage } from './browser-page.js';
import { documents } from './client-documents.js';
import { compileForRelay } from './relay-compiler.js';
import type { ClientHost, StockClient } from './stock-client.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The name of a client in the browser. */
export function inChromium(name: BrowserClient): string {
  return `${name} in Chromium`;
}

/** The clients with a normalised cache, on a page of another origin than the gateway. */
export function createBrowserHost(executable: string, closers: Closers): ClientHost {
  let page: Page;
  return {
    async open(optionsOf) {
      const [url, browser] = await Promise.all([
        bundlePage(closers).then((script) => serveScriptPage(script, closers)),
        openBrowser(executable, closers),
      ]);
      ({ page } = await visit(browser, url));
      const listeners = new Map<number, Listener>();
      const optionsIn = (name: BrowserClient) => optionsOf(inChromium(name));
      await page.exposeFunction('renewToken', (name: BrowserClient) => optionsIn(name).renew());
      await page.exposeFunction('reportData', (id: number, data: unknown) => listeners.get(id)?.(data));
      await page.exposeFunction('reportFailure', (name: BrowserClient, text: string) => optionsIn(name).onError(text));
      const { url: gatewayUrl, accessToken } = optionsIn('Relay');
      await callPage(page, 'open', { url: gatewayUrl, accessToken });
      return new Map(browserClients.map((name) => [inChromium(name), proxyOf(page, name, listeners)]));
    },
    sendForm: (form, file) => callPage(page, 'sendForm', form, [...file]),
  };
}

type Listener = (data: unknown) => void;

/** A client on the page, as if it were in this process. */
function proxyOf(page: Page, client: BrowserClient, listeners: Map<number, Listener>): StockClient {
  const start =
    (kind: 'watch' | 'subscribe'): NonNullable<StockClient['watch']> =>
    (name, variables, onData) => {
      const id = (lastId += 1);
      listeners.set(id, onData);
      const started = callPage(page, 'start', client, kind, name, variables, id);
      return () => {
        listeners.delete(id);
        // The page may be closed first.
        started.then(() => callPage(page, 'stop', id)).catch(() => undefined);
      };
    };
  return {
    run: (name, variables = {}) => callPage(page, 'run', client, name, variables),
    watch: start('watch'),
    subscribe: start('subscribe'),
    close: () => undefined,
  };
}

let lastId = 0;

/** Calls a function on the page, with values that can be serialised. */
function callPage<Name extends keyof BrowserPage>(
  page: Page,
  name: Name,
  ...args: Parameters<BrowserPage[Name]>
): Promise<Awaited<ReturnType<BrowserPage[Name]>>> {
  return page.evaluate(
    ([called, given]) => {
      const { stock } = globalThis as unknown as { stock: { page: Record<string, (...values: unknown[]) => unknown> } };
      return stock.page[called]!(...given);
    },
    [name, args] as [string, unknown[]],
  ) as Promise<Awaited<ReturnType<BrowserPage[Name]>>>;
}

/** The script of the page, with the artifacts of the Relay compiler. */
async function bundlePage(closers: Closers): Promise<string> {
  const { artifacts } = await compileForRelay(closers, { isPersisted: false });
  const directory = dirname(artifacts.me);
  const entry = join(directory, 'page.js');
  const imports = Object.entries(artifacts).map(([name, path]) => `import ${name} from ${JSON.stringify(path)};`);
  const code = JSON.stringify(fileURLToPath(new URL('browser-page.ts', import.meta.url)));
  const page = `export const page = createBrowserPage({ ${Object.keys(documents).join(', ')} });`;
  await writeFile(entry, `${imports.join('\n')}\nimport { createBrowserPage } from ${code};\n${page}\n`);
  return bundleScript(entry);
}

/** Bundles a script for a page, on which it is the global `stock`. @param entry path of its file */
export async function bundleScript(entry: string): Promise<string> {
  const options = ['--bundle', '--minify', '--format=iife', '--global-name=stock', '--target=es2022'];
  const { stdout } = await promisify(execFile)(
    join(root, 'node_modules/.bin/esbuild'),
    [entry, ...options, '--define:process.env.NODE_ENV="production"'],
    { cwd: root, maxBuffer: 16 * 1024 * 1024 },
  );
  // A closing tag within the script would end it.
  return stdout.replaceAll('</script', '<\\/script');
}
