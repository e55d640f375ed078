import { expect } from '@jest/globals';
import { post } from '@marquee/testkit/test-service';
import type { Browser, Page } from 'playwright-core';
import { clientSecret, partnerClientId } from '../../src/issuer/clients.js';
import { accessibilityViolations, visit } from '../fixtures/browser.js';
import { execute, expectText, runExample } from '../fixtures/page-actions.js';
import type { PageGraph } from '../fixtures/page-graph.js';

/** Elements of the graph that are not part of the contract. */
const hidden = /\b(Account|Activity|Conversation|FreelancerProfile|Job|Node|Subscription|jobs)\b/;

/** A page of the graph in a browser. */
export interface OpenedGraph {
  graph: PageGraph;
  browser: Browser;
}

/** The page of the embedded run gets a token, with which the examples run. */
export async function expectExamplesOfPartner({ graph, browser }: OpenedGraph): Promise<void> {
  const { page, problems } = await visit(browser, `${graph.url}/partner`);
  await expectText(page.locator('#session'), `Signed in as ${partnerClientId}`);
  await runExample(page, 'The catalogue, page by page');
  await expectText(page.getByRole('log', { name: 'Catalogue,' }), '"hasNextPage"');
  await expectText(page.locator('#changes'), "Field 'primaryColour' was added");
  expect(await page.locator('#token').textContent()).toContain(`${graph.issuer}/oauth2/token`);
  expect(problems).toEqual([]);
  await page.context().close();
}

/** In production a partner signs in, reads the contract, and can open nothing else. */
export async function expectContractOnly({ graph, browser }: OpenedGraph): Promise<void> {
  const token = await partnerToken(graph);
  const { page, problems } = await visit(browser, `${graph.production}/partner`);
  expect(await page.content()).not.toMatch(/shows|"examples"|partner\/explorer/);
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expectText(page.locator('#schema'), 'shows(');
  await runExample(page, 'The catalogue, page by page');
  await expectText(page.getByRole('log', { name: 'Catalogue,' }), '"hasNextPage"');
  expect(await page.locator('#schema').textContent()).not.toMatch(hidden);
  await page.getByRole('link', { name: 'Explorer', exact: true }).click();
  await expectContractInExplorer(page, graph);
  expect(problems).toEqual([]);
  expect(await accessibilityViolations(page)).toEqual([]);
  await expectGraphIsClosed(page, graph);
  await page.context().close();
}

/** Every request of the collection runs, with the token of its first one. */
export async function expectCollectionRuns({ url, production }: PageGraph): Promise<void> {
  const { item, variable } = (await json(`${url}/partner/collection.json`)) as Collection;
  const values = new Map(variable.map(({ key, value }) => [key, value]));
  values.set('clientId', partnerClientId).set('clientSecret', clientSecret(partnerClientId));
  const results: unknown[] = [];
  for (const { request, event = [] } of item) {
    const result = await send(request, values);
    results.push((result as { errors?: unknown }).errors);
    if (event.length > 0) values.set('token', (result as { access_token: string }).access_token);
  }
  expect(results).toEqual([undefined, undefined, undefined, undefined]);
  expect((await fetch(`${production}/partner/collection.json`)).status).toBe(403);
}

/** Operations that select elements outside the contract. */
export const outsideContract = [
  '{ node(id: "show/neon-orchard") { id } }',
  '{ nodes(ids: ["show/neon-orchard"]) { id } }',
  '{ shows { edges { node { jobs { edges { node { id } } } } } } }',
  '{ show(slug: "show/neon-orchard") { ... on Job { id } } }',
  '{ show(slug: "show/neon-orchard") { addedBy { account { email } } } }',
  '{ jobz { id } }',
  'query ($role: Role) { shows { edges { cursor } } }',
  'mutation { postActivity(input: { message: "x" }) { __typename } }',
  'subscription { activityAdded { id } }',
];

/** In production neither address of the graph answers a partner, or names an element that the partner did not name. */
export async function expectNothingOutside(query: string, graph: PageGraph): Promise<void> {
  const headers = { authorization: `Bearer ${await partnerToken(graph)}` };
  const own = await post(`${graph.production}/partner/graphql`, query, {}, headers);
  expect([own.data ?? null, own.errors[0]?.extensions['code']]).toEqual([null, 'BAD_USER_INPUT']);
  const named = new Set(query.match(/\w+/g));
  const words = own.errors.flatMap(({ message }) => message.match(/\w+/g) ?? []);
  expect(words.filter((word) => hidden.test(word) && !named.has(word))).toEqual([]);
  expect(JSON.stringify(own.errors)).not.toContain('Did you mean');
  const whole = await post(`${graph.production}/graphql`, query, {}, headers);
  const message = 'The document selects something outside the partner schema, which is served at /partner/graphql.';
  expect([whole.data ?? null, whole.errors.map((error) => error.message)]).toEqual([null, [message]]);
}

async function expectContractInExplorer(page: Page, { production, partnerTypes }: PageGraph): Promise<void> {
  const hiddenType = '{ hidden: __type(name: "Job") { name } }';
  await page.goto(`${production}/partner/explorer#${new URLSearchParams({ query: hiddenType }).toString()}`);
  await page.reload();
  await expectText(await execute(page, '"hidden"'), 'null');
  const query = '{ __schema { types { name } } }';
  const introspection = await page.evaluate(requestFromPage('/partner/graphql', query));
  const { types } = (introspection as { data: { __schema: { types: { name: string }[] } } }).data.__schema;
  const names = types.map(({ name }) => name).filter((name) => !name.startsWith('__'));
  expect(names.toSorted()).toEqual(partnerTypes.toSorted());
}

/** The cookie and the token of a partner open no page of the whole graph. */
async function expectGraphIsClosed(page: Page, { production }: PageGraph): Promise<void> {
  const schema = await page.goto(`${production}/partner/schema.graphql`);
  expect(await schema?.text()).toContain('type Show');
  const statuses: unknown[] = [];
  for (const path of ['/explorer', '/sandbox', '/schema.graphql'])
    statuses.push((await page.goto(`${production}${path}`))?.status());
  expect(statuses).toEqual([401, 401, 403]);
  await page.goto(production);
  expect(await page.locator('.example, [role=tab], .chat, .figures, #token').count()).toBe(0);
}

/** A script that sends an operation with the token of the session. */
function requestFromPage(path: string, query: string): string {
  return `(async () => {
    const { token } = JSON.parse(sessionStorage.getItem('marquee.session /partner/graphql'));
    const headers = { 'content-type': 'application/json', authorization: 'Bearer ' + token };
    return (await fetch('${path}', { method: 'POST', headers, body: ${JSON.stringify(JSON.stringify({ query }))} })).json();
  })()`;
}

async function partnerToken({ issuer }: PageGraph): Promise<string> {
  const credentials = Buffer.from(`${partnerClientId}:${clientSecret(partnerClientId)}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  return ((await json(`${issuer}/oauth2/token`, { method: 'POST', headers, body })) as { access_token: string })
    .access_token;
}

async function json(url: string, init: RequestInit = {}): Promise<unknown> {
  return (await fetch(url, init)).json();
}

/** A collection in the format of Postman 2.1. */
interface Collection {
  item: { request: CollectionRequest; event?: unknown[] }[];
  variable: { key: string; value: string }[];
}

interface CollectionRequest {
  url: string;
  auth?: { basic: { key: string; value: string }[] };
  body: { urlencoded: { key: string; value: string }[] } | { graphql: { query: string; variables: string } };
}

/** Sends a request of a collection as the programs do that import it. */
function send({ url, auth, body }: CollectionRequest, values: ReadonlyMap<string, string>): Promise<unknown> {
  const filled = (text: string): string => text.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values.get(key) ?? '');
  const [name, password] = (auth?.basic ?? []).map(({ value }) => filled(value));
  const authorization = auth
    ? `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
    : filled('Bearer {{token}}');
  if ('urlencoded' in body) {
    const form = new URLSearchParams(body.urlencoded.map(({ key, value }): [string, string] => [key, value]));
    return json(filled(url), { method: 'POST', headers: { authorization }, body: form });
  }
  const { query, variables } = body.graphql;
  return json(filled(url), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: JSON.parse(variables) as unknown }),
  });
}
