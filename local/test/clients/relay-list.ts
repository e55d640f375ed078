import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Closers } from '@marquee/chassis/process/closers';
import type { Page } from 'playwright-core';
import { openBrowser, visit } from '../fixtures/browser.js';
import { serveScriptPage } from '../fixtures/script-page.js';
import { bundleScript } from './browser-clients.js';
import { compileModule } from './relay-compiler.js';

const query = `query listMessagesQuery($id: ID!, $first: Int, $after: String) {
  conversation(id: $id) { ...list_conversation @arguments(first: $first, after: $after) }
}`;

const fragment = `fragment list_conversation on Conversation
  @argumentDefinitions(first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" })
  @refetchable(queryName: "listRefetchQuery") {
  messages(first: $first, after: $after, last: $last, before: $before) @connection(key: "list_messages") {
    edges { node { id body } }
  }
}`;

export interface ListPageOptions {
  /** The endpoint of the gateway. */
  url: string;
  accessToken: string;
  /** The variables of the query. */
  variables: { id: string; first: number; after: string };
}

/** Opens a page in Chromium with the messages of a conversation, which react-relay pages. */
export async function openListPage(executable: string, options: ListPageOptions, closers: Closers): Promise<Page> {
  const [url, browser] = await Promise.all([
    bundleListPage(closers).then((script) => serveScriptPage(script, closers)),
    openBrowser(executable, closers),
  ]);
  const { page } = await visit(browser, url);
  await page.evaluate((given) => {
    const { stock } = globalThis as unknown as { stock: { show(options: unknown): void } };
    stock.show(given);
  }, options);
  return page;
}

async function bundleListPage(closers: Closers): Promise<string> {
  const { generated } = await compileModule(closers, 'list', [query, fragment], { isPersisted: false });
  const code = fileURLToPath(new URL('relay-list-page.mjs', import.meta.url));
  const entry = join(generated, 'page.js');
  await writeFile(
    entry,
    `import query from './listMessagesQuery.graphql.js';
import fragment from './list_conversation.graphql.js';
import { createListPage } from ${JSON.stringify(code)};
export const show = createListPage({ query, fragment });
`,
  );
  return bundleScript(entry);
}
