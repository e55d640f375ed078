import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { post } from '@marquee/testkit/test-service';
import { parse } from 'graphql';
import type { Browser, Locator, Page } from 'playwright-core';
import { people } from '../src/people.js';
import { accessibilityViolations, findChromium, openBrowser, visit } from './fixtures/browser.js';
import { execute, expectText, focused, runExample, selectUser } from './fixtures/page-actions.js';
import { examplesDirectory, openPageGraph, type PageGraph } from './fixtures/page-graph.js';
import {
  expectLiveProgram,
  expectProgramPrints,
  expectReactPage,
  expectSubgraphProgram,
} from './pages/example-programs.js';
import {
  expectCollectionRuns,
  expectContractOnly,
  expectExamplesOfPartner,
  expectNothingOutside,
  outsideContract,
} from './pages/partner-pages.js';

const executable = findChromium();
const withChromium = executable === undefined ? describe.skip : describe;
if (executable === undefined)
  process.stdout.write('local/test/landing-page.test.ts: skipped: chromium is not on PATH\n');

/** The narrowest phone. */
const phone = { width: 360, height: 740 };
const feedTitle = 'New activities';

withChromium('in a browser,', () => {
  const closers = new Closers();
  let graph: PageGraph;
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    graph = await openPageGraph(closers);
    url = graph.url;
    browser = await openBrowser(executable ?? '', closers);
  });

  afterAll(() => closers.close());

  async function postByApi(message: string): Promise<void> {
    const mutation = 'mutation ($message: String!) { postActivity(input: { message: $message }) { __typename } }';
    await post(`${url}/graphql`, mutation, { message }, { 'x-dev-user-id': 'dev-freelancer-001' });
    await wait(200);
  }

  describe('the landing page', () => {
    test('runs the first query and shows the time of each service and the query plan, without requests to other hosts', async () => {
      const { page, problems } = await visit(browser, url);
      await page.getByRole('button', { name: 'Run a query' }).click();
      await expectText(page.getByRole('log', { name: 'Shows,' }), '"title"');
      const timing = page.getByRole('list', { name: 'Shows, time of each request to a service' });
      expect(await timing.getByRole('listitem').allTextContents()).toEqual([
        expect.stringMatching(/^shows[\d.]+ ms$/),
        expect.stringMatching(/^users[\d.]+ ms$/),
      ]);
      const plan = page.getByRole('region', { name: 'Shows, query plan' });
      expect(await plan.isVisible()).toBe(false);
      await page.getByText('Query plan').first().click();
      await expectText(plan, 'Fetch(service: "shows")');
      await page.getByText('Response 200').click();
      expect(await page.getByRole('log', { name: 'Shows,' }).isVisible()).toBe(false);
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('shows what one person writes to the other, each over a WebSocket', async () => {
      const { page, problems } = await visit(browser, url);
      const text = `Hello at ${Date.now()}`;
      await page.getByRole('textbox', { name: 'Message from Maya Okafor' }).fill(text);
      await page.getByRole('button', { name: 'Send as Maya Okafor' }).click();
      for (const name of ['Noor Adeyemi', 'Maya Okafor'])
        await expectText(page.getByRole('log', { name: `Conversation of ${name}` }).locator('p'), text);
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('runs the examples as the selected user, and masks the token', async () => {
      const { page, problems } = await visit(browser, url);
      await selectUser(page, 'Noor Adeyemi');
      await runExample(page, 'The signed-in user');
      await expectText(page.getByRole('log', { name: 'Me,' }), 'noor_adeyemi');
      await page.getByRole('button', { name: /^Subscribe/ }).click();
      const feed = page.getByRole('log', { name: 'Feed,' });
      await expectText(feed, 'Waiting for events');
      // Subscriptions are not acknowledged, so the test posts until an event arrives.
      while (!(await feed.textContent())?.includes('Hello from the landing page'))
        await runExample(page, 'Post an activity');
      await page.getByRole('button', { name: /^Stop/ }).click();
      expect(await page.locator('#masked-header').textContent()).toMatch(/^authorization: Bearer .{6}••••••.{4}$/);
      expect(await page.content()).not.toContain(await storedToken(page));
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('lists every example, every seeded user and every kind of reader', async () => {
      const { page } = await visit(browser, url);
      const { definitions } = parse(await readFile(join(examplesDirectory, 'operations.graphql'), 'utf8'));
      expect(await page.locator('.example').count()).toBe(definitions.length);
      expect(await page.getByRole('radio').count()).toBe(people.length + 1);
      expect(await page.locator('[data-service=users]').textContent()).toContain('ready');
      const tabs = page.getByRole('tab');
      expect(await tabs.allTextContents()).toEqual([
        'Front-end teams',
        'Partners',
        'Real-time clients',
        'Service teams',
      ]);
      await tabs.first().focus();
      await page.keyboard.press('ArrowRight');
      await expectText(page.getByRole('tabpanel', { name: 'Partners' }), `${url}/partner/graphql`);
      expect(await page.getByRole('tabpanel').count()).toBe(1);
      await page.context().close();
    });

    test('can be operated with the keyboard', async () => {
      const { page } = await visit(browser, url);
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to main content');
      await page.keyboard.press('Enter');
      const passed: string[] = [];
      while (!passed.includes('Run a query') && passed.length < 20) {
        await page.keyboard.press('Tab');
        passed.push(await focused(page));
      }
      expect(passed[0]).toBe('Copy the endpoint URL');
      await page.keyboard.press('Enter');
      await expectText(page.getByRole('log', { name: 'Shows,' }), '"title"');
      await page.context().close();
    });

    test.each(['/', '/partner'])(
      '%s has no serious accessibility violations in light and dark themes and on a phone, without horizontal scrolling',
      async (path) => {
        const { page } = await visit(browser, `${url}${path}`, { colorScheme: 'light' });
        await page.locator('[data-run]').first().click();
        await page.locator('.answer .response').first().waitFor();
        expect(await accessibilityViolations(page)).toEqual([]);
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(await accessibilityViolations(page)).toEqual([]);
        await page.setViewportSize(phone);
        expect(await accessibilityViolations(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
        await page.context().close();
      },
    );
  });

  describe('the explorer', () => {
    test('runs a query, a mutation and a subscription as the selected user, without requests to other hosts', async () => {
      const { page, problems } = await visit(browser, url);
      await selectUser(page, 'Jonas Brandt');
      await exploreExample(page, 'The signed-in user', 'jonas_brandt');
      await page.goto(url);
      await exploreExample(page, 'Post an activity', '"postActivity"');
      await page.goto(url);
      const events = await exploreExample(page, feedTitle, '');
      while (!(await events.textContent())?.includes('heard-in-the-explorer')) await postByApi('heard-in-the-explorer');
      expect(problems).toEqual([]);
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.context().close();
    });

    test('switches the caller, opens examples and never shows the token', async () => {
      const { page } = await visit(browser, `${url}/explorer`);
      await page.getByLabel('Caller').selectOption({ label: 'Sora Lindqvist, freelancer' });
      await expectText(page.locator('#session'), 'Signed in as Sora Lindqvist');
      await page.getByLabel('Example').selectOption({ label: 'The signed-in user; null for a guest.' });
      await expectText(page.locator('.graphiql-query-editor'), 'account');
      await execute(page, 'sora_lindqvist');
      await page.getByLabel('Caller').selectOption({ label: 'Tomasz Wrona, reviewer' });
      await expectText(page.locator('#session'), 'Signed in as Tomasz Wrona');
      await execute(page, 'tomasz_wrona');
      expect(await page.content()).not.toContain(await storedToken(page));
      await page.context().close();
    });

    test('has no serious accessibility violations in the dark theme and on a phone', async () => {
      const { page } = await visit(browser, `${url}/explorer`, { colorScheme: 'dark' });
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.setViewportSize(phone);
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.context().close();
    });
  });

  test('the sandbox page shows that Apollo Sandbox is unreachable and links to the bundled explorer', async () => {
    const page = await browser.newPage();
    await page.route('https://**', (route) => route.abort());
    await page.goto(`${url}/sandbox`);
    await expectText(page.locator('#offline'), 'bundled explorer');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.close();
  });

  describe('a partner', () => {
    test('gets a token on the page of the embedded run, and runs the examples with it', () =>
      expectExamplesOfPartner({ graph, browser }));

    test('explores the contract in production after a sign-in, and nothing outside of it', () =>
      expectContractOnly({ graph, browser }));

    test('imports the examples as a collection, of which each request runs', () => expectCollectionRuns(graph));

    test.each(outsideContract)('reads nothing outside the contract in production, also in errors: %s', (query) =>
      expectNothingOutside(query, graph),
    );
  });

  describe('the programs for', () => {
    test.each([
      ['front-end', /was added by .+\n(?:.*\n)*Open job: /],
      ['partners', /show\/neon-orchard Neon Orchard/],
    ])('%s run as they are shown', (name, expected) => expectProgramPrints(name, expected, graph));

    test('real-time clients print events', () => expectLiveProgram(graph));

    test('service teams serve the gateway and reject everyone else', () => expectSubgraphProgram(graph));
  });

  test('the React page shows and posts activities, and switches the person', () => expectReactPage(graph, browser));
});

/** Opens an example in the explorer and runs it. @returns the results, once they contain the text */
async function exploreExample(page: Page, title: string, text: string): Promise<Locator> {
  await page.getByRole('link', { name: `Open in the explorer ${title}` }).click();
  return execute(page, text);
}

function storedToken(page: Page): Promise<string> {
  return page.evaluate(`JSON.parse(sessionStorage.getItem('marquee.session /graphql')).token`);
}
