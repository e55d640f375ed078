import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Closers } from '@marquee/chassis/process/closers';
import { post } from '@marquee/testkit/test-service';
import { parse } from 'graphql';
import type { Browser, Locator, Page } from 'playwright-core';
import { webClientId } from '../src/issuer/clients.js';
import { people } from '../src/people.js';
import { findChromium, openBrowser, accessibilityViolations, visit } from './fixtures/browser.js';
import { startIssuer } from './fixtures/test-issuer.js';
import { startGraph } from './fixtures/whole-graph.js';

const executable = findChromium();
const withChromium = executable === undefined ? describe.skip : describe;
if (executable === undefined)
  process.stdout.write('local/test/landing-page.test.ts: skipped: chromium is not on PATH\n');

const examples = fileURLToPath(new URL('../../examples/operations.graphql', import.meta.url));
const phone = { width: 375, height: 740 };

withChromium('in a browser,', () => {
  const closers = new Closers();
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    const { url: issuer, variables } = await startIssuer(closers);
    const settings = { COGNITO_CLIENT_IDS: webClientId, DEV_ISSUER_URL: issuer, EXPLORER: 'open', EXAMPLES: examples };
    const { gateway } = await startGraph(closers, { seed: true, gateway: { ...variables, ...settings } });
    url = gateway.url;
    browser = await openBrowser(executable ?? '', closers);
  });

  afterAll(() => closers.close());

  async function postByApi(message: string): Promise<void> {
    const mutation = 'mutation ($message: String!) { postActivity(input: { message: $message }) { __typename } }';
    await post(`${url}/graphql`, mutation, { message }, { 'x-dev-user-id': 'dev-freelancer-001' });
    await wait(200);
  }

  describe('the landing page', () => {
    test('runs the examples as the selected user, without requests to other hosts or policy violations', async () => {
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
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('lists every example and every seeded user', async () => {
      const { page } = await visit(browser, url);
      const { definitions } = parse(await readFile(examples, 'utf8'));
      expect(await page.locator('.example').count()).toBe(definitions.length);
      expect(await page.getByRole('radio').count()).toBe(people.length + 1);
      expect(await page.locator('[data-service=users]').textContent()).toContain('ready');
      await page.context().close();
    });

    test('can be operated with the keyboard', async () => {
      const { page } = await visit(browser, url);
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to main content');
      await page.keyboard.press('Enter');
      const passed: string[] = [];
      while (!passed.includes('Run Shows, and the users that added them to the catalogue.') && passed.length < 20) {
        await page.keyboard.press('Tab');
        passed.push(await focused(page));
      }
      expect(passed[0]).toBe('Copy the endpoint URL');
      await page.keyboard.press('Enter');
      await expectText(page.getByRole('log', { name: 'Shows,' }), '"title"');
      await page.context().close();
    });

    test('has no serious accessibility violations in light and dark themes and on a phone, without horizontal scrolling', async () => {
      const { page } = await visit(browser, url, { colorScheme: 'light' });
      await selectUser(page, 'Ines Falk');
      await runExample(page, 'The signed-in user');
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.setViewportSize(phone);
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
      await page.context().close();
    });
  });

  describe('the explorer', () => {
    test('runs a query, a mutation and a subscription as the selected user, without requests to other hosts', async () => {
      const { page, problems } = await visit(browser, url);
      await selectUser(page, 'Jonas Brandt');
      await exploreExample(page, 'The signed-in user', 'jonas_brandt');
      await page.goto(url);
      await exploreExample(page, 'Post an activity', '"postActivity"');
      await page.goto(url);
      const events = await exploreExample(page, 'New activities', '');
      while (!(await events.textContent())?.includes('heard-in-the-explorer')) await postByApi('heard-in-the-explorer');
      expect(problems).toEqual([]);
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.context().close();
    });

    test('has no serious accessibility violations in the dark theme', async () => {
      const { page } = await visit(browser, `${url}/explorer`, { colorScheme: 'dark' });
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
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
});

async function selectUser(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check();
  await expectText(page.locator('#session'), `Signed in as ${name}`);
}

async function runExample(page: Page, title: string): Promise<void> {
  const button = page.getByRole('button', { name: `Run ${title}` });
  await button.click();
  await button.and(page.locator(':enabled')).waitFor();
}

/** Opens an example in the explorer and runs it. @returns the results, once they contain the text */
async function exploreExample(page: Page, title: string, text: string): Promise<Locator> {
  await page.getByRole('link', { name: `Open in the explorer ${title}` }).click();
  // The editor loads after the page, and operations can only be run once they are displayed.
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
  await page.getByRole('button', { name: /^Execute query/ }).click();
  const results = page.locator('.result-window');
  await expectText(results, text);
  return results;
}

async function expectText(place: Locator, text: string): Promise<void> {
  await place.filter({ hasText: text }).waitFor();
  expect(await place.textContent()).toContain(text);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(`document.activeElement.textContent.trim()`);
}
