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
  process.stdout.write('local/test/landing-page.test.ts: did not run: chromium is not on PATH\n');

const examples = fileURLToPath(new URL('../../examples/operations.graphql', import.meta.url));
const phone = { width: 375, height: 740 };

withChromium('in a browser', () => {
  const closers = new Closers();
  let url: string;
  let browser: Browser;

  beforeAll(async () => {
    const { url: issuer, variables } = await startIssuer(closers);
    const settings = { COGNITO_CLIENT_IDS: webClientId, DEV_ISSUER_URL: issuer, EXPLORER: 'open', EXAMPLES: examples };
    const { gateway } = await startGraph(closers, { seed: true, gateway: { ...variables, ...settings } });
    url = gateway.url;
    browser = await openBrowser(executable ?? '', closers);
  }, 60_000);

  afterAll(() => closers.close());

  async function postOutside(message: string): Promise<void> {
    const mutation = 'mutation ($message: String!) { postActivity(input: { message: $message }) { __typename } }';
    await post(`${url}/graphql`, mutation, { message }, { 'x-dev-user-id': 'dev-freelancer-001' });
    await wait(200);
  }

  describe('the front page', () => {
    test('runs its examples as whom the visitor picks, asks no other host and breaks none of its own rules', async () => {
      const { page, problems } = await visit(browser, url);
      await become(page, 'Noor Adeyemi');
      await runExample(page, 'Who you are');
      await expectText(page.getByRole('log', { name: 'Me,' }), 'noor_adeyemi');
      await page.getByRole('button', { name: /^Subscribe/ }).click();
      const feed = page.getByRole('log', { name: 'Feed,' });
      await expectText(feed, 'Waiting for events');
      // Nothing acknowledges a subscription, so something is posted until it is heard of.
      while (!(await feed.textContent())?.includes('Hello from the front door'))
        await runExample(page, 'Post something');
      await page.getByRole('button', { name: /^Stop/ }).click();
      expect(problems).toEqual([]);
      await page.context().close();
    });

    test('offers every example of the project, and everybody of its world', async () => {
      const { page } = await visit(browser, url);
      const { definitions } = parse(await readFile(examples, 'utf8'));
      expect(await page.locator('.example').count()).toBe(definitions.length);
      expect(await page.getByRole('radio').count()).toBe(people.length + 1);
      expect(await page.locator('[data-service=users]').textContent()).toContain('ready');
      await page.context().close();
    });

    test('is used with a keyboard alone', async () => {
      const { page } = await visit(browser, url);
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to main content');
      await page.keyboard.press('Enter');
      const passed: string[] = [];
      while (!passed.includes('Run Shows, and who added them to the catalogue.') && passed.length < 20) {
        await page.keyboard.press('Tab');
        passed.push(await focused(page));
      }
      expect(passed[0]).toBe('Copy the endpoint URL');
      await page.keyboard.press('Enter');
      await expectText(page.getByRole('log', { name: 'Shows,' }), '"title"');
      await page.context().close();
    });

    test('has no serious fault in light, in dark and on a phone, where nothing is wider than the window', async () => {
      const { page } = await visit(browser, url, { colorScheme: 'light' });
      await become(page, 'Ines Falk');
      await runExample(page, 'Who you are');
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
    test('runs a query, a mutation and a subscription as whom the visitor is, and asks no other host', async () => {
      const { page, problems } = await visit(browser, url);
      await become(page, 'Jonas Brandt');
      await exploreExample(page, 'Who you are', 'jonas_brandt');
      await page.goto(url);
      await exploreExample(page, 'Post something', '"postActivity"');
      await page.goto(url);
      const events = await exploreExample(page, 'Listen', '');
      while (!(await events.textContent())?.includes('heard-in-the-explorer'))
        await postOutside('heard-in-the-explorer');
      expect(problems).toEqual([]);
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.context().close();
    });

    test('has no serious fault in dark', async () => {
      const { page } = await visit(browser, `${url}/explorer`, { colorScheme: 'dark' });
      await page.locator('.graphiql-query-editor .view-line').first().waitFor();
      expect(await accessibilityViolations(page)).toEqual([]);
      await page.context().close();
    });
  });

  test('the sandbox says that it cannot be reached, and where to go instead', async () => {
    const page = await browser.newPage();
    await page.route('https://**', (route) => route.abort());
    await page.goto(`${url}/sandbox`);
    await expectText(page.locator('#offline'), 'bundled explorer');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.close();
  });
});

async function become(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name }).check();
  await expectText(page.locator('#session'), `Signed in as ${name}`);
}

async function runExample(page: Page, title: string): Promise<void> {
  const button = page.getByRole('button', { name: `Run ${title}` });
  await button.click();
  await button.and(page.locator(':enabled')).waitFor();
}

/** Opens an example in the explorer, runs it, and returns where its results appear once they have this text. */
async function exploreExample(page: Page, title: string, text: string): Promise<Locator> {
  await page.getByRole('link', { name: `Open in the explorer ${title}` }).click();
  // The editor comes after the page, and what it does not show yet cannot be run.
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
