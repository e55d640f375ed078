import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callerHeader } from '@marquee/chassis/identity/caller-signature';
import { Closers } from '@marquee/chassis/process/closers';
import { testKeys } from '@marquee/testkit/test-keys';
import type { TestService } from '@marquee/testkit/test-service';
import { serverAudits } from 'graphql-http';
import { startGraph } from './fixtures/whole-graph.js';

/**
 * Left as they are: with `application/json` the draft would have 200 where nothing ran. A 4xx is allowed, says so to
 * whoever counts failures by status, and the gateway reads the errors of either.
 */
const statuses = [
  'warn: SHOULD use 200 status code on document parsing failure when accepting application/json',
  'warn: SHOULD use 200 status code on document validation failure when accepting application/json',
  'warn: SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

/** These ask for the schema, which a service tells nobody: their questions are refused, whatever they are about. */
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
}, 60_000);

afterAll(() => closers.close());

test.each(['users', 'jobs', 'shows', 'messaging'])(
  'the audits of GraphQL over HTTP find no more to say of %s than is known',
  async (name) => {
    const { signer } = await testKeys();
    const signed = { [callerHeader]: await signer.sign({ kind: 'guest' }, name) };
    expect(await complaints(`${services[name]?.url}/graphql`, signed)).toEqual([...introspecting, ...statuses]);
  },
);

/** A page of another origin could send a GET as well, so a preflight is asked for. */
async function complaints(url: string, signed: Record<string, string>): Promise<string[]> {
  const fetchFn: typeof fetch = (input, init) => {
    const preflight: Record<string, string> = init?.method === 'POST' ? {} : { 'apollo-require-preflight': 'true' };
    const headers = { ...preflight, ...signed, ...(init?.headers as Record<string, string>) };
    return fetch(input, { ...init, headers });
  };
  const results = await Promise.all(serverAudits({ url, fetchFn }).map((audit) => audit.fn()));
  return results.filter(({ status }) => status !== 'ok').map(({ name, status }) => `${status}: ${name}`);
}
