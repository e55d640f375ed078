import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { Closers } from '@marquee/chassis/process/closers';
import { testKeys } from '@marquee/testkit/test-keys';
import type { TestService } from '@marquee/testkit/test-service';
import { serverAudits } from 'graphql-http';
import { startGraph } from './fixtures/whole-graph.js';

/**
 * Accepted deviations: for `application/json` the draft recommends status 200 for requests that are not executed. A 4xx is
 * permitted, shows in metrics by status, and the gateway reads the errors of both.
 */
const statuses = [
  'warn: SHOULD use 200 status code on document parsing failure when accepting application/json',
  'warn: SHOULD use 200 status code on document validation failure when accepting application/json',
  'warn: SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

/** Audits that use introspection, which the subgraphs do not support, so that they fail regardless of their subject. */
const introspecting = [
  'error: MUST accept utf-8 encoded request',
  'warn: SHOULD allow map {variables} parameter when accepting application/graphql-response+json',
  'error: MUST allow map {variables} parameter when accepting application/json',
  'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'notice: MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
];

const closers = new Closers();
let services: Record<string, TestService>;

beforeAll(async () => {
  ({ services } = await startGraph(closers, { messaging: true }));
});

afterAll(() => closers.close());

test.each(['users', 'jobs', 'shows', 'messaging'])(
  '%s passes the audits of GraphQL over HTTP, except for the accepted deviations',
  async (name) => {
    const { signer } = await testKeys();
    const signed = { [callerHeader]: await signer.sign({ kind: 'guest' }, name) };
    expect(await failedAudits(`${services[name]?.url}/graphql`, signed)).toEqual([...introspecting, ...statuses]);
  },
);

/** GET requests carry a header that forces a preflight, as the CSRF protection requires. */
async function failedAudits(url: string, signed: Record<string, string>): Promise<string[]> {
  const fetchFn: typeof fetch = (input, init) => {
    const preflight: Record<string, string> = init?.method === 'POST' ? {} : { 'apollo-require-preflight': 'true' };
    const headers = { ...preflight, ...signed, ...(init?.headers as Record<string, string>) };
    return fetch(input, { ...init, headers });
  };
  const results = await Promise.all(serverAudits({ url, fetchFn }).map((audit) => audit.fn()));
  return results.filter(({ status }) => status !== 'ok').map(({ name, status }) => `${status}: ${name}`);
}
